"""The part of Quarto that the book uses, and refusals of the rest by name, file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from enquete.errors import EnqueteError

if TYPE_CHECKING:
    from edition.qmd import Chapter, Prose
    from edition.yaml_marks import Marked

FRONT_MATTER = frozenset(
    {"title", "subtitle", "author", "date", "description", "abstract", "lang", "engine"}
    | {"jupyter", "number-sections", "toc", "apres"}
)
OPTIONS: dict[str, tuple[type, ...]] = {
    "label": (str,),
    "include": (bool,),
    "echo": (bool,),
    "eval": (bool,),
    "output": (bool, str),
    "warning": (bool,),
    "fig-cap": (str,),
    "fig-alt": (str,),
    "tbl-cap": (str,),
}
"""Cell options and the types their values may have."""

CALLOUTS = frozenset({"note", "tip", "warning", "important", "caution"})
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_OTHER_INLINE = re.compile(r"(?<!`)`\{([A-Za-z]\w*)\}[ \t]")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_SHOWN_CELL = re.compile(r"^ {0,3}(?:`{3,}[ \t]*(\{\{\w+)|~{3,}[ \t]*(\{[a-z]\w*))")
_DIV = re.compile(r"^[ ]{0,3}:{3,}[ \t]*(\{.*\}|[^ \t{].*)?$")
_CALLOUT = re.compile(r"\.callout-([\w-]+)")
_UNSUPPORTED_CLASS = re.compile(
    r"\.(panel-[\w-]+|column-[\w-]+|columns?|content-(?:visible|hidden)|cell|hidden|aside|margin)\b"
)
_THEOREM = re.compile(r"#(thm|lem|cor|prp|cnj|def|exm|exr|sol|rem|lst|alg|eq)-[\w-]+")
_CALLOUT_ID = re.compile(r"#(nte|tip|wrn|imp|cau)-[\w-]+")


def check_options(options: Marked) -> None:
    """Raise on a cell option that is unknown, of the wrong type, or missing its companion."""
    for name, value in options.value.items():
        where = options.where(name)
        if name.startswith(("layout", "fig-subcap", "tbl-subcap", "fig-ncol", "fig-nrow")):
            raise EnqueteError(
                quoi=f"Option « {name} » : sous-figures non prises en charge.",
                ou=where,
                que_faire="Faites une cellule par figure, avec son label, son titre, son alt.",
            )
        if name not in OPTIONS:
            raise EnqueteError(
                quoi=f"Option de cellule « {name} » non prise en charge.",
                ou=where,
                que_faire=f"Retirez-la, ou employez : {', '.join(OPTIONS)}.",
            )
        if not isinstance(value, OPTIONS[name]) or (name == "output" and value == ""):
            kind = "true ou false" if OPTIONS[name] == (bool,) else "un texte sur une ligne"
            raise EnqueteError(
                quoi=f"Option « {name} » : {value!r} n'est pas une valeur possible.",
                ou=where,
                que_faire=f"Écrivez {kind}.",
            )
        if isinstance(value, str) and "`{python}" in value:
            raise EnqueteError(
                quoi=f"Expression en ligne dans l'option « {name} » : Quarto ne l'évalue pas.",
                ou=where,
                que_faire="Mettez le nombre dans le texte : un titre n'en porte pas.",
            )
    if options.value.get("output") not in (None, True, False, "asis"):
        raise EnqueteError(
            quoi="Option « output » inconnue.",
            ou=options.where("output"),
            que_faire="Écrivez true, false ou asis.",
        )
    _check_companions(options)


def _check_companions(options: Marked) -> None:
    """Check the label's form and that figures and tables have caption and alternative text."""
    label = options.value.get("label", "")
    if label and not _LABEL.fullmatch(label):
        raise EnqueteError(
            quoi=f"Label « {label} » mal formé.",
            ou=options.where("label"),
            que_faire="Employez des lettres sans accent, des chiffres et des tirets.",
        )
    for prefix, name, text in (
        ("fig-", "fig-cap", "titre"),
        ("fig-", "fig-alt", "texte de remplacement"),
        ("tbl-", "tbl-cap", "titre"),
    ):
        given = str(options.value.get(name, "")).strip()
        if label.startswith(prefix) and not given:
            raise EnqueteError(
                quoi=f"« {label} » n'a pas de {text}.",
                ou=options.where("label"),
                que_faire=f"Ajoutez une ligne « #| {name}: … ».",
            )
        if given and not label.startswith(prefix):
            raise EnqueteError(
                quoi=f"Option « {name} » sans label « {prefix}… ».",
                ou=options.where(name),
                que_faire=f"Ajoutez une ligne « #| label: {prefix}… ».",
            )


def refusals(chapter: Chapter) -> list[EnqueteError]:
    """Return everything in the chapter that the book does not support."""
    errors = list(_front_matter(chapter.front))
    for prose in chapter.prose():
        errors += _inlines(prose, chapter.path)
        for line, text in _outside_code(prose):
            errors += _line(text, f"{chapter.path}:{line}")
    return errors


def duplicate_labels(chapters: Iterable[Chapter]) -> list[EnqueteError]:
    """Return an error for each cell label used twice in the book, `setup` cells apart."""
    first: dict[str, str] = {}
    errors = []
    for chapter in chapters:
        for cell in chapter.cells():
            where = f"{chapter.path}:{cell.line}"
            if cell.label and cell.label.startswith(("fig-", "tbl-")) and cell.label in first:
                errors.append(
                    EnqueteError(
                        f"Label « {cell.label} » employé deux fois.",
                        where,
                        f"Changez-le ; il est déjà pris en {first[cell.label]}.",
                    )
                )
            first.setdefault(cell.label or "", where)
    return errors


