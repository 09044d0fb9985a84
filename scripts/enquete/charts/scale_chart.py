"""
One bar of 100 % for the steps of a scale, in order: 1 to 4, or very badly to very well.

Never diverging around a middle that the scale does not have. Each step has its separator,
its outline and its value, so that it can be read in grey; two steps of which only the sum
is published are striped with both their colours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes

from enquete.charts import fonts, svg
from enquete.charts.canvas import CAP_HEIGHT, Canvas, Layout
from enquete.charts.rows import drawn_label, shares_of
from enquete.errors import EnqueteError
from enquete.order import Branch
from enquete.palette import LIKERT
from enquete.tabulate import UNPUBLISHED, Table

_SEPARATOR = 2.0
_SLIVER = 0.01  # a step of no width would look like a missing one
# The paler step, hatched with the darker one: two steps of which only the sum is published.
_SUMS = {(0, 1): ("likert-2", "likert-1"), (2, 3): ("likert-3", "likert-4")}
_EDGES = {"likert-2": "likert-2-edge", "likert-3": "likert-3-edge"}
_UNKNOWN = ("hatch-field", "hatch")


@dataclass(frozen=True)
class Segment:
    """One part of the bar: a step, or a sum of steps whose detail is not published."""

    label: str
    text: str
    share: float
    fill: str
    hatch: str
    figure: str


def segments_of(table: Table, *, positive_first: bool) -> tuple[Segment, ...]:
    """List the parts from left to right; raise where the steps are neither two nor four."""
    tree = shares_of(table)
    steps = _steps(table, sum(_span(branch) for branch in tree), positive_first=positive_first)
    found = tuple(_segments(tree, steps))
    rest = max(1 - sum(part.share for part in found), _SLIVER)
    unknown = [branch for branch in tree if branch.share is None]
    if not unknown:
        return found
    # What is not published is what the rest leaves, at the place of its first step.
    place = sum(_parts(branch) for branch in tree[: tree.index(unknown[0])])
    names = " · ".join(drawn_label(branch.row) for branch in unknown)
    hidden = Segment(f"{names} ({UNPUBLISHED})", "", rest, *_UNKNOWN, "")
    return (*found[:place], hidden, *found[place:])


def _detailed(branch: Branch) -> bool:
    """Tell whether every detail of a row is published, and can stand for their sum."""
    return bool(branch.children) and all(child.share is not None for child in branch.children)


def _parts(branch: Branch) -> int:
    return len(branch.children) if _detailed(branch) else int(branch.share is not None)


def _steps(table: Table, count: int, *, positive_first: bool) -> tuple[int, ...]:
    found = {2: (0, 3), 4: (0, 1, 2, 3)}.get(count)
    if found is None:
        raise EnqueteError(
            quoi=f"Une échelle a deux ou quatre degrés ; ce tableau en a {count}.",
            ou=table.id,
            que_faire="employer bars(…), ou donner un tableau dont les lignes sont les degrés.",
        )
    return found[::-1] if positive_first else found


def _span(branch: Branch) -> int:
    """Count the steps of a row: its details, or the codes that it joins (`3_4`)."""
    joined = branch.row.code.split("_")
    return len(branch.children) or (len(joined) if all(code.isdigit() for code in joined) else 1)


def _segments(tree: tuple[Branch, ...], steps: tuple[int, ...]) -> Iterator[Segment]:
    start = 0
    for branch in tree:
        mine = steps[start : start + _span(branch)]
        start += len(mine)
        if _detailed(branch):
            yield from _segments(branch.children, mine)
        elif branch.share is not None:
            striped = len(mine) > 1
            fill, hatch = LIKERT[mine[0]], ""
            if striped:
                fill, hatch = _SUMS.get((min(mine), max(mine)), _UNKNOWN)
            yield Segment(
                label=drawn_label(branch.row) + f" ({UNPUBLISHED})" * striped,
                text=branch.row.text,
                share=float(branch.share),
                fill=fill,
                hatch=hatch,
                figure=branch.row.figure.id if branch.row.figure else "",
            )


@dataclass(frozen=True)
class _Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class _Placed:
    segment: Segment
    x: float
    width: float
    inside: bool


def draw_scale(
    segments: tuple[Segment, ...], layout: Layout, *, title: str, mark: str
) -> svg.Drawing:
    """Draw one bar, then its legend in the order of the scale."""
    canvas = Canvas(layout)
    if title:
        canvas.paragraph(title, size=layout.title, weight=600)
        canvas.y += layout.gap
    top, height = canvas.y, layout.bar * 1.6
    placed = _place(segments, layout)
    for item in placed:
        _write_value(item, canvas, top + height / 2)
    canvas.y += height + layout.gap
    swatches = [_legend(item, canvas) for item in placed]
    canvas.mark(mark)
    figure, axes = canvas.axes()
    side = layout.text * 0.8
    for item, y in zip(placed, swatches, strict=True):
        _fill(canvas, axes, item.segment, _Box(item.x, top, item.width, height))
        _fill(canvas, axes, item.segment, _Box(0, y - side / 2, side, side))
    return canvas.finish(figure, axes)


def _place(segments: tuple[Segment, ...], layout: Layout) -> list[_Placed]:
    """Share the width; rounded shares that pass 100 % are brought back to it."""
    room = layout.width - _SEPARATOR * (len(segments) - 1)
    whole = max(1.0, sum(segment.share for segment in segments))
    placed: list[_Placed] = []
    x = 0.0
    for segment in segments:
        width = segment.share / whole * room
        needed = fonts.width(segment.text, layout.text, 600) + layout.text
        placed.append(_Placed(segment, x, width, bool(segment.text) and needed <= width))
        x += width + _SEPARATOR
    return placed


def _write_value(item: _Placed, canvas: Canvas, middle: float) -> None:
    if not item.inside:
        return
    layout, segment = canvas.layout, item.segment
    x, margin = item.x + layout.text * 0.6, layout.text * 0.4
    color = "ink" if segment.hatch else f"{segment.fill}-label"
    if segment.hatch:
        width = fonts.width(segment.text, layout.text, 600)
        height = layout.text * 1.6
        canvas.plate(x - margin, middle - height / 2, width + 2 * margin, height)
    baseline = middle + layout.text * CAP_HEIGHT / 2
    canvas.write(x, baseline, segment.text, weight=600, color=color, figure=segment.figure)


def _legend(item: _Placed, canvas: Canvas) -> float:
    """
    Write one line of the legend and return where its swatch stands.

    A value that its segment is too narrow to hold is written here.
    """
    layout, segment = canvas.layout, item.segment
    indent = layout.text * 1.5
    label = segment.label
    lines = fonts.wrap(label, layout.width - indent, layout.text)
    first = canvas.y + layout.leading / 2
    for line in lines:
        canvas.y += layout.leading
        canvas.write(indent, canvas.y - layout.text * 0.3, line)
    if segment.text and not item.inside:
        end = indent + fonts.width(lines[-1] + " ", layout.text)
        if end + fonts.width(segment.text, layout.text, 600) > layout.width:
            canvas.y, end = canvas.y + layout.leading, indent
        y = canvas.y - layout.text * 0.3
        canvas.write(end + 2, y, segment.text, weight=600, figure=segment.figure)
    canvas.y += layout.text * 0.25
    return first


def _fill(canvas: Canvas, axes: Axes, segment: Segment, box: _Box) -> None:
    """Draw one surface with its outline inside, so that neighbours keep their separation."""
    edge = segment.hatch or _EDGES.get(segment.fill, segment.fill)
    inner = _Box(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1)
    (bar,) = axes.barh(
        inner.y + inner.height / 2,
        inner.width,
        left=inner.x,
        height=inner.height,
        color=svg.code(segment.fill),
        edgecolor=svg.code(edge),
        linewidth=1,
    )
    bar.set(gid=svg.BAR, clip_on=False)
    if segment.hatch:
        canvas.hatch(inner.x, inner.y, inner.width, inner.height, segment.hatch)
