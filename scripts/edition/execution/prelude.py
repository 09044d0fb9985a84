"""
The state in which every chapter begins, under every engine.

Quarto runs a like cell before the first one of a document. Frozen notebooks carry the call
so that nbval compares what was executed alike.
"""

from __future__ import annotations

import random

from edition.config import Figures


def source(figures: Figures, seed: str) -> str:
    """Return the cell that prepares a chapter."""
    return (
        "from edition.execution.prelude import prepare\n"
        f"prepare({figures.width!r}, {figures.height!r}, {figures.dpi!r}, {seed!r})\n"
        "del prepare"
    )


def prepare(width: float, height: float, dpi: int, seed: str) -> None:
    """
    Set the size and format of charts, and seed what draws names at random.

    A table's id or an SVG's clip path is otherwise another one at each run.
    """
    import matplotlib.pyplot as plt
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    random.seed(seed)
    plt.rcParams.update(
        {
            "figure.figsize": (width, height),
            "figure.dpi": dpi,
            "savefig.dpi": "figure",
            "svg.hashsalt": seed,
        }
    )
    set_matplotlib_formats("svg", metadata={"Date": None})  # type: ignore[no-untyped-call]
