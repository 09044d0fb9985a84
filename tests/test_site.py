from __future__ import annotations

import hashlib
import json
import re
import struct
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rendered import CHART, SVG, THEME, book_of, output, svg
from small_book import cell, make_book, write
from test_cards import entry

from edition import assemble, datasets, pages, provenance, site
from edition.build import Options, build
from edition.config import Config
from edition.lists import lists_page
from enquete.errors import EnqueteError
from enquete.provenance import SCHEMA

DATA = (
    "::: {.lecture}\nLecture : `{python} a`.\n:::\n\n::: {.donnees}\n"
    '| Réponse | Part |\n|:--|--:|\n| Oui | [59&#160;%]{.chiffre chiffre="p1"} |\n'
    "| =1+1 | détail non publié |\n:::\n"
)
CHAPTERS = {
    "index.qmd": "# L'essai {.unnumbered #sec-essai}\n\nIl y a `{python} p1` et encore "
    "`{python} p1`.[^1] Vrai ? Voir @fig-x et [le profil](chapters/profil.qmd).\n\n"
    "[^1]: Une note.\n",
    "chapters/un.qmd": "# Partie {#sec-un}\n\n## Une section\n\nIci `{python} p1`.\n\n"
    + cell("c", "label: fig-x", 'fig-cap: "Un titre"', 'fig-alt: "Des barres & des points"')
    + "\n### Plus bas\n\n## Une autre\n\n"
    + cell("t", "label: tbl-x", 'tbl-cap: "Les métiers"')
    + "\n::: {.callout-note collapse=true}\n## Repli\nTexte.\n:::\n",
    "chapters/profil.qmd": "# Profil\n\nTexte.\n",
    "chapters/registre.qmd": "# Registre\n\n| N° | Où |\n|--|--|\n"
    "| [1]{#reg-p1} | [phrase](#chiffre-p1) |\n| [2]{#reg-p2} | [phrase](#chiffre-p2) |\n"
    "| [3]{#reg-p3} | [phrase](#chiffre-p3) |\n",
}
APPENDICES = ("chapters/profil.qmd", "chapters/registre.qmd")
WIDE = '<svg class="graphique" role="img" viewBox="0 0 9 9"><text data-chiffre="p2">1</text></svg>'
OUTPUTS = {
    "fig-x": [svg(WIDE), output(text_markdown=DATA.replace("`{python} a`", "oui"))],
    "tbl-x": [
        output(
            text_html='<table><thead><tr><th>A</th></tr></thead><tr><td><span class="chiffre" '
            'data-chiffre="p1">59&nbsp;%</span></td></tr></table>'
        )
    ],
}


def ledger(chapter: str, ident: str) -> dict[str, Any]:
    return entry(id=ident, chapter=chapter)


ENTRIES = [ledger("index", "p1"), ledger("un", "p1"), ledger("un", "p2"), ledger("un", "p3")]


def made(root: Path, theme: Path = THEME) -> tuple[Path, tuple[pages.Page, ...]]:
    """Write the site of the book above into a folder."""
    book, config = book_of(root, CHAPTERS, OUTPUTS, appendices=APPENDICES, lang="fr")
    work, folder = root / "atelier", root / "site"
    work.mkdir()
    folder.mkdir()
    assemble.write_pictures(book, work)
    html = assemble.render(book, "html", config, THEME, work)
    kinds = {item.stem: item.kind for item in config.entries}
    cut = datasets.write(pages.cut(html, kinds, book.pictures), folder, reconstructed=True)
    lists = lists_page(cut)
    assert lists is not None
    whole = (*cut, lists)
    entries = provenance.by_figure(provenance.located(ENTRIES, whole))
    site.write_site(
        site.Site(config, theme, whole, entries, reconstructed=True, pdf="rapport.pdf"), folder
    )
    return folder, whole


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("livre"))[0]


