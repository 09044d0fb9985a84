"""The checks run in two processes: the same outcomes, in the same order, whatever happens."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from edition import aside
from edition.cache.clean import Clean
from edition.checking import Check, Finished, Outcome
from edition.verification import shared_out
from edition.verification.shared_out import run_all
from enquete.errors import EnqueteError, EnqueteErrors

copies = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2,
    reason="un seul processeur, ou un système sans copie de processus",
)
HERE = os.getpid()
FAULT = EnqueteError("Nombre « 9\u00a0% » de trop.", "page.html, ligne 2", "retirer.")


def told(name: str, *faults: EnqueteError) -> Check:
    """A check that says in which process it ran."""

    def check(book: Finished) -> Outcome:
        where = "ici" if os.getpid() == HERE else "à côté"
        return Outcome(name, name.upper(), 3, where, faults, (f"note de {name}",), "")

    return check


def stopped(book: Finished) -> Outcome:
    """A check that fails in the copy only: killed, out of memory."""
    if os.getpid() != HERE:
        os._exit(9)
    return Outcome("arret", "ARRET", 1, "ici")


def run(check: Check, book: Finished) -> Outcome:
    return check(book)


BOOK: Any = SimpleNamespace(folder=Path("livre"), clean=Clean())


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other thread, whatever the tests before have left."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@copies
@pytest.mark.usefixtures("alone")
def test_les_resultats_viennent_dans_l_ordre_et_entiers() -> None:
    checks = (told("un"), told("deux", FAULT), told("trois"), told("quatre"))
    found = run_all(checks, BOOK, run, (checks[1], checks[3]))
    assert [each.name for each in found] == ["un", "deux", "trois", "quatre"]
    assert [each.said for each in found] == ["ici", "à côté", "ici", "à côté"]
    assert [str(fault) for fault in found[1].faults] == [str(FAULT)]
    assert found[1] == Outcome("deux", "DEUX", 3, "à côté", found[1].faults, ("note de deux",), "")


@copies
@pytest.mark.usefixtures("alone")
def test_ce_que_la_copie_a_trouve_net_est_su_ici() -> None:
    def remembering(book: Finished) -> Outcome:
        book.clean.put("texte", {"comptes": [3]})
        return told("deux")(book)

    def after(book: Finished) -> None:
        book.clean.put("fichier", 1)

    book: Any = SimpleNamespace(folder=Path("livre"), clean=Clean())
    found = run_all((told("un"), remembering), book, run, (remembering,), after)
    assert [each.said for each in found] == ["ici", "à côté"]
    assert (book.clean.get("texte"), book.clean.get("fichier")) == ({"comptes": [3]}, 1)


@copies
@pytest.mark.usefixtures("alone")
def test_une_copie_qui_meurt_est_refaite_ici() -> None:
    checks = (told("un"), stopped, told("trois"))
    found = run_all(checks, BOOK, run, (stopped,))
    assert [each.said for each in found] == ["ici", "ici", "ici"]


@copies
@pytest.mark.usefixtures("alone")
def test_une_faute_qui_dit_plus_que_trois_textes_est_trouvee_ici() -> None:
    checks = (told("un"), told("deux", EnqueteErrors([FAULT, FAULT])))
    found = run_all(checks, BOOK, run, checks[1:])
    assert found[1].said == "ici"
    assert "2 problèmes" in str(found[1].faults[0])


@copies
@pytest.mark.usefixtures("alone")
def test_une_erreur_imprevue_reste_la_meme_et_ne_laisse_pas_de_processus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fork, started = os.fork, []

    def noted() -> int:
        process = fork()
        started.append(process)
        return process

    monkeypatch.setattr(os, "fork", noted)

    def wrong(book: Finished) -> Outcome:
        raise ZeroDivisionError("faute du programme")

    for checks in ((told("un"), wrong), (wrong, told("un"))):
        with pytest.raises(ZeroDivisionError, match="faute du programme"):
            run_all(checks, BOOK, run, checks[1:])
    assert len(started) == 2
    for process in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)


@pytest.mark.parametrize("answer", [b"", b"[", b"[[]]", b'[{"name": "x"}]', b"[]"])
def test_une_reponse_tronquee_ne_vaut_rien(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.write(write, answer)
    os.close(write)
    monkeypatch.setattr(os, "waitpid", lambda process, options: (process, 0))
    assert shared_out._outcomes(aside.answer(0, read), 1) == []


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (sys, "platform", "win32"),
        (os, "sched_getaffinity", lambda process: {0}),
        (threading, "active_count", lambda: 2),
    ],
)
def test_sans_copie_sure_tout_se_fait_ici(
    module: object, name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, value, raising=False)
    checks = (told("un"), told("deux"))
    found = run_all(checks, BOOK, run, checks[1:])
    assert [each.said for each in found] == ["ici", "ici"]
