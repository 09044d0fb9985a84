from __future__ import annotations

from pathlib import Path

import pytest
from small_book import MINI, write

from edition.config import Entry, read_config
from enquete.errors import EnqueteError, EnqueteErrors

BOOK = """\
project:
  type: book
book:
  title: Essai
  chapters:
    - index.qmd
lang: fr
"""


def refusal(root: Path, text: str) -> EnqueteError:
    write(root, "index.qmd", "# Un\n")
    write(root, "_quarto.yml", text)
    with pytest.raises(EnqueteError) as caught:
        read_config(root)
    return caught.value


def test_the_small_book_is_read_whole() -> None:
    config = read_config(MINI)

    assert config.title == "Un livre minuscule"
    assert config.authors == ("L'équipe d'étude",)
    assert config.date == "2024-05-01"
    assert config.sources == (
        "index.qmd",
        "chapters/premier.qmd",
        "chapters/second.qmd",
        "chapters/annexe.qmd",
    )
    assert config.entries[3] == Entry("chapters/annexe.qmd", "appendix", 17)
    assert config.crossref["tbl-title"] == "Tableau"
    assert config.execute == {"echo": False, "warning": False}
    assert config.time_limit == 60
    assert config.typst == {"toc": True, "number-sections": True}


def test_parts_are_unfolded_and_remembered(tmp_path: Path) -> None:
    for name in ("index", "a", "b"):
        write(tmp_path, f"{name}.qmd", "# Un\n")
    write(
        tmp_path,
        "_quarto.yml",
        BOOK.replace(
            "    - index.qmd\n",
            "    - index.qmd\n    - part: Le début\n      chapters: [a.qmd]\n    - b.qmd\n",
        ),
    )

    entries = read_config(tmp_path).entries

    assert [(e.path, e.part, e.line) for e in entries] == [
        ("index.qmd", None, 6),
        ("a.qmd", "Le début", 8),
        ("b.qmd", None, 9),
    ]


def test_a_format_s_own_value_wins_over_the_shared_one(tmp_path: Path) -> None:
    write(tmp_path, "index.qmd", "# Un\n")
    write(tmp_path, "_quarto.yml", BOOK + "toc: true\nformat:\n  typst:\n    toc: false\n")

    config = read_config(tmp_path)

    assert config.html["toc"] is True
    assert config.typst["toc"] is False


REFUSED = [
    (BOOK + "website: {}\n", 8, "« website »"),
    (BOOK.replace("  title", "  titre: x\n  title"), 4, "« book > titre »"),
    (BOOK + "execute:\n  echo: false\n  cache: true\n", 10, "« execute > cache: True »"),
    (BOOK + "execute:\n  freeze: auto\n", 9, "freeze"),
    (BOOK + "format:\n  docx: default\n", 9, "« docx »"),
    (BOOK + "format:\n  html:\n    code-tools: true\n", 10, "« format > html > code-tools »"),
    (BOOK + "fig-format: png\n", 8, "png"),
    (BOOK + "rapport:\n  limite-par-chapitre: non\n", 9, "nombre positif"),
    (BOOK + "rapport:\n  limite-par-chapitre: 0\n", 9, "nombre positif"),
    (BOOK + "rapport:\n  veille: -1\n", 9, "nombre positif"),
    (BOOK + "rapport:\n  apres-tous: [autre.qmd]\n", 9, "autre.qmd"),
    (BOOK + "bibliography: absente.bib\n", 8, "absente.bib"),
    (BOOK + "lang: en\n", 8, "deux fois"),
    (BOOK.replace("type: book", "type: website"), 2, "website"),
    (BOOK.replace("    - index.qmd", "    - index.qmd\n    - absent.qmd"), 7, "absent.qmd"),
    (BOOK.replace("    - index.qmd", "    - index.qmd\n    - index.qmd"), 7, "deux fois"),
    (BOOK.replace("    - index.qmd", "    - index.ipynb"), 6, "index.ipynb"),
    (BOOK.replace("    - index.qmd", "    index.qmd"), 5, "doit être une liste"),
    (BOOK.replace("lang: fr\n", ""), 1, "« lang » manque"),
    (BOOK.replace("  title: Essai\n", ""), 3, "« book > title » manque"),
    ("book: [\n", 2, "YAML illisible"),
    ("- un\n", 1, "pas une liste de clés"),
]


@pytest.mark.parametrize(("text", "line", "named"), REFUSED)
def test_a_key_we_do_not_honour_is_refused_by_name_with_its_line(
    tmp_path: Path, text: str, line: int, named: str
) -> None:
    error = refusal(tmp_path, text)

    assert error.ou == f"_quarto.yml:{line}"
    assert named in error.quoi
    assert error.que_faire


def test_no_process_may_stay(tmp_path: Path) -> None:
    (tmp_path / "index.qmd").write_text("# Un\n", "utf-8")
    (tmp_path / "_quarto.yml").write_text(BOOK + "rapport:\n  veille: 0\n", "utf-8")
    assert read_config(tmp_path).stay == 0


def test_several_problems_are_told_together(tmp_path: Path) -> None:
    error = refusal(tmp_path, BOOK + "website: {}\nmanuscript: {}\n")

    assert isinstance(error, EnqueteErrors)
    assert [problem.ou for problem in error.problems] == ["_quarto.yml:8", "_quarto.yml:9"]


def test_words_that_old_yaml_takes_for_booleans_or_numbers_stay_words(tmp_path: Path) -> None:
    write(tmp_path, "index.qmd", "# Un\n")
    write(tmp_path, "_quarto.yml", BOOK.replace("Essai", "non").replace("fr", "no"))

    config = read_config(tmp_path)

    assert (config.title, config.lang) == ("non", "no")


def test_a_folder_without_configuration_says_so(tmp_path: Path) -> None:
    with pytest.raises(EnqueteError) as caught:
        read_config(tmp_path)

    assert caught.value.ou == "_quarto.yml"


def test_the_word_for_a_chapter_is_where_quarto_has_it(tmp_path: Path) -> None:
    write(tmp_path, "index.qmd", "# Un\n")
    text = f"{BOOK}crossref:\n  fig-prefix: figure\nlanguage:\n  crossref-ch-prefix: partie\n"
    write(tmp_path, "_quarto.yml", text)
    assert dict(read_config(tmp_path).crossref) == {"ch-prefix": "partie", "fig-prefix": "figure"}


def test_another_translation_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, f"{BOOK}language:\n  toc-title-document: Sommaire\n")
    assert "language > toc-title-document" in error.quoi
