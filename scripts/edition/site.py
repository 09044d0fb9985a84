"""
Make the pages of the site from the HTML of the whole book.

Template `theme/html/page.html` is a `string.Template` (a literal dollar is `$$`). Every
value is HTML ready to be placed, escaped here, except where the table says "text": then
it is escaped text that may also stand in an attribute.

    name              what it holds
    ----------------  ------------------------------------------------------------------
    $langue           text: language of the book ("fr")
    $titre_page       text: "Partie 1 … · Title of the book" for <title> and og:title
    $description      text: one sentence for <meta name="description">
    $titre_livre      text: title of the book
    $sous_titre       text: its subtitle, may be empty
    $auteur           text: its authors
    $date             text: its date in French ("22 novembre 2026")
    $classe_page      text: "page-index", "page-partie-1"… for <body class>
    $racine           text: path from this page to the site's root, ends with "/" or is
                      empty. Pages are flat, so it is empty today. Use it before every
                      address: `$${racine}index.html`, `$${racine}assets/…`
    $styles           <link rel="stylesheet"> for every theme/css/*.css, by name
    $scripts          <script defer src> for every theme/js/*.js, by name; may be empty
    $liens_tete       <link rel="prev">, <link rel="next">, <link rel="contents">
    $bandeau          the « Données reconstituées » line (<div class="bandeau">…) or empty
                      on original answers
    $barre_laterale   <ol class="chapitres"> of the chapters, without its <nav>: put it in
                      the side column and again in the phone's disclosure. The current one
                      has aria-current="page"; appendices are in a second <ol
                      class="chapitres annexes"> under <p class="chapitres-titre">Annexes</p>
    $ouverture        on the first page, <header class="ouverture">: the book's title,
                      subtitle, authors and date, PDF; empty on the others
    $sommaire         <ol class="sommaire"> of the page's h2 (h3 nested), without its
                      <nav>; empty when the page has fewer than two h2
    $contenu          the chapter, one h1 included, footnotes at its end
    $precedent        <a rel="prev" class="precedent" href><span class="sens">Précédent
                      </span> <span class="titre">…</span></a>, empty on the first page
    $suivant          likewise, rel="next" class="suivant"
    $cartes           the page's cards, <div popover id="carte-…" class="carte">…, to put
                      just before </body>
    $lien_pdf         <a href="rapport.pdf">…</a>, empty when no PDF was built
    $pied             paragraphs of the footer: edition, licence, data, what was checked

The assets keep the folders of theme/: assets/css/, assets/js/, assets/polices/ (woff2 and
licences), so that `url(../polices/x.woff2)` in a style sheet holds in both places.

What the content holds, for style sheets (see also cards.py for the cards):

    <button type="button" class="chiffre" id="chiffre-ID" popovertarget="carte-ID">59 %</button>
    <figure class="figure" id="fig-x"><figcaption><span class="legende-numero">Figure 1.1</span>
       <span class="legende-titre">…</span></figcaption><div class="figure-image"><svg role="img">
       </div> …the cell's other outputs: <div class="lecture">, <details class="donnees">…</figure>
    <div class="tableau" id="tbl-x"><div class="tableau-defile" role="region" tabindex="0">
       <table class="gt_table"><caption><span class="legende-numero">Tableau 1.1</span> …
    <a class="renvoi" href="#fig-x">figure 1.1</a>
    <div class="encadre encadre-note" role="note"><p class="encadre-titre">…</p>…</div>
       (note, tip, important, warning, caution; `collapse` makes it <details>)
    <span class="numero-section">1.2</span> in h1…h4, <a class="ancre"> at the end of h2…h4
    <div class="graphique-large"><svg>, <div class="graphique-etroit"><svg> in .figure-image
    <section class="notes" role="doc-endnotes">, <a class="appel-note" role="doc-noteref">
    <ul class="liste-legendes"> in figures-tableaux.html, the lists of figures and of tables
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any

from edition.assemble import REGISTER, french_date
from edition.cards import card
from edition.config import Config
from edition.pages import Heading, Page, text_of
from edition.text import NBSP, french
from enquete.errors import EnqueteError

ASSETS = (("css", "*.css"), ("js", "*.js"), ("polices", "*.woff2"), ("polices", "OFL*.txt"))
BANNER = (
    '<div class="bandeau"><p><strong>Données reconstituées</strong>'
    '<span class="large">. Les chiffres sont recalculés à partir de réponses reconstituées, '
    "pas des réponses d’origine.</span>"
    '<span class="etroit">, réponses d’origine non diffusées.</span>{link}</p></div>'
)


@dataclass(frozen=True)
class Site:
    """
    What every page of the site shares.

    Attributes:
        entries: the ledger's entries by (chapter, id).
        reconstructed: whether the answers are not the original ones.
        pdf: file name of the PDF, empty when none was built.
        about_data: page and anchor that explain the reconstruction, may be empty.
        footer: paragraphs of the footer, as HTML.
        draft: whether the book is not fit for publication.
    """

    config: Config
    theme: Path
    pages: tuple[Page, ...]
    entries: Mapping[tuple[str, str], Mapping[str, Any]]
    reconstructed: bool
    pdf: str = ""
    about_data: str = ""
    footer: str = ""
    draft: bool = False


def write_site(site: Site, folder: Path) -> None:
    """Write the pages and their assets into *folder*."""
    for name, pattern in ASSETS:
        target = folder / "assets" / name
        target.mkdir(parents=True, exist_ok=True)
        for file in sorted((site.theme / name).glob(pattern)):
            shutil.copyfile(file, target / file.name)
    template = Template((site.theme / "html" / "page.html").read_text("utf-8"))
    for rank, page in enumerate(site.pages):
        text = _fill(template, _fields(site, rank))
        (folder / page.file).write_text(text, "utf-8", newline="\n")


def _fill(template: Template, fields: Mapping[str, str]) -> str:
    try:
        return template.substitute(fields)
    except (KeyError, ValueError) as error:
        raise EnqueteError(
            f"Le gabarit a un champ inconnu ou mal formé : {error}.",
            "theme/html/page.html",
            "Les champs sont décrits en tête de scripts/edition/site.py.",
        ) from error


def _fields(site: Site, rank: int) -> dict[str, str]:
    page, config = site.pages[rank], site.config
    before = site.pages[rank - 1] if rank else None
    after = site.pages[rank + 1] if rank + 1 < len(site.pages) else None
    words = text_of(page.title.html)
    full = f"{page.title.number} – {words}" if page.title.number else words
    parts = {entry.stem: entry.part for entry in config.entries}
    about = f' <a href="{site.about_data}">Ce que cela change</a>' if site.about_data else ""
    return {
        "langue": escape(config.lang),
        "titre_page": escape(f"{full} · {french(config.title)}"),
        "description": escape(french(config.description or config.subtitle or config.title)),
        "titre_livre": escape(french(config.title)),
        "sous_titre": escape(french(config.subtitle)),
        "auteur": escape(french(", ".join(config.authors))),
        "date": escape(french_date(config.date)),
        "classe_page": f"page-{escape(page.stem)}",
        "racine": "",
        "styles": _styles(site.theme),
        "scripts": _scripts(site.theme),
        "liens_tete": _head_links(before, after),
        "bandeau": BANNER.format(link=about) if site.reconstructed else "",
        "barre_laterale": _sidebar(site.pages, page, parts),
        "sommaire": _contents(page.headings),
        "ouverture": "" if rank else _opening(site),
        "contenu": page.html,
        "precedent": _neighbour(before, "prev", "precedent", "Précédent"),
        "suivant": _neighbour(after, "next", "suivant", "Suivant"),
        "cartes": _cards(site, page),
        "lien_pdf": _pdf_link(site),
        "pied": site.footer,
    }


def _pdf_link(site: Site) -> str:
    return f'<a href="{escape(site.pdf)}">Télécharger le PDF</a>' if site.pdf else ""


def _opening(site: Site) -> str:
    """Return what a cover says; the page's h1 stays the chapter's."""
    config, pdf = site.config, _pdf_link(site)
    said = " · ".join(filter(None, (", ".join(config.authors), french_date(config.date))))
    lines = {
        "titre-livre": escape(french(config.title)),
        "sous-titre-livre": escape(french(config.subtitle)),
        "auteurs": escape(french(said)),
        "ouverture-pdf": pdf,
    }
    shown = "".join(f'<p class="{css}">{line}</p>' for css, line in lines.items() if line)
    return f'<header class="ouverture">{shown}</header>'


@cache
def _styles(theme: Path) -> str:
    files = sorted((theme / "css").glob("*.css"))
    return "\n".join(f'<link rel="stylesheet" href="assets/css/{file.name}">' for file in files)


@cache
def _scripts(theme: Path) -> str:
    files = sorted((theme / "js").glob("*.js"))
    return "\n".join(f'<script defer src="assets/js/{file.name}"></script>' for file in files)


def _head_links(before: Page | None, after: Page | None) -> str:
    links = ['<link rel="contents" href="index.html">']
    if before:
        links.append(f'<link rel="prev" href="{before.file}">')
    if after:
        links.append(f'<link rel="next" href="{after.file}">')
    return "\n".join(links)


def _name(heading: Heading) -> str:
    """Return the title after its bare number: « A », not « Annexe A »."""
    bare = heading.number.rpartition(NBSP)[2]
    number = f'<span class="numero-section">{bare}</span> ' if bare else ""
    return number + heading.html


def _sidebar(
    pages: Sequence[Page], current: Page, parts: Mapping[str, str | None] = MappingProxyType({})
) -> str:
    """Return the chapters, those of each part under its title, then the appendices."""
    here = ' aria-current="page"'

    def listed(group: Iterable[Page], css: str, title: str = "") -> str:
        items = "".join(
            f'<li><a href="{page.file}"{here if page is current else ""}>'
            f"{_name(page.title)}</a></li>"
            for page in group
        )
        head = f'<p class="chapitres-titre">{escape(title)}</p>' if title else ""
        return f'{head}<ol class="{css}">{items}</ol>' if items else ""

    of_kind = {
        kind: [page for page in pages if page.kind == kind]
        for kind in ("chapter", "appendix", "list")
    }
    groups = groupby(of_kind["chapter"], key=lambda page: parts.get(page.stem))
    return (
        "".join(listed(group, "chapitres", french(part or "")) for part, group in groups)
        + listed(of_kind["appendix"], "chapitres annexes", "Annexes")
        + listed(of_kind["list"], "chapitres listes")
    )


def _contents(headings: Sequence[Heading]) -> str:
    """Return the titles of the page: h2, each with its h3."""
    tops = [heading for heading in headings if heading.level == 2]
    if len(tops) < 2:
        return ""
    pieces: list[str] = []
    inner = False
    for heading in headings:
        if heading.level not in (2, 3) or (heading.level == 3 and not pieces):
            continue
        if heading.level == 3:
            pieces.append("" if inner else "<ol>")
            inner = True
        elif pieces:
            pieces.append("</ol></li>" if inner else "</li>")
            inner = False
        link = f'<a href="#{heading.id}">{_name(heading)}</a>'
        pieces.append(f"<li>{link}" + ("</li>" if heading.level == 3 else ""))
    pieces.append("</ol></li>" if inner else "</li>")
    return f'<ol class="sommaire">{"".join(pieces)}</ol>'


def _neighbour(page: Page | None, rel: str, css: str, words: str) -> str:
    if page is None:
        return ""
    return (
        f'<a rel="{rel}" class="{css}" href="{page.file}"><span class="sens">{words}</span> '
        f'<span class="titre">{_name(page.title)}</span></a>'
    )


def _cards(site: Site, page: Page) -> str:
    """Return the card of each figure that the page prints, in order of first print."""
    shown = dict.fromkeys(place.figure for place in page.prints)
    found = [site.entries.get((page.stem, figure)) for figure in shown]
    register = any(other.stem == REGISTER for other in site.pages)
    return "\n".join(card(entry, register=register) for entry in found if entry is not None)
