"""The busiest queries: PostgreSQL plans them once a connection, and they find out by themselves whether it lives."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

# What PostgreSQL says of a plan that is not there, is another's, or fits a table no more since that was altered.
_NO_PLAN = ("26000", "42P05", "0A000")


class Planned:
    """A query for one row, written out in SQL that both databases read, with ``%s`` for its one value.

    PostgreSQL spends four times as long on planning a query by keys as on answering it, and asking first whether the
    connection lives is another way there and back. ``name`` must be this query's alone; ``kind`` is the value's type.
    A plan lives as long as its connection, or until a table is altered or analysed.
    """

    def __init__(self, name: str, kind: str, sql: str) -> None:
        self._sql = sql
        self._plan = f"PREPARE {name} ({kind}) AS {sql.replace('%s', '$1')}"
        self._ask = f"EXECUTE {name} (%s)"
        self._known: WeakSet[Any] = WeakSet()  # connections that have the plan

    def row(self, value: object) -> tuple[Any, ...] | None:
        """The first row for ``value``, or None.

        Outside of a transaction a connection that died is replaced, and a plan that went is done without. Raises
        whatever else the database raises.
        """
        wrapper: Any = connections[DEFAULT_DB_ALIAS]
        if wrapper.vendor != "postgresql":
            return self._asked(wrapper, value)
        try:
            found = self._planned(wrapper, value)
        except (DatabaseError, InterfaceError) as error:
            if wrapper.in_atomic_block or wrapper.connection is None:
                raise
            if not wrapper.is_usable():
                wrapper.close()
            elif getattr(error.__cause__, "pgcode", "") not in _NO_PLAN:
                raise
            return self._asked(wrapper, value)
        wrapper.health_check_done = True  # so nobody else asks in this request
        return found

    def _planned(self, wrapper: Any, value: object) -> tuple[Any, ...] | None:
        wrapper.ensure_connection()
        is_watched = wrapper.execute_wrappers or wrapper.queries_logged
        # The driver's own cursor: what Django puts around it takes as long as the query.
        with (
            wrapper.wrap_database_errors,
            wrapper.cursor() if is_watched else wrapper.connection.cursor() as cursor,
        ):
            if wrapper.connection not in self._known:
                cursor.execute(self._plan)
                self._known.add(wrapper.connection)
            cursor.execute(self._ask, [value])
            return cursor.fetchone()  # type: ignore[no-any-return]

    def _asked(self, wrapper: Any, value: object) -> tuple[Any, ...] | None:
        with wrapper.cursor() as cursor:
            cursor.execute(self._sql, [value])
            return cursor.fetchone()  # type: ignore[no-any-return]
