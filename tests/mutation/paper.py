"""Faults in the Typst source of the PDF."""

from __future__ import annotations

from planting import Planted, plant_typst

from mutation.model import Copy, Mutant, Plant
from mutation.workshop import Workshop

PROSE = "Moins de présence"


def numbers(count: int, seed: int) -> Plant:
    """Return what plants a batch of false numbers in the PDF."""

    def plant(shop: Workshop, copy: Copy) -> list[Planted]:
        press = shop.press
        changed, pictures, planted = plant_typst(
            press.source, press.pictures, count, seed, shop.values
        )
        press.print(copy, changed, pictures)
        return planted

    return plant


def printing(old: str, new: str) -> Plant:
    """Return what compiles the PDF with another text."""

    def plant(shop: Workshop, copy: Copy) -> None:
        source = shop.press.source
        start = source.index("<sec-introduction>")
        if old not in source[start:]:
            raise LookupError(f"le PDF n'a plus {old!r}")
        changed = source[:start] + source[start:].replace(old, new, 1)
        shop.press.print(copy, changed, {})

    return plant


MUTANTS = (
    Mutant("vingt nombres faux dans le PDF", "audit-pdf", numbers(20, 20240621), quick=False),
    Mutant("vingt autres nombres faux dans le PDF", "audit-pdf", numbers(20, 7), quick=False),
    Mutant(
        "le PDF imprime un autre chiffre que le site",
        "audit-pdf",
        printing("<reg-p1-2-surcharge>)[14~%]", "<reg-p1-2-surcharge>)[41~%]"),
        "41",
        quick=False,
    ),
    Mutant(
        "téléphone et courriel dans le PDF",
        "confidentialite",
        printing(PROSE, "jeanne.durand\\@gmail.com, 06 12 34 56 78"),
        "rapport.pdf",
        quick=False,
    ),
    Mutant(
        "rien : PDF recompilé tel quel",
        "",
        lambda shop, copy: shop.press.print(copy, shop.press.source, {}),
        quick=False,
    ),
)
