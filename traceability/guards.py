"""The database itself refuses to change what is only ever added: triggers on the events and the log, on both databases.

Whoever holds the database may lift them; then ``log.verify`` and every checkpoint that was given away tell. Installed
after each ``migrate``, because SQLite drops a table's triggers when a migration writes the table anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections

from .models import Checkpoint, LogEntry, LogNode, TraceEvent

EVENT_FACTS = ("id", "lot_id", "kind", "occurred_on", "device_at", "recorded_at", "corrects_id")
# What ``events.erase`` takes away, together with the nonce; ``by_user_id`` may become null with its user.
EVENT_WORDS = ("place", "households", "quantity", "note", "nonce", "by_label", "by_for")


def install(using: str = "default", **_signal: Any) -> None:
    """Put the triggers in place, anew; does nothing while the tables are not there yet."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        wanted = list(_triggers())
        if not {table for _name, table, _when in wanted} <= tables:
            return
        if connection.vendor == "postgresql":
            cursor.execute(_REFUSE)
        for name, table, when in wanted:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            refuse = (
                "EXECUTE FUNCTION traceability_refuse()"
                if connection.vendor == "postgresql"
                else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {when.format(table=table)} {refuse}")


_REFUSE = """
    CREATE OR REPLACE FUNCTION traceability_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""


def _triggers() -> Iterator[tuple[str, str, str]]:
    """Name, table and moment of each."""
    for model in (LogEntry, LogNode, Checkpoint):
        table = model._meta.db_table
        yield f"{table}_no_update", table, "UPDATE ON {table} FOR EACH ROW"
        yield f"{table}_no_delete", table, "DELETE ON {table} FOR EACH ROW"
    table = TraceEvent._meta.db_table
    yield f"{table}_no_delete", table, "DELETE ON {table} FOR EACH ROW"
    yield f"{table}_no_update", table, f"UPDATE OF {', '.join(EVENT_FACTS)} ON {{table}} FOR EACH ROW"
    erasing = f"UPDATE OF {', '.join(EVENT_WORDS)} ON {{table}} FOR EACH ROW WHEN (length(NEW.nonce) > 0)"
    yield f"{table}_only_erased", table, erasing
