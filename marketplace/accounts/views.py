"""Signing in and out, and the page "Tôi". Panels of upper floors come by template tags."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.foundation.actor import Actor
from marketplace.foundation.http import page_of, refusals_in

from . import letters, push
from .adapter import MarketAdapter
from .forms import PushForm


class _Typed:
    """A form that is wrong is shown again with status 422."""

    extra_context = {"active_tab": "me"}

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        answer.status_code = 422
        return answer


class LoginView(_Typed, allauth.LoginView):
    pass


class SignupView(_Typed, allauth.SignupView):
    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except IntegrityError:  # pressed twice: the first press made the account
            form.add_error("phone", MarketAdapter.error_messages["phone_taken"])
            return self.form_invalid(form)


class LogoutView(allauth.LogoutView):
    extra_context = {"active_tab": "me"}


class PasswordChangeView(_Typed, allauth.PasswordChangeView):
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, _("Đã đổi mật khẩu."))
        return answer


class PasswordResetView(_Typed, allauth.PasswordResetView):
    pass


class PasswordResetFromKeyView(_Typed, allauth.PasswordResetFromKeyView):
    success_url = reverse_lazy("account_login")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, _("Đã đổi mật khẩu. Hãy đăng nhập bằng mật khẩu mới."))
        return answer


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Who I am, where I work, what I applied for, what I bought."""
    mailbox = f"nguoi:{request.user.pk}"
    context = {"active_tab": "me", "unread": letters.unread(mailbox)}
    return render(request, "account/shop/me.html", context)


@require_safe
@login_required
def my_letters(request: HttpRequest) -> HttpResponse:
    """The person's letters, newest first; those shown count as read from now on."""
    page = page_of(request, letters.of(f"nguoi:{request.user.pk}"))
    context = {"active_tab": "me", "page": page, "fresh": read_now(page), "push_key": push.public_key()}
    return render(request, "account/shop/letters.html", context)


@require_POST
@login_required
def my_push(request: HttpRequest) -> HttpResponse:
    """This device is told of my letters, or no more; JSON for ``push.js``."""
    return push_answer(request, f"nguoi:{request.user.pk}")


def push_answer(request: HttpRequest, mailbox: str) -> HttpResponse:
    """Switch the sender's device on or off for ``mailbox``, or only say how it stands: ``{"on": true}``.

    422 with a sentence for what is no device, 404 while the market sends no push.
    """
    if not push.public_key():
        raise Http404
    form = PushForm(request.POST)
    if form.is_valid():
        act, device = form.cleaned_data.pop("act"), form.cleaned_data
        with refusals_in(form):
            if act == "on":
                push.turn_on(mailbox, **device, by=Actor.of(request.user))
            elif act == "off":
                push.turn_off(mailbox, endpoint=device["endpoint"])
            return JsonResponse({"on": push.is_on(mailbox, endpoint=device["endpoint"])})
    return JsonResponse({"error": str(push.BadDevice())}, status=422)


def read_now(page: Any) -> set[int]:
    """Mark the unread letters of a shown page as read, in one statement;

    return their ids, so the page can say so.
    """
    fresh = {letter.pk for letter in page.object_list if letter.read_at is None}
    if fresh:
        type(page.object_list[0]).objects.filter(pk__in=fresh, read_at=None).update(read_at=timezone.now())
    return fresh
