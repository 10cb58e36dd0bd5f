"""Forms of the first floor: one question a screen for a product, its picture, its stock, an OCOP certificate."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.sets import MOST_UNITS
from marketplace.foundation.forms import (
    CleanCharField,
    CleanForm,
    CountField,
    DayField,
    DongField,
    PaperField,
    PictureField,
)

from . import ocop, products
from .categories import ALCOHOL, is_food, public_tree
from .measures import UNITS, content_of
from .models import IssuerLevel, OcopCertificate, OcopGroup, Product, ProductChange

VAT_RATES = [("", _("Chưa rõ")), ("0", "0%"), ("5", "5%"), ("8", "8%"), ("10", "10%")]


def _photo() -> forms.FileInput:
    # No ``capture``: the phone then offers both its camera and the pictures it has.
    return forms.FileInput(attrs={"accept": "image/*", "data-shrink": ""})


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SeenField(forms.Field):
    """An id the page remembered for its form, hidden; None when it is missing or makes no sense."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> int | None:
        value = str(value if value is not None else "")
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None


class FirstPhotoForm(CleanForm):
    """How a product begins. ``draft_key`` is made with the form, so sending twice begins one draft."""

    image = PictureField(
        label=_("Chụp hoặc chọn ảnh"),
        help_text=_("Chụp ngoài sáng, thấy trọn món hàng."),
        widget=_photo(),
        error_messages={
            "required": _("Hãy chụp hoặc chọn một ảnh. Chưa có thì bấm “Chưa có ảnh, thêm sau”.")
        },
    )
    draft_key = forms.UUIDField(
        label=_("Trang này"),
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages={
            "required": _("Trang này mở đã lâu. Hãy gửi lại."),
            "invalid": _("Trang này mở đã lâu. Hãy gửi lại."),
        },
    )


class PictureForm(CleanForm):
    """One more picture. ``newest`` is the newest picture when the form was shown; sending twice adds one."""

    image = PictureField(label=_("Chụp hoặc chọn ảnh"), widget=_photo())
    newest = SeenField()


