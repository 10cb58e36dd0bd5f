"""A basket becomes one Purchase and one Order per cooperative: all or nothing, once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from catalog.statuses import ProductStatus
from cooperatives import prices
from cooperatives.models import PriceWindow, StallStatus
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import is_valid
from orders import purchases, recount
from orders.basket import baskets
from orders.models import Order, Payment, Purchase
from orders.statuses import OrderStatus, PaymentMethod, PaymentStatus
from tests.factories import make_bank_account, make_product
from tests.orders.trade import fill, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def noodles(muong_hoa):
    return make_product(muong_hoa, "Miến dong", price=55000, stock=20)


@pytest.fixture
def tea(ban_khac):
    return make_product(ban_khac, "Trà sen", price=120000, stock=7)


def held(product):
    record = product.stockrecords.get()
    return record.num_in_stock, record.num_allocated


def nothing_was_written():
    return not (Purchase.objects.exists() or Order.objects.exists() or Letter.objects.exists())


def test_two_cooperatives_get_one_order_each_with_their_own_fee_and_total(noodles, tea, muong_hoa, ban_khac):
    purchase = place(fill((noodles, 2), (tea, 1)))

    mine, theirs = purchase.orders.order_by("pk")
    assert (mine.cooperative, theirs.cooperative) == (muong_hoa, ban_khac)
    assert (mine.parcel_fee, mine.total_incl_tax, mine.due) == (30000, 140000, 140000)
    assert (theirs.parcel_fee, theirs.total_incl_tax) == (30000, 150000)
    assert purchase.total == 290000
    assert held(noodles) == (20, 2)
    assert held(tea) == (7, 1)


def test_numbers_are_random_checksummed_and_the_link_is_secret(noodles):
    purchase = place(fill((noodles, 1)))

    order = purchase.orders.get()
    assert is_valid(purchase.number)
    assert is_valid(order.number)
    assert purchase.number != order.number
    assert len(purchase.token) == 32


def test_each_order_keeps_its_own_copy_of_the_address(noodles, tea):
    mine, theirs = place(fill((noodles, 1), (tea, 1))).orders.all()

    Order.objects.filter(pk=mine.pk).update(street="34 Đội Cấn")

    theirs.refresh_from_db()
    assert theirs.street == "12 Đội Cấn"
    assert theirs.place == "Phường Ba Đình, Hà Nội"


def test_the_parcel_is_free_from_the_stalls_amount_on(noodles):
    order = place(fill((noodles, 10))).orders.get()

    assert (order.parcel_fee, order.total_incl_tax) == (0, 550000)


def test_the_same_key_again_returns_the_purchase_it_made(noodles):
    key = uuid4()
    basket = fill((noodles, 3))
    first = place(basket, key=key)

    again = place(basket, key=key)

    assert again == first
    assert Purchase.objects.count() == 1
    assert held(noodles) == (20, 3)


def test_a_basket_is_ordered_only_once(noodles):
    basket = fill((noodles, 3))
    place(basket)

    with pytest.raises(purchases.BasketGone):
        place(basket, shown_total=195000)

    assert Purchase.objects.count() == 1
    assert held(noodles) == (20, 3)


def test_too_little_stock_refuses_everything_and_says_what_is_left(noodles, tea):
    basket = fill((noodles, 2), (tea, 7))
    place(fill((tea, 5)))
    Letter.objects.all().delete()

    with pytest.raises(purchases.OutOfStock) as refused:
        place(basket, shown_total=980000)

    assert refused.value.details["short"] == [("Trà sen", 7, 2)]
    assert str(refused.value) == "Không đủ hàng: Trà sen chỉ còn 2. Chưa có đơn nào được đặt."
    assert Purchase.objects.count() == 1
    assert held(noodles) == (20, 0)
    assert held(tea) == (7, 5)
    assert not Letter.objects.exists()
    basket.refresh_from_db()
    assert basket.status == basket.OPEN


def test_a_price_that_moved_since_the_review_screen_is_refused(noodles):
    basket = fill((noodles, 2))
    prices.change_price(noodles.stock, 60000, by=Actor.guest())

    with pytest.raises(purchases.TotalChanged) as refused:
        place(basket, shown_total=140000)

    assert refused.value.details == {"shown": Decimal(140000), "now": Decimal(150000)}
    assert nothing_was_written()
    assert held(noodles) == (20, 0)


@pytest.mark.parametrize("how", ["suspended product", "closed stall", "binned"])
def test_what_is_not_on_sale_any_more_is_refused_by_name(noodles, muong_hoa, how):
    basket = fill((noodles, 2))
    if how == "suspended product":
        type(noodles).objects.filter(pk=noodles.pk).update(status=ProductStatus.SUSPENDED)
    elif how == "binned":
        type(noodles).objects.filter(pk=noodles.pk).update(removed_at=timezone.now())
    else:
        type(muong_hoa.stall).objects.update(status=StallStatus.CLOSED)

    with pytest.raises(purchases.NotOnSale) as refused:
        place(basket)

    assert refused.value.details["names"] == ["Miến dong"]
    assert nothing_was_written()
    assert held(noodles) == (20, 0)


def test_an_empty_basket_is_refused(db):
    with pytest.raises(purchases.BasketGone):
        place(fill())
    assert nothing_was_written()


def test_vietqr_is_offered_only_with_a_verified_account(noodles, muong_hoa):
    assert purchases.methods_of(muong_hoa, Decimal(85000)) == [PaymentMethod.COD]

    with pytest.raises(purchases.MethodNotOffered):
        place(fill((noodles, 1)), methods="vietqr")

    assert nothing_was_written()
    assert held(noodles) == (20, 0)


def test_a_transfer_freezes_the_account_and_starts_the_clock(noodles, muong_hoa, settings):
    make_bank_account(muong_hoa)
    settings.TRANSFER_HOURS = 24

    order = place(fill((noodles, 1)), methods="vietqr").orders.get()

    payment = order.payment
    assert (payment.method, payment.status, payment.amount) == ("vietqr", PaymentStatus.WAITING, 85000)
    assert (payment.bank_bin, payment.account_number) == ("970405", "8500201001234")
    assert payment.memo == f"CP{order.number}"
    left = payment.expires_at - timezone.now()
    assert dt.timedelta(hours=23, minutes=59) < left <= dt.timedelta(hours=24)


def test_cash_on_delivery_has_no_clock(noodles):
    payment = place(fill((noodles, 1))).orders.get().payment

    assert (payment.status, payment.expires_at, payment.bank_bin) == (PaymentStatus.ON_DELIVERY, None, "")


def test_a_stall_without_cod_takes_only_transfers(noodles, muong_hoa):
    make_bank_account(muong_hoa)
    type(muong_hoa.stall).objects.update(takes_cod=False)
    muong_hoa.stall.refresh_from_db()

    assert purchases.methods_of(muong_hoa, Decimal(85000)) == [PaymentMethod.VIETQR]


def test_a_special_price_is_charged_and_its_limit_counted(noodles):
    window = PriceWindow.objects.create(
        stock_record=noodles.stock,
        price=45000,
        starts_at=timezone.now() - dt.timedelta(hours=1),
        ends_at=timezone.now() + dt.timedelta(hours=1),
        limit=3,
        by_label="Lan",
    )

    order = place(fill((noodles, 2))).orders.get()

    line = order.lines.get()
    assert (line.unit_price_incl_tax, line.line_price_incl_tax) == (45000, 90000)
    assert line.line_price_before_discounts_incl_tax == 110000
    window.refresh_from_db()
    assert window.taken == 2


def test_a_special_price_that_runs_out_inside_the_basket_is_refused(noodles):
    PriceWindow.objects.create(
        stock_record=noodles.stock,
        price=45000,
        starts_at=timezone.now() - dt.timedelta(hours=1),
        ends_at=timezone.now() + dt.timedelta(hours=1),
        limit=1,
        by_label="Lan",
    )

    with pytest.raises(purchases.TotalChanged):
        place(fill((noodles, 2)))

    assert nothing_was_written()
    assert held(noodles) == (20, 0)


def test_vat_is_taken_out_of_the_price_in_whole_dong(muong_hoa):
    wine = make_product(muong_hoa, "Rượu", price=350000, vat_rate=Decimal("8"))

    order = place(fill((wine, 1))).orders.get()

    line = order.lines.get()
    assert (line.line_price_incl_tax, line.line_price_excl_tax, line.tax_code) == (350000, 324074, "8")
    assert order.total_excl_tax == 324074 + 30000


def test_buyer_and_both_cooperatives_get_one_letter_each(noodles, tea, muong_hoa, ban_khac):
    purchase = place(fill((noodles, 1), (tea, 1)))

    boxes = sorted(Letter.objects.values_list("mailbox", "kind"))
    assert boxes == sorted(
        [
            (f"mua:{purchase.pk}", "purchase_placed"),
            (muong_hoa.mailbox, "order_placed"),
            (ban_khac.mailbox, "order_placed"),
        ]
    )


def test_a_new_order_starts_placed_with_a_row_that_says_who(noodles):
    order = place(fill((noodles, 1))).orders.get()

    change = order.status_changes.get()
    assert (order.status, change.old_status, change.new_status) == (OrderStatus.PLACED, "", "placed")
    assert change.by_label == "khách"
    assert Payment.objects.get(order=order).changes.get().new_status == "on_delivery"


def test_a_basket_refuses_more_than_is_left_and_keeps_what_it_had(noodles):
    basket = fill((noodles, 18))

    with pytest.raises(baskets.BasketRefusal) as refused:
        baskets.add(basket, noodles, 3)

    assert str(refused.value) == "Chỉ còn 20 gói."
    assert basket.lines.get().quantity == 18


def test_holds_equal_what_open_orders_ask_for(noodles):
    place(fill((noodles, 2)))
    place(fill((noodles, 5)))

    record = noodles.stockrecords.get()
    assert (record.num_allocated, recount.recount()) == (7, [])
