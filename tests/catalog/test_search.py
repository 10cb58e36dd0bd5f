"""Search with and without marks, ranked, repaired, and unbreakable."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from django.db import connection

from catalog import browsing, moderation, products, search
from catalog.browsing import Filters, Listing
from catalog.models import Product, ProductSearch
from cooperatives import stalls
from marketplace.foundation.actor import Actor
from tests import factories

pytestmark = pytest.mark.django_db


def stock_up(cooperative: Any, *names: str, **fields: Any) -> list[Product]:
    made = [factories.make_product(cooperative, name, **fields) for name in names]
    for product in made:
        search.index(product)
    return made


@pytest.fixture
def shelf(muong_hoa: Any) -> dict[str, Product]:
    names = (
        "Miến dong Yến Dương", "Trà đinh Tân Cương", "Mật ong rừng", "Mắt ong nướng", "Đông trùng hạ thảo",
        "Thịt trâu gác bếp", "Cà phê robusta",
    )  # fmt: skip
    return dict(zip(names, stock_up(muong_hoa, *names), strict=True))


def find(q: str, page: int = 1) -> Listing:
    return browsing.listing(Filters.of({"q": q, "trang": str(page)}))


def names(q: str) -> list[str]:
    return [card.name for card in find(q).cards]


@pytest.mark.parametrize(
    "q",
    [
        "mien dong", "miến dong", "MIEN DONG", "  Miến   DONG ", unicodedata.normalize("NFD", "miến dong"),
        "dong mien", "mie don", "miendong", "miến dong,", "yenduong", "miendongyenduong",
    ],
)  # fmt: skip
def test_every_way_of_writing_finds_the_noodles(shelf: dict[str, Product], q: str) -> None:
    assert "Miến dong Yến Dương" in names(q)


def test_the_letter_d_with_a_bar_is_a_d(shelf: dict[str, Product]) -> None:
    assert names("dong trung ha thao") == names("ĐÔNG TRÙNG") == ["Đông trùng hạ thảo"]


def test_exact_marks_come_first(shelf: dict[str, Product]) -> None:
    assert names("mật ong")[0] == "Mật ong rừng"
    assert names("mắt ong")[0] == "Mắt ong nướng"
    assert set(names("mat ong")) == {"Mật ong rừng", "Mắt ong nướng"}


def test_a_name_that_begins_with_the_words_beats_one_that_holds_them(muong_hoa: Any) -> None:
    stock_up(muong_hoa, "Chè lam", "Bánh chè lam")

    assert names("che lam") == ["Chè lam", "Bánh chè lam"]


def test_what_is_sold_out_comes_after_what_is_there(muong_hoa: Any) -> None:
    stock_up(muong_hoa, "Măng khô A", stock=5)
    stock_up(muong_hoa, "Măng khô B", stock=0)

    assert names("mang kho") == ["Măng khô A", "Măng khô B"]


def test_the_stall_the_place_and_the_kind_are_searched_too(muong_hoa: Any) -> None:
    stock_up(muong_hoa, "Gói A")

    assert names("muong hoa") == names("thái nguyên") == names("phở") == ["Gói A"]


@pytest.mark.parametrize(
    ("typed", "meant", "first"),
    [
        ("mien dogn", "miến dong", "Miến dong Yến Dương"),
        ("tra dinh tan cuog", "trà đinh tân cương", "Trà đinh Tân Cương"),
        ("ca phe robusat", "cà phê robusta", "Cà phê robusta"),
        ("thit traau", "thịt trâu", "Thịt trâu gác bếp"),
        ("mien ding", "miến dong", "Miến dong Yến Dương"),
    ],
)
def test_a_slip_is_repaired_and_said(shelf: dict[str, Product], typed: str, meant: str, first: str) -> None:
    found = find(typed)

    assert found.repaired == meant
    assert found.cards[0].name == first


def test_no_repair_when_there_are_hits_or_nothing_is_near(shelf: dict[str, Product]) -> None:
    assert find("mien dong").repaired is None
    assert find("xylophone").repaired is None
    assert find("xylophone").total == 0


def test_the_vocabulary_follows_the_shelf(shelf: dict[str, Product], muong_hoa: Any) -> None:
    assert find("khoia so").repaired is None
    stock_up(muong_hoa, "Khoai sọ")

    assert find("khoia so").repaired == "khoai sọ"


@pytest.mark.parametrize(
    "q",
    [
        "", " ", "\x00", "\x00\x00mien\x00", "%", "_", "*", '"', "' OR 1=1 --", "a" * 100_000, "mien " * 5000,
        "NEAR(", "AND", "mien AND", "-", ":*", "!&|", "\\", "🍜", "\ud800", "٣", "norm:mien", "{body}: x",
    ],
)  # fmt: skip
def test_no_query_breaks_it(shelf: dict[str, Product], q: str) -> None:
    found = find(q)

    assert found.total >= len(found.cards) >= 0


def test_nul_in_a_query_is_as_if_it_were_not_there(shelf: dict[str, Product]) -> None:
    assert names("mi\x00en dong")[0] == "Miến dong Yến Dương"


def test_only_what_is_on_sale_is_found(draft: Product, by_lan: Actor, by_quyen: Actor) -> None:
    assert names("miến dong") == []
    moderation.submit(draft, by=by_lan)
    moderation.approve(draft, by=by_quyen)
    assert names("miến dong") == ["Miến dong Yến Dương"]

    stalls.close_stall(draft.cooperative.stall, by=by_lan)
    assert names("miến dong") == []


def test_the_index_follows_deletion_and_change(muong_hoa: Any) -> None:
    (product,) = stock_up(muong_hoa, "Hạt sen")
    Product.objects.filter(pk=product.pk).update(title="Củ sen")
    product.refresh_from_db()
    search.index(product)
    assert (names("hat sen"), names("cu sen")) == ([], ["Củ sen"])

    ProductSearch.objects.all().delete()
    stalls.touch(muong_hoa.pk)
    assert names("cu sen") == []

    assert search.reindex() == 1
    assert names("cu sen") == ["Củ sen"]


def test_the_index_can_be_taken_down_and_put_up_again(muong_hoa: Any) -> None:
    stock_up(muong_hoa, "Hạt sen")
    connection.check_constraints()  # PostgreSQL changes no table while foreign keys are still to be checked
    with connection.cursor() as cursor:
        for statement in (*search.backend().uninstall(), *search.backend().install()):
            cursor.execute(statement)

    assert names("hat sen") == ["Hạt sen"]


def test_a_product_leaves_the_index_with_the_bin(draft: Product, by_lan: Actor, by_quyen: Actor) -> None:
    moderation.submit(draft, by=by_lan)
    moderation.approve(draft, by=by_quyen)

    products.remove(draft, by=by_lan)

    assert not ProductSearch.objects.exists()


def test_pages_do_not_overlap(muong_hoa: Any) -> None:
    stock_up(muong_hoa, *(f"Chè số {number}" for number in range(27)))

    first, second = find("che"), find("che", page=2)

    assert (first.total, len(first.cards), len(second.cards)) == (27, 24, 3)
    assert not {card.product_id for card in first.cards} & {card.product_id for card in second.cards}


def test_near_categories_share_a_word(db: None) -> None:
    assert [c.slug for c in search.near_categories(search.Query.of("mật gì đó"))] == [
        "mat-ong-thao-duoc",
        "mat-ong",
    ]
    assert search.near_categories(search.Query.of("xe máy")) == []
    assert [c.slug for c in search.near_categories(search.Query.of("may tre"))] == ["may-tre-dan"]
