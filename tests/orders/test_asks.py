"""What users of other marketplaces ask for and complain about (peers.md section 2, asks 6–24), each with its test.

Most stand where their subject is tested; the table says where, and a name that is gone fails. The rest stands here.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.db.models import ProtectedError

from cooperatives import stalls
from cooperatives.models import StockRecord
from marketplace.foundation.actor import Actor
from orders import fulfilment, payments, purchases
from orders.basket.models import Line as BasketLine
from orders.fulfilment import PickChoice
from orders.models import Order, Purchase
from orders.statuses import OrderStatus
from tests.factories import make_bank_account, make_product
from tests.orders import trade

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
ASKS = {
    "6 the last unit sold twice":
        ("concurrency/test_placing.py", "test_fifty_threads_want_seven_units_and_exactly_seven_are_sold"),
    "7 two lines of one stock":
        ("orders/test_asks.py", "test_two_lines_of_one_stock_are_asked_for_together"),
    "8 a shortcut around the lock":
        ("orders/test_asks.py", "test_only_the_stock_writes_its_counters"),
    "9 two checkouts lock up":
        ("concurrency/test_placing.py", "test_two_baskets_in_opposite_order_two_hundred_times_never_lock_up"),
    "10 paid, and there is no order":
        ("journeys/test_killed.py", "test_kill_9_in_the_middle_of_100_orders_loses_none_that_was_accepted"),
    "10 paid late":
        ("orders/incoming/test_transfers.py", "test_late_money_waits_and_takes_the_order_up_again"),
    "11 mail blocks ordering":
        ("accounts/test_letters.py",
         "test_a_refusing_mail_server_keeps_the_e_mail_waiting_and_the_letter_arrives"),
    "12 a double click makes two orders":
        ("orders/test_checkout.py", "test_the_same_form_twice_is_one_purchase"),
    "13 charged twice":
        ("orders/incoming/test_notifiers.py", "test_a_hundred_replays_have_one_effect"),
    "14 a replay deletes or refunds":
        ("orders/test_asks.py", "test_money_that_came_keeps_its_order_from_being_deleted"),
    "15 the balance after a refund":
        ("orders/test_books.py", "test_after_a_refund_the_books_say_what_the_bank_says"),
    "16 restock and shipping share":
        ("orders/test_parts.py",
         "test_a_parcel_that_came_back_of_a_paid_order_keeps_the_fee_unless_it_is_given_back"),
    "17 refund by line":
        ("orders/test_parts.py", "test_money_off_one_line_and_off_the_fee_is_owed_back_as_one_sum"),
    "18 ship what is there":
        ("orders/test_parts.py", "test_five_ordered_three_shipped_two_cancelled_two_refunded"),
    "19 end to end":
        ("orders/test_story.py", "test_from_listing_to_a_closed_month"),
    "20 settling twice":
        ("orders/incoming/test_statements.py", "test_the_next_statement_leaves_what_is_known_alone"),
    "21 one fee a block":
        ("orders/test_sums.py", "test_every_sum_adds_up_to_the_dong"),
    "22 a closed stall blocks all":
        ("orders/test_checkout.py", "test_a_stall_that_closed_writes_nothing"),
    "23 transfers not matched":
        ("orders/incoming/test_memos.py", "test_an_ugly_memo_means_its_orders"),
    "24 real weights":
        ("orders/test_parts.py", "test_the_price_follows_the_scales_downwards"),
    "a voucher once per purchase":
        ("orders/test_vouchers.py", "test_a_voucher_is_used_once_per_purchase"),
    "own fees only":
        ("orders/test_books.py", "test_a_cooperative_sees_only_its_own_fees_and_entries"),
    "the paid check counts every transfer":
        ("concurrency/test_transfers.py", "test_ten_parts_add_up"),
    "a split parcel charges delivery once":
        ("orders/test_parts.py", "test_a_split_order_pays_the_parcel_fee_once"),
    "a fully refunded order is not paid":
        ("orders/test_parts.py", "test_a_fully_refunded_order_is_not_paid"),
    "a bounced refund is open again":
        ("orders/test_parts.py", "test_a_bounced_refund_is_open_again"),
    "a cancelled line is not packed":
        ("orders/test_parts.py", "test_a_cancelled_line_is_not_packed"),
    "a refund after month's end":
        ("orders/test_books.py", "test_a_refund_after_months_end_lands_in_the_open_month"),
    "a changed price is shown":
        ("orders/test_checkout.py",
         "test_a_price_that_moved_before_the_button_shows_the_new_total_and_writes_nothing"),
    "a closed stall's orders go on":
        ("orders/test_asks.py", "test_the_open_orders_of_a_closed_stall_go_on"),
    "a deleted account":
        ("orders/test_asks.py", "test_a_deleted_account_keeps_its_orders_countable"),
}  # fmt: skip


@pytest.mark.parametrize("ask", ASKS)
def test_every_ask_has_its_test(ask: str) -> None:
    file, name = ASKS[ask]
    tree = ast.parse((ROOT / "tests" / file).read_text())

    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    make_bank_account(muong_hoa)
    return make_product(muong_hoa, "Miến dong", price=55000, stock=5)


def test_two_lines_of_one_stock_are_asked_for_together(noodles: Any) -> None:
    basket = trade.fill((noodles, 3))
    first = basket.lines.get()
    BasketLine.objects.create(
        basket=basket, line_reference="once more", product=noodles, stockrecord=first.stockrecord, quantity=3,
        price_currency="VND", price_incl_tax=55000, price_excl_tax=55000,
    )  # fmt: skip

    with pytest.raises(purchases.OutOfStock, match="chỉ còn 5"):
        trade.place(basket)

    assert (Purchase.objects.count(), StockRecord.objects.get().num_allocated) == (0, 0)


def test_only_the_stock_writes_its_counters() -> None:
    """``num_in_stock`` and ``num_allocated`` of a stock record move in one module, which locks before it looks."""
    writes = re.compile(
        r"StockRecord\.objects[^;]{0,200}?\.update\([^)]*num_(in_stock|allocated)=", re.DOTALL
    )
    found = [
        str(path.relative_to(ROOT))
        for floor in ("marketplace", "cooperatives", "catalog", "traceability", "orders")
        for path in (ROOT / floor).rglob("*.py")
        if "migrations" not in path.parts and writes.search(path.read_text())
    ]

    assert found == ["cooperatives/stock.py"]


def test_money_that_came_keeps_its_order_from_being_deleted(noodles: Any, lan: Any) -> None:
    order = trade.order((noodles, 1), methods="vietqr")
    payments.receive(order.payment, by=Actor.of(lan))

    with pytest.raises(ProtectedError):
        order.delete()
    with pytest.raises(ProtectedError):
        order.purchase.delete()

    assert Order.objects.get().payment.status == "received"


def test_the_open_orders_of_a_closed_stall_go_on(noodles: Any, lan: Any) -> None:
    by = Actor.of(lan)
    order = trade.order((noodles, 2))
    stalls.close_stall(noodles.cooperative.stall, by=by)

    fulfilment.confirm_order(order, by=by)
    fulfilment.pack_order(order, [PickChoice(order.lines.get().pk, None, 2)], by=by)
    trade.ship(order, by=by)

    assert trade.deliver(order, by=by).status == OrderStatus.DELIVERED


def test_a_deleted_account_keeps_its_orders_countable(noodles: Any, ha: Any) -> None:
    trade.place(trade.fill((noodles, 2)), user=ha)

    ha.delete()

    order = Order.objects.get()
    assert (order.user, order.purchase.user, order.purchase.total) == (None, None, 140_000)
    assert StockRecord.objects.get().num_allocated == 2
