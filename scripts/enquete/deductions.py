"""What published figures imply: declared in ``deductions.yml``, read and checked here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from enquete.entries import Item, read_entries, read_mapping
from enquete.errors import EnqueteError, raise_all
from enquete.expression import Expression, parse
from enquete.paths import data_dir
from enquete.register import Register
from enquete.suggest import suggestion

FILE = "deductions.yml"
UNITS = ("pourcentage", "effectif", "points", "rapport", "jours")
SENSES = ("entre", "au moins", "au plus", "valeur")
BRANCHES = ("aise", "mal", "mal-total", "total", "aise-deux", "part-mal")


@dataclass(frozen=True, slots=True)
class Term:
    """Name a printed number or another deduction; *decimals* replaces its printed precision."""

    name: str
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """Evaluate an expression between the rounding bounds of its terms."""

    expression: Expression
    terms: Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Total:
    """Add printed numbers."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Find the whole numbers whose share of a base prints as published; several are added."""

    parts: tuple[Term, ...]
    base: str
    above: bool  # strictly above the printed number, as « plus de » says


@dataclass(frozen=True, slots=True)
class Bases:
    """Find the whole numbers on which every count gives its printed share."""

    pairs: tuple[tuple[str, str], ...]
    rest: bool  # the printed share is that of the others


@dataclass(frozen=True, slots=True)
class Common:
    """Keep what several deductions have in common."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Couples:
    """Count the pairs of whole numbers that print as two parts, and as their total if given."""

    parts: tuple[str, str]
    total: str | None
    base: str


@dataclass(frozen=True, slots=True)
class Branch:
    """Read a result of the search on the two branches of « Pourquoi ? »."""

    wanted: str
    answers: str
    shares: tuple[str, str, str]  # of those at ease; those at ease of all; all


@dataclass(frozen=True, slots=True)
class Days:
    """Count the days from one date to another, both included."""

    dates: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tally:
    """Count rows of the questionnaire, or declared discrepancies."""

    of: Literal["questions", "ecarts"]
    where: Mapping[str, tuple[str, ...]]


Form = Computed | Total | Counts | Bases | Common | Couples | Branch | Days | Tally


@dataclass(frozen=True, slots=True)
class Deduction:
    """
    Declare one consequence of published figures.

    ``controls`` are the checks it serves, declared discrepancies or not; ``heading`` places
    it among what was not published, if it tells something of the sort.
    """

    id: str
    controls: tuple[str, ...]
    heading: str
    label: str
    form: Form
    unit: str
    decimals: int
    sense: str
    condition: str | None
    where: str


@dataclass(frozen=True, slots=True)
class Deductions:
    """Hold the deductions by id, the titles of checks and the headings, in their order."""

    entries: Mapping[str, Deduction]
    titles: Mapping[str, str]
    headings: Mapping[str, str]

    def __getitem__(self, name: str) -> Deduction:
        found = self.entries.get(name)
        if found is None:
            raise EnqueteError(
                f"La déduction « {name} » n’est pas déclarée.{suggestion(name, self.entries)}",
                f"data/{FILE}",
                "reprendre un identifiant de ce fichier, ou l’y ajouter.",
            )
        return found

    def serving(self, control: str) -> tuple[Deduction, ...]:
        """Return the deductions of a check."""
        return tuple(each for each in self.entries.values() if control in each.controls)

    def under(self, heading: str) -> tuple[Deduction, ...]:
        """Return the deductions of a heading."""
        return tuple(each for each in self.entries.values() if each.heading == heading)


def read_deductions(root: Path, register: Register) -> Deductions:
    """Read and check the deductions; kept for the process under the file's content."""
    path = data_dir(root) / FILE
    if not path.is_file():
        raise EnqueteError(
            f"Fichier de données absent : {FILE}.", "data", "le remettre depuis le dépôt."
        )
    found = _read(path, path.read_bytes())
    raise_all(list(_dangling(found, register)))
    return found


@lru_cache(maxsize=4)
def _read(path: Path, _content: bytes) -> Deductions:
    top = read_mapping(path)
    top.only("controles", "rubriques", "deductions")
    titles, headings = (_titles(top.inner(name)) for name in ("controles", "rubriques"))
    entries = read_entries(path, "deductions", _deduction)
    return Deductions(entries, titles, headings)


def _titles(item: Item) -> dict[str, str]:
    return {str(name): item.text(str(name)) for name in item.fields}


