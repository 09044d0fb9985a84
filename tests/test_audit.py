"""The audit of the real book: nothing to say of it as it is, everything once it is falsified."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from planting import missed, plant_html, planted_in_pdf, printed
from real_book import ROOT

from edition.audit import check_html, check_pdf
from edition.audit.admitted import FILE
from edition.audit.site import read_pages
from edition.build import Options, build
from edition.checking import Finished
from edition.config import read_config

pytestmark = pytest.mark.lent

KINDS = 21
"""How many kinds of places planting knows; each is used for 100 numbers."""


@pytest.fixture(scope="module")
def clean(book: Path, shipped) -> Finished:
    provenance = json.loads((book / "provenance.json").read_text("utf-8"))
    return Finished(book, ROOT, shipped, provenance)


@pytest.fixture
def copied(clean: Finished, tmp_path: Path) -> Finished:
    """A copy of the book that a test may falsify."""
    folder = tmp_path / "livre"
    shutil.copytree(clean.folder, folder)
    return replace(clean, folder=folder)


def change(book: Finished, file: str, old: str, new: str) -> None:
    path = book.folder / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} n'est pas dans {file}"
    path.write_text(text.replace(old, new, 1), "utf-8", newline="\n")


def messages(book: Finished) -> list[str]:
    return [f"{fault.quoi} {fault.ou}" for fault in check_html(book).faults]


def test_le_livre_tel_quel_ne_donne_aucune_fausse_alerte(clean):
    for check in (check_html, check_pdf):
        outcome = check(clean)
        assert not outcome.faults, [str(fault) for fault in outcome.faults[:10]]
        assert not outcome.skipped
        assert outcome.counted > 4000


@pytest.mark.parametrize("seed", [20240521, 20240705])
def test_de_cent_nombres_faux_du_site_au_moins_99_sont_trouves(clean, copied, seed):
    planted = plant_html(copied.folder, 100, seed, printed(clean.entries))
    assert len(planted) == 100
    assert len(Counter(each.kind for each in planted)) == KINDS
    faults = check_html(copied).faults
    lost = missed(planted, faults)
    assert len(lost) <= 1, lost
    # A page that changed is no longer what the search index, the list of figures and the
    # allow-list say of it.
    changed = {each.file for each in planted} | {FILE, "assets/recherche/index.js"}
    changed |= (
        {"figures-tableaux.html"} if any(each.kind == "légende" for each in planted) else set()
    )
    assert {re.split(",| :", fault.ou)[0] for fault in faults} <= changed


def test_vingt_nombres_faux_du_pdf_sont_trouves_tous_les_vingt(
    clean, copied, project, tmp_path, monkeypatch
):
    monkeypatch.setenv("RAPPORT_RACINE", str(project))
    monkeypatch.setenv("RAPPORT_REGISTRE", str(tmp_path / "registre"))
    with planted_in_pdf(20, 20240621, printed(clean.entries)) as planted:
        options = Options(formats=("typst",), output=tmp_path / "faux", cache=False)
        made = build(read_config(project), options)
    assert len(planted) == 20
    shutil.copyfile(made.output / made.pdf, copied.folder / made.pdf)
    lost = missed(planted, check_pdf(copied).faults)
    assert not lost, lost


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        # Au milieu d'une phrase, dans le bouton d'un autre chiffre, collé à lui.
        ("partie-1.html", "Moins de présence.", "Moins de présence, 45\u00a0%.", "« 45 »"),
        ("partie-1.html", ">16\u00a0%</button>", ">45\u00a0%</button>", "« 45\u00a0% »"),
        ("partie-1.html", ">16\u00a0%</button>", ">16\u00a0%</button>1", "« 1 »"),
        # Un mot, un article suivi d'un mot.
        ("conclusion.html", "La chance, d’abord", "Deux chances, d’abord", "« Deux »"),
        ("conclusion.html", "La chance, d’abord", "Un tiers, d’abord", "« tiers »"),
        # Ce que seuls entendent un lecteur d'écran et un moteur de recherche.
        ("partie-1.html", 'aria-label="59\u00a0%, voir', 'aria-label="58\u00a0%, voir', "« 58 »"),
        ("index.html", '<p class="auteurs">', '<p class="auteurs" title="9 %">', "infobulle"),
        ("index.html", "</head>", '<meta name="keywords" content="77 %"></head>', "« 77 »"),
        # La structure : titres, légendes, renvois, lignes du registre et du code.
        ("partie-2.html", '<span class="numero-section">2.1</span>', "2.1", "« 2.1 »"),
        ("partie-1.html", "figure\u00a01.1</a>", "figure\u00a01.2</a>", "« figure 1.2 »"),
        ("registre.html", '"reg-meth-n">', '"reg-meth-n">9', "devrait être"),
        ("partie-1.html", "partie-1.qmd, ligne 20", "partie-1.qmd, ligne 21", "« 21 »"),
        # Une citation dont l'année n'est pas celle de la bibliographie.
        ("index.html", "Davenel 2016</a>", "Davenel 2015</a>", "« 2015 »"),
        # Un identifiant que le registre n'a pas.
        ("index.html", 'data-chiffre="meth-n"', 'data-chiffre="inconnu"', "« inconnu »"),
    ],
)
def test_un_seul_nombre_faux_est_nomme_avec_sa_page(copied, file, old, new, said):
    change(copied, file, old, new)
    found = messages(copied)
    assert any(said in each and file in each for each in found), found


def test_un_tableau_telecharge_qui_ne_dit_plus_la_meme_chose_est_une_faute(copied):
    change(copied, "donnees/fig-q10-reconstitue.csv", "91,4\u00a0%", "94,1\u00a0%")
    change(copied, "donnees/enquete/reponses.csv", "R0001,", "R9001,")
    found = messages(copied)
    assert any(
        "« 94,1\u00a0% »" in each and "donnees/fig-q10-reconstitue.csv" in each for each in found
    )
    assert any("donnees/enquete/reponses.csv" in each for each in found)


def test_un_texte_garde_pour_un_script_doit_etre_dans_les_pages(copied):
    path = copied.folder / "recherche.json"
    path.write_text(json.dumps({"titres": ["Un numérique omniprésent", "Partie 9"]}), "utf-8")
    assert [each for each in messages(copied) if "« 9 »" in each and path.name in each]


def test_un_nombre_admis_qui_ne_sert_plus_est_une_faute(copied, tmp_path):
    root = tmp_path / "projet"
    (root / "data").mkdir(parents=True)
    shutil.copytree(ROOT / "data", root / "data", dirs_exist_ok=True)
    shutil.copy(ROOT / "references.bib", root)
    with (root / FILE).open("a", encoding="utf-8", newline="\n") as file:
        file.write("- id: reste\n  raison: x\n  pages: [index]\n  textes: ['mille feuilles']\n")
    found = messages(replace(copied, root=root))
    assert any("« mille feuilles »" in each and "« reste »" in each for each in found)


def test_une_phrase_admise_ne_l_est_que_la_ou_elle_est_attendue(copied):
    change(copied, "conclusion.html", "La chance, d’abord.", "Le rapport donne deux dates de fin.")
    assert any("« deux »" in each and "conclusion.html" in each for each in messages(copied))


def test_un_nombre_du_site_que_le_pdf_n_a_pas_est_une_faute(copied):
    change(copied, "partie-1.html", "Moins de présence.", "Moins de présence, 45\u00a0%.")
    found = [f"{fault.quoi} {fault.ou}" for fault in check_pdf(copied).faults]
    assert any("pas tel quel dans le PDF" in each and "45\u00a0%" in each for each in found)


def test_un_livre_sans_pdf_ne_se_compare_pas(copied):
    (copied.folder / "rapport.pdf").unlink()
    assert check_pdf(copied).skipped


def test_chaque_page_du_livre_est_lue(clean):
    read = set(read_pages(clean.folder))
    assert read == {path.name for path in clean.folder.glob("*.html")} - {"verification.html"}
