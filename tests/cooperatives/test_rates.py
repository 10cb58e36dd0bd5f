"""What a parcel costs: one fee everywhere, by weight, zones of provinces, what is not sent; who may say so."""

from decimal import Decimal
from typing import Any

import pytest

from cooperatives import rates
from cooperatives.models import Cooperative, Stall, Zone
from marketplace.accounts.models import AuditRow, User
from tests import factories

from .scenes import actor

pytestmark = pytest.mark.django_db

HA_NOI, CAO_BANG, CA_MAU = "01", "04", "96"


def state() -> tuple[Any, ...]:
    return (
        list(Stall.objects.order_by("pk").values()),
        list(Zone.objects.order_by("pk").values()),
        AuditRow.objects.count(),
    )


def fee(stall: Stall, province: str, total: int = 100_000, grams: int = 500, *, cold: bool = False) -> Any:
    found = rates.quote(stall, province, goods_total=Decimal(total), grams=grams, is_cold=cold)
    return None if found.rate is None else (int(found.fee), found.is_lowest)


class TestQuote:
    def test_one_flat_fee_free_from_an_amount(self, muong_hoa: Cooperative) -> None:
        stall = muong_hoa.stall
        assert fee(stall, HA_NOI, 499_999, 60_000) == (30_000, False)
        assert fee(stall, HA_NOI, 500_000) == (0, False)
        assert fee(stall, "") == (30_000, False)
        assert rates.left_until_free(stall, Decimal(390_000)) == 110_000

    @pytest.mark.parametrize(
        ("grams", "cost"),
        [(0, 30_000), (1, 30_000), (1000, 30_000), (1001, 35_000), (2000, 35_000), (4500, 50_000)],
    )
    def test_each_further_kilo_begun_costs(self, muong_hoa: Cooperative, grams: int, cost: int) -> None:
        muong_hoa.stall.kilo_fee = Decimal(5000)
        assert fee(muong_hoa.stall, HA_NOI, grams=grams) == (cost, False)

    def test_a_province_has_the_rate_of_its_zone(self, muong_hoa: Cooperative, lan: User) -> None:
        stall, by = muong_hoa.stall, actor(lan)
        near = {"parcel_fee": 15_000, "free_over": 200_000, "days_from": 1, "days_to": 2}
        rates.save_zone(stall, provinces={CAO_BANG: "Cao Bằng"}, by=by, **near)
        rates.save_zone(stall, provinces={CA_MAU: "Cà Mau"}, is_served=False, by=by)

        assert fee(stall, CAO_BANG) == (15_000, False)
        assert fee(stall, CAO_BANG, 200_000) == (0, False)
        assert fee(stall, HA_NOI) == (30_000, False)
        assert fee(stall, CA_MAU) is None
        assert fee(stall, "") == (15_000, True)

    def test_cold_goods_go_only_where_they_stay_cold(self, muong_hoa: Cooperative, lan: User) -> None:
        stall, by = muong_hoa.stall, actor(lan)
        rates.save_zone(stall, provinces={CAO_BANG: "Cao Bằng"}, parcel_fee=50_000, by=by)
        stall = rates.set_rate(stall, takes_cold=False, by=by)

        assert fee(stall, HA_NOI, cold=True) is None
        assert fee(stall, HA_NOI) == (30_000, False)
        assert fee(stall, CAO_BANG, cold=True) == (50_000, False)
        assert fee(stall, "", cold=True) == (50_000, False)


class TestChange:
    def test_says_who_changed_what_and_tells_the_cache(self, muong_hoa: Cooperative, lan: User) -> None:
        version = muong_hoa.stall.version
        stall = rates.set_rate(muong_hoa.stall, parcel_fee=Decimal(25_000), free_over=None, by=actor(lan))
        assert (stall.parcel_fee, stall.free_over, stall.version) == (25_000, None, version + 1)
        rates.save_zone(stall, provinces={CAO_BANG: "Cao Bằng"}, by=actor(lan))
        stall.refresh_from_db()
        assert stall.version == version + 2
        assert [row.verb for row in AuditRow.objects.order_by("pk")] == ["stall.rate", "stall.zone"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"parcel_fee": -1},
            {"parcel_fee": 1_000_001},
            {"parcel_fee": Decimal("0.5")},
            {"parcel_fee": None},
            {"kilo_fee": -1},
            {"free_over": 0},
            {"days_from": 3},
            {"days_from": 3, "days_to": 2},
            {"cod_limit": 0},
        ],
    )
    def test_refuses_what_cannot_be(self, muong_hoa: Cooperative, lan: User, wrong: dict[str, Any]) -> None:
        before = state()
        with pytest.raises(rates.WrongRate):
            rates.set_rate(muong_hoa.stall, by=actor(lan), **wrong)
        assert state() == before

    @pytest.mark.parametrize("less_cash", [{"takes_cod": False}, {"cod_limit": 2_000_000}])
    def test_keeps_cash_while_there_is_no_verified_account(
        self, muong_hoa: Cooperative, lan: User, less_cash: dict[str, Any]
    ) -> None:
        before = state()
        with pytest.raises(rates.NoWayToPay):
            rates.set_rate(muong_hoa.stall, by=actor(lan), **less_cash)
        assert state() == before
        factories.make_bank_account(muong_hoa)
        stall = rates.set_rate(muong_hoa.stall, by=actor(lan), **less_cash)
        assert {name: getattr(stall, name) for name in less_cash} == less_cash

    def test_a_province_stands_in_one_zone(self, muong_hoa: Cooperative, lan: User) -> None:
        zone = rates.save_zone(muong_hoa.stall, provinces={CAO_BANG: "Cao Bằng"}, by=actor(lan))
        before = state()
        for provinces in ({}, {HA_NOI: "Hà Nội", CAO_BANG: "Cao Bằng"}):
            with pytest.raises(rates.WrongProvinces):
                rates.save_zone(muong_hoa.stall, provinces=provinces, by=actor(lan))
        assert state() == before
        rates.save_zone(
            muong_hoa.stall, zone.pk, provinces={CAO_BANG: "Cao Bằng"}, parcel_fee=1, by=actor(lan)
        )
        assert Zone.objects.get().parcel_fee == 1
