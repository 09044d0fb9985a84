"""Grands fichiers : mêmes colonnes et mêmes erreurs que le lecteur ordinaire."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enquete import plain, tabular
from enquete.columns import Column, distinct, distinct_rows, repeated, unknown
from enquete.errors import EnqueteError, EnqueteErrors
from enquete.fields import Field
from enquete.schema import ForeignKey, Package, Resource

TEXTS = st.lists(st.sampled_from(["", "oui", "non", "été"]), max_size=8)


@given(TEXTS)
def test_une_colonne_rend_les_textes_qu_elle_encode(texts):
    column = Column.of(texts)
    assert list(column) == texts
    assert [column[row] for row in range(len(texts))] == texts
    assert set(distinct(column)) == set(texts)
    assert column.among(["oui", ""]).tolist() == [text in ("oui", "") for text in texts]


def test_les_lignes_gardees_ne_gardent_que_leurs_textes():
    column = Column.of(["a", "b", "a", "c"])
    kept = column.where(np.flatnonzero(column.among(["a", "c"])))
    assert list(kept) == ["a", "a", "c"]
    assert set(kept.values) == {"a", "c"}


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1, max_size=7))
def test_doublons_et_inconnues_comme_avec_des_ensembles(rows):
    first, second = ([row[k] for row in rows] for k in (0, 1))
    for columns in ([first, second], [Column.of(first), Column.of(second)]):
        assert distinct_rows(columns) == set(rows)
        assert repeated(columns) == (len(set(rows)) < len(rows))
        target = [Column.of(["a"]), Column.of(["x"])]
        assert unknown(columns, target) == {row for row in rows if row != ("a", "x")}


def test_un_melange_plus_grand_qu_un_entier_de_64_bits_reste_juste():
    wide = [Column.of([f"{name}{row}" for row in range(3000)]) for name in "abcdefg"]
    assert not repeated(wide)
    assert repeated([Column.of([*column, column[0]]) for column in wide])


PLAIN = "id,S1,Q1\nR1,ass,bien\nR2,,mal\nR3,cip,bien\n"


def test_un_grand_fichier_se_lit_comme_un_petit(tmp_path, monkeypatch):
    slow = read(tmp_path, PLAIN)
    monkeypatch.setattr(tabular, "LARGE", 10)
    quick = read(tmp_path, PLAIN)
    assert isinstance(quick["Q1"], Column)
    assert {name: list(quick[name]) for name in quick.columns} == {
        name: list(slow[name]) for name in slow.columns
    }
    assert list(quick.lines) == list(slow.lines) == [2, 3, 4]
    assert quick.place(1, "S1") == slow.place(1, "S1")


CELLS = st.one_of(
    st.sampled_from(
        ["", "a", "ab", "é", "huit_oct", "huit_octets_et_plus", "dix-sept_octets_ou_plus", "o" * 40]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters='\0\r\n",'), max_size=20),
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=25)


@given(ROWS, st.sampled_from([1, 40, 1 << 20]), st.sampled_from([2, 512]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_une_table_quelconque_se_lit_comme_par_le_module_csv(monkeypatch, rows, block, few):
    monkeypatch.setattr(plain, "BLOCK", block)
    monkeypatch.setattr(plain, "FEW", few)
    first = table(("a", "b", "c"), rows)
    columns = read_quickly(first, [None] * 3)
    assert read_by_csv(first) == [list(row) for row in zip(*columns, strict=True)]
    assert all(len(set(column.values)) == len(column.values) for column in columns)
    shuffled = [(row[0], *other[1:]) for row, other in zip(rows[::-1], rows, strict=True)]
    second = table(("a", "b", "c"), [*shuffled, ("inconnue", "b", "c")])
    repeating = read_quickly(second, [columns[0], columns[1], None])
    assert read_by_csv(second) == [list(row) for row in zip(*repeating, strict=True)]
    known = len(columns[0].values)
    assert repeating[0].values[:known] == columns[0].values


def test_des_textes_de_meme_debut_ne_se_confondent_pas(monkeypatch):
    """Chacun seul dans son bloc, pour être cherché parmi ceux d'avant."""
    monkeypatch.setattr(plain, "BLOCK", 1)
    texts = [f"huit_oct{end}" for end in ("ets_et_plus", "", *range(400))]
    rows = [(text, "x") for text in texts]
    (few, _) = read_quickly(table(("a", "b"), rows), [None, None])
    assert list(few) == texts
    (known, _) = read_quickly(table(("a", "b"), rows[:1]), [None, None])
    (again, _) = read_quickly(table(("a", "b"), rows), [known, None])
    assert list(again) == texts


def read_quickly(raw: bytes, expected):
    file = io.BytesIO(raw)
    file.readline()
    return plain.read_plain(file, expected)


def table(header, rows) -> bytes:
    return "".join(",".join(row) + "\n" for row in (header, *rows)).encode()


