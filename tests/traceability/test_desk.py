from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cooperatives import stock
from cooperatives.models import StockMovement
from marketplace.accounts.models import AuditRow
from marketplace.foundation.models import Outbox
from tests import factories
from tests.factories import recall_lot
from traceability import codes, events, lots, prints
from traceability.models import LabelPrint, Lot, LotPaper, TraceCode, TraceEvent

PAGES = ["lots", "lot_scan", "lot_add"]
LOT_PAGES = ["lot", "lot_event", "lot_codes", "lot_paper"]
EVENT = {"kind": "harvested", "occurred_on": "12/10/2026", "place": "Xã Thượng Minh"}


def address(name: str, lot: Lot | None = None) -> str:
    return reverse(f"desk:{name}", args=["htx-muong-hoa", *([lot.pk] if lot else [])])


@pytest.fixture
def as_lan(lan: Any) -> Client:
    client = Client()
    client.force_login(lan)
    return client


@pytest.fixture
def as_minh(minh: Any) -> Client:
    client = Client()
    client.force_login(minh)
    return client


@pytest.fixture
def as_tuan(tuan: Any) -> Client:
    client = Client()
    client.force_login(tuan)
    return client


def test_members_open_every_page_and_strangers_none(
    as_lan: Client, as_minh: Client, as_tuan: Client, client: Client, lot: Lot
) -> None:
    addresses = [address(name) for name in PAGES] + [address(name, lot) for name in LOT_PAGES]
    for where in addresses:
        assert as_lan.get(where).status_code == 200
        assert as_minh.get(where).status_code == 200
        assert as_tuan.get(where).status_code == 404
        assert client.get(where).status_code == 302


def test_a_lot_of_another_cooperative_is_not_found_at_ones_own_desk(as_tuan: Client, lot: Lot) -> None:
    for name in LOT_PAGES:
        assert as_tuan.get(reverse(f"desk:{name}", args=["htx-ban-khac", lot.pk])).status_code == 404
    for name in ["lot_stock", "lot_close", "lot_labels"]:
        assert as_tuan.post(reverse(f"desk:{name}", args=["htx-ban-khac", lot.pk])).status_code == 404


def test_a_packer_opens_a_lot_and_it_is_in_stock(as_minh: Client, mien: Any) -> None:
    asked = {"product": mien.pk, "made_on": "2026-11-20", "expires_on": "20/11/2027", "quantity": "1.200",
             "newest_seen": "0"}  # fmt: skip
    answer = as_minh.post(address("lot_add"), asked)
    as_minh.post(address("lot_add"), asked)

    lot = Lot.objects.get()
    assert answer["Location"] == address("lot", lot)
    assert (lot.number, lot.expires_on, lots.balance(lot)) == ("261120-01", dt.date(2027, 11, 20), 1200)
    assert mien.stockrecords.get().num_in_stock == 1220


def test_a_wrong_lot_keeps_what_was_typed(as_lan: Client, mien: Any, ban_khac: Any) -> None:
    foreign = factories.make_product(ban_khac)
    for asked in (
        {"product": foreign.pk, "made_on": "2026-11-20"},
        {"product": mien.pk, "made_on": "hôm qua"},
        {"product": mien.pk, "made_on": "2026-11-20", "expires_on": "2026-11-01"},
        {"product": mien.pk, "made_on": "2026-11-20", "quantity": "-5"},
        {"product": "\x00", "made_on": ""},
        {},
    ):
        answer = as_lan.post(address("lot_add"), {**asked, "note": "ghi chú giữ lại"})
        assert answer.status_code == 422
        assert "ghi chú giữ lại" in answer.content.decode()
    assert not Lot.objects.exists()


def test_an_event_sent_twice_stands_once(as_minh: Client, lot: Lot) -> None:
    sent = {**EVENT, "event_id": str(uuid.uuid4())}
    assert as_minh.post(address("lot_event", lot), sent).status_code == 302
    assert as_minh.post(address("lot_event", lot), sent).status_code == 302
    assert TraceEvent.objects.get().by_label == "Minh"