class StepForm(CleanForm):
    """One screen about ``product``; what an open ``change`` already asks for stands in the fields.

    ``relaxed`` asks for nothing and takes only what was sent: a draft keeps whatever is right so far.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        product: Product,
        change: ProductChange | None = None,
        relaxed: bool = False,
        **kwargs: Any,
    ) -> None:
        self.product = product
        super().__init__(data, initial=self._stored(product, change), **kwargs)
        self.prepare()
        if relaxed:
            for name in [name for name in self.fields if name not in (data or {})]:
                del self.fields[name]
            for field in self.fields.values():
                field.required = False

    def prepare(self) -> None:
        """Fit fields to the product."""

    def _stored(self, product: Product, change: ProductChange | None) -> dict[str, Any]:
        wanted = {name: entry["new"] for name, entry in change.values.items()} if change else {}
        names = [name for name in self.base_fields if name in products.FIELDS]
        return {name: wanted.get(name, products.plain(getattr(product, name))) for name in names}

    @property
    def asked(self) -> dict[str, Any]:
        """What was answered, with the names of ``products.FIELDS`` only."""
        return {name: value for name, value in self.cleaned_data.items() if name in products.FIELDS}


class NameForm(StepForm):
    title = CleanCharField(
        label=_("Hàng tên là gì?"),
        help_text=_("Như khách vẫn gọi, ví dụ: Miến dong Yến Dương."),
        max_length=120,
        error_messages={"required": _("Hãy ghi tên hàng.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "next"}),
    )
    description = CleanCharField(
        label=_("Giới thiệu vài câu"),
        help_text=_("Ai làm, làm thế nào, ngon ở đâu. Đừng viết “chữa bệnh”, “đặc trị”."),
        required=False,
        multiline=True,
        max_length=products.LONGEST_TEXT,
        widget=_area(5),
    )


class KindForm(StepForm):
    category = forms.ChoiceField(
        label=_("Đây là loại hàng nào?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Hãy chọn một loại hàng."),
            "invalid_choice": _("Hãy chọn một loại hàng trong danh sách."),
        },
    )

    def prepare(self) -> None:
        self.roots = public_tree().roots
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (str(node.id), node.name) for root in self.roots for node in (*root.children, root)
        ]

    @property
    def groups(self) -> Iterator[tuple[Any, list[tuple[Any, str, bool]]]]:
        """(group, its choices as (category, words, chosen)); the group itself stands last, for what fits no other."""
        chosen = str(self["category"].value() or "")
        for root in self.roots:
            other = gettext("Loại khác") if root.children else root.name
            nodes = [(node, node.name) for node in root.children] + [(root, other)]
            yield root, [(node, words, str(node.id) == chosen) for node, words in nodes]

    @property
    def asked(self) -> dict[str, Any]:
        return {"category": int(self.cleaned_data["category"])} if self.cleaned_data.get("category") else {}


class PriceForm(StepForm):
    """Price and what one unit holds; on an approved product only the latter, for prices go live elsewhere."""

    price = DongField(label=_("Giá bán"), least=1, help_text=_("Giá cho một đơn vị bán, đã gồm thuế."))
    unit = forms.ChoiceField(
        label=_("Bán theo"),
        error_messages={"invalid_choice": _("Hãy chọn một đơn vị trong danh sách.")},
    )
    net_quantity = CleanCharField(
        label=_("Một đơn vị nặng hoặc có bao nhiêu?"),
        help_text=_("Như in trên bao bì: 500 g, 1,5 lít, 20 túi x 3 g, bộ 3 cái."),
        max_length=60,
    )
    net_grams = CountField(label=_("Bằng bao nhiêu gam?"), least=1, most=2_000_000_000, required=False)
    net_ml = CountField(label=_("Bằng bao nhiêu ml?"), least=1, most=2_000_000_000, required=False)

    def __init__(self, *args: Any, with_price: bool = True, **kwargs: Any) -> None:
        self.with_price = with_price
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        units = list(UNITS)
        if self.initial.get("unit") and self.initial["unit"] not in units:
            units.insert(0, self.initial["unit"])
        self.fields["unit"].choices = [(unit, unit) for unit in units]  # type: ignore[attr-defined]
        record = self.product.stock
        self.initial["price"] = record.price if record else None
        # Grams read from the words are read again when the words change; only those typed by hand stand here.
        read = content_of(self.initial.get("net_quantity") or "")
        if (self.initial.get("net_grams"), self.initial.get("net_ml")) == (read.grams, read.ml):
            self.initial["net_grams"] = self.initial["net_ml"] = None
        if not self.with_price:
            del self.fields["price"]

    @property
    def by_hand(self) -> bool:
        """Whether grams or millilitres were typed by hand, or should be looked at."""
        return any(self[name].value() or self[name].errors for name in ("net_grams", "net_ml"))


class StockForm(StepForm):
    in_stock = CountField(
        label=_("Đang có bao nhiêu để bán?"),
        help_text=_("Số đang có trong kho. Chưa có thì ghi 0, nhập thêm lúc nào cũng được."),
    )

    def prepare(self) -> None:
        record = self.product.stock
        if record and record.movements.exists():
            self.initial["in_stock"] = record.num_in_stock


class PlaceForm(StepForm):
    origin = CleanCharField(
        label=_("Hàng làm ra ở đâu?"),
        help_text=_("Xã và tỉnh, như trên nhãn."),
        max_length=160,
        error_messages={"required": _("Hãy ghi nơi làm ra.")},
    )
    maker = CleanCharField(
        label=_("Ai chịu trách nhiệm về hàng?"),
        help_text=_("Tên và địa chỉ, như trên nhãn."),
        required=False,
        max_length=160,
    )
    season = CleanCharField(
        label=_("Mùa nào có?"), help_text=_("Như: tháng 9 đến tháng 12."), required=False, max_length=60
    )

    def prepare(self) -> None:
        cooperative = self.product.cooperative
        self.initial["origin"] = self.initial.get("origin") or cooperative.place
        self.initial["maker"] = self.initial.get("maker") or f"{cooperative.name}, {cooperative.whole}"[:160]


class LabelForm(StepForm):
    """What Decree 37/2026 art. 42 wants on a label; what handicrafts have no use for is left out."""

    FOOD_ONLY = ("ingredients", "shelf_life", "storage", "needs_cold")

    ingredients = CleanCharField(
        label=_("Thành phần"), required=False, multiline=True, max_length=5000, widget=_area()
    )
    usage = CleanCharField(
        label=_("Cách dùng"), required=False, multiline=True, max_length=5000, widget=_area()
    )
    storage = CleanCharField(
        label=_("Bảo quản"), required=False, multiline=True, max_length=5000, widget=_area(2)
    )
    shelf_life = CleanCharField(
        label=_("Hạn dùng"), help_text=_("Như: 12 tháng từ ngày đóng gói."), required=False, max_length=80
    )
    warnings = CleanCharField(
        label=_("Lưu ý cho người dùng"),
        help_text=_("Như: có lạc; không dùng khi gói hở."),
        required=False,
        multiline=True,
        max_length=5000,
        widget=_area(2),
    )
    standard = CleanCharField(
        label=_("Tiêu chuẩn áp dụng"),
        help_text=_("Như: TCCS 01:2026, VietGAP."),
        required=False,
        max_length=120,
    )
    vat_rate = forms.ChoiceField(
        label=_("Thuế GTGT"),
        choices=VAT_RATES,
        required=False,
        error_messages={"invalid_choice": _("Hãy chọn một mức thuế trong danh sách.")},
    )
    age_limit = CountField(label=_("Bán cho người từ bao nhiêu tuổi?"), least=1, most=120, required=False)
    needs_cold = forms.BooleanField(label=_("Cần giữ lạnh"), required=False)

    def prepare(self) -> None:
        category = self.product.category
        rate = self.initial.get("vat_rate")
        if rate not in (None, ""):
            self.initial["vat_rate"] = format(Decimal(rate).normalize(), "f")
            known = [value for value, _words in VAT_RATES]
            if self.initial["vat_rate"] not in known:
                other = (self.initial["vat_rate"], f"{self.initial['vat_rate'].replace('.', ',')}%")
                self.fields["vat_rate"].choices = [*VAT_RATES, other]  # type: ignore[attr-defined]
        if not is_food(category):
            for name in self.FOOD_ONLY:
                del self.fields[name]
        if not (category and category.slug in ALCOHOL) and not self.initial.get("age_limit"):
            del self.fields["age_limit"]


class SetForm(CleanForm):
    """What is in a set: a number of rows, each a product and its units in one set; rows left empty are no parts.

    ``parts`` (product id → units) stand in the first rows. ``parts`` of a valid form are those that were chosen.
    """

    def __init__(
        self, *args: Any, goods: Iterable[Product], parts: Mapping[int, int], rows: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext("Chưa chọn")), *((str(good.pk), good.title) for good in goods)]
        inside = [*parts.items(), *[(None, None)] * rows][:rows]
        for place, (key, units) in enumerate(inside):
            self.fields[f"part_{place}"] = forms.ChoiceField(
                label=gettext("Món thứ %(n)s") % {"n": place + 1},
                choices=choices,
                required=False,
                error_messages={"invalid_choice": _("Hãy chọn một món trong danh sách.")},
            )
            self.fields[f"units_{place}"] = CountField(
                label=gettext("Mấy đơn vị trong một bộ?"), least=1, most=MOST_UNITS, required=False
            )
            self.initial.setdefault(f"part_{place}", key)
            self.initial.setdefault(f"units_{place}", units)
        self.fields["rows"] = SeenField(initial=rows)
        self.places = range(rows)

    @property
    def asked_parts(self) -> list[tuple[Any, Any]]:
        """(product, units) of each row, as fields of the page."""
        return [(self[f"part_{place}"], self[f"units_{place}"]) for place in self.places]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.parts: dict[int, int] = {}
        for place in self.places:
            part, units = f"part_{place}", f"units_{place}"
            if part in self.errors or units in self.errors:
                continue
            key, number = data.get(part), data.get(units)
            if key and not number:
                self.add_error(units, gettext("Hãy ghi số đơn vị của món này."))
            elif number and not key:
                self.add_error(part, gettext("Hãy chọn món, hoặc xoá số này."))
            elif key and int(key) in self.parts:
                self.add_error(part, gettext("Món này đã có ở dòng trên."))
            elif key:
                self.parts[int(key)] = number
        return data


class LivePriceForm(CleanForm):
    """The price of a product, live at once."""

    price = DongField(label=_("Giá bán"), least=1, help_text=_("Giá cho một đơn vị bán, đã gồm thuế."))
    is_weighed = forms.BooleanField(
        label=_("Tính tiền theo cân thật khi đóng gói"),
        help_text=_("Cho hàng mỗi con, mỗi quả một khác. Nhẹ hơn thì khách trả ít đi."),
        required=False,
    )


class WindowForm(CleanForm):
    """A special price for some days, perhaps for so many units."""

    price = DongField(label=_("Giá ưu đãi"), least=1)
    first = DayField(label=_("Từ ngày"))
    last = DayField(label=_("Đến hết ngày"))
    limit = CountField(
        label=_("Bao nhiêu suất?"),
        help_text=_("Bán hết số này thì về giá thường. Bỏ trống là không giới hạn."),
        least=1,
        required=False,
    )


class SureForm(CleanForm):
    """Nothing to fill in: a place for the sentence when something is refused."""


class CertificateForm(CleanForm):
    """An OCOP certificate. A scan that came in with a wrong form is kept: ``kept`` is its paper's id."""

    paper = PaperField(
        label=_("Ảnh chụp giấy chứng nhận"),
        help_text=_("Chụp thẳng, đủ bốn góc, đọc được số và ngày. Tệp PDF cũng được."),
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf", "data-shrink": ""}),
    )
    kept = SeenField()
    stars = forms.TypedChoiceField(
        label=_("Mấy sao?"),
        choices=[("3", _("3 sao")), ("4", _("4 sao")), ("5", _("5 sao"))],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Chọn 3, 4 hoặc 5 sao."),
            "invalid_choice": _("Chọn 3, 4 hoặc 5 sao."),
        },
    )
    decision_number = CleanCharField(
        label=_("Số quyết định"), help_text=_("Như trên giấy: 2361/QĐ-UBND."), max_length=60
    )
    certificate_number = CleanCharField(label=_("Số giấy chứng nhận"), max_length=60, required=False)
    issuer_level = forms.ChoiceField(
        label=_("Cấp nào cấp?"),
        choices=IssuerLevel.choices,
        widget=forms.RadioSelect,
        initial=IssuerLevel.PROVINCE,
        error_messages={
            "required": _("Hãy chọn cấp ghi trên giấy."),
            "invalid_choice": _("Hãy chọn cấp ghi trên giấy."),
        },
    )
    issuer = CleanCharField(label=_("Nơi cấp"), help_text=_("Như: UBND tỉnh Thái Nguyên."), max_length=160)
    issued_on = DayField(label=_("Ngày cấp"))
    expires_on = DayField(
        label=_("Ngày hết hạn"), help_text=_("Để trống thì tính 36 tháng từ ngày cấp."), required=False
    )
    group = forms.ChoiceField(
        label=_("Nhóm sản phẩm"),
        choices=[("", _("Chưa rõ")), *OcopGroup.choices],
        required=False,
        error_messages={"invalid_choice": _("Hãy chọn một nhóm trong danh sách.")},
    )

    def __init__(self, *args: Any, has_paper: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].required = not has_paper

    @classmethod
    def initial_of(cls, certificate: OcopCertificate | None) -> dict[str, Any]:
        """The fields of a certificate that waits or was sent back."""
        if certificate is None:
            return {}
        names = [name for name in cls.base_fields if name not in ("paper", "kept")]
        return {name: getattr(certificate, name) for name in names}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("issued_on") and not data.get("expires_on") and "expires_on" not in self.errors:
            data["expires_on"] = ocop.usual_expiry(data["issued_on"])
        return data
