"""A cooperative's lots: make one, say what happened to it, print its labels, recall it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives import stock
from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.codes import normalise
from marketplace.foundation.forms import CleanForm, render_form, sent
from marketplace.foundation.http import page_of, refusals_in, shown
from traceability import codes, events, labels
from traceability import lots as rules
from traceability.forms import (
    BatchForm,
    EventForm,
    LabelsForm,
    LotForm,
    LotPaperForm,
    RecallForm,
    RetireForm,
    StockForm,
)
from traceability.models import Lot, TraceCode, TraceEvent
from traceability.statuses import CodeKind, CodeStatus, LotStatus
from traceability.templatetags.trace import whole

from .journeys import road

show_or_send = require_http_methods(["GET", "HEAD", "POST"])


def _lot(desk: Desk, pk: int) -> Lot:
    found = codes.with_lot_code(desk.cooperative.lots.select_related("product", "cooperative__stall"))
    return get_object_or_404(found, pk=pk)


def _to_lot(desk: Desk, lot: Lot) -> HttpResponse:
    return redirect("desk:lot", desk.slug, lot.pk)


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def lots(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every lot, newest first, with what is left of it."""
    mine = codes.with_lot_code(desk.cooperative.lots.select_related("product"))
    page = page_of(request, mine.order_by("-made_on", "-pk"), 20)
    left = rules.balances(page.object_list)
    rows = [(lot, left[lot.pk]) for lot in page.object_list]
    return render(request, "traceability/desk/lots.html", desk.page("lots", page=page, rows=rows))


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    products = desk.cooperative.products.filter(removed_at__isnull=True).order_by("title")
    products = products.exclude(stockrecords__is_set=True)
    newest = desk.cooperative.lots.order_by("-pk").values_list("pk", flat=True).first() or 0
    form = LotForm(
        *sent(request),
        products=products,
        initial={"product": request.GET.get("hang", "")[:12], "newest_seen": newest},
    )
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_in(form):
            made = rules.open_lot(
                desk.cooperative,
                asked["product"],
                made_on=asked["made_on"],
                packed_on=asked["packed_on"],
                expires_on=asked["expires_on"],
                quantity=asked["quantity"] or 0,
                number=asked["number"],
                note=asked["note"],
                newest_seen=asked["newest_seen"],
                by=desk.actor,
            )
            messages.success(
                request, _("Đã mở lô %(number)s. Giờ ghi việc đã làm, hoặc in tem.") % {"number": made.number}
            )
            return _to_lot(desk, made)
    context = desk.page("lots", has_products=products.exists())
    return render_form(request, "traceability/desk/lot_add.html", context, form)


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def lot(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    return _show(request, desk, _lot(desk, pk))


def _show(
    request: HttpRequest, desk: Desk, lot: Lot, *, status: int = 200, **forms: CleanForm
) -> HttpResponse:
    """One lot: what is left, its code, its journey, its papers; a form that was refused stays as it was typed."""
    told = events.journey(lot)
    context = desk.page(
        "lots",
        lot=lot,
        left=rules.balance(lot),
        journey=[{**step, **_mend(desk, lot, event)} for step, event in zip(road(told), told, strict=True)],
        papers=lot.lot_papers.select_related("paper").order_by("-issued_on"),
        unit_codes=lot.codes.filter(kind=CodeKind.UNIT).count(),
        is_open=lot.status == LotStatus.OPEN,
        is_recalled=lot.status == LotStatus.RECALLED,
        **forms,
    )
    context.setdefault("stock_form", StockForm(initial={"newest_seen": _newest_movement(lot)}))
    return render(request, "traceability/desk/lot.html", context, status=status)


def _newest_movement(lot: Lot) -> int:
    record = lot.product.stock
    return stock.newest_movement(record) if record else 0


def _mend(desk: Desk, lot: Lot, event: TraceEvent) -> dict[str, Any]:
    address = reverse("desk:lot_event", args=[desk.slug, lot.pk])
    return {"url": f"{address}?sua={event.pk}", "action": _("Ghi lại cho đúng")}


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_event(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Record what happened; ``?sua=<event>`` records it again in place of one that was wrong."""
    lot = _lot(desk, pk)
    wrong = _event_to_correct(lot, request)
    form = EventForm(*sent(request), initial=_as_told(wrong) if wrong else _next_place(lot))
    if form.is_valid():
        told = dict(form.cleaned_data)
        with refusals_in(form):
            if wrong:
                events.correct(wrong, by=desk.actor, **told)
            else:
                events.record(lot, told.pop("kind"), by=desk.actor, **told)
            messages.success(request, _("Đã ghi vào đường đi của lô."))
            return _to_lot(desk, lot)
    context = desk.page("lots", lot=lot, wrong=wrong)
    return render_form(request, "traceability/desk/lot_event.html", context, form)


def _event_to_correct(lot: Lot, request: HttpRequest) -> TraceEvent | None:
    asked = request.GET.get("sua")
    if not asked:
        return None
    return next(
        (event for event in events.journey(lot) if str(event.pk) == asked), None
    ) or get_object_or_404(lot.events.filter(pk=_uuid(asked)))


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text[:40])
    except ValueError:
        return uuid.UUID(int=0)


def _as_told(event: TraceEvent) -> dict[str, Any]:
    fields = ("kind", "occurred_on", "place", "households", "quantity", "note")
    return {field: getattr(event, field) for field in fields}


def _next_place(lot: Lot) -> dict[str, Any]:
    """Most steps happen where the last one did, or at the cooperative: less to type."""
    last = lot.events.order_by("-recorded_at").values_list("place", flat=True).first()
    return {"place": last or lot.cooperative.place}


@never_cache
@require_POST
@desk(Role.PACKER, Role.SELLER)
def lot_stock(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    lot = _lot(desk, pk)
    form = StockForm(request.POST)
    if form.is_valid():
        quantity = form.cleaned_data["quantity"]
        with refusals_in(form):
            rules.add_stock(lot, quantity, newest_seen=form.cleaned_data["newest_seen"], by=desk.actor)
            unit = lot.product.unit
            messages.success(
                request, _("Đã nhập %(n)s %(unit)s vào lô.") % {"n": whole(quantity), "unit": unit}
            )
            return _to_lot(desk, lot)
    return _show(request, desk, lot, status=422, stock_form=form)


@never_cache
@require_POST
@desk(Role.PACKER, Role.SELLER)
def lot_close(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    lot = _lot(desk, pk)
    with shown(request) as done:
        rules.close_lot(lot, by=desk.actor)
    if done.ok:
        messages.success(request, _("Đã đóng lô. Vẫn bán, ghi việc và in tem được."))
    return _to_lot(desk, lot)


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_codes(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The lot's code, the form that prints labels; POST takes a packet's code out of use."""
    lot = _lot(desk, pk)
    retire = RetireForm(*sent(request))
    if retire.is_valid():
        with refusals_in(retire):
            found = lot.codes.filter(kind=CodeKind.UNIT, pk=normalise(retire.cleaned_data["code"])).first()
            if found is None:
                raise codes.CodeRefused(_("Lô này không có mã gói đó."), field="code")
            codes.retire(found, reason=retire.cleaned_data["reason"], by=desk.actor)
            messages.success(request, _("Mã đã thôi dùng. Ai quét sẽ được báo."))
            return redirect("desk:lot_codes", desk.slug, lot.pk)
    return _codes_page(request, desk, lot, retire=retire, status=422 if retire.is_bound else 200)


def _codes_page(
    request: HttpRequest,
    desk: Desk,
    lot: Lot,
    *,
    status: int = 200,
    retire: CleanForm | None = None,
    form: CleanForm | None = None,
) -> HttpResponse:
    units = lot.codes.filter(kind=CodeKind.UNIT)
    issued = units.count()
    layout = request.GET.get("kho", "24")
    context = desk.page(
        "lots",
        lot=lot,
        batches=[
            (one, BatchForm(initial=_batch_fields(one, layout), auto_id=f"lo{one.first}-%s"))
            for one in codes.batches(lot)
        ],
        retired=units.filter(status=CodeStatus.RETIRED),
        issued=issued,
        retire=retire or RetireForm(),
        form=form or LabelsForm(initial={"seen": issued}),
        is_recalled=lot.status == LotStatus.RECALLED,
    )
    return render(request, "traceability/desk/lot_codes.html", context, status=status)


def _batch_fields(batch: codes.Batch, layout: str) -> dict[str, Any]:
    return {"first": batch.first, "count": batch.count, "layout": layout}


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_labels(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Answer with the PDF of the labels that were asked for; the record keeps who printed how many.

    New unit codes are issued first and lead back to the page, where their batch waits to be printed: so a second
    press never puts one packet's code on two packets. GET leads to the form.
    """
    lot = _lot(desk, pk)
    if request.method != "POST":
        return redirect("desk:lot_codes", desk.slug, lot.pk)
    if "first" in request.POST:
        form: CleanForm = BatchForm(request.POST)
        if form.is_valid():
            asked = form.cleaned_data
            with shown(request):
                return _pdf(desk, lot, codes.batch(lot, asked["first"], asked["count"]), asked["layout"])
        return redirect("desk:lot_codes", desk.slug, lot.pk)
    form = LabelsForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_in(form):
            if asked["kind"] == CodeKind.LOT:
                return _pdf(desk, lot, [codes.issue_lot_code(lot)] * asked["count"], asked["layout"])
            codes.issue_unit_codes(lot, asked["count"], seen=asked["seen"], by=desk.actor)
            messages.success(request, _("Đã cấp %(n)s mã gói. Bấm “Tải tem” để in.") % {"n": asked["count"]})
            address = reverse("desk:lot_codes", args=[desk.slug, lot.pk])
            return redirect(f"{address}?kho={asked['layout']}#dot")
    return _codes_page(request, desk, lot, status=422, form=form)


def _pdf(desk: Desk, lot: Lot, wanted: list[TraceCode], layout: str) -> HttpResponse:
    if lot.status == LotStatus.RECALLED:
        raise labels.LabelsRefused(_("Lô đã bị thu hồi, không in tem nữa."))
    answer = HttpResponse(
        labels.sheet_pdf(wanted, lot=lot, layout=layout, by=desk.actor), content_type="application/pdf"
    )
    answer["Content-Disposition"] = f'attachment; filename="tem-{lot.pk}-{len(wanted)}.pdf"'
    return answer


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_paper(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    lot = _lot(desk, pk)
    form = LotPaperForm(*sent(request))
    if form.is_valid():
        asked = dict(form.cleaned_data)
        with refusals_in(form):
            rules.add_paper(lot, upload=asked.pop("paper"), by=desk.actor, **asked)
            messages.success(request, _("Đã thêm giấy tờ. Người quét mã thấy tên, số và ngày của giấy."))
            return _to_lot(desk, lot)
    return render_form(request, "traceability/desk/lot_paper.html", desk.page("lots", lot=lot), form)


@never_cache
@show_or_send
@desk()
def lot_recall(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Ask the director why and whether it is meant, then recall."""
    lot = _lot(desk, pk)
    form = RecallForm(*sent(request))
    if form.is_valid():
        with refusals_in(form):
            rules.recall_lot(lot, reason=form.cleaned_data["reason"], by=desk.actor)
            messages.success(request, _("Đã thu hồi lô. Ai quét mã cũng được báo đừng dùng."))
            return _to_lot(desk, lot)
    return render_form(request, "traceability/desk/lot_recall.html", desk.page("lots", lot=lot), form)
