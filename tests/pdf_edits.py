"""Changes to a sound PDF/UA file, each of which breaks one rule: see pdf_faults.py."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, Pdf, String

Edit = Callable[[Pdf], None]


def edited(data: bytes, edit: Edit, **saving: Any) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        edit(pdf)
        written = io.BytesIO()
        pdf.save(written, **saving)
    return written.getvalue()


def elements(node: Any) -> Iterator[Any]:
    """Yield each structure element below, in reading order."""
    if isinstance(node, Array):
        for each in node:
            yield from elements(each)
    elif isinstance(node, Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node.K)


def first(pdf: Pdf, role: str) -> Any:
    return next(each for each in elements(pdf.Root.StructTreeRoot.K) if f"/{role}" == each.S)


def adopt(pdf: Pdf, role: str, child: str, at: int | None = None) -> None:
    """Give the first element of *role* an empty child of another role."""
    parent = first(pdf, role)
    made = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{child}"), P=parent))
    children = list(parent.K) if isinstance(parent.K, Array) else [parent.K]
    children.insert(len(children) if at is None else at, made)
    parent.K = Array(children)


def without(role: str, key: str) -> Edit:
    def edit(pdf: Pdf) -> None:
        element = first(pdf, role)
        del element[key]

    return edit


def renamed(role: str, new: str) -> Edit:
    def edit(pdf: Pdf) -> None:
        first(pdf, role).S = Name(f"/{new}")

    return edit


def with_child(role: str, *children: str, at: int | None = None) -> Edit:
    def edit(pdf: Pdf) -> None:
        for child in children:
            adopt(pdf, role, child, at)

    return edit


def spanning(attribute: str) -> Edit:
    def edit(pdf: Pdf) -> None:
        cell = first(pdf, "TBody").K[-1].K[-1]
        attributes = list(cell.A) if isinstance(cell.A, Array) else [cell.A]
        cell.A = Array([*attributes, Dictionary({"/O": Name.Table, f"/{attribute}": 3})])

    return edit


def unheaded(headers: str | None) -> Edit:
    """Take the headers' scope away, and what each cell says of its headers."""

    def edit(pdf: Pdf) -> None:
        for element in elements(pdf.Root.StructTreeRoot.K):
            if element.S not in (Name.TH, Name.TD):
                continue
            for each in element.A if isinstance(element.A, Array) else [element.A]:
                for key in ("/Scope", "/Headers"):
                    if key in each:
                        del each[key]
                if headers and element.S == "/TD" and each.O == "/Table":
                    each.Headers = Array([String(headers)])

    return edit


def root(*path: str, to: Any = None) -> Edit:
    """Remove an entry of the catalogue, or set it."""

    def edit(pdf: Pdf) -> None:
        place: Any = pdf.Root
        for key in path[:-1]:
            place = place[key]
        if to is None:
            del place[path[-1]]
        else:
            place[path[-1]] = to

    return edit


def xmp(pattern: str, new: str) -> Edit:
    def edit(pdf: Pdf) -> None:
        old = pdf.Root.Metadata.read_bytes().decode("utf-8")
        changed, count = re.subn(pattern, new, old, flags=re.DOTALL)
        assert count
        pdf.Root.Metadata.write(changed.encode("utf-8"))

    return edit


def circular(pdf: Pdf) -> None:
    pdf.Root.StructTreeRoot.RoleMap.update({"/Un": Name.Deux, "/Deux": Name.Un})
    first(pdf, "P").S = Name.Un


def content(change: Callable[[list[Any], int], list[Any]]) -> Edit:
    """Rewrite the second page around its first tagged content."""

    def edit(pdf: Pdf) -> None:
        page = pdf.pages[1]
        done = [(list(i.operands), i.operator) for i in pikepdf.parse_content_stream(page)]
        at = next(n for n, (said, op) in enumerate(done) if str(op) == "BDC" and "/MCID" in said[1])
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(change(done, at)))

    return edit


ARTIFACT, END = ([Name.Artifact], Operator("BMC")), ([], Operator("EMC"))


def untagged(done: list[Any], at: int) -> list[Any]:
    end = next(n for n in range(at, len(done)) if str(done[n][1]) == "EMC")
    return [*done[:at], *done[at + 1 : end], *done[end + 1 :]]


def inside_artifact(done: list[Any], at: int) -> list[Any]:
    end = next(n for n in range(at, len(done)) if str(done[n][1]) == "EMC")
    return [*done[:at], ARTIFACT, *done[at : end + 1], END, *done[end + 1 :]]


def artifact_inside(done: list[Any], at: int) -> list[Any]:
    return [*done[: at + 1], ARTIFACT, END, *done[at + 1 :]]


def fonts(pdf: Pdf) -> Iterator[Any]:
    for page in pdf.pages:
        yield from page.Resources.get("/Font", Dictionary()).values()


def each_font(edit: Callable[[Any], None]) -> Edit:
    def apply(pdf: Pdf) -> None:
        seen = {font.objgen: font for font in fonts(pdf)}
        for font in seen.values():
            edit(font)

    return apply


