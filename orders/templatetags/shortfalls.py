"""The panel that pages of lower floors show: which orders a loss left short."""

from __future__ import annotations

from typing import Any

from django import template

from cooperatives.models import Cooperative, StockRecord
from orders import shortfalls

register = template.Library()


@register.inclusion_tag("orders/desk/_left_short.html")
def left_short(cooperative: Cooperative, record: StockRecord | None = None) -> dict[str, Any]:
    """Orders of ``cooperative`` that cannot be filled, of ``record`` alone if given; at most two queries."""
    records = cooperative.stockrecords.all()
    found = shortfalls.of(records.filter(pk=record.pk) if record else records)
    return {"shortfalls": found, "slug": cooperative.stall.slug, "record": record}
