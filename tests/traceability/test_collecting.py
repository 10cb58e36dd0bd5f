from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cooperatives import households
from cooperatives.households import HouseholdRefused
from cooperatives.models import Household
from tests.factories import recall_lot
from traceability import collecting
from traceability.collecting import SlipRefused, Sum
from traceability.models import CollectionSlip, Lot

DAY = dt.date(2026, 11, 5)


@pytest.fixture
def pao(muong_hoa: Any, by: Any) -> Household:
    return households.add_household(muong_hoa, "Hộ ông Páo", place="Bản Cắng", by=by)


def weigh(lot: Lot, household: Household, grams: int, by: Any, **more: Any) -> CollectionSlip:
    said = {"goods": "Củ dong riềng", "price": Decimal(3_333), "collected_on": DAY, **more}
    return collecting.write_slip(lot, household, grams=grams, by=by, **said)


def test_the_same_household_and_plot_are_written_once(pao: Household, by: Any, muong_hoa: Any) -> None:
    assert households.add_household(muong_hoa, " Hộ ông Páo", place="Bản Cắng", by=by) == pao
    assert households.add_plot(pao, "Đồi", area=1200, by=by) == households.add_plot(pao, "Đồi", by=by)
    for name, area in (("", 5), ("Ruộng", 0), ("a" * 81, 5)):
        with pytest.raises(HouseholdRefused):
            households.add_plot(pao, name, area=area, by=by)
    assert pao.plots.count() == 1


def test_a_misspelt_household_and_plot_are_put_right_and_keep_their_slips(
    client: Client, lot: Lot, pao: Household, by: Any, muong_hoa: Any, minh: Any
) -> None:
    may = households.add_household(muong_hoa, "Hộ bà Mẩy", place="Bản Cắng", by=by)
    plot, other = (households.add_plot(pao, name, area=1200, by=by) for name in ("Đòi", "Ruộng"))
    slip = weigh(lot, pao, 5, by, plot=plot)
    client.force_login(minh)

    at = f"/quan-ly/htx-muong-hoa/ho/{pao.pk}/sua/"
    said = {"name": " Hộ ông Páo A ", "place": "Bản Cắng", "phone": "0912 000 077"}
    assert client.post(at, said).status_code == 302
    assert (
        client.post(f"/quan-ly/htx-muong-hoa/ho/thua/{plot.pk}/", {"name": "Đồi", "area": ""}).status_code
        == 302
    )
    slip.refresh_from_db()
    assert (str(slip.household), slip.household.phone) == ("Hộ ông Páo A, Bản Cắng", "0912000077")
    assert slip.plot is not None
    assert (slip.plot.name, slip.plot.area) == ("Đồi", None)

    taken = client.post(at, {"name": "Hộ bà Mẩy", "place": "Bản Cắng"})
    assert taken.status_code == 422
    assert "Đã có hộ khác cùng tên ở đó." in taken.content.decode()
    same = client.post(f"/quan-ly/htx-muong-hoa/ho/thua/{plot.pk}/", {"name": other.name, "area": "5"})
    assert same.status_code == 422
    assert "Hộ này đã có thửa cùng tên." in same.content.decode()
    pao.refresh_from_db()
    assert (pao.name, may.name, pao.plots.filter(name="Đồi").count()) == ("Hộ ông Páo A", "Hộ bà Mẩy", 1)


def test_slips_are_summed_by_household_and_lot(lot: Lot, pao: Household, by: Any, muong_hoa: Any) -> None:
    may = households.add_household(muong_hoa, "Hộ bà Mẩy", by=by)
    weigh(lot, pao, 1_500, by)  # 4.999,5 đồng, rounded to 5.000
    weigh(lot, pao, 1_000, by)
    weigh(lot, may, 500, by)

    slips = collecting.slips_of(lot)
    assert collecting.total(slips) == Sum(3_000, Decimal(10_000), 3)
    assert collecting.by_household(slips) == [
        (may, Sum(500, Decimal(1_667), 1)),
        (pao, Sum(2_500, Decimal(8_333), 2)),
    ]
    assert collecting.by_lot(pao) == [(lot, Sum(2_500, Decimal(8_333), 2))]