@pytest.fixture(scope="module")
def texts(folder: Path) -> dict[str, str]:
    return {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.html"))}


class Document(HTMLParser):
    """Collect what the checks need, and raise on tags closed out of turn."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input", "path", "rect", "col"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.tags: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                (self.links if tag == "a" else self.sources).append(value or "")
            elif name == "src":
                self.sources.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_there_is_one_flat_page_a_chapter(texts: dict[str, str]) -> None:
    assert list(texts) == ["figures-tableaux", "index", "profil", "registre", "un"]


def test_pages_are_sound(texts: dict[str, str]) -> None:
    for text in texts.values():
        page = Document(text)
        assert len(page.ids) == len(set(page.ids))
        assert page.tags.count("h1") == 1
        assert page.tags.count("main") == 1
        assert '<html lang="fr"' in text


def test_every_link_and_file_of_the_site_exists(folder: Path, texts: dict[str, str]) -> None:
    ids = {f"{stem}.html": set(Document(text).ids) for stem, text in texts.items()}
    later = ("rapport.pdf", "notebooks/", "provenance.json", "donnees/")
    for stem, text in texts.items():
        page = Document(text)
        for link in [*page.links, *page.sources]:
            file, _, anchor = link.partition("#")
            assert not re.match(r"[a-z]+:", link), f"{stem}: {link}"
            if file.startswith(later):
                continue
            assert file == "" or (folder / file).is_file(), f"{stem}: {link}"
            if anchor and anchor != "contenu":
                assert anchor in ids[file or f"{stem}.html"], f"{stem}: {link}"


def test_links_cross_pages_and_stay_short_inside_one(texts: dict[str, str]) -> None:
    assert 'href="un.html#fig-x" class="renvoi"' in texts["index"]
    assert 'href="profil.html#profil"' in texts["index"]
    assert 'href="#appel-index-1"' in texts["index"]


def test_a_number_opens_its_card_and_carries_its_id(texts: dict[str, str]) -> None:
    assert re.findall(r'<button type="button" class="chiffre" id="([^"]+)"', texts["index"]) == [
        *("chiffre-p1", "chiffre-p1-2"),
    ]
    assert texts["index"].count('id="carte-p1"') == 1
    assert 'data-chiffre="p1" popovertarget="carte-p1"' in texts["index"]
    assert "popovertarget" not in texts["profil"]


def test_a_number_in_a_table_is_a_button_too(texts: dict[str, str]) -> None:
    table = texts["un"][texts["un"].index('id="tbl-x"') :]
    assert re.search(r'<button [^>]*data-chiffre="p1"[^>]*>59\xa0%</button>', table)


def test_the_register_links_to_the_sentence_or_to_the_chart(texts: dict[str, str]) -> None:
    assert 'href="index.html#chiffre-p1"' in texts["registre"]
    assert re.search(r'href="un\.html#fig-x"[^>]*>Figure\xa01\.1<', texts["registre"])
    assert '<span id="reg-p3">3</span></td>\n<td>—</td>' in texts["registre"].replace(
        ' style="text-align: left;"', ""
    )


def test_a_chart_stands_in_the_page_with_its_alternative(texts: dict[str, str]) -> None:
    chart = re.search(r'<figure class="figure" id="fig-x">.*?</figure>', texts["un"], re.DOTALL)
    assert chart is not None
    assert chart[0].count('<svg role="img" aria-label="Des barres &amp; des points"') == 2
    assert "<img" not in chart[0]
    order = [
        "<figcaption>",
        "<svg",
        'class="lecture"',
        "<details",
        "<table",
        "fig-x-reconstitue.csv",
    ]
    assert [chart[0].index(piece) for piece in order] == sorted(map(chart[0].index, order))


def test_the_chart_s_data_are_a_file_that_says_where_it_comes_from(folder: Path) -> None:
    """No comment line, that would be a row; the file's name says what the answers are."""
    assert (folder / "donnees" / "fig-x-reconstitue.csv").read_bytes().decode() == (
        "Réponse,Part,chiffre\nOui,59\u00a0%,p1\n'=1+1,détail non publié,\n"
    )


def test_header_cells_say_what_they_head(texts: dict[str, str]) -> None:
    for text in texts.values():
        assert not re.search(r"<th(?![^>]*scope=)[\s>]", text)


def test_the_sidebar_marks_the_page_and_parts_the_appendices(texts: dict[str, str]) -> None:
    text = texts["un"]
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', text) == ["un.html", "un.html"]
    side = text[text.index('<ol class="chapitres">') : text.index('<ol class="chapitres listes">')]
    assert re.findall(r'href="([^"]+)"', side) == [
        *("index.html", "un.html", "profil.html", "registre.html"),
    ]
    assert '<span class="numero-section">A</span> Profil' in side


def test_the_sidebar_groups_the_chapters_of_a_part(tmp_path: Path) -> None:
    chapters = {"index.qmd": "# D\n", "a.qmd": "# A\n", "b.qmd": "# B\n", "c.qmd": "# C\n"}
    book, config = book_of(tmp_path, chapters, parts={"a.qmd": "L'un & l'autre", "b.qmd": "Fin"})
    html = assemble.render(book, "html", config, THEME, tmp_path)
    folder = tmp_path / "site"
    site.write_site(site.Site(config, THEME, pages.cut(html, {}, ()), {}, False), folder)
    text = (folder / "index.html").read_text("utf-8")
    shown = re.findall(r'chapitres-titre">([^<]*)<|</span> (\w)</a></li>', text)
    assert [part or chapter for part, chapter in shown][:6] == [
        *("D", "L’un &amp; l’autre", "A", "Fin", "B", "C"),
    ]


def test_the_page_s_contents_nest_its_sections(texts: dict[str, str]) -> None:
    assert (
        '<ol class="sommaire"><li><a href="#une-section"><span class="numero-section">1.1</span> '
        'Une section</a><ol><li><a href="#plus-bas"><span class="numero-section">1.1.1</span> '
        'Plus bas</a></li></ol></li><li><a href="#une-autre"><span class="numero-section">1.2'
        "</span> Une autre</a></li></ol>"
    ) in texts["un"]
    assert '<ol class="sommaire">' not in texts["profil"]


def test_neighbours_follow_the_order_of_the_book(texts: dict[str, str]) -> None:
    assert re.findall(r'<a rel="(\w+)" class="\w+" href="([^"]+)"', texts["un"]) == [
        *(("prev", "index.html"), ("next", "profil.html")),
    ]
    assert 'rel="prev"' not in texts["index"]


def test_the_first_page_alone_opens_as_a_cover(tmp_path: Path) -> None:
    chapters = {"index.qmd": "# L'essai\n", "chapters/un.qmd": "# Un\n"}
    book, config = book_of(tmp_path, chapters)
    config = replace(
        config, title="L'été", subtitle="Essai & suite", authors=("D'Ys",), date="2026-11-01"
    )
    html = assemble.render(book, "html", config, THEME, tmp_path)
    cut = pages.cut(html, {}, ())
    site.write_site(site.Site(config, THEME, cut, {}, False, pdf="r.pdf"), tmp_path)
    first, second = ((tmp_path / page.file).read_text("utf-8") for page in cut)
    assert (
        '<header class="ouverture"><p class="titre-livre">L’été</p>'
        '<p class="sous-titre-livre">Essai &amp; suite</p>'
        '<p class="auteurs">D’Ys · 1er\u00a0novembre\u00a02026</p>'
        '<ul class="ouverture-liens"><li><a href="r.pdf">Télécharger le PDF</a></li></ul>'
    ) in first
    assert "<p>D’Ys. L’été. Essai &amp; suite. 1er novembre 2026. index.html</p>" in first
    assert first.index("ouverture") < first.index("<h1")
    assert "ouverture" not in second


def test_the_bibliography_parts_a_note_from_its_address(tmp_path: Path) -> None:
    write(
        tmp_path,
        "references.bib",
        "@article{a, author={B, C.}, title={T}, journal={J}, year={2019}, "
        "url={https://a.fr/1}, note={Enquête en 2024 ; à vérifier}}\n",
    )
    style = str(THEME / "csl" / "iso690-author-date-fr.csl")
    chapters = {"index.qmd": "# D\n\nSelon @a.\n"}
    options = {"bibliography": ("references.bib",), "csl": style, "lang": "fr"}
    book, config = book_of(tmp_path, chapters, **options)
    html = assemble.render(book, "html", config, THEME, tmp_path)
    assert "</a> [Enquête en 2024\u202f; à vérifier]" in html
    typst = assemble.render(book, "typst", config, THEME, tmp_path)
    assert '#link("https://a.fr/1") \\[Enquête en 2024\u202f\\; à vérifier\\]' in typst


def test_the_banner_says_that_answers_are_reconstructed(texts: dict[str, str]) -> None:
    for text in texts.values():
        assert "<strong>Données reconstituées</strong>" in text


def test_the_register_finds_a_number_that_only_a_table_prints(tmp_path: Path) -> None:
    table = '<table><tr><td><span data-chiffre="p3">1</span></td></tr></table>'
    chapters = {
        "index.qmd": "# D\n\n" + cell("t", "label: t"),
        "chapters/registre.qmd": CHAPTERS["chapters/registre.qmd"],
    }
    book, config = book_of(tmp_path, chapters, {"t": [output(text_html=table)]})
    html = assemble.render(book, "html", config, THEME, tmp_path)
    assert 'href="#chiffre-p3"' in html


def test_the_banner_leads_to_what_it_means(tmp_path: Path) -> None:
    page = pages.Page("i", "i.html", "chapter", "", pages.Heading(1, "i", "", "I"), (), ())
    told = site.Site(
        plain_book(tmp_path), THEME, (page,), {}, True, about_data="i.html#donnees-reconstituees"
    )
    site.write_site(told, tmp_path)
    text = (tmp_path / "i.html").read_text("utf-8")
    assert '<a href="i.html#donnees-reconstituees">Ce que cela change</a></p></div>' in text


def one_page(root: Path, **changes: Any) -> str:
    """Return the first page of a site of one page, built with *changes*."""
    page = pages.Page("i", "index.html", "chapter", "", pages.Heading(1, "i", "", "I"), (), ())
    config = replace(plain_book(root), **changes.pop("config", {}))
    site.write_site(site.Site(config, THEME, (page,), {}, False, **changes), root)
    return (root / "index.html").read_text("utf-8")


def test_a_draft_says_so_on_every_page_and_to_search_engines(tmp_path: Path) -> None:
    draft = one_page(tmp_path, draft=True, config={"site_url": "https://exemple.org/"})
    assert '<body class="page-i brouillon">' in draft
    assert "Brouillon – ne pas diffuser." in draft
    assert '<meta name="robots" content="noindex">' in draft
    assert "canonical" not in draft
    fit = one_page(tmp_path)
    assert "rouillon" not in fit
    assert "noindex" not in fit


def test_public_addresses_come_with_the_site_s_own(tmp_path: Path) -> None:
    known = one_page(tmp_path, config={"site_url": "https://exemple.org/rapport/"})
    assert '<link rel="canonical" href="https://exemple.org/rapport/">' in known
    assert '<meta property="og:url" content="https://exemple.org/rapport/">' in known
    picture = "https://exemple.org/rapport/assets/images/partage.png"
    assert f'<meta property="og:image" content="{picture}">' in known
    unknown = one_page(tmp_path)
    assert "canonical" not in unknown
    assert "og:url" not in unknown
    assert '<meta property="og:image" content="assets/images/partage.png">' in unknown


def test_the_preview_picture_has_the_size_it_claims_and_no_figure(tmp_path: Path) -> None:
    picture = (THEME / "images" / "partage.png").read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)
    text = one_page(tmp_path)
    assert '<meta property="og:image:width" content="1200">' in text
    assert '<meta property="og:image:height" content="630">' in text
    assert (tmp_path / "assets" / "images" / "partage.png").read_bytes() == picture
    source = (THEME / "images" / "fabriquer.py").read_text("utf-8")
    assert not re.search(r"\d\s*%", source.replace("100%", ""))


