"""Pages of a cooperative at work: its stall, bank account, members, letters, papers."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives import bank_accounts, members, papers, rates, stalls
from cooperatives.access import ANYBODY, Desk
from cooperatives.access import desk as door
from cooperatives.forms import BankAccountForm, MemberForm, RateForm, StallForm, ZoneForm
from cooperatives.models import PaperKind
from cooperatives.statuses import BankAccountStatus, Role
from cooperatives.views.files import paper_answer
from marketplace.accounts import letters, push
from marketplace.accounts.models import User
from marketplace.accounts.views import push_answer, read_now
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in, shown

FORM = require_http_methods(["GET", "HEAD", "POST"])
PRIVATE = (
    PaperKind.BANK,
    PaperKind.IDENTITY,
    PaperKind.REFUND,
    PaperKind.INVOICE,
)  # the director's eyes only


@FORM
@door(ANYBODY)
def stall(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What buyers see of the stall. Every member may look; the director changes, opens and closes."""
    if request.method == "POST" and not desk.is_director:
        raise PermissionDenied
    if request.POST.get("action") in ("open", "close"):
        return _open_or_close(request, desk)
    now = desk.stall
    initial = {name: getattr(desk.cooperative, name) for name in stalls.COOPERATIVE_FIELDS}
    form = StallForm(*sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            stalls.edit_stall(now, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã lưu. Khách thấy ngay."))
            return redirect("desk:stall", desk.slug)
    context = desk.page(
        decision=now.decisions.first(), account=bank_accounts.verified_account(desk.cooperative)
    )
    return render_form(request, "cooperatives/desk/stall.html", context, form)


@FORM
@door()
def rates_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What a parcel costs everywhere, how long it takes, cash and pickup; the zones with a rate of their own."""
    now = desk.stall
    if "remove" in request.POST:
        key = request.POST["remove"]
        if key.isascii() and key.isdigit() and len(key) <= 18:
            rates.remove_zone(now, int(key), by=desk.actor)
        messages.success(request, _("Đã bỏ vùng này."))
        return redirect("desk:rates", desk.slug)
    form = RateForm(*sent(request), initial={name: getattr(now, name) for name in rates.STALL_FIELDS})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            rates.set_rate(now, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã lưu. Khách thấy ngay."))
            return redirect("desk:rates", desk.slug)
    return render_form(request, "cooperatives/desk/rates.html", desk.page(zones=now.zones.all()), form)


@FORM
@door()
def zone(request: HttpRequest, desk: Desk, pk: int | None = None) -> HttpResponse:
    """One zone: its provinces and its rate; a new one starts as the stall's own rate."""
    found = get_object_or_404(desk.stall.zones, pk=pk) if pk else None
    initial = {name: getattr(found or desk.stall, name) for name in rates.RATE_FIELDS}
    if found:
        initial["provinces"] = list(found.provinces)
    taken = {code for other in desk.stall.zones.exclude(pk=pk) for code in other.provinces}
    form = ZoneForm(*sent(request), initial=initial, taken=taken)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in rates.RATE_FIELDS}
        with refusals_in(form):
            rates.save_zone(desk.stall, pk, provinces=form.chosen(), by=desk.actor, **fields)
            messages.success(request, _("Đã lưu. Khách thấy ngay."))
            return redirect("desk:rates", desk.slug)
    return render_form(request, "cooperatives/desk/zone.html", desk.page(zone=found), form)


@FORM
@door()
def bank(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The account that buyers pay into, the one that waits, and a form for a new one."""
    form = BankAccountForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_in(form):
            paper = papers.keep(
                data["paper"], kind=PaperKind.BANK, cooperative=desk.cooperative, by=desk.actor
            )
            bank_accounts.propose(
                desk.cooperative,
                bank=data["bank"],
                number=data["number"],
                holder=data["holder"],
                paper=paper,
                by=desk.actor,
            )
            messages.success(request, _("Đã gửi. Cán bộ liên minh sẽ đối chiếu và báo lại."))
            return redirect("desk:bank", desk.slug)
    accounts = desk.cooperative.bank_accounts.select_related("bank").prefetch_related("decisions")
    by_status = {account.status: account for account in accounts.order_by("pk")}
    refused = by_status.get(BankAccountStatus.REFUSED)
    waiting = by_status.get(BankAccountStatus.WAITING)
    verified = by_status.get(BankAccountStatus.VERIFIED)
    newest = max((one.pk for one in (waiting, verified) if one), default=0)
    context = desk.page(
        verified=verified, waiting=waiting, refused=refused if refused and refused.pk > newest else None
    )
    return render_form(request, "cooperatives/desk/bank.html", context, form)


@FORM
@door()
def members_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who works here; add somebody by the phone number of their account, end somebody's place."""
    if request.POST.get("action") == "end":
        return _end(request, desk)
    form = MemberForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        user = User.objects.filter(phone=form.cleaned_data["phone"], is_active=True).first()
        if user is None:
            form.add_error(
                "phone", _("Số này chưa có tài khoản trên chợ. Nhờ người ấy mở tài khoản trước đã.")
            )
        else:
            with refusals_in(form):
                members.add_member(desk.cooperative, user, form.cleaned_data["role"], by=desk.actor)
                messages.success(request, _("Đã thêm %s.") % user)
                return redirect("desk:members", desk.slug)
    places = desk.cooperative.memberships.filter(until__isnull=True).select_related("user").order_by("pk")
    directors = sum(place.role == Role.DIRECTOR for place in places)
    context = desk.page(members=places, may_leave=directors > 1)
    return render_form(request, "cooperatives/desk/members.html", context, form)


@require_safe
@door(ANYBODY)
def inbox(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cooperative's letters, newest first; those shown count as read from now on."""
    page = page_of(request, letters.of(desk.cooperative.mailbox))
    fresh = read_now(page)
    context = desk.page(page=page, fresh=fresh, push_key=push.public_key())
    return render(request, "cooperatives/desk/inbox.html", context)


@require_POST
@door(ANYBODY)
def device(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This device of a member is told of the cooperative's letters, or no more; JSON for ``push.js``."""
    return push_answer(request, desk.cooperative.mailbox)


@require_safe
@door(ANYBODY)
def paper(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A scan of the cooperative; bank and identity papers for directors."""
    found = get_object_or_404(desk.cooperative.papers, pk=pk)
    if found.kind in PRIVATE and not desk.may(Role.DIRECTOR):
        raise PermissionDenied
    return paper_answer(found)


def _open_or_close(request: HttpRequest, desk: Desk) -> HttpResponse:
    with shown(request):
        if request.POST["action"] == "open":
            stalls.open_stall(desk.stall, by=desk.actor)
            messages.success(request, _("Gian hàng đã mở. Khách mua được hàng."))
        else:
            stalls.close_stall(desk.stall, by=desk.actor)
            messages.success(request, _("Gian hàng tạm nghỉ. Đơn đã nhận thì vẫn gửi."))
    return redirect("desk:stall", desk.slug)


def _end(request: HttpRequest, desk: Desk) -> HttpResponse:
    pk = request.POST.get("membership", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) <= 18):
        raise Http404
    place = get_object_or_404(desk.cooperative.memberships.select_related("user"), pk=int(pk))
    with shown(request):
        members.end_membership(place, by=desk.actor)
        messages.success(request, _("%s đã thôi việc ở đây.") % place.user)
    if place.user_id == request.user.pk:
        return redirect("shop:me")
    return redirect("desk:members", desk.slug)
