"""Chromium for the tests: found or said to be missing, and a page opened in it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox"]
FRAMES = 6


def chromium() -> str:
    """Return the path of the browser, or skip the test and say why."""
    given = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [given] if given else NAMES)), None)
    if found is None:
        pytest.skip(
            "Chromium introuvable : installez-le, ou donnez son chemin par la variable CHROMIUM."
        )
    return found


def opened(
    browser: Browser,
    file: Path | str,
    *,
    width: int = 1280,
    scripts: bool = True,
    **context: object,
) -> Page:
    """Open a page in a context of its own; `page.context.close()` ends it."""
    size = {"width": width, "height": 800}
    made = browser.new_context(viewport=size, java_script_enabled=scripts, **context)
    page = made.new_page()
    page.goto(file.as_uri() if isinstance(file, Path) else file)
    return page


def open_card(page: Page) -> Locator:
    """Return the open card, standing still: on a busy machine a late frame moves it."""
    card = page.locator(".carte:popover-open")
    handle, places = card.element_handle(), []
    while len(places) < FRAMES or len(set(places[-FRAMES:])) > 1:
        handle.wait_for_element_state("stable")
        places.append(str(handle.bounding_box()))
    return card
