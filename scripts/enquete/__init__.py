"""The survey, its figures and its ledger: the names that chapters use."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from enquete import charts as _charts
    from enquete.errors import EnqueteError, EnqueteErrors, TooFew, Undetermined
    from enquete.escape import Text, esc
    from enquete.figure import Figure
    from enquete.ledger import Ledger, read_ledger
    from enquete.register_page import register_table
    from enquete.survey import Survey, open_survey
    from enquete.tables import figures_table
    from enquete.tabulate import Row, Table

    from enquete.selection import Selection, answered, chose, everyone  # isort: skip
    from enquete.shares import answers, respondents, ticks, ticks_other_than  # isort: skip

    # Not « from enquete.charts import bars »: mypy confuses it with charts/bars.py.
    bars, scale = _charts.bars, _charts.scale

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

# Each name is imported at its first use: a command that only reports an error must not wait
# for numpy, nor a chapter without chart for matplotlib.
_OWNERS = {
    "charts": ("bars", "scale"),
    "errors": ("EnqueteError", "EnqueteErrors", "TooFew", "Undetermined"),
    "escape": ("Text", "esc"),
    "figure": ("Figure",),
    "ledger": ("Ledger", "read_ledger"),
    "register_page": ("register_table",),
    "selection": ("Selection", "answered", "chose", "everyone"),
    "shares": ("answers", "respondents", "ticks", "ticks_other_than"),
    "survey": ("Survey", "open_survey"),
    "tables": ("figures_table",),
    "tabulate": ("Row", "Table"),
}
_OWNER = {name: module for module, names in _OWNERS.items() for name in names}


class _Package(ModuleType):
    """
    The package as a module whose names are functions even where a module has the same one.

    Importing `enquete.answers` would otherwise put that module in the place of answers();
    it stays importable by ``from enquete.answers import …``.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in _OWNER:
            msg = f"module 'enquete' has no attribute {name!r}"
            raise AttributeError(msg)
        found = getattr(import_module(f"enquete.{_OWNER[name]}"), name)
        setattr(self, name, found)
        return found

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _OWNER and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
