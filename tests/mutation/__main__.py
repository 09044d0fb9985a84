"""
Run the whole suite: `python tests/mutation`.

Exit code: 0 when each fault was found by the check named for it and nothing else was.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[0] = str(HERE.parent)


def main() -> int:
    from mutation.report import passed, summary, table
    from mutation.suite import MUTANTS, SAMPLE
    from mutation.workshop import Workshop

    parser = argparse.ArgumentParser(
        prog="mutation", description="Plante des fautes dans des copies du livre."
    )
    parser.add_argument(
        "--projet",
        type=Path,
        help="projet dont le livre est déjà construit (défaut : il est construit dans une copie)",
    )
    parser.add_argument("--echantillon", action="store_true", help="ce que fait make test")
    parser.add_argument("--seul", default="", help="les mutants dont le nom contient ce texte")
    chosen = parser.parse_args()
    mutants = SAMPLE if chosen.echantillon else MUTANTS
    mutants = tuple(each for each in mutants if chosen.seul in each.name)
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        shop = Workshop(Path(folder) / "atelier", chosen.projet)
        results = []
        for number, mutant in enumerate(mutants, 1):
            print(f"\r{number}/{len(mutants)} ", end="", file=sys.stderr, flush=True)
            results.append(shop.examine(mutant, everything=not chosen.echantillon))
        print("\r", end="", file=sys.stderr)
        print(table(results))
        for name, faults in shop.false_alarms.items():
            print(f"  livre sain, {name} : {len(faults)} défaut{'s' if len(faults) > 1 else ''}")
        print(summary(results, shop.false_alarms))
        return 0 if passed(results, shop.false_alarms) else 1


if __name__ == "__main__":
    sys.exit(main())
