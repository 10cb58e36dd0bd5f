"""A cooperative's lots: make one, say what happened to it, print its labels."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.models import Product
from cooperatives import stock
from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.codes import normalise
from marketplace.foundation.forms import CleanForm, render_form, sent
from marketplace.foundation.http import page_of, private_file, refusals_in, shown
from traceability import codes, dossier, events, making, prints, queues, stamps, uploads
from traceability import lots as rules
from traceability.forms import (
    CodeForm,
    EventForm,
    ExpiryForm,
    LabelsForm,
    LotForm,
    LotPaperForm,
    MakeForm,
    MoveCodeForm,
    PhotoForm,
    RunForm,
    StampsForm,
    StockForm,
    WaiverForm,
)
from traceability.models import CodeRun, Lot, TraceEvent
from traceability.statuses import (
    OF_RECALLS,
    AlarmStatus,
    CodeKind,
    CodeStatus,
    DossierItem,
    DossierStatus,
    LotStatus,
    PrintStatus,
    TraceKind,
)
from traceability.templatetags.trace import whole

from .journeys import road, tags

show_or_send = require_http_methods(["GET", "HEAD", "POST"])


def _lot(desk: Desk, pk: int) -> Lot:
    found = codes.with_lot_code(
        desk.cooperative.lots.select_related("product__category", "cooperative__stall")
    )
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
    copied, reported, waiting = queues.open_at(desk.cooperative)
    context = desk.page("lots", page=page, rows=rows, copied=copied, reported=reported, waiting=waiting)
    return render(request, "traceability/desk/lots.html", context)


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_scan(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a typed code (GET) or a photo of one (POST) to its lot at this desk; a script may ask for the lot's key."""
    typed, photo = CodeForm(), PhotoForm()
    asked: CodeForm | PhotoForm = typed
    if request.method == "POST":
        asked = photo = PhotoForm(request.POST, request.FILES)
    elif "code" in request.GET:
        asked = typed = CodeForm(request.GET)
    if asked.is_valid():
        lot = desk.cooperative.lots.filter(codes=asked.cleaned_data["code"]).first()
        if lot is None:
            asked.add_error(None, _("Mã này không có trong sổ của hợp tác xã mình."))
        elif _wants_json(request):
            return JsonResponse({"lot": lot.pk, "number": lot.number})
        else:
            return _to_lot(desk, lot)
    if _wants_json(request):
        problem = next((errors[0] for errors in asked.errors.values()), "")
        return JsonResponse({"problem": problem}, status=422)
    context = desk.page("lots", typed=typed, photo=photo)
    return render_form(request, "traceability/desk/lot_scan.html", context, asked)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    products = _made_here(desk)
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
    told = events.journey(lot, untold=True)
    made_of, made_into = making.steps_of(lot)
    context = desk.page(
        "lots",
        lot=lot,
        left=rules.balance(lot),
        journey=[
            {**step, "tags": tags(event), **_mend(desk, lot, event)}
            for step, event in zip(road(told), told, strict=True)
        ],
        undecided=uploads.undecided(lot).count(),
        made_of=made_of,
        made_into=made_into,
        papers=lot.lot_papers.select_related("paper").order_by("-issued_on"),
        unit_codes=codes.units_issued(lot),
        is_open=lot.status == LotStatus.OPEN,
        is_recalled=lot.status == LotStatus.RECALLED,
        is_released=lot.dossier == DossierStatus.RELEASED,
        missing=dossier.missing(dossier.items_of(lot)),
        unfinished=uploads.unfinished(lot),
        **forms,
    )
    context.setdefault("stock_form", StockForm(initial={"newest_seen": _newest_movement(lot)}))
    return render(request, "traceability/desk/lot.html", context, status=status)


def _newest_movement(lot: Lot) -> int:
    record = lot.product.stock
    return stock.newest_movement(record) if record else 0


