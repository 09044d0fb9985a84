"""Make the card of a figure: what a reader may ask about it, from its ledger entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from html import escape
from typing import Any

from edition.citation import DIGEST, REGISTER_PAGE, Edition, citation, counted, permalink
from edition.text import french as typeset
from enquete import french

Entry = Mapping[str, Any]

VERDICTS: Mapping[str, tuple[str, str]] = {
    "reproduced": ("reproduit", "verdict-ok"),
    "reproduced-other-base": ("reproduit sur une autre base", "verdict-ok"),
    "discrepant": ("écart", "verdict-ecart"),
    "undetermined": ("indéterminé", ""),
    "not-recomputable": ("non recalculable", ""),
}
BASES: Mapping[str, str] = {
    "published": "base publiée",
    "deduced": "base déduite",
    "assumed": "base supposée",
}
UNKNOWN_BASE = "nombre non publié"


def card(entry: Entry, edition: Edition | None = None) -> str:
    """
    Return the card of *entry*, a native popover that opens without any script.

    Everything that comes from the data is escaped here; nothing in an entry is HTML.
    """
    edition = edition or Edition()
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
        f'popovertargetaction="hide" aria-label="Fermer"></button>'
        f'<p class="carte-tete"><span class="carte-valeur">{text}</span> {label}</p>'
        + (f'<ul class="pastilles">{pills}</ul>' if pills else "")
        + (f'<dl class="carte-details">{lines}</dl>' if lines else "")
        + _proof(entry, edition)
        + f'<p class="carte-verifier">{" · ".join(_links(entry, edition))}</p>'
        + f'<p class="carte-citer"><button type="button" class="citer" hidden data-citation="'
        f'{escape(citation(entry, edition))}" data-lien="{escape(permalink(entry))}">'
        'Citer ce chiffre</button> <span class="carte-avis" role="status"></span></p></div>'
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
        # The sentence decides what may be said of a count; the pill never says more.
        if not counted(entry):
            yield "Effectif non publié", ""
        elif count.get("min") != count.get("max"):
            yield "Borné", ""
    if "small-base" in entry.get("flags", ()):
        yield "Petit effectif", ""
    if entry["verdict"] == "discrepant":
        yield "Écart", "pastille-ecart"


def _lines(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "Question", "<br>".join(_question(each) for each in entry.get("questions", ()))
    yield ("Source" if entry["kind"] == "fact" else "Base"), _base(entry)
    yield ("Effectif" if entry["kind"] == "count" else "Calcul"), _words(_computation(entry))
    yield _printed_by(entry), _published(entry)
    yield "Précision", escape(_precision(entry))


def _base(entry: Entry) -> str:
    """Say who is counted and how well their number is known; the sentence decides it."""
    words = _words(entry.get("universe"))
    if entry["kind"] != "share" or not words:
        return words
    status = _status(entry, "base")
    low, high = status.get("min"), status.get("max")
    known = UNKNOWN_BASE
    if isinstance(low, int) and isinstance(high, int) and (low == high or counted(entry)):
        known = f"{french.span(low, high)}, {BASES[status['status']]}"
        condition = str(status.get("condition") or "")
        known += f" ({condition})" if condition not in counted(entry) else ""
    return f'{words}\u00a0: <span class="carte-statut">{_words(known)}</span>'


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
        return f"{french.integer(numerator)}\u00a0/\u00a0{french.integer(base)}"
    if entry["kind"] == "difference":
        texts = [str(term.get("text") or "") for term in entry.get("terms", ())]
        return " − ".join(texts) if len(texts) == 2 and all(texts) else ""
    if entry["kind"] == "mean" and (terms := entry.get("terms")):
        return f"moyenne de {len(terms)} parts"
    if entry["kind"] in ("share", "count"):
        return counted(entry)  # the pill says that it is not published
    return str(entry.get("sentence") or "")


def _precision(entry: Entry) -> str:
    """
    Say what the rounding leaves open, or nothing where the value is exact.

    The answers are not a random sample: there is no sampling error to print.
    """
    margins = entry.get("margins")
    if isinstance(margins, Mapping) and margins.get("text"):
        return str(margins["text"])
    decimals = int(entry.get("decimals") or 0)
    rounded = f"arrondi à {_rounding(decimals)}"
    low, high = (_status(entry, "value").get(bound) for bound in ("min", "max"))
    if entry["kind"] not in ("share", "mean") or not (low and high):
        return ""
    if low == high or entry.get("numerator") is not None:
        return rounded
    bounds = [french.decimal(100 * Fraction(str(each)), decimals + 1) for each in (low, high)]
    return f"{rounded}\u00a0: de {bounds[0]} à {bounds[1]}\u00a0%"


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
    values = dict.fromkeys(french.typeset(str(each["value"])) for each in published)
    shown = escape(french.enumeration(list(values)))
    reason = _words(entry.get("reason"))
    verdict = f', <span class="{f"verdict {css}".strip()}">{words}</span>' if words else ""
    why = f"{french.NBSP}: {reason}" if reason and css != "verdict-ok" else ""
    return f"{shown}{verdict}{why}"


def _proof(entry: Entry, edition: Edition) -> str:
    """Fold the code that computed the figure, and the files it was computed from."""
    source = entry["source"]
    if not source.get("code"):
        return ""
    place = escape(f"{source['file']}, ligne {source['line']}" if source.get("line") else "")
    files = "".join(
        f'<li>{_file(name, edition)} <code title="SHA-256 {digest}">{digest[:DIGEST]}…</code></li>'
        for name, digest in sorted(entry["data"]["files"].items())
    )
    return (
        '<details class="carte-preuve"><summary>Code et données</summary>'
        f'<p class="carte-place">{place}</p>'
        f"<pre><code>{escape(str(source['code']))}</code></pre>"
        + (f'<ul class="carte-fichiers">{files}</ul>' if files else "")
        + "</details>"
    )


def _file(name: str, edition: Edition) -> str:
    shown = escape(name)
    return f'<a href="{edition.data}{shown}">{shown}</a>' if edition.data else shown


def _links(entry: Entry, edition: Edition) -> Iterator[str]:
    ident, chapter = escape(str(entry["id"])), escape(str(entry["chapter"]))
    if edition.register:
        yield f'<a href="{REGISTER_PAGE}#reg-{ident}">Registre</a>'
    if entry["source"].get("code"):
        yield f'<a href="notebooks/{chapter}.ipynb">Carnet</a>'
    yield f'<a href="{escape(permalink(entry))}">Lien permanent</a>'


def _status(entry: Entry, part: str) -> Mapping[str, Any]:
    status = entry.get("status") or {}
    found = status.get(part)
    return found if isinstance(found, Mapping) else {}
