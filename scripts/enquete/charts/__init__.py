"""
Charts of tabulated results: bars of shares, and the 1–4 scale.

A chapter draws a chart in one cell and prints its data under it in the next:

    ```{python}
    #| label: fig-q10
    #| fig-cap: "Face à la précarité numérique, presque toutes agissent"
    #| fig-alt: "Barres horizontales : …"
    bars(q10)
    ```

    ```{python}
    #| label: q10-donnees
    #| output: asis
    twin(q10)
    ```

A chart takes a `Table` only, never answers: what it shows is what the sentence prints.
It is drawn three times by the same code, because a drawing that is scaled down to a phone
cannot be read: for paper (160 mm, labels in a left column), for the site (36 rem, labels
above their bar) and for narrow screens (18 rem). The cell's output holds the paper version
as `image/svg+xml`, which Quarto and Jupyter show, and the two others under `MIME`, which
only our renderer reads. Their text alternative is the renderer's to add: it is an option of
the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from enquete.charts import fonts, svg
from enquete.charts.bar_chart import draw_bars
from enquete.charts.canvas import NARROW, PAPER, WIDE, Layout
from enquete.charts.rows import bars_of
from enquete.charts.scale_chart import draw_scale, segments_of
from enquete.escape import clean
from enquete.order import Order, in_order
from enquete.tabulate import Table

__all__ = ["MIME", "Chart", "bars", "scale"]

MIME = "application/vnd.rapport.graphique+json"
_SITE_FONTS = "'Rapport Sans', 'Source Sans 3', sans-serif"


@dataclass(frozen=True, slots=True)
class Chart:
    """
    Hold one chart drawn for paper and for the site.

    ``svg`` has plain colours (Typst, Quarto, Jupyter). ``svg_site`` and ``svg_narrow``
    have the same content, with custom properties that follow the page's theme.
    """

    id: str
    parts: int
    svg: str
    svg_site: str
    svg_narrow: str

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, Any]:
        site = {"large": self.svg_site, "etroit": self.svg_narrow}
        return {"image/svg+xml": self.svg, MIME: site}

    def __repr__(self) -> str:
        return f"<graphique {self.id}, {self.parts} parts>"


def bars(
    table: Table, *, title: str = "", focus: str | None = None, order: Order | None = None
) -> Chart:
    """
    Draw one horizontal bar a row, themes before their sub-themes.

    ``focus`` is the code of the one row that the title speaks of. ``order`` is that of
    `enquete.order.in_order`; give the same to `twin`. A row without figure is hatched over
    all that it could be.
    """
    shown = in_order(table, order)
    drawn = bars_of(shown, focus=focus)

    def draw(layout: Layout) -> svg.Drawing:
        return draw_bars(drawn, layout, title=clean(title), mark=_mark(table))

    return _chart(shown, len(drawn), draw)


def scale(table: Table, *, title: str = "", positive_first: bool = False) -> Chart:
    """
    Draw one bar of 100 % cut into the two or four steps of a scale.

    The last step is the most favourable (« 1 : pas du tout » to « 4 : totalement ») unless
    ``positive_first`` says that the questionnaire starts with it (« très bien »…).
    """
    segments = segments_of(table, positive_first=positive_first)

    def draw(layout: Layout) -> svg.Drawing:
        return draw_scale(segments, layout, title=clean(title), mark=_mark(table))

    return _chart(table, len(segments), draw)


def _mark(table: Table) -> str:
    """Say on the drawing itself what the answers are: a chart travels without its page."""
    return "Réponses reconstituées" if table.origin == "reconstructed" else ""


def _chart(table: Table, parts: int, draw: Callable[[Layout], svg.Drawing]) -> Chart:
    def publish(layout: Layout, target: svg.Target, family: str) -> str:
        return svg.publish(draw(layout), target=target, fonts=family)

    return Chart(
        id=table.id,
        parts=parts,
        svg=publish(PAPER, "paper", f"'{fonts.family()}', sans-serif"),
        svg_site=publish(WIDE, "site", _SITE_FONTS),
        svg_narrow=publish(NARROW, "site", _SITE_FONTS),
    )
