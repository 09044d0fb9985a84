from __future__ import annotations

import re
from pathlib import Path

import pytest
from rendered import book_of, output, rendered, svg
from small_book import cell, chapters_of, make_book

from edition import lint
from enquete.errors import EnqueteError, EnqueteErrors

PATHS = ("index.qmd", "chapters/un.qmd", "chapters/deux.qmd", "chapters/a.qmd", "chapters/b.qmd")
CHART = cell("c", "label: fig-x", 'fig-cap: "Un titre"', 'fig-alt: "Des barres"')
OTHER = cell("c", "label: fig-y", 'fig-cap: "Un autre"', 'fig-alt: "Des points"')
TABLE = cell("t", "label: tbl-x", 'tbl-cap: "Un tableau"')
OUTPUTS = {
    "fig-x": [svg()],
    "fig-y": [svg()],
    "tbl-x": [output(text_html="<table><tr><td>a</td></tr></table>")],
}
BOOK = {
    "index.qmd": "# Intro {.unnumbered}\n\n## Ici\n\nVoir @fig-x, @sec-un, @sec-deux-b, @sec-b.\n",
    "chapters/un.qmd": f"# Un {{#sec-un}}\n\n## A\n\n{CHART}\n\n### B\n\n{OTHER}\n\n{TABLE}\n",
    "chapters/deux.qmd": "# Deux\n\n## A\n\n### C\n\n## B {#sec-deux-b}\n\n### D\n\n"
    ": Main {#tbl-main}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nSelon @Tbl-main et [-@tbl-x].\n",
    "chapters/a.qmd": "# Annexe un\n\n## Z {#sec-z}\n",
    "chapters/b.qmd": "# Annexe deux {#sec-b}\n\nVoir @sec-z, [la partie @sec-un], @sec-un.\n",
}
APPENDICES = ("chapters/a.qmd", "chapters/b.qmd")


OPTIONS = {
    "appendices": APPENDICES,
    "crossref": {"fig-prefix": "figure", "sec-prefix": "section", "tbl-prefix": "tableau"},
}


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    return rendered(tmp_path_factory.mktemp("livre"), "html", BOOK, OUTPUTS, **OPTIONS)


@pytest.fixture(scope="module")
def typst(tmp_path_factory: pytest.TempPathFactory) -> str:
    return rendered(tmp_path_factory.mktemp("livre"), "typst", BOOK, OUTPUTS, **OPTIONS)


def links(html: str) -> list[tuple[str, str]]:
    found = re.findall(r'<a href="(#[^"]+)" class="renvoi">([^<]*)</a>', html)
    return [(target, words.replace("\u00a0", "~")) for target, words in found]


def test_references_read_their_number_in_french(html: str) -> None:
    assert links(html) == [
        ("#fig-x", "figure~1.1"),
        ("#sec-un", "Chapitre~1"),
        ("#sec-deux-b", "section~2.2"),
        ("#sec-b", "Annexe~B"),
        ("#tbl-main", "Tableau~2.1"),
        ("#tbl-x", "1.1"),
        ("#sec-z", "section~A.1"),
        ("#sec-un", "la partie~1"),
        ("#sec-un", "Chapitre~1"),
    ]


def test_titles_are_numbered_by_chapter_and_lettered_in_appendices(html: str) -> None:
    numbers = re.findall(r'<span class="numero-section">([^<]*)</span>', html)
    assert numbers == [
        *("1", "1.1", "1.1.1", "2", "2.1", "2.1.1", "2.2", "2.2.1"),
        *("Annexe\u00a0A", "A.1", "Annexe\u00a0B"),
    ]


def test_a_chapter_can_be_called_a_part(tmp_path: Path) -> None:
    named = {**OPTIONS, "crossref": {**OPTIONS["crossref"], "ch-prefix": "partie"}}
    html = rendered(tmp_path, "html", BOOK, OUTPUTS, **named)
    assert [words for target, words in links(html) if target == "#sec-un"] == [
        *("partie~1", "la partie~1", "partie~1"),
    ]
    titles = re.findall(r'<h1[^>]*><span class="numero-section">([^<]*)</span>', html)
    assert titles == ["Partie\u00a01", "Partie\u00a02", "Annexe\u00a0A", "Annexe\u00a0B"]


def test_a_part_opens_with_its_sections_on_paper(typst: str) -> None:
    openers = re.findall(r"^= (.*)\n(?:<[^>]*>\n)?\s*(#sections-de-la-partie\(.*\))?", typst, re.M)
    assert openers == [
        ("Un", "#sections-de-la-partie(attendues: 1)"),
        ("Deux", "#sections-de-la-partie(attendues: 2)"),
        *(("Annexe un", ""), ("Annexe deux", "")),
    ]


