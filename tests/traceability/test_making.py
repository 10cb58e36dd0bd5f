from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from cooperatives import stock
from cooperatives.models import StockMovement
from tests import factories
from tests.factories import recall_lot
from traceability import codes, drift, epcis, epcis_export, events, lots, making
from traceability.events import EventRefused
from traceability.lots import LotRefused
from traceability.models import Lot, LotInput

DAY = dt.date(2026, 11, 20)


@pytest.fixture
def tea(muong_hoa: Any) -> Any:
    return factories.make_product(muong_hoa, "Trà gói", stock=0, unit="hộp")


def make(lot: Lot, inputs: dict[Lot, int], product: Any, quantity: int, by: Any, **more: Any) -> Lot:
    said = {"made_on": DAY, "place": "Xưởng hợp tác xã", "by": by, **more}
    units = {one.pk: n for one, n in inputs.items()}
    return making.make_lot(lot.cooperative, units, product, quantity=quantity, **said)


def in_stock(product: Any) -> int:
    return int(product.stockrecords.get().num_in_stock)


def test_goods_are_made_into_other_goods(lot: Lot, mien: Any, tea: Any, by: Any) -> None:
    made = make(lot, {lot: 12}, tea, 3, by, expires_on=dt.date(2028, 1, 1))

    assert (lots.balance(lot), lots.balance(made)) == (8, 3)
    assert (in_stock(mien), in_stock(tea)) == (8, 3)
    assert (made.number, made.expires_on, made.dossier) == ("261120-01", dt.date(2028, 1, 1), "gathering")
    [event] = made.events.all()
    assert (event.kind, event.quantity, event.note) == ("made_from", "3 hộp", "Từ lô 261105-01 (12)")
    assert drift.of_shares() == drift.of_lots() == []


def test_a_part_set_apart_expires_no_later_and_holds_no_more(lot: Lot, mien: Any, by: Any) -> None:
    with pytest.raises(LotRefused):
        make(lot, {lot: 5}, mien, 6, by)
    made = make(lot, {lot: 5}, mien, 5, by, expires_on=dt.date(2030, 1, 1))

    assert made.expires_on == lot.expires_on
    assert (lots.balance(lot), lots.balance(made), in_stock(mien)) == (15, 5, 20)


def test_all_that_was_made_of_a_lot_is_found_over_several_steps(
    lot: Lot, mien: Any, tea: Any, by: Any
) -> None:
    part = make(lot, {lot: 10}, mien, 10, by)
    packed = make(part, {part: 5}, tea, 2, by)
    mixed = make(lot, {lot: 2, packed: 1}, tea, 1, by)

    assert making.made_of_any([lot]) == [part, packed, mixed]
    assert making.made_of_any([packed]) == [mixed]
    recall_lot(mixed, reason="Lẫn hạt lạ trong gói.", by=by)
    assert making.made_of_any([lot, part]) == [packed]
    assert making.made_of_any([mixed]) == []


def test_two_lots_are_mixed(lot: Lot, mien: Any, by: Any) -> None:
    part = make(lot, {lot: 10}, mien, 10, by)
    mixed = make(lot, {lot: 4, part: 6}, mien, 9, by)

    assert [lots.balance(one) for one in (lot, part, mixed)] == [6, 4, 9]
    assert in_stock(mien) == 19
    assert [(step.number, step.goods) for step in making.steps_of(mixed)[0]] == [
        ("261105-01", "Miến dong"),
        ("261120-01", "Miến dong"),
    ]
    assert [step.number for step in making.steps_of(part)[1]] == ["261120-02"]


def test_no_more_is_used_than_is_left_or_free_of_orders(lot: Lot, mien: Any, tea: Any, by: Any) -> None:
    for units in (21, 0):
        with pytest.raises((stock.NotEnoughStock, LotRefused)):
            make(lot, {lot: units} if units else {}, tea, 1, by)
    stock.hold({mien.stockrecords.get().pk: 15})
    with pytest.raises(stock.NotEnoughStock, match="đơn đang giữ hàng"):
        make(lot, {lot: 6}, tea, 1, by)
    assert (lots.balance(lot), in_stock(tea), Lot.objects.count()) == (20, 0, 1)

    # The same goods under another number are still there for the orders.
    assert lots.balance(make(lot, {lot: 20}, mien, 20, by)) == 20


