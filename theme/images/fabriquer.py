"""
Draw partage.png, the picture that a message shows of a link to the site (1200 × 630).

    python theme/images/fabriquer.py

Title and subtitle are those of _quarto.yml; no number of the survey stands in it.
"""

from __future__ import annotations

from pathlib import Path

import typst
import yaml

HERE = Path(__file__).resolve().parent
SOURCE = """
#set page(width: 1200pt, height: 630pt, margin: (x: 84pt, top: 84pt, bottom: 64pt), fill: white)
#set text(font: "Source Sans 3", lang: "fr", fill: rgb("#1b1f24"), hyphenate: false)
#set par(leading: 0.42em)
#stack(spacing: 34pt,
  text(76pt, weight: 600, fill: rgb("#0b3c6f"), tracking: -0.01em)[#sys.inputs.titre],
  text(34pt, fill: rgb("#474f59"), par(leading: 0.6em)[#sys.inputs.sous]))
#v(1fr)
#line(
  length: 100%,
  stroke: (paint: rgb("#7b8590"), thickness: 3pt, dash: (0.1pt, 9pt), cap: "round"),
)
#v(14pt)
#grid(columns: (auto, 1fr), column-gutter: 26pt, align: horizon,
  image("favicon.svg", width: 68pt),
  text(27pt, fill: rgb("#1b1f24"))[Chaque chiffre s’ouvre~: sa question, sa base, son calcul.])
"""


def main() -> None:
    """Draw `partage.png` from the titles of the configuration."""
    book = yaml.safe_load((HERE.parents[1] / "_quarto.yml").read_text("utf-8"))["book"]
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(HERE.parent / "polices")],
    )
    said = {"titre": book["title"], "sous": book["subtitle"].replace(". ", ".\n")}
    inputs = {key: text.replace("'", "’") for key, text in said.items()}
    source = HERE / "partage.typ"
    source.write_text(SOURCE, "utf-8", newline="\n")
    try:
        picture = typst.compile(
            str(source), format="png", ppi=72.0, font_paths=fonts, sys_inputs=inputs
        )
    finally:
        source.unlink()
    (HERE / "partage.png").write_bytes(picture)


if __name__ == "__main__":
    main()
