"""Bad exports: a French message in three parts, and nothing written."""

from __future__ import annotations

import io
import struct
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from enquete import EnqueteError, open_survey
from enquete.importing import Request, import_export
from enquete.importing.containers import read_export
from enquete.importing.wording import eaten

HEAD = "Identifiant;Depuis combien de temps ?;Comment vivez-vous la numérisation ?\n"
GOOD = HEAD + "1;plus de 10 ans;mal\n2;10 ans ou moins;Très bien\n"


def state(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def refused(mini_root: Path) -> Callable[..., str]:
    """Import bytes that must be refused, and return what is said of them."""

    def attempt(raw: bytes, name: str = "export.csv", **options: Any) -> str:
        path = mini_root.parent / name
        path.write_bytes(raw)
        before = state(mini_root)
        with pytest.raises(EnqueteError) as caught:
            import_export(Request(path, mini_root, **options))
        assert state(mini_root) == before
        for problem in getattr(caught.value, "problems", (caught.value,)):
            assert problem.quoi, problem
            assert problem.ou, problem
            assert problem.que_faire, problem
        return str(caught.value)

    return attempt


BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "Le fichier est vide."),
    "blank": (b"\xef\xbb\xbf \r\n\n", "Le fichier est vide."),
    "header only": (HEAD.encode(), "Le fichier n’a que son en-tête : aucune réponse."),
    "zero rows, empty cells": ((HEAD + ";;\n;;\n").encode(), "aucune réponse"),
    "cut in a row": (GOOD.encode()[:-15], "La dernière ligne est incomplète"),
    "cut in quotes": (GOOD.encode() + b'3;"plus de', "au milieu d’une cellule entre guillemets"),
    "ragged": (
        (HEAD + "1;plus de 10 ans;mal;oui\n2;plus de 10 ans;mal\n").encode(),
        "Ligne de 4 cellules au lieu de 3.",
    ),
    "unquoted line break": (
        (HEAD + "1;plus de\n10 ans;mal\n2;plus de 10 ans;mal\n").encode(),
        "un retour à la ligne doit être entre guillemets",
    ),
    "stray quote": ((HEAD + '1;"plus" de 10 ans;mal\n').encode(), "guillemets mal fermés"),
    "NUL": (GOOD.encode().replace(b"mal", b"m\x00l"), "Octet nul"),
    "UTF-16 without mark": (GOOD.encode("utf-16-le"), "UTF-16 sans marque d’ordre"),
    "UTF-16 cut": (GOOD.encode("utf-16")[:-1], "s’annonce en UTF-16 et n’en est pas"),
    "UTF-8 mark on cp1252": (
        b"\xef\xbb\xbf" + GOOD.encode("cp1252"),
        "s’annonce en UTF-8 et n’en est pas",
    ),
    "mixed encodings": (
        GOOD.encode() + "3;plus de 10 ans;Très bien\n".encode("cp1252"),
        "Deux encodages mélangés : de l’UTF-8 ligne 1, autre chose ailleurs (octet 0xe8).",
    ),
    "undefined byte": (
        GOOD.encode("cp1252").replace(b"mal", b"m\x81l"),
        "l’octet 0x81 n’est ni de l’UTF-8 ni du Windows-1252",
    ),
    "mojibake header": (
        GOOD.encode().decode("cp1252").encode(),
        "Accents abîmés dans l’en-tête : « Ã© » au lieu de « é »",
    ),
    "mojibake cell": (
        GOOD.replace("Très", "TrÃ¨s").encode(),
        "accents abîmés : « Ã¨ » pour « è »",
    ),
    "one column": (b"Identifiant\n1\n2\n", "une seule colonne"),
    "ambiguous": (b"a,b;c\n1,2;3\n", "--separateur point-virgule"),
    "duplicated header": (
        (HEAD.replace("Comment vivez-vous la numérisation ?", "Depuis combien de temps ?")
         + "1;plus de 10 ans;plus de 10 ans\n").encode(),
        "Colonne non reconnue : « Depuis combien de temps ? ».",
    ),
    "a date": ((HEAD + "1;plus de 10 ans;01-avr\n").encode(), "« 1-4 » ou « 4-1 »"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "C’est un PDF."),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Ancien classeur Excel"),
    "damaged SPSS": (b"$FL2@(#) IBM SPSS STATISTICS" + b"\xff" * 300, "SPSS ne se lit pas"),
    "damaged workbook": (b"PK\x03\x04" + b"\0" * 200, "Le classeur est abîmé"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "said"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_in_french(
    refused: Callable[..., str], raw: bytes, said: str
) -> None:
    assert said in refused(raw)


def test_a_line_of_50_megabytes_is_refused_without_being_read(
    refused: Callable[..., str],
) -> None:
    raw = HEAD.encode() + b"1;" + b"x" * (50 * 2**20)
    tracemalloc.start()
    message = refused(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "Ligne de plus d’un million d’octets (50 Mo)." in message
    assert "export.csv, ligne 2" in message
    assert peak < 3 * len(raw)


def test_a_file_of_more_than_64_megabytes_is_not_even_opened(
    refused: Callable[..., str], mini_root: Path
) -> None:
    path = mini_root.parent / "gros.csv"
    with path.open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(EnqueteError, match="trop gros"):
        import_export(Request(path, mini_root))


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "encodage UTF-8"),
        ("utf-8-sig", "encodage UTF-8 (marque d’ordre)"),
        ("utf-16", "encodage UTF-16 (marque d’ordre)"),
        ("cp1252", "encodage Windows-1252 (ce n’est pas de l’UTF-8)"),
    ],
)
@pytest.mark.parametrize(
    ("separator", "name"), [(",", "virgule"), (";", "point-virgule"), ("\t", "tabulation")]
)
def test_encoding_and_separator_are_decided_and_said(
    tmp_path: Path, encoding: str, said: str, separator: str, name: str
) -> None:
    path = tmp_path / "e.csv"
    path.write_bytes(GOOD.replace(";", separator).encode(encoding))
    table = read_export(path).table
    assert table.notes == (said, f"séparateur {name} (seul présent dans l’en-tête)")
    assert table.header[1:] == (
        "Depuis combien de temps ?",
        "Comment vivez-vous la numérisation ?",
    )
    assert table.rows[1] == ("2", "10 ans ou moins", "Très bien")
    assert table.lines == (2, 3)


