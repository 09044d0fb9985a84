"""
What a tagged book owes its readers and that neither validator asks, read with pikepdf alone.

veraPDF and page-validation go from the content to the tags and stop there. These conditions of
the Matterhorn protocol, and of good sense, need the way back (tags to content, annotations to
tags), an order, or two places that say the same thing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

PAINTING = frozenset(
    ["Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "BI"]
)
MAY_BE_EMPTY = frozenset({"/TD", "/TH", "/Div"})  # a Div says nothing of its own


@dataclass(frozen=True)
class Element:
    """One element of the tag tree; its own content is `(page, MCID)`, in reading order."""

    node: Any
    parent: Element | None
    content: tuple[tuple[int, int], ...]
    annotations: tuple[Any, ...]
    children: int

    @property
    def kind(self) -> str:
        return str(self.node.S)

    @property
    def floats(self) -> bool:
        block = self.kind == "/Div" and self.attribute("/Placement") == Name.Block
        return block or bool(self.parent and self.parent.floats)

    def above(self, kind: str) -> Element | None:
        found = self.parent
        while found and found.kind != kind:
            found = found.parent
        return found

    def attribute(self, name: str) -> Any:
        held = self.node.get("/A", Array())
        lists = held if isinstance(held, Array) else [held]
        return next((each[name] for each in lists if name in each), None)


class Reading:
    """A PDF read once: its tags in order, and what each page paints under which tag."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self.pages = list(pdf.pages)
        self.rank = {page.obj.objgen: rank for rank, page in enumerate(self.pages)}

        self.elements: list[Element] = []
        self.flow: list[tuple[Element, int]] = []  # each piece of content, as it is read: its page
        for kid in _kids(pdf.Root.StructTreeRoot):
            self._read(kid, None)

    def _read(self, node: Any, parent: Element | None) -> None:
        kids = _kids(node)
        own = [kid for kid in kids if not isinstance(kid, int) and "/S" in kid]
        objects = tuple(kid.Obj for kid in kids if _is(kid, "/OBJR"))
        content = tuple(place for kid in kids if (place := self._place(node, kid)))
        element = Element(node, parent, content, objects, len(own))
        self.elements.append(element)
        for kid in kids:
            if place := self._place(node, kid):
                self.flow.append((element, place[0]))
            elif not _is(kid, "/OBJR"):
                self._read(kid, element)

    def _place(self, node: Any, kid: Any) -> tuple[int, int] | None:
        if isinstance(kid, int):
            return self.rank[node.Pg.objgen], kid
        if _is(kid, "/MCR"):
            return self.rank[kid.get("/Pg", node.get("/Pg")).objgen], int(kid.MCID)
        return None

    @cached_property
    def painted(self) -> list[tuple[Counter[int], int]]:
        """For each page: how often each MCID opens, and how many things are under no tag."""
        return [_painted(page) for page in self.pages]

    @cached_property
    def owners(self) -> Mapping[int, Any]:
        numbers = list(self.pdf.Root.StructTreeRoot.ParentTree.Nums)
        return dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))


def _kids(node: Any) -> list[Any]:
    kids = node.get("/K", Array())
    return list(kids) if isinstance(kids, Array) else [kids]


def _is(kid: Any, kind: str) -> bool:
    return isinstance(kid, Dictionary) and str(kid.get("/Type")) == kind


def _painted(page: Any) -> tuple[Counter[int], int]:
    opened: Counter[int] = Counter()
    bare, marks = 0, []
    for each in pikepdf.parse_content_stream(page):
        operator = str(each.operator) or "BI"
        if operator in {"BDC", "BMC"}:
            said = list(each.operands)
            mcid = said[1].get("/MCID") if operator == "BDC" else None
            opened.update([] if mcid is None else [int(mcid)])
            marks.append(mcid is not None or str(said[0]) == "/Artifact")
        elif operator == "EMC":
            marks.pop()
        elif operator in PAINTING and not any(marks):
            bare += 1
    return opened, bare


def paints_outside_of_tags(book: Reading) -> Iterator[str]:
    for rank, (_, bare) in enumerate(book.painted, 1):
        if bare:
            yield f"page {rank} : {bare} tracés ni balisés ni décoratifs"


def content_and_tags_answer_each_other(book: Reading) -> Iterator[str]:
    said = Counter(place for element in book.elements for place in element.content)
    shown = {(rank, mcid) for rank, (opened, _) in enumerate(book.painted) for mcid in opened}
    yield from (f"{place} : lu {count} fois" for place, count in said.items() if count > 1)
    yield from (f"{place} : balise sans contenu" for place in said.keys() - shown)
    yield from (f"{place} : contenu sans balise" for place in shown - said.keys())
    for rank, (opened, _) in enumerate(book.painted, 1):
        yield from (f"page {rank} : MCID {mcid} repris" for mcid, n in opened.items() if n > 1)


def parent_tree_says_the_same(book: Reading) -> Iterator[str]:
    for element in book.elements:
        for rank, mcid in element.content:
            owners = book.owners[int(book.pages[rank].obj.StructParents)]
            if mcid >= len(owners) or owners[mcid].objgen != element.node.objgen:
                yield f"page {rank + 1}, MCID {mcid} : autre parent que {element.kind}"


def links_and_tags_answer_each_other(book: Reading) -> Iterator[str]:
    tagged = Counter(each.objgen for element in book.elements for each in element.annotations)
    for rank, page in enumerate(book.pages, 1):
        for each in page.get("/Annots", Array()):
            owner = book.owners.get(int(each.get("/StructParent", -1)))
            if each.Subtype == "/Link" and (owner is None or owner.S != "/Link"):
                yield f"page {rank} : lien dont le parent n'est pas Link"
            if tagged[each.objgen] != 1:
                yield f"page {rank} : annotation balisée {tagged[each.objgen]} fois"
            if owner is None or tagged[each.objgen] != 1:
                continue
            if each.objgen not in {obj.objgen for e in _of(book, owner) for obj in e.annotations}:
                yield f"page {rank} : annotation d'un autre élément que son parent"


