"""The methodological sheet: complete or refused, its numbers from the register."""

from __future__ import annotations

import hashlib
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from enquete import EnqueteError, open_survey
from enquete.sheet import REQUIRED, fingerprints, nonresponse, read_sheet, technical_sheet

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of the data and of the book's settings, that a test may damage."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "_quarto.yml", tmp_path / "_quarto.yml")
    monkeypatch.setenv("RAPPORT_RACINE", str(tmp_path))
    monkeypatch.setenv("RAPPORT_REGISTRE", str(tmp_path / "registre"))
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def text_of(project: Path) -> str:
    survey = open_survey(project)
    markdown = technical_sheet(survey, survey.chapter("fiche-technique")).markdown
    bare = re.sub(r"\[([^\]]*)\]\{[^}]*\}", r"\1", markdown)
    return unescape(bare).replace("\u00a0", " ").replace("\u202f", " ")


def test_what_is_required_is_the_aapor_code_the_law_and_the_edition():
    counts = {
        source: sum(name.startswith(source) for name in REQUIRED)
        for source in ("aapor-", "loi-2-", "loi-3-", "edition-")
    }

    assert counts == {"aapor-": 11, "loi-2-": 8, "loi-3-": 7, "edition-": 3}
    assert len(set(REQUIRED)) == 29


@pytest.mark.parametrize("requirement", REQUIRED)
def test_a_requirement_without_an_answer_stops_the_build(project, requirement):
    path = project / "data" / "fiche-technique.yml"
    text = path.read_text(encoding="utf-8")
    other = "edition-date" if requirement != "edition-date" else "edition-licence"
    without = re.sub(rf"(?<=[\[ ]){requirement}(?=[\],])", other, text)
    assert without != text
    path.write_text(without, encoding="utf-8", newline="\n")

    with pytest.raises(EnqueteError, match=f"« {requirement} »"):
        read_sheet(open_survey(project))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('  titre: "Objet"\n', "", "titre"),
        ("repond_a: [loi-3-2]", "repond_a: []", "repond_a"),
        ("repond_a: [loi-3-2]", "repond_a: [loi-3-9]", "loi-3-9"),
        ('texte: "Le rapport n\'en mentionne aucune."', 'texte: ""', "texte"),
        ("{meth-n} répondantes", "{meth-m} répondantes", "meth-m"),
    ],
)
def test_a_missing_or_unknown_field_is_refused(project, old, new, said):
    change(project / "data" / "fiche-technique.yml", old, new)
    survey = open_survey(project)

    with pytest.raises(EnqueteError, match=said):
        technical_sheet(survey, survey.chapter("fiche-technique"))


def test_the_sheet_says_who_when_how_many_and_what_is_not_known(project):
    text = text_of(project)

    for words in (
        "Emmaüs Connect",
        "2 542 répondantes",
        "À partir du 21 mai 2024",
        "le 21 juin 2024, soit 32 jours, et le 5 juillet 2024, soit 46 jours",
        "Aucun. Le rapport n’en mentionne pas",
        "non publié",
        "AAPOR 8 ; loi, art. 2, 3°",
        "version 1.0.0",
        "Creative Commons Attribution 4.0",
        "édition du 22 novembre 2026",
    ):
        assert words in text, words
    assert "{" not in text.replace("{.chiffre", "")


def test_the_date_is_that_of_the_edition(project):
    change(project / "_quarto.yml", 'date: "2026-11-22"', 'date: "2027-02-01"')

    assert "édition du 1er février 2027" in text_of(project)


def test_every_question_is_in_the_non_response_table(project):
    survey = open_survey(project)
    made = nonresponse(survey, survey.chapter("fiche-technique"))

    assert sorted(made.ids) == sorted(question.id for question in survey.questionnaire)
    assert len(made.ids) == 33
    assert "entre 22 et 30" in made.markdown


def test_fingerprints_are_those_of_the_files(project):
    made = fingerprints(open_survey(project))
    expected = hashlib.sha256((project / "data" / "reponses.csv").read_bytes()).hexdigest()

    assert f"- `reponses.csv`&#160;: `{expected}`" in made.markdown
    files = {file.name for file in (project / "data").iterdir() if file.is_file()} - {"README.md"}
    assert set(made.ids) == files


def test_a_text_of_the_sheet_cannot_bring_markup(project):
    change(
        project / "data" / "fiche-technique.yml",
        "Le rapport n'en mentionne aucune.",
        "<script>a</script> [b](c) **d** {meth-n}",
    )
    survey = open_survey(project)
    markdown = technical_sheet(survey, survey.chapter("fiche-technique")).markdown

    assert "<script>" not in markdown
    assert "**d**" not in markdown
    assert '{.chiffre chiffre="meth-n"}' in markdown
