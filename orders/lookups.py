"""Finding a purchase again without an account: the secret link, or phone and code, also after months."""

from __future__ import annotations

import hashlib
import re

from django.core.cache import cache
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from marketplace.foundation.codes import normalise
from marketplace.foundation.http import client_ip

from . import invoices
from .models import Line, Order, Parcel, Payment, Pick, Purchase

_ORDER_TOKEN = re.compile(r"don-[0-9A-Z]{8}-[0-9a-f]{32}")


def by_phone_and_code(phone: str, code: str) -> str | None:
    """Return the token of the page that ``phone`` opens with ``code``, or None.

    The number of a purchase opens all of it, the number of an order that order alone: its cooperative knows number
    and phone too. ``code`` is taken as people type it: any case, dashes, "CP" in front as on a transfer.
    """
    number = normalise(code)
    if len(number) > 8:
        number = number[-8:]
    token = Purchase.objects.filter(number=number, phone=phone).values_list("token", flat=True).first()
    if token is not None:
        return token
    found = Order.objects.filter(number=number, purchase__phone=phone).select_related("purchase").first()
    if found is None:
        return None
    is_alone = not found.purchase.orders.exclude(pk=found.pk).exists()
    return found.purchase.token if is_alone else found.token


def is_of_one_order(token: str) -> bool:
    """Whether ``token`` is made like those of ``Order.token``; the tokens of purchases are shorter."""
    return bool(_ORDER_TOKEN.fullmatch(token))


def _order_behind(token: str) -> Order | None:
    found = Order.objects.filter(number=token[4:12]).select_related("purchase").first()
    return found if found and constant_time_compare(found.token, token) else None


def payment_of(token: str, number: str) -> Payment | None:
    """Return the payment of order ``number`` when the page behind ``token`` shows that order, else None."""
    payments = Payment.objects.select_related("order__purchase", "order__cooperative")
    if is_of_one_order(token):
        order = _order_behind(token)
        return payments.filter(order=order).first() if order and order.number == number else None
    return payments.filter(order__purchase__token=token, order__number=number).first()


def whole(token: str) -> Purchase | None:
    """Return the purchase behind a secret link with everything its page shows, in a fixed number of queries.

    Behind the link of one order it is cut down to that order: its number, its total, no letters.
    """
    only = None
    if is_of_one_order(token):
        only = _order_behind(token)
        if only is None:
            return None
    orders = Order.objects.select_related(
        "cooperative__stall", "payment", "voucher", "invoice_request"
    ).prefetch_related(
        Prefetch("parcels", Parcel.objects.select_related("service")),
        Prefetch("parcels__picks", Pick.objects.select_related("line", "lot").order_by("pk")),
        "parcels__picks__lot__codes",
        "parcels__events",
        "status_changes",
        Prefetch("lines", Line.objects.select_related("product").order_by("pk")),
        "lines__product__images",
    )
    if only is None:
        found = Purchase.objects.filter(token=token).prefetch_related(Prefetch("orders", orders)).first()
        return _with_changes(found) if found else None
    purchase = Purchase.objects.prefetch_related(Prefetch("orders", orders.filter(pk=only.pk))).get(
        pk=only.purchase_id
    )
    purchase.number, purchase.token, purchase.total = only.number, token, only.total_incl_tax
    return _with_changes(purchase)


def _with_changes(purchase: Purchase) -> Purchase:
    """Fetch what changed the price, what goes back and which invoices there are, for the few orders with such rows."""
    orders = list(purchase.orders.all())
    prefetch_related_objects([order for order in orders if order.reduced], "reductions__line")
    paid = [order for order in orders if order.payment.status in {"received", "refunded"}]
    prefetch_related_objects(paid, "payment__refunds__bank")
    asked = [order for order in orders if invoices.request_of(order)]
    prefetch_related_objects(asked, "invoice_request__invoices__file")
    return purchase


TRIES = 10
WINDOW_SECONDS = 600


def _misses_of(request: HttpRequest) -> str:
    return f"tra-don:{hashlib.sha256(client_ip(request).encode()).hexdigest()[:20]}"


def may_try(request: HttpRequest) -> bool:
    """Tell whether this address may look once more: fewer than ten misses in ten minutes.

    Only misses count, so a village behind one address is not locked out by its own orders. Counted in the cache:
    a dead cache lets people in rather than out.
    """
    return bool((cache.get(_misses_of(request)) or 0) < TRIES)


def note_miss(request: HttpRequest) -> None:
    """Count one look-up that found nothing."""
    key = _misses_of(request)
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        cache.incr(key)
    except ValueError:  # the key ran out between the two calls
        cache.set(key, 1, WINDOW_SECONDS)
