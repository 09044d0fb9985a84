"""
One answer of one respondent changes: exactly the entries that a recount predicts change too.

The prediction is that of `recount.py`, which reads the altered CSV files; the library computes
every entry again on the altered answers. Answers are read as original ones: numerators, bases and
values are then all in the open, none of them hidden as « non publié ».
"""

from __future__ import annotations

import csv
import importlib.util
import json
import random
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from enquete import compute, open_survey
from enquete.answers import Answers
from enquete.claims import claim
from enquete.columns import Column
from enquete.compute import Place
from enquete.errors import EnqueteError
from enquete.figure import Source
from enquete.readings import reading_from_json
from enquete.schema import refresh_hashes
from enquete.selection import everyone
from enquete.vocabulary import read_vocabulary
from enquete.words import say

ROOT = Path(__file__).resolve().parents[1]
FLIPS = 50
COUNTED = ("share", "count", "difference", "mean")


@dataclass(frozen=True)
class Flip:
    """One cell of one file: row (header not counted), and the code that replaces its own."""

    file: str
    row: int
    respondent: str
    question: str
    old: str
    new: str


def rows(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def recount():
    spec = importlib.util.spec_from_file_location("recount", ROOT / "scripts" / "recount.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def ledger(book):
    """One entry for each id: two chapters that print a figure compute the same."""
    provenance = json.loads((book / "provenance.json").read_text(encoding="utf-8"))
    entries = {entry["id"]: entry for entry in provenance["entries"]}
    return {**provenance, "entries": list(entries.values())}


@pytest.fixture(scope="module")
def flips():
    """Draw the flips: as many closed answers as ticks and themes, each to another code."""
    draw = random.Random("une réponse d'une répondante")  # noqa: S311
    codes, parents = {}, {}
    for option in rows(ROOT / "data", "modalites.csv"):
        codes.setdefault(option["question"], []).append(option["code"])
        parents[option["question"], option["code"]] = option["parent"]
    people = rows(ROOT / "data", "reponses.csv")
    closed = [name for name in people[0] if name != "id"]
    coded = {
        "coches.csv": (rows(ROOT / "data", "coches.csv"), "option"),
        "themes.csv": (rows(ROOT / "data", "themes.csv"), "theme"),
    }
    found = []
    while len(found) < FLIPS:
        file = draw.choice(("reponses.csv", "reponses.csv", "coches.csv", "themes.csv"))
        if file == "reponses.csv":
            row, question = draw.randrange(len(people)), draw.choice(closed)
            respondent, old = people[row]["id"], people[row][question]
            taken = {old}
        else:
            listed, column = coded[file]
            row = draw.randrange(len(listed))
            respondent, question = listed[row]["repondant"], listed[row]["question"]
            old = listed[row][column]
            taken = {
                each[column]
                for each in listed
                if (each["repondant"], each["question"]) == (respondent, question)
            }
        allowed = [code for code in codes[question] if code not in taken]
        if old and allowed:
            found.append(Flip(file, row, respondent, question, old, draw.choice(allowed)))
    return found


def write(flip, folder):
    """Copy the data with one cell changed."""
    shutil.copytree(ROOT / "data", folder)
    table = rows(folder, flip.file)
    column = {"coches.csv": "option", "themes.csv": "theme"}.get(flip.file, flip.question)
    assert table[flip.row][column] == flip.old
    table[flip.row][column] = flip.new
    with (folder / flip.file).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    return folder


# --- predicted, by the independent recount ---------------------------------------------------


def counted(one, form):
    """Return what a computation gives, or that the answers leave a doubt."""
    try:
        return one.measure(form)
    except ValueError:
        return "indéterminé"


def predicted(recount, ledger, folder):
    """Return, for each entry, all that must change when it does."""
    one = recount.Recount(ledger, folder)
    by_kind = partial(of_kinds, ledger["entries"])
    found = {e["id"]: counted(one, e["computation"]) for e in by_kind(COUNTED)}
    for entry in by_kind(("words", "rank")):
        terms = [found[term["id"]] for term in entry["terms"]]
        found[entry["id"]] = holds(recount, one, entry, terms), terms
    return found


def of_kinds(entries, kinds):
    return [entry for entry in entries if entry["kind"] in kinds]


def holds(recount, one, entry, terms):
    """Tell whether words hold of the exact values, all of them known."""
    form = entry["computation"]
    if form and form["type"] == "words":
        value = counted(one, form["of"])
        if value == "indéterminé":
            return value
        return form.get("gt", -1) < value[0] < form.get("lt", 10**9)
    if form:
        base = {"where": form["where"]}
        of = {
            c: {"unit": "respondents", "where": {"q": form["question"], "in": [c]}}
            for c in form["among"]
        }
        low, _ = one.count(of.pop(form["first"]), base)
        others = [one.count(each, base) for each in of.values()]
        return "oui" if all(low > high for _, high in others) else "non"
    if "indéterminé" in terms:
        return "indéterminé"
    first, *others = (value for value, _ in terms)
    interval = entry["words"]["interval"]
    match entry["words"]["sense"]:
        case "part":
            return recount._inside(first, interval)
        case "ecart":
            return recount._inside(first - others[0], interval)
        case "rapport":
            return recount._inside(first / others[0], interval)
        case "derriere":
            return all(first < other for other in others)
    return all(recount._inside(first - other, interval or "]0 ; ∞[") for other in others)


# --- computed, by the library ----------------------------------------------------------------


@pytest.fixture(scope="module")
def survey():
    return replace(open_survey(ROOT), origin="original")


def altered(survey, flip):
    """Return the survey with one answer changed in memory."""
    answers = survey.answers
    row = answers.ids.index(flip.respondent)
    columns, coded = dict(answers.columns), dict(answers.coded)
    if flip.file == "reponses.csv":
        texts = list(columns[flip.question])
        assert texts[row] == flip.old
        texts[row] = flip.new
        columns[flip.question] = Column.of(texts)
    else:
        held = coded[flip.question]
        texts, given = list(held.code), list(zip(held.who, held.code, strict=True))
        texts[given.index((row, flip.old))] = flip.new
        coded[flip.question] = replace(held, code=Column.of(texts))
    changed = Answers(survey.questionnaire, answers.ids, columns, coded, answers.hashes)
    return replace(survey, answers=changed)


def computed(survey, ledger):
    """Compute every entry again; what is refused is said so, with its sort of error."""
    made, found = {}, {}
    vocabulary = read_vocabulary(ROOT / "data")
    for kinds in (("share", "count"), COUNTED[2:], ("words", "rank")):  # terms come first
        for entry in of_kinds(ledger["entries"], kinds):
            name, terms = entry["id"], [found[term["id"]] for term in entry["terms"]]
            if any(each[0] == "refusé" for each in terms):
                found[name] = "refusé", terms  # nothing can be said of what is not known
                continue
            place = Place(name, entry["chapter"], Source("essai", None, ""))
            try:
                figure = made[name] = figure_of(survey, vocabulary, place, entry, made)
            except EnqueteError:
                found[name] = "refusé", terms
            else:
                numbers = figure.numerator, figure.base, figure.value, figure.statuses
                # Words have no number of their own: theirs are those they are said of.
                found[name] = figure.text, numbers if entry["kind"] in COUNTED else terms
    return found


def figure_of(survey, vocabulary, place, entry, made):
    form, terms = entry["computation"], [made[term["id"]] for term in entry["terms"]]
    if entry["kind"] in COUNTED:
        reading, decimals = reading_from_json(form), entry["decimals"]
        match entry["kind"]:
            case "share":
                return compute.share(survey, place, reading, decimals)
            case "count":
                return compute.count(survey, place, reading)
            case "difference":
                return compute.difference(survey, place, *terms, reading, decimals)
        return compute.mean(survey, place, reading, decimals)
    if form:
        return claim(survey, place, terms[0] if terms else None, entry["text"])
    return say(survey, vocabulary, place, entry["text"], terms)


# --- the comparison --------------------------------------------------------------------------


def changed(before, after):
    assert set(before) == set(after)
    return {name for name in before if before[name] != after[name]}


@pytest.fixture(scope="module")
def compare(recount, ledger, survey, tmp_path_factory):
    """Return the entries that a flip changes, as predicted and as computed."""
    folder = tmp_path_factory.mktemp("sensibilite")
    was, had = predicted(recount, ledger, ROOT / "data"), computed(survey, ledger)

    def sets(flip):
        data = write(flip, folder / f"{flip.file}-{flip.row}-{flip.new}")
        expected = changed(was, predicted(recount, ledger, data))
        return expected, changed(had, computed(altered(survey, flip), ledger))

    return sets


@pytest.fixture(scope="module")
def compared(compare, flips):
    return [(flip, *compare(flip)) for flip in flips]


def test_the_library_gives_every_entry_that_the_ledger_prints(survey, ledger):
    found = computed(survey, ledger)
    texts = {e["id"]: e["text"] for e in ledger["entries"] if e["kind"] in COUNTED}
    assert {name: found[name][0] for name in texts} == texts
    assert [name for name, each in found.items() if each[0] == "refusé"] == []


def test_one_answer_changes_exactly_the_entries_that_the_recount_predicts(compared):
    assert len(compared) == FLIPS
    for flip, expected, found in compared:
        assert found == expected, flip


def test_the_flips_are_of_every_sort_and_change_none_some_or_many_entries(compared):
    files = Counter(flip.file for flip, _, _ in compared)
    assert set(files) == {"reponses.csv", "coches.csv", "themes.csv"}
    assert {flip.question[0] for flip, _, _ in compared} == {"S", "Q"}
    sizes = sorted(len(expected) for _, expected, _ in compared)
    assert sizes[0] == 0
    assert sizes[-1] >= 10
    assert len(set(sizes)) >= 5


@pytest.mark.parametrize(
    ("file", "question", "old", "new", "least"),
    [
        ("reponses.csv", "Q1", "bien", "mal", 15),  # the base of many shares
        ("themes.csv", "Q2", "organisation", "facilitation", 1),  # a detail becomes unknown
        ("themes.csv", "Q13", "formation", "acces", 1),
        ("themes.csv", "Q2", "relationnel", "organisation", 4),
    ],
)
def test_a_chosen_flip_changes_the_same_entries_too(compare, file, question, old, new, least):
    column = {"themes.csv": "theme"}.get(file, question)
    table = rows(ROOT / "data", file)
    row = next(
        number
        for number, each in enumerate(table)
        if each[column] == old and each.get("question", question) == question
    )
    name = table[row].get("repondant") or table[row]["id"]
    expected, found = compare(Flip(file, row, name, question, old, new))
    assert found == expected
    assert len(expected) >= least


def test_read_back_from_its_files_an_altered_survey_gives_the_same_entries(
    survey, ledger, flips, tmp_path
):
    flip = next(each for each in flips if each.file == "reponses.csv")
    (tmp_path / "projet").mkdir()
    refresh_hashes(write(flip, tmp_path / "projet" / "data"))
    read = replace(open_survey(tmp_path / "projet"), origin="original")

    assert computed(read, ledger) == computed(altered(survey, flip), ledger)


def test_a_library_that_forgets_the_base_is_caught(monkeypatch, compared, survey, ledger):
    """The mutation that the comparison is for: everyone as the base of every share."""
    right = Answers.share

    def forgetful(self, numerator, base):
        if base.unit == "respondents":
            base = replace(base, where=everyone)
        return right(self, numerator, base)

    monkeypatch.setattr(Answers, "share", forgetful)
    wrong = computed(survey, ledger)
    caught = [
        flip
        for flip, expected, _ in compared[:20]
        if changed(wrong, computed(altered(survey, flip), ledger)) != expected
    ]
    assert caught
