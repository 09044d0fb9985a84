"""Every mutant, in the order of the report, and the sample that `make test` examines."""

from __future__ import annotations

from mutation import carnets, declared, formats, library, pages, paper, register
from mutation.model import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *pages.MUTANTS,
    *paper.MUTANTS,
    *formats.MUTANTS,
    *register.MUTANTS,
    *declared.MUTANTS,
    *carnets.MUTANTS,
    *library.MUTANTS,
)
SAMPLE = tuple(each for each in MUTANTS if each.quick)
"""Those that change a finished book or its data: nothing is executed or compiled again."""
