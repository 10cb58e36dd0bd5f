"""Stock is a ledger: movements sum to what is there, holds never oversell, a refusal changes nothing."""

from typing import Any

import pytest
from django.db.models import Sum

from cooperatives import stock
from cooperatives.models import Cooperative, StockMovement, StockRecord
from cooperatives.stock import Shortage
from marketplace.accounts.models import AuditRow, User
from tests import factories

from .scenes import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(muong_hoa: Cooperative) -> StockRecord:
    return factories.make_product(muong_hoa, "Chè", stock=20).stockrecords.get()


@pytest.fixture
def rice(muong_hoa: Cooperative) -> StockRecord:
    return factories.make_product(muong_hoa, "Gạo", stock=5).stockrecords.get()


def counters(record: StockRecord) -> tuple[int, int]:
    record.refresh_from_db()
    return record.num_in_stock, record.num_allocated


def adds_up(record: StockRecord) -> bool:
    record.refresh_from_db()
    total = StockMovement.objects.filter(stock_record=record).aggregate(total=Sum("quantity"))["total"]
    return total == record.num_in_stock


class TestMovements:
    def test_made_comes_in(self, tea: StockRecord, lan: User) -> None:
        movement = stock.make(tea, 30, note="mẻ mới", by=actor(lan))
        assert (movement.kind, movement.quantity, movement.note, movement.by_label) == (
            "made",
            30,
            "mẻ mới",
            "Lan",
        )
        assert counters(tea) == (50, 0)
        assert adds_up(tea)

    def test_spoilt_goes_out_also_from_what_is_held(self, tea: StockRecord, lan: User) -> None:
        stock.hold({tea.pk: 18})
        stock.spoil(tea, 10, by=actor(lan))
        assert counters(tea) == (10, 18)
        assert tea.available == 0
        assert adds_up(tea)

    @pytest.mark.parametrize(("counted", "moved"), [(25, 5), (0, -20)])
    def test_counting_moves_the_difference(
        self, tea: StockRecord, lan: User, counted: int, moved: int
    ) -> None:
        movement = stock.count(tea, counted, by=actor(lan))
        assert movement is not None
        assert (movement.kind, movement.quantity) == ("counted", moved)
        assert counters(tea) == (counted, 0)
        assert adds_up(tea)

    def test_counting_the_same_moves_nothing(self, tea: StockRecord, lan: User) -> None:
        assert stock.count(tea, 20, by=actor(lan)) is None
        assert tea.movements.count() == 1

    def test_sold_leaves_both_counters(self, tea: StockRecord, lan: User) -> None:
        stock.hold({tea.pk: 7})
        movement = stock.consume(tea.pk, 7, note="đơn 1", by=actor(lan))
        assert (movement.kind, movement.quantity) == ("sold", -7)
        assert counters(tea) == (13, 0)
        assert adds_up(tea)

    @pytest.mark.parametrize("quantity", [0, -1, 1_000_001])
    @pytest.mark.parametrize("verb", ["make", "spoil", "consume"])
    def test_quantities_that_cannot_be_are_refused(
        self, tea: StockRecord, lan: User, verb: str, quantity: int
    ) -> None:
        before = counters(tea), StockMovement.objects.count(), AuditRow.objects.count()
        verbs = {
            "make": lambda: stock.make(tea, quantity, by=actor(lan)),
            "spoil": lambda: stock.spoil(tea, quantity, by=actor(lan)),
            "consume": lambda: stock.consume(tea.pk, quantity, note="", by=actor(lan)),
        }
        with pytest.raises(stock.WrongQuantity):
            verbs[verb]()
        assert before == (counters(tea), StockMovement.objects.count(), AuditRow.objects.count())

    def test_more_than_there_is_cannot_spoil_or_be_sold(self, tea: StockRecord, lan: User) -> None:
        stock.hold({tea.pk: 20})
        stock.spoil(tea, 15, by=actor(lan))
        with pytest.raises(stock.NotEnoughStock):
            stock.spoil(tea, 6, by=actor(lan))
        with pytest.raises(stock.NotEnoughStock):
            stock.consume(tea.pk, 6, note="", by=actor(lan))
        assert counters(tea) == (5, 20)
        assert adds_up(tea)

    def test_what_is_not_held_is_not_sold(self, tea: StockRecord, lan: User) -> None:
        with pytest.raises(stock.NotEnoughStock):
            stock.consume(tea.pk, 1, note="", by=actor(lan))
        assert counters(tea) == (20, 0)

    @pytest.mark.parametrize("counted", [-1, 10**9])
    def test_counts_that_cannot_be_are_refused(self, tea: StockRecord, lan: User, counted: int) -> None:
        with pytest.raises((stock.WrongQuantity, stock.TooMuchStock)):
            stock.count(tea, counted, by=actor(lan))
        assert counters(tea) == (20, 0)


class TestHold:
    def test_takes_all_in_four_statements(
        self, tea: StockRecord, rice: StockRecord, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(4):  # savepoint, lock, update, release
            assert stock.hold({rice.pk: 5, tea.pk: 20}) == []
        assert (counters(tea), counters(rice)) == ((20, 20), (5, 5))

    def test_takes_nothing_when_anything_is_short_and_says_what(
        self, tea: StockRecord, rice: StockRecord
    ) -> None:
        assert stock.hold({tea.pk: 3, rice.pk: 6}) == [Shortage(rice.pk, 6, 5)]
        assert (counters(tea), counters(rice)) == ((20, 0), (5, 0))

    def test_counts_what_others_hold(self, tea: StockRecord) -> None:
        stock.hold({tea.pk: 18})
        assert stock.hold({tea.pk: 3}) == [Shortage(tea.pk, 3, 2)]

    def test_a_record_that_is_gone_has_nothing_left(self, tea: StockRecord) -> None:
        assert stock.hold({tea.pk: 1, 999_999: 2}) == [Shortage(999_999, 2, 0)]
        assert counters(tea) == (20, 0)

    def test_after_a_loss_nothing_is_left_rather_than_less(self, tea: StockRecord, lan: User) -> None:
        stock.hold({tea.pk: 20})
        stock.spoil(tea, 5, by=actor(lan))
        assert stock.hold({tea.pk: 1}) == [Shortage(tea.pk, 1, 0)]

    def test_nothing_wanted_is_nothing_short(self) -> None:
        assert stock.hold({}) == []

    @pytest.mark.parametrize("quantity", [0, -3])
    def test_less_than_one_is_a_mistake_of_ours(self, tea: StockRecord, quantity: int) -> None:
        with pytest.raises(ValueError, match="at least one"):
            stock.hold({tea.pk: quantity})


class TestRelease:
    def test_gives_back(self, tea: StockRecord, rice: StockRecord) -> None:
        stock.hold({tea.pk: 5, rice.pk: 2})
        stock.release(tea.pk, 2)
        stock.release_all({rice.pk: 2, tea.pk: 3})
        assert (counters(tea), counters(rice)) == ((20, 0), (5, 0))

    def test_more_than_is_held_is_a_mistake_of_ours_and_changes_nothing(
        self, tea: StockRecord, rice: StockRecord
    ) -> None:
        stock.hold({tea.pk: 5, rice.pk: 2})
        with pytest.raises(ValueError, match="Less is held"):
            stock.release_all({tea.pk: 1, rice.pk: 3})
        assert (counters(tea), counters(rice)) == ((20, 5), (5, 2))
