"""A survey of any size with the same shares: the shipped answers, drawn again."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from pathlib import Path

from enquete.schema import PACKAGE, refresh_hashes

SEED = 2024


def multiply(data: Path, n: int, seed: int = SEED) -> None:
    """
    Rewrite the answers of *data* as *n* respondents, each a copy of a shipped one.

    Whole copies first, then a seeded draw without replacement for the rest, so that shares
    keep within one respondent in each copy of what they were.
    """
    header, *rows = (data / "reponses.csv").read_text("utf-8").splitlines()
    own = [row.partition(",")[2] for row in rows]
    names = [row.partition(",")[0] for row in rows]
    order = [number % len(own) for number in range(n - n % len(own))]
    order += random.Random(seed).sample(range(len(own)), n % len(own))  # noqa: S311 - no secret
    width = len(str(n))
    idents = [f"R{number:0{width}}" for number in range(1, n + 1)]
    with (data / "reponses.csv").open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{header}\n")
        file.writelines(f"{ident},{own[k]}\n" for ident, k in zip(idents, order, strict=True))
    for name in ("coches.csv", "themes.csv"):
        header, *rows = (data / name).read_text("utf-8").splitlines()
        given: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            respondent, _, rest = row.partition(",")
            given[respondent].append(rest)
        with (data / name).open("w", encoding="utf-8", newline="\n") as file:
            file.write(f"{header}\n")
            for ident, k in zip(idents, order, strict=True):
                file.writelines(f"{ident},{rest}\n" for rest in given[names[k]])
    package = json.loads((data / PACKAGE).read_text("utf-8"))
    package["n"], package["origine"] = n, "originale"
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    (data / PACKAGE).write_text(text, encoding="utf-8", newline="\n")
    refresh_hashes(data)
