from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from small_book import MINI, cell, chapters_of, make_book, outputs, run_book, write

from edition.config import read_config
from edition.execution import Engine, WarmParent, execute
from edition.execution.errors import ExecutionError
from edition.execution.model import Executed, Printed
from edition.execution.notebook import dump, notebook
from enquete.errors import EnqueteError, EnqueteErrors

ENGINES: tuple[Engine, ...] = ("fourche", "noyaux")

EVERYTHING = "\n".join(
    [
        cell("import sys, warnings\nimport matplotlib.pyplot as plt\nimport pandas as pd"),
        cell("from IPython.display import HTML, Markdown, clear_output, display\n1 + 1"),
        cell("print('un'); print('deux', file=sys.stderr); print('trois')\n'une valeur'"),
        cell("display(Markdown('**a**')); display(HTML('<b>b</b>')); print('après')"),
        cell("warnings.warn('attention')"),
        cell("print('effacé'); clear_output(); print('gardé')"),
        cell("h = display('avant', display_id='x')\ndisplay('après', display_id='x', update=True)"),
        cell("pd.DataFrame({'a': [1, 2]})"),
        cell("fig, ax = plt.subplots(figsize=(2, 1))\n_ = ax.plot([1, 2], label='é')"),
        cell("fig"),
        cell("3;"),
        cell("None"),
        cell("object()"),
        cell("!echo par le système"),
        cell("Out[2] + 1, __name__"),
        cell("import random; random.random()"),
        cell("pas_exécuté", "eval: false"),
        "Fin : `{python} Markdown('*fin*')`.",
    ]
)


def failure(root: Path, text: str, engine: Engine = "auto") -> ExecutionError:
    with pytest.raises(ExecutionError) as caught:
        run_book(root, {"index.qmd": text}, engine=engine)
    return caught.value


def stdout(executed: Executed) -> str:
    return "".join(o["text"] for found in outputs(executed) for o in found if "text" in o)


@pytest.mark.lent
def test_forked_children_give_what_plain_kernels_give(tmp_path: Path) -> None:
    config = make_book(tmp_path, {"index.qmd": EVERYTHING})
    chapters = chapters_of(config)

    (forked,) = execute(chapters, config=config, engine="fourche")
    (kernel,) = execute(chapters, config=config, engine="noyaux")

    for ours, theirs in zip(forked.segments, kernel.segments, strict=True):
        assert ours == theirs
    assert len(outputs(forked)) == 17


