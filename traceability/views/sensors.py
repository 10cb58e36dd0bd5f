"""Sensors at the desk: those that stand at a lot, what they measured, and their files."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.forms import sent
from marketplace.foundation.http import refusals_in
from traceability import sensing
from traceability.forms import DeviceForm, PutOnForm, ReadingsForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk(Role.PACKER, Role.SELLER)
def lot_sensors(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The devices at a lot and what they measured; a new device's token is shown on this one page.

    POST lets a device in, puts one that stands elsewhere here, or takes the file of one.
    """
    lot = get_object_or_404(desk.cooperative.lots.select_related("product"), pk=pk)
    standing = desk.cooperative.sensors.filter(closed_at=None).order_by("name", "pk")
    here = redirect("desk:lot_sensors", desk.slug, lot.pk)
    which = next((name for name in ("name", "moved") if name in request.POST), "device")
    data, nothing = sent(request), (None, None)
    form = DeviceForm(*(data if which == "name" else nothing))
    moved = PutOnForm(*(data if which == "moved" else nothing), devices=standing)
    table = ReadingsForm(*(data if which == "device" else nothing), devices=standing.filter(lot=lot))
    token = ""
    if form.is_valid():
        with refusals_in(form):
            _made, token = sensing.let_in(desk.cooperative, form.cleaned_data["name"], lot, by=desk.actor)
            form = DeviceForm()
    if moved.is_valid():
        with refusals_in(moved):
            sensing.put_on(moved.cleaned_data["moved"], lot, by=desk.actor)
            messages.success(request, _("Máy này giờ đo lô này."))
            return here
    if table.is_valid():
        with refusals_in(table):
            done = sensing.record(
                table.cleaned_data["device"], sensing.read_csv(table.cleaned_data["file"].read())
            )
            messages.success(request, _("Đã nhận %(n)s số đo mới.") % {"n": done.new})
            return here
    context = desk.page(
        "lots",
        lot=lot,
        form=form,
        moved=moved if moved.is_bound or standing.exclude(lot=lot).exists() else None,
        table=table,
        token=token,
        devices=standing.filter(lot=lot),
        spans=sensing.spans_of(lot),
        newest=lot.readings.select_related("device").order_by("-at", "-pk")[:20],
    )
    status = 422 if form.errors or moved.errors or table.errors else 200
    return render(request, "traceability/desk/lot_sensors.html", context, status=status)


@never_cache
@require_POST
@desk(Role.PACKER, Role.SELLER)
def sensor_shut_out(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Take a device's token back."""
    device = sensing.shut_out(get_object_or_404(desk.cooperative.sensors, pk=pk), by=desk.actor)
    messages.success(request, _("Đã khoá. Máy này không gửi số đo được nữa."))
    return redirect("desk:lot_sensors", desk.slug, device.lot_id)
