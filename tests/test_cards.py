from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from edition.cards import card
from edition.text import NBSP


def status(name: str, low: int | None = None, high: int | None = None) -> dict[str, Any]:
    return {"status": name, "min": low, "max": high, "condition": None}


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "id": "p1-aise",
        "chapter": "partie-1",
        "anchor": "chiffre-p1-aise",
        "label": "vivent bien la numérisation",
        "kind": "share",
        "numerator": None,
        "base": 2542,
        "unit": "respondents",
        "value": None,
        "terms": [],
        "status": {
            "value": status("published"),
            "base": status("assumed", 2542, 2542),
            "count": status("deduced", 2053, 2055),
        },
        "decimals": 1,
        "text": f"80,8{NBSP}%",
        "sentence": "entre 2 053 et 2 055 des 2 542 répondantes",
        "questions": [{"id": "Q1", "wording": "Comment vivez-vous la numérisation ?"}],
        "universe": "répondantes qui ont répondu à Q1",
        "source": {"file": "chapters/partie-1.qmd", "line": 41, "code": "aise = …"},
        "data": {"origin": "reconstructed", "files": {"data/reponses.csv": "0" * 64}},
        "published": [{"id": "p1-aise", "value": "80,8%", "section": "1.1"}],
        "verdict": "reproduced",
        "reason": "",
        "margins": None,
        "flags": [],
        **changes,
    }


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html).replace("\u202f", " "))


def pills(html: str) -> list[str]:
    return re.findall(r'<li class="pastille[^"]*">([^<]*)</li>', html)


class Balance(HTMLParser):
    """Raise on a tag that is closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("br", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == "path" or self.open.pop() == tag


def test_a_card_answers_in_the_agreed_order() -> None:
    html = card(entry())
    assert re.findall(r"<dt>([^<]*)</dt>", html) == ["Question", "Qui", "Calcul", "Rapport publié"]
    assert f"«{NBSP}Comment vivez-vous la numérisation\u202f?{NBSP}» (Q1)" in html
    assert "entre 2 053 et 2 055 des 2 542 répondantes" in html
    assert f'80,8{NBSP}%, <span class="verdict verdict-ok">reproduit</span>' in html


def test_texts_of_the_data_are_set_in_french() -> None:
    html = card(entry(label="agir : l'accès", verdict="discrepant", reason="n'est pas"))
    assert f"agir{NBSP}: l’accès" in html
    assert "n’est pas" in html


def test_a_card_opens_closes_and_links_without_script() -> None:
    html = card(entry())
    assert html.startswith('<div popover id="carte-p1-aise" class="carte"')
    assert 'class="carte-fermer" autofocus popovertarget="carte-p1-aise"' in html
    assert 'popovertarget="carte-p1-aise" popovertargetaction="hide"' in html
    assert 'href="registre.html#reg-p1-aise"' in html
    assert 'href="notebooks/partie-1.ipynb">Code, ligne 41<' in html


def test_a_card_holds_no_more_than_sixty_words() -> None:
    assert len(text(card(entry())).split()) <= 60


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["Réponses reconstituées", "Borné"]),
        ({"data": {"origin": "original", "files": {}}}, ["Borné"]),
        ({"verdict": "discrepant"}, ["Réponses reconstituées", "Borné", "Écart"]),
        (
            {"status": {p: status("undetermined") for p in ("value", "base", "count")}},
            ["Réponses reconstituées", "Effectif non publié"],
        ),
        (
            {
                "status": {
                    "value": status("deduced"),
                    "base": status("deduced", 100, 100),
                    "count": status("deduced", 59, 59),
                }
            },
            ["Réponses reconstituées", "Déduit"],
        ),
        ({"kind": "fact"}, ["Fait déclaré"]),
        ({"flags": ["small-base"]}, ["Réponses reconstituées", "Borné", "Petit effectif"]),
    ],
)
def test_pills_say_what_is_known(changes: dict[str, Any], expected: list[str]) -> None:
    assert pills(card(entry(**changes))) == expected


def test_what_published_figures_imply_is_not_said_to_come_from_answers() -> None:
    found = pills(card(entry(kind="implied", numerator=None, base=None)))

    assert "Réponses reconstituées" not in found
    assert "Réponses reconstituées" in pills(card(entry()))


def test_a_fact_names_its_source_and_who_printed_it() -> None:
    elsewhere = [{"id": "s0-femmes", "value": "86%", "section": ""}]
    shown = text(card(entry(kind="fact", universe="Dubasque, 2025", published=elsewhere)))

    assert "Source Dubasque, 2025" in shown
    assert "Valeur imprimée 86" in shown
    assert "Rapport publié" not in shown


def test_a_wide_interval_counts_as_unknown() -> None:
    wide = {"value": status("published"), "base": {}, "count": status("deduced", 100, 131)}
    assert "Effectif non publié" in pills(card(entry(status=wide)))


def test_exact_counts_show_with_their_rounding() -> None:
    html = card(entry(numerator=1051, base=1782, decimals=0))
    assert f"1\u202f051{NBSP}/{NBSP}1\u202f782, arrondi à l’unité" in html


def test_a_difference_shows_its_terms() -> None:
    terms = [{"id": "a", "text": "59 %"}, {"id": "b", "text": "54 %"}]
    assert f"59{NBSP}% − 54{NBSP}%" in card(entry(kind="difference", terms=terms))


def test_a_discrepancy_says_why() -> None:
    html = card(entry(verdict="discrepant", reason="valeur différente"))
    assert f'<span class="verdict verdict-ecart">écart</span>{NBSP}: valeur différente' in html


def test_texts_of_the_data_are_never_html() -> None:
    attack = '"><img src=x onerror=alert(1)>&'
    html = card(
        entry(
            label=attack,
            text=attack,
            sentence=attack,
            universe=attack,
            reason=attack,
            verdict="discrepant",
            questions=[{"id": attack, "wording": attack}],
            published=[{"id": attack, "value": attack, "section": attack}],
        )
    )
    assert "<img" not in html
    assert html.count("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&amp;") == 9
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
