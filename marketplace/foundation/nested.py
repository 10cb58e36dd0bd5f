"""Several rows as one column of the row they belong to: a page that shows five short lists asks once."""

from __future__ import annotations

from typing import Any

from django.db.models import JSONField, QuerySet, Subquery
from django.db.models.functions import JSONArray


class Rows(Subquery):
    """A subquery whose rows come as a list of lists, ``[[item, reason], …]``, empty when there are none.

    Days and moments come as ISO texts. ``found`` may name the outer row by OuterRef; its order is kept.
    """

    output_field = JSONField()

    def __init__(self, found: QuerySet[Any], *fields: str) -> None:
        super().__init__(found.values(one=JSONArray(*fields)))

    def as_sql(
        self, compiler: Any, connection: Any, template: str | None = None, **extra: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """One more SELECT around the rows makes one value of them."""
        inner, params = super().as_sql(compiler, connection, template or "%(subquery)s", **extra)
        if connection.vendor == "postgresql":
            gathered = "COALESCE(JSONB_AGG(found.one::jsonb), '[]'::jsonb)"
        else:
            gathered = "JSON_GROUP_ARRAY(JSON(found.one))"
        return f"(SELECT {gathered} FROM ({inner}) AS found)", params
