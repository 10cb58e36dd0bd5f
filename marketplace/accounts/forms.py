"""Forms to sign in, to make an account, and to change a password."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.forms import CleanCharField, CleanForm, EmailField, PhoneField

from .adapter import read_login
from .models import User

PASSWORD_HINT = _("Ít nhất 8 chữ hoặc số. Chọn câu dễ nhớ với bạn, khó đoán với người khác.")


class PasswordField(forms.CharField):
    """A password as typed, in NFC: the same words typed on two keyboards are one password."""

    default_error_messages = {
        "required": _("Hãy ghi mật khẩu."),
        "max_length": _("Mật khẩu dài quá."),
        "null_characters_not_allowed": _("Mật khẩu có ký tự lạ. Hãy ghi lại."),
    }

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mật khẩu"))
        super().__init__(
            strip=False,
            max_length=256,
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "maxlength": None}),
            **kwargs,
        )
        self.widget.attrs.pop("maxlength", None)
        # Django's own validator has an English sentence.
        self.validators = [
            v for v in self.validators if type(v).__name__ != "ProhibitNullCharactersValidator"
        ]

    def to_python(self, value: Any) -> str:
        typed = str(super().to_python(value) or "")
        if "\x00" in typed:
            raise ValidationError(self.error_messages["null_characters_not_allowed"], code="null")
        return unicodedata.normalize("NFC", typed)


def check_new_password(password: str, user: Any) -> None:
    """Raise ValidationError with plain sentences when a password is too short or among the commonest."""
    try:
        validate_password(password, user)
    except ValidationError as wrong:
        codes = {error.code for error in wrong.error_list}
        if "password_too_short" in codes:
            raise ValidationError(_("Mật khẩu ngắn quá. Cần ít nhất 8 chữ hoặc số.")) from None
        raise ValidationError(_("Mật khẩu này dễ đoán quá. Hãy chọn mật khẩu khác.")) from None


class LoginForm(allauth.LoginForm):
    """One field for a phone or an e-mail, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields = {
            "login": CleanCharField(
                label=_("Số điện thoại hoặc thư điện tử"),
                max_length=254,
                widget=forms.TextInput(
                    attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
                ),
                error_messages={"required": _("Hãy ghi số điện thoại hoặc thư điện tử.")},
            ),
            "password": PasswordField(autocomplete="current-password"),
            "remember": forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput),
        }

    def clean_login(self) -> str:
        return read_login(self.cleaned_data["login"])

    def clean_remember(self) -> bool:
        """Phones are personal: the session stays until somebody signs out."""
        return True


class SignupForm(allauth.SignupForm):
    """A new account: full name, phone, e-mail if there is one, password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields = {
            "full_name": CleanCharField(
                label=_("Họ và tên"),
                max_length=120,
                widget=forms.TextInput(attrs={"autocomplete": "name"}),
                error_messages={"required": _("Hãy ghi họ và tên.")},
            ),
            "phone": PhoneField(error_messages={"required": _("Hãy ghi số điện thoại.")}),
            "email": EmailField(required=False),
            "password1": PasswordField(autocomplete="new-password", help_text=PASSWORD_HINT),
        }

    def clean_phone(self) -> str:
        """Without an SMS to the number, saying that it is taken is the only honest answer."""
        phone = self.cleaned_data["phone"]
        if User.objects.filter(phone=phone).exists():
            raise get_adapter().validation_error("phone_taken")
        return phone

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if email and User.objects.filter(email=email).exists():
            raise get_adapter().validation_error("email_taken")
        return email

    def clean(self) -> dict[str, Any]:
        password = self.cleaned_data.get("password1")
        if password:
            try:
                check_new_password(password, User(full_name=self.cleaned_data.get("full_name", "")))
            except ValidationError as wrong:
                self.add_error("password1", wrong)
        return self.cleaned_data


class _NewPassword:
    """Password fields of ours in a form of allauth that gives somebody a new password."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    user: Any

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        check_new_password(password, self.user)
        return password


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):
    """The present password and a new one, typed once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields = {
            "oldpassword": PasswordField(autocomplete="current-password", label=_("Mật khẩu đang dùng")),
            "password1": PasswordField(
                autocomplete="new-password", label=_("Mật khẩu mới"), help_text=PASSWORD_HINT
            ),
        }


class NewPasswordForm(_NewPassword, allauth.ResetPasswordKeyForm):
    """A new password after the link in the e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields = {
            "password1": PasswordField(
                autocomplete="new-password", label=_("Mật khẩu mới"), help_text=PASSWORD_HINT
            ),
        }


class ResetPasswordForm(allauth.ResetPasswordForm):
    """Asks for the e-mail that a link goes to; the answer is the same whether it has an account or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields = {"email": EmailField(error_messages={"required": _("Hãy ghi thư điện tử.")})}


class PushForm(CleanForm):
    """What a page's script says of this device: ``act`` is on, off or ask; the rest is the browser's own."""

    act = forms.ChoiceField(choices=[("on", "on"), ("off", "off"), ("ask", "ask")])
    endpoint = CleanCharField(max_length=1000)
    p256dh = CleanCharField(max_length=100)
    auth = CleanCharField(max_length=40)
