"""
What no construction of this book can avoid, each part measured alone in its own process.

`cellules` runs every code cell of the chapters in one plain IPython shell (imports, data,
figures and tables included), `lecture` reads the Markdown of the assembled book with pandoc,
without a filter, `citations` asks citeproc for those of the book, `html` and `typst` convert what
was read, `pdf` compiles it. The sum of their processor times is the floor.

Usage: `floor.py preparer CARNETS`, then `floor.py cellules CARNETS`, `floor.py html`… in a
project that was built.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

PARTS = ("cellules", "lecture", "citations", "html", "typst", "pdf")
FOLDER = Path(".rapport", "plancher").resolve()


def prepare() -> None:
    """Assemble the book and keep what pandoc and Typst are given."""
    from edition import assemble, citing, provenance
    from edition.build import ledger_folder
    from edition.cache.executions import Executions
    from edition.config import read_config
    from edition.execution import after_all, execute
    from edition.pandoc import READER, pandoc_path
    from edition.qmd import read_chapters
    from enquete.ledger_file import read_ledger

    config = read_config(Path.cwd())
    chapters = read_chapters(config.root, config.sources)
    ledger = ledger_folder(config.root)
    first = [each.stem for each in chapters if not after_all(each, config)]
    memory = Executions(config.root, ledger, first, proving=False)
    executed = execute(chapters, config=config, memory=memory)
    entries = read_ledger(ledger, [each.stem for each in chapters])
    reconstructed = provenance.origin_of(entries) == "reconstructed"
    book = assemble.assemble(executed, config, cards=True, reconstructed=reconstructed)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    assemble.write_pictures(book, FOLDER)
    theme = config.root / "theme"
    document = assemble.read(book, theme, FOLDER)
    asked = citing.question(document, config, reconstructed=reconstructed)
    reading = [pandoc_path(), "--from", READER, "--to", "json"]
    commands = {
        "lecture": reading,
        "citations": _command(lambda: citing.answer(asked, book, config, theme, FOLDER)),
    }
    citing.write(document, book, config, theme, FOLDER, lambda _asked, make: make())
    sources = []
    for name in ("html", "typst"):
        commands[name] = _command(
            lambda name=name: sources.append(assemble.render(book, name, config, theme, FOLDER))
        )
    for name, command in commands.items():
        (FOLDER / f"commande-{name}.json").write_text(json.dumps(command), encoding="utf-8")
    texts = {"livre.md": book.markdown, "livre.json": document.text(), "citees.json": asked}
    texts["livre.typ"] = sources[-1]
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


def _command(convert: Callable[[], object]) -> list[str]:
    """Return the command that the build gives to pandoc for a conversion."""
    import subprocess

    seen: list[list[str]] = []
    run = subprocess.run

    def kept(command: list[str], **given: object) -> object:
        seen.append([str(part) for part in command])
        return run(command, **given)

    subprocess.run = kept  # type: ignore[assignment]
    try:
        convert()
    finally:
        subprocess.run = run
    return seen[-1]


def cells(notebooks: Path) -> None:
    """Run the cells of all notebooks, in one process, and ask each result for its HTML."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    for path in sorted(notebooks.glob("*.ipynb")):
        shell.reset(new_session=False)
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                with capture_output():
                    shell.run_cell("".join(cell["source"]), store_history=True)


def convert(name: str) -> None:
    """Read the book, cite its works, or convert it to one format."""
    import subprocess

    command = json.loads((FOLDER / f"commande-{name}.json").read_text("utf-8"))
    given = {"lecture": "livre.md", "citations": "citees.json"}
    text = (FOLDER / given.get(name, "livre.json")).read_bytes()
    # In FOLDER, the citations that were made would be found there.
    place = FOLDER.parent if name == "citations" else FOLDER
    subprocess.run(command, input=text, cwd=place, check=True, capture_output=True)


def compile_book() -> None:
    """Compile the PDF."""
    from edition.config import read_config
    from edition.pdf import compile_pdf

    config = read_config(Path.cwd())
    source = (FOLDER / "livre.typ").read_text("utf-8")
    ledger = Path(config.output_dir, "provenance.json").read_bytes()
    compile_pdf(source, FOLDER, config.root / "theme" / "polices", config.date, ledger)


def main() -> None:
    """Do the part that the command line names."""
    part, *rest = sys.argv[1:]
    if part == "preparer":
        prepare()
    elif part == "cellules":
        cells(Path(rest[0]))
    elif part == "pdf":
        compile_book()
    else:
        convert(part)


if __name__ == "__main__":
    main()
