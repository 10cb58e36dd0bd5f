"""Stock at the desk, by HTTP: the list, one product's ledger, one thing a screen, and a stocktake of many goods."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from catalog import products
from cooperatives import stock
from cooperatives.models import StockMovement, StockRecord
from marketplace.foundation.actor import Actor
from tests import factories
from traceability import lots, stocktake
from traceability.models import Lot

pytestmark = pytest.mark.django_db


def at(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=["htx-muong-hoa", *args])


def text(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def row(product: Any) -> StockRecord:
    return product.stockrecords.get()


@pytest.fixture
def as_minh(client: Client, minh: Any) -> Client:
    client.force_login(minh)
    return client


@pytest.fixture
def noodles(mien: Any) -> Any:
    """Twenty packets of which twelve are of lot 261105-01."""
    factories.make_lot(mien, 12)
    return mien


@pytest.fixture
def lot(noodles: Any) -> Lot:
    return noodles.lots.get()


def test_the_list_shows_what_is_there_held_and_left_and_finds_names_without_marks(
    as_minh: Client, noodles: Any, muong_hoa: Any, ban_khac: Any
) -> None:
    factories.make_product(muong_hoa, "Chè móc câu", stock=0)
    factories.make_product(ban_khac, "Miến của người khác")
    stock.hold({row(noodles).pk: 7})

    page = text(as_minh.get(at("stock")))
    found = text(as_minh.get(at("stock"), {"q": "mien"}))

    assert "Miến dong trong kho 20 khách đã đặt 7 còn bán được 13" in page
    assert "Chè móc câu trong kho 0" in page
    assert "người khác" not in page
    assert ("Miến dong" in found, "Chè móc câu" in found) == (True, False)


def test_a_products_page_is_its_ledger_with_who_why_which_lot_and_what_was_left(
    as_minh: Client, noodles: Any, lot: Lot, lan: Any
) -> None:
    by = Actor.of(lan)
    stocktake.spoil(row(noodles), 2, lot=lot, note="Mốc", by=by)
    stocktake.move(row(noodles), 3, source=None, target=lot, note="Ghi nhầm", by=by)

    page = text(as_minh.get(at("stock_of", noodles.pk)))

    assert re.search(
        r"Chuyển lô · Ghi nhầm 0 Lô 261105-01 \+3 [^·]* · [^·]* · còn 18 · Lan Hỏng · Mốc −2", page
    )
    assert re.search(r"Lô 261105-01 −2 [^·]* · [^·]* · còn 18 · Lan Nhập kho \+20", page)
    assert "Không theo lô 5" in page


@pytest.mark.parametrize(
    ("name", "typed", "said", "kind", "moved"),
    [
        ("stock_add", {"quantity": "1.200"}, "Đã nhập 1.200 gói vào kho.", "made", 1200),
        ("stock_spoil", {"quantity": "3", "note": "Chuột cắn"}, "Đã ghi 3 gói hỏng hoặc mất.", "spoilt", -3),
    ],
)
def test_one_thing_a_screen_and_back_to_the_ledger(
    as_minh: Client,
    noodles: Any,
    lot: Lot,
    name: str,
    typed: dict[str, str],
    said: str,
    kind: str,
    moved: int,
) -> None:
    address = at(name, noodles.pk)
    sent = {**typed, "lot": str(lot.pk), "seen": str(as_minh.get(address).context["seen"])}

    answer = as_minh.post(address, sent, follow=True)
    as_minh.post(address, sent)

    assert (answer.redirect_chain, said in text(answer)) == ([(at("stock_of", noodles.pk), 302)], True)
    movement = StockMovement.objects.latest("pk")
    assert (movement.kind, movement.quantity, movement.by_label) == (kind, moved, "Minh")
    assert (row(noodles).num_in_stock, lots.balance(lot)) == (20 + moved, 12 + moved)


def test_goods_change_lots_on_a_screen_of_their_own(as_minh: Client, noodles: Any, lot: Lot) -> None:
    sent = {"quantity": "8", "source": "0", "target": str(lot.pk), "note": "Nay cho vào lô"}

    assert as_minh.post(at("stock_move", noodles.pk), sent).status_code == 302
    assert (row(noodles).num_in_stock, lots.balance(lot)) == (20, 20)
    too_many = as_minh.post(
        at("stock_move", noodles.pk), {**sent, "source": str(lot.pk), "target": "0"} | {"quantity": "21"}
    )
    assert too_many.context["form"].errors["quantity"] == ["Lô 261105-01 trong sổ chỉ còn 20."]


def test_nobody_is_asked_for_a_lot_where_there_are_none(as_minh: Client, mien: Any) -> None:
    page = as_minh.get(at("stock_spoil", mien.pk))
    answer = as_minh.post(at("stock_spoil", mien.pk), {"quantity": "2", "note": "Vỡ"})

    assert "lot" not in page.context["form"].fields
    assert (answer.status_code, row(mien).num_in_stock) == (302, 18)
    assert as_minh.post(at("stock_move", mien.pk), {"quantity": "2", "note": "Thử"}).status_code == 422


def counted(noodles: Any, lot: Lot, of_lot: str, of_none: str, seen: Any = "", **more: str) -> dict[str, str]:
    key = row(noodles).pk
    return {f"n_{key}_{lot.pk}": of_lot, f"n_{key}_0": of_none, f"seen_{key}": str(seen), "note": "", **more}


def test_a_stocktake_shows_what_differs_before_it_is_written(as_minh: Client, noodles: Any, lot: Lot) -> None:
    seen = as_minh.get(at("stock_take")).context["form"].rows[0]["seen"]
    typed = counted(noodles, lot, "11", "8", seen, note="Cuối tháng")
    before = StockMovement.objects.count()

    preview = as_minh.post(at("stock_take"), typed)

    assert preview.status_code == 200
    assert "Lô 261105-01 −1 sổ ghi 12, đếm được 11" in text(preview)
    assert "1 chỗ khớp." in text(preview)
    assert StockMovement.objects.count() == before
    again = as_minh.post(at("stock_take"), {**typed, "again": "1"})
    assert 'value="11"' in again.content.decode()

    carried = dict(preview.context["carried"])
    written = as_minh.post(at("stock_take"), {**carried, "write": "1"}, follow=True)
    assert "Đã ghi vào sổ: 1 chỗ lệch." in text(written)
    movement = StockMovement.objects.latest("pk")
    assert (movement.kind, movement.quantity, movement.note) == ("counted", -1, "Cuối tháng")
    assert (row(noodles).num_in_stock, lots.balance(lot)) == (19, 11)


def test_a_sale_between_the_count_and_the_button_names_the_goods_and_loses_nothing(
    as_minh: Client, noodles: Any, lot: Lot, muong_hoa: Any, lan: Any
) -> None:
    tea = factories.make_product(muong_hoa, "Chè móc câu", stock=5)
    seen = {one["record"].pk: one["seen"] for one in as_minh.get(at("stock_take")).context["form"].rows}
    noodle_key, tea_key = row(noodles).pk, row(tea).pk
    typed = counted(noodles, lot, "12", "", seen[noodle_key])
    typed |= {f"n_{tea_key}_0": "4", f"seen_{tea_key}": str(seen[tea_key]), "note": "Tôi đếm"}
    stock.hold({noodle_key: 1})
    stock.consume(noodle_key, 1, note="đơn", by=Actor.of(lan))

    for button in ({}, {"write": "1"}):
        answer = as_minh.post(at("stock_take"), {**typed, **button})
        errors = answer.context["form"].errors
        assert (answer.status_code, list(errors)) == (422, [f"n_{noodle_key}_{lot.pk}"])
        page = answer.content.decode()
        assert all(kept in page for kept in ('value="12"', 'value="4"', "Tôi đếm"))
    assert row(tea).num_in_stock == 5

    # The page that came back shows the book as it is now: counted once more, it is written.
    newest = {one["record"].pk: one["seen"] for one in answer.context["form"].rows}
    typed |= {f"seen_{key}": str(value) for key, value in newest.items()}
    assert as_minh.post(at("stock_take"), {**typed, "write": "1"}).status_code == 302
    assert row(tea).num_in_stock == 4


def test_a_stocktake_of_nothing_and_of_another_cooperative_s_goods_writes_nothing(
    as_minh: Client, noodles: Any, ban_khac: Any
) -> None:
    foreign = row(factories.make_product(ban_khac, "Nước mắm", stock=9))

    for typed in ({}, {f"n_{foreign.pk}_0": "1", "seen": ""}):
        answer = as_minh.post(at("stock_take"), {**typed, "write": "1"})
        assert (answer.status_code, "Hãy ghi ít nhất một số đếm được." in text(answer)) == (422, True)
    foreign.refresh_from_db()
    assert foreign.num_in_stock == 9


def test_one_product_is_counted_from_its_own_page(as_minh: Client, noodles: Any, muong_hoa: Any) -> None:
    factories.make_product(muong_hoa, "Chè móc câu")
    link = at("stock_take") + f"?hang={noodles.pk}"

    assert link in as_minh.get(at("stock_of", noodles.pk)).content.decode()
    assert [one["record"].product_id for one in as_minh.get(link).context["form"].rows] == [noodles.pk]


def test_goods_no_longer_sold_are_there_until_the_last_is_gone(
    as_minh: Client, noodles: Any, lot: Lot, lan: Any
) -> None:
    by = Actor.of(lan)
    products.remove(noodles, by=by)

    assert "Miến dong Đã xoá khỏi gian hàng" in text(as_minh.get(at("stock")))
    stocktake.spoil(row(noodles), 12, lot=lot, note="Thôi bán", by=by)
    stocktake.spoil(row(noodles), 8, note="Thôi bán", by=by)

    assert "Miến dong" not in text(as_minh.get(at("stock")))
    assert as_minh.get(at("stock_of", noodles.pk)).status_code == 404


def test_an_empty_lot_is_counted_only_where_somebody_did_or_alone(
    as_minh: Client, noodles: Any, lot: Lot, muong_hoa: Any
) -> None:
    empty = factories.make_lot(noodles, number="261120-01", code="4HYJE1B1", from_stock=False)
    name = f"n_{row(noodles).pk}_{empty.pk}"

    assert name not in as_minh.get(at("stock_take")).context["form"].fields
    assert name in as_minh.get(at("stock_take") + f"?hang={noodles.pk}").context["form"].fields
    assert as_minh.post(at("stock_take"), {name: "4", "write": "1"}).status_code == 302
    assert (lots.balance(empty), row(noodles).num_in_stock) == (4, 24)


def test_many_lots_are_a_list_to_choose_from(as_minh: Client, noodles: Any) -> None:
    for number in range(6):
        factories.make_lot(noodles, number=f"26111{number}-01", code=f"2EP9TW9{number}", from_stock=False)

    page = as_minh.get(at("stock_add", noodles.pk)).content.decode()

    assert '<select name="lot"' in page
