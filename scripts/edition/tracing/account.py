"""Everything about one printed figure, for the terminal."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from edition.built import page_of
from edition.places import Place, places, sentence_at
from edition.text import french as typeset
from edition.tracing import base as bases
from edition.verification.words import place as place_words
from enquete import french
from enquete.affirmations import read_affirmations
from enquete.paths import data_dir
from enquete.readings import MeanOf, RankOf, Reading, ShareOf, reading_from_json
from enquete.register_page import VERDICTS
from enquete.shares import Count
from enquete.survey import Survey

Entry = Mapping[str, Any]
STATUS = {
    "published": "publié",
    "deduced": "déduit",
    "assumed": "supposé",
    "undetermined": "non publié",
}
_WIDTH = 88
_NAME = 11
_INDENT = " " * (_NAME + 3)


def account(book: Path, survey: Survey, found: Sequence[Entry]) -> str:
    """
    Write the French account of one figure, from its entries in the ledger of *book*.

    Several entries are the same figure printed in several chapters.
    """
    return "\n".join(_lines(book, survey, found))


def _lines(book: Path, survey: Survey, found: Sequence[Entry]) -> Iterator[str]:
    entry = found[0]
    yield f"{entry['id']} : {entry['text']}"
    yield field("Mesure", typeset(entry["label"]))
    yield from _where(book, found)
    for question in entry["questions"]:
        wording = quoted(question["wording"])
        yield field("Question", f"{question['id']} {wording}")
    yield from _how(survey, entry)
    yield field("Statuts", _statuses(entry))
    if entry["note"]:
        yield field("Lecture", typeset(entry["note"]))
    for published in entry["published"]:
        section = f"{place_words(published['section'])}, " if published["section"] else ""
        yield field("Publié", f"{french.typeset(published['value'])} ({section}{published['id']})")
    yield field("Verdict", VERDICTS[entry["verdict"]])
    if entry["kind"] != "implied":
        yield field("Raison", typeset(entry["reason"]))
    yield from _claim(survey, entry)
    if entry["data"]["files"]:
        original = entry["data"]["origin"] == "original"
        yield field("Réponses", "d'origine" if original else "reconstituées d'après le rapport")
    for name, digest in entry["data"]["files"].items():
        yield field("Données", f"data/{name}, SHA-256 {digest}")
    for each in found:
        yield from _code(each)


def _where(book: Path, found: Sequence[Entry]) -> Iterator[str]:
    """Yield the sentence of each chapter's first print, then every other place."""
    firsts = [Place(page_of_entry(book, entry), entry["anchor"]) for entry in found]
    for first in firsts:
        yield field("Phrase", sentence_at(book / first.page, first.anchor) or "(hors du texte)")
        yield field("Lien", str(first))
    others = [each for each in places(book, found[0]["id"]) if each not in firsts]
    if others:
        yield field("Aussi", ", ".join(map(str, others)))
    register = page_of(book, "registre")
    if (book / register).is_file():
        yield field("Registre", f"{register}#reg-{found[0]['id']}")


def page_of_entry(book: Path, entry: Entry) -> str:
    """Return the address of the page that an entry's anchor is in."""
    stem = "registre" if entry["anchor"].startswith("reg-") else entry["chapter"]
    return page_of(book, stem)


def _how(survey: Survey, entry: Entry) -> Iterator[str]:
    """Yield the computation in French and in JSON, and how each base was made."""
    if entry["kind"] == "fact":
        yield field("Source", entry["universe"])
        return
    if entry["kind"] == "implied":
        yield field("Calcul", entry["sentence"])
        return
    if not entry["computation"]:
        yield field("Compte", entry["sentence"])
        for term in entry["terms"]:
            yield field("Porte sur", f"{term['id']} : {term['text']}")
        return
    reading = reading_from_json(entry["computation"])
    if isinstance(reading, RankOf | MeanOf) or len(list(_shares(reading))) != 1:
        yield field("Calcul", json.dumps(entry["computation"], ensure_ascii=False))
    for term in entry["terms"]:
        yield field("Porte sur", f"{term['id']} : {term['text']}")
    for numerator, base in _shares(reading):
        yield from _counted(survey, "Compté", numerator)
        if base is not None:
            yield from _counted(survey, "Parmi", base)
    if entry["sentence"]:
        yield field("Effectif", entry["sentence"])
    made = {base.said(survey.questionnaire): base for _, base in _shares(reading) if base}
    for base in made.values():
        for step in bases.steps(survey, base):
            yield field("Base", step)


def _shares(reading: Reading) -> Iterator[tuple[Count, Count | None]]:
    """Yield what a computation counts, each with its base."""
    match reading:
        case ShareOf(numerator, base):
            yield numerator, base
        case RankOf():
            for code in reading.among:
                share = reading.of_option(code)
                yield share.numerator, share.base
        case _:
            inner = [
                each
                for name in ("a", "b", "of")
                for each in _tuple(getattr(reading, name, ()))
                if isinstance(each, Reading)
            ]
            if not inner:
                yield next(reading.counts()), None
            for each in inner:
                yield from _shares(each)


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _counted(survey: Survey, name: str, count: Count) -> Iterator[str]:
    yield field(name, count.said(survey.questionnaire))
    yield field("", json.dumps(count.to_json(), ensure_ascii=False))


def _claim(survey: Survey, entry: Entry) -> Iterator[str]:
    words = entry.get("words")
    if words:
        limits = f", {words['interval']}" if words["interval"] else ""
        yield field("Mots", f"{words['entry']} ({words['sense']}{limits})")
    if entry.get("claim"):
        known = read_affirmations(data_dir(survey.root), survey.register)
        found = known.get(entry["claim"])
        said = f" : {found.said}" if found else ""
        yield field("Affirmation", f"{entry['claim']}{said}")


def _code(entry: Entry) -> Iterator[str]:
    source = entry["source"]
    line = f":{source['line']}" if source["line"] else ""
    yield field("Code", f"{source['file']}{line}")
    yield textwrap.indent(source["code"].strip(), _INDENT)


def quoted(wording: str) -> str:
    """Return the wording of a question between quotation marks, or that it is not published."""
    return french.quoted(typeset(wording)) if wording else "(intitulé non publié)"


def field(name: str, text: str) -> str:
    """Write one line of an account, its text folded beside its name."""
    if not text:
        return f"  {name:<{_NAME}} —"
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=f"  {name:<{_NAME}} ",
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _statuses(entry: Entry) -> str:
    names = (("value", "valeur"), ("base", "base"), ("count", "effectif"))
    return ", ".join(f"{words} : {STATUS[entry['status'][key]['status']]}" for key, words in names)
