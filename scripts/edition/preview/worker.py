"""
The process that builds for the preview: it stays warm from one save to the next.

Started as `python -m edition.preview.worker ROOT FOLDER`. Each line on its standard input
asks for a build; each answer is one JSON line: {"seconds": 1.2, "problems": […]}. Closing its
standard input ends it. It has one thread and its own imports: when the code of the project
changes, the preview starts another one.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
import traceback
from contextlib import ExitStack
from pathlib import Path

from edition.execution import WarmParent, warm_parent
from enquete.errors import EnqueteError, EnqueteErrors


def main() -> None:
    """Answer requests until there are no more."""
    root, folder = Path(sys.argv[1]), Path(sys.argv[2])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what anything prints must not be taken for an answer
    with ExitStack() as stack:
        parent = stack.enter_context(warm_parent(root))
        import edition.build  # noqa: F401 - imported while nobody waits

        for _ in sys.stdin:
            start = time.perf_counter()
            problems = attempt(root, folder, parent)
            seconds = time.perf_counter() - start
            try:
                answers.write(json.dumps({"seconds": seconds, "problems": problems}) + "\n")
                answers.flush()
            except BrokenPipeError:  # the preview has ended meanwhile
                os._exit(0)  # its pipe would be written again on the way out
            stack.close()  # a warm parent serves once
            parent = stack.enter_context(warm_parent(root))


def attempt(root: Path, folder: Path, parent: WarmParent | None) -> list[dict[str, str]]:
    """Build the site once; return the problems that stopped it, none when it succeeded."""
    from edition.build import Options, build
    from edition.config import read_config
    from enquete import open_survey

    try:
        options = Options(formats=("html",), output=folder, parent=parent, ready=open_survey)
        build(read_config(root), options)
    except EnqueteErrors as several:
        return [told(problem) for problem in several.problems]
    except EnqueteError as error:
        return [told(error)]
    except Exception:
        trace = io.StringIO()
        traceback.print_exc(file=trace)
        last = trace.getvalue().strip().rpartition("\n")[2]
        return [
            told(
                EnqueteError(
                    f"Erreur inattendue : {last}",
                    "dans le programme, pas dans vos fichiers",
                    "Lancez « rapport --debug construire » et joignez la trace à un signalement.",
                )
            )
        ]
    return []


def told(error: EnqueteError) -> dict[str, str]:
    """Return the three parts of an error."""
    return {"quoi": error.quoi, "ou": error.ou, "que_faire": error.que_faire}


if __name__ == "__main__":
    main()
