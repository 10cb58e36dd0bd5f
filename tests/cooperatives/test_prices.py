"""Prices: the lowest open window wins, changes are remembered, limits are kept."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cooperatives import prices
from cooperatives.models import Cooperative, PriceChange, PriceWindow, StockRecord
from cooperatives.prices import Price
from marketplace.accounts.models import User
from tests import factories

from .scenes import actor

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2036, 11, 21, 5, 0, tzinfo=dt.UTC)  # windows are opened before they are over
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def tea(muong_hoa: Cooperative) -> StockRecord:
    return factories.make_product(muong_hoa, "Chè", price=100_000).stockrecords.get()


def window(record: StockRecord, price: int, **change: Any) -> PriceWindow:
    values = {"starts_at": NOON - HOUR, "ends_at": NOON + HOUR, **change}
    return PriceWindow.objects.create(stock_record=record, price=price, by_label="kịch bản", **values)


class TestPriceOf:
    def test_is_the_regular_one_without_windows(self, tea: StockRecord) -> None:
        assert prices.price_of(tea, at=NOON) == Price(Decimal(100_000), Decimal(100_000), None)

    def test_is_the_lowest_of_the_open_windows(self, tea: StockRecord) -> None:
        window(tea, 90_000)
        low = window(tea, 80_000)
        price = prices.price_of(tea, at=NOON)
        assert (price.amount, price.regular, price.window_id) == (80_000, 100_000, low.pk)

    @pytest.mark.parametrize(
        "change",
        [
            {"starts_at": NOON + HOUR / 2},
            {"ends_at": NOON},
            {"code": "LIVE26"},
            {"limit": 3, "taken": 3},
        ],
    )
    def test_passes_over_windows_that_are_not_for_now_or_not_for_them(
        self, tea: StockRecord, change: dict[str, Any]
    ) -> None:
        window(tea, 80_000, **change)
        assert prices.price_of(tea, at=NOON).amount == 100_000

    def test_takes_the_window_of_the_code_that_is_given(self, tea: StockRecord) -> None:
        window(tea, 80_000, code="LIVE26")
        assert prices.price_of(tea, at=NOON, code="LIVE26").amount == 80_000
        assert prices.price_of(tea, at=NOON, code="KHAC").amount == 100_000

    def test_a_window_that_is_dearer_counts_for_nothing(self, tea: StockRecord) -> None:
        window(tea, 120_000)
        assert prices.price_of(tea, at=NOON) == Price(
            Decimal(100_000), Decimal(100_000), window_id=None, was=None
        )

    def test_asks_nothing_when_windows_were_fetched_before(
        self, tea: StockRecord, django_assert_num_queries: Any
    ) -> None:
        (record,) = StockRecord.objects.prefetch_related("price_windows")
        with django_assert_num_queries(0):
            prices.price_of(record)


class TestChange:
    def test_is_live_and_remembered(self, tea: StockRecord, lan: User) -> None:
        change = prices.change_price(tea, 120_000, by=actor(lan))
        assert change is not None
        assert (change.old_price, change.new_price, change.by_label) == (100_000, 120_000, "Lan")
        tea.refresh_from_db()
        assert tea.price == 120_000

    def test_to_the_same_is_none(self, tea: StockRecord, lan: User) -> None:
        assert prices.change_price(tea, 100_000, by=actor(lan)) is None
        assert not PriceChange.objects.exists()

    @pytest.mark.parametrize("price", [0, -1, Decimal("0.5"), 10**10 + 1, Decimal("1e40")])
    def test_refuses_prices_that_cannot_be(self, tea: StockRecord, lan: User, price: Any) -> None:
        with pytest.raises(prices.WrongPrice):
            prices.change_price(tea, price, by=actor(lan))
        tea.refresh_from_db()
        assert (tea.price, PriceChange.objects.count()) == (100_000, 0)


class TestWindows:
    def test_opens(self, tea: StockRecord, lan: User) -> None:
        made = prices.open_window(
            tea, price=80_000, starts_at=NOON, ends_at=NOON + HOUR, limit=5, by=actor(lan)
        )
        assert (made.price, made.limit, made.taken) == (80_000, 5, 0)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"price": 100_000}, "price"),
            ({"price": 0}, "price"),
            ({"ends_at": NOON}, "ends_at"),
            ({"starts_at": NOON - 9999 * HOUR * 24, "ends_at": NOON - 9998 * HOUR * 24}, "ends_at"),
            ({"limit": 0}, "limit"),
        ],
    )
    def test_refuses_windows_that_cannot_be(
        self, tea: StockRecord, lan: User, change: dict[str, Any], field: str
    ) -> None:
        values: dict[str, Any] = {"price": 80_000, "starts_at": NOON, "ends_at": NOON + HOUR, **change}
        with pytest.raises((prices.WrongWindow, prices.WrongPrice)) as refused:
            prices.open_window(tea, by=actor(lan), **values)
        assert refused.value.field == field
        assert not PriceWindow.objects.exists()

    def test_end_now_or_never_begin(self, tea: StockRecord, lan: User) -> None:
        now = timezone.now()
        running, coming, over = (
            window(tea, 80_000, starts_at=now + HOUR * start, ends_at=now + HOUR * end)
            for start, end in ((-1, 1), (1, 2), (-2, -1))
        )
        for one in (running, coming, over):
            prices.end_window(one, by=actor(lan))
            prices.end_window(one, by=actor(lan))
        ends = [one.ends_at for one in PriceWindow.objects.order_by("pk")]
        assert now < ends[0] < timezone.now()
        assert ends[1:] == [coming.starts_at, over.ends_at]
        assert prices.price_of(tea).amount == 100_000

    def test_never_give_more_than_their_limit(self, tea: StockRecord) -> None:
        narrow = window(tea, 80_000, limit=5)
        assert prices.take_window(narrow.pk, 4) is True
        assert prices.take_window(narrow.pk, 2) is False
        prices.give_back_window(narrow.pk, 1)
        assert prices.take_window(narrow.pk, 2) is True
        narrow.refresh_from_db()
        assert narrow.taken == 5

    def test_without_a_limit_count_what_went(self, tea: StockRecord) -> None:
        wide = window(tea, 80_000, starts_at=timezone.now() - HOUR, ends_at=timezone.now() + HOUR)
        assert prices.take_window(wide.pk, 1000) is True
        wide.refresh_from_db()
        assert wide.taken == 1000

    def test_giving_back_more_than_was_taken_is_a_mistake_of_ours(self, tea: StockRecord) -> None:
        with pytest.raises(ValueError, match="More"):
            prices.give_back_window(window(tea, 80_000).pk, 1)

    def test_a_window_that_is_gone_gives_nothing(self) -> None:
        assert prices.take_window(999_999, 1) is False


DAY = dt.timedelta(days=1)


class TestOldPrice:
    """What may stand struck out beside a special price: the lowest regular price of the 30 days before it."""

    @staticmethod
    def history(tea: StockRecord, *changes: tuple[int, int]) -> None:
        """Prices as they became so many days ago, the oldest first."""
        for days, price in changes:
            made = PriceChange.objects.create(stock_record=tea, new_price=price, by_label="kịch bản")
            PriceChange.objects.filter(pk=made.pk).update(at=timezone.now() - DAY * days)
        StockRecord.objects.filter(pk=tea.pk).update(price=changes[-1][1])

    def opened(self, tea: StockRecord, price: int, *, in_days: int = 0, by: User) -> PriceWindow:
        start = timezone.now() + DAY * in_days
        return prices.open_window(tea, price=price, starts_at=start, ends_at=start + DAY, by=actor(by))

    @pytest.mark.parametrize(
        ("changes", "price", "shown"),
        [
            ([(90, 220_000)], 180_000, 220_000),
            ([(90, 200_000), (20, 220_000)], 180_000, 200_000),  # raised shortly before
            ([(90, 250_000), (20, 220_000)], 180_000, 220_000),
            ([(90, 170_000), (20, 220_000)], 180_000, None),  # no cheaper than three weeks ago
            ([(29, 220_000)], 180_000, None),  # not yet 30 days at any price
        ],
    )
    def test_is_the_lowest_of_thirty_days(
        self, tea: StockRecord, lan: User, changes: list[tuple[int, int]], price: int, shown: int | None
    ) -> None:
        self.history(tea, *changes)
        assert self.opened(tea, price, by=lan).old_price == shown

    def test_nobody_knows_what_goods_without_a_history_cost(self, tea: StockRecord, lan: User) -> None:
        assert self.opened(tea, 80_000, by=lan).old_price is None

    def test_a_raise_changes_nothing_and_a_cut_lowers_it(self, tea: StockRecord, lan: User) -> None:
        self.history(tea, (90, 100_000))
        opened = self.opened(tea, 80_000, by=lan)
        shown = []
        for price in (130_000, 95_000, 120_000, 80_000, 120_000):
            prices.change_price(tea, price, by=actor(lan))
            opened.refresh_from_db()
            shown.append(opened.old_price)
        assert shown == [100_000, 95_000, 95_000, None, None]

    def test_one_to_come_is_decided_anew(self, tea: StockRecord, lan: User) -> None:
        self.history(tea, (90, 100_000))
        soon, later = (self.opened(tea, 80_000, in_days=days, by=lan) for days in (5, 60))
        prices.change_price(tea, 120_000, by=actor(lan))
        assert [one.old_price for one in PriceWindow.objects.order_by("pk")] == [100_000, 120_000]
        prices.change_price(tea, 90_000, by=actor(lan))
        assert [one.old_price for one in PriceWindow.objects.filter(pk__in=[soon.pk, later.pk])] == [
            90_000
        ] * 2
