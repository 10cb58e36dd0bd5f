"""Vouchers: codes that take something off a purchase, one for each, and who pays for it (decision 019).

What a voucher takes off lands on the lines in whole đồng, so that everything behind (weights, parts of orders,
returns, books) knows only what the buyer pays for a line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import format_dong, round_dong, share
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import glued
from marketplace.places.loading import short_name

from .models import BookEntry, Order, Purchase, Voucher, VoucherUse
from .statuses import Account, OrderStatus, VoucherBearer

if TYPE_CHECKING:
    from .basket.baskets import Item, Parcel

SHORTEST, LONGEST = 4, 20
MOST_PERCENT = 50  # so that nothing costs nothing; a bound in the law on promotions is unverified


class VoucherRefusal(Refusal):
    """The voucher was not made, or takes nothing off this purchase."""


@dataclass(frozen=True)
class Tried:
    """A code as it was tried on a basket: the voucher and what it takes off, or ``why`` it takes nothing off."""

    code: str = ""
    voucher: Voucher | None = None
    amount: Decimal = Decimal(0)
    why: str = ""


def plain_code(typed: str) -> str:
    """A code as it is compared: capitals and digits, without marks, blanks and dashes.

    >>> plain_code(" tết-2027 ")
    'TET2027'
    """
    return glued(typed).upper()


# --- made and ended -----------------------------------------------------------------------------------------
@transaction.atomic
def make_voucher(
    *,
    code: str,
    most: Decimal,
    percent: int | None = None,
    least: Decimal = Decimal(0),
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    limit: int | None = None,
    once_a_phone: bool = True,
    cooperative: Cooperative | None = None,
    goods: Collection[int] = (),
    province_code: str = "",
    bearer_name: str = "",
    by: Actor,
) -> Voucher:
    """Make a voucher of ``cooperative``, which bears it, or a market-wide one that the alliance ``bearer_name`` bears.

    ``most`` and ``least`` (how much of the goods it asks for) in whole đồng; ``goods``: ids of the cooperative's own
    products, none for all. Raises VoucherRefusal for a code that cannot be or is taken, for more than half the price
    of the goods, for days without length and for goods of others.
    """
    code = plain_code(code)
    if not SHORTEST <= len(code) <= LONGEST:
        raise VoucherRefusal(
            gettext("Mã phải có từ %(least)s đến %(most)s chữ và số, không dấu.")
            % {"least": SHORTEST, "most": LONGEST},
            field="code",
        )
    if percent is not None and not 1 <= percent <= MOST_PERCENT:
        raise VoucherRefusal(_("Giảm được từ 1 đến 50 phần trăm."), field="percent")
    if percent is None and least < most * 2:
        raise VoucherRefusal(
            gettext("Giảm nhiều nhất một nửa tiền hàng: mã giảm %(most)s cần đơn từ %(least)s trở lên.")
            % {"most": format_dong(most), "least": format_dong(most * 2)},
            field="least",
        )
    if not timezone.now() < ends_at or ends_at <= starts_at:
        raise VoucherRefusal(_("Ngày cuối phải từ ngày bắt đầu trở đi."), field="last")
    own = set(Product.objects.filter(pk__in=goods, cooperative=cooperative).values_list("pk", flat=True))
    if own != set(goods):
        raise VoucherRefusal(_("Chỉ chọn được hàng của hợp tác xã mình."), field="goods")
    try:
        with transaction.atomic():
            voucher = Voucher.objects.create(
                code=code,
                cooperative=cooperative,
                province_code=province_code,
                bearer=VoucherBearer.COOPERATIVE if cooperative else VoucherBearer.ALLIANCE,
                bearer_name=cooperative.name[:120] if cooperative else bearer_name,
                percent=percent,
                most=most,
                least=least,
                starts_at=starts_at,
                ends_at=ends_at,
                limit=limit,
                once_a_phone=once_a_phone,
                **signed(by),
            )
    except IntegrityError:
        raise VoucherRefusal(
            gettext("Mã %(code)s đã có trên chợ. Hãy đặt mã khác.") % {"code": code}, field="code"
        ) from None
    voucher.goods.set(own)
    audit.record("voucher.make", voucher, by=by, most=most, percent=percent, least=least, limit=limit)
    return voucher


@transaction.atomic
def end_voucher(voucher: Voucher, *, by: Actor) -> Voucher:
    """Let nobody use a voucher any more; purchases that have it keep it. Locks it; ended twice is ended once."""
    row = Voucher.objects.select_for_update(no_key=True).get(pk=voucher.pk)
    now = timezone.now()
    if row.ends_at > now:
        row.ends_at = max(now, row.starts_at)
        row.save(update_fields=["ends_at"])
        audit.record("voucher.end", row, by=by)
    return row


def alliance_name(place: str) -> str:
    """Return what the alliance of a province is called; ``place`` empty: of the country. Stored in Vietnamese."""
    with translation.override("vi"):
        if not place:
            return gettext("Liên minh HTX Việt Nam")
        return gettext("Liên minh HTX %(name)s") % {"name": short_name(place)}


def open_to(cooperative: Cooperative) -> QuerySet[Voucher]:
    """Return the market-wide vouchers, running or to come, that hold for a cooperative's goods."""
    alive = Voucher.objects.filter(cooperative=None, ends_at__gt=timezone.now())
    return alive.filter(province_code__in=["", cooperative.province_code])


