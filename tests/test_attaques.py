"""
Untrusted text through the whole chain: labels, wordings, answers, titles, file names.

A small survey whose option labels and wordings are attacks is built into a site, a PDF and
its data; the same survey with plain words is the witness.  Where an attack is tested
elsewhere: verbatims in test_verbatims.py (A1 to A7), personal data in
test_confidentialite.py (A10), few people in test_effectifs.py (A11), bad exports and
archives in test_import*.py (A12, A13), the folder of the book in test_publish.py (A13).
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import THEME, rendered
from small_book import write

from edition import datasets
from edition.build import Options, build
from edition.config import read_config
from edition.crate import crate
from edition.pdf import compile_pdf
from enquete import open_survey
from enquete.entries import read_mapping
from enquete.errors import EnqueteError
from enquete.escape import clean, esc

MINI = Path(__file__).resolve().parent / "data" / "mini"

ATTACKS = {
    "A1": "<script>alert(1)</script>",
    "A1-majuscules": "<ScRiPt src=//mechant.test>x</ScRiPt>",
    "A2": "<img src=x onerror=document&period;title=&quot;PWNED&quot;//>",
    "A3": "[clic](javascript:alert(1)) ![](http://mechant.test/p.png) <http://mechant.test>",
    "A4": "{{< env HOME >}} {{< meta x >}} {{< include /etc/passwd >}}",
    "A5": '`#read("data/brut.csv")`{=typst} #set page(width:1cm) <lbl> // x $x$',
    "A5-html": '`<b onclick="x">`{=html}',
    "A6-div": "::: {.content-hidden}",
    "A6-titre": "# T",
    "A6-notes": "[^1] @dupont2020 ^[n] a|b",
    "A7": '" onmouseover="alert(1)" x="',
    "A7-gabarit": "</template> --> </svg> </div>",
    "A8-maths": "$\\badcmd$",
    "A8-prix": "entre 5$ et 6$",
    "A8-long": "x" * 300,
    "A8-signes": "e\u0301te\u0301 \u202einversé\u202c \U0001f600",
    "A9-formule": '=HYPERLINK("http://mechant.test";"a")',
    "A9-plus": "+33 fois",
    "A9-arobase": "@SUM(1+1)",
    "A9-large": "＝1+1",
}
WITNESS = "mot"
NAMES = list(ATTACKS)
CHAPTER = """\
# Début {#sec-debut}

```{python}
#| label: setup
#| include: false
from enquete import Text, answered, bars, chose, esc, figures_table, open_survey
from enquete.twin import twin

survey = open_survey()
figures = survey.chapter("index")
q8 = figures.distribution("fig-q8", "Q8")
q2 = figures.distribution("fig-q2", "Q2")
q1 = figures.distribution("fig-q1", "Q1", base=answered("Q1"))
droits = figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
labels = [Text(option.label) for question in survey.questionnaire for option, _ in question.walk()]
```

Une phrase, `{python} droits`, puis : `{python} labels[0]`.

```{python}
#| label: tous
#| output: asis
print("\\n\\n".join(esc(label) for label in labels))
```

"""
CELLS = """\
```{{python}}
#| label: fig-{q}
#| fig-cap: "Question {q}"
#| fig-alt: "Des barres"
bars({q})
```

```{{python}}
#| label: lecture-{q}
#| output: asis
twin({q})
```

```{{python}}
#| label: tbl-{q}
#| tbl-cap: "Tableau {q}"
figures_table({q}, stub="Réponse")
```

"""
CONFIG = """\
project:
  type: book
  output-dir: _book
book:
  title: "Essai"
  author: "L'équipe"
  date: "2024-05-01"
  output-file: rapport
  chapters:
    - index.qmd
lang: fr
execute:
  echo: false
  warning: false
