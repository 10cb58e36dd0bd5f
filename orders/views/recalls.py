"""Recalls at the desk and at the alliance: choose lots, see whom it touches, confirm; then how far it is; lift it.

Both doors show the same; an officer sees numbers and orders, the buyers' names are the cooperative's.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives.access import Desk, Review
from cooperatives.access import desk as door
from cooperatives.access import review as alliance
from cooperatives.models import Cooperative
from cooperatives.statuses import Role
from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in
from marketplace.foundation.models import CaseSide
from orders import queues
from orders import recalls as rules
from orders.forms import LiftForm, RecallForm
from traceability import making
from traceability.models import Recall

FORM = require_http_methods(["GET", "HEAD", "POST"])
SHOWN_LOTS = 100  # older ones are recalled from their own page


def _listed(request: HttpRequest, found: QuerySet[Recall]) -> Page:
    return page_of(request, rules.whole(found).order_by("-pk"), 20)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _new(
    request: HttpRequest, cooperative: Cooperative, side: CaseSide, by: Actor
) -> tuple[RecallForm, dict[str, Any], Recall | None]:
    """The two steps of a recall: lots to choose from, then what it would touch, with the form; or the recall made."""
    asked = request.POST if request.method == "POST" else request.GET
    keys = [_number(key) for key in asked.getlist("lots")]
    chosen = list(cooperative.lots.filter(pk__in=keys).select_related("product").order_by("-made_on", "-pk"))
    form = RecallForm(*sent(request), chosen=chosen)
    if form.is_valid():
        words = form.cleaned_data
        with refusals_in(form):
            made = rules.recall(
                cooperative,
                chosen,
                reason=words["reason"],
                form_key=words["form_key"],
                side=side,
                by=by,
            )
            return form, {}, made
    context: dict[str, Any] = {"chosen": chosen}
    if chosen:
        context["extent"] = rules.extent_of(chosen)
        if further := making.made_of_any(chosen):
            context["further"] = further
            whole = QueryDict(mutable=True)
            whole.setlist("lots", [str(lot.pk) for lot in (*chosen, *further)])
            context["all_lots"] = whole.urlencode()
    elif not form.is_bound:
        context["lots"] = list(rules.may_be_recalled(cooperative)[:SHOWN_LOTS])
    return form, context, None


def _shown(request: HttpRequest, made: Recall) -> dict[str, Any]:
    """How far a recall is, and its buyers: ``?xem=chua`` those whom nothing reached."""
    only = request.GET.get("xem") == "chua"
    found = rules.unreached(made) if only else rules.told(made)
    return {
        "recall": made,
        "parts": made.lots.all(),
        "changes": made.changes.all(),
        "progress": rules.progress_of(made),
        "buyers": page_of(request, found.order_by("pk"), 30),
        "only": only,
    }


def _lifted(request: HttpRequest, made: Recall, side: CaseSide, by: Actor) -> tuple[LiftForm, bool]:
    form = LiftForm(*sent(request))
    if form.is_valid():
        with refusals_in(form):
            rules.lift(made, reason=form.cleaned_data["reason"], side=side, by=by)
            messages.success(request, _("Đã bỏ thu hồi. Ai đã được báo thì được báo lại."))
            return form, True
    return form, False


# --- the desk ---------------------------------------------------------------------------------------------------------
@never_cache
@require_safe
@door(Role.PACKER, Role.SELLER)
def recalls_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cooperative's recalls, the newest first."""
    page = _listed(request, desk.cooperative.recalls.all())
    return render(request, "orders/desk/recalls.html", desk.page("lots", page=page))