def _front_matter(front: Marked) -> Iterator[EnqueteError]:
    for name, value in front.value.items():
        where = front.where(name)
        if name not in FRONT_MATTER:
            yield EnqueteError(
                f"Clé d'en-tête « {name} » non prise en charge.",
                where,
                f"Retirez-la, ou employez : {', '.join(sorted(FRONT_MATTER))}.",
            )
        elif isinstance(value, str) and "`{python}" in value:
            yield EnqueteError(
                f"Expression en ligne dans l'en-tête (« {name} ») : Quarto ne l'évalue pas.",
                where,
                "Mettez le nombre dans le texte.",
            )
        elif name == "engine" and value != "jupyter":
            yield EnqueteError(
                f"Moteur « {value} » non pris en charge.", where, "Écrivez « engine: jupyter »."
            )
        elif name == "jupyter" and value != "python3":
            yield EnqueteError(
                f"Noyau « {value} » non pris en charge.", where, "Écrivez « jupyter: python3 »."
            )
        elif name == "apres" and value != "tous":
            yield EnqueteError(
                f"« apres: {value} » inconnu.", where, "Écrivez « apres: tous » ou retirez la clé."
            )


def _inlines(prose: Prose, path: str) -> Iterator[EnqueteError]:
    for inline in prose.inlines:
        # Quarto evaluates the expression as written but looks its value up trimmed
        if inline.code != inline.code.strip() or "\n" in inline.code:
            yield EnqueteError(
                "Expression en ligne entourée d'espaces ou coupée par un saut de ligne.",
                f"{path}:{inline.line}",
                f"Écrivez `{{python}} {' '.join(inline.code.split())}` d'un seul tenant.",
            )


def _outside_code(prose: Prose) -> Iterator[tuple[int, str]]:
    """Yield (line, text) outside fenced code, comments and display spans removed."""
    fence = ""
    text = re.sub(r"<!--.*?-->", lambda m: "\n" * m[0].count("\n"), prose.text, flags=re.DOTALL)
    for number, line in enumerate(text.split("\n"), prose.line):
        match = _FENCE.match(line)
        if match and not fence:
            fence = match[1]
            if _SHOWN_CELL.match(line):
                yield number, line
        elif match and match[1].startswith(fence) and not match[2].strip():
            fence = ""
        elif not fence:
            yield number, line


def _line(text: str, where: str) -> Iterator[EnqueteError]:
    """Yield the refusals of one line of Markdown."""
    if _SHOWN_CELL.match(text):
        yield EnqueteError(
            f"Bloc « {text.strip()} » non pris en charge.",
            where,
            "Pour l'exécuter écrivez ```{python}, pour le montrer ```python.",
        )
        return
    other = _OTHER_INLINE.search(text)
    if other and other[1] != "python":
        yield EnqueteError(
            f"Expression en ligne « {{{other[1]}}} » non prise en charge.",
            where,
            "Seul `{python} …` est évalué.",
        )
    bare = _CODE_SPAN.sub("", text)
    if "{{<" in bare:
        yield EnqueteError(
            "Raccourci « {{< … >}} » non pris en charge.",
            where,
            "Écrivez le contenu lui-même, en Markdown ou dans une cellule.",
        )
    if re.search(r"\{[^}]*\blayout(-ncol|-nrow|-align|-valign)?=", bare):
        yield EnqueteError(
            "Mise en page « layout » non prise en charge.", where, "Placez les figures à la suite."
        )
    theorem = _THEOREM.search(bare) if "{" in bare else None
    if theorem:
        yield EnqueteError(
            f"Étiquette « {theorem[0]} » non prise en charge (équation, listing ou théorème).",
            where,
            "Seules les étiquettes #sec-, #fig- et #tbl- sont numérotées.",
        )
    yield from _div(bare, where)


def _div(text: str, where: str) -> Iterator[EnqueteError]:
    """Yield the refusals of a line that opens a fenced div."""
    div = _DIV.match(text)
    attributes = (div[1] or "") if div else ""
    callout = _CALLOUT.search(attributes)
    if callout and callout[1] not in CALLOUTS:
        yield EnqueteError(
            f"Encadré « callout-{callout[1]} » inconnu.",
            where,
            f"Employez callout-{', callout-'.join(sorted(CALLOUTS))}.",
        )
    if callout and (extra := re.search(r"\b(appearance|icon)=", attributes)):
        yield EnqueteError(
            f"Attribut d'encadré « {extra[1]} » non pris en charge.", where, "Retirez-le."
        )
    if callout and (ident := _CALLOUT_ID.search(attributes)):
        yield EnqueteError(
            f"Encadré numéroté « {ident[0]} » non pris en charge.", where, "Retirez l'étiquette."
        )
    if found := _UNSUPPORTED_CLASS.search(attributes):
        yield EnqueteError(
            f"Bloc « .{found[1]} » non pris en charge.", where, "Écrivez son contenu sans ce bloc."
        )
    if found := re.search(r"#(fig|tbl)-[\w-]+", attributes):
        yield EnqueteError(
            f"Bloc « {found[0]} » non pris en charge : les sous-figures ne le sont pas.",
            where,
            "Mettez l'étiquette sur l'image, sur le tableau ou sur la cellule.",
        )
