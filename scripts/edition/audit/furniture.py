"""What surrounds the text of the PDF: heads, page numbers, margins, links, descriptions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from edition.audit.numbering import Numbering
from edition.audit.numbers import find, plain
from edition.audit.paper import Paper, squeeze
from edition.audit.scopes import edition_words
from edition.checking import Finished
from enquete.errors import EnqueteError

if TYPE_CHECKING:
    from edition.audit.side import Side

PRINT = "chiffre:"
_MARGIN = re.compile(r"(?:registre )?[\d–, ]+")
_SEE = re.compile(r"voir p\.\s(\d+)")
_AROUND = 15
_ABOUT_DATA = "donnees-reconstituees"
_LINK = re.compile(r"(?:.*, )?page (\d+)")
_NUMBERED = re.compile(r"\w+ ((?:[A-Z]|\d+)(?:\.\d+)*)")


def check_furniture(
    paper: Paper,
    printed: Mapping[str, Sequence[int]],
    rows: Mapping[int, set[int]],
    numbering: Numbering,
    file: str,
) -> Iterator[EnqueteError]:
    """Check every number that stands outside the text: nothing there may be made up."""
    titles = {squeeze(title) for title in numbering.titles.values()}
    titles |= {squeeze(title) for _, _, title in numbering.headings}
    about = {
        page
        for anchor, found in printed.items()
        for page in found
        if anchor.endswith(f"#{_ABOUT_DATA}")
    }
    for page in paper.pages:
        margin: list[str] = []
        for text in page.furniture:
            if not find(text):
                continue
            words = plain(text).strip()
            if words == str(page.number) or squeeze(words) in titles:
                continue
            if (see := _SEE.search(words)) and len(find(text)) == 1:
                if not about or int(see[1]) in about:
                    continue
            elif _MARGIN.fullmatch(words):
                margin.append(words.removeprefix("registre "))
                continue
            yield _fault(text, page.number, file)
        # A paragraph that goes on overleaf has its note where it starts.
        for number in sorted(set(_numbers(margin)) - rows[page.number] - rows[page.number + 1]):
            yield EnqueteError(
                f"La marge annonce la ligne {number} du registre, que la page n’imprime pas.",
                f"{file}, page {page.number}",
                "Reconstruisez le PDF.",
            )


def rows_by_page(
    printed: Mapping[str, Sequence[int]], ranks: Mapping[str, int]
) -> Mapping[int, set[int]]:
    """Return the numbers of the register's rows whose figures each page prints."""
    found: dict[int, set[int]] = defaultdict(set)
    for anchor, numbers in printed.items():
        name = anchor.partition(f"#{PRINT}")[2]
        for page in numbers if name in ranks else ():
            found[page].add(ranks[name])
    return found


def _numbers(margin: Sequence[str]) -> Iterator[int]:
    """Read the rows that a margin names; a range may go on on the next line."""
    written = ", ".join(margin).replace("–, ", "–").replace(",, ", ", ")
    for part in filter(None, written.split(", ")):
        low, _, high = part.strip(", ").partition("–")
        yield from range(int(low), int(high or low) + 1)


def check_marks(
    paper: Paper,
    site: Side,
    titles: Mapping[str, set[int]],
    book: Finished,
    file: str,
) -> Iterator[EnqueteError]:
    """Check what only a screen reader or a search engine meets."""
    for number, text in paper.alternatives:
        if find(text) and squeeze(text) not in site.spoken:
            for part in _unlike(text, "\n".join(site.spoken)):
                yield _fault(part, number, file, "texte de remplacement")
    starts = {}
    for title, number in paper.outline:
        starts[title.split(" ")[0].split("\u00a0")[0]] = number
        if number not in titles.get(squeeze(title), ()):
            yield _fault(title, number, file, "signet")
    for number, text, to in paper.notes:
        if not find(text) or text in site.addresses:
            continue
        page, name = _LINK.fullmatch(text), _NUMBERED.fullmatch(plain(text))
        if page and int(page[1]) == to:
            continue
        if name and starts.get(name[1]) == to:
            continue
        yield _fault(text, number, file, "description d’un lien")
    words = {squeeze(each) for each in edition_words(book)}
    for text in paper.metadata:
        if find(text) and squeeze(text).lower() not in words:
            yield _fault(text, 0, file, "description du fichier")


def _unlike(text: str, known: str) -> Iterator[str]:
    """Give the numbers of a description that the site does not give in the same words."""
    numbers = find(text)
    new = [
        text[max(each.start - _AROUND, 0) : each.end + _AROUND]
        for each in numbers
        if squeeze(text[max(each.start - _AROUND, 0) : each.end + _AROUND]) not in known
    ]
    yield from new or [text]


def _fault(text: str, page: int, file: str, what: str = "hors du texte") -> EnqueteError:
    place = f"{file}, page {page}" if page else file
    return EnqueteError(
        f"Nombre du PDF sans origine, {what} : « {text.strip()} ».",
        place,
        "Si c’est le gabarit, apprenez cette structure à scripts/edition/audit/furniture.py.",
    )
