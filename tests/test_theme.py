"""The theme: contrasts, fonts, weights, and nothing fetched from elsewhere."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import page as page_validation
import pdfplumber
import pypandoc
import pytest
import typst
from fontTools.ttLib import TTFont

from enquete.palette import TOKENS

THEME = Path(__file__).parents[1] / "theme"
CSS = (THEME / "css" / "livre.css").read_text("utf-8")

GROUNDS = ("page", "surface", "card")
# What each colour is read on, and how clearly: 4.5 for text, 3 for what only bounds
# (WCAG 1.4.3, 1.4.11).
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "link") for ground in GROUNDS),
    ("link-hover", "page"),
    ("link-hover", "surface"),
    ("link-visited", "page"),
    ("link-visited", "surface"),
    ("link", "recon-field"),
    ("ink", "recon-field"),
    ("recon", "page"),
    ("recon", "card"),
    ("recon", "recon-field"),
    ("ink", "ecart-field"),
    ("ecart", "card"),
    ("ecart", "ecart-field"),
    ("ok", "card"),
    ("ink", "num-open"),
    ("theme", "page"),
    *((f"likert-{step}-label", f"likert-{step}") for step in range(1, 5)),
]
BOUND_ON = [
    *(("edge", ground) for ground in GROUNDS),
    *(("num-line", ground) for ground in GROUNDS),
    ("focus", "page"),
    ("focus", "surface"),
    ("focus", "card"),
    ("focus", "recon-field"),
    ("hatch", "hatch-field"),
    *((f"likert-{step}-edge", "page") for step in (2, 3)),
    ("likert-1", "page"),
    ("likert-4", "page"),
    ("subtheme", "page"),
    ("other", "page"),
    ("focus-bar", "page"),
]
# Every character that French, the figures and the bibliography put on a page.
NEEDED = "\u00a0\u202fœŒæ«»’…–—≥≤→−×±ᵉ°·éèêëàâùûüïîôçÉÈÀÇ€%‰½"


def declared(selector: str) -> dict[str, str]:
    """Return the colours that livre.css gives to the roles under a selector."""
    body = CSS.split(selector, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", body))


LIGHT = declared(":root {")
DARK = declared(':root[data-theme="dark"] {')


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["clair", "sombre"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_is_readable_on_its_ground(colours: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["clair", "sombre"])
@pytest.mark.parametrize(("line", "ground"), BOUND_ON)
def test_boundaries_are_seen_on_their_ground(
    colours: dict[str, str], line: str, ground: str
) -> None:
    assert contrast(colours[line], colours[ground]) >= 3


def test_the_reader_who_chooses_dark_gets_the_dark_of_the_system() -> None:
    assert declared(':root:not([data-theme="light"]) {') == DARK
    assert LIGHT.keys() == DARK.keys()


def test_dark_values_never_reach_paper() -> None:
    inside = CSS.split("@media screen and (prefers-color-scheme: dark)", 1)
    assert len(inside) == 2
    assert "prefers-color-scheme: dark" not in inside[1]


def test_charts_and_site_have_the_same_colours() -> None:
    assert {name: token.light for name, token in TOKENS.items()} == LIGHT
    assert {name: token.dark for name, token in TOKENS.items()} == DARK


def test_every_role_used_is_declared() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    assert used <= set(re.findall(r"--([\w-]+):", CSS))


def test_rules_name_roles_and_no_colour() -> None:
    rules = CSS.split("/* ---------- page ---------- */", 1)[1]
    rules = re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rules) == []


@pytest.mark.parametrize("file", ["css/livre.css", "js/livre.js", "html/page.html"])
def test_nothing_is_fetched_from_elsewhere(file: str) -> None:
    text = (THEME / file).read_text("utf-8")
    assert re.findall(r"https?:|@import|url\(\s*[\"']?//|src=\"//", text) == []


def test_every_file_that_the_style_sheet_names_is_there() -> None:
    named = re.findall(r'url\("([^"]+)"\)', CSS)
    assert len(named) == 6
    assert all((THEME / "css" / name).resolve().is_file() for name in named)


def test_web_fonts_are_light() -> None:
    files = sorted((THEME / "polices").glob("*.woff2"))
    assert len(files) == 6
    assert sum(file.stat().st_size for file in files) <= 140_000


@pytest.mark.parametrize("face", ["Regular", "Italic", "SemiBold"])
@pytest.mark.parametrize("family", ["SourceSerif4", "SourceSans3"])
def test_paper_fonts_hold_every_character_of_the_report(family: str, face: str) -> None:
    characters = TTFont(THEME / "polices" / f"{family}-{face}.ttf").getBestCmap()
    assert [c for c in NEEDED if ord(c) not in characters] == []


@pytest.mark.parametrize("family", ["SourceSerif4", "SourceSans3"])
def test_fonts_come_with_their_licence(family: str) -> None:
    text = (THEME / "polices" / f"OFL-{family}.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text


def test_page_template_names_the_page_to_those_who_do_not_see_it() -> None:
    page = (THEME / "html" / "page.html").read_text("utf-8")
    assert '<html lang="$langue">' in page
    assert page.index('href="#contenu"') < page.index("<header")
    assert 'id="contenu"' in page
    labels = re.findall(r'<nav[^>]*aria-label="([^"]+)"', page)
    assert len(labels) == page.count("<nav") == len(set(labels))


BOOK = """
```{=typst}
#nouvelle-page()
```

# Introduction {.unnumbered}

