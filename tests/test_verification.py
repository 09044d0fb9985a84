"""The checks of a finished book: each holds on the real one, and finds the fault planted for it."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from real_book import ROOT, rapport

from edition.checking import Finished, Outcome
from edition.gate import Gate
from edition.verification import CHECKS, carnets, claims, integrity, published, run, verify
from edition.verification.report import holds, summary
from enquete.errors import EnqueteError
from enquete.survey import Survey, open_survey

pytestmark = pytest.mark.lent

Ledger = dict[str, Any]
FIRST = "Le chiffre publié « p1-2-surcharge » (14%) manque au livre."


@pytest.fixture
def whole(project: Path, book: Path) -> Finished:
    """The real book of the repository, with the notebooks that are committed there."""
    provenance = json.loads((book / "provenance.json").read_text("utf-8"))
    return Finished(book, ROOT, open_survey(project), provenance)


def changed(book: Finished, change: Callable[[Ledger], object]) -> Finished:
    """The same book, with another ledger."""
    content = json.loads(json.dumps(book.provenance))
    change(content)
    return Finished(book.folder, book.root, book.survey, content)


def entry_of(content: Ledger, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in content["entries"] if e["id"] == name)
    return found


def faulty(book: Finished) -> dict[str, list[str]]:
    """Names of the checks that find something, and the first line of what they find."""
    return {o.name: [fault.quoi for fault in o.faults] for o in run(book) if o.faults}


# ---------- the book as it is ----------


def test_every_check_holds_on_the_book_and_counts_what_it_saw(whole: Finished) -> None:
    found = {outcome.name: outcome for outcome in run(whole)}

    assert {name: o.faults for name, o in found.items() if o.faults} == {}
    # The shared book has neither EPUB nor DOCX: tests/test_formats_livre.py has them.
    assert {name for name, o in found.items() if o.skipped} == {"autres-formats"}
    assert found["integrite"].counted == len(whole.entries)
    # Counted in the report's inventory: 166 statements rest on the answers, 8 of which
    # nothing published lets anybody compute.
    assert found["publies"].counted == 166
    assert found["affirmations"].counted == 89 + 10  # statements, captions of charts
    verdicts = Counter(each.verdict.name for each in published.compared(whole))
    assert verdicts["undetermined"] + verdicts["not-recomputable"] == 8


def test_the_checks_run_in_the_order_of_the_list(whole: Finished) -> None:
    names = [outcome.name for outcome in run(whole)]

    mine = [name for name in names if name in ("integrite", "publies", "affirmations", "carnets")]
    assert mine == ["integrite", "publies", "affirmations", "carnets"]
    assert len(names) == len(set(names)) == len(CHECKS)


# ---------- integrity ----------


def remove(name: str) -> Callable[[Ledger], None]:
    def change(content: Ledger) -> None:
        content["entries"] = [each for each in content["entries"] if each["id"] != name]

    return change


def other_data(content: Ledger) -> None:
    content["edition"]["files"]["themes.csv"] = "0" * 64


def twice(content: Ledger) -> None:
    content["entries"].append(content["entries"][0])


def elsewhere(content: Ledger) -> None:
    entry_of(content, "p1-2-surcharge")["anchor"] = "chiffre-inconnu"


def lost_code(content: Ledger) -> None:
    entry_of(content, "p1-2-surcharge")["source"]["file"] = "chapters/perdu.qmd"


def lost_page(content: Ledger) -> None:
    content["edition"]["chapters"].append("perdu")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_data, "autre version de themes.csv"),
        (twice, "2 lignes au registre"),
        (elsewhere, "n'est pas à l'endroit"),
        (lost_code, "fichier de code qui n'existe plus"),
        (lost_page, "n'a pas de page"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_ledger_at_odds_with_its_book_is_found_by_the_first_check(
    whole: Finished, change: Callable[[Ledger], None], words: str
) -> None:
    found = integrity.check(changed(whole, change)).faults

    assert [words in fault.quoi for fault in found if words in fault.quoi]


def test_a_copy_of_the_answers_that_was_touched_is_found(whole: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "livre"
    shutil.copytree(whole.folder, folder)
    copy = folder / "donnees" / "enquete" / "reponses.csv"
    copy.write_text(copy.read_text("utf-8").replace("R0001", "R9999"), "utf-8")

    found = integrity.check(Finished(folder, ROOT, whole.survey, whole.provenance))

    assert [fault.ou for fault in found.faults] == ["donnees/enquete/reponses.csv"]


@pytest.mark.parametrize("key", ["verdict", "kind", "text", "flags"])
def test_an_entry_without_a_field_or_with_a_wrong_one_stops_the_checks(
    whole: Finished, key: str
) -> None:
    def lose(content: Ledger) -> None:
        del content["entries"][0][key]

    def spoil(content: Ledger) -> None:
        content["entries"][0][key] = 12

    for change in (lose, spoil):
        (only,) = run(changed(whole, change))
        assert only.name == "integrite"
        assert f"« {key} »" in only.faults[0].quoi


# ---------- published figures ----------


def test_a_published_figure_that_left_the_book_is_missed(whole: Finished) -> None:
    found = published.check(changed(whole, remove("p1-2-surcharge")))

    assert [fault.quoi for fault in found.faults] == [FIRST]


def test_a_verdict_that_the_answers_do_not_give_is_a_fault(whole: Finished) -> None:
    def lie(content: Ledger) -> None:
        entry_of(content, "a1-urbain")["verdict"] = "reproduced"

    found = published.check(changed(whole, lie))

    assert ["a1-urbain" in fault.quoi for fault in found.faults] == [True]


def test_a_discrepancy_that_is_no_longer_true_is_a_fault(whole: Finished, project: Path) -> None:
    # 29 % printed against 24 % in the table of professions: declare that they agree.
    survey = open_survey(project)
    untrue = [each for each in survey.discrepancies if "p2-1-ass-global" in each.figures]
    assert untrue
    register = {**survey.register.figures}
    figure = register["p2-1-ass-global"]
    register["p2-1-ass-global"] = replace(figure, value=Fraction(24), text="24%")
    other: Survey = replace(survey, register=replace(survey.register, figures=register))

    found = published.check(Finished(whole.folder, ROOT, other, whole.provenance))

    assert any("n’est plus vrai" in fault.quoi for fault in found.faults)


def test_data_that_their_package_does_not_describe_are_remarked_and_keep_nobody(
    whole: Finished, project: Path, tmp_path: Path
) -> None:
    copy = sources_of(project, tmp_path)
    assert integrity.check(Finished(whole.folder, copy, whole.survey, whole.provenance)).notes == ()
    file = copy / "data" / "intervalles.csv"
    file.write_text(file.read_text("utf-8") + "\n", "utf-8", newline="")

    outcome = integrity.check(Finished(whole.folder, copy, whole.survey, whole.provenance))

    assert outcome.faults == ()
    (note,) = outcome.notes
    assert note.startswith("data/intervalles.csv n'est plus le fichier que décrit")
    assert "« rapport figer » refait son empreinte" in note


# ---------- claims ----------


def sources_of(project: Path, tmp_path: Path) -> Path:
    """Return a copy of the project, without its book, that a test may damage."""
    return Path(
        shutil.copytree(
            project, tmp_path / "projet", ignore=shutil.ignore_patterns("_book", ".rapport")
        )
    )


def test_a_statement_made_false_is_found_by_the_check_of_claims(
    whole: Finished, project: Path, tmp_path: Path
) -> None:
    copy = sources_of(project, tmp_path)
    file = copy / "data" / "affirmations.yml"
    # Printed: 59 %. « plus de la moitié » made « plus de 60 % ».
    edited(file, "{superieur: [p1-1-facilitation, 50]}", "{superieur: [p1-1-facilitation, 60]}")

    outcome = claims.check(Finished(whole.folder, copy, whole.survey, whole.provenance))

    assert ["est fausse" in fault.quoi for fault in outcome.faults] == [True]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        # Printed: 80.8 %. A « large majorité » made one of more than 90 %.
        ("data/legendes.yml", "[p2-1-aise, 60]", "[p2-1-aise, 90]", ["est fausse"]),
        ("chapters/partie-2.qmd", "Une large majorité de", "Une majorité de", ["pas vérifiée"]),
        (
            "data/legendes.yml",
            "- id: fig-q1\n",
            "- id: fig-absente\n",
            ["pas vérifiée", "aucun graphique"],
        ),
    ],
    ids=["fausse", "changée dans le chapitre", "non déclarée"],
)
def test_the_caption_of_a_chart_is_checked_as_a_statement(
    whole: Finished, project: Path, tmp_path: Path, name: str, old: str, new: str, said: list[str]
) -> None:
    copy = sources_of(project, tmp_path)
    edited(copy / name, old, new)

    outcome = claims.check(Finished(whole.folder, copy, whole.survey, whole.provenance))

    assert len(outcome.faults) == len(said)
    assert all(words in fault.quoi for words, fault in zip(said, outcome.faults, strict=True))


def test_a_statement_that_no_sentence_makes_is_found(whole: Finished) -> None:
    def silence(content: Ledger) -> None:
        for each in content["entries"]:
            each["claim"] = None

    found = claims.check(changed(whole, silence)).faults

    assert found
    assert all("liée à aucune phrase" in fault.quoi for fault in found)


# ---------- notebooks ----------


@pytest.fixture
def frozen(whole: Finished, tmp_path: Path) -> tuple[Finished, Path]:
    """The book beside a copy of the project's sources and notebooks, that a test may damage."""
    root = tmp_path / "projet"
    for name in ("chapters", "data", "tests/carnets"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("_quarto.yml", "index.qmd", "references.bib"):
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "theme", root / "theme", ignore=shutil.ignore_patterns("polices"))
    return Finished(whole.folder, root, whole.survey, whole.provenance), root


