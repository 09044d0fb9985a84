"""
Plant false numbers in a finished book, to see whether the audit finds each of them.

`plant_html(folder, 100, seed, others)` changes the pages of a copied book in place and returns
what it planted; `plant_typst` does the same with the Typst source of the PDF and its drawings,
`planted_in_pdf` while the book is built. Values are plausible: one more or one less, two digits
swapped, the value of another figure, a small integer, a number word. `missed(planted, faults)`
tells which ones no fault names, each fault answering for one planted number at most.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import typst

from enquete.errors import EnqueteError

WORDS = ("deux", "trois", "la moitié", "un tiers", "une dizaine", "quarante", "un quart", "cent")
SMALL = ("2", "3", "4", "7", "12", "16")
# Words of a planted text that a fault may name.
NAMED = {"la moitié": "moitié", "un tiers": "tiers", "une dizaine": "dizaine", "un quart": "quart"}


@dataclass(frozen=True)
class Planted:
    """
    A false number.

    Attributes:
        kind: where it was put (prose, légende, carte…).
        file: the file that holds it.
        number: as a fault names it.
        was: what stood there, empty for an addition.
        around: the text after the change, for a report.
    """

    kind: str
    file: str
    number: str
    was: str
    around: str


@dataclass(frozen=True)
class Spot:
    """A place where a number can be planted: a stretch of the source and what it holds."""

    kind: str
    start: int
    end: int
    text: str


def falsified(text: str, draw: random.Random, others: Sequence[str]) -> str:
    """Return another number than *text*, written the same way and as plausible."""
    digits = re.findall(r"\d", text)
    for _ in range(20):
        way = draw.choice(("more", "less", "swap", "other")) if digits else "other"
        if way in ("more", "less"):
            match = list(re.finditer(r"\d+", text))[-1]
            value = max(int(match[0]) + (1 if way == "more" else -1), 0)
            new = f"{text[: match.start()]}{value:0{len(match[0])}d}{text[match.end() :]}"
        elif way == "swap" and len(digits) > 1:
            places = [place for place, sign in enumerate(text) if sign.isdigit()][:2]
            signs = list(text)
            signs[places[0]], signs[places[1]] = signs[places[1]], signs[places[0]]
            new = "".join(signs)
        else:
            new = draw.choice(others)
        if new != text:
            return new
    return f"{text} 7"


def invented(draw: random.Random, others: Sequence[str]) -> str:
    """Return a number that nothing in the sentence calls for."""
    way = draw.choice(("share", "other", "small", "word"))
    if way == "share":
        return f"{draw.randint(2, 97)}\u00a0%"
    if way == "other":
        return draw.choice(others)
    return draw.choice(SMALL if way == "small" else WORDS)


def named(number: str, instead_of: str = "") -> str:
    """Return what a fault says of a planted number: the digits that changed, or its word."""
    digits = r"\d[\d\u202f]*(?:[,.]\d+)*"
    was = re.findall(digits, instead_of)
    new = re.findall(digits, number)
    changed = [each for index, each in enumerate(new) if was[index : index + 1] != [each]]
    return (changed or new or [NAMED.get(number, number)])[0]


_BUTTON = r'class="chiffre"[^>]*>([^<]+)</button>'
_TEXT = r"(?<=>)([^<]{50,})(?=<)"


def _inside(html: str, outer: str, inner: str, kind: str) -> Iterator[Spot]:
    for found in re.finditer(outer, html, re.DOTALL):
        for match in re.finditer(inner, found[0]):
            start = found.start() + match.start(1)
            yield Spot(kind, start, start + len(match[1]), match[1])


def html_spots(html: str) -> list[Spot]:
    """Return where numbers can be planted in a page, of every kind that a reader meets."""
    paragraph = r"<p>(?:(?!<p>).)*?</p>"
    figure = r"<figure.*?</figure>"
    number = (
        r"(?<=[ >(«\u00a0\u202f])(\d[\d\u202f]*(?:,\d+)?(?:\u00a0%)?)"
        r"(?=[ <,.;)\u00a0\u202f])(?![^<>]*>)"
    )
    ways: Sequence[tuple[str, str, str]] = (
        ("chiffre de la prose", paragraph, _BUTTON),
        ("prose", paragraph, _TEXT),
        ("titre", r"<h[234][^>]*>.*?</h[234]>", r"(?<=</span>) ([^<]{12,})(?=<a)"),
        ("légende", r"<(?:fig)?caption.*?</(?:fig)?caption>", r'legende-titre">([^<]{12,})<'),
        ("texte de remplacement", figure, r'role="img" aria-label="([^"]{40,})"'),
        ("chiffre d’un graphique", figure, r"<text[^>]*data-chiffre[^>]*>([^<]+)</text>"),
        ("étiquette d’un graphique", figure, r"<text(?:(?!data-chiffre)[^>])*>([^<]{12,})</text>"),
        ("note de lecture", r'<div class="lecture">.*?</div>', number),
        ("tableau des données", r'<details class="donnees">.*?</details>', _BUTTON),
        ("cellule de tableau", r'<tbody class="gt_table_body">.*?</tbody>', _BUTTON),
        ("cellule sans chiffre", r"<tbody.*?</tbody>", r"<td[^>]*>([^<]{14,})</td>"),
        ("registre", r'<span id="reg-.*?</tr>', number),
        ("carte", r'class="carte".*?</dl>', number),
        ("titre de carte", r'class="carte".*?</p>', r'carte-valeur">([^<]+)<'),
        ("ligne de code", r'class="carte-place".*?</p>', r"ligne (\d+)"),
        (
            "calcul",
            r'<li>[^<]*(?:<span class="insecable">)?<strong><button.*?</li>',
            r"(?<=[ (\[])(\d[\d\u202f]*(?:,\d+)?)(?= )",
        ),
        ("numéro de section", r"<nav.*?</nav>", r'numero-section">(\d[^<]*)<'),
        ("renvoi", r"<p>.*?</p>", r'class="renvoi">[^<\d]*([\d.]+)<'),
        ("lu par un lecteur d’écran", r'class="chiffre"[^>]*>', r'aria-label="([^"]+), voir d’où'),
        ("description", r"<head>.*?</head>", r'(?:og:|name=")description" content="([^"]+)"'),
        ("titre de page", r"<head>.*?</head>", r"<title>([^<]+)</title>"),
    )
    return [spot for kind, outer, inner in ways for spot in _inside(html, outer, inner, kind)]


def _changed(spot: Spot, draw: random.Random, others: Sequence[str]) -> tuple[str, str]:
    """Return the new text of a spot and the number that a fault should name."""
    text = unescape(spot.text)
    if re.fullmatch(r"[\d.]+", text) or len(text) <= len("entre 33,2 et 43,2 %"):
        new = falsified(text, draw, others)
        return new, named(new, text)
    number = invented(draw, others)
    spaces = [match.start() for match in re.finditer(r"(?<=[a-zé]) (?=[a-zé])", spot.text)]
    place = spaces[len(spaces) // 2] if spaces else len(spot.text)
    end = "" if spaces else " "
    return f"{spot.text[:place]} {number}{end}{spot.text[place:]}", named(number)


def plant(
    sources: Mapping[str, str],
    spots: Mapping[str, Sequence[Spot]],
    count: int,
    seed: int,
    others: Sequence[str],
) -> tuple[dict[str, str], list[Planted]]:
    """
    Plant *count* false numbers in *sources*, as evenly as the kinds of spots allow.

    No two are near each other, so that each must be found for itself.
    """
    draw = random.Random(seed)  # noqa: S311
    by_kind: dict[str, list[tuple[str, Spot]]] = {}
    for file, found in spots.items():
        for spot in found:
            by_kind.setdefault(spot.kind, []).append((file, spot))
    for choices in by_kind.values():
        draw.shuffle(choices)
    chosen: list[tuple[str, Spot]] = []
    while len(chosen) < count:
        before = len(chosen)
        for choices in by_kind.values():
            while choices and len(chosen) < count:
                file, spot = choices.pop()
                if all(name != file or _apart(spot, each) for name, each in chosen):
                    chosen.append((file, spot))
                    break
        if len(chosen) == before:
            raise ValueError(f"il n'y a de place que pour {before} nombres")
    changed, planted = dict(sources), []
    for file, spot in sorted(chosen, key=lambda each: (each[0], -each[1].start)):
        new, number = _changed(spot, draw, others)
        text = changed[file]
        changed[file] = text[: spot.start] + new + text[spot.end :]
        planted.append(Planted(spot.kind, file, number, spot.text, new))
    return changed, planted


def _apart(one: Spot, other: Spot) -> bool:
    return one.end + 400 < other.start or other.end + 400 < one.start


def plant_html(folder: Path, count: int, seed: int, others: Sequence[str]) -> list[Planted]:
    """Plant *count* false numbers in the pages of *folder*; *others* are printed elsewhere."""
    files = sorted(folder.glob("*.html"))
    pages = {file.name: file.read_text("utf-8") for file in files if file.stem != "verification"}
    spots = {name: html_spots(html) for name, html in pages.items()}
    changed, planted = plant(pages, spots, count, seed, others)
    for name, html in changed.items():
        (folder / name).write_text(html, "utf-8", newline="\n")
    return planted


def in_one_piece(main: Path) -> str:
    """Return the source of the PDF as one text: the book with its template and its chapters."""
    imported = '#import "gabarit.typ": *\n'

    def chapter(include: re.Match[str]) -> str:
        return (main.parent / include[1]).read_text("utf-8").removeprefix(imported)

    source = re.sub(r'#include "(chapitre-\d+\.typ)"\n', chapter, main.read_text("utf-8"))
    template = (main.parent / "gabarit.typ").read_text("utf-8")
    return f"{template}\n{source.removeprefix(imported)}"


def typst_spots(source: str) -> list[Spot]:
    """Return where numbers can be planted in the Typst source, after the template."""
    start = source.index("<sec-introduction>") if "<sec-introduction>" in source else 0
    body = source[start:]
    ways: Sequence[tuple[str, str, str]] = (
        ("chiffre de la prose", r"\n[A-ZÀÉ#][^\n]{120,}\n", r"#link\(<reg-[^>]+>\)\[([^\]]+)\]"),
        ("prose", r"\n[A-ZÉÀ][^\n#]{90,}\n", r"\n([^\n]+)\n"),
        ("légende", r"figure\.caption\([^\n]*", r"\[([^\]\n]{12,})"),
        ("texte de remplacement", r'alt: "[^"]+"', r'"([^"]+)"'),
        ("cellule de tableau", r"table\.cell\([^\n]*", r"#link\(<reg-[^>]+>\)\[([^\]]+)\]"),
        ("cellule sans chiffre", r"table\.cell\([^\n]*", r"\)\[([A-Z][^\]\[#]{14,})\]"),
        ("titre", r"\n={2,4} [^\n]+", r"= ([^\n<#]{12,})"),
    )
    return [
        Spot(spot.kind, start + spot.start, start + spot.end, spot.text)
        for kind, outer, inner in ways
        for spot in _inside(body, outer, inner, kind)
    ]


def picture_spots(svg: str) -> list[Spot]:
    """Return where numbers can be planted in a drawing of the PDF."""
    return list(_inside(svg, r"<text[^>]*>[^<]+</text>", r">([^<]*\d[^<]*)</text>", "graphique"))


def plant_typst(
    source: str, pictures: Mapping[str, str], count: int, seed: int, others: Sequence[str]
) -> tuple[str, dict[str, str], list[Planted]]:
    """Plant *count* false numbers in the Typst source of the PDF and in its drawings."""
    sources = {"rapport.typ": source, **pictures}
    spots = {"rapport.typ": typst_spots(source)}
    spots |= {name: picture_spots(svg) for name, svg in pictures.items()}
    changed, planted = plant(sources, spots, count, seed, others)
    return changed["rapport.typ"], {name: changed[name] for name in pictures}, planted


def missed(planted: Iterable[Planted], faults: Sequence[EnqueteError]) -> list[Planted]:
    """
    Return what no fault names; a fault answers for one planted number at most.

    Of several faults that name the same number, the one that quotes the sentence is taken.
    """
    left = list(faults)
    lost = []
    for one in sorted(planted, key=lambda each: -len(each.around)):
        named_by = [fault for fault in left if _names(fault, one)]
        quoting = [fault for fault in named_by if _sentence(one) in _spaces(fault.ou)]
        if not named_by:
            lost.append(one)
        else:
            left.remove((quoting or named_by)[0])
    return lost


def _sentence(planted: Planted) -> str:
    text = _spaces(unescape(planted.around))
    place = max(text.find(_spaces(planted.number)), 0)
    return text[max(place - 15, 0) : place + 20]


def _names(fault: EnqueteError, planted: Planted) -> bool:
    if planted.file.endswith(".html") and not fault.ou.startswith(planted.file):
        return False
    said = re.search("« (.*?) »", fault.quoi)
    quoted, number = (_spaces(text) for text in (said[1] if said else "", planted.number))
    return re.search(rf"(?<!\d)(?<!\d[,.]){re.escape(number)}(?!\d)(?![,.]\d)", quoted) is not None


def _spaces(text: str) -> str:
    return re.sub("[\u00a0\u202f~]", " ", text)


def printed(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the texts with digits that a ledger prints: plausible values of other figures."""
    return sorted({str(each["text"]) for each in entries if re.search(r"\d", str(each["text"]))})


@contextmanager
def planted_in_pdf(count: int, seed: int, others: Sequence[str]) -> Iterator[list[Planted]]:
    """
    Plant false numbers in the sources of every PDF compiled inside the block.

    The list fills when the compilation happens; nothing else of the build is touched.
    """
    compile_, done = typst.compile, []

    def changed(main: Path, **options: Any) -> Any:
        folder = Path(main).parent
        files = sorted((folder / "figures").glob("*.svg"))
        pictures = {file.name: file.read_text("utf-8") for file in files}
        source = in_one_piece(Path(main))
        source, pictures, planted = plant_typst(source, pictures, count, seed, others)
        Path(main).write_text(source, "utf-8", newline="\n")
        for name, svg in pictures.items():
            (folder / "figures" / name).write_text(svg, "utf-8", newline="\n")
        done.extend(planted)
        return compile_(main, **options)

    typst.compile = changed
    try:
        yield done
    finally:
        typst.compile = compile_
