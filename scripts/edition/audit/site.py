"""Match every number of the site to whoever answers for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from edition.audit.admitted import Admitted, read_admitted
from edition.audit.bars import check_bars
from edition.audit.entries import Said
from edition.audit.files import check_files
from edition.audit.found import Found, Rows, page_found
from edition.audit.numbering import Numbering, numbered, referred
from edition.audit.numbers import Number, find, plain
from edition.audit.reading import Block, read
from edition.audit.scopes import Scopes, declared
from edition.audit.spoken import check_spoken
from edition.audit.whereabouts import where
from edition.built import OF_QUARTO, by_quarto
from edition.cache.keys import digest
from edition.checking import Finished, Outcome
from enquete.errors import EnqueteError

# Written by the checks themselves, from what they found: they cannot be their own judge.
NOT_READ = frozenset(("verification.html",))

NAME, TITLE = "audit-html", "Chaque nombre du site a une origine"


def check_html(book: Finished) -> Outcome:
    """Match every number of the pages to the ledger, to the structure or to the allow-list."""
    if by_quarto(book.folder):
        return Outcome(
            "audit-html", "Chaque nombre du site a une origine", 0, "", skipped=OF_QUARTO
        )
    admitted = read_admitted(book.root)
    texts = texts_of(book.folder)
    pages = {name: read(html, name) for name, html in texts}
    found = audit(book, pages, admitted, dict(texts))
    found.faults += check_files(book, dict(texts))
    found.faults += check_bars(book)
    found.faults += check_spoken(book)
    found.faults += admitted.unused(pdf=False, origin=book.provenance["edition"]["origin"])
    said = (
        f"{found.total} nombres lus dans {len(pages)} pages : {found.figures} du registre, "
        f"{found.accounted} d’une fiche, d’une base ou d’une déclaration, "
        f"{found.structure} de numérotation, {found.admitted} admis avec leur raison ; "
        f"{len(found.faults)} sans origine"
    )
    return Outcome(NAME, TITLE, found.total, said, tuple(found.faults))


def read_pages(folder: Path) -> dict[str, tuple[Block, ...]]:
    """Read every page of the site, by file name."""
    return {name: read(html, name) for name, html in texts_of(folder)}


def texts_of(folder: Path) -> tuple[tuple[str, str], ...]:
    """Return the HTML of every page of the site, with its file name."""
    return tuple(
        (path.name, path.read_text("utf-8"))
        for path in sorted(folder.glob("*.html"))
        if path.name not in NOT_READ
    )


def page_order(stems: Sequence[str], pages: Mapping[str, Sequence[Block]]) -> list[str]:
    """Return the files in the order of the chapters, those that are no chapters last."""
    chapters = [f"{stem}.html" for stem in stems]
    return [*(file for file in chapters if file in pages), *sorted(set(pages) - set(chapters))]


def audit(
    book: Finished,
    pages: Mapping[str, Sequence[Block]],
    admitted: Admitted,
    texts: Mapping[str, str],
) -> Found:
    """Look at every block of the pages, whose HTML are *texts*."""
    order = page_order(book.provenance["edition"]["chapters"], pages)
    numbering = numbered(pages, order)
    scopes = Scopes(
        said={(entry["chapter"], entry["id"]): Said(entry) for entry in book.entries},
        declared=declared(book),
        numbering=numbering,
        digests=book.data_digests,
    )
    # Elsewhere, a place is only asked for when the page is examined.
    register = [file for file in order if ' id="reg-' in texts[file]]
    for file in register:
        scopes.place(pages[file])
    found = Found()
    for wrong in numbering.wrong:
        found.faults.append(
            EnqueteError(
                f"Numéro de titre ou de légende inattendu : « {wrong.found} », "
                f"attendu « {wrong.expected} ».",
                where(wrong.block),
                "Rétablissez la numérotation : elle se fait seule à la construction.",
            )
        )
    rows = Rows(len(scopes.rows))
    ground = _ground(book, scopes)
    for file in order:
        key = digest([NAME, ground, file, digest(texts[file]), vars(rows)])
        placed = file in register
        examine = partial(_page, pages[file], scopes, numbering, admitted, rows, placed)
        found.add(page_found(book.clean, key, admitted, rows, examine))
    return found


def _page(
    blocks: Sequence[Block],
    scopes: Scopes,
    numbering: Numbering,
    admitted: Admitted,
    rows: Rows,
    placed: bool,
    found: Found,
) -> None:
    if not placed:
        scopes.place(blocks)
    for block in blocks:
        _block(block, scopes, numbering, admitted, found, rows)


def _ground(book: Finished, scopes: Scopes) -> str:
    """
    Return the hash of what decides, with the HTML of a page, who answers for its numbers.

    The ledger, the data folder, the bibliography, the numbers of all titles and captions, and
    the code that compares.
    """
    numbering = scopes.numbering
    elsewhere = [numbering.targets, numbering.titles, numbering.headings, numbering.captions]
    works = {name: sorted(numbers) for name, numbers in scopes.declared.works.items()}
    return digest([book.clean.examined_by, book.ledger_digest, scopes.digests, elsewhere, works])


def _block(
    block: Block,
    scopes: Scopes,
    numbering: Numbering,
    admitted: Admitted,
    found: Found,
    rows: Rows,
) -> None:
    spans = list(_own(block, scopes, found))
    numbers = find(block.text)
    if not numbers:
        return
    left = [each for each in numbers if not _within(each, spans)]
    found.figures += len(numbers) - len(left)
    if not left:
        return
    spans = list(_structural(block, numbering, found, rows))
    rest = [each for each in left if not _within(each, spans)]
    found.structure += len(left) - len(rest)
    if not rest:
        return
    text = plain(block.text).lower()
    for said in scopes.texts(block):
        spans = list(places(text, said))
        orphans = [each for each in rest if not _within(each, spans)]
        found.accounted += len(rest) - len(orphans)
        rest = orphans
        if not rest:  # the texts that are left may be long to write
            return
    page = Path(block.file).stem
    for number in rest:
        if admitted.covers(page, block.kind, text, number):
            found.admitted += 1
        else:
            found.faults.append(orphan(number, block))


def places(text: str, said: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Give the stretches of *text* that are, whole, one of the texts *said*."""
    for one in said:
        place = text.find(one) if one else -1
        while place != -1:
            yield place, place + len(one)
            place = text.find(one, place + 1)


