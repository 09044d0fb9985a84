"""The environment variables of every process that runs chapters."""

from __future__ import annotations

import os
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


def environment(root: Path) -> dict[str, str]:
    """Return this process's environment with what chapters rely on."""
    return {
        **os.environ,
        **dict.fromkeys(_THREADS, "1"),
        "RAPPORT_RACINE": str(root.resolve()),
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
