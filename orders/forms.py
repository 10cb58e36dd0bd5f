"""Forms of the third floor: what a buyer types at checkout, what a cooperative types at work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.forms import CleanCharField, CleanForm, CountField, EmailField, PhoneField
from marketplace.places.forms import AddressFields
from orders.statuses import NotifierKind

CARRIERS = ["Viettel Post", "Vietnam Post", "GHN", "GHTK"]


class DeliveryForm(AddressFields, CleanForm):
    """Screen 1: who buys and where to. Eight fields, three of them may stay empty."""

    buyer_name = CleanCharField(
        label=_("Họ và tên"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneField(label=_("Số điện thoại"), help_text=_("Người giao hàng sẽ gọi số này."))
    email = EmailField(
        label=_("Thư điện tử"), required=False, help_text=_("Để nhận thư báo từng bước. Có thể bỏ trống.")
    )
    note = CleanCharField(label=_("Lời nhắn cho hợp tác xã"), required=False, max_length=300)

    field_order = [
        "buyer_name",
        "phone",
        "email",
        "province_code",
        "commune_code",
        "street",
        "directions",
        "note",
    ]


class PaymentForm(CleanForm):
    """Screen 2: one choice per parcel, among what that cooperative offers."""

    def __init__(self, *args: Any, offers: dict[int, tuple[str, list[Any]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for cooperative_id, (name, methods) in offers.items():
            self.fields[f"method_{cooperative_id}"] = forms.ChoiceField(
                label=name,
                choices=[(method.value, method.label) for method in methods],
                widget=forms.RadioSelect,
                initial=methods[0].value if methods else None,
                error_messages={
                    "required": _("Hãy chọn cách trả tiền."),
                    "invalid_choice": _("Hãy chọn lại."),
                },
            )

    def methods(self) -> dict[int, str]:
        """Return cooperative id → chosen way of paying."""
        return {int(name.removeprefix("method_")): value for name, value in self.cleaned_data.items()}


class ReviewForm(CleanForm):
    """Screen 3: what the confirm button carries: the placement key and the total that was shown."""

    placement_key = forms.UUIDField(widget=forms.HiddenInput)
    shown_total = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**12)


class LookupForm(CleanForm):
    """Find a purchase again by phone and code."""

    phone = PhoneField(label=_("Số điện thoại đã đặt hàng"))
    code = CleanCharField(
        label=_("Mã lần mua hoặc mã đơn"),
        max_length=40,
        help_text=_("8 chữ và số, ví dụ 7K3M-9Q2X."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )


class ShipForm(CleanForm):
    carrier = CleanCharField(
        label=_("Gửi qua"), max_length=60, widget=forms.TextInput(attrs={"list": "carriers"})
    )
    waybill = CleanCharField(
        label=_("Mã vận đơn"),
        max_length=60,
        required=False,
        help_text=_("Ghi trên phiếu gửi. Có thể bỏ trống khi tự giao."),
    )


class ReasonForm(CleanForm):
    reason = CleanCharField(label=_("Lý do"), max_length=300, multiline=True)


class AssignForm(CleanForm):
    """Which order a transfer is for."""

    order = CleanCharField(
        label=_("Mã đơn"),
        max_length=40,
        help_text=_("8 chữ và số, ví dụ 7K3M-9Q2X."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )


class CloseForm(CleanForm):
    """What became of money that is for no order."""

    what = forms.ChoiceField(
        label=_("Khoản này"),
        choices=[("back", _("Đã trả lại cho người chuyển")), ("other", _("Không phải tiền hàng"))],
        widget=forms.RadioSelect,
    )
    words = CleanCharField(label=_("Ghi thêm"), max_length=200, required=False)

    def note(self) -> str:
        """The choice and what was written beside it, in the words of this moment."""
        chosen = dict(self.fields["what"].choices)[self.cleaned_data["what"]]
        return ". ".join(part for part in (str(chosen), self.cleaned_data["words"]) if part)


class NotifierForm(CleanForm):
    kind = forms.ChoiceField(
        label=_("Dịch vụ báo có"), choices=NotifierKind.choices, widget=forms.RadioSelect
    )
    secret = CleanCharField(
        label=_("Mã kiểm tra của payOS"),
        max_length=120,
        required=False,
        help_text=_(
            "Checksum Key ở trang kênh thanh toán của payOS. SePay thì để trống, chợ tạo khoá cho bạn."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class StatementForm(CleanForm):
    file = forms.FileField(
        label=_("Tệp sao kê"),
        help_text=_("Tệp .xlsx hoặc .csv tải từ ngân hàng, nhiều nhất 10 MB."),
        error_messages={
            "required": _("Hãy chọn tệp sao kê."),
            "empty": _("Tệp này trống."),
            "invalid": _("Hãy chọn tệp sao kê."),
            "missing": _("Hãy chọn tệp sao kê."),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )


class PackForm(CleanForm):
    """One number per line and lot: how many units to take from it."""

    def __init__(self, *args: Any, suggestions: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[dict[str, Any]] = []
        for suggestion in suggestions:
            options = []
            for option, take in suggestion.options:
                lot_id = option.lot.pk if option.lot else 0
                name = f"take_{suggestion.line.pk}_{lot_id}"
                self.fields[name] = CountField(
                    label=option.lot.number if option.lot else _("Không theo lô"),
                    required=False,
                    initial=take,
                    most=max(option.left, 0),
                )
                options.append((option, self[name]))
            self.rows.append({"line": suggestion.line, "options": options})

    def choices(self) -> list[tuple[int, int | None, int]]:
        """Return (line id, lot id or None, quantity) for every number above zero."""
        found = []
        for name, quantity in self.cleaned_data.items():
            if quantity:
                _prefix, line_id, lot_id = name.split("_")
                found.append((int(line_id), int(lot_id) or None, quantity))
        return found
