"""A book of many chapters: copies of one real chapter, each with its own ids."""

from __future__ import annotations

import re
from pathlib import Path

MODEL = "partie-1"
_IDS = re.compile(r"\b(sec-p1|tbl-p1|fig-q10)\b")


def write_chapters(folder: Path, number: int) -> None:
    """Make the project in *folder* a book of *number* chapters, the register aside."""
    model = (folder / "chapters" / f"{MODEL}.qmd").read_text("utf-8")
    names = [f"chapters/copie-{rank:03}.qmd" for rank in range(1, number)]
    for rank, name in enumerate(names, 1):
        text = _IDS.sub(lambda match, rank=rank: f"{match[0]}-c{rank:03}", model)
        text = text.replace(f'survey.chapter("{MODEL}")', f'survey.chapter("copie-{rank:03}")')
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "index.qmd").write_text("# Essai {#sec-essai}\n\nUn livre.\n", encoding="utf-8")
    config = (folder / "_quarto.yml").read_text("utf-8")
    listed = ["index.qmd", f"chapters/{MODEL}.qmd", *names]
    chapters = "".join(f"    - {name}\n" for name in listed)
    config = re.sub(
        r"(  chapters:\n).*?(  appendices:\n).*?(?=\n\S)",
        lambda match: f"{match[1]}{chapters}{match[2]}    - chapters/registre.qmd\n",
        config,
        flags=re.DOTALL,
    )
    (folder / "_quarto.yml").write_text(config, encoding="utf-8", newline="\n")
