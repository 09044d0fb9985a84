"""`rapport importer`: an export of each shape gives back the answers it was made from."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import exports
import pytest
from exports import SHAPES, Answers, Shape
from real_book import ROOT, copy_project, rapport

from enquete import EnqueteError, Survey, chose, open_survey
from enquete.importing import Imported, Request, import_export, restore
from enquete.importing.report import NAME
from enquete.measure import measure, truth
from enquete.readings import RankOf, WordsOf, reading_from_json

HELD = ("reponses.csv", "coches.csv", "themes.csv", "modalites.csv", "questions.csv")
UTF8 = SHAPES[0]


@pytest.fixture(scope="session")
def shipped_answers() -> Answers:
    return exports.read(ROOT / "data")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the project's data that an import may replace."""
    folder = tmp_path / "projet"
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copy(ROOT / "_quarto.yml", folder)
    return folder


def run(root: Path, answers: Answers, shape: Shape = UTF8, **options: Any) -> Imported:
    export, themes = exports.make(answers, shape, root.parent)
    return import_export(Request(export, root, themes=themes, **options))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def write(root: Path, text: str, name: str = "export.csv") -> Path:
    path = root.parent / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_each_shape_gives_back_the_same_answers(
    root: Path, shipped_answers: Answers, shape: Shape
) -> None:
    """Same bytes, so the same count for every entry of the ledger; only the origin differs."""
    done = run(root, shipped_answers, shape)
    assert done.size == 2542
    for name in HELD:
        assert (root / "data" / name).read_bytes() == (ROOT / "data" / name).read_bytes(), name
    package = json.loads((root / "data" / "datapackage.json").read_text("utf-8"))
    assert (package["origine"], package["n"]) == ("originale", 2542)
    assert not list(root.glob("data/marges.csv")) + list(root.glob("data/intervalles.csv"))
    assert sorted(path.name for path in (root / ".rapport").iterdir()) == [
        "donnees-precedentes",
        NAME,
    ]


@pytest.mark.lent
def test_every_entry_of_the_ledger_is_recounted_on_imported_answers(
    root: Path, shipped_answers: Answers, book: Path
) -> None:
    """The shape that takes the longest way: options and themes one column each."""
    run(root, shipped_answers, next(each for each in SHAPES if each.themes == "options"))
    imported, shipped = open_survey(root), open_survey(ROOT)
    entries = json.loads((book / "provenance.json").read_text("utf-8"))["entries"]
    computed = 0
    for entry in entries:
        if entry["computation"] is None:
            continue
        reading = reading_from_json(entry["computation"])
        of = truth if isinstance(reading, RankOf | WordsOf) else evaluate_number
        same = of(imported.answers, reading) == of(shipped.answers, reading)
        assert same, entry["id"]
        computed += 1
    assert computed > 170


def evaluate_number(answers: Any, reading: Any) -> Fraction | None:
    return measure(answers)(reading)


