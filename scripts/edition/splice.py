"""Put outputs and inline values in their place: an executed chapter becomes Markdown."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from edition.execution.model import Executed, Output, Printed, Ran
from edition.tables import clean_html, without_notes
from edition.text import french
from enquete.errors import EnqueteError

CHART = "application/vnd.rapport.graphique+json"
_BREAKS = re.compile(r"[ \t\r\n]+")
IMAGE = re.compile(
    r"!\[(?P<caption>(?:[^\[\]]|\[[^\]]*\])*)\]"
    r"\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\)(?P<attributes>\{[^{}\n]*\})?"
)
_NOTE = re.compile(r"\[\^([^\]\s]+)\]")
CODE = re.compile(
    r"^(?P<fence> {0,3}(?P<marks>`{3,}|~{3,})).*?(?:^ {0,3}(?P=marks)[`~]*[ \t]*$|\Z)"
    r"|(?P<ticks>(?<!`)`+(?!`)).*?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)
"""A fenced code block, or a code span with any number of backticks."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True)
class Picture:
    """
    A chart or image of a cell.

    Attributes:
        name: file name under `figures/`, extension included.
        data: bytes of the file that the PDF embeds.
        wide, narrow: the drawings for the site, empty when the cell gave none.
    """

    name: str
    data: bytes
    wide: str = ""
    narrow: str = ""


@dataclass(frozen=True)
class Spliced:
    """A chapter in Markdown and the pictures that it shows."""

    stem: str
    path: str
    markdown: str
    pictures: tuple[Picture, ...]


def splice(executed: Executed, root: Path, *, echo: bool = False, warning: bool = False) -> Spliced:
    """
    Return the chapter as the Markdown that pandoc reads.

    A cell labelled `fig-…` or `tbl-…` becomes one block `.flottant` whose first child is
    its caption: the shape that `theme/filtres/livre.lua` numbers.
    """
    pieces: list[str] = []
    pictures: list[Picture] = []
    title = executed.front_matter.get("title")
    if title and not _has_title(executed):
        pieces.append(f"# {title}\n\n")
    for rank, segment in enumerate(executed.segments):
        if isinstance(segment, Printed):
            text, images = _own_images(segment.markdown, executed, root)
            pieces.append(own_notes(text, executed.stem))
            pictures += images
        else:
            cell = _Cell(segment, executed, rank, echo=echo, warning=warning)
            pieces.append(f"\n\n{cell.markdown()}\n\n")
            pictures += cell.pictures
    return Spliced(executed.stem, executed.path, "".join(pieces), tuple(pictures))


def own_notes(markdown: str, stem: str) -> str:
    """
    Give the footnotes of a chapter names of its own.

    The chapters become one document, where two notes `[^1]` would be the same.
    """
    return outside_code(markdown, lambda text: _NOTE.sub(rf"[^{stem}--\1]", text))


def outside_code(markdown: str, change: Callable[[str], str]) -> str:
    """Apply *change* to the stretches of *markdown* that are neither code block nor span."""
    pieces, done = [], 0
    for code in CODE.finditer(markdown):
        pieces += [change(markdown[done : code.start()]), code[0]]
        done = code.end()
    return "".join([*pieces, change(markdown[done:])])


@lru_cache(maxsize=512)  # each chapter is read twice, and again by the next build
def blanked(markdown: str) -> str:
    """Return *markdown*, line for line, with spaces for what is code or comment."""
    return CODE.sub(_blank, _COMMENT.sub(_blank, markdown))


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _own_images(markdown: str, executed: Executed, root: Path) -> tuple[str, list[Picture]]:
    """Bring the image files that the prose shows among the pictures of the book."""
    folder = root / Path(executed.path).parent
    found: list[Picture] = []

    def own(match: re.Match[str]) -> str:
        file = folder / match["target"]
        if not file.is_file():
            return match[0]
        name = f"{executed.stem}-{file.name}"
        found.append(Picture(name, file.read_bytes()))
        start, end = (place - match.start() for place in match.span("target"))
        return f"{match[0][:start]}figures/{name}{match[0][end:]}"

    return outside_code(markdown, lambda text: IMAGE.sub(own, text)), found


def _has_title(executed: Executed) -> bool:
    return any(
        isinstance(segment, Printed) and re.search(r"^# ", segment.source.text, re.MULTILINE)
        for segment in executed.segments
    )