def not_embedded(font: Any) -> None:
    described = font.DescendantFonts[0].FontDescriptor
    for key in ("/FontFile2", "/FontFile3"):
        if key in described:
            del described[key]


def unreadable(font: Any) -> None:
    del font.ToUnicode


def meaningless(font: Any) -> None:
    """Make each character of the font read as U+0000."""
    said = font.ToUnicode.read_bytes()
    font.ToUnicode.write(re.sub(rb"(<[0-9A-Fa-f]+>\s*)<[0-9A-Fa-f]+>(?=\s*\n)", rb"\1<0000>", said))


def wide(font: Any) -> None:
    below = font.DescendantFonts[0]
    below.DW = 5000
    del below["/W"]


def unmapped(font: Any) -> None:
    del font.DescendantFonts[0]["/CIDToGIDMap"]


def foreign_map(font: Any) -> None:
    font.Encoding = Name("/Inconnu-H")


def annotated(subtype: str, *, tag: str = "", **keys: Any) -> Edit:
    """Add an annotation to the last page, outside of the tags unless a role is given."""

    def edit(pdf: Pdf) -> None:
        page = pdf.pages[-1]
        note = Dictionary(
            Type=Name.Annot, Subtype=Name(f"/{subtype}"), Rect=Array([50, 50, 90, 90]), F=4, **keys
        )
        made = pdf.make_indirect(note)
        page.Annots = Array([*page.get("/Annots", Array()), made])
        page.Tabs = Name.S
        if subtype == "Widget":
            pdf.Root.AcroForm = Dictionary(Fields=Array([made]))
        if tag:
            tree = pdf.Root.StructTreeRoot
            key = int(tree.ParentTreeNextKey)
            parent = first(pdf, tag)
            made.StructParent = key
            tree.ParentTree.Nums.extend([key, parent])
            tree.ParentTreeNextKey = key + 1

    return edit


def link(change: Callable[[Any], None]) -> Edit:
    def edit(pdf: Pdf) -> None:
        change(next(page for page in pdf.pages if "/Annots" in page).Annots[0])

    return edit


def wordless(annotation: Any) -> None:
    del annotation.Contents


def orphan(annotation: Any) -> None:
    del annotation.StructParent


def nothing(_: Pdf) -> None:
    """Change nothing: what is written back must still conform."""


def no_tab_order(pdf: Pdf) -> None:
    for page in pdf.pages:
        if "/Tabs" in page:
            del page["/Tabs"]


def duplicated_note(pdf: Pdf) -> None:
    note = first(pdf, "Note")
    twin = pdf.make_indirect(
        Dictionary(Type=Name.StructElem, S=Name.Note, P=note.P, ID=String(bytes(note.ID)))
    )
    note.P.K = Array([*(note.P.K if isinstance(note.P.K, Array) else [note.P.K]), twin])


def nameless_file(pdf: Pdf) -> None:
    del pdf.Root.AF[0].UF


def dynamic_form(pdf: Pdf) -> None:
    said = b'<config xmlns="http://www.xfa.org/schema/xci/2.6/"><acrobat><acrobat7>'
    said += b"<dynamicRender>required</dynamicRender></acrobat7></acrobat></config>"
    form = Dictionary(Fields=Array(), XFA=Array([String("config"), pdf.make_stream(said)]))
    pdf.Root.AcroForm = form


def glyphless(done: list[Any], at: int) -> list[Any]:
    """Show glyph 0 once more where a text is shown."""
    shown = next(n for n in range(at, len(done)) if str(done[n][1]) in {"Tj", "TJ"})
    return [*done[: shown + 1], ([String(b"\0\0")], Operator("Tj")), *done[shown + 1 :]]


def foot_alone(pdf: Pdf) -> None:
    renamed("TBody", "TFoot")(pdf)
    first(pdf, "Table").K = Array([first(pdf, "TFoot")])


def foot_with_paragraph(pdf: Pdf) -> None:
    adopt(pdf, "Table", "TFoot")
    first(pdf, "TFoot").K = Array()
    adopt(pdf, "TFoot", "P")


def overlapping(pdf: Pdf) -> None:
    """Widen the last cell of one row downwards and the first of the next one to the right."""
    rows = list(first(pdf, "TBody").K)
    for cell, attribute in ((rows[0].K[1], "RowSpan"), (rows[1].K[0], "ColSpan")):
        attributes = list(cell.A) if isinstance(cell.A, Array) else [cell.A]
        cell.A = Array([*attributes, Dictionary({"/O": Name.Table, f"/{attribute}": 2})])


def short_row(pdf: Pdf) -> None:
    row = first(pdf, "TBody").K[1]
    row.K = Array(list(row.K)[:1])


def layers(**keys: Any) -> Edit:
    return root("/OCProperties", to=Dictionary(OCGs=Array(), D=Dictionary(**keys)))


def refers_elsewhere(pdf: Pdf) -> None:
    form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
    form.Ref = Dictionary(F=String("autre.pdf"), Page=0)
    page = pdf.pages[-1]
    page.add_resource(form, Name.XObject, Name.X0)
    page.contents_add(b"/Artifact BMC /X0 Do EMC")