# --- tried and taken ----------------------------------------------------------------------------------------
def try_on(parcels: Iterable[Parcel], code: str, *, phone: str = "") -> Tried:
    """Lay what ``code`` takes off on the goods of ``parcels``, before anything asks them for a fee.

    ``phone`` is the buyer's, when it is known. Where the code does not hold nothing is laid, and ``why`` is a
    sentence. Nothing is written. No query without a code, at most three with one.
    """
    wanted = plain_code(code)
    if not wanted:
        return Tried()
    voucher = Voucher.objects.select_related("cooperative").filter(code=wanted).first()
    if voucher is None:
        return Tried(
            wanted, why=gettext("Không có mã %(code)s. Hãy xem lại từng chữ.") % {"code": wanted[:LONGEST]}
        )
    why = _why_closed(voucher) or _why_used(voucher, phone)
    groups = _groups(voucher, parcels)
    base = sum((item.total for group in groups for item in group), Decimal(0))
    why = why or _why_not_these(voucher, base)
    if why:
        return Tried(wanted, why=why)
    amount = worth(voucher, base)
    lay(amount, groups)
    return Tried(wanted, voucher, amount)


def take(parcels: Iterable[Parcel], code: str, *, phone: str) -> Tried:
    """Take one use of ``code`` inside placement, and lay it on the goods; ``write_use`` follows.

    One conditional statement, after the stock is locked; it keeps the voucher's row until the transaction ends, so
    two purchases of one phone pass one behind the other. Raises VoucherRefusal when it does not hold any more.
    """
    tried = try_on(parcels, code)
    if tried.voucher is None:
        raise VoucherRefusal(tried.why, code="voucher")
    now = timezone.now()
    open_now = Q(starts_at__lte=now, ends_at__gt=now) & (Q(limit=None) | Q(taken__lt=F("limit")))
    if not Voucher.objects.filter(open_now, pk=tried.voucher.pk).update(taken=F("taken") + 1):
        tried.voucher.refresh_from_db()
        raise VoucherRefusal(_why_closed(tried.voucher), code="voucher")
    if why := _why_used(tried.voucher, phone):
        raise VoucherRefusal(why, code="voucher")
    return tried


def write_use(voucher: Voucher, amount: Decimal, purchase: Purchase) -> None:
    """Write that ``purchase`` has the voucher that ``take`` took, and ``amount`` đồng off."""
    VoucherUse.objects.create(voucher=voucher, purchase=purchase, phone=purchase.phone, amount=amount)


def worth(voucher: Voucher, base: Decimal) -> Decimal:
    """Return what a voucher takes off goods of ``base`` đồng, in whole đồng; never more than they cost."""
    amount = voucher.most if voucher.percent is None else round_dong(base * voucher.percent / 100)
    return min(amount, voucher.most, base)


def lay(amount: Decimal, groups: list[list[Item]]) -> None:
    """Share ``amount`` among the orders (``groups``) by what their goods cost, and in each among its lines.

    Whole đồng by the largest remainder, exact to the đồng; a line gets no more than it costs, as long as ``amount``
    is no more than all of them.
    """
    of_orders = share(amount, [sum(item.total for item in group) for group in groups])
    for part, group in zip(of_orders, groups, strict=True):
        for item, of_line in zip(group, share(part, [item.total for item in group]), strict=True):
            item.share = of_line


