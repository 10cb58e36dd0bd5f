"""The number under the scratch layer: the shared cases, its limits, and the page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from marketplace.foundation.models import Outbox
from marketplace.foundation.transitions import IllegalMove
from tests import factories
from tests.vectors import vectors
from traceability import labels, pins, prints
from traceability.labels import LabelsRefused
from traceability.models import Lot, ScratchPin, TraceCode

CASES = [case for case in vectors("alarm_cases.json")["cases"] if "pin" in case]
WORDS = {"black": "used", "green": "again", "locked_24h": "locked"}


@pytest.fixture(autouse=True)
def _no_tries() -> None:
    cache.clear()


@pytest.fixture
def unit(lot: Lot, by: Any) -> TraceCode:
    """A packet whose number is 123456."""
    code = factories.unit_codes(lot, 1, by=by)[0]
    pins.keep({code.pk: "123456"})
    return code


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_numbers_typed_get_the_answer_of_the_vectors(case: dict[str, Any], unit: TraceCode) -> None:
    answers = [
        pins.confirm(unit, "123456" if said == "ok" else "654321", device=device).value
        for _day, device, said in case["pin"]
    ]
    assert answers[-1] == WORDS[case["level"]]


def test_the_first_phone_spends_the_code(unit: TraceCode) -> None:
    assert pins.confirm(unit, "123456", device="d1", place="Huế").value == "first"

    pin = ScratchPin.objects.get()
    assert (pin.code.status, pin.device, pin.place) == ("spent", "d1", "Huế")
    assert "123456" not in pin.digest


def test_a_locked_number_opens_again_after_a_day(unit: TraceCode) -> None:
    for _n in range(3):
        pins.confirm(unit, "000000", device="d1")
    assert pins.confirm(unit, "123456", device="d2").value == "locked"

    ScratchPin.objects.update(locked_until=timezone.now() - dt.timedelta(seconds=1))
    assert pins.confirm(unit, "123456", device="d2").value == "first"


def test_one_phone_tries_ten_numbers_a_day(lot: Lot, by: Any) -> None:
    units = factories.unit_codes(lot, 6, by=by)
    pins.keep({code.pk: "123456" for code in units})
    answers = [pins.confirm(code, "000000", device="d1").value for code in units for _n in range(2)]
    assert answers == ["wrong"] * 10 + ["locked"] * 2


def test_a_code_on_no_goods_confirms_nothing(unit: TraceCode) -> None:
    TraceCode.objects.filter(pk=unit.pk).update(status="printed")
    with pytest.raises(IllegalMove):
        pins.confirm(unit, "123456", device="d1")
    assert ScratchPin.objects.get().confirmed_at is None


def test_numbers_are_printed_once_and_a_second_sheet_has_new_ones(
    lot: Lot, by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = factories.unit_codes(lot, 2, by=by)
    run, shown = codes[0].run, []
    good = labels.sheet_pdf
    monkeypatch.setattr(labels, "sheet_pdf", lambda *a, **k: shown.append(k["pins"]) or good(*a, **k))
    for reason in ("", "Kẹt giấy"):
        made = prints.ask_for_run(run, layout="50x30", has_pins=True, reason=reason, by=by)
        prints.draw(Outbox(payload={"print": made.pk}))
        if not reason:
            assert pins.confirm(codes[0], shown[0][codes[0].pk], device="d1").value == "first"

    assert codes[0].pk not in shown[1]  # confirmed: it has no second number
    assert pins.confirm(codes[1], shown[1][codes[1].pk], device="d1").value == "first"
    with pytest.raises(LabelsRefused):
        prints.ask_for_run(run, layout="15x15", has_pins=True, reason="Tem nhỏ", by=by)


def test_a_buyer_types_the_number_on_the_page(client: Client, unit: TraceCode) -> None:
    address = f"/Q/{unit.pk}/xac-nhan"
    assert "Sáu số dưới lớp cào" in client.get(f"/Q/{unit.pk}").content.decode()
    for wrong in ("", "12345", "abcdef", "١٢٣٤٥٦", "654321"):
        answer = client.post(address, {"number": wrong})
        assert answer.status_code == 422
        assert "id_number_error" in answer.content.decode()

    assert "Bạn là người đầu tiên" in client.post(address, {"number": "123 456"}).content.decode()
    assert "Máy này đã xác nhận" in client.post(address, {"number": "123456"}).content.decode()
    other = Client(headers={"user-agent": "Mozilla/5.0 (iPhone)"}).post(address, {"number": "123456"})
    assert "đừng dùng" in other.content.decode()
    assert "Số cào của gói này đã xác nhận ngày" in client.get(f"/Q/{unit.pk}").content.decode()


def test_a_code_without_a_number_takes_none(client: Client, lot: Lot) -> None:
    assert client.post("/Q/2EP9TW83/xac-nhan", {"number": "123456"}).status_code == 404
    assert client.get("/Q/2EP9TW83/xac-nhan").status_code == 405