def edited(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8", newline="\n")


def test_words_of_the_prose_may_change_without_a_new_notebook(
    frozen: tuple[Finished, Path],
) -> None:
    book, root = frozen
    edited(root / "chapters/partie-1.qmd", "Cette première partie montre", "Cette partie montre")

    assert carnets.check(book).faults == ()


STALE: dict[str, tuple[str, str, str, str]] = {
    "code du chapitre": (
        "chapters/partie-1.qmd",
        'chose("Q7", "surcharge")',
        'chose("Q7", "mediation")',
        "a changé depuis",
    ),
    "jamais exécuté": (
        "tests/carnets/partie-1.ipynb",
        '"execution_count": 3,',
        '"execution_count": null,',
        "n'a pas été exécuté",
    ),
    "chiffre du registre": (
        "tests/carnets/partie-1.ipynb",
        '"p1-2-surcharge = 14',
        '"p1-2-surcharge = 15',
        "pas les mêmes chiffres que le livre : p1-2-surcharge",
    ),
    "illisible": ("tests/carnets/partie-1.ipynb", '"cells"', '"cellules"', "Carnet illisible"),
}


@pytest.mark.parametrize("case", STALE)
def test_a_stale_notebook_is_found(frozen: tuple[Finished, Path], case: str) -> None:
    book, root = frozen
    file, old, new, words = STALE[case]
    edited(root / file, old, new)

    found = carnets.check(book).faults

    assert [words in fault.quoi for fault in found] == [True], [str(fault) for fault in found]
    assert "partie-1" in found[0].ou


def test_a_chapter_without_a_notebook_and_a_notebook_without_a_chapter_are_found(
    frozen: tuple[Finished, Path],
) -> None:
    book, root = frozen
    (root / "tests/carnets/partie-1.ipynb").rename(root / "tests/carnets/partie-9.ipynb")

    assert sorted(fault.ou for fault in carnets.check(book).faults) == [
        "tests/carnets/partie-1.ipynb",
        "tests/carnets/partie-9.ipynb",
    ]


def test_a_project_without_notebooks_says_so(whole: Finished, tmp_path: Path) -> None:
    bare = Finished(whole.folder, tmp_path, whole.survey, whole.provenance)

    assert "carnets" in carnets.check(bare).skipped


# ---------- what a verification leaves ----------


def test_two_verifications_leave_the_same_bytes(book: Path, project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "livre"
    shutil.copytree(book, folder)
    left = []
    for _ in range(2):
        verify(folder, project, open_survey(project))
        left.append([(folder / f"verification.{kind}").read_bytes() for kind in ("json", "html")])

    assert left[0] == left[1]
    assert str(tmp_path).encode() not in b"".join(left[0])


def test_the_json_lists_each_published_figure_with_its_verdict(book: Path) -> None:
    content = json.loads((book / "verification.json").read_text("utf-8"))

    assert content["holds"] is True
    assert content["draft"] is False
    assert len(content["published"]) == 166
    one = next(each for each in content["published"] if each["id"] == "p2-1-ass-global")
    assert (one["published"], one["printed"], one["verdict"]) == ("29%", "24\u00a0%", "discrepant")
    assert one["reason"]


def rows(page: str) -> list[str]:
    return re.findall(r'<tr role="row" class="v-.*?</tr>', page, re.DOTALL)


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))