@never_cache
@FORM
@door()
def recall_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose lots, see whom a recall touches, call them back."""
    form, context, made = _new(request, desk.cooperative, CaseSide.SELLER, desk.actor)
    if made is not None:
        messages.success(request, _("Đã thu hồi. Người mua đang được báo."))
        return redirect("desk:recall", desk.slug, made.pk)
    here = reverse("desk:recall_new", args=[desk.slug])
    context |= {"here": here, "back_url": reverse("desk:recalls", args=[desk.slug])}
    return render_form(request, "orders/desk/recall_new.html", desk.page("lots", **context), form)


@never_cache
@FORM
@door(Role.PACKER, Role.SELLER)
def recall(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """How far one recall is; POST, by a director, lifts it."""
    made = get_object_or_404(rules.whole(desk.cooperative.recalls.all()), pk=pk)
    if request.method == "POST" and not desk.is_director:
        raise PermissionDenied
    form, is_done = _lifted(request, made, CaseSide.SELLER, desk.actor)
    if is_done:
        return redirect("desk:recall", desk.slug, pk)
    may_lift = desk.is_director and made.side == CaseSide.SELLER
    context = {
        "shows_people": True,
        "may_lift": may_lift,
        "here": reverse("desk:recall", args=[desk.slug, pk]),
    }
    return render_form(
        request, "orders/desk/recall.html", desk.page("lots", **_shown(request, made), **context), form
    )


@require_POST
@door(Role.PACKER, Role.SELLER)
def recall_told(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Somebody rang a buyer."""
    made = get_object_or_404(desk.cooperative.recalls.all(), pk=pk)
    notice = get_object_or_404(made.notices.all(), pk=_number(request.POST.get("notice", "")))
    rules.told_by_hand(notice, by=desk.actor)
    messages.success(request, _("Đã ghi: người mua này đã được báo."))
    return redirect(reverse("desk:recall", args=[desk.slug, pk]) + "?xem=chua#nguoi-mua")


# --- the alliance -----------------------------------------------------------------------------------------------------
def _of_alliance(request: HttpRequest, review: Review, **context: Any) -> dict[str, Any]:
    return review.page("recalls", page=_listed(request, queues.recalls(review)), **context)


@never_cache
@require_safe
@alliance
def alliance_recalls(request: HttpRequest, review: Review) -> HttpResponse:
    """Recalls in the officer's province, and from whom one can be called."""
    return _list_page(request, review)


def _list_page(request: HttpRequest, review: Review) -> HttpResponse:
    sellers = review.cooperatives().filter(stall__isnull=False).order_by("name", "pk")
    return render(request, "orders/review/recalls.html", _of_alliance(request, review, sellers=sellers))


@never_cache
@FORM
@alliance
def alliance_recall_new(request: HttpRequest, review: Review) -> HttpResponse:
    """The same two steps for a cooperative of the province (``?htx=``); without one it is asked for."""
    asked = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" and "htx" not in asked:
        return _list_page(request, review)
    sellers = review.cooperatives().filter(stall__isnull=False)
    cooperative = get_object_or_404(sellers, pk=_number(asked.get("htx", "")))
    form, context, made = _new(request, cooperative, CaseSide.OFFICER, review.actor)
    if made is not None:
        messages.success(request, _("Đã thu hồi. Người mua đang được báo."))
        return redirect("review:recall", made.pk)
    context |= {"open": True, "back_url": reverse("review:recalls"), "seller": cooperative}
    context["here"] = reverse("review:recall_new")
    return render_form(request, "orders/review/recalls.html", _of_alliance(request, review, **context), form)


@never_cache
@FORM
@alliance
def alliance_recall(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """How far one recall of the province is; POST lifts it."""
    made = get_object_or_404(rules.whole(queues.recalls(review)), pk=pk)
    form, is_done = _lifted(request, made, CaseSide.OFFICER, review.actor)
    if is_done:
        return redirect("review:recall", pk)
    context = {
        **_shown(request, made),
        "open": True,
        "back_url": reverse("review:recalls"),
        "shows_people": False,
        "may_lift": True,
        "here": reverse("review:recall", args=[pk]),
    }
    return render_form(request, "orders/review/recalls.html", _of_alliance(request, review, **context), form)
