"""What a buyer types at the basket besides quantities."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.forms import EMPTY, CleanCharField, CleanForm
from orders.vouchers import plain_code


class CodeForm(CleanForm):
    """The code of a voucher, typed any way."""

    code = CleanCharField(
        label=_("Mã giảm giá"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        code = plain_code(self.cleaned_data["code"])
        if not code:
            raise ValidationError(EMPTY)
        return code
