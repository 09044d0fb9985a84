"""Faults in what a reader sees: pages of the site, charts, downloaded tables."""

from __future__ import annotations

import re
from collections.abc import Callable

from planting import Planted, plant_html

from mutation.model import Copy, Mutant, Plant
from mutation.workshop import Workshop

PART_1, PROSE = "_book/partie-1.html", "Moins de présence."
CARD = "carte-p1-1-facilitation"


def numbers(count: int, seed: int) -> Plant:
    """Return what plants a batch of false numbers in the pages."""

    def plant(shop: Workshop, copy: Copy) -> list[Planted]:
        copy.own("_book/*.html")
        return plant_html(copy.book, count, seed, shop.values)

    return plant


def editing(name: str, old: str, new: str) -> Plant:
    """Return what replaces a text of a file."""
    return lambda _, copy: copy.edit(name, old, new)


def removing(name: str) -> Plant:
    """Return what removes a file."""
    return lambda _, copy: copy.remove(name)


def substituting(name: str, pattern: str, change: Callable[[re.Match[str]], str]) -> Plant:
    """Return what changes the first text of a file that *pattern* finds."""

    def plant(_: Workshop, copy: Copy) -> None:
        found = re.search(pattern, copy.text(name), re.DOTALL)
        if not found:
            raise LookupError(f"{name} n'a plus {pattern!r}")
        copy.edit(name, found[0], change(found))

    return plant


def within(found: re.Match[str], old: str, new: str) -> str:
    """Replace a text inside what was found, where it must be."""
    if old not in found[0]:
        raise LookupError(f"{old!r} n'est plus dans {found[0][:80]!r}")
    return found[0].replace(old, new, 1)


MUTANTS = (
    Mutant("cent nombres faux dans le site", "audit-html", numbers(100, 20240521), allowed=1),
    Mutant("cent autres nombres faux", "audit-html", numbers(100, 20241122), allowed=1),
    Mutant(
        "carte qui porte la valeur d'un autre chiffre",
        "audit-html",
        substituting(
            PART_1, f'id="{CARD}".*?</p>', lambda m: within(m, "59\u00a0%<", "16\u00a0%<")
        ),
        "« 16 »",
    ),
    Mutant(
        "bouton qui ouvre la carte d'un autre chiffre",
        "integrite",
        editing(PART_1, f'popovertarget="{CARD}" aria', 'popovertarget="carte-meth-n" aria'),
        "p1-1-facilitation",
    ),
    Mutant(
        "mots liés à un autre chiffre dans la page",
        "audit-html",
        editing(PART_1, 'data-chiffre="p1-1-plus-moitie"', 'data-chiffre="p1-3-hors-mission"'),
        "plus de la moitié",
    ),
    Mutant(
        "graphique qui affiche d'autres valeurs que son tableau",
        "audit-html",
        substituting(
            PART_1,
            r'data-chiffre="p1-3-dans-mission"[^>]*>91,4\u00a0%</text>',
            lambda m: within(m, "91,4", "94,1"),
        ),
        "94,1",
    ),
    Mutant(
        "graphique dont une barre n'a pas la longueur de sa valeur",
        "audit-html",
        editing(PART_1, "L 525.68 23.25 L 525.68 49.25", "L 262.84 23.25 L 262.84 49.25"),
        "barre",
    ),
    Mutant(
        "case du tableau des données d'un graphique",
        "audit-html",
        substituting(
            PART_1,
            r'<details class="donnees">.*?</details>',
            lambda m: within(m, ">8,6\u00a0%</button>", ">6,8\u00a0%</button>"),
        ),
        "6,8",
    ),
    Mutant(
        "tableau téléchargé (CSV) modifié",
        "audit-html",
        editing("_book/donnees/fig-q10-reconstitue.csv", "91,4\u00a0%", "94,1\u00a0%"),
        "donnees/fig-q10-reconstitue.csv",
    ),
    Mutant(
        "réponses téléchargées modifiées",
        "integrite",
        editing("_book/donnees/enquete/reponses.csv", "R0001,", "R9001,"),
        "donnees/enquete/reponses.csv",
    ),
    Mutant("page manquante", "integrite", removing("_book/partie-2.html"), "partie-2.html"),
    Mutant(
        "page manquante dont aucun chiffre ne dépend",
        "integrite",
        removing("_book/references.html"),
        "references.html",
    ),
    Mutant(
        "ancre rompue",
        "integrite",
        editing(PART_1, 'id="chiffre-p1-2-surcharge"', 'id="chiffre-perdue"'),
        "p1-2-surcharge",
    ),
    Mutant(
        "ligne du registre perdue dans sa page",
        "integrite",
        editing("_book/registre.html", 'id="reg-p1-2-surcharge"', 'id="reg-perdue"'),
        "p1-2-surcharge",
    ),
    Mutant(
        "renvoi vers une ancre qui n'existe pas",
        "integrite",
        substituting(PART_1, r'href="#fig-q10"', lambda m: within(m, "#fig-q10", "#fig-perdue")),
        "fig-perdue",
    ),
    Mutant(
        "courriel dans une page",
        "confidentialite",
        editing(PART_1, PROSE, f"{PROSE} Écrire à jeanne.durand@gmail.com."),
        "partie-1.html",
    ),
    Mutant(
        "téléphone dans une page, chiffres séparés par des balises",
        "confidentialite",
        editing(PART_1, PROSE, f"{PROSE} Appeler le 06 <b>12 34</b> 56 78."),
        "partie-1.html",
    ),
    Mutant(
        "identifiant de répondante dans une page",
        "confidentialite",
        editing(PART_1, PROSE, f"{PROSE} Voir R0042."),
        "partie-1.html",
    ),
    Mutant(
        "courriel dans un carnet distribué",
        "confidentialite",
        editing("_book/notebooks/partie-1.ipynb", PROSE, f"{PROSE} jeanne.durand@gmail.com"),
        "notebooks/partie-1.ipynb",
    ),
    Mutant(
        "téléphone dans un tableau téléchargé",
        "confidentialite",
        editing("_book/donnees/fig-q10-reconstitue.csv", "ne relève pas", "0612345678 ne relève"),
        "fig-q10-reconstitue.csv",
    ),
    Mutant(
        "le site dit un nombre que le PDF n'a pas",
        "audit-pdf",
        editing(PART_1, PROSE, f"{PROSE} 45\u00a0%."),
        "45",
    ),
    Mutant(
        "chiffre du site remplacé, le PDF garde le bon",
        "audit-pdf",
        editing(PART_1, ">16\u00a0%</button>", ">61\u00a0%</button>"),
        "dont de nouveaux outils",
    ),
)
