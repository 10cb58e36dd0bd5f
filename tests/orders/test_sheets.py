"""The papers of an order: what they say is what the database says, on the page and in the PDF."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import unicodedata
from decimal import Decimal

import pytest
from django.urls import reverse
from PIL import Image, ImageFile

from marketplace.foundation import pdf
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import pretty
from marketplace.foundation.money import format_dong, spell_dong
from orders import amounts, cancelling, fulfilment, payments, purchases, refunds, sheets
from orders.models import Order, Purchase
from orders.statuses import ReductionKind, RefundStatus
from tests import scene
from tests.factories import make_bank_account, make_lot, make_product
from tests.orders import trade

pytestmark = pytest.mark.django_db
LAN = Actor.system("test")
LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵfjwz"


@pytest.fixture
def printer(tmp_path):
    """What draws and reads PDF; without it the test is skipped, in CI it fails."""
    if pdf._weasyprint() is None or not shutil.which("pdftotext"):
        missing = "needs pango and poppler-utils (apt install libpangoft2-1.0-0 poppler-utils)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)

    def read(response):
        """The words of a PDF answer, and its sheets as pictures."""
        assert response["Content-Type"] == "application/pdf"
        file = tmp_path / "to.pdf"
        file.write_bytes(response.content)
        told = subprocess.run(["pdftotext", file, "-"], check=True, capture_output=True, text=True).stdout
        subprocess.run(["pdftoppm", "-r", "40", "-png", file, tmp_path / "to"], check=True)
        drawn = [Image.open(page).convert("L") for page in sorted(tmp_path.glob("to-*.png"))]
        return " ".join(told.split()), drawn

    return read


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def contract_of(purchase: Purchase) -> str:
    return reverse("shop:contract", args=[purchase.token])


def at(name: str, order: Order, *more: object) -> str:
    return reverse(f"desk:{name}", args=["htx-muong-hoa", order.number, *more])


# --- amounts in words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (101, "Một trăm linh một đồng"),
        (111, "Một trăm mười một đồng"),
        (1005, "Một nghìn không trăm linh năm đồng"),
        (195000, "Một trăm chín mươi lăm nghìn đồng"),
        (1000005, "Một triệu không trăm linh năm đồng"),
        (2021055, "Hai triệu không trăm hai mươi mốt nghìn không trăm năm mươi lăm đồng"),
        (10**9 + 1, "Một tỷ không trăm linh một đồng"),
        (10**12, "Một nghìn tỷ đồng"),
    ],
)
def test_an_amount_in_words(amount, words):
    assert spell_dong(Decimal(amount)) == words


@pytest.mark.parametrize("amount", [-1, 10**12 + 1])
def test_no_words_for_what_no_paper_carries(amount):
    with pytest.raises(ValueError, match="10\\^12"):
        spell_dong(amount)


# --- the contract -----------------------------------------------------------------------------------------


def test_the_contract_says_what_was_agreed_and_goes_on_saying_it(client, at_desk, muong_hoa, noodles):
    muong_hoa.tax_code = "0000000001"
    muong_hoa.save()
    order = trade.order((noodles, 3))
    noodles.title, noodles.net_quantity, noodles.origin = "Tên mới", "1 kg", "Nơi khác"
    noodles.save()
    noodles.stockrecords.update(price=99000)

    said = text(at_desk.get(at("contract", order)))

    assert f"Số {pretty(order.number)}" in said
    assert "HTX Mường Hoa" in said
    assert "mã số thuế 0000000001" in said
    assert "Hà Điện thoại: 0912 000 004 12 Đội Cấn, Phường Ba Đình, Hà Nội" in said
    assert f"Miến dong 500 g · làm ra ở {muong_hoa.place} 3 gói 55.000 ₫ 165.000 ₫" in said
    assert "Tiền hàng 165.000 ₫ Phí gửi 30.000 ₫ Tổng cộng 195.000 ₫" in said
    assert "Bằng chữ: Một trăm chín mươi lăm nghìn đồng." in said
    assert "Trả tiền mặt khi nhận hàng" in said
    assert "Trong 7 ngày sau khi nhận hàng" in said
    assert "Khiếu nại: gọi bên bán" in said
    assert "Từ khi đặt đến nay" not in said


def test_what_came_off_later_stands_apart_from_what_was_agreed(at_desk, noodles):
    order = trade.order((noodles, 3))
    cancelling.cancel_lines(order, {order.lines.get().pk: 1}, reason="Hết hàng.", seen=0, by=LAN)

    said = text(at_desk.get(at("contract", order)))

    assert "Tổng cộng 195.000 ₫" in said
    agreed, today = said.split("Từ khi đặt đến nay")
    assert "140.000" not in agreed
    assert "−55.000 ₫" in today
    assert "Nay còn 140.000 ₫" in today


def test_a_whole_purchase_has_one_contract_a_cooperative_and_an_order_s_link_shows_only_its_own(
    client, noodles, ban_khac
):
    honey = make_product(ban_khac, "Mật ong", price=90000)
    purchase = trade.place(trade.fill((noodles, 1), (honey, 2)))
    own, other = purchase.orders.order_by("pk")

    whole = text(client.get(contract_of(purchase)))
    alone = text(client.get(reverse("shop:contract", args=[own.token])))
    one = text(client.get(reverse("shop:order_contract", args=[purchase.token, other.number])))

    assert [name in whole for name in ("HTX Mường Hoa", "HTX Bản Khác")] == [True, True]
    assert [name in alone for name in ("HTX Mường Hoa", "HTX Bản Khác")] == [True, False]
    assert [name in one for name in ("HTX Mường Hoa", "HTX Bản Khác")] == [False, True]
    stranger = reverse("shop:order_contract", args=[own.token, other.number])
    assert client.get(stranger).status_code == 404


# --- the receipt ------------------------------------------------------------------------------------------


def test_a_receipt_comes_with_the_money_and_follows_what_went_back(at_desk, noodles):
    order = trade.order((noodles, 2), methods="vietqr")
    assert at_desk.get(at("receipt", order)).status_code == 404
    payments.receive(order.payment, by=LAN)
    line = order.lines.get()
    refunds.give(order, line=line, amount=Decimal(40000), reason="Một gói rách.", seen=0, by=LAN)

    owed = text(at_desk.get(at("receipt", order)))

    assert "Đã nhận Chuyển khoản VietQR" in owed
    assert "Bên bán đang giữ 140.000 ₫ Bằng chữ: Một trăm bốn mươi nghìn đồng." in owed
    assert "còn phải trả lại bên trả tiền 40.000 ₫: đơn nay còn 100.000 ₫" in owed
    assert "Biên nhận này không phải là hoá đơn." in owed

    refund = order.payment.refunds.get()
    bank = make_bank_account(order.cooperative, status="waiting").bank
    refunds.name_account(refund, bank=bank, number="123456", holder="HA", by=trade.GUEST)
    refunds.send(refund, shown=refund.amount, reference="FT1", by=LAN)

    sent = text(at_desk.get(at("receipt", order)))

    assert "−40.000 ₫" in sent
    assert "Bên bán đang giữ 100.000 ₫" in sent
    assert "còn phải trả" not in sent
    found = sheets.receipt(Order.objects.get(pk=order.pk))
    order.refresh_from_db()
    assert (found.kept, found.owed) == (order.due, 0)
    assert [row.status for row in found.sent_back] == [RefundStatus.SENT]


# --- delivery note and packing list -----------------------------------------------------------------------


def test_the_delivery_note_collects_for_its_own_parcel(at_desk, noodles):
    order = trade.order((noodles, 3))
    fulfilment.confirm_order(order, by=LAN)
    line = order.lines.get()
    first = fulfilment.pack_order(
        order, [fulfilment.PickChoice(line.pk, None, 1)], short={line.pk: fulfilment.Short()}, by=LAN
    )
    trade.ship(order, by=LAN)
    second = fulfilment.pack_order(order, [fulfilment.PickChoice(line.pk, None, 2)], by=LAN)

    one, two = (text(at_desk.get(at("slip", order, parcel.pk))) for parcel in (first, second))

    assert "Kiện 1 · GHN" in one
    assert "Thu khi giao 85.000 ₫ Bằng chữ: Tám mươi lăm nghìn đồng." in one
    assert "Kiện 2" in two
    assert "Thu khi giao 110.000 ₫" in two


def test_the_packing_list_shares_out_lots_over_all_orders_and_adds_up(at_desk, muong_hoa, noodles):
    make_lot(noodles, 4)
    make_lot(noodles, 3, number="261101-02", code="7K3M9Q2X", expires_on=None)
    orders = [trade.order((noodles, units)) for units in (3, 2, 9)]
    waits = trade.order((noodles, 1), methods="vietqr")
    for order in [*orders, waits]:
        fulfilment.confirm_order(order, by=LAN)

    found = sheets.packing_list([], sheets.to_pack(muong_hoa))
    later = sheets.packing_list(orders[:1], orders[1:])
    said = text(at_desk.get(reverse("desk:packing_list", args=["htx-muong-hoa"])))

    (fetch,) = found.goods
    assert [order.pk for order, _lines in found.orders] == [order.pk for order in orders]
    assert {lot.number if lot else "": units for lot, units in fetch.lots.items()} == {
        "261105-01": 4,
        "261101-02": 3,
        "": 7,
    }
    assert (fetch.units, fetch.missing) == (14, 0)
    assert {lot.number if lot else "": units for lot, units in later.goods[0].lots.items()} == {
        "261105-01": 1,
        "261101-02": 3,
        "": 7,
    }
    assert "3 đơn cần đóng gói" in said
    assert "Miến dong 14 gói Lô 261105-01 · hạn 05/11/2027 4" in said
    assert pretty(waits.number) not in said


def test_a_packing_list_goes_on_behind_its_last_order(at_desk, noodles, monkeypatch):
    monkeypatch.setattr(sheets, "ORDERS_ON_A_LIST", 2)
    orders = [trade.order((noodles, 1)) for _ in range(3)]
    for order in orders:
        fulfilment.confirm_order(order, by=LAN)

    page = at_desk.get(reverse("desk:packing_list", args=["htx-muong-hoa"]), {"page": 2})

    said = text(page)
    assert "phiếu này: đơn thứ 3 đến 3" in said
    assert [pretty(order.number) in said for order in orders] == [False, False, True]
    assert 'href="?page=2&amp;tep=pdf"' in page.content.decode()


def test_a_packing_list_asks_the_same_for_many_orders(at_desk, noodles, django_assert_max_num_queries):
    def asked() -> int:
        with scene.statements() as told:
            at_desk.get(reverse("desk:packing_list", args=["htx-muong-hoa"]))
        return len(told)

    fulfilment.confirm_order(trade.order((noodles, 1)), by=LAN)
    few = asked()
    for _ in range(5):
        fulfilment.confirm_order(trade.order((noodles, 2)), by=LAN)

    assert asked() == few


# --- PDF --------------------------------------------------------------------------------------------------


def test_every_vietnamese_letter_can_be_read_out_of_the_pdf_and_its_totals_are_the_order_s(
    client, noodles, ban_khac, printer
):
    honey = make_product(ban_khac, "Mật ong", price=90000)
    buyer = purchases.Buyer(**{**vars(trade.BUYER), "note": LETTERS + " " + LETTERS.upper()})
    purchase = trade.place(trade.fill((noodles, 3), (honey, 2)), buyer=buyer)

    told, drawn = printer(client.get(contract_of(purchase), {"tep": "pdf"}))

    letters = unicodedata.normalize("NFC", told).replace(" ", "")
    assert letters.count(LETTERS + LETTERS.upper()) == 2
    for order in purchase.orders.all():
        goods = sum(line.line_price_incl_tax for line in order.lines.all())
        for amount in (goods, order.shipping_incl_tax, order.total_incl_tax):
            assert format_dong(amount).replace("\N{NO-BREAK SPACE}", " ") in told
    assert len(drawn) == 2  # one sheet of A4 an order
    assert [page.size for page in drawn] == [(331, 468)] * 2
    assert all(page.getextrema()[0] < 60 for page in drawn)


def test_the_small_papers_are_one_sheet_of_a5_each(at_desk, noodles, printer):
    make_lot(noodles, 20)
    order = trade.order((noodles, 2), methods="vietqr")
    payments.receive(order.payment, by=LAN)
    fulfilment.confirm_order(order, by=LAN)
    parcel = fulfilment.pack_order(order, scene.picks_of(order), by=LAN)

    for paper, words in (
        (at("receipt", order), "Một trăm bốn mươi nghìn đồng"),
        (at("slip", order, parcel.pk), "Lô 261105-01"),
    ):
        response = at_desk.get(paper, {"tep": "pdf"})
        told, drawn = printer(response)
        assert words in told
        assert [page.size for page in drawn] == [(234, 331)]
        assert order.number in response["Content-Disposition"]
        assert "no-store" in response["Cache-Control"]


def test_without_pango_the_link_gives_the_print_page_with_a_word(client, noodles, monkeypatch):
    monkeypatch.setattr(pdf, "_weasyprint", lambda: None)
    purchase = trade.order((noodles, 1)).purchase

    response = client.get(contract_of(purchase), {"tep": "pdf"})

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    assert "Lưu thành PDF" in text(response)
    assert "Tổng cộng 85.000 ₫" in text(response)


def test_drawing_a_pdf_leaves_half_a_picture_half(printer):
    pdf.render_pdf("<p>Tem</p>")

    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_what_is_too_long_or_has_to_wait_too_long_is_refused(printer, monkeypatch):
    with pytest.raises(pdf.NoPdf):
        pdf.render_pdf("x" * (pdf.LONGEST + 1))
    monkeypatch.setattr(pdf, "WAIT_SECONDS", 0.01)
    with pdf._turn, pytest.raises(pdf.NoPdf):
        pdf.render_pdf("<p>Chờ</p>")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/admin/",
        "https://static.invalid.evil.example/css/trace.css",
        "https://static.invalid/../pyproject.toml",
        "https://static.invalid/%2e%2e/pyproject.toml",
        "https://static.invalid/",
        "data:text/css,*{}",
    ],
)
def test_a_pdf_reads_nothing_but_static_files(address):
    with pytest.raises(ValueError, match="Not a file of the market"):
        pdf._own_file(address)


def test_what_a_buyer_writes_is_words_in_the_pdf_too(client, noodles, printer):
    buyer = purchases.Buyer(**{**vars(trade.BUYER), "note": '<img src="file:///etc/passwd"><b>đậm'})
    purchase = trade.place(trade.fill((noodles, 1)), buyer=buyer)

    told, _drawn = printer(client.get(contract_of(purchase), {"tep": "pdf"}))

    assert '<imgsrc="file:///etc/passwd"><b>đậm' in told.replace(" ", "")


def test_a_reduction_of_the_fee_is_named_in_the_contract(at_desk, noodles):
    order = trade.order((noodles, 1))
    amounts.reduce(order, ReductionKind.FEE, Decimal(10000), note="Giao trễ.", by=LAN)

    assert "Nay còn 75.000 ₫" in text(at_desk.get(at("contract", order)))
