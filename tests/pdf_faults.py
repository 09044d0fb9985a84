"""Faults planted in a sound PDF/UA file, and the rule of veraPDF's profile that each one breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pdf_edits as edits
import pikepdf
from pdf_edits import (
    Edit,
    annotated,
    content,
    each_font,
    edited,
    layers,
    link,
    renamed,
    root,
    spanning,
    unheaded,
    with_child,
    without,
    xmp,
)
from pikepdf import Array, Name, String


@dataclass(frozen=True)
class Fault:
    name: str
    rule: str  # « clause-test » of PDF/UA-1
    plant: Callable[[bytes], bytes]


def _later_version(data: bytes) -> bytes:
    return data.replace(b"%PDF-1.7", b"%PDF-2.0", 1)


def _mute(data: bytes) -> bytes:
    allowed = pikepdf.Permissions(accessibility=False)
    locked = pikepdf.Encryption(owner="o", R=3, allow=allowed, aes=False, metadata=False)
    return edited(data, edits.nothing, encryption=locked)


def _fault(name: str, rule: str, edit: Edit) -> Fault:
    return Fault(name, rule, lambda data: edited(data, edit))


PART = "<pdfuaid:part>1</pdfuaid:part>"
OTHER = '<ua:part xmlns:ua="http://www.aiim.org/pdfua/ns/id/">1</ua:part>'

FILE = (
    Fault("version 2.0", "6.1-1", _later_version),
    Fault("chiffrement qui exclut les lecteurs d'écran", "7.16-1", _mute),
    _fault("XMP sans PDF/UA", "5-1", xmp(PART, "")),
    _fault("XMP d'une autre partie", "5-2", xmp(PART, PART.replace("1", "2"))),
    _fault("XMP d'un autre préfixe", "5-3", xmp(PART, OTHER)),
    _fault("pas de XMP", "7.1-8", root("/Metadata")),
    _fault("pas de titre", "7.1-9", xmp("<dc:title>.*</dc:title>", "")),
    _fault("titre non affiché", "7.1-10", root("/ViewerPreferences", "/DisplayDocTitle")),
    _fault("document non marqué", "6.2-1", root("/MarkInfo")),
    _fault("balises suspectes", "7.1-4", root("/MarkInfo", "/Suspects", to=True)),
    _fault("pas d'arbre de balises", "7.1-11", root("/StructTreeRoot")),
    _fault("pas de langue : texte", "7.2-34", root("/Lang")),
    _fault("pas de langue : signets", "7.2-2", root("/Lang")),
    _fault("pas de langue : textes de remplacement", "7.2-22", root("/Lang")),
    _fault("pas de langue : liens", "7.2-24", root("/Lang")),
    _fault("pas de langue : titre", "7.2-33", root("/Lang")),
    _fault("langue mal écrite", "7.2-29", root("/Lang", to=String("français"))),
    _fault("calques sans nom", "7.10-1", layers()),
    _fault("calques automatiques", "7.10-2", layers(Name=String("Calques"), AS=Array())),
    _fault("fichier joint sans nom", "7.11-1", edits.nameless_file),
    _fault(
        "formulaire dynamique",
        "7.15-1",
        edits.dynamic_form,
    ),
)
CONTENT = (
    _fault("contenu hors des balises", "7.1-3", content(edits.untagged)),
    _fault("artefact dans une balise", "7.1-1", content(edits.artifact_inside)),
    _fault("balise dans un artefact", "7.1-2", content(edits.inside_artifact)),
    _fault("dessin d'un autre fichier", "7.20-1", edits.refers_elsewhere),
    _fault("police non incorporée", "7.21.4.1-1", each_font(edits.not_embedded)),
    _fault("police sans Unicode", "7.21.7-1", each_font(edits.unreadable)),
    _fault("police au sens nul", "7.21.7-2", each_font(edits.meaningless)),
    _fault("police aux chasses fausses", "7.21.5-1", each_font(edits.wide)),
    _fault("police au codage inconnu", "7.21.3.3-1", each_font(edits.foreign_map)),
    _fault("police sans correspondance", "7.21.3.2-1", each_font(edits.unmapped)),
    _fault("glyphe absent", "7.21.8-1", content(edits.glyphless)),
)
TREE = (
    _fault("élément sans parent", "7.1-12", without("P", "/P")),
    _fault("rôle inconnu", "7.1-5", renamed("P", "Inconnu")),
    _fault("rôles en cercle", "7.1-6", edits.circular),
    _fault(
        "rôle standard détourné", "7.1-7", root("/StructTreeRoot", "/RoleMap", "/P", to=Name.Div)
    ),
    _fault("figure sans texte", "7.3-1", without("Figure", "/Alt")),
    _fault("formule sans texte", "7.7-1", renamed("P", "Formula")),
    _fault("titres qui sautent", "7.4.2-1", renamed("H2", "H4")),
    _fault("titres sans niveau", "7.4.4-2", renamed("H2", "H")),
    _fault("titres avec et sans niveau", "7.4.4-3", renamed("H2", "H")),
    _fault("deux titres sans niveau", "7.4.4-1", with_child("Div", "H", "H")),
    _fault("note sans identifiant", "7.9-1", without("Note", "/ID")),
    _fault("notes de même identifiant", "7.9-2", edits.duplicated_note),
    _fault("liste : LI ailleurs", "7.2-17", with_child("Div", "LI")),
    _fault("liste : LBody ailleurs", "7.2-18", with_child("Div", "LBody")),
    _fault("liste : paragraphe", "7.2-19", with_child("L", "P")),
    _fault("liste : paragraphe dans LI", "7.2-20", with_child("LI", "P")),
    _fault("liste : légende à la fin", "7.2-40", with_child("L", "Caption")),
    _fault("sommaire : TOCI ailleurs", "7.2-26", with_child("Div", "TOCI")),
    _fault("sommaire : paragraphe", "7.2-27", with_child("TOC", "P")),
    _fault("sommaire : légende à la fin", "7.2-28", with_child("TOC", "Caption")),
)
TABLES = (
    _fault("tableau : paragraphe", "7.2-3", with_child("Table", "P")),
    _fault("tableau : TR ailleurs", "7.2-4", with_child("Div", "TR")),
    _fault("tableau : THead ailleurs", "7.2-5", with_child("Div", "THead")),
    _fault("tableau : TBody ailleurs", "7.2-6", with_child("Div", "TBody")),
    _fault("tableau : TFoot ailleurs", "7.2-7", with_child("Div", "TFoot")),
    _fault("tableau : TH ailleurs", "7.2-8", with_child("Div", "TH")),
    _fault("tableau : TD ailleurs", "7.2-9", with_child("Div", "TD")),
    _fault("tableau : paragraphe dans TR", "7.2-10", with_child("TR", "P")),
    _fault("tableau : deux THead", "7.2-11", with_child("Table", "THead")),
    _fault("tableau : deux TFoot", "7.2-12", with_child("Table", "TFoot", "TFoot")),
    _fault("tableau : TFoot sans TBody", "7.2-13", edits.foot_alone),
    _fault("tableau : THead sans TBody", "7.2-14", renamed("TBody", "TFoot")),
    _fault("tableau : cellules superposées", "7.2-15", edits.overlapping),
    _fault("tableau : légende au milieu", "7.2-16", with_child("Table", "Caption", at=1)),
    _fault("tableau : deux légendes", "7.2-39", with_child("Table", "Caption", "Caption")),
    _fault("tableau : paragraphe dans THead", "7.2-36", with_child("THead", "P")),
    _fault("tableau : paragraphe dans TBody", "7.2-37", with_child("TBody", "P")),
    _fault("tableau : paragraphe dans TFoot", "7.2-38", edits.foot_with_paragraph),
    _fault("tableau : cellule trop haute", "7.2-41", spanning("RowSpan")),
    _fault("tableau : ligne trop courte", "7.2-43", edits.short_row),
    _fault("tableau : cellule trop large", "7.2-42", spanning("ColSpan")),
    _fault("tableau : cellules sans en-tête", "7.5-1", unheaded(None)),
    _fault("tableau : en-tête inconnu", "7.5-2", unheaded("inconnu")),
)
ANNOTATIONS = (
    _fault("annotation hors des balises", "7.18.1-1", annotated("Text", Contents=String("a"))),
    _fault("annotation sans description", "7.18.1-2", annotated("Text")),
    _fault("annotation de recouvrement", "7.18.2-1", annotated("TrapNet")),
    _fault("marque d'imprimeur lue", "7.18.8-1", annotated("PrinterMark", tag="P")),
    _fault("champ sans nom", "7.18.1-3", annotated("Widget", FT=Name.Tx, T=String("champ"))),
    _fault("champ hors des balises", "7.18.4-1", annotated("Widget")),
    _fault("ordre de tabulation non dit", "7.18.3-1", edits.no_tab_order),
    _fault("lien hors des balises", "7.18.5-1", link(edits.orphan)),
    _fault("lien sans description", "7.18.5-2", link(edits.wordless)),
)
FAULTS = (*FILE, *CONTENT, *TREE, *TABLES, *ANNOTATIONS)
