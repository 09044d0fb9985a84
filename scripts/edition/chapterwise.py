"""Convert again only the chapters whose text, or what others tell them, has changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from edition.cache.conversions import Conversions
from edition.cache.keys import digest
from edition.joined import Document
from edition.outline import cut
from enquete.errors import EnqueteError


def by_chapter(
    document: Document,
    name: str,
    common: Any,
    conversions: Conversions,
    render: Callable[[str], str],
) -> str:
    """
    Return what *render* gives of the book, with what is remembered of unchanged chapters.

    *common* is JSON data of all that chapters are made with. A chapter is made again when its
    own document changes; all are, when the outline of one does (`edition.outline`).
    """
    stems = document.stems
    ground = digest([common, document.version, document.outlines])
    # What precedes the first chapter has no document of its own.
    keys = {"": [ground, "", ""]}
    for stem, blocks in zip(stems, document.chapters, strict=True):
        keys[stem] = [ground, stem, digest(blocks)]
    remembered = {stem: conversions.find(name, key) for stem, key in keys.items()}
    known = {stem: found.decode() for stem, found in remembered.items() if found is not None}
    missing = {rank for rank, stem in enumerate(stems) if stem not in known}
    if len(known) < len(keys):
        few = len(missing) <= len(stems) // 2
        made = _made(lambda: render(document.text(missing))) if few else {}
        if list(made) != list(keys):
            known, missing = {}, set(range(len(stems)))
            whole = render(document.text())
            made = cut(whole)
            if list(made) != list(keys):
                return whole
        fresh = {stem: made[stem] for stem in ("", *(stems[rank] for rank in sorted(missing)))}
        conversions.keep(name, [(keys[stem], text.encode()) for stem, text in fresh.items()])
        known |= fresh
    return "".join(known[stem] for stem in keys)


def _made(render: Callable[[], str]) -> dict[str, str]:
    """Return the pieces; none after a problem, which the whole book words with its place."""
    with suppress(EnqueteError):
        return cut(render())
    return {}
