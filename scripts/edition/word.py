"""
The look of the DOCX: what pandoc leaves to Word, said in the file itself.

Paper and margins, a foot with the page and what the answers are, contents that are there before
any field is updated, columns as wide as their words, and the styles of `theme/docx/styles.xml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape

TEXT_WIDTH = 9412
"""Twentieths of a point between the margins: A4 less 22 mm on each side."""
FOOTER = "word/footer1.xml"
_LONGEST = 46  # signs of a cell that count in the width of its column
_SIGN = 95  # width of a sign of a table, in twentieths of a point
_PADDING = 170
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
_PAPER = (
    '<w:footerReference w:type="default" r:id="rIdPied" />'
    '<w:pgSz w:w="11906" w:h="16838" />'
    '<w:pgMar w:top="1417" w:right="1247" w:bottom="1417" w:left="1247" '
    'w:header="709" w:footer="709" w:gutter="0" />'
)
_STYLE = re.compile(r'<w:style\b[^>]*\bw:styleId="([^"]+)".*?</w:style>', re.DOTALL)
_DEFAULTS = re.compile(r"<w:rPrDefault>.*?</w:rPrDefault>", re.DOTALL)
_DEFAULT = (
    '<w:rPrDefault><w:rPr><w:rFonts w:ascii="Cambria" w:hAnsi="Cambria" w:cs="Cambria" '
    'w:eastAsia="Cambria"/><w:sz w:val="22"/><w:szCs w:val="22"/>'
    '<w:lang w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
)
_TABLE = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
_WIDTH = re.compile(r"<w:tblW [^>]*/>")
_GRID = re.compile(r"<w:tblGrid>.*?</w:tblGrid>", re.DOTALL)
_ROW = re.compile(r"<w:tr>.*?</w:tr>", re.DOTALL)
_CELL = re.compile(r"<w:tc>.*?</w:tc>", re.DOTALL)
_RUN = re.compile(r"<w:t\b[^>]*>(.*?)</w:t>", re.DOTALL)
_HEADING = re.compile(
    r'<w:bookmarkStart [^>]*w:name="([^"]+)" ?/>\s*'
    r'<w:p><w:pPr><w:pStyle w:val="Heading([12])" ?/></w:pPr>(.*?)</w:p>',
    re.DOTALL,
)
_CONTENTS = re.compile(
    r"<w:p>(?:(?!</w:p>).)*?<w:instrText[^>]*>TOC (?:(?!</w:p>).)*</w:p>", re.DOTALL
)
_FIELD = 'TOC \\o "1-2" \\n \\h \\z \\u'


def styles(xml: str, ours: str) -> str:
    """Put each style of *ours* in the place of the one that has its name in *xml*."""
    wanted = {found[1]: found[0] for found in _STYLE.finditer(ours)}
    kept = _STYLE.sub(lambda found: "" if found[1] in wanted else found[0], xml)
    kept = _DEFAULTS.sub(_DEFAULT, kept)
    return kept.replace("</w:styles>", "".join(wanted.values()) + "</w:styles>")


def document(xml: str) -> str:
    """Set the paper, the columns of the tables and the contents."""
    headings = _HEADING.findall(xml)
    xml = _TABLE.sub(lambda found: _measured(found[0]), xml)
    xml = _CONTENTS.sub(lambda _: _contents(headings), xml, count=1)
    return xml.replace("</w:sectPr>", f"{_PAPER}</w:sectPr>")


def footer(said: str) -> str:
    """Return the foot of every page: *said*, then the number of the page."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<w:ftr {_NAMESPACES}><w:p><w:pPr>'
        f'<w:pStyle w:val="Footer"/></w:pPr><w:r><w:t>{escape(said, quote=False)}</w:t></w:r>'
        '<w:r><w:tab/></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        "</w:p></w:ftr>"
    )


def declared(file: str, xml: str) -> str:
    """Name the foot in the two lists of the package's parts."""
    if file == "[Content_Types].xml":
        part = f'<Override PartName="/{FOOTER}" ContentType="{_TYPE}" />'
        return xml.replace("</Types>", f"{part}</Types>")
    if file == "word/_rels/document.xml.rels":
        link = f'<Relationship Type="{_KIND}" Id="rIdPied" Target="footer1.xml" />'
        return xml.replace("</Relationships>", f"{link}</Relationships>")
    return xml


def _measured(table: str) -> str:
    """Give a table the width of the text, and each column its share by the words it holds."""
    rows = [[_text(cell) for cell in _CELL.findall(row)] for row in _ROW.findall(table)]
    columns = max(map(len, rows), default=0)
    if not columns:
        return table
    wide = _widths([[row[at] for row in rows if at < len(row)] for at in range(columns)])
    grid = "".join(f'<w:gridCol w:w="{width}" />' for width in wide)
    table = _WIDTH.sub(f'<w:tblW w:type="dxa" w:w="{TEXT_WIDTH}" />', table, count=1)
    return _GRID.sub(f"<w:tblGrid>{grid}</w:tblGrid>", table, count=1)


def _widths(columns: Sequence[Sequence[str]]) -> list[int]:
    """Share the width: to each column its longest word, then the rest by its longest cell."""
    least = [
        max((len(word) for cell in cells for word in cell.split(" ")), default=1) * _SIGN + _PADDING
        for cells in columns
    ]
    wishes = [min(_LONGEST, max(map(len, cells), default=1)) for cells in columns]
    free = max(0, TEXT_WIDTH - sum(least))
    return [each + free * wish // sum(wishes) for each, wish in zip(least, wishes, strict=True)]


def _contents(headings: Sequence[tuple[str, str, str]]) -> str:
    """Write the contents as Word would: a field, and what it gave."""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
        f'{escape(_FIELD)}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    lines = []
    for rank, (anchor, level, runs) in enumerate(headings):
        words = escape(_text(runs), quote=False)
        lines.append(
            f'<w:p><w:pPr><w:pStyle w:val="TOC{level}"/></w:pPr>{"" if rank else begin}'
            f'<w:hyperlink w:anchor="{anchor}" w:history="1"><w:r><w:t xml:space="preserve">'
            f"{words}</w:t></w:r></w:hyperlink></w:p>"
        )
    end = '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    return "".join(lines) + end if lines else ""


def _text(xml: str) -> str:
    return unescape("".join(_RUN.findall(xml)))
