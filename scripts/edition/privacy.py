"""Nobody is named in a finished book, and no small group of people can be read in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson

from edition.cache.clean import Clean
from edition.cache.keys import digest
from edition.checking import Finished, Outcome
from edition.identifiers import identifiers
from edition.wordings import BREAK, Wording, raw, wordings
from enquete.disclosure.findings import examine
from enquete.errors import EnqueteError
from enquete.paths import root as project_root
from enquete.personal import SIGNS, Plain, Sign, plain
from enquete.policy import Admitted
from enquete.survey import Survey, open_survey

NAME = "confidentialite"
TITLE = "Personnes protégées"
DATA = "donnees/enquete"  # where the answers themselves are, if they may be published
_SHOWN = 12
_TAG = re.compile(r"<[^>]*>")


def check(book: Finished) -> Outcome:
    """
    Look for personal data in every file, and for small groups in the ledger.

    No fault shows what was found: the log of a build is read by more people than the book.
    """
    signs = _Signs(book.survey.policy.admitted_texts)
    faults: list[EnqueteError] = []
    for source, text in published_texts(book.survey):
        faults += [_personal(kind, source) for kind in signs.kinds(text, reviewed=True)]
    published = _published(book)
    faults += _named_in(published, book, signs)
    small, compared, told = _small_groups(book)
    said = (
        f"{len(published)} fichiers lus, {len(faults)} donnée(s) personnelle(s) ; "
        f"{compared} paires de groupes comparées, {len(small)} groupe(s) trop petit(s)"
    )
    notes = (*signs.unused(), *told)
    return Outcome(NAME, TITLE, len(published), said, (*faults, *small), notes)


def prepare(book: Finished) -> None:
    """
    Read the files that are there already, and the ledger: what is clean is not read again.

    The PDF waits: its pages are shared out between processes (`edition.audit.paper`).
    """
    there = [file for file in _published(book) if file.suffix != ".pdf"]
    _named_in(there, book, _Signs(book.survey.policy.admitted_texts))
    _small_groups(book)


def _small_groups(book: Finished) -> tuple[tuple[EnqueteError, ...], int, tuple[str, ...]]:
    """
    Return the faults, how many pairs were compared, and what a reviewer should know.

    They rest on the ledger and on the data: a ledger without fault is not examined again.
    """
    key = digest([NAME, "effectifs", _ground(book), book.ledger_digest, book.data_digests])
    known = book.clean.get(key)
    if known is not None:
        return (), known["paires"], tuple(known["notes"])
    found = examine(book.survey, book.entries)
    notes = found.notes(_SHOWN)
    if not found.faults:
        book.clean.put(key, {"paires": found.compared, "notes": notes})
    return found.faults, found.compared, notes


def _published(book: Finished) -> list[Path]:
    return sorted(file for file in book.folder.rglob("*") if file.is_file())


def _named_in(files: Sequence[Path], book: Finished, signs: _Signs) -> list[EnqueteError]:
    """Return who is named in files of the book."""
    respondents = identifiers(book.survey.answers.ids)
    ground = _ground(book)
    faults: list[EnqueteError] = []
    for file in files:
        name = file.relative_to(book.folder).as_posix()
        rows = name.startswith(f"{DATA}/") and not book.survey.original
        among = _nobody if rows else respondents.among
        memory = _Memory(book.clean, digest([ground, file.suffix, rows]))
        faults += _named(file, name, book.root, signs, among, memory)
    return faults


def _named(
    file: Path,
    name: str,
    root: Path,
    signs: _Signs,
    among: Callable[[str], bool],
    memory: _Memory,
) -> Iterator[EnqueteError]:
    """
    Find who is named in a file.

    One whose bytes were found quiet is not read again; nor is such a page of the PDF.
    """
    content = file.read_bytes()
    if memory.has(content):
        return

    def quiet(text: str) -> bool:
        return not (among(text) or signs.seen(text))

    pieces = [piece for piece in wordings(file) if not memory.quiet(piece, quiet)]
    whole = BREAK.join(piece.text for piece in pieces)
    for kind in signs.kinds(whole):
        places = _places(file, name, pieces, partial(signs.has, kind))
        yield from (_personal(kind, place) for place in places)
    if among(whole):
        yield from map(_respondent, _places(file, name, pieces, among))
    machine = list(_machine(file, name, root))
    yield from machine
    if not (pieces or machine):
        memory.add(content)


def _nobody(_: str) -> bool:
    return False


def _ground(book: Finished) -> str:
    """Return the hash of what decides, with a file's bytes, whether somebody is named in it."""
    admitted = [[each.kind, each.text] for each in book.survey.policy.admitted_texts]
    answers = dict(book.survey.answers.hashes)
    return digest([book.clean.examined_by, admitted, answers, sorted(_paths(book.root))])


