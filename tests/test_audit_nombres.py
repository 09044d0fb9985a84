"""The finder of numbers: every form that a French page gives them."""

from __future__ import annotations

import string

import pytest

from edition.audit.admitted import read_admitted
from edition.audit.matching import Stream, Unit
from edition.audit.numbering import numbered
from edition.audit.numbers import find, plain
from edition.audit.paper import Paper, PaperPage, squeeze
from edition.audit.pdf import take_contents
from edition.audit.reading import read
from enquete.errors import EnqueteError, EnqueteErrors


def numbers(text: str) -> list[str]:
    return [plain(number.text) for number in find(text)]


@pytest.mark.parametrize(
    ("phrase", "attendus"),
    [
        ("Pour 45\u00a0% des répondantes", ["45"]),
        ("soit 80,8\u202f% de 2\u202f542 personnes", ["80,8", "2 542"]),
        ("plus de 170\u00a0000 personnes", ["170 000"]),
        ("plus de 170 000 personnes", ["170 000"]),
        ("12\u2009345,6 euros", ["12 345,6"]),
        ("entre 33,2 et 43,2 %", ["33,2", "43,2"]),
        ("les pages 2–5", ["2", "5"]),
        ("le 1er mai et la 2e fois", ["1er", "2e"]),
        ("un tiers, la moitié, deux sur dix", ["tiers", "moitié", "deux", "dix"]),
        ("Une dizaine de centaines, le double", ["dizaine", "centaines", "double"]),
        ("vingt et un, quatre-vingt-dix", ["vingt", "quatre", "vingt", "dix"]),
        ("la première, le troisième et le XXIe siècle", ["première", "troisième", "XXIe"]),
        ("une large majorité, une minorité", ["majorité", "minorité"]),
        ("à Q10b, S1a et Q3", ["Q10b", "S1a", "Q3"]),
        ("version 1.0.0, figure A.2", ["1.0.0", "2"]),
        ("½ de 3², ①", ["½", "3²", "①"]),
        ("45%de", ["45"]),
        ("59\u00a0%1", ["59", "1"]),
        ("sha256sum 68376779df9eee", ["sha256sum", "68376779df9eee"]),
    ],
)
def test_trouve_chaque_nombre_d_une_phrase(phrase, attendus):
    assert numbers(phrase) == attendus


@pytest.mark.parametrize(
    "phrase",
    [
        "Un numérique et une professionnelle, l’une ou l’autre.",
        "Le lien, les deuils, un septuor, les tiercés, la premiérité.",
        "Elles dissertent, centrent et quarantainent.",
    ],
)
def test_un_article_ou_un_mot_voisin_n_est_pas_un_nombre(phrase):
    assert numbers(phrase) == []


def test_un_nombre_coupe_par_des_balises_se_lit_d_une_piece():
    (bloc,) = read("<p>Pour <b>4</b>5&nbsp;% des <i>répondantes</i>.</p>", "page.html")
    assert numbers(bloc.text) == ["45"]


def test_tout_ce_qui_se_lit_ou_se_dit_est_un_bloc():
    html = (
        "<!doctype html><html><head><title>Un 1</title>"
        '<meta name="description" content="Deux 2"><meta name="viewport" content="width=3">'
        '<script type="application/ld+json">{"n": 4, "t": ["Cinq 5"]}</script></head><body>'
        '<img src="6.png" alt="Sept 7"><p title="Huit 8">Neuf 9<br>10</p>'
        '<svg role="img" aria-label="Onze 11"><title>Douze 12</title><path d="M13 14"/>'
        '<text x="15">Seize 16</text></svg><a data-note="Dix-sept 17" href="#18">19</a>'
        "<script>let vingt = 20;</script></body></html>"
    )
    lus = {nombre for bloc in read(html, "page.html") for nombre in numbers(bloc.text)}
    assert {nombre for nombre in lus if nombre.isdigit()} == {
        *("1", "2", "4", "5", "7", "8", "9", "10", "11", "12", "16", "17", "19")
    }


@pytest.mark.parametrize(
    "html", ["<p>un < deux</p>", "<div><p>texte</div>", "<p style=\"content:'45 %'\">x</p>"]
)
def test_une_structure_inconnue_arrete_l_audit_en_la_nommant(html):
    with pytest.raises(EnqueteError, match=r"ne sait pas lire"):
        read(html, "page.html")


def test_les_coupures_de_ligne_du_pdf_ne_changent_pas_un_texte():
    assert squeeze("2\u202f542 parte\ufffe\nnaires, L. 112-8") == squeeze(
        "2 542 partenaires, L.\u00a0112-8"
    )
    assert squeeze("112-8") != squeeze("1128")


def test_une_liste_mal_ecrite_est_refusee_avec_le_nom_de_l_entree(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nombres-admis.yml").write_text(
        "admis:\n"
        "- id: sans-raison\n  pages: [index]\n  textes: ['deux dates']\n"
        "- id: sans-nombre\n  raison: x\n  pages: [index]\n  textes: ['des dates']\n"
        "- id: de-trop\n  raison: x\n  page: [index]\n  textes: ['deux dates']\n",
        "utf-8",
    )
    with pytest.raises(EnqueteErrors) as caught:
        read_admitted(tmp_path)
    message = "\n".join(str(each) for each in caught.value.problems)
    for words in ("sans-raison", "il manque « raison »", "sans-nombre", "de-trop", "« page »"):
        assert words in message


def test_un_livre_de_plus_de_cent_parties_se_numerote_jusqu_au_bout():
    pages = {
        f"p{rank}.html": read(
            f'<main><h1><span class="numero-section">Partie {rank}</span> Titre</h1></main>',
            f"p{rank}.html",
        )
        for rank in range(1, 121)
    }
    assert numbered(pages, list(pages)).wrong == []
    assert [each.expected for each in numbered(pages, list(pages)[1:2]).wrong] == ["Partie 1"]


def test_apres_la_lettre_z_une_annexe_est_une_faute_qui_se_nomme():
    page = '<main><h1><span class="numero-section">Annexe {}</span> Titre</h1></main>'
    letters = [*string.ascii_uppercase, "["]
    pages = {
        f"{rank}.html": read(page.format(one), f"{rank}.html") for rank, one in enumerate(letters)
    }
    found = numbered(pages, list(pages)).wrong
    assert [(each.found, each.expected) for each in found] == [("Annexe [", "Annexe ?")]


def test_deux_titres_pareils_ont_chacun_leur_page_au_sommaire():
    body = "Méthodologie 7\nRegistre 72\nMéthodologie 73\nTrois fois"
    outline = (("Méthodologie", 7), ("Registre", 72), ("Méthodologie", 73))
    paper = Paper((PaperPage(3, body, (), body),), (), outline, (), (), ())
    stream = Stream(paper.pages)
    headings = read("<h2>Méthodologie</h2><h2>Registre</h2>", "registre.html")
    take_contents([Unit(block.text, (block,)) for block in headings], paper, stream)
    assert [number.text for _, number, _ in stream.left()] == ["Trois"]
