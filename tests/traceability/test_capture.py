"""Another system sends EPCIS events: taken once, whole or not at all, from whoever holds a token."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cooperatives.models import Cooperative
from tests.vectors import vectors
from traceability import capture, epcis
from traceability.models import CapturedEvent, EventSender

JOURNEY = vectors("epcis_hash.json")["farm_journey"]["document"]
PREFIXES = epcis.prefixes_of(JOURNEY["@context"])


@pytest.fixture
def opened(muong_hoa: Cooperative, by: Any) -> tuple[EventSender, str]:
    return capture.let_in(muong_hoa, "Siêu thị Lan Chi", by=by)


def send(client: Client, token: str, body: Any) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"authorization": f"Bearer {token}"}
    return client.post("/epcis/capture", content, content_type="application/ld+json", headers=headers)


def changed(**fields: Any) -> Any:
    document = copy.deepcopy(JOURNEY)
    document["epcisBody"]["eventList"][0] |= fields
    return document


def test_a_second_systems_document_is_kept_once(client: Client, opened: Any) -> None:
    sender, token = opened
    first, again = send(client, token, JOURNEY), send(client, token, JOURNEY)

    assert (first.status_code, first.json()) == (202, {"captured": 7, "known": 0})
    assert (again.status_code, again.json()) == (202, {"captured": 0, "known": 7})
    assert first["GS1-EPCIS-Version"] == "2.0.0"
    events = JOURNEY["epcisBody"]["eventList"]
    assert set(sender.events.values_list("event_id", flat=True)) == {
        epcis.event_id(event, PREFIXES) for event in events
    }


def test_an_error_declared_later_is_kept_beside_the_event(client: Client, opened: Any) -> None:
    sender, token = opened
    send(client, token, JOURNEY)
    declared = {"declarationTime": "2026-11-21T01:00:00.000Z", "reason": "incorrect_data"}
    answer = send(client, token, changed(errorDeclaration=declared))
    assert answer.json() == {"captured": 1, "known": 6}
    assert sender.events.filter(declares_error=True).count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff", 400),
        (b'{"a": NaN}', 400),
        (b'{"a": "\\u0000"}', 400),
        (b'{"a": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b"7", 422),
        (b"{}", 422),
        (changed(action=None), 422),
        (changed(eventTime="2999-01-01T00:00:00.000Z"), 422),
        (changed(eventTime="0001-01-01T00:00:00.000+14:00"), 422),
        (changed(eventID=7), 422),
        (changed(eventID="ni:///sha-256;" + "0" * 64 + "?ver=CBV2.0"), 422),
        (changed(sensorElementList=[{"sensorReport": [1]}]), 422),
        (changed(sensorElementList=[{"sensorMetadata": {"time": 7}}]), 422),
        (changed(**{"x:y": {"sourceList": 7}}), 422),
        (b" " * 1_000_001, 413),
    ],
    ids=map(str, range(18)),
)
def test_what_cannot_be_right_is_refused_whole(client: Client, opened: Any, body: Any, status: int) -> None:
    answer = send(client, opened[1], body)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert not CapturedEvent.objects.exists()


def test_an_id_of_their_own_stands_for_one_event(client: Client, opened: Any) -> None:
    assert send(client, opened[1], changed(eventID="urn:uuid:1")).status_code == 202
    answer = send(client, opened[1], changed(eventID="urn:uuid:1", disposition="inactive"))
    assert answer.status_code == 409
    assert CapturedEvent.objects.count() == 7


def test_only_a_token_that_stands_opens(client: Client, opened: Any, by: Any) -> None:
    sender, token = opened
    for wrong in ("", "x", token + "x", "\x00"):
        assert send(client, wrong, JOURNEY).status_code == 401
    capture.shut_out(sender, by=by)
    assert send(client, token, JOURNEY).status_code == 401
    assert client.get("/epcis/capture").status_code == 405
    assert not CapturedEvent.objects.exists()


def test_the_director_lets_one_in_and_sees_what_came(
    client: Client, muong_hoa: Cooperative, lan: Any
) -> None:
    client.force_login(lan)
    address = f"/quan-ly/{muong_hoa.stall.slug}/lo/don-vi-gui/"
    page = client.post(address, {"name": "Siêu thị Lan Chi"})
    token = page.context["token"]
    assert token in page.content.decode()
    assert token not in client.get(address).content.decode()
    send(client, token, JOURNEY)
    assert "commissioning" in client.get(address).content.decode()
    sender = muong_hoa.event_senders.get()
    assert sender.heard_at.date() == timezone.now().date()
    assert sender.token_sha256 != token
    assert client.post(address, {"name": " "}).status_code == 422
