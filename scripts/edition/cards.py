"""Make the card of a figure: what a reader may ask about it, from its ledger entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from edition.text import french as typeset
from enquete import french

Entry = Mapping[str, Any]

CROSS = (
    '<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">'
    '<path d="M5 5l10 10M15 5 5 15"/></svg>'
)
VERDICTS: Mapping[str, tuple[str, str]] = {
    "reproduced": ("reproduit", "verdict-ok"),
    "reproduced-other-base": ("reproduit sur une autre base", "verdict-ok"),
    "discrepant": ("écart", "verdict-ecart"),
    "undetermined": ("indéterminé", ""),
    "not-recomputable": ("non recalculable", ""),
}
WIDEST = 30
"""A wider interval of counts says nothing to a reader (data/politique.yml)."""


def card(entry: Entry, *, register: bool = True) -> str:
    """
    Return the card of *entry*, a native popover that opens without any script.

    *register* tells whether the book has a register to link to. Everything that comes from
    the data is escaped here; nothing in an entry is HTML.
    """
    ident = escape(str(entry["id"]))
    text = escape(str(entry["text"]))
    label = _words(entry.get("label"))
    pills = "".join(_pill(words, css) for words, css in _pills(entry))
    lines = "".join(
        f"<div><dt>{name}</dt><dd>{body}</dd></div>" for name, body in _lines(entry) if body
    )
    return (
        f'<div popover id="carte-{ident}" class="carte" role="dialog" '
        f'aria-label="D’où vient {text}">'
        f'<button type="button" class="carte-fermer" autofocus popovertarget="carte-{ident}" '
        f'popovertargetaction="hide" aria-label="Fermer">{CROSS}</button>'
        f'<p class="carte-tete"><span class="carte-valeur">{text}</span> {label}</p>'
        + (f'<ul class="pastilles">{pills}</ul>' if pills else "")
        + (f'<dl class="carte-details">{lines}</dl>' if lines else "")
        + f'<p class="carte-verifier"><span class="carte-libelle">Vérifier</span> '
        f"{' · '.join(_links(entry, register))}</p></div>"
    )


def _words(value: Any) -> str:
    """Return a text of the data in French type, as HTML."""
    return escape(typeset(str(value or "")))


def _pill(words: str, css: str) -> str:
    return f'<li class="{f"pastille {css}".strip()}">{words}</li>'


def _pills(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry["kind"] == "fact":
        yield "Fait déclaré", ""
        return
    # What published figures imply is arithmetic on the print: it never read the answers.
    if entry["data"]["origin"] == "reconstructed" and entry["kind"] != "implied":
        yield "Réponses reconstituées", "pastille-recon"
    value, count = (_status(entry, part) for part in ("value", "count"))
    if value.get("status") == "deduced":
        yield "Déduit", ""
    elif value.get("status") == "assumed":
        yield "Supposé", ""
    if entry["kind"] in ("share", "count"):
        if not _known(count):
            yield "Effectif non publié", ""
        elif count.get("min") != count.get("max"):
            yield "Borné", ""
    if "small-base" in entry.get("flags", ()):
        yield "Petit effectif", ""
    if entry["verdict"] == "discrepant":
        yield "Écart", "pastille-ecart"


def _lines(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "Question", "<br>".join(_question(each) for each in entry.get("questions", ()))
    yield ("Source" if entry["kind"] == "fact" else "Qui"), _words(entry.get("universe"))
    yield "Calcul", _words(_computation(entry))
    yield _printed_by(entry), _published(entry)
    yield "Marge", escape(_margins(entry.get("margins")))


def _printed_by(entry: Entry) -> str:
    """Name who printed the value: a figure of another source has no section of the report."""
    elsewhere = [each for each in entry.get("published", ()) if not each["section"]]
    return "Valeur imprimée" if elsewhere else "Rapport publié"


def _question(question: Mapping[str, Any]) -> str:
    ident, wording = escape(str(question["id"])), _words(question.get("wording"))
    return f"«\u00a0{wording}\u00a0» ({ident})" if wording else f"{ident}, intitulé non publié"


def _computation(entry: Entry) -> str:
    """Say the computation with what is known only: reconstructed counts stay out."""
    numerator, base = entry.get("numerator"), entry.get("base")
    if entry["kind"] == "share" and numerator is not None and base:
        return (
            f"{french.integer(numerator)}\u00a0/\u00a0{french.integer(base)}, "
            f"arrondi à {_rounding(entry.get('decimals') or 0)}"
        )
    if entry["kind"] == "difference":
        texts = [str(term.get("text") or "") for term in entry.get("terms", ())]
        return " − ".join(texts) if len(texts) == 2 and all(texts) else ""
    if entry["kind"] == "mean" and (terms := entry.get("terms")):
        return f"moyenne de {len(terms)} parts"
    return str(entry.get("sentence") or "")


def _rounding(decimals: int) -> str:
    if decimals < 0:
        return "la centaine" if decimals == -2 else "la dizaine"
    return ("l’unité", "une décimale", "deux décimales")[min(decimals, 2)]


def _published(entry: Entry) -> str:
    published: Sequence[Mapping[str, Any]] = entry.get("published", ())
    words, css = VERDICTS.get(entry["verdict"], ("", ""))
    if not published:
        ours = entry["kind"] == "fact" or entry.get("words")
        return "" if ours else "chiffre que le rapport n’imprime pas"
    values = dict.fromkeys(str(each["value"]) for each in published)
    shown = escape(french.enumeration([french.typeset(value) for value in values]))
    reason = _words(entry.get("reason"))
    verdict = f', <span class="{f"verdict {css}".strip()}">{words}</span>' if words else ""
    why = f"{french.NBSP}: {reason}" if reason and css != "verdict-ok" else ""
    return f"{shown}{verdict}{why}"


def _margins(margins: Any) -> str:
    if not isinstance(margins, Mapping):
        return ""
    return str(margins.get("text") or "")


def _links(entry: Entry, register: bool) -> Iterator[str]:
    ident, chapter = escape(str(entry["id"])), escape(str(entry["chapter"]))
    if register:
        yield f'<a href="registre.html#reg-{ident}">Registre</a>'
    if entry["source"].get("code"):
        line = entry["source"].get("line")
        place = f", ligne {line}" if line else ""
        yield f'<a href="notebooks/{chapter}.ipynb">Code{place}</a>'


def _status(entry: Entry, part: str) -> Mapping[str, Any]:
    status = entry.get("status") or {}
    found = status.get(part)
    return found if isinstance(found, Mapping) else {}


def _known(status: Mapping[str, Any]) -> bool:
    low, high = status.get("min"), status.get("max")
    if status.get("status") in (None, "undetermined") or low is None or high is None:
        return False
    return not (isinstance(low, int) and isinstance(high, int)) or high - low <= WIDEST
