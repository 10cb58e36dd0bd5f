"""Prices: the regular one, special ones for a while, and the memory of every change (DESIGN 11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import dong
from marketplace.foundation.refusals import Refusal

from .models import Cooperative, PriceChange, PriceWindow, StockRecord

HIGHEST = Decimal(10**9)  # 999 of it still fit into the columns of a line
REAL_FOR = dt.timedelta(days=30)  # an old price that is shown was asked for at least so long


@dataclass(frozen=True, slots=True)
class Price:
    """What one sale unit costs now in whole đồng, what it costs otherwise, the key of the window that makes it
    cheaper, and the old price that may be shown struck out beside it (None: show none).
    """

    amount: Decimal
    regular: Decimal
    window_id: int | None = None
    was: Decimal | None = None


class WrongPrice(Refusal):
    code = "wrong_price"
    default_text = _("Giá phải từ 1 ₫ đến 1 tỷ ₫, không có số lẻ.")


class WrongWindow(Refusal):
    code = "wrong_window"


def price_of(stock_record: StockRecord, *, at: dt.datetime | None = None, code: str = "") -> Price:
    """The price of one unit ``at`` a moment (now) for somebody who gives ``code``: the lowest open window
    wins.

    A window that does not undercut the regular price is not special. Reads ``price_windows`` (prefetch it on
    lists).
    """
    at = at or timezone.now()
    regular = dong(stock_record.price)
    best: PriceWindow | None = None
    for window in stock_record.price_windows.all():
        is_open = window.starts_at <= at < window.ends_at
        is_for_them = not window.code or window.code == code
        has_units = window.limit is None or window.taken < window.limit
        if is_open and is_for_them and has_units and window.price < (best.price if best else regular):
            best = window
    return Price(dong(best.price), regular, best.pk, best.old_price) if best else Price(regular, regular)


def change_price(stock_record: StockRecord, new_price: Decimal | int, *, by: Actor) -> PriceChange | None:
    """Set the regular price in whole đồng and remember the old one; None when it is the same.

    Live at once (DESIGN 10). The old prices of special ones follow: a running one's may only fall, one that is
    still to come is decided anew. Locks the stock row. Raises WrongPrice.
    """
    amount = _price(new_price)
    with transaction.atomic():
        row = StockRecord.objects.select_for_update(no_key=True).get(pk=stock_record.pk)
        if row.price == amount:
            return None
        change = PriceChange.objects.create(
            stock_record=row, old_price=row.price, new_price=amount, **signed(by)
        )
        StockRecord.objects.filter(pk=row.pk).update(price=amount)
        _follow_with_old_prices(row, amount)
        audit.record("price.change", change, by=by, stock_record=row.pk, old=row.price, new=amount)
    stock_record.price = amount
    return change


def record_first_price(stock_record: StockRecord, *, by: Actor) -> PriceChange:
    """Remember the price that a new stock record starts with."""
    return PriceChange.objects.create(
        stock_record=stock_record, old_price=None, new_price=stock_record.price, **signed(by)
    )


def open_window(
    stock_record: StockRecord,
    *,
    price: Decimal | int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    code: str = "",
    limit: int | None = None,
    by: Actor,
) -> PriceWindow:
    """Offer ``price`` from ``starts_at`` until ``ends_at``: to everybody or for ``code``, at most ``limit``
    units.

    The old price that the shop may show beside it is frozen here. A form sent twice opens one: the same that holds
    already and still has units is returned as it is. Locks the stock row. Raises WrongPrice, and WrongWindow when it
    has no length, no units, is over, does not undercut the regular price, or counts units of a set, which orders know
    only as its parts.
    """
    with transaction.atomic():
        row = StockRecord.objects.select_for_update(no_key=True).get(pk=stock_record.pk)
        window = preview_window(row, price=price, starts_at=starts_at, ends_at=ends_at, limit=limit)
        has_units = Q(limit=None) | Q(taken__lt=F("limit"))
        same = {"price": window.price, "ends_at": ends_at, "limit": limit, "code": code}
        opened = row.price_windows.filter(has_units, starts_at__lte=starts_at, **same).first()
        if opened is not None:
            return opened
        window.code = code
        for name, value in signed(by).items():
            setattr(window, name, value)
        window.save()
        audit.record(
            "price.window", window, by=by, stock_record=row.pk, price=window.price, code=code, limit=limit
        )
    return window


def preview_window(
    stock_record: StockRecord,
    *,
    price: Decimal | int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    limit: int | None = None,
) -> PriceWindow:
    """Return the window that ``open_window`` would open, with the old price it would show; nothing is written."""
    amount = _price(price)
    if ends_at <= starts_at:
        raise WrongWindow(_("Lúc kết thúc phải sau lúc bắt đầu."), field="ends_at")
    if ends_at <= timezone.now():
        raise WrongWindow(_("Lúc kết thúc đã qua rồi."), field="ends_at")
    if limit is not None and limit < 1:
        raise WrongWindow(_("Số lượng phải từ 1 trở lên."), field="limit")
    if amount >= stock_record.price:
        raise WrongWindow(_("Giá đặc biệt phải thấp hơn giá bán thường."), field="price")
    if limit is not None and stock_record.is_set:
        raise WrongWindow(_("Giá trong đợt của một bộ không đặt được số lượng nhiều nhất."), field="limit")
    return PriceWindow(
        stock_record=stock_record,
        price=amount,
        old_price=old_price(stock_record, amount, starts_at),
        starts_at=starts_at,
        ends_at=ends_at,
        limit=limit,
    )


def moments_of(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return when something begins and ends that holds from day ``first`` to the end of day ``last``.

    What begins today begins now. Raises WrongWindow when the first day is over, or the last one is before it.
    """
    if first < timezone.localdate():
        raise WrongWindow(_("Ngày bắt đầu đã qua. Hãy chọn từ hôm nay trở đi."), field="first")
    if last < first:
        raise WrongWindow(_("Ngày cuối phải từ ngày bắt đầu trở đi."), field="last")
    zone = timezone.get_current_timezone()
    start = dt.datetime.combine(first, dt.time(), zone)
    return max(start, timezone.now()), dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)


