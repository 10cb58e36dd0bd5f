"""Forms of the ground floor: the application, the stall, the bank account, members, decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.forms import (
    CleanCharField,
    CleanForm,
    CountField,
    DongField,
    EmailField,
    PaperField,
    PhoneField,
    PictureField,
)
from marketplace.places.forms import AddressFields
from marketplace.places.models import AdminUnit, Bank

from .models import Application, LegalForm, PaperKind
from .statuses import Outcome, Role

# 10 digits of the tax office, 13 for a branch, 12 since personal numbers serve households.
TAX_CODE = re.compile(r"[0-9]{10}(-[0-9]{3})?|[0-9]{12}")


class TaxCodeField(CleanCharField):
    """A tax code, typed with blanks and dots or without; the value is ten figures, ten-three, twelve, or "".

    Only its form is checked: whose it is, or whether it is in use, no one here can know.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mã số thuế"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> str:
        code = re.sub(r"[\s.]", "", super().clean(value))
        if re.fullmatch(r"[0-9]{13}", code):
            code = f"{code[:10]}-{code[10:]}"
        if code and not TAX_CODE.fullmatch(code):
            raise forms.ValidationError(
                _("Mã số thuế có 10 số, 13 số cho chi nhánh, hoặc 12 số định danh cá nhân.")
            )
        return code


def _photo(**attrs: Any) -> forms.FileInput:
    return forms.FileInput(attrs={"accept": PaperField.accept, "data-shrink": "", **attrs})


