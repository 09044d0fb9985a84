from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from edition.cards import card
from edition.citation import Edition, citation, permalink
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
            "value": {**status("published"), "min": "323/400", "max": "1617/2000"},
            "base": status("assumed", 2542, 2542),
            "count": status("deduced", 2053, 2055),
        },
        "decimals": 1,
        "text": f"80,8{NBSP}%",
        "sentence": "entre 2\u202f053 et 2\u202f055 des 2\u202f542 répondantes",
        "questions": [{"id": "Q1", "wording": "Comment vivez-vous la numérisation ?"}],
        "universe": "répondantes qui ont répondu à Q1",
        "source": {"file": "chapters/partie-1.qmd", "line": 41, "code": "aise = …"},
        "data": {"origin": "reconstructed", "files": {"reponses.csv": "0" * 64}},
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
    assert re.findall(r"<dt>([^<]*)</dt>", html) == [
        *("Question", "Base", "Calcul", "Rapport publié", "Précision"),
    ]
    assert f"«{NBSP}Comment vivez-vous la numérisation\u202f?{NBSP}» (Q1)" in html
    assert "entre 2\u202f053 et 2\u202f055 des 2\u202f542 répondantes" in html
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
    assert 'href="notebooks/partie-1.ipynb"' in html
    assert 'href="partie-1.html#chiffre-p1-aise">Lien permanent<' in html


def test_a_card_shows_no_more_than_seventy_words_before_one_asks_for_the_code() -> None:
    shown = re.sub(r"<details.*</details>", "", card(entry()))
    assert len(text(shown).split()) <= 70


def test_the_code_and_the_hashes_are_folded() -> None:
    proof = re.search(r"<details.*</details>", card(entry(), Edition(data="donnees/enquete/")))
    assert proof is not None
    assert "chapters/partie-1.qmd, ligne 41" in proof[0]
    assert "<pre><code>aise = …</code></pre>" in proof[0]
    assert f'title="SHA-256 {"0" * 64}">000000000000…<' in proof[0]
    assert 'href="donnees/enquete/reponses.csv">reponses.csv</a>' in proof[0]
    assert "<a " not in card(entry()).partition("<details")[2].partition("</details>")[0]


def base(low: int | None, high: int | None, name: str, sentence: str = "entre 1 et 9") -> str:
    known = {**entry()["status"], "base": status(name, low, high)}
    return text(card(entry(status=known, sentence=sentence))).partition("à Q1")[2][:44]


def test_the_base_says_how_well_its_number_is_known() -> None:
    assert ": 2 542, base publiée Calcul" in base(2542, 2542, "published")
    assert ": 2 542, base supposée Calcul" in base(2542, 2542, "assumed")
    assert ": 1 408 à 1 432, base déduite Calcul" in base(1408, 1432, "deduced")
    assert ": nombre non publié" in base(None, None, "undetermined")
    # Bounds that the sentence of the figure holds back are held back here too.
    assert ": nombre non publié" in base(1408, 1432, "deduced", "effectif non publié")


def test_the_condition_of_an_assumed_base_is_said() -> None:
    assumed = {"status": "assumed", "min": 9, "max": 9, "condition": "si toutes ont répondu"}
    html = card(entry(status={**entry()["status"], "base": assumed}))
    assert "9, base supposée (si toutes ont répondu)" in html


def test_the_precision_is_that_of_the_rounding() -> None:
    value = {"status": "published", "min": "117/200", "max": "119/200", "condition": None}
    rounded = entry(status={**entry()["status"], "value": value}, decimals=0)
    assert f"arrondi à l’unité{NBSP}: de 58,5 à 59,5{NBSP}%" in card(rounded)
    assert "Précision" not in card(entry(kind="count"))


def test_a_citation_says_all_that_finds_the_figure_again() -> None:
    edition = Edition(title="L’essai", date="1er mai 2026")
    assert citation(entry(), edition) == (
        f"«{NBSP}80,8{NBSP}%{NBSP}», vivent bien la numérisation "
        "(entre 2\u202f053 et 2\u202f055 des 2\u202f542 répondantes\u202f; Q1). "
        "L’essai, édition du 1er mai 2026, réponses reconstituées. "
        f"partie-1.html#chiffre-p1-aise. Données{NBSP}: reponses.csv, SHA-256 000000000000."
    )


def test_a_citation_says_no_count_that_is_not_published_and_no_answers_of_a_fact() -> None:
    assert "effectif" not in citation(entry(sentence="effectif non publié"), Edition())
    fact = entry(kind="fact", data={"origin": "reconstructed", "files": {}}, questions=[])
    assert "reconstituées" not in citation(fact, Edition())
    assert "(" not in citation(fact, Edition())


def test_the_permanent_link_of_a_figure_of_the_register_leads_there() -> None:
    assert permalink(entry(anchor="reg-p1-aise")) == "registre.html#reg-p1-aise"
    assert permalink(entry()) == "partie-1.html#chiffre-p1-aise"


def test_the_citation_waits_for_a_script_to_show_its_button() -> None:
    button = re.search(r"<button [^>]*data-citation=[^>]*>", card(entry()))
    assert button is not None
    assert " hidden " in button[0]
    assert 'data-lien="partie-1.html#chiffre-p1-aise"' in button[0]
    assert 'role="status"' in card(entry())


def test_the_same_value_printed_twice_is_said_once() -> None:
    twice = [{"id": "a", "value": "80,8 %", "section": "1"}] * 2
    twice[1] = {"id": "b", "value": "80,8%", "section": "2"}
    assert f"<dd>80,8{NBSP}%, <span" in card(entry(published=twice))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["Réponses reconstituées", "Borné"]),
        ({"data": {"origin": "original", "files": {}}}, ["Borné"]),
        ({"verdict": "discrepant"}, ["Réponses reconstituées", "Borné", "Écart"]),
        (
            {"sentence": "effectif non publié"},
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


def test_the_pill_never_says_more_than_the_sentence() -> None:
    narrow = {**entry()["status"], "count": status("deduced", 52, 71)}
    shown = pills(card(entry(status=narrow, sentence="effectif non publié")))
    assert shown == ["Réponses reconstituées", "Effectif non publié"]


def test_exact_counts_show_with_their_rounding() -> None:
    html = card(entry(numerator=1051, base=1782, decimals=0))
    assert f"1\u202f051{NBSP}/{NBSP}1\u202f782<" in html


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
    assert html.count("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&amp;") == 13
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
