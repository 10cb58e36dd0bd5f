"""At the desk: households and their plots, and the slips of what they brought for a lot. Names stay inside."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cooperatives import households as people
from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in
from traceability import collecting
from traceability.forms import HouseholdForm, PlotForm, SlipForm, VoidSlipForm

show_or_send = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def households(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everybody the cooperative buys from, with plots and lots, and the form for one more."""
    form = HouseholdForm(*sent(request))
    if form.is_valid():
        with refusals_in(form):
            made = people.add_household(desk.cooperative, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã ghi hộ. Tên hộ chỉ hợp tác xã thấy."))
            return redirect("desk:household", desk.slug, made.pk)
    found = desk.cooperative.households.annotate(
        n_plots=Count("plots", distinct=True),
        n_lots=Count("slips__lot", filter=Q(slips__voided_at=None), distinct=True),
    )
    context = desk.page("lots", page=page_of(request, found.order_by("name", "place", "pk"), 30))
    return render_form(request, "traceability/desk/households.html", context, form)


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def household(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One household: its plots, what it brought for which lot, and the form for one more plot."""
    one = get_object_or_404(desk.cooperative.households, pk=pk)
    form = PlotForm(*sent(request))
    if form.is_valid():
        with refusals_in(form):
            people.add_plot(one, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã ghi thửa."))
            return redirect("desk:household", desk.slug, one.pk)
    context = desk.page("lots", one=one, plots=one.plots.all(), lots=collecting.by_lot(one))
    return render_form(request, "traceability/desk/household.html", context, form)


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def household_edit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Write a household's name, place and phone anew."""
    one = get_object_or_404(desk.cooperative.households, pk=pk)
    form = HouseholdForm(*sent(request), initial={"name": one.name, "place": one.place, "phone": one.phone})
    if form.is_valid():
        with refusals_in(form):
            people.change_household(one, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã sửa."))
            return redirect("desk:household", desk.slug, one.pk)
    context = desk.page("lots", one=one, title=_("Sửa tên hộ"))
    return render_form(request, "traceability/desk/household_edit.html", context, form)


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def plot_edit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Write a plot's name and area anew."""
    plot = get_object_or_404(people.plots_of(desk.cooperative), pk=pk)
    form = PlotForm(*sent(request), initial={"name": plot.name, "area": plot.area})
    if form.is_valid():
        with refusals_in(form):
            people.change_plot(plot, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã sửa."))
            return redirect("desk:household", desk.slug, plot.household_id)
    context = desk.page("lots", one=plot.household, title=_("Sửa thửa"))
    return render_form(request, "traceability/desk/household_edit.html", context, form)


@never_cache
@show_or_send
@desk(Role.PACKER, Role.SELLER)
def lot_slips(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The slips of a lot, what each household brought, and the forms for one more slip and for a wrong one."""
    lot = get_object_or_404(desk.cooperative.lots.select_related("product"), pk=pk)
    is_void = "number" in request.POST or "reason" in request.POST
    form = SlipForm(
        *((None, None) if is_void else sent(request)),
        households=desk.cooperative.households.all(),
        plots=people.plots_of(desk.cooperative),
        initial={"goods": lot.product.name},
    )
    void = VoidSlipForm(request.POST if is_void else None, slips=lot.slips.filter(voided_at=None))
    if form.is_valid():
        with refusals_in(form):
            collecting.write_slip(lot, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã ghi phiếu cân."))
            return redirect("desk:lot_slips", desk.slug, lot.pk)
    if void.is_valid():
        with refusals_in(void):
            collecting.void_slip(
                void.cleaned_data["number"], reason=void.cleaned_data["reason"], by=desk.actor
            )
            messages.success(request, _("Đã bỏ phiếu. Sổ vẫn giữ phiếu và lý do."))
            return redirect("desk:lot_slips", desk.slug, lot.pk)
    slips = list(collecting.slips_of(lot))
    context = desk.page(
        "lots",
        lot=lot,
        form=form,
        void=void,
        slips=slips,
        voided=lot.slips.exclude(voided_at=None).select_related("household"),
        total=collecting.total(slips),
        sums=collecting.by_household(slips),
        has_households=desk.cooperative.households.exists(),
    )
    status = 422 if form.errors or void.errors else 200
    return render(request, "traceability/desk/lot_slips.html", context, status=status)


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def lot_slips_file(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The slips of a lot as CSV."""
    lot = get_object_or_404(desk.cooperative.lots, pk=pk)
    response = HttpResponse(collecting.as_csv(lot), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="phieu-can-lo-{lot.pk}.csv"'
    return response