def test_the_cover_offers_what_was_made_and_nothing_else(tmp_path: Path) -> None:
    full = one_page(
        tmp_path, pdf="r.pdf", verification="v.html", downloads=(("r.epub", "EPUB"),),
    )  # fmt: skip
    links = full.split('class="ouverture-liens"')[1].split("</ul>")[0]
    assert re.findall(r'href="([^"]+)"', links) == ["r.pdf", "r.epub", "v.html"]
    assert "ouverture-liens" not in one_page(tmp_path)


def test_the_lists_name_every_figure_and_table(texts: dict[str, str]) -> None:
    found = re.search(r'<ul class="liste-legendes">.*</ul>', texts["figures-tableaux"], re.DOTALL)
    assert found is not None
    assert re.findall(
        r'href="([^"]+)"><span class="legende-numero">([^<]+)</span> '
        r'<span class="legende-titre">([^<]+)<',
        found[0],
    ) == [
        ("un.html#fig-x", "Figure 1.1", "Un titre"),
        ("un.html#tbl-x", "Tableau 1.1", "Les métiers"),
    ]


def test_a_callout_that_folds_is_a_disclosure(texts: dict[str, str]) -> None:
    assert re.search(
        r'<details class="encadre encadre-note">\s*<summary class="encadre-titre">Repli</summary>',
        texts["un"],
    )


