"""A chapter is converted again alone, and reads as when the whole book is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from real_book import copy_project
from small_book import chapters_of, make_book

from edition import assemble
from edition.build import Options, build
from edition.cache.executions import Executions
from edition.config import read_config
from edition.execution import after_all, execute
from edition.joined import Document
from edition.outline import cut, outline
from enquete.errors import EnqueteError

THEME = Path(__file__).parents[1] / "theme"
FIGURE = '![Un titre](a.svg){#fig-%s fig-alt="Un carré"}\n\n'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
BOOK = {
    "index.qmd": "# Début {#sec-debut}\n\nVoir la @fig-b et le @sec-suite.\n",
    "a.qmd": "# Milieu {#sec-milieu}\n\nDu texte, [un lien](c.qmd).\n\n" + FIGURE % "a",
    "b.qmd": "# Suite {#sec-suite}\n\n" + FIGURE % "b" + "Une phrase[^1].\n\n[^1]: Une note.\n",
    "c.qmd": "# Fin {#sec-fin}\n\nRien d’autre, comme à la @sec-milieu.\n",
}

Converted = Callable[..., tuple[list[str], list[set[int]]]]


@pytest.fixture
def converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Converted:
    """Build with changed chapters: the pages, and which chapters were made among outlines."""
    asked: list[set[int]] = []

    text = Document.text

    def noted(document: Document, whole: Collection[int] | None = None) -> str:
        if whole is not None:
            asked.append(set(whole))
        return text(document, whole)

    monkeypatch.setattr(Document, "text", noted)
    (tmp_path / "data").mkdir()
    (tmp_path / "a.svg").write_text(SVG, "utf-8")

    def run(*, cache: bool = True, **changed: str) -> tuple[list[str], list[set[int]]]:
        asked.clear()
        book = {**BOOK, **{f"{stem}.qmd": text for stem, text in changed.items()}}
        options = Options(formats=("html",), theme=THEME, cache=cache)
        made = build(make_book(tmp_path, book), options)
        return [(made.output / page).read_text("utf-8") for page in made.pages], list(asked)

    return run


def test_a_sentence_makes_its_own_chapter_again_and_no_other(converted: Converted) -> None:
    converted()
    changed = {"a": BOOK["a.qmd"].replace("Du texte", "*Un autre* texte\n\nEt un paragraphe")}
    pages, asked = converted(**changed)
    assert asked == [{1}]
    assert pages == converted(cache=False, **changed)[0]
    assert "autre</em> texte" in pages[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Du texte", FIGURE % "x" + "Du texte"),  # the figures that follow have other numbers
        ("# Milieu {#sec-milieu}", "# Milieu {#sec-milieu .unnumbered}\n\n## Un {#sec-un}"),
        ("Du texte", "## Titre\n\nDu texte"),
        ("Du texte", "[Du texte]{#ici}"),
    ],
)
def test_what_other_chapters_may_depend_on_makes_all_again(
    converted: Converted, old: str, new: str
) -> None:
    converted(c="# Fin {#sec-fin}\n\nRien.\n")
    changed = {"a": BOOK["a.qmd"].replace(old, new), "c": "# Fin {#sec-fin}\n\nRien.\n"}
    pages, asked = converted(**changed)
    assert asked == []
    assert pages == converted(cache=False, **changed)[0]


def test_a_fault_of_one_chapter_is_said_as_in_the_whole_book(converted: Converted) -> None:
    converted()
    with pytest.raises(EnqueteError, match="Renvoi inconnu : @fig-nulle") as raised:
        converted(a=BOOK["a.qmd"].replace("Du texte", "Du texte, @fig-nulle"))
    assert raised.value.ou == "a.qmd" or "a.qmd" in str(raised.value)


def test_a_target_that_leaves_is_missed_by_the_chapter_that_named_it(converted: Converted) -> None:
    converted()
    with pytest.raises(EnqueteError, match="Renvoi inconnu : @fig-b"):
        converted(b=BOOK["b.qmd"].replace("#fig-b", "#fig-z"))


def test_an_outline_has_no_words_but_all_that_is_named_counted_or_cited() -> None:
    text = [{"t": "Str", "c": "mot"}, {"t": "Space"}]
    figure = {"t": "Span", "c": [["", ["chiffre"], [["chiffre", "p1"]]], [text[0]]]}
    cited = {"t": "Cite", "c": [[{"citationId": "auteur2020"}], text]}
    reference = {"t": "Cite", "c": [[{"citationId": "fig-a"}], text]}
    paragraph = {"t": "Para", "c": [*text, {"t": "Strong", "c": [*text, figure]}, reference, cited]}
    other = {"t": "Span", "c": [["", ["chiffre"], [["chiffre", "p2"]]], text]}
    named = {"t": "Span", "c": [["ici", ["chiffre"], [["chiffre", "p3"]]], text]}
    blocks = [{"t": "Para", "c": text}, {"t": "BulletList", "c": [[paragraph], []]}]
    mark = {"t": "RawInline", "c": ["edition", "chiffres p1"]}
    assert outline(blocks) == [{"t": "BulletList", "c": [[{"t": "Para", "c": [mark, cited]}]]}]
    # Figures that follow one another are one mark, whatever stands between; one with a name stays.
    mark = {"t": "RawInline", "c": ["edition", "chiffres p1 p2 p1"]}
    blocks = [{"t": "Para", "c": [figure, *text, other]}, {"t": "Plain", "c": [figure]}]
    assert outline(blocks) == [{"t": "Plain", "c": [mark]}]
    assert outline([{"t": "Para", "c": [named]}]) == [{"t": "Para", "c": [named]}]
    assert outline([{"t": "Para", "c": [mark]}]) == []  # what an author writes is no mark


def test_an_outline_of_the_register_has_its_lines_and_that_of_a_caption_a_word() -> None:
    lines = [
        {"t": "Span", "c": [[f"reg-p{n}", [], []], [{"t": "Str", "c": str(n)}]]} for n in (1, 2)
    ]
    blocks = [{"t": "Plain", "c": [line]} for line in lines]
    mark = {"t": "RawInline", "c": ["edition", "lignes p1=1 p2=2"]}
    assert outline(blocks) == [{"t": "Plain", "c": [mark]}]
    words = {"t": "Plain", "c": [{"t": "Str", "c": "Titre"}]}
    caption = {"t": "Div", "c": [["", ["legende"], []], [words]]}
    [kept] = outline([caption])
    assert kept["c"][1] == [{"t": "Plain", "c": [{"t": "Str", "c": "…"}]}]
    empty = {"t": "Div", "c": [["", ["legende"], []], []]}
    assert outline([empty]) == [empty]  # the fault is found again


# ---- the real book ----


@pytest.mark.lent
@pytest.mark.parametrize("name", ["html", "typst"])
def test_each_chapter_of_the_real_book_reads_as_in_the_whole(
    name: assemble.Format, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "projet").mkdir()
    root = copy_project(tmp_path / "projet")
    shutil.copytree(project / ".rapport", root / ".rapport")
    config = read_config(root)
    chapters = chapters_of(config)
    first = [each.stem for each in chapters if not after_all(each, config)]
    memory = Executions(root, root / ".rapport" / "registre", first)
    executed = execute(chapters, config=config, memory=memory)
    memory.close()
    book = assemble.assemble(executed, config, cards=True, reconstructed=True)
    assemble.write_pictures(book, tmp_path)
    document = assemble.read(book, THEME, tmp_path)
    whole = cut(assemble.render(book, name, config, THEME, tmp_path, document.text()))
    assert list(whole) == ["", *(chapter.stem for chapter in book.chapters)]
    for turn in range(3):
        some = set(range(turn, len(document.chapters), 3))
        made = cut(assemble.render(book, name, config, THEME, tmp_path, document.text(some)))
        assert made[""] == whole[""]
        for rank in some:
            stem = book.chapters[rank].stem
            assert made[stem] == whole[stem], stem
