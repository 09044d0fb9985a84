"""
The « Erratum » page: what a reader of the previous edition must correct in it.

It stands beside the book, not inside: a chapter prints only what its cells compute, and the
old values are computed by nothing any more. Making facts of them would fill the register
with numbers that no edition prints. As a page of its own, it says where each value comes from:
the edition that it corrects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from edition.comparison.changes import Changes
from edition.comparison.sources import Source
from edition.comparison.state import Key, Line
from edition.comparison.told import based, headline, sentence, why
from edition.text import french as typeset
from edition.verification.frame import Text, alone
from enquete import french
from enquete.titles import chapter_title

TITLE = "Erratum"


@dataclass(frozen=True)
class Correction:
    """
    One thing to correct.

    Attributes:
        what: « Au lieu de « 14 % », lire « 15 % » »; *about*: what is measured.
        details: count, base and cause; *quoted*: the sentence as it now stands.
    """

    key: Key
    what: str
    about: str
    details: str
    quoted: str


def erratum(changes: Changes, before: Source, after: Source, file: Path, theme: Path) -> str:
    """Return the page, as HTML when *file* is named so, else as Markdown."""
    corrections = list(_corrections(changes, after))
    introduction = _introduction(changes, before, after)
    if file.suffix in (".html", ".htm"):
        return _html(corrections, introduction, theme)
    return _markdown(corrections, introduction)


def _introduction(changes: Changes, before: Source, after: Source) -> list[str]:
    lines = [
        typeset(
            f"Cette page corrige l'{before.title} du rapport. Les valeurs à remplacer sont celles "
            f"qu'elle imprimait ; les autres sont celles de l'{after.title}."
            if before.title != after.title
            else "Cette page corrige l'édition précédente du rapport : les valeurs à remplacer "
            "sont celles qu'elle imprimait."
        ),
        headline(changes),
    ]
    if after.reason:
        lines.append(f"Raison : {typeset(after.reason)}")
    return lines


def _corrections(changes: Changes, after: Source) -> Iterator[Correction]:
    for change in (*changes.changed, *changes.reworded):
        old, new = change.before.text, change.after.text
        details = [based(change), f"cause : {why(change)}"]
        yield Correction(
            change.key,
            f"Au lieu de {french.quoted(old)}, lire {french.quoted(new)}"
            if old != new
            else f"{french.quoted(new)} reste imprimé",
            change.after.label,
            " ; ".join(each for each in details if each),
            _quoted(change.key, change.after, after),
        )
    for key, line in changes.came:
        what = f"Ajouter {french.quoted(line.text)}"
        yield Correction(key, what, line.label, "", _quoted(key, line, after))
    for key, line in changes.went:
        yield Correction(key, f"Supprimer {french.quoted(line.text)}", line.label, "", "")


def _quoted(key: Key, line: Line, after: Source) -> str:
    found = sentence(key, line, after.book)
    return found if found != line.label else ""


def _by_chapter(
    corrections: Sequence[Correction],
) -> Iterator[tuple[str, list[Correction]]]:
    order = list(dict.fromkeys(each.key[0] for each in corrections))
    listed = sorted(corrections, key=lambda each: order.index(each.key[0]))
    for chapter, group in groupby(listed, key=lambda each: each.key[0]):
        yield chapter, list(group)


def _markdown(corrections: Sequence[Correction], introduction: Sequence[str]) -> str:
    lines = [f"# {TITLE}", ""]
    for paragraph in introduction:
        lines += [_escaped(paragraph), ""]
    for chapter, group in _by_chapter(corrections):
        lines += [f"## {_escaped(chapter_title(chapter))}", ""]
        for each in group:
            lines.append(f"- **{_escaped(each.what)}** ({_escaped(each.about)}).")
            if each.details:
                lines.append(f"  {_escaped(_sentence(each.details))}")
            if each.quoted:
                lines += ["", f"  > {_escaped(each.quoted)}"]
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _html(corrections: Sequence[Correction], introduction: Sequence[str], theme: Path) -> str:
    pieces = [f"<h1>{TITLE}</h1>", *(f"<p>{escape(each)}</p>" for each in introduction)]
    for chapter, group in _by_chapter(corrections):
        pieces.append(f"<h2>{escape(chapter_title(chapter))}</h2><ul>")
        for each in group:
            about = f" ({escape(typeset(each.about))})."
            details = f"<br>{escape(_sentence(each.details))}" if each.details else ""
            quoted = f"<blockquote>{escape(each.quoted)}</blockquote>" if each.quoted else ""
            pieces.append(
                f"<li><p><strong>{escape(each.what)}</strong>{about}{details}</p>{quoted}</li>"
            )
        pieces.append("</ul>")
    text = Text("erratum", TITLE, "", "Ce qu’il faut corriger dans l’édition précédente.", (),
                "\n".join(pieces))  # fmt: skip
    return alone(text, theme)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _escaped(text: str) -> str:
    return "".join(f"\\{each}" if each in "\\`*_[]<>#|" else each for each in text)
