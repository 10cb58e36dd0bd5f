"""Vouchers: who may make them, what they take off and from which lines, when they hold, and who pays for it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperatives.models import Officer, Stall, StockRecord
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from orders import amounts, books, cancelling, fulfilment, payments, purchases, refunds, vouchers
from orders.basket import baskets
from orders.fulfilment import PickChoice
from orders.models import BookEntry, Order, Purchase, Voucher, VoucherUse
from orders.statuses import ReductionKind
from tests import scene
from tests.factories import HA_NOI, make_bank_account, make_product, make_set
from tests.orders import trade
from tests.orders.test_books import sums

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ALLIANCE = "Liên minh HTX Thái Nguyên"
BASKET = reverse("shop:basket")
CODE = reverse("shop:basket_voucher")


@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    make_bank_account(muong_hoa)
    return make_product(muong_hoa, "Miến dong", price=50_000, stock=50)


@pytest.fixture
def tea(ban_khac: Any) -> Any:
    make_bank_account(ban_khac)
    return make_product(ban_khac, "Chè", price=100_000, stock=50)


def made(cooperative: Any = None, **change: Any) -> Voucher:
    """A voucher that takes 20.000 ₫ off goods of 40.000 ₫ and more; market-wide without a cooperative."""
    now = timezone.now()
    values = {"code": "TET2027", "most": Decimal(20_000), "least": Decimal(40_000), "once_a_phone": False}
    values |= {
        "starts_at": now - DAY,
        "ends_at": now + DAY,
        "cooperative": cooperative,
        "bearer_name": ALLIANCE,
    }
    return vouchers.make_voucher(**{**values, **change}, by=Actor.system("test"))


def place(
    *things: tuple[Any, int], code: str = "TET2027", phone: str = "0912000004", **options: Any
) -> Purchase:
    """Place things with a code, after the total that the last screen showed."""
    basket = trade.fill(*things)
    parcels = baskets.parcels(basket, trade.BUYER.address)
    vouchers.try_on(parcels, code, phone=phone)
    buyer = purchases.Buyer(name="Hà", phone=phone, address={**HA_NOI, "street": "12 Đội Cấn"})
    total = options.pop("shown_total", baskets.total_of(parcels))
    return trade.place(basket, buyer=buyer, voucher=code, shown_total=total, **options)


def nothing_was_written() -> bool:
    held = sum(StockRecord.objects.values_list("num_allocated", flat=True))
    used = sum(Voucher.objects.values_list("taken", flat=True))
    return (Purchase.objects.count(), VoucherUse.objects.count(), held, used) == (0, 0, 0, 0)


# --- made -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "Tết"}, "code"),
        ({"code": "x" * 21}, "code"),
        ({"code": " tết-2026 "}, "code"),  # taken: compared without marks, blanks and dashes
        ({"percent": 51}, "percent"),
        ({"least": Decimal(39_999)}, "least"),  # more than half of the goods
        ({"ends_at": timezone.now() - 2 * DAY}, "last"),
        ({"goods": "theirs"}, "goods"),
    ],
)
def test_a_voucher_that_cannot_be_is_refused(
    muong_hoa: Any, tea: Any, change: dict[str, Any], field: str
) -> None:
    made(muong_hoa, code="TET2026")
    values = {**change, "goods": [tea.pk]} if "goods" in change else change

    with pytest.raises(vouchers.VoucherRefusal) as refused:
        made(muong_hoa, **values)

    assert (refused.value.field, Voucher.objects.count()) == (field, 1)


def test_directors_make_and_end_their_own_and_see_what_the_alliance_gives(
    client: Client, lan: Any, muong_hoa: Any, noodles: Any
) -> None:
    theirs = made(code="LIENMINH", province_code="19")
    made(code="NGHEAN", province_code="40")
    client.force_login(lan)
    add = reverse("desk:voucher_add", args=["htx-muong-hoa"])
    body = {"code": "Quen 10", "most": "30.000", "percent": "10", "limit": "5", "goods": [noodles.pk]}
    body |= scene.some_days()

    wrong = client.post(add, {**body, "percent": "60"})
    assert (wrong.status_code, Voucher.objects.count()) == (422, 2)
    assert 'value="Quen 10"' in wrong.content.decode()
    assert client.post(add, body).status_code == 302

    own = Voucher.objects.get(code="QUEN10")
    assert (own.cooperative, own.bearer, own.bearer_name) == (muong_hoa, "cooperative", "HTX Mường Hoa")
    assert (own.percent, own.most, own.least, own.limit, own.once_a_phone) == (10, 30_000, 0, 5, False)
    assert list(own.goods.all()) == [noodles]
    page = client.get(reverse("desk:vouchers", args=["htx-muong-hoa"])).content.decode()
    assert ("QUEN10" in page, "LIENMINH" in page, "NGHEAN" in page) == (True, True, False)
    client.post(reverse("desk:voucher_end", args=["htx-muong-hoa", own.pk]))
    own.refresh_from_db()
    assert own.ends_at == own.starts_at  # it never began
    end_theirs = reverse("desk:voucher_end", args=["htx-muong-hoa", theirs.pk])
    assert client.post(end_theirs).status_code == 404


def test_officers_make_those_of_their_place_and_bear_them(client: Client, quyen: Any, phuc: Any) -> None:
    body = {"code": "TINH10", "most": "10.000", "least": "50.000", **scene.some_days()}
    client.force_login(quyen)
    client.post(reverse("review:vouchers"), body)
    Officer.objects.filter(user=phuc).update(scope="national", province_code="", province_name="")
    client.force_login(phuc)
    client.post(reverse("review:vouchers"), {**body, "code": "CANUOC"})

    found = Voucher.objects.order_by("pk").values_list("code", "province_code", "bearer", "bearer_name")
    assert list(found) == [
        ("TINH10", "19", "alliance", "Liên minh HTX Thái Nguyên"),
        ("CANUOC", "", "alliance", "Liên minh HTX Việt Nam"),
    ]
    assert (
        client.get(reverse("review:voucher", args=[Voucher.objects.get(code="TINH10").pk])).status_code == 404
    )


# --- what it takes off ------------------------------------------------------------------------------------
def test_a_cooperatives_voucher_takes_off_its_own_lines_alone(noodles: Any, tea: Any, muong_hoa: Any) -> None:
    other = make_product(muong_hoa, "Măng khô", price=30_001)
    made(muong_hoa)

    purchase = place((noodles, 2), (other, 1), (tea, 1))

    ours, theirs = purchase.orders.order_by("pk")
    lines = ours.lines.order_by("pk").values_list(
        "line_price_incl_tax", "voucher_share", "unit_price_incl_tax"
    )
    assert sorted(lines) == [(25_385, 4_616, 30_001), (84_616, 15_384, 50_000)]
    assert (ours.voucher_share, ours.total_incl_tax, ours.payment.amount) == (20_000, 140_001, 140_001)
    assert (theirs.voucher, theirs.voucher_share, theirs.total_incl_tax) == (None, 0, 130_000)
    assert purchase.total == 270_001
    use = VoucherUse.objects.get()
    assert (use.purchase, use.amount, use.phone, Voucher.objects.get().taken) == (
        purchase,
        20_000,
        "0912000004",
        1,
    )


def test_a_market_wide_voucher_is_shared_by_orders_first(noodles: Any, tea: Any) -> None:
    made(percent=10, most=Decimal(25_000), province_code="")

    purchase = place((noodles, 1), (tea, 1))

    shares = list(purchase.orders.order_by("pk").values_list("voucher_share", flat=True))
    assert shares == [5_000, 10_000]
    assert (VoucherUse.objects.get().amount, purchase.total) == (15_000, 195_000)


def test_sending_is_free_from_what_the_buyer_pays_for_the_goods(noodles: Any, muong_hoa: Any) -> None:
    Stall.objects.filter(cooperative=muong_hoa).update(free_over=200_000)
    made(muong_hoa)

    assert place((noodles, 4)).total == 210_000  # 200.000 less 20.000, and 30.000 for the parcel


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 3_000_000), min_size=1, max_size=5), min_size=1, max_size=4),
    st.integers(0, 50) | st.none(),
    st.integers(1, 30_000_000),
)
def test_shares_are_exact_to_the_dong_and_no_line_costs_less_than_nothing(
    prices: list[list[int]], percent: int | None, most: int
) -> None:
    groups: Any = [[SimpleNamespace(total=Decimal(n), share=None) for n in group] for group in prices]
    base = Decimal(sum(map(sum, prices)))

    amount = vouchers.worth(Voucher(percent=percent, most=Decimal(most)), base)
    vouchers.lay(amount, groups)

    items = [item for group in groups for item in group]
    assert 0 <= amount <= min(base, most)
    assert sum(item.share for item in items) == amount
    assert all(0 <= item.share <= item.total and item.share == int(item.share) for item in items)
    for group in groups:  # an order's share differs from its exact part by less than a đồng
        exact = amount * sum(item.total for item in group) / base
        assert abs(sum(item.share for item in group) - exact) < 1


# --- when it holds ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"starts_at": timezone.now() + DAY / 2}, "Mã TET2027 dùng được từ ngày"),
        ({"limit": 1, "taken": 1}, "Mã TET2027 vừa hết lượt dùng."),
        ({"least": Decimal(60_000)}, "Mã TET2027 cần tiền hàng từ 60.000 ₫, còn thiếu 10.000 ₫."),
        ({"cooperative": "theirs"}, "chỉ dùng cho hàng của HTX Bản Khác"),
        ({"cooperative": None, "province_code": "40"}, "không dùng cho hàng trong giỏ này"),
        ({"ended": True}, "Mã TET2027 đã hết hạn."),
        ({"used": True, "once_a_phone": True}, "Số điện thoại này đã dùng mã TET2027 rồi"),
        ({"code": "KHAC2027"}, "Không có mã TET2027."),
    ],
)
def test_a_code_that_does_not_hold_says_why_and_nothing_is_lost(
    noodles: Any, tea: Any, muong_hoa: Any, ban_khac: Any, change: dict[str, Any], sentence: str
) -> None:
    taken, used, ended = (change.pop(name, None) for name in ("taken", "used", "ended"))
    whose = {"cooperative": ban_khac} if change.get("cooperative") == "theirs" else {}
    voucher = made(**{"cooperative": muong_hoa, **change, **whose})
    if taken:
        Voucher.objects.update(taken=taken)
    if used:
        place((noodles, 1))
    if ended:
        vouchers.end_voucher(voucher, by=Actor.system("test"))
    purchases_before = Purchase.objects.count()
    buyer = Client()
    buyer.cookies[baskets.COOKIE] = signing.dumps(trade.fill((noodles, 1)).pk, salt="basket")
    kept = buyer.session
    kept["dat_hang"] = {"voucher": "QUEN10", **scene.typed_at_checkout(muong_hoa)}
    kept.save()
    buyer.cookies["sessionid"] = kept.session_key

    answer = buyer.post(CODE, {"code": "Tết 2027"})

    page = answer.content.decode().replace("\xa0", " ")
    assert (answer.status_code, sentence in page, 'value="Tết 2027"' in page) == (422, True, True)
    assert buyer.session["dat_hang"]["voucher"] == "QUEN10"
    with pytest.raises(vouchers.VoucherRefusal) as refused:
        place((noodles, 1))
    assert sentence in str(refused.value).replace("\xa0", " ")
    assert Purchase.objects.count() == purchases_before


def test_a_voucher_is_used_once_per_purchase(noodles: Any, tea: Any) -> None:
    """Peers.md, section 5: usage once for a purchase, however many orders it has and however often it is sent."""
    made(limit=1, once_a_phone=True)
    basket = trade.fill((noodles, 1), (tea, 1))
    key = "5f2e1c1e-8d8b-4f0e-9a44-7b1f0c0a0001"

    first = trade.place(basket, voucher="TET2027", shown_total=190_000, key=key)
    again = trade.place(basket, voucher="TET2027", shown_total=190_000, key=key)

    assert (first, first.orders.count()) == (again, 2)
    assert (VoucherUse.objects.count(), Voucher.objects.get().taken) == (1, 1)
    with pytest.raises(vouchers.VoucherRefusal, match="hết lượt"):
        place((noodles, 1), phone="0912000009")


def test_a_total_that_moved_is_shown_again_and_the_use_is_not_taken(noodles: Any, muong_hoa: Any) -> None:
    made(muong_hoa)

    with pytest.raises(purchases.TotalChanged) as refused:
        place((noodles, 1), shown_total=Decimal(55_000))

    assert (refused.value.details["now"], nothing_was_written()) == (60_000, True)


def test_from_the_basket_to_the_letters(client: Client, noodles: Any, tea: Any, muong_hoa: Any) -> None:
    made(muong_hoa)
    made(code="CHOPHIEN", percent=50, most=Decimal(30_000))
    client.cookies[baskets.COOKIE] = signing.dumps(trade.fill((noodles, 1), (tea, 1)).pk, salt="basket")
    kept = client.session
    kept["dat_hang"] = scene.typed_at_checkout(muong_hoa, tea.cooperative)
    kept.save()

    def read(answer: Any) -> str:
        return answer.content.decode().replace("\xa0", " ")

    client.post(CODE, {"code": "tet2027"})
    replaced = read(client.post(CODE, {"code": "chophien"}, follow=True))
    for words in (
        "Đã thay mã TET2027 bằng mã CHOPHIEN.",
        "−10.000 ₫",
        "−20.000 ₫",
        "−30.000 ₫",
        "thay mã cũ",
    ):
        assert words in replaced
    assert f"{ALLIANCE} chịu phần giảm này." in replaced
    last_look = client.get(reverse("shop:checkout_review"))
    assert (last_look.context["total"], "−30.000 ₫" in read(last_look)) == (180_000, True)
    body = {"placement_key": last_look.context["placement_key"], "shown_total": "180000"}
    Voucher.objects.filter(code="CHOPHIEN").update(limit=1, taken=1)  # somebody was quicker
    refused = client.post(reverse("shop:checkout_review"), body)
    assert (refused.status_code, refused.context["total"], Purchase.objects.count()) == (422, 210_000, 0)
    assert "Mã CHOPHIEN vừa hết lượt dùng." in read(refused)
    Voucher.objects.filter(code="CHOPHIEN").update(taken=0)
    page = read(client.post(reverse("shop:checkout_review"), body, follow=True))
    for words in ("Mã CHOPHIEN", "−10.000 ₫", "−20.000 ₫", f"{ALLIANCE} chịu"):
        assert words in page
    letters = [row.body.replace("\xa0", " ") for row in Letter.objects.order_by("pk")]
    assert [f"Mã CHOPHIEN giảm {n} ₫, {ALLIANCE} chịu." in text for n, text in
            zip(("30.000", "10.000", "20.000"), letters, strict=True)] == [True] * 3  # fmt: skip
    assert client.session["dat_hang"].get("voucher") is None


# --- after it was placed ----------------------------------------------------------------------------------
def test_a_use_goes_back_once_when_all_orders_ended_unsent(noodles: Any, tea: Any) -> None:
    made(limit=1, once_a_phone=True)
    first, second = place((noodles, 1), (tea, 1), methods="vietqr").orders.order_by("pk")
    by = Actor.system("test")

    cancelling.cancel_order(first, reason="Hết hàng.", by=by)
    assert Voucher.objects.get().taken == 1
    cancelling.cancel_order(second, reason="Hết hàng.", by=by)
    vouchers.give_back(second)

    assert Voucher.objects.get().taken == 0
    assert place((noodles, 1)).total == 60_000  # the same phone once more


def delivered(order: Order, by: Actor) -> Order:
    fulfilment.confirm_order(order, by=by)
    choices = [PickChoice(line.pk, None, line.quantity) for line in order.lines.all()]
    fulfilment.pack_order(order, choices, by=by)
    trade.ship(order, by=by)
    return trade.deliver(order, by=by)


def test_late_money_takes_the_use_again(noodles: Any, muong_hoa: Any) -> None:
    made(muong_hoa)
    order = place((noodles, 1), methods="vietqr").orders.get()
    order.payment.expires_at = timezone.now() - DAY
    order.payment.save()
    from orders import expiry

    assert expiry.expire_due() == 1
    assert Voucher.objects.get().taken == 0
    cancelling.reopen_order(order, by=Actor.system("test"))
    assert (Voucher.objects.get().taken, VoucherUse.objects.get().given_back_at) == (1, None)
    order.refresh_from_db()
    assert order.due == 60_000


def test_what_an_alliance_bears_is_booked_when_it_arrives_and_reversed_when_it_comes_back(
    client: Client, noodles: Any, lan: Any, quyen: Any, muong_hoa: Any
) -> None:
    made(province_code="19")
    by = Actor.of(lan)
    order = place((noodles, 3)).orders.get()

    delivered(order, by)
    payments.receive(order.payment, by=by)
    assert sums(order) == {"goods": 130_000, "shipping": 30_000, "cash": 160_000, "support": 20_000}
    line = order.lines.get()
    back = amounts.returned_worth(line, 1)
    order.refresh_from_db()
    amounts.reduce(order, ReductionKind.RETURN, back, line=line, quantity=1, by=by)
    refunds.follow(order, by=by)

    assert back == 43_333
    assert sums(order) == {"goods": 86_667, "shipping": 30_000, "cash": 160_000, "support": 13_333}
    client.force_login(quyen)
    assert "13.333\xa0₫" in client.get(reverse("review:vouchers")).content.decode()
    month = f"{timezone.localdate():%m/%Y}"
    told = client.get(reverse("review:support_file")).content.decode("utf-8-sig")
    assert told == f"Tháng;Hợp tác xã;Số tiền\r\n{month};HTX Mường Hoa;13333\r\n"
    assert vouchers.support_of("40") == vouchers.support_of("") == []
    client.force_login(lan)
    assert "Liên minh hỗ trợ" in client.get(reverse("desk:books", args=["htx-muong-hoa"])).content.decode()
    assert f"Liên minh hỗ trợ;{20_000}".encode() in books.as_csv(
        muong_hoa, books.first_of(timezone.localdate())
    )


def test_what_a_cooperative_bears_itself_is_no_support(noodles: Any, lan: Any, muong_hoa: Any) -> None:
    made(muong_hoa)
    order = delivered(place((noodles, 1)).orders.get(), Actor.of(lan))

    assert (order.due, sums(order)) == (60_000, {"goods": 30_000, "shipping": 30_000})
    assert not BookEntry.objects.filter(account="support").exists()


def test_a_code_on_a_set_lies_on_its_parts_and_the_contract_adds_up(client: Any, noodles: Any) -> None:
    tea = make_product(noodles.cooperative, "Trà", price=70_001, stock=9)
    box = make_set(noodles.cooperative, {noodles: 2, tea: 1}, price=149_999)
    made(noodles.cooperative)

    order = place((box, 3), (noodles, 1)).orders.get()

    lines = list(order.lines.order_by("pk"))
    assert sum(line.price_without_voucher for line in lines) == 3 * 149_999 + 50_000
    assert sum(line.voucher_share for line in lines) == order.voucher_share == 20_000
    assert all(0 <= line.voucher_share <= line.price_without_voucher for line in lines)
    assert sum(line.line_price_incl_tax for line in lines) + order.parcel_fee == order.total_incl_tax
    page = client.get(reverse("shop:contract", args=[order.purchase.token])).content.decode()
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Hộp quà Tết × 3 , gồm:" in said
    assert "Tiền hàng 499.997 ₫ Mã TET2027, HTX Mường Hoa chịu −20.000 ₫ Phí gửi 30.000 ₫" in said
    assert "Tổng cộng 509.997 ₫" in said