def read_by_csv(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode(), newline="")))[1:]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('id,S1,Q1\nR1,"ass,x",bien\n', ""),
        ("id,S1,Q1\r\nR1,ass,bien\r\n", ""),
        ("id,S1,Q1\nR1,ass,bien\n\nR2,cip,mal\n", ""),
        ("id,S1,Q1\nR1,ass\n", "Ligne de 2 champs au lieu de 3."),
        ("id,S1,Q1\nR1,ass,bien,x\n", "Ligne de 4 champs au lieu de 3."),
        ("id,S1\nR1,ass,bien\n", "Colonne « Q1 » absente."),
        ("id,S1,Q1\nR1,ass,bi", ""),
    ],
)
def test_un_grand_fichier_irregulier_passe_par_le_lecteur_soigneux(
    tmp_path, monkeypatch, text, said
):
    expected = outcome(tmp_path, text)
    monkeypatch.setattr(tabular, "LARGE", 10)
    assert outcome(tmp_path, text) == expected
    assert said in str(expected)


def test_un_octet_hors_utf8_est_nomme_meme_dans_un_grand_fichier(tmp_path, monkeypatch):
    monkeypatch.setattr(tabular, "LARGE", 10)
    (tmp_path / "reponses.csv").write_bytes(b"id,S1,Q1\nR1,\xe9,bien\n")
    with pytest.raises(EnqueteError, match="0xe9"):
        tabular.read_csv(tmp_path / "reponses.csv", ["id", "S1", "Q1"])


def read(folder: Path, text: str) -> tabular.Records:
    (folder / "reponses.csv").write_text(text, encoding="utf-8", newline="")
    return tabular.read_csv(folder / "reponses.csv", ["id", "S1", "Q1"])


def outcome(folder: Path, text: str) -> object:
    try:
        records = read(folder, text)
    except (EnqueteError, EnqueteErrors) as error:
        return str(error)
    return {name: list(records[name]) for name in records.columns}


PACKAGE = Package(
    Path(),
    "essai",
    "reconstituee",
    0,
    {
        "reponses": Resource(
            "reponses",
            "reponses.csv",
            "",
            (
                Field("id", "id", "string", True, False, (), "R[0-9]{2,}"),
                Field("Q1", "Q1", "string", False, False, ("oui", "non"), ""),
                Field("age", "age", "integer", True, False, (), ""),
            ),
            ("id",),
            (),
        ),
        "coches": Resource(
            "coches",
            "coches.csv",
            "",
            (
                Field("repondant", "repondant", "string", True, False, (), ""),
                Field("option", "option", "string", True, False, (), ""),
            ),
            ("repondant", "option"),
            (ForeignKey(("repondant",), "reponses", ("id",)),),
        ),
    },
)
WHO = st.sampled_from(["R01", "R02", "R03", "R04", "R1", "x", ""])
RESPONSES = st.tuples(WHO, st.sampled_from(["oui", "non", "", "ouï"]), st.sampled_from("45 x"))
TICKS = st.tuples(WHO, st.sampled_from(["a", "b", ""]))


@given(st.lists(RESPONSES, min_size=1, max_size=6), st.lists(TICKS, min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_toute_faute_d_un_grand_fichier_est_dite_avec_sa_ligne(tmp_path, monkeypatch, rows, ticks):
    """Les fautes attendues sont celles que trouve une lecture naïve, ligne après ligne."""
    monkeypatch.setattr(tabular, "LARGE", 0)
    (tmp_path / "reponses.csv").write_bytes(table(("id", "Q1", "age"), rows))
    (tmp_path / "coches.csv").write_bytes(table(("repondant", "option"), ticks))
    expected = [*naive_responses(rows), *naive_ticks(ticks, {row[0] for row in rows})]
    try:
        replace(PACKAGE, folder=tmp_path).read("reponses", "coches")
        found = []
    except EnqueteErrors as several:
        found = list(several.problems)
    except EnqueteError as one:
        found = [one]
    assert sorted(said(each) for each in found) == sorted(expected)


def said(problem: EnqueteError) -> tuple[str, str, str]:
    file, line, column = problem.ou.split(", ")
    return problem.quoi.partition(".")[0], f"{Path(file).name} {line}", column.split()[2]


def naive_responses(rows):
    seen: dict[str, int] = {}
    for line, (who, answer, age) in enumerate(rows, 2):
        at = f"reponses.csv ligne {line}"
        if not who:
            yield "Cellule vide", at, "id"
        elif not (who[0] == "R" and who[1:].isdigit() and len(who) > 2):
            yield f"Valeur « {who} » mal formée", at, "id"
        if who in seen:
            yield f"Doublon : « {who} » est déjà ligne {seen[who]}", at, "id"
        seen.setdefault(who, line)
        if answer not in ("oui", "non", ""):
            yield f"Option inconnue « {answer} »", at, "Q1"
        if age not in "45":
            yield f"Nombre entier attendu, « {age} » trouvé", at, "age"


def naive_ticks(rows, known):
    seen: dict[tuple[str, str], int] = {}
    for line, (who, option) in enumerate(rows, 2):
        at = f"coches.csv ligne {line}"
        if not who:
            yield "Cellule vide", at, "repondant"
        elif who not in known:
            yield f"« {who} » est inconnu", at, "repondant"
        if not option:
            yield "Cellule vide", at, "option"
        if (who, option) in seen:
            first = seen[who, option]
            yield f"Doublon : « {who}, {option} » est déjà ligne {first}", at, "option"
        seen.setdefault((who, option), line)
