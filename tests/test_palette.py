"""Contrast and colour blindness, computed here from the published formulas."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from enquete.palette import LIKERT, TOKENS

THEMES = ("light", "dark")
BOUNDS = ["theme", "subtheme", "other", "focus-bar", "hatch", "edge", "num-line", "focus"]
BOUNDS += ["likert-1", "likert-2-edge", "likert-3-edge", "likert-4"]
SHEET = Path(__file__).resolve().parents[1] / "theme" / "css" / "livre.css"

# Machado, Oliveira, Fernandes (2009), full deficiency, on linear RGB.
DEFICIENCIES = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}


def linear(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]


def luminance(color):
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    """CIE L*a*b* under D65, from linear RGB."""
    red, green, blue = (min(max(v, 0), 1) for v in rgb)
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.0890,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def closest(colors, deficiency):
    """The smallest distance between two of the colours, as that eye sees them."""
    matrix = DEFICIENCIES[deficiency]
    seen = []
    for color in colors:
        rgb = linear(color)
        seen.append(lab([sum(w * v for w, v in zip(row, rgb, strict=True)) for row in matrix]))
    return min(
        sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5
        for a, b in combinations(seen, 2)
    )


def value(name, theme):
    return TOKENS[name].light if theme == "light" else TOKENS[name].dark


def test_contrast_here_agrees_with_known_ratios():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("field", ["page", "surface", "card"])
@pytest.mark.parametrize("text", ["ink", "ink-2", "ink-3", "link", "link-hover", "link-visited"])
def test_text_is_readable_on_every_field(text, field, theme):
    assert contrast(value(text, theme), value(field, theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("text", "field"),
    [("recon", "recon-field"), ("ecart", "ecart-field"), ("ink", "num-open"), ("ok", "page")],
)
def test_notices_are_readable_on_their_field(text, field, theme):
    assert contrast(value(text, theme), value(field, theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("step", LIKERT)
def test_labels_of_the_scale_are_readable_on_their_step(step, theme):
    assert contrast(value(f"{step}-label", theme), value(step, theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "mark",
    [
        "theme",
        "subtheme",
        "other",
        "focus-bar",
        "hatch",
        "edge",
        "num-line",
        "focus",
        "likert-1",
        "likert-2-edge",
        "likert-3-edge",
        "likert-4",
    ],
)
def test_bars_edges_and_lines_stand_out_from_the_page(mark, theme):
    assert contrast(value(mark, theme), value("page", theme)) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_steps_of_the_scale_stay_apart_whatever_the_eye(deficiency, theme):
    assert closest([value(step, theme) for step in LIKERT], deficiency) >= 25


def test_the_same_measure_rejects_a_red_to_green_scale():
    assert closest(["#d7191c", "#fdae61", "#a6d96a", "#1a9641"], "deutan") < 25


def blocks(css):
    """Every rule of the sheet whose selector names :root, as (selector, declarations)."""
    for selector, body in re.findall(r"([^{}]*:root[^{}]*)\{([^{}]*)\}", css):
        yield selector.strip(), dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", body))


def test_the_site_sheet_declares_the_same_colours():
    found = [(where, names) for where, names in blocks(SHEET.read_text("utf-8")) if names]
    light = [names for where, names in found if "data-theme" not in where]
    dark = [names for where, names in found if "data-theme" in where]
    assert len(light) >= 1
    assert len(dark) >= 2  # by preference, by choice
    for names in light:
        assert {n: names.get(n) for n in TOKENS} == {n: t.light for n, t in TOKENS.items()}
    for names in dark:
        assert {n: names.get(n) for n in TOKENS} == {n: t.dark for n, t in TOKENS.items()}
