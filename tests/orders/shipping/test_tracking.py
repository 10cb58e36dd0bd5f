"""Carriers tell of parcels: signed or not, again and again, out of order, cut off, of nothing of ours, another sum."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from orders import fulfilment
from orders.models import Carrier, CarrierCall, CarrierLink, CarrierStatus, Order, ParcelEvent
from orders.shipping import known, tracking
from orders.shipping.carriers import READERS
from orders.statuses import CarrierMeaning
from tests.factories import make_product
from tests.orders import trade
from tests.scene import ensure_carriers, picks_of

pytestmark = pytest.mark.django_db

CALLS = Path(__file__).parent / "calls"
BY = Actor.system("test")


@pytest.fixture
def order(muong_hoa: Any) -> Order:
    return trade.order((make_product(muong_hoa, "Miến dong", price=55_000, stock=50), 2))


def ship(order: Order, carrier: str, waybill: str) -> Order:
    fulfilment.confirm_order(order, by=BY)
    parcel = fulfilment.pack_order(order, picks_of(order), by=BY)
    fulfilment.ship_parcel(parcel, carrier=carrier, waybill=waybill, by=BY)
    return Order.objects.get(pk=order.pk)


def link_to(cooperative: Any, code: str, secret: str = "") -> CarrierLink:
    ensure_carriers()
    return tracking.connect(cooperative, Carrier.objects.get(code=code), secret=secret, by=BY)


@pytest.fixture
def ghn(muong_hoa: Any) -> CarrierLink:
    return link_to(muong_hoa, "ghn")


def told(link: CarrierLink, body: Any, kind: str = "application/json", **headers: str) -> int:
    """What the market answers to ``body``: the name of a sample, bytes, or what is written as JSON."""
    if isinstance(body, str):
        body = (CALLS / body).read_bytes()
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = reverse("carrier_call", args=[link.carrier.code, link.token])
    client = Client(enforce_csrf_checks=True)
    return client.post(url, content, content_type=kind, headers=headers).status_code


def sample(name: str, **changed: Any) -> dict[str, Any]:
    return {**json.loads((CALLS / name).read_text()), **changed}


def now(order: Order) -> tuple[str, list[str]]:
    """Where the order stands and what its parcel's carrier told, in the order of happening."""
    events = ParcelEvent.objects.filter(parcel__order=order).order_by("occurred_at")
    return Order.objects.get(pk=order.pk).status, [event.meaning for event in events]


def state() -> tuple[int, ...]:
    return ParcelEvent.objects.count(), CarrierCall.objects.count(), Letter.objects.count()


def test_ghn_brings_an_order_to_its_end_and_a_hundred_replays_change_nothing(order, ghn):
    ship(order, "GHN", "ghn 0001")  # as somebody copied it from paper
    order.parcels.update(waybill="ghn0001")

    assert told(ghn, "ghn_delivered.json") == 200
    after = state()
    for _again in range(100):
        assert told(ghn, "ghn_delivered.json") == 200

    assert now(order) == ("delivered", ["delivered"])
    assert state() == after
    assert order.status_changes.get(new_status="delivered").by_label == "GHN"


def test_what_was_told_late_is_written_and_undoes_nothing(order, ghn):
    ship(order, "GHN", "GHN0001")

    assert told(ghn, "ghn_delivered.json") == 200
    assert told(ghn, "ghn_delivering.json") == 200

    assert now(order) == ("delivered", ["delivering", "delivered"])


def test_ghtk_tells_by_form_that_a_delivery_failed(order, muong_hoa):
    link = link_to(muong_hoa, "ghtk")
    ship(order, "GHTK", "S1.A1.17373471")

    assert told(link, "ghtk_failed.form", "application/x-www-form-urlencoded") == 200

    event = ParcelEvent.objects.get()
    assert (event.meaning, event.text) == ("failed", "Khách hẹn ngày khác")
    assert f"{event.occurred_at:%Y-%m-%d %H:%M %z}" == "2026-11-20 05:18 +0000"
    assert now(order)[0] == "shipped"


