"""An export as a table of texts: what every kind of file becomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from enquete.errors import EnqueteError, raise_all
from enquete.importing.limits import MAX_COLUMNS, MAX_ROWS
from enquete.importing.wording import SHOWN, mended, mojibake, tidy


@dataclass(frozen=True, slots=True)
class Table:
    """
    Hold the cells of an export as they were read, and where each row stands.

    ``notes`` say in French what was decided to read it.
    """

    path: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def column(self, position: int) -> Iterator[str]:
        """Yield the cells of a column, tidy."""
        known: dict[str, str] = {}
        for row in self.rows:
            cell = row[position]
            found = known.get(cell)
            if found is None:
                found = known[cell] = tidy(cell)
            yield found

    def place(self, position: int) -> str:
        """Name a column by its number and its header."""
        name = shortened(self.header[position])
        return f"colonne {position + 1}" + (f" « {name} »" if name else " (sans intitulé)")


def shortened(text: str) -> str:
    """Return a text short enough for a message."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def as_table(path: str, rows: Sequence[tuple[int, Sequence[str]]], notes: Sequence[str]) -> Table:
    """
    Take the first row that holds something as header, and check the shape of the others.

    Empty cells beyond the header are dropped, empty rows are counted and left.
    """
    kept = [(line, row) for line, row in rows if any(cell.strip() for cell in row)]
    if not kept:
        raise EnqueteError("Le fichier est vide.", path, "exporter de nouveau les réponses.")
    header_line, raw = kept[0]
    header = [tidy(cell) for cell in raw]
    while header and not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS or len(kept) > MAX_ROWS:
        raise EnqueteError(
            f"Tableau trop grand : {len(header)} colonnes, {len(kept)} lignes.",
            path,
            "exporter seulement les réponses.",
        )
    damaged = next((name for name in header if mojibake(name)), None)
    if damaged is not None:
        raise EnqueteError(
            f"Accents abîmés dans l’en-tête : « {mojibake(damaged)} » au lieu de "
            f"« {mended(mojibake(damaged))} ».",
            f"{path}, ligne {header_line}, colonne {header.index(damaged) + 1}",
            "le fichier a été converti deux fois : exporter de nouveau, en UTF-8, "
            "sans l’ouvrir dans un tableur.",
        )
    if len(kept) == 1:
        raise EnqueteError(
            "Le fichier n’a que son en-tête : aucune réponse.",
            f"{path}, après la ligne {header_line}",
            "exporter de nouveau, avec les réponses.",
        )
    # The last column may have no header and still hold answers.
    width = max(len(header), _used(raw))
    widest = max((_used(row) for _, row in kept[1:]), default=0)
    if widest > width and all(len(row) == len(raw) for _, row in kept):
        width = widest  # every row has this cell: a column without a header
    header += [""] * (width - len(header))
    problems, shaped = [], []
    for line, row in kept[1:]:
        used = _used(row)
        if used > width or len(row) < width:
            problems.append(_ragged(path, line, used if used > width else len(row), width))
        else:
            shaped.append(tuple(row[:width]))
    last, row = kept[-1]
    if len(problems) == 1 and len(row) < width:
        problems = [_truncated(path, last)]
    raise_all(problems)
    empty = len(rows) - len(kept)
    said = [*notes, *([_empty_rows(empty)] if empty else [])]
    return Table(path, tuple(header), tuple(shaped), tuple(n for n, _ in kept[1:]), tuple(said))


def _used(row: Sequence[str]) -> int:
    for length in range(len(row), 0, -1):
        if row[length - 1].strip():
            return length
    return 0


def _empty_rows(count: int) -> str:
    return "1 ligne vide laissée" if count == 1 else f"{count} lignes vides laissées"


def _ragged(path: str, line: int, found: int, expected: int) -> EnqueteError:
    return EnqueteError(
        f"Ligne de {found} cellules au lieu de {expected}.",
        f"{path}, ligne {line}",
        "un texte qui contient le séparateur ou un retour à la ligne doit être entre guillemets.",
    )


def _truncated(path: str, line: int) -> EnqueteError:
    return EnqueteError(
        "La dernière ligne est incomplète : le fichier semble coupé.",
        f"{path}, ligne {line}",
        "exporter de nouveau : le téléchargement s’est peut-être interrompu.",
    )
