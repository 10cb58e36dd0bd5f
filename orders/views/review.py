"""The alliance as last instance: returns that nobody answered, or about which the sides do not agree."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_page
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cooperatives.access import Review
from cooperatives.access import review as door
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in
from marketplace.foundation.models import CaseSide
from orders import queues
from orders.cases import returns as rules
from orders.cases.forms import KEEP, REJECT, DecideForm

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _done(request: HttpRequest) -> bool:
    return request.GET.get("xem") == "xong"


def _returns(request: HttpRequest, review: Review) -> object:
    if _done(request):
        settled = queues.returns(review).exclude(owner=CaseSide.OFFICER, closed_at=None)
        return page_of(request, settled.order_by("-pk"))
    return page_of(request, queues.waiting_returns(review).order_by("due_at", "pk"))


@require_safe
@door
def returns(request: HttpRequest, review: Review) -> HttpResponse:
    """Returns that wait for the alliance, the most urgent first; ``?xem=xong`` those it has seen."""
    context = review.page("returns", page=_returns(request, review), done=_done(request))
    return render_page(request, "orders/review/returns.html", context)


@FORM
@door
def return_case(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One return with what both sides said; POST decides."""
    mine = queues.returns(review).prefetch_related("lines__line", "photos", "changes")
    found = get_object_or_404(mine, pk=pk)
    form = DecideForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["decision"]
        with refusals_in(form):
            rules.decide(
                found,
                for_buyer=chosen != REJECT,
                goods_needed=chosen != KEEP,
                fee_share=form.cleaned_data["fee_share"] or 0,
                reason=form.cleaned_data["reason"],
                by=review.actor,
            )
            messages.success(request, _("Đã quyết định. Hai bên đã được báo."))
            return redirect("review:return_case", pk)
        found = get_object_or_404(mine, pk=pk)
    context = review.page(
        "returns",
        open=True,
        back_url=reverse("review:returns"),
        page=_returns(request, review),
        done=_done(request),
        case=found,
        order=found.order,
        waits=found.owner == CaseSide.OFFICER and not found.closed_at and not found.waits_for_money,
    )
    return render_form(request, "orders/review/returns.html", context, form)