`#trace("registre 41–42");`{=typst}Texte avec `#link(<reg-a>)[`{=typst}59 %`]<chiffre-a>`{=typst}
et `#link(<reg-b>)[`{=typst}2 542`]`{=typst}.

```{=typst}
#nouvelle-page()
```

# Une partie

```{=typst}
#sections-de-la-partie()
```

Texte.

## Une section

```{=typst}
#encadre("warning", [Attention])[Voir #link(<reg-a>)[59 %].]
#figure([#box(image("f.svg", alt: "Une barre."))], caption: figure.caption(position: top, [Titre]),
  kind: "quarto-float-fig", supplement: "Figure", numbering: _ => "1.1") <fig-f>
#figure([#table(columns: (1fr, auto), table.header([Métier], [Part]), [Autres], [#non-publie])],
  caption: figure.caption(position: top, [Métiers]),
  kind: "quarto-float-tbl", supplement: "Tableau", numbering: _ => "1.1") <tbl-t>
```

## Une autre section

Texte.^[Une note.]

```{=typst}
#show: appendices.with("Annexes", hide-parent: true)
#nouvelle-page()
```

# Registre

```{=typst}
#registre-tableau(
  [#ligne-registre("a", 41)], [59 %], [Q2], [], [59 %], [#page-du-chiffre("a")],
  [#ligne-registre("b", 42)], [2 542], [Toutes], [], [2 542], [],
)
```
"""
ORIGIN = "Réponses reconstituées, voir la méthode."


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A book with one of each thing that the Typst part of the theme draws."""
    folder = tmp_path_factory.mktemp("papier")
    shape = '<svg xmlns="http://www.w3.org/2000/svg" width="160mm" height="9mm"/>'
    (folder / "f.svg").write_text(shape, "utf-8")
    meta = {"title": "Un titre", "author": "Une équipe", "lang": "fr", "origine": ORIGIN}
    arguments = [f"--metadata={key}={value}" for key, value in meta.items()]
    arguments += ["--wrap=none", f"--template={THEME / 'typst' / 'modele.typ'}"]
    arguments += ["--variable=lof=true", "--variable=lot=true"]
    source = pypandoc.convert_text(BOOK, "typst", format="markdown", extra_args=arguments)
    (folder / "livre.typ").write_text(source, "utf-8")
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(THEME / "polices")],
    )
    file = str(folder / "livre.typ")
    return typst.compile(file, root=str(folder), font_paths=fonts, pdf_standards=["ua-1"])


def test_paper_is_accessible(paper: bytes, tmp_path: Path) -> None:
    file = tmp_path / "livre.pdf"
    file.write_bytes(paper)
    assert " 0 failed" in str(page_validation.validate_pdf(str(file), profile="ua1"))


def test_paper_has_our_fonts_only_and_no_blank_page(paper: bytes) -> None:
    with pdfplumber.open(io.BytesIO(paper)) as pdf:
        texts = [sheet.extract_text() for sheet in pdf.pages]
        fonts = {char["fontname"].split("+")[1] for sheet in pdf.pages for char in sheet.chars}
    assert all(len(text) > 20 for text in texts)
    assert {name.split("-")[0] for name in fonts} == {"SourceSans3", "SourceSerif4"}
    assert ORIGIN in " ".join(texts[0].split("\n"))
    assert texts[3].split("\n")[1:3] == ["Partie 1", "Une partie"]


def test_paper_says_beside_the_sentence_which_lines_of_the_register_answer(paper: bytes) -> None:
    with pdfplumber.open(io.BytesIO(paper)) as pdf:
        introduction, words = pdf.pages[2], {}
        for word in introduction.extract_words():
            words.setdefault(word["text"], word)
        strip = introduction.crop((0, 130, 140, introduction.height - 76)).extract_text()
    assert strip == "registre 41–42"
    assert words["registre"]["bottom"] == pytest.approx(words["59"]["bottom"], abs=2)


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.mark.lent
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium absent : polices du site non vues")
def test_browser_draws_every_character_with_our_renamed_fonts(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    styles = {
        "serif": ("font-family: var(--serif)", "RapportSerif-Regular"),
        "serif-i": ("font: italic 400 1rem var(--serif)", "RapportSerif-Italic"),
        "serif-b": ("font: 600 1rem var(--serif)", "RapportSerif-SemiBold"),
        "sans": ("font: 400 1rem var(--sans)", "RapportSans-Regular"),
        "sans-i": ("font: italic 400 1rem var(--sans)", "RapportSans-Italic"),
        "sans-b": ("font: 600 1rem var(--sans)", "RapportSans-SemiBold"),
    }
    body = "".join(
        f'<p id="{key}" style="{css}">{NEEDED}\u2011</p>' for key, (css, _) in styles.items()
    )
    page_file = tmp_path / "polices.html"
    sheet = f'<link rel="stylesheet" href="{(THEME / "css" / "livre.css").as_uri()}">'
    page_file.write_text(f'<!doctype html><meta charset="utf-8">{sheet}{body}', "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(page_file.as_uri())
        page.evaluate("document.fonts.ready")
        session = page.context.new_cdp_session(page)
        session.send("DOM.enable")
        session.send("CSS.enable")
        root = session.send("DOM.getDocument")["root"]["nodeId"]
        seen = {}
        for key in styles:
            found = session.send("DOM.querySelector", {"nodeId": root, "selector": f"#{key}"})
            fonts = session.send("CSS.getPlatformFontsForNode", found)["fonts"]
            seen[key] = [(font["postScriptName"], font["isCustomFont"]) for font in fonts]
        browser.close()
    assert seen == {key: [(name, True)] for key, (_, name) in styles.items()}
