"""Personal data in a finished book: found in every format, told without its value."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import typst
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st
from real_book import rapport

from edition.checking import Finished, Outcome
from edition.identifiers import Identifiers
from edition.privacy import check
from enquete import Survey, open_survey
from enquete.personal import kinds
from enquete.policy import Admitted

# Everything below is invented; Arcep keeps 06 39 98 for fiction, exemple.fr is nobody's.
MAIL = "zoe.quatrepoint@exemple.fr"
PHONE = "06 39 98 12 34"
MESSAGE = f"Écrire à {MAIL} ou appeler le {PHONE}."
BOTH = ("adresse électronique", "numéro de téléphone")


def pdf(text: str) -> bytes:
    return bytes(typst.compile(text.replace("@", "\\@").encode()))


def xlsx(text: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write_string(2, 1, text)
    return out.getvalue()


def archive(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, text)
    return out.getvalue()


def book_of(root: Path, survey: Survey, files: Mapping[str, str | bytes]) -> Finished:
    folder = root / "livre"
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Finished(folder, root, survey, {"entries": []})


def told(outcome: Outcome) -> str:
    return "\n".join(map(str, outcome.faults))


PLACES: dict[str, tuple[str, str | bytes, str]] = {
    "page": ("p.html", f"<p>Un.</p>\n<p>{MESSAGE}</p>\n", "p.html, ligne 2"),
    "page, coupée": (
        "p.html",
        "<p>zoe.quatrepoint<b>@</b>exemple.fr,\n06&nbsp;39&#8239;98\n12 34</p>",
        "p.html, ligne",
    ),
    "attribut": ("p.html", f'<p>\n<img src="a" alt="{MESSAGE}"></p>', "p.html, ligne 2"),
    "lien": ("p.html", f'<a href="mailto:{MAIL}">a</a> {PHONE}', "p.html, ligne 1"),
    "commentaire": ("p.html", f"<p>a</p>\n<!-- {MESSAGE} -->", "p.html, ligne 2"),
    "dessin": ("f.svg", f"<svg><text>{MESSAGE}</text></svg>", "f.svg, ligne 1"),
    "index": ("assets/index.js", f"const i = [\n'{MESSAGE}'];", "assets/index.js, ligne 2"),
    "index de la recherche": (
        "assets/recherche/index.js",
        f'window.rapportIndex=[["a.html","A",[]],["b.html","B",[["s","Un","{MESSAGE}"]]]];\n',
        "assets/recherche/index.js, b.html",
    ),
    "index qui n'en est pas un": (
        "assets/recherche/index.js",
        f'window.rapportIndex=["{MESSAGE}"];\n',
        "assets/recherche/index.js, ligne 1",
    ),
    "index échappé": (
        "assets/i.js",
        "i='zoe.quatrepoint\\u0040exemple.fr 06\\u00a039 98 12 34'",
        "assets/i.js",
    ),
    "json": ("assets/i.json", json.dumps({"t": [MESSAGE]}), "assets/i.json, ligne 1"),
    "json échappé": (
        "i.json",
        '{"t": "\\u005aoe \\u003czoe.quatrepoint\\u0040exemple.fr> 06\\u00a039\\u00a098 12 34"}',
        "i.json",
    ),
    "carnet": (
        "notebooks/c.ipynb",
        json.dumps({"cells": [{"source": ["a\n", MESSAGE + "\n"], "outputs": []}]}, indent=1),
        "notebooks/c.ipynb, ligne",
    ),
    "csv": ("donnees/a.csv", f'a,b\n"x, {MESSAGE}",2\n', "donnees/a.csv, ligne 2"),
    "xlsx": ("donnees/a.xlsx", xlsx(MESSAGE), "xl/sharedStrings.xml"),
    "epub": ("r.epub", archive("EPUB/c.xhtml", f"<p>{MESSAGE}</p>"), "EPUB/c.xhtml"),
    "docx": ("r.docx", archive("word/document.xml", f"<w:t>{MESSAGE}</w:t>"), "word/document.xml"),
    "pdf": ("r.pdf", pdf(f"Un. #pagebreak() {MESSAGE}"), "r.pdf, page 2"),
    "pdf, titre": (
        "r.pdf",
        bytes(typst.compile(f'#set document(title: "{MAIL} {PHONE}")\nUn.'.encode())),
        "r.pdf, métadonnées",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_personal_data_are_found_wherever_a_book_may_hold_them(
    tmp_path: Path, mini: Survey, name: str
) -> None:
    file, content, place = PLACES[name]
    said = told(check(book_of(tmp_path, mini, {file: content})))
    for kind in BOTH:
        assert kind in said
    assert place in said
    for secret in ("quatrepoint", "exemple.fr", "98", "zoe"):
        assert secret not in said.replace(str(tmp_path), "")


def test_a_clean_book_has_no_fault(tmp_path: Path, mini: Survey) -> None:
    files = {
        "p.html": "<p>En 2024, 2 542 collègues, 59 %, le 115 et le 39 49.</p>",
        "a.json": json.dumps({"sha": "a1" * 32, "n": "06" + "1" * 62}),
        "a.js": "@media screen { a { color: red } }",
    }
    outcome = check(book_of(tmp_path, mini, files))
    assert outcome.faults == ()
    assert outcome.counted == 3


def test_what_the_policy_admits_is_let_through_and_nothing_else(
    tmp_path: Path, mini: Survey
) -> None:
    rule = Admitted("adresse électronique", "contact@exemple.fr", "imprimée en page 2")
    kept = replace(mini, policy=replace(mini.policy, admitted_texts=(rule,)))
    page = {"p.html": "<p>contact@exemple.fr</p>"}
    assert check(book_of(tmp_path / "a", kept, page)).faults == ()
    for other in ("contact@exemple.com", "z.contact@exemple.fr zoe@exemple.fr", PHONE):
        assert check(book_of(tmp_path / "b", kept, {"p.html": f"<p>{other}</p>"})).faults


def test_an_exception_that_serves_no_more_is_told(tmp_path: Path, mini: Survey) -> None:
    rule = Admitted("adresse électronique", "contact@exemple.fr", "imprimée en page 2")
    kept = replace(mini, policy=replace(mini.policy, admitted_texts=(rule,)))
    (note,) = check(book_of(tmp_path, kept, {"p.html": "<p>rien</p>"})).notes
    assert "n’imprime plus" in note
    assert "contact@" not in note


@pytest.mark.parametrize("file", ["p.html", "a.css", "r.epub"])
def test_a_path_of_the_machine_is_a_fault(tmp_path: Path, mini: Survey, file: str) -> None:
    text = f"voir {tmp_path}/chapters/a.qmd"
    content: str | bytes = archive("c.xhtml", text) if file.endswith("epub") else text
    said = told(check(book_of(tmp_path, mini, {file: content})))
    assert "Chemin de cette machine" in said
    assert said.count(file) == 1


def test_respondents_stay_out_of_a_book(tmp_path: Path, original: Survey, mini: Survey) -> None:
    page = {"p.html": "<p>Voir R0007.</p>"}
    assert "répondante" in told(check(book_of(tmp_path / "a", original, page)))
    rows = {"donnees/enquete/reponses.csv": "id,S4\nR0007,plus_10\n"}
    assert "répondante" in told(check(book_of(tmp_path / "b", original, rows)))


IDS = st.from_regex(r"(R|AB|ab-|b_|)[0-9]{2,5}|R[0-9]{3}[a-z]|[A-Z]{2}", fullmatch=True)


@given(
    st.lists(IDS, max_size=6),
    st.lists(
        st.one_of(IDS, st.sampled_from([" ", "é", "_", "-", ", ", "R", "0", "\n"])), max_size=8
    ),
)
@example(["R0412", "AB0412"], ["AB0412"])
@example(["R0412", "12"], ["x", "R0412"])
@example(["R0412"], ["R0412", "7"])
def test_an_id_is_found_as_by_looking_for_each(ids: list[str], pieces: list[str]) -> None:
    text = "".join(pieces)
    telling = [each for each in ids if re.fullmatch(r"[A-Za-z]+[-_]?[0-9]{3,}", each)]
    found = [each for each in telling if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text)]
    assert Identifiers(ids).among(text) == bool(found)


def test_reconstructed_rows_are_nobody(tmp_path: Path, mini: Survey) -> None:
    rows = {"donnees/enquete/reponses.csv": "id,S4\nR0007,plus_10\n"}
    assert check(book_of(tmp_path, mini, rows)).faults == ()


def test_a_label_that_names_somebody_is_told_by_its_place(
    tmp_path: Path, mini_root: Path, edit: Callable[[str, str, str], None]
) -> None:
    edit("modalites.csv", "nouveaux outils", f"demander à {MAIL}")
    said = told(check(book_of(tmp_path, open_survey(mini_root), {"p.html": "<p>a</p>"})))
    assert "data/modalites.csv, question Q2, code outils" in said
    assert MAIL not in said


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("jean [point] dupont (arobase) exemple", "adresse électronique"),
        ("zoe (at) exemple point fr", "adresse électronique"),
        ("zoe @ exemple . fr", "adresse électronique"),
        ("ZOE@EXEMPLE.FR", "adresse électronique"),
        ("+32 475 12 34 56", "numéro de téléphone"),
        ("0692.39.98.12", "numéro de téléphone"),
        ("FR76 3000 6000 0112 3456 7890 189", "coordonnées bancaires"),
        ("née le 12 mars 1975 à Lille", "date de naissance"),
        ("né(e) le 12/03/75", "date de naissance"),
        ("1234 AB 59", "plaque d’immatriculation"),
        ("12 RUE des Lilas", "adresse postale"),
    ],
)
def test_other_ways_to_write_them(text: str, kind: str) -> None:
    assert kind in kinds(f"Il a dit {text}, je crois.")


@pytest.mark.parametrize(
    "text",
    [
        "la moitié des répondantes @insee2021. Le reste suit",
        "dans @fig-q10. De plus",
        "on s'est dit rendez-vous (at) midi",
        "née le jour même, la réforme",
        "+ 12 points, puis + 3 points en 2024",
        "12,3 45,6 78,9 10,1 12,3",
        "mesure 2019-2024 : 1 234 567 euros",
    ],
)
def test_other_ordinary_words(text: str) -> None:
    assert kinds(text) == ()


@pytest.mark.lent
def test_the_real_book_names_nobody_quickly(book: Path, shipped: Survey) -> None:
    entries = json.loads((book / "provenance.json").read_text("utf-8"))
    finished = Finished(book, book.parent, shipped, entries)
    start = time.process_time()
    outcome = check(finished)
    spent = time.process_time() - start
    assert outcome.faults == ()
    assert outcome.counted > 50
    assert spent < 2  # 0,4 s alone; the machine of the tests is shared


@pytest.mark.lent
def test_the_diagnosis_says_it_all_in_french(project: Path) -> None:
    done = rapport(project, "diagnostic", "--confidentialite")
    assert done.returncode == 0, done.stderr
    for words in (
        "Politique en vigueur", "base minimale d’une part : 30", "k-anonymat",
        "a1-met-aide-domicile", "elles ne sont celles de personne", "plus petit profil (k) : 1",
    ):  # fmt: skip
        assert words in done.stdout
