"""The buyer's page of a purchase, its VietQR codes, and finding it again."""

from __future__ import annotations

import io

import qrcode
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts import letters, push
from marketplace.accounts.views import push_answer
from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import shown
from orders import lookups, payments, progress
from orders.forms import LookupForm
from orders.models import Payment, Purchase
from orders.statuses import OrderStatus, PaymentMethod, PaymentStatus


@never_cache
@require_safe
def purchase(request: HttpRequest, token: str) -> HttpResponse:
    """Everything about one purchase: parcels, what is paid, QR codes, lots. The link is the key; no sign-in."""
    found = lookups.whole(token)
    if found is None:
        raise Http404
    orders = [progress.OrderView(order) for order in sorted(found.orders.all(), key=lambda order: order.pk)]
    transfers = [
        view for view in orders if view.order.payment.method == PaymentMethod.VIETQR and view.is_alive
    ]
    sent = [
        view
        for view in transfers
        if view.order.payment.status in {PaymentStatus.CLAIMED, PaymentStatus.RECEIVED}
    ]
    return render(
        request,
        "orders/shop/purchase.html",
        {
            "purchase": found,
            "is_new": all(view.order.status == OrderStatus.PLACED for view in orders),
            "orders": orders,
            "transfers": len(transfers),
            "transfers_sent": len(sent),
            "open_number": next((view.order.number for view in orders if view.wants_transfer), ""),
            # The letters of a purchase speak of all its orders; the page of one order has none.
            "letters": [] if lookups.is_of_one_order(token) else letters.of(found.mailbox)[:10],
            "push_key": "" if lookups.is_of_one_order(token) else push.public_key(),
            "active_tab": "me",
        },
    )


def _payment(token: str, number: str) -> Payment:
    payment = lookups.payment_of(token, number)
    if payment is None:
        raise Http404
    return payment


@never_cache
@require_safe
def purchase_qr(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """The VietQR of one order as a PNG that a phone can save and open from its bank app.

    404 once no transfer is expected: nobody should pay twice, or for an order that ended.
    """
    payment = _payment(token, number)
    if not payments.waits_for_money(payment):
        raise Http404
    symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=12, border=4)
    symbol.add_data(payments.qr_payload(payment))
    picture = io.BytesIO()
    symbol.make_image().save(picture, format="PNG")
    response = HttpResponse(picture.getvalue(), content_type="image/png")
    if "luu" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="vietqr-{payment.memo}.png"'
    return response


@require_POST
def purchase_claim(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """ "Tôi đã chuyển": the clock stops, the cooperative is asked to look."""
    payment = _payment(token, number)
    with shown(request) as said:
        payments.claim(payment, by=Actor.of(request.user))
    if said.ok:
        messages.success(request, _("Đã báo cho %(name)s.") % {"name": payment.order.cooperative.name})
    return redirect("shop:purchase", token)


@require_POST
def purchase_push(request: HttpRequest, token: str) -> HttpResponse:
    """The buyer's device is told how this purchase goes on, or no more; JSON for ``push.js``."""
    found = Purchase.objects.filter(token=token).first()
    if found is None:  # nor behind the link of one order: the letters speak of them all
        raise Http404
    return push_answer(request, found.mailbox)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def order_lookup(request: HttpRequest) -> HttpResponse:
    """Phone and code open the purchase page, also after months. Wrong or unknown: one and the same sentence."""
    form = LookupForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        if not lookups.may_try(request):
            form.add_error(None, _("Bạn đã thử nhiều lần. Hãy đợi 10 phút rồi thử lại."))
            return render(request, "orders/shop/lookup.html", {"form": form, "active_tab": "me"}, status=429)
        token = lookups.by_phone_and_code(form.cleaned_data["phone"], form.cleaned_data["code"])
        if token is not None:
            return redirect("shop:purchase", token)
        lookups.note_miss(request)
        form.add_error(None, _("Không thấy lần mua nào khớp số điện thoại và mã này. Hãy xem lại cả hai."))
    return render_form(request, "orders/shop/lookup.html", {"active_tab": "me"}, form)