def test_a_wrong_event_is_told_again_and_the_page_shows_the_new_one(
    as_lan: Client, lot: Lot, by: Any
) -> None:
    wrong = events.record(lot, "harvested", occurred_on=dt.date(2026, 10, 12), place="Nơi nhầm", by=by)
    where = f"{address('lot_event', lot)}?sua={wrong.pk}"
    assert "Nơi nhầm" in as_lan.get(where).content.decode()

    sent = {**EVENT, "event_id": str(uuid.uuid4())}
    assert as_lan.post(where, sent).status_code == 302
    assert as_lan.post(where, sent).status_code == 302

    assert TraceEvent.objects.count() == 2
    said = as_lan.get(address("lot", lot)).content.decode()
    assert "Nơi nhầm" not in said
    assert "Xã Thượng Minh" in said


@pytest.mark.parametrize("asked", ["x", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_an_event_that_is_not_there_cannot_be_told_again(as_lan: Client, lot: Lot, asked: str) -> None:
    assert as_lan.get(address("lot_event", lot), {"sua": asked}).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "danced"},
        {"occurred_on": "2026-11-22"},
        {"place": ""},
        {"households": "0"},
        {"event_id": "x"},
    ],
)
def test_a_wrong_event_keeps_what_was_typed(as_lan: Client, lot: Lot, wrong: dict[str, str]) -> None:
    sent = {**EVENT, "event_id": str(uuid.uuid4()), "note": "ghi chú giữ lại", **wrong}
    answer = as_lan.post(address("lot_event", lot), sent)
    assert answer.status_code == 422
    assert "ghi chú giữ lại" in answer.content.decode()
    assert not TraceEvent.objects.exists()


def test_more_goods_come_in_until_the_lot_is_closed(as_lan: Client, lot: Lot) -> None:
    sent = {"quantity": "5", "newest_seen": str(stock.newest_movement(lot.product.stock))}
    as_lan.post(address("lot_stock", lot), sent)
    as_lan.post(address("lot_stock", lot), sent)
    assert lots.balance(lot) == 25
    assert as_lan.post(address("lot_stock", lot), {"quantity": "0"}).status_code == 422

    assert as_lan.post(address("lot_close", lot)).status_code == 302
    assert as_lan.post(address("lot_stock", lot), {"quantity": "5"}).status_code == 422
    assert StockMovement.objects.count() == 2


def test_a_sheet_of_lot_labels_is_drawn_by_a_job_and_then_downloaded(as_minh: Client, lot: Lot) -> None:
    answer = as_minh.post(
        address("lot_labels", lot), {"kind": "lot", "count": "24", "layout": "24", "seen": "0"}
    )

    waiting = as_minh.get(answer["Location"]).content.decode()
    assert 'http-equiv="refresh"' in waiting
    assert "Đang vẽ và đọc thử 0/24 tem" in waiting
    assert as_minh.get(answer["Location"] + "tem.pdf").status_code == 404
    made = LabelPrint.objects.get()
    prints.draw(Outbox(payload={"print": made.pk}))

    ready = as_minh.get(answer["Location"]).content.decode()
    assert "Mọi mã trên tem đã được đọc thử" in ready
    assert 'http-equiv="refresh"' not in ready
    sheet = as_minh.get(answer["Location"] + "tem.pdf")
    assert sheet["Content-Disposition"].startswith("attachment")
    assert b"".join(sheet.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert AuditRow.objects.get(verb="lot.labels").by_label == "Minh"
    assert as_minh.get(address("lot_labels", lot)).status_code == 302


def test_unit_codes_are_issued_once_and_printed_by_run(as_lan: Client, lot: Lot) -> None:
    sent = {"kind": "unit", "count": "3", "layout": "65", "seen": "0"}
    answer = as_lan.post(address("lot_labels", lot), sent)
    as_lan.post(address("lot_labels", lot), sent)

    assert answer["Location"] == address("lot_codes", lot) + "?kho=65#dot"
    assert TraceCode.objects.filter(kind="unit").count() == 3
    run = lot.code_runs.get()
    asked = {"run": str(run.pk), "layout": "50x30", "right": "0,5", "down": "-1"}
    assert as_lan.post(address("lot_labels", lot), asked).status_code == 302
    made = run.prints.get()
    assert (made.count, made.layout, made.right, made.down) == (3, "50x30", 0.5, -1)

    again = as_lan.post(address("lot_labels", lot), {**asked, "layout": "65"})
    assert again.status_code == 422
    assert "Hãy ghi vì sao in lại" in again.content.decode()
    reason = {"layout": "65", "reason": "Máy kẹt giấy"}
    assert as_lan.post(address("lot_labels", lot), {**asked, **reason}).status_code == 302
    assert "Máy kẹt giấy" in as_lan.get(address("lot_codes", lot)).content.decode()


def test_a_run_is_said_to_be_on_goods(as_lan: Client, lot: Lot, by: Any) -> None:
    run = codes.issue_unit_codes(lot, 2, by=by)
    assert "2 mã chưa dán." in as_lan.get(address("lot_codes", lot)).content.decode()

    assert as_lan.post(address("lot_codes", lot), {"activated": str(run.pk)}).status_code == 302

    assert set(run.codes.values_list("status", flat=True)) == {"activated"}
    assert "mã chưa dán." not in as_lan.get(address("lot_codes", lot)).content.decode()
    for wrong in ("0", "x", "9" * 30):
        assert as_lan.post(address("lot_codes", lot), {"activated": wrong}).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": "0"},
        {"count": "2001"},
        {"count": "x"},
        {"count": ""},
        {"layout": "7"},
        {"right": "6"},
        {"right": "NaN"},
        {"down": "x"},
        {"kind": "gold"},
    ],
)
def test_labels_that_make_no_sense_are_refused(as_lan: Client, lot: Lot, wrong: dict[str, str]) -> None:
    sent = {"kind": "unit", "count": "24", "layout": "24", "seen": "0", **wrong}
    assert as_lan.post(address("lot_labels", lot), sent).status_code == 422
    assert not TraceCode.objects.filter(kind="unit").exists()


