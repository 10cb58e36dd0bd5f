"""SePay and payOS tell of transfers: signed or not, again and again, out of order, cut off, about nothing of ours."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import AuditDetail, AuditRow
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from orders.incoming import notifiers
from orders.models import IncomingTransfer, Order, Payment, TransferNotifier
from orders.statuses import PaymentStatus, TransferReason, TransferState
from tests.factories import make_bank_account, make_product
from tests.orders import trade

pytestmark = pytest.mark.django_db

# As SePay's documentation shows it, with a transfer of ours.
SEPAY = {
    "id": 92704, "gateway": "Vietcombank", "transactionDate": "2026-11-21 14:02:37", "accountNumber": "0123499999",
    "code": None, "content": "", "transferType": "in", "transferAmount": 0, "accumulated": 19_077_000,
    "subAccount": None, "referenceCode": "MBVCB.3278907687", "description": "",
}  # fmt: skip
# As public clients of payOS show it.
PAYOS = {
    "orderCode": 123, "amount": 3000, "description": "VQRIO123", "accountNumber": "12345678",
    "reference": "TF230204212323", "transactionDateTime": "2026-11-21 18:25:00", "currency": "VND",
    "paymentLinkId": "124c33293c43417ab7879e14c8d9eb18", "code": "00", "desc": "Thành công",
    "counterAccountBankId": "", "counterAccountBankName": "", "counterAccountName": "NGUYEN THI HA",
    "counterAccountNumber": None, "virtualAccountName": "", "virtualAccountNumber": "",
}  # fmt: skip


@pytest.fixture
def order(muong_hoa: Any) -> Order:
    make_bank_account(muong_hoa)
    return trade.order((make_product(muong_hoa, "Miến dong", price=55_000, stock=50), 2), methods="vietqr")


@pytest.fixture
def sepay(muong_hoa: Any, lan: Any) -> TransferNotifier:
    return notifiers.choose(muong_hoa, kind="sepay", secret="", by=Actor.of(lan))


@pytest.fixture
def payos(muong_hoa: Any, lan: Any) -> TransferNotifier:
    return notifiers.choose(muong_hoa, kind="payos", secret="ma-kiem-tra", by=Actor.of(lan))


def told(notifier: TransferNotifier, body: Any, **headers: str) -> int:
    """What the market answers to ``body`` (words, or what is written as JSON)."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = reverse("bank_notice", args=[notifier.token])
    client = Client(enforce_csrf_checks=True)
    return client.post(url, content, content_type="application/json", headers=headers).status_code


def by_sepay(notifier: TransferNotifier, key: str | None = None, **changed: Any) -> int:
    return told(notifier, {**SEPAY, **changed}, Authorization=f"Apikey {key or notifier.secret}")


def by_payos(notifier: TransferNotifier, secret: str = "ma-kiem-tra", **changed: Any) -> int:
    data = {**PAYOS, **changed}
    pairs = "&".join(f"{name}={'' if data[name] is None else data[name]}" for name in sorted(data))
    signature = hmac.new(secret.encode(), pairs.encode(), hashlib.sha256).hexdigest()
    return told(
        notifier, {"code": "00", "desc": "success", "success": True, "data": data, "signature": signature}
    )


def payment_of(order: Order) -> Payment:
    return Payment.objects.get(order=order)


def test_sepay_settles_an_order(order: Order, sepay: TransferNotifier) -> None:
    said = {"content": f"QR {order.payment.memo} FT26", "transferAmount": int(order.total_incl_tax)}
    assert by_sepay(sepay, **said) == 200

    row = IncomingTransfer.objects.get()
    assert payment_of(order).status == PaymentStatus.RECEIVED
    assert (row.source, row.reference, row.by_label) == ("notice", "MBVCB.3278907687", "SePay")
    assert f"{row.booked_at:%Y-%m-%d %H:%M %z}" == "2026-11-21 07:02 +0000"
    sepay.refresh_from_db()
    assert sepay.heard_at is not None


def test_payos_settles_an_order(order: Order, payos: TransferNotifier) -> None:
    assert by_payos(payos, description=order.payment.memo, amount=int(order.total_incl_tax)) == 200

    row = IncomingTransfer.objects.get()
    assert payment_of(order).status == PaymentStatus.RECEIVED
    assert (row.reference, row.payer) == ("TF230204212323", "NGUYEN THI HA")


def test_a_hundred_replays_have_one_effect(order: Order, sepay: TransferNotifier) -> None:
    said = {"content": order.payment.memo, "transferAmount": int(order.total_incl_tax)}
    assert {by_sepay(sepay, **said) for _time in range(100)} == {200}
    assert IncomingTransfer.objects.count() == 1
    assert payment_of(order).transferred == order.total_incl_tax


def test_two_notices_in_the_wrong_order_end_the_same(order: Order, sepay: TransferNotifier) -> None:
    memo, total = order.payment.memo, int(order.total_incl_tax)
    by_sepay(
        sepay,
        content=memo,
        transferAmount=total - 50_000,
        referenceCode="B",
        transactionDate="2026-11-21 09:00:00",
    )
    assert payment_of(order).status == PaymentStatus.SHORT
    by_sepay(
        sepay, content=memo, transferAmount=50_000, referenceCode="A", transactionDate="2026-11-21 08:00:00"
    )
    assert payment_of(order).status == PaymentStatus.RECEIVED


