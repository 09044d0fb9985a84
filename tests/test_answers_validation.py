"""Bad data: a French message with file, line and column, all problems at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from enquete import EnqueteError, EnqueteErrors, Survey, open_survey
from enquete.schema import read_package, refresh_hashes, stale_hashes

REPOSITORY = Path(__file__).resolve().parents[1]

Edit = Callable[[str, str, str], None]


def failure(root: Path) -> EnqueteError:
    """The error that opening the survey raises."""
    with pytest.raises(EnqueteError) as caught:
        open_survey(root)
    return caught.value


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "coches.csv",
            "R0003,Q8,logement",
            "R0003,Q8,logment",
            ["« logment » est inconnu à Q8. Vouliez-vous dire « logement » ?",
             "data/coches.csv, ligne 5, colonne « option »"],
        ),
        (
            "themes.csv",
            "R0004,Q2,facilitation",
            "R0044,Q2,facilitation",
            ["« R0044 » est inconnu. Vouliez-vous dire",
             "themes.csv, ligne 5, colonne « repondant »"],
        ),
        (
            "reponses.csv",
            "R0002,plus_10,tres_bien,2",
            "R0001,plus_10,tres_bien,2",
            ["Doublon : « R0001 » est déjà ligne 2.", "reponses.csv, ligne 3, colonne « id »"],
        ),
        (
            "reponses.csv",
            "id,S4,Q1,Q4",
            "id,S4,Q1",
            ["Colonne « Q4 » absente.", "reponses.csv, ligne 1", "attendues : id, S4, Q1, Q4"],
        ),
        (
            "reponses.csv",
            "id,S4,Q1,Q4",
            "id,S4,q1,Q4",
            ["Colonne « q1 » inconnue. Vouliez-vous dire « Q1 » ?", "ligne 1, colonne 3"],
        ),
        (
            "reponses.csv",
            "id,S4,Q1,Q4",
            "id,S4,Q1,Q4,commentaire",
            ["Colonne « commentaire » en trop.", "ligne 1, colonne 5"],
        ),
        (
            "reponses.csv",
            "R0005,plus_10,mal,1",
            "R0005,plus_10,mal,1,oui",
            ["Ligne de 5 champs au lieu de 4.", "reponses.csv, ligne 6, colonne 5"],
        ),
        (
            "reponses.csv",
            "R0012,dix_ou_moins,,3_4\n",
            "",
            ["11 répondantes au lieu de 12.", "reponses.csv, ligne 12"],
        ),
        (
            "reponses.csv",
            "R0005,plus_10,mal,1",
            'R0005,plus_10,"mal,1',
            ["CSV illisible", "reponses.csv, ligne 6", "guillemets"],
        ),
        (
            "modalites.csv",
            "Q4,2,,2,2,publiee",
            "Q4,2,,2,deux,publie",
            ["Nombre entier attendu, « deux » trouvé.", "colonne « ordre »",
             "Option inconnue « publie ». Vouliez-vous dire « publiee » ?", "2 problèmes"],
        ),
        (
            "modalites.csv",
            "Q2,outils,facilitation,",
            "Q2,outils,facilitations,",
            ["Options de Q2 rattachées à aucun parent : outils.", "colonne « parent »"],
        ),
        (
            "questions.csv",
            '"{""q"":""Q1"",""in"":[""bien""]}"',
            '"{""q"":""Q1"",""dans"":[""bien""]}"',
            ["Filtre illisible", "questions.csv, ligne 6, colonne « posee_a »"],
        ),
        (
            "datapackage.json",
            '"origine": "reconstituee"',
            '"origine": "inventee"',
            ["Origine des réponses inconnue", "reconstituee ou originale"],
        ),
        (
            "datapackage.json",
            '"n": 12,',
            '"n": 12',
            ["pas du JSON", "datapackage.json, ligne"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.endswith((".csv", ".json")) else "",
)  # fmt: skip
def test_a_bad_file_is_named_with_its_place(
    mini_root: Path, edit: Edit, name: str, old: str, new: str, expected: list[str]
) -> None:
    edit(name, old, new)
    message = str(failure(mini_root))
    for part in expected:
        assert part in message


@pytest.mark.parametrize("name", ["reponses.csv", "themes.csv", "figures.yml", "datapackage.json"])
def test_a_missing_file_is_named(mini_root: Path, name: str) -> None:
    (mini_root / "data" / name).unlink()
    error = failure(mini_root)
    assert "absent" in error.quoi
    assert error.ou == f"data/{name}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "est vide"),
        (b" \n", "est vide"),
        (b"repondant,question,option\n", "aucune ligne de données"),
        (b"repondant;question;option\nR0001;Q8;aucune\n", "Séparateur « ; »"),
        (b"repondant\tquestion\toption\nR0001\tQ8\taucune\n", "Séparateur « tabulation »"),
        (b"\xef\xbb\xbfrepondant,question,option\nR0001,Q8,aucune\n", "UTF-8 avec BOM"),
        ("repondant,question,option\nR0001,Q8,aucune\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_saved_otherwise_is_explained(
    mini_root: Path, content: bytes, expected: str
) -> None:
    (mini_root / "data" / "coches.csv").write_bytes(content)
    error = failure(mini_root)
    assert expected in error.quoi
    assert error.ou.startswith("data/coches.csv")


def test_the_wrong_encoding_is_placed_to_the_byte(mini_root: Path) -> None:
    path = mini_root / "data" / "modalites.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    error = failure(mini_root)
    # The first accent of the file is in line 4, after « Q1,bien,,bien (tr ».
    assert "0xe8" in error.quoi
    assert "« è » en Windows-1252" in error.quoi
    assert error.ou == "data/modalites.csv, ligne 4, colonne 18"


def test_problems_of_several_files_come_together_and_are_capped(mini_root: Path) -> None:
    (mini_root / "data" / "reponses.csv").write_bytes(b"")
    with (mini_root / "data" / "coches.csv").open("a", encoding="utf-8", newline="") as file:
        file.writelines(f"R0001,Q8,inconnue_{n}\n" for n in range(30))
    error = failure(mini_root)
    assert isinstance(error, EnqueteErrors)
    assert len(error.problems) == 31
    message = str(error)
    assert message.startswith("31 problèmes")
    assert "reponses.csv est vide" in message
    assert message.endswith("… et 11 autres.")


def test_the_command_line_could_print_every_error_without_traceback(mini_root: Path) -> None:
    (mini_root / "data" / "coches.csv").write_bytes(b"")
    code = "from enquete import EnqueteError, open_survey\ntry: open_survey()\nexcept EnqueteError as e: print(e); raise SystemExit(1)"  # noqa: E501
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert "coches.csv" in run.stdout


def test_a_changed_file_is_read_again_in_the_same_process(mini_root: Path, edit: Edit) -> None:
    before = open_survey(mini_root)
    assert open_survey(mini_root) is before
    edit("reponses.csv", "R0012,dix_ou_moins,,3_4", "R0012,dix_ou_moins,bien,3_4")
    after = open_survey(mini_root)
    assert after is not before
    assert after.answers.columns["Q1"][11] == "bien"


def test_refreshing_hashes_describes_the_files_and_then_changes_nothing(mini_root: Path) -> None:
    data = mini_root / "data"
    assert stale_hashes(data)
    refresh_hashes(data)
    assert stale_hashes(data) == ()
    written = (data / "datapackage.json").read_bytes()
    refresh_hashes(data)
    assert (data / "datapackage.json").read_bytes() == written
    package = json.loads(written)
    field = next(
        field
        for resource in package["resources"]
        if resource["name"] == "reponses"
        for field in resource["schema"]["fields"]
        if field["name"] == "Q1"
    )
    assert field["constraints"]["enum"] == ["bien", "tres_bien", "assez_bien", "mal"]
    assert field["categories"][0] == {"value": "bien", "label": "bien (très ou assez)"}


def test_options_in_the_package_are_enforced(mini_root: Path, edit: Edit) -> None:
    refresh_hashes(mini_root / "data")
    edit("reponses.csv", "R0001,plus_10,tres_bien,1", "R0001,plus_10,tres bien,1")
    message = str(failure(mini_root))
    assert "Option inconnue « tres bien ». Vouliez-vous dire « tres_bien » ?" in message
    assert "reponses.csv, ligne 2, colonne « Q1 »" in message


def test_the_shipped_package_describes_the_shipped_files(shipped: Survey) -> None:
    data = REPOSITORY / "data"
    assert stale_hashes(data) == ()
    assert read_package(data).n == len(shipped.answers) == 2542


def test_the_shipped_package_is_valid_for_frictionless(tmp_path: Path) -> None:
    # Second opinion, by the reference implementation of the format.
    import frictionless

    copied = shutil.copytree(REPOSITORY / "data", tmp_path / "data")
    report = frictionless.Package(str(copied / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "rowNumber", "fieldName", "message"])[:5]
