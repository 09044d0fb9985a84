"""`rapport comparer`: which figures and words changed between two editions, and why."""

from __future__ import annotations

import csv
import json
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from real_book import ROOT

from edition import cli
from edition.comparison import Line, State, compare, from_json, from_ledger, read, to_json
from edition.comparison.changes import causes
from edition.comparison.sources import ACCEPTED
from enquete import Survey, open_survey
from enquete.errors import EnqueteError, TooFew, Undetermined
from enquete.ledger import read_ledger
from enquete.readings import CountOf, ShareOf
from enquete.schema import refresh_hashes

Row = dict[str, str]


def line(**changed: Any) -> Line:
    plain = Line(
        text="14 %", label="surcharge", kind="share", verdict="reproduced", numerator=14,
        base=100, value="7/50", decimals=0, said="14 des 100 répondantes",
        universe="répondantes qui ont répondu à Q7", computation="aaa", code="bbb",
        files=("themes.csv",), of=(), claim="",
    )  # fmt: skip
    return replace(plain, **changed)


def state(*lines: tuple[str, Line], files: dict[str, str] | None = None) -> State:
    return State(
        "original", files or {"themes.csv": "0"}, {("p", name): one for name, one in lines}
    )


# ---------- causes ----------


CAUSES: dict[str, tuple[dict[str, Any], tuple[str, ...], tuple[str, ...]]] = {
    "une réponse": (
        {"numerator": 15, "value": "3/20", "text": "15 %", "said": "15 des 100 répondantes"},
        ("themes.csv",),
        ("donnees",),
    ),
    "une autre sélection": (
        {"computation": "ccc", "numerator": 20, "value": "1/5", "text": "20 %"},
        (),
        ("code",),
    ),
    "une décimale de plus": ({"text": "14,0 %", "decimals": 1}, (), ("arrondi",)),
    "d'autres mots": ({"label": "trop de tâches"}, (), ("texte",)),
    "les réponses et la sélection": (
        {"computation": "ccc", "numerator": 20, "value": "1/5", "text": "20 %"},
        ("themes.csv",),
        ("donnees", "code"),
    ),
    "d'autres réponses, sans effet sur ce chiffre": (
        {"text": "14,0 %", "decimals": 1},
        ("themes.csv",),
        ("arrondi",),
    ),
    "un autre fichier de réponses": (
        {"text": "14,0 %", "decimals": 1},
        ("coches.csv",),
        ("arrondi",),
    ),
    "le registre": ({"verdict": "discrepant"}, (), ("declaration",)),
    "la cellule seule": ({"text": "15 %", "code": "ddd"}, (), ("code",)),
}


@pytest.mark.parametrize("case", CAUSES)
def test_the_cause_is_read_from_what_else_differs(case: str) -> None:
    changed, files, expected = CAUSES[case]

    assert causes(line(), line(**changed), files) == expected


def test_words_that_changed_are_apart_from_figures_that_changed() -> None:
    words = line(kind="words", text="un quart", numerator=None, value=None, of=("a",), claim="pr-1")
    before = state(("a", line()), ("mots-un-quart-de-a", words))
    after = state(
        ("a", line(text="15 %", numerator=15)),
        ("mots-un-cinquieme-de-a", replace(words, text="un cinquième")),
        files={"themes.csv": "1"},
    )

    found = compare(before, after)

    assert [(each.key[1], each.causes) for each in found.changed] == [("a", ("donnees",))]
    assert [(each.before.text, each.after.text) for each in found.reworded] == [
        ("un quart", "un cinquième")
    ]
    assert found.came == found.went == ()


def test_figures_that_came_and_went_are_told() -> None:
    found = compare(state(("a", line()), ("b", line())), state(("b", line()), ("c", line())))

    assert [key for key, _ in found.came] == [("p", "c")]
    assert [key for key, _ in found.went] == [("p", "a")]
    assert found.changed == ()


def test_a_cell_that_moved_without_changing_any_figure_is_no_change() -> None:
    assert not compare(state(("a", line())), state(("a", line(code="zzz"))))


def test_another_origin_is_a_change() -> None:
    other = replace(state(("a", line())), origin="reconstructed")

    assert compare(state(("a", line())), other).origins == ("original", "reconstructed")