def _deduction(identifier: str, item: Item) -> Deduction:
    common = ("id", "controles", "rubrique", "libelle", "unite", "decimales", "sens", "condition")
    form = _form(item, [name for name in item.fields if name not in common])
    return Deduction(
        id=identifier,
        controls=item.texts("controles"),
        heading=item.optional_text("rubrique") or "",
        label=item.text("libelle"),
        form=form,
        unit=item.choice("unite", UNITS),
        decimals=item.whole("decimales") if "decimales" in item.fields else 0,
        sense=item.choice("sens", SENSES) if "sens" in item.fields else "entre",
        condition=item.optional_text("condition"),
        where=item.where,
    )


def _form(item: Item, fields: Iterable[str]) -> Form:
    given = {name: item.fields[name] for name in fields}
    match given:
        case {"calcul": str(text), "termes": dict(terms), **rest} if not rest:
            return _computed(item, text, terms)
        case {"somme": list(terms), **rest} if not rest:
            return Total(tuple(_term(each) for each in terms))
        case {"effectifs": list(parts), "base": str(base), **rest} if set(rest) <= {"au_dessus"}:
            return Counts(tuple(_term(e) for e in parts), base, rest.get("au_dessus") is True)
        case {"bases": list(pairs), **rest} if set(rest) <= {"reste"}:
            return Bases(tuple((str(n), str(p)) for n, p in pairs), rest.get("reste") is True)
        case {"rencontre": list(names), **rest} if not rest:
            return Common(tuple(map(str, names)))
        case {"couples": [a, b], "base": str(base), **rest} if set(rest) <= {"total"}:
            return Couples((str(a), str(b)), rest.get("total"), base)
        case {"branches": wanted, "sur": str(n), "parts": [a, b, c], **rest} if not rest:
            if wanted in BRANCHES:
                return Branch(str(wanted), n, (str(a), str(b), str(c)))
        case {"jours": [start, end], **rest} if not rest:
            return Days((str(start), str(end)))
        case {"decompte": "questions" | "ecarts" as of, **rest} if set(rest) <= {"ou"}:
            where = {str(k): tuple(map(str, v)) for k, v in rest.get("ou", {}).items()}
            return Tally(of, where)
    raise item.problem("calcul", "forme inconnue ou incomplète", "voir data/README.md.")


def _computed(item: Item, text: str, terms: Mapping[str, Any]) -> Computed:
    try:
        expression = parse(text)
    except ValueError as error:
        raise item.problem("calcul", str(error), "le corriger.") from error
    if expression.names != set(terms):
        names = sorted(expression.names ^ set(terms))
        raise item.problem(
            "termes", f"{', '.join(names)} : nommé d’un seul côté", "nommer chaque terme."
        )
    return Computed(expression, {str(name): _term(each) for name, each in terms.items()})


def _term(raw: object) -> Term:
    match raw:
        case {"chiffre": str(name), "decimales": int(decimals), **rest} if not rest:
            return Term(name, decimals)
    return Term(str(raw))


def named(form: Form) -> Iterator[str]:
    """Yield the ids that a form reads."""
    match form:
        case Computed(_, terms):
            yield from (term.name for term in terms.values())
        case Total(terms):
            yield from (term.name for term in terms)
        case Counts(parts, base):
            yield from (*(part.name for part in parts), base)
        case Bases(pairs):
            yield from (name for pair in pairs for name in pair)
        case Common(names) | Days(names):
            yield from names
        case Couples(parts, total, base):
            yield from (*parts, *((total,) if total else ()), base)
        case Branch(_, answers, shares):
            yield from (answers, *shares)


def _dangling(found: Deductions, register: Register) -> Iterator[EnqueteError]:
    earlier: set[str] = set()
    for each in found.entries.values():
        for name in dict.fromkeys(named(each.form)):
            if not register.knows(name) and name not in earlier:
                yield EnqueteError(
                    f"La déduction « {each.id} » nomme « {name} », qui n’est ni au registre ni "
                    "plus haut dans ce fichier.",
                    each.where,
                    "corriger l’identifiant, ou déclarer d’abord ce qu’il nomme.",
                )
        for control in each.controls:
            if control not in found.titles:
                yield EnqueteError(
                    f"Contrôle « {control} » sans titre.", each.where, "l’ajouter à « controles »."
                )
        if each.heading and each.heading not in found.headings:
            yield EnqueteError(
                f"Rubrique « {each.heading} » inconnue.", each.where, "l’ajouter à « rubriques »."
            )
        earlier.add(each.id)
