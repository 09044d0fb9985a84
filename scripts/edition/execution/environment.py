"""The environment variables of every process that runs chapters."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

# One thread a chapter: the cores are already busy with the other chapters, and a process
# forked while OpenBLAS's threads run may never get its locks back.
_THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_PERSONAL = frozenset(
    {"COLUMNS", "LINES", "LANGUAGE", "SOURCE_DATE_EPOCH"}
    | {"PYTHONWARNINGS", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONDEVMODE"}
)


def environment(root: Path) -> dict[str, str]:
    """
    Return this process's environment with what chapters rely on.

    What a person's own settings would change in the outputs is fixed: time zone, locale,
    width of the terminal, matplotlib's and IPython's configuration.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _PERSONAL}
    own = root.resolve()
    return {
        **kept,
        **dict.fromkeys(_THREADS, "1"),
        "RAPPORT_RACINE": str(own),
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "IPYTHONDIR": str(own / ".rapport" / "ipython"),
        **_plain_charts(),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        # as ipykernel sets them: some libraries print otherwise without
        "TERM": "xterm-color",
        "CLICOLOR": "1",
        "FORCE_COLOR": "1",
        "CLICOLOR_FORCE": "1",
        "PAGER": "cat",
        "GIT_PAGER": "cat",
    }


def _plain_charts() -> dict[str, str]:
    """Name matplotlib's own settings, which a file of the user's would otherwise replace."""
    found = find_spec("matplotlib")
    places = found.submodule_search_locations if found else None
    return {"MATPLOTLIBRC": str(Path(places[0]) / "mpl-data" / "matplotlibrc")} if places else {}
