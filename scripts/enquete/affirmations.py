"""What the report affirms in words, and what this edition does with each statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from enquete.entries import Item, read_entries
from enquete.errors import EnqueteError, raise_all
from enquete.evidence import Evidence
from enquete.figure import Figure
from enquete.known import published, recomputed
from enquete.predicates import check, holds, names
from enquete.register import Register
from enquete.suggest import suggestion

FILE = "affirmations.yml"
Status = Literal["tenue", "reformulee", "non_retenue"]
Binding = Literal["mots", "chiffres", "aucune"]
Affirmations = Mapping[str, "Affirmation"]


@dataclass(frozen=True, slots=True)
class Affirmation:
    """
    Hold one statement of the report, and what the edition says instead of it.

    ``predicate`` is absent when no published figure allows to judge it.  A
    reworded statement has its own words and, where it can be computed, its own
    predicate.  ``binding`` tells what proves that the book says it: words tied
    to it, its figures printed, or nothing.
    """

    id: str
    section: str
    chapter: str
    affirms: str
    predicate: Any
    status: Status
    reason: str
    binding: Binding
    words: tuple[str, ...]
    rewording: str
    reworded: Any
    where: str

    @property
    def said(self) -> str:
        """Return what the edition says, or nothing."""
        return {"tenue": self.affirms, "reformulee": self.rewording}.get(self.status, "")

    @property
    def kept(self) -> Any:
        """Return the predicate of what the edition says; ``None`` when it has none."""
        return {"tenue": self.predicate, "reformulee": self.reworded}.get(self.status)

    @property
    def figures(self) -> tuple[str, ...]:
        """Return the ids on which what the edition says depends."""
        return names(self.kept) if self.kept is not None else ()


@dataclass(frozen=True, slots=True)
class Judged:
    """Tell whether a statement holds: as published, as recomputed, and what is kept of it."""

    affirmation: Affirmation
    published: bool | None
    recomputed: bool | None
    kept: bool | None


def read_affirmations(folder: Path, register: Register) -> dict[str, Affirmation]:
    """Read ``affirmations.yml``; a predicate must be in the grammar and name known figures."""
    return read_entries(
        folder / FILE, "affirmations", lambda name, item: _read(name, item, register)
    )


def judge(evidence: Evidence, affirmations: Affirmations) -> list[Judged]:
    """Judge every statement, in the order of the file."""
    printed, known = published(evidence.register), recomputed(evidence)

    def held(predicate: Any, of_published: bool) -> bool | None:
        if predicate is None:
            return None
        return holds(predicate, printed if of_published else known)

    return [
        Judged(
            each, held(each.predicate, True), held(each.predicate, False), held(each.kept, False)
        )
        for each in affirmations.values()
    ]


def bind(
    evidence: Evidence,
    affirmations: Affirmations,
    claim: str,
    figures: Sequence[Figure],
    where: str,
) -> None:
    """
    Check that a sentence may make the statement *claim* about *figures*.

    The statement must be one that the edition keeps, depend on one of them, and
    hold.
    """
    found = affirmations.get(claim)
    if found is None:
        raise EnqueteError(
            f"L’affirmation « {claim} » n’existe pas.{suggestion(claim, affirmations)}",
            f"data/{FILE}",
            "reprendre un identifiant de ce fichier, ou l’y ajouter.",
        )
    if found.status == "non_retenue":
        raise EnqueteError(
            f"L’affirmation « {claim} » n’est pas retenue : {found.reason}",
            found.where,
            "ne pas la dire, ou la reformuler dans ce fichier.",
        )
    if found.figures and not any(_concerns(evidence, found, each) for each in figures):
        raise EnqueteError(
            f"L’affirmation « {claim} » ne porte pas sur {_listed(figures)}.",
            where,
            f"elle porte sur {', '.join(found.figures)}.",
        )
    if found.kept is not None and (held := holds(found.kept, recomputed(evidence))) is not True:
        raise _untrue(found, held, where)


def untrue(evidence: Evidence, affirmations: Affirmations) -> list[EnqueteError]:
    """Return an error for each statement that the edition keeps and the answers do not hold."""
    return [
        _untrue(each.affirmation, each.kept, each.affirmation.where)
        for each in judge(evidence, affirmations)
        if each.affirmation.kept is not None and each.kept is not True
    ]


def unbound(
    entries: Iterable[Mapping[str, Any]], affirmations: Affirmations, chapters: Collection[str]
) -> list[EnqueteError]:
    """
    Return an error for each kept statement that the printed book is not shown to make.

    *entries* is the ledger; a statement of a chapter that is not in *chapters* waits.
    """
    claims: set[str] = set()
    printed: set[str] = set()
    for entry in entries:
        claims.add(str(entry.get("claim") or ""))
        printed.add(entry["id"])
        printed.update(each["id"] for each in entry["published"])
    return [
        error
        for each in affirmations.values()
        if each.chapter in chapters
        for error in _unbound(each, claims, printed)
    ]


def misbound(
    entries: Sequence[Mapping[str, Any]], affirmations: Affirmations, register: Register
) -> list[EnqueteError]:
    """Return an error for each sentence of the ledger that cannot make the statement it claims."""
    computed = {entry["id"]: entry["computation"] for entry in entries}
    errors = []
    for entry in entries:
        found = affirmations.get(entry["claim"] or "")
        terms = [term["id"] for term in entry["terms"]]
        if not entry["claim"] or (found and _rests(found, terms, computed, register)):
            continue
        errors.append(
            EnqueteError(
                f"« {entry['text']} » ({entry['id']}) ne porte pas l’affirmation "
                f"« {entry['claim']} » : elle ne repose pas sur {', '.join(terms)}.",
                f"chapitre {entry['chapter']}",
                "reconstruire le livre : rapport construire.",
            )
        )
    return errors


def _rests(
    found: Affirmation, terms: Sequence[str], computed: Mapping[str, Any], register: Register
) -> bool:
    """Tell whether a statement depends on one of the *terms*, under this id or another."""
    if found.status == "non_retenue":
        return False
    readings = [each.reading for name in found.figures if (each := register.get(name))]
    wanted = [each.to_json() for each in readings if each is not None]
    return not found.figures or any(
        name in found.figures or computed.get(name) in wanted for name in terms
    )


def _unbound(each: Affirmation, claims: set[str], printed: set[str]) -> Iterator[EnqueteError]:
    if each.binding == "mots" and each.id not in claims and printed.isdisjoint(each.words):
        yield EnqueteError(
            f"L’affirmation « {each.id} » n’est liée à aucune phrase : {each.said}.",
            f"chapitre {each.chapter}",
            f"la dire avec figures.say(…, claim={each.id!r}), ou la déclarer non retenue "
            f"({each.where}).",
        )
    missing = [name for name in each.figures if name not in printed]
    if each.binding == "chiffres" and missing:
        yield EnqueteError(
            f"L’affirmation « {each.id} » ({each.said}) repose sur des chiffres que le livre "
            f"n’imprime pas : {', '.join(missing)}.",
            f"chapitre {each.chapter}",
            f"les imprimer, ou déclarer l’affirmation non retenue ({each.where}).",
        )


def _untrue(each: Affirmation, held: bool | None, where: str) -> EnqueteError:
    verb = "n’est pas établie" if held is None else "est fausse"
    return EnqueteError(
        f"L’affirmation « {each.id} » {verb} : {each.said}.",
        where,
        f"changer la phrase, et son statut dans data/{FILE} (condition : {each.kept}).",
    )


def _concerns(evidence: Evidence, found: Affirmation, figure: Figure) -> bool:
    """Tell whether a statement depends on this figure, under this id or another."""
    if figure.id in found.figures:
        return True
    readings = (evidence.register.get(name) for name in found.figures)
    return any(
        each is not None
        and each.reading is not None
        and each.reading.to_json() == figure.computation
        for each in readings
    )


def _listed(figures: Sequence[Figure]) -> str:
    return ", ".join(each.id for each in figures)


def _read(identifier: str, item: Item, register: Register) -> Affirmation:
    item.only(
        "id", "section", "chapitre", "affirme", "predicat", "statut", "raison", "liaison",
        "mots", "dit",
    )  # fmt: skip
    status = cast("Status", item.choice("statut", ("tenue", "reformulee", "non_retenue")))
    binding = cast("Binding", item.choice("liaison", ("mots", "chiffres", "aucune")))
    said = item.inner("dit") if "dit" in item.fields else None
    if said is not None:
        said.only("texte", "predicat")
    found = Affirmation(
        id=identifier,
        section=item.text("section"),
        chapter=item.text("chapitre"),
        affirms=item.text("affirme"),
        predicate=item.raw("predicat"),
        status=status,
        reason=item.optional_text("raison") or "",
        binding=binding,
        words=item.texts("mots") if "mots" in item.fields else (),
        rewording=said.text("texte") if said else "",
        reworded=said.raw("predicat") if said else None,
        where=item.where,
    )
    raise_all([*_incoherent(found, item), *_misnamed(found, item, register)])
    return found


def _incoherent(found: Affirmation, item: Item) -> Iterator[EnqueteError]:
    if found.status != "tenue" and not found.reason:
        yield item.problem("raison", "absente", "dire pourquoi l’affirmation n’est pas tenue.")
    if (found.status == "reformulee") != bool(found.rewording):
        yield item.problem(
            "dit", "présent si et seulement si le statut est « reformulee »", "accorder les deux."
        )
    if found.status == "tenue" and found.predicate is None:
        yield item.problem("predicat", "absent d’une affirmation tenue", "l’écrire.")
    if found.binding == "chiffres" and found.kept is None:
        yield item.problem("liaison", "« chiffres » sans prédicat", "écrire mots ou aucune.")
    if found.status == "non_retenue" and found.binding != "aucune":
        yield item.problem("liaison", "inutile : rien n’est dit", "écrire aucune.")


def _misnamed(found: Affirmation, item: Item, register: Register) -> Iterator[EnqueteError]:
    for name in found.words:
        if register.get(name) is None:
            yield item.problem("mots", f"« {name} » n’est pas au registre", "le corriger.")
    for field, predicate in (("predicat", found.predicate), ("dit", found.reworded)):
        if predicate is None:
            continue
        try:
            check(predicate, register.knows)
        except EnqueteError as error:
            yield item.problem(field, error.quoi.removesuffix("."), error.que_faire)
