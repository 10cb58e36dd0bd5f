"""What an order costs after it was placed: reductions by line, written once and never changed, in whole đồng.

The rules call these inside their transaction, under the order's lock, and end with ``refunds.follow``, which brings
the payment to what the order now costs.
"""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import round_dong
from marketplace.foundation.refusals import Refusal

from .models import Line, Order, Parcel, Reduction
from .statuses import ParcelStatus, ReductionKind


def worth(line: Line, units: int) -> Decimal:
    """Return what the first ``units`` of a line cost as placed; all of them cost exactly the line's price.

    >>> worth(Line(quantity=3, line_price_incl_tax=Decimal(100_000)), 2)
    Decimal('66667')
    """
    return round_dong(line.line_price_incl_tax * units / line.quantity)


def reduce(
    order: Order,
    kind: ReductionKind,
    amount: Decimal,
    *,
    line: Line | None = None,
    parcel: Parcel | None = None,
    quantity: int = 0,
    note: str = "",
    by: Actor,
) -> None:
    """Take ``amount`` off a locked order, and off ``line`` when one is named; below zero puts it back on.

    Never takes more than the line, or the order, still costs.
    """
    if amount > 0:
        amount = min(amount, order.due, line.due if line else order.due)
    if not amount and not quantity:
        return
    Reduction.objects.create(
        order=order,
        line=line,
        parcel=parcel,
        kind=kind,
        quantity=quantity,
        amount=amount,
        note=note[:300],
        **signed(by),
    )
    order.reduced += amount
    order.save(update_fields=["reduced"])
    if line is not None:
        line.reduced += amount
        line.save(update_fields=["reduced"])


class Stale(Refusal):
    """The order changed since the page was shown: what was asked may be done already."""

    code = "stale"
    default_text = _("Giá của đơn vừa đổi. Hãy xem lại đơn rồi ghi lần nữa nếu còn cần.")


def check_seen(order: Order, seen: int | None) -> None:
    """Refuse when a locked order has other reductions than the ``seen`` that a form carries; None: not asked."""
    if seen is not None and order.reductions.count() != seen:
        raise Stale


def fee_left(order: Order) -> Decimal:
    """Return what of the parcel fee was not taken off yet; one query."""
    off = order.reductions.filter(line=None).aggregate(n=Sum("amount"))["n"]
    return Decimal(order.shipping_incl_tax - (off or 0))


def cancel_units(order: Order, line: Line, units: int, *, kind: ReductionKind, note: str, by: Actor) -> None:
    """Take open ``units`` off a locked line and off what the order costs; the stock is the caller's."""
    amount = worth(line, line.num_cancelled + units) - worth(line, line.num_cancelled)
    line.num_cancelled += units
    line.num_allocated -= units
    line.save(update_fields=["num_cancelled", "num_allocated"])
    reduce(order, kind, amount, line=line, quantity=units, note=note, by=by)


def whole_units(order: Order) -> dict[int, int]:
    """Return line id → units that were cancelled with the whole order; one query."""
    rows = order.reductions.filter(kind=ReductionKind.WHOLE, line__isnull=False)
    return dict(rows.values_list("line").annotate(n=Sum("quantity")).filter(n__gt=0).order_by("line"))


def put_back_whole(order: Order, *, note: str, by: Actor) -> None:
    """Put what was cancelled with the whole of a locked order back on it: units, prices, parcel fee."""
    units = whole_units(order)
    rows = order.reductions.filter(kind=ReductionKind.WHOLE)
    off = dict(rows.values_list("line").annotate(n=Sum("amount")).order_by("line"))
    for line in order.lines.filter(pk__in=units).order_by("pk"):
        line.num_cancelled -= units[line.pk]
        line.num_allocated = units[line.pk]
        line.allocation_cancelled = False
        line.save(update_fields=["num_cancelled", "num_allocated", "allocation_cancelled"])
        reduce(
            order, ReductionKind.WHOLE, -off[line.pk], line=line, quantity=-units[line.pk], note=note, by=by
        )
    reduce(order, ReductionKind.WHOLE, -off.get(None, Decimal(0)), note=note, by=by)


def returned_worth(line: Line, units: int) -> Decimal:
    """Return what ``units`` more of a line that was delivered cost, the next whose money goes back; two queries.

    All of them cost exactly what the line's delivered parcels cost.
    """
    reached = line.picks.filter(parcel__status=ParcelStatus.DELIVERED)
    whole = reached.aggregate(price=Sum("price"), units=Sum("quantity"))
    settled = line.reductions.filter(kind=ReductionKind.RETURN).aggregate(n=Sum("quantity"))["n"] or 0
    before = round_dong(whole["price"] * settled / whole["units"])
    return round_dong(whole["price"] * (settled + units) / whole["units"]) - before
