"""The units and banks in the tables are the ones in the files."""

import pytest

from marketplace.places.loading import load
from marketplace.places.models import AdminUnit, Bank, OldUnit

pytestmark = pytest.mark.django_db


def test_the_migration_loaded_34_provinces_and_3321_communes() -> None:
    assert AdminUnit.objects.provinces().count() == 34
    assert AdminUnit.objects.exclude(province_code="").count() == 3321
    assert OldUnit.objects.count() == 10033


def test_communes_hang_on_provinces_as_the_file_counts_them() -> None:
    assert AdminUnit.objects.communes("19").count() == 92
    assert AdminUnit.objects.communes("40").count() == 130


def test_loading_again_changes_nothing_and_keeps_a_bank_switched_off() -> None:
    Bank.objects.filter(bin="970405").update(is_active=False)
    before = set(AdminUnit.objects.values_list("pk", "code", "name"))
    assert load() == {"units": 3355, "old_units": 10033, "banks": 42}
    assert set(AdminUnit.objects.values_list("pk", "code", "name")) == before
    assert Bank.objects.count() == 42
    assert Bank.objects.get(bin="970405").is_active is False


def test_banks_that_cooperatives_use_come_first() -> None:
    assert [bank.name for bank in Bank.objects.all()[:3]] == ["Agribank", "Co-opBank", "Vietcombank"]


def test_provinces_stand_in_the_order_of_the_alphabet() -> None:
    names = [unit.short_name for unit in AdminUnit.objects.provinces()]
    assert names[:3] == ["An Giang", "Bắc Ninh", "Cà Mau"]
    assert names.index("Đà Nẵng") > names.index("Cần Thơ")


def test_every_old_commune_leads_to_a_commune_of_today() -> None:
    today = set(AdminUnit.objects.exclude(province_code="").values_list("code", flat=True))
    codes = {code for row in OldUnit.objects.values_list("new_codes", flat=True) for code in row.split()}
    assert codes <= today
