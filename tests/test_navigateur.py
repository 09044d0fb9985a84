"""The site in Chromium: what a reader sees and does, with scripts and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import chromium, open_card, opened
from playwright.sync_api import Browser

pytestmark = pytest.mark.lent

LIGHTEST = 300_000
NUMBER = "#chiffre-p1-3-dans-mission"
# A piece of a glued run that lies wholly below another one: the line was broken inside.
PARTED = """() => [...document.querySelectorAll(".insecable")].filter((run) => {
  const boxes = [...run.childNodes].map((node) => {
    const range = document.createRange();
    range.selectNode(node);
    return range.getBoundingClientRect();
  }).filter((box) => box.width > 0);
  return Math.max(...boxes.map((b) => b.top)) >= Math.min(...boxes.map((b) => b.bottom));
}).map((run) => run.textContent)"""
# A number, set strong or not, whose comma or full stop the browser may put on the next line.
LOOSE = """() => [...document.querySelectorAll("main button.chiffre")].filter((number) => {
  const whole = number.parentElement.matches("strong, em") ? number.parentElement : number;
  const after = whole.nextSibling;
  return after?.nodeType === Node.TEXT_NODE && /^[,.)]/.test(after.data)
    && getComputedStyle(whole.parentElement).whiteSpace !== "nowrap";
}).map((number) => number.id)"""


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways_complains_or_calls_out(
    browser: Browser, book: Path, width: int
) -> None:
    wide, complaints, calls, parted = [], [], [], []
    context = browser.new_context(viewport={"width": width, "height": 800})
    files = sorted(book.glob("*.html"))
    for file in files:
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: calls.append(asked.url))
        page.goto(file.as_uri())
        page.evaluate("document.fonts.ready")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(file.name)
        parted += page.evaluate(PARTED) + page.evaluate(LOOSE)
        page.close()

    assert len(files) >= 6
    assert wide == []
    assert complaints == []
    assert [url for url in calls if not url.startswith("file://")] == []
    assert any("rapport-serif-400.woff2" in url for url in calls)
    assert parted == []


@pytest.mark.parametrize("scripts", [True, False], ids=["avec-script", "sans-script"])
@pytest.mark.parametrize("way", ["clic", "clavier"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_number_opens_its_card_and_gets_the_focus_back(
    browser: Browser, book: Path, way: str, scripts: bool, width: int
) -> None:
    page = opened(browser, book / "partie-1.html", width=width, scripts=scripts)
    number, card = page.locator(NUMBER), page.locator(".carte:popover-open")
    if way == "clic":
        number.click()
    else:
        number.focus()
        page.keyboard.press("Enter")

    card.wait_for(state="visible")
    said = card.inner_text().replace("\u00a0", " ").replace("\u202f", " ")
    assert "Actuellement, quand vous êtes face à une personne en situation de précarité" in said
    assert "répondantes qui ont répondu à Q10" in said
    assert "91,4 %, reproduit" in said
    assert page.locator(":focus").get_attribute("class") == "carte-fermer"

    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert f"#{page.locator(':focus').get_attribute('id')}" == NUMBER
    page.context.close()


@pytest.mark.parametrize("width", [320, 640, 768, 1280])
def test_an_open_card_hides_the_number_it_answers_for_at_no_width(
    browser: Browser, book: Path, width: int
) -> None:
    page = opened(browser, book / "partie-1.html", width=width)
    number = page.locator("#tbl-p1 .chiffre").nth(3)
    number.click()
    over, seen = open_card(page).bounding_box(), number.bounding_box()
    assert seen is not None
    assert over is not None
    apart = seen["x"] + seen["width"] <= over["x"] or seen["y"] + seen["height"] <= over["y"]
    assert apart, (seen, over)
    assert seen["y"] >= 0
    page.context.close()


def test_the_close_button_closes_and_one_card_at_a_time_is_open(
    browser: Browser, book: Path
) -> None:
    page = opened(browser, book / "partie-1.html", scripts=False)
    page.locator("#chiffre-p1-3-hors-mission").click()
    page.locator(NUMBER).click()
    assert page.locator(".carte:popover-open").count() == 1
    open_card(page).locator(".carte-fermer").click()
    assert page.locator(".carte:popover-open").count() == 0
    page.context.close()


def test_a_page_opens_at_its_top_with_the_focus_nowhere(browser: Browser, book: Path) -> None:
    """The close buttons carry `autofocus`, which speaks of their card only."""
    page = opened(browser, book / "partie-1.html")
    assert page.locator(":focus").count() == 0
    assert page.evaluate("scrollY") == 0
    page.context.close()


def test_the_register_is_read_without_scrolling_sideways_on_a_phone(
    browser: Browser, book: Path
) -> None:
    page = opened(browser, book / "registre.html", width=320)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{(book / 'registre.html').as_uri()}#reg-p2-1-aise")
    page.reload()
    regions = page.locator(".registre .tableau-defile")
    assert regions.count() >= 10
    wider = "all => all.filter(each => each.scrollWidth > each.clientWidth).length"
    assert regions.evaluate_all(wider) == 0
    line = page.locator("tr:has(#reg-p2-1-aise)")
    box = line.bounding_box()
    assert box is not None
    assert box["y"] < 100
    # Laid out as blocks, it is still a table to those who listen to it.
    assert "row" in line.aria_snapshot()
    assert complaints == []
    page.context.close()


def test_a_card_leads_to_its_line_of_the_register_and_back(browser: Browser, book: Path) -> None:
    page = opened(browser, book / "annexe-1-profil.html", scripts=False)
    page.locator("#chiffre-a1-dep-paris-n").click()
    card = open_card(page)
    card.get_by_role("link", name="Registre").click()
    assert page.url.endswith("registre.html#reg-a1-dep-paris-n")
    line = page.locator("tr", has=page.locator("#reg-a1-dep-paris-n"))
    line.get_by_role("link").click()
    assert page.url.endswith("annexe-1-profil.html#chiffre-a1-dep-paris-n")
    page.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_an_open_card_fits_the_screen_and_shows_its_proof(
    browser: Browser, book: Path, width: int
) -> None:
    page = opened(browser, book / "partie-2.html", width=width)
    page.locator("#chiffre-p2-1-mal-20").click()
    open_card(page).locator("summary").click()
    card = open_card(page)
    box = card.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800
    assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert 'figures.share("p2-1-mal-20"' in card.locator("pre").inner_text()
    hidden = card.evaluate("card => card.scrollWidth > card.clientWidth")
    assert not hidden
    # The way out stays in sight at the foot of a card that scrolls.
    card.evaluate("card => card.scrollTo(0, card.scrollHeight)")
    way_out = card.locator(".carte-fermer").bounding_box()
    assert way_out is not None
    assert way_out["y"] >= box["y"] - 1
    page.context.close()


def test_a_finger_opens_a_card(browser: Browser, book: Path) -> None:
    page = opened(browser, book / "partie-1.html", width=360, has_touch=True)
    page.locator(NUMBER).tap()
    assert page.locator(".carte:popover-open").count() == 1
    # The number that was pressed is not under the sheet.
    sheet, above = open_card(page).bounding_box(), page.locator(NUMBER).bounding_box()
    assert above is not None
    assert sheet is not None
    assert above["y"] + above["height"] <= sheet["y"]
    page.context.close()


COPY = "() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }"
REFUSE = "() => { navigator.clipboard.writeText = async () => { throw new Error('non'); }; }"


def test_a_figure_is_cited_in_full(browser: Browser, book: Path) -> None:
    page = opened(browser, book / "partie-1.html")
    page.evaluate(COPY)
    page.locator(NUMBER).click()
    card = open_card(page)
    card.locator("button.citer").click()
    card.get_by_text("Citation copiée.").wait_for()
    said = page.evaluate("window.copied")
    assert said.startswith(
        "«\u00a091,4\u00a0%\u00a0», l’inclusion numérique fait partie de leur champ"
    )
    assert "Q10)" in said
    assert "L’action sociale face aux transformations numériques, édition du " in said
    assert "partie-1.html#chiffre-p1-3-dans-mission." in said
    assert "reponses.csv, SHA-256 " in said
    page.context.close()


def test_a_citation_that_the_browser_refuses_to_copy_is_shown_selected(
    browser: Browser, book: Path
) -> None:
    page = opened(browser, book / "partie-1.html")
    page.evaluate(REFUSE)
    page.locator(NUMBER).click()
    open_card(page).locator("button.citer").click()
    page.wait_for_function("String(getSelection()).includes('édition du')")
    page.context.close()


def test_without_scripts_nothing_offers_what_needs_one(browser: Browser, book: Path) -> None:
    page = opened(browser, book / "index.html", scripts=False)
    page.locator("#chiffre-p2-1-aise").click()
    assert not page.locator(".carte:popover-open button.citer").is_visible()
    assert not page.locator("button.theme").first.is_visible()
    # The whole edition is still cited: its text is there to be selected.
    page.keyboard.press("Escape")
    page.get_by_text("Citer cette édition").click()
    assert page.get_by_text("Édition reproductible. ", exact=False).last.is_visible()
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_theme_that_the_reader_chooses_stays(browser: Browser, book: Path, width: int) -> None:
    page = opened(browser, book / "partie-1.html", width=width, color_scheme="light")
    if width < 1000:
        page.locator("summary", has_text="Sommaire").click()
    button = page.locator("button.theme:visible")
    assert button.inner_text() == "Thème sombre"
    button.click()
    assert button.inner_text() == "Thème clair"
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(21, 25, 30)"
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.context.close()


def test_the_first_page_is_light(browser: Browser, book: Path) -> None:
    """Every file that it asks for, as it stands on the disk: no server compresses this."""
    page = browser.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto((book / "index.html").as_uri(), wait_until="networkidle")
    files = [book / url.removeprefix(f"{book.as_uri()}/") for url in asked]
    assert {"index.html", "livre.css", "livre.js", "recherche.js"} <= {file.name for file in files}
    assert not any("recherche/" in url for url in asked)
    assert sum(file.stat().st_size for file in files) < LIGHTEST
    page.close()


def test_without_chromium_the_tests_say_why_they_are_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nulle/part/chromium")
    with pytest.raises(pytest.skip.Exception, match="Chromium introuvable"):
        chromium()