def test_captions_carry_the_same_numbers_in_both_formats(html: str, typst: str) -> None:
    assert re.findall(r'class="legende-numero">([^<]*)<', html) == [
        *("Figure 1.1", "Figure 1.2", "Tableau 1.1", "Tableau 2.1"),
    ]
    assert re.findall(r'supplement: "(\w+)", numbering: _ => "([\d.]+)"\) <([\w-]+)>', typst) == [
        ("Figure", "1.1", "fig-x"),
        ("Figure", "1.2", "fig-y"),
        ("Tableau", "1.1", "tbl-x"),
        ("Tableau", "2.1", "tbl-main"),
    ]


def test_typst_says_every_reference_like_the_site(html: str, typst: str) -> None:
    said = re.findall(r"#link\(<((?:fig|tbl|sec)-[\w-]+)>\)\[([^\]]*)\]", typst)
    assert [(f"#{target}", words) for target, words in said] == links(html)


def test_appendices_start_once_in_typst(typst: str) -> None:
    assert typst.count("#show: appendices.with(") == 1
    assert typst.index("#show: appendices.with(") < typst.index("= Annexe un")


def test_a_part_opens_before_its_first_chapter(tmp_path: Path) -> None:
    chapters = {"index.qmd": "# D\n", "a.qmd": "# A\n", "b.qmd": "# B\n", "c.qmd": "# C\n"}
    parts = {"a.qmd": "L'un & l'autre", "b.qmd": "L'un & l'autre", "c.qmd": "Fin"}
    typst = rendered(tmp_path, "typst", chapters, parts=parts)
    order = [typst.index(piece) for piece in ("= D", "#part[L’un & l’autre]", "= A", "#part[Fin]")]
    assert order == sorted(order)
    assert typst.count("#part[") == 2


def test_a_markdown_table_has_its_caption_in_a_caption(html: str) -> None:
    assert re.search(r"<caption><span id=\"tbl-main-legende\">.*Main", html)
    assert re.search(r"<table><caption id=\"tbl-x-legende\">.*Un tableau", html)


@pytest.mark.parametrize(
    ("index", "line", "words"),
    [
        ("# D\n\nOui.\nVoir @fig-rien.\n", 4, "@fig-rien"),
        ("# D\n\n[ici](#sec-rien)\n", 3, "#sec-rien"),
        ("# D\n\nSelon @dupond.\n", 3, "@dupond"),
        ("# D\n\nSelon [voir @dupond, p. 3].\n", 3, "@dupond"),
        ("# D\n\n[ici](chapters/zut.qmd)\n", 3, "chapters/zut.qmd"),
        ("# D\n\n![](rien.svg)\n", 3, "texte de remplacement"),
        ("# D\n\n![](rien.svg){fig-alt='x'}\n", 3, "rien.svg"),
        ("# D\n\n![Titre](i.svg){#fig-a}\n", 3, "texte de remplacement"),
        ('# D\n\n![](i.svg){#fig-a fig-alt="b"}\n', 3, "titre"),
        ("# D\n\n## A {#sec-a}\n\n## B {#sec-a}\n", 5, "sec-a"),
    ],
)
def test_a_fault_names_its_file_and_line(tmp_path: Path, index: str, line: int, words: str) -> None:
    (tmp_path / "i.svg").write_text("<svg/>", "utf-8")
    config = make_book(tmp_path, {"index.qmd": index})
    with pytest.raises(EnqueteError) as caught:
        lint.lint(chapters_of(config), config)
    problems = getattr(caught.value, "problems", (caught.value,))
    assert any(one.ou == f"index.qmd:{line}" and words in one.quoi for one in problems)


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    config = make_book(
        tmp_path,
        {"index.qmd": "# D\n\n@fig-a\n\n@clef\n", "chapters/un.qmd": "# Un\n\n@tbl-b\n"},
    )
    with pytest.raises(EnqueteErrors) as caught:
        lint.lint(chapters_of(config), config)
    assert [one.ou for one in caught.value.problems] == [
        *("index.qmd:3", "index.qmd:5", "chapters/un.qmd:3"),
    ]


def test_an_unknown_reference_suggests_the_nearest(tmp_path: Path) -> None:
    config = make_book(tmp_path, {"index.qmd": "# D {#sec-debut}\n\n@sec-debit\n"})
    with pytest.raises(EnqueteError, match="sec-debut"):
        lint.lint(chapters_of(config), config)


