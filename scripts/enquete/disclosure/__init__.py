"""Small groups of people: which counts are kept back, and what the printed ones give away."""