def _of(book: Reading, node: Any) -> Iterator[Element]:
    return (element for element in book.elements if element.node.objgen == node.objgen)


def links_have_words(book: Reading) -> Iterator[str]:
    for element in book.elements:
        if element.kind == "/Link" and not (element.content or element.children):
            yield "lien sans texte"


def no_element_is_empty(book: Reading) -> Iterator[str]:
    for element in book.elements:
        full = element.content or element.children or element.annotations
        if not full and element.kind not in MAY_BE_EMPTY:
            yield f"{element.kind} vide"


def reading_follows_the_pages(book: Reading) -> Iterator[str]:
    """Floating figures apart, with their captions: the layout carries them further on."""
    flow = [(page, element.kind) for element, page in book.flow if not element.floats]
    for (before, _), (after, kind) in pairwise(flow):
        if after < before:
            yield f"{kind} de la page {after + 1} lu après la page {before + 1}"


def list_items_are_whole(book: Reading) -> Iterator[str]:
    kinds: dict[Any, list[str]] = defaultdict(list)
    for element in book.elements:
        if element.parent and element.parent.kind in {"/LI", "/L"}:
            kinds[element.parent.node.objgen].append(element.kind)
    for element in book.elements:
        inside = kinds[element.node.objgen]
        if element.kind == "/LI" and Counter(inside) != {"/Lbl": 1, "/LBody": 1}:
            yield f"LI fait de {inside}"
        if element.kind == "/L" and element.attribute("/ListNumbering") is None:
            yield "liste qui ne dit pas sa numérotation"


def cells_name_headers_of_their_table(book: Reading) -> Iterator[str]:
    """A header's scope is said, and what a cell names is a header of the same table."""
    known: dict[Any, set[bytes]] = defaultdict(set)
    for element in book.elements:
        table = element.above("/Table")
        if element.kind == "/TH" and table:
            known[table.node.objgen].add(bytes(element.node.get("/ID", b"")))
            if element.attribute("/Scope") is None:
                yield "TH sans portée"
    for element in book.elements:
        table = element.above("/Table")
        if element.kind == "/TD" and table:
            named = {bytes(each) for each in element.attribute("/Headers") or ()}
            if not named or not named <= known[table.node.objgen]:
                yield "TD qui ne nomme pas un en-tête de son tableau"


def bookmarks_are_the_headings(book: Reading) -> Iterator[str]:
    """In their order; a bookmark puts the number before, and the lists have none."""
    titles = [
        " ".join(str(element.node.T).split())
        for element in book.elements
        if element.kind[:2] == "/H" and element.kind[2:].isdigit()
    ]
    with book.pdf.open_outline() as outline:
        marks = [" ".join(mark.title.split()) for mark in _marks(outline.root)]
    waiting = iter(titles)
    for mark in marks:
        if not any(mark.endswith(title) for title in waiting):
            yield f"signet {mark!r} : pas de titre à sa place"
            return


def _marks(items: Any) -> Iterator[Any]:
    for item in items:
        yield item
        yield from _marks(item.children)


def the_title_is_said_once(book: Reading) -> Iterator[str]:
    said = book.pdf.open_metadata().get("dc:title")  # never left: leaving would mend Info
    info = str(book.pdf.trailer.get("/Info", Dictionary()).get("/Title", said))
    if not said or said != info:
        yield f"titre {said!r} dans XMP, {info!r} dans Info"


def figures_have_a_place(book: Reading) -> Iterator[str]:
    """Their box, which a magnifier goes to, is inside the page."""
    for element in book.elements:
        if element.kind != "/Figure":
            continue
        box = element.attribute("/BBox")
        page = book.pages[element.content[0][0]].mediabox if element.content else None
        if box is None or page is None:
            yield "figure sans cadre"
        elif not (page[0] <= box[0] < box[2] <= page[2] and page[1] <= box[1] < box[3] <= page[3]):
            yield f"figure hors de sa page : {list(map(float, box))}"


def attached_files_are_described(book: Reading) -> Iterator[str]:
    for name, file in book.pdf.attachments.items():
        spec = file.obj
        if not str(spec.get("/Desc", "")) or "/AFRelationship" not in spec:
            yield f"{name} : ni description ni relation"
        if spec.get("/F") != spec.get("/UF"):
            yield f"{name} : deux noms"
        if spec.objgen not in {each.objgen for each in book.pdf.Root.get("/AF", Array())}:
            yield f"{name} : absent de la liste des fichiers associés"


CONDITIONS: tuple[Callable[[Reading], Iterator[str]], ...] = (
    paints_outside_of_tags,
    content_and_tags_answer_each_other,
    parent_tree_says_the_same,
    links_and_tags_answer_each_other,
    links_have_words,
    no_element_is_empty,
    reading_follows_the_pages,
    list_items_are_whole,
    cells_name_headers_of_their_table,
    bookmarks_are_the_headings,
    the_title_is_said_once,
    figures_have_a_place,
    attached_files_are_described,
)


def broken(pdf: Pdf) -> dict[str, list[str]]:
    """Return the conditions that the file breaks, with what breaks them."""
    book = Reading(pdf)
    found = {condition.__name__: list(condition(book)) for condition in CONDITIONS}
    return {name: faults for name, faults in found.items() if faults}
