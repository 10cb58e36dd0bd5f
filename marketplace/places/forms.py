"""The two-level address in a form: province, commune, the rest in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.forms import CleanCharField, CleanForm

from . import search
from .models import DATA_VERSION, AdminUnit

CHOOSE_PROVINCE = "choose_province"  # the name of the button that asks for the communes without JavaScript


class AddressFields(CleanForm):
    """Fields of a two-level address, to be inherited by a form; ``address()`` gives the model's fields.

    The list of communes follows the province: sent by ``places:communes`` to a page with JavaScript, else by
    the button ``choose_province``, upon which the view answers with ``retyped(request.POST)``. Who only
    remembers the old name writes it in ``old_commune``; one match is taken, several are put first in the
    list.
    """

    province_code = forms.ChoiceField(
        label=_("Tỉnh, thành phố"),
        widget=forms.Select(
            attrs={
                "data-province": "",
                "data-communes-url": reverse_lazy("places:communes"),
                "autocomplete": "address-level1",
            }
        ),
        error_messages={
            "required": _("Hãy chọn tỉnh hoặc thành phố."),
            "invalid_choice": _("Hãy chọn một tỉnh trong danh sách."),
        },
    )
    commune_code = forms.ChoiceField(
        label=_("Xã, phường"),
        widget=forms.Select(attrs={"data-commune": "", "autocomplete": "address-level2"}),
        error_messages={
            "required": _("Hãy chọn xã hoặc phường."),
            "invalid_choice": _("Xã, phường này không thuộc tỉnh đã chọn. Hãy chọn lại."),
        },
    )
    old_commune = CleanCharField(
        label=_("Chỉ nhớ tên xã cũ?"),
        help_text=_("Ghi tên xã trước tháng 7/2025, chợ tìm giúp xã mới."),
        required=False,
        max_length=80,
    )
    street = CleanCharField(
        label=_("Số nhà, đường, thôn, bản"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
        error_messages={"required": _("Hãy ghi thôn, bản hoặc số nhà.")},
    )
    directions = CleanCharField(
        label=_("Chỉ đường thêm"),
        help_text=_("Ví dụ: cạnh nhà văn hoá, qua cầu treo."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units: dict[str, AdminUnit] = {}
        provinces = list(AdminUnit.objects.provinces())
        self._provinces = {unit.code: unit for unit in provinces}
        self._field("province_code").choices = [
            ("", _("Chọn tỉnh, thành phố")),
            *((unit.code, unit.short_name) for unit in provinces),
        ]
        self._list_communes(self.chosen_province)

    @classmethod
    def retyped(cls, data: Any, **kwargs: Any) -> Any:
        """A form without errors that shows what was typed, for a page that only asked for the communes."""
        initial = {**kwargs.pop("initial", {}), **{name: data.get(name) for name in data}}
        return cls(initial=initial, **kwargs)

    @property
    def chosen_province(self) -> str:
        """The code of the province that is typed or preset; empty when there is none or it is unknown."""
        value = str(self["province_code"].value() or "")
        return value if value in self._provinces else ""

    def address(self) -> dict[str, str]:
        """The fields of ``places.models.Address`` from a valid form;

        codes, names and the version of the data.
        """
        data = self.cleaned_data
        return {
            **self.units(data.get("province_code", ""), data.get("commune_code", "")),
            "street": data.get("street", ""),
            "directions": data.get("directions", ""),
        }

    def units(self, province_code: str, commune_code: str) -> dict[str, str]:
        """Codes, names and version of a province and one of its communes;

        empty words for what is not chosen.
        """
        province, commune = self._provinces.get(province_code), self._units.get(commune_code)
        return {
            "province_code": province.code if province else "",
            "province_name": province.name if province else "",
            "commune_code": commune.code if commune else "",
            "commune_name": commune.name if commune else "",
            "places_version": DATA_VERSION,
        }

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def _list_communes(self, province_code: str, first: tuple[AdminUnit, ...] = ()) -> None:
        units = list(AdminUnit.objects.communes(province_code)) if province_code else []
        self._units = {unit.code: unit for unit in units}
        told = {unit.code for unit in first}
        ordered = [*first, *(unit for unit in units if unit.code not in told)]
        empty = _("Chọn xã, phường") if units else _("Chọn tỉnh trước")
        self._field("commune_code").choices = [("", empty), *((unit.code, unit.name) for unit in ordered)]

    def _clean_fields(self) -> None:
        super()._clean_fields()
        self._look_up_old_name()

    def _look_up_old_name(self) -> None:
        """Take the commune that an old name leads to, or put several first in the list and ask."""
        old = self.cleaned_data.get("old_commune", "")
        province = self.cleaned_data.get("province_code", "")
        if not old or not province or self.cleaned_data.get("commune_code"):
            return
        found = search.communes(old, province, limit=8)
        exact = [one for one in found if search.is_exact(one, old)]
        found = exact or found
        self._errors.pop("commune_code", None)  # type: ignore[union-attr]
        if len(found) == 1:
            self.cleaned_data["commune_code"] = found[0].commune.code
        elif found:
            self._list_communes(province, tuple(one.commune for one in found))
            names = ", ".join(one.commune.name for one in found)
            self.add_error(
                "commune_code", _("Tên cũ này nay thuộc: %(names)s. Hãy chọn một.") % {"names": names}
            )
        else:
            self.add_error("old_commune", _("Chưa tìm thấy xã này trong tỉnh đã chọn. Hãy chọn ở danh sách."))