def test_what_comes_back_asks_the_cooperative_and_touches_no_stock(order, muong_hoa, client, lan):
    link = link_to(muong_hoa, "viettel-post", "tu-khoa-vtp")
    ship(order, "Viettel Post", "VTP1234567")
    stock = order.lines.get().stockrecord
    before = stock.num_in_stock

    for _again in range(3):
        assert told(link, "viettel_post_returned.json") == 200

    stock.refresh_from_db()
    letters = Letter.objects.filter(mailbox=muong_hoa.mailbox, subject__contains="bị trả về")
    assert now(order) == ("shipped", ["returned"])
    assert (stock.num_in_stock, letters.count()) == (before, 1)
    client.force_login(lan)
    page = client.get(letters.get().link).content.decode()
    assert re.search(r"<details open><summary[^>]*>Kiện hoàn về", page)


@pytest.mark.parametrize(
    ("code", "secret", "body", "headers"),
    [
        ("viettel-post", "khac", "viettel_post_returned.json", {}),
        ("viettel-post", "khac", b"[]", {}),
        ("ghn", "bi-mat", "ghn_delivered.json", {}),
        ("ghtk", "bi-mat", "ghtk_failed.form", {"Token": "sai"}),
    ],
)
def test_a_wrong_signature_writes_nothing(order, muong_hoa, code, secret, body, headers):
    link = link_to(muong_hoa, code, secret)
    ship(order, "GHN", "GHN0001")
    before = state()

    assert told(link, body, **headers) == 401

    assert state() == before
    link.refresh_from_db()
    assert link.heard_at is None


def test_an_old_address_is_gone(ghn, muong_hoa):
    link_to(muong_hoa, "ghn")
    assert told(ghn, "ghn_delivered.json") == 404
    assert state()[:2] == (0, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"[" * 5000,
        b"\xff\xfe",
        (CALLS / "ghn_delivered.json").read_bytes()[:90],
        sample("ghn_delivered.json", Time="hôm qua"),
        sample("ghn_delivered.json", OrderCode=""),
        sample("ghn_delivered.json", Status=None),
    ],
)
def test_what_cannot_be_read_is_kept_once_for_a_person(order, ghn, body):
    ship(order, "GHN", "GHN0001")

    assert {told(ghn, body) for _again in range(2)} == {422}

    assert now(order) == ("shipped", [])
    assert [call.problem for call in CarrierCall.objects.all()] == ["unreadable"]


def test_too_long_a_body_is_not_read(ghn):
    assert told(ghn, b" " * 70_000) == 413
    assert state()[:2] == (0, 0)


def test_a_waybill_of_no_parcel_is_taken_and_shown_once(order, ghn, client, lan, ban_khac, muong_hoa):
    theirs = trade.order((make_product(ban_khac, "Trà"), 1))
    ship(theirs, "GHN", "GHN0001")  # another cooperative's parcel is none of ours

    for status in ("picked", "delivering", "delivered"):
        assert told(ghn, sample("ghn_delivered.json", Status=status)) == 200

    client.force_login(lan)
    page = client.get(reverse("desk:carriers", args=[muong_hoa.stall.slug])).content.decode()
    assert state()[:2] == (0, 1)
    assert now(theirs) == ("shipped", [])
    assert "Không có kiện nào mang mã này" in page
    assert "GHN0001" in page


def test_another_sum_is_kept_for_a_person_and_changes_no_money(order, ghn):
    ship(order, "GHN", "GHN0001")

    assert told(ghn, sample("ghn_delivered.json", CODAmount=14_000)) == 200

    call = CarrierCall.objects.get()
    note = call.note.replace("\N{NO-BREAK SPACE}", " ")
    assert (call.problem, note) == ("amount", "Hãng ghi thu 14.000 ₫, đơn ghi 140.000 ₫.")
    assert now(order) == ("delivered", ["delivered"])
    assert Order.objects.get().payment.status == "on_delivery"


