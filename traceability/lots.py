"""Lots: goods of one product made together, how many of them are left, which may be sold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import products
from catalog.models import Product
from cooperatives import papers, stock
from cooperatives.models import Cooperative, MovementKind, PaperKind, StockMovement
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean
from marketplace.foundation.transitions import IllegalMove

from . import codes
from .models import Lot, LotPaper, LotShare
from .statuses import LOT_MOVES, LotStatus

MAX_QUANTITY = 1_000_000


class LotRefused(Refusal):
    """A lot may not be made or changed that way."""

    code = "lot_refused"


@transaction.atomic
def open_lot(
    cooperative: Cooperative,
    product: Product,
    *,
    made_on: dt.date,
    by: Actor,
    number: str | None = None,
    expires_on: dt.date | None = None,
    packed_on: dt.date | None = None,
    quantity: int = 0,
    note: str = "",
    newest_seen: int | None = None,
) -> Lot:
    """Open a lot of ``product`` with its lot code; ``quantity`` sale units, if any, go into stock as its share.

    ``number`` is the cooperative's own, else YYMMDD-NN of the day it was made, counted per product.
    ``newest_seen`` is the highest lot id of the cooperative when the form was shown (0 for none): the same lot sent
    twice by one form is made once, and the first is returned.
    Locks the product. Raises LotRefused for impossible days, amounts and numbers.
    """
    product = Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    if product.cooperative_id != cooperative.pk or product.removed_at is not None:
        raise LotRefused(_("Mặt hàng này không có trong gian hàng của bạn."), field="product")
    if product.stockrecords.filter(is_set=True).exists():
        raise LotRefused(_("Bộ không có lô riêng: lô nằm ở các món trong bộ."), field="product")
    check_days(made_on, packed_on, expires_on)
    _check_quantity(quantity, least=0)
    number, note = clean(number or ""), clean(note)
    if len(number) > 20:
        raise LotRefused(_("Số lô dài quá 20 chữ."), field="number")
    if len(note) > 300:
        raise LotRefused(_("Ghi chú dài quá 300 chữ."), field="note")

    days = {"made_on": made_on, "packed_on": packed_on, "expires_on": expires_on}
    if newest_seen is not None:
        again = product.lots.filter(pk__gt=newest_seen, note=note, **days)
        sent_before = (again.filter(number=number) if number else again).order_by("pk").first()
        if sent_before is not None and balance(sent_before) == quantity:
            return sent_before
    if number and product.lots.filter(number=number).exists():
        raise LotRefused(_("Mặt hàng này đã có lô mang số đó."), field="number")

    lot = Lot.objects.create(
        cooperative=cooperative,
        product=product,
        number=number or _next_number(product, made_on),
        note=note,
        **days,
    )
    codes.issue_lot_code(lot)
    audit.record("lot.open", lot, by=by, product=product.pk, quantity=quantity, **days)
    if quantity:
        _share_in(lot, quantity, by=by)
    touch(lot)
    return lot


def _next_number(product: Product, made_on: dt.date) -> str:
    """Return YYMMDD-NN, NN one more than the highest of that day. The caller holds the product's lock."""
    prefix = f"{made_on:%y%m%d}-"
    taken = product.lots.filter(number__startswith=prefix).values_list("number", flat=True)
    highest = max((int(tail) for tail in (n[len(prefix) :] for n in taken) if _is_count(tail)), default=0)
    return f"{prefix}{highest + 1:02d}"


def _is_count(tail: str) -> bool:
    return tail.isascii() and tail.isdigit() and len(tail) <= 4


def check_days(made_on: dt.date, packed_on: dt.date | None, expires_on: dt.date | None) -> None:
    """Raise LotRefused for days of a lot that cannot be true."""
    today = timezone.localdate()
    if made_on > today:
        raise LotRefused(_("Ngày làm chưa đến."), field="made_on")
    if made_on.year < 2000:
        raise LotRefused(_("Ngày làm xa quá. Xin xem lại năm."), field="made_on")
    if packed_on is not None and packed_on < made_on:
        raise LotRefused(_("Ngày đóng gói phải sau ngày làm."), field="packed_on")
    if packed_on is not None and packed_on > today:
        raise LotRefused(_("Ngày đóng gói chưa đến."), field="packed_on")
    if expires_on is not None and expires_on < made_on:
        raise LotRefused(_("Hạn dùng phải sau ngày làm."), field="expires_on")
    if expires_on is not None and expires_on.year > made_on.year + 50:
        raise LotRefused(_("Hạn dùng xa quá. Xin xem lại năm."), field="expires_on")


