"""The one place where claiming rows, the right to write alone, and writing many rows differ between the databases."""

import io
import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)

A_BLOCK = 1000  # rows to an INSERT


def claimable(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """Return ``rows`` so that two claimers never get the same one. Call it inside ``transaction.atomic()``.

    PostgreSQL locks each row it returns and skips those that somebody else has locked. SQLite has no row
    locks: there the transaction itself is exclusive from its first statement (``transaction_mode``
    IMMEDIATE).
    """
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows


def alone(name: str) -> None:
    """Wait until no other transaction is inside ``alone(name)``; holds to the end of this transaction.

    Call it before reading what is then built upon. PostgreSQL takes an advisory lock; on SQLite a transaction that
    may write is alone from its first statement.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])


def write_many(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write ``rows``, each with the values of the fields ``names`` (a key as ``lot_id``); no signal is sent.

    COPY on PostgreSQL, many rows to an INSERT elsewhere. Fields that are not named get what the database itself has for
    them, so name every field that may not be null. Raises IntegrityError; then no row is written.
    """
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(
            [model(**dict(zip(names, row, strict=True))) for row in rows], batch_size=A_BLOCK
        )
        return
    columns = [model._meta.get_field(name).column for name in names]  # type: ignore[union-attr]
    copy(model._meta.db_table, columns, rows)


def copy(table: str, columns: Iterable[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Write ``rows``, each with the values of ``columns``, by PostgreSQL's COPY: all or none. Raises IntegrityError."""
    quoted = connection.ops.quote_name
    lines = io.StringIO("".join("\t".join(map(_copied, row)) + "\n" for row in rows))
    # The driver's own call: without this its errors would not be Django's.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {quoted(table)} ({', '.join(map(quoted, columns))}) FROM STDIN", lines)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copied(value: Any) -> str:
    """One value as PostgreSQL's COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return str(value).translate(_ESCAPES)