@dataclass(frozen=True, slots=True)
class _Memory:
    """What was found quiet (no sign of anybody, nothing that had to be admitted), on a *ground*."""

    clean: Clean
    ground: str

    def has(self, content: bytes) -> bool:
        return self.clean.get(self._key(content)) is not None

    def add(self, content: bytes) -> None:
        self.clean.put(self._key(content), 1)

    def quiet(self, piece: Wording, examine: Callable[[str], bool]) -> bool:
        """Tell whether a piece is quiet; only pages are remembered: other files are so whole."""
        content = f"{piece.place}\0{piece.text}".encode(errors="surrogatepass")
        if piece.place and self.has(content):
            return True
        found = examine(piece.text)
        if found and piece.place:
            self.add(content)
        return found

    def _key(self, content: bytes) -> str:
        return digest([NAME, self.ground, hashlib.sha256(content).hexdigest()])


def diagnose(folder: str | None) -> int:
    """Print what protects people in a book, or in the data alone when there is no book."""
    from edition.config import read_config
    from enquete.disclosure.report import report

    base = project_root()
    survey = open_survey(base)
    ledger = (Path(folder) if folder else base / read_config(base).output_dir) / "provenance.json"
    entries = orjson.loads(ledger.read_bytes())["entries"] if ledger.is_file() else []
    print(report(survey, entries))
    return 1 if examine(survey, entries).faults else 0


def published_texts(survey: Survey) -> Iterator[tuple[str, str]]:
    """Yield (place, text) of what comes with the data and may be printed: wordings, labels."""
    for question in survey.questionnaire:
        for text in (question.title, question.body_title):
            yield f"data/questions.csv, question {question.id}", text
        for option, _ in question.walk():
            yield f"data/modalites.csv, question {question.id}, code {option.code}", option.label


class _Signs:
    """Find kinds of personal data, what the policy admits set aside."""

    def __init__(self, admitted: Sequence[Admitted]) -> None:
        self._admitted: dict[str, dict[str, bool]] = {}
        for each in admitted:
            self._admitted.setdefault(each.kind, {})[plain(each.text)] = False

    def kinds(self, text: str, *, reviewed: bool = False) -> list[str]:
        seen = Plain(plain(text))
        signs = (sign for sign in SIGNS if reviewed or not sign.reviewed)
        return [s.kind for s in signs if any(s.matches(seen)) and self._kept(s, seen)]

    def has(self, kind: str, text: str) -> bool:
        return kind in self.kinds(text)

    def seen(self, text: str) -> bool:
        """Tell whether a text has any sign, or any text that the policy admits."""
        seen = Plain(plain(text))
        admitted = (each in seen.text for texts in self._admitted.values() for each in texts)
        return any(admitted) or any(any(sign.matches(seen)) for sign in SIGNS if not sign.reviewed)

    def _kept(self, sign: Sign, seen: Plain) -> bool:
        """Tell whether anything is left once what the policy admits is set aside."""
        rest = seen.text
        for text in self._admitted.get(sign.kind, ()):
            if text in rest:
                self._admitted[sign.kind][text] = True
                rest = rest.replace(text, " ¶ ")
        return any(sign.matches(Plain(rest)))

    def unused(self) -> Iterator[str]:
        """Say which admitted texts are nowhere: an exception kept for nothing hides a fault."""
        for kind, texts in self._admitted.items():
            lost = sum(not used for used in texts.values())
            if lost:
                yield (
                    f"data/politique.yml admet {lost} texte(s) de genre « {kind} » "
                    "que le livre n’imprime plus."
                )


def _places(
    file: Path, name: str, pieces: Sequence[Wording], found: Callable[[str], bool]
) -> list[str]:
    """Name the pages, or the first line, that hold what was found; only a hit pays for this."""
    if any(piece.place for piece in pieces):
        return [f"{name}, {piece.place}" for piece in pieces if found(piece.text)] or [name]
    lines = [_TAG.sub("", line) for line in file.read_text("utf-8", "replace").splitlines()]
    whole = file.read_text("utf-8", "replace").splitlines()
    for number, line in enumerate(lines):
        after = lines[number + 1] if number + 1 < len(lines) else ""
        split = found(f"{line} {after}") and not found(after)
        if split or found(line) or found(whole[number]):
            return [f"{name}, ligne {number + 1}"]
    return [name]


def _machine(file: Path, name: str, root: Path) -> Iterator[EnqueteError]:
    """Find paths of the machine that built the book: they name its user."""
    needles = [path.encode() for path in _paths(root)]
    if any(needle in content for content in raw(file) for needle in needles):
        yield EnqueteError(
            "Chemin de cette machine dans un fichier publié.",
            name,
            "chercher la cellule ou l’outil qui l’écrit, et donner un chemin relatif.",
        )


def _paths(root: Path) -> set[str]:
    paths = {f"{Path.home()}/", f"{root.resolve()}/", f"{root.resolve()}\\"}
    return {path for path in paths if len(path) > 3}


def _personal(kind: str, where: str) -> EnqueteError:
    return EnqueteError(
        f"Donnée personnelle probable : {kind}.",
        where,
        "retirer le texte ; s’il est imprimé à dessein, le déclarer avec sa raison dans "
        "data/politique.yml, « donnees_personnelles_admises ».",
    )


def _respondent(where: str) -> EnqueteError:
    return EnqueteError(
        "Identifiant de répondante dans un fichier publié.",
        where,
        "ne publier que des comptes : retirer la cellule qui montre des lignes de réponses.",
    )