def test_a_slip_sent_twice_is_written_once_and_a_wrong_one_is_voided(
    lot: Lot, pao: Household, by: Any
) -> None:
    form = uuid.uuid4()
    slip = weigh(lot, pao, 1_500, by, form_key=form)
    assert weigh(lot, pao, 1_500, by, form_key=form) == slip
    with pytest.raises(SlipRefused):
        collecting.void_slip(slip, reason=" ", by=by)
    collecting.void_slip(slip, reason="Cân nhầm bao", by=by)
    collecting.void_slip(slip, reason="Lần hai", by=by)

    slip = CollectionSlip.objects.get()
    assert (slip.void_reason, slip.grams) == ("Cân nhầm bao", 1_500)
    assert collecting.total(collecting.slips_of(lot)) == Sum(0, Decimal(0), 0)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"grams": 0}, "grams"),
        ({"grams": 10**9}, "grams"),
        ({"price": Decimal(-1)}, "price"),
        ({"price": Decimal("0.5")}, "price"),
        ({"goods": " "}, "goods"),
        ({"collected_on": dt.date(2026, 11, 22)}, "collected_on"),
    ],
)
def test_what_cannot_be_true_is_not_weighed(
    lot: Lot, pao: Household, by: Any, words: dict[str, Any], field: str
) -> None:
    with pytest.raises(SlipRefused) as refused:
        weigh(lot, pao, **{"grams": 5, "by": by, **words})
    assert refused.value.field == field
    assert not CollectionSlip.objects.exists()


def test_households_plots_and_lots_belong_together(
    lot: Lot, pao: Household, by: Any, muong_hoa: Any, ban_khac: Any
) -> None:
    stranger = households.add_household(ban_khac, "Hộ lạ", by=by)
    other = households.add_household(muong_hoa, "Hộ bà Mẩy", by=by)
    with pytest.raises(SlipRefused):
        weigh(lot, stranger, 5, by)
    with pytest.raises(SlipRefused):
        weigh(lot, pao, 5, by, plot=households.add_plot(other, "Đồi", by=by))
    recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)
    with pytest.raises(SlipRefused):
        weigh(lot, pao, 5, by)
    assert not CollectionSlip.objects.exists()


def test_everybody_sees_how_many_and_nobody_sees_who(
    client: Client, lot: Lot, pao: Household, by: Any
) -> None:
    weigh(lot, pao, 5, by, plot=households.add_plot(pao, "Đồi sau nhà", by=by))
    weigh(lot, pao, 5, by, plot=households.add_plot(pao, "Ruộng Nà Cà", by=by))
    said = client.get("/Q/2EP9TW83").content.decode()

    assert "1 hộ, 2 thửa" in said
    for name in ("Páo", "Đồi sau nhà", "Bản Cắng"):
        assert name not in said


def test_a_member_weighs_and_takes_the_table_along(
    client: Client, lot: Lot, pao: Household, minh: Any
) -> None:
    client.force_login(minh)
    url = f"/quan-ly/htx-muong-hoa/lo/{lot.pk}/phieu-can/"
    said = {"form_key": str(uuid.uuid4()), "household": str(pao.pk), "goods": "=Củ", "price": "3.000"}
    for grams, kept in (("1.200", 1_200_000), ("12,5", 12_500), ("0.25", 250)):
        said["form_key"] = str(uuid.uuid4())
        assert client.post(url, {**said, "grams": grams, "collected_on": "2026-11-05"}).status_code == 302
        assert CollectionSlip.objects.latest("pk").grams == kept
    refused = client.post(url, {**said, "grams": "12,5555", "collected_on": "2026-11-05"})
    assert refused.status_code == 422
    assert "1.212,75 kg" in client.get(url).content.decode()

    table = client.get(f"{url[:-1]}.csv").content.decode("utf-8-sig").splitlines()
    assert table[0] == "Phiếu số;Ngày;Hộ;Thửa;Hàng;Số cân (kg);Giá 1 kg;Thành tiền;Người ghi"
    assert table[2].split(";")[1:] == [
        "05/11/2026", "Hộ ông Páo, Bản Cắng", "", "'=Củ", "12,5", "3000", "37500", "Minh",
    ]  # fmt: skip