def test_a_state_survives_being_written() -> None:
    whole = state(("a", line()), ("b", line(numerator=None, files=(), of=("a",), claim="pr-1")))

    assert from_json(json.loads(json.dumps(to_json(whole)))) == whole


# ---------- one answer flipped ----------


def data_rows(root: Path, name: str) -> list[Row]:
    with (root / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Recount:
    """Counts figures of the register straight from the files: dictionaries and Counter."""

    def __init__(self, root: Path) -> None:
        parents = {
            (r["question"], r["code"]): r["parent"] for r in data_rows(root, "modalites.csv")
        }
        self.parents = parents
        self.counted: dict[str, tuple[int, int]] = {}
        self.known: dict[tuple[str, ...], bool | None] = {}
        self.given: dict[str, dict[str, list[str]]] = {}
        for row in data_rows(root, "reponses.csv"):
            answers = {name: [code] for name, code in row.items() if name != "id" and code}
            self.given[row["id"]] = answers
        for name, column in (("coches.csv", "option"), ("themes.csv", "theme")):
            for row in data_rows(root, name):
                self.given[row["repondant"]].setdefault(row["question"], []).append(row[column])

    def chain(self, question: str, code: str) -> Iterator[str]:
        while code:
            yield code
            code = self.parents[question, code]

    def inside(self, question: str, code: str, codes: list[str]) -> bool | None:
        key = (question, code, *codes)
        if key not in self.known:
            self.known[key] = self._inside(question, code, codes)
        return self.known[key]

    def _inside(self, question: str, code: str, codes: list[str]) -> bool | None:
        if set(self.chain(question, code)) & set(codes):
            return True
        above = {up for wanted in codes for up in list(self.chain(question, wanted))[1:]}
        return None if code in above else False

    def holds(self, who: str, sel: dict[str, Any]) -> bool | None:
        if "all" in sel:
            found = [self.holds(who, each) for each in sel["all"]]
            return False if False in found else None if None in found else True
        if "any" in sel:
            found = [self.holds(who, each) for each in sel["any"]]
            return True if True in found else None if None in found else False
        if "not" in sel:
            inner = self.holds(who, sel["not"])
            if "q" in sel["not"] and "in" in sel["not"] and sel["not"]["q"] not in self.given[who]:
                return False
            return None if inner is None else not inner
        codes = self.given[who].get(sel["q"], [])
        if "answered" in sel:
            return bool(codes)
        found = [self.inside(sel["q"], code, sel["in"]) for code in codes]
        return True if True in found else None if None in found else False

    def count(self, spec: dict[str, Any]) -> tuple[int, int]:
        """What is certain, and what is unknown; many figures share a base."""
        key = json.dumps(spec)
        if key not in self.counted:
            self.counted[key] = self._count(spec)
        return self.counted[key]

    def _count(self, spec: dict[str, Any]) -> tuple[int, int]:
        tally: Counter[bool | None] = Counter()
        for who, given in self.given.items():
            held = self.holds(who, spec.get("where", {"all": []}))
            if spec["unit"] == "respondents":
                tally[held] += 1
            elif spec["unit"] == "answers":
                tally[held] += sum(question in given for question in spec["of"])
            else:
                for code in given.get(spec["of"], []):
                    tick: bool | None = True
                    if "option" in spec:
                        tick = self.inside(spec["of"], code, spec["option"])
                    elif "option_not" in spec:
                        other = self.inside(spec["of"], code, spec["option_not"])
                        tick = None if other is None else not other
                    both = (held, tick)
                    tally[False if False in both else None if None in both else True] += 1
        return tally[True], tally[None]


Counts = dict[str, tuple[tuple[int, int], ...]]


def recounted(root: Path) -> Counts:
    """Numerator and base of every share and count of the register, from the files."""
    recount = Recount(root)
    readings = {each.id: each.reading for each in open_survey(ROOT).register}
    found: Counts = {}
    for name, reading in readings.items():
        if isinstance(reading, ShareOf | CountOf):
            written = reading.to_json()
            specs = [written[part] for part in ("num", "base") if part in written]
            found[name] = tuple(recount.count(spec) for spec in specs)
    return found


@pytest.fixture(scope="module")
def shipped_counts() -> Counts:
    return recounted(ROOT)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A copy of the data, said to be the original answers: every count is then known."""
    root = tmp_path / "projet"
    shutil.copytree(ROOT / "data", root / "data")
    file = root / "data" / "datapackage.json"
    package = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**package, "origine": "originale"}), "utf-8")
    return root


def ledger(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    """The ledger of every share and count of the register that the answers settle."""
    monkeypatch.setenv("RAPPORT_REGISTRE", str(folder))
    survey: Survey = open_survey(root)
    figures = survey.chapter("essai")
    for each in survey.register:
        try:
            match each.reading:
                case ShareOf(numerator, base):
                    figures.share(each.id, numerator, base=base)
                case CountOf(counted):
                    figures.count(each.id, counted)
        except (Undetermined, TooFew):
            continue
    edition = {"origin": "original", "files": dict(survey.answers.hashes)}
    return from_ledger({"edition": edition, "entries": read_ledger(folder, ["essai"])})


def flip(root: Path, seed: int) -> None:
    """Change one answer of one respondent to another option that somebody chose."""
    draw = random.Random(seed)  # noqa: S311 - the same answers at each run
    file = root / "data" / "reponses.csv"
    rows = data_rows(root, "reponses.csv")
    row, question = draw.choice(rows), draw.choice(["Q1", "Q3", "Q4", "Q10", "S1", "S4", "S6"])
    row[question] = draw.choice(sorted({r[question] for r in rows} - {row[question]}))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    refresh_hashes(root / "data")


@pytest.mark.lent
@pytest.mark.parametrize("seed", range(4))
def test_one_answer_flipped_names_exactly_the_figures_that_changed(
    export: Path,
    shipped_counts: Counts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    before = ledger(export, tmp_path / "avant", monkeypatch)
    flip(export, seed)
    after, second = ledger(export, tmp_path / "apres", monkeypatch), recounted(export)

    found = compare(before, after)

    predicted = {name for name, counts in second.items() if counts != shipped_counts[name]}
    settled = {key[1] for key in before.lines}
    assert len(settled) > 100
    assert predicted & settled
    assert {each.key[1] for each in found.changed} == predicted & settled
    assert {each.causes for each in found.changed} <= {("donnees",)}
    assert found.came == found.went == found.reworded == ()
    assert found.files == ("reponses.csv",)
    for each in found.changed:
        exact = tuple(n for n in (each.after.numerator, each.after.base) if n is not None)
        assert exact == tuple(sure for sure, _ in second[each.key[1]])[: len(exact)]


# ---------- where editions are read from ----------


def git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Essai", "-c", "user.email=essai@example.org")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout


def accepted(root: Path, whole: State) -> None:
    (root / ACCEPTED).parent.mkdir(parents=True, exist_ok=True)
    (root / ACCEPTED).write_text(json.dumps({"log": [], **to_json(whole)}), "utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project in a sub-folder of a repository, with two accepted editions."""
    root = tmp_path / "depot" / "rapport"
    root.mkdir(parents=True)
    git(root.parent, "init", "-q")
    for number, text in ((1, "14 %"), (2, "15 %")):
        accepted(
            root, state(("a", line(text=text, numerator=13 + number)), files={"themes.csv": text})
        )
        git(root, "add", ".")
        git(root, "commit", "-qm", f"Édition {number}")
    return root


def test_two_revisions_are_compared_without_touching_the_work_tree(repository: Path) -> None:
    (repository / ACCEPTED).write_text("en cours d'écriture", "utf-8")

    found = compare(read("HEAD~1", repository).state, read("HEAD", repository).state)

    assert [(e.before.text, e.after.text, e.causes) for e in found.changed] == [
        ("14 %", "15 %", ("donnees",))
    ]
    assert (repository / ACCEPTED).read_text("utf-8") == "en cours d'écriture"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("inconnue", "ni un fichier, ni un dossier, ni une révision"),
        ("--help", "ni un fichier, ni un dossier, ni une révision"),
    ],
)
def test_what_is_no_edition_is_refused(repository: Path, name: str, words: str) -> None:
    with pytest.raises(EnqueteError, match=words):
        read(name, repository)


