from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from catalog import pictures
from marketplace.accounts.models import AuditRow
from marketplace.foundation.transitions import IllegalMove
from tests import factories
from tests.factories import recall_lot
from tests.scene import photo
from traceability import codes, dossier, events, lots, prints, stamps
from traceability.codes import NotReleased
from traceability.dossier import NotComplete, WaiverRefused
from traceability.lots import LotRefused
from traceability.models import CodeRun, LabelPrint, Lot, LotWaiver, StampRange

DAY = dt.date(2026, 11, 5)
REASON = "Rau của hộ, chưa chứng nhận"


@pytest.fixture
def fresh(mien: Any, by: Any) -> Lot:
    """A lot of which nothing was written yet but when it was made."""
    return lots.open_lot(mien.cooperative, mien, made_on=DAY, quantity=12, by=by)


def fill(lot: Lot, by: Any) -> None:
    """Everything but a standard."""
    pictures.add_picture(lot.product, photo(), live=True, by=by)
    events.record(lot, "harvested", occurred_on=DAY, place="Xã Thượng Minh", by=by)
    dossier.set_expiry(lot, dt.date(2027, 11, 5), by=by)


def missing(lot: Lot) -> list[str]:
    lot = Lot.objects.get(pk=lot.pk)
    return [item.key.value for item in dossier.missing(dossier.items_of(lot))]


def test_the_nine_items_are_the_decrees(fresh: Lot) -> None:
    found = dossier.items_of(fresh)

    assert [item.key.value for item in found] == [
        "name", "picture", "maker", "address", "origin", "events", "label", "expiry", "standard",
    ]  # fmt: skip
    assert {item.key.value: item.told for item in found if item.told} == {
        "name": "Miến dong",
        "maker": "HTX Mường Hoa",
        "address": "Xóm Chợ, Xã Thượng Minh, Thái Nguyên",
        "origin": "Xã Thượng Minh, Thái Nguyên",
        "label": "261105-01",
    }


def test_a_lot_with_an_empty_item_is_not_released_and_the_sentence_names_it(fresh: Lot, by: Any) -> None:
    with pytest.raises(NotComplete) as refused:
        dossier.release_lot(fresh, by=by)
    assert str(refused.value) == (
        "Hồ sơ còn thiếu: Hình ảnh, Các việc đã làm, có ngày, Hạn dùng, Tiêu chuẩn áp dụng."
    )
    assert refused.value.details == {"missing": ["picture", "events", "expiry", "standard"]}

    fill(fresh, by)
    assert missing(fresh) == ["standard"]
    dossier.waive(fresh, "standard", reason=REASON, by=by)
    assert dossier.release_lot(fresh, by=by).dossier == "released"
    with pytest.raises(IllegalMove):
        dossier.release_lot(fresh, by=by)
    assert AuditRow.objects.filter(verb="lot.release").count() == 1


@pytest.mark.parametrize(
    "label",
    [
        lambda lot, by: codes.issue_unit_codes(lot, 3, by=by),
        lambda lot, by: prints.ask_for_lot(lot, 3, layout="24", by=by),
        lambda lot, by: stamps.note(lot, provider="In Sao", first="CN-1", last="CN-9", by=by),
    ],
)
def test_nothing_is_stuck_on_goods_before_the_lot_is_released(
    fresh: Lot, by: Any, label: Callable[..., Any]
) -> None:
    with pytest.raises(NotReleased):
        label(fresh, by)
    assert [model.objects.count() for model in (CodeRun, LabelPrint, StampRange)] == [0, 0, 0]

    fill(fresh, by)
    dossier.waive(fresh, "standard", reason=REASON, by=by)
    dossier.release_lot(fresh, by=by)
    label(fresh, by)


def test_a_recalled_lot_is_not_released(fresh: Lot, by: Any) -> None:
    fill(fresh, by)
    dossier.waive(fresh, "standard", reason=REASON, by=by)
    recall_lot(fresh, reason="Lẫn hạt lạ trong gói.", by=by)

    with pytest.raises(LotRefused):
        dossier.release_lot(fresh, by=by)


def test_a_reason_is_signed_and_the_newest_stands(fresh: Lot, by: Any) -> None:
    first = dossier.waive(fresh, "standard", reason=REASON, by=by)
    assert dossier.waive(fresh, "standard", reason=f" {REASON} ", by=by) == first
    dossier.waive(fresh, "standard", reason="Đang làm hồ sơ VietGAP", by=by)

    said = LotWaiver.objects.get()
    assert (said.item, said.reason, said.by_label) == ("standard", "Đang làm hồ sơ VietGAP", "Lan")
    assert AuditRow.objects.filter(verb="lot.waive").count() == 2


