"""
YAML read with the line of every key, so that a refusal can say where.

Booleans, dates and base-60 numbers are read as YAML 1.2 does (Quarto's reader): `no` and
`2024-05-01` stay text. A key written twice is an error: the later one would win in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from enquete.errors import EnqueteError

KeyPath: TypeAlias = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """SafeLoader with the implicit types of YAML 1.2 only."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first)
    )


@dataclass(frozen=True)
class Marked:
    """
    A mapping read from YAML and the line of each of its keys and items.

    Attributes:
        value: plain Python data.
        lines: line in the file (1 is the first) of each key path.
        path: the file, as the reader should see it named.
    """

    value: Mapping[str, Any]
    lines: Mapping[KeyPath, int]
    path: str

    def where(self, *keys: str | int) -> str:
        """Return `file:line` of a key path, or of the nearest parent that has a line."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return f"{self.path}:{self.lines.get(keys, 1)}"

    def refuse_others(self, allowed: Mapping[str, str] | frozenset[str], *keys: str | int) -> None:
        """Raise on the first key under *keys* that is not in *allowed*."""
        node: Any = self.value
        for key in keys:
            node = node[key]
        for name in node:
            if name not in allowed:
                title = " > ".join(str(part) for part in (*keys, name))
                raise EnqueteError(
                    quoi=f"Clé « {title} » non prise en charge.",
                    ou=self.where(*keys, name),
                    que_faire=f"Retirez-la, ou employez : {', '.join(sorted(allowed))}.",
                )


def read_mapping(
    text: str, path: str, first_line: int = 1, line_of: Callable[[int], int] | None = None
) -> Marked:
    """
    Read *text* as one YAML mapping.

    *first_line* is the line of the file where *text* begins.
    *line_of* maps a line of *text* (0 is the first) to the file's when they do not follow.
    """
    to_line = line_of or (lambda index: first_line + index)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Marked({}, {(): to_line(0)}, path)
        if not isinstance(node, yaml.MappingNode):
            raise EnqueteError(
                quoi="Ce bloc YAML n'est pas une liste de clés.",
                ou=f"{path}:{to_line(node.start_mark.line)}",
                que_faire="Écrivez une clé par ligne : « clé: valeur ».",
            )
        lines: dict[KeyPath, int] = {}
        _walk(node, (), lines, path, to_line)
        return Marked(loader.construct_document(node), lines, path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise EnqueteError(
            quoi=f"YAML illisible : {error.problem}.",
            ou=f"{path}:{to_line(mark.line if mark else 0)}",
            que_faire="Vérifiez l'indentation ; un texte avec « : » se met entre guillemets.",
        ) from None
    except yaml.YAMLError as error:
        raise EnqueteError(
            quoi=f"YAML illisible : {error}.",
            ou=f"{path}:{to_line(0)}",
            que_faire="Retirez ce caractère.",
        ) from None
    finally:
        loader.dispose()


def _walk(
    node: yaml.Node,
    keys: KeyPath,
    lines: dict[KeyPath, int],
    path: str,
    to_line: Callable[[int], int],
) -> None:
    """Record the line of *node* and of all below it."""
    lines.setdefault(keys, to_line(node.start_mark.line))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*keys, index), lines, path, to_line)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = (*keys, str(key.value))
            if below in lines:
                raise EnqueteError(
                    quoi=f"Clé « {key.value} » écrite deux fois.",
                    ou=f"{path}:{to_line(key.start_mark.line)}",
                    que_faire=f"Gardez-en une ; la première est ligne {lines[below]}.",
                )
            lines[below] = to_line(key.start_mark.line)
            _walk(value, below, lines, path, to_line)
