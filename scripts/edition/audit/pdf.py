"""Every number of the PDF: the site holds it too, or the structure of a paper book explains it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edition.audit.admitted import Admitted, read_admitted
from edition.audit.entries import Said, key
from edition.audit.furniture import PRINT, check_furniture, check_marks, rows_by_page
from edition.audit.matching import Found, Stream, Unit, match
from edition.audit.numbering import Numbering
from edition.audit.numbers import Number, find, plain
from edition.audit.paper import Paper, read_pdf, squeeze
from edition.audit.scopes import edition_words
from edition.audit.sheets import PaperPage
from edition.audit.side import Side, side_of
from edition.audit.whereabouts import where
from edition.built import OF_QUARTO, by_quarto
from edition.checking import Finished, Outcome
from enquete.errors import EnqueteError

NAME, TITLE = "audit-pdf", "Le PDF porte les mêmes nombres que le site"
_DIGITS = re.compile(r"\d[\d\u202f]*(?:,\d+)?")
_BACK = re.compile(r"p\.\d+|figure[\d.]+")
_PREFIX = re.compile(r"^(?:Partie|Annexe|Figure|Tableau)(?=\d|[A-Z](?:\.|[A-Z]))")
_AROUND = 60


def check_pdf(book: Finished) -> Outcome:
    """Find the site's texts in the PDF and look at every number that is left over."""
    if by_quarto(book.folder):
        return Outcome(NAME, TITLE, 0, "", skipped=OF_QUARTO)
    files = sorted(book.folder.glob("*.pdf"))
    if not files or not (book.folder / "index.html").is_file():
        missing = "PDF" if not files else "site"
        return Outcome(NAME, TITLE, 0, "", skipped=f"Le livre n’a pas de {missing}.")
    admitted = read_admitted(book.root)
    side = side_of(book)
    paper = read_pdf(files[0].read_bytes())
    counted, faults = compare(book, side, paper, admitted, files[0].name)
    faults += admitted.unused(pdf=True, origin=book.provenance["edition"]["origin"])
    said = (
        f"{counted} nombres lus dans {len(paper.pages)} pages de PDF, "
        f"{len(faults)} sans pendant dans le site"
    )
    return Outcome(NAME, TITLE, counted, said, tuple(faults))


@dataclass(frozen=True)
class Compared:
    """What the steps of a comparison share."""

    book: Finished
    side: Side
    paper: Paper
    stream: Stream
    places: Mapping[int, Found]
    file: str

    def printed_on(self) -> dict[str, list[int]]:
        """Return the pages of each anchor of the site that the PDF's text holds, in order."""
        found: dict[str, list[int]] = defaultdict(list)
        for index, place in sorted(self.places.items()):
            for anchor, offset in self.side.units[index].starts:
                found[anchor].append(self.stream.page(place.at(offset)))
        return found


def compare(
    book: Finished,
    side: Side,
    paper: Paper,
    admitted: Admitted,
    file: str,
) -> tuple[int, list[EnqueteError]]:
    """Return how many numbers the PDF holds, and those that nothing explains."""
    numbering = side.numbering
    stream = Stream(paper.pages)
    start = _first_chapter(stream, paper, numbering, side.order)
    take_contents(side.units, paper, stream)
    places = match(side.units, stream, start)
    compared = Compared(book, side, paper, stream, places, file)
    faults = list(_missing(compared))
    faults += _rows(compared)
    _front(compared, start)
    printed = compared.printed_on()
    rows = rows_by_page(printed, side.rows)
    _named_rows(stream, rows)
    for page, number, _ in stream.left():
        text = plain(page.body).lower()
        if not admitted.covers("pdf", "p", text, number):
            faults.append(orphan(page, number, file))
    faults += check_furniture(paper, printed, rows, numbering, file)
    faults += check_marks(paper, side, _titles(compared), book, file)
    counted = sum(len(find(page.body)) for page in paper.pages)
    return counted, faults


def _first_chapter(stream: Stream, paper: Paper, numbering: Numbering, order: Sequence[str]) -> int:
    """Return where the first chapter starts: before it are the cover and the contents."""
    title = squeeze(numbering.titles.get(order[0], "")) if order else ""
    page = next((page for name, page in paper.outline if squeeze(name) in title), 1)
    index = next((i for i, each in enumerate(paper.pages) if each.number == page), 0)
    return stream.offsets[index]


def _missing(compared: Compared) -> Iterator[EnqueteError]:
    """Name the numbers of the site that the PDF does not hold."""
    for index, unit in enumerate(compared.side.units):
        if index in compared.places or not any(find(block.text) for block in unit.blocks):
            continue
        yield EnqueteError(
            "Un texte du site qui porte des nombres n’est pas tel quel dans le PDF.",
            where(unit.blocks[0]),
            "Reconstruisez les deux formats ensemble : ils doivent dire la même chose.",
        )