def _check_quantity(quantity: int, *, least: int) -> None:
    if not least <= quantity <= MAX_QUANTITY:
        raise LotRefused(_("Số lượng chưa đúng. Hãy ghi một số từ 1 đến 1.000.000."), field="quantity")


@transaction.atomic
def add_stock(lot: Lot, quantity: int, *, by: Actor, newest_seen: int | None = None) -> LotShare:
    """Put ``quantity`` more sale units of an open lot into stock.

    ``newest_seen`` is the stock's newest movement when the form was shown: the same amount sent twice by one form
    counts once; another amount is refused, because the form was stale. Locks the lot, its product, then the stock
    record. Raises LotRefused when the lot is closed or recalled.
    """
    lot = locked(lot)
    _check_quantity(quantity, least=1)
    if newest_seen is not None:
        made = lot.shares.filter(movement__kind=MovementKind.MADE, movement_id__gt=newest_seen)
        newer = made.order_by("pk").first()
        if newer is not None and newer.quantity == quantity:
            return newer
        if newer is not None:
            raise LotRefused(_("Số hàng của lô vừa đổi. Xin xem lại rồi ghi lần nữa."), field="quantity")
    if lot.status != LotStatus.OPEN:
        raise LotRefused(_("Lô đã đóng, không nhập thêm được. Hãy mở lô mới."), field="quantity")
    touch(lot)  # before the stock: whoever locks a product and its stock locks them in that order
    return _share_in(lot, quantity, by=by)


def _share_in(lot: Lot, quantity: int, *, by: Actor) -> LotShare:
    record = lot.product.stockrecords.first()
    if record is None:
        raise LotRefused(
            _("Mặt hàng chưa có giá và kho. Hãy ghi giá trước, rồi nhập hàng của lô."), field="quantity"
        )
    movement = stock.make(record, quantity, note=f"Lô {lot.number}", by=by)
    return LotShare.objects.create(movement=movement, lot=lot, quantity=quantity)


def share_sale(movement: StockMovement, lot: Lot, quantity: int) -> LotShare:
    """Say that ``quantity`` units (positive) of ``movement`` are of ``lot``; the sign is the movement's.

    Call inside the movement's transaction. Raises ValueError when the shares would exceed the movement, LotRefused
    when less is left of the lot: some of it was found spoilt after it was set aside.
    """
    sign = 1 if movement.quantity > 0 else -1
    shared = movement.lot_shares.aggregate(total=Sum("quantity"))["total"] or 0
    if quantity < 1 or abs(shared) + quantity > abs(movement.quantity):
        raise ValueError("a lot cannot share in more than the movement moved")
    if sign < 0 and (left := balance(lot)) < quantity:
        raise LotRefused(
            gettext("Lô %(lot)s trong sổ chỉ còn %(left)s. Hãy mở kiện, chọn lô khác rồi gửi.")
            % {"lot": lot.number, "left": left},
            details={"left": left},
        )
    return LotShare.objects.create(movement=movement, lot=lot, quantity=sign * quantity)


def balance(lot: Lot) -> int:
    """Return what is left of ``lot`` in sale units: the sum of its shares, packed parcels not yet taken off."""
    return lot.shares.aggregate(total=Sum("quantity"))["total"] or 0


def balances(lots: Iterable[Lot]) -> dict[int, int]:
    """Return lot id → what is left, in one query; 0 for a lot without shares."""
    left = {lot.pk: 0 for lot in lots}
    rows = LotShare.objects.filter(lot_id__in=left).values_list("lot_id").annotate(total=Sum("quantity"))
    return left | dict(rows)


