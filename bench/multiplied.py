"""A survey of any size with the same shares: the shipped answers, repeated."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from enquete.schema import PACKAGE, refresh_hashes


def multiply(data: Path, least: int) -> int:
    """
    Rewrite the answers of *data* as whole copies of themselves; return how many there are.

    As many copies as it takes to reach *least* respondents: whole ones keep every share
    exactly as it is, so the book of a million respondents prints the same percentages. The
    copies stand one after the other, so nothing is drawn.
    """
    header, *rows = (data / "reponses.csv").read_text("utf-8").splitlines()
    own = [row.partition(",")[2] for row in rows]
    names = [row.partition(",")[0] for row in rows]
    n = -(-least // len(own)) * len(own)
    order = [number % len(own) for number in range(n)]
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
    return n
