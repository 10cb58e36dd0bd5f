"""Forms of the third floor: what a buyer types at checkout, what a cooperative types at work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.forms import TaxCodeField, bank_field
from cooperatives.prices import moments_of, price_of
from marketplace.foundation.forms import (
    EMPTY,
    CleanCharField,
    CleanForm,
    CountField,
    DayField,
    DocumentField,
    DongField,
    EmailField,
    PaperField,
    PhoneField,
)
from marketplace.foundation.ids import new_id
from marketplace.places.forms import AddressFields
from orders.models import Carrier
from orders.shipping.carriers import READERS
from orders.statuses import NotifierKind, PaymentMethod, PurchaseSource
from orders.vouchers import MOST_PERCENT
from traceability.models import Lot


def ids(kind: str, pk: int) -> str:
    """Return ``auto_id`` of a form that one page shows for several things: no two fields share an id."""
    return f"{kind}{pk}_%s"


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


class GoodsForm(CleanForm):
    """A number for each thing that a cooperative sells, and how it is paid."""

    placement_key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": _("Trang này đã cũ. Hãy mở lại.")}
    )
    method = forms.ChoiceField(
        label=_("Trả tiền"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn cách trả tiền."), "invalid_choice": _("Hãy chọn lại.")},
    )

    def __init__(self, *args: Any, goods: list[Any], methods: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = methods  # type: ignore[attr-defined]
        self.rows = []
        for product in goods:
            name = f"units_{product.pk}"
            self.fields[name] = CountField(label=product.title, required=False, most=10_000)
            self.rows.append((product, price_of(product.stock).amount, self[name]))

    def goods(self) -> dict[int, int]:
        """Return product id → units."""
        return {
            int(name.removeprefix("units_")): units
            for name, units in self.cleaned_data.items()
            if name.startswith("units_") and units
        }


class SaleForm(GoodsForm):
    """A sale across the counter: goods from the list, or a sum."""

    amount = DongField(label=_("Số tiền"), required=False, least=1, most=10**9)
    title = CleanCharField(
        label=_("Bán gì"), required=False, max_length=120, help_text=_("Ví dụ: rau, măng tươi.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("amount") and self.goods():
            self.add_error("amount", _("Chỉ ghi món, hoặc chỉ ghi số tiền. Muốn cả hai thì tính hai lần."))
        return data


class TakenOrderForm(GoodsForm, DeliveryForm):
    """An order taken down for a customer: from where, what, to whom."""

    source = forms.ChoiceField(
        label=_("Khách đặt qua"),
        choices=[
            (one.value, one.label)
            for one in (PurchaseSource.PHONE, PurchaseSource.ZALO, PurchaseSource.FACEBOOK)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn khách đặt qua đâu."), "invalid_choice": _("Hãy chọn lại.")},
    )


class PaymentForm(CleanForm):
    """Screen 2: per parcel one way of paying among what is offered, and whether it is sent or fetched where the stall
    lets buyers choose."""

    SEND, PICKUP = "send", "pickup"

    def __init__(
        self, *args: Any, parcels: list[Any], methods: dict[int, list[PaymentMethod]], **kwargs: Any
    ) -> None:
        """``parcels``: ``baskets.Parcel``; ``methods``: cooperative id → what it offers for that parcel."""
        super().__init__(*args, **kwargs)
        for parcel in parcels:
            key, name = parcel.cooperative.pk, parcel.cooperative.name
            if parcel.cooperative.stall.pickup:
                ways = [(self.PICKUP, _("Đến lấy"))]
                if parcel.quote.rate is not None:
                    ways.insert(0, (self.SEND, _("Gửi đến địa chỉ của bạn")))
                self.fields[f"way_{key}"] = self._choice(
                    name, ways, self.PICKUP if parcel.is_pickup else ways[0][0], _("Hãy chọn cách nhận hàng.")
                )
            offered = [(method.value, method.label) for method in methods[key]]
            first = offered[0][0] if offered else None
            self.fields[f"method_{key}"] = self._choice(name, offered, first, _("Hãy chọn cách trả tiền."))

    @staticmethod
    def _choice(label: str, choices: list[Any], initial: str | None, required: Any) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=label,
            choices=choices,
            widget=forms.RadioSelect,
            initial=initial,
            error_messages={"required": required, "invalid_choice": _("Hãy chọn lại.")},
        )

    @classmethod
    def pickups_in(cls, data: Any, parcels: list[Any]) -> set[int]:
        """The ids of the cooperatives that ``data`` says the buyer goes to; prices hang on them, so they are read
        before the form is."""
        keys = [parcel.cooperative.pk for parcel in parcels]
        return {key for key in keys if data.get(f"way_{key}") == cls.PICKUP}

    def of(self, parcel: Any) -> tuple[Any, Any]:
        """The parcel's two fields, how it comes (None when there is no choice) and how it is paid."""
        key = parcel.cooperative.pk
        return self[f"way_{key}"] if f"way_{key}" in self.fields else None, self[f"method_{key}"]

    def methods(self) -> dict[str, str]:
        """Return cooperative id → chosen way of paying, as the session keeps it."""
        chosen = self.cleaned_data.items()
        return {name.removeprefix("method_"): value for name, value in chosen if name.startswith("method_")}


