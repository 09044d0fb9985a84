"""Short names of the works that facts come from."""

from __future__ import annotations

import pytest

from enquete.sources import source_name

BIBLIOGRAPHY = """\
@techreport{ec,
  author      = {{Emmaüs Connect}},
  title       = {L'action sociale, {sous-titre}},
  year        = {2025},
}

@misc{davenel,
  author = {Davenel, Yves-Marie},
  year = {2016}
}

@incollection{deux, author = {Fisher, Berenice and Tronto, Joan},
  author = {Fisher, Berenice and Tronto, Joan},
  year = {1991},
}

@article{trois,
  author = {A'Lessandro, Cristina and Levy, David and Regnier, Théodore},
  year = {2021},
}
"""


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ec", "Emmaüs Connect, 2025"),
        ("davenel", "Davenel, 2016"),
        ("deux", "Fisher et Tronto, 1991"),
        ("trois", "A'Lessandro et collègues, 2021"),
        ("absente", "absente"),
    ],
)
def test_a_source_is_named_by_its_authors_and_year(tmp_path, key, expected):
    (tmp_path / "references.bib").write_text(BIBLIOGRAPHY, "utf-8")

    assert source_name(tmp_path, key) == expected


def test_without_a_bibliography_the_key_stands_for_itself(tmp_path):
    assert source_name(tmp_path, "davenel2016") == "davenel2016"


def test_no_figure_of_the_real_register_shows_a_bare_key():
    from enquete import open_survey

    survey = open_survey()
    sources = {fact.source for fact in survey.register.facts.values()}
    sources |= {other.source for other in survey.register.secondary.values()}

    assert len(sources) > 5
    assert [key for key in sorted(sources) if source_name(survey.root, key) == key] == []
