"""The public pages: what a buyer sees, what nobody sees, and what it costs."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import browsing, pictures, search
from catalog.models import Product, ProductImage
from catalog.statuses import ProductStatus
from cooperatives import stalls
from cooperatives.models import PriceWindow, Stall
from marketplace.templatetags.market import moment
from orders.basket import baskets
from tests import factories
from tests.orders import trade

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def shelf(cooperative: Any, number: int, **fields: Any) -> list[Product]:
    made = []
    for place in range(number):
        product = factories.make_product(cooperative, f"Chè số {place}", **fields)
        ProductImage.objects.create(
            product=product, original=f"images/{product.pk}.webp", width=800, height=800
        )
        factories.make_certificate(product)
        search.index(product)
        made.append(product)
    return made


def listed(client: Client, address: str) -> list[str]:
    response = client.get(address, follow=True)
    assert response.status_code == 200
    return [card.name for card in response.context["listing"].cards]


# --- lists ------------------------------------------------------------------------------------------------
@pytest.fixture
def goods(muong_hoa: Any, ban_khac: Any) -> dict[str, Product]:
    tea = factories.make_category("tra-che")
    made = {
        "Chè A": factories.make_product(muong_hoa, "Chè A", price=100_000, category=tea),
        "Chè B": factories.make_product(ban_khac, "Chè B", price=200_000, category=tea, stock=0),
        "Miến C": factories.make_product(ban_khac, "Miến C", price=50_000, season="tháng 1-12"),
    }
    factories.make_certificate(made["Chè A"], stars=3)
    factories.make_certificate(made["Chè B"], stars=5)
    for product in made.values():
        search.index(product)
    return made


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", {"Chè A", "Chè B", "Miến C"}),
        ("?tinh=40", {"Chè B", "Miến C"}),
        ("?sao=3", {"Chè A", "Chè B"}),
        ("?sao=4", {"Chè B"}),
        ("?con=1", {"Chè A", "Miến C"}),
        ("?gia_tu=60000", {"Chè A", "Chè B"}),
        ("?gia_den=100.000", {"Chè A", "Miến C"}),
        ("?gia_tu=60k&gia_den=150k", {"Chè A"}),
        ("?loai=tra-che", {"Chè A", "Chè B"}),
        ("?loai=che-tra-do-uong&tinh=19", {"Chè A"}),
        ("?mua=1", {"Miến C"}),
        ("?sao=5&con=1", set()),
    ],
)
def test_filters_stand_in_the_address(
    client: Client, goods: dict[str, Product], words: str, expected: set[str]
) -> None:
    assert set(listed(client, f"/san-pham/{words}")) == expected


@pytest.mark.parametrize(
    "words",
    [
        "tinh=xx", "tinh=99999999", "sao=9", "sao=-1", "sao=%00", "con=2", "gia_tu=abc", "gia_tu=-5",
        "gia_den=" + "9" * 300, "xep=rm", "trang=0", "trang=-1", "trang=abc", "trang=99999999999999999999",
        "loai=khong-co", "loai=%27%22", "q=%00", "mua=x", "q=" + "a" * 5000, "%ff=%fe",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_as_if_it_were_not_there(
    client: Client, goods: dict[str, Product], words: str
) -> None:
    response = client.get(f"/san-pham/?{words}", follow=True)

    assert response.status_code == 200
    if not words.startswith("q="):
        assert response.context["total"] == 3


def test_lists_are_ordered_as_asked(client: Client, goods: dict[str, Product]) -> None:
    assert listed(client, "/san-pham/") == ["Miến C", "Chè B", "Chè A"]
    assert listed(client, "/san-pham/?xep=gia") == ["Miến C", "Chè A", "Chè B"]
    assert listed(client, "/san-pham/?xep=gia-giam") == ["Chè B", "Chè A", "Miến C"]


def test_empty_words_of_the_form_leave_the_address(client: Client, goods: dict[str, Product]) -> None:
    response = client.get("/san-pham/?tinh=19&sao=&gia_tu=&gia_den=&xep=")

    assert response.status_code == 302
    assert response["Location"] == "/san-pham/?tinh=19"


def test_pages_hold_24_and_keep_the_filters(client: Client, muong_hoa: Any) -> None:
    for number in range(30):
        factories.make_product(muong_hoa, f"Chè {number}")

    first = client.get("/san-pham/?tinh=19")
    last = client.get("/san-pham/?tinh=19&trang=2")

    assert (len(first.context["listing"].cards), len(last.context["listing"].cards)) == (24, 6)
    assert 'href="?tinh=19&amp;trang=2"' in first.content.decode()
    assert len(client.get("/san-pham/?trang=400").context["listing"].cards) == 6


def test_a_kind_shows_what_is_under_it_and_only_that(client: Client, goods: dict[str, Product]) -> None:
    assert set(listed(client, "/danh-muc/che-tra-do-uong/")) == {"Chè A", "Chè B"}
    assert listed(client, "/danh-muc/mien-bun-pho/") == ["Miến C"]
    assert client.get("/danh-muc/khong-co/").status_code == 404


def test_facets_count_what_a_choice_leaves(goods: dict[str, Product]) -> None:
    found = browsing.listing(browsing.Filters.of({"sao": "3"}))

    assert [(facet.label, facet.count) for facet in found.provinces] == [("Nghệ An", 1), ("Thái Nguyên", 1)]
    assert [(facet.value, facet.count) for facet in found.categories] == [("che-tra-do-uong", 2)]


def test_a_lapsed_star_is_neither_filtered_nor_shown(client: Client, muong_hoa: Any) -> None:
    product = factories.make_product(muong_hoa)
    factories.make_certificate(product, issued_on=dt.date(2020, 1, 1), expires_on=dt.date(2023, 1, 1))

    assert listed(client, "/san-pham/?sao=3") == []
    assert "OCOP 4 sao" not in client.get("/san-pham/").content.decode()


def test_a_province_shows_its_goods_and_stalls(client: Client, goods: dict[str, Product]) -> None:
    response = client.get("/tinh/thai-nguyen/")

    assert [card.name for card in response.context["listing"].cards] == ["Chè A"]
    assert [card.slug for card in response.context["stalls"]] == ["htx-muong-hoa"]
    assert client.get("/tinh/khong-co/").status_code == 404
    assert "Thái Nguyên" in client.get("/tinh/").content.decode()


# --- search -----------------------------------------------------------------------------------------------
def test_the_search_page_finds_and_repairs(client: Client, goods: dict[str, Product]) -> None:
    assert listed(client, "/tim/?q=chè") == ["Chè A", "Chè B"]
    page = client.get("/tim/?q=mienn+c")

    assert [card.name for card in page.context["listing"].cards] == ["Miến C"]
    assert "Có phải bạn tìm:" in page.content.decode()


def test_a_search_without_an_answer_leads_on(client: Client, goods: dict[str, Product]) -> None:
    page = client.get("/tim/?q=tủ+lạnh+mật")

    assert page.context["total"] == 0
    text = page.content.decode()
    assert "/danh-muc/mat-ong/" in text
    assert 'href="/san-pham/"' in text


@pytest.mark.parametrize(
    "q", ["", "%00", "%F0%9F%8D%9C", "<script>alert(1)</script>", "a" * 3000, "%27--", "★"]
)
def test_no_search_breaks_the_page(client: Client, goods: dict[str, Product], q: str) -> None:
    response = client.get(f"/tim/?q={q}", follow=True)

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_a_search_can_be_filtered(client: Client, goods: dict[str, Product]) -> None:
    assert listed(client, "/tim/?q=che&tinh=40") == ["Chè B"]
    assert listed(client, "/tim/?q=che&xep=gia-giam") == ["Chè B", "Chè A"]


# --- one product ------------------------------------------------------------------------------------------
@pytest.fixture
def noodles(muong_hoa: Any) -> Product:
    product = factories.make_product(
        muong_hoa, "Miến dong Yến Dương", price=55_000, stock=12, description="Sợi dai.", ingredients="Củ dong riềng.",
        shelf_life="12 tháng", storage="Nơi khô.", age_limit=18, needs_cold=True,
    )  # fmt: skip
    ProductImage.objects.create(
        product=product, original="images/a.webp", width=900, height=900, is_illustration=True,
        renditions={"320": "images/a-320.webp", "640": "images/a-640.webp"},
    )  # fmt: skip
    factories.make_certificate(product, stars=4)
    return product


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode().replace("\xa0", " "))


def test_the_product_page_says_what_the_law_wants_before_ordering(client: Client, noodles: Product) -> None:
    text = text_of(client.get(f"/san-pham/{noodles.slug}/"))

    for words in (
        "55.000 ₫", "110.000 ₫/kg", "Còn 12 gói", "Phí gửi 30.000 ₫, miễn phí từ 500.000 ₫", "HTX Mường Hoa",
        "Xóm Chợ, Xã Thượng Minh, Thái Nguyên", "0208000000", "Củ dong riềng.", "12 tháng", "2361/QĐ-BNNMT",
        "UBND tỉnh Thái Nguyên", "26/06/2028", "Ảnh minh hoạ", "Chỉ bán cho người từ 18 tuổi.", "giữ lạnh",
        'action="/gio-hang/them/"', f'name="product" value="{noodles.pk}"',
    ):  # fmt: skip
        assert words in text, words


def test_what_search_engines_read_is_sound(client: Client, noodles: Product, settings: Any) -> None:
    settings.MARKET_URL = "https://cho.example"
    Product.objects.filter(pk=noodles.pk).update(title="Miến </script><b>dong")

    text = client.get(f"/san-pham/{noodles.slug}/").content.decode()

    blocks = [
        json.loads(block) for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    ]
    offer = blocks[0]["offers"]
    assert (offer["price"], offer["priceCurrency"], offer["availability"]) == (
        55000,
        "VND",
        "https://schema.org/InStock",
    )
    assert blocks[0]["name"] == "Miến </script><b>dong"
    assert f'<link rel="canonical" href="https://cho.example/san-pham/{noodles.slug}/">' in text
    assert 'property="og:image" content="https://cho.example/media/images/a-640.webp"' in text


@pytest.mark.parametrize("status", [s for s in ProductStatus.values if s != ProductStatus.APPROVED])
def test_what_is_not_approved_is_not_there(client: Client, muong_hoa: Any, status: str) -> None:
    product = factories.make_product(muong_hoa, status=status)

    assert client.get(f"/san-pham/{product.slug}/").status_code == 404


def test_the_bin_and_a_suspended_stall_hide_a_product(client: Client, noodles: Product) -> None:
    Stall.objects.update(status="suspended")
    assert client.get(f"/san-pham/{noodles.slug}/").status_code == 404
    assert listed(client, "/san-pham/") == []
    Stall.objects.update(status="open")
    Product.objects.update(removed_at=timezone.now())
    assert client.get(f"/san-pham/{noodles.slug}/").status_code == 404


def test_a_stall_on_holiday_shows_the_page_but_sells_nothing(client: Client, noodles: Product) -> None:
    Stall.objects.update(status="closed")

    text = text_of(client.get(f"/san-pham/{noodles.slug}/"))

    assert "Gian hàng đang tạm nghỉ" in text
    assert "/gio-hang/them/" not in text


def test_what_is_sold_out_says_so(client: Client, muong_hoa: Any) -> None:
    product = factories.make_product(muong_hoa, stock=0)

    text = text_of(client.get(f"/san-pham/{product.slug}/"))

    assert "Hết hàng" in text
    assert "/gio-hang/them/" not in text


@pytest.mark.parametrize("was", [50_000, None])
def test_a_special_price_shows_until_when_and_only_a_real_old_one(
    client: Client, noodles: Product, was: int | None
) -> None:
    """The regular price is 55.000 ₫ and stands nowhere; without an old price nothing is struck out anywhere."""
    window = PriceWindow.objects.create(
        stock_record=noodles.stockrecords.get(), price=Decimal(45_000), old_price=was, by_label="Lan",
        starts_at=timezone.now() - dt.timedelta(hours=1), ends_at=timezone.now() + dt.timedelta(hours=1),
    )  # fmt: skip

    text = text_of(client.get(f"/san-pham/{noodles.slug}/"))

    assert f"Giá ưu đãi đến {moment(window.ends_at)}." in text
    assert "90.000 ₫/kg" in text
    client.cookies[baskets.COOKIE] = signing.dumps(trade.fill((Product.objects.get(), 1)).pk, salt="basket")
    for page in (text, text_of(client.get("/san-pham/")), text_of(client.get("/gio-hang/"))):
        assert "45.000 ₫" in page
        assert ">55.000 ₫" not in page
        assert ("50.000 ₫</s>" in page) is (was is not None)
        assert ("giá trước" in page) is (was is not None)


def test_the_english_address_answers_too(client: Client, noodles: Product) -> None:
    assert client.get(f"/en/san-pham/{noodles.slug}/").status_code == 200


# --- front, maps ------------------------------------------------------------------------------------------
def test_the_front_page_lets_cooperatives_take_turns(muong_hoa: Any, ban_khac: Any) -> None:
    for cooperative, number in ((ban_khac, 1), (muong_hoa, 9)):
        shelf(cooperative, number)

    front = browsing.front(stalls.all_versions(), most=4)

    assert [card.seller_id for card in front.fresh].count(ban_khac.pk) == 1
    assert len(front.fresh) == 4
    assert {card.slug for card in front.stalls} == {"htx-muong-hoa", "htx-ban-khac"}
    assert {card.slug: card.goods for card in front.stalls}["htx-muong-hoa"] == 9


def test_an_empty_market_still_says_something(client: Client, db: None) -> None:
    assert "Phiên chợ sắp mở" in client.get("/").content.decode()


def test_the_map_for_robots_names_public_pages_only(
    client: Client, goods: dict[str, Product], muong_hoa: Any
) -> None:
    hidden = factories.make_product(muong_hoa, status=ProductStatus.SUBMITTED)

    text = client.get("/sitemap.xml").content.decode()

    assert f"/san-pham/{goods['Chè A'].slug}/</loc>" in text
    assert "/gian-hang/htx-muong-hoa/" in text
    assert hidden.slug not in text
    assert "Sitemap: " in client.get("/robots.txt").content.decode()


# --- cost -------------------------------------------------------------------------------------------------
def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for query in seen)


PAGES = [
    "/", "/san-pham/", "/danh-muc/mien-bun-pho/", "/tim/?q=che", "/tim/?q=chee", "/tinh/thai-nguyen/", "/danh-muc/",
    "/tinh/", "/gian-hang/htx-muong-hoa/",
]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_a_list_costs_the_same_for_5_and_50_goods(client: Client, muong_hoa: Any, address: str) -> None:
    shelf(muong_hoa, 5)
    client.get(address)
    few = queries(client, address)

    shelf(muong_hoa, 45)
    client.get(address)  # the vocabulary of the repair is read once per change
    many = queries(client, address)

    assert few == many
    assert many <= MOST_QUERIES


@pytest.mark.parametrize("address", [*PAGES, "product"])
def test_with_three_things_in_the_basket_and_signed_in_it_is_at_most_12(
    client: Client, muong_hoa: Any, ha: Any, address: str
) -> None:
    goods = shelf(muong_hoa, 8)
    client.force_login(ha)
    for product in goods[:3]:
        client.post("/gio-hang/them/", {"product": product.pk, "quantity": 1})
    address = f"/san-pham/{goods[0].slug}/" if address == "product" else address
    client.get(address)

    assert queries(client, address) <= MOST_QUERIES


def test_cards_use_light_pictures(client: Client, muong_hoa: Any, by_lan: Any) -> None:
    from marketplace.foundation import outbox
    from tests.catalog.conftest import photo

    product = factories.make_product(muong_hoa)
    pictures.add_picture(product, photo((1200, 1200)), live=True, by=by_lan)
    outbox.drain()

    assert "-320.webp" in client.get("/san-pham/").content.decode()
