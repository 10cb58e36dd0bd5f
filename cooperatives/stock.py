"""Stock is a ledger: the only module that writes ``num_in_stock``, ``num_allocated`` and movements (DESIGN
5).

``num_in_stock`` is the sum of the movements; ``num_allocated`` is what open orders hold. Rows are locked in
key order, once, so two baskets in opposite order wait for each other instead of locking up; whoever calls
``release`` or ``consume`` for several records goes in key order too (``release_all`` does).

A loss may leave less than orders hold. The outbox row ``stock_short`` then tells whoever knows the orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, F, Max, Value, When
from django.db.models.fields import IntegerField
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.outbox import enqueue
from marketplace.foundation.refusals import Refusal

from .models import MovementKind, StockMovement, StockRecord

MOST_AT_ONCE = 1_000_000
MOST_IN_STOCK = 100_000_000


@dataclass(frozen=True, slots=True)
class Shortage:
    """More was wanted of a stock record than is left to sell."""

    stock_record_id: int
    wanted: int
    left: int


class WrongQuantity(Refusal):
    code = "wrong_quantity"
    default_text = _("Số lượng phải từ 1 đến 1.000.000.")


class NotEnoughStock(Refusal):
    code = "not_enough_stock"
    default_text = _("Trong kho không còn đủ số này.")


class TooMuchStock(Refusal):
    code = "too_much_stock"
    default_text = _("Số này lớn quá. Hãy xem lại.")


class StockMoved(Refusal):
    code = "stock_moved"
    default_text = _("Số trong kho vừa thay đổi. Hãy xem lại số đang có rồi ghi.")


class SetHasNoStock(Refusal):
    code = "set_has_no_stock"
    default_text = _("Bộ này không có kho riêng: hàng ra từ các món trong bộ.")


class _RaceLost(Exception):
    """The conditional update met fewer rows than were locked; undoes the savepoint."""


def lock(stock_record: StockRecord) -> StockRecord:
    """Lock one stock row until the transaction ends and return it as it is now."""
    return lock_all([stock_record.pk])[stock_record.pk]


def lock_all(keys: Iterable[int]) -> dict[int, StockRecord]:
    """Lock the stock rows with these keys, in key order, and return them by key as they are now."""
    rows = StockRecord.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {row.pk: row for row in rows}


def newest_movements(keys: Iterable[int]) -> dict[int, int]:
    """Return stock record id → id of its newest movement, 0 before the first: a page keeps it as what it showed."""
    newest = dict.fromkeys(keys, 0)
    rows = StockMovement.objects.filter(stock_record_id__in=newest).values_list("stock_record_id")
    return newest | dict(rows.annotate(newest=Max("pk")))


def newest_movement(stock_record: StockRecord) -> int:
    """Return the id of the newest movement, 0 before the first."""
    return newest_movements([stock_record.pk])[stock_record.pk]


def check_not_moved(stock_record: StockRecord, seen: int | None, *, field: str) -> None:
    """Refuse when stock moved since ``seen`` (``newest_movement`` as it was shown); None asks nothing.

    A sale in between does no harm to what is added or taken out; a count asks ``newest_movements`` instead. Call it
    under the row's lock. Raises StockMoved with ``field``.
    """
    if seen is None:
        return
    since = StockMovement.objects.filter(stock_record=stock_record, pk__gt=seen)
    if since.exclude(kind=MovementKind.SOLD).exists():
        raise StockMoved(field=field)


def make(
    stock_record: StockRecord, quantity: int, *, kind: str = MovementKind.MADE, note: str = "", by: Actor
) -> StockMovement:
    """Put ``quantity`` sale units in: made, or with ``kind`` returned by a buyer, or free after a recall.

    Locks the stock row. Raises WrongQuantity, TooMuchStock, SetHasNoStock.
    """
    if kind not in (MovementKind.MADE, MovementKind.RETURNED, MovementKind.RECALLED):
        raise ValueError(f"Goods do not come in as {kind!r}.")
    _check(quantity)
    with transaction.atomic():
        row = _lock_own(stock_record)
        if row.num_in_stock + quantity > MOST_IN_STOCK:
            raise TooMuchStock(field="quantity")
        return _move(row, kind, quantity, note, by)


def spoil(
    stock_record: StockRecord, quantity: int, *, kind: str = MovementKind.SPOILT, note: str = "", by: Actor
) -> StockMovement:
    """Take ``quantity`` out as spoilt, or with ``kind`` recalled. May eat into what open orders hold; never below zero.

    Locks the stock row. Raises WrongQuantity, NotEnoughStock, SetHasNoStock.
    """
    if kind not in (MovementKind.SPOILT, MovementKind.RECALLED):
        raise ValueError(f"Goods are not lost as {kind!r}.")
    _check(quantity)
    with transaction.atomic():
        row = _lock_own(stock_record)
        if row.num_in_stock < quantity:
            raise NotEnoughStock(field="quantity", details={"left": row.num_in_stock})
        return _move(row, kind, -quantity, note, by)


def use(stock_record: StockRecord, quantity: int, *, note: str = "", by: Actor) -> StockMovement:
    """Take ``quantity`` out because other goods were made of it. Never below zero.

    Locks the stock row. Raises WrongQuantity, NotEnoughStock, SetHasNoStock.
    """
    _check(quantity)
    with transaction.atomic():
        row = _lock_own(stock_record)
        if row.num_in_stock < quantity:
            raise NotEnoughStock(field="quantity", details={"left": row.num_in_stock})
        return _move(row, MovementKind.USED, -quantity, note, by)


def count(stock_record: StockRecord, counted: int, *, note: str = "", by: Actor) -> StockMovement | None:
    """Set the stock to what was ``counted``, by a movement of the difference; None when nothing differs.

    Locks the stock row. Raises WrongQuantity, TooMuchStock, SetHasNoStock.
    """
    if counted < 0:
        raise WrongQuantity(_("Số đếm được không thể nhỏ hơn 0."), field="counted")
    if counted > MOST_IN_STOCK:
        raise TooMuchStock(field="counted")
    with transaction.atomic():
        row = _lock_own(stock_record)
        difference = counted - row.num_in_stock
        if not difference:
            return None
        return _move(row, MovementKind.COUNTED, difference, note, by)


def regroup(stock_record: StockRecord, *, note: str, by: Actor) -> StockMovement:
    """Write a movement of nothing, to which units that only change lots are hung.

    Locks the stock row. Raises SetHasNoStock.
    """
    with transaction.atomic():
        return _move(_lock_own(stock_record), MovementKind.MOVED, 0, note, by)


def hold(demand: Mapping[int, int]) -> list[Shortage]:
    """Hold ``demand`` (stock record id → units) for orders being placed: all of it, or nothing.

    Returns what is short, in key order; an empty list means that everything is held. Locks the rows once in
    key order, then updates them under the condition that enough is left, so neither database can oversell.
    Two statements. Raises ValueError for a quantity below one.
    """
    if any(quantity < 1 for quantity in demand.values()):
        raise ValueError("Hold at least one unit.")
    if not demand:
        return []
    wanted = _per_row(demand)
    try:
        with transaction.atomic():
            short = _shortages(demand)
            if short:
                return short
            held = StockRecord.objects.filter(
                pk__in=demand, num_in_stock__gte=F("num_allocated") + wanted
            ).update(num_allocated=F("num_allocated") + wanted)
            if held != len(demand):
                raise _RaceLost
    except _RaceLost:
        return _shortages(demand)
    return []


def release(stock_record_id: int, quantity: int) -> None:
    """Give back ``quantity`` held units (an order was cancelled or expired). ValueError when less is held."""
    release_all({stock_record_id: quantity})


def release_all(demand: Mapping[int, int]) -> None:
    """Give back held units of several records (id → units), locking them in key order.

    ValueError as above.
    """
    demand = {key: quantity for key, quantity in demand.items() if quantity}
    if any(quantity < 0 for quantity in demand.values()):
        raise ValueError("Release at least one unit.")
    if not demand:
        return
    units = _per_row(demand)
    with transaction.atomic():
        _lock_rows(demand)
        freed = StockRecord.objects.filter(pk__in=demand, num_allocated__gte=units).update(
            num_allocated=F("num_allocated") - units
        )
        if freed != len(demand):
            raise ValueError(f"Less is held than should be released: {dict(demand)}.")


def consume(stock_record_id: int, quantity: int, *, note: str, by: Actor) -> StockMovement:
    """Let ``quantity`` held units leave as sold: out of stock and out of what is held, one movement.

    Locks the stock row. Raises WrongQuantity, and NotEnoughStock when a loss left less in stock than the
    order holds.
    """
    _check(quantity)
    with transaction.atomic():
        row = lock_all([stock_record_id])[stock_record_id]
        if row.num_in_stock < quantity or row.num_allocated < quantity:
            raise NotEnoughStock(details={"left": min(row.num_in_stock, row.num_allocated)})
        StockRecord.objects.filter(pk=row.pk).update(num_allocated=F("num_allocated") - quantity)
        return _move(row, MovementKind.SOLD, -quantity, note, by)


def _check(quantity: int) -> None:
    if not 1 <= quantity <= MOST_AT_ONCE:
        raise WrongQuantity(field="quantity")


def _lock_own(stock_record: StockRecord) -> StockRecord:
    row = lock(stock_record)
    if row.is_set:
        raise SetHasNoStock(field="quantity")
    return row


def _lock_rows(keys: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    rows = StockRecord.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {key: (have, held) for key, have, held in rows.values_list("pk", "num_in_stock", "num_allocated")}


def _shortages(demand: Mapping[int, int]) -> list[Shortage]:
    rows = _lock_rows(demand)
    short = []
    for key in sorted(demand):
        have, held = rows.get(key, (0, 0))
        if have - held < demand[key]:
            short.append(Shortage(key, demand[key], max(0, have - held)))
    return short


def _per_row(demand: Mapping[int, int]) -> Case:
    whens = [When(pk=key, then=Value(quantity)) for key, quantity in demand.items()]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def _move(row: StockRecord, kind: str, quantity: int, note: str, by: Actor) -> StockMovement:
    movement = StockMovement.objects.create(
        stock_record=row, kind=kind, quantity=quantity, note=note[:200], **signed(by)
    )
    StockRecord.objects.filter(pk=row.pk).update(num_in_stock=F("num_in_stock") + quantity)
    audit.record(f"stock.{kind}", movement, by=by, stock_record=row.pk, quantity=quantity, note=note[:200])
    is_loss = quantity < 0 and kind != MovementKind.SOLD
    if is_loss and row.num_in_stock + quantity < row.num_allocated:
        enqueue("stock_short", f"stock_short:{movement.pk}", {"movement": movement.pk})
    return movement
