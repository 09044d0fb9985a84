"""The verification page: what was checked and what was found, for a reviewer who reads no code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from edition.built import page_of
from edition.checking import Finished, Outcome
from edition.pages import VERIFICATION
from edition.text import french as typeset
from edition.verification.frame import Text, framed
from edition.verification.published import Checked
from edition.verification.report import all_faults, holds, told
from edition.verification.words import HOW, VERDICTS, place
from enquete import french
from enquete.errors import SHOWN, EnqueteError

RECOUNT = "recount.py"
QUESTIONNAIRE = "annexe-2-questionnaire"
_HEADINGS = (
    ("controles", "Ce qui a été vérifié"),
    ("publies", "Les chiffres publiés, un par un"),
    ("refaire", "Recompter soi-même"),
)


def write_page(
    book: Finished,
    outcomes: Sequence[Outcome],
    published: Sequence[Checked],
    *,
    draft: bool,
) -> None:
    """Write `verification.html` into the book's folder."""
    theme = book.root / "theme"
    if not (theme / "html" / f"{VERIFICATION}.html").is_file():
        return  # a project without our theme: verification.json says it all
    html = framed(_text(book, outcomes, published, draft=draft), book.folder, theme)
    (book.folder / f"{VERIFICATION}.html").write_text(html, "utf-8", newline="\n")


def _text(
    book: Finished, outcomes: Sequence[Outcome], published: Sequence[Checked], *, draft: bool
) -> Text:
    pieces = [
        "<h1>Vérification</h1>",
        *_opening(book, outcomes, draft=draft),
        _heading(0),
        *_checks(outcomes),
        _heading(1),
        *_figures(book, published),
        _heading(2),
        *_again(book),
    ]
    return Text(
        stem=VERIFICATION,
        title="Vérification",
        book=typeset(str(book.provenance["edition"]["title"])),
        description="Ce qui a été vérifié dans ce livre, comment, et ce qui a été trouvé.",
        headings=_HEADINGS,
        html="\n".join(pieces),
    )


def _heading(rank: int) -> str:
    anchor, words = _HEADINGS[rank]
    return f'<h2 id="{anchor}">{words}</h2>'


def _p(words: str, css: str = "") -> str:
    """Return a paragraph; *words* are HTML."""
    return f'<p class="{css}">{words}</p>' if css else f"<p>{words}</p>"


def _few(number: int) -> str:
    """Write a small number in words, as prose does."""
    return french.spelled(number) if number <= 16 else french.integer(number)


def _link(outcome: Outcome) -> str:
    title = escape(typeset(outcome.title))
    return f'<a href="#controle-{escape(outcome.name)}">{title}</a>'


def _box(kind: str, title: str, words: str) -> str:
    return (
        f'<div class="encadre encadre-{kind}" role="note">'
        f'<p class="encadre-titre">{title}</p><p>{words}</p></div>'
    )


def _opening(book: Finished, outcomes: Sequence[Outcome], *, draft: bool) -> Iterator[str]:
    run = [outcome for outcome in outcomes if not outcome.skipped]
    failed = [outcome for outcome in run if outcome.faults]
    if holds(outcomes):
        yield _p(
            f"Avant d’être publié, ce livre passe {_few(len(run))} vérifications. Toutes "
            "concordent. Cette page dit ce que chacune regarde, puis reprend un par un les "
            "chiffres du rapport d’origine.",
            "chapeau",
        )
    else:
        number = len(all_faults(outcomes))
        words = "vérifications ont échoué" if len(failed) > 1 else "vérification a échoué"
        found = f"{number} défaut{'s' if number > 1 else ''}"
        started = _few(len(failed)).capitalize() if len(failed) > 1 else "Une"
        yield _p(f"{started} {words} sur {_few(len(run))}, avec {found}.", "chapeau")
        yield _box(
            "warning",
            "À ne pas diffuser",
            ("Ce livre est un brouillon, construit malgré ses défauts. " if draft else "")
            + f"À corriger : {french.enumeration([_link(outcome) for outcome in failed])}.",
        )
    if book.provenance["edition"].get("origin") == "reconstructed":
        yield _box(
            "note",
            "Ce que ces vérifications ne disent pas",
            "Les réponses de cette édition ont été reconstituées d’après les chiffres publiés. "
            "Que ceux-ci se retrouvent montre que les calculs sont justes et que les chiffres du "
            "rapport tiennent ensemble, non que l’enquête a bien mesuré ce qu’elle décrit.",
        )


