"""Numbers of sections, figures and tables: what each must be, and what refers to it."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count, repeat

from edition.audit.numbers import plain
from edition.audit.reading import Block, Node, Run

_ORDINALS = ("première", "deuxième", "troisième", "quatrième", "cinquième", "sixième")


@dataclass(frozen=True)
class Wrong:
    """A structural number that is not the one expected."""

    block: Block
    found: str
    expected: str


@dataclass
class Numbering:
    """
    The numbers of the book's sections, figures and tables.

    Attributes:
        targets: number of each address (`partie-2.html`, `partie-2.html#fig-q1`).
        titles: the text of each page's h1, by file.
        headings: (file, number, title) of all titles, in order.
        captions: (word, number, title) of all captions, in order.
        wrong: titles and captions out of sequence.
    """

    targets: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    headings: list[tuple[str, str, str]] = field(default_factory=list)
    captions: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def run_of(block: Block, name: str) -> Run | None:
    """Return the first run of *block* whose element has the class *name*."""
    return next((run for run in block.runs if run.node.has(name)), None)


def numbered(pages: Mapping[str, Sequence[Block]], order: Sequence[str]) -> Numbering:
    """Follow the pages in the book's *order* and say what each number must be."""
    found = Numbering()
    # After Z the book has no letter to expect: a fault, not the end of the letters.
    parts, appendices = count(1), chain(string.ascii_uppercase, repeat("?"))
    captions: Counter[tuple[str, str]] = Counter()
    for file in order:
        prefix, levels = "", [0] * 7
        for block in pages.get(file, ()):
            if block.kind[0] == "h" and block.kind[1:].isdigit() and block.node.inside("main"):
                number = _heading(found, block, prefix, levels, (parts, appendices))
                if block.kind == "h1":
                    prefix = number
            elif (run := run_of(block, "legende-numero")) and block.node.inside(
                "figcaption", "caption"
            ):
                _caption(found, block, run, prefix, captions)
    return found


def _heading(
    found: Numbering,
    block: Block,
    prefix: str,
    levels: list[int],
    series: tuple[Iterator[int], Iterator[str]],
) -> str:
    """Record a title, and return its number without « Partie » or « Annexe »."""
    level = int(block.kind[1])
    run = run_of(block, "numero-section")
    written = plain(block.text[run.start : run.end]).strip() if run else ""
    title = _title(block)
    expected = ""
    if level == 1:
        found.titles[block.file] = block.text.strip()
        if written:
            word = written.split(" ")[0]
            following = next(series[0]) if word == "Partie" else next(series[1])
            expected = f"{word} {following}"
    elif written:
        levels[level] += 1
        levels[level + 1 :] = [0] * (6 - level)
        expected = ".".join([prefix, *(str(each) for each in levels[2 : level + 1])])
    if written != expected:
        found.wrong.append(Wrong(block, written, expected))
    number = written.split(" ")[-1]
    found.headings.append((block.file, number, title))
    if level == 1:
        found.targets[block.file] = number
    if ident := block.node.attributes.get("id"):
        found.targets[f"{block.file}#{ident}"] = number
    return number


def _title(block: Block) -> str:
    """Return the words of a title, without its number and its own link."""
    text = block.text
    for run in reversed(block.runs):
        if run.node.has("ancre", "numero-section"):
            text = text[: run.start] + text[run.end :]
    return text.strip()


def _caption(
    found: Numbering, block: Block, run: Run, prefix: str, counts: Counter[tuple[str, str]]
) -> None:
    written = plain(block.text[run.start : run.end]).strip()
    word = written.split(" ")[0]
    counts[word, prefix] += 1
    number = ".".join(filter(None, (prefix, str(counts[word, prefix]))))
    if written != f"{word} {number}":
        found.wrong.append(Wrong(block, written, f"{word} {number}"))
    title = run_of(block, "legende-titre")
    found.captions.append((word, number, block.text[title.start : title.end] if title else ""))
    owner = next((node for node in block.node.lineage() if _is_float(node)), None)
    if owner is not None:
        found.targets[f"{block.file}#{owner.attributes['id']}"] = number


def _is_float(node: Node) -> bool:
    return node.attributes.get("id", "").startswith(("fig-", "tbl-")) and (
        node.tag == "figure" or node.has("tableau")
    )


def referred(block: Block, numbering: Numbering) -> Iterator[tuple[Run, str, bool]]:
    """
    Give each stretch of *block* that repeats the number of a title or caption elsewhere.

    With it come the number expected and whether it stands in letters (« première partie »).
    """
    for run in block.runs:
        href = run.node.attributes.get("href", "")
        if run.node.tag != "a" or "://" in href:
            continue
        address = href if not href.startswith("#") else f"{block.file}{href}"
        number = numbering.targets.get(address)
        if number is None:
            continue
        inner = [
            each
            for each in block.runs
            if each.node.has("numero-section", "legende-numero")
            and run.start <= each.start
            and each.end <= run.end
        ]
        if inner:
            yield from ((each, number, False) for each in inner)
        elif run.node.has("renvoi"):
            yield run, number, False
        else:
            part = numbering.targets.get(address.partition("#")[0], "")
            if part.isdigit() and 0 < int(part) <= len(_ORDINALS):
                yield run, f"{_ORDINALS[int(part) - 1]} partie", True
