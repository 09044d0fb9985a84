"""
Every page under axe-core: WCAG 2.2 AA, RGAA 4 and good practice, in light and in dark, at 320
and 1280 pixels, cards closed; then with every card and every disclosure open.

The pages go through one browser, several at a time: the whole book takes less than a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from browsing import ARGUMENTS, chromium
from playwright.async_api import Browser, Page, async_playwright

pytestmark = pytest.mark.lent

AXE = (Path(__file__).parent / "navigateur" / "axe.min.js").read_text("utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "RGAAv4")
AT_ONCE = 3
RUN = """tags => axe.run(document, {
  runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]
}).then(found => ({
  passes: found.passes.length,
  faults: found.violations.map(fault =>
    [fault.id, ...fault.nodes.slice(0, 3).map(node => node.html.slice(0, 200))])
}))"""
# All cards at once, one below the other: a reader opens one, axe looks at each.
OPEN = """() => {
  const style = document.createElement("style");
  style.textContent = ".carte[popover] { display: block !important; position: static !important;" +
    " opacity: 1 !important; translate: none !important; max-height: none !important }";
  document.head.append(style);
  for (const each of document.querySelectorAll("details")) each.open = true;
}"""
# (theme, width, cards open)
VIEWS = [
    *(("light", 320, False), ("light", 1280, False), ("dark", 320, False), ("dark", 1280, False)),
    *(("light", 320, True), ("dark", 1280, True)),
]


async def look(page: Page, *, cards: bool) -> dict[str, Any]:
    await page.evaluate(AXE)
    if cards:
        await page.evaluate(OPEN)
    found: dict[str, Any] = await page.evaluate(RUN, list(TAGS))
    return found


async def survey(
    files: Sequence[Path], views: Sequence[tuple[str, int, bool]]
) -> dict[str, dict[str, Any]]:
    """Return what axe says of each page in each view."""
    free = asyncio.Semaphore(AT_ONCE)
    said: dict[str, dict[str, Any]] = {}

    async def one(browser: Browser, file: Path, theme: str, width: int, cards: bool) -> None:
        async with free:
            context = await browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=theme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            page = await context.new_page()
            await page.goto(file.as_uri())
            view = f"{file.stem}, {theme}, {width}{', cartes ouvertes' if cards else ''}"
            said[view] = await look(page, cards=cards)
            await context.close()

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        await asyncio.gather(*(one(browser, file, *view) for file in files for view in views))
        await browser.close()
    return said


def test_no_page_breaks_a_rule_cards_closed_and_open(book: Path) -> None:
    files = sorted(book.rglob("*.html"))
    said = asyncio.run(survey(files, VIEWS))
    assert len(said) == len(files) * len(VIEWS) >= 90
    assert min(found["passes"] for found in said.values()) > 20
    assert {view: found["faults"] for view, found in said.items() if found["faults"]} == {}


def test_faults_are_found_when_there_are_some(tmp_path: Path) -> None:
    """Rules of WCAG and of RGAA; in a card, they are seen when it is open only."""
    file = tmp_path / "faute.html"
    file.write_text(
        '<!doctype html><html lang="fr"><head><title>T</title></head><body><main><h1>T</h1>'
        '<img src="x.png"><div popover class="carte"><p style="color:#aaa;background:#fff">pâle</p>'
        "</div></main></body></html>",
        "utf-8",
    )
    said = asyncio.run(survey([file], [("light", 320, False), ("light", 320, True)]))
    closed, opened = (
        {fault[0] for fault in said[f"faute, light, 320{end}"]["faults"]}
        for end in ("", ", cartes ouvertes")
    )
    assert closed == {"image-alt"}
    assert opened == {"image-alt", "color-contrast"}
