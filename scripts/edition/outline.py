"""
What a chapter tells the others, and a document in which some chapters are only told that way.

A chapter's numbers, links and references depend on the whole book: on the titles, figures,
ids, printed figures and citations of every chapter, in their order, and on nothing else. The
outline of a chapter is its document (pandoc's JSON) with these alone. A book where the other
chapters are outlines gives of one chapter what the whole book gives of it.

Printed figures, and the lines of the register, are by far the most: those that follow one another
are one raw inline of format `edition`, « chiffres ID… » or « lignes ID=12… » (`livre.lua`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import orjson

Node: TypeAlias = dict[str, Any]

_WORDS = frozenset({"Str", "Space", "SoftBreak", "LineBreak", "Math"})
_AROUND = frozenset(
    {"Emph", "Underline", "Strong", "Strikeout", "Superscript", "Subscript", "SmallCaps"}
)
EDITION = "edition"
_LINE = "reg-"
_WORD = {"t": "Str", "c": "…"}
_STR = b'"t":"Str"'
_FLOAT = re.compile(r"(?:fig|tbl)-")
REFERENCE = re.compile(r"(?:fig|tbl|sec)-", re.IGNORECASE)
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
    found: list[Node] = []
    for kept in filter(None, map(_block, blocks)):
        mark = _only_mark(kept)
        last = _only_mark(found[-1]) if mark and found else None
        if mark and last and (both := _together(last, mark)):
            found[-1] = {"t": "Plain", "c": [both]}
        else:
            found.append(kept)
    return found


def _only_mark(block: Node) -> Node | None:
    """Return the mark of a paragraph that is nothing else."""
    if block["t"] not in {"Para", "Plain"} or len(block["c"]) != 1:
        return None
    [inline] = block["c"]
    return inline if inline["t"] == "RawInline" and inline["c"][0] == EDITION else None


def _together(one: Node, other: Node) -> Node | None:
    """Return two marks of a kind as one."""
    kind, _, words = other["c"][1].partition(" ")
    if not one["c"][1].startswith(f"{kind} "):
        return None
    return {"t": "RawInline", "c": [EDITION, f"{one['c'][1]} {words}"]}


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
    if kind == "Header":
        return {"t": kind, "c": [*content[:2], _inlines(content[2])]}
    if kind == "RawBlock":
        return _raw(block)
    return None if kind == "HorizontalRule" else block


def _filled(kind: str, content: list[Any], before: Sequence[Any] = ()) -> Node | None:
    if not content:
        return None
    return {"t": kind, "c": [*before, content] if before else content}


def _div(block: Node) -> Node:
    """Keep a block and its name; a caption keeps a word, since one that is empty is a fault."""
    attributes, content = block["c"]
    if "legende" in attributes[1]:
        words = [{"t": "Plain", "c": [_WORD]}] if _STR in orjson.dumps(content) else []
        return {"t": "Div", "c": [attributes, [*words, *outline(content)]]}
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
    if form == EDITION or len(figures) != text.count("data-chiffre"):
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
    found: list[Node] = []
    for each in _flat(inlines):
        kept = _mark(each) or _inline(each)
        both = _together(found[-1], kept) if kept and found and _marks(found[-1], kept) else None
        if both:
            found[-1] = both
        elif kept:
            found.append(kept)
    return found


def _flat(inlines: Sequence[Node]) -> Iterator[Node]:
    """Yield the inlines without words, and what is emphasised or quoted as if it were not."""
    for each in inlines:
        kind = each["t"]
        if kind in _AROUND:
            yield from _flat(each["c"])
        elif kind == "Quoted":
            yield from _flat(each["c"][1])
        elif kind not in _WORDS:
            yield each


def _marks(*inlines: Node) -> bool:
    return all(each["t"] == "RawInline" and each["c"][0] == EDITION for each in inlines)


def _mark(inline: Node) -> Node | None:
    """Return the mark of a printed figure or of a line of the register, if it is nothing else."""
    if inline["t"] != "Span":
        return None
    (identifier, classes, pairs), content = inline["c"]
    figure = dict(pairs).get("chiffre", "")
    if figure and not (identifier or " " in figure or classes != ["chiffre"] or _inlines(content)):
        return {"t": "RawInline", "c": [EDITION, f"chiffres {figure}"]}
    words = [each.get("c") for each in content]
    line = words[0] if len(words) == 1 and isinstance(words[0], str) else ""
    if line.isdecimal() and identifier.startswith(_LINE) and not (classes or pairs):
        return {"t": "RawInline", "c": [EDITION, f"lignes {identifier.removeprefix(_LINE)}={line}"]}
    return None


def _inline(inline: Node) -> Node | None:
    kind, content = inline["t"], inline["c"]
    if kind == "Cite":
        references = [REFERENCE.match(each["citationId"]) for each in content[0]]
        return None if all(references) else inline
    if kind == "Note":
        return _filled(kind, outline(content))
    if kind == "Link":
        return inline if _named(content[0]) or _inlines(content[1]) else None
    if kind == "Code":
        return inline if _named(content[0]) else None
    if kind == "RawInline" and content[0] == EDITION:
        return None  # an author's, who has none to give
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
