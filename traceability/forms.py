"""Forms of the second floor."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.forms import SeenField
from catalog.models import Product
from cooperatives.models import PaperKind, StockRecord
from marketplace.foundation.forms import (
    CleanCharField,
    CleanForm,
    CountField,
    DayField,
    PaperField,
    PictureField,
)
from marketplace.foundation.refusals import Refusal

from . import labels, scans, symbols
from .models import Lot
from .statuses import CodeKind, LotStatus, TraceKind
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
    """Something that happened to a lot; ``event_id`` is made with the form, so sending twice writes once."""

    event_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    kind = forms.ChoiceField(
        label=_("Đã làm gì?"),
        choices=[("", _("Chọn việc")), *TraceKind.choices],
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
    ("24", _("24 tem một tờ, 70 × 37 mm")),
    ("40", _("40 tem một tờ, 52,5 × 29,7 mm")),
    ("65", _("65 tem một tờ, 38 × 21 mm")),
]


class LayoutField(forms.ChoiceField):
    """The sheet of stickers that lies in the printer."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"invalid_choice": _("Hãy chọn khổ giấy tem.")}
        super().__init__(label=_("Khổ giấy tem A4"), choices=LAYOUTS, error_messages=wrong, **kwargs)


class LabelsForm(CleanForm):
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
    layout = LayoutField(initial="24")
    seen = SeenField()


class BatchForm(CleanForm):
    """A batch of unit codes to print, once more if need be."""

    first = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**8)
    count = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=labels.MOST_LABELS)
    layout = LayoutField()


class RetireForm(CleanForm):
    """A packet's code to take out of use."""

    code = CleanCharField(label=_("Mã gói thôi dùng"), max_length=40)
    reason = CleanCharField(label=_("Vì sao?"), max_length=200, required=False)


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


class RecallForm(CleanForm):
    """Why a lot is recalled, and that it is meant."""

    reason = CleanCharField(
        label=_("Vì sao thu hồi?"),
        multiline=True,
        max_length=1000,
        help_text=_("Ai quét mã cũng đọc câu này. Hãy nói rõ điều gì sai và người mua cần làm gì."),
    )
    sure = forms.BooleanField(
        label=_("Tôi hiểu: thu hồi rồi không mở lại được."),
        error_messages={"required": _("Hãy đánh dấu ô này nếu bạn chắc chắn thu hồi.")},
    )
