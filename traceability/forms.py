"""Forms of the second floor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.forms import SeenField
from catalog.models import Product
from cooperatives.models import Household, PaperKind, Plot, StockRecord
from marketplace.foundation.forms import (
    CleanCharField,
    CleanForm,
    CountField,
    DayField,
    DongField,
    PaperField,
    PhoneField,
    PictureField,
)
from marketplace.foundation.ids import new_id
from marketplace.foundation.refusals import Refusal

from . import kinds, labels, pins, scans, sensing, symbols
from .dossier import Item
from .models import CollectionSlip, Lot, SensorDevice
from .statuses import (
    OF_RECALLS,
    AlarmStatus,
    CodeKind,
    CodeStatus,
    LotStatus,
    NumberKind,
    ReportStatus,
    TraceKind,
)
from .stocktake import Counted, Part


class CodeForm(CleanForm):
    """A code typed by hand, or a link pasted; ``cleaned_data["code"]`` is the code as it is stored."""

    code = CleanCharField(
        label=_("Mã in trên tem"),
        help_text=_("8 hoặc 13 chữ và số, như 4HYJ-E1B1. Gõ thường hay hoa, có gạch hay không đều được."),
        max_length=300,
        error_messages={"required": _("Hãy gõ mã in trên tem.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "enterkeyhint": "go",
            }
        ),
    )

    def clean_code(self) -> str:
        code = scans.code_in(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("Mã này thiếu chữ hoặc có chữ gõ nhầm. Xin nhìn lại tem: mã có 8 hoặc 13 chữ và số.")
            )
        return code


class PinForm(CleanForm):
    """The six digits under the scratch layer."""

    number = CleanCharField(
        label=_("Sáu số dưới lớp cào"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        number = "".join(self.cleaned_data["number"].split())
        if not (number.isascii() and number.isdigit() and len(number) == pins.DIGITS):
            raise forms.ValidationError(_("Số cào có đúng sáu chữ số."))
        return number


class FakeForm(CleanForm):
    """What somebody saw who thinks that goods are fake."""

    words = CleanCharField(
        label=_("Bạn thấy gì khác?"),
        help_text=_("Ví dụ: tem mờ, gói khác lần trước, mùi lạ. Không cần ghi tên bạn."),
        max_length=1000,
        multiline=True,
    )
    bought_at = CleanCharField(label=_("Mua ở đâu?"), max_length=200, required=False)
    photo = PictureField(
        label=_("Ảnh gói hàng và tem"),
        required=False,
        widget=forms.FileInput(attrs={"accept": PictureField.accept}),
    )


class CloseReportForm(CleanForm):
    """What an officer found about goods that somebody reported as fake."""

    status = forms.ChoiceField(
        label=_("Đã thấy gì?"),
        choices=[(status.value, status.label) for status in ReportStatus if status != ReportStatus.OPEN],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Hãy chọn một trong hai.")},
    )
    finding = CleanCharField(label=_("Đã xem gì, hỏi ai?"), max_length=500, multiline=True)


class PhotoForm(CleanForm):
    """A photo of a code; ``cleaned_data["code"]`` is the code that was read."""

    photo = PictureField(
        label=_("Ảnh chụp tem"),
        help_text=_("Chụp gần, đủ sáng, thấy trọn ô vuông của mã."),
        widget=forms.FileInput(
            attrs={"accept": PictureField.accept, "capture": "environment", "data-shrink": "1600"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "photo" not in data:
            return data
        texts = symbols.read(data["photo"])
        data["code"] = next(filter(None, map(scans.code_in, texts)), None)
        if data["code"]:
            return data
        if not texts:
            refused = _("Chưa đọc được mã trong ảnh. Hãy chụp gần hơn, đủ sáng, hoặc gõ mã bằng tay.")
            raise forms.ValidationError({"photo": refused})
        # Shown as words, never as a link: what a stranger printed is not ours to open.
        raise forms.ValidationError(
            {
                "photo": forms.ValidationError(
                    _("Đây không phải mã của chợ này. Trong mã ghi: %(text)s"),
                    params={"text": texts[0][:200]},
                )
            }
        )


class LotForm(CleanForm):
    """A new lot."""

    product = forms.ModelChoiceField(
        label=_("Lô của mặt hàng nào?"),
        queryset=Product.objects.none(),
        empty_label=_("Chọn mặt hàng"),
        error_messages={"invalid_choice": _("Mặt hàng này không có trong gian hàng của bạn.")},
    )
    made_on = DayField(label=_("Làm ngày nào?"))
    packed_on = DayField(label=_("Ngày đóng gói"), required=False)
    expires_on = DayField(label=_("Hạn dùng đến ngày"), required=False)
    quantity = CountField(
        label=_("Đóng được bao nhiêu?"),
        required=False,
        help_text=_(
            "Số gói, hộp, chai bán được. Số này vào kho luôn. Chưa đóng xong thì để trống, nhập sau."
        ),
    )
    number = CleanCharField(
        label=_("Số lô"),
        required=False,
        max_length=20,
        help_text=_("Để trống thì chợ tự đặt, như 261105-01."),
    )
    note = CleanCharField(label=_("Ghi chú cho hợp tác xã"), required=False, max_length=300)
    newest_seen = SeenField()

    def __init__(self, *args: Any, products: QuerySet[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["product"]
        field.queryset = products  # type: ignore[attr-defined]
        field.label_from_instance = lambda product: product.name  # type: ignore[attr-defined]


class EventForm(CleanForm):
    """Something that happened to ``lot``, what is usual for such goods first; ``event_id`` is made with the form, so
    sending twice writes once."""

    event_id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    kind = forms.ChoiceField(
        label=_("Đã làm gì?"),
        choices=TraceKind.choices,
        error_messages={"invalid_choice": _("Hãy chọn một việc trong danh sách.")},
    )
    occurred_on = DayField(label=_("Ngày nào?"), initial=timezone.localdate)
    place = CleanCharField(
        label=_("Ở đâu?"), max_length=160, help_text=_("Như: xưởng hợp tác xã, xã Thượng Minh.")
    )
    households = CountField(label=_("Bao nhiêu hộ cùng làm?"), least=1, most=100_000, required=False)
    quantity = CleanCharField(
        label=_("Bao nhiêu?"), max_length=60, required=False, help_text=_("Như: 1.200 gói, 3 tấn.")
    )
    note = CleanCharField(
        label=_("Ghi chú"),
        max_length=300,
        required=False,
        help_text=_("Ai quét mã cũng đọc được. Đừng ghi tên riêng, số điện thoại."),
    )

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = kinds.offered(lot.product.category)
        rest = [
            choice
            for choice in TraceKind.choices
            if choice[0] not in {*usual, TraceKind.MADE_FROM.value, *OF_RECALLS}
        ]
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [
            ("", _("Chọn việc")),
            *((value, TraceKind(value).label) for value in usual),
            (_("Việc khác"), rest),
        ]


class MakeForm(CleanForm):
    """A new lot out of others; ``rows`` are for the page: a lot and its field, the one it began with first."""

    event_id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    product = forms.ModelChoiceField(
        label=_("Làm ra mặt hàng nào?"),
        queryset=Product.objects.none(),
        empty_label=_("Chọn mặt hàng"),
        error_messages={"invalid_choice": _("Mặt hàng này không có trong gian hàng của bạn.")},
    )
    quantity = CountField(label=_("Làm ra bao nhiêu?"), least=1)
    made_on = DayField(label=_("Làm ngày nào?"), initial=timezone.localdate)
    expires_on = DayField(
        label=_("Hạn dùng đến ngày"),
        required=False,
        help_text=_("Cùng một mặt hàng thì hạn không dài hơn lô hết hạn sớm nhất."),
    )
    place = CleanCharField(label=_("Ở đâu?"), max_length=160)

    def __init__(
        self, *args: Any, products: QuerySet[Product], usable: list[tuple[Lot, int]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["product"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = products
        field.label_from_instance = lambda product: product.name  # type: ignore[method-assign]
        self.rows = []
        for lot, left in usable:
            name = f"n_{lot.pk}"
            label = gettext("Lô %(lot)s, %(goods)s: dùng bao nhiêu?") % {
                "lot": lot.number,
                "goods": lot.product.name,
            }
            still = {"n": f"{max(0, left):,}".replace(",", "."), "unit": lot.product.unit}
            self.fields[name] = CountField(
                label=label, help_text=gettext("Còn %(n)s %(unit)s") % still, required=False
            )
            self.rows.append((lot, self[name]))

    @property
    def is_mixed(self) -> bool:
        """Whether another lot than the first was filled in, or refused."""
        return any(field.value() or field.errors for _lot, field in self.rows[1:])

    def inputs(self) -> dict[int, int]:
        """Lot id → units, of the lots that were filled in."""
        typed = {lot.pk: self.cleaned_data.get(field.name) for lot, field in self.rows}
        return {key: units for key, units in typed.items() if units}


class StockForm(CleanForm):
    """More goods of an open lot."""

    quantity = CountField(label=_("Nhập thêm bao nhiêu?"), least=1)
    newest_seen = SeenField()


MOST_CARDS = 6  # more lots than that are a list to choose from


class LotField(forms.ChoiceField):
    """Which lot units are of; the value is a Lot, or None for "không theo lô"."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"required": _("Hãy chọn một lô."), "invalid_choice": _("Hãy chọn một lô trong danh sách.")}
        super().__init__(widget=forms.RadioSelect, error_messages=wrong, **kwargs)

    def offer(self, parts: Iterable[Part]) -> None:
        """Take ``parts`` as the choices, each with what is left of it."""
        self.lots = {str(part.lot.pk) if part.lot else "0": part for part in parts}
        if len(self.lots) > MOST_CARDS:
            self.widget = forms.Select()
        self.choices = [(key, self._words(part)) for key, part in self.lots.items()]
        if len(self.lots) == 1:
            self.initial = next(iter(self.lots))

    @staticmethod
    def _words(part: Part) -> str:
        left = f"{max(0, part.left):,}".replace(",", ".")
        if part.lot is None:
            return gettext("Không theo lô, còn %(left)s") % {"left": left}
        words = {"lot": part.lot.number, "left": left}
        if part.lot.expires_on is None:
            return gettext("Lô %(lot)s, còn %(left)s") % words
        return gettext("Lô %(lot)s, còn %(left)s, hạn %(day)s") % {
            **words,
            "day": f"{part.lot.expires_on:%d/%m/%Y}",
        }

    def clean(self, value: Any) -> Lot | None:
        return self.lots[super().clean(value)].lot