def test_a_recalled_lot_is_not_printed(as_lan: Client, lot: Lot, by: Any) -> None:
    recall_lot(lot, reason="Kiểm nghiệm thấy dư lượng.", by=by)
    sent = {"kind": "lot", "count": "24", "layout": "24"}
    assert as_lan.post(address("lot_labels", lot), sent).status_code == 422


def test_a_scanned_code_leads_to_its_lot_at_the_own_desk_alone(
    as_minh: Client, as_tuan: Client, lot: Lot, by: Any
) -> None:
    here, unit = address("lot_scan"), factories.unit_codes(lot, 1, by=by)[0].code
    for code in ("2ep9-tw83", unit, f"http://127.0.0.1:8000/Q/{unit}"):
        assert as_minh.get(here, {"code": code})["Location"] == address("lot", lot)
    told = as_minh.get(here, {"code": unit}, headers={"Accept": "application/json"}).json()
    assert told == {"lot": lot.pk, "number": lot.number}

    there = reverse("desk:lot_scan", args=["htx-ban-khac"])
    assert as_tuan.get(there, {"code": unit}).status_code == 422
    answer = as_tuan.get(
        there, {"code": "https://example.com/Q/2EP9TW83"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, set(answer.json())) == (422, {"problem"})


def test_a_lost_packets_code_is_taken_out_of_use(as_lan: Client, lot: Lot, by: Any) -> None:
    code = factories.unit_codes(lot, 1, by=by)[0].code
    answer = as_lan.post(
        address("lot_codes", lot), {"code": code.lower(), "to": "revoked", "reason": "Mất tem."}
    )
    assert answer.status_code == 302
    assert TraceCode.objects.get(pk=code).status == "revoked"
    for wrong in ({"code": code, "to": "sold"}, {"code": "2EP9TW83", "to": "sold"}, {"code": code}):
        assert as_lan.post(address("lot_codes", lot), wrong).status_code == 422
    assert as_lan.get(address("lot_codes", lot)).status_code == 200


def test_a_paper_of_the_lot_is_added(as_lan: Client, lot: Lot) -> None:
    sent = {
        "kind": "test_report",
        "title": "Phiếu kiểm nghiệm",
        "issuer": "QUATEST 1",
        "issued_on": "2026-11-01",
    }
    assert as_lan.post(address("lot_paper", lot), sent).status_code == 302
    assert LotPaper.objects.get().by_label == "Lan"
    assert as_lan.post(address("lot_paper", lot), {**sent, "issued_on": "2026-11-22"}).status_code == 422
    assert "Phiếu kiểm nghiệm" in as_lan.get(address("lot", lot)).content.decode()


def test_the_list_costs_the_same_for_two_and_for_twenty_lots(
    as_lan: Client, mien: Any, by: Any, django_assert_max_num_queries: Any
) -> None:
    for _n in range(20):
        lots.open_lot(mien.cooperative, mien, made_on=dt.date(2026, 11, 1), quantity=1, by=by)
    with django_assert_max_num_queries(8):
        said = as_lan.get(address("lots")).content.decode()
    assert "261101-20" in said
