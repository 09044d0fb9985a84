"""The site in Chromium: what a reader sees and does, with scripts and without."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.lent

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


def chromium() -> str:
    given = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [given] if given else NAMES)), None)
    if found is None:
        pytest.skip(
            "Chromium introuvable : installez-le, ou donnez son chemin par la variable CHROMIUM."
        )
    return found


NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Browser, file: Path, *, width: int = 1280, scripts: bool = True) -> Page:
    size = {"width": width, "height": 800}
    context = browser.new_context(viewport=size, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(file.as_uri())
    return page


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
        parted += page.evaluate(PARTED)
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


def test_the_close_button_closes_and_one_card_at_a_time_is_open(
    browser: Browser, book: Path
) -> None:
    page = opened(browser, book / "partie-1.html", scripts=False)
    page.locator("#chiffre-p1-3-hors-mission").click()
    page.locator(NUMBER).click()
    assert page.locator(".carte:popover-open").count() == 1
    page.locator(".carte:popover-open .carte-fermer").click()
    assert page.locator(".carte:popover-open").count() == 0
    page.context.close()


def test_a_page_opens_at_its_top_with_the_focus_nowhere(browser: Browser, book: Path) -> None:
    """The close buttons carry `autofocus`, which speaks of their card only."""
    page = opened(browser, book / "partie-1.html")
    assert page.locator(":focus").count() == 0
    assert page.evaluate("scrollY") == 0
    page.context.close()


def test_a_card_leads_to_its_line_of_the_register_and_back(browser: Browser, book: Path) -> None:
    page = opened(browser, book / "annexe-1-profil.html", scripts=False)
    page.locator("#chiffre-a1-dep-paris-n").click()
    page.locator(".carte:popover-open").get_by_role("link", name="Registre").click()
    assert page.url.endswith("registre.html#reg-a1-dep-paris-n")
    line = page.locator("tr", has=page.locator("#reg-a1-dep-paris-n"))
    line.get_by_role("link").click()
    assert page.url.endswith("annexe-1-profil.html#chiffre-a1-dep-paris-n")
    page.context.close()


def test_without_chromium_the_tests_say_why_they_are_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nulle/part/chromium")
    with pytest.raises(pytest.skip.Exception, match="Chromium introuvable"):
        chromium()
