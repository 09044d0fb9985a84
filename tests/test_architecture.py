"""Rules of the house that a reader of the code may rely on, read from the code itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import enquete

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "scripts"
PACKAGE = SCRIPTS / "enquete"
MODULES = sorted(PACKAGE.rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, package: str) -> Iterator[str]:
    """Modules of *package* that *path* imports, those for type checkers aside."""
    parsed = tree(path)
    typing_only = {
        node
        for block in ast.walk(parsed)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(parsed):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith(package))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            assert node.module is not None
            for alias in node.names:
                inner = PACKAGE.joinpath(*node.module.split(".")[1:], f"{alias.name}.py")
                yield f"{node.module}.{alias.name}" if inner.is_file() else node.module


def name_of(path: Path) -> str:
    parts = path.relative_to(SCRIPTS).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_the_package_was_found() -> None:
    assert len(MODULES) > 20


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_enquete_never_imports_edition(path: Path) -> None:
    assert list(imports(path, "edition")) == []


def test_imports_inside_enquete_have_no_cycle() -> None:
    graph = {name_of(path): set(imports(path, "enquete")) for path in MODULES}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path, module))
        if module not in done:
            for imported in sorted(graph.get(module, ())):
                visit(imported, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_paths_imports_nothing_of_ours() -> None:
    assert list(imports(PACKAGE / "paths.py", "enquete")) == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_one_module_opens_the_answers(path: Path) -> None:
    """The writer of the reconstruction writes them; nothing but answers.py reads them."""
    if path.name == "answers.py" or "reconstruction" in path.parts:
        return
    # « coches » alone is also what shares.py calls ticks in French.
    names = {"reponses.csv", "coches.csv", "themes.csv", "reponses", "themes"}
    code = tree(path)
    literals = [n.value for n in ast.walk(code) if isinstance(n, ast.Constant)]
    named = names.intersection(text for text in literals if isinstance(text, str))
    # schema.py writes the options of each question beside the column that holds them.
    assert named <= ({"reponses"} if path.name == "schema.py" else set())


ROUNDING = re.compile(r"\.\d+[fge%]|:,|\.quantize\b|ROUND_")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_one_module_rounds_what_is_printed(path: Path) -> None:
    """Drawing and solving use floats of their own; neither writes a number of the report."""
    if path.name == "french.py" or {"charts", "reconstruction"}.intersection(path.parts):
        return
    code = tree(path)
    called = [
        node.lineno
        for node in ast.walk(code)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("round", "math.floor", "math.ceil", "format")
    ]
    formats = [
        node.lineno
        for node in ast.walk(code)
        if isinstance(node, ast.FormattedValue)
        and node.format_spec is not None
        and ROUNDING.search(ast.unparse(node))
    ]
    assert called == formats == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_public_names_exist_and_are_all_documented() -> None:
    assert enquete.__all__ == sorted(enquete.__all__)
    for name in enquete.__all__:
        public = getattr(enquete, name)
        if name != "everyone":
            assert public.__doc__, name


def test_opening_the_survey_imports_no_chart_nor_table_library() -> None:
    code = (
        "import sys, enquete; enquete.open_survey()\n"
        "heavy = {'matplotlib', 'seaborn', 'great_tables', 'scipy', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout.strip() == "[]"


def test_the_function_answers_is_not_hidden_by_the_module_of_that_name() -> None:
    code = "import enquete.answers; from enquete import answers; print(answers('Q2').unit)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "answers"
