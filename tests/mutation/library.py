"""Faults in the library and in the code of chapters: executed again, then checked."""

from __future__ import annotations

from mutation.model import Copy, Mutant, Plant
from mutation.pages import editing
from mutation.workshop import Workshop, rebuilt

EVALUATION, TEXT = "scripts/enquete/answers.py", "scripts/enquete/french.py"
COUNTS = "scripts/enquete/shares.py"
PACKAGE, REAL = "tests/data/mini/data/datapackage.json", "data/datapackage.json"
ANSWERED = "                return Truth(self._answered(question), nobody)"
EVERYONE = "                return Truth(~nobody, nobody)"
OF_Q7 = """\
                everyone = question == "Q7"
                return Truth(~nobody if everyone else self._answered(question), nobody)"""
INSIDE = "All((self.where, base.where)).canonical()"
OTHERWISE = "answered & ~chosen.true & ~chosen.unknown"
HALF_UP = "steps = (2 * above + below) // (2 * below)"
MINI, ONE = rebuilt("--mini"), rebuilt("partie-1")


def original(plant: Plant, package: str = PACKAGE) -> Plant:
    """
    Return the same fault, on answers declared original.

    On reconstructed ones the library refuses to print a figure that is not the published one:
    the build stops before any check.
    """

    def both(shop: Workshop, copy: Copy) -> None:
        copy.edit(package, '"reconstituee"', '"originale"')
        plant(shop, copy)

    return both


def nothing(shop: Workshop, copy: Copy) -> None:
    """Plant nothing."""


MUTANTS = (
    Mutant(
        "filtre de la base ôté (« a répondu » garde tout le monde)",
        "recomptage",
        original(editing(EVALUATION, ANSWERED, EVERYONE)),
        "demi",
        MINI,
        quick=False,
    ),
    Mutant(
        "numérateur compté hors de sa base",
        "recomptage",
        original(editing(COUNTS, INSIDE, "self.where.canonical()")),
        "filtre",
        MINI,
        quick=False,
    ),
    Mutant(
        "négation qui compte les personnes sans réponse",
        "recomptage",
        original(editing(EVALUATION, OTHERWISE, "~chosen.true & ~chosen.unknown")),
        "negation",
        MINI,
        quick=False,
    ),
    Mutant(
        "arrondi au pair au lieu de l'arrondi usuel",
        "recomptage",
        original(editing(TEXT, HALF_UP, "steps = round(Fraction(above, below))")),
        "demi",
        MINI,
        quick=False,
    ),
    Mutant(
        "filtre d'une base rompu dans le livre, vu par le recomptage",
        "recomptage",
        original(editing(EVALUATION, ANSWERED, OF_Q7), REAL),
        "p1-1-communication",
        ONE,
        quick=False,
    ),
    Mutant(
        "filtre d'une base rompu dans le livre, vu par les chiffres publiés",
        "publies",
        original(editing(EVALUATION, ANSWERED, OF_Q7), REAL),
        "p1-1-communication",
        ONE,
        quick=False,
    ),
    Mutant(
        "filtre d'une base rompu, réponses reconstituées",
        "construction",
        editing(EVALUATION, ANSWERED, OF_Q7),
        "p1-2-degradation",
        ONE,
        quick=False,
    ),
    Mutant(
        "base d'un chiffre changée dans son chapitre",
        "construction",
        editing(
            "chapters/partie-1.qmd",
            '"p1-1-nouveaux-outils", chose("Q2", "nouveaux_outils"), base=answered("Q2")',
            '"p1-1-nouveaux-outils", chose("Q2", "nouveaux_outils"), base=answered("Q7")',
        ),
        "p1-1-nouveaux-outils",
        ONE,
        quick=False,
    ),
    Mutant(
        "mots liés à un autre chiffre dans le chapitre",
        "construction",
        editing(
            "chapters/partie-1.qmd",
            '"p1-1-plus-moitie", of=facilitation',
            '"p1-1-plus-moitie", of=part("p1-2-surcharge", "Q7", "surcharge")',
        ),
        "p1-1-plus-moitie",
        ONE,
        quick=False,
    ),
    Mutant("rien : chapitre exécuté tel quel", "", nothing, look=ONE, quick=False),
    Mutant(
        "rien : chapitre tel quel, réponses dites d'origine",
        "",
        original(nothing, REAL),
        look=ONE,
        quick=False,
    ),
    Mutant("rien : petite enquête telle quelle", "", original(nothing), look=MINI, quick=False),
)
