"""The address in a form: province, commune, old names, nonsense."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from marketplace.places.forms import AddressFields

pytestmark = pytest.mark.django_db

GOOD = {"province_code": "19", "commune_code": "01921", "street": "Bản Phố"}


def filled(**change: str) -> AddressFields:
    data = QueryDict(mutable=True)
    data.update({**GOOD, **change})
    return AddressFields(data)


def test_a_good_address_keeps_codes_names_and_the_version_of_the_data() -> None:
    form = filled()
    assert form.is_valid(), form.errors
    assert form.address() == {
        "province_code": "19",
        "province_name": "Tỉnh Thái Nguyên",
        "commune_code": "01921",
        "commune_name": "Xã Thượng Minh",
        "places_version": "2026-09-20",
        "street": "Bản Phố",
        "directions": "",
    }


def test_a_commune_of_another_province_is_refused_beside_its_field() -> None:
    form = filled(province_code="40")
    assert not form.is_valid()
    assert list(form.errors) == ["commune_code"]
    assert "không thuộc tỉnh" in form.errors["commune_code"][0]


@pytest.mark.parametrize("code", ["", "99", "19 ", "\x00", "1" * 5000, "' OR 1=1"])
def test_a_province_that_is_none_is_refused_and_the_rest_kept(code: str) -> None:
    form = filled(province_code=code)
    assert not form.is_valid()
    assert "province_code" in form.errors
    assert form["street"].value() == "Bản Phố"


def test_an_old_name_with_one_commune_of_today_is_taken() -> None:
    form = filled(commune_code="", old_commune="xã yến dương")
    assert form.is_valid(), form.errors
    assert form.address()["commune_name"] == "Xã Thượng Minh"


def test_an_old_name_with_several_is_asked_about() -> None:
    form = filled(province_code="01", commune_code="", old_commune="Ngọc Hà")
    assert not form.is_valid()
    assert "Hãy chọn một" in form.errors["commune_code"][0]
    second = form.fields["commune_code"].choices[1]  # type: ignore[attr-defined]
    assert "Ngọc Hà" in second[1]


def test_an_old_name_that_nobody_knows_is_said_so_beside_it() -> None:
    form = filled(commune_code="", old_commune="Atlantis")
    assert not form.is_valid()
    assert list(form.errors) == ["old_commune"]


def test_choosing_a_province_without_script_shows_its_communes_and_keeps_what_was_typed() -> None:
    data = QueryDict(mutable=True)
    data.update({"province_code": "40", "commune_code": "", "street": "Xóm 3", "choose_province": "1"})
    form = AddressFields.retyped(data)
    assert not form.errors
    assert len(form.fields["commune_code"].choices) == 131  # type: ignore[attr-defined]
    assert 'value="Xóm 3"' in str(form["street"])


class TestCommunesAsJson:
    def get(self, client: Client, **asked: str) -> Any:
        return client.get("/dia-danh/xa/", asked)

    def test_lists_the_communes_of_a_province_and_may_be_kept_a_day(self, client: Client) -> None:
        answer = self.get(client, province="19")
        assert len(answer.json()) == 92
        assert {"code": "01921", "name": "Xã Thượng Minh"} in answer.json()
        assert "max-age=86400" in answer["Cache-Control"]

    def test_finds_old_names(self, client: Client) -> None:
        (row,) = self.get(client, province="19", q="yen duong").json()
        assert (row["code"], row["province"]) == ("01921", "19")
        assert row["old"].startswith("Xã Yến Dương")

    @pytest.mark.parametrize("province", ["", "99", "\x00", "x" * 9000, "٣٤"])
    def test_knows_no_communes_of_nowhere(self, client: Client, province: str) -> None:
        answer = self.get(client, province=province)
        assert answer.status_code == 200
        assert answer.json() == []
