from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.factories import recall_lot
from traceability import sensing
from traceability.models import Lot, SensorDevice, SensorRange, SensorReading
from traceability.sensing import Conflict, DeviceRefused, Reading, ReadingsRefused, Unreadable
from traceability.statuses import SensorKind

NOW = timezone.now().replace(microsecond=0)
WARM = SensorKind.TEMPERATURE


@pytest.fixture
def device(lot: Lot, by: Any) -> SensorDevice:
    return sensing.let_in(lot.cooperative, "Nhiệt kế kho", lot, by=by)[0]


def at(minutes: int, value: str, kind: SensorKind = WARM) -> Reading:
    return Reading(kind, NOW - dt.timedelta(minutes=minutes), Decimal(value))


def said(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"readings": list(rows)}).encode()


def test_the_range_widens_and_a_reading_told_again_is_the_same(device: SensorDevice, lot: Lot) -> None:
    assert sensing.record(device, [at(30, "4.5"), at(20, "6.25")]) == (2, 0)
    version = Lot.objects.get().version
    assert sensing.record(device, [at(30, "4.5"), at(10, "5")]) == (1, 1)
    assert Lot.objects.get().version == version  # the range is as it was: kept pages stay true
    sensing.record(device, [at(5, "-1"), at(5, "80", SensorKind.HUMIDITY)])

    assert [span.words for span in sensing.spans_of(lot)] == ["80 %", "-1 – 6,25 °C"]
    assert Lot.objects.get().version == version + 1


def test_another_value_at_the_same_moment_is_a_conflict_and_nothing_is_kept(device: SensorDevice) -> None:
    sensing.record(device, [at(30, "4.5")])
    for wrong in ([at(20, "5"), at(30, "9")], [at(20, "5"), at(20, "6")]):
        with pytest.raises(Conflict):
            sensing.record(device, wrong)
    assert (SensorReading.objects.count(), SensorRange.objects.get().most) == (1, Decimal("4.50"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "wind"}, {"kind": 7}, {"value": "ấm"}, {"value": 121}, {"value": True}, {"value": None},
        {"value": [0, [1], 0]}, {"at": "hôm qua"}, {"at": (NOW + dt.timedelta(hours=1)).isoformat()},
        {"at": "2019-01-01T00:00:00+07:00"}, {"at": None},
    ],
)  # fmt: skip
def test_what_no_sensor_measures_is_refused_with_its_number(wrong: dict[str, Any]) -> None:
    right = {"kind": "temperature", "at": NOW.isoformat(), "value": 4.5}
    assert sensing.read_json(said(right)) == [Reading(WARM, NOW, Decimal("4.50"))]

    with pytest.raises(ReadingsRefused) as refused:
        sensing.read_json(said(right, {**right, **wrong}))
    assert refused.value.details == {"row": 2}


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{}", b'{"readings": [1]}', b"[" * 100_000])
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        sensing.read_json(body)


def test_a_table_is_read_as_people_here_write_it() -> None:
    day = f"{NOW.astimezone(timezone.get_default_timezone()) - dt.timedelta(days=1):%d/%m/%Y}"
    table = f"Thời điểm;Loại;Giá trị\n{day} 08:00;Nhiệt độ;4,5\n\n{day} 08:00;độ ẩm;81\n"
    found = sensing.read_csv(table.encode("utf-8-sig"))

    assert [(one.kind, one.value) for one in found] == [
        (WARM, Decimal("4.5")),
        (SensorKind.HUMIDITY, Decimal(81)),
    ]
    assert found[0].at.utcoffset() == dt.timedelta(hours=7)
    for wrong in (b"", b"\xff\xfe", b"a;b\n1;2\n", b"\x00"):
        with pytest.raises(ReadingsRefused):
            sensing.read_csv(wrong)
    with pytest.raises(ReadingsRefused, match=r"5\.000"):
        sensing.read_csv(f"{day} 08:00,nhiet do,4\n".encode() * 5_001)


def test_a_device_that_was_shut_out_or_stands_at_a_recalled_lot_is_refused(
    device: SensorDevice, lot: Lot, by: Any
) -> None:
    sensing.shut_out(sensing.shut_out(device, by=by), by=by)
    with pytest.raises(ReadingsRefused):
        sensing.record(device, [at(1, "4")])
    recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)
    with pytest.raises(DeviceRefused):
        sensing.let_in(lot.cooperative, "Máy", lot, by=by)
    assert not SensorReading.objects.exists()


def test_a_device_tells_by_its_token_only(client: Client, lot: Lot, by: Any) -> None:
    device, token = sensing.let_in(lot.cooperative, "Nhiệt kế kho", lot, by=by)
    assert token not in str(SensorDevice.objects.values())
    right = {"kind": "temperature", "at": NOW.isoformat(), "value": 4.5}

    def send(body: bytes, key: str = token) -> tuple[int, Any]:
        answer = client.post(
            "/do", body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
        )
        return answer.status_code, answer.json()

    assert send(said(right), "x")[0] == 401
    assert send(said(right)) == (202, {"taken": 1, "known": 0})
    assert send(said(right)) == (202, {"taken": 0, "known": 1})
    assert send(said({**right, "value": 9}))[0] == 409
    assert send(b"x")[0] == 400
    assert send(said({**right, "value": 900}))[0] == 422
    assert send(b" " * 500_001)[0] == 413
    sensing.shut_out(device, by=by)
    assert send(said(right))[0] == 401
    assert SensorReading.objects.count() == 1


def test_the_page_behind_a_code_shows_the_range(client: Client, device: SensorDevice) -> None:
    sensing.record(device, [at(30, "4.5"), at(20, "6")])
    page = client.get("/Q/2EP9TW83").content.decode()

    assert "Nhiệt độ đo được" in page
    assert "4,5 – 6 °C" in page


def test_a_member_lets_a_device_in_moves_it_and_sends_its_file(
    client: Client, lot: Lot, minh: Any, by: Any
) -> None:
    client.force_login(minh)
    url = f"/quan-ly/htx-muong-hoa/lo/{lot.pk}/may-do/"
    assert "Khoá của máy mới" in client.post(url, {"name": "Nhiệt kế kho"}).content.decode()
    device = SensorDevice.objects.get()
    day = f"{NOW.astimezone(timezone.get_default_timezone()) - dt.timedelta(days=1):%d/%m/%Y}"
    table = SimpleUploadedFile("do.csv", f"{day} 08:00;nhiệt độ;4,5\n".encode())
    assert client.post(url, {"device": device.pk, "file": table}).status_code == 302
    wrong = client.post(url, {"device": device.pk, "file": SimpleUploadedFile("do.csv", b"x")})
    assert wrong.status_code == 422
    assert "4,5 °C" in client.get(url).content.decode()

    other = factories.make_lot(lot.product, number="X", code="4HYJE1B1", from_stock=False)
    assert client.post(url.replace(str(lot.pk), str(other.pk)), {"moved": device.pk}).status_code == 302
    assert SensorDevice.objects.get().lot == other
    client.post(f"/quan-ly/htx-muong-hoa/may-do/{device.pk}/khoa/")
    assert SensorDevice.objects.get().closed_at is not None
