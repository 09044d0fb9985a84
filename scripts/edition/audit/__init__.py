"""
Audit of what is printed: every number of the finished site and PDF must have an owner.

`check_html` reads each page of the site, attributes and metadata included, and finds every
number: digits, percentages, ordinals, number words. Nothing is exempt because it is small.
Each number is matched, by its position and its value, to one of:

1. a figure of the ledger: the element carries `data-chiffre` (button, link, label of a chart,
   cell) or is an `.effectif` with `data-de`, and says exactly what the ledger says;
2. a text of the ledger or of the project's data, where that text belongs: the lines of a card
   (`.carte`, by the names of its `dt`), a row of the register (`reg-ID`), the notes of a figure
   or of a `.tableau`, a declared discrepancy (`#ecart-ID`), a question of the questionnaire, a
   work of the bibliography (`#ref-KEY`), a file and its SHA-256. The whole text must be there;
3. a number of the structure, compared with the one expected: `.numero-section`,
   `.legende-numero`, `.renvoi`, « première partie » as a link, rows of the register;
4. an entry of `data/nombres-admis.yml`, which gives its reason; an entry of no use is a fault.

`check_pdf` finds each text of the site again in the PDF's tagged text, whatever the lines and
pages cut, and looks at the numbers that are left: page numbers, running heads, contents, rows
named in the margin, the register's pages are computed anew; the rest is a fault. Text
alternatives, bookmarks, what links say of themselves and the file's metadata are read too.

A structure that these modules do not know is a fault that names it, never a silence:
`reading` (HTML), `paper` (PDF), `numbering`, `furniture` are the places to teach it.
"""

from __future__ import annotations

from edition.audit.pdf import check_pdf
from edition.audit.side import prepare_pdf
from edition.audit.site import check_html

__all__ = ["check_html", "check_pdf", "prepare_pdf"]
