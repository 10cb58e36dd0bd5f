"""The stock ledger lot by lot: what is there, what spoilt, what was counted, what changed lots or came back.

``cooperatives.stock`` keeps the sums of a product, this module which lot they are of. A lot's units change only under
the lock of its product's stock row, so no lot and nothing "không theo lô" (``None`` below) falls under zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives import stock
from cooperatives.models import MovementKind, StockMovement, StockRecord
from marketplace.foundation.actor import Actor
from marketplace.foundation.text import clean

from . import lots
from .lots import LotRefused
from .models import Lot, LotShare
from .statuses import LotStatus


class CountStale(stock.StockMoved):
    """Stock moved since it was shown to whoever counted; ``details["records"]`` are the keys to count again."""


@dataclass(frozen=True)
class Part:
    """So many units of one stock record that are of ``lot``, or of none."""

    lot: Lot | None
    left: int


@dataclass(frozen=True)
class Counted:
    """What somebody counted of one lot (None: of what has no lot). ``seen`` is the newest movement they were shown."""

    stock_record_id: int
    lot_id: int | None
    counted: int
    seen: int | None = None


@dataclass(frozen=True)
class Difference:
    """What the book says of one part, and what was counted."""

    stock_record_id: int
    lot: Lot | None
    book: int
    counted: int

    @property
    def change(self) -> int:
        return self.counted - self.book


def parts_of(records: Collection[StockRecord], *, also: Collection[int] = ()) -> dict[int, list[Part]]:
    """Return stock record id → its parts in one query: lots that are open or hold units, first expired first.

    ``also``: lots (keys) that are wanted whatever they hold. What no lot claims comes last and is always there.
    """
    found: dict[int, list[Part]] = {record.pk: [] for record in records}
    unclaimed = {record.pk: record.num_in_stock for record in records}
    held = (
        Lot.objects.filter(product__stockrecords__in=found)
        .annotate(record=F("product__stockrecords"), left=Coalesce(Sum("shares__quantity"), 0))
        .filter(Q(status=LotStatus.OPEN) | ~Q(left=0) | Q(pk__in=also))
        .order_by(F("expires_on").asc(nulls_last=True), "made_on", "pk")
    )
    for lot in held:
        found[lot.record].append(Part(lot, lot.left))
        unclaimed[lot.record] -= lot.left
    for key, left in unclaimed.items():
        found[key].append(Part(None, left))
    return found


def add(
    stock_record: StockRecord, quantity: int, *, lot: Lot | None = None, seen: int | None = None, by: Actor
) -> StockMovement:
    """Put ``quantity`` newly made units in, as part of an open ``lot`` or of none.

    ``seen`` is the newest movement the person was shown; the same form sent twice adds once. Locks the lot and its
    product, if any, then the stock row. Raises StockMoved, LotRefused and what ``stock.make`` refuses.
    """
    if lot is not None:
        return lots.add_stock(lot, quantity, newest_seen=seen, by=by).movement
    with transaction.atomic():
        row = stock.lock(stock_record)
        stock.check_not_moved(row, seen, field="quantity")
        return stock.make(row, quantity, by=by)


def spoil(
    stock_record: StockRecord,
    quantity: int,
    *,
    lot: Lot | None = None,
    note: str,
    seen: int | None = None,
    by: Actor,
) -> StockMovement:
    """Take ``quantity`` units of ``lot`` (None: of no lot) out as spoilt or lost, because of ``note``.

    May eat into what open orders hold: those are then listed for a person. Locks the stock row. Raises NotEnoughStock
    when less is left of the lot, StockMoved, LotRefused without a reason, WrongQuantity.
    """
    note = _reason(note)
    with transaction.atomic():
        row = stock.lock(stock_record)
        stock.check_not_moved(row, seen, field="quantity")
        _check_left(row, lot, quantity)
        movement = stock.spoil(row, quantity, note=note, by=by)
        _share(movement, lot, -quantity)
        return movement


def differences(counts: Iterable[Counted]) -> list[Difference]:
    """Return what each count finds against the book, in the order given, those that agree too; four queries.

    Raises CountStale when anything at all moved since it was shown (a sale too: the goods may have left before or after
    they were counted), WrongQuantity.
    """
    counts = list(counts)
    if any(one.counted < 0 for one in counts):
        raise stock.WrongQuantity(_("Số đếm được không thể nhỏ hơn 0."))
    keys = {one.stock_record_id for one in counts}
    _check_fresh(counts, keys)
    left = _left_by_part(keys)
    by_lot = Lot.objects.in_bulk([one.lot_id for one in counts if one.lot_id])
    return [
        Difference(
            one.stock_record_id,
            by_lot[one.lot_id] if one.lot_id else None,
            left[one.stock_record_id, one.lot_id],
            one.counted,
        )
        for one in counts
    ]


def count(counts: Iterable[Counted], *, note: str = "", by: Actor) -> list[StockMovement]:
    """Write what was counted into the ledger: one movement for each part that differs, all or none.

    Locks the stock rows in key order. Raises what ``differences`` raises, TooMuchStock, and LotRefused for goods of a
    recalled lot: they are put aside.
    """
    counts = list(counts)
    with transaction.atomic():
        rows = stock.lock_all({one.stock_record_id for one in counts})
        total = {key: row.num_in_stock for key, row in rows.items()}
        movements = []
        for one in differences(counts):
            row = rows[one.stock_record_id]
            _check_lot(row, one.lot)
            if one.lot is not None and one.lot.status == LotStatus.RECALLED and one.change > 0:
                raise LotRefused(
                    _("Hàng của lô đang bị thu hồi cất riêng, không đếm vào kho."), field="counted"
                )
            total[row.pk] += one.change
            movement = stock.count(row, total[row.pk], note=clean(note), by=by)
            if movement is not None:
                _share(movement, one.lot, one.change)
                movements.append(movement)
        return movements


def move(
    stock_record: StockRecord,
    quantity: int,
    *,
    source: Lot | None,
    target: Lot | None,
    note: str,
    seen: int | None = None,
    by: Actor,
) -> StockMovement:
    """Say that ``quantity`` units are not of ``source`` but of ``target`` (None: of no lot), because of ``note``.

    Stock stays what it is. Nothing leaves a lot that was recalled or has expired, or it would be sold under another
    name; nothing goes into a lot that is closed or recalled. Locks the stock row. Raises LotRefused, NotEnoughStock,
    StockMoved, WrongQuantity.
    """
    note = _reason(note)
    if (source and source.pk) == (target and target.pk):
        raise LotRefused(_("Hai bên là một. Hãy chọn lô khác."), field="target")
    if source is not None and not source.may_be_sold:
        raise LotRefused(
            _("Hàng của lô đã thu hồi hoặc hết hạn không chuyển sang chỗ khác được."), field="source"
        )
    if target is not None and target.status != LotStatus.OPEN:
        raise LotRefused(_("Lô đã đóng, không nhập thêm được. Hãy mở lô mới."), field="target")
    with transaction.atomic():
        row = stock.lock(stock_record)
        stock.check_not_moved(row, seen, field="quantity")
        _check_lot(row, target)
        _check_left(row, source, quantity)
        movement = stock.regroup(row, note=note, by=by)
        _share(movement, source, -quantity)
        _share(movement, target, quantity)
        return movement


def returned(
    stock_record: StockRecord, quantity: int, *, lot: Lot | None, fit_to_sell: bool, note: str = "", by: Actor
) -> StockMovement:
    """Book ``quantity`` units that a buyer sent back, into the ``lot`` they were sold from; return what came in.

    What is not fit to sell goes out again as spoilt at once. Locks the stock row; whoever holds orders and stock rows
    may call it. Raises LotRefused when goods of a recalled or expired lot should be sold again, WrongQuantity,
    TooMuchStock.
    """
    if fit_to_sell and lot is not None and not lot.may_be_sold:
        raise LotRefused(
            _("Lô này đã thu hồi hoặc hết hạn: hàng trả về không bán lại được, hãy ghi là hỏng."),
            field="fit_to_sell",
        )
    with transaction.atomic():
        row = stock.lock(stock_record)
        _check_lot(row, lot)
        movement = stock.make(row, quantity, kind=MovementKind.RETURNED, note=note, by=by)
        _share(movement, lot, quantity)
        if not fit_to_sell:
            _share(stock.spoil(row, quantity, note=note, by=by), lot, -quantity)
        return movement


def put_aside(lot: Lot, *, note: str, by: Actor) -> int:
    """Take all that is left of ``lot`` out of stock because it is recalled; return how many units.

    What packed parcels hold of it goes too. Orders that this leaves short are listed for a person. Locks the stock row.
    """
    record = lot.product.stock
    if record is None:
        return 0
    with transaction.atomic():
        row = stock.lock(record)
        left = waiting = _left_by_part([row.pk])[row.pk, lot.pk]
        while waiting > 0:
            some = min(waiting, stock.MOST_AT_ONCE)
            _share(stock.spoil(row, some, kind=MovementKind.RECALLED, note=note, by=by), lot, -some)
            waiting -= some
        return left


def take_up(lot: Lot, quantity: int, *, note: str, by: Actor) -> None:
    """Put ``quantity`` units of ``lot`` that a recall had put aside into stock again. Locks the stock row."""
    record = lot.product.stock
    while quantity > 0 and record is not None:
        some = min(quantity, stock.MOST_AT_ONCE)
        with transaction.atomic():
            row = stock.lock(record)
            _share(stock.make(row, some, kind=MovementKind.RECALLED, note=note, by=by), lot, some)
        quantity -= some


def _reason(note: str) -> str:
    note = clean(note)
    if not note:
        raise LotRefused(_("Hãy ghi lý do."), field="note")
    return note


def _check_lot(row: StockRecord, lot: Lot | None) -> None:
    if lot is not None and lot.product_id != row.product_id:
        raise ValueError(f"Lot {lot.pk} is not of stock record {row.pk}.")


def _left_by_part(rows: Iterable[int]) -> dict[tuple[int, int | None], int]:
    """(stock record, lot or None) → units, of locked rows; 0 for a lot without shares."""
    rows = list(rows)
    left: dict[tuple[int, int | None], int] = defaultdict(int)
    for key, in_stock in StockRecord.objects.filter(pk__in=rows).values_list("pk", "num_in_stock"):
        left[key, None] = in_stock
    shares = LotShare.objects.filter(movement__stock_record__in=rows)
    for key, lot_id, n in shares.values_list("movement__stock_record", "lot").annotate(n=Sum("quantity")):
        left[key, lot_id] = n
        left[key, None] -= n
    return left


def _check_left(row: StockRecord, lot: Lot | None, quantity: int) -> None:
    _check_lot(row, lot)
    if quantity < 1:
        raise stock.WrongQuantity(field="quantity")
    left = _left_by_part([row.pk])[row.pk, lot.pk if lot else None]
    if left < quantity:
        where = gettext("Lô %(lot)s") % {"lot": lot.number} if lot else gettext("Hàng không theo lô")
        raise stock.NotEnoughStock(
            gettext("%(where)s trong sổ chỉ còn %(left)s.") % {"where": where, "left": max(0, left)},
            field="quantity",
            details={"left": left},
        )


def _check_fresh(counts: Iterable[Counted], keys: Iterable[int]) -> None:
    newest = stock.newest_movements(keys)
    stale = {
        one.stock_record_id
        for one in counts
        if one.seen is not None and newest[one.stock_record_id] != one.seen
    }
    if stale:
        names = StockRecord.objects.filter(pk__in=stale).order_by("product__title")
        raise CountStale(
            gettext("Kho vừa có nhập, xuất: %(names)s. Hãy xem lại số của hàng này rồi ghi lần nữa.")
            % {"names": ", ".join(names.values_list("product__title", flat=True))},
            details={"records": sorted(stale)},
        )


def _share(movement: StockMovement, lot: Lot | None, quantity: int) -> None:
    if lot is not None:
        LotShare.objects.create(movement=movement, lot=lot, quantity=quantity)