class VoucherForm(CleanForm):
    """A new voucher. ``goods``: the cooperative's products; none given, it holds for all goods."""

    code = CleanCharField(
        label=_("Mã"),
        max_length=40,
        help_text=_("Từ 4 đến 20 chữ và số, không dấu: TET2027. Khách gõ hoa hay thường đều được."),
    )
    most = DongField(label=_("Giảm bao nhiêu?"), least=1, most=10**9)
    percent = CountField(
        label=_("Hay giảm theo phần trăm?"),
        help_text=_("Ghi 10 là giảm 10 % tiền hàng, nhiều nhất là số tiền ở trên."),
        least=1,
        most=MOST_PERCENT,
        required=False,
    )
    least = DongField(
        label=_("Tiền hàng từ bao nhiêu?"),
        help_text=_("Không ghi phần trăm thì ít nhất gấp đôi số tiền giảm."),
        most=10**9,
        required=False,
    )
    first = DayField(label=_("Từ ngày"))
    last = DayField(label=_("Đến hết ngày"))
    limit = CountField(
        label=_("Bao nhiêu lượt?"), help_text=_("Bỏ trống là không giới hạn."), least=1, required=False
    )
    once_a_phone = forms.BooleanField(
        label=_("Mỗi số điện thoại chỉ dùng một lần"), required=False, initial=True
    )
    goods = forms.MultipleChoiceField(
        label=_("Chỉ cho những món này"),
        help_text=_("Không chọn món nào là cho mọi món của hợp tác xã."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Hãy chọn lại.")},
        required=False,
    )

    def __init__(self, *args: Any, goods: Iterable[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if goods is None:
            del self.fields["goods"]
        else:
            self.fields["goods"].choices = [(str(one.pk), one.name) for one in goods]

    def asked(self) -> dict[str, Any]:
        """Return what ``vouchers.make_voucher`` takes. Raises WrongWindow for days that cannot be."""
        data = dict(self.cleaned_data)
        starts_at, ends_at = moments_of(data.pop("first"), data.pop("last"))
        goods = [int(pk) for pk in data.pop("goods", ())]
        least = data.pop("least") or Decimal(0)
        return {**data, "least": least, "goods": goods, "starts_at": starts_at, "ends_at": ends_at}


class InvoiceForm(CleanForm):
    """On whom an invoice is made out."""

    name = CleanCharField(
        label=_("Tên người mua hoặc đơn vị"),
        max_length=200,
        help_text=_("Như trên giấy đăng ký, nếu là đơn vị."),
    )
    tax_code = TaxCodeField(
        required=False,
        help_text=_("10 hoặc 13 số, hoặc 12 số định danh cá nhân. Cá nhân không có thì để trống."),
    )
    address = CleanCharField(label=_("Địa chỉ ghi trên hoá đơn"), max_length=300)
    email = EmailField(label=_("Thư điện tử nhận hoá đơn"), required=False)

    def wish(self) -> dict[str, str]:
        """What was typed, as ``invoices.MadeOutTo`` takes it."""
        return {name: self.cleaned_data[name] for name in ("name", "tax_code", "address", "email")}


class CheckoutInvoiceForm(InvoiceForm):
    """The same while ordering, where most people want none: nothing is asked until the box is ticked."""

    wanted = forms.BooleanField(label=_("Tôi cần hoá đơn"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    @staticmethod
    def as_kept(wish: dict[str, str] | None) -> dict[str, Any]:
        """What the form starts with: what was asked before on this way through the checkout."""
        return {**wish, "wanted": True} if wish else {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("wanted"):
            for name in ("name", "address"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, EMPTY)
        elif any(data.get(name) for name in ("name", "tax_code", "address", "email")):
            self.add_error("wanted", _("Cần hoá đơn thì đánh dấu ô này; không cần thì xoá các ô bên dưới."))
        return data

    def wish(self) -> dict[str, str] | None:  # type: ignore[override]
        """What was asked for, as the session keeps it; None without the tick."""
        return super().wish() if self.cleaned_data["wanted"] else None


class IssuedInvoiceForm(CleanForm):
    """An e-invoice as the cooperative's own invoice program made it."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)
    form = CleanCharField(label=_("Mẫu số"), max_length=20, help_text=_("Ví dụ 1 hoặc 2."))
    series = CleanCharField(label=_("Ký hiệu"), max_length=20, help_text=_("Ví dụ C26TAA."))
    number = CleanCharField(label=_("Số hoá đơn"), max_length=20)
    issued_on = DayField(label=_("Ngày lập"))
    lookup_address = CleanCharField(
        label=_("Trang tra cứu"),
        required=False,
        max_length=200,
        help_text=_("Địa chỉ bắt đầu bằng https://"),
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        validators=[
            URLValidator(schemes=["https"], message=_("Địa chỉ này chưa đúng. Hãy chép cả https://"))
        ],
    )
    lookup_code = CleanCharField(label=_("Mã tra cứu"), required=False, max_length=60)
    file = DocumentField(label=_("Tệp hoá đơn PDF hoặc XML"), required=False)

    def clean_issued_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["issued_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Ngày lập không được sau hôm nay."))
        return day


class ReviewForm(CleanForm):
    """Screen 3: what the confirm button carries: the placement key, the total that was shown, whether goods sold by
    weight may be a little heavier, and dearer, than ordered."""

    placement_key = forms.UUIDField(widget=forms.HiddenInput)
    shown_total = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**12)
    heavier = forms.BooleanField(required=False)


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
    """With whom one parcel goes."""

    carrier = CleanCharField(
        label=_("Gửi qua"), max_length=60, widget=forms.TextInput(attrs={"list": "carriers"})
    )
    waybill = CleanCharField(
        label=_("Mã vận đơn"),
        max_length=60,
        required=False,
        help_text=_("Ghi trên phiếu gửi. Có thể bỏ trống khi tự giao."),
    )


class CancelForm(CleanForm):
    """A buyer changes her mind; she need not say why."""

    reason = CleanCharField(label=_("Lý do"), max_length=300, required=False)


class CarrierLinkForm(CleanForm):
    """Which carrier tells of parcels, and the word that its calls carry."""

    carrier = forms.ModelChoiceField(
        Carrier.objects.filter(is_active=True, code__in=READERS),
        to_field_name="code",
        label=_("Hãng"),
        empty_label=_("Chọn hãng"),
        error_messages={
            "required": _("Hãy chọn hãng."),
            "invalid_choice": _("Hãy chọn hãng trong danh sách."),
        },
    )
    secret = CleanCharField(
        label=_("Mã kiểm tra"),
        max_length=120,
        required=False,
        help_text=_("Viettel Post: mã TOKEN đã đặt ở trang của hãng. Hãng khác để trống được."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class RecallForm(CleanForm):
    """Which lots are recalled, why, and that it is meant; ``form_key``: sent twice is one recall.

    ``chosen``: those of the lots asked for that are the cooperative's.
    """

    lots = forms.MultipleChoiceField(
        label=_("Lô"),
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": _("Hãy chọn lô cần thu hồi."),
            "invalid_choice": _("Lô này không có ở đây. Hãy chọn lại."),
            "invalid_list": _("Lô này không có ở đây. Hãy chọn lại."),
        },
    )
    form_key = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=new_id,
        error_messages={
            "invalid": _("Trang này đã cũ. Hãy mở lại."),
            "required": _("Trang này đã cũ. Hãy mở lại."),
        },
    )
    reason = CleanCharField(
        label=_("Vì sao thu hồi?"),
        multiline=True,
        max_length=1000,
        help_text=_("Người mua và ai quét mã cũng đọc câu này. Hãy nói rõ điều gì sai."),
    )
    sure = forms.BooleanField(
        label=_("Tôi đã xem các số trên và muốn thu hồi ngay."),
        error_messages={"required": _("Hãy đánh dấu ô này nếu bạn chắc chắn thu hồi.")},
    )

    def __init__(self, *args: Any, chosen: list[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [str(lot.pk) for lot in chosen]
        self.fields["lots"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]
        self.initial["lots"] = keys


class LiftForm(CleanForm):
    """Why a recall is lifted."""

    reason = CleanCharField(
        label=_("Vì sao bỏ thu hồi?"),
        multiline=True,
        max_length=1000,
        help_text=_("Ai đã được báo thì đọc câu này."),
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
    """One number per line and lot: how many units to take from it; what happens to units that are short.

    ``weigh_<line>``: what the units packed weigh together, for goods sold by weight. ``rest_<line>`` and
    ``why_<line>``: whether the rest follows in another parcel, or is taken off and why.
    """

    def __init__(self, *args: Any, suggestions: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[dict[str, Any]] = []
        for suggestion in suggestions:
            line = suggestion.line
            options = []
            for option, take in suggestion.options:
                lot_id = option.lot.pk if option.lot else 0
                name = f"take_{line.pk}_{lot_id}"
                self.fields[name] = CountField(
                    label=option.lot.number if option.lot else _("Không theo lô"),
                    required=False,
                    initial=take,
                    most=max(option.left, 0),
                )
                options.append((option, self[name]))
            row: dict[str, Any] = {"line": line, "options": options}
            if line.unit_grams:
                self.fields[f"weigh_{line.pk}"] = CountField(
                    label=_("Cân thật, gam"),
                    required=False,
                    most=10_000_000,
                    help_text=_("Cân phần đóng gói của món này. Giá tính theo cân."),
                )
                row["weigh"] = self[f"weigh_{line.pk}"]
            self.fields[f"rest_{line.pk}"] = forms.ChoiceField(
                label=_("Nếu đóng gói ít hơn số đặt"),
                choices=[
                    ("later", _("Phần còn lại gửi sau, không tính thêm phí gửi")),
                    ("off", _("Bớt khỏi đơn, khách không phải trả phần thiếu")),
                ],
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Hãy chọn lại.")},
            )
            self.fields[f"why_{line.pk}"] = CleanCharField(
                label=_("Vì sao thiếu"),
                max_length=200,
                required=False,
                help_text=_("Người mua đọc được câu này."),
            )
            row["rest"], row["why"] = self[f"rest_{line.pk}"], self[f"why_{line.pk}"]
            row["is_short"] = sum(take for _option, take in suggestion.options) < line.num_open
            self.rows.append(row)

    def clean(self) -> dict[str, Any]:
        """What is taken off needs a reason."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, chosen in list(cleaned.items()):
            if name.startswith("rest_") and chosen == "off":
                why = name.replace("rest_", "why_")
                if not cleaned.get(why) and why not in self.errors:
                    self.add_error(why, _("Hãy ghi vì sao thiếu."))
        return cleaned

    def choices(self) -> list[tuple[int, int | None, int]]:
        """Return (line id, lot id or None, quantity) for every number above zero."""
        found = []
        for name, quantity in self.cleaned_data.items():
            if name.startswith("take_") and quantity:
                _prefix, line_id, lot_id = name.split("_")
                found.append((int(line_id), int(lot_id) or None, quantity))
        return found

    def short(self) -> dict[int, str]:
        """Return line id → why its rest is taken off ("": it follows), for lines where a choice was made."""
        return {
            int(name.removeprefix("rest_")): self.cleaned_data[name.replace("rest_", "why_")]
            if chosen == "off"
            else ""
            for name, chosen in self.cleaned_data.items()
            if name.startswith("rest_") and chosen
        }

    def grams(self) -> dict[int, int]:
        """Return line id → what the scales said."""
        return {
            int(name.removeprefix("weigh_")): grams
            for name, grams in self.cleaned_data.items()
            if name.startswith("weigh_") and grams
        }


class CutForm(CleanForm):
    """How many open units of each line come off an order, and why."""

    def __init__(self, *args: Any, lines: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = []
        for line in lines:
            if line.num_open:
                self.fields[f"off_{line.pk}"] = CountField(
                    label=line.full_title, required=False, initial=0, most=line.num_open
                )
                self.rows.append((line, self[f"off_{line.pk}"]))
        self.fields["reason"] = CleanCharField(
            label=_("Lý do"), max_length=300, help_text=_("Người mua đọc được câu này.")
        )
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)

    def units(self) -> dict[int, int]:
        """Return line id → how many units come off."""
        return {
            int(name.removeprefix("off_")): count
            for name, count in self.cleaned_data.items()
            if name.startswith("off_") and count
        }


class BackForm(CleanForm):
    """A parcel that came back: why, and how many of each thing can be sold again."""

    def __init__(self, *args: Any, picks: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = CleanCharField(
            label=_("Vì sao hoàn về"), max_length=300, help_text=_("Ví dụ: khách không nhận, gọi không được.")
        )
        self.rows = []
        for pick in picks:
            self.fields[f"fit_{pick.pk}"] = CountField(
                label=pick.line.full_title, initial=pick.quantity, most=pick.quantity
            )
            self.rows.append((pick, self[f"fit_{pick.pk}"]))
        self.fields["with_fee"] = forms.BooleanField(
            label=_("Trả lại cả phí gửi cho khách đã trả tiền"), required=False
        )

    def fit(self) -> dict[int, int]:
        """Return pick id → units that can be sold again."""
        return {
            int(name.removeprefix("fit_")): count
            for name, count in self.cleaned_data.items()
            if name.startswith("fit_")
        }


class GiveForm(CleanForm):
    """Take money off one line, or off the parcel fee, without goods coming back."""

    def __init__(self, *args: Any, targets: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"] = forms.ChoiceField(
            label=_("Bớt ở đâu"),
            choices=targets,
            error_messages={"required": EMPTY, "invalid_choice": _("Hãy chọn lại.")},
        )
        self.fields["amount"] = DongField(label=_("Bớt bao nhiêu"), least=1)
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)
        self.fields["reason"] = CleanCharField(
            label=_("Lý do"), max_length=300, help_text=_("Người mua đọc được câu này.")
        )


class RefundAccountForm(CleanForm):
    """Where the buyer wants money back."""

    bank = bank_field()
    number = CleanCharField(
        label=_("Số tài khoản"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Hãy ghi số tài khoản.")},
    )
    holder = CleanCharField(
        label=_("Tên chủ tài khoản"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Hãy ghi tên chủ tài khoản.")},
    )


class RefundSentForm(CleanForm):
    """The cooperative made the transfer back."""

    shown = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**12)
    reference = CleanCharField(
        label=_("Mã giao dịch"),
        max_length=80,
        help_text=_("Như ứng dụng ngân hàng ghi. Trả tiền mặt thì ghi “tiền mặt”."),
    )
    evidence = PaperField(
        label=_("Ảnh chụp lệnh chuyển"),
        required=False,
        help_text=_("Giữ lại để khi khách hỏi thì có mà xem. Chỉ hợp tác xã thấy."),
    )


SCORES = [(5, _("Rất tốt")), (4, _("Tốt")), (3, _("Được")), (2, _("Chưa tốt")), (1, _("Kém"))]


class RatingForm(CleanForm):
    """How good one product was, and what the buyer wants to say."""

    score = forms.TypedChoiceField(
        label=_("Bạn thấy thế nào"),
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn một mục."), "invalid_choice": _("Hãy chọn lại.")},
    )
    words = CleanCharField(
        label=_("Kể cho người mua sau"),
        required=False,
        max_length=1000,
        multiline=True,
        help_text=_("Mùi vị, độ tươi, cách gói. Tên bạn hiện ngắn gọn, ví dụ “Hà, Hà Nội”."),
    )


class RatingAnswerForm(CleanForm):
    """What a cooperative says to a rating, in public."""

    words = CleanCharField(
        label=_("Trả lời"), max_length=1000, multiline=True, help_text=_("Mọi người đều đọc được.")
    )
