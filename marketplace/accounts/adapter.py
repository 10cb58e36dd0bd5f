"""allauth's questions about phones and first pages, answered from our user."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.foundation import text
from marketplace.foundation.forms import PhoneField
from marketplace.foundation.http import client_ip

from . import resets
from .models import User

# One sentence for a wrong password and for a number that nobody has: the page never tells who has an account.
NO_MATCH = _("Số điện thoại (hoặc thư điện tử) hay mật khẩu chưa đúng. Hãy thử lại.")


def read_login(typed: str) -> str:
    """What somebody signs in with as it is stored:

    a phone ``0912345678``, an e-mail in small letters, else as typed.
    """
    typed = text.clean(typed[:254])
    if "@" in typed:
        return typed.lower()
    try:
        return text.phone(typed)
    except ValueError:
        return typed


def tried_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name under which axes counts failed attempts: the same for every way of typing one number."""
    for field in ("phone", "email", "username"):
        if credentials and credentials.get(field):
            return read_login(str(credentials[field]))
    return read_login(request.POST.get("login") or request.POST.get("username") or "")


class MarketAdapter(DefaultAccountAdapter):
    """Signs people in by phone or e-mail and one full name; SMS codes are not used."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Tài khoản này đang bị khoá."),
        "email_password_mismatch": NO_MATCH,
        "phone_password_mismatch": NO_MATCH,
        "username_password_mismatch": NO_MATCH,
        "incorrect_password": _("Mật khẩu chưa đúng."),
        "enter_current_password": _("Mật khẩu đang dùng chưa đúng."),
        "too_many_login_attempts": _("Thử sai nhiều lần quá. Hãy đợi 15 phút rồi thử lại."),
        "email_taken": _("Thư này đã có tài khoản. Hãy đăng nhập."),
        "phone_taken": _("Số này đã có tài khoản. Hãy đăng nhập."),
    }

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, True) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        User.objects.filter(pk=user.pk).update(phone=phone)

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Numbers are not verified by SMS; nothing to keep."""

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        """Never asked for: ``ACCOUNT_PHONE_VERIFICATION_ENABLED`` is off."""

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Nobody is told by SMS that they have no account."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> User:
        """Make the user with phone, e-mail, full name and password at once: the table wants a phone or an
        e-mail.

        Raises IntegrityError when the phone or e-mail was taken since the form was checked.
        """
        data = form.cleaned_data
        user.full_name, user.phone = data["full_name"], data["phone"]
        user.email = data.get("email") or None
        user.set_password(data["password1"])
        with transaction.atomic():
            user.save()
        return user

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return import_string(settings.FIRST_PAGE_OF)(request.user)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("shop:me")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("shop:me")

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """The link goes to the e-mail of the account, by the outbox."""
        resets.promise(user, language=get_language() or "vi")

    def get_reset_password_from_key_url(self, key: str) -> str:
        return resets.address(key)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Every answer is a page."""
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """allauth's own remarks ("signed in as …") are noise; our views say what matters."""