@pytest.mark.parametrize("wrong", ["recalled", "expired", "foreign", "too many"])
def test_nothing_is_made_of_a_lot_that_may_not_be_sold(
    lot: Lot, tea: Any, by: Any, ban_khac: Any, wrong: str
) -> None:
    inputs = {lot: 1}
    if wrong == "recalled":
        recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)
    elif wrong == "expired":
        Lot.objects.update(expires_on=DAY - dt.timedelta(days=1))
    elif wrong == "foreign":
        inputs = {factories.make_lot(factories.make_product(ban_khac), code="4HYJE1B1"): 1}
    else:
        inputs = {Lot(pk=key): 1 for key in range(1, 10)}
    before = StockMovement.objects.count()

    with pytest.raises(LotRefused):
        make(lot, inputs, tea, 1, by)
    assert (StockMovement.objects.count(), LotInput.objects.count()) == (before, 0)


def test_the_form_sent_twice_makes_one_lot(lot: Lot, tea: Any, by: Any) -> None:
    form = uuid.uuid4()
    assert make(lot, {lot: 2}, tea, 1, by, event_id=form) == make(lot, {lot: 2}, tea, 1, by, event_id=form)
    assert lots.balance(lot) == 18


def test_what_the_ledger_stands_behind_is_not_written_by_hand(lot: Lot, tea: Any, by: Any) -> None:
    with pytest.raises(EventRefused):
        events.record(lot, "made_from", occurred_on=DAY, place="Xưởng", by=by)
    [event] = make(lot, {lot: 2}, tea, 1, by).events.all()
    with pytest.raises(EventRefused):
        events.correct(event, kind="packed", occurred_on=DAY, place="Xưởng", by=by)


def test_the_pages_walk_one_step_back_and_one_forward(client: Client, lot: Lot, tea: Any, by: Any) -> None:
    made = make(lot, {lot: 2}, tea, 1, by)
    there = codes.lot_code(made)
    back, forth = (client.get(f"/Q/{code}").content.decode() for code in (there, "2EP9TW83"))

    assert 'href="/Q/2EP9TW83">261105-01</a>' in back
    assert f'href="/Q/{there}">261120-01</a> <span class="small">Trà gói</span>' in forth
    recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)
    assert "Bị thu hồi" in client.get(f"/Q/{there}").content.decode()


def test_epcis_tells_one_transformation_in_both_lots(lot: Lot, tea: Any, by: Any, settings: Any) -> None:
    settings.MARKET_URL = "https://cho.vn"
    made = make(lot, {lot: 2}, tea, 1, by)
    documents = [epcis_export.of_lot(one) for one in (lot, made)]

    assert [epcis.problems(document) for document in documents] == [[], []]
    [event] = documents[0]["epcisBody"]["eventList"]
    assert [event] == documents[1]["epcisBody"]["eventList"]
    assert (event["type"], event["bizStep"]) == ("TransformationEvent", "commissioning")
    assert event["inputQuantityList"] == [{"epcClass": "https://cho.vn/Q/2EP9TW83", "quantity": 2}]
    assert event["outputQuantityList"] == [{"epcClass": f"https://cho.vn/Q/{codes.lot_code(made)}"}]
    assert "action" not in event


def test_a_member_makes_a_lot_at_the_desk(client: Client, lot: Lot, tea: Any, minh: Any) -> None:
    client.force_login(minh)
    url = f"/quan-ly/htx-muong-hoa/lo/{lot.pk}/lam-tiep/"
    said = {"event_id": str(uuid.uuid4()), "product": tea.pk, "quantity": "3", "made_on": "2026-11-20"}
    assert "Lô 261105-01, Miến dong: dùng bao nhiêu?" in client.get(url).content.decode()
    refused = client.post(url, {**said, "place": "Xưởng", f"n_{lot.pk}": "30"})
    assert refused.status_code == 422
    assert "chỉ còn 20" in refused.content.decode()
    made = client.post(url, {**said, "place": "Xưởng", f"n_{lot.pk}": "12"}, follow=True).content.decode()

    assert "Đã làm lô 261120-01" in made
    assert "Làm từ lô" in made
