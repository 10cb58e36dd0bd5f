"""Many rows at once, from dicts that name only what matters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from marketplace.foundation.rows import write_many

CHUNK = 20_000


def next_key(model: type[models.Model]) -> int:
    """The first free number of ``model``'s primary key."""
    return (model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def write(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> int:
    """Write ``rows`` ({attname: value}; what is missing takes the field's default) and return how many."""
    rows, written = iter(rows), 0
    while chunk := list(islice(rows, CHUNK)):
        written += len(chunk)
        names, empty = _columns(model, chunk[0])
        write_many(model, names, [list(map(row.get, names, empty)) for row in chunk])
    return written


def _columns(model: type[models.Model], row: dict[str, Any]) -> tuple[list[str], list[Any]]:
    """The fields to be written and what each holds where a row does not say."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    # A key that no row carries is the sequence's to give.
    fields = [field for field in fields if not (field.primary_key and field.attname not in row)]
    # Neither is written what the database has a default for.
    fields = [field for field in fields if field.db_default is models.NOT_PROVIDED or field.attname in row]
    now = dt.datetime.now(dt.UTC)
    empty: list[Any] = [
        now if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False) else field.get_default()
        for field in fields
    ]  # fmt: skip
    return [field.attname for field in fields], empty


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