def test_several_separators_are_settled_by_the_shape_or_by_the_editor(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text("a, b;c\n1;2\n", "utf-8")
    assert read_export(path).table.header == ("a, b", "c")
    path.write_text("a,b;c\n1,2;3\n", "utf-8")
    assert read_export(path, separator=";").table.header == ("a,b", "c")


def test_quoted_newlines_and_text_as_read_survive(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text('id,b\n01,"deux\nlignes"\n1e5,NA\nNone,"1 234,5"\n', "utf-8", newline="")
    table = read_export(path).table
    assert table.rows == (("01", "deux\nlignes"), ("1e5", "NA"), ("None", "1 234,5"))
    assert table.lines == (2, 4, 5)
    assert list(table.column(1)) == ["deux lignes", "NA", "1 234,5"]


def test_a_row_less_is_said_and_imported(mini_root: Path) -> None:
    path = mini_root.parent / "export.csv"
    path.write_text(HEAD + "".join(f"{n};plus de 10 ans;mal\n" for n in range(11)), "utf-8")
    done = import_export(Request(path, mini_root))
    assert "11 réponses ; 12 étaient attendues (data/datapackage.json, « n »)" in done.remarks
    assert len(open_survey(mini_root).answers) == 11


def test_missing_and_renamed_columns_are_all_named(
    refused: Callable[..., str], mini_root: Path
) -> None:
    mapping = mini_root.parent / "c.yml"
    mapping.write_text(
        'colonnes:\n- {position: 1, intitule: "Identifiant", role: identifiant}\n'
        '- {position: 2, intitule: "Ancienneté", role: reponse, question: S4}\n'
        '- {position: 3, intitule: "Vécu", role: reponse, question: Q1}\n',
        "utf-8",
    )
    message = refused(b"Identifiant;Anciennete reelle\n1;mal\n", correspondence=mapping)
    assert "Colonne « Ancienneté » absente de l’export." in message
    assert "Colonne « Vécu » absente de l’export." in message
    assert "Colonne que la correspondance ne connaît pas." in message


MAPPINGS = {
    "not YAML": ("colonnes: [", "YAML illisible"),
    "a list": ("- a\n", "ne contient pas de champs"),
    "python tag": ("colonnes: !!python/object/apply:os.system [ls]\n", "YAML illisible"),
    "unknown field": ("colonne: []\n", "Champ « colonne » inconnu. Vouliez-vous dire « colonnes »"),
    "unknown role": (
        'colonnes:\n- {position: 1, intitule: "a", role: reponses, question: Q1}\n',
        "Vouliez-vous dire « reponse » ?",
    ),
    "unknown question": (
        'colonnes:\n- {position: 1, intitule: "a", role: reponse, question: Q99}\n',
        "La question « Q99 » n’existe pas.",
    ),
    "wrong role": (
        'colonnes:\n- {position: 1, intitule: "a", role: theme, question: Q1}\n',
        "le rôle « theme » ne lui convient pas",
    ),
    "unquoted word": (
        'colonnes:\n- {position: 1, intitule: "a", role: ignoree}\nlibelles: {Q1: {No: mal}}\n',
        "n’a pas de guillemets",
    ),
    "unknown code": (
        'colonnes:\n- {position: 1, intitule: "a", role: ignoree}\nlibelles: {Q1: {"x": male}}\n',
        "Le code « male » n’existe pas à Q1. Vouliez-vous dire « mal » ?",
    ),
    "taken code": (
        "colonnes: []\nmodalites:\n- {question: Q1, code: mal, libelle: Mal}\n",
        "Le code « mal » est déjà pris, ou mal formé.",
    ),
    "same place twice": (
        'colonnes:\n- {position: 1, intitule: "a", role: ignoree}\n'
        '- {position: 1, intitule: "b", role: ignoree}\n',
        "La position 1 est décrite deux fois.",
    ),
}


@pytest.mark.parametrize(("text", "said"), MAPPINGS.values(), ids=MAPPINGS)
def test_a_bad_correspondence_is_refused_in_french(
    refused: Callable[..., str], mini_root: Path, text: str, said: str
) -> None:
    mapping = mini_root.parent / "c.yml"
    mapping.write_text(text, "utf-8")
    assert said in refused(GOOD.encode(), correspondence=mapping)


def test_a_long_file_of_themes_is_checked_line_by_line(
    refused: Callable[..., str], mini_root: Path
) -> None:
    themes = mini_root.parent / "themes.csv"
    themes.write_text(
        "id,question,thème\n1,Q2,facilitation\n9,Q2,facilitation\n2,Q1,mal\n2,Q2,facilitaton\n",
        "utf-8",
    )
    message = refused(GOOD.encode(), themes=themes)
    assert "Réponse d’une répondante absente de l’export." in message
    assert "« Q1 » n’est pas une question ouverte." in message
    assert (
        "Q2 : « facilitaton » n’est pas une option. Vouliez-vous dire « facilitation »" in message
    )
    assert "themes.csv, ligne 5" in message
    themes.write_text("a,b,c\n1,2,3\n", "utf-8")
    assert "Colonnes du fichier de thèmes non reconnues." in refused(GOOD.encode(), themes=themes)


# Workbooks.


def workbook(build: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    build(book)
    book.close()
    return out.getvalue()


def filled(book: xlsxwriter.Workbook, name: str = "Réponses") -> Any:
    sheet = book.add_worksheet(name)
    for row, line in enumerate(GOOD.splitlines()):
        for column, cell in enumerate(line.split(";")):
            sheet.write(row, column, cell)
    return sheet


def rezipped(raw: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_workbook_that_unpacks_to_too_much_is_refused(refused: Callable[..., str]) -> None:
    def inflate(parts: dict[str, bytes]) -> None:
        parts[SHEET] += b"<!--" + b" " * (30 * 2**20) + b"-->"

    raw = rezipped(workbook(filled), inflate)
    assert len(raw) < 2**20
    tracemalloc.start()
    message = refused(raw, "bombe.xlsx")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "Archive refusée : compression de plus de 250 pour 1." in message
    assert peak < 5 * 2**20


def test_a_workbook_that_unpacks_to_too_much_in_all_is_refused(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real limit is 256 MB; a lower one is told the same way, and quicker."""
    from enquete.importing import archives

    monkeypatch.setattr(archives, "MAX_TOTAL", 2**12)
    assert "une fois décompressé" in refused(workbook(filled), "gros.xlsx")


def test_a_workbook_that_lies_about_its_size_is_refused(refused: Callable[..., str]) -> None:
    raw = bytearray(workbook(filled))
    place = raw.find(b"PK\x01\x02")
    while raw[place + 46 : place + 46 + len(SHEET)] != SHEET.encode():
        place = raw.find(b"PK\x01\x02", place + 4)
    struct.pack_into("<I", raw, place + 24, 10)
    assert "taille annoncée fausse" in refused(bytes(raw), "menteur.xlsx")


def test_a_workbook_of_countless_files_is_refused(refused: Callable[..., str]) -> None:
    def multiply(parts: dict[str, bytes]) -> None:
        parts.update({f"xl/x{n}.xml": b"" for n in range(600)})

    assert "fichiers dans l’archive" in refused(rezipped(workbook(filled), multiply), "e.xlsx")


@pytest.mark.parametrize("address", ["XFD1048576", "AAA1", "B1048576"])
def test_a_cell_far_away_is_refused_before_memory_is_reserved(
    refused: Callable[..., str], address: str
) -> None:
    def move(parts: dict[str, bytes]) -> None:
        assert b'r="B2"' in parts[SHEET]
        parts[SHEET] = parts[SHEET].replace(b'r="B2"', f'r="{address}"'.encode())

    raw = rezipped(workbook(filled), move)
    message = refused(raw, "loin.xlsx")
    assert "Feuille démesurée" in message or "non reconnue" in message
    assert ("Feuille démesurée" in message) == (address != "AAA1")


@pytest.mark.parametrize("name", ["../dehors.xml", "/etc/passwd", "C:\\dehors.txt", "a\\..\\..\\b"])
def test_an_archive_that_names_a_path_outside_is_refused(
    refused: Callable[..., str], name: str
) -> None:
    def escape(parts: dict[str, bytes]) -> None:
        parts[name] = b"x"

    raw = rezipped(workbook(filled), escape)
    assert "un chemin qui en sort" in refused(raw, "export.xlsx")


def test_an_archive_that_is_no_workbook_is_refused(refused: Callable[..., str]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("reponses.csv", GOOD)
    assert "Archive ZIP qui n’est pas un classeur XLSX." in refused(out.getvalue(), "e.zip")


def test_merged_cells_are_refused(refused: Callable[..., str]) -> None:
    def merge(book: xlsxwriter.Workbook) -> None:
        filled(book).merge_range("B2:B3", "plus de 10 ans")

    message = refused(workbook(merge), "e.xlsx")
    assert "1 groupe(s) de cellules fusionnées" in message
    assert "feuille « Réponses », ligne 2" in message


def test_the_first_visible_sheet_is_read_and_hidden_ones_named(tmp_path: Path) -> None:
    def sheets(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("secret").hide()
        filled(book)
        book.add_worksheet("Notes").write(0, 0, "à part")
        book.get_worksheet_by_name("Réponses").activate()
        book.get_worksheet_by_name("Réponses").set_first_sheet()

    path = tmp_path / "e.xlsx"
    path.write_bytes(workbook(sheets))
    table = read_export(path).table
    assert table.notes == (
        "classeur XLSX, feuille « Réponses »",
        "feuilles cachées, non lues : « secret »",
        "autres feuilles, non lues : « Notes » (--feuille pour en choisir une)",
    )
    assert len(table.rows) == 2
    with pytest.raises(EnqueteError, match="La feuille « Reponses » n’existe pas"):
        read_export(path, sheet="Reponses")
    with pytest.raises(EnqueteError, match="que son en-tête"):
        read_export(path, sheet="Notes")


def test_numbers_dates_and_formulas_of_a_workbook_are_text(tmp_path: Path) -> None:
    import datetime as dt

    def cells(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "d-mmm"})
        sheet.write_row(0, 0, ["entier", "décimal", "date", "formule", "vrai", "texte"])
        sheet.write_number(1, 0, 3)
        sheet.write_number(1, 1, 2.5)
        sheet.write_datetime(1, 2, dt.datetime(2024, 4, 1), day)
        sheet.write_formula(1, 3, "=1+1", None, 2)
        sheet.write_boolean(1, 4, True)
        sheet.write_string(1, 5, "  007 ")

    path = tmp_path / "e.xlsx"
    path.write_bytes(workbook(cells))
    table = read_export(path).table
    assert table.rows == (("3", "2.5", "2024-04-01", "2", "VRAI", "  007 "),)
    assert eaten(table.rows[0][2]) == ("1-4", "4-1")


def test_without_its_package_an_spss_file_says_what_to_install(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    message = refused(b"$FL2" + b"\0" * 100, "e.sav")
    assert "pyreadstat, qui n’est pas installé" in message
    assert "pip install pyreadstat" in message


def test_a_crash_of_the_spss_reader_is_a_french_error(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fuzzer found one: the reader is C, and runs in a process of its own."""
    from enquete.importing import spss

    monkeypatch.setattr(spss, "_READER", "import os; os.abort()")
    assert "Le fichier SPSS ne se lit pas." in refused(b"$FL2" + b"\0" * 100, "e.sav")


# Files that are not files.


def test_a_symbolic_link_is_refused(mini_root: Path) -> None:
    real, link = mini_root.parent / "vrai.csv", mini_root.parent / "lien.csv"
    real.write_text(GOOD, "utf-8")
    link.symlink_to(real)
    with pytest.raises(EnqueteError, match="est un lien symbolique"):
        import_export(Request(link, mini_root))


@pytest.mark.parametrize("inside", [True, False])
def test_a_link_in_the_place_of_the_data_is_refused(mini_root: Path, inside: bool) -> None:
    export = mini_root.parent / "export.csv"
    export.write_text(GOOD, "utf-8")
    moved = mini_root.parent / "ailleurs"
    target = mini_root / "data" / "coches.csv" if inside else mini_root / "data"
    target.rename(moved)
    target.symlink_to(moved)
    with pytest.raises(EnqueteError, match="lien symbolique : le remplacer toucherait"):
        import_export(Request(export, mini_root))
    assert target.is_symlink()
    assert not list(mini_root.glob(".rapport/import-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="pas de tube nommé")
def test_a_folder_a_pipe_and_nothing_are_refused(mini_root: Path) -> None:
    import os

    pipe = mini_root.parent / "tube.csv"
    os.mkfifo(pipe)
    for path, said in (
        (mini_root.parent, "est un dossier"),
        (pipe, "n’est pas un fichier ordinaire"),
        (mini_root.parent / "absent.csv", "ne se lit pas : il n’existe pas"),
    ):
        with pytest.raises(EnqueteError, match=said):
            import_export(Request(path, mini_root))


def test_a_few_seconds_of_fuzzing_find_no_fault() -> None:
    """The long run is `python tests/fuzz_import.py --secondes 600`."""
    from fuzz_import import fuzz

    found = fuzz(seconds=10, seed=3)
    assert found.failures == []
    assert found.inputs >= 3