def test_a_revision_older_than_the_first_edition_is_refused(repository: Path) -> None:
    git(repository, "rm", "-rq", "--cached", ".")
    git(repository, "commit", "-qm", "Rien", "--allow-empty")

    with pytest.raises(EnqueteError, match="Aucune édition n'est acceptée"):
        read("HEAD", repository)


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[1]", "utf-8")

    with pytest.raises(EnqueteError, match="ni un registre"):
        read(str(tmp_path / "x.json"), tmp_path)


# ---------- the command ----------

ENTRY = {
    "id": "p1-2-surcharge", "chapter": "partie-1", "label": "surcharge | tâches", "kind": "share",
    "numerator": 14, "base": 100, "value": "7/50", "decimals": 0, "text": "14\u00a0%",
    "sentence": "14 des 100 répondantes", "universe": "répondantes", "verdict": "reproduced",
    "computation": {"type": "share"}, "source": {"file": "x", "line": 1, "code": "a"},
    "data": {"origin": "original", "files": {"themes.csv": "0"}}, "terms": [], "claim": None,
}  # fmt: skip
PAGE = (
    '<main><p>Une phrase avant. Pour <button id="chiffre-p1-2-surcharge">15\u00a0%</button> '
    "des réponses, c’est *trop*. Une phrase après.</p></main>"
)


