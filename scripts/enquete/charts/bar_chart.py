"""Horizontal bars of shares: one option or theme a line, its value printed at its end."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from enquete.charts import fonts, svg
from enquete.charts.canvas import CAP_HEIGHT, Canvas, Layout
from enquete.charts.rows import Bar

_VALUE_GAP = 0.5  # between the end of a bar and its value, in text sizes


@dataclass(frozen=True)
class _Placed:
    bar: Bar
    centre: float


def draw_bars(bars: tuple[Bar, ...], layout: Layout, *, title: str, mark: str) -> svg.Drawing:
    """Draw *bars* from the top, in their order."""
    canvas = Canvas(layout)
    if title:
        canvas.paragraph(title, size=layout.title, weight=600)
        canvas.y += layout.gap
    placed: list[_Placed] = []
    for bar in bars:
        if placed and bar.level < placed[-1].bar.level:
            canvas.y += layout.gap * 0.6  # a new theme stands off the details of the last
        placed.append(_place(bar, canvas))
    left = layout.label_column
    scale = _scale(bars, layout)
    for item in placed:
        _write_value(item, canvas, left, scale)
        if not item.bar.known:
            top, width = item.centre - layout.bar / 2, item.bar.length * scale
            canvas.hatch(left, top, width, layout.bar, "hatch")
    canvas.mark(mark)
    figure, axes = canvas.axes()
    _draw(placed, axes, left, scale, layout.bar)
    return canvas.finish(figure, axes)


def _scale(bars: tuple[Bar, ...], layout: Layout) -> float:
    """
    Return the length of 100 %: the longest bar and its value just fit in the width.

    The text of an unknown row may stand inside its own hatching and asks for no room.
    """
    room = layout.width - layout.label_column
    full = room / max(bar.length for bar in bars)
    for bar in bars:
        if bar.known:
            text = fonts.width(bar.text, layout.text, 600) + layout.text * _VALUE_GAP
            full = min(full, (room - text) / max(bar.length, 0.01))
    return full


def _place(bar: Bar, canvas: Canvas) -> _Placed:
    """Write the label of *bar* at the current height, and reserve the height of its line."""
    layout = canvas.layout
    indent = bar.level * layout.indent
    weight = 600 if bar.strong else 400
    beside = layout.label_column > 0
    limit = (layout.label_column - layout.text if beside else layout.width) - indent
    lines = fonts.wrap(bar.label, limit, layout.text, weight)
    block = len(lines) * layout.leading
    height = max(block, layout.bar) if beside else block + layout.text * 0.3 + layout.bar
    top = canvas.y + ((height - block) / 2 if beside else 0)
    for rank, line in enumerate(lines):
        middle = top + (rank + 0.5) * layout.leading
        baseline = middle + layout.text * CAP_HEIGHT / 2
        canvas.write(indent, baseline, line, weight=weight)
    centre = canvas.y + (height / 2 if beside else height - layout.bar / 2)
    canvas.y += height + layout.gap
    return _Placed(bar, centre)


def _write_value(item: _Placed, canvas: Canvas, left: float, scale: float) -> None:
    """Write the value after the bar, or « détail non publié » wherever it can be read."""
    layout, bar = canvas.layout, item.bar
    gap = layout.text * _VALUE_GAP
    end = left + bar.length * scale
    baseline = item.centre + layout.text * CAP_HEIGHT / 2
    if bar.known:
        canvas.write(end + gap, baseline, bar.text, weight=600, figure=bar.figure)
        return
    width = fonts.width(bar.text, layout.text)
    if end + gap + width <= layout.width:
        canvas.write(end + gap, baseline, bar.text, color="ink-2")
        return
    margin = 1  # the outline of the hatching stays whole around the text
    height = layout.bar - 2 * margin
    canvas.plate(left + gap, item.centre - height / 2, width + 2 * gap, height)
    canvas.write(left + 2 * gap, baseline, bar.text, color="ink-2")


def _draw(placed: list[_Placed], axes: Axes, left: float, scale: float, height: float) -> None:
    centres = [item.centre for item in placed]
    step = min((b - a for a, b in pairwise(centres)), default=1.0)
    roles = [item.bar.role for item in placed]
    sns.barplot(
        x=[item.bar.length * scale for item in placed],
        y=centres,
        hue=roles,
        palette={role: svg.code(role) for role in roles},
        orient="h",
        native_scale=True,
        width=height / step,
        dodge=False,
        saturation=1,
        errorbar=None,
        legend=False,
        linewidth=0,
        ax=axes,
    )
    for patch in axes.patches:
        patch.set(x=left, gid=svg.BAR, clip_on=False)
        if to_hex(patch.get_facecolor()) == svg.code("hatch-field"):
            patch.set(edgecolor=svg.code("hatch"), linewidth=0.75)