def test_two_renderings_give_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        folder, _ = made(tmp_path / name)
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        digests.append([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])
    assert digests[0] == digests[1] == digests[2]


def test_a_field_that_the_template_invents_is_an_error(tmp_path: Path) -> None:
    theme = tmp_path / "theme"
    write(theme, "html/page.html", "<p>$titre_livre $inconnu</p>")
    with pytest.raises(EnqueteError) as caught:
        made(tmp_path, theme)
    assert caught.value.ou == "theme/html/page.html"


def test_entries_find_the_anchor_of_their_first_print(tmp_path: Path) -> None:
    _, whole = made(tmp_path)
    anchors = {
        (found["chapter"], found["id"]): found["anchor"]
        for found in provenance.located(ENTRIES, whole)
    }
    assert anchors == {
        ("index", "p1"): "chiffre-p1",
        ("un", "p1"): "chiffre-p1",
        ("un", "p2"): "fig-x",
        ("un", "p3"): "reg-p3",
    }


# The whole build, on books that run no code.


def plain_book(root: Path, text: str = "# Début\n\nTexte.\n") -> Config:
    return make_book(root, {"index.qmd": text})


def built(config: Config, **options: Any) -> Path:
    return build(config, Options(theme=THEME, **options)).output


def test_the_build_gives_site_pdf_ledger_and_notebooks(tmp_path: Path) -> None:
    output = built(plain_book(tmp_path))
    names = sorted(file.name for file in output.iterdir())
    assert names == [
        *("assets", "index.html", "manifeste.json", "notebooks", "provenance.json"),
        *("rapport.pdf", "ro-crate-metadata.json"),
    ]
    assert (output / "notebooks" / "index.ipynb").is_file()
    ledger_file = json.loads((output / "provenance.json").read_text("utf-8"))
    jsonschema.validate(ledger_file, json.loads(SCHEMA.read_text("utf-8")))


