from __future__ import annotations

import pytest
from rendered import THEME, pandoc

from edition.text import french

FILTER = ("--lua-filter", str(THEME / "filtres" / "typographie.lua"))


def marked(text: str) -> str:
    """Show U+00A0 as ~ and U+202F as _, which no sample holds."""
    return text.replace("\u00a0", "~").replace("\u202f", "_").strip()


def plain(markdown: str) -> str:
    return marked(pandoc(markdown, "plain", *FILTER))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Oui : non", "Oui~: non"),
        ("Oui: non", "Oui~: non"),
        ("un ; deux", "un_; deux"),
        ("un; deux", "un_; deux"),
        ("Vraiment ?", "Vraiment_?"),
        ("Vraiment?", "Vraiment_?"),
        ("Oui ! Non!", "Oui_! Non_!"),
        ("Quoi ?!", "Quoi_?!"),
        ("50 %", "50~%"),
        ("50%", "50~%"),
        ("12 € et 3 ‰", "12~€ et 3~‰"),
        ("« oui »", "«~oui~»"),
        ("«oui»", "«~oui~»"),
        ("dit « oui » ; puis", "dit «~oui~»_; puis"),
        ("(« oui »)", "(«~oui~»)"),
        ("2 542 personnes", "2_542 personnes"),
        ("12 345 678", "12_345_678"),
        ("(2 542)", "(2_542)"),
        ("2 542,5", "2_542,5"),
        ("n° 12 et p. 4", "n°~12 et p.~4"),
        ("l'action d'aujourd'hui", "l’action d’aujourd’hui"),
        ("attendre...", "attendre…"),
        ('il dit "oui" ici', "il dit «~oui~» ici"),
        ("\"il dit 'non' ici\"", "«~il dit “non” ici~»"),
        ("un mot\n? la suite", "un mot_? la suite"),
        ("à 12 h, dans 45 ans", "à 12~h, dans 45~ans"),
        ("le 1er mai et le 1er rang", "le 1^(er)~mai et le 1^(er) rang"),
        ("au 2ème, le 21e.", "au 2^(e), le 21^(e)."),
    ],
)
def test_signs_get_their_french_space(typed: str, expected: str) -> None:
    assert plain(typed) == expected


@pytest.mark.parametrize(
    "right",
    [
        "Oui~: non_; 50~% et «~oui~»_! 2_542",
        "en 2024 et 2025",
        "à 10:30",
        "Q1 100",
        "2024 100",
        "1 2345",
        "3 hommes, 2 h2",
        "Q2e et 2ex",
    ],
)
def test_a_right_space_and_an_ordinary_number_stay(right: str) -> None:
    typed = right.replace("~", "\u00a0").replace("_", "\u202f")
    assert plain(typed) == right


def test_a_second_pass_changes_nothing() -> None:
    once = pandoc("Un mot: « oui » ; 50% de 2 542, l'an...", "markdown", *FILTER)
    assert pandoc(once, "plain", *FILTER) == pandoc(once, "plain")


def test_code_addresses_and_attributes_stay() -> None:
    html = pandoc(
        '`a : b ; c` <https://a.fr/x?y;z> [mot](https://a.fr/?b;c "un ; deux") '
        '[x]{titre="a ; b"} a@b.fr http://a.fr:80/50%25',
        "html",
        *FILTER,
    )
    for kept in ("a : b ; c", "https://a.fr/x?y;z", "https://a.fr/?b;c", "un ; deux", "a ; b"):
        assert kept in html
    assert "http://a.fr:80/50%25" in html
    assert "\u00a0" not in html
    assert "\u202f" not in html


def test_a_code_block_stays() -> None:
    assert "a : b ; 50%" in pandoc("```\na : b ; 50%\n```\n", "html", *FILTER)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('[59]{chiffre="x"} %', "59~%"),
        ('[59 %]{chiffre="x"} : oui', "59~%~: oui"),
        ('[59~%]{chiffre="x"}; oui', "59~%_; oui"),
        ("*mot*: suite", "mot~: suite"),
        ("« *mot* » ?", "«~mot~»_?"),
        ("**Titre** ! Oui", "Titre_! Oui"),
    ],
)
def test_a_sign_after_a_figure_or_emphasis_gets_its_space(typed: str, expected: str) -> None:
    found = pandoc(typed.replace("~", "\u00a0"), "html", *FILTER)
    text = marked("".join(part.split(">", 1)[-1] for part in found.split("<")))
    assert text == expected


def test_typst_says_the_same_spaces() -> None:
    typst = pandoc("Oui : « non » ; 50 % de 2 542", "typst", *FILTER).strip()
    assert typst.replace("\u202f", "_") == r"Oui~: «~non~»_\; 50~% de 2_542"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("L'action : un essai", "L’action~: un essai"),
        ("Oui ! Non?", "Oui_! Non_?"),
        ("«oui» à 50%", "«~oui~» à 50~%"),
        ("à 10:30...", "à 10:30…"),
        ("déjà « droit »~: oui", "déjà «~droit~»~: oui"),
    ],
)
def test_titles_and_alternative_texts_follow_the_same_rules(typed: str, expected: str) -> None:
    assert marked(french(typed.replace("~", "\u00a0"))) == expected
