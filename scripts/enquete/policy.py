"""The policy: which figures are printed, and what the words beside them promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from enquete import french
from enquete.entries import Item, read_mapping
from enquete.errors import EnqueteError, collected, raise_all

NAME = "politique.yml"
RULES = ("arrondi", "au-dessus", "autour", "au-moins")
KINDS = (
    "adresse électronique", "numéro de téléphone", "numéro de sécurité sociale",
    "coordonnées bancaires", "adresse postale", "plaque d’immatriculation",
    "civilité et nom", "date de naissance", "longue suite de chiffres",
)  # fmt: skip
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Approximation:
    """Say what words like « près de » promise about the number they stand with."""

    rule: str
    tolerance: Fraction = Fraction(0)
    step: Fraction | None = None

    def holds(self, value: Fraction, printed: Fraction, decimals: int = 0) -> bool:
        """Tell whether *value*, in the printed unit, keeps the promise."""
        match self.rule:
            case "au-dessus":
                return value > printed
            case "au-moins":
                return value >= printed
            case "autour":
                return abs(value - printed) <= self.tolerance
        if self.step is not None:
            return french.rounded(value / self.step) * self.step == printed
        return french.rounded(value, decimals) == printed


@dataclass(frozen=True, slots=True)
class Admitted:
    """One text that looks like personal data and that the book may print, with the reason."""

    kind: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class AdmittedPair:
    """Two figures whose groups differ by few people, and why both may be printed."""

    figures: frozenset[str]
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Hold the numbers that decide what is printed; ``data/politique.yml`` says why."""

    widest_count: int
    small_base: int
    least_base: int
    small_count: int
    small_sensitive_count: int
    sensitive_questions: tuple[str, ...]
    approximations: Mapping[str, Approximation]
    question_counts: Mapping[str, int] = field(default_factory=dict)
    least_group: int = 5
    original_rows: bool = False
    admitted_texts: tuple[Admitted, ...] = ()
    admitted_pairs: tuple[AdmittedPair, ...] = ()


_REQUIRED = (
    "largeur_max_effectif", "base_faible", "base_minimale", "petit_effectif",
    "petit_effectif_sensible", "questions_sensibles", "approximations",
)  # fmt: skip
# A file that leaves these out gets the strictest reading.
_OPTIONAL = (
    "seuils_par_question", "groupe_minimal", "publier_reponses_origine",
    "donnees_personnelles_admises", "differences_admises",
)  # fmt: skip


def read_policy(folder: Path) -> Policy:
    """Read and check ``politique.yml``; raise all that is wrong with it together."""
    item = read_mapping(folder / NAME)
    problems: list[EnqueteError] = []

    def read(name: str, how: Callable[[str], _Read], default: _Read) -> _Read:
        if name in _OPTIONAL and name not in item.fields:
            return default
        with collected(problems):
            return how(name)
        return default

    read("", lambda _: item.only(*_REQUIRED, *_OPTIONAL), None)
    policy = Policy(
        widest_count=read("largeur_max_effectif", item.whole, 0),
        small_base=read("base_faible", item.whole, 0),
        least_base=read("base_minimale", item.whole, 0),
        small_count=read("petit_effectif", item.whole, 0),
        small_sensitive_count=read("petit_effectif_sensible", item.whole, 0),
        sensitive_questions=read("questions_sensibles", item.texts, ()),
        approximations=read("approximations", lambda name: _approximations(item, name), {}),
        question_counts=read("seuils_par_question", lambda name: _thresholds(item, name), {}),
        least_group=read("groupe_minimal", item.whole, 5),
        original_rows=read("publier_reponses_origine", lambda name: _yes(item, name), False),
        admitted_texts=read(
            "donnees_personnelles_admises", lambda name: _listed(item, name, _text), ()
        ),
        admitted_pairs=read("differences_admises", lambda name: _listed(item, name, _pair), ()),
    )
    if not problems:
        problems = _incoherent(item, policy)
    raise_all(problems)
    return policy


def _incoherent(item: Item, policy: Policy) -> list[EnqueteError]:
    """Find numbers that contradict one another: a rule would never apply."""
    rules = (
        ("petit_effectif_sensible", policy.small_sensitive_count, "petit_effectif",
         policy.small_count),
        ("base_faible", policy.small_base, "base_minimale", policy.least_base),
        ("base_minimale", policy.least_base, "petit_effectif", policy.small_count),
    )  # fmt: skip
    return [
        item.problem(
            above, f"{high} est plus petit que « {below} » ({low})", "corriger l’un des deux."
        )
        for above, high, below, low in rules
        if high < low
    ]


def _approximations(item: Item, name: str) -> dict[str, Approximation]:
    inner = item.inner(name)
    return {str(words): _approximation(inner.inner(str(words))) for words in inner.fields}


def _approximation(item: Item) -> Approximation:
    item.only("regle", "tolerance", "pas")
    return Approximation(
        rule=item.choice("regle", RULES),
        tolerance=item.number("tolerance") if "tolerance" in item.fields else Fraction(0),
        step=item.number("pas") if "pas" in item.fields else None,
    )


def _thresholds(item: Item, name: str) -> dict[str, int]:
    inner = item.inner(name)
    return {str(question): inner.whole(str(question)) for question in inner.fields}


def _yes(item: Item, name: str) -> bool:
    value = item.raw(name)
    if not isinstance(value, bool):
        raise item.problem(name, f"true ou false est attendu, non {value!r}", "le corriger.")
    return value


def _listed(item: Item, name: str, build: Callable[[Item], _Read]) -> tuple[_Read, ...]:
    value = item.raw(name)
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise item.problem(name, "une liste de blocs est attendue", "écrire « - champ: valeur ».")
    built: list[_Read] = []
    problems: list[EnqueteError] = []
    for number, each in enumerate(value, 1):
        with collected(problems):
            built.append(build(Item(each, f"{item.where}, « {name} », ligne {number} de la liste")))
    raise_all(problems)
    return tuple(built)


def _text(item: Item) -> Admitted:
    item.only("genre", "texte", "raison")
    return Admitted(item.choice("genre", KINDS), item.text("texte"), item.text("raison"))


def _pair(item: Item) -> AdmittedPair:
    item.only("chiffres", "raison")
    figures = frozenset(item.texts("chiffres"))
    if len(figures) != 2:
        raise item.problem("chiffres", "deux identifiants sont attendus", "écrire [a, b].")
    return AdmittedPair(figures, item.text("raison"))
