"""Many rows at once: COPY on PostgreSQL, ``bulk_create`` elsewhere (the tests on SQLite)."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
CHUNK = 20_000


def next_key(model: type[models.Model]) -> int:
    """The first free number of ``model``'s primary key."""
    return (model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def write(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> int:
    """Write ``rows`` ({attname: value}; what is missing takes the field's default) and return how many."""
    rows, written = iter(rows), 0
    while chunk := list(islice(rows, CHUNK)):
        written += len(chunk)
        if connection.vendor == "postgresql":
            _copy(model, chunk)
        else:
            model._default_manager.bulk_create([model(**row) for row in chunk], batch_size=500)
    return written


def _copy(model: type[models.Model], rows: list[dict[str, Any]]) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    # A key that no row carries is the sequence's to give.
    fields = [field for field in fields if not (field.primary_key and field.attname not in rows[0])]
    names = [field.attname for field in fields]
    now = dt.datetime.now(dt.UTC)
    empty: list[Any] = [
        now if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False) else field.get_default()
        for field in fields
    ]  # fmt: skip
    text = io.StringIO()
    for row in rows:
        values = map(row.get, names, empty)
        text.write("\t".join(map(_text, values)))
        text.write("\n")
    text.seek(0)
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", text)


def _text(value: Any) -> str:
    """``value`` in the text format of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
    return str(value)


def finish(*written: type[models.Model]) -> None:
    """Set the sequences behind the keys given by hand, and let PostgreSQL look at what there is now."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), written):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            for model in written:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def numbered(first: int, things: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    return enumerate(things, first)
