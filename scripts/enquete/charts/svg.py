"""
From what matplotlib draws to the SVG that is published.

matplotlib writes fixed colours, clipping paths, dates and a style rule that would apply to
the whole page if the SVG stood in one. Here its drawing is read back and written again as a
flat list of shapes and texts: no identifier, coordinates at two decimals (the same bytes on
any machine), colours either plain (paper, Quarto, Jupyter) or as custom properties that
follow the page's theme (site).

A colour is drawn under a code that stands for its role; two roles may share a value on
paper and part in the dark.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal

from enquete.palette import TOKENS

Target = Literal["paper", "site"]

_CODES = {name: f"#fe{rank:04x}" for rank, name in enumerate(TOKENS)}
_NAMES = {code: name for name, code in _CODES.items()}
_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
FIGURE_PREFIX = "chiffre:"  # gid of a text that prints a figure of the ledger
BAR = "barre"


def code(name: str) -> str:
    """Return the colour code that stands for a role while matplotlib draws."""
    return _CODES[name]


@dataclass(frozen=True)
class Drawing:
    """A drawing as matplotlib left it, with its size in the units of its layout."""

    source: str
    width: float
    height: float
    size: str


def publish(drawing: Drawing, *, target: Target, fonts: str) -> str:
    """
    Write *drawing* as the SVG of one target, at the size its layout says.

    It holds no identifier at all: any number of charts can stand in one page.
    """
    body = "\n".join(_element(item, target) for item in _flatten(drawing.source))
    view = f"0 0 {_short(drawing.width)} {_short(drawing.height)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graphique" role="img" {drawing.size} '
        f'viewBox="{view}" font-family="{fonts}">\n{body}\n</svg>\n'
    )


@dataclass(frozen=True)
class _Item:
    tag: str
    style: dict[str, str]
    attributes: dict[str, str]
    text: str
    gid: str


def _flatten(source: str) -> Iterator[_Item]:
    """Yield the shapes and texts in drawing order, without groups, clips and definitions."""

    def walk(node: ET.Element, gid: str) -> Iterator[_Item]:
        for child in node:
            tag = child.tag.removeprefix(_SVG)
            if tag == "g":
                name = child.get("id", "")
                kept = name if name.startswith(FIGURE_PREFIX) or name == BAR else gid
                yield from walk(child, kept)
            elif tag in ("path", "text"):
                style = dict(
                    part.split(": ", 1) for part in child.get("style", "").split("; ") if part
                )
                yield _Item(tag, style, dict(child.attrib), child.text or "", gid)

    yield from walk(ET.fromstring(source), "")  # noqa: S314 - written by matplotlib just now


def _element(item: _Item, target: Target) -> str:
    if item.tag == "text":
        return _text(item, target)
    style = [f"fill:{_paint(item.style.get('fill', 'none'), target)}"]
    if stroke := item.style.get("stroke"):
        style.append(f"stroke:{_paint(stroke, target)}")
        style.append(f"stroke-width:{_short(float(item.style.get('stroke-width', '1')))}")
    kind = ' class="barre"' if item.gid == BAR else ""
    path = _NUMBER.sub(lambda match: _short(float(match[0])), item.attributes["d"])
    path = " ".join(path.split())
    return f'<path{kind} d="{path}" style="{";".join(style)}"/>'


def _text(item: _Item, target: Target) -> str:
    figure = ""
    if item.gid.startswith(FIGURE_PREFIX):
        figure = f' data-chiffre="{escape(item.gid.removeprefix(FIGURE_PREFIX))}"'
    anchor = item.style.get("text-anchor", "start")
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    weight = item.style.get("font-weight", "400")
    heavy = "" if weight in ("400", "normal") else f' font-weight="{weight}"'
    size = _short(float(item.style["font-size"].removesuffix("px")))
    fill = _paint(item.style.get("fill", code("ink")), target)
    x, y = (_short(float(item.attributes[axis])) for axis in "xy")
    return (
        f'<text x="{x}" y="{y}" font-size="{size}"{heavy}{anchored}{figure} '
        f'style="fill:{fill}">{escape(item.text, quote=False)}</text>'
    )


def _paint(value: str, target: Target) -> str:
    name = _NAMES.get(value)
    if name is None:
        return value
    return TOKENS[name].variable if target == "site" else TOKENS[name].light


def _short(value: float) -> str:
    """Write a coordinate at two decimals at most, never « -0 »."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
