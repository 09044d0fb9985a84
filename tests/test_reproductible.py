"""Le livre ne dépend que de ses sources : ni heure, ni dossier, ni langue, ni ordre."""

import sys

import pytest

from edition.reproducible import Difference, check, differences
from enquete.errors import EnqueteError

STABLE = "import pathlib; p = pathlib.Path('_book'); p.mkdir(); (p / 'a.txt').write_text('même')"


def command(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_l_octet_qui_differe_est_nomme(tmp_path):
    for name, text in (("un", b"abcdef"), ("deux", b"abcXef")):
        (tmp_path / name / "sous").mkdir(parents=True)
        (tmp_path / name / "sous" / "page.html").write_bytes(text)
        (tmp_path / name / "pareil").write_bytes(b"x" * 3_000_000)
    (tmp_path / "deux" / "seul.txt").write_bytes(b"")
    assert list(differences(tmp_path / "un", tmp_path / "deux")) == [
        Difference("seul.txt", None),
        Difference("sous/page.html", 3),
    ]


def test_un_fichier_plus_court_differe_la_ou_il_finit(tmp_path):
    for name, size in (("un", 2_000_000), ("deux", 1_500_000)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "f").write_bytes(b"x" * size)
    assert [each.offset for each in differences(tmp_path / "un", tmp_path / "deux")] == [1_500_000]


def test_des_constructions_identiques_ont_une_empreinte(tmp_path):
    found = check(tmp_path, 3, command(STABLE))
    assert found.builds == 3
    assert list(found.files) == ["a.txt"]
    assert "3 constructions, 1 fichiers identiques" in found.said


@pytest.mark.parametrize(
    "source",
    [
        "import os; t = os.getcwd()",
        "import time; time.tzset(); t = time.strftime('%H:%M %Z')",
        "t = str(list({'a', 'b', 'c', 'd', 'e', 'f', 'g'}))",
        "import os; t = str(len(os.sched_getaffinity(0)))",
        "import os; t = os.environ['USER']",
        "import pathlib; t = str(pathlib.Path.home())",
    ],
)
def test_ce_qui_depend_de_la_machine_est_trouve(tmp_path, source):
    if "affinity" in source and not hasattr(__import__("os"), "sched_getaffinity"):
        pytest.skip("ce système ne limite pas les cœurs d'un processus")
    code = f"{source}\nimport pathlib; p = pathlib.Path('_book'); p.mkdir()\n"
    code += "(p / 'a.txt').write_text(t, 'utf-8')"
    with pytest.raises(EnqueteError, match=r"a\.txt diffère à partir de l'octet"):
        check(tmp_path, 2, command(code))


def test_une_construction_qui_echoue_est_dite(tmp_path):
    with pytest.raises(EnqueteError, match="n'a pas abouti"):
        check(tmp_path, 2, command("raise SystemExit('panne')"))
