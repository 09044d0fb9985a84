"""
Make the DOCX of the book, for comments: each number is a link to its line of the register.

A number carries a bookmark `chiffre-ID` and the character style « Chiffre », so that a comment
can be traced to its figure. The charts are drawn by Typst: Word shows no SVG of its own accord.
"""

from __future__ import annotations

import re
from pathlib import Path

import typst

from edition import word
from edition.assemble import Book, read
from edition.config import Config
from edition.native import RECONSTRUCTED, native_job, repacked
from edition.pandoc import convert
from edition.pdf import here
from edition.text import french
from enquete.errors import EnqueteError

PIXELS_PER_INCH = 200
_PROPERTY = re.compile(r"<property\b.*?</property>", re.DOTALL)
_FIGURE = re.compile(
    r'<w:bookmarkStart [^>]*w:name="(?:chiffre-|X)[^"]*" ?/><w:hyperlink\b.*?</w:hyperlink>',
    re.DOTALL,
)
_LANGUAGE = re.compile(r"(<w:themeFontLang w:val=\")[^\"]*")


def make_docx(book: Book, config: Config, theme: Path, work: Path, folder: Path) -> str:
    """Write the DOCX in *folder* and return the name of its file."""
    name = f"{config.output_file}.docx"
    draw_charts(book, work, theme / "polices")
    made = work / name
    convert(
        read(book, theme, work).text(),
        native_job(
            "docx",
            book,
            config,
            theme,
            {"lang": "fr-FR" if config.lang == "fr" else config.lang, "toc-title": "Sommaire"},
            *("--output", str(made.resolve()), "--toc", "--toc-depth", "2"),
        ),
        work,
        "json",
    )
    ours = (theme / "docx" / "styles.xml").read_text("utf-8")
    said = f"{config.title} – {RECONSTRUCTED}" if book.reconstructed else config.title
    changed = repacked(
        made.read_bytes(),
        config.date,
        lambda file, xml: _changed(file, xml, ours),
        {word.FOOTER: word.footer(french(said))},
    )
    (folder / name).write_bytes(changed)
    return name


def draw_charts(book: Book, work: Path, fonts: Path) -> None:
    """Write each chart of *book* in the work folder as PNG, beside its SVG."""
    names = [picture.name for picture in book.pictures if picture.name.endswith(".svg")]
    if not names:
        return
    pages = "\n#pagebreak()\n".join(f'#image("figures/{name}", width: 160mm)' for name in names)
    main = work / "graphiques.typ"
    main.write_text(
        f"#set page(width: auto, height: auto, margin: 1mm, fill: white)\n{pages}\n", "utf-8"
    )
    here()
    try:
        drawn = typst.compile(
            main,
            root=work,
            font_paths=[fonts],
            ignore_system_fonts=True,
            format="png",
            ppi=PIXELS_PER_INCH,
        )
    except typst.TypstError as error:
        raise EnqueteError(
            f"Un graphique ne se dessine pas pour le DOCX : {error}",
            "figures/",
            "Regardez le SVG que donne la cellule : Typst dit ce qu'il n'y comprend pas.",
        ) from error
    images = drawn if isinstance(drawn, list) else [drawn]
    for name, image in zip(names, images, strict=True):
        (work / "figures" / name).with_suffix(".png").write_bytes(image)


def _changed(file: str, xml: str, ours: str) -> str:
    """Set the look and the proofing language; drop pandoc's own properties."""
    if file == "word/styles.xml":
        return word.styles(xml, ours)
    if file == "word/settings.xml":
        return _LANGUAGE.sub(r"\1fr-FR", xml)
    if file == "docProps/custom.xml":
        # pandoc writes all of its metadata here, folders of this machine among them.
        return _PROPERTY.sub("", xml)
    if file in ("word/document.xml", "word/footnotes.xml"):
        # pandoc gives every link the look of a link, whatever style its words have.
        xml = _FIGURE.sub(lambda found: found[0].replace('"Hyperlink"', '"Chiffre"'), xml)
        return word.document(xml) if file == "word/document.xml" else xml
    return word.declared(file, xml)
