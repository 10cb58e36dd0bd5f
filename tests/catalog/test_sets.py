"""A cooperative puts a set together: choosing parts, changing them on the shelf, and what everybody then sees."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog import changes, moderation, pictures, products, sets
from catalog.browsing import Filters
from catalog.models import Product
from cooperatives.models import SetPart
from cooperatives.sets import WrongSet
from cooperatives.stock import SetHasNoStock
from marketplace.foundation.actor import Actor
from tests.factories import make_category, make_certificate, make_product, make_set
from traceability import lots

from .conftest import photo

pytestmark = pytest.mark.django_db
SLUG = "htx-muong-hoa"


def at(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=[SLUG, *args])


@pytest.fixture
def shop_keeper(client: Client, lan: Any) -> Client:
    client.force_login(lan)
    return client


@pytest.fixture
def noodles(muong_hoa: Any) -> Product:
    return make_product(muong_hoa, "Miến dong", price=55000, stock=20)


@pytest.fixture
def tea(muong_hoa: Any) -> Product:
    return make_product(muong_hoa, "Trà", price=60000, stock=7, needs_cold=True, age_limit=None)


@pytest.fixture
def box(draft: Product, by_lan: Actor) -> Product:
    """A draft with a price that has nothing in stock."""
    products.set_price_and_stock(draft, price=150000, in_stock=0, by=by_lan)
    return draft


def inside(product: Product) -> dict[str, int]:
    rows = SetPart.objects.filter(whole__product=product).order_by("pk")
    return dict(rows.values_list("part__product__title", "units"))


def body(*rows: tuple[Product | None, Any], **more: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {"rows": len(rows)}
    for place, (product, units) in enumerate(rows):
        sent |= {f"part_{place}": product.pk if product else "", f"units_{place}": units}
    return sent | more


def test_a_set_is_put_together_row_by_row_and_shows_what_limits_it(
    shop_keeper: Client, box: Product, noodles: Product, tea: Product
) -> None:
    url = at("product_parts", box.pk)

    more = shop_keeper.post(url, body((noodles, 2), (None, ""), more="1"))
    assert (more.status_code, more.content.decode().count("<select")) == (200, 5)
    assert inside(box) == {}
    assert shop_keeper.post(url, body((noodles, 2), (tea, 1))).status_code == 302

    assert inside(box) == {"Miến dong": 2, "Trà": 1}
    box.refresh_from_db()
    assert box.needs_cold
    page = " ".join(shop_keeper.get(url).content.decode().split())
    for words in ("170.000 ₫", "150.000 ₫", "7 bộ", "Hết trước: Trà.", "đủ 10 bộ"):
        assert words in page
    assert shop_keeper.get(at("product_step", box.pk, "kho")).url == url
    assert shop_keeper.get(at("stock_of", box.pk)).url == url
    assert "Miến dong" in shop_keeper.get(at("product_step", box.pk, "xong")).content.decode()


def test_rows_that_make_no_set_come_back_with_what_was_typed(
    shop_keeper: Client, box: Product, noodles: Product, tea: Product
) -> None:
    for rows, why in (
        ([(noodles, "")], "Hãy ghi số đơn vị của món này."),
        ([(None, 2)], "Hãy chọn món, hoặc xoá số này."),
        ([(noodles, 1), (noodles, 1)], "Món này đã có ở dòng trên."),
        ([(tea, 1)], "Một bộ phải có ít nhất hai món"),
        ([(box, 2)], "Hãy chọn một món trong danh sách."),
        ([(None, "")], "Hãy chọn các món trong bộ."),
    ):
        answer = shop_keeper.post(at("product_parts", box.pk), body(*rows))
        assert (answer.status_code, why in answer.content.decode()) == (422, True), why
    assert inside(box) == {}


def test_goods_with_stock_or_without_a_price_make_no_set_yet(
    shop_keeper: Client, draft: Product, noodles: Product, muong_hoa: Any
) -> None:
    answer = shop_keeper.post(at("product_parts", draft.pk), body((noodles, 2)))
    assert (answer.status_code, "đang có số trong kho" in answer.content.decode()) == (422, True)

    unpriced = Product.objects.create(
        cooperative=muong_hoa, slug="chua-gia", title="Chưa giá", status="draft"
    )
    answer = shop_keeper.get(at("product_parts", unpriced.pk))
    assert answer.url == at("product_step", unpriced.pk, "gia")


def test_parts_of_a_set_on_the_shelf_wait_for_an_officer(
    shop_keeper: Client, muong_hoa: Any, noodles: Product, tea: Product, by_quyen: Actor
) -> None:
    box = make_set(muong_hoa, {noodles: 2})
    assert shop_keeper.post(at("product_parts", box.pk), body((noodles, 1), (tea, 1))).status_code == 302

    assert inside(box) == {"Miến dong": 2}  # buyers still get the old one
    change = changes.open_change(box)
    [row] = changes.diff(change)
    assert (row.label, row.old, row.new) == ("Các món trong bộ", "2 × Miến dong", "1 × Miến dong\n1 × Trà")
    assert changes.labels(change) == ["Các món trong bộ"]

    changes.approve(change, by=by_quyen)
    assert inside(box) == {"Miến dong": 1, "Trà": 1}
    with pytest.raises(changes.NothingToChange):
        changes.propose(box, {}, parts={noodles.pk: 1, tea.pk: 1}, by=by_quyen)


def test_a_change_whose_parts_no_longer_make_a_set_is_not_approved(
    muong_hoa: Any, noodles: Product, tea: Product, by_lan: Actor, by_quyen: Actor
) -> None:
    box = make_set(muong_hoa, {noodles: 2})
    change = changes.propose(box, {"title": "Hộp quà Xuân"}, parts={tea.pk: 2}, by=by_lan)
    products.remove(tea, by=by_lan)

    with pytest.raises(WrongSet, match="chỉ chọn hàng đang bán"):
        changes.approve(change, by=by_quyen)

    box.refresh_from_db()
    assert (box.title, inside(box)) == ("Hộp quà Tết", {"Miến dong": 2})


def test_the_page_of_a_set_names_its_parts_with_their_stars(
    client: Client, muong_hoa: Any, noodles: Product, tea: Product, by_quyen: Actor
) -> None:
    make_certificate(tea, stars=4)
    box = make_set(muong_hoa, {noodles: 2, tea: 1})
    url = reverse("shop:product", args=[box.slug])

    page = client.get(url).content.decode()
    assert "Trong bộ có" in page
    assert "Còn 7 hộp" in page
    assert reverse("shop:product", args=[noodles.slug]) in page
    listed = page[page.index("Trong bộ có") :]
    assert "OCOP 4" in listed[: listed.index("</section>")]

    moderation.suspend(noodles, reason="Nhãn sai.", by=by_quyen)
    page = client.get(url).content.decode()
    assert "Trong bộ có món đang tạm ngưng bán." in page
    assert "Hết hàng" in page
    assert reverse("shop:product", args=[noodles.slug]) not in page


def test_other_goods_ask_no_question_more_because_there_are_sets(
    client: Client, muong_hoa: Any, noodles: Product
) -> None:
    def asked(product: Product) -> int:
        url = reverse("shop:product", args=[product.slug])
        client.get(url)
        with CaptureQueriesContext(connection) as told:
            client.get(url)
        return len(told)

    before = asked(noodles)
    box = make_set(muong_hoa, {noodles: 2})
    assert (asked(noodles), asked(box)) == (before, before + 2)


def test_lists_and_filters_know_a_set_by_its_parts(
    client: Client, shop_keeper: Client, muong_hoa: Any, noodles: Product, tea: Product
) -> None:
    kind = make_category()
    make_set(muong_hoa, {noodles: 2, tea: 1}, "Hộp còn", category=kind)
    make_set(muong_hoa, {tea: 8}, "Hộp hết", category=kind)

    assert Filters.of({"con": "1"}).in_stock
    shelf = client.get(reverse("shop:products") + "?con=1").content.decode()
    assert ("Hộp còn" in shelf, "Hộp hết" in shelf) == (True, False)
    low = shop_keeper.get(at("products") + "?loc=het").content.decode()
    assert ("Hộp còn" in low, "Hộp hết" in low) == (False, True)
    assert "Hộp hết" in shop_keeper.get(at("today")).content.decode()
    assert "Hộp" not in shop_keeper.get(at("stock")).content.decode()


def test_a_set_has_no_stock_no_lot_and_no_scales(
    muong_hoa: Any, noodles: Product, by_lan: Actor, shop_keeper: Client
) -> None:
    box = make_set(muong_hoa, {noodles: 2})

    with pytest.raises(SetHasNoStock):
        products.set_price_and_stock(box, in_stock=5, by=by_lan)
    for product in (box, noodles):
        with pytest.raises(WrongSet, match="không tính tiền theo cân"):
            products.set_price_and_stock(product, is_weighed=True, by=by_lan)
    with pytest.raises(lots.LotRefused, match="Bộ không có lô riêng"):
        lots.open_lot(muong_hoa, box, made_on=dt.date(2026, 1, 5), by=by_lan)
    answer = shop_keeper.post(at("stock_add", box.pk), {"quantity": "5", "lot": ""})
    assert (answer.status_code, "không có kho riêng" in answer.content.decode()) == (422, True)
    assert not box.stockrecords.get().movements.exists()


def test_the_officer_reads_what_is_in_a_set(
    client: Client, quyen: Any, box: Product, noodles: Product, by_lan: Actor
) -> None:
    sets.compose(box, {noodles.pk: 3}, by=by_lan)
    pictures.add_picture(box, photo((640, 480), colour="#22aa55"), live=True, by=by_lan)
    moderation.submit(box, by=by_lan)

    client.force_login(quyen)
    page = client.get(reverse("review:product", args=[box.pk])).content.decode()
    assert "Trong bộ có" in page
    assert "lấy từ kho của các món" in page
    with pytest.raises(products.NotEditable):
        sets.compose(box, {noodles.pk: 2}, by=by_lan)
    assert inside(box) == {"Miến dong": 3}
