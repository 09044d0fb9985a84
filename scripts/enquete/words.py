"""Words of the vocabulary said of figures: checked, or refused with those that hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from enquete import french
from enquete.compute import Place
from enquete.errors import EnqueteError
from enquete.evidence import Evidence
from enquete.figure import Figure, Said, Status, Statuses
from enquete.known import of_figure, unit
from enquete.ranges import Range, every
from enquete.ranks import unproven
from enquete.vocabulary import ARITY, Sense, Vocabulary, Word, plain

SHOWN = 6  # proposals; beyond, an editor reads the vocabulary
_CERTAINTY = ("published", "deduced", "assumed", "undetermined")


def say(
    evidence: Evidence, vocabulary: Vocabulary, place: Place, words: str, figures: Sequence[Figure]
) -> Figure:
    """
    Print *words* after checking them on all that is known of *figures*.

    Raises with the words that hold when these are false, or are not settled.
    """
    word = vocabulary[words]
    if not word.suits(len(figures)):
        raise EnqueteError(
            f"« {words} » ne se dit pas {_number(len(figures))}.",
            place.source.file,
            _usage(word),
        )
    known = [of_figure(evidence, figure) for figure in figures]
    held = _holds(evidence, word, figures, known)
    if held is not True:
        raise _refused(evidence, vocabulary, place, (words, word, held), figures, known)
    return _figure(evidence, place, words, word, figures)


def name(words: str, figures: Sequence[Figure]) -> str:
    """
    Make the id of words from themselves and the figures they are said of.

    >>> name("Près d’un tiers", [])
    'mots-pres-d-un-tiers'
    """
    bare = unicodedata.normalize("NFKD", plain(words)).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", bare.lower()).strip("-")
    said = "-et-".join(figure.id for figure in figures)
    return f"mots-{slug}-de-{said}" if said else f"mots-{slug}"


def _holds(
    evidence: Evidence, word: Word, figures: Sequence[Figure], known: Sequence[Range]
) -> bool | None:
    units = {unit(evidence, figure) for figure in figures}
    # Percentages and points bound nothing else; « davantage » and « le double » suit any number.
    if len(units) > 1 or not (word.any_unit or units == {"pourcentage"}):
        return False
    if word.bounds is not None and word.sense != "premier":
        return _within(word.sense, word.bounds, known)
    first, others = known[0], known[1:]
    if word.sense == "derriere":
        return every(each.above(first) for each in others)
    ahead = every(_ahead(word, first, each) for each in others)
    if ahead is not True or word.sense == "devant":
        return ahead
    return True if unproven(evidence, figures, known) is None else None


def _ahead(word: Word, first: Range, other: Range) -> bool | None:
    return (first - other).inside(word.bounds) if word.bounds else first.above(other)


def _within(sense: Sense, bounds: Range, known: Sequence[Range]) -> bool | None:
    if sense == "part":
        return known[0].inside(bounds)
    if sense == "ecart":
        return (known[0] - known[1]).inside(bounds)
    return (known[0] / known[1]).inside(bounds) if known[1].low > 0 else None


def _refused(
    evidence: Evidence,
    vocabulary: Vocabulary,
    place: Place,
    asked: tuple[str, Word, bool | None],
    figures: Sequence[Figure],
    known: Sequence[Range],
) -> EnqueteError:
    words, word, held = asked
    source = place.source
    # Of the same sort first, then the narrowest: « un tiers » says more than « une minorité ».
    others = sorted(
        (each for each in vocabulary if each is not word and each.suits(len(figures))),
        key=lambda each: ((each.sense in ARITY) != (word.sense in ARITY), each.width),
    )
    true = [each.form for each in others if _true(evidence, each, figures, known)]
    proposed = french.enumeration([f"« {form} »" for form in true[:SHOWN]], "ou")
    verb = "n’est pas établi" if held is None else "est faux"
    return EnqueteError(
        f"« {words} » {verb} : {_shown(figures, known)}.{_missing(evidence, word, figures, known)}",
        source.file + (f", ligne {source.line}" if source.line else ""),
        (f"Disent vrai : {proposed}." if true else "Aucun mot du vocabulaire ne dit vrai ici.")
        + f" {_usage(word)}",
    )


def _true(
    evidence: Evidence, word: Word, figures: Sequence[Figure], known: Sequence[Range]
) -> bool:
    try:
        return _holds(evidence, word, figures, known) is True
    except EnqueteError:  # figures that have no rank: no such word can be proposed
        return False


def _missing(
    evidence: Evidence, word: Word, figures: Sequence[Figure], known: Sequence[Range]
) -> str:
    """Say what keeps a rank from being proven, or who comes first."""
    if word.sense in ARITY:
        return ""
    if word.sense == "premier" and every(known[0].above(each) for each in known[1:]) is True:
        rival = unproven(evidence, figures, known)
        if rival is not None:
            most = french.percentage(rival.reach / 100, 1)
            return f" Une option que la phrase ne compare pas pourrait atteindre {most}."
    top = max(zip(known, figures, strict=True), key=lambda pair: pair[0].low)[1]
    return f" En tête : {top.id} ({top.text})."


def _shown(figures: Sequence[Figure], known: Sequence[Range]) -> str:
    return " ; ".join(
        f"{figure.id} vaut {figure.text}{_spread(figure, span)}"
        for figure, span in zip(figures, known, strict=True)
    )


def _spread(figure: Figure, span: Range) -> str:
    if span.exact:
        return ""
    decimals = max(figure.decimals, 0) + 1
    low, high = (french.decimal(bound, decimals) for bound in (span.low, span.high))
    return f" (de {low} à {high} selon l’arrondi)"


def _number(figures: int) -> str:
    return (
        f"de {figures} chiffres" if figures > 1 else "d’un seul chiffre" if figures else "de rien"
    )


def _usage(word: Word) -> str:
    said = {
        "part": "d’une part",
        "ecart": "d’un écart entre deux chiffres",
        "rapport": "du rapport de deux chiffres",
    }.get(word.sense, "d’un chiffre parmi deux ou plus")
    return f"« {word.form} » se dit {said} : {word.condition or word.reason.removesuffix('.')}."


def _figure(
    evidence: Evidence, place: Place, words: str, word: Word, figures: Sequence[Figure]
) -> Figure:
    least = max((figure.statuses.value.name for figure in figures), key=_CERTAINTY.index)
    universes = dict.fromkeys(figure.universe for figure in figures if figure.universe)
    texts = [figure.text for figure in figures]
    because = texts[0] if len(texts) == 1 else f"{texts[0]} contre {french.enumeration(texts[1:])}"
    # « davantage » needs no interval to be understood.
    told = word.condition and not (word.sense == "ecart" and word.any_unit)
    rule = f" ; « {word.form} » veut dire {word.condition}" if told else ""
    return Figure(
        id=place.figure,
        chapter=place.chapter,
        kind="words",
        text=french.typeset(words),
        label=" ; ".join(dict.fromkeys(figure.label for figure in figures)),
        universe=french.enumeration(tuple(universes), "et"),
        questions=tuple(dict.fromkeys(each for figure in figures for each in figure.questions)),
        terms=tuple(figures),
        statuses=Statuses(value=Status(least)),
        source=place.source,
        origin=evidence.origin,
        note=word.reason,
        said=Said(word.id, word.sense, word.written, f"{because}{rule}"),
    )