class ApplicationForm(AddressFields):
    """The one-page application. ``relaxed`` asks for nothing: a draft keeps whatever is right so far."""

    legal_form = forms.ChoiceField(
        label=_("Bạn là"), choices=LegalForm.choices, widget=forms.RadioSelect, initial=LegalForm.COOPERATIVE
    )
    name = CleanCharField(
        label=_("Tên đầy đủ"),
        help_text=_("Như trên giấy đăng ký."),
        max_length=128,
        error_messages={"required": _("Hãy ghi tên hợp tác xã.")},
    )
    tax_code = TaxCodeField(help_text=_("10 hoặc 13 số. Tổ hợp tác chưa có thì để trống."), required=False)
    contact_name = CleanCharField(
        label=_("Người đại diện"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Hãy ghi người đại diện.")},
    )
    phone = PhoneField(
        help_text=_("Khách và cán bộ liên minh sẽ gọi số này."),
        error_messages={"required": _("Hãy ghi số điện thoại.")},
    )
    email = EmailField(required=False)
    about = CleanCharField(
        label=_("Giới thiệu"),
        help_text=_("Làm gì, ở đâu, bao nhiêu hộ. Vài câu là đủ."),
        required=False,
        max_length=2000,
        multiline=True,
    )
    registration = PaperField(
        label=_("Ảnh giấy đăng ký"),
        help_text=_("Chụp rõ cả trang, hoặc chọn tệp PDF."),
        widget=_photo(),
        error_messages={"required": _("Hãy chụp giấy đăng ký hợp tác xã.")},
    )
    identity = PaperField(label=_("Giấy tờ người đại diện"), required=False, widget=_photo())
    other = PaperField(
        label=_("Giấy tờ khác"),
        help_text=_("An toàn thực phẩm, VietGAP, OCOP… có thì gửi luôn."),
        required=False,
        widget=_photo(),
    )

    PAPERS = {
        "registration": PaperKind.REGISTRATION,
        "identity": PaperKind.IDENTITY,
        "other": PaperKind.OTHER,
    }
    WORDS = ("legal_form", "name", "tax_code", "contact_name", "phone", "email", "about")
    field_order = [
        "legal_form",
        "name",
        "tax_code",
        "contact_name",
        "phone",
        "email",
        "province_code",
        "commune_code",
        "old_commune",
        "street",
        "directions",
        "about",
        "registration",
        "identity",
        "other",
    ]

    def __init__(
        self, *args: Any, application: Application | None = None, relaxed: bool = False, **kwargs: Any
    ) -> None:
        if application is not None:
            names = (*self.WORDS, "province_code", "commune_code", "street", "directions")
            shown = {name: getattr(application, name) for name in names}
            kwargs["initial"] = {**shown, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.has_registration = bool(
            application and application.papers.filter(kind=PaperKind.REGISTRATION).exists()
        )
        self.fields["registration"].required = not self.has_registration
        self.relaxed = relaxed
        if relaxed:
            for field in self.fields.values():
                field.required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        needs_code = data.get("legal_form") != LegalForm.GROUP and not self.relaxed
        if needs_code and not data.get("tax_code") and "tax_code" not in self.errors:
            self.add_error("tax_code", _("Hãy ghi mã số thuế."))
        return data

    def draft(self) -> dict[str, Any]:
        """The fields of an application that are right, also from a form that is not valid as a whole."""
        data = self.cleaned_data
        fields = {name: data[name] for name in self.WORDS if name in data}
        if not fields.get("legal_form", True):
            del fields["legal_form"]
        fields |= {name: data[name] for name in ("street", "directions") if name in data}
        if "province_code" in data:
            fields |= self.units(data["province_code"], data.get("commune_code", ""))
        return fields

    def papers(self) -> list[tuple[str, str, Any]]:
        """The readable scans that came with the form: field, kind, upload."""
        return [
            (field, kind, self.cleaned_data[field])
            for field, kind in self.PAPERS.items()
            if self.cleaned_data.get(field)
        ]


class RateFields(CleanForm):
    """What a parcel costs and how long it travels: the same for a stall and for one of its zones."""

    parcel_fee = DongField(
        label=_("Phí gửi một kiện"),
        help_text=_("Khách trả cho mỗi kiện của hợp tác xã. Ghi 0 nếu gửi miễn phí."),
        most=1_000_000,
        error_messages={"required": _("Hãy ghi phí gửi, hoặc 0.")},
    )
    free_over = DongField(
        label=_("Miễn phí gửi từ"),
        help_text=_("Đơn từ số tiền này thì không lấy phí gửi. Để trống nếu luôn lấy."),
        required=False,
        least=1,
    )
    days_from = CountField(label=_("Đến nơi nhanh nhất"), required=False, least=1, most=60)
    days_to = CountField(
        label=_("Đến nơi lâu nhất"),
        help_text=_("Tính từ ngày gửi đi. Để trống cả hai nếu chưa rõ."),
        required=False,
        least=1,
        most=60,
    )
    kilo_fee = DongField(
        label=_("Thêm mỗi kg từ kg thứ hai"),
        help_text=_(
            "Để trống nếu kiện nặng nhẹ đều một phí. Hàng chưa ghi khối lượng tính 500 g một đơn vị."
        ),
        required=False,
        most=1_000_000,
    )
    is_served = forms.BooleanField(required=False)
    takes_cold = forms.BooleanField(label=_("Hàng cần giữ lạnh cũng gửi được"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["kilo_fee"] = self.initial.get("kilo_fee") or None  # nothing is an empty field, not a 0

    def clean_kilo_fee(self) -> Any:
        return self.cleaned_data["kilo_fee"] or 0


class RateForm(RateFields):
    """How a stall sends goods and takes cash; live at once."""

    dispatch_days = CountField(
        label=_("Gửi đi trong"),
        help_text=_("Từ lúc xác nhận đơn đến lúc kiện rời kho."),
        required=False,
        least=1,
        most=60,
    )
    pickup_place = CleanCharField(
        label=_("Nơi khách đến lấy"),
        help_text=_("Gian hàng, kho, sạp ở chợ. Để trống nếu không cho đến lấy."),
        required=False,
        max_length=160,
    )
    pickup_hours = CleanCharField(
        label=_("Giờ đến lấy"),
        help_text=_("Ví dụ: 7 giờ đến 17 giờ, trừ chủ nhật."),
        required=False,
        max_length=120,
    )
    takes_cod = forms.BooleanField(label=_("Nhận tiền mặt khi giao hàng"), required=False)
    cod_limit = DongField(
        label=_("Tiền mặt nhiều nhất một đơn"),
        help_text=_("Đơn lớn hơn thì khách phải chuyển khoản trước. Để trống nếu không giới hạn."),
        required=False,
        least=1,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_served"].label = _("Gửi tới mọi tỉnh không có trong vùng riêng")


class ZoneForm(RateFields):
    """Provinces with a rate of their own; ``chosen()`` gives code → name."""

    provinces = forms.MultipleChoiceField(
        label=_("Tỉnh, thành phố"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Hãy chọn ít nhất một tỉnh."),
            "invalid_choice": _("Hãy chọn tỉnh trong danh sách."),
        },
    )

    def __init__(self, *args: Any, taken: Iterable[str] = (), **kwargs: Any) -> None:
        """``taken``: codes of provinces that stand in other zones; they are not offered."""
        super().__init__(*args, **kwargs)
        self.fields["is_served"].label = _("Có gửi tới vùng này")
        left = [unit for unit in AdminUnit.objects.provinces() if unit.code not in set(taken)]
        self.fields["provinces"].choices = [(unit.code, unit.short_name) for unit in left]

    def chosen(self) -> dict[str, str]:
        wanted = self.cleaned_data["provinces"]
        return {code: name for code, name in self.fields["provinces"].choices if code in wanted}


class StallForm(CleanForm):
    """What a director changes about the stall; live at once."""

    phone = PhoneField(label=_("Số điện thoại cho khách gọi"))
    zalo = PhoneField(label=_("Số Zalo"), required=False)
    email = EmailField(required=False)
    about = CleanCharField(
        label=_("Giới thiệu"),
        help_text=_("Ai làm, làm ở đâu, làm thế nào. Khách đọc đầu tiên."),
        required=False,
        max_length=2000,
        multiline=True,
    )
    banner = PictureField(
        label=_("Ảnh gian hàng"),
        help_text=_("Người, ruộng nương, nơi làm hàng. Ảnh ngang đẹp hơn."),
        required=False,
        widget=forms.FileInput(attrs={"accept": PictureField.accept, "data-shrink": ""}),
    )


def bank_field() -> forms.ModelChoiceField:
    """Choose one of the banks that VietQR reaches."""
    return forms.ModelChoiceField(
        Bank.objects.filter(is_active=True),
        label=_("Ngân hàng"),
        empty_label=_("Chọn ngân hàng"),
        error_messages={
            "required": _("Hãy chọn ngân hàng."),
            "invalid_choice": _("Hãy chọn một ngân hàng trong danh sách."),
        },
    )


class BankAccountForm(CleanForm):
    """An account to be compared with the papers by an officer."""

    bank = bank_field()
    number = CleanCharField(
        label=_("Số tài khoản"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Hãy ghi số tài khoản.")},
    )
    holder = CleanCharField(
        label=_("Tên chủ tài khoản"),
        help_text=_("Như trong ứng dụng ngân hàng, ví dụ: HTX CHE TAN CUONG."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Hãy ghi tên chủ tài khoản.")},
    )
    paper = PaperField(
        label=_("Ảnh chụp tài khoản"),
        help_text=_("Chụp màn hình ứng dụng ngân hàng hoặc trang sổ có tên và số tài khoản."),
        widget=_photo(),
    )


class MemberForm(CleanForm):
    """A person who already has an account, and what they do at the cooperative."""

    phone = PhoneField(
        label=_("Số điện thoại của người ấy"), error_messages={"required": _("Hãy ghi số điện thoại.")}
    )
    role = forms.ChoiceField(
        label=_("Việc"), choices=Role.choices, widget=forms.RadioSelect, initial=Role.PACKER
    )


class DecisionForm(CleanForm):
    """What an officer decides; a reason for everything but a plain yes."""

    WORDS = {
        "approve": Outcome.APPROVED,
        "ask": Outcome.CHANGES_REQUESTED,
        "refuse": Outcome.REFUSED,
        "suspend": Outcome.SUSPENDED,
        "restore": Outcome.RESTORED,
    }

    decision = forms.ChoiceField(
        choices=[(word, word) for word in WORDS],
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Hãy chọn một nút bên dưới."),
            "invalid_choice": _("Hãy chọn một nút bên dưới."),
        },
    )
    reason = CleanCharField(
        label=_("Lý do"),
        help_text=_("Duyệt thì để trống được. Hợp tác xã sẽ đọc đúng những chữ này."),
        required=False,
        max_length=2000,
        multiline=True,
    )

    def __init__(self, *args: Any, allowed: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.allowed = allowed

    def clean_decision(self) -> str:
        decision = str(self.cleaned_data["decision"])
        if decision not in self.allowed:
            raise forms.ValidationError(self.fields["decision"].error_messages["invalid_choice"])
        return decision

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        needs_reason = data.get("decision") in ("ask", "refuse", "suspend")
        if needs_reason and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Hãy ghi lý do. Hợp tác xã sẽ đọc đúng những chữ này."))
        return data