def _mend(desk: Desk, lot: Lot, event: TraceEvent) -> dict[str, Any]:
    if event.kind == TraceKind.MADE_FROM or event.kind in OF_RECALLS:
        return {}
    address = reverse("desk:lot_event", args=[desk.slug, lot.pk])
    return {"url": f"{address}?sua={event.pk}", "action": _("Ghi lại cho đúng")}


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_event(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Record what happened; ``?sua=<event>`` records it again in place of one that was wrong."""
    lot = _lot(desk, pk)
    wrong = _event_to_correct(lot, request)
    form = EventForm(*sent(request), lot=lot, initial=_as_told(wrong) if wrong else _next_place(lot))
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
        (event for event in events.journey(lot, untold=True) if str(event.pk) == asked), None
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
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_make(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Make a new lot out of this one, perhaps with others: packed tea of green tea, a mixture, a part set apart."""
    lot = _lot(desk, pk)
    form = MakeForm(
        *sent(request),
        products=_made_here(desk),
        usable=making.usable(desk.cooperative, lot),
        initial={"product": lot.product_id, **_next_place(lot)},
    )
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_in(form):
            made = making.make_lot(
                desk.cooperative,
                form.inputs(),
                asked["product"],
                quantity=asked["quantity"],
                made_on=asked["made_on"],
                expires_on=asked["expires_on"],
                place=asked["place"],
                event_id=asked["event_id"],
                by=desk.actor,
            )
            messages.success(
                request, _("Đã làm lô %(number)s. Kho đã trừ số dùng.") % {"number": made.number}
            )
            return _to_lot(desk, made)
    return render_form(request, "traceability/desk/lot_make.html", desk.page("lots", lot=lot), form)


def _made_here(desk: Desk) -> QuerySet[Product]:
    """What lots may be made of: what is sold, but no sets."""
    mine = desk.cooperative.products.filter(removed_at__isnull=True).order_by("title")
    return mine.exclude(stockrecords__is_set=True)


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
    """The lot's code, its runs of unit codes and the form that prints labels.

    POST says that a run is on goods, or that one packet was sold or its code goes out of use.
    """
    lot = _lot(desk, pk)
    if "activated" in request.POST:
        run = get_object_or_404(lot.code_runs, pk=_number(request.POST["activated"]))
        with shown(request) as done:
            codes.activate_run(run, by=desk.actor)
        if done.ok:
            messages.success(request, _("Đã ghi: tem của đợt này đã dán lên hàng."))
        return redirect("desk:lot_codes", desk.slug, lot.pk)
    move = MoveCodeForm(*sent(request))
    if move.is_valid():
        with refusals_in(move):
            _move_code(desk, lot, move.cleaned_data)
            messages.success(request, _("Đã ghi cho mã gói này."))
            return redirect("desk:lot_codes", desk.slug, lot.pk)
    return _codes_page(request, desk, lot, move=move, status=422 if move.is_bound else 200)


def _move_code(desk: Desk, lot: Lot, asked: dict[str, Any]) -> None:
    found = lot.codes.filter(kind=CodeKind.UNIT, pk=normalise(asked["code"])).first()
    if found is None:
        raise codes.CodeRefused(_("Lô này không có mã gói đó."), field="code")
    if asked["to"] == CodeStatus.SOLD:
        codes.sell(found, by=desk.actor)
    else:
        codes.revoke(found, reason=asked["reason"], by=desk.actor)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0


def _codes_page(
    request: HttpRequest,
    desk: Desk,
    lot: Lot,
    *,
    status: int = 200,
    move: CleanForm | None = None,
    form: CleanForm | None = None,
    run_form: RunForm | None = None,
) -> HttpResponse:
    layout = request.GET.get("kho", "24")
    runs = [(run, _run_form(run, layout, run_form), run.waiting) for run in prints.runs(lot)]
    issued = codes.units_issued(lot)
    context = desk.page(
        "lots",
        lot=lot,
        runs=runs,
        prints=lot.label_prints.select_related("run").order_by("-pk")[:20],
        retired=lot.codes.filter(kind=CodeKind.UNIT, status=CodeStatus.REVOKED).count(),
        issued=issued,
        move=move or MoveCodeForm(),
        form=form or LabelsForm(initial={"seen": issued}),
        is_recalled=lot.status == LotStatus.RECALLED,
        is_released=lot.dossier == DossierStatus.RELEASED,
    )
    return render(request, "traceability/desk/lot_codes.html", context, status=status)


def _run_form(run: CodeRun, layout: str, refused: RunForm | None) -> RunForm:
    if refused is not None and refused["run"].value() == str(run.pk):
        return refused
    return RunForm(initial={"run": run.pk, "layout": layout}, auto_id=f"dot{run.pk}-%s")


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_stamps(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Stamps bought elsewhere that are on the lot."""
    lot = _lot(desk, pk)
    form = StampsForm(*sent(request))
    if form.is_valid():
        with refusals_in(form):
            made = stamps.note(lot, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã ghi %(n)s tem vào lô.") % {"n": whole(made.count)})
            return redirect("desk:lot_stamps", desk.slug, lot.pk)
    context = desk.page("lots", lot=lot, stamps=lot.stamps.order_by("-pk")[:50])
    return render_form(request, "traceability/desk/lot_stamps.html", context, form)


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_labels(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Promise the labels that were asked for and lead to the page that shows how far they are.

    New unit codes are issued first and lead back to the page, where their run waits to be printed: so a second press
    never puts one packet's code on two packets. GET leads to the form.
    """
    lot = _lot(desk, pk)
    if request.method != "POST":
        return redirect("desk:lot_codes", desk.slug, lot.pk)
    if "run" in request.POST:
        again = RunForm(request.POST, auto_id=f"dot{_number(request.POST['run'])}-%s")
        if again.is_valid():
            run = get_object_or_404(lot.code_runs.select_related("lot"), pk=again.cleaned_data["run"])
            with refusals_in(again):
                asked = again.cleaned_data
                made = prints.ask_for_run(
                    run,
                    reason=asked["reason"],
                    has_pins=asked["has_pins"],
                    by=desk.actor,
                    **again.paper(),
                )
                return redirect("desk:lot_print", desk.slug, lot.pk, made.pk)
        return _codes_page(request, desk, lot, status=422, run_form=again)
    form = LabelsForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_in(form):
            if asked["kind"] == CodeKind.LOT:
                made = prints.ask_for_lot(lot, asked["count"], by=desk.actor, **form.paper())
                return redirect("desk:lot_print", desk.slug, lot.pk, made.pk)
            codes.issue_unit_codes(lot, asked["count"], seen=asked["seen"], by=desk.actor)
            messages.success(
                request, _("Đã cấp %(n)s mã gói. Bấm “In đợt này” để in.") % {"n": asked["count"]}
            )
            address = reverse("desk:lot_codes", args=[desk.slug, lot.pk])
            return redirect(f"{address}?kho={asked['layout']}#dot")
    return _codes_page(request, desk, lot, status=422, form=form)


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def lot_print(request: HttpRequest, desk: Desk, pk: int, number: int) -> HttpResponse:
    """How far the labels are; the page renews itself until they can be downloaded."""
    lot = _lot(desk, pk)
    made = get_object_or_404(lot.label_prints.select_related("run"), pk=number)
    context = desk.page("lots", lot=lot, print=made, is_working=made.status == PrintStatus.WAITING)
    return render(request, "traceability/desk/lot_print.html", context)


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def lot_print_file(request: HttpRequest, desk: Desk, pk: int, number: int) -> HttpResponse:
    """The PDF, once every sheet of it was read back."""
    lot = _lot(desk, pk)
    made = get_object_or_404(lot.label_prints.filter(status=PrintStatus.READY), pk=number)
    answer = private_file(
        made.file.open("rb"), name=f"tem-{lot.number}-{made.count}.pdf", content_type="application/pdf"
    )
    answer["Content-Disposition"] = answer["Content-Disposition"].replace("inline", "attachment", 1)
    return answer


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def alarms(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Packets' codes that were scanned so often that their labels may be copied, the newest first."""
    found = desk.cooperative.alarms.exclude(status=AlarmStatus.WATCHED).select_related("code__lot__product")
    page = page_of(request, found.order_by("-changed_at", "pk"), 20)
    return render(request, "traceability/desk/alarms.html", desk.page("lots", page=page))


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def reports(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What people reported as fake, the newest first, and what officers found."""
    found = desk.cooperative.fake_reports.select_related("code__lot__product", "photo")
    page = page_of(request, found.order_by("-reported_at", "-pk"), 20)
    return render(request, "traceability/desk/reports.html", desk.page("lots", page=page))


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
@desk(Role.PACKER, Role.SELLER)
def lot_dossier(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What the law asks of a lot, item by item, where to fill it in, and the button that releases the lot.

    POST says why an item does not apply, writes the expiry, or (``release``) releases.
    """
    lot = _lot(desk, pk)
    here = redirect("desk:lot_dossier", desk.slug, lot.pk)
    if "release" in request.POST:
        with shown(request) as done:
            dossier.release_lot(lot, by=desk.actor)
        if done.ok:
            messages.success(request, _("Đã chốt hồ sơ. Giờ in và dán tem được."))
        return here
    expiry = ExpiryForm(request.POST if "expires_on" in request.POST else None)
    if expiry.is_valid():
        with refusals_in(expiry):
            dossier.set_expiry(lot, expiry.cleaned_data["expires_on"], by=desk.actor)
            messages.success(request, _("Đã ghi hạn dùng của lô."))
            return here
    items = dossier.items_of(lot)
    open_items = [item for item in items if item.may_be_waived and not item.told]
    waiver = WaiverForm(*(sent(request) if not expiry.is_bound else (None, None)), items=open_items)
    if waiver.is_valid():
        with refusals_in(waiver):
            dossier.waive(lot, by=desk.actor, **waiver.cleaned_data)
            messages.success(request, _("Đã ghi lý do, ký tên bạn."))
            return here
    said = {one.item: one for one in lot.waivers.all()}
    missing = dossier.missing(items)
    unfinished = uploads.unfinished(lot)
    context = desk.page(
        "lots",
        lot=lot,
        rows=[
            (item, said.get(item.key) if item.waived else None, _where(desk, lot, item.key)) for item in items
        ],
        missing=missing,
        unfinished=unfinished,
        unseen=[one for one in unfinished if not one.is_told],
        done=len(items) - len(missing),
        expiry=expiry if lot.expires_on is None else None,
        waiver=waiver if open_items else None,
        is_released=lot.dossier == DossierStatus.RELEASED,
        is_recalled=lot.status == LotStatus.RECALLED,
    )
    status = 422 if expiry.errors or waiver.errors else 200
    return render(request, "traceability/desk/lot_dossier.html", context, status=status)


def _where(desk: Desk, lot: Lot, key: DossierItem) -> str:
    """The page where an item is filled in; empty where it is nobody's to change."""
    steps = {
        DossierItem.NAME: "ten",
        DossierItem.PICTURE: "anh",
        DossierItem.MAKER: "nhan",
        DossierItem.ORIGIN: "noi",
        DossierItem.EXPIRY: "nhan",
        DossierItem.STANDARD: "nhan",
    }
    if key in steps:
        return reverse("desk:product_step", args=[desk.slug, lot.product_id, steps[key]])
    return reverse("desk:lot_event", args=[desk.slug, lot.pk]) if key == DossierItem.EVENTS else ""
