"""The day of an edition: what its files say they were made on, so that their bytes never change."""

from __future__ import annotations

import datetime as dt

_FIXED = dt.date(2024, 1, 1)


def day(date: str) -> dt.date | None:
    """Return the ISO date of an edition, None when it has none or writes it otherwise."""
    try:
        return dt.date.fromisoformat(date)
    except ValueError:
        return None


def moment(date: str) -> int:
    """Return noon of an ISO date as a time stamp, of a fixed day when it is not one."""
    when = day(date) or _FIXED
    return int(dt.datetime(when.year, when.month, when.day, 12, tzinfo=dt.UTC).timestamp())
