"""What the verification page says, in plain French: how each check works, what verdicts mean."""

from __future__ import annotations

from collections.abc import Mapping

# How each check works, for a reviewer who reads no code. A check without words here shows
# its title and its counts alone.
HOW: Mapping[str, str] = {
    "integrite": (
        "Chaque chiffre imprimé a sa ligne au registre ; chaque ligne mène à un endroit qui "
        "existe dans le livre. Les fichiers de réponses ont une empreinte (une sorte de "
        "code-barres calculé sur leur contenu) : elle doit être celle des fichiers dont le livre "
        "a été tiré."
    ),
    "publies": (
        "Les chiffres que le rapport d’origine imprime ont été relevés un par un. Chacun est "
        "recalculé depuis les réponses, arrondi comme dans le rapport, puis comparé. Une "
        "différence n’est admise que si sa cause est déclarée, et si cette cause est encore vraie."
    ),
    "recomptage": (
        "Un second programme, écrit à part et qui ne partage rien avec le premier, relit les "
        "réponses et recompte chaque ligne du registre. Deux calculs indépendants doivent "
        "tomber d’accord."
    ),
    "affirmations": (
        "« Plus de la moitié », « le premier frein »… : ces mots engagent autant qu’un nombre. "
        "Chaque affirmation gardée du rapport a une condition chiffrée, vérifiée sur les réponses, "
        "et le livre doit bien la dire."
    ),
    "audit-html": (
        "Tout ce que montrent les pages est relu, graphiques et légendes compris : chaque nombre "
        "doit appartenir à un chiffre du registre, ou à une courte liste d’exceptions motivées "
        "(dates, articles de loi, numéros de section)."
    ),
    "audit-pdf": (
        "Le PDF est relu de la même façon. Il doit porter les mêmes chiffres que les pages."
    ),
    "carnets": (
        "Les calculs de chaque chapitre sont aussi gardés dans des carnets, avec leurs résultats. "
        "Les tests les réexécutent et comparent. Il est vérifié ici qu’ils sont bien ceux du "
        "texte présent, et que toutes leurs cellules ont été exécutées."
    ),
    "autres-formats": "L’EPUB et le document Word doivent porter les mêmes chiffres que les pages.",
    "confidentialite": (
        "Rien ne doit permettre de reconnaître une personne : ni coordonnées, ni noms, ni très "
        "petits groupes, y compris par différence entre deux chiffres."
    ),
    "edition-acceptee": (
        "Les chiffres sont comparés à ceux de la dernière édition acceptée. Une différence n’est "
        "pas une faute ; elle ne doit pas passer inaperçue."
    ),
}

# Verdict → (word, plural for the filter, explanation).
VERDICTS: Mapping[str, tuple[str, str, str]] = {
    "reproduced": (
        "reproduit",
        "Reproduits",
        "Le calcul, arrondi comme dans le rapport, donne exactement ce que le rapport imprime.",
    ),
    "reproduced-other-base": (
        "reproduit sur une autre base",
        "Sur une autre base",
        "Le nombre est retrouvé, mais parmi d’autres personnes que celles que la phrase du rapport "
        "désigne : le livre donne la base qui convient.",
    ),
    "discrepant": (
        "écart déclaré",
        "Écarts déclarés",
        "Le rapport imprime autre chose que ce que donnent les réponses, ou nomme autrement ce "
        "qu’il compte. L’écart est déclaré, sa cause est dite, et elle est vérifiée.",
    ),
    "undetermined": (
        "indéterminé",
        "Indéterminés",
        "Ce qui est publié ne suffit pas à établir ce chiffre : le livre ne l’imprime pas comme "
        "recalculé.",
    ),
    "not-recomputable": (
        "non recalculable",
        "Non recalculables",
        "Ce chiffre ne se compte pas dans les réponses telles qu’elles sont décrites.",
    ),
    "missing": (
        "manquant",
        "Manquants",
        "Ce chiffre devrait être dans le livre et n’y est pas.",
    ),
}
_PLACES: Mapping[str, str] = {
    "titre": "titre",
    "intro": "introduction",
    "resume": "résumé",
    "methode": "méthode",
    "recommandations": "recommandations",
    "conclusion": "conclusion",
}


def place(section: str) -> str:
    """Say where the report prints a figure: « section 1.3.a », « annexe 1 », « résumé »."""
    if section in _PLACES:
        return _PLACES[section]
    if section[:1] == "A" and section[1:].isdigit():
        return f"annexe {section[1:]}"
    return f"section {section}"
