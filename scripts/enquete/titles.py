"""The title of a chapter, read in its source."""

from __future__ import annotations

import re
from pathlib import Path

from enquete import french, reads
from enquete.paths import chapter_file

_TITLE = re.compile(r"^# (.+?)(?: \{[^}]*\})?$", re.MULTILINE)


def chapter_title(chapter: str, base: Path | None = None) -> str:
    """Return the title of a chapter; its name when it has none."""
    file = chapter_file(chapter, base)
    reads.note(f"titre:{chapter}")
    with reads.unrecorded():
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
    found = _TITLE.search(text)
    return french.typeset(found[1].strip()) if found else chapter