def test_the_page_shows_each_published_figure_and_leads_to_where_it_is_printed(book: Path) -> None:
    page = (book / "verification.html").read_text("utf-8")

    assert len(rows(page)) == 166
    for row in rows(page):
        for file, anchor in re.findall(r'href="([\w-]+\.html)#([^"]+)"', row):
            assert f'id="{anchor}"' in (book / file).read_text("utf-8"), (file, anchor)
    surcharge = next(row for row in rows(page) if "publie-p1-2-surcharge" in row)
    for part in ("14\u00a0%", "section 1.2", "reproduit", "répondu à Q7"):
        assert part in text_of(surcharge), part


def test_the_page_needs_no_script_and_filters_each_verdict_that_it_shows(book: Path) -> None:
    page = (book / "verification.html").read_text("utf-8")
    style = (book / "assets/css/verification.css").read_text("utf-8")

    main = page[page.index("<main") : page.index("</main>")]
    assert "<script" not in main
    assert " onclick" not in main
    used = set(re.findall(r'class="v-([\w-]+)"', main))
    for name in used:
        assert f'id="montrer-{name}"' in main
        assert f"#montrer-{name}:checked) tbody tr:not(.v-{name})" in style


def test_the_sheet_of_the_page_is_loaded_by_no_other(book: Path) -> None:
    sheets = {
        page.name: re.findall(
            r'<link rel="stylesheet" href="assets/css/([^"]+)"', page.read_text("utf-8")
        )
        for page in book.glob("*.html")
    }
    assert sheets.pop("verification.html") == ["livre.css", "verification.css"]
    assert len(sheets) >= 6
    assert {tuple(names) for names in sheets.values()} == {("livre.css",)}


