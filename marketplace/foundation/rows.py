"""The one place where claiming rows differs between the databases."""

from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def claimable(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """Return ``rows`` so that two claimers never get the same one. Call it inside ``transaction.atomic()``.

    PostgreSQL locks each row it returns and skips those that somebody else has locked. SQLite has no row
    locks: there the transaction itself is exclusive from its first statement (``transaction_mode``
    IMMEDIATE).
    """
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows
