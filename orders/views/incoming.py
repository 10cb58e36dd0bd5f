"""Money in: a cooperative's tray of transfers, one transfer, and its bank statements."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.forms import CleanForm, render_form, sent
from marketplace.foundation.http import page_of, refusals_in, shown
from orders.forms import AssignForm, CloseForm, NotifierForm, ReasonForm, StatementForm
from orders.incoming import notifiers, statements, transfers
from orders.models import IncomingTransfer, StatementImport
from orders.statuses import NotifierKind, StatementStatus, TransferReason


@never_cache
@require_safe
@desk(Role.SELLER)
def transfers_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The tray: what a person must look at first, everything else behind a filter."""
    which = request.GET.get("loc", "can-xem")
    counts = transfers.counts(desk.cooperative)
    words = {
        "can-xem": _("Cần xem"),
        "khong-ro": _("Không rõ"),
        "da-ghi": _("Đã ghi vào đơn"),
        "xong": _("Đã xử lý"),
    }
    which = which if which in words else "can-xem"
    return render(
        request,
        "orders/desk/transfers.html",
        desk.page(
            "orders",
            page=page_of(request, transfers.of(desk.cooperative, which), 20),
            filters=[(key, word, counts[key]) for key, word in words.items()],
            which=which,
        ),
    )


def _transfer(desk: Desk, pk: int) -> IncomingTransfer:
    return get_object_or_404(transfers.of(desk.cooperative), pk=pk)


