"""Tables as files for spreadsheet programs."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable


def csv_of(headings: Iterable[object], rows: Iterable[Iterable[object]]) -> bytes:
    """Write a table as CSV that Excel and LibreOffice in Vietnamese open right: UTF-8 with its mark, ";", days as
    21/11/2026."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([str(words) for words in headings])
    for row in rows:
        writer.writerow([f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else _plain(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: object) -> object:
    """What a person typed must not run as a formula in a spreadsheet program (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell
