"""Untrusted text is shown literally, whatever it holds."""

from __future__ import annotations

import json
import re
from typing import Any

import pypandoc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enquete.escape import Text, clean, esc

READERS = ("markdown", "markdown+tex_math_single_backslash+emoji", "commonmark_x")

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=document&period;title=&quot;PWNED&quot;//>",
    "[clic](javascript:alert(1)) ![](http://mechant.test/p.png)",
    "{{< env HOME >}} {{< include /etc/passwd >}}",
    '`#read("data/brut.csv")`{=typst} #set page(width: 1cm) <lbl>',
    "::: {.content-hidden}",
    "---\ntitle: X\n---",
    "# Titre",
    "[^1] ^[n] @dupont2020",
    "a|b",
    "5$ et 6$ $\\badcmd$ \\(x\\)",
    '" onmouseover="alert(1)',
    "</template> -->",
    "1. liste",
    "% titre",
    "59\u00a0% de 2\u202f542",
    "accueilli·es :smile: ~~barré~~ H~2~O",
    "NUL\x00 et \u202einversé",
)


def plain(markdown: str, reader: str) -> list[str]:
    """The text of each paragraph, as pandoc reads it; anything but text is named."""
    tree = json.loads(pypandoc.convert_text(markdown, "json", format=reader))
    return ["".join(map(_text, block["c"])) if block["t"] == "Para" else block["t"]
            for block in tree["blocks"]]  # fmt: skip


def _text(inline: dict[str, Any]) -> str:
    if inline["t"] == "Str":
        return str(inline["c"])
    return " " if inline["t"] in ("Space", "SoftBreak") else f"<{inline['t']}>"


@pytest.mark.parametrize("reader", READERS)
def test_attacks_come_out_as_they_are_written(reader: str) -> None:
    escaped = "\n\n".join(esc(attack) for attack in ATTACKS)
    assert plain(escaped, reader) == [clean(attack) for attack in ATTACKS]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=20, max_size=60))
def test_any_text_comes_out_as_it_was_cleaned(texts: list[str]) -> None:
    kept = [clean(text) for text in texts if clean(text)]
    assert plain("\n\n".join(esc(text) for text in kept), "markdown") == kept


def test_clean_drops_what_a_reader_cannot_see_and_keeps_french_spaces() -> None:
    assert clean(" a\x00\u200b\u202e\tb\r\n c\u00a0%\u202f ") == "a b c\u00a0%\u202f"


def test_numbers_stay_legible_and_their_spaces_visible() -> None:
    assert esc("80,8\u00a0%") == "80,8&#160;%"


def test_escaped_text_is_safe_in_html_attributes() -> None:
    assert not re.search(r"[<>\"'&](?!#)", esc("<a href='x' title=\"y\">&amp;").replace("&#", ""))


def test_text_prints_escaped_inline() -> None:
    assert Text("*a*")._repr_markdown_() == "&#42;a&#42;"