@pytest.mark.parametrize("formats", [("html",), ("typst",)])
def test_one_format_alone_can_be_built(tmp_path: Path, formats: tuple[str, ...]) -> None:
    output = built(plain_book(tmp_path), formats=formats)
    assert (output / "index.html").exists() == ("html" in formats)
    assert (output / "rapport.pdf").exists() == ("typst" in formats)


@pytest.mark.parametrize(
    "broken",
    [
        "# Début\n\n@fig-rien\n",
        "# Début\n\n```{python}\n1 / 0\n```\n",
        "# Début\n\n[]{#a}[]{#a}\n",
        '# Début\n\n`#read("/etc/hostname")`{=typst}\n',
    ],
)
def test_an_error_leaves_the_previous_book_whole(tmp_path: Path, broken: str) -> None:
    output = built(plain_book(tmp_path))
    before = {file: file.read_bytes() for file in output.rglob("*") if file.is_file()}
    with pytest.raises(EnqueteError):
        built(plain_book(tmp_path, broken))
    after = {file: file.read_bytes() for file in output.rglob("*") if file.is_file()}
    assert after == before
    assert not list(tmp_path.glob("_book.*"))


def test_a_number_that_no_ledger_knows_names_its_line(tmp_path: Path) -> None:
    book_of(tmp_path, {"index.qmd": "# D\n"})
    from rendered import executed

    run = executed("# D\n\nUn `{python} p1`.\n\nDeux `{python} p9`.\n", "index.qmd", {})
    with pytest.raises(EnqueteError) as caught:
        provenance.check_prints([run], provenance.by_figure([ledger("index", "p1")]))
    assert caught.value.ou == "index.qmd:5"
    assert "p9" in caught.value.quoi