@pytest.mark.lent
def test_the_book_of_an_imported_export_prints_the_same_and_says_its_origin(
    tmp_path: Path, shipped_answers: Answers, book: Path
) -> None:
    """
    Same figures, same words, same verdicts; exact counts where only bounds were known.

    Nothing in the pages, the PDF or the data says « reconstitué » any more; the notebooks keep
    their source, which holds both wordings.
    """
    import pypdfium2

    project = copy_project(tmp_path)
    export, _ = exports.make(shipped_answers, SHAPES[7], tmp_path)
    done = rapport(project, "importer", str(export))
    assert done.returncode == 0, done.stderr
    assert "2542 réponses lues" in done.stdout
    built = rapport(project, "construire")
    assert built.returncode == 0, built.stdout + built.stderr
    made = project / "_book"
    before = {(e["chapter"], e["id"]): e for e in ledger(book)}
    after = {(e["chapter"], e["id"]): e for e in ledger(made)}
    # The technical sheet no longer deduces who did not answer: it counts them.
    gone = {before[key]["kind"] for key in set(before) - set(after)}
    assert gone <= {"implied"}
    assert {chapter for chapter, _ in set(before) - set(after)} <= {"fiche-technique"}
    for key, entry in before.items():
        now = after.get(key)
        if now is None:
            continue
        for field in ("text", "decimals", "computation", "published", "verdict", "kind", "label"):
            assert now[field] == entry[field], (key, field)
        assert now["data"]["origin"] == "original"
        assert entry["data"]["origin"] == "reconstructed"
        if now["kind"] == "share" and entry["value"] is not None:
            assert now["value"] == entry["value"]
    # Few people are masked even in what the report printed: six and three, in the table of jobs.
    shares = [e for e in after.values() if e["kind"] == "share" and "masked" not in e["flags"]]
    assert all(e["numerator"] is not None and e["base"] is not None for e in shares)
    known = [before[key] for key in before if key in after]
    assert sum(e["kind"] == "share" and e["base"] is None for e in known) > 50
    assert set(after) - set(before)  # parts that were not published appear
    for path in made.rglob("*"):
        # What the checks say of the accepted edition is that its answers were reconstructed.
        compared = path.stem == "verification"
        if path.suffix in (".html", ".csv", ".json", ".svg") and not compared:
            assert "reconstitu" not in path.read_text("utf-8").lower(), path.name
    document = pypdfium2.PdfDocument(made / "rapport.pdf")
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    assert "reconstitu" not in text.lower()
    assert "Les réponses de l’enquête" in text
    names = {path.name for path in made.rglob("*")}
    assert not names & {"reponses.csv", "coches.csv", "themes.csv"}