def book(folder: Path, *entries: dict[str, Any], files: str = "0") -> str:
    folder.mkdir()
    edition = {"title": "T", "origin": "original", "chapters": ["partie-1"],
               "files": {"themes.csv": files}}  # fmt: skip
    content = {"schema": 1, "edition": edition, "entries": list(entries)}
    (folder / "provenance.json").write_text(json.dumps(content), "utf-8")
    (folder / "partie-1.html").write_text(PAGE, "utf-8")
    return str(folder)


@pytest.fixture
def editions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.setenv("RAPPORT_RACINE", str(ROOT))
    changed = {**ENTRY, "numerator": 15, "value": "3/20", "text": "15\u00a0%",
               "sentence": "15 des 100 répondantes"}  # fmt: skip
    gone = {**ENTRY, "id": "p1-parti"}
    return book(tmp_path / "a", ENTRY, gone), book(tmp_path / "b", changed, files="1")


def test_the_command_says_the_sentence_both_values_and_the_cause(
    editions: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["comparer", *editions]) == 1

    said = capsys.readouterr().out
    for part in (
        "1 chiffre changé et 1 disparu.",
        "p1-2-surcharge (partie-1) : 14\u00a0% → 15\u00a0%",
        "14 sur 100 → 15 sur 100",
        "cause : les réponses ont changé",
        "Pour 15\u00a0% des réponses, c’est *trop*.",
        "p1-parti (partie-1) : disparu",
    ):
        assert part in said, part
    assert "Une phrase avant" not in said


def test_the_same_edition_twice_exits_with_0(
    editions: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["comparer", editions[0], editions[0]]) == 0
    assert capsys.readouterr().out == "Aucun chiffre n’a changé.\n"


def test_markdown_and_erratum_are_written_and_escaped(
    editions: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / name for name in ("c.md", "e.md", "e.html")]

    cli.main(["comparer", *editions, "--markdown", str(files[0]), "--erratum", str(files[1])])
    cli.main(["comparer", *editions, "--erratum", str(files[2])])

    table, page, html = (file.read_text("utf-8") for file in files)
    (row,) = [each for each in table.split("\n") if "| p1-2-surcharge" in each]
    assert row.count(" | ") == 5
    assert "c’est \\*trop\\*" in row
    assert "Au lieu de «\u00a014\u00a0%\u00a0», lire «\u00a015\u00a0%\u00a0»" in page
    assert "surcharge \\| tâches" in page
    assert "Supprimer «\u00a014\u00a0%\u00a0»" in page
    assert "## Un numérique omniprésent" in page  # the title of the chapter, from its source
    assert "Au lieu de «\u00a014\u00a0%\u00a0»" in html
    assert "<script" not in html
    assert "url(" not in html
