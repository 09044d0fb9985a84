"""Match every number of the site to whoever answers for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edition.audit.admitted import Admitted, read_admitted
from edition.audit.bars import check_bars
from edition.audit.entries import Said
from edition.audit.files import check_files
from edition.audit.numbering import Numbering, numbered, referred
from edition.audit.numbers import Number, find, plain
from edition.audit.reading import Block, Node, read
from edition.audit.scopes import Scopes, declared
from edition.audit.spoken import check_spoken
from edition.built import OF_QUARTO, by_quarto
from edition.checking import Finished, Outcome
from enquete.errors import EnqueteError

# Written by the checks themselves, from what they found: they cannot be their own judge.
NOT_READ = frozenset(("verification.html",))
_AROUND = 60

NAME, TITLE = "audit-html", "Chaque nombre du site a une origine"


@dataclass
class Found:
    """What the audit of a site counted, and the faults it found."""

    figures: int = 0
    structure: int = 0
    accounted: int = 0
    admitted: int = 0
    faults: list[EnqueteError] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Return how many numbers were met."""
        return self.figures + self.structure + self.accounted + self.admitted + len(self.faults)


def check_html(book: Finished) -> Outcome:
    """Match every number of the pages to the ledger, to the structure or to the allow-list."""
    if by_quarto(book.folder):
        return Outcome(
            "audit-html", "Chaque nombre du site a une origine", 0, "", skipped=OF_QUARTO
        )
    admitted = read_admitted(book.root)
    pages = read_pages(book.folder)
    found = audit(book, pages, admitted)
    found.faults += check_files(book, pages)
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


def audit(book: Finished, pages: Mapping[str, Sequence[Block]], admitted: Admitted) -> Found:
    """Look at every block of the pages."""
    order = page_order(book.provenance["edition"]["chapters"], pages)
    numbering = numbered(pages, order)
    scopes = Scopes(
        said={(entry["chapter"], entry["id"]): Said(entry) for entry in book.entries},
        declared=declared(book),
        numbering=numbering,
        digests=_digests(book),
    )
    for file in order:
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
    rows = iter(range(1, len(scopes.rows) + 1))
    for file in order:
        for block in pages[file]:
            _block(block, scopes, numbering, admitted, found, rows)
    return found


def _digests(book: Finished) -> dict[str, str]:
    folder = book.root / "data"
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


def _block(
    block: Block,
    scopes: Scopes,
    numbering: Numbering,
    admitted: Admitted,
    found: Found,
    rows: Iterator[int],
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
    return any(start <= number.start and number.end <= end for start, end in spans)


def _own(block: Block, scopes: Scopes, found: Found) -> Iterator[tuple[int, int]]:
    """Give the stretches that belong to a figure, once compared with the ledger."""
    if block.kind.startswith("@"):
        return
    runs = [(run.start, run.end, run.node) for run in block.runs]
    for start, end, node in [(0, len(block.text), block.node), *runs]:
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
    block: Block, numbering: Numbering, found: Found, rows: Iterator[int]
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
            expected = str(next(rows, 0))
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


def where(block: Block, number: Number | None = None) -> str:
    """Say where a block stands: the page, the kind of text, the sentence."""
    text = block.text
    if number is not None:
        start, end = max(number.start - _AROUND, 0), number.end + _AROUND
        text = f"{'…' * (start > 0)}{text[start:end]}{'…' * (end < len(text))}"
    name = block.node.attributes.get("id") or _anchor(block.node)
    place = f" (près de #{name})" if name else ""
    return f"{block.file}, {KINDS.get(block.kind, block.kind)}{place} : « {text.strip()[:200]} »"


def _anchor(node: Node) -> str:
    return next((each.attributes["id"] for each in node.lineage() if "id" in each.attributes), "")


KINDS: Mapping[str, str] = {
    "p": "paragraphe",
    "li": "élément de liste",
    "td": "cellule de tableau",
    "th": "en-tête de tableau",
    "dd": "ligne de fiche",
    "caption": "légende de tableau",
    "figcaption": "légende de figure",
    "text": "étiquette de graphique",
    "title": "titre de la page",
    "@alt": "texte de remplacement",
    "@aria-label": "texte lu par un lecteur d’écran",
    "@title": "infobulle",
    "@description": "description de la page",
    "@og:description": "description pour le partage",
    "@og:title": "titre pour le partage",
    "@json": "données pour les moteurs de recherche",
}
