"""What templates say about purchases and orders: codes in groups, states in colours, panels for other floors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, ngettext

from catalog.models import Product
from marketplace.accounts.models import User
from marketplace.foundation import codes
from marketplace.foundation.money import format_dong, spell_dong
from orders import progress, purchases, ratings
from orders.forms import SCORES, ids
from orders.models import Line, Order, Parcel, Purchase, Rating
from orders.statuses import (
    ComplaintStatus,
    OrderStatus,
    PaymentStatus,
    RatingStatus,
    RefundStatus,
    ReturnStatus,
    StatementStatus,
    TransferState,
)

register = template.Library()

TINTS = {
    OrderStatus.PLACED: "wait",
    OrderStatus.CONFIRMED: "info",
    OrderStatus.PACKED: "info",
    OrderStatus.SHIPPED: "info",
    OrderStatus.DELIVERED: "ok",
    OrderStatus.RETURNED: "bad",
    OrderStatus.CANCELLED: "bad",
    PaymentStatus.ON_DELIVERY: "info",
    PaymentStatus.WAITING: "wait",
    PaymentStatus.CLAIMED: "wait",
    PaymentStatus.SHORT: "wait",
    PaymentStatus.RECEIVED: "ok",
    PaymentStatus.REFUNDED: "info",
    RefundStatus.OWED: "wait",
    RefundStatus.SENT: "ok",
    PaymentStatus.EXPIRED: "bad",
    PaymentStatus.VOID: "info",
    TransferState.OPEN: "wait",
    TransferState.SETTLED: "ok",
    TransferState.CLOSED: "info",
    RatingStatus.SHOWN: "ok",
    RatingStatus.HIDDEN: "bad",
    StatementStatus.READY: "wait",
    StatementStatus.APPLIED: "ok",
    StatementStatus.BROKEN: "bad",
    ReturnStatus.REQUESTED: "wait",
    ReturnStatus.AGREED: "info",
    ReturnStatus.DISPUTED: "wait",
    ReturnStatus.GOODS_BACK: "info",
    ReturnStatus.REJECTED: "bad",
    ComplaintStatus.OPEN: "wait",
    ComplaintStatus.ANSWERED: "info",
    ComplaintStatus.ESCALATED: "wait",
    # what a row of a statement does
    "pays": "ok",
    "over": "wait",
    "late": "wait",
    "duplicate": "wait",
    "several": "wait",
    "bad": "bad",
}
WORDS = dict([*OrderStatus.choices, *PaymentStatus.choices])


@register.filter
def pretty(code: str) -> str:
    """7K3M9Q2X → "7K3M-9Q2X", for reading aloud."""
    return codes.pretty(code)


@register.filter
def tint(status: str) -> str:
    """The colour class of a tag for the state of an order, a payment, a transfer, a statement or a row of one."""
    return TINTS.get(status, "info")  # type: ignore[call-overload]


@register.filter
def status_words(status: str) -> str:
    """The words of an order's or a payment's status; the two share no value."""
    return str(WORDS.get(status, status))


@register.filter
def done_words(status: str) -> str:
    """What somebody did when an order came to ``status``, for the list of who did what."""
    words = {
        OrderStatus.PLACED: gettext("Đặt đơn"),
        OrderStatus.CONFIRMED: gettext("Xác nhận đơn"),
        OrderStatus.PACKED: gettext("Đóng gói hàng"),
        OrderStatus.SHIPPED: gettext("Gửi hàng"),
        OrderStatus.DELIVERED: gettext("Đã giao"),
        OrderStatus.RETURNED: gettext("Hàng hoàn về"),
        OrderStatus.CANCELLED: gettext("Huỷ đơn"),
    }
    return words[OrderStatus(status)]


@register.filter
def for_buyer(order: Order) -> str:
    """The state of an order in the buyer's words; the choices' own words are the cooperative's."""
    words = {
        OrderStatus.PLACED: gettext("Chờ xác nhận"),
        OrderStatus.CONFIRMED: gettext("Đang chuẩn bị"),
        OrderStatus.PACKED: gettext("Đã đóng gói"),
        OrderStatus.SHIPPED: gettext("Đang giao"),
        OrderStatus.DELIVERED: gettext("Đã giao"),
        OrderStatus.RETURNED: gettext("Hàng hoàn về"),
        OrderStatus.CANCELLED: gettext("Đã huỷ"),
    }
    return words[OrderStatus(order.status)]