def test_a_wrong_or_missing_signature_writes_nothing(
    order: Order, sepay: TransferNotifier, ban_khac: Any, tuan: Any
) -> None:
    said = {"content": order.payment.memo, "transferAmount": int(order.total_incl_tax)}
    other = notifiers.choose(ban_khac, kind="payos", secret="khac", by=Actor.of(tuan))
    assert by_sepay(sepay, key="sai", **said) == 401
    assert told(sepay, {**SEPAY, **said}) == 401
    assert told(sepay, {**SEPAY, **said}, Authorization=f"Bearer {sepay.secret}") == 401
    assert told(sepay, {**SEPAY, **said}, Authorization="Apikey khoá") == 401
    assert by_payos(other, secret="sai") == 401
    assert told(other, {"code": "00", "data": PAYOS}) == 401
    assert told(other, {"code": "00", "data": "x", "signature": "x"}) == 401
    assert not IncomingTransfer.objects.exists()
    sepay.refresh_from_db()
    assert (sepay.heard_at, sepay.problem) == (None, "")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe\x00", b'{"transferType":"in"}', b"[" * 60_000,
        json.dumps({**SEPAY, "transferAmount": 50_000})[:-30].encode(),
        json.dumps({**SEPAY, "transferAmount": -5}).encode(),
        json.dumps({**SEPAY, "transferAmount": "50000"}).encode(),
        json.dumps({**SEPAY, "transferAmount": True}).encode(),
        json.dumps({**SEPAY, "transferAmount": 1.5}).encode(),
        json.dumps({**SEPAY, "transferAmount": float("nan")}).encode(),
        json.dumps({**SEPAY, "transferAmount": 10**40}).encode(),
        json.dumps({**SEPAY, "transferAmount": 5000, "transactionDate": "hôm qua"}).encode(),
        json.dumps({**SEPAY, "transferAmount": 5000, "transactionDate": "0001-01-01 00:00:00"}).encode(),
        json.dumps({**SEPAY, "transferAmount": 5000, "referenceCode": None, "id": None}).encode(),
    ],
    ids=range(18),
)  # fmt: skip
def test_a_signed_notice_that_says_nothing_is_kept_for_a_person(sepay: TransferNotifier, body: bytes) -> None:
    assert told(sepay, body, Authorization=f"Apikey {sepay.secret}") == 422
    assert not IncomingTransfer.objects.exists()
    sepay.refresh_from_db()
    assert sepay.problem_at is not None


def test_strange_words_are_booked_as_they_can_be_written(sepay: TransferNotifier) -> None:
    said = {"content": "chè\x00 \ud800 🌿" + "x" * 9000, "referenceCode": "r" * 300, "transferAmount": 5000}
    assert by_sepay(sepay, **said) in (200, 422)
    assert all(len(row.text) <= 500 for row in IncomingTransfer.objects.all())


def test_money_out_is_heard_and_not_booked(sepay: TransferNotifier) -> None:
    assert by_sepay(sepay, transferType="out", transferAmount=50_000) == 200
    assert not IncomingTransfer.objects.exists()


def test_an_order_nobody_knows_and_another_sum_wait_for_a_person(
    order: Order, sepay: TransferNotifier
) -> None:
    by_sepay(sepay, content="CP7K3M9Q2X", transferAmount=50_000, referenceCode="A")
    by_sepay(
        sepay, content=order.payment.memo, transferAmount=int(order.total_incl_tax) + 1, referenceCode="B"
    )
    assert {(row.reference, row.state, row.reason) for row in IncomingTransfer.objects.all()} == {
        ("A", TransferState.OPEN, TransferReason.UNKNOWN),
        ("B", TransferState.OPEN, TransferReason.OVER),
    }


def test_too_long_too_late_and_by_get_are_refused(sepay: TransferNotifier, muong_hoa: Any, lan: Any) -> None:
    assert told(sepay, b"x" * 70_000, Authorization=f"Apikey {sepay.secret}") == 413
    assert Client().get(reverse("bank_notice", args=[sepay.token])).status_code == 405
    notifiers.stop(muong_hoa, by=Actor.of(lan))
    assert by_sepay(sepay, transferAmount=5_000) == 404
    assert not IncomingTransfer.objects.exists()


def test_a_new_choice_has_a_new_address_and_no_key_is_written_down_twice(
    sepay: TransferNotifier, muong_hoa: Any, lan: Any
) -> None:
    old = sepay.token
    new = notifiers.choose(muong_hoa, kind="payos", secret="ma-kiem-tra", by=Actor.of(lan))
    assert new.token != old
    assert TransferNotifier.objects.count() == 1
    assert AuditRow.objects.filter(verb="notifier.choose").count() == 2
    assert not any("ma-kiem-tra" in json.dumps(detail.values) for detail in AuditDetail.objects.all())
    with pytest.raises(Refusal, match="Checksum Key"):
        notifiers.choose(muong_hoa, kind="payos", secret="", by=Actor.of(lan))


def test_a_director_turns_it_on_and_off(client: Client, lan: Any, muong_hoa: Any) -> None:
    client.force_login(lan)
    here = reverse("desk:notifier", args=["htx-muong-hoa"])
    assert client.post(here, {"kind": "payos", "secret": ""}).status_code == 422
    assert client.post(here, {"kind": "sepay", "secret": ""}).status_code == 302
    made = TransferNotifier.objects.get()
    page = client.get(here).content.decode()
    assert f"/bao-co/{made.token}/" in page
    assert made.secret in page
    assert client.post(here, {"stop": "1"}).status_code == 302
    assert not TransferNotifier.objects.exists()
