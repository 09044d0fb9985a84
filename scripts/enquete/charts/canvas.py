"""A blank drawing in the units of its layout, origin at the top left, like the SVG itself."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import NullLocator

from enquete.charts import fonts, svg

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # labels stay text: searchable, audited, read by Typst
    "svg.hashsalt": "rapport",
}
_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
CAP_HEIGHT = 0.66  # of Source Sans 3, digits included: what « centred on a bar » means


@dataclass(frozen=True)
class Layout:
    """
    The measures of one medium; lengths in points on paper, in pixels on the site.

    ``label_column`` is 0 where labels stand above their bar.
    """

    name: str
    width: float
    label_column: float
    text: float
    small: float
    title: float
    bar: float
    gap: float
    indent: float
    size: str

    def shown(self, height: float) -> str:
        """
        Return what fixes the size of the drawing.

        On paper both lengths: with only one, Typst counts the units as pixels.
        """
        if self.size:
            return self.size
        millimetres = [f"{length / 72 * 25.4:.2f}" for length in (self.width, height)]
        return 'width="{}mm" height="{}mm"'.format(*millimetres)

    @property
    def leading(self) -> float:
        """The distance between two lines of a label."""
        return self.text * 1.25


PAPER = Layout(
    name="",
    width=160 / 25.4 * 72,
    label_column=42 / 25.4 * 72,
    text=8.5,
    small=8,
    title=12,
    bar=17,
    gap=5,
    indent=8,
    size="",
)
WIDE = Layout(
    name="large",
    width=576,
    label_column=0,
    text=15,
    small=14,
    title=19,
    bar=26,
    gap=14,
    indent=16,
    size='style="width:36rem;max-width:100%;height:auto"',
)
NARROW = Layout(
    name="etroit",
    width=288,
    label_column=0,
    text=15,
    small=14,
    title=19,
    bar=26,
    gap=14,
    indent=12,
    size='style="width:100%;max-width:24rem;height:auto"',
)


@dataclass
class _Written:
    x: float
    y: float
    text: str
    size: float
    weight: int
    color: str
    anchor: str
    figure: str


@dataclass
class Canvas:
    """Collects texts while the height is not known yet, then draws everything at once."""

    layout: Layout
    y: float = 0
    _texts: list[_Written] = field(default_factory=list)
    _surfaces: list[Patch] = field(default_factory=list)

    def plate(self, x: float, y: float, width: float, height: float) -> None:
        """Clear a rectangle under a text that must be read over a striped surface."""
        color = svg.code("page")
        plate = Rectangle((x, y), width, height, facecolor=color, zorder=2.5, clip_on=False)
        self._surfaces.append(plate)

    def mark(self, text: str) -> None:
        """Write the origin of the answers, with the hatched square that it has everywhere."""
        if not text:
            return
        layout, side = self.layout, self.layout.small * 0.75
        self.y += layout.gap * 0.8 + layout.small * 1.25
        baseline = self.y - layout.small * 0.3
        top = baseline - side * 0.95
        square = Rectangle(
            (0.5, top),
            side,
            side,
            facecolor=svg.code("hatch-field"),
            edgecolor=svg.code("hatch"),
            linewidth=layout.text / 20,
            clip_on=False,
        )
        self._surfaces.append(square)
        self.hatch(0.5, top, side, side, "hatch", step=side / 2.5)
        self.write(side * 1.7, baseline, text, size=layout.small, color="recon")

    def hatch(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        color: str,
        *,
        step: float = 0,
    ) -> None:
        """
        Cover a rectangle with diagonal lines: « détail non publié ».

        Each line is drawn and cut to the rectangle: the tiles of an SVG pattern leave seams
        in a PDF, and matplotlib's hatching is ten times longer.
        """
        step = step or self.layout.text * 0.55
        lines = []
        for rank in range(1, int((width + height) / step) + 1):
            along = rank * step
            right, left = min(along, width), max(0.0, along - height)
            lines += [(x + right, y + along - right), (x + left, y + along - left)]
        if lines:
            path = Path(lines, [Path.MOVETO, Path.LINETO] * (len(lines) // 2))
            self._surfaces.append(
                PathPatch(
                    path,
                    facecolor="none",
                    edgecolor=svg.code(color),
                    linewidth=self.layout.text / 15,
                    zorder=2,
                    clip_on=False,
                )
            )

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 0,
        weight: int = 400,
        color: str = "ink",
        anchor: str = "left",
        figure: str = "",
    ) -> None:
        """Place one line of text on its baseline; ``figure`` is the id of what it prints."""
        written = _Written(x, y, text, size or self.layout.text, weight, color, anchor, figure)
        self._texts.append(written)

    def paragraph(self, text: str, *, size: float, weight: int = 400, color: str = "ink") -> None:
        """Write *text* over the whole width from the current height, and move below it."""
        for line in fonts.wrap(text, self.layout.width, size, weight):
            self.y += size * 1.25
            self.write(0, self.y - size * 0.3, line, size=size, weight=weight, color=color)

    def axes(self) -> tuple[Figure, Axes]:
        """Open the matplotlib axes over the whole drawing, in its own units, y downwards."""
        height = max(self.y, 1.0)
        figure = Figure(figsize=(self.layout.width / 72, height / 72), layout=None)
        figure.patch.set_visible(False)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        for axis in (axes.xaxis, axes.yaxis):  # ticks are never shown and cost the most
            axis.set_major_locator(NullLocator())
        axes.set(xlim=(0, self.layout.width), ylim=(height, 0))
        return figure, axes

    def finish(self, figure: Figure, axes: Axes) -> svg.Drawing:
        """Add the texts and read the drawing back."""
        family = fonts.family()
        for surface in self._surfaces:
            axes.add_patch(surface)
        for item in self._texts:
            text = axes.text(
                item.x,
                item.y,
                item.text,
                size=item.size,
                weight=item.weight,
                color=svg.code(item.color),
                ha=item.anchor,
                va="baseline",
                family=family,
                parse_math=False,  # « 5 $ et 6 $ » is not mathematics
            )
            if item.figure:
                text.set_gid(f"{svg.FIGURE_PREFIX}{item.figure}")
        target = io.StringIO()
        with warnings.catch_warnings(), mpl.rc_context(_STYLE):
            # An emoji in a label is drawn by the reader's own typefaces, not by ours.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            figure.savefig(target, format="svg", metadata=_METADATA)
        height = max(self.y, 1.0)
        return svg.Drawing(target.getvalue(), self.layout.width, height, self.layout.shown(height))