def _within(number: Number, spans: Sequence[tuple[int, int]]) -> bool:
    for start, end in spans:  # noqa: SIM110 (for every number of the book: no generator)
        if start <= number.start and number.end <= end:
            return True
    return False


def _own(block: Block, scopes: Scopes, found: Found) -> Iterator[tuple[int, int]]:
    """Give the stretches that belong to a figure, once compared with the ledger."""
    if block.kind.startswith("@"):
        return
    runs = [(run.start, run.end, run.node) for run in block.runs]
    for start, end, node in [(0, len(block.text), block.node), *runs]:
        if not node.attributes:
            continue
        if "data-chiffre" in node.attributes or node.has("chiffre"):
            expected = "text"
            name = node.attributes.get("data-chiffre", "")
        elif node.has("effectif"):
            expected, name = "sentence", node.attributes.get("data-de", "")
        else:
            continue
        written = block.text[start:end].strip()
        said = scopes.entry(block.file, name)
        if said is None:
            found.faults.append(
                EnqueteError(
                    f"« {written} » porte un identifiant absent du registre : « {name} ».",
                    where(block),
                    "Imprimez le chiffre depuis le registre.",
                )
            )
        elif plain(written) != plain(str(said.entry[expected])):
            found.faults.append(
                EnqueteError(
                    f"« {written} » s’imprime à la place de « {said.entry[expected]} » ({name}).",
                    where(block),
                    "Reconstruisez le livre : la page ne dit plus ce que dit le registre.",
                )
            )
        yield start, end


def _structural(
    block: Block, numbering: Numbering, found: Found, rows: Rows
) -> Iterator[tuple[int, int]]:
    """Give the stretches that are numbers of the book's structure, once compared."""
    for run in block.runs:
        heading = block.kind[0] == "h" and block.kind[1:].isdigit()
        if (heading and run.node.has("numero-section")) or (
            run.node.has("legende-numero") and block.node.inside("figcaption", "caption")
        ):
            yield run.start, run.end  # compared by `numbered`
        elif run.node.attributes.get("id", "").startswith("reg-"):
            written = block.text[run.start : run.end].strip()
            expected = str(rows.next())
            if written != expected:
                found.faults.append(_number(block, written, expected))
            yield run.start, run.end
    for run, number, spelled in referred(block, numbering):
        written = plain(block.text[run.start : run.end])
        numbers = find(written)
        if spelled:
            if number in written.lower():
                yield run.start, run.end
        elif numbers or number in written.split():
            if written.split()[-1:] != [number]:
                found.faults.append(_number(block, written, number))
            yield run.start, run.end


def _number(block: Block, written: str, expected: str) -> EnqueteError:
    return EnqueteError(
        f"Le numéro « {written} » devrait être « {expected} ».",
        where(block),
        "Reconstruisez le livre : les numéros s’écrivent seuls.",
    )


def orphan(number: Number, block: Block) -> EnqueteError:
    """Return the fault of a number that nothing accounts for."""
    return EnqueteError(
        f"Nombre sans origine : « {number.text} ».",
        where(block, number),
        "Imprimez-le depuis le registre, ou donnez sa raison dans data/nombres-admis.yml.",
    )
