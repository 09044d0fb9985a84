"""The HTML of a great_tables table, which no Lua filter looks into."""

from __future__ import annotations

from edition.tables import clean_html


def test_the_text_of_a_raw_table_gets_french_signs_and_spaces() -> None:
    table = "<table><tr><th>Rang : l'âge</th><td>« non » ; 5 %</td></tr></table>"

    assert clean_html(table, "x") == (
        "<table><tr><th>Rang\u00a0: l’âge</th>"
        "<td>«\u00a0non\u00a0»\u202f; 5\u00a0%</td></tr></table>"
    )


def test_attributes_and_character_references_stay_as_they_are() -> None:
    table = "<table><tr><td style=\"color: red; x: 'a'\">R&amp;D &lt; 5&#160;%</td></tr></table>"

    assert clean_html(table, "x") == (
        "<table><tr><td style=\"color: red; x: 'a'\">R&amp;D &lt; 5\u00a0%</td></tr></table>"
    )
