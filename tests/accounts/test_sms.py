"""SMS through a gateway: the calls of several gateways as recorded, against a real server on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from marketplace.accounts import letters, sms
from marketplace.foundation import outbox
from marketplace.foundation.models import Outbox, OutboxState
from tests.posts import service

CALLS = Path(__file__).resolve().parent.parent / "data" / "sms"
ONCE_MORE, NEVER = (OutboxState.NEW, OutboxState.DEAD)


@pytest.fixture
def gateway(settings):
    settings.SMS_SENDER = "marketplace.accounts.sms.HttpSender"
    settings.MARKET_URL = "https://cho.example.vn"
    with service() as found:
        yield found


def new_order(key="order_placed:7", phone="0912000001"):
    letters.send(
        "order_placed",
        mailbox="htx:3",
        key=key,
        subject='Đơn mới "B2F7", 135.000\N{NO-BREAK SPACE}₫',
        body="Từ Hà.",
        link="/quan-ly/htx-muong-hoa/don/B2F7/?a=1&b=2",
        sms=phone,
    )


def recorded(name):
    return json.loads((CALLS / f"{name}.json").read_text(encoding="utf-8"))


def use(settings, told, server):
    for name, value in told["settings"].items():
        setattr(settings, name, value.replace("{server}", server) if isinstance(value, str) else value)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["esms", "speedsms", "form", "get"])
def test_the_gateway_gets_the_recorded_call_and_its_answers_are_understood(name, gateway, settings, caplog):
    told = recorded(name)
    use(settings, told, gateway.url)

    for number, (status, words, outcome) in enumerate(told["answers"]):
        gateway.answers = [(status, words)]
        new_order(key=f"order_placed:{number}")
        outbox.drain()
        row = Outbox.objects.get(kind="sms", key=f"sms:order_placed:{number}")
        expected = {"sent": OutboxState.DONE, "again": ONCE_MORE, "never": NEVER}[outcome]
        assert (row.state, row.attempts) == (expected, 1), (status, words)
        assert_nothing_secret(row.error + caplog.text)

    post, expected = gateway.posts[0], told["request"]
    address = urlsplit(post.path)
    got = (
        json.loads(post.body) if "json" in expected else dict(parse_qsl(address.query or post.body.decode()))
    )
    key = got.get("RequestId") or got.get("id") or post.headers.get("Idempotency-Key", "")
    assert (post.method, address.path) == (expected["method"], expected["path"])
    assert got == json.loads(json.dumps(expected.get("json") or expected["form"]).replace("{key}", key))
    for header, value in expected["headers"].items():
        assert post.headers[header] == value.replace("{key}", key)


def assert_nothing_secret(words):
    for secret in ("khoa-cua-cho", "bi-mat-cua-cho", "bWEtYmkt", "mat-khau-cu", "912000001", "127.0.0.1"):
        assert secret not in words


@pytest.mark.django_db
def test_a_text_that_is_tried_again_carries_the_same_key_and_another_text_another(gateway, settings):
    use(settings, recorded("form"), gateway.url)
    gateway.answers = [(503, ""), (201, "")]
    new_order()
    outbox.drain()
    Outbox.objects.update(not_before=None)
    outbox.drain()
    new_order(key="order_placed:8")
    outbox.drain()

    keys = [post.headers["Idempotency-Key"] for post in gateway.posts]
    assert keys[0] == keys[1] != keys[2]
    assert {len(key) for key in keys} == {32}
    assert Outbox.objects.filter(kind="sms", state=OutboxState.DONE).count() == 2


@pytest.mark.django_db
def test_a_gateway_that_is_away_is_asked_again_later(settings):
    with service() as gone:
        settings.SMS_SENDER = "marketplace.accounts.sms.HttpSender"
        use(settings, recorded("get"), gone.url)
    new_order()

    outbox.drain()

    row = Outbox.objects.get(kind="sms")
    assert (row.state, row.attempts) == (OutboxState.NEW, 1)
    assert row.error.startswith("ConnectionRefusedError")


@pytest.mark.django_db
def test_a_landline_gets_no_sms_and_its_row_is_done(gateway, settings):
    use(settings, recorded("get"), gateway.url)
    new_order(phone="02083123456")

    outbox.drain()

    assert gateway.posts == []
    assert Outbox.objects.get(kind="sms").state == OutboxState.DONE


LINK = "https://cho.example.vn/quan-ly/htx-muong-hoa/don/B2F7/"


@pytest.mark.parametrize(
    ("marks", "parts", "text", "sent"),
    [
        (False, 1, f"Đơn mới – 5 ₫ [“Miến”]\n{LINK}", f'Don moi - 5 d ["Mien"]\n{LINK}'),
        (False, 1, "ạ" * 160, "a" * 160),
        (False, 1, "ạ" * 161, "a" * 157 + "..."),
        (False, 1, "[" * 81, "[" * 78 + "..."),
        (False, 2, "ạ" * 307, "a" * 303 + "..."),
        (False, 1, "ạ" * 200 + f"\n{LINK}", "a" * (160 - 4 - len(LINK)) + f"...\n{LINK}"),
        (True, 1, "ạ" * 70, "ạ" * 70),
        (True, 1, "ạ" * 71, "ạ" * 67 + "..."),
        (True, 2, "🍵" * 68, "🍵" * 65 + "..."),
        (False, 1, "Chè 🍵", "Che ?"),
    ],
)
def test_a_text_is_cut_to_fit_and_keeps_its_link(settings, marks, parts, text, sent):
    settings.SMS_MARKS, settings.SMS_PARTS = marks, parts

    assert sms.fit(text) == sent
