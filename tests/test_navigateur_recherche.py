"""The search as a reader uses it: from a folder, in French, with the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import opened
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.lent


@pytest.fixture(scope="module")
def shared(browser: Browser, book: Path) -> Iterator[Page]:
    page = opened(browser, book / "partie-1.html")
    yield page
    page.context.close()


@pytest.fixture
def page(shared: Page) -> Page:
    if not shared.locator("dialog.recherche").is_visible():
        shared.locator("button.rechercher").click()
    shared.wait_for_function("window.rapportIndex")
    return shared


def results(page: Page, query: str) -> list[str]:
    """Return the addresses found, as written in the links."""
    page.locator("#recherche-mots").fill(query)
    found = page.locator(".resultats a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    return [str(address) for address in found]


def state(page: Page) -> str:
    return page.locator(".recherche-etat").inner_text()


def test_illectronisme_is_found_from_a_folder(browser: Browser, book: Path) -> None:
    page = opened(browser, book / "index.html", width=320)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("button.rechercher").click()
    page.keyboard.type("illectronisme")
    first = page.locator(".resultats a").first
    first.wait_for()
    assert first.locator(".resultat-page").inner_text() == "Conclusion"
    assert first.locator(".resultat-titre").inner_text() == "Conclusion"
    assert "illectronisme" in first.locator(".resultat-extrait").inner_text()
    assert first.locator("mark").all_inner_texts() == ["illectronisme"]
    assert state(page) == "1 résultat"
    assert [url.rpartition("/")[2] for url in asked if "favicon" not in url] == ["index.js"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("Enter")
    page.wait_for_url("**/conclusion.html#sec-conclusion")
    page.context.close()


@pytest.mark.parametrize(
    "query",
    [
        *("ILLECTRONISME", "illectronismes", "l’illectronisme", "l'illectronisme"),
        *("illectro", "de l’illéctronisme"),
    ],
)
def test_case_plural_elision_accents_and_beginnings_do_not_matter(page: Page, query: str) -> None:
    assert results(page, query) == ["conclusion.html#sec-conclusion"]


def test_one_wrong_letter_is_forgiven_and_said(page: Page) -> None:
    assert results(page, "ilectronisme") == ["conclusion.html#sec-conclusion"]
    assert state(page) == "1 résultat, à une lettre près"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("accès aux droits", "acces droit"),
        ("vulnérabilités", "VULNERABILITE"),
        ("réseaux sociaux", "réseau social"),
        ("cœur de métier", "coeur du métier"),
        ("2 542", "2542"),
    ],
)
def test_two_spellings_of_the_same_words_find_the_same(page: Page, one: str, other: str) -> None:
    found = results(page, one)
    assert found
    assert results(page, other) == found


def test_all_the_words_asked_are_in_what_is_found(page: Page) -> None:
    both, one = results(page, "formation anthropologue"), results(page, "anthropologue")
    assert len(both) <= len(one)
    assert results(page, "illectronisme anthropologue") == []
    assert state(page) == "Aucun résultat."


def test_nothing_asked_finds_nothing_and_says_nothing(page: Page) -> None:
    for query in ("", "  ", "« »"):
        assert results(page, query) == []
        assert state(page) == ""


def test_what_is_typed_is_never_html(page: Page) -> None:
    results(page, "<img src=x onerror=alert(1)> numérique")
    assert page.locator("dialog.recherche img").count() == 0


def test_a_line_of_the_register_is_found_after_the_sentences(page: Page) -> None:
    found = results(page, "perte du lien humain")
    register = [rank for rank, address in enumerate(found) if address.startswith("registre")]
    assert register
    assert register[0] > 2


def test_the_keyboard_does_it_all(browser: Browser, book: Path) -> None:
    page = opened(browser, book / "partie-1.html")
    page.keyboard.press("/")
    field = page.locator("#recherche-mots")
    assert field.evaluate("field => field === document.activeElement")
    page.keyboard.type("numérique")
    page.locator(".resultats a").first.wait_for()
    here = "document.activeElement.closest('li') ? [...document.querySelectorAll('.resultats li')]"
    here += ".indexOf(document.activeElement.closest('li')) : document.activeElement.id"
    for key, expected in (
        *(("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)),
        *(("ArrowUp", "recherche-mots"), ("ArrowUp", "recherche-mots")),
    ):
        page.keyboard.press(key)
        assert page.evaluate(here) == expected
    page.keyboard.press("Escape")
    if page.locator("dialog.recherche").is_visible():  # the first Escape empties the field
        page.keyboard.press("Escape")
    assert not page.locator("dialog.recherche").is_visible()

    page.locator("button.rechercher").focus()
    page.keyboard.press("Enter")
    page.locator(".recherche-fermer").click()
    assert page.evaluate("document.activeElement.className") == "rechercher"
    page.context.close()


def test_a_missing_index_is_said(browser: Browser, book: Path, tmp_path: Path) -> None:
    text = (book / "references.html").read_text("utf-8")
    file = tmp_path / "references.html"
    file.write_text(text.replace("assets/", f"{book.as_uri()}/assets/"), "utf-8")
    broken = file.read_text("utf-8").replace("recherche/index.js", "recherche/rien.js")
    file.write_text(broken, "utf-8")
    page = opened(browser, file)
    page.locator("button.rechercher").click()
    page.wait_for_function("document.querySelector('.recherche-etat').textContent")
    assert state(page) == "L’index de recherche ne s’est pas chargé."
    page.context.close()


def test_without_scripts_there_is_no_search_to_click(browser: Browser, book: Path) -> None:
    page = opened(browser, book / "index.html", scripts=False)
    assert not page.locator("button.rechercher").is_visible()
    assert not page.locator("dialog.recherche").is_visible()
    page.context.close()