def test_the_page_has_the_frame_of_the_site_and_nothing_of_the_page_it_was_taken_from(
    book: Path,
) -> None:
    page = (book / "verification.html").read_text("utf-8")

    assert page.count("<main") == page.count("<h1") == 1
    assert "<title>Vérification · " in page
    assert 'class="page-verification' in page
    assert 'class="chapitres"' in page
    assert 'rel="prev"' not in page
    assert 'id="carte-' not in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert [name for name, times in Counter(ids).items() if times > 1] == []


def test_a_book_without_pages_gets_a_page_that_stands_alone(
    book: Path, project: Path, tmp_path: Path
) -> None:
    shutil.copy(book / "provenance.json", tmp_path)

    verify(tmp_path, project, open_survey(project))

    page = (tmp_path / "verification.html").read_text("utf-8")
    assert "<style>" in page
    assert "url(" not in page
    assert len(rows(page)) == 166


def test_a_check_that_raises_has_failed_and_the_others_still_run(whole: Finished) -> None:
    def broken(_: Finished) -> Outcome:
        raise EnqueteError("Rien ne va.", "ici", "voir là")

    found = run(whole, (broken, integrity.check))

    assert [bool(outcome.faults) for outcome in found] == [True, False]


def test_the_summary_is_one_line_a_check_and_ends_with_the_verdict(whole: Finished) -> None:
    good = run(whole)
    bad = run(changed(whole, remove("p1-2-surcharge")))

    lines = summary(good).split("\n")
    # The shared book has neither EPUB nor DOCX: one check says that it did not run.
    marks = [line.split(" ")[0] for line in lines[: len(good)]]
    assert marks.count("conforme") == len(good) - 1
    assert [line for line in lines if line.startswith("non mené")] == [
        line for line in lines if "EPUB" in line
    ]
    assert lines[-1] == "Tout concorde."
    assert holds(good)
    assert not holds(bad)
    assert summary(bad).split("\n")[-1].endswith("défauts.")


