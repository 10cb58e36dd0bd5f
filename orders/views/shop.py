"""The buyer's page of a purchase, its VietQR codes, and finding it again."""

from __future__ import annotations

import io

import qrcode
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives.views.files import paper_answer
from marketplace.accounts import letters, push
from marketplace.accounts.views import push_answer
from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import CleanForm, render_form, sent
from marketplace.foundation.http import refusals_in, shown
from orders import cancelling, invoices, lookups, payments, progress, refunds, sets
from orders.basket import baskets
from orders.forms import CancelForm, InvoiceForm, LookupForm, RefundAccountForm, ids
from orders.models import Invoice, Payment, Purchase
from orders.statuses import OrderStatus, PaymentMethod, PaymentStatus, RefundStatus


@never_cache
@require_safe
def purchase(request: HttpRequest, token: str) -> HttpResponse:
    """Everything about one purchase: parcels, what is paid, QR codes, lots. The link is the key; no sign-in."""
    return _page(request, token)


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


def _page(request: HttpRequest, token: str, *, refused: CleanForm | None = None) -> HttpResponse:
    found = lookups.whole(token)
    if found is None:
        raise Http404
    orders = [progress.OrderView(order) for order in sorted(found.orders.all(), key=lambda order: order.pk)]
    transfers = [
        view for view in orders if view.order.payment.method == PaymentMethod.VIETQR and view.is_alive
    ]
    made = [
        view
        for view in transfers
        if view.order.payment.status
        in {PaymentStatus.CLAIMED, PaymentStatus.RECEIVED, PaymentStatus.REFUNDED}
    ]
    return render(
        request,
        "orders/shop/purchase.html",
        {
            "purchase": found,
            "is_new": all(view.order.status == OrderStatus.PLACED for view in orders),
            "orders": orders,
            "transfers": len(transfers),
            "transfers_sent": len(made),
            "open_number": next((view.order.number for view in orders if view.wants_transfer), ""),
            # The letters of a purchase speak of all its orders; the page of one order has none.
            "letters": [] if lookups.is_of_one_order(token) else letters.of(found.mailbox)[:10],
            "push_key": "" if lookups.is_of_one_order(token) else push.public_key(),
            "active_tab": "me",
            "forms": _forms(orders, refused),
        },
        status=200 if refused is None else 422,
    )


def _forms(orders: list[progress.OrderView], refused: CleanForm | None) -> dict[str, CleanForm]:
    """The forms of the page by their ``auto_id``: cancelling, and where a refund goes; the refused one as typed."""
    forms: dict[str, CleanForm] = {}
    for view in orders:
        if view.may_cancel_by_buyer:
            own: CleanForm = CancelForm(auto_id=ids("cancel", view.order.pk))
            forms[str(own.auto_id)] = own
        if invoices.may_ask(view.order):
            first = {
                "name": view.order.buyer_name,
                "address": view.order.whole,
                "email": view.order.guest_email,
            }
            if view.wish:
                first = {name: getattr(view.wish, name) for name in InvoiceForm.base_fields}
            own = InvoiceForm(auto_id=ids("invoice", view.order.pk), initial=first)
            forms[str(own.auto_id)] = own
        for refund in view.refunds:
            if refund.status == RefundStatus.OWED:
                initial = {
                    "bank": refund.bank_id,
                    "number": refund.account_number,
                    "holder": refund.account_holder,
                }
                own = RefundAccountForm(auto_id=ids("account", refund.pk), initial=initial)
                forms[str(own.auto_id)] = own
    if refused is not None:
        forms[str(refused.auto_id)] = refused
    return forms


@require_POST
def purchase_cancel(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """The buyer changes her mind while nobody has packed yet."""
    order = _payment(token, number).order
    form = CancelForm(request.POST, auto_id=ids("cancel", order.pk))
    if form.is_valid():
        with refusals_in(form):
            cancelling.cancel_by_buyer(order, reason=form.cleaned_data["reason"], by=Actor.of(request.user))
            messages.success(
                request, _("Đã huỷ đơn. %(name)s đã được báo.") % {"name": order.cooperative.name}
            )
            return redirect("shop:purchase", token)
    return _page(request, token, refused=form)


@require_POST
def purchase_account(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """The buyer says where money should go back to."""
    payment = _payment(token, number)
    refund = payment.refunds.filter(status=RefundStatus.OWED).first()
    if refund is None:
        messages.error(request, _("Khoản này đã trả hoặc không còn phải trả."))
        return redirect("shop:purchase", token)
    form = RefundAccountForm(request.POST, auto_id=ids("account", refund.pk))
    if form.is_valid():
        with refusals_in(form):
            refunds.name_account(refund, by=Actor.of(request.user), **form.cleaned_data)
            messages.success(request, _("Đã ghi tài khoản. Hợp tác xã sẽ chuyển trả bạn."))
            return redirect("shop:purchase", token)
    return _page(request, token, refused=form)


@require_POST
def purchase_invoice(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """The buyer wants an invoice for an order that is placed already, or mends on whom it is made out."""
    order = _payment(token, number).order
    form = InvoiceForm(request.POST, auto_id=ids("invoice", order.pk))
    if form.is_valid():
        with refusals_in(form):
            invoices.ask(order, invoices.MadeOutTo(**form.wish()), by=Actor.of(request.user))
            messages.success(
                request, _("Đã ghi. %(name)s sẽ xuất hoá đơn cho bạn.") % {"name": order.cooperative.name}
            )
            return redirect("shop:purchase", token)
    return _page(request, token, refused=form)


@never_cache
@require_safe
def invoice_file(request: HttpRequest, token: str, number: str) -> FileResponse:
    """The file of the invoice in force."""
    in_force = Invoice.objects.filter(request__order=_payment(token, number).order, replaced_at=None)
    invoice = in_force.select_related("file").first()
    if invoice is None or invoice.file is None:
        raise Http404
    return paper_answer(invoice.file)


@require_POST
def purchase_push(request: HttpRequest, token: str) -> HttpResponse:
    """The buyer's device is told how this purchase goes on, or no more; JSON for ``push.js``."""
    found = Purchase.objects.filter(token=token).first()
    if found is None:  # nor behind the link of one order: the letters speak of them all
        raise Http404
    return push_answer(request, found.mailbox)


@require_POST
def buy_again(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """Put the goods of an order into the basket once more; what is not to be had is named."""
    order = _payment(token, number).order
    titles: dict[int, str] = {}
    wanted: dict[int, int] = {}
    for one in sets.bought(order):
        if one.product_id:
            titles[one.product_id] = one.title
            wanted[one.product_id] = wanted.get(one.product_id, 0) + one.quantity
    with transaction.atomic():
        basket = baskets.open_for(request)
        gone = baskets.take_again(basket, wanted)
    if gone:
        names = ", ".join(titles[key] for key in gone)
        messages.error(request, _("Không còn đủ để mua lại: %(names)s.") % {"names": names})
    if len(gone) < len(wanted):
        messages.success(request, _("Hàng của đơn cũ đã ở trong giỏ. Giá là giá hôm nay."))
    return baskets.remember(redirect("shop:basket"), basket)


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
