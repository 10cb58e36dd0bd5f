"""A set in a basket becomes order lines, one a part: from then on every rule works by line, as for any goods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cooperatives.models import SetPart
from cooperatives.prices import Price
from cooperatives.sets import price_shares
from marketplace.foundation.money import round_dong, share

from .basket.baskets import Item
from .models import Order


@dataclass(kw_only=True)
class PartItem(Item):
    """One part of the sets in a basket line: what its units cost of what the sets cost together, now and regularly,
    and what its order line says of the set."""

    cost: Decimal
    regular_cost: Decimal
    set_fields: Mapping[str, Any]

    @property
    def total(self) -> Decimal:
        return self.cost

    @property
    def regular_total(self) -> Decimal:
        return self.regular_cost


def unpacked(items: Iterable[Item], parts: Mapping[int, Sequence[SetPart]]) -> list[Item]:
    """Return ``items`` with each set replaced by its parts (``parts``: stock record id of a set → its parts).

    What the sets cost is divided over the parts exactly, and so is what a voucher takes off them; a window on a set
    has no limit, so it is not taken.
    """
    found: list[Item] = []
    number = 0
    for item in items:
        if item.stock_id not in parts:
            found.append(item)
            continue
        number += 1
        found += _parts_of(item, parts[item.stock_id], number)
    return found


def _parts_of(item: Item, parts: Sequence[SetPart], number: int) -> list[PartItem]:
    fields = {
        "set_no": number,
        "set_title": item.product.title,
        "set_quantity": item.quantity,
        "set_product": item.product,
    }
    # Shared set by set: whoever gives one whole set back gets exactly its price.
    shares = price_shares(item.price.amount, parts)
    regular = price_shares(item.price.regular, parts)
    off = share(item.share, [each * item.quantity for each in shares])
    return [
        PartItem(
            line_id=item.line_id,
            product=part.part.product,
            stock_id=part.part_id,
            sku=part.part.partner_sku,
            left=item.left,
            quantity=part.units * item.quantity,
            price=Price(round_dong(each / part.units), round_dong(usual / part.units)),
            seen_price=None,
            grams=0,
            is_weighed=False,
            share=taken,
            cost=each * item.quantity,
            regular_cost=usual * item.quantity,
            set_fields=fields,
        )
        for part, each, usual, taken in zip(parts, shares, regular, off, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Bought:
    """What a buyer asked for: so many of a product, or of a set; ``product_id`` is None when it is gone for good."""

    product_id: int | None
    title: str
    quantity: int


def bought(order: Order) -> list[Bought]:
    """Return what an order is of, a set as one, in the order of its lines; reads ``lines`` (prefetch them on lists)."""
    found: dict[tuple[str, int], Bought] = {}
    for line in order.lines.all():
        if line.set_no is None:
            found["line", line.pk] = Bought(line.product_id, line.title, line.quantity)
        else:
            found["set", line.set_no] = Bought(line.set_product_id, line.set_title, line.set_quantity or 0)
    return list(found.values())