def windows_of(cooperative: Cooperative) -> QuerySet[PriceWindow]:
    """Return a cooperative's special prices with their goods."""
    mine = PriceWindow.objects.filter(stock_record__partner=cooperative)
    return mine.select_related("stock_record__product")


def end_window(window: PriceWindow, *, by: Actor) -> PriceWindow:
    """End a special price now: it costs the regular one again; one still to come never begins.

    Orders that were placed keep their price. Locks the window. Ended twice, or over already, it stays as it was.
    """
    with transaction.atomic():
        row = PriceWindow.objects.select_for_update(no_key=True).get(pk=window.pk)
        now = timezone.now()
        if row.ends_at > now:
            row.ends_at = max(now, row.starts_at)
            row.save(update_fields=["ends_at"])
            audit.record("price.window_end", row, by=by, stock_record=row.stock_record_id)
    return row


def old_price(stock_record: StockRecord, price: Decimal, starts_at: dt.datetime) -> Decimal | None:
    """Return the old price that may be shown beside a special ``price`` from ``starts_at`` on, in whole đồng.

    That is the lowest regular price of the 30 days before; None when the goods had no price for all of them, or
    when it is no higher. One query.
    """
    lowest: Decimal | None = None
    changes = stock_record.price_changes.filter(at__lt=starts_at).order_by("-at", "-pk")
    for new_price, at in changes.values_list("new_price", "at"):
        lowest = new_price if lowest is None else min(lowest, new_price)
        if at <= starts_at - REAL_FOR:
            return lowest if lowest > price else None
    return None


def _follow_with_old_prices(row: StockRecord, regular: Decimal) -> None:
    """Keep what the windows of a locked stock row show true after its regular price became ``regular``."""
    now = timezone.now()
    for window in row.price_windows.filter(ends_at__gt=now):
        if window.starts_at > now:
            shown = old_price(row, window.price, window.starts_at)
        else:
            shown = window.old_price and min(window.old_price, regular)
        if shown is not None and shown <= window.price:
            shown = None
        PriceWindow.objects.filter(pk=window.pk).update(old_price=shown)


def take_window(window_id: int, quantity: int) -> bool:
    """Take ``quantity`` units of a window's limit in one conditional statement;

    False when too few are left.
    """
    if quantity < 1:
        raise ValueError("Take at least one unit.")
    open_to_it = Q(limit__isnull=True) | Q(limit__gte=F("taken") + quantity)
    return bool(PriceWindow.objects.filter(open_to_it, pk=window_id).update(taken=F("taken") + quantity))


def give_back_window(window_id: int, quantity: int) -> None:
    """Give back units that ``take_window`` took. ValueError when fewer were taken."""
    if quantity < 1:
        raise ValueError("Give back at least one unit.")
    given = PriceWindow.objects.filter(pk=window_id, taken__gte=quantity).update(taken=F("taken") - quantity)
    if not given:
        raise ValueError("More was given back than was taken.")


def _price(value: Decimal | int) -> Decimal:
    try:
        amount = dong(value)
    except ValueError:
        raise WrongPrice(field="price") from None
    if not 0 < amount <= HIGHEST:
        raise WrongPrice(field="price")
    return amount
