"""Quotation slots: every respondent, word and number below is invented."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from pathlib import Path
from subprocess import run
from typing import Any

import pdfplumber
import pytest
from rendered import THEME, bibliography, rendered
from small_book import chapters_of, make_book, write

from edition.citations import with_words
from edition.datasets import copy_package
from edition.lint import lint
from edition.pandoc import pandoc_path
from edition.pdf import compile_pdf
from enquete.errors import EnqueteError
from enquete.personal import kinds
from enquete.verbatims import Verbatim, read_verbatims

ROOT = Path(__file__).resolve().parents[1]
GOOD = ("v-0412", "On y passe la matinée, et le café refroidit.", "Relectrice A", "2026-03-09")
CHAPTER = """\
# Début

Avant.

::: {.citation ref="v-0412"}
Une répondante raconte qu'elle y passe ses matinées.
:::

Après.
"""

# The attacks of the project's list, with the words around them that tell where they end.
ATTACKS = {
    "A1": "<script>alert(1)</script> fin",
    "A2": "<img src=x onerror=document&period;title=&quot;PWNED&quot;//> fin",
    "A3": "[clic](javascript:alert(1)) ![](http://mechant.test/p.png) fin",
    "A4": "{{< env HOME >}} {{< meta x >}} {{< include /etc/passwd >}} fin",
    "A5": '`#read("data/brut.csv")`{=typst} #set page(width:1cm) <lbl> // x $x$ fin',
    "A6-div": "::: {.content-hidden}",
    "A6-entete": "---\ntitle: X\n---",
    "A6-titre": "# T",
    "A6-notes": "[^1] @dupont2020 ^[n] a|b fin",
    "A7": '" onmouseover="alert(1) </template> --> fin',
}


def csv_file(root: Path, *rows: tuple[str, ...], head: tuple[str, ...] = ()) -> Path:
    path = root / "data" / "verbatims.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head or ("id", "texte", "relectrice", "date"))
        writer.writerows(rows)
    return path.parent


def shown(root: Path, name: Any, text: str | None = None, chapter: str = CHAPTER) -> str:
    """Return the book with *text* as the reviewed words, or without any."""
    if text is not None:
        csv_file(root, ("v-0412", text, "Relectrice A", "2026-03-09"))
    return rendered(root, name, {"index.qmd": chapter})


def words(page: str) -> str:
    """The text that a reader sees, with ordinary spaces and apostrophes."""
    seen = html.unescape(re.sub(r"<[^>]*>", "", page))
    return " ".join(seen.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'").split())


# ---------------------------------------------------------------- the file


def test_reviewed_words_are_read_with_their_reviewer_and_date(tmp_path: Path) -> None:
    found = read_verbatims(csv_file(tmp_path, GOOD))

    assert found is not None
    assert [found["v-0412"].text, found["v-0412"].reviewer, str(found["v-0412"].date)] == [
        *GOOD[1:]
    ]


def test_no_file_is_no_error(tmp_path: Path) -> None:
    assert read_verbatims(tmp_path) is None


def test_a_file_with_a_header_alone_allows_nothing(tmp_path: Path) -> None:
    assert read_verbatims(csv_file(tmp_path)) == {}


NAMED = "Zoé Quatrepoint"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("0412", "Oui.", "A", "2026-03-09"), "Identifiant mal formé"),
        (("v-0412", "  ", "A", "2026-03-09"), "Citation vide"),
        (("v-0412", f"{NAMED} a dit oui.", "", "2026-03-09"), "que personne n’a relue"),
        (("v-0412", f"{NAMED} a dit oui.", "A", "9 mars 2026"), "Date de relecture"),
        (("v-0412", f"{NAMED} a dit oui.", "A", "20260309"), "Date de relecture"),
        ((NAMED, "Oui.", "A", "2026-03-09"), "Identifiant mal formé"),
        (("v-0412", f"{NAMED} a dit oui.", "A", NAMED), "Date de relecture"),
    ],
)
def test_a_faulty_row_is_told_by_line_without_its_words(
    tmp_path: Path, row: tuple[str, ...], expected: str
) -> None:
    data = csv_file(tmp_path, ("v-0001", "Deux\nlignes.", "A", "2026-03-09"), row)

    with pytest.raises(EnqueteError) as error:
        read_verbatims(data)

    assert expected in str(error.value)
    assert "ligne 4" in str(error.value)  # the first row takes lines 2 and 3
    assert NAMED not in str(error.value)


def test_an_identifier_used_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnqueteError, match="deux fois") as error:
        read_verbatims(csv_file(tmp_path, GOOD, GOOD))

    assert "déjà pris à la ligne 2" in str(error.value)


def test_a_file_without_header_does_not_show_its_first_words(tmp_path: Path) -> None:
    with pytest.raises(EnqueteError) as error:
        read_verbatims(csv_file(tmp_path, GOOD, head=("v-0001", NAMED, "A", "2026-03-09")))

    assert "En-tête" in str(error.value) or "en-tête" in str(error.value)
    assert NAMED not in str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xef\xbb\xbfid,texte,relectrice,date\n",
        b"id;texte;relectrice;date\n",
        "id,texte,relectrice,date\nv-0001,\u00e9t\u00e9,A,2026-03-09\n".encode("latin-1"),
        b'id,texte,relectrice,date\nv-0001,"ouvert,A,2026-03-09\n',
        b"id,texte,relectrice,date\nv-0001,un,deux,A,2026-03-09\n",
    ],
    ids=["vide", "bom", "point-virgule", "latin-1", "guillemet", "virgule"],
)
def test_a_broken_file_is_refused_in_french(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "verbatims.csv").write_bytes(content)

    with pytest.raises(EnqueteError) as error:
        read_verbatims(tmp_path)

    assert "verbatims.csv" in str(error.value)
    assert "ligne" in str(error.value)


# ---------------------------------------------------------------- personal data

# Numbers of fiction (Arcep keeps 06 39 98 for it); keys worked out by hand:
# 2550814168025 = 97 × 26297053278 + 59, so the key is 97 - 59 = 38.
PERSONAL = {
    "adresse électronique": (
        "écrire à zoe.quatrepoint@exemple.fr",
        "zoe.quatrepoint (arobase) exemple (point) fr",
        "zoe[at]exemple.fr",
    ),
    "numéro de téléphone": (
        "au 06 39 98 12 34",
        "au 0639981234",
        "au 06.39.98.12.34",
        "au +33 6 39 98 12 34",
        "au +33 (0)6-39-98-12-34",
        "au 06\u00a039\u00a098\u202f12\u202f34",
        "au 06\u200b39\u200b98\u200b12\u200b34",
    ),
    "numéro de sécurité sociale": (
        "son numéro 2 55 08 14 168 025 38",
        "son numéro 255081416802538",
    ),
    "coordonnées bancaires": (
        "sur FR76 3000 6000 0112 3456 7890 189 chaque mois",
        "sur fr7630006000011234567890189",
        "sur BE68 5390 0754 7034",
    ),
    "adresse postale": (
        "au 12 rue des lilas",
        "au 3 bis, avenue Jean-Moulin",
        "au 7 place de la Mairie",
        "à 59000 Lille",
    ),
    "plaque d’immatriculation": ("la AB-123-CD", "la AB 123 CD", "la 1234AB59", "la 1234-AB-59"),
    "civilité et nom": (
        "avec M. Quatrepoint",
        "avec Mme Quatrepoint",
        "avec madame de Quatrepoint",
        "avec le docteur Quatrepoint",
        "avec Monsieur Éluard",
    ),
    "longue suite de chiffres": ("dossier 1234567",),
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in PERSONAL.items() for text in texts]
)
def test_personal_data_stop_the_reading_without_being_shown(
    tmp_path: Path, kind: str, text: str
) -> None:
    data = csv_file(tmp_path, ("v-0412", f"Il faut voir {text}, dit-elle.", "A", "2026-03-09"))

    with pytest.raises(EnqueteError) as error:
        read_verbatims(data)

    assert kind in str(error.value)
    assert "data/verbatims.csv, ligne 2" in str(error.value)
    told = str(error.value).replace(str(data), "").replace("ligne 2", "")
    for piece in re.findall(r"\w*\d\w*|[Qq]uatrepoint|zoe|lilas|Éluard", text):
        assert piece not in told


@pytest.mark.parametrize(
    "text",
    [
        "En 2024, 2 542 collègues sur 10 000 ont répondu, soit 25,4 %.",
        "On appelle le 115 ou le 39 49, sans réponse.",
        "J'accompagne 30 familles et 12 places d'hébergement.",
        "12 cours de français par an, 3 places en crèche.",
        "Madame X et monsieur Y ne savent pas ouvrir un compte.",
        "Le rendez-vous de 14 h 30 est passé à 15 h 00 le 12/03/2024.",
        "La CAF, le RSA et 1 CDD de 6 mois ; le bâtiment B2.",
        "Le numéro 2 55 08 14 168 025 39 n'a pas la bonne clé.",
        "Un médecin m'a dit : Madame, patientez.",
        "Le formulaire AB12 se remplit en 20 minutes.",
    ],
)
def test_ordinary_words_are_not_personal_data(text: str) -> None:
    assert kinds(text) == ()


# ---------------------------------------------------------------- the slot


def test_without_the_file_the_slot_is_its_indirect_speech(tmp_path: Path) -> None:
    page = shown(tmp_path, "html")

    assert "blockquote" not in page
    assert "Avant. Une répondante raconte qu'elle y passe ses matinées. Après." in words(page)


@pytest.mark.parametrize("name", ["html", "typst"])
def test_reviewed_words_follow_the_indirect_speech(tmp_path: Path, name: str) -> None:
    page = words(shown(tmp_path, name, GOOD[1])).replace("~", " ")

    told, said = page.index("Une répondante raconte"), page.index("« On y passe la matinée")
    assert told < said < page.index("Après.")
    assert "le café refroidit. »" in page


def test_the_words_stand_in_one_quotation_inside_the_slot(tmp_path: Path) -> None:
    page = shown(tmp_path, "html", GOOD[1])

    slot = re.search(r'<div class="citation" data-ref="v-0412">(.*?)</div>', page, re.DOTALL)
    assert slot is not None
    assert slot[1].count("<blockquote>") == 1


def test_a_slot_may_hold_several_reviewed_words(tmp_path: Path) -> None:
    csv_file(tmp_path, GOOD, ("v-0413", "Moi non plus.", "A", "2026-03-09"))
    chapter = CHAPTER.replace('ref="v-0412"', 'ref="v-0412 v-0413"')

    page = words(rendered(tmp_path, "html", {"index.qmd": chapter}))

    assert page.index("refroidit. »") < page.index("« Moi non plus. »") < page.index("Après.")


def test_a_slot_inside_another_block_keeps_its_place(tmp_path: Path) -> None:
    inner = CHAPTER.split("\n\n")[2]
    chapter = f"# Début\n\n:::: {{.bloc}}\n\n{inner}\n\nEnsuite.\n\n::::\n\nAprès.\n"

    page = words(shown(tmp_path, "html", GOOD[1], chapter))

    assert page.index("raconte") < page.index("« On y passe") < page.index("Ensuite.")


def test_a_slot_shown_as_code_stays_code() -> None:
    known = {"v-0412": Verbatim("v-0412", "Secret", "A", None)}  # type: ignore[arg-type]
    text = '```markdown\n::: {.citation ref="v-0412"}\nIci.\n:::\n```\n'

    assert with_words(text, known) == text


def check(root: Path, chapter: str) -> list[str]:
    config = make_book(root, {"index.qmd": chapter})
    try:
        lint(chapters_of(config), config)
    except EnqueteError as error:
        return str(error).split("\n")
    return []


def test_an_unknown_reference_is_an_error_only_beside_the_file(tmp_path: Path) -> None:
    assert check(tmp_path, CHAPTER) == []

    csv_file(tmp_path, ("v-0413", "Oui.", "A", "2026-03-09"))

    told = check(tmp_path, CHAPTER)
    assert told[0] == "Citation inconnue : v-0412. Vouliez-vous dire « v-0413 » ?"
    assert told[1] == "  où : index.qmd:5"


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        ("::: {.citation}\nIci.\n:::", "sans référence"),
        ("::: citation\nIci.\n:::", "sans référence"),
        ('::: {.citation ref="0412"}\nIci.\n:::', "mal formée"),
        ('::: {.citation ref="v-0412"}\n:::', "sans discours indirect"),
        ('> ::: {.citation ref="v-0412"}\n> Ici.\n> :::', "mal placé"),
    ],
)
def test_a_slot_badly_written_is_told_with_its_line(
    tmp_path: Path, slot: str, expected: str
) -> None:
    told = check(tmp_path, f"# Début\n\n{slot}\n")

    assert expected in told[0]
    assert told[1] == "  où : index.qmd:3"


# ---------------------------------------------------------------- attacks


def literal(attack: str) -> str:
    """What must be read: the words on one line, a space before the one colon that takes it."""
    return f"« {' '.join(attack.split())} »".replace("title:", "title :")


def tags(page: str) -> list[str]:
    """Every tag with its attributes, in order: what an attack would change."""
    return re.findall(r"<[^>]*>", page)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_shown_literally_on_the_site(tmp_path: Path, attack: str) -> None:
    chapter = CHAPTER + "\n## Suite {#suite}\n\nFin[^1].\n\n[^1]: Une note.\n"
    harmless = shown(tmp_path / "a", "html", "mot", chapter)
    page = shown(tmp_path / "b", "html", attack, chapter)

    assert literal(attack) in words(page)
    assert tags(page) == tags(harmless)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_shown_literally_in_typst(tmp_path: Path, attack: str) -> None:
    config = bibliography(tmp_path)
    csv_file(tmp_path, ("v-0412", attack, "A", "2026-03-09"))
    source = rendered(tmp_path, "typst", {"index.qmd": CHAPTER}, bibliography=(config,))

    # Pandoc's own reader of Typst is the independent judge of what the source says.
    tree = json.loads(pandoc_typst(source))
    assert quoted(tree) == [literal(attack)]


def pandoc_typst(source: str) -> str:
    body = source[source.index("#quote(block: true)[") :].split("\n]\n", 1)[0] + "\n]\n"
    command = [pandoc_path(), "--from", "typst-smart", "--to", "json"]
    done = run(command, input=body, capture_output=True, encoding="utf-8", check=True, timeout=60)
    return done.stdout


def quoted(tree: dict[str, Any]) -> list[str]:
    return [said(block) for block in tree["blocks"] if block["t"] == "BlockQuote"]


# This reader draws quotes and dashes, and French spaces are ours: back to what was typed.
TYPED = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "’": "'", "“": '"', "”": '"', "–": "--", "—": "---"}
)


def said(node: Any) -> str:
    """The text of a pandoc node; whatever is not text or space is named."""
    if isinstance(node, list):
        return "".join(map(said, node))
    if node["t"] in ("BlockQuote", "Para", "Plain"):
        return said(node["c"])
    if node["t"] == "Str":
        return str(node["c"]).translate(TYPED)
    return " " if node["t"] in ("Space", "SoftBreak") else f"<{node['t']}>"


def test_the_pdf_of_every_attack_has_the_page_of_a_harmless_book(tmp_path: Path) -> None:
    def pages(root: Path, texts: list[str]) -> tuple[list[tuple[float, float]], str]:
        rows = [(f"v-{n:04}", text, "A", "2026-03-09") for n, text in enumerate(texts)]
        csv_file(root, *rows)
        refs = " ".join(row[0] for row in rows)
        chapter = CHAPTER.replace('ref="v-0412"', f'ref="{refs}"')
        source = rendered(root, "typst", {"index.qmd": chapter})
        data = compile_pdf(source, root / "atelier", THEME / "polices", "2026-11-22")
        with pdfplumber.open(io.BytesIO(data)) as document:
            text = "\n".join(page.extract_text() for page in document.pages)
            assert not any(page.hyperlinks for page in document.pages)
            return [(page.width, page.height) for page in document.pages], text

    harmless, _ = pages(tmp_path / "a", ["mot"] * len(ATTACKS))
    attacked, text = pages(tmp_path / "b", list(ATTACKS.values()))

    assert attacked == harmless
    for piece in ("<script>alert(1)</script>", "javascript:alert(1)", "{{<", "#set", "<lbl>"):
        assert piece in text.replace("\u00a0", "")


# ---------------------------------------------------------------- never distributed


def test_the_reviewed_words_are_not_copied_beside_the_book(tmp_path: Path) -> None:
    data = csv_file(tmp_path, GOOD)
    write(tmp_path, "data/datapackage.json", json.dumps({"resources": [{"path": "notes.csv"}]}))
    write(tmp_path, "data/notes.csv", "a\n1\n")

    copy_package(data, tmp_path / "_book")

    copied = {file.name for file in (tmp_path / "_book").rglob("*") if file.is_file()}
    assert copied == {"datapackage.json", "notes.csv"}


def test_the_description_of_the_data_never_lists_the_words() -> None:
    package = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))

    assert "verbatims.csv" not in {resource["path"] for resource in package["resources"]}
    assert "data/verbatims.csv" in (ROOT / ".gitignore").read_text("utf-8").split("\n")