"""


@dataclass
class Seen(HTMLParser):
    """What a browser would make of a page."""

    text: str
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def project(root: Path, labels: list[str]) -> Path:
    """A copy of the mini survey whose labels and wordings are those given, in turn."""
    shutil.copytree(MINI, root)
    turn: Iterator[str] = (labels[at % len(labels)] for at in range(10_000))
    for name, column in (("modalites.csv", "libelle"), ("questions.csv", "titre")):
        file = root / "data" / name
        rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
        for row in rows:
            row[column] = next(turn)
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    (root / "data" / "brut.csv").write_text("SECRET_ESSAI\n", "utf-8")
    write(root, "_quarto.yml", CONFIG)
    write(root, "index.qmd", CHAPTER + "".join(CELLS.format(q=q) for q in ("q8", "q2", "q1")))
    return root


def formats() -> tuple[str, ...]:
    """The formats to attack: the EPUB too, where it can be made."""
    try:
        makers = import_module("edition.formats").MAKERS
    except ModuleNotFoundError:
        makers = {}
    return ("html", "typst", *(name for name in ("epub",) if name in makers))


def built(root: Path, labels: list[str]) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_RACINE", str(project(root, labels)))
        patch.setenv("SECRET_ESSAI", "valeur-secrete")
        patch.delenv("RAPPORT_REGISTRE", raising=False)
        made = build(read_config(root), Options(theme=THEME, formats=formats()))
    return made.output


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("hostile") / "p", list(ATTACKS.values()))


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("temoin") / "p", [WITNESS])


def page(book: Path) -> Seen:
    return Seen((book / "index.html").read_text("utf-8"))


# House type: what the pages change in any text; Typst draws the minus of a negative number.
TYPED = str.maketrans({"’": "'", "−": "-"})


def bare(text: str) -> str:
    """A text without its spaces, which French type and line breaks change."""
    return re.sub(r"\s", "", text.translate(TYPED).replace("…", "..."))


# ---------------------------------------------------------------- the site


def test_attacked_pages_have_the_tags_of_plain_ones(hostile: Path, witness: Path) -> None:
    attacked, plain = page(hostile), page(witness)
    # A longer label takes more lines of a chart, and pandoc then gives widths to a table.
    free = {"tspan", "text", "path", "colgroup", "col", "dt", "dd", "div", "br"}
    assert set(attacked.tags) - free == set(plain.tags) - free
    for tag in ("script", "style", "link", "meta", "img", "a", "h1", "h2", "section", "template",
                "table", "tr", "td", "button", "p"):  # fmt: skip
        assert attacked.tags.count(tag) == plain.tags.count(tag), tag
    names = {(tag, name) for tag, name, _ in attacked.attributes if tag not in free}
    assert names <= {(tag, name) for tag, name, _ in plain.attributes} | {("table", "style")}


def test_nothing_in_an_attacked_page_runs_or_calls_out(hostile: Path) -> None:
    seen = page(hostile)
    for tag, name, value in seen.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in ("href", "src", "action", "xlink:href", "formaction"):
            assert not value.lower().strip().startswith(("javascript:", "data:text", "//"))
            assert "mechant.test" not in value
    assert "PWNED" not in "".join(v for t, n, v in seen.attributes if t == "title")


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_is_read_as_it_was_typed(hostile: Path, name: str) -> None:
    seen = page(hostile)
    attributes = "".join(value for _, _, value in seen.attributes)
    notebook = (hostile / "notebooks" / "index.ipynb").read_text("utf-8")
    everywhere = bare("".join(seen.words) + attributes)
    wanted = bare(clean(ATTACKS[name]))
    assert wanted in everywhere or wanted in bare(json.dumps(json.loads(notebook)))


def test_no_secret_of_the_machine_is_in_the_book(hostile: Path) -> None:
    for file in hostile.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"valeur-secrete" not in content
            assert b"root:x:" not in content
            assert b"SECRET_ESSAI" not in content or file.name == "brut.csv"
    assert not list(hostile.rglob("brut.csv"))


def test_the_cards_and_the_ledger_hold_attacks_as_text(hostile: Path) -> None:
    ledger = json.loads((hostile / "provenance.json").read_text("utf-8"))
    assert len(ledger["entries"]) > 0
    text = (hostile / "index.html").read_text("utf-8")
    for script in re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL):
        assert "</" not in script
        assert "<!--" not in script


def test_the_search_index_holds_words_only(hostile: Path) -> None:
    files = list((hostile / "assets").rglob("index.js"))
    if not files:
        pytest.skip("pas d’index de recherche dans cette version")
    source = files[0].read_text("utf-8")
    index = json.loads(source.partition("=")[2].rstrip(";\n"))
    assert index[0][0] == "index.html"
    assert "window.rapportIndex=" in source
    assert source.count("\n") == 1  # one statement: nothing was closed before its end


# ---------------------------------------------------------------- the PDF and the EPUB


def test_an_attacked_pdf_has_the_pages_and_links_of_a_plain_one(
    hostile: Path, witness: Path
) -> None:
    def sizes(book: Path) -> tuple[set[tuple[int, int]], str]:
        document = pypdfium2.PdfDocument(book / "rapport.pdf")
        found = {tuple(round(side) for side in page.get_size()) for page in document}
        return found, "".join(page.get_textpage().get_text_range() for page in document)

    (attacked, text), (plain, _) = sizes(hostile), sizes(witness)
    assert attacked == plain
    assert "SECRET" not in text
    raw = (hostile / "rapport.pdf").read_bytes()
    assert b"mechant.test" not in raw
    assert b"/JavaScript" not in raw
    for piece in ("<script>alert(1)</script>", "{{<", "javascript:alert(1)"):
        assert bare(piece) in bare(text.replace("\ufffe", "").replace("\x02", ""))


def test_an_attacked_epub_holds_no_script(hostile: Path) -> None:
    import zipfile

    files = list(hostile.glob("*.epub"))
    if not files:
        pytest.skip("pas d’EPUB dans cette version")
    with zipfile.ZipFile(files[0]) as archive:
        for name in archive.namelist():
            if name.endswith("html"):
                text = archive.read(name).decode()
                seen = Seen(text)
                assert "script" not in seen.tags
                assert not [n for _, n, _ in seen.attributes if n.startswith("on")]
                assert not [v for _, n, v in seen.attributes if n in ("href", "src")
                            and ("mechant" in v or v.startswith("javascript"))]  # fmt: skip


# ---------------------------------------------------------------- files and spreadsheets


def test_no_cell_of_an_exported_table_runs(hostile: Path) -> None:
    files = sorted((hostile / "donnees").glob("fig-*.csv"))
    assert files
    cells = [
        cell
        for file in files
        for row in csv.reader(io.StringIO(file.read_text("utf-8")))
        for cell in row
    ]
    assert cells
    for cell in cells:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\0", "＝"))


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("a")', "+33 6", "@SUM(1)", "-2+3", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "－1+2"],
)
def test_a_formula_is_defused_and_read_back(text: str) -> None:
    assert datasets.safe(text) == f"'{text}"
    out = io.StringIO()
    csv.writer(out).writerow([datasets.safe(text)])
    if "\0" not in text:
        assert next(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [f"'{text}"]


@pytest.mark.parametrize(
    "number", ["-2", "-2,5", "-12\u202f345", "59\u00a0%", "-3 points", "0", "-0,4\u00a0%"]
)
def test_numbers_are_left_as_they_are(number: str) -> None:
    assert datasets.safe(number) == number


def test_a_label_never_names_a_file(hostile: Path, witness: Path) -> None:
    def names(book: Path) -> set[str]:
        return {file.relative_to(book).as_posix() for file in book.rglob("*")}

    assert names(hostile) == names(witness)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!!python/object/apply:os.system ['true']", "YAML illisible"),
        ("a: !!python/name:os.system", "YAML illisible"),
    ],
)
def test_a_yaml_file_builds_no_object(tmp_path: Path, text: str, expected: str) -> None:
    """A14: tags of Python are refused; `no`, `on` and `1:30` must be quoted to be texts."""
    (tmp_path / "a.yml").write_text(text + "\n", "utf-8")
    with pytest.raises(EnqueteError, match=expected):
        read_mapping(tmp_path / "a.yml")


@pytest.mark.parametrize("code", ["no", "on", "1:30", "1_000"])
def test_codes_that_yaml_misreads_are_refused_as_texts(tmp_path: Path, code: str) -> None:
    (tmp_path / "a.yml").write_text(f"genre: {code}\n", "utf-8")
    with pytest.raises(EnqueteError, match="un texte est attendu"):
        read_mapping(tmp_path / "a.yml").text("genre")


def test_codes_stay_text_in_the_answers(mini_root: Path) -> None:
    """`no`, `on` and `1:30` as codes of options, from CSV to a selection and back."""
    data = mini_root / "data"
    for name in ("modalites.csv", "coches.csv"):
        text = (data / name).read_text("utf-8")
        (data / name).write_text(text.replace("logement", "on"), "utf-8")
    figures = (data / "figures.yml").read_text("utf-8")
    (data / "figures.yml").write_text(figures.replace("[logement]", '["on"]'), "utf-8")
    package = json.loads((data / "datapackage.json").read_text("utf-8"))
    (data / "datapackage.json").write_text(
        json.dumps(package).replace('"logement"', '"on"'), "utf-8"
    )
    survey = open_survey(mini_root)
    assert "on" in survey.questionnaire.codes("Q8")


def test_the_description_of_the_build_holds_no_machine_fact(hostile: Path) -> None:
    text = (hostile / "ro-crate-metadata.json").read_text("utf-8")
    assert str(hostile.parent) not in text
    assert str(Path.home()) + "/" not in text
    again = crate(
        read_config(hostile.parent), hostile,
        json.loads((hostile / "provenance.json").read_text("utf-8"))["entries"], (),
    )  # fmt: skip
    assert json.loads(text)["@graph"][0] == again["@graph"][0]


# ---------------------------------------------------------------- a thousand texts


def thousand(characters: st.SearchStrategy[str]) -> list[str]:
    """A thousand texts, always the same."""
    found: list[str] = []

    @settings(max_examples=1000, deadline=None, database=None, derandomize=True)
    @given(st.text(characters, min_size=1, max_size=40))
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return [text for text in found if clean(text)]


def paragraphs(texts: list[str]) -> str:
    """Each text between two marks that nothing else writes."""
    lines = [f"zd{at}d {esc(text)} zf{at}f" for at, text in enumerate(texts)]
    return "# Début\n\n" + "\n\n".join(lines) + "\n"


def between(text: str, at: int) -> str | None:
    found = re.search(rf"zd{at}d(.*?)zf{at}f", text, re.DOTALL)
    return found[1] if found else None


def test_a_thousand_texts_are_read_on_the_site_as_they_were_given(tmp_path: Path) -> None:
    texts = thousand(st.characters(codec="utf-8"))
    assert len(texts) > 700
    html = rendered(tmp_path, "html", {"index.qmd": paragraphs(texts)})
    seen = "".join(Seen(html).words)
    for at, text in enumerate(texts):
        found = between(seen, at)
        assert found is not None, ascii(text)
        assert bare(found) == bare(clean(text)), ascii(text)


# Signs that the fonts of the book have: another one is drawn as an empty box, without text.
PRINTED = "".join(map(chr, range(32, 127))) + "àâäçéèêëîïôöùûüÿœæÀÉÈÊÇŒ«»’…–—·€§°²\u00a0\u202f"


def test_a_thousand_texts_are_read_in_the_pdf_as_they_were_given(tmp_path: Path) -> None:
    texts = thousand(st.sampled_from(PRINTED))
    source = rendered(tmp_path, "typst", {"index.qmd": paragraphs(texts)})
    data = compile_pdf(source, tmp_path / "atelier", THEME / "polices", "2026-11-22")
    document: Any = pypdfium2.PdfDocument(data)
    pages = [page.get_textpage().get_text_range() for page in document]
    # A hyphen that ends a line cannot be told from one that cut a word, and Typst draws
    # « -- » as a dash: none counts.
    hyphens = re.compile("[-–—\ufffe\x02]")
    text = hyphens.sub("", bare("".join(pages)))
    wrong = [
        ascii(given)
        for at, given in enumerate(texts)
        if between(text, at) != hyphens.sub("", bare(clean(given)))
    ]  # fmt: skip
    assert wrong == []