@pytest.mark.parametrize(
    ("item", "reason", "field"),
    [
        ("picture", REASON, "item"),
        ("x", REASON, "item"),
        ("expiry", "Ừ", "reason"),
        ("expiry", "a" * 201, "reason"),
    ],
)
def test_what_all_goods_have_cannot_be_left_out(
    fresh: Lot, by: Any, item: str, reason: str, field: str
) -> None:
    with pytest.raises(WaiverRefused) as refused:
        dossier.waive(fresh, item, reason=reason, by=by)

    assert refused.value.field == field
    assert not LotWaiver.objects.exists()


def test_an_expiry_is_written_once(fresh: Lot, by: Any) -> None:
    with pytest.raises(LotRefused):
        dossier.set_expiry(fresh, DAY - dt.timedelta(days=1), by=by)
    dossier.set_expiry(fresh, dt.date(2027, 1, 5), by=by)
    dossier.set_expiry(fresh, dt.date(2027, 1, 5), by=by)
    with pytest.raises(LotRefused):
        dossier.set_expiry(fresh, dt.date(2028, 1, 5), by=by)

    assert Lot.objects.get(pk=fresh.pk).expires_on == dt.date(2027, 1, 5)


def test_a_certificate_in_force_is_the_standard_and_a_lapsed_one_is_not(fresh: Lot, by: Any) -> None:
    paper = {"kind": "standard", "issuer": "Sở NN", "issued_on": dt.date(2024, 1, 1), "by": by}
    lots.add_paper(fresh, title="VietGAP cũ", valid_until=dt.date(2026, 1, 1), **paper)
    assert "standard" in missing(fresh)
    lots.add_paper(fresh, title="VietGAP", valid_until=dt.date(2027, 1, 1), **paper)
    assert dossier.items_of(fresh)[-1].told == "VietGAP"


def test_the_page_behind_a_code_says_whether_all_is_told(client: Client, lot: Lot, by: Any) -> None:
    assert "Chưa đủ. Còn thiếu: Hình ảnh; Các việc đã làm, có ngày; Tiêu chuẩn áp dụng" in " ".join(
        client.get("/Q/2EP9TW83").content.decode().split()
    )
    pictures.add_picture(lot.product, photo(), live=True, by=by)
    events.record(lot, "harvested", occurred_on=DAY, place="Xã Thượng Minh", by=by)
    dossier.waive(lot, "standard", reason=REASON, by=by)
    said = client.get("/Q/2EP9TW83").content.decode()

    assert "Đủ 9 mục theo Nghị định 37/2026, hợp tác xã đã chốt" in said
    assert f"Không áp dụng: {REASON}" in said


def test_a_member_fills_the_dossier_and_releases_the_lot(
    client: Client, fresh: Lot, by: Any, minh: Any
) -> None:
    client.force_login(minh)
    url = f"/quan-ly/htx-muong-hoa/lo/{fresh.pk}/ho-so/"
    assert client.post(url, {"release": "1"}, follow=True).content.decode().count("Hồ sơ còn thiếu") == 1
    fill(fresh, by)
    wrong = client.post(url, {"item": "standard", "reason": ""})
    assert wrong.status_code == 422
    assert client.post(url, {"item": "standard", "reason": REASON}).status_code == 302
    page = client.get(url).content.decode()
    assert "Đã có 9/9 mục" in page
    assert "Minh, " in page
    client.post(url, {"release": "1"})

    assert Lot.objects.get(pk=fresh.pk).dossier == "released"
    assert "Làm tem PDF" in client.get(f"/quan-ly/htx-muong-hoa/lo/{fresh.pk}/ma/").content.decode()


def test_the_form_for_labels_waits_for_the_dossier(client: Client, fresh: Lot, minh: Any) -> None:
    client.force_login(minh)
    url = f"/quan-ly/htx-muong-hoa/lo/{fresh.pk}/"
    assert "Hồ sơ lô chưa chốt" in client.get(f"{url}ma/").content.decode()
    refused = client.post(f"{url}tem/", {"kind": "lot", "count": "3", "layout": "24"})

    assert refused.status_code == 422
    assert not LabelPrint.objects.exists()
    assert factories.make_lot(fresh.product, 2, number="X", code="4HYJE1B1").dossier == "released"
