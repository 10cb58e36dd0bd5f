"""Drafts, prices, what is missing."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest

from catalog import moderation, products
from catalog.models import Product
from catalog.statuses import ProductStatus
from cooperatives import prices, stock
from cooperatives.models import PriceChange, StockMovement, StockRecord
from marketplace.accounts.models import AuditRow
from marketplace.foundation.actor import Actor
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_same_key_begins_one_draft(muong_hoa: Any, by_lan: Actor) -> None:
    key = uuid.uuid4()

    first = products.start_draft(muong_hoa, draft_key=key, by=by_lan)
    again = products.start_draft(muong_hoa, draft_key=key, by=by_lan)

    assert first.pk == again.pk
    assert first.status == ProductStatus.DRAFT
    assert AuditRow.objects.filter(verb="product.start").count() == 1


def test_two_cooperatives_may_use_one_key(muong_hoa: Any, ban_khac: Any, by_lan: Actor) -> None:
    key = uuid.uuid4()

    first = products.start_draft(muong_hoa, draft_key=key, by=by_lan)
    other = products.start_draft(ban_khac, draft_key=key, by=by_lan)

    assert first.pk != other.pk


def test_a_draft_takes_fields_one_by_one_and_reads_the_content(draft: Product) -> None:
    assert draft.title == "Miến dong Yến Dương"
    assert draft.slug == "mien-dong-yen-duong"
    assert (draft.net_grams, draft.net_ml) == (500, None)


def test_text_comes_in_clean(draft: Product, by_lan: Actor) -> None:
    products.edit_draft(
        draft, {"title": " Mie\u0302\u0301n\x00  dong ", "usage": "Ngâm.\r\n\r\n\r\nNấu."}, by=by_lan
    )

    draft.refresh_from_db()
    assert draft.title == "Miến dong"
    assert draft.usage == "Ngâm.\n\nNấu."


def test_a_taken_address_gets_the_id(draft: Product, muong_hoa: Any, by_lan: Actor) -> None:
    other = products.start_draft(muong_hoa, draft_key=uuid.uuid4(), by=by_lan)

    products.edit_draft(other, {"name": "Mien dong yen duong"}, by=by_lan)

    other.refresh_from_db()
    assert other.slug == f"mien-dong-yen-duong-{other.pk}"


def test_a_name_of_signs_still_gets_an_address(draft: Product, by_lan: Actor) -> None:
    products.edit_draft(draft, {"name": "★★★"}, by=by_lan)

    draft.refresh_from_db()
    assert draft.slug == "hang"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "a" * 256}, "title"),
        ({"category": 999999}, "category"),
        ({"category": "x"}, "category"),
        ({"net_grams": -1}, "net_grams"),
        ({"age_limit": "mười tám"}, "age_limit"),
        ({"vat_rate": "NaN"}, "vat_rate"),
        ({"usage": "a" * 5001}, "usage"),
        ({"status": "approved"}, "status"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(
    draft: Product, by_lan: Actor, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(products.WrongValue) as refused:
        products.edit_draft(draft, fields, by=by_lan)

    assert refused.value.field == field
    before = draft.title, draft.status
    draft.refresh_from_db()
    assert (draft.title, draft.status) == before


@pytest.mark.parametrize(
    "status",
    [ProductStatus.SUBMITTED, ProductStatus.APPROVED, ProductStatus.REFUSED, ProductStatus.SUSPENDED],
)
def test_only_drafts_and_what_was_sent_back_are_edited(muong_hoa: Any, by_lan: Actor, status: str) -> None:
    product = factories.make_product(muong_hoa, status=status)

    with pytest.raises(products.NotEditable):
        products.edit_draft(product, {"name": "Khác"}, by=by_lan)


def test_the_first_price_makes_the_record_and_is_remembered(draft: Product) -> None:
    record = StockRecord.objects.get(product=draft)

    assert (record.price, record.num_in_stock, record.unit_grams) == (Decimal(55000), 12, 500)
    assert list(record.price_changes.values_list("old_price", "new_price")) == [(None, Decimal(55000))]
    assert list(record.movements.values_list("kind", "quantity")) == [("made", 12)]


def test_a_later_price_and_count_are_live_at_once(muong_hoa: Any, by_lan: Actor) -> None:
    product = factories.make_product(muong_hoa, price=55000, stock=20)

    record = products.set_price_and_stock(product, price=60000, in_stock=15, by=by_lan)

    assert (record.price, record.num_in_stock) == (Decimal(60000), 15)
    assert PriceChange.objects.get().old_price == Decimal(55000)
    assert sum(StockMovement.objects.values_list("quantity", flat=True)) == 15
    product.refresh_from_db()
    assert (product.status, product.version) == (ProductStatus.APPROVED, 2)


@pytest.mark.parametrize("price", [0, -1, Decimal("0.5"), 10**11])
def test_a_first_price_must_be_whole_and_above_zero(muong_hoa: Any, by_lan: Actor, price: Any) -> None:
    product = products.start_draft(muong_hoa, draft_key=uuid.uuid4(), by=by_lan)

    with pytest.raises(prices.WrongPrice):
        products.set_price_and_stock(product, price=price, in_stock=5, by=by_lan)

    assert not StockRecord.objects.exists()


def test_stock_without_a_price_is_refused(muong_hoa: Any, by_lan: Actor) -> None:
    product = products.start_draft(muong_hoa, draft_key=uuid.uuid4(), by=by_lan)

    with pytest.raises(products.PriceMissing):
        products.set_price_and_stock(product, in_stock=5, by=by_lan)


def test_a_refused_stock_leaves_the_price_as_it_was(muong_hoa: Any, by_lan: Actor) -> None:
    product = factories.make_product(muong_hoa, price=55000)

    with pytest.raises(stock.WrongQuantity):
        products.set_price_and_stock(product, price=60000, in_stock=-1, by=by_lan)

    assert StockRecord.objects.get().price == Decimal(55000)
    assert not PriceChange.objects.exists()


def test_a_fresh_draft_lacks_everything_in_plain_words(muong_hoa: Any, by_lan: Actor) -> None:
    product = products.start_draft(muong_hoa, draft_key=uuid.uuid4(), by=by_lan)

    assert list(products.missing_to_submit(product)) == [
        "title", "picture", "category", "price", "net_quantity", "origin",
    ]  # fmt: skip
    assert products.missing_fields(product)[:2] == ["tên hàng", "ít nhất một ảnh"]


def test_food_and_crafts_lack_different_labels(draft: Product, muong_hoa: Any) -> None:
    crafts = factories.make_product(muong_hoa, "Khay tre", category=factories.make_category("may-tre-dan"))
    wine = factories.make_product(muong_hoa, "Rượu", category=factories.make_category("ruou"))

    assert list(products.missing_on_label(draft)) == [
        "maker", "ingredients", "shelf_life", "storage", "warnings",
    ]  # fmt: skip
    assert list(products.missing_on_label(crafts)) == ["maker", "usage"]
    assert "age_limit" in products.missing_on_label(wine)


def test_the_bin_takes_a_product_off_the_shelf_and_keeps_it(
    draft: Product, by_lan: Actor, by_quyen: Actor
) -> None:
    moderation.submit(draft, by=by_lan)
    moderation.approve(draft, by=by_quyen)

    products.remove(draft, by=by_lan)
    products.remove(draft, by=by_lan)

    assert not Product.objects.on_sale().exists()
    assert Product.objects.count() == 1
    assert AuditRow.objects.filter(verb="product.remove").count() == 1
    with pytest.raises(products.NotEditable):
        products.edit_draft(draft, {"name": "Khác"}, by=by_lan)
