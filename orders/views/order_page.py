"""One order at the desk: what its page shows, with the forms that its state needs. Views of steps end here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cooperatives.access import Desk
from cooperatives.statuses import Role
from marketplace.foundation.forms import CleanForm
from orders import invoices, notices, payments, picking, progress
from orders.forms import (
    BackForm,
    CutForm,
    GiveForm,
    IssuedInvoiceForm,
    PackForm,
    ReasonForm,
    RefundAccountForm,
    RefundSentForm,
    ShipForm,
    ids,
)
from orders.incoming import transfers
from orders.models import Carrier, Invoice, Order, Parcel
from orders.shipping import tracking
from orders.statuses import OrderStatus, ParcelStatus, PaymentMethod, RefundStatus


def order_of(desk: Desk, number: str) -> Order:
    """Return the desk's own order with what its page shows, or 404."""
    orders = desk.cooperative.orders.select_related(
        "payment", "purchase", "cooperative__stall", "voucher", "invoice_request"
    )
    return get_object_or_404(
        orders.prefetch_related(
            "lines",
            "parcels__service",
            "parcels__picks__line",
            "parcels__picks__lot__codes",
            "parcels__events",
            "reductions__line",
            "payment__refunds__bank",
            "payment__refunds__evidence",
            Prefetch("invoice_request__invoices", Invoice.objects.select_related("file")),
        ),
        number=number,
    )


def give_targets(order: Order) -> list[tuple[str, str]]:
    """Return what money can be taken off: lines that still cost something, and the parcel fee."""
    lines = [(str(line.pk), line.full_title) for line in order.lines.all() if line.due > 0]
    return [*lines, ("fee", str(_("Phí gửi")))] if order.shipping_incl_tax else lines


def show_order(
    request: HttpRequest, desk: Desk, order: Order, *, status: int = 200, **forms: CleanForm
) -> HttpResponse:
    """One order with the one next step it needs; a form that was refused stays as it was typed."""
    carriers = tracking.carriers()
    context = desk.page(
        "orders",
        order=order,
        view=progress.OrderView(order),
        zalo=notices.zalo_text(order),
        carriers=carriers,
        may_money=desk.membership.role in {Role.DIRECTOR, Role.SELLER},
        waits_for_money=payments.waits_for_money(order.payment),
        payment_changes=order.payment.changes.all(),
        given=transfers.given_to(order.payment),
        changes=order.status_changes.order_by("date_created"),
        **forms,
    )
    view = context["view"]
    if order.status == OrderStatus.CONFIRMED and "pack_form" not in forms:
        context["pack_form"] = PackForm(suggestions=picking.suggest_picks(order))
    sending = _sending(order, carriers) if view.to_ship else ("", "")
    context["parcels"] = [_parcel_forms(parcel, forms, sending) for parcel in view.parcels]
    if view.invoice or (view.wish and order.status not in invoices.ENDED):
        first = {"seen": view.invoice.pk if view.invoice else None}
        context.setdefault("issued_form", IssuedInvoiceForm(prefix="issued", initial=first))
    if view.may_cut:
        context.setdefault("cut_form", CutForm(lines=list(order.lines.all()), prefix="cut"))
    if targets := give_targets(order):
        context.setdefault("give_form", GiveForm(targets=targets, prefix="give"))
    bounced = forms.get("bounced_form")
    context["refunds"] = [
        (row, _as_typed(bounced, ReasonForm(auto_id=ids("bounced", row.pk)))) for row in view.refunds
    ]
    for name in ("cancel", "undo", "drop"):
        context.setdefault(f"{name}_form", ReasonForm(prefix=name))
    owed = next((row for row in view.refunds if row.status == RefundStatus.OWED), None)
    if owed is not None:
        context.setdefault("account_form", RefundAccountForm(prefix="account"))
        context.setdefault("sent_form", RefundSentForm(prefix="sent"))
    return render(request, "orders/desk/order.html", context, status=status)


def _sending(order: Order, carriers: dict[str, Carrier]) -> tuple[str, str]:
    """What a ship form starts with: the first carrier that fits, or that the buyer takes it; and a hint for goods that
    must stay cold."""
    if order.pickup:
        return _("Khách đến lấy"), ""
    needs_cash = order.payment.method == PaymentMethod.COD
    fitting = [name for name, carrier in carriers.items() if carrier.takes_cod or not needs_cash]
    is_cold = order.lines.filter(product__needs_cold=True).exists()
    hint = tracking.cold_hint(order, carriers.values()) if is_cold else ""
    return next(iter(fitting), ""), hint


def _parcel_forms(parcel: Parcel, forms: dict[str, CleanForm], sending: tuple[str, str]) -> dict[str, Any]:
    """One parcel with the forms that its state needs; the one that was refused stays as typed."""
    shown: dict[str, Any] = {"parcel": parcel, "contents": progress.contents(parcel)}
    if parcel.status == ParcelStatus.PACKED:
        own = ShipForm(auto_id=ids("ship", parcel.pk), initial={"carrier": sending[0]})
        own.fields["carrier"].help_text = sending[1]
        shown["ship_form"] = _as_typed(forms.get("ship_form"), own)
    if parcel.status == ParcelStatus.SHIPPED:
        own = BackForm(auto_id=ids("back", parcel.pk), picks=list(parcel.picks.all()))
        shown["back_form"] = _as_typed(forms.get("back_form"), own)
    return shown


def _as_typed(refused: CleanForm | None, own: CleanForm) -> CleanForm:
    """Return the form that was refused when it is for the same thing as ``own``."""
    return refused if refused is not None and refused.auto_id == own.auto_id else own


def back_to(request: HttpRequest, desk: Desk, order: Order, said: Any) -> HttpResponse:
    """Back to the order, which says in one sentence what was done."""
    messages.success(request, said)
    return redirect("desk:order", desk.stall.slug, order.number)
