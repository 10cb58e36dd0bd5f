"""Pages for buyers and for who wants to sell: stalls, one stall, the application."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cooperatives import applications, papers
from cooperatives.forms import ApplicationForm
from cooperatives.models import Application, Paper, Stall
from cooperatives.statuses import ApplicationStatus
from cooperatives.views.files import paper_answer
from marketplace.accounts.models import User
from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import render_form
from marketplace.foundation.http import page_of, refusals_in, shown
from marketplace.places.forms import CHOOSE_PROVINCE
from marketplace.places.models import AdminUnit


@require_safe
def stalls(request: HttpRequest) -> HttpResponse:
    """All open stalls by name; ``?tinh=`` narrows to a province (its slug)."""
    found = Stall.objects.open().select_related("cooperative").order_by("cooperative__name", "pk")
    province = None
    if slug := request.GET.get("tinh", "")[:80]:
        province = AdminUnit.objects.provinces().filter(slug=slug.replace("\x00", "")).first()
        if province:
            found = found.filter(cooperative__province_code=province.code)
    context = {"active_tab": "home", "page": page_of(request, found), "chosen": province}
    return render(request, "cooperatives/shop/stalls.html", context)


@require_safe
def stall(request: HttpRequest, slug: str) -> HttpResponse:
    """One stall: people and place first, then its goods.

    A closed or suspended one says so and shows no goods.
    """
    found = get_object_or_404(Stall.objects.select_related("cooperative"), slug=slug)
    context = {"active_tab": "home", "stall": found, "cooperative": found.cooperative}
    return render(request, "cooperatives/shop/stall.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """The application to open a stall: write, save, hand in, see what became of it.

    POST ``save`` keeps a draft, ``submit`` hands in, ``choose_province`` brings the communes,
    ``remove_paper`` drops a scan, ``withdraw`` takes the application back; a POST by script (autosave)
    answers JSON.
    """
    user = _user(request)
    by = Actor.of(user)
    application = applications.current_for(user)
    is_editable = application is None or application.status in applications.EDITABLE
    wants_new = (
        application is not None and application.status not in applications.OPEN and "moi" in request.GET
    )
    if wants_new:
        application, is_editable = None, True
    if request.method == "POST":
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return _autosave(request, user, application, is_editable, by)
        if "withdraw" in request.POST and application is not None:
            with shown(request):
                applications.withdraw(application, by=by)
                messages.success(request, _("Đã rút đơn."))
            return redirect("shop:apply")
        if not is_editable:
            assert application is not None
            messages.info(request, _("Đơn này đã gửi rồi: %s.") % application.get_status_display())
            return redirect("shop:apply")
        return _write(request, user, application, by)
    if not is_editable:
        return render(request, "cooperatives/shop/application.html", _page(application))
    # What the market knows already spares typing, until the draft has its own words.
    known = {"contact_name": user.full_name, "phone": user.phone or "", "email": user.email or ""}
    form = ApplicationForm(application=application, initial={} if application else known)
    return _form_page(request, form, application)


@require_safe
@login_required
def apply_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """A scan of the applicant's own application."""
    paper = get_object_or_404(Paper, pk=pk, application__applicant=request.user)
    return paper_answer(paper)


def _write(request: HttpRequest, user: User, application: Application | None, by: Actor) -> HttpResponse:
    if CHOOSE_PROVINCE in request.POST:
        form = ApplicationForm.retyped(request.POST, application=application)
        return _form_page(request, form, application)
    if "remove_paper" in request.POST:
        pk = request.POST["remove_paper"]
        if application is not None and pk.isascii() and pk.isdigit() and len(pk) <= 18:
            with shown(request):
                papers.remove_from(application, int(pk), by=by)
        form = ApplicationForm.retyped(request.POST, application=application)
        return _form_page(request, form, application)
    wants_submit = "submit" in request.POST
    form = ApplicationForm(request.POST, request.FILES, application=application, relaxed=not wants_submit)
    is_valid = form.is_valid()
    with refusals_in(form):
        application = applications.save_draft(user, form.draft(), by=by)
        for _field, kind, upload in form.papers():
            with refusals_in(form) as keeping:
                papers.keep(upload, kind=kind, application=application, by=by)
            is_valid = is_valid and keeping.ok
        form.has_registration = form.has_registration or bool(form.cleaned_data.get("registration"))
        if is_valid and not wants_submit:
            messages.success(request, _("Đã lưu nháp. Bạn viết tiếp lúc nào cũng được."))
            return redirect("shop:apply")
        if is_valid:
            applications.submit(application, by=by)
            messages.success(request, _("Đã gửi đơn. Liên minh HTX của tỉnh sẽ xem và báo lại."))
            return redirect("shop:apply")
    return _form_page(request, form, application)


def _autosave(
    request: HttpRequest, user: User, application: Application | None, is_editable: bool, by: Actor
) -> HttpResponse:
    if not is_editable:
        return JsonResponse({"saved": False}, status=409)
    form = ApplicationForm(request.POST, application=application, relaxed=True)
    form.is_valid()
    with refusals_in(form) as saving:
        applications.save_draft(user, form.draft(), by=by)
    return JsonResponse({"saved": saving.ok}, status=200 if saving.ok else 409)


def _form_page(request: HttpRequest, form: ApplicationForm, application: Application | None) -> HttpResponse:
    return render_form(request, "cooperatives/shop/apply.html", _page(application), form)


def _page(application: Application | None) -> dict[str, Any]:
    is_new = application is None
    return {
        "active_tab": "me",
        "application": application,
        "status": ApplicationStatus,
        "decision": None if is_new else application.decisions.first(),
        "papers": [] if is_new else list(application.papers.order_by("pk")),
    }


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
