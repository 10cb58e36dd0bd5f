"""Pages of the alliance: applications, bank accounts, stalls, papers, each inside the officer's province."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cooperatives import applications as rules
from cooperatives import bank_accounts as bank_rules
from cooperatives import stalls as stall_rules
from cooperatives.access import Review
from cooperatives.access import review as door
from cooperatives.decisions import stamp
from cooperatives.forms import DecisionForm
from cooperatives.models import Paper, PaperKind
from cooperatives.statuses import ApplicationStatus, BankAccountStatus, StallStatus
from cooperatives.views.files import paper_answer
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in

FORM = require_http_methods(["GET", "HEAD", "POST"])
Verbs = dict[str, Callable[..., Any]]

OF_ORDERS = (
    PaperKind.REFUND,
    PaperKind.RETURN,
    PaperKind.INVOICE,
)  # of buyers: not for officers to page through


@require_safe
@door
def applications(request: HttpRequest, review: Review) -> HttpResponse:
    """Applications that wait, oldest first; ``?xem=xong`` those decided."""
    context = review.page("applications", page=_applications(request, review), done=_done(request))
    return render(request, "cooperatives/review/applications.html", context)


@FORM
@door
def application(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One application with its papers; POST ``decision`` approve, ask or refuse."""
    found = get_object_or_404(review.applications().select_related("applicant"), pk=pk)
    waits = found.status == ApplicationStatus.SUBMITTED
    seen = request.POST.get("seen", "")
    verbs: Verbs = {
        "approve": partial(rules.approve, seen=seen),
        "ask": partial(rules.ask_for_changes, seen=seen),
        "refuse": partial(rules.refuse, seen=seen),
    }
    form, answer = _decide(request, review, found, verbs, "review:applications")
    if answer:
        return answer
    context = review.page(
        "applications",
        open=True,
        back_url=reverse("review:applications"),
        page=_applications(request, review),
        done=_done(request),
        application=found,
        seen=stamp(found.submitted_at),
        waits=waits,
        papers=found.papers.order_by("pk"),
        decisions=found.decisions.all(),
        twins=review.cooperatives().filter(name__iexact=found.name).select_related("stall")[:3],
    )
    return render_form(request, "cooperatives/review/applications.html", context, form)


@require_safe
@door
def bank_accounts(request: HttpRequest, review: Review) -> HttpResponse:
    """Bank accounts that wait, oldest first; ``?xem=xong`` those decided."""
    context = review.page("bank_accounts", page=_bank_accounts(request, review), done=_done(request))
    return render(request, "cooperatives/review/bank_accounts.html", context)


@FORM
@door
def bank_account(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One bank account beside its photo and the cooperative's name; POST ``decision`` approve or refuse."""
    found = get_object_or_404(review.bank_accounts(), pk=pk)
    verbs: Verbs = {"approve": bank_rules.verify, "refuse": bank_rules.refuse}
    form, answer = _decide(request, review, found, verbs, "review:bank_accounts")
    if answer:
        return answer
    context = review.page(
        "bank_accounts",
        open=True,
        back_url=reverse("review:bank_accounts"),
        page=_bank_accounts(request, review),
        done=_done(request),
        account=found,
        waits=found.status == BankAccountStatus.WAITING,
        verified=bank_rules.verified_account(found.cooperative),
        decisions=found.decisions.all(),
    )
    return render_form(request, "cooperatives/review/bank_accounts.html", context, form)


@require_safe
@door
def stalls(request: HttpRequest, review: Review) -> HttpResponse:
    """Stalls of the officer's place by name;

    ``?q=`` finds by name, ``?xem=khoa`` shows the suspended ones.
    """
    context = review.page("stalls", page=_stalls(request, review), q=_words(request))
    return render(request, "cooperatives/review/stalls.html", context)


@FORM
@door
def stall(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One stall; POST ``decision`` suspend or restore, at once."""
    found = get_object_or_404(review.stalls(), pk=pk)
    verbs: Verbs = {"suspend": stall_rules.suspend_stall, "restore": stall_rules.restore_stall}
    form, answer = _decide(request, review, found, verbs, "review:stall", pk)
    if answer:
        return answer
    cooperative = found.cooperative
    context = review.page(
        "stalls",
        open=True,
        back_url=reverse("review:stalls"),
        page=_stalls(request, review),
        q=_words(request),
        stall=found,
        cooperative=cooperative,
        is_suspended=found.status == StallStatus.SUSPENDED,
        decisions=found.decisions.all(),
        members=cooperative.memberships.filter(until__isnull=True).select_related("user").order_by("pk"),
        account=bank_rules.verified_account(cooperative),
        papers=cooperative.papers.exclude(kind__in=OF_ORDERS).order_by("-pk")[:20],
    )
    return render_form(request, "cooperatives/review/stalls.html", context, form)


@require_safe
@door
def paper(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """A scan of a cooperative, or of an application that was handed in, inside the officer's place."""
    inside = Q(cooperative__in=review.cooperatives()) | Q(application__in=review.applications())
    found = get_object_or_404(Paper.objects.filter(inside), pk=pk)
    return paper_answer(found)


def _decide(
    request: HttpRequest, review: Review, thing: Any, verbs: Verbs, *then: Any
) -> tuple[DecisionForm, HttpResponse | None]:
    """Run the decision that was posted; the answer of success, or None and the form to show (again)."""
    form = DecisionForm(*sent(request), allowed=tuple(verbs))
    if request.method == "POST" and form.is_valid():
        verb = verbs[form.cleaned_data["decision"]]
        with refusals_in(form):
            verb(thing, reason=form.cleaned_data["reason"], by=review.actor)
            outcome = DecisionForm.WORDS[form.cleaned_data["decision"]]
            messages.success(
                request, _("Đã ghi “%(outcome)s” cho %(thing)s.") % {"thing": thing, "outcome": outcome.label}
            )
            return form, redirect(*then)
        thing.refresh_from_db()
    return form, None


def _done(request: HttpRequest) -> bool:
    return request.GET.get("xem") == "xong"


def _words(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "")[:80].strip()


def _applications(request: HttpRequest, review: Review) -> Any:
    found = review.applications()
    if _done(request):
        return page_of(request, found.exclude(status=ApplicationStatus.SUBMITTED).order_by("-submitted_at"))
    return page_of(request, found.filter(status=ApplicationStatus.SUBMITTED).order_by("submitted_at", "pk"))


def _bank_accounts(request: HttpRequest, review: Review) -> Any:
    found = review.bank_accounts()
    if _done(request):
        return page_of(request, found.exclude(status=BankAccountStatus.WAITING).order_by("-pk"))
    return page_of(request, found.filter(status=BankAccountStatus.WAITING).order_by("pk"))


def _stalls(request: HttpRequest, review: Review) -> Any:
    found = review.stalls().order_by("cooperative__name", "pk")
    if words := _words(request):
        found = found.filter(cooperative__name__icontains=words)
    if request.GET.get("xem") == "khoa":
        found = found.filter(status=StallStatus.SUSPENDED)
    return page_of(request, found)