def test_a_filter_that_only_quarto_would_run_is_refused(tmp_path: Path) -> None:
    config = replace(plain_book(tmp_path), filters=("theme/filtres/chiffres.lua", "autre.lua"))
    with pytest.raises(EnqueteError, match=r"autre\.lua"):
        built(config)


def test_the_data_package_goes_with_the_book(tmp_path: Path) -> None:
    listed = [{"name": name, "path": f"{name}.csv"} for name in ("reponses", "absent")]
    package = json.dumps({"resources": listed})
    write(tmp_path, "data/datapackage.json", package)
    write(tmp_path, "data/reponses.csv", "id\nR0001\n")
    write(tmp_path, "data/verbatims.csv", "secret\n")
    datasets.copy_package(tmp_path / "data", tmp_path / "livre")
    names = sorted(file.name for file in (tmp_path / "livre/donnees/enquete").iterdir())
    assert names == ["datapackage.json", "reponses.csv"]


def test_a_plain_svg_stays_an_image_file(tmp_path: Path) -> None:
    assert CHART not in svg()["data"]
    book, config = book_of(
        tmp_path,
        {"index.qmd": CHAPTERS["chapters/un.qmd"]},
        {
            "fig-x": [svg()],
            "tbl-x": OUTPUTS["tbl-x"],
        },
    )
    work = tmp_path / "atelier"
    assemble.write_pictures(book, work)
    html = assemble.render(book, "html", config, THEME, work)
    page = pages.cut(html, {}, book.pictures)[0]
    assert '<img src="figures/fig-x.svg" alt="Des barres &amp; des points">' in page.html
    assert (work / "figures" / "fig-x.svg").read_text("utf-8") == SVG


def page_of(root: Path, text: str) -> str:
    book, config = book_of(root, {"index.qmd": text}, lang="fr")
    return assemble.render(book, "html", config, THEME, root)


@pytest.mark.parametrize(
    ("text", "glued"),
    [
        ("le monde (`{python} p1`), oui", "(59\u00a0%),"),
        ("un `{python} p1`, oui", "59\u00a0%,"),
        ("vrai « `{python} p1` » oui", "«\u00a059\u00a0%\u00a0»"),
        ("près d'`{python} p1` oui", "d’59\u00a0%"),
        ("et `{python} p1`[^1] oui\n\n[^1]: Note.", "59\u00a0%1"),
        ("**gras** `{python} p1`.", "59\u00a0%."),
    ],
)
def test_a_number_never_parts_from_the_signs_that_touch_it(
    tmp_path: Path, text: str, glued: str
) -> None:
    html = page_of(tmp_path, f"# D\n\n{text}\n")
    found = re.search(r'<span class="insecable">(.*?</button>.*?)</span>', html, re.DOTALL)
    assert found is not None
    assert pages.text_of(found[1]) == glued


def test_a_number_between_spaces_needs_no_glue(tmp_path: Path) -> None:
    html = page_of(tmp_path, "# D\n\nEnviron `{python} p1` oui, **`{python} p1`**\n")
    assert "insecable" not in html
    assert html.count("</button>") == 2