class _Cell:
    """The Markdown of one cell; collects its pictures on the way."""

    def __init__(
        self, ran: Ran, executed: Executed, rank: int, *, echo: bool, warning: bool
    ) -> None:
        self.ran = ran
        self.options: Mapping[str, Any] = ran.source.options
        self.echo = bool(self.options.get("echo", echo))
        self.warning = bool(self.options.get("warning", warning))
        self.label = ran.source.label or ""
        self.where = f"{executed.path}:{ran.line}"
        self.prefix = self.label or f"{executed.stem}-cellule-{rank}"
        self.kind = next((k for k in ("fig", "tbl") if self.label.startswith(f"{k}-")), "")
        self.pictures: list[Picture] = []

    def markdown(self) -> str:
        if self.options.get("include", True) is False:
            return ""
        blocks = [f"```python\n{self.ran.source.code}\n```"] if self.echo else []
        if self.options.get("output", True) is not False:
            outputs = [text for output in self.ran.outputs for text in self._output(output)]
            blocks += [self._floating(outputs)] if self.kind else outputs
        return "\n\n".join(blocks)

    def _floating(self, outputs: list[str]) -> str:
        if not outputs:
            raise EnqueteError(
                f"La cellule « {self.label} » n'affiche rien.",
                self.where,
                "Terminez-la par le graphique ou le tableau.",
            )
        caption = one_line(str(self.options.get(f"{self.kind}-cap", "")))
        body = "\n\n".join(outputs)
        return (
            f"::: {{#{self.label} .flottant}}\n\n::: {{.legende}}\n{caption}\n:::\n\n{body}\n\n:::"
        )

    def _output(self, output: Output) -> Iterator[str]:
        """Yield the Markdown of one output, richest form first."""
        if output["output_type"] == "stream":
            yield from self._stream(output)
            return
        data = output.get("data", {})
        if CHART in data or "image/svg+xml" in data or "image/png" in data:
            yield self._picture(data)
        elif "text/markdown" in data:
            yield text_of(data["text/markdown"])
        elif "text/html" in data:
            pieces = without_notes(clean_html(text_of(data["text/html"]), self.prefix))
            yield from (raw_html(piece) for piece in pieces if piece)
        elif "text/plain" in data:
            yield plain(text_of(data["text/plain"]))

    def _stream(self, output: Output) -> Iterator[str]:
        text = text_of(output["text"])
        if output.get("name") == "stderr":
            if self.warning:
                yield plain(text)
        elif self.options.get("output") == "asis":
            yield text
        else:
            yield plain(text)

    def _picture(self, data: Mapping[str, Any]) -> str:
        if self.kind != "fig":
            raise EnqueteError(
                "Graphique sans numéro ni texte de remplacement.",
                self.where,
                "Donnez à la cellule « #| label: fig-… », « #| fig-cap: » et « #| fig-alt: ».",
            )
        name = self.prefix + (f"-{len(self.pictures) + 1}" if self.pictures else "")
        site = data.get(CHART, {})
        if "image/svg+xml" in data:
            svg = text_of(data["image/svg+xml"])
            wide, narrow = site.get("large", ""), site.get("etroit", "")
            picture = Picture(f"{name}.svg", svg.encode(), wide, narrow)
        else:
            picture = Picture(f"{name}.png", base64.b64decode(text_of(data["image/png"])))
        self.pictures.append(picture)
        alt = french(one_line(str(self.options.get("fig-alt", "")))).replace("\\", r"\\")
        alt = alt.replace('"', r"\"")
        return f'![](figures/{picture.name}){{fig-alt="{alt}"}}'


def text_of(value: str | list[str]) -> str:
    """Return the text of a notebook field, written as one text or as its lines."""
    return value if isinstance(value, str) else "".join(value)


def one_line(text: str) -> str:
    """Fold line breaks, which YAML allows in captions, into spaces."""
    return _BREAKS.sub(" ", text).strip(" ")


def raw_html(html: str) -> str:
    """Return a raw HTML block, with a fence longer than any in *html*."""
    return _fenced(html, "{=html}")


def plain(text: str) -> str:
    """Return a block of literal text."""
    return _fenced(text.rstrip("\n"), "{.sortie}")


def _fenced(text: str, info: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{info}\n{text}\n{fence}"