def ledger(book: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((book / "provenance.json").read_text("utf-8"))[
        "entries"
    ]
    return entries


def test_a_trial_writes_nothing_at_all(root: Path, shipped_answers: Answers) -> None:
    before = sorted(path.name for path in root.rglob("*"))
    done = run(root, shipped_answers.cut(60), dry_run=True)
    assert not done.written
    assert done.size == 60
    assert "60 réponses ; 2542 étaient attendues (data/datapackage.json, « n »)" in done.remarks
    assert sorted(path.name for path in root.rglob("*")) == before


def test_free_texts_are_counted_and_dropped(root: Path, shipped_answers: Answers) -> None:
    done = run(root, shipped_answers.cut(60))
    count = sum(
        shipped_answers.several.get((row["id"], question["id"])) is not None
        for row in shipped_answers.single[:60]
        for question in shipped_answers.questions
        if question["type"] == "ouverte"
    )
    assert f"{count} textes libres lus et laissés" in done.remarks[-1]
    everything = b"".join(p.read_bytes() for p in root.rglob("*") if p.is_file())
    assert b"moins humain" not in everything


def test_kept_texts_stay_private_and_tied_to_nobody(root: Path, shipped_answers: Answers) -> None:
    run(root, shipped_answers.cut(60), keep_texts=True)
    path = root / ".rapport" / "textes-prives.csv"
    text = path.read_text("utf-8")
    assert text.startswith("question,texte\n")
    assert "R00" not in text
    texts = list(csv.reader(text.splitlines()))[1:]
    assert texts == sorted(texts)
    assert path.stat().st_mode & 0o077 == 0
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert ".rapport/" in ignored
    assert not any(b"moins humain" in held for held in contents(root / "data").values())


def test_the_ids_of_a_platform_are_not_kept(root: Path, shipped_answers: Answers) -> None:
    few = shipped_answers.cut(30)
    export, _ = exports.make(few, UTF8, root.parent)
    text = export.read_text("utf-8").replace("R00", "jeanne@exemple.fr-")
    export.write_text(text, "utf-8", newline="")
    done = import_export(Request(export, root))
    assert any("identifiants de l’export non gardés" in line for line in done.read)
    assert open_survey(root).answers.ids[:2] == ("R0001", "R0002")
    assert not any(b"exemple.fr" in p.read_bytes() for p in root.rglob("*.csv"))


def test_the_previous_data_are_kept_and_put_back(root: Path, shipped_answers: Answers) -> None:
    before = contents(root / "data")
    run(root, shipped_answers.cut(40))
    kept = root / ".rapport" / "donnees-precedentes"
    assert contents(kept) == before
    restore(root)
    assert contents(root / "data") == before
    assert len(open_survey(root).answers) == 2542
    restore(root)
    assert len(open_survey(root).answers) == 40


def test_the_command_line_says_what_it_read_and_wrote(root: Path, shipped_answers: Answers) -> None:
    export, _ = exports.make(shipped_answers.cut(50), SHAPES[1], root.parent)
    environment = {**os.environ, "RAPPORT_RACINE": str(root)}

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "edition.cli", "importer", *words],
            env=environment, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip

    trial = command(str(export), "--essai")
    assert trial.returncode == 0, trial.stderr
    assert "encodage UTF-8 (marque d’ordre)" in trial.stdout
    assert "séparateur point-virgule" in trial.stdout
    assert "Essai : rien n'est écrit." in trial.stdout
    done = command(str(export))
    assert done.returncode == 0, done.stderr
    assert "écarts réexaminés" in done.stdout
    assert ".rapport/rapport-import.md" in done.stdout
    refused = subprocess.run(
        [sys.executable, "-m", "edition.cli", "reconstituer"],
        env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "les reconstituer les effacerait" in refused.stderr
    assert command("--retablir").returncode == 0
    assert command().returncode == 1


# What is recognised, and how.

HEAD = "Identifiant,Depuis combien de temps ?,Comment vivez-vous la numérisation ?"


@pytest.fixture
def small(mini_root: Path) -> Path:
    """The mini project: six questions, labels in sight in tests/data/mini."""
    return mini_root


def minimal(small: Path, rows: str, head: str = HEAD, **options: Any) -> Survey:
    export = write(small, f"{head}\n{rows}")
    import_export(Request(export, small, **options))
    return open_survey(small)


def refusal(small: Path, rows: str, head: str = HEAD, **options: Any) -> str:
    before = contents(small / "data")
    with pytest.raises(EnqueteError) as caught:
        minimal(small, rows, head, **options)
    assert contents(small / "data") == before
    return str(caught.value)


def test_case_accents_spaces_and_punctuation_are_forgiven_and_said(small: Path) -> None:
    export = write(
        small, f"{HEAD}\n1,PLUS DE 10\u00a0ANS,tres bien\n2,10 ans ou moins.,Tre\u0300s bien\n"
    )
    done = import_export(Request(export, small))
    assert list(open_survey(small).answers.columns["Q1"]) == ["tres_bien", "tres_bien"]
    assert (
        "Q1 : « tres bien » lu comme « Très bien » (casse, accents et ponctuation mis à part), "
        "1 fois" in done.remarks
    )
    # The second one differs only by how Unicode composes « è »: the same text.
    assert not any("Très bien » lu" in line for line in done.remarks)


@pytest.mark.parametrize(
    "writing",
    ["travailleur·euse", "travailleur.euse", "Travailleur-euse", "travailleur(euse)",
     "TRAVAILLEUR•EUSE", "travailleur / euse"],
)  # fmt: skip
def test_inclusive_writings_of_one_label_are_one(small: Path, writing: str) -> None:
    path = small / "data" / "modalites.csv"
    path.write_text(path.read_text("utf-8").replace("plus de 10 ans", "travailleur-euse"), "utf-8")
    answers = minimal(small, f"1,{writing},mal\n").answers
    assert list(answers.columns["S4"]) == ["plus_10"]


def test_an_unknown_option_is_placed_and_the_nearest_proposed(small: Path) -> None:
    message = refusal(small, "1,plus de 10 ans,Trés bein\n2,plus de 10 ans,mal\n")
    assert "Q1 : « Trés bein » n’est pas une option. Vouliez-vous dire « Très bien » ?" in message
    assert "export.csv, ligne 2, colonne 3 « Comment vivez-vous la numérisation ? »" in message
    drafted = (small.parent / "export.correspondance.yml").read_text("utf-8")
    assert '#    "Trés bein": a_preciser' in drafted


def test_equal_problems_come_once_with_their_lines_and_all_are_counted(small: Path) -> None:
    rows = "".join(f"{n},plus de 10 ans,{'bof' if n < 40 else f'avis {n}'}\n" for n in range(70))
    message = refusal(small, rows)
    assert "lignes 2, 3, 4 et 37 autres" in message
    assert message.startswith("32 problèmes")
    assert message.endswith("… et 12 autres.")


def test_a_long_or_personal_value_is_not_repeated(small: Path) -> None:
    words = "je m'appelle Jeanne et je travaille au centre social de la rue des Lilas à Lyon"
    message = refusal(small, f'1,plus de 10 ans,"{words}"\n2,mal,06 12 34 56 78\n')
    assert "Jeanne" not in message
    assert "06 12" not in message
    assert f"(texte de {len(words)} signes)" in message
    assert "(texte qui semble nommer quelqu’un)" in message


def test_codes_and_aliases_are_answers_too(small: Path) -> None:
    mapping = write(
        small,
        'colonnes:\n- {position: 1, intitule: "Identifiant", role: identifiant}\n'
        '- {position: 2, intitule: "Depuis combien de temps ?", role: reponse, question: S4}\n'
        '- {position: 3, intitule: "Comment vivez-vous la numérisation ?", role: reponse, '
        'question: Q1}\nlibelles:\n  S4: {"Ancienne": plus_10}\nvides: ["N/A"]\n',
        "choix.yml",
    )
    survey = minimal(small, "1,Ancienne,mal\n2,dix_ou_moins,N/A\n", correspondence=mapping)
    assert list(survey.answers.columns["S4"]) == ["plus_10", "dix_ou_moins"]
    assert list(survey.answers.columns["Q1"]) == ["mal", ""]


def test_an_option_that_the_export_tells_apart_is_added_under_its_parent(small: Path) -> None:
    mapping = write(
        small,
        'colonnes:\n- {position: 1, intitule: "Identifiant", role: identifiant}\n'
        '- {position: 2, intitule: "Depuis combien de temps ?", role: reponse, question: S4}\n'
        '- {position: 3, intitule: "Comment vivez-vous la numérisation ?", role: reponse, '
        "question: Q1}\nmodalites:\n- {question: Q1, code: assez_mal, parent: mal, "
        'libelle: "Assez mal"}\n',
        "choix.yml",
    )
    survey = minimal(small, "1,plus de 10 ans,Assez mal\n2,,mal\n3,,Très bien\n",
                     correspondence=mapping)  # fmt: skip
    assert survey.original
    found = survey.answers.truth(chose("Q1", "mal"))
    assert found.true.tolist() == [True, True, False]
    finer = survey.answers.truth(chose("Q1", "assez_mal"))
    assert (finer.true.tolist(), finer.unknown.tolist()) == (
        [True, False, False],
        [False, True, False],
    )


@pytest.mark.parametrize(
    ("cell", "ticked"),
    [
        ("accès aux droits", ["acces_droits"]),
        ("accès aux droits, logement", ["acces_droits", "logement"]),
        ("logement;accès aux droits", ["acces_droits", "logement"]),
        ("logement\naccès aux droits", ["acces_droits", "logement"]),
        ("eau, gaz et électricité, logement", ["logement", "energie"]),
        ("eau, gaz et électricité", ["energie"]),
        ("Logement , ACCÈS AUX DROITS", ["acces_droits", "logement"]),
        ("logement, Autre : le temps, l'argent, et logement", ["logement", "autre"]),
        ("Autre", ["autre"]),
    ],
)
def test_joined_options_are_cut_by_label_never_by_comma(
    small: Path, cell: str, ticked: list[str]
) -> None:
    with (small / "data" / "modalites.csv").open("a", encoding="utf-8") as file:
        file.write('Q8,energie,,"eau, gaz et électricité",5,publiee\nQ8,autre,,autre,6,publiee\n')
    text = f'Identifiant,Quelles vulnérabilités ?\n1,"{cell}"\n'
    import_export(Request(write(small, text), small))
    assert list(open_survey(small).answers.coded["Q8"].code) == ticked


def test_an_unknown_piece_of_a_joined_cell_is_named(small: Path) -> None:
    message = refusal(
        small, '1,"logement, le bruit, aucune"\n', "Identifiant,Quelles vulnérabilités ?"
    )
    assert "Q8 : « le bruit » n’est pas une option." in message


@pytest.mark.parametrize("eaten", ["2024-04-01", "01-avr", "1-avr.", "01/04/2024", "1 avril"])
def test_a_date_that_a_spreadsheet_made_is_recognised(small: Path, eaten: str) -> None:
    message = refusal(small, f"1,plus de 10 ans,{eaten}\n")
    assert f"date « {eaten} » au lieu d’une réponse" in message
    assert "« 1-4 » ou « 4-1 »" in message


def test_an_answer_to_a_question_that_was_not_asked_is_refused(small: Path) -> None:
    head = "id,Comment vivez-vous la numérisation ?,En quoi vos pratiques ont-elles évolué ?"
    message = refusal(small, "1,mal,communication\n2,bien (très ou assez),communication\n", head)
    assert message.startswith("Q7 a une réponse, mais n’est posée qu’aux répondantes")
    assert "« bien (très ou assez) » à Q1" in message.replace("\u00a0", " ")
    assert "export.csv, ligne 2\n" in message
    assert "posee_a" in message


def test_duplicate_and_empty_ids_are_refused(small: Path) -> None:
    message = refusal(small, "7,plus de 10 ans,mal\n7,plus de 10 ans,mal\n,plus de 10 ans,mal\n")
    assert "Identifiant en double : déjà ligne 2." in message
    assert "Identifiant vide." in message
    assert message.startswith("2 problèmes") or "3 problèmes" in message


def test_two_themes_for_one_answer_are_refused(small: Path) -> None:
    head = "id,Comment le métier a-t-il évolué ? [facilitation],Q2 [impacts négatifs]"
    message = refusal(small, "1,Oui,Oui\n2,Oui,\n", head)
    assert "Q2 : deux thèmes pour une réponse." in message


def test_repeated_headers_are_told_apart_by_their_place(
    root: Path, shipped_answers: Answers
) -> None:
    """« Pourquoi ? » stands four times: two texts, two themes."""
    header = [name for name, _ in exports.columns(shipped_answers.cut(1), UTF8)]
    assert Counter(header)["Pourquoi ?"] == 2
    assert Counter(header)["Pourquoi ? [thème]"] == 2
    assert Counter(header)[""] == 3
    run(root, shipped_answers.cut(400))
    survey = open_survey(root)
    expected = Counter(
        (question, code)
        for (_, question), codes in shipped_answers.cut(400).several.items()
        for code in codes
        if question in ("Q1a", "Q1b")
    )
    found = Counter(
        (question, code)
        for question in ("Q1a", "Q1b")
        for code in survey.answers.coded[question].code
    )
    assert found == expected


def test_an_unrecognised_column_stops_and_a_draft_is_written(small: Path) -> None:
    message = refusal(small, "1,plus de 10 ans,mal,42\n", f"{HEAD},Pointure")
    assert "Colonne non reconnue : « Pointure »." in message
    path = small.parent / "export.correspondance.yml"
    drafted = path.read_text("utf-8")
    assert '- {position: 4, intitule: "Pointure", role: a_preciser}' in drafted
    refused = refusal(small, "1,plus de 10 ans,mal,42\n", f"{HEAD},Pointure")
    assert "La colonne 4 « Pointure » reste à préciser." in refused
    path.write_text(drafted.replace("a_preciser}", "ignoree}"), "utf-8")
    assert len(minimal(small, "1,plus de 10 ans,mal,42\n", f"{HEAD},Pointure").answers) == 1


def test_a_column_that_moved_is_followed_and_a_renamed_one_is_proposed(small: Path) -> None:
    refusal(small, "1,plus de 10 ans,mal,42\n", f"{HEAD},Pointure")
    path = small.parent / "export.correspondance.yml"
    path.write_text(path.read_text("utf-8").replace("a_preciser}", "ignoree}"), "utf-8")
    moved = "Comment vivez-vous la numérisation ?,Depuis combien de temps ?,Identifiant,Pointure"
    answers = minimal(small, "mal,plus de 10 ans,1,42\n", moved).answers
    assert list(answers.columns["S4"]) == ["plus_10"]
    message = refusal(
        small, "1,plus de 10 ans,mal,42\n", HEAD.replace("temps ?", "années ?") + ",Pointure"
    )
    assert "Colonne « Depuis combien de temps ? » absente de l’export." in message
    assert "Vouliez-vous dire « Depuis combien de années ? » ?" in message


def test_discrepancies_are_examined_again_one_by_one(root: Path, shipped_answers: Answers) -> None:
    registers = {name: (root / "data" / name).read_bytes() for name in REGISTERS}
    done = run(root, shipped_answers)
    text = (root / ".rapport" / NAME).read_text("utf-8")
    for identifier in [each.id for each in open_survey(root).discrepancies]:
        assert text.count(f"### {identifier} — ") == 1
    assert "### N-DEP — expliqué" in text
    # Of those who said where they work, and of all: worked out here from reponses.csv.
    paris = sum(row["S7"] == "paris" for row in shipped_answers.single)
    answered = sum(row["S7"] != "" for row in shipped_answers.single)
    assert f"{100 * paris / answered:.2f}".replace(".", ",") + "\u00a0%" in text
    assert f"{100 * paris / 2542:.2f}".replace(".", ",") + "\u00a0%" in text
    assert "### L-URBAIN — confirmé" in text
    assert "45 écarts réexaminés" in done.discrepancies
    assert {name: (root / "data" / name).read_bytes() for name in REGISTERS} == registers


REGISTERS = ("figures.yml", "ecarts.yml", "faits.yml", "secondaires.yml", "affirmations.yml")


def test_other_answers_lift_some_discrepancies_and_bring_new_ones(
    root: Path, shipped_answers: Answers
) -> None:
    """Half the respondents say they are rural: the table of places no longer prints the same."""
    changed = [
        {**row, "S6": "rural" if n % 2 else row["S6"]}
        for n, row in enumerate(shipped_answers.single)
    ]
    run(root, exports.replace(shipped_answers, single=changed))
    text = (root / ".rapport" / NAME).read_text("utf-8")
    assert "### a1-urbain — nouveau" in text or "### p2-1-rural-global — nouveau" in text
    assert "test: {kind: valeur, figures: [p2-1-rural-global]}" in text
    assert "— levé" in text


def test_a_second_wave_has_its_own_size_and_options(root: Path, shipped_answers: Answers) -> None:
    """300 rows, an age in years brackets that the first wave did not have: no code changes."""
    few = shipped_answers.cut(300)
    export, _ = exports.make(few, UTF8, root.parent)
    text = export.read_text("utf-8").replace("plus de 45 ans", "46 à 60 ans")
    export.write_text(text, "utf-8", newline="")
    with pytest.raises(EnqueteError, match="46 à 60 ans"):
        import_export(Request(export, root))
    mapping = root.parent / "export-utf-8.correspondance.yml"
    mapping.write_text(
        mapping.read_text("utf-8").replace(
            "modalites:",
            "modalites:\n"
            '- {question: S3, code: ans_46_60, parent: plus_45, libelle: "46 à 60 ans"}',
        ),
        "utf-8",
    )
    package = root / "data" / "datapackage.json"
    package.write_text(
        package.read_text("utf-8").replace("numérique (2024)", "numérique (2027)"), "utf-8"
    )
    done = import_export(Request(export, root))
    survey = open_survey(root)
    assert (done.size, len(survey.answers), survey.original) == (300, 300, True)
    older = sum(row["S3"] == "plus_45" for row in few.single)
    for code in ("ans_46_60", "plus_45"):
        assert int(survey.answers.truth(chose("S3", code)).true.sum()) == older
    described = json.loads(package.read_text("utf-8"))
    assert described["n"] == 300
    assert described["title"] == "Réponses à l’enquête sur l’action sociale et le numérique (2027)"
    labels = next(
        field["categories"]
        for resource in described["resources"]
        for field in resource["schema"]["fields"]
        if resource["name"] == "reponses" and field["name"] == "S3"
    )
    assert {"value": "ans_46_60", "label": "46 à 60 ans"} in labels


def test_parts_that_were_undetermined_appear_with_their_exact_counts(small: Path) -> None:
    """Very well, rather well and badly, in 200 rows: 90, 60 and 50, counted by hand."""
    labels = ["Très bien"] * 90 + ["Assez bien"] * 60 + ["mal"] * 50
    rows = "".join(f"{n},plus de 10 ans,{label}\n" for n, label in enumerate(labels))
    before = open_survey(small).chapter("avant").distribution("fig-q1", "Q1")
    shown = {row.code: row.figure for row in before.rows}
    assert shown["assez_bien"] is None
    table = minimal(small, rows).chapter("partie-1").distribution("fig-q1", "Q1")
    found = {
        row.code: (row.figure.text, row.figure.numerator, row.figure.base)
        for row in table.rows
        if row.figure
    }
    assert found == {
        "bien": ("75,0\u00a0%", 150, 200),
        "tres_bien": ("45\u00a0%", 90, 200),
        "assez_bien": ("30\u00a0%", 60, 200),
        "mal": ("25\u00a0%", 50, 200),
    }
    assert table.origin == "original"


def test_the_technical_sheet_counts_answers_and_non_answers(small: Path) -> None:
    """100 rows: 60 answer Q1, all S4 but one; 25 of the 50 « bien » answer Q7."""
    from enquete.sheet import nonresponse

    head = f"{HEAD},En quoi vos pratiques ont-elles évolué ?"
    rows = "".join(
        f"{n},{'plus de 10 ans' if n else ''},"
        f"{'bien (très ou assez)' if n < 50 else 'mal' if n < 60 else ''},"
        f"{'communication' if n < 25 else ''}\n"
        for n in range(100)
    )
    survey = minimal(small, rows, head)
    figures = survey.chapter("fiche")
    table = nonresponse(survey, figures).markdown.splitlines()
    assert [str(figures[f"nr-q1-{what}"]) for what in ("reponses", "absentes")] == ["60", "40"]
    assert [str(figures[f"nr-q7-{what}"]) for what in ("reponses", "absentes")] == ["25", "25"]
    assert [line.split("|")[1].strip() for line in table[2:]] == [
        "Q1",
        "Q7",
        "S4&#44; Q2&#44; Q4 et Q8",
    ]
    # One without an answer to S4: neither this number nor the total minus it is printed.
    assert "99" not in "\n".join(table)


def test_no_module_knows_the_size_of_the_first_wave() -> None:
    """Documentation of French numbers apart, 2542 is in data/ only."""
    import ast

    for path in sorted((ROOT / "scripts").rglob("*.py")):
        numbers = [
            node.lineno
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and node.value == 2542
        ]
        assert numbers == [], path.name
