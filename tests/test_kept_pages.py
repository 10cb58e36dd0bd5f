"""What a process keeps never lies: after every change each public page is what a fresh process would say.

Pages are asked before the change, so that everything is kept; after it they are asked twice, with what is kept and
with all of it dropped. The clock, the admin, a sale and a decision count as changes like an edit does.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from catalog import changes, moderation, ocop, pictures, products
from catalog.models import Category, Product, ProductImage
from cooperatives import households, prices, rates, stalls, stock
from cooperatives.models import PriceChange, PriceWindow
from marketplace.foundation.memo import forget
from marketplace.foundation.models import CaseSide, Outbox
from tests.factories import recall_lot
from tests.scene import Scene, phone_sends, photo
from traceability import codes, collecting, dossier, events, lots, making, photos, recalls, sensing, uploads
from traceability.models import Lot, Recall, TraceEvent
from traceability.statuses import SensorKind

pytestmark = pytest.mark.django_db

OURS = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|(đã quét|scanned) [^<]*')


def addresses(market: Scene) -> list[str]:
    product, lot = market.own.product, market.own.lot
    slug = product.slug
    return [
        "/", "/en/", "/san-pham/", "/san-pham/?con=1", "/san-pham/?sao=4", "/san-pham/?xep=gia", "/danh-muc/",
        "/danh-muc/mien-bun-pho/", "/tinh/thai-nguyen/", f"/tim/?q={product.title.split()[0]}", "/gian-hang/",
        f"/gian-hang/{market.own.slug}/", f"/san-pham/{slug}/", f"/en/san-pham/{slug}/",
        f"/Q/{codes.lot_code(lot)}", f"/Q/{codes.lot_code(lot)}?lang=en",
    ]  # fmt: skip


def read(urls: list[str]) -> dict[str, tuple[int, str]]:
    pages = {}
    for url in urls:
        answer = Client().get(url)
        pages[url] = (answer.status_code, OURS.sub("", answer.content.decode()))
    return pages


def lan(market: Scene) -> Any:
    return market.own.director


def a_new_title(market: Scene) -> None:
    changes.approve(market.own.change, by=market.own.officer)


def a_new_price(market: Scene) -> None:
    products.set_price_and_stock(market.own.product, price=98_700, by=lan(market))


def a_special_price(market: Scene) -> None:
    now = timezone.now()
    prices.open_window(
        market.own.product.stock,
        price=1_000,
        starts_at=now,
        ends_at=now + dt.timedelta(days=1),
        by=lan(market),
    )


def an_old_price_is_shown(market: Scene) -> None:
    PriceChange.objects.update(at=timezone.now() - dt.timedelta(days=40))
    a_special_price(market)
    assert "giá trước" in Client().get("/").content.decode()


def a_special_price_is_ended(market: Scene) -> None:
    an_old_price_is_shown(market)
    read(addresses(market))
    prices.end_window(PriceWindow.objects.get(), by=lan(market))
    products.set_price_and_stock(market.own.product, price=54_000, by=lan(market))


def the_last_one_is_held(market: Scene) -> None:
    record = market.own.product.stockrecords.get()
    assert stock.hold({record.pk: record.available}) == []


def a_new_picture(market: Scene) -> None:
    for image in ProductImage.objects.filter(product=market.own.product):
        ProductImage.objects.filter(pk=image.pk).update(display_order=9)
    image = pictures.add_picture(market.own.product, photo((900, 600)), live=True, by=lan(market))
    ProductImage.objects.filter(pk=image.pk).update(display_order=0)
    products.touch(market.own.product)


def smaller_pictures_are_made(market: Scene) -> None:
    image = pictures.add_picture(market.own.product, photo((900, 600)), live=True, by=lan(market))
    ProductImage.objects.filter(product=market.own.product).exclude(pk=image.pk).delete()
    products.touch(market.own.product)
    read(addresses(market))
    pictures.make_renditions(Outbox(payload={"image": image.pk}))
    assert default_storage.exists(ProductImage.objects.get(pk=image.pk).renditions["320"])


def another_star(market: Scene) -> None:
    ocop.verify(market.own.certificate, by=market.own.officer)


def another_product(market: Scene) -> None:
    moderation.approve(market.own.goods["submitted"], by=market.own.officer)


def goods_are_suspended(market: Scene) -> None:
    moderation.suspend(market.own.product, reason="Nhãn ghi sai khối lượng.", by=market.own.officer)


def goods_go_to_the_bin(market: Scene) -> None:
    products.remove(market.own.product, by=lan(market))


def the_stall_closes(market: Scene) -> None:
    stalls.close_stall(market.own.cooperative.stall, by=lan(market))


def the_stall_is_suspended(market: Scene) -> None:
    stalls.suspend_stall(market.own.cooperative.stall, reason="Chờ đối chiếu giấy tờ.", by=market.own.officer)


def the_stall_has_a_new_phone(market: Scene) -> None:
    stalls.edit_stall(market.own.cooperative.stall, phone="0987654321", by=lan(market))


def parcels_cost_more(market: Scene) -> None:
    rates.set_rate(market.own.cooperative.stall, parcel_fee=41_000, by=lan(market))


def a_zone_has_its_own_fee(market: Scene) -> None:
    rates.save_zone(
        market.own.cooperative.stall, provinces={"04": "Cao Bằng"}, parcel_fee=15_000, by=lan(market)
    )


def the_operator_mends_a_name(market: Scene) -> None:
    cooperative = market.own.cooperative
    page = reverse("admin:partner_partner_change", args=[cooperative.pk])
    _save_in_admin(market, page, name="HTX Tên Đã Sửa")


def the_operator_renames_a_kind(market: Scene) -> None:
    kind = Category.objects.get(slug="mien-bun-pho")
    _save_in_admin(market, reverse("admin:catalogue_category_change", args=[kind.pk]), name="Miến và bún")


def _save_in_admin(market: Scene, page: str, **changed: str) -> None:
    client = Client()
    client.force_login(market.people["operator"])
    form = client.get(page).context["adminform"].form
    typed = {name: value for name, value in form.initial.items() if name in form.fields and value is not None}
    answer = client.post(page, {**{k: v for k, v in typed.items() if v is not False}, **changed})
    assert answer.status_code == 302, answer.context["errors"]


def the_lot_has_one_step_more(market: Scene) -> None:
    events.record(
        market.own.lot,
        kind="processed",
        occurred_on=timezone.localdate(),
        place="Sân phơi thôn",
        by=lan(market),
    )


def a_step_is_mended(market: Scene) -> None:
    told = TraceEvent.objects.filter(lot=market.own.lot).earliest("recorded_at")
    events.correct(told, kind=told.kind, occurred_on=told.occurred_on, place="Xóm khác", by=lan(market))


def an_item_does_not_apply(market: Scene) -> None:
    dossier.waive(market.own.lot, "standard", reason="Rau của hộ, chưa chứng nhận", by=lan(market))


def the_lot_has_an_expiry(market: Scene) -> None:
    dossier.set_expiry(market.own.lot, dt.date(2027, 1, 5), by=lan(market))


def another_lot_is_made_of_it(market: Scene) -> Lot:
    own = market.own
    said = {"quantity": 3, "made_on": timezone.localdate(), "place": "Xưởng", "by": lan(market)}
    return making.make_lot(own.cooperative, {own.lot.pk: 3}, own.product, **said)


def a_lot_made_of_it_is_recalled(market: Scene) -> None:
    made = another_lot_is_made_of_it(market)
    read(addresses(market))
    recall_lot(made, reason="Có mùi lạ, đang kiểm tra.", by=lan(market))


def a_household_brings_more(market: Scene) -> None:
    own = market.own
    other = households.add_household(own.cooperative, "Hộ bà Mẩy", by=lan(market))
    weighed = {"goods": "Củ", "grams": 500, "price": Decimal(3_000), "collected_on": timezone.localdate()}
    collecting.write_slip(own.lot, other, by=lan(market), **weighed)


def a_slip_is_voided(market: Scene) -> None:
    collecting.void_slip(market.own.slip, reason="Cân nhầm bao", by=lan(market))


def it_gets_colder(market: Scene) -> None:
    cold = sensing.Reading(SensorKind.TEMPERATURE, timezone.now(), Decimal(-2))
    sensing.record(market.own.sensor, [cold])


def a_phone_tells_a_step(market: Scene) -> None:
    phone_sends(market.own.lot, arrive=0, by=lan(market))


def a_photo_of_a_step_arrives(market: Scene) -> None:
    sent = phone_sends(market.own.lot, arrive=0, by=lan(market))
    read(addresses(market))
    photos.keep(market.own.cooperative, sent.pk, 2, photo().read(), by=lan(market))
    assert "Ảnh 1: Cất kho" in Client().get(f"/Q/{codes.lot_code(market.own.lot)}").content.decode()


def a_late_step_is_let_out(market: Scene) -> None:
    sent = phone_sends(market.own.lot, days_ago=100, by=lan(market))
    read(addresses(market))
    uploads.let_tell(sent, by=lan(market))


def a_held_step_is_taken_in(market: Scene) -> None:
    lots.close_lot(market.own.lot, by=lan(market))
    sent = phone_sends(market.own.lot, by=lan(market))
    read(addresses(market))
    uploads.take_in(sent, by=lan(market))


def a_step_with_a_photo_is_erased(market: Scene) -> None:
    sent = phone_sends(market.own.lot, by=lan(market))
    read(addresses(market))
    events.erase(sent.event, reason="Người trong ảnh yêu cầu", by=lan(market))


def the_lot_is_recalled(market: Scene) -> None:
    recall_lot(market.own.lot, reason="Có mùi lạ, đang kiểm tra.", by=lan(market))


def a_recall_is_lifted(market: Scene) -> None:
    recall_lot(market.own.lot, reason="Có mùi lạ, đang kiểm tra.", by=lan(market))
    read(addresses(market))  # kept as it is while the lot is recalled
    made = Recall.objects.get()
    recalls.lift(made, reason="Nhầm số lô trên phiếu.", side=CaseSide.SELLER, by=lan(market))


def the_code_is_retired(market: Scene) -> None:
    codes.revoke(market.own.lot.codes.get(kind="lot", status="activated"), by=lan(market))


CHANGES: list[Callable[[Scene], Any]] = [
    a_new_title, a_new_price, a_special_price,
    an_old_price_is_shown, a_special_price_is_ended, the_last_one_is_held, a_new_picture, smaller_pictures_are_made,
    another_star, another_product, goods_are_suspended, goods_go_to_the_bin, the_stall_closes,
    the_stall_is_suspended, the_stall_has_a_new_phone, parcels_cost_more, a_zone_has_its_own_fee,
    the_operator_mends_a_name, the_operator_renames_a_kind,
    the_lot_has_one_step_more, a_step_is_mended, a_phone_tells_a_step, a_photo_of_a_step_arrives,
    a_late_step_is_let_out, a_held_step_is_taken_in, a_step_with_a_photo_is_erased,
    an_item_does_not_apply, the_lot_has_an_expiry, another_lot_is_made_of_it,
    a_lot_made_of_it_is_recalled, a_household_brings_more, a_slip_is_voided, it_gets_colder,
    the_lot_is_recalled, a_recall_is_lifted, the_code_is_retired,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_no_kept_page_lies_after(change: Callable[[Scene], None], market: Scene) -> None:
    urls = addresses(market)
    before = read(urls)

    change(market)

    kept = read(urls)
    forget()
    fresh = read(urls)
    assert kept != before
    for url in urls:
        assert kept[url] == fresh[url], url


def test_no_kept_page_lies_on_the_day_a_star_and_a_lot_lapse(market: Scene, time_machine: Any) -> None:
    star = market.own.starred
    Lot.objects.filter(pk=market.own.lot.pk).update(expires_on=star.expires_on - dt.timedelta(days=1))
    urls = addresses(market)
    eve = dt.datetime.combine(star.expires_on, dt.time(12), timezone.get_current_timezone())
    time_machine.move_to(eve - dt.timedelta(days=1))
    before = read(urls)

    time_machine.move_to(eve)

    kept = read(urls)
    forget()
    fresh = read(urls)
    product, scan = f"/san-pham/{market.own.product.slug}/", urls[-2]
    assert kept[product] != before[product]
    assert kept[scan] != before[scan]
    for url in urls:
        assert kept[url] == fresh[url], url


def test_kept_pages_differ_between_languages_and_goods(market: Scene) -> None:
    own, other = market.own.product, market.other.product
    vi, en, elsewhere = read(
        [f"/san-pham/{own.slug}/", f"/en/san-pham/{own.slug}/", f"/san-pham/{other.slug}/"]
    ).values()

    assert '<html lang="vi">' in vi[1]
    assert '<html lang="en">' in en[1]
    assert market.other.cooperative.name in elsewhere[1]
    assert market.own.cooperative.name not in elsewhere[1]
    assert Product.objects.on_sale().count() == 2


def test_a_search_without_letters_empties_no_other_list(market: Scene) -> None:
    lists = ["/san-pham/", "/tim/", f"/gian-hang/{market.own.slug}/"]
    read(["/tim/?q=%21%21%21"])
    kept = read(lists)
    forget()

    assert kept == read(lists)


def test_a_search_for_none_stands_in_no_other_search_box(market: Scene) -> None:
    read(["/tim/?q=None"])

    assert 'value="None"' not in read(["/"])["/"][1]


def test_the_other_language_is_never_on_another_host(rf: Any) -> None:
    shown = Template("{% other_language_url %}")

    with translation.override("en"):
        there = shown.render(Context({"request": rf.get("/en//example.com/?a=1")}))

    assert there == "/example.com/?a=1"


def test_no_cooperative_is_deleted_so_versions_only_grow(market: Scene) -> None:
    client, before = Client(), stalls.all_versions()
    client.force_login(market.people["operator"])

    page = reverse("admin:partner_partner_delete", args=[market.other.cooperative.pk])

    assert client.post(page, {"post": "yes"}).status_code == 403
    assert stalls.all_versions() == before
