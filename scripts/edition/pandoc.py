"""Call pandoc: the only module that starts it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
import pypandoc

from enquete.errors import EnqueteError, raise_all

READER = "markdown+ascii_identifiers"
SEPARATOR = "\x1e"
"""Ends each of several texts that are read together."""
_READ = {"t": "RawBlock", "c": ["edition", "lu"]}
MEMORY = "512m"
COLLECTOR = ("-A2m", "-H4k", "-F4", "-O64m")
"""
How pandoc's memory is collected: what is young stays in the processor's cache, what is old is
looked at four times less often. A third less time than what pandoc's makers chose.
"""
SECONDS = 120.0
_REPORT = re.compile(r"^@@edition (\{.*\})$", re.MULTILINE)
_UNCLOSED = re.compile(r"^\[WARNING\] Div at .* unclosed", re.MULTILINE)
_CITATION = re.compile(r"Citeproc: citation (\S+) not found")

WORDS: Mapping[str, tuple[str, str]] = {
    "renvoi": (
        "Renvoi inconnu : {}.",
        "Corrigez le nom, ou donnez ce label à une figure, un tableau ou une section.",
    ),
    "renvoi-sans-numero": (
        "Renvoi vers une section sans numéro : {}.",
        "Écrivez un lien : [texte](#sec-…).",
    ),
    "renvoi-mele": (
        "Renvoi et référence bibliographique dans les mêmes crochets : {}.",
        "Séparez-les.",
    ),
    "lien": ("Lien vers une cible qui n'existe pas : {}.", "Corrigez l'adresse."),
    "doublon": ("Identifiant employé deux fois : {}.", "Changez l'un des deux."),
    "alt": (
        "Image sans texte de remplacement : {}.",
        'Ajoutez fig-alt="…" : ce que montre l\'image, en une phrase.',
    ),
    "legende": ("« {} » n'a pas de titre.", "Ajoutez un titre (fig-cap ou tbl-cap)."),
    "image": ("Image qui n'existe pas : {}.", "Corrigez son chemin, relatif au chapitre."),
    "deux-titres": (
        "Deuxième titre de niveau 1 dans un chapitre : « {} ».",
        "Un chapitre a un seul titre « # » ; employez « ## ».",
    ),
    "sans-titre": ("Chapitre sans titre « # » en tête.", "Commencez-le par « # Titre »."),
    "bloc-ouvert": ("Bloc « ::: » jamais refermé.", "Ajoutez une ligne « ::: »."),
    "registre": (
        "Chiffre « {} » absent du registre.",
        "Vérifiez que registre.qmd est exécuté après les autres chapitres.",
    ),
    "citation": (
        "Référence bibliographique inconnue : @{}.",
        "Ajoutez-la à references.bib ou corrigez la clé.",
    ),
}
"""French of each problem that the filters and citeproc report: what, and what to do."""


@dataclass(frozen=True)
class Job:
    """One conversion of the whole book."""

    to: str
    metadata: Mapping[str, Any]
    filters: Sequence[Path]
    template: Path | None = None
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@cache
def pandoc_path() -> str:
    """Return the path of the pandoc that the package ships."""
    return str(pypandoc.get_pandoc_path())


def parse(markdown: str, filters: Sequence[Path], folder: Path, where: str) -> str:
    """Return one chapter as pandoc's JSON, through the *filters*; *where* is its file."""
    lua = (part for path in filters for part in ("--lua-filter", str(path)))
    done = _run(["--from", READER, "--to", "json", *lua], markdown, folder, where)
    _check(done.stderr, done.returncode, where)
    if _UNCLOSED.search(done.stderr):
        raise _problem({"genre": "bloc-ouvert", "ou": where, "detail": ""})
    return done.stdout


def parse_together(
    texts: Sequence[str], reader: str, filters: Sequence[Path], folder: Path
) -> list[dict[str, Any]]:
    """
    Return several chapters, read by one process, as pandoc's documents.

    None when pandoc has anything to say: read one by one, each says what is wrong and where.
    *reader* is a file of *folder*, in Lua (see `theme/filtres/lecture.lua`).
    """
    if any(SEPARATOR in text for text in texts):
        return []
    lua = (part for path in filters for part in ("--lua-filter", str(path)))
    together = "".join(f"{text}{SEPARATOR}\n" for text in texts)
    named = {"EDITION_LECTURE": READER}
    done = _run(["--from", reader, "--to", "json", *lua], together, folder, "lecture", named)
    if done.returncode or done.stderr.strip():
        return []
    read = orjson.loads(done.stdout)
    documents: list[dict[str, Any]] = []
    blocks: list[Any] = []
    for block in read["blocks"]:
        if block == _READ:
            documents.append({**read, "blocks": blocks})
            blocks = []
        else:
            blocks.append(block)
    return documents if len(documents) == len(texts) and not blocks else []


def convert(text: str, job: Job, folder: Path, reader: str = READER) -> str:
    """Convert the book in *folder*, or raise every problem that the filters reported."""
    options = folder / f"metadonnees-{job.to}.json"
    options.write_text(json.dumps(job.metadata, ensure_ascii=False), "utf-8", newline="\n")
    arguments = [
        *("--from", reader, "--to", job.to, "--wrap", "none"),
        *("--metadata-file", str(options)),
        *(part for path in job.filters for part in ("--lua-filter", str(path))),
        *(("--template", str(job.template)) if job.template else ()),
        *job.arguments,
    ]
    done = _run(arguments, text, folder, f"conversion en {job.to}", job.environment)
    _check(done.stderr, done.returncode, f"conversion en {job.to}")
    return done.stdout


def _run(
    arguments: Sequence[str],
    text: str,
    folder: Path,
    where: str,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.CompletedProcess[str]:
    command = [
        pandoc_path(),
        *("+RTS", f"-M{MEMORY}", *COLLECTOR, "-RTS"),
        # A user's own templates and abbreviations stay out of the book.
        *("--data-dir", str(folder / "aucune")),
        *arguments,
    ]
    try:
        return subprocess.run(
            command,
            input=text,
            capture_output=True,
            cwd=folder,
            # Without a UTF-8 locale, Lua finds no file below a folder with accents.
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise EnqueteError(
            f"pandoc n'a pas fini en {SECONDS:.0f} secondes.",
            where,
            "Cherchez un tableau ou une liste démesurés dans le dernier chapitre modifié.",
        ) from None


def _check(stderr: str, code: int, where: str) -> None:
    """Raise the problems found in what pandoc said."""
    problems = [_problem(json.loads(found)) for found in _REPORT.findall(stderr)]
    problems += [
        _problem({"genre": "citation", "ou": "", "detail": key})
        for key in dict.fromkeys(_CITATION.findall(stderr))
    ]
    raise_all(problems)
    if code != 0:
        first = stderr.strip().splitlines()
        raise EnqueteError(
            f"pandoc s'est arrêté (code {code}) : {first[0] if first else 'sans message'}",
            where,
            "Relancez avec « rapport --debug construire » et joignez la trace à un signalement.",
        )


def _problem(report: Mapping[str, str]) -> EnqueteError:
    what, to_do = WORDS[report["genre"]]
    return EnqueteError(what.format(report["detail"]), report["ou"], to_do)
