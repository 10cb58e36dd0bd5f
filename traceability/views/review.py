"""The alliance: labels that look copied and goods reported as fake, in its province."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cooperatives.access import Review
from cooperatives.access import review as door
from marketplace.foundation.codes import is_valid
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in
from traceability import alarms as rules
from traceability import fakes, queues
from traceability.forms import CloseAlarmForm, CloseReportForm
from traceability.statuses import AlarmStatus, ReportStatus


def _listed(request: HttpRequest, review: Review) -> dict[str, object]:
    done = request.GET.get("xem") == "xong"
    found = queues.open_alarms(review)
    if done:
        found = queues.alarms(review).exclude(status=AlarmStatus.OPEN)
    return {"page": page_of(request, found.order_by("-changed_at", "pk")), "done": done}


@never_cache
@require_safe
@door
def alarms(request: HttpRequest, review: Review) -> HttpResponse:
    """Codes to look into, the newest first; ``?xem=xong`` those that somebody looked into."""
    context = review.page("alarms", **_listed(request, review))
    return render(request, "traceability/review/alarms.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@door
def alarm(request: HttpRequest, review: Review, code: str) -> HttpResponse:
    """One code with what was seen of it; POST says what was found."""
    if not is_valid(code):
        raise Http404
    case = get_object_or_404(queues.alarms(review), pk=code)
    form = CloseAlarmForm(*sent(request))
    if form.is_valid():
        with refusals_in(form):
            asked = form.cleaned_data
            rules.close(case, AlarmStatus(asked["status"]), finding=asked["finding"], by=review.actor)
            messages.success(request, _("Đã ghi kết quả."))
            return redirect("review:alarm", code)
    context = review.page(
        "alarms",
        open=True,
        back_url=reverse("review:alarms"),
        case=case,
        seen=queues.seen(case)[:50],
        may_close=case.status in (AlarmStatus.OPEN, AlarmStatus.HARMLESS),
        **_listed(request, review),
    )
    return render_form(request, "traceability/review/alarms.html", context, form)


def _reported(request: HttpRequest, review: Review) -> dict[str, object]:
    done = request.GET.get("xem") == "xong"
    found = queues.open_reports(review)
    if done:
        found = queues.reports(review).exclude(status=ReportStatus.OPEN)
    return {"page": page_of(request, found.order_by("-reported_at", "-pk")), "done": done}


@never_cache
@require_safe
@door
def reports(request: HttpRequest, review: Review) -> HttpResponse:
    """What people reported as fake, the newest first; ``?xem=xong`` what somebody looked into."""
    context = review.page("reports", **_reported(request, review))
    return render(request, "traceability/review/reports.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@door
def report(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One report with its photo; POST says what was found."""
    case = get_object_or_404(queues.reports(review), pk=pk)
    form = CloseReportForm(*sent(request))
    if form.is_valid():
        with refusals_in(form):
            asked = form.cleaned_data
            fakes.close(case, asked["status"], finding=asked["finding"], by=review.actor)
            messages.success(request, _("Đã ghi kết quả."))
            return redirect("review:report", pk)
    context = review.page(
        "reports",
        open=True,
        back_url=reverse("review:reports"),
        case=case,
        may_close=case.status == ReportStatus.OPEN,
        **_reported(request, review),
    )
    return render_form(request, "traceability/review/reports.html", context, form)
