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
    $styles           <link rel="stylesheet"> for theme/css/livre.css; the other sheets there are
                      each for the page that has their name, beside the chapters
    $scripts          <script defer src> for every theme/js/*.js, by name; may be empty
    $liens_tete       <link rel="prev">, <link rel="next">, <link rel="contents">, and
                      <link rel="canonical"> where the book says its `site-url`
    $partage          <meta property="og:…">: what a message shows of the page that it links
                      to. Its image needs an absolute address: only with a `site-url`
    $brouillon        the line that says « Brouillon – ne pas diffuser », empty on a book that
                      is fit for publication; its pages have <body class="… brouillon">
    $bandeau          the « Données reconstituées » line (<div class="bandeau">…) or empty
                      on original answers
    $barre_laterale   <ol class="chapitres"> of the chapters, without its <nav>: put it in
                      the side column and again in the phone's disclosure. The current one
                      has aria-current="page"; appendices are in a second <ol
                      class="chapitres annexes"> under <p class="chapitres-titre">Annexes</p>
    $ouverture        on the first page, <header class="ouverture">: the book's title,
                      subtitle, authors and date, what to download and to check, how to cite;
                      empty on the others
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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import orjson

from edition import head, navigation
from edition.assemble import REGISTER, french_date
from edition.cards import card
from edition.citation import Edition
from edition.config import Config
from edition.pages import Page, text_of
from edition.search import write_index
from edition.text import NBSP, french
from enquete.errors import EnqueteError

PACKAGE = "donnees/enquete/"
CODEBOOK = "donnees/dictionnaire.html"
ASSETS = (
    *(("css", "*.css"), ("js", "*.js"), ("polices", "*.woff2"), ("polices", "OFL*.txt")),
    *(("images", "favicon.svg"), ("images", "partage.png")),
)
DRAFT = (
    '<div class="bandeau-brouillon" role="note"><p><strong>Brouillon – ne pas diffuser.</strong> '
    "Ce livre n’a pas passé toutes ses vérifications.</p></div>"
)
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
        verification: address of the page that says what was checked, empty without one.
        downloads: other formats of the book, address and words of each link.
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
    verification: str = ""
    downloads: tuple[tuple[str, str], ...] = ()


def write_site(site: Site, folder: Path) -> None:
    """Write the pages and their assets into *folder*."""
    for name, pattern in ASSETS:
        target = folder / "assets" / name
        target.mkdir(parents=True, exist_ok=True)
        for file in sorted((site.theme / name).glob(pattern)):
            shutil.copyfile(file, target / file.name)
    write_index(site.pages, folder / "assets")
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
        "classe_page": f"page-{escape(page.stem)}{' brouillon' if site.draft else ''}",
        "brouillon": DRAFT if site.draft else "",
        "partage": head.shared(config, page, full, draft=site.draft),
        "racine": "",
        "styles": head.sheet(head.MAIN_SHEET),
        "scripts": _scripts(site.theme),
        "liens_tete": head.links(before, after, head.address(config, page, draft=site.draft)),
        "bandeau": BANNER.format(link=about) if site.reconstructed else "",
        "barre_laterale": navigation.sidebar(site.pages, page, parts),
        "sommaire": navigation.contents(page.headings),
        "ouverture": "" if rank else _opening(site),
        "contenu": page.html,
        "precedent": navigation.neighbour(before, "prev", "precedent", "Précédent"),
        "suivant": navigation.neighbour(after, "next", "suivant", "Suivant"),
        "cartes": _cards(site, page),
        "lien_pdf": _pdf_link(site),
        "pied": site.footer,
    }


def _pdf_link(site: Site) -> str:
    return f'<a href="{escape(site.pdf)}">Télécharger le PDF</a>' if site.pdf else ""


def _opening(site: Site) -> str:
    """Return what a cover says and offers; the page's h1 stays the chapter's."""
    config = site.config
    day = french_date(config.date).replace(" ", NBSP)
    said = " · ".join(filter(None, (", ".join(config.authors), day)))
    lines = {
        "titre-livre": escape(french(config.title)),
        "sous-titre-livre": escape(french(config.subtitle)),
        "auteurs": escape(french(said)),
    }
    shown = "".join(f'<p class="{css}">{line}</p>' for css, line in lines.items() if line)
    items = "".join(f"<li>{link}</li>" for link in _offers(site))
    offers = f'<ul class="ouverture-liens">{items}</ul>' if items else ""
    return f'<header class="ouverture">{shown}{offers}{_cited(site)}</header>'


def _offers(site: Site) -> Iterator[str]:
    """Yield the links to what a reader may take away or check."""
    if site.pdf:
        yield _pdf_link(site)
    for address, words in site.downloads:
        yield f'<a href="{escape(address)}">{escape(words)}</a>'
    if site.verification:
        yield f'<a href="{escape(site.verification)}">Vérifications</a>'
    if any(page.stem == REGISTER for page in site.pages):
        yield f'<a href="{REGISTER}.html">Registre des chiffres</a>'
    if site.reconstructed:
        yield f'<a href="{CODEBOOK}">Données</a>'


def _cited(site: Site) -> str:
    """Return the citation of the whole edition, folded: selectable without a script."""
    config = site.config
    if not config.date:
        return ""
    parts = (", ".join(config.authors), config.title, config.subtitle)
    named = ". ".join(french(part) for part in parts if part)
    text = escape(f"{named}. {french_date(config.date)}. index.html")
    return (
        '<details class="citer-livre"><summary>Citer cette édition</summary>'
        f'<p>{text}</p><p><button type="button" class="citer" hidden '
        f'data-citation="{text}" data-lien="index.html">Copier</button> '
        '<span class="carte-avis" role="status"></span></p></details>'
    )


@cache
def _scripts(theme: Path) -> str:
    files = sorted((theme / "js").glob("*.js"))
    return "\n".join(f'<script defer src="assets/js/{file.name}"></script>' for file in files)


def _cards(site: Site, page: Page) -> str:
    """Return the card of each figure that the page prints, in order of first print."""
    shown = dict.fromkeys(place.figure for place in page.prints)
    found = [site.entries.get((page.stem, figure)) for figure in shown]
    edition = Edition(
        title=french(site.config.title),
        date=french_date(site.config.date),
        register=any(other.stem == REGISTER for other in site.pages),
        data=PACKAGE if site.reconstructed else "",
    )
    known = [orjson.dumps(entry) for entry in found if entry is not None]
    return "\n".join(_card(entry, edition) for entry in known)


@lru_cache(maxsize=2048)  # the next build of the same process prints nearly all of them again
def _card(entry: bytes, edition: Edition) -> str:
    return card(orjson.loads(entry), edition)
