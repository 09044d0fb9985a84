"""Say where a text of the site stands."""

from __future__ import annotations

from collections.abc import Mapping

from edition.audit.numbers import Number
from edition.audit.reading import Block, Node

_AROUND = 60


def where(block: Block, number: Number | None = None) -> str:
    """Say where a block stands: the page, the kind of text, the sentence."""
    text = block.text
    if number is not None:
        start, end = max(number.start - _AROUND, 0), number.end + _AROUND
        text = f"{'…' * (start > 0)}{text[start:end]}{'…' * (end < len(text))}"
    name = block.node.attributes.get("id") or _anchor(block.node)
    place = f" (près de #{name})" if name else ""
    return f"{block.file}, {KINDS.get(block.kind, block.kind)}{place} : « {text.strip()[:200]} »"


def _anchor(node: Node) -> str:
    return next((each.attributes["id"] for each in node.lineage() if "id" in each.attributes), "")


KINDS: Mapping[str, str] = {
    "p": "paragraphe",
    "li": "élément de liste",
    "td": "cellule de tableau",
    "th": "en-tête de tableau",
    "dd": "ligne de fiche",
    "caption": "légende de tableau",
    "figcaption": "légende de figure",
    "text": "étiquette de graphique",
    "title": "titre de la page",
    "@alt": "texte de remplacement",
    "@aria-label": "texte lu par un lecteur d’écran",
    "@title": "infobulle",
    "@description": "description de la page",
    "@og:description": "description pour le partage",
    "@og:title": "titre pour le partage",
    "@json": "données pour les moteurs de recherche",
}