def test_an_unknown_code_means_moving_and_waits_for_the_operator(order, ghn, client, operator):
    ship(order, "GHN", "GHN0001")

    assert told(ghn, sample("ghn_delivered.json", Status="lost_in_the_hills")) == 200

    row = CarrierStatus.objects.get(code="lost_in_the_hills")
    assert (row.meaning, row.is_checked) == ("moving", False)
    assert now(order) == ("shipped", ["moving"])
    client.force_login(operator)
    assert (
        "lost_in_the_hills"
        in client.get("/van-hanh/order/carrierstatus/?is_checked__exact=0").content.decode()
    )


def test_buyer_and_desk_follow_the_parcel_in_plain_words(order, ghn, client, lan, muong_hoa):
    order = ship(order, "GHN", "GHN0001")
    told(ghn, "ghn_delivering.json")
    client.force_login(lan)

    for url in (
        reverse("shop:purchase", args=[order.purchase.token]),
        reverse("desk:order", args=[muong_hoa.stall.slug, order.number]),
    ):
        page = client.get(url).content.decode()
        assert "Đang đi giao" in re.sub(r"<[^>]+>", " ", page)
        assert "https://donhang.ghn.vn/?order_code=GHN0001" in page


def test_every_known_code_has_a_meaning_and_every_reader_a_carrier(db):
    meanings = {ours for rows in known.STATUSES.values() for _code, ours, _words in rows}
    ensure_carriers()

    assert meanings <= set(CarrierMeaning.values)
    assert set(READERS) == set(known.STATUSES)
    assert set(Carrier.objects.values_list("code", flat=True)) == {code for code, *_rest in known.CARRIERS}
    assert CarrierStatus.objects.filter(carrier__code="ghtk", code="-1").get().meaning == "cancelled"


def test_a_director_connects_and_stops_a_carrier(client, lan, muong_hoa):
    ensure_carriers()
    client.force_login(lan)
    page = reverse("desk:carriers", args=[muong_hoa.stall.slug])

    refused = client.post(page, {"carrier": "viettel-post", "secret": ""})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["secret"])
    assert client.post(page, {"carrier": "vietnam-post", "secret": "x"}).status_code == 422
    assert not CarrierLink.objects.exists()
    assert client.post(page, {"carrier": "ghn", "secret": ""}).status_code == 302
    link = CarrierLink.objects.get()
    assert f"/van-chuyen/ghn/{link.token}/" in client.get(page).content.decode()
    for _twice in range(2):
        assert client.post(page, {"stop": "ghn"}).status_code == 302
    assert not CarrierLink.objects.exists()


def test_the_ship_form_offers_the_table_takes_any_words_and_warns_of_cold(client, lan, order, muong_hoa):
    ensure_carriers()
    Carrier.objects.filter(code="viettel-post").update(takes_cod=False)
    Carrier.objects.filter(code="ghn").update(cold_areas={"01": "Hà Nội"})
    type(order.lines.get().product).objects.update(needs_cold=True)
    fulfilment.confirm_order(order, by=BY)
    parcel = fulfilment.pack_order(order, picks_of(order), by=BY)
    client.force_login(lan)
    at = [muong_hoa.stall.slug, order.number]

    page = client.get(reverse("desk:order", args=at)).content.decode()
    sent = client.post(
        reverse("desk:parcel_ship", args=[*at, parcel.pk]), {"carrier": "Xe khách anh Tư", "waybill": ""}
    )

    assert '<option value="GHTK">' in page
    assert 'value="Vietnam Post"' in page
    assert "Có hàng cần giữ lạnh. Nhận tới Hà Nội: GHN." in page
    assert sent.status_code == 302
    assert str(order.parcels.get()) == "Xe khách anh Tư"