@register.filter
def summary(order: Order) -> str:
    """ "2 × Miến dong, 1 × Trà", numbers kept beside their goods; reads ``lines`` (prefetch them on lists)."""
    return purchases.summary(order).replace(" × ", "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}")


@register.filter
def unit_parts(line: Line) -> list[tuple[str, int]]:
    """Where a line's units stand, in words with their numbers; empty while nothing was taken off or came back and
    all stand together."""
    parts = [
        (gettext("chưa đóng gói"), line.num_open),
        (gettext("đã đóng gói"), line.num_packed),
        (gettext("đã gửi"), line.num_kept),
        (gettext("hoàn về"), line.num_returned),
        (gettext("bớt"), line.num_cancelled),
    ]
    parts = [(words, n) for words, n in parts if n]
    is_plain = len(parts) == 1 and not (line.num_returned or line.num_cancelled)
    return [] if is_plain and not line.packed_grams else parts


@register.filter
def taken_off(amount: Decimal) -> str:
    """What was taken off, with its sign: −30.000 ₫; what came on top: +15.000 ₫."""
    return ("\N{MINUS SIGN}" if amount > 0 else "+") + format_dong(abs(amount))


@register.filter
def in_words(amount: Decimal) -> str:
    """An amount in words, as a Vietnamese paper carries it; nothing in another language."""
    return spell_dong(amount) if get_language() == "vi" else ""


@register.filter
def contents(parcel: Parcel) -> list[progress.InParcel]:
    """What is in a parcel, line by line."""
    return progress.contents(parcel)


@register.simple_tag
def form_of(forms: dict[str, Any], kind: str, pk: int) -> Any:
    """The form of one thing on a page that shows several (``forms.ids``); None when the page has none for it."""
    return forms.get(ids(kind, pk))


@register.filter
def shortly(value: dt.datetime) -> str:
    """A moment as 08:12 when it is today, as 08:12 · 21/11 this year, else with the year."""
    local, now = timezone.localtime(value), timezone.localtime()
    if local.date() == now.date():
        return f"{local:%H:%M}"
    return f"{local:%H:%M · %d/%m}" if local.year == now.year else f"{local:%H:%M · %d/%m/%Y}"


@register.inclusion_tag("orders/_tracker.html")
def parcel_tracker(parcel: Parcel) -> dict[str, Any]:
    """Where a parcel is as its carrier tells it, and the carrier's own page; no query with ``events`` and ``service``
    prefetched."""
    return {"events": parcel.events.all(), "page": parcel.page_at_carrier, "carrier": parcel.carrier}


@register.inclusion_tag("orders/shop/_my_purchases.html")
def my_purchases(user: User) -> dict[str, Any]:
    """The last ten purchases of a signed-in buyer, newest first, each leading to its page; three queries."""
    found = Purchase.objects.filter(user=user).prefetch_related("orders__cooperative").order_by("-pk")
    return {"purchases": found[:10]}


@register.filter
def score_words(rating: Rating) -> str:
    """What a score means, in words: "Rất tốt"."""
    return str(dict(SCORES)[rating.score])


@register.simple_tag
def mean_rating(product: Product) -> str:
    """What buyers gave on the whole: "Người mua chấm 4,8/5 (12 đánh giá)"."""
    return ngettext(
        "Người mua chấm %(mean)s/5 (%(n)s đánh giá)",
        "Người mua chấm %(mean)s/5 (%(n)s đánh giá)",
        product.num_ratings,
    ) % {"mean": number_format(product.rating, 1), "n": product.num_ratings}


@register.inclusion_tag("orders/_product_ratings.html")
def product_ratings(product: Product) -> dict[str, Any]:
    """The newest three ratings of a product, for its page; one query when there are any."""
    newest = list(ratings.of_product(product)[:3]) if product.num_ratings else []
    return {"product": product, "ratings": newest, "cooperative": product.cooperative.name}
