"""Our events as EPCIS documents: they pass our own check, and their ids are reckoned here a second time by hand."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.test import Client

from tests.scene import photo
from traceability import epcis, epcis_export, events, kinds, numbers
from traceability.epcis_export import PeriodRefused
from traceability.models import Lot, TraceEvent
from traceability.statuses import OF_RECALLS, TraceKind

DAY = dt.date(2026, 11, 5)

BY_HAND = [kind for kind in TraceKind.values if kind != TraceKind.MADE_FROM]


def told(lot: Lot, kind: str, by: Any, day: dt.date = DAY, **more: Any) -> TraceEvent:
    if kind in OF_RECALLS:
        return events.record_recall(lot, TraceKind(kind), note="Có dư lượng thuốc.", by=by)
    return events.record(lot, kind, occurred_on=day, place="Xã Thượng Minh", by=by, **more)


def exported(lot: Lot) -> list[dict[str, Any]]:
    document = epcis_export.of_lot(lot)
    assert epcis.problems(document) == []
    return list(document["epcisBody"]["eventList"])


def test_every_kind_is_told_in_words_cbv_knows(lot: Lot, by: Any) -> None:
    for kind in BY_HAND:
        told(lot, kind, by)
    assert {event["chophien:kind"] for event in exported(lot)} == {kinds.CBV[kind].own for kind in BY_HAND}
    assert set(kinds.CBV) == set(TraceKind.values)


def test_an_id_is_what_cbv_makes_of_the_event(lot: Lot, by: Any, settings: Any) -> None:
    settings.MARKET_URL = "https://cho.vn"
    harvest = told(lot, "harvested", by, households=14, quantity="1.200 gói", note="Trời nắng")
    [event] = exported(lot)

    own = "{https://cho.vn/ns/trace/}"
    text = (
        "eventType=ObjectEventeventTime=2026-11-04T17:00:00.000ZeventTimeZoneOffset=+07:00"
        "quantityListquantityElementepcClass=https://cho.vn/Q/2EP9TW83"
        "action=ADDbizStep=https://ref.gs1.org/cbv/BizStep-commissioning"
        "disposition=https://ref.gs1.org/cbv/Disp-active"
        f"{own}day=2026-11-05{own}event=urn:uuid:{harvest.pk}{own}households=14{own}kind=harvest"
        f"{own}lot=261105-01{own}note=Trời nắng{own}place=Xã Thượng Minh{own}quantity=1.200 gói"
    )
    assert event["eventID"] == f"ni:///sha-256;{hashlib.sha256(text.encode()).hexdigest()}?ver=CBV2.0"


def test_a_correction_declares_the_error_and_changes_no_id(lot: Lot, by: Any) -> None:
    wrong = told(lot, "harvested", by)
    [before] = exported(lot)
    events.correct(wrong, kind="harvested", occurred_on=DAY, place="Xã Cao Minh", by=by)
    first, second = exported(lot)

    assert first["eventID"] == before["eventID"]
    assert first["errorDeclaration"]["reason"] == "incorrect_data"
    assert first["errorDeclaration"]["correctiveEventIDs"] == [second["eventID"]]
    assert "errorDeclaration" not in second


def test_a_number_of_gs1_is_told_from_the_day_it_stands(lot: Lot, by: Any) -> None:
    told(lot, "harvested", by)
    [old] = exported(lot)
    numbers.register(lot.cooperative, "gtin", "08938500000010", product=lot.product, upload=photo(), by=by)
    numbers.register(lot.cooperative, "gln", "8938500000027", upload=photo(), by=by)
    told(lot, "packed", by)
    [same, new] = exported(lot)

    assert same == old
    assert new["quantityList"][0]["epcClass"].endswith("/01/08938500000010/10/261105-01")
    assert new["readPoint"]["id"].endswith("/414/8938500000027")


def test_a_period_is_the_cooperatives_own_days(lot: Lot, by: Any) -> None:
    told(lot, "harvested", by)
    told(lot, "packed", by, DAY + dt.timedelta(days=2))
    few = epcis_export.of_period(lot.cooperative, DAY, DAY + dt.timedelta(days=1))
    all_of_them = epcis_export.of_period(lot.cooperative, DAY, DAY + dt.timedelta(days=2))
    assert [event["chophien:kind"] for event in few["epcisBody"]["eventList"]] == ["harvest"]
    assert len(all_of_them["epcisBody"]["eventList"]) == 2
    for last in (DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=367)):
        with pytest.raises(PeriodRefused):
            epcis_export.of_period(lot.cooperative, DAY, last)


def test_a_document_costs_the_same_however_long_it_is(
    lot: Lot, by: Any, django_assert_max_num_queries: Any
) -> None:
    for kind in BY_HAND:
        told(lot, kind, by)
    with django_assert_max_num_queries(5):
        exported(lot)


def test_programs_read_a_lot_behind_its_code(client: Client, lot: Lot, by: Any) -> None:
    told(lot, "harvested", by)
    answer = client.get("/Q/2ep9-tw83/su-kien.jsonld")
    assert answer["Content-Type"] == "application/ld+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert len(answer.json()["epcisBody"]["eventList"]) == 1
    assert not answer.cookies
    for nothing in ("2EP9TW84", "x", "0" * 70):
        assert client.get(f"/Q/{nothing}/su-kien.jsonld").status_code == 404


def test_a_member_takes_days_along(client: Client, lot: Lot, by: Any, lan: Any) -> None:
    told(lot, "harvested", by)
    client.force_login(lan)
    address = f"/quan-ly/{lot.cooperative.stall.slug}/lo/su-kien.jsonld"
    answer = client.get(address, {"first": "05/11/2026", "last": "06/11/2026"})
    assert answer["Content-Disposition"] == 'attachment; filename="su-kien-20261105-20261106.jsonld"'
    assert len(answer.json()["epcisBody"]["eventList"]) == 1
    assert client.get(address, {"first": "06/11/2026", "last": "05/11/2026"}).status_code == 422