def _rows(compared: Compared) -> Iterator[EnqueteError]:
    """
    Check the place that each row of the register gives for its figure.

    It is the page of its first print, or the chart that draws it when no sentence prints it:
    the data that the site folds under a chart are not in the PDF.
    """
    pages, charts = compared.printed_on(), _charts(compared)
    for index, unit in enumerate(compared.side.units):
        target = _way_back(unit)
        place = compared.places.get(index)
        if target is None or place is None:
            continue
        after = place.at(len(unit.text))
        file, _, anchor = target.partition("#")
        name = _register_id(unit)
        # The PDF leaves out the data folded on the site: there the first print is a later one.
        printed = pages.get(f"{file}#{PRINT}{name}") or pages.get(f"{file}#{anchor}")
        right = [f"p.{printed[0]}"] if printed else []
        if chart := charts.get((file, name)):
            right.append(f"figure{compared.side.numbering.targets.get(chart)}")
        given = next((each for each in right if compared.stream.text.startswith(each, after)), "")
        if given:
            compared.stream.take(after, len(given))
        elif written := _BACK.match(compared.stream.text, after):
            compared.stream.take(after, len(written[0]))
            yield EnqueteError(
                f"Le registre ne renvoie pas à « {' ou '.join(right)} » : « {written[0]} ».",
                f"{compared.file}, page {compared.stream.page(after)}",
                "Reconstruisez le PDF.",
            )


def _charts(compared: Compared) -> dict[tuple[str, str], str]:
    """Return the address of the first chart that draws each figure, by page and figure."""
    found: dict[tuple[str, str], str] = {}
    for file, charts in sorted(compared.side.drawn.items()):
        for figure, anchor in charts:
            found.setdefault((file, figure), f"{file}#{anchor}")
    return found


def _register_id(unit: Unit) -> str:
    idents = [run.node.attributes.get("id", "") for block in unit.blocks for run in block.runs]
    return next((each.removeprefix("reg-") for each in idents if each.startswith("reg-")), "")


def _way_back(unit: Unit) -> str | None:
    for block in unit.blocks:
        for run in block.runs:
            if run.node.has("retour"):
                href = run.node.attributes.get("href", "")
                return href if not href.startswith("#") else f"{block.file}{href}"
    return None


def take_contents(units: Sequence[Unit], paper: Paper, stream: Stream) -> None:
    """
    Account for the titles that tables of contents repeat with their page.

    The page is the bookmark's, which `check_marks` compares with the title's own place.
    A chapter on page 7 and a section of its name on page 73: the longer is taken first.
    """
    titles = {
        _PREFIX.sub("", unit.text)
        for unit in units
        if unit.blocks[0].kind in ("h1", "h2", "h3", "h4")
    }
    entries = ((squeeze(title), page) for title, page in paper.outline)
    listed = {f"{text}{page}" for text, page in entries if text in titles}
    for entry in sorted(listed, key=len, reverse=True):
        _take_all(stream, entry, len(stream.text))


def _titles(compared: Compared) -> dict[str, set[int]]:
    """Return the pages on which each title stands, squeezed, without « Partie » or « Annexe »."""
    found: dict[str, set[int]] = defaultdict(set)
    for index, place in compared.places.items():
        unit = compared.side.units[index]
        if unit.blocks[0].kind in ("h1", "h2", "h3", "h4"):
            found[_PREFIX.sub("", unit.text)].add(compared.stream.page(place.place))
    return found


def _named_rows(stream: Stream, rows: Mapping[int, set[int]]) -> None:
    """Account for « registre 12 » under a key figure that the page prints."""
    for named in re.finditer("registre", stream.text):
        end = named.end()
        while stream.text[end : end + 1].isdigit() and not stream.taken[end]:
            end += 1
        written = stream.text[named.end() : end]
        if written and int(written) in rows[stream.page(end - 1)]:
            stream.take(named.end(), len(written))


def _take_all(stream: Stream, text: str, end: int) -> None:
    place = stream.text.find(text, 0, end)
    while place >= 0:
        if stream.free(place, len(text)):
            stream.take(place, len(text))
        place = stream.text.find(text, place + 1, end)


def _front(compared: Compared, start: int) -> None:
    """Account for the cover and the lists: captions with their page, words of the edition."""
    stream = compared.stream
    for index, unit in enumerate(compared.side.units):
        if index in compared.places and unit.blocks[0].node.inside("figcaption", "caption"):
            page = stream.page(compared.places[index].place)
            _take_all(stream, f"{_PREFIX.sub('', unit.text)}{page}", start)
    small = stream.text[:start].lower()
    words = [squeeze(each) for each in edition_words(compared.book)]
    for entry in compared.book.entries:
        said = Said(entry)
        if squeeze(key(entry.get("label"))) in small:
            words += [squeeze(said.text), squeeze(said.headline[0])]
    for text in filter(None, words):
        place = small.find(text)
        while place >= 0:
            if stream.free(place, len(text)):
                stream.take(place, len(text))
            place = small.find(text, place + 1)


def orphan(page: PaperPage, number: Number, file: str) -> EnqueteError:
    """Return the fault of a number that only the PDF holds."""
    start, end = max(number.start - _AROUND, 0), number.end + _AROUND
    text = " ".join(page.body[start:end].split())
    # The letters of a chart's labels touch: « publié19,4 » is the end of one and the next.
    digits = _DIGITS.search(page.body, number.start, number.end + _AROUND)
    glued = number.text[0].isalpha() and not number.text.isalpha()
    name = digits[0] if glued and digits else number.text
    return EnqueteError(
        f"Nombre du PDF sans pendant dans le site : « {name} ».",
        f"{file}, page {page.number} : « …{text}… »",
        "Imprimez-le depuis le registre, dans le texte que les deux formats partagent.",
    )
