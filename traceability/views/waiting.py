"""Where a manager decides about events that phones sent too late: held for a closed lot, or more than 90 days old."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.forms import sent
from marketplace.foundation.http import refusals_in
from traceability import uploads
from traceability.forms import DecisionForm
from traceability.models import EventUpload

from .journeys import asked_about


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk(Role.PACKER, Role.SELLER)
def lot_waiting(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What phones sent for a lot and a manager must decide; everybody at the desk sees it, the director decides."""
    lot = get_object_or_404(desk.cooperative.lots.select_related("product", "cooperative"), pk=pk)
    form, meant = DecisionForm(*sent(request)), None
    if form.is_bound:
        if not desk.is_director:
            raise PermissionDenied
        meant = get_object_or_404(lot.uploads, pk=_uuid(request.POST.get("event", "")))
    if meant is not None and form.is_valid():
        with refusals_in(form):
            _decide(desk, meant, **form.cleaned_data)
            messages.success(request, _DECIDED[form.cleaned_data["decision"]])
            return redirect("desk:lot_waiting", desk.slug, lot.pk)
    waiting, put_aside = (
        [
            (one, asked_about(one), form if one == meant else DecisionForm(auto_id=f"v{one.pk}-%s"))
            for one in rows
        ]
        for rows in (uploads.undecided(lot), uploads.aside(lot))
    )
    context = desk.page("lots", lot=lot, rows=waiting, aside=put_aside)
    status = 422 if form.is_bound else 200
    return render(request, "traceability/desk/lot_waiting.html", context, status=status)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text[:40])
    except ValueError:
        return UUID(int=0)


_DECIDED = {
    "take": _("Đã nhận vào sổ."),
    "aside": _("Đã để riêng. Việc vẫn còn ở trang này."),
    "look": _("Đã xem. Người quét mã thấy việc này rồi."),
}


def _decide(desk: Desk, upload: EventUpload, decision: str, reason: str) -> None:
    if decision == "take":
        uploads.take_in(upload, by=desk.actor)
    elif decision == "aside":
        uploads.put_aside(upload, reason=reason, by=desk.actor)
    else:
        uploads.let_tell(upload, by=desk.actor)