@never_cache
@require_safe
@desk(Role.SELLER)
def transfer(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One transfer: what the bank said, where its money is, what can be done with the rest."""
    return _show(request, desk, _transfer(desk, pk))


def _show(
    request: HttpRequest, desk: Desk, row: IncomingTransfer, *, status: int = 200, **forms: CleanForm
) -> HttpResponse:
    left = transfers.left_of(row)
    context = desk.page(
        "orders",
        transfer=row,
        left=left,
        on_orders=transfers.on_orders(row),
        suggestions=transfers.suggestions(row) if left else [],
        **forms,
    )
    context.setdefault("assign_form", AssignForm(prefix="assign"))
    context.setdefault("close_form", CloseForm(prefix="close"))
    context.setdefault("release_form", ReasonForm(prefix="release"))
    return render(request, "orders/desk/transfer.html", context, status=status)


def _done(request: HttpRequest, desk: Desk, row: IncomingTransfer, said: Any) -> HttpResponse:
    messages.success(request, said)
    return redirect("desk:transfer", desk.stall.slug, row.pk)


@require_POST
@desk(Role.SELLER)
def transfer_assign(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Put the rest of a transfer on the order with this number."""
    row = _transfer(desk, pk)
    form = AssignForm(request.POST, prefix="assign")
    if form.is_valid():
        with refusals_in(form):
            order = transfers.order_called(desk.cooperative, form.cleaned_data["order"])
            transfers.assign(row, order, by=desk.actor)
            return _done(request, desk, row, _("Đã ghi khoản này vào đơn."))
    return _show(request, desk, _transfer(desk, pk), status=422, assign_form=form)


@require_POST
@desk(Role.SELLER)
def transfer_release(request: HttpRequest, desk: Desk, pk: int, number: str) -> HttpResponse:
    """Take the money of a transfer off the order it was put on by mistake."""
    row = _transfer(desk, pk)
    form = ReasonForm(request.POST, prefix="release")
    order = get_object_or_404(desk.cooperative.orders, number=number)
    if form.is_valid():
        with refusals_in(form):
            transfers.release(row, order, reason=form.cleaned_data["reason"], by=desk.actor)
            return _done(request, desk, row, _("Đã bỏ khoản này ra khỏi đơn."))
    return _show(request, desk, _transfer(desk, pk), status=422, release_form=form)


@require_POST
@desk(Role.SELLER)
def transfer_close(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Say what became of money that is for no order."""
    row = _transfer(desk, pk)
    form = CloseForm(request.POST, prefix="close")
    if form.is_valid():
        with refusals_in(form):
            transfers.close(row, note=form.note(), by=desk.actor)
            return _done(request, desk, row, _("Đã ghi lại."))
    return _show(request, desk, _transfer(desk, pk), status=422, close_form=form)


@require_POST
@desk(Role.SELLER)
def transfers_close(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Close the chosen transfers that are nobody's order: other money of the cooperative."""
    typed = request.POST.getlist("transfer")[:100]
    keys = [int(key) for key in typed if key.isascii() and key.isdigit() and len(key) <= 18]
    closed = transfers.close_many(desk.cooperative, keys, note=_("Không phải tiền hàng"), by=desk.actor)
    if closed:
        said = ngettext("Đã cất %(n)s khoản.", "Đã cất %(n)s khoản.", closed) % {"n": closed}
        messages.success(request, said)
    else:
        messages.info(request, _("Chưa chọn khoản nào."))
    return redirect(reverse("desk:transfers", args=[desk.stall.slug]) + "?loc=khong-ro")


# --- notices --------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk()
def notifier(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose the service that tells of transfers, see what to enter there and when it was last heard; or stop it."""
    if request.method == "POST" and "stop" in request.POST:
        notifiers.stop(desk.cooperative, by=desk.actor)
        messages.success(request, _("Đã tắt báo có tự động."))
        return redirect("desk:notifier", desk.stall.slug)
    form = NotifierForm(*sent(request), initial={"kind": NotifierKind.SEPAY})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            notifiers.choose(desk.cooperative, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã bật báo có tự động."))
            return redirect("desk:notifier", desk.stall.slug)
    found = notifiers.of(desk.cooperative)
    address = settings.MARKET_URL + reverse("bank_notice", args=[found.token]) if found else ""
    return render_form(
        request, "orders/desk/notifier.html", desk.page("orders", notifier=found, address=address), form
    )


# --- statements -----------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk(Role.SELLER)
def statements_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Send in a bank's statement; the last ones."""
    form = StatementForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            statement = statements.send_in(
                form.cleaned_data["file"], cooperative=desk.cooperative, by=desk.actor
            )
            return redirect("desk:statement", desk.stall.slug, statement.pk)
    rows = desk.cooperative.statements.order_by("-pk")[:20]
    return render_form(request, "orders/desk/statements.html", desk.page("orders", statements=rows), form)


def _statement(desk: Desk, pk: int) -> StatementImport:
    return get_object_or_404(desk.cooperative.statements, pk=pk)


def outcome_words() -> dict[str, str]:
    """What a row of a statement does, in words, in the order of the filters."""
    return {
        statements.PAYS: _("Vào đơn"),
        TransferReason.OVER.value: _("Vào đơn, còn thừa"),
        TransferReason.LATE.value: _("Đơn đã hết hạn hoặc đã huỷ"),
        TransferReason.DUPLICATE.value: _("Đơn đã nhận đủ tiền"),
        TransferReason.SEVERAL.value: _("Nhiều đơn, tổng không khớp"),
        TransferReason.UNKNOWN.value: _("Không rõ của đơn nào"),
        statements.KNOWN: _("Đã có trên chợ"),
        statements.BAD: _("Không đọc được"),
        statements.OUT: _("Tiền ra"),
    }


@never_cache
@require_safe
@desk(Role.SELLER)
def statement(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """How far a statement is; then what each row will do, and the button that does it."""
    found = _statement(desk, pk)
    which = request.GET.get("loc", "")
    context = desk.page("orders", statement=found, is_working=found.status in _WORKING)
    if not context["is_working"]:
        counts, words = statements.counts(found), outcome_words()
        which = which if which in words else ""
        page = page_of(request, statements.rows(found, which), 50)
        context |= {
            "page": page,
            "rows": [(row, words.get(row.outcome, "")) for row in page],
            "filters": [(key, word, counts[key]) for key, word in words.items() if counts[key]],
            "which": which,
            "pays": counts[statements.PAYS] + counts[TransferReason.OVER.value],
        }
    return render(request, "orders/desk/statement.html", context)


_WORKING = {StatementStatus.READING, StatementStatus.APPLYING}


@require_POST
@desk(Role.SELLER)
def statement_apply(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Book the rows that were shown."""
    found = _statement(desk, pk)
    with shown(request):
        statements.apply(found, by=desk.actor)
    return redirect("desk:statement", desk.stall.slug, found.pk)


@require_POST
@desk(Role.SELLER)
def statement_drop(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Leave a statement unbooked."""
    found = _statement(desk, pk)
    with shown(request) as said:
        statements.drop(found, by=desk.actor)
    if said.ok:
        messages.success(request, _("Đã bỏ tệp này. Không có gì được ghi."))
    return redirect("desk:statements", desk.stall.slug)
