"""
What a chapter tells the others, and a document in which some chapters are only told that way.

A chapter's numbers, links and references depend on the whole book: on the titles, figures,
ids, printed figures and citations of every chapter, in their order, and on nothing else. The
outline of a chapter is its document (pandoc's JSON) with these alone. A book where the other
chapters are outlines gives of one chapter what the whole book gives of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

Node: TypeAlias = dict[str, Any]

_WORDS = frozenset({"Str", "Space", "SoftBreak", "LineBreak", "Math"})
_AROUND = frozenset(
    {"Emph", "Underline", "Strong", "Strikeout", "Superscript", "Subscript", "SmallCaps"}
)
_FLOAT = re.compile(r"(?:fig|tbl)-")
_REFERENCE = re.compile(r"(?:fig|tbl|sec)-", re.IGNORECASE)
_FIGURE = re.compile(r'<span[^<>]* data-chiffre="[^"]+"[^<>]*>[^<>]*</span>')
_MARK = re.compile(r"^(?:<!--|//)edition:chapitre (\S+?)(?:-->)?$\n?", re.MULTILINE)


def cut(made: str) -> dict[str, str]:
    """Return what pandoc wrote of each chapter by its stem, and under "" what precedes them."""
    marks = [*_MARK.finditer(made)]
    starts = [mark.start() for mark in marks]
    stops = [*starts[1:], len(made)]
    found = {"": made[: starts[0]]} if starts else {"": made}
    for mark, start, stop in zip(marks, starts, stops, strict=True):
        found[mark[1]] = found.get(mark[1], "") + made[start:stop]
    return found


def outline(blocks: Sequence[Node]) -> list[Node]:
    """Return the blocks with only what other chapters depend on."""
    return [kept for block in blocks if (kept := _block(block))]


def _block(block: Node) -> Node | None:
    kind: str = block["t"]
    content: Any = block.get("c")
    if kind in {"Para", "Plain"}:
        return _filled(kind, _inlines(content))
    if kind == "Div":
        return _div(block)
    if kind == "Table":
        return _table(block)
    if kind == "BlockQuote":
        return _filled(kind, outline(content))
    if kind == "BulletList":
        return _filled(kind, _items(content))
    if kind == "OrderedList":
        items = _items(content[1])
        return {"t": kind, "c": [content[0], items]} if items else None
    if kind == "DefinitionList":
        return _filled("Div", _defined(content), before=[["", [], []]])
    if kind == "LineBlock":
        return _filled("Plain", [each for line in content for each in _inlines(line)])
    if kind == "CodeBlock":
        return block if _named(content[0]) else None
    if kind == "RawBlock":
        return _raw(block)
    return None if kind == "HorizontalRule" else block


def _filled(kind: str, content: list[Any], before: Sequence[Any] = ()) -> Node | None:
    if not content:
        return None
    return {"t": kind, "c": [*before, content] if before else content}


def _div(block: Node) -> Node:
    """Keep a block and its name; a caption is whole, since one that is empty is a fault."""
    attributes, content = block["c"]
    if "legende" in attributes[1]:
        return block
    if _FLOAT.match(attributes[0]):
        inside = [
            kept
            for each in content
            if (kept := each if each["t"] in {"Para", "Plain"} else _block(each))
        ]
    else:
        inside = outline(content)
    return {"t": "Div", "c": [attributes, inside]}


def _table(block: Node) -> Node | None:
    attributes, caption, _, head, bodies, foot = block["c"]
    if _named(attributes) or caption[1]:
        return block
    rows = [*head[1], *(row for body in bodies for part in body[2:4] for row in part), *foot[1]]
    inside = [kept for row in rows for cell in row[1] for kept in outline(cell[4])]
    return _filled("Div", inside, before=[["", [], []]])


def _raw(block: Node) -> Node | None:
    """Keep the marker of a chapter, and the figures that a table prints."""
    form, text = block["c"]
    figures = _FIGURE.findall(text)
    if form == "edition" or len(figures) != text.count("data-chiffre"):
        return block
    if not figures:
        return None
    table = f"<table><tr><td>{' '.join(figures)}</td></tr></table>"
    return {"t": "RawBlock", "c": [form, table if "<table" in text else " ".join(figures)]}


def _items(items: Sequence[Sequence[Node]]) -> list[list[Node]]:
    return [kept for item in items if (kept := outline(item))]


def _defined(definitions: Sequence[Any]) -> list[Node]:
    found: list[Node] = []
    for term, items in definitions:
        words = _filled("Plain", _inlines(term))
        found += [words] if words else []
        found += [block for item in _items(items) for block in item]
    return found


def _inlines(inlines: Sequence[Node]) -> list[Node]:
    return [kept for each in inlines if each["t"] not in _WORDS and (kept := _inline(each))]


def _inline(inline: Node) -> Node | None:
    kind, content = inline["t"], inline["c"]
    if kind in _AROUND:
        return _filled(kind, _inlines(content))
    if kind == "Quoted":
        inside = _inlines(content[1])
        return {"t": kind, "c": [content[0], inside]} if inside else None
    if kind == "Cite":
        references = [_REFERENCE.match(each["citationId"]) for each in content[0]]
        return None if all(references) else inline
    if kind == "Note":
        return _filled(kind, outline(content))
    if kind == "Link":
        return inline if _named(content[0]) or _inlines(content[1]) else None
    if kind == "Code":
        return inline if _named(content[0]) else None
    if kind == "Span" and not _named(content[0]):
        inside = _inlines(content[1])
        return {"t": kind, "c": [content[0], inside]} if inside or _keyed(content[0]) else None
    return inline


def _named(attributes: Sequence[Any]) -> bool:
    """Tell whether an element is a place to link to, or a printed figure."""
    return bool(attributes[0]) or any(name == "chiffre" for name, _ in attributes[2])


def _keyed(attributes: Sequence[Any]) -> bool:
    """Tell whether a span is a part of a key figure, which paper puts in an order of its own."""
    return any(name.startswith("cle-") for name in attributes[1])
