from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_book import MINI, make_book

from edition.qmd import INLINE, Cell, Prose, read_chapters, read_source, scan
from enquete.errors import EnqueteError, EnqueteErrors

CHAPTER = """\
---
engine: jupyter
apres: tous
---

# Titre {#sec-titre}

```{python}
#| label: setup
#| include: false
n = 1

m = 2
```

Il y en a `{python} n` et `{python} m + 1`,
puis `{python} f("a b")`.

```python
`{python} montre`
```
"""


def refusal(text: str) -> EnqueteError:
    with pytest.raises(EnqueteError) as caught:
        scan(text, "chapters/essai.qmd")
    return caught.value


def test_a_chapter_is_header_prose_and_cells_with_their_lines() -> None:
    chapter = scan(CHAPTER, "chapters/essai.qmd")

    assert chapter.stem == "essai"
    assert chapter.front_matter == {"engine": "jupyter", "apres": "tous"}
    first, cell, last = chapter.segments
    assert isinstance(first, Prose)
    assert (first.line, first.text) == (5, "\n# Titre {#sec-titre}\n\n")
    assert isinstance(cell, Cell)
    assert (cell.line, cell.code_line, cell.label) == (8, 11, "setup")
    assert cell.code == "n = 1\n\nm = 2"
    assert cell.options == {"label": "setup", "include": False}
    assert cell.option_lines["include"] == 10
    assert isinstance(last, Prose)
    assert last.line == 15


def test_inline_expressions_are_found_where_quarto_finds_them_code_blocks_included() -> None:
    last = scan(CHAPTER, "chapters/essai.qmd").segments[-1]

    assert isinstance(last, Prose)
    found = [(inline.code, inline.line) for inline in last.inlines]
    assert found == [("n", 16), ("m + 1", 16), ('f("a b")', 17), ("montre", 20)]
    spans = [last.text[inline.start : inline.end] for inline in last.inlines]
    assert spans[1] == "`{python} m + 1`"


@pytest.mark.parametrize(
    "text",
    [
        "`{python} a`",
        "x`{python} a` et `{python}\tb`",
        "``{python} a``",
        "``` `{python} a` ```",
        "`{python}a`",
        "`{python} a``{python} b`",
        "`{python} a`\n`{python} b`",
        "(`{python} f(1)`)",
    ],
)
def test_our_pattern_finds_what_quarto_s_own_pattern_finds(text: str) -> None:
    quarto = re.findall(r"(?:^|[^`])`{python}[ \t]([^`]+)`", text, re.MULTILINE)

    assert INLINE.findall(text) == quarto


def test_nothing_of_the_source_is_lost_between_segments() -> None:
    for path in ("index.qmd", "chapters/premier.qmd", "chapters/second.qmd"):
        text = (MINI / path).read_text(encoding="utf-8")
        chapter = scan(text, path)
        body = text.split("---\n", 2)[2] if text.startswith("---") else text
        rebuilt = "".join(
            f"```{{python}}\n{s.source}\n```\n" if isinstance(s, Cell) else s.text
            for s in chapter.segments
        )

        assert rebuilt == body


def test_a_file_without_header_cells_or_last_newline_is_prose() -> None:
    (prose,) = scan("Un mot", "index.qmd").segments

    assert isinstance(prose, Prose)
    assert prose.text == "Un mot"


def test_windows_line_endings_and_a_byte_order_mark_are_read_as_none(tmp_path: Path) -> None:
    (tmp_path / "a.qmd").write_bytes(b"\xef\xbb\xbf---\r\nengine: jupyter\r\n---\r\n# T\r\n")

    chapter = scan(read_source(tmp_path / "a.qmd", "a.qmd"), "a.qmd")

    assert chapter.front_matter == {"engine": "jupyter"}
    assert [s.text for s in chapter.prose()] == ["# T\n"]


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.qmd").write_bytes("# Titre\n\nété\n".encode("latin-1"))

    with pytest.raises(EnqueteError) as caught:
        read_source(tmp_path / "a.qmd", "a.qmd")

    assert caught.value.ou == "a.qmd:3"


def test_a_line_separator_of_unicode_does_not_shift_the_lines() -> None:
    chapter = scan("a\u2028b\x0cc\n\n```{python}\n1\n```\n", "index.qmd")

    assert next(chapter.cells()).line == 3