def _groups(voucher: Voucher, parcels: Iterable[Parcel]) -> list[list[Item]]:
    """The items that a voucher holds for, of one cooperative each."""
    only = set(voucher.goods.values_list("pk", flat=True)) if voucher.cooperative_id else set()
    found = []
    for parcel in parcels:
        if voucher.cooperative_id not in {None, parcel.cooperative.pk}:
            continue
        if voucher.province_code not in {"", parcel.cooperative.province_code}:
            continue
        if items := [item for item in parcel.items if not only or item.product.pk in only]:
            found.append(items)
    return found


def _why_closed(voucher: Voucher) -> str:
    code, now = {"code": voucher.code}, timezone.now()
    if voucher.ends_at <= now:
        return gettext("Mã %(code)s đã hết hạn.") % code
    if voucher.starts_at > now:
        day = f"{timezone.localtime(voucher.starts_at):%d/%m/%Y}"
        return gettext("Mã %(code)s dùng được từ ngày %(day)s.") % {**code, "day": day}
    if voucher.limit is not None and voucher.taken >= voucher.limit:
        return gettext("Mã %(code)s vừa hết lượt dùng.") % code
    return ""


def _why_used(voucher: Voucher, phone: str) -> str:
    if not voucher.once_a_phone or not phone:
        return ""
    if not voucher.uses.filter(phone=phone, given_back_at=None).exists():
        return ""
    return gettext("Số điện thoại này đã dùng mã %(code)s rồi, mỗi số dùng một lần.") % {"code": voucher.code}


def _why_not_these(voucher: Voucher, base: Decimal) -> str:
    words = {"code": voucher.code, "least": format_dong(voucher.least)}
    if not base:
        if voucher.cooperative:
            words["name"] = voucher.cooperative.name
            return gettext("Mã %(code)s chỉ dùng cho hàng của %(name)s có trong chương trình.") % words
        return gettext("Mã %(code)s không dùng cho hàng trong giỏ này.") % words
    if base < voucher.least:
        words["more"] = format_dong(voucher.least - base)
        return gettext("Mã %(code)s cần tiền hàng từ %(least)s, còn thiếu %(more)s.") % words
    return ""


# --- given back ---------------------------------------------------------------------------------------------
def give_back(order: Order) -> None:
    """Give a purchase's use back when the last of its orders was cancelled; called under the order's lock.

    Locks the use, so two orders of one purchase that end at once give it back once. Nothing happens while an order
    is alive, or when one had been sent.
    """
    use = (
        VoucherUse.objects.select_for_update(no_key=True)
        .filter(purchase_id=order.purchase_id, given_back_at=None)
        .first()
    )
    if use is None:
        return
    if Order.objects.filter(purchase_id=order.purchase_id).exclude(status=OrderStatus.CANCELLED).exists():
        return
    use.given_back_at = timezone.now()
    use.save(update_fields=["given_back_at"])
    Voucher.objects.filter(pk=use.voucher_id).update(taken=F("taken") - 1)


def take_again(order: Order) -> None:
    """Take the use of a purchase again whose order is taken up again; its lines keep their shares in any case.

    When others have its uses by now the limit is not passed: the buyer was promised the price all the same.
    """
    use = (
        VoucherUse.objects.select_for_update(no_key=True)
        .filter(purchase_id=order.purchase_id, given_back_at__isnull=False)
        .first()
    )
    if use is None:
        return
    is_free = Q(limit=None) | Q(taken__lt=F("limit"))
    if Voucher.objects.filter(is_free, pk=use.voucher_id).update(taken=F("taken") + 1):
        use.given_back_at = None
        use.save(update_fields=["given_back_at"])


# --- what an alliance owes ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Support:
    """What an alliance owes one cooperative for the goods of one month, in whole đồng."""

    month: dt.date
    name: str
    amount: Decimal


def support_of(province_code: str) -> list[Support]:
    """Return what the alliance of a province ("": of the country) owes, newest month first; one query."""
    entries = BookEntry.objects.filter(account=Account.SUPPORT, order__voucher__province_code=province_code)
    rows = entries.order_by("-month", "cooperative__name").values_list("month", "cooperative__name")
    return [Support(*row) for row in rows.annotate(n=Sum("amount")) if row[2]]