def first_expired_first(product_ids: Iterable[int]) -> QuerySet[Lot]:
    """Return the lots of these products that may be sold, first expired first, with what is ``left`` of each.

    Recalled, expired and empty lots are left out; a lot without an expiry comes last; then the older goes first.
    Orders takes its own packed picks off.
    """
    return (
        Lot.objects.filter(product_id__in=product_ids)
        .exclude(status=LotStatus.RECALLED)
        .filter(Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate()))
        .annotate(left=Sum("shares__quantity"))
        .filter(left__gt=0)
        .order_by(F("expires_on").asc(nulls_last=True), "made_on", "pk")
    )


@transaction.atomic
def close_lot(lot: Lot, *, by: Actor) -> Lot:
    """Close a lot: nothing more goes into it. Raises IllegalMove unless it is open."""
    lot = locked(lot)
    if lot.status == LotStatus.RECALLED:  # the table lets it out only by lifting the recall
        raise IllegalMove(_("Lô này đang bị thu hồi."))
    move_lot(lot, LotStatus.CLOSED)
    audit.record("lot.close", lot, by=by)
    touch(lot)
    return lot


def move_lot(lot: Lot, status: LotStatus) -> Lot:
    """Give a locked lot its next status. Raises IllegalMove when the table has no such move."""
    LOT_MOVES.check(LotStatus(lot.status), status)
    lot.status = status
    lot.save(update_fields=["status"])
    return lot


@transaction.atomic
def add_paper(
    lot: Lot,
    *,
    kind: str,
    title: str,
    issuer: str,
    issued_on: dt.date,
    by: Actor,
    number: str = "",
    valid_until: dt.date | None = None,
    upload: Any = None,
) -> LotPaper:
    """Put a test report or certificate beside a lot; a photo or PDF of it is kept privately.

    The public page shows title, number, issuer and days. The same paper sent twice is kept once.
    Raises LotRefused for impossible days.
    """
    lot = locked(lot)
    if kind not in PaperKind.values:
        raise LotRefused(_("Hãy chọn loại giấy."), field="kind")
    if issued_on > timezone.localdate():
        raise LotRefused(_("Ngày cấp chưa đến."), field="issued_on")
    if valid_until is not None and valid_until < issued_on:
        raise LotRefused(_("Ngày hết giá trị phải sau ngày cấp."), field="valid_until")
    words = {"title": clean(title), "number": clean(number), "issuer": clean(issuer)}
    for field, limit in (("title", 160), ("number", 60), ("issuer", 160)):
        if len(words[field]) > limit:
            raise LotRefused(_("Chỗ này dài quá."), field=field)
    if not words["title"]:
        raise LotRefused(_("Hãy ghi tên giấy."), field="title")
    if not words["issuer"]:
        raise LotRefused(_("Hãy ghi nơi cấp."), field="issuer")
    values = {"kind": kind, "issued_on": issued_on, "valid_until": valid_until, **words}
    same = lot.lot_papers.filter(**values).first()
    if same is not None:
        return same
    kept = papers.keep(upload, kind=kind, by=by, cooperative=lot.cooperative) if upload else None
    paper = LotPaper.objects.create(lot=lot, paper=kept, **values, **signed(by))
    audit.record("lot.paper", lot, by=by, title=paper.title, number=paper.number)
    touch(lot)
    return paper


def touch(lot: Lot) -> None:
    """Let no cached page about the lot or its product lie: raise the lot's version and the product's."""
    Lot.objects.filter(pk=lot.pk).update(version=F("version") + 1)
    products.touch(lot.product)


def newest_lots(product: Product) -> QuerySet[Lot]:
    """Return the product's lots that have a lot code in use, newest first, with ``code_in_use`` set."""
    coded = codes.with_lot_code(product.lots.order_by("-made_on", "-pk"))
    return coded.filter(code_in_use__isnull=False)  # type: ignore[misc]


def locked(lot: Lot) -> Lot:
    """Return the lot as it is now, locked until the transaction ends, with its product and cooperative."""
    return (
        Lot.objects.select_for_update(of=("self",), no_key=True)
        .select_related("product", "cooperative")
        .get(pk=lot.pk)
    )