REFUSED = [
    ("```{r}\n1\n```\n", 1, "« {r} »"),
    ("```{mermaid}\na\n```\n", 1, "« {mermaid} »"),
    ("```{python, echo=FALSE}\n1\n```\n", 1, "accolades"),
    ("- un\n\n  ```{python}\n  1\n  ```\n", 3, "en retrait"),
    ("```{python}\n1\n", 1, "jamais refermée"),
    ("a\n```\nb\n", 4, "jamais refermé"),
    ("---\ntitle: a\n", 1, "jamais refermé"),
    ("~~~{python}\n1\n~~~\n", 1, "~~~"),
    ("```{{python}}\n1\n```\n", 1, "{{python}}"),
    ("```{python}\n#| label: a\n#| fold: true\n1\n```\n", 3, "« fold »"),
    ("```{python}\n#| layout-ncol: 2\n1\n```\n", 2, "layout-ncol"),
    ("```{python}\n#| echo: oui\n1\n```\n", 2, "'oui'"),
    ("```{python}\n#| label: a\n#| label: b\n1\n```\n", 3, "deux fois"),
    ("```{python}\n#| label: fig-a\n#| fig-cap: T\n1\n```\n", 2, "texte de remplacement"),
    ("```{python}\n#| label: fig-a\n#| fig-alt: T\n1\n```\n", 2, "n'a pas de titre"),
    ("```{python}\n#| label: tbl-a\n1\n```\n", 2, "n'a pas de titre"),
    ("```{python}\n#| fig-cap: T\n1\n```\n", 2, "sans label"),
    ("```{python}\n#| label: é\n1\n```\n", 2, "mal formé"),
    (
        '```{python}\n#| label: tbl-a\n#| tbl-cap: "a `{python} n`"\n1\n```\n',
        3,
        "Quarto ne l'évalue pas",
    ),
    ("---\ntitle: '`{python} n`'\n---\n", 2, "Quarto ne l'évalue pas"),
    ("---\nexecute: {}\n---\n", 2, "« execute »"),
    ("---\nengine: knitr\n---\n", 2, "knitr"),
    ("---\napres: moi\n---\n", 2, "apres: moi"),
    ("un\n\n{{< include a.qmd >}}\n", 3, "{{< … >}}"),
    ("un `{r} x`\n", 1, "{r}"),
    ("un `{python}  x`\n", 1, "espaces"),
    ("un `{python} x\n+ 1`\n", 1, "saut de ligne"),
    ("::: {layout-ncol=2}\n:::\n", 1, "layout"),
    ("::: {#fig-deux}\n:::\n", 1, "sous-figures"),
    ("::: {.callout-danger}\n:::\n", 1, "callout-danger"),
    ('::: {.callout-note appearance="simple"}\n:::\n', 1, "appearance"),
    ("::: {#nte-a .callout-note}\n:::\n", 1, "#nte-a"),
    ("::: {.panel-tabset}\n:::\n", 1, "panel-tabset"),
    ("::: {.column-margin}\n:::\n", 1, "column-margin"),
    ("$$ a = b $$ {#eq-un}\n", 1, "#eq-un"),
]


@pytest.mark.parametrize(("text", "line", "named"), REFUSED)
def test_what_the_book_does_not_support_is_refused_by_name_with_its_line(
    text: str, line: int, named: str
) -> None:
    error = refusal(text)

    assert error.ou == f"chapters/essai.qmd:{line}"
    assert named in error.quoi
    assert error.que_faire


@pytest.mark.parametrize(
    "text",
    [
        "```{=html}\n<br>\n```\n",
        "```python\n{{< exemple >}}\n```\n",
        "`{{< exemple >}}` et {.classe}\n",
        "<!-- {{< include a.qmd >}} -->\n",
        '::: {.callout-note title="À savoir" collapse="true"}\nTexte.\n:::\n',
        "| a |\n|---|\n| b |\n\n: Titre {#tbl-a}\n",
        "![Titre](a.svg){#fig-a fig-alt='b'}\n",
        "````\n```{r}\n```\n````\n",
        "---\nengine: jupyter\n---\n\nun\n\n---\n\ndeux\n",
        "$$ a = b $$\n",
    ],
)
def test_what_the_book_supports_is_not_refused(text: str) -> None:
    assert scan(text, "index.qmd").segments


def test_all_the_problems_of_all_the_chapters_are_told_at_once(tmp_path: Path) -> None:
    config = make_book(
        tmp_path,
        {
            "index.qmd": "{{< a >}}\n\n{{< b >}}\n",
            "b.qmd": "```{r}\n```\n",
        },
    )

    with pytest.raises(EnqueteErrors) as caught:
        read_chapters(tmp_path, config.sources)

    places = [problem.ou for problem in caught.value.problems]
    assert places == ["index.qmd:1", "index.qmd:3", "b.qmd:1"]


def test_a_label_of_table_used_in_two_chapters_is_refused(tmp_path: Path) -> None:
    table = "```{python}\n#| label: tbl-a\n#| tbl-cap: T\n1\n```\n"
    config = make_book(tmp_path, {"index.qmd": table, "b.qmd": f"\n{table}"})

    with pytest.raises(EnqueteError, match="tbl-a") as caught:
        read_chapters(tmp_path, config.sources)

    assert caught.value.ou == "b.qmd:2"
    assert "index.qmd:1" in caught.value.que_faire
