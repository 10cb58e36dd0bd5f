"""A cooperative writes its goods: one question a screen, from a photo to "gửi duyệt", and what comes after."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog import changes, moderation, ocop, pictures, products
from catalog.models import OcopCertificate, Product, ProductChange, ProductImage
from catalog.statuses import CertificateStatus, ChangeStatus, ProductStatus
from cooperatives import papers, stock
from cooperatives.models import Paper
from marketplace.accounts.models import AuditRow
from marketplace.foundation.actor import Actor
from tests import factories

from .conftest import photo

pytestmark = pytest.mark.django_db
SLUG = "htx-muong-hoa"


def at(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=[SLUG, *args])


def text_of(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def shop_keeper(client: Client, lan: Any) -> Client:
    client.force_login(lan)
    return client


@pytest.fixture
def noodles(muong_hoa: Any, by_lan: Actor) -> Product:
    """On the shelf, 20 packets, one picture."""
    product = factories.make_product(
        muong_hoa, "Miến dong", maker="HTX Mường Hoa", description="Tráng bằng tay."
    )
    pictures.add_picture(product, photo(), live=True, by=by_lan)
    return product


# --- the list ---------------------------------------------------------------------------------------------
def test_the_list_shows_price_stock_state_and_what_is_missing(
    shop_keeper: Client, muong_hoa: Any, noodles: Product, by_lan: Actor
) -> None:
    stock.spoil(noodles.stock, 17, by=by_lan)
    begun = products.start_draft(muong_hoa, draft_key=uuid.uuid4(), by=by_lan)
    products.edit_draft(begun, {"name": "Trà mạn"}, by=by_lan)
    products.remove(factories.make_product(muong_hoa, "Hàng đã xoá"), by=by_lan)

    page = text_of(shop_keeper.get(at("products")))

    assert "55.000\xa0₫" in page
    assert "Còn 3 gói" in page
    assert "Sắp hết" in page
    assert "Còn thiếu: ít nhất một ảnh, loại hàng, giá bán" in page
    assert at("product_price", noodles.pk) in page
    assert "Hàng đã xoá" not in page


def test_the_list_filters_by_state_and_finds_names_without_marks(
    shop_keeper: Client, muong_hoa: Any, noodles: Product
) -> None:
    tea = factories.make_product(muong_hoa, "Chè Tân Cương", status=ProductStatus.SUBMITTED)

    names = {
        query: {row["product"].pk for row in shop_keeper.get(at("products") + query).context["rows"]}
        for query in ("", "?loc=ban", "?loc=cho", "?loc=khong-co", "?q=mien%20DONG", "?q=%00che", "?q=la")
    }

    both = {noodles.pk, tea.pk}
    assert names == {
        "": both, "?loc=ban": {noodles.pk}, "?loc=cho": {tea.pk}, "?loc=khong-co": both,
        "?q=mien%20DONG": {noodles.pk}, "?q=%00che": {tea.pk}, "?q=la": set(),
    }  # fmt: skip


def test_an_empty_list_leads_to_the_first_product(shop_keeper: Client) -> None:
    page = text_of(shop_keeper.get(at("products")))

    assert "Chưa có mặt hàng nào" in page
    assert at("product_add") in page


def test_the_list_asks_as_many_queries_for_50_products_as_for_5(shop_keeper: Client, muong_hoa: Any) -> None:
    for number in range(5):
        factories.make_product(muong_hoa, f"Hàng {number}")
    shop_keeper.get(at("products"))  # content types and the like
    with CaptureQueriesContext(connection) as few:
        shop_keeper.get(at("products"))
    for number in range(45):
        status = ProductStatus.DRAFT if number % 2 else ProductStatus.APPROVED
        factories.make_product(muong_hoa, f"Hàng thêm {number}", status=status)
    with CaptureQueriesContext(connection) as many:
        shop_keeper.get(at("products"))

    assert len(few) == len(many)


# --- who may ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    [
        "products",
        "product_add",
        "product",
        "product_price",
        "certificate",
        "product_step",
        "product_autosave",
    ],
)
def test_strangers_get_404_packers_403_and_guests_are_sent_to_sign_in(
    client: Client, noodles: Product, tuan: Any, ha: Any, minh: Any, name: str
) -> None:
    args = {"products": [], "product_add": []}.get(name, [noodles.pk])
    address = at(name, *args, *(["ten"] if name in ("product_step", "product_autosave") else []))
    ask = client.post if name == "product_autosave" else client.get
    answers = [ask(address).status_code]
    for person in (tuan, ha, minh):
        client.force_login(person)
        answers.append(ask(address).status_code)

    assert answers == [302, 404, 404, 403]


def test_another_cooperatives_product_is_not_found_at_the_own_desk(
    client: Client, tuan: Any, noodles: Product
) -> None:
    client.force_login(tuan)

    for name, *more in (("product",), ("product_price",), ("certificate",), ("product_step", "ten")):
        assert (
            client.get(reverse(f"desk:{name}", args=["htx-ban-khac", noodles.pk, *more])).status_code == 404
        )


def test_an_absurd_number_is_not_found(shop_keeper: Client) -> None:
    assert shop_keeper.get(at("product", 10**30)).status_code == 404
    assert shop_keeper.get(at("product_step", 10**30, "ten")).status_code == 404


def test_a_seller_may_and_a_packer_changes_no_price(
    client: Client, muong_hoa: Any, minh: Any, noodles: Product
) -> None:
    seller = factories.make_user("Sao")
    factories.make_member(muong_hoa, seller, "seller")

    client.force_login(minh)
    assert client.post(at("product_price", noodles.pk), {"price": "1"}).status_code == 403
    client.force_login(seller)
    assert client.post(at("product_price", noodles.pk), {"price": "60.000"}).status_code == 302

    assert noodles.stockrecords.get().price == 60_000


# --- the wizard -------------------------------------------------------------------------------------------
def test_from_a_photo_to_sent_in_one_question_a_screen(shop_keeper: Client, muong_hoa: Any) -> None:
    kind = factories.make_category("mien-bun-pho")
    key = str(shop_keeper.get(at("product_add")).context["draft_key"])

    answer = shop_keeper.post(at("product_add"), {"draft_key": key, "image": photo()})
    product = muong_hoa.products.get()
    assert answer.url == at("product_step", product.pk, "ten")
    assert "Bước 2/8" in text_of(shop_keeper.get(answer.url))
    said = [
        ("ten", {"title": "Miến dong Yến Dương", "description": "Tráng tay, phơi nắng."}, "loai"),
        ("loai", {"category": str(kind.pk)}, "gia"),
        ("gia", {"price": "55k", "unit": "gói", "net_quantity": "500 g"}, "kho"),
        ("kho", {"in_stock": "1.200"}, "noi"),
        ("noi", {"origin": "Xã Thượng Minh, Thái Nguyên", "maker": "HTX Mường Hoa"}, "nhan"),
        ("nhan", {"ingredients": "100% bột dong riềng", "shelf_life": "12 tháng", "vat_rate": "5"}, "xong"),
    ]
    for step, fields, after in said:
        assert shop_keeper.get(at("product_step", product.pk, step)).status_code == 200
        answer = shop_keeper.post(at("product_step", product.pk, step), fields)
        assert (answer.status_code, answer.url) == (302, at("product_step", product.pk, after)), step
    summary = text_of(shop_keeper.get(answer.url))
    answer = shop_keeper.post(answer.url)

    product.refresh_from_db()
    assert answer.url == at("product", product.pk)
    assert "110.000\xa0₫/kg" in summary
    assert product.status == ProductStatus.SUBMITTED
    assert (product.title, product.slug, product.category) == (
        "Miến dong Yến Dương",
        "mien-dong-yen-duong",
        kind,
    )
    assert (product.net_grams, product.vat_rate, product.ingredients) == (
        500,
        Decimal(5),
        "100% bột dong riềng",
    )
    record = product.stockrecords.get()
    assert (record.price, record.num_in_stock, record.movements.get().kind) == (55_000, 1200, "made")
    assert "Đã gửi duyệt." in text_of(shop_keeper.get(answer.url))


def test_place_and_maker_are_offered_as_the_cooperative_s_own(
    shop_keeper: Client, muong_hoa: Any, draft: Product
) -> None:
    products.edit_draft(draft, {"origin": "", "maker": ""}, by=Actor.system("kịch bản"))

    page = text_of(shop_keeper.get(at("product_step", draft.pk, "noi")))

    assert 'value="Xã Thượng Minh, Thái Nguyên"' in page
    assert 'value="HTX Mường Hoa, Xóm Chợ, Xã Thượng Minh, Thái Nguyên"' in page


def test_the_photo_sent_twice_begins_one_draft_with_one_picture(shop_keeper: Client, muong_hoa: Any) -> None:
    key = str(uuid.uuid4())

    answers = [
        shop_keeper.post(at("product_add"), {"draft_key": key, "image": photo()}).url for _ in range(2)
    ]

    assert len(set(answers)) == 1
    assert muong_hoa.products.get().images.count() == 1


def test_a_product_may_begin_without_a_photo_and_says_so_at_the_end(
    shop_keeper: Client, muong_hoa: Any
) -> None:
    shop_keeper.post(at("product_add"), {"draft_key": str(uuid.uuid4()), "skip": "1"})
    product = muong_hoa.products.get()

    refused = shop_keeper.post(at("product_step", product.pk, "xong"))

    assert refused.status_code == 422
    assert "Còn thiếu: tên hàng, ít nhất một ảnh" in text_of(refused)
    product.refresh_from_db()
    assert product.status == ProductStatus.DRAFT


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Hãy chụp hoặc chọn một ảnh."),
        ({"image": SimpleUploadedFile("a.jpg", b"khong phai anh")}, "Không mở được ảnh này."),
        ({"image": SimpleUploadedFile("a.jpg", b"")}, "Tệp này trống."),
    ],
)
def test_a_photo_that_cannot_be_read_begins_nothing(
    shop_keeper: Client, muong_hoa: Any, sent: dict[str, Any], sentence: str
) -> None:
    answer = shop_keeper.post(at("product_add"), {"draft_key": str(uuid.uuid4()), **sent})

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not muong_hoa.products.exists()


def test_a_broken_key_gets_a_new_one(shop_keeper: Client, muong_hoa: Any) -> None:
    answer = shop_keeper.post(at("product_add"), {"draft_key": "x\x00", "skip": "1"})

    assert answer.status_code == 422
    assert isinstance(answer.context["draft_key"], uuid.UUID)
    assert not muong_hoa.products.exists()


def test_the_key_of_a_product_in_the_bin_is_refused_and_replaced(
    shop_keeper: Client, muong_hoa: Any, by_lan: Actor
) -> None:
    key = uuid.uuid4()
    products.remove(products.start_draft(muong_hoa, draft_key=key, by=by_lan), by=by_lan)

    answer = shop_keeper.post(at("product_add"), {"draft_key": str(key), "image": photo()})

    assert answer.status_code == 422
    assert "Hàng này đã bị xoá." in text_of(answer)
    assert answer.context["draft_key"] != key
    assert not ProductImage.objects.exists()


def test_a_draft_is_taken_up_where_something_is_missing(
    shop_keeper: Client, muong_hoa: Any, by_lan: Actor
) -> None:
    product = products.start_draft(muong_hoa, draft_key=uuid.uuid4(), by=by_lan)
    pictures.add_picture(product, photo(), live=True, by=by_lan)
    assert shop_keeper.get(at("product", product.pk)).url == at("product_step", product.pk, "ten")

    products.edit_draft(product, {"name": "Trà", "category": factories.make_category()}, by=by_lan)

    assert shop_keeper.get(at("product", product.pk)).url == at("product_step", product.pk, "gia")


def test_a_draft_that_lacks_nothing_is_taken_up_at_the_end(
    shop_keeper: Client, draft: Product, by_lan: Actor
) -> None:
    label = dict.fromkeys(("maker", "ingredients", "shelf_life", "storage", "warnings"), "Có.")
    products.edit_draft(draft, label, by=by_lan)

    assert shop_keeper.get(at("product", draft.pk)).url == at("product_step", draft.pk, "xong")


@pytest.mark.parametrize(
    ("step", "fields", "field", "kept"),
    [
        ("ten", {"title": "", "description": "Phơi nắng trên nương."}, "title", "Phơi nắng trên nương."),
        ("ten", {"title": "a" * 200}, "title", "a" * 200),
        ("loai", {"category": "999999"}, "category", ""),
        ("loai", {"category": "' OR 1"}, "category", ""),
        ("gia", {"price": "rẻ", "unit": "gói", "net_quantity": "nửa cân"}, "price", "nửa cân"),
        ("gia", {"price": "0", "unit": "gói", "net_quantity": "1 kg"}, "price", "1 kg"),
        ("gia", {"price": "9" * 40, "unit": "gói", "net_quantity": "1 kg"}, "price", "1 kg"),
        ("gia", {"price": "5000", "unit": "tấn vàng", "net_quantity": "1 kg"}, "unit", "5000"),
        ("kho", {"in_stock": "nhiều"}, "in_stock", "nhiều"),
        ("kho", {"in_stock": "-3"}, "in_stock", "-3"),
        ("kho", {"in_stock": "9" * 30}, "in_stock", "9" * 12),
        ("noi", {"origin": "", "season": "mùa thu"}, "origin", "mùa thu"),
        ("nhan", {"ingredients": "x" * 5001, "storage": "Nơi khô."}, "ingredients", "Nơi khô."),
        ("nhan", {"vat_rate": "abc", "storage": "Nơi khô."}, "vat_rate", "Nơi khô."),
    ],
)
def test_a_wrong_answer_stays_with_a_sentence_beside_it(
    shop_keeper: Client, draft: Product, step: str, fields: dict[str, str], field: str, kept: str
) -> None:
    before = Product.objects.filter(pk=draft.pk).values().get()

    answer = shop_keeper.post(at("product_step", draft.pk, step), fields)

    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert kept in text_of(answer)
    assert Product.objects.filter(pk=draft.pk).values().get() == before
    assert (draft.stockrecords.get().price, draft.stockrecords.get().num_in_stock) == (55_000, 12)


def test_text_is_kept_clean(shop_keeper: Client, draft: Product) -> None:
    name = unicodedata.normalize("NFD", "Miến  dong\x00 Bắc Kạn")

    shop_keeper.post(at("product_step", draft.pk, "ten"), {"title": name})

    draft.refresh_from_db()
    assert draft.title == "Miến dong Bắc Kạn"


def test_stock_waits_for_a_price(shop_keeper: Client, muong_hoa: Any, by_lan: Actor) -> None:
    product = products.start_draft(muong_hoa, draft_key=uuid.uuid4(), by=by_lan)

    answer = shop_keeper.post(at("product_step", product.pk, "kho"), {"in_stock": "5"})

    assert answer.status_code == 422
    assert "Hãy ghi giá bán trước khi ghi số lượng." in text_of(answer)


def test_grams_typed_by_hand_stay_and_read_ones_follow_the_words(shop_keeper: Client, draft: Product) -> None:
    def say(**fields: str) -> tuple[int | None, int | None]:
        shop_keeper.post(at("product_step", draft.pk, "gia"), {"price": "55000", "unit": "gói", **fields})
        draft.refresh_from_db()
        return draft.net_grams, draft.net_ml

    assert say(net_quantity="1 bộ 3 gói", net_grams="750") == (750, None)
    assert shop_keeper.get(at("product_step", draft.pk, "gia")).context["form"].initial["net_grams"] == 750
    assert say(net_quantity="2 kg") == (2000, None)
    assert shop_keeper.get(at("product_step", draft.pk, "gia")).context["form"].initial["net_grams"] is None
    assert say(net_quantity="1 lít") == (None, 1000)


def test_from_the_summary_an_answer_leads_back_to_it(shop_keeper: Client, draft: Product) -> None:
    answer = shop_keeper.post(at("product_step", draft.pk, "ten") + "?ve=xong", {"title": "Miến"})

    assert answer.url == at("product_step", draft.pk, "xong")


def test_sent_in_twice_is_sent_in_once(shop_keeper: Client, draft: Product) -> None:
    answers = [shop_keeper.post(at("product_step", draft.pk, "xong")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert AuditRow.objects.filter(verb="product.submit").count() == 1


def test_what_waits_cannot_be_edited_and_what_was_typed_is_kept(
    shop_keeper: Client, draft: Product, by_lan: Actor
) -> None:
    moderation.submit(draft, by=by_lan)

    seen = shop_keeper.get(at("product_step", draft.pk, "ten"))
    answer = shop_keeper.post(at("product_step", draft.pk, "ten"), {"title": "Tên gõ dở"})
    picture = shop_keeper.post(at("product_step", draft.pk, "anh"), {"image": photo()})

    assert seen.url == at("product", draft.pk)
    assert (answer.status_code, picture.status_code) == (422, 422)
    assert "Tên gõ dở" in text_of(answer)
    assert "không sửa thẳng được" in text_of(answer)
    draft.refresh_from_db()
    assert (draft.title, draft.images.count()) == ("Miến dong Yến Dương", 1)


def test_what_was_sent_back_says_why_and_is_sent_again(
    shop_keeper: Client, draft: Product, by_lan: Actor, by_quyen: Actor
) -> None:
    moderation.submit(draft, by=by_lan)
    moderation.ask_for_changes(draft, reason="Ảnh mờ, xin chụp lại.", by=by_quyen)

    page = text_of(shop_keeper.get(at("product", draft.pk)))
    shop_keeper.post(at("product_step", draft.pk, "xong"))

    assert "Ảnh mờ, xin chụp lại." in page
    draft.refresh_from_db()
    assert draft.status == ProductStatus.SUBMITTED


def test_an_unknown_screen_is_not_found(shop_keeper: Client, draft: Product) -> None:
    assert shop_keeper.get(at("product_step", draft.pk, "khac")).status_code == 404


# --- kept while typing ------------------------------------------------------------------------------------
def test_words_are_kept_while_they_are_typed(shop_keeper: Client, draft: Product) -> None:
    address = at("product_autosave", draft.pk, "ten")

    answer = shop_keeper.post(address, {"title": "Miến dong Bắc Kạn"})
    again = shop_keeper.post(address, {"title": "Miến dong Bắc Kạn"})

    assert (answer.status_code, list(answer.json())) == (200, ["saved"])
    assert len(answer.json()["saved"]) == 5
    assert again.status_code == 200
    draft.refresh_from_db()
    assert draft.title == "Miến dong Bắc Kạn"
    edits = AuditRow.objects.filter(verb="product.edit", object_id=str(draft.pk))
    assert edits.count() == 2  # the fixture's and one more


def test_a_field_that_is_empty_or_not_sent_yet_is_no_fault(shop_keeper: Client, draft: Product) -> None:
    assert (
        shop_keeper.post(at("product_autosave", draft.pk, "ten"), {"description": "Ngon."}).status_code == 200
    )
    assert shop_keeper.post(at("product_autosave", draft.pk, "loai"), {"category": ""}).status_code == 200
    assert shop_keeper.post(at("product_autosave", draft.pk, "noi"), {}).status_code == 200

    draft.refresh_from_db()
    assert (draft.title, draft.description) == ("Miến dong Yến Dương", "Ngon.")
    assert draft.category.slug == "mien-bun-pho"


def test_a_wrong_value_is_told_and_nothing_is_written(shop_keeper: Client, draft: Product) -> None:
    answer = shop_keeper.post(
        at("product_autosave", draft.pk, "ten"), {"title": "b" * 500, "description": "Mới."}
    )

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["title"]
    draft.refresh_from_db()
    assert draft.description == ""


def test_prices_and_counts_are_not_kept_halfway(shop_keeper: Client, draft: Product) -> None:
    assert shop_keeper.post(at("product_autosave", draft.pk, "gia"), {"price": "5"}).status_code == 404
    assert shop_keeper.post(at("product_autosave", draft.pk, "kho"), {"in_stock": "1"}).status_code == 404


def test_nothing_is_kept_of_what_waits_or_is_on_the_shelf(shop_keeper: Client, noodles: Product) -> None:
    answer = shop_keeper.post(at("product_autosave", noodles.pk, "ten"), {"title": "Tên khác"})

    assert answer.status_code == 422
    noodles.refresh_from_db()
    assert noodles.title == "Miến dong"
    assert not ProductChange.objects.exists()


# --- pictures ---------------------------------------------------------------------------------------------
def test_pictures_are_added_once_and_taken_away(shop_keeper: Client, draft: Product) -> None:
    address = at("product_step", draft.pk, "anh")
    newest = shop_keeper.get(address).context["form"].initial["newest"]

    for _ in range(2):
        shop_keeper.post(address, {"image": photo(colour="green"), "newest": str(newest)})
    assert draft.images.count() == 2

    shop_keeper.post(address, {"action": "remove", "image": str(newest)})
    shop_keeper.post(address, {"action": "remove", "image": "x\x00"})
    assert draft.images.count() == 1


def test_the_last_picture_of_a_product_on_the_shelf_stays(shop_keeper: Client, noodles: Product) -> None:
    image = noodles.images.get()

    answer = shop_keeper.post(
        at("product_step", noodles.pk, "anh"), {"action": "remove", "image": str(image.pk)}, follow=True
    )

    assert "Hàng đang bán cần ít nhất một ảnh." in text_of(answer)
    assert noodles.images.count() == 1


# --- on the shelf -----------------------------------------------------------------------------------------
def test_an_edit_of_a_product_on_the_shelf_waits_and_can_be_withdrawn(
    shop_keeper: Client, noodles: Product
) -> None:
    answer = shop_keeper.post(
        at("product_step", noodles.pk, "ten"), {"title": "Miến dong đỏ", "description": "Tráng bằng tay."}
    )

    noodles.refresh_from_db()
    change = noodles.changes.get()
    page = text_of(shop_keeper.get(answer.url))
    assert (answer.url, noodles.title) == (at("product", noodles.pk), "Miến dong")
    assert change.values == {"title": {"old": "Miến dong", "new": "Miến dong đỏ"}}
    assert "Chờ duyệt" in page
    assert "Miến dong đỏ" in page
    assert 'value="Miến dong đỏ"' in text_of(shop_keeper.get(at("product_step", noodles.pk, "ten")))

    shop_keeper.post(at("product", noodles.pk), {"action": "withdraw"})
    twice = shop_keeper.post(at("product", noodles.pk), {"action": "withdraw"}, follow=True)

    change.refresh_from_db()
    assert change.status == ChangeStatus.WITHDRAWN
    assert "Không còn thay đổi nào đang chờ." in text_of(twice)


def test_an_edit_that_changes_nothing_is_told(shop_keeper: Client, noodles: Product) -> None:
    answer = shop_keeper.post(
        at("product_step", noodles.pk, "ten"), {"title": "Miến dong", "description": "Tráng bằng tay."}
    )

    assert answer.status_code == 422
    assert "Chưa có gì khác với bản đang bán." in text_of(answer)
    assert not ProductChange.objects.exists()


def test_a_new_picture_waits_and_replaces_the_one_that_waited(shop_keeper: Client, noodles: Product) -> None:
    address = at("product_step", noodles.pk, "anh")
    shop_keeper.post(address, {"image": photo(colour="green")})
    first = noodles.changes.get().image

    shop_keeper.post(address, {"image": photo(colour="blue")})

    change = noodles.changes.get()
    assert change.image != first
    assert noodles.images.filter(is_live=False).get() == change.image
    assert noodles.images.filter(is_live=True).count() == 1

    shop_keeper.post(at("product", noodles.pk), {"action": "withdraw"})
    assert noodles.images.count() == 1


def test_the_price_is_not_asked_for_among_the_edits_that_wait(shop_keeper: Client, noodles: Product) -> None:
    address = at("product_step", noodles.pk, "gia")

    assert 'name="price"' not in text_of(shop_keeper.get(address))
    shop_keeper.post(address, {"price": "1", "unit": "hộp", "net_quantity": "500 g"})

    assert noodles.stockrecords.get().price == 55_000
    assert noodles.changes.get().values == {"unit": {"old": "gói", "new": "hộp"}}
    assert shop_keeper.get(at("product_step", noodles.pk, "kho")).url == at("stock_of", noodles.pk)


def test_a_product_goes_to_the_bin_and_is_gone_from_the_desk(shop_keeper: Client, noodles: Product) -> None:
    answer = shop_keeper.post(at("product", noodles.pk), {"action": "remove"}, follow=True)

    assert "Đã xoá “Miến dong”." in text_of(answer)
    assert shop_keeper.get(at("product", noodles.pk)).status_code == 404
    noodles.refresh_from_db()
    assert noodles.removed_at


def test_an_unknown_action_changes_nothing(shop_keeper: Client, noodles: Product) -> None:
    assert shop_keeper.post(at("product", noodles.pk), {"action": "\x00"}).status_code == 302

    noodles.refresh_from_db()
    assert (noodles.status, noodles.removed_at) == (ProductStatus.APPROVED, None)


def test_the_page_shows_why_a_change_was_refused(
    shop_keeper: Client, noodles: Product, by_lan: Actor, by_quyen: Actor
) -> None:
    changes.refuse(
        changes.propose(noodles, {"name": "Miến thần"}, by=by_lan), reason="Tên sai sự thật.", by=by_quyen
    )

    assert "Tên sai sự thật." in text_of(shop_keeper.get(at("product", noodles.pk)))


# --- price ------------------------------------------------------------------------------------------------
def test_a_new_price_is_live_at_once_and_stock_stays(shop_keeper: Client, noodles: Product) -> None:
    answer = shop_keeper.post(
        at("product_price", noodles.pk), {"price": "60.000", "in_stock": "0"}, follow=True
    )

    record = noodles.stockrecords.get()
    assert "Đã lưu. Khách thấy ngay." in text_of(answer)
    assert (record.price, record.num_in_stock) == (60_000, 20)


@pytest.mark.parametrize("price", ["", "-1", "0", "ba", "1" * 30])
def test_a_wrong_price_changes_nothing(shop_keeper: Client, noodles: Product, price: str) -> None:
    answer = shop_keeper.post(at("product_price", noodles.pk), {"price": price})

    assert answer.status_code == 422
    assert answer.context["form"].errors["price"]
    assert noodles.stockrecords.get().price == 55_000


# --- OCOP -------------------------------------------------------------------------------------------------
PAPER = {
    "stars": "4",
    "decision_number": "2361/QĐ-UBND",
    "issuer": "UBND tỉnh Thái Nguyên",
    "issuer_level": "province",
    "issued_on": "26/06/2025",
}


def test_a_certificate_is_filed_with_36_months_when_no_end_is_given(
    shop_keeper: Client, noodles: Product
) -> None:
    answer = shop_keeper.post(at("certificate", noodles.pk), {**PAPER, "paper": photo()})

    filed = noodles.ocop_certificates.get()
    assert answer.url == at("product", noodles.pk)
    assert (filed.stars, filed.status) == (4, CertificateStatus.WAITING)
    assert (filed.issued_on, filed.expires_on) == (dt.date(2025, 6, 26), dt.date(2028, 6, 26))
    assert filed.paper.cooperative == noodles.cooperative
    assert noodles.star is None
    assert "Chờ đối chiếu" in text_of(shop_keeper.get(answer.url))


def test_a_scan_that_came_with_a_wrong_form_need_not_be_sent_again(
    shop_keeper: Client, noodles: Product
) -> None:
    address = at("certificate", noodles.pk)

    wrong = shop_keeper.post(address, {**PAPER, "stars": "", "paper": photo()})
    kept = Paper.objects.get()
    right = shop_keeper.post(address, {**PAPER, "kept": str(kept.pk)})

    assert wrong.status_code == 422
    assert f'name="kept" value="{kept.pk}"' in text_of(wrong)
    assert "2361/QĐ-UBND" in text_of(wrong)
    assert right.status_code == 302
    assert noodles.ocop_certificates.get().paper == kept


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"paper": None}, "paper"),
        ({"paper": SimpleUploadedFile("a.pdf", b"<html>")}, "paper"),
        ({"stars": "6"}, "stars"),
        ({"stars": "abc"}, "stars"),
        ({"decision_number": "\x00"}, "decision_number"),
        ({"decision_number": "9" * 61}, "decision_number"),
        ({"issuer": ""}, "issuer"),
        ({"issuer_level": "hanh-tinh"}, "issuer_level"),
        ({"issued_on": "31/02/2025"}, "issued_on"),
        ({"issued_on": "01/01/2016"}, "issued_on"),
        ({"issued_on": "01/01/2090"}, "issued_on"),
        ({"expires_on": "01/01/2025"}, "expires_on"),
        ({"group": "vũ-trụ"}, "group"),
    ],
)
def test_a_wrong_certificate_is_told_beside_the_field(
    shop_keeper: Client, noodles: Product, fields: dict[str, Any], field: str
) -> None:
    sent = {name: value for name, value in {**PAPER, "paper": photo(), **fields}.items() if value is not None}

    answer = shop_keeper.post(at("certificate", noodles.pk), sent)

    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not OcopCertificate.objects.exists()


def test_another_cooperatives_scan_is_not_taken(
    shop_keeper: Client, noodles: Product, ban_khac: Any, by_lan: Actor
) -> None:
    theirs = papers.keep(photo(), kind="ocop", cooperative=ban_khac, by=by_lan)

    answer = shop_keeper.post(at("certificate", noodles.pk), {**PAPER, "kept": str(theirs.pk)})

    assert answer.status_code == 422
    assert not OcopCertificate.objects.exists()


def test_a_certificate_that_was_sent_back_is_corrected(
    shop_keeper: Client, noodles: Product, by_quyen: Actor
) -> None:
    shop_keeper.post(at("certificate", noodles.pk), {**PAPER, "paper": photo()})
    ocop.ask_for_changes(noodles.ocop_certificates.get(), reason="Số quyết định chưa khớp.", by=by_quyen)

    page = text_of(shop_keeper.get(at("certificate", noodles.pk)))
    shop_keeper.post(at("certificate", noodles.pk), {**PAPER, "decision_number": "2362/QĐ-UBND"})

    filed = noodles.ocop_certificates.get()
    assert "Số quyết định chưa khớp." in page
    assert 'value="2361/QĐ-UBND"' in page
    assert (filed.decision_number, filed.status) == ("2362/QĐ-UBND", CertificateStatus.WAITING)
    assert filed.paper is not None
