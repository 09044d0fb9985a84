"""The methodological sheet: every item that disclosure rules ask for, or the build stops."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from enquete import french, reads
from enquete.digests import file_digest
from enquete.entries import Item, read_entries, read_mapping
from enquete.errors import EnqueteError, raise_all
from enquete.escape import esc
from enquete.evidence import Evidence
from enquete.figure import Figure
from enquete.french import NBSP
from enquete.ledger import Ledger
from enquete.paths import data_dir
from enquete.questionnaire import Question
from enquete.readings import CountOf, ShareOf
from enquete.selection import answered
from enquete.shares import respondents

FILE = "fiche-technique.yml"
# What must be answered: the eleven points of the AAPOR code (April 2021, III.A), articles 2
# and 3 of the law of 19 July 1977, and what a reproducible edition owes its readers.
REQUIRED = (
    *(f"aapor-{point}" for point in range(1, 12)),
    *(f"loi-2-{point}" for point in range(1, 9)),
    *(f"loi-3-{point}" for point in range(1, 8)),
    *("edition-donnees", "edition-date", "edition-licence"),
)
UNPUBLISHED = "non publié"
_ORIGINS = {"reconstructed": "reconstituées d’après le rapport", "original": "d’origine"}
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
_PLACE = re.compile(r"\{([a-z0-9-]+)(:lettres)?\}")
_HASHED = (".csv", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Heading:
    """
    Hold one item of the sheet, and the requirements that it answers.

    ``original`` replaces ``text`` when the answers are those that people gave.
    """

    id: str
    title: str
    answers: tuple[str, ...]
    text: str
    where: str
    original: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold generated Markdown, and the ids of what it lists."""

    markdown: str
    ids: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return f"<fiche technique, {len(self.ids)} lignes>"


def read_sheet(survey: Evidence) -> tuple[Heading, ...]:
    """Read the items; refuse a sheet that leaves a requirement without an answer."""
    path = data_dir(survey.root) / FILE
    read_mapping(path).only("rubriques", "non_reponse")
    found = tuple(read_entries(path, "rubriques", _heading).values())
    met = {name for heading in found for name in heading.answers}
    raise_all(
        [
            EnqueteError(
                f"La fiche technique ne répond pas à « {name} » ({_said([name])}).",
                f"data/{FILE}",
                "ajouter une rubrique qui y répond, même pour écrire « non publié ».",
            )
            for name in REQUIRED
            if name not in met
        ]
    )
    return found


def technical_sheet(survey: Evidence, figures: Ledger) -> Sheet:
    """Write the sheet as a list of definitions; numbers come from the register."""
    headings = read_sheet(survey)
    about = _about(survey)
    blocks = [
        f"{esc(french.typeset(heading.title))}\n"
        f":   {_filled(heading, survey, figures, about)}\n\n"
        f"    *{esc(_said(heading.answers))}*"
        for heading in headings
    ]
    return Sheet("\n\n".join(blocks) + "\n", tuple(heading.id for heading in headings))


def nonresponse(survey: Evidence, figures: Ledger) -> Sheet:
    """
    Tabulate, question by question, how many answered and how many did not.

    Reconstructed answers tell it only where published figures imply it;
    original ones tell it for all, few people apart.
    """
    if survey.original:
        return _tabulated([(q.id, *_counted(survey, figures, q)) for q in survey.questionnaire])
    path = data_dir(survey.root) / FILE
    known = read_entries(path, "non_reponse", _bounds)
    for name in known:
        survey.questionnaire[name]
    rows = [
        (name, _published(figures, answers), _published(figures, absent))
        for name, (answers, absent) in known.items()
    ]
    others = [question.id for question in survey.questionnaire if question.id not in known]
    return _tabulated([*rows, *((name, UNPUBLISHED, UNPUBLISHED) for name in others)])


def _counted(survey: Evidence, figures: Ledger, question: Question) -> tuple[str, str]:
    """Count answers and non-answers among those asked; say neither if few did not answer."""
    given, none = answered(question.id), question.asked & ~answered(question.id)
    absent = survey.answers.count(respondents(none))
    small = 0 < absent.low < survey.policy.small_count
    few = survey.answers.count(respondents(given)).low < survey.policy.small_count
    if not question.options or not absent.exact or small or few:
        return UNPUBLISHED, UNPUBLISHED
    name = f"nr-{question.id.lower()}"
    made = figures.count(f"{name}-reponses", given), figures.count(f"{name}-absentes", none)
    return made[0]._repr_markdown_(), made[1]._repr_markdown_()


def _tabulated(rows: Sequence[tuple[str, str, str]]) -> Sheet:
    """Write the rows; questions of which nothing is known share the last one."""
    told = [row for row in rows if row[1:] != (UNPUBLISHED, UNPUBLISHED)]
    others = [name for name, *known in rows if known == [UNPUBLISHED, UNPUBLISHED]]
    lines = [f"| {' | '.join(row)} |" for row in told]
    if others:
        lines.append(f"| {esc(french.enumeration(others))} | {UNPUBLISHED} | {UNPUBLISHED} |")
    head = f"| Question | Réponses | Sans réponse |\n|{'-' * 30}|{'-' * 20}|{'-' * 20}|"
    return Sheet("\n".join([head, *lines]) + "\n", (*(row[0] for row in told), *others))