@pytest.mark.parametrize(
    "harmless",
    [
        "`@fig-rien` et a@b.fr et \\@mot",
        "```\n@fig-rien ![](rien.svg)\n```",
        "<!-- @fig-rien -->",
        "<https://a.fr/@nom>",
        "[texte](https://a.fr/#sec-rien)",
    ],
)
def test_code_comments_and_addresses_are_not_references(tmp_path: Path, harmless: str) -> None:
    config = make_book(tmp_path, {"index.qmd": f"# D\n\n{harmless}\n"})
    lint.lint(chapters_of(config), config)


@pytest.mark.parametrize(
    ("index", "words"),
    [
        ("# D\n\nVoir @fig-rien.\n", "Renvoi inconnu : @fig-rien"),
        ("# D {.unnumbered #sec-d}\n\nVoir @sec-d.\n", "sans numéro : @sec-d"),
        ("# D\n\nSelon @clef.\n", "inconnue : @clef"),
        ("# D\n\n# E\n", "Deuxième titre"),
        ("Rien.\n", "sans titre"),
        ("# D\n\n![](i.svg)\n", "texte de remplacement : i.svg"),
        ("# D\n\n[]{#a} []{#a}\n", "deux fois : a"),
        ("# D\n\n[ici](#nulle-part)\n", "n'existe pas : #nulle-part"),
    ],
)
def test_the_filters_find_what_only_the_whole_book_shows(
    tmp_path: Path, index: str, words: str
) -> None:
    with pytest.raises(EnqueteError) as caught:
        rendered(tmp_path, "html", {"index.qmd": index})
    assert words in caught.value.quoi


def test_an_open_block_is_refused_before_it_swallows_the_next_chapter(tmp_path: Path) -> None:
    with pytest.raises(EnqueteError, match="jamais refermé"):
        rendered(
            tmp_path, "html", {"index.qmd": "# D\n\n::: {.note}\n", "chapters/un.qmd": "# U\n"}
        )


def test_notes_of_two_chapters_keep_their_own_text(tmp_path: Path) -> None:
    chapters = {
        "index.qmd": "# D\n\nMot[^1]\n\n[^1]: Premier.\n",
        "chapters/un.qmd": "# U\n\nMot[^1] `[^1]`\n\n[^1]: Second.\n",
    }
    html = rendered(tmp_path, "html", chapters)
    first, second = html.split("<!--edition:chapitre un-->")
    assert "Premier." in first
    assert "Second." in second
    assert 'href="#note-un-1"' in second
    assert "<code>[^1]</code>" in second


def test_without_cards_a_number_is_a_link_to_its_line(tmp_path: Path) -> None:
    chapters = {"index.qmd": "# D\n\n`{python} p1`\n", "registre.qmd": "# R\n\n[1]{#reg-p1}\n"}
    html = rendered(tmp_path, "html", chapters, cards=False)
    assert re.findall(r"<a [^>]*chiffre[^>]*>", html) == [
        '<a href="registre.html#reg-p1" id="chiffre-p1" class="chiffre" data-chiffre="p1">'
    ]


def test_without_register_a_number_is_no_link(tmp_path: Path) -> None:
    chapters = {"index.qmd": "# D\n\n`{python} p1` puis `{python} p1`\n"}
    html = rendered(tmp_path, "html", chapters, cards=False)
    assert re.findall(r"<span [^>]*chiffre[^>]*>", html) == [
        '<span id="chiffre-p1" class="chiffre" data-chiffre="p1">',
        '<span id="chiffre-p1-2" class="chiffre" data-chiffre="p1">',
    ]
    assert "#box[59~%]<chiffre-p1>" in rendered(tmp_path, "typst", chapters)


def test_the_second_print_of_one_figure_leaves_its_place_to_another(tmp_path: Path) -> None:
    text = "# D\n\n[a]{chiffre=p1} [a]{chiffre=p1} [b]{chiffre=p1-2}\n"
    html = rendered(tmp_path, "html", {"index.qmd": text}, cards=False)
    assert re.findall(r'<span id="([^"]+)"', html) == [
        *("chiffre-p1", "chiffre-p1-3", "chiffre-p1-2"),
    ]


def test_a_number_without_its_line_of_the_register_is_refused(tmp_path: Path) -> None:
    chapters = {"index.qmd": "# D\n\n`{python} p1`\n", "registre.qmd": "# R\n"}
    with pytest.raises(EnqueteError, match="« p1 » absent du registre"):
        rendered(tmp_path, "typst", chapters)


def test_the_marker_precedes_each_chapter(tmp_path: Path) -> None:
    book, _ = book_of(tmp_path, {"index.qmd": "# D\n", "chapters/un.qmd": "# U\n"})
    assert re.findall(r"^chapitre .*$", book.markdown, re.MULTILINE) == [
        *("chapitre index index.qmd chapitre", "chapitre un chapters/un.qmd chapitre"),
    ]
