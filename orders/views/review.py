"""The alliance as last instance: cases that nobody answered or the sides do not agree about; ratings it may hide."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_page
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives.access import Review
from cooperatives.access import review as door
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in, shown
from marketplace.foundation.models import CaseSide
from orders import queues
from orders import ratings as rating_rules
from orders.cases import complaints as complaint_rules
from orders.cases import returns as rules
from orders.cases.forms import KEEP, REJECT, DecideForm, SettleForm
from orders.forms import ReasonForm
from orders.statuses import RatingStatus

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _done(request: HttpRequest) -> bool:
    return request.GET.get("xem") == "xong"


def _page(request: HttpRequest, cases: QuerySet) -> object:
    """The cases that are the alliance's turn, the most urgent first, or all others that it has seen."""
    ours = Q(owner=CaseSide.OFFICER, closed_at=None)
    if _done(request):
        return page_of(request, cases.exclude(ours).order_by("-pk"))
    return page_of(request, cases.filter(ours).order_by("due_at", "pk"))


@require_safe
@door
def returns(request: HttpRequest, review: Review) -> HttpResponse:
    """Returns that wait for the alliance, the most urgent first; ``?xem=xong`` those it has seen."""
    context = review.page("returns", page=_page(request, queues.returns(review)), done=_done(request))
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
        page=_page(request, queues.returns(review)),
        done=_done(request),
        case=found,
        order=found.order,
        waits=found.owner == CaseSide.OFFICER and not found.closed_at and not found.waits_for_money,
    )
    return render_form(request, "orders/review/returns.html", context, form)


@require_safe
@door
def complaints(request: HttpRequest, review: Review) -> HttpResponse:
    """Complaints that wait for the alliance, the most urgent first; ``?xem=xong`` those it has seen."""
    found = _page(request, queues.complaints(review))
    context = review.page("complaints", page=found, done=_done(request))
    return render_page(request, "orders/review/complaints.html", context)


@FORM
@door
def complaint(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One complaint with all that was said; POST answers and ends it."""
    mine = queues.complaints(review).prefetch_related("messages")
    found = get_object_or_404(mine, pk=pk)
    form = SettleForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            complaint_rules.settle(found, words=form.cleaned_data["words"], by=review.actor)
            messages.success(request, _("Đã trả lời. Hai bên đã được báo."))
            return redirect("review:complaint", pk)
        found = get_object_or_404(mine, pk=pk)
    context = review.page(
        "complaints",
        open=True,
        back_url=reverse("review:complaints"),
        page=_page(request, queues.complaints(review)),
        done=_done(request),
        case=found,
        order=found.order,
        waits=found.owner == CaseSide.OFFICER and not found.closed_at,
    )
    return render_form(request, "orders/review/complaints.html", context, form)


def _ratings(request: HttpRequest, review: Review) -> dict[str, object]:
    is_hidden = request.GET.get("xem") == "an"
    found = queues.ratings(review).filter(status=RatingStatus.HIDDEN if is_hidden else RatingStatus.SHOWN)
    return {"page": page_of(request, found), "hidden": is_hidden}


@require_safe
@door
def ratings(request: HttpRequest, review: Review) -> HttpResponse:
    """What was said of the province's goods, the newest first; ``?xem=an`` what is hidden."""
    return render_page(
        request, "orders/review/ratings.html", review.page("ratings", **_ratings(request, review))
    )


@FORM
@door
def rating(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One rating; POST hides it, with a reason that the buyer reads."""
    found = get_object_or_404(queues.ratings(review), pk=pk)
    form = ReasonForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            rating_rules.hide(found, reason=form.cleaned_data["reason"], by=review.actor)
            messages.success(request, _("Đã ẩn. Người mua đã được báo."))
            return redirect("review:rating", pk)
    context = review.page(
        "ratings", open=True, back_url=reverse("review:ratings"), rating=found, **_ratings(request, review)
    )
    return render_form(request, "orders/review/ratings.html", context, form)


@require_POST
@door
def rating_show(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """Everybody may read it again."""
    found = get_object_or_404(queues.ratings(review), pk=pk)
    with shown(request) as said:
        rating_rules.show_again(found, by=review.actor)
    if said.ok:
        messages.success(request, _("Đã hiện lại."))
    return redirect("review:rating", pk)