def fingerprints(survey: Evidence) -> Sheet:
    """List the data files with their SHA-256, as ``sha256sum`` gives it."""
    folder = data_dir(survey.root)
    files = sorted(file for file in folder.iterdir() if file.suffix in _HASHED)
    reads.note(*(f"data/{file.name}" for file in files))
    lines = [f"- `{file.name}`&#160;: `{file_digest(file)}`" for file in files]
    head = "Empreintes SHA&#45;256, telles que les donne la commande `sha256sum`&#160;:"
    return Sheet("\n".join([head, "", *lines]) + "\n", tuple(file.name for file in files))


def _heading(identifier: str, item: Item) -> Heading:
    item.only("id", "titre", "repond_a", "texte", "texte_originales")
    answers = item.texts("repond_a")
    unknown = [name for name in answers if name not in REQUIRED]
    if unknown or not answers:
        raise item.problem(
            "repond_a",
            f"exigence inconnue ({', '.join(unknown)})" if unknown else "vide",
            "nommer aapor-1 à aapor-11, loi-2-1 à loi-2-8, loi-3-1 à loi-3-7 ou edition-….",
        )
    return Heading(
        identifier,
        item.text("titre"),
        answers,
        item.text("texte"),
        item.where,
        item.optional_text("texte_originales") or "",
    )


def _bounds(_: str, item: Item) -> tuple[str | None, str | None]:
    item.only("id", "repondantes", "absentes")
    return item.optional_text("repondantes"), item.optional_text("absentes")


def _published(figures: Ledger, deduction: str | None) -> str:
    return figures.implied(deduction)._repr_markdown_() if deduction else UNPUBLISHED


def _said(names: tuple[str, ...] | list[str]) -> str:
    """Say which requirements: « AAPOR 2 ; loi, art. 2, 1° et 2° »."""
    parts: dict[str, list[str]] = {}
    for name in names:
        source, _, rest = name.partition("-")
        article, _, point = rest.rpartition("-")
        match source:
            case "aapor":
                parts.setdefault(f"AAPOR{NBSP}", []).append(rest)
            case "loi":
                key = f"loi, art.{NBSP}{article}, "
                parts.setdefault(key, []).append(f"{point}°")
            case _:
                parts.setdefault("propre à cette édition", [])
    said = " ; ".join(key + french.enumeration(points) for key, points in parts.items())
    return said[:1].upper() + said[1:]


def _about(survey: Evidence) -> Mapping[str, str]:
    """Read what the sheet says of the edition: title and date, data version and licence."""
    book = read_mapping(survey.root / "_quarto.yml").inner("book")
    package = json.loads((data_dir(survey.root) / "datapackage.json").read_text(encoding="utf-8"))
    licences = [str(licence["title"]) for licence in package.get("licenses", ())]
    if not licences or not package.get("version"):
        raise EnqueteError(
            "La version ou la licence des données manque.",
            "data/datapackage.json, « version » et « licenses »",
            "les y écrire : la fiche technique les imprime.",
        )
    return {
        "edition": book.text("title"),
        "date": _day(str(book.raw("date")), book),
        "version": str(package["version"]),
        "licence": french.enumeration(licences),
        "origine": _ORIGINS[survey.origin],
    }


def _day(written: str, book: Item) -> str:
    try:
        day = date.fromisoformat(written)
    except ValueError as error:
        raise book.problem("date", f"« {written} » n’est pas AAAA-MM-JJ", "la corriger.") from error
    first = french.ordinal(1) if day.day == 1 else str(day.day)
    return f"{first} {_MONTHS[day.month - 1]} {day.year}"


def _filled(heading: Heading, survey: Evidence, figures: Ledger, about: Mapping[str, str]) -> str:
    return "".join(_pieces(heading, survey, figures, about))


def _pieces(
    heading: Heading, survey: Evidence, figures: Ledger, about: Mapping[str, str]
) -> Iterator[str]:
    written = heading.original if survey.original and heading.original else heading.text
    text, end = french.typeset(written), 0
    for found in _PLACE.finditer(text):
        yield _plain(text[end : found.start()])
        name, end = found[1], found.end()
        if name in about:
            yield esc(french.typeset(about[name]))
        else:
            spelled = found[2] is not None
            yield _figure(heading, survey, figures, name, spelled=spelled)._repr_markdown_()
    yield _plain(text[end:])


def _plain(text: str) -> str:
    """Escape a piece of a sentence; `esc` would drop the spaces at its ends."""
    start, stop = text.startswith(" "), text.endswith(" ")
    return f"{' ' * start}{esc(text)}{' ' * (stop and bool(text.strip()))}"


def _figure(
    heading: Heading, survey: Evidence, figures: Ledger, name: str, *, spelled: bool
) -> Figure:
    entry = survey.register.get(name)
    if entry is None:
        known = survey.register.knows(name)
        return figures.fact(name, spelled=spelled) if known else figures.implied(name)
    match entry.reading:
        case CountOf(numerator):
            return figures.count(name, numerator)
        case ShareOf(numerator, base):
            return figures.share(name, numerator, base=base)
    raise EnqueteError(
        f"« {name} » n’est ni un effectif ni une part.", heading.where, "en nommer un autre."
    )
