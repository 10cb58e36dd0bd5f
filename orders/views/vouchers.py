"""Vouchers: a director's for the own goods at the desk; an officer's for the market, and what the alliance owes."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives.access import Desk, Review
from cooperatives.access import desk as door
from cooperatives.access import review as alliance
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in
from marketplace.foundation.tables import csv_of
from orders import queues, vouchers
from orders.forms import VoucherForm
from orders.models import Voucher

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _listed(request: HttpRequest, found: QuerySet[Voucher], size: int = 20) -> dict[str, object]:
    """Those that run or are to come; with ``?xem=xong`` those that are over."""
    now, done = timezone.now(), request.GET.get("xem") == "xong"
    found = found.filter(Q(ends_at__lte=now) if done else Q(ends_at__gt=now))
    return {"page": page_of(request, found.order_by("-pk"), size), "done": done, "now": now}


@never_cache
@require_safe
@door()
def vouchers_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cooperative's vouchers, and those of the alliance that hold for its goods."""
    mine = desk.cooperative.vouchers.prefetch_related("goods")
    context = desk.page(**_listed(request, mine), market=vouchers.open_to(desk.cooperative))
    return render(request, "orders/desk/vouchers.html", context)


@never_cache
@FORM
@door()
def voucher_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A new voucher of the cooperative, for all its goods or some."""
    goods = desk.cooperative.products.on_sale().order_by("title", "pk")
    form = VoucherForm(*sent(request), goods=goods, initial={"first": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            made = vouchers.make_voucher(**form.asked(), cooperative=desk.cooperative, by=desk.actor)
            messages.success(request, _("Đã tạo mã %(code)s.") % {"code": made.code})
            return redirect("desk:vouchers", desk.slug)
    return render_form(request, "orders/desk/voucher_add.html", desk.page(), form)


@require_POST
@door()
def voucher_end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Nobody can use it from now on."""
    found = get_object_or_404(desk.cooperative.vouchers, pk=pk)
    vouchers.end_voucher(found, by=desk.actor)
    messages.success(request, _("Đã dừng mã %(code)s.") % {"code": found.code})
    return redirect("desk:vouchers", desk.slug)


@FORM
@alliance
def alliance_vouchers(request: HttpRequest, review: Review) -> HttpResponse:
    """The vouchers that this office bears, a form for a new one, and what it owes the cooperatives."""
    form = VoucherForm(*sent(request), initial={"first": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            made = vouchers.make_voucher(
                **form.asked(),
                province_code=review.province_code or "",
                bearer_name=vouchers.alliance_name(review.place),
                by=review.actor,
            )
            messages.success(request, _("Đã tạo mã %(code)s.") % {"code": made.code})
            return redirect("review:voucher", made.pk)
    context = review.page(
        "vouchers",
        **_listed(request, queues.vouchers(review)),
        support=vouchers.support_of(review.province_code or "")[:50],
        name=vouchers.alliance_name(review.place),
    )
    return render_form(request, "orders/review/vouchers.html", context, form)


@FORM
@alliance
def alliance_voucher(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One voucher of this office; POST ends it."""
    found = get_object_or_404(queues.vouchers(review), pk=pk)
    if request.method == "POST":
        vouchers.end_voucher(found, by=review.actor)
        messages.success(request, _("Đã dừng mã %(code)s.") % {"code": found.code})
        return redirect("review:voucher", pk)
    context = review.page(
        "vouchers",
        **_listed(request, queues.vouchers(review)),
        open=True,
        back_url=reverse("review:vouchers"),
        voucher=found,
    )
    return render(request, "orders/review/vouchers.html", context)


@never_cache
@require_safe
@alliance
def support_file(request: HttpRequest, review: Review) -> HttpResponse:
    """What this office owes the cooperatives for its vouchers, by month, for a spreadsheet program."""
    rows = [
        [f"{one.month:%m/%Y}", one.name, int(one.amount)]
        for one in vouchers.support_of(review.province_code or "")
    ]
    content = csv_of([_("Tháng"), _("Hợp tác xã"), _("Số tiền")], rows)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ho-tro-ma-giam-gia.csv"'
    return response