@pytest.mark.lent
def test_the_small_book_is_the_same_under_both_engines() -> None:
    config = read_config(MINI)
    chapters = chapters_of(config)
    written = [
        [dump(notebook(e)) for e in execute(chapters, config=config, engine=engine)]
        for engine in ENGINES
    ]

    assert written[0] == written[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_each_chapter_begins_in_a_fresh_state(tmp_path: Path, engine: Engine) -> None:
    leak = cell(
        "import json, random, matplotlib\n"
        "print('jeton' in globals(), hasattr(json, 'jeton'), matplotlib.rcParams['font.size'],"
        " random.random())\n"
        "jeton = json.jeton = 1\nmatplotlib.rcParams['font.size'] = 3"
    )

    both = run_book(tmp_path, {"index.qmd": leak, "index2.qmd": leak}, engine=engine)

    seen = [stdout(executed).split()[:3] for executed in both]
    assert seen == [["False", "False", "10.0"]] * 2


def test_chapters_marked_last_run_after_all_the_others(tmp_path: Path) -> None:
    last = "---\napres: tous\n---\n" + cell("from pathlib import Path\nPath('fin').exists()")
    first = cell("import time\nfrom pathlib import Path\ntime.sleep(0.5)\nPath('fin').touch()")

    executed = run_book(tmp_path, {"index.qmd": last, "b.qmd": first, "c.qmd": "# Texte\n"})

    assert [e.path for e in executed] == ["index.qmd", "b.qmd", "c.qmd"]
    assert outputs(executed[0])[0][0]["data"]["text/plain"] == "True"


def test_chapters_run_at_the_root_of_the_project(tmp_path: Path) -> None:
    where = cell("import os\nprint(os.getcwd(), os.environ['RAPPORT_RACINE'])")

    (_, executed) = run_book(tmp_path, {"index.qmd": "# Un\n", "chapters/a.qmd": where})

    assert stdout(executed).split() == [str(tmp_path)] * 2


def test_what_native_code_writes_to_the_terminal_is_an_output(tmp_path: Path) -> None:
    (executed,) = run_book(tmp_path, {"index.qmd": cell("import os\n_ = os.write(1, b'natif\\n')")})

    assert stdout(executed) == "natif\n"


def test_inline_values_are_put_where_their_expressions_stand(tmp_path: Path) -> None:
    text = cell("from IPython.display import Markdown\na = Markdown('**un**')")
    text += "\nVoici `{python} a`, puis\n`{python} Markdown('[2]{.x}')`.\n"

    (executed,) = run_book(tmp_path, {"index.qmd": text})

    printed = executed.segments[-1]
    assert isinstance(printed, Printed)
    assert printed.values == ("**un**", "[2]{.x}")
    assert printed.markdown == "\nVoici **un**, puis\n[2]{.x}.\n"


@pytest.mark.lent
@pytest.mark.parametrize("engine", ENGINES)
def test_a_failing_cell_is_named_with_its_file_line_and_code(
    tmp_path: Path, engine: Engine
) -> None:
    text = (
        "# Un\n\n" + cell("def f():\n    return 1 / 0") + cell("a = 1\n\nf()\nb = 2", "label: ici")
    )

    error = failure(tmp_path, text, engine)

    assert str(error) == (
        "La cellule « ici » échoue : ZeroDivisionError : division by zero\n"
        "  où : index.qmd:11 (cellule ligne 7)\n"
        "  que faire : Corrigez la ligne marquée « > », puis relancez.\n"
        "\n"
        "     9  a = 1\n"
        "    10\n"
        ">   11  f()\n"
        "    12  b = 2\n"
        "\n"
        "ZeroDivisionError : division by zero"
    )
    assert "Traceback" in error.__notes__[0]


def test_a_syntax_error_is_placed_on_its_line(tmp_path: Path) -> None:
    error = failure(tmp_path, cell("a = 1\nb = (\nc ="))

    assert error.ou == "index.qmd:3 (cellule ligne 1)"
    assert error.quoi == "La cellule sans label échoue : SyntaxError : '(' was never closed"


def test_an_error_of_the_survey_keeps_its_own_words(tmp_path: Path) -> None:
    code = (
        "from enquete.errors import EnqueteError\nraise EnqueteError('Rien.', 'a.csv:3', 'Voir.')"
    )

    error = failure(tmp_path, cell(code, "label: x"))

    assert error.quoi == "La cellule « x » échoue : Rien."
    assert "  où : a.csv:3\n  que faire : Voir." in error.details


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failing_inline_expression_is_named_with_its_line(tmp_path: Path, engine: Engine) -> None:
    error = failure(tmp_path, "# Un\n\nDeux `{python} absent`.\n", engine)

    assert str(error).split("\n")[:3] == [
        "L'expression en ligne « absent » échoue : NameError : name 'absent' is not defined",
        "  où : index.qmd:3",
        "  que faire : Corrigez-la, ou calculez cette valeur dans une cellule placée avant.",
    ]


REFUSED_VALUES = {
    "'59\\u00a0%'": "n'a pas de forme Markdown",
    "12.5": "n'a pas de forme Markdown",
    "None": "n'a pas de forme Markdown",
    "V(markdown='')": "est vide",
    "V(markdown='a\\nb')": "plusieurs lignes",
    "V(markdown='a', html='b')": "text/html",
    "V(markdown='a', latex='b')": "text/latex",
    "W()": "cassé",
}


def test_inline_values_that_quarto_would_print_otherwise_are_refused(tmp_path: Path) -> None:
    code = (
        "class V:\n"
        "    def __init__(self, **forms): self.forms = forms\n"
        "    def _repr_mimebundle_(self, **_):\n"
        "        return {f'text/{k}': v for k, v in self.forms.items()}\n"
        "class W:\n"
        "    def _repr_markdown_(self): raise ValueError('cassé')"
    )
    text = cell(code) + "".join(f"`{{python}} {value}`\n" for value in REFUSED_VALUES)

    with pytest.raises(EnqueteErrors) as caught:
        run_book(tmp_path, {"index.qmd": text})

    problems = caught.value.problems
    assert [problem.ou for problem in problems] == [f"index.qmd:{n}" for n in range(9, 17)]
    for problem, reason in zip(problems, REFUSED_VALUES.values(), strict=True):
        assert reason in problem.quoi


def test_every_failing_chapter_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnqueteErrors) as caught:
        run_book(tmp_path, {"index.qmd": cell("1 / 0"), "b.qmd": cell("absent")})

    assert sorted(problem.ou for problem in caught.value.problems) == [
        "b.qmd:2 (cellule ligne 1)",
        "index.qmd:2 (cellule ligne 1)",
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_chapter_over_its_limit_is_stopped_and_its_cell_named(
    tmp_path: Path, engine: Engine
) -> None:
    text = cell("1") + cell(
        "import subprocess, time\np = subprocess.Popen(['sleep', '60'])\n"
        "print(p.pid, end='', file=open('pid', 'w'), flush=True)\ntime.sleep(60)",
        "label: longue",
    )
    config = make_book(tmp_path, {"index.qmd": text}, limit=1)
    start = time.monotonic()

    with pytest.raises(ExecutionError) as caught:
        execute(chapters_of(config), config=config, engine=engine)

    assert time.monotonic() - start < 20
    assert "limite de 1 s" in caught.value.quoi
    assert caught.value.ou == "index.qmd:4"
    assert "time.sleep(60)" in caught.value.details
    if engine == "fourche":
        assert not alive(int((tmp_path / "pid").read_text(encoding="utf-8")))


def test_a_process_that_dies_is_told_with_its_cell(tmp_path: Path) -> None:
    error = failure(tmp_path, cell("1") + cell("import os\nos._exit(3)"), "fourche")

    assert error.quoi == "Le processus du chapitre s'est arrêté net (code 3)."
    assert error.ou == "index.qmd:4"


def test_an_output_that_is_not_json_is_told(tmp_path: Path) -> None:
    code = "class V:\n    def _repr_mimebundle_(self, **_): return {'application/json': {1j}}\nV()"

    error = failure(tmp_path, cell(code), "fourche")

    assert "TypeError" in error.quoi


def test_leaving_the_warm_parent_ends_its_children(tmp_path: Path) -> None:
    code = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)"
    config = make_book(tmp_path, {"index.qmd": cell(code)})

    announced: list[object] = []

    def stop(*_: object) -> None:
        announced.append(None)
        if len(announced) == 1:
            return  # nothing runs yet
        while not (tmp_path / "pid").is_file() or not (tmp_path / "pid").read_text():
            time.sleep(0.02)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), WarmParent(tmp_path) as parent:
        execute(chapters_of(config), config=config, engine="fourche", parent=parent, progress=stop)

    assert not alive(int((tmp_path / "pid").read_text()))