def _checks(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield '<ol class="controles">'
    for outcome in outcomes:
        words, css = _state(outcome)
        yield f'<li id="controle-{escape(outcome.name)}"><h3>{escape(typeset(outcome.title))}</h3>'
        if how := HOW.get(outcome.name):
            yield _p(escape(typeset(how)))
        yield _p(
            f'<span class="etat {css}">{words}</span> {_sentence(told(outcome))}',
            "resultat",
        )
        yield from _faults(outcome.faults)
        yield from _notes(outcome.notes)
        yield "</li>"
    yield "</ol>"


def _state(outcome: Outcome) -> tuple[str, str]:
    if outcome.skipped:
        return "Non menée", "etat-absent"
    return ("À corriger", "etat-defaut") if outcome.faults else ("Conforme", "etat-ok")


def _sentence(words: str) -> str:
    text = typeset(words.strip().rstrip("."))
    return escape(f"{text[:1].upper()}{text[1:]}." if text else "")


def _faults(faults: Sequence[EnqueteError]) -> Iterator[str]:
    if not faults:
        return
    yield '<ul class="defauts">'
    for fault in faults[:SHOWN]:
        where = f' <span class="lieu">{escape(typeset(fault.ou))}</span>' if fault.ou else ""
        todo = f" {escape(typeset(fault.que_faire))}" if fault.que_faire else ""
        yield f"<li>{escape(typeset(fault.quoi))}{where}{todo}</li>"
    hidden = len(faults) - SHOWN
    if hidden > 0:
        yield f"<li>Et {french.integer(hidden)} autre{'s' if hidden > 1 else ''}.</li>"
    yield "</ul>"


def _notes(notes: Sequence[str]) -> Iterator[str]:
    if not notes:
        return
    words = "Une remarque" if len(notes) == 1 else f"{french.integer(len(notes))} remarques"
    yield f'<details class="donnees"><summary>{words}</summary><ul>'
    yield from (f"<li>{escape(typeset(note))}</li>" for note in notes)
    yield "</ul></details>"


def _figures(book: Finished, published: Sequence[Checked]) -> Iterator[str]:
    counts = Counter(each.name for each in published)
    shown = [name for name in VERDICTS if counts[name]]
    yield _p(
        f"Le rapport d’origine imprime {french.integer(len(published))} chiffres tirés des "
        "réponses. Chaque ligne part de ce qu’il imprime, à l’endroit indiqué\u202f; elle donne "
        "ensuite ce que ce livre imprime à sa place, avec un lien vers la phrase et un autre vers "
        "la ligne du registre, qui dit la question, la base et le calcul."
    )
    questionnaire = page_of(book.folder, QUESTIONNAIRE)
    if (book.folder / questionnaire).is_file():
        yield _p(
            "Q1, S6… désignent les questions\u00a0: leur texte est au "
            f'<a href="{questionnaire}">questionnaire publié</a>.'
        )
    yield '<dl class="verdicts">'
    for name in shown:
        word, _, meaning = VERDICTS[name]
        number = french.integer(counts[name])
        yield (
            f'<div><dt><span class="verdict {_css(name)}">{word}</span> '
            f'<span class="lieu">{number}</span></dt><dd>{escape(typeset(meaning))}</dd></div>'
        )
    yield "</dl>"
    yield '<div class="publies">'
    yield '<fieldset class="filtre"><legend>Montrer</legend>'
    choices = [("tous", f"Tous ({french.integer(len(published))})")]
    choices += [(name, f"{VERDICTS[name][1]} ({french.integer(counts[name])})") for name in shown]
    for name, words in choices:
        checked = " checked" if name == "tous" else ""
        yield (
            f'<label><input type="radio" name="verdict" id="montrer-{name}"{checked}> '
            f"{escape(words)}</label>"
        )
    yield "</fieldset>"
    columns = ("Chiffre", "Publié", "Imprimé ici", "Base", "Verdict", "Raison")
    yield '<table role="table"><caption class="invisible">Chiffres publiés, un par un</caption>'
    head = "".join(f'<th scope="col" role="columnheader">{words}</th>' for words in columns)
    yield f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">'
    yield from (_row(book, each) for each in published)
    yield "</tbody></table></div>"


def _row(book: Finished, each: Checked) -> str:
    figure, entry, name = each.figure, each.entry, each.name
    cells = (
        (
            "Publié",
            f'{_value(figure.text)} <span class="lieu">{escape(place(figure.section))}</span>',
        ),
        ("Imprimé ici", _links(book, each)),
        ("Base", _words(entry["universe"] if entry else figure.base_label)),
        ("Verdict", f'<span class="verdict {_css(name)}">{VERDICTS[name][0]}</span>'),
        ("Raison", _words(each.verdict.reason)),
    )
    body = "".join(
        f'<td role="cell" data-titre="{title}">{html}</td>' if html else '<td role="cell"></td>'
        for title, html in cells
    )
    ident = escape(figure.id)
    return (
        f'<tr role="row" class="v-{name}" id="publie-{ident}"><th scope="row" role="rowheader">'
        f'{_words(figure.label)} <code class="lieu">{ident}</code></th>{body}</tr>'
    )


def _value(text: str) -> str:
    return f'<span class="valeur">{escape(french.typeset(text))}</span>'


def _words(text: str) -> str:
    shown = typeset(text.strip())
    return escape(shown[:1].upper() + shown[1:])


def _links(book: Finished, each: Checked) -> str:
    entry = each.entry
    if entry is None:
        return "Non imprimé"
    value, anchor = _value(entry["text"]), entry["anchor"]
    register = page_of(book.folder, "registre")
    page = register if anchor.startswith("reg-") else page_of(book.folder, entry["chapter"])
    if not (book.folder / page).is_file():
        return value
    printed = f'<a href="{page}#{escape(anchor)}">{value}</a>'
    if not (book.folder / register).is_file():
        return printed
    return f'{printed} <a class="lieu" href="{register}#reg-{escape(entry["id"])}">registre</a>'


def _css(name: str) -> str:
    if name.startswith("reproduced"):
        return "verdict-ok"
    return "verdict-ecart" if name in ("discrepant", "missing") else ""


def _again(book: Finished) -> Iterator[str]:
    """Tell how to run the recount by hand; the script and the data may be in the book."""
    script = (book.folder / RECOUNT).is_file()
    data = (book.folder / "donnees" / "enquete").is_dir()
    yield _p(
        "Le recomptage ne demande pas de nous croire. Il tient dans un seul fichier, court, sans "
        "aucune dépendance\u00a0: il suffit d’avoir Python. Il lit le registre du livre et les "
        "fichiers de réponses, recompte chaque ligne et dit les différences."
    )
    if script and data:
        yield (
            "<ol><li>Téléchargez le dossier de ce livre, ou au moins "
            f'<a href="{RECOUNT}" download>{RECOUNT}</a>, '
            '<a href="provenance.json" download>provenance.json</a> et le dossier '
            "<code>donnees/enquete</code>.</li>"
            "<li>Ouvrez un terminal dans ce dossier et tapez :"
            f"<pre><code>python3 {RECOUNT} . donnees/enquete</code></pre></li></ol>"
        )
        yield _p("Depuis une copie du projet\u00a0:")
    yield f"<pre><code>python3 scripts/{RECOUNT} _book data</code></pre>"
    yield _p(
        "Pour tout savoir d’un seul chiffre (question, personnes comptées, code, empreinte des "
        "données), la commande <code>rapport tracer</code> suivie de son identifiant l’affiche."
    )
