"""Faults in the EPUB and in the DOCX, which the finished book of the workshop does not have."""

from __future__ import annotations

import zipfile

from mutation.model import Copy, Mutant, Plant
from mutation.workshop import Workshop

CHECK = "autres-formats"
PRINTED = ">80,8\u00a0%</a>"  # p2-1-aise
LINK = 'w:anchor="reg-p2-1-aise"'
TEXT = "word/document.xml"


def changed(name: str, member: str, old: str, new: str) -> Plant:
    """Return what puts both formats in the book, a text of one of them changed."""

    def plant(shop: Workshop, copy: Copy) -> None:
        for made in shop.formats:
            target = copy.book / made.name
            if made.name != name:
                target.write_bytes(made.read_bytes())
                continue
            with zipfile.ZipFile(made) as before, zipfile.ZipFile(target, "w") as after:
                for entry in before.infolist():
                    data = before.read(entry)
                    if entry.filename.endswith(member):
                        text = data.decode()
                        if old not in text:
                            raise LookupError(f"{name} n'a plus {old!r} dans {member}")
                        data = text.replace(old, new, 1).encode()
                    after.writestr(entry, data)
            copy.touched.add(f"_book/{name}")

    return plant


def untouched(shop: Workshop, copy: Copy) -> None:
    """Put both formats in the book as they are."""
    for made in shop.formats:
        (copy.book / made.name).write_bytes(made.read_bytes())


EPUB, DOCX = "rapport.epub", "rapport.docx"
MUTANTS = (
    Mutant(
        "un chiffre changé dans l'EPUB",
        CHECK,
        changed(EPUB, "ch004.xhtml", PRINTED, PRINTED.replace("80,8", "80,9")),
        EPUB,
        quick=False,
    ),
    Mutant(
        "un chiffre du DOCX qui mène à une autre ligne du registre",
        CHECK,
        changed(DOCX, TEXT, LINK, LINK.replace("aise", "mal-20")),
        DOCX,
        quick=False,
    ),
    Mutant(
        "un chiffre du DOCX qui n'est plus lié",
        CHECK,
        changed(DOCX, TEXT, LINK, 'w:anchor="sec-p1"'),
        DOCX,
        quick=False,
    ),
    Mutant("rien : EPUB et DOCX tels quels", "", untouched, quick=False),
)
