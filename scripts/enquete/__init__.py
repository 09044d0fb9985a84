"""The survey, its figures and its ledger: the names that chapters use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from enquete.errors import EnqueteError, EnqueteErrors, TooFew, Undetermined
from enquete.escape import Text, esc
from enquete.figure import Figure
from enquete.ledger import Ledger, read_ledger
from enquete.survey import Survey, open_survey
from enquete.tabulate import Row, Table

# Last: the function answers() takes the name of the module that holds the answers,
# which is loaded by now and stays importable by ``from enquete.answers import …``.
from enquete.selection import Selection, answered, chose, everyone  # isort: skip
from enquete.shares import answers, respondents, ticks, ticks_other_than  # isort: skip

if TYPE_CHECKING:
    from enquete import charts as _charts

    # Not « from enquete.charts import bars »: mypy confuses it with charts/bars.py.
    bars, scale = _charts.bars, _charts.scale
    from enquete.register_page import register_table
    from enquete.tables import figures_table

__all__ = [
    "EnqueteError",
    "EnqueteErrors",
    "Figure",
    "Ledger",
    "Row",
    "Selection",
    "Survey",
    "Table",
    "Text",
    "TooFew",
    "Undetermined",
    "answered",
    "answers",
    "bars",
    "chose",
    "esc",
    "everyone",
    "figures_table",
    "open_survey",
    "read_ledger",
    "register_table",
    "respondents",
    "scale",
    "ticks",
    "ticks_other_than",
]

# matplotlib and great_tables take longer to import than a chapter to compute.
_LAZY = {
    "bars": "enquete.charts",
    "figures_table": "enquete.tables",
    "register_table": "enquete.register_page",
    "scale": "enquete.charts",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    msg = f"module 'enquete' has no attribute {name!r}"
    raise AttributeError(msg)
