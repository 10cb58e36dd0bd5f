"""Prices: the regular one, special ones for a while, and the memory of every change (DESIGN 11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import dong
from marketplace.foundation.refusals import Refusal

from .models import PriceChange, PriceWindow, StockRecord

HIGHEST = Decimal(10**9)  # 999 of it still fit into the columns of a line


@dataclass(frozen=True, slots=True)
class Price:
    """What one sale unit costs now in whole đồng, what it costs otherwise, and the key of the window
    that makes it cheaper.
    """

    amount: Decimal
    regular: Decimal
    window_id: int | None = None

    @property
    def is_special(self) -> bool:
        return self.window_id is not None


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
    return Price(dong(best.price) if best else regular, regular, best.pk if best else None)


def change_price(stock_record: StockRecord, new_price: Decimal | int, *, by: Actor) -> PriceChange | None:
    """Set the regular price in whole đồng and remember the old one; None when it is the same.

    Live at once (DESIGN 10). Locks the stock row. Raises WrongPrice.
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

    Raises WrongPrice, and WrongWindow when it has no length, no units, does not undercut the regular price, or
    counts units of a set, which orders know only as its parts.
    """
    amount = _price(price)
    if ends_at <= starts_at:
        raise WrongWindow(_("Lúc kết thúc phải sau lúc bắt đầu."), field="ends_at")
    if limit is not None and limit < 1:
        raise WrongWindow(_("Số lượng phải từ 1 trở lên."), field="limit")
    with transaction.atomic():
        row = StockRecord.objects.select_for_update(no_key=True).get(pk=stock_record.pk)
        if amount >= row.price:
            raise WrongWindow(_("Giá đặc biệt phải thấp hơn giá bán thường."), field="price")
        if limit is not None and row.is_set:
            raise WrongWindow(
                _("Giá trong đợt của một bộ không đặt được số lượng nhiều nhất."), field="limit"
            )
        window = PriceWindow.objects.create(
            stock_record=row,
            price=amount,
            starts_at=starts_at,
            ends_at=ends_at,
            code=code,
            limit=limit,
            **signed(by),
        )
        audit.record("price.window", window, by=by, stock_record=row.pk, price=amount, code=code, limit=limit)
    return window


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