def alive(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True


def test_progress_counts_the_steps_of_each_chapter(tmp_path: Path) -> None:
    config = make_book(tmp_path, {"index.qmd": cell("1") + cell("2")})
    seen: list[tuple[str, int, int]] = []

    execute(
        chapters_of(config),
        config=config,
        engine="fourche",
        progress=lambda chapter, done, total: seen.append((chapter.path, done, total)),
    )

    assert seen == [("index.qmd", done, 2) for done in (0, 0, 1, 2)]  # announced, then run


def test_the_warm_parent_says_why_it_could_not_start(tmp_path: Path) -> None:
    write(tmp_path, "great_tables.py", "raise ImportError('cassé exprès')\n")

    with pytest.raises(EnqueteError, match="cassé exprès"):
        run_book(tmp_path, {"index.qmd": cell("1")}, engine="fourche")


def test_notebooks_are_valid_and_the_same_bytes_at_each_run() -> None:
    config = read_config(MINI)
    first, second = (
        [dump(notebook(e)) for e in execute(chapters_of(config), config=config)] for _ in range(2)
    )

    assert first == second
    for text in first:
        nbformat.validate(nbformat.reads(text, as_version=4))
        assert nbformat.writes(nbformat.reads(text, as_version=4)) + "\n" == text
        assert " at 0x" not in text.replace(" at 0x…", "")
    cells = json.loads(first[1])["cells"]
    assert [c["execution_count"] for c in cells if c["cell_type"] == "code"] == [1, 2, 3]
    values = next(c["metadata"]["user_expressions"] for c in cells if c["metadata"])
    assert values[0]["expression"] == "aise"
    assert values[0]["result"]["data"] == {
        "text/markdown": '[59&#160;%]{.chiffre chiffre="mini-aise"}'
    }


@pytest.mark.parametrize(
    "modules",
    ["edition.cli", "edition.config, edition.qmd, edition.execution, edition.execution.notebook"],
)
def test_starting_and_reading_import_nothing_heavy(modules: str) -> None:
    code = (
        f"import sys, {modules}\n"
        "heavy = {'IPython', 'pandas', 'scipy', 'matplotlib', 'nbformat', 'nbclient', 'zmq'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
