"""What a page of the site and the PDF both hold, text by text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from edition.audit.furniture import PRINT
from edition.audit.matching import Unit
from edition.audit.paper import squeeze
from edition.audit.reading import Block, Node

_ELSEWHERE = ("nav", ".donnees", ".graphique-etroit", ".telecharger", ".carte", ".ouverture")


def units_of(blocks: Sequence[Block]) -> Iterator[Unit]:
    """Give what a page of the site and the PDF both hold, row by row in tables."""

    def group(block: Block) -> int:
        row = block.node.inside("tr")
        return id(row) if row is not None else id(block)

    kept = [block for block in blocks if _shared(block)]
    folded: dict[int, list[str]] = defaultdict(list)
    for block in blocks:
        if block.node.inside(".donnees") and (figure := block.node.inside("figure")):
            folded[id(figure)] += [anchor for anchor, _ in _paper_text(block)[1]]
    for _, together in groupby(kept, key=group):
        members = tuple(together)
        parts: list[str] = []
        starts: list[tuple[str, int]] = []
        length = 0
        for block in members:
            text, anchors = _paper_text(block)
            starts += [(anchor, length + offset) for anchor, offset in anchors]
            parts.append(text)
            length += len(text)
        text = "".join(parts)
        if members[0].kind == "figcaption" and (figure := members[0].node.inside("figure")):
            # The PDF leaves the data out: there, their figures are those of the chart.
            starts += [(each, 0) for each in folded[id(figure)] if f"#{PRINT}" not in each]
        if text:
            holder = members[0].node.inside("figure", ".tableau", "table")
            yield Unit(
                text,
                members,
                tuple(starts),
                float=id(holder) if holder is not None and not _running(holder) else 0,
                loose=members[0].kind == "text",
            )


def _running(holder: Node) -> bool:
    """Tell whether a table is part of the running text: the register's are."""
    return holder.tag == "table" and holder.inside("figure", ".tableau") is None


def _shared(block: Block) -> bool:
    if block.kind.startswith("@") or block.node.inside("main") is None:
        return False
    return block.node.inside(*_ELSEWHERE) is None


def _paper_text(block: Block) -> tuple[str, list[tuple[str, int]]]:
    """Return the text of a block as the PDF prints it, and the anchors that stand in it."""
    dropped = [
        (run.start, run.end)
        for run in block.runs
        if run.node.has("ancre", "retour", "legende-separateur")
    ]
    anchors = [(node.attributes["id"], 0) for node in _own(block.node) if "id" in node.attributes]
    parts, at, length = [], 0, 0
    bounds = [*dropped, (len(block.text), len(block.text))]
    named = [run for run in block.runs if {"id", "data-chiffre"} & set(run.node.attributes)]
    for start, end in bounds:
        part = block.text[at:start]
        for run in named:
            if at <= run.start < max(start, at + 1):
                offset = length + len(squeeze(block.text[at : run.start]))
                anchors.append((run.node.attributes.get("id", ""), offset))
                if name := run.node.attributes.get("data-chiffre"):
                    anchors.append((f"{PRINT}{name}", offset))
        squeezed = squeeze(part)
        parts.append(squeezed)
        length += len(squeezed)
        at = max(at, end)
    page = block.file
    return "".join(parts), [(f"{page}#{anchor}", offset) for anchor, offset in anchors]


def _own(node: Node) -> Iterator[Node]:
    """Give an element and those that it opens, as a figure opens with its caption."""
    yield node
    if node.tag in ("figcaption", "caption"):
        yield from (each for each in node.lineage() if each.attributes.get("id"))
