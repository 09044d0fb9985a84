"""XLSX exports: the first visible sheet, every cell as text."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

from enquete.errors import EnqueteError
from enquete.importing.archives import check_workbook
from enquete.importing.table import Table, as_table
from enquete.suggest import suggestion


def read_workbook(path: str, raw: bytes, sheet: str | None = None) -> Table:
    """Read one sheet of a workbook: *sheet*, or the first that is not hidden."""
    check_workbook(path, raw)
    import python_calamine as calamine

    try:
        workbook = calamine.load_workbook(io.BytesIO(raw))
        visible = [
            each.name
            for each in workbook.sheets_metadata
            if each.visible == calamine.SheetVisibleEnum.Visible
            and each.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        hidden = [name for name in workbook.sheet_names if name not in visible]
        chosen = _chosen(path, sheet, visible, hidden)
        read = workbook.get_sheet_by_name(chosen)
        cells = read.to_python(skip_empty_area=False)
        merged = read.merged_cell_ranges or []
    except EnqueteError:
        raise
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise _unreadable(path) from error
    except BaseException as error:
        # A panic of the Rust reader is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable(path) from None
    notes = [f"classeur XLSX, feuille « {chosen} »"]
    if hidden:
        notes.append("feuilles cachées, non lues : " + ", ".join(f"« {n} »" for n in hidden))
    if len(visible) > 1 and sheet is None:
        others = ", ".join(f"« {name} »" for name in visible if name != chosen)
        notes.append(f"autres feuilles, non lues : {others} (--feuille pour en choisir une)")
    if merged:
        first = merged[0][0]
        raise EnqueteError(
            f"{len(merged)} groupe(s) de cellules fusionnées : une seule garde sa valeur.",
            f"{path}, feuille « {chosen} », ligne {first[0] + 1}",
            "défusionner les cellules et remplir chacune, puis enregistrer.",
        )
    rows = [(number, [_text(cell) for cell in row]) for number, row in enumerate(cells, 1)]
    return as_table(path, rows, notes)


def _chosen(path: str, sheet: str | None, visible: Sequence[str], hidden: Sequence[str]) -> str:
    if sheet is not None:
        if sheet not in (*visible, *hidden):
            raise EnqueteError(
                f"La feuille « {sheet} » n’existe pas.{suggestion(sheet, visible)}",
                path,
                f"feuilles du classeur : {', '.join(visible)}.",
            )
        return sheet
    if not visible:
        raise EnqueteError(
            "Toutes les feuilles du classeur sont cachées.",
            path,
            "en afficher une, ou la nommer avec --feuille.",
        )
    return visible[0]


def _unreadable(path: str) -> EnqueteError:
    return EnqueteError(
        "Le classeur ne se lit pas.", path, "l’enregistrer de nouveau en .xlsx, ou en CSV UTF-8."
    )


def _text(cell: object) -> str:
    """Write a cell as text, whole numbers without a decimal point, dates as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "VRAI" if cell else "FAUX"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)