# ---------- the command ----------


def test_verifier_exits_with_0_on_the_book_and_1_on_a_touched_one(
    project: Path, book: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "livre"
    shutil.copytree(book, folder)
    good = rapport(project, "verifier", "--livre", str(folder))
    content = json.loads((folder / "provenance.json").read_text("utf-8"))
    remove("p1-2-surcharge")(content)
    (folder / "provenance.json").write_text(json.dumps(content), "utf-8")
    bad = rapport(project, "verifier", "--livre", str(folder))

    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.rstrip().endswith("Tout concorde.")
    assert bad.returncode == 1
    assert FIRST in bad.stderr
    assert "Traceback" not in bad.stderr
    assert "À corriger" in (folder / "verification.html").read_text("utf-8")


def test_the_gate_of_a_build_stops_a_failing_book_unless_it_is_a_draft(
    project: Path, book: Path, tmp_path: Path
) -> None:
    content = json.loads((book / "provenance.json").read_text("utf-8"))
    remove("p1-2-surcharge")(content)
    (tmp_path / "provenance.json").write_text(json.dumps(content), "utf-8")
    said: list[str] = []

    with pytest.raises(EnqueteError, match="manque au livre"):
        Gate(project, draft=False, say=said.append)(tmp_path)
    refused = "\n".join(said)
    said.clear()
    Gate(project, draft=True, say=said.append)(tmp_path)

    assert "--brouillon" in refused
    assert "manque au livre" in "\n".join(said)
    page = text_of((tmp_path / "verification.html").read_text("utf-8"))
    assert "À ne pas diffuser" in page
    assert "Ce livre est un brouillon" in page
    assert "manquant" in page
    assert json.loads((tmp_path / "verification.json").read_text("utf-8"))["draft"] is True


@pytest.mark.lent
def test_what_is_checked_while_the_pdf_is_made_is_said_as_if_it_were_not(
    project: Path, book: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    for name in ("avant", "ensemble"):
        folder = tmp_path / name
        shutil.copytree(book, folder)
        page = folder / "conclusion.html"
        html = page.read_text("utf-8")
        page.write_text(html.replace("</main>", "<p>Ajout : 4 321 fois.</p></main>", 1), "utf-8")
    gate = Gate(project, say=said.append)
    paper = tmp_path / "avant" / "rapport.pdf"
    content = paper.read_bytes()
    paper.unlink()  # it comes after
    gate.ahead(tmp_path / "avant")
    paper.write_bytes(content)
    for name in ("avant", "ensemble"):
        with pytest.raises(EnqueteError, match="4 321"):
            gate(tmp_path / name)
    assert said[:2] == said[2:]
    for file in ("verification.json", "verification.html"):
        found = [(tmp_path / name / file).read_bytes() for name in ("avant", "ensemble")]
        assert found[0] == found[1]


def test_a_number_altered_in_the_ledger_is_not_the_one_published(whole: Finished) -> None:
    def alter(content: Ledger) -> None:
        entry_of(content, "p1-2-surcharge")["text"] = "15\u00a0%"

    found = published.check(changed(whole, alter)).faults

    assert [fault.quoi for fault in found] == [
        "« p1-2-surcharge » : le livre imprime 15\u00a0% ; c'est 14% qui est publié et que donnent "
        "les réponses."
    ]


def test_every_link_of_a_failing_page_leads_somewhere(
    project: Path, book: Path, tmp_path: Path
) -> None:
    content = json.loads((book / "provenance.json").read_text("utf-8"))
    remove("p1-2-surcharge")(content)
    (tmp_path / "provenance.json").write_text(json.dumps(content), "utf-8")

    verify(tmp_path, project, open_survey(project))

    page = (tmp_path / "verification.html").read_text("utf-8")
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    inner = re.findall(r'href="#([^"]+)"', page)
    assert "controle-publies" in inner
    assert set(inner) <= ids
