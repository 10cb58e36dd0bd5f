"""Forms of cases: what a buyer asks, how a cooperative answers, what an officer decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.forms import CleanCharField, CleanForm, CountField, DongField, PictureField
from orders.models import ReturnLine
from orders.statuses import ComplaintKind, ReturnReason

CHOOSE = {"required": _("Hãy chọn một mục."), "invalid_choice": _("Hãy chọn lại.")}
BACK, KEEP, REJECT = "back", "keep", "reject"
WAYS = [
    (BACK, _("Khách gửi hàng về trước, rồi trả tiền")),
    (KEEP, _("Trả tiền ngay, khách không phải gửi hàng về")),
]


def fee_field() -> DongField:
    """What of the parcel fee goes back with the goods."""
    return DongField(
        label=_("Trả lại phí gửi"), required=False, help_text=_("Để trống nếu không trả lại phí gửi.")
    )


class ReturnForm(CleanForm):
    """How many units of each line a buyer gives back, why, and up to three pictures."""

    def __init__(self, *args: Any, lines: list[tuple[Any, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = []
        for line, left in lines:
            self.fields[f"units_{line.pk}"] = CountField(
                label=line.full_title,
                required=False,
                initial=0,
                most=left,
                help_text=_("Trả được %(n)s.") % {"n": left},
            )
            self.rows.append(self[f"units_{line.pk}"])
        self.fields["reason"] = forms.ChoiceField(
            label=_("Vì sao trả"),
            choices=ReturnReason.choices,
            widget=forms.RadioSelect,
            error_messages=CHOOSE,
        )
        self.fields["words"] = CleanCharField(
            label=_("Kể rõ hơn"),
            max_length=1000,
            multiline=True,
            help_text=_("Ví dụ: hai gói bị ẩm, mở ra có mùi."),
        )
        for number in (1, 2, 3):
            self.fields[f"photo{number}"] = PictureField(label=_("Ảnh %(n)s") % {"n": number}, required=False)
        self.fields["form_key"] = forms.UUIDField(widget=forms.HiddenInput)

    def units(self) -> dict[int, int]:
        """Return line id → units."""
        return {
            int(name.removeprefix("units_")): count
            for name, count in self.cleaned_data.items()
            if name.startswith("units_") and count
        }

    def photos(self) -> list[Any]:
        """Return the pictures that were sent."""
        return [self.cleaned_data[name] for name in ("photo1", "photo2", "photo3") if self.cleaned_data[name]]


class AgreeForm(CleanForm):
    way = forms.ChoiceField(
        label=_("Trả thế nào"), choices=WAYS, widget=forms.RadioSelect, error_messages=CHOOSE
    )
    fee_share = fee_field()


class GoodsBackForm(CleanForm):
    """How many of the units that came back can be sold again."""

    def __init__(self, *args: Any, rows: list[ReturnLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = []
        for row in rows:
            self.fields[f"fit_{row.line_id}"] = CountField(
                label=row.line.full_title, initial=row.quantity, most=row.quantity
            )
            self.rows.append((row, self[f"fit_{row.line_id}"]))

    def fit(self) -> dict[int, int]:
        """Return line id → units that can be sold again."""
        return {int(name.removeprefix("fit_")): count for name, count in self.cleaned_data.items()}


class DecideForm(CleanForm):
    """What an officer decides about a return; both sides read the reason."""

    decision = forms.ChoiceField(
        label=_("Liên minh quyết định"),
        choices=[*WAYS, (REJECT, _("Không được trả hàng"))],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    fee_share = fee_field()
    reason = CleanCharField(
        label=_("Lý do"), max_length=1000, multiline=True, help_text=_("Cả người mua và hợp tác xã đọc.")
    )


class WordsForm(CleanForm):
    """What one side of a complaint says."""

    words = CleanCharField(label=_("Viết ở đây"), max_length=2000, multiline=True)
    form_key = forms.UUIDField(widget=forms.HiddenInput)


class ComplaintForm(WordsForm):
    kind = forms.ChoiceField(
        label=_("Về việc gì"),
        choices=ComplaintKind.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    field_order = ["kind", "words", "form_key"]


class SettleForm(CleanForm):
    """An officer ends a complaint."""

    words = CleanCharField(
        label=_("Trả lời của liên minh"),
        max_length=2000,
        multiline=True,
        help_text=_("Cả người mua và hợp tác xã đọc."),
    )
