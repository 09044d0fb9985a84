"""Tell in French what the checks found of what was planted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from enquete.errors import EnqueteError
from mutation.model import Result


def table(results: Sequence[Result]) -> str:
    """Return one line a mutant: what was planted, what had to find it, what did."""
    heads = ("faute plantée", "vérification", "trouvées", "vue aussi par")
    rows = [heads, *(_row(each) for each in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for row, result in zip(rows, (None, *results), strict=True):
        mark = "  " if result is None or result.good else "✗ "
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        lines.append((mark + "  ".join((*cells, row[3]))).rstrip())
        if result and (not result.good or result.details):
            lines += [f"      {each}" for each in result.details[:6]]
    return "\n".join(lines)


def _row(result: Result) -> tuple[str, str, str, str]:
    others = ", ".join(result.others)
    if result.control:
        return (result.mutant.name, "(témoin)", "fausse alerte" if others else "silence", others)
    found = f"{result.found}/{result.planted}"
    return (result.mutant.name, result.mutant.check, found, others)


def summary(results: Sequence[Result], alarms: Mapping[str, Sequence[EnqueteError]]) -> str:
    """Return the totals, in two lines."""
    planted = sum(each.planted for each in results)
    found = sum(each.found for each in results)
    faults = [each for each in results if not each.control]
    missed = [each.mutant.name for each in faults if not each.good]
    false = sum(len(each) for each in alarms.values())
    false += sum(not each.good for each in results if each.control)
    lines = [
        f"{len(faults)} mutants, {planted} fautes plantées : {found} trouvées par la vérification "
        f"nommée, {planted - found} manquées.",
        f"Livre sain : {false} fausse{'s' if false > 1 else ''} alerte{'s' if false > 1 else ''}.",
    ]
    if missed:
        lines.append(f"À corriger : {' ; '.join(missed)}.")
    return "\n".join(lines)


def passed(results: Sequence[Result], alarms: Mapping[str, Sequence[EnqueteError]]) -> bool:
    """Tell whether every fault was found by its own check, and nothing else was."""
    return all(each.good for each in results) and not any(alarms.values())
