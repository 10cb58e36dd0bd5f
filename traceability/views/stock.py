"""A cooperative's stock: every product with what is there, one product's ledger, what came, spoilt or was counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cooperatives import stock
from cooperatives.access import Desk, desk
from cooperatives.models import StockRecord
from cooperatives.statuses import Role
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean, fold
from traceability import stocktake
from traceability.forms import AddForm, MoveForm, PartsForm, SpoilForm, StocktakeForm
from traceability.templatetags.trace import whole

show_or_send = require_http_methods(["GET", "HEAD", "POST"])
COUNTED = re.compile(r"n_([0-9]{1,18})_([0-9]{1,18})")
BY_NAME = ("product__title", "pk")


def _goods(desk: Desk) -> Any:
    """All that is sold, and what is no longer sold but lies there still or is on order."""
    there = Q(product__removed_at__isnull=True) | Q(num_in_stock__gt=0) | Q(num_allocated__gt=0)
    return desk.cooperative.stockrecords.filter(there).select_related("product")


def _asked_for(request: HttpRequest, desk: Desk) -> tuple[Any, str]:
    """The goods whose name holds ``?q=``, with or without marks, by name; and what was asked."""
    goods, q = _goods(desk).filter(is_set=False), clean(request.GET.get("q", "")[:80])
    if q:
        titles = goods.values_list("pk", "product__title")
        goods = goods.filter(pk__in=[key for key, title in titles if fold(q) in fold(title)])
    return goods.order_by(*BY_NAME), q


def _record(desk: Desk, pk: int) -> StockRecord:
    # A key that no database can hold is nobody's.
    return get_object_or_404(_goods(desk), product_id=min(pk, 2**63 - 1))


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def stock_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every product with what is there, what orders hold and what is left to sell."""
    goods, q = _asked_for(request, desk)
    context = desk.page("lots", page=page_of(request, goods, 20), q=q)
    return render(request, "traceability/desk/stock.html", context)


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def stock_of(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One product: its numbers, its lots, and its ledger with what was in stock after each row, newest first.

    A set has no stock of its own: it leads to its parts.
    """
    record = _record(desk, pk)
    if record.is_set:
        return redirect("desk:product_parts", desk.slug, pk)
    movements = record.movements.order_by("-pk").prefetch_related("lot_shares__lot")
    page = page_of(request, movements, 20)
    [parts] = stocktake.parts_of([record]).values()
    context = desk.page(
        "lots",
        record=record,
        page=page,
        rows=_with_balance(record, list(page.object_list)),
        parts=[part for part in parts if part.left],
        has_lots=any(part.lot for part in parts),
    )
    return render(request, "traceability/desk/stock_of.html", context)


def _with_balance(record: StockRecord, movements: list[Any]) -> list[tuple[Any, int]]:
    if not movements:
        return []
    newer = record.movements.filter(pk__gt=movements[0].pk).aggregate(moved=Sum("quantity"))["moved"] or 0
    rows, balance = [], record.num_in_stock - newer
    for movement in movements:
        rows.append((movement, balance))
        balance -= movement.quantity
    return rows


def _one_thing(form_class: type[PartsForm], verb: Callable[..., Any], **said: Any) -> Any:
    """Make the view of one form about one product: ``verb(record, …)``, then back to the product's ledger.

    ``said``: the page's title, lead and button, and the sentence when it is done.
    """

    @never_cache
    @show_or_send
    @desk(Role.PACKER, Role.SELLER)
    def view(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
        record = _record(desk, pk)
        [parts] = stocktake.parts_of([record]).values()
        seen = stock.newest_movement(record)
        form = form_class(*sent(request), parts=parts)
        if form.is_valid():
            with refusals_in(form):
                verb(record, **form.asked(), by=desk.actor)
                counted = {"n": whole(form.cleaned_data["quantity"]), "unit": record.product.unit}
                messages.success(request, said["done"] % counted)
                return redirect("desk:stock_of", desk.slug, pk)
        context = desk.page("lots", record=record, seen=seen, said=said)
        return render_form(request, "traceability/desk/stock_form.html", context, form)

    view.__doc__ = verb.__doc__
    return view


stock_add = _one_thing(
    AddForm,
    stocktake.add,
    title=gettext_lazy("Nhập thêm hàng"),
    lead=gettext_lazy("Hàng mới làm xong, bán được ngay. Muốn in tem thì mở lô trước, rồi nhập vào lô."),
    button=gettext_lazy("Nhập kho"),
    done=gettext_lazy("Đã nhập %(n)s %(unit)s vào kho."),
)
stock_spoil = _one_thing(
    SpoilForm,
    stocktake.spoil,
    title=gettext_lazy("Hàng hỏng, mất"),
    lead=gettext_lazy("Số này ra khỏi kho, không bán nữa. Sổ giữ lý do và tên người ghi."),
    button=gettext_lazy("Ghi hàng hỏng"),
    done=gettext_lazy("Đã ghi %(n)s %(unit)s hỏng hoặc mất."),
)
stock_move = _one_thing(
    MoveForm,
    stocktake.move,
    title=gettext_lazy("Chuyển lô"),
    lead=gettext_lazy("Dùng khi hàng ghi nhầm lô. Tổng số trong kho không đổi."),
    button=gettext_lazy("Chuyển lô"),
    done=gettext_lazy("Đã chuyển %(n)s %(unit)s sang lô khác."),
)


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def stock_take(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Count many goods at once: type the numbers, look at the differences, write them (POST ``write``).

    ``?hang=`` asks for one product, ``?q=`` for some. What was sent is found again by its own keys, whatever page the
    goods stand on by now.
    """
    goods, q = _asked_for(request, desk)
    only = request.GET.get("hang", "")[:18]
    if only.isascii() and only.isdigit():
        goods = goods.filter(product_id=int(only))
    page = page_of(request, goods, 30)
    typed = [found for name in request.POST if (found := COUNTED.fullmatch(name))]
    keys = {int(one[1]) for one in typed}
    records = list(_goods(desk).filter(is_set=False, pk__in=keys).order_by(*BY_NAME)) if keys else []
    records = records or list(page.object_list)
    # An open lot with nothing in it is no line to fill in, unless one product is counted or somebody did.
    also = {int(one[2]) for one in typed}
    parts = {
        key: [part for part in found if part.left or only or part.lot is None or part.lot.pk in also]
        for key, found in stocktake.parts_of(records, also=also).items()
    }
    newest = stock.newest_movements([record.pk for record in records])
    form = StocktakeForm(*sent(request), records=records, parts=parts, newest=newest)
    context = desk.page("lots", page=page, q=q, hang=only)
    if form.is_valid():
        try:
            if "write" in request.POST:
                return _write(request, desk, form)
            if "again" not in request.POST:
                context |= _found(form, records)
                return render(request, "traceability/desk/stock_differences.html", context)
        except Refusal as refusal:
            form.refuse(refusal)
    return render_form(request, "traceability/desk/stock_take.html", context, form)


def _write(request: HttpRequest, desk: Desk, form: StocktakeForm) -> HttpResponse:
    written = stocktake.count(form.counts(), note=form.cleaned_data["note"], by=desk.actor)
    if written:
        text = ngettext("Đã ghi vào sổ: %(n)s chỗ lệch.", "Đã ghi vào sổ: %(n)s chỗ lệch.", len(written))
        messages.success(request, text % {"n": len(written)})
    else:
        messages.success(request, _("Số đếm khớp với sổ, không có gì phải sửa."))
    return redirect("desk:stock", desk.slug)


def _found(form: StocktakeForm, records: list[StockRecord]) -> dict[str, Any]:
    """What the page of differences shows, and all that was typed to go on with it."""
    names = {record.pk: record for record in records}
    found = stocktake.differences(form.counts())
    return {
        "form": form,
        "differing": [(names[one.stock_record_id], one) for one in found if one.change],
        "same": sum(1 for one in found if not one.change),
        "carried": [
            *((name, form.data.get(name, "")) for name in ("note", *form.places)),
            *((f"seen_{row['record'].pk}", row["seen"]) for row in form.rows),
        ],
    }
