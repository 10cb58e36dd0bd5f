"""Money in at the desk, by HTTP: a statement sent in, looked at and applied; the tray and what is done there."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from orders.incoming import transfers
from orders.models import IncomingTransfer, Order, Payment, StatementImport
from orders.statuses import PaymentStatus, StatementStatus, TransferSource, TransferState
from tests.factories import make_bank_account, make_product
from tests.orders import trade

pytestmark = pytest.mark.django_db

BANK = Actor.system("bank")


@pytest.fixture
def order(muong_hoa: Any) -> Order:
    make_bank_account(muong_hoa)
    return trade.order((make_product(muong_hoa, "Miến dong", price=55_000, stock=50), 2), methods="vietqr")


@pytest.fixture
def at_desk(client: Client, lan: Any) -> Client:
    client.force_login(lan)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=["htx-muong-hoa", *args])


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def came(cooperative: Any, amount: Any, words: str, reference: str = "FT1") -> IncomingTransfer:
    incoming = transfers.Incoming(reference, Decimal(amount), timezone.now(), words)
    return transfers.book(incoming, cooperative=cooperative, source=TransferSource.STATEMENT, by=BANK)[0]


def statement_of(*rows: tuple[str, Any, str]) -> SimpleUploadedFile:
    lines = [f'"21/11/2026";"{code}";"{amount}";"{words}"' for code, amount, words in rows]
    content = "\n".join(["Ngày giao dịch;Số tham chiếu;Ghi có;Nội dung", *lines])
    return SimpleUploadedFile("thang-11.csv", content.encode())


def test_a_statement_is_read_shown_and_applied(at_desk: Client, order: Order) -> None:
    file = statement_of(
        ("FT1", order.total_incl_tax, f"tra {order.payment.memo}"), ("FT2", 70_000, "tien dien")
    )
    sent = at_desk.post(url("statements"), {"file": file})
    statement = StatementImport.objects.get()
    here = url("statement", statement.pk)
    assert (sent.status_code, sent["Location"]) == (302, here)
    working = at_desk.get(here)
    assert "Đang đọc" in text(working)
    assert '<meta http-equiv="refresh" content="2">' in working.content.decode()

    outbox.drain()
    page = text(at_desk.get(here))
    assert "1 khoản vào đơn Chưa có gì được ghi." in page
    assert f"đơn {order.number}" in page
    assert "Không rõ của đơn nào" in page
    assert Payment.objects.get(order=order).status == PaymentStatus.WAITING

    assert at_desk.post(url("statement_apply", statement.pk)).status_code == 302
    assert "Đang ghi 0/2 dòng…" in text(at_desk.get(here))
    outbox.drain()

    assert "Đã áp dụng lúc" in text(at_desk.get(here))
    assert Payment.objects.get(order=order).status == PaymentStatus.RECEIVED
    assert "Sao kê" in text(at_desk.get(url("order", order.number)))
    assert IncomingTransfer.objects.get(reference="FT2").by_label == "Lan"


def test_a_file_that_is_no_statement_comes_back_with_a_sentence(at_desk: Client, muong_hoa: Any) -> None:
    answer = at_desk.post(url("statements"), {"file": SimpleUploadedFile("anh.csv", b"a,b\n1,2\n")})
    assert answer.status_code == 422
    assert "Không tìm thấy các cột của sao kê." in text(answer)
    assert at_desk.post(url("statements"), {}).status_code == 422
    assert not StatementImport.objects.exists()


def test_a_dropped_statement_books_nothing(at_desk: Client, order: Order) -> None:
    at_desk.post(url("statements"), {"file": statement_of(("FT1", order.total_incl_tax, order.payment.memo))})
    outbox.drain()
    statement = StatementImport.objects.get()
    at_desk.post(url("statement_drop", statement.pk))
    refused = at_desk.post(url("statement_apply", statement.pk), follow=True)
    assert "Không thể chuyển từ “Đã bỏ” sang “Đang áp dụng”." in text(refused)
    assert StatementImport.objects.get().status == StatementStatus.DROPPED
    assert not IncomingTransfer.objects.exists()


def test_the_tray_shows_first_what_a_person_must_look_at(
    at_desk: Client, order: Order, muong_hoa: Any
) -> None:
    came(muong_hoa, order.total_incl_tax + 5_000, order.payment.memo)
    came(muong_hoa, 70_000, "tien dien", "FT2")

    assert "1 khoản tiền cần xem" in text(at_desk.get(url("today")))
    page = text(at_desk.get(url("transfers")))
    assert "Chuyển thừa" in page
    assert "tien dien" not in page
    assert "tien dien" in text(at_desk.get(url("transfers") + "?loc=khong-ro"))
    assert at_desk.get(url("transfers") + "?loc=bay-ba").status_code == 200


def test_the_order_is_typed_in_any_form_and_a_wrong_one_comes_back(
    at_desk: Client, order: Order, muong_hoa: Any
) -> None:
    row = came(muong_hoa, order.total_incl_tax, "mien")
    wrong = at_desk.post(url("transfer_assign", row.pk), {"assign-order": "7K3M-9Q2X"})
    assert wrong.status_code == 422
    assert "Không thấy đơn nào của gian hàng có mã này." in text(wrong)
    assert 'value="7K3M-9Q2X"' in wrong.content.decode()

    typed = f" cp {order.number[:4].lower()}-{order.number[4:].lower()} "
    at_desk.post(url("transfer_assign", row.pk), {"assign-order": typed})
    assert Payment.objects.get(order=order).status == PaymentStatus.RECEIVED

    at_desk.post(url("transfer_release", row.pk, order.number), {"release-reason": "Của đơn khác"})
    assert Payment.objects.get(order=order).status == PaymentStatus.WAITING


def test_money_that_is_not_for_goods_is_put_away_in_one_go(
    at_desk: Client, order: Order, muong_hoa: Any
) -> None:
    rows = [came(muong_hoa, 10_000 + n, "tien dien", f"FT{n}") for n in range(3)]
    over = came(muong_hoa, order.total_incl_tax + 1_000, order.payment.memo, "FT9")
    answer = at_desk.post(
        url("transfers_close"), {"transfer": [rows[0].pk, rows[1].pk, over.pk, "999", "x"]}, follow=True
    )
    assert "Đã cất 2 khoản." in text(answer)
    assert IncomingTransfer.objects.filter(state=TransferState.CLOSED).count() == 2
    over.refresh_from_db()
    assert over.state == TransferState.OPEN


def test_the_buyer_sees_what_is_missing_and_a_code_for_it(
    client: Client, order: Order, muong_hoa: Any
) -> None:
    came(muong_hoa, order.total_incl_tax - 20_000, order.payment.memo)
    page = client.get(reverse("shop:purchase", args=[order.purchase.token]))
    assert "còn thiếu 20.000" in text(page)
    assert "Tôi đã chuyển" not in text(page)
    assert (
        client.get(reverse("shop:purchase_qr", args=[order.purchase.token, order.number])).status_code == 200
    )


def test_lists_ask_the_same_for_many_rows(at_desk: Client, order: Order, muong_hoa: Any) -> None:
    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert at_desk.get(page).status_code == 200
        return len(asked)

    rows = [("FT0", 1_000, "x")]
    came(muong_hoa, 1_000, "x", "A0")
    at_desk.post(url("statements"), {"file": statement_of(*rows)})
    outbox.drain()
    tray, statement = url("transfers") + "?loc=khong-ro", url("statement", StatementImport.objects.get().pk)
    few = queries(tray), queries(statement)
    for n in range(1, 15):
        came(muong_hoa, 1_000, "x", f"A{n}")
    StatementImport.objects.all().delete()
    at_desk.post(url("statements"), {"file": statement_of(*[(f"FT{n}", 1_000, "x") for n in range(40)])})
    outbox.drain()
    many = queries(tray), queries(url("statement", StatementImport.objects.get().pk))
    assert many == few
