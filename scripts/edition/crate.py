"""
The RO-Crate of a book: what it was made from, with which tools, and every file it holds.

`ro-crate-metadata.json` stands at the root of the book and follows RO-Crate 1.1 with the
Process Run Crate profile. Nothing in it depends on the machine or the moment of a build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from edition.config import Config
from enquete.digests import file_digest

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
UNDATED = "1970-01-01"  # the specification asks for a date
TERMS = "https://w3id.org/ro/terms/workflow-run#"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_TOOLS = (
    ("pypandoc-binary", "pandoc", "https://pandoc.org/"),
    ("typst", "Typst", "https://typst.app/"),
    ("nbformat", "nbformat", "https://nbformat.readthedocs.io/"),
    ("seaborn", "seaborn", "https://seaborn.pydata.org/"),
    ("pandas", "pandas", "https://pandas.pydata.org/"),
)
_TYPES = {
    ".html": "text/html", ".pdf": "application/pdf", ".json": "application/json",
    ".csv": "text/csv", ".ipynb": "application/x-ipynb+json", ".css": "text/css",
    ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2",
    ".epub": "application/epub+zip", ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
# Sources of a book, besides its chapters: what a change of would change the book.
_SOURCES = ("_quarto.yml", "references.bib", "data/*.csv", "data/*.yml", "data/datapackage.json")
_PRIVATE = frozenset({"data/verbatims.csv"})
Node = dict[str, Any]


def crate(
    config: Config, folder: Path, entries: Sequence[Mapping[str, Any]], later: Sequence[str]
) -> Node:
    """
    Return the description of the finished book in *folder*.

    *later* names the files that the checks write afterwards: they have no hash yet.
    """
    outputs = [_output(file, folder) for file in _files(folder, later)]
    inputs = list(_inputs(config))
    tools = list(_instruments())
    authors = [
        {"@id": f"#auteur-{rank}", "@type": "Organization", "name": name}
        for rank, name in enumerate(config.authors, 1)
    ]
    reconstructed = any(each["data"]["origin"] == "reconstructed" for each in entries)
    source = " Réponses reconstituées d’après le rapport publié." if reconstructed else ""
    about = config.description or config.subtitle or config.title
    root: Node = {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": PROFILE},
        "name": config.title,
        "description": f"{about}.{source}",
        "datePublished": config.date or UNDATED,
        "inLanguage": config.lang,
        "license": {"@id": LICENCE},
        **({"author": _refs(authors)} if authors else {}),
        "hasPart": _refs(outputs),
        "mentions": {"@id": "#construction"},
    }
    action: Node = {
        "@id": "#construction",
        "@type": "CreateAction",
        "name": "Construction du livre",
        "description": (
            "Les chapitres sont exécutés, les chiffres vérifiés, puis le site et le PDF écrits."
        ),
        "endTime": config.date or UNDATED,
        **({"agent": _refs(authors)} if authors else {}),
        "instrument": _refs(tools),
        "object": _refs(inputs),
        "result": _refs(outputs),
    }
    return {
        "@context": [CONTEXT, {"sha256": f"{TERMS}sha256"}],
        "@graph": [_descriptor(), root, action, *outputs, *inputs, *tools, *authors, *_context()],
    }


def _descriptor() -> Node:
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": "./"},
    }


def _context() -> Iterator[Node]:
    yield {
        "@id": LICENCE,
        "@type": "CreativeWork",
        "name": "Creative Commons Attribution 4.0 International",
        "identifier": "CC-BY-4.0",
        "description": "Textes et données. Le code est sous licence MIT.",
    }
    yield {
        "@id": PROFILE,
        "@type": "CreativeWork",
        "name": "Process Run Crate",
        "version": "0.5",
    }


def _files(folder: Path, later: Sequence[str]) -> Iterator[Path]:
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = file.relative_to(folder).as_posix()
        if name != "ro-crate-metadata.json" and name not in later:
            yield file


def _output(file: Path, folder: Path) -> Node:
    name = file.relative_to(folder).as_posix()
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "encodingFormat": _TYPES.get(file.suffix, "application/octet-stream"),
        **_content(file),
    }


def _inputs(config: Config) -> Iterator[Node]:
    """Yield the sources by name and hash: they are in the project, not in the book."""
    names = {path for path in config.sources if (config.root / path).is_file()}
    for pattern in _SOURCES:
        names.update(file.relative_to(config.root).as_posix() for file in config.root.glob(pattern))
    for name in sorted(names - _PRIVATE):
        yield {
            "@id": f"#source/{name}",
            "@type": "CreativeWork",
            "name": name,
            **_content(config.root / name),
        }


def _content(file: Path) -> Node:
    return {"contentSize": str(file.stat().st_size), "sha256": file_digest(file)}


def _instruments() -> Iterator[Node]:
    yield {
        "@id": "#rapport",
        "@type": "SoftwareApplication",
        "name": "rapport",
        "description": "Bibliothèque et commande de ce dépôt (scripts/).",
        "softwareVersion": metadata.version("rapport-action-sociale"),
    }
    for package, name, url in _TOOLS:
        yield {
            "@id": url,
            "@type": "SoftwareApplication",
            "name": name,
            "softwareVersion": metadata.version(package),
            "url": url,
        }


def _refs(nodes: Sequence[Node]) -> list[Node] | Node:
    """Refer to entities; a single one stands alone, as the specification recommends."""
    found = [{"@id": node["@id"]} for node in nodes]
    return found[0] if len(found) == 1 else found