class PartsForm(CleanForm):
    """Something that happens to units of one product; ``parts`` are its lots and what has none.

    While a product has no lots at all nobody is asked for one. ``seen`` is the newest movement when it was shown.
    """

    seen = SeenField()

    def __init__(self, *args: Any, parts: list[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in list(self.fields.items()):
            if isinstance(field, LotField):
                field.offer(self.offered(name, parts))
                if not any(part.lot for part in parts):
                    del self.fields[name]

    def offered(self, name: str, parts: list[Part]) -> list[Part]:
        """Return the parts that may be chosen in the field ``name``."""
        return [part for part in parts if part.left > 0]

    def asked(self) -> dict[str, Any]:
        """What was answered, for the verb."""
        return dict(self.cleaned_data)


class AddForm(PartsForm):
    """More goods, into an open lot or into none."""

    quantity = CountField(label=_("Nhập thêm bao nhiêu?"), least=1)
    lot = LotField(label=_("Hàng của lô nào?"))

    def offered(self, name: str, parts: list[Part]) -> list[Part]:
        return [part for part in parts if part.lot is None or part.lot.status == LotStatus.OPEN]


class SpoilForm(PartsForm):
    """Goods that are spoilt or lost, and why."""

    quantity = CountField(label=_("Hỏng hoặc mất bao nhiêu?"), least=1)
    lot = LotField(label=_("Hàng của lô nào?"))
    note = CleanCharField(
        label=_("Vì sao?"), help_text=_("Như: mốc, vỡ, chuột cắn, hết hạn, mất."), max_length=200
    )


class MoveForm(PartsForm):
    """Goods that stand under the wrong lot."""

    quantity = CountField(label=_("Chuyển bao nhiêu?"), least=1)
    source = LotField(label=_("Từ đâu?"))
    target = LotField(label=_("Sang đâu?"))
    note = CleanCharField(
        label=_("Vì sao?"), help_text=_("Như: ghi nhầm lô, hàng cũ nay cho vào lô."), max_length=200
    )

    def offered(self, name: str, parts: list[Part]) -> list[Part]:
        if name == "source":
            return super().offered(name, parts)
        return [part for part in parts if part.lot is None or part.lot.status == LotStatus.OPEN]

    def asked(self) -> dict[str, Any]:
        return {"source": None, "target": None, **super().asked()}


class StocktakeForm(CleanForm):
    """What was counted: a number for each part of each product, empty where nobody counted.

    ``rows`` are for the page: a stock record, its newest movement now, and its parts, each with its field.
    """

    note = CleanCharField(label=_("Ghi chú"), max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        records: Iterable[StockRecord],
        parts: Mapping[int, list[Part]],
        newest: Mapping[int, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[dict[str, Any]] = []
        self.places: dict[str, tuple[int, int | None]] = {}
        for record in records:
            fields = []
            for part in parts[record.pk]:
                name = f"n_{record.pk}_{part.lot.pk if part.lot else 0}"
                where = _("Lô %(lot)s") % {"lot": part.lot.number} if part.lot else _("Không theo lô")
                self.fields[name] = CountField(label=f"{record.product.name}, {where}", required=False)
                self.places[name] = (record.pk, part.lot.pk if part.lot else None)
                fields.append((part, self[name]))
            self.fields[f"seen_{record.pk}"] = SeenField()
            self.rows.append({"record": record, "seen": newest[record.pk], "parts": fields})

    def counts(self) -> list[Counted]:
        """What was typed, in the order of the page."""
        return [
            Counted(record, lot, self.cleaned_data[name], self.cleaned_data[f"seen_{record}"])
            for name, (record, lot) in self.places.items()
            if self.cleaned_data.get(name) is not None
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and all(data.get(name) is None for name in self.places):
            raise forms.ValidationError(_("Hãy ghi ít nhất một số đếm được."))
        return data

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal beside the numbers of the goods that it names, else above the form."""
        named = set(refusal.details.get("records", ()))
        for name, (record, _lot) in self.places.items():
            if record in named and self.cleaned_data.get(name) is not None:
                self.add_error(name, _("Kho vừa có nhập, xuất. Hãy đếm lại."))
        if not named:
            super().refuse(refusal)


LAYOUTS = [
    ("24", _("Tờ A4: 24 tem, 70 × 37 mm")),
    ("40", _("Tờ A4: 40 tem, 52,5 × 29,7 mm")),
    ("65", _("Tờ A4: 65 tem, 38 × 21 mm")),
    ("50x30", _("Cuộn 50 × 30 mm")),
    ("15x15", _("Cuộn 15 × 15 mm, chỉ có mã")),
]


class LayoutField(forms.ChoiceField):
    """The stickers that lie in the printer."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"invalid_choice": _("Hãy chọn khổ giấy tem.")}
        super().__init__(label=_("Khổ giấy tem"), choices=LAYOUTS, error_messages=wrong, **kwargs)


class OffsetField(forms.DecimalField):
    """How far a printer is to be corrected, in mm with one decimal, "0,5" or "0.5"; empty is not at all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            min_value=-labels.FARTHEST,
            max_value=labels.FARTHEST,
            max_digits=2,
            decimal_places=1,
            widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
            error_messages=dict.fromkeys(
                ["invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"],
                _("Hãy ghi số mm từ -5 đến 5, như 0,5 hoặc -1."),
            ),
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value or "0").replace(",", ".").replace("−", "-"))


class PaperForm(CleanForm):
    """What labels are printed on, and how far the printer is off."""

    layout = LayoutField(initial="24")
    right = OffsetField(label=_("Dịch sang phải (mm)"))
    down = OffsetField(
        label=_("Dịch xuống (mm)"),
        help_text=_("Chỉ khi in thử bị lệch. Lệch sang trái thì ghi số dương, sang phải thì ghi số âm."),
    )

    def paper(self) -> dict[str, Any]:
        """What was chosen, for the verbs of ``prints``."""
        asked = self.cleaned_data
        return {
            "layout": asked["layout"],
            "offset": labels.Offset(float(asked["right"]), float(asked["down"])),
        }


class LabelsForm(PaperForm):
    """Which labels to print; ``seen`` is the number of unit codes when the form was shown."""

    kind = forms.ChoiceField(
        label=_("In mã nào?"),
        choices=[
            (CodeKind.LOT, _("Mã lô: mọi tem giống nhau")),
            (CodeKind.UNIT, _("Mã từng gói: mỗi tem một mã mới")),
        ],
        initial=CodeKind.LOT,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Hãy chọn mã lô hoặc mã từng gói.")},
    )
    count = CountField(label=_("In bao nhiêu tem?"), least=1, most=labels.MOST_LABELS, initial=24)
    seen = SeenField()

    field_order = ["kind", "count", "layout", "right", "down"]


class RunForm(PaperForm):
    """A run of unit codes to print; once more only with a reason."""

    run = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**12)
    has_pins = forms.BooleanField(
        label=_("In thêm số cào dưới mã"),
        required=False,
        help_text=_("Sáu số để dán lớp cào lên. Người mua cào rồi gõ số ấy thì biết mình là người đầu tiên."),
    )
    reason = CleanCharField(
        label=_("Vì sao in lại?"),
        max_length=200,
        required=False,
        help_text=_("Chỉ khi đợt này đã in rồi, như: máy in kẹt giấy, đã bỏ tờ hỏng."),
    )


class MoveCodeForm(CleanForm):
    """A packet's code that was sold, or is to go out of use."""

    code = CleanCharField(label=_("Mã gói"), max_length=40)
    to = forms.ChoiceField(
        label=_("Gói này thế nào?"),
        choices=[
            (CodeStatus.SOLD, _("Đã bán")),
            (CodeStatus.REVOKED, _("Mất tem, in hỏng: cho mã thôi dùng")),
        ],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Hãy chọn một trong hai.")},
    )
    reason = CleanCharField(label=_("Vì sao?"), max_length=200, required=False)


class StampsForm(CleanForm):
    """A range of stamps bought elsewhere that are on the lot."""

    provider = CleanCharField(label=_("Tem mua của ai?"), max_length=120)
    first = CleanCharField(
        label=_("Số trên tem đầu"), max_length=45, help_text=_("Chép đúng như in, ví dụ CN-000123.")
    )
    last = CleanCharField(label=_("Số trên tem cuối"), max_length=45)


class CloseAlarmForm(CleanForm):
    """What an officer found about a label that looked copied."""

    status = forms.ChoiceField(
        label=_("Đã thấy gì?"),
        choices=[
            (AlarmStatus.COPIED, _("Tem bị chép: người quét vẫn được báo")),
            (AlarmStatus.HARMLESS, _("Không sao, như hàng bày ở hội chợ: thôi báo")),
        ],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Hãy chọn một trong hai.")},
    )
    finding = CleanCharField(label=_("Đã xem gì, hỏi ai?"), max_length=500, multiline=True)


class WaiverForm(CleanForm):
    """Which item of the law's list does not apply to a lot, and why; ``items`` are those that nobody filled in."""

    item = forms.ChoiceField(
        label=_("Mục nào không áp dụng cho lô này?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Hãy chọn một mục."),
            "invalid_choice": _("Hãy chọn một mục trong danh sách."),
        },
    )
    reason = CleanCharField(
        label=_("Vì sao không áp dụng?"), max_length=200, help_text=_("Ai quét mã cũng đọc được câu này.")
    )

    def __init__(self, *args: Any, items: list[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["item"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(item.key.value, item.key.label) for item in items]
        if len(items) == 1:
            field.initial = items[0].key.value


class DecisionForm(CleanForm):
    """What becomes of an event that a phone sent: into the book, aside with a reason, or seen and fit to be told."""

    decision = forms.ChoiceField(
        choices=[
            ("take", _("Nhận vào sổ")),
            ("aside", _("Để riêng")),
            ("look", _("Đã xem, cho người mua thấy")),
        ],
        error_messages={
            "required": _("Hãy chọn nhận vào sổ hoặc để riêng."),
            "invalid_choice": _("Hãy chọn nhận vào sổ hoặc để riêng."),
        },
    )
    reason = CleanCharField(
        label=_("Vì sao để riêng?"),
        max_length=300,
        required=False,
        help_text=_("Chỉ hợp tác xã đọc câu này."),
    )


class ExpiryForm(CleanForm):
    """The expiry that was left open."""

    expires_on = DayField(label=_("Hạn dùng đến ngày"))


class LotPaperForm(CleanForm):
    """A certificate or test report of one lot."""

    kind = forms.ChoiceField(
        label=_("Loại giấy"),
        choices=[
            (kind.value, kind.label)
            for kind in (PaperKind.TEST_REPORT, PaperKind.FOOD_SAFETY, PaperKind.STANDARD, PaperKind.OTHER)
        ],
    )
    title = CleanCharField(
        label=_("Tên giấy"), max_length=160, help_text=_("Như: Phiếu kiểm nghiệm dư lượng.")
    )
    number = CleanCharField(label=_("Số"), max_length=60, required=False)
    issuer = CleanCharField(label=_("Nơi cấp"), max_length=160)
    issued_on = DayField(label=_("Ngày cấp"))
    valid_until = DayField(label=_("Có giá trị đến"), required=False)
    paper = PaperField(
        label=_("Ảnh chụp hoặc PDF"),
        required=False,
        help_text=_("Giữ riêng cho hợp tác xã và cán bộ liên minh."),
    )


class HouseholdForm(CleanForm):
    """A household that the cooperative buys from."""

    name = CleanCharField(label=_("Tên chủ hộ"), max_length=120)
    place = CleanCharField(label=_("Xóm, bản"), max_length=160, required=False)
    phone = PhoneField(label=_("Số điện thoại"), required=False)


class PlotForm(CleanForm):
    """A plot of a household."""

    name = CleanCharField(label=_("Tên thửa"), max_length=80, help_text=_("Như: đồi sau nhà, ruộng Nà Cà."))
    area = CountField(label=_("Rộng bao nhiêu m²?"), least=1, most=10_000_000, required=False)


class KilogramsField(forms.DecimalField):
    """A weight in kilograms as people here write it, "12,5" or "1.200"; the value is whole grams."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=Decimal("0.001"),
            max_value=Decimal(100_000),
            max_digits=9,
            decimal_places=3,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages=dict.fromkeys(
                ["invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"],
                _("Hãy ghi số cân, như 12,5. Lẻ nhiều nhất đến gam."),
            ),
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        text = "".join(str(value or "").split())
        if "," in text or re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+", text):
            text = text.replace(".", "").replace(",", ".")
        return super().to_python(text)

    def clean(self, value: Any) -> Any:
        kilograms = super().clean(value)
        return None if kilograms is None else int(kilograms * 1000)


class SlipForm(CleanForm):
    """What a household brought for a lot; ``form_key`` is made with the form, so sending twice writes once."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    household = forms.ModelChoiceField(
        label=_("Hộ nào?"),
        queryset=Household.objects.none(),
        empty_label=_("Chọn hộ"),
        error_messages={"invalid_choice": _("Hãy chọn một hộ trong danh sách.")},
    )
    plot = forms.ModelChoiceField(
        label=_("Từ thửa nào?"),
        queryset=Plot.objects.none(),
        required=False,
        empty_label=_("Không ghi thửa"),
        error_messages={"invalid_choice": _("Hãy chọn một thửa trong danh sách.")},
    )
    goods = CleanCharField(label=_("Hàng gì?"), max_length=120, help_text=_("Như: chè búp tươi."))
    grams = KilogramsField(label=_("Cân được bao nhiêu kg?"))
    price = DongField(label=_("Giá 1 kg"), most=100_000_000)
    collected_on = DayField(label=_("Ngày nào?"), initial=timezone.localdate)

    def __init__(
        self, *args: Any, households: QuerySet[Household], plots: QuerySet[Plot], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (("household", households), ("plot", plots)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = found


class VoidSlipForm(CleanForm):
    """A slip that was written wrongly, and why."""

    number = forms.ModelChoiceField(
        label=_("Phiếu số mấy?"),
        queryset=CollectionSlip.objects.none(),
        empty_label=_("Chọn phiếu"),
        error_messages={"invalid_choice": _("Lô này không có phiếu đó.")},
    )
    reason = CleanCharField(label=_("Vì sao bỏ?"), max_length=200)

    def __init__(self, *args: Any, slips: QuerySet[CollectionSlip], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["number"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = slips


class DeviceForm(CleanForm):
    """A new device at a lot."""

    name = CleanCharField(label=_("Tên máy"), max_length=120, help_text=_("Như: nhiệt kế kho lạnh số 2."))


class DeviceField(forms.ModelChoiceField):
    """One of the cooperative's devices."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"invalid_choice": _("Hãy chọn một máy trong danh sách.")}
        super().__init__(
            queryset=SensorDevice.objects.none(), empty_label=_("Chọn máy"), error_messages=wrong, **kwargs
        )


class PutOnForm(CleanForm):
    """A device that is to measure this lot from now on."""

    moved = DeviceField(label=_("Máy nào giờ đo lô này?"))

    def __init__(self, *args: Any, devices: QuerySet[SensorDevice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["moved"].queryset = devices  # type: ignore[attr-defined]


class ReadingsForm(CleanForm):
    """The table of readings that a device wrote."""

    device = DeviceField(label=_("Số đo của máy nào?"))
    file = forms.FileField(
        label=_("Tệp CSV"),
        help_text=_("Ba cột: thời điểm, loại (nhiệt độ, độ ẩm), giá trị. Nhiều nhất 5.000 dòng."),
        error_messages=dict.fromkeys(["required", "empty", "invalid", "missing"], _("Hãy chọn tệp số đo.")),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
    )

    def __init__(self, *args: Any, devices: QuerySet[SensorDevice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = devices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > sensing.MOST_BYTES:
            raise forms.ValidationError(_("Tệp lớn quá: nhiều nhất 500 KB."))
        return self.cleaned_data["file"]


class NumberForm(CleanForm):
    """A number that GS1 gave the cooperative, with the paper that shows it."""

    kind = forms.ChoiceField(label=_("Loại số"), choices=NumberKind.choices)
    number = CleanCharField(
        label=_("Số GS1 cấp"),
        max_length=40,
        help_text=_(
            "Như trên giấy của GS1: 8, 12, 13 hoặc 14 chữ số. Không có số thì không cần ghi gì ở đây."
        ),
    )
    product = forms.ModelChoiceField(
        label=_("Của mặt hàng nào?"),
        queryset=Product.objects.none(),
        required=False,
        empty_label=_("Chọn mặt hàng"),
        help_text=_("Chỉ cần với mã hàng (GTIN)."),
        error_messages={"invalid_choice": _("Mặt hàng này không có trong gian hàng của bạn.")},
    )
    paper = PaperField(
        label=_("Giấy của GS1"),
        help_text=_("Giấy chứng nhận quyền sử dụng mã số mã vạch, hoặc trang tra cứu có tên hợp tác xã."),
    )

    def __init__(self, *args: Any, products: QuerySet[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["product"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = products


class PeriodForm(CleanForm):
    """From which day to which day events are exported."""

    first = DayField(label=_("Từ ngày"))
    last = DayField(label=_("Đến ngày"))


class SenderForm(CleanForm):
    """Another system that may send events."""

    name = CleanCharField(label=_("Tên đơn vị"), max_length=120, help_text=_("Như: Siêu thị Lan Chi."))
