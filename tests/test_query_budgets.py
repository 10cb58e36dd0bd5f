"""How many questions a page asks the database: as many for fifty rows as for five, and at most twelve in public.

Statements of transactions are not counted. Every count starts with an empty cache.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog import changes, moderation, products
from catalog.models import Category, Product
from catalog.statuses import ProductStatus
from cooperatives import households, stock
from cooperatives.models import Application, BankAccount, Cooperative, PriceWindow
from cooperatives.statuses import ApplicationStatus, BankAccountStatus
from marketplace.accounts import letters
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import new_code
from marketplace.foundation.models import CaseSide
from marketplace.places.models import AdminUnit
from orders import fulfilment
from orders.basket import baskets
from orders.models import Complaint, Order, Purchase, Rating, ReturnCase, Voucher
from orders.statuses import ReturnStatus
from tests import factories, scene
from tests.orders import trade
from tests.scene import Scene, Side
from tests.test_permissions import ROWS
from traceability import codes, collecting, events, lots, prints, sensing, stocktake
from traceability.models import CapturedEvent, EventSender, Gs1Number, Recall, RecalledLot
from traceability.sensing import Reading
from traceability.statuses import SensorKind

FEW, MANY = 5, 50
MOST_IN_PUBLIC = 12
MOST_AT_A_CODE = 7  # the row that counts it, where there is no Redis, included


def client_of(user: Any = None, *things: tuple[Product, int]) -> Client:
    """A browser of ``user`` (None: a guest) with ``things`` in the basket."""
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    if things:
        client.cookies[baskets.COOKIE] = signing.dumps(trade.fill(*things).pk, salt="basket")
    return client


def asked(client: Client, url: str) -> tuple[list[str], int]:
    """What a page asks the database, and how long the page is."""
    with scene.quiet():
        client.get(url)  # content types, compiled templates
        cache.clear()
        with scene.statements() as told:
            response = client.get(url)
    assert (url, response.status_code) == (url, 200)
    return told, len(getattr(response, "content", b""))


def compare(client: Client, urls: list[str], grow: Callable[[int], None]) -> None:
    """Ask for every page at five rows and at fifty: as many questions, and a longer page."""
    grow(FEW)
    few = {url: asked(client, url) for url in urls}
    grow(MANY - FEW)
    wrong = []
    for url in urls:
        told, length = asked(client, url)
        if not told or len(told) != len(few[url][0]):
            wrong.append(f"{url}: {len(few[url][0])} → {len(told)}\n{said_twice(told)}")
        if length <= few[url][1]:
            wrong.append(f"{url}: the page does not grow with its rows, so this test shows nothing")
    assert "\n".join(wrong) == ""


def said_twice(told: list[str]) -> str:
    """The statements that differ only in their values, the most frequent first: what to prefetch."""
    shapes = Counter(re.sub(r"'[^']*'|\b\d+\b", "?", one)[:230] for one in told)
    return "\n".join(f"  {n} × {shape}" for shape, n in shapes.most_common(4) if n > 1)


# --- what there is more of --------------------------------------------------------------------------------
def stallholders(count: int) -> list[Cooperative]:
    """So many cooperatives in different provinces, each with one product of everything a card can show."""
    scene.ensure_places()
    provinces = list(AdminUnit.objects.provinces())
    factories.make_category()
    kinds = list(Category.objects.filter(numchild=0).order_by("pk"))
    made, start = [], Cooperative.objects.count()
    for number in range(start, start + count):
        unit = provinces[number % len(provinces)]
        place = {**factories.THAI_NGUYEN, "province_code": unit.code, "province_name": unit.name}
        one = factories.make_cooperative(f"HTX Miến {number}", f"htx-mien-{number}", place=place)
        [product] = scene.many_products(one, 1, category=kinds[number % len(kinds)])
        window(product)
        made.append(one)
    return made


def window(product: Product) -> None:
    now = timezone.now()
    PriceWindow.objects.create(
        stock_record=product.stockrecords.get(),
        price=50000,
        starts_at=now - dt.timedelta(days=1),
        ends_at=now + dt.timedelta(days=1),
        by_label="kịch bản",
    )


def voucher(product: Product) -> None:
    now = timezone.now()
    made = Voucher.objects.create(
        code=f"MA{product.pk}", cooperative=product.cooperative, bearer="cooperative", bearer_name="HTX", most=10_000,
        least=20_000, starts_at=now, ends_at=now + dt.timedelta(days=1), by_label="kịch bản",
    )  # fmt: skip
    made.goods.add(product)


def lots_of(product: Product, count: int, by: Actor) -> None:
    for _number in range(count):
        lot = lots.open_lot(product.cooperative, product, made_on=scene.MADE, quantity=3, by=by)
        codes.issue_lot_code(lot)


# --- shop -------------------------------------------------------------------------------------------------
def test_lists_of_the_shop_ask_the_same_for_fifty_rows(db: None) -> None:
    one = factories.make_cooperative("HTX Nhiều Hàng", "htx-nhieu-hang")
    category = factories.make_category("mien-bun-pho")
    urls = [reverse(f"shop:{name}") for name in ("home", "products", "provinces", "stalls")]
    urls += [
        reverse("shop:search") + "?q=mien+dong",
        reverse("shop:products") + "?tinh=19&loai=mien-bun-pho&con=1&sao=3",
    ]
    urls += [reverse("shop:category", args=[category.slug]), reverse("shop:province", args=["thai-nguyen"])]
    urls += [reverse("shop:stall", args=["htx-nhieu-hang"])]

    def grow(count: int) -> None:
        stallholders(count)
        for product in scene.many_products(one, count, category=category):
            window(product)

    compare(client_of(), urls, grow)


def test_the_basket_and_the_checkout_ask_the_same_for_fifty_lines(db: None) -> None:
    guest, basket = client_of(), trade.fill()
    guest.cookies[baskets.COOKIE] = signing.dumps(basket.pk, salt="basket")

    def grow(count: int) -> None:
        for one in stallholders(count):
            baskets.add(basket, one.products.get(), 1)

    compare(guest, [reverse("shop:basket"), reverse("shop:checkout")], grow)


def test_a_purchase_asks_the_same_for_twelve_parcels_as_for_two(db: None) -> None:
    def purchase(count: int) -> str:
        found = trade.place(trade.fill(*((one.products.get(), 1) for one in stallholders(count))))
        return reverse("shop:purchase", args=[found.token])

    few, _length = asked(client_of(), purchase(2))
    many, _length = asked(client_of(), purchase(12))
    assert (len(many), said_twice(many)) == (len(few), said_twice(few))


def test_a_product_page_asks_the_same_for_fifty_lots(market: Scene) -> None:
    own = market.own

    def grow(count: int) -> None:
        lots_of(own.product, count, own.director)
        scene.many_products(own.cooperative, count)

    url = reverse("shop:product", args=[own.product.slug])
    grow(FEW)
    few, _length = asked(client_of(), url)
    grow(MANY - FEW)
    assert len(asked(client_of(), url)[0]) == len(few)


def test_a_persons_pages_ask_the_same_for_fifty_rows(market: Scene, ha: Any) -> None:
    def grow(count: int) -> None:
        for number in range(count):
            letters.send(
                "thu",
                mailbox=f"nguoi:{ha.pk}",
                key=f"t{number}-{count}",
                subject=f"Thư {number}",
                body="Xin chào.",
            )
            trade.place(trade.fill((market.own.product, 1)), user=ha)
        deliver()

    compare(client_of(ha), [reverse("shop:my_letters")], grow)


def deliver() -> None:
    """Put the letters that were written into their boxes, as the outbox would."""
    Letter.objects.filter(delivered_at=None).update(delivered_at=timezone.now())


# --- in public --------------------------------------------------------------------------------------------
def public_rows() -> list[Any]:
    shown = [row for row in ROWS if row.method == "GET" and row.codes()["nobody"] == "200"]
    return [row for row in shown if not row.name.startswith("admin:")]


def test_public_pages_ask_at_most_twelve_with_three_lines_in_the_basket(market: Scene) -> None:
    sellers = stallholders(FEW)
    guest = client_of(None, *((one.products.get(), 2) for one in sellers[:3]))
    kept = guest.session
    kept["dat_hang"] = scene.typed_at_checkout(*sellers)
    kept.save()
    guest.cookies["sessionid"] = kept.session_key

    wrong = []
    pages = [(row.name, row.url(row.args(market.own))) for row in public_rows()]
    # The page that shows most: packed from lots, on its way.
    pages.append(("purchase", reverse("shop:purchase", args=[market.own.token("shipped")])))
    for name, url in pages:
        told, _length = asked(guest, url)
        most = MOST_AT_A_CODE if name == "trace" else MOST_IN_PUBLIC
        if len(told) > most:
            wrong.append(f"{url}: {len(told)} of {most}\n" + "\n".join(f"    {one[:200]}" for one in told))
    assert "\n".join(wrong) == ""


def test_the_page_of_a_code_asks_at_most_seven_and_the_same_for_fifty_events(market: Scene) -> None:
    lot, by = market.own.lot, market.own.director

    def grow(count: int) -> None:
        for number in range(count):
            events.record(lot, "processed", occurred_on=scene.MADE, place=f"Xưởng {number}", by=by)
            told = {"kind": "test_report", "issuer": "Quatest", "issued_on": scene.MADE}
            lots.add_paper(lot, title=f"Phiếu {number} của {count}", by=by, **told)
            scene.phone_sends(lot, places=[f"Kho {number}"], by=by)

    urls = [f"/Q/{code}" for code in (market.own.code, market.own.unit_codes[0])]
    compare(client_of(), urls, grow)
    for url in [*urls, "/Q/2EP9TW83", "/Q/sai"]:
        with scene.statements() as told:
            Client().get(url)
        assert len(told) <= MOST_AT_A_CODE


# --- desk -------------------------------------------------------------------------------------------------
def test_orders_at_the_desk_ask_the_same_for_fifty_rows(market: Scene, lan: Any) -> None:
    own = market.own
    states = [{}, {"methods": "vietqr"}]

    def grow(count: int) -> None:
        for number in range(count):
            trade.order((own.product, 1), **states[number % 2])

    urls = [reverse("desk:orders", args=[own.slug]), reverse("desk:orders", args=[own.slug]) + "?loc=tien"]
    compare(client_of(lan), urls, grow)


def returns_of(side: scene.Side, count: int) -> None:
    """So many returns that came to the alliance, each of one line; straight rows, quick."""
    line = side.order("delivered").lines.get()
    for _number in range(count):
        case = ReturnCase(
            order=line.order,
            reason="broken",
            words="Bị ẩm.",
            form_key=uuid4(),
            status=ReturnStatus.DISPUTED,
            by_label="kịch bản",
        )
        case.hand_to(CaseSide.OFFICER, dt.timedelta(hours=48))
        case.save()
        case.lines.create(line=line, quantity=1)
        case.changes.create(old_status="requested", new_status="disputed", by_label="kịch bản")
        said = Complaint(order=line.order, kind="other", form_key=uuid4(), by_label="kịch bản")
        said.hand_to(CaseSide.OFFICER, dt.timedelta(hours=48))
        said.save()


def test_cases_ask_the_same_for_fifty_rows(market: Scene, lan: Any, quyen: Any) -> None:
    own, case = market.own, market.own.return_case("disputed")
    order = own.order("delivered")
    for client, urls in (
        (client_of(), [reverse("shop:cases", args=[order.purchase.token, order.number])]),
        (
            client_of(lan),
            [reverse("desk:cases", args=[own.slug]) + which for which in ("", "?loc=khieu-nai")],
        ),
        (
            client_of(quyen),
            [
                reverse("review:returns"),
                reverse("review:complaints"),
                reverse("review:return_case", args=[case.pk]),
            ],
        ),
    ):
        compare(client, urls, lambda count: returns_of(own, count))
        ReturnCase.objects.exclude(pk=case.pk).delete()
        Complaint.objects.all().delete()


def recalls_of(side: Side, count: int) -> None:
    """So many more recalls of one lot each, and so many more buyers of the first one; straight rows, quick."""
    first = side.recall
    purchase, told = side.order("delivered").purchase, first.notices.count()
    for number in range(count):
        made = Recall.objects.create(
            cooperative=side.cooperative, reason="Có mùi lạ.", side=CaseSide.SELLER, form_key=uuid4()
        )
        made.lots.create(lot=side.lot, status_before="open")
        first.notices.create(purchase=purchase, mailbox=f"mua:{900_000 + told + number}", phone="0912000031")


def test_recalls_ask_the_same_for_fifty_rows(market: Scene, minh: Any, quyen: Any) -> None:
    own, made = market.own, market.own.recall
    for client, urls in (
        (
            client_of(minh),
            [reverse("desk:recalls", args=[own.slug]), reverse("desk:recall", args=[own.slug, made.pk])],
        ),
        (client_of(quyen), [reverse("review:recalls"), reverse("review:recall", args=[made.pk])]),
    ):
        compare(client, urls, lambda count: recalls_of(own, count))
        RecalledLot.objects.exclude(recall=made).delete()
        Recall.objects.exclude(pk=made.pk).delete()
        made.notices.filter(mailbox__startswith="mua:900").delete()


def ratings_of(side: Side, count: int) -> None:
    """So many ratings of the product on the shelf, each of an order of its own."""
    order = side.order("delivered")
    for _n in range(count):
        purchase = Purchase.objects.create(number=new_code(8), placement_key=uuid4(), total=1)
        other = Order.objects.get(pk=order.pk)
        other.pk, other.number, other.purchase = None, new_code(8), purchase
        other.save()
        Rating.objects.create(
            order=other, product=side.product, score=4, author="Hà, Hà Nội", by_label="kịch bản"
        )
    products.set_rating(side.product, 4.0, count)


def test_ratings_ask_the_same_for_fifty_rows(market: Scene, lan: Any, quyen: Any) -> None:
    own = market.own
    rating = own.rating()
    at_shop = [
        reverse("shop:ratings", args=[own.product.slug]),
        reverse("shop:product", args=[own.product.slug]),
    ]
    for client, urls in (
        (client_of(), at_shop),
        (client_of(lan), [reverse("desk:ratings", args=[own.slug])]),
        (client_of(quyen), [reverse("review:ratings"), reverse("review:rating", args=[rating.pk])]),
    ):
        compare(client, urls, lambda count: ratings_of(own, count))
        Rating.objects.exclude(pk=rating.pk).delete()


def test_today_asks_the_same_for_fifty_orders(market: Scene, lan: Any) -> None:
    own, counts = market.own, []
    for number in (FEW, MANY - FEW):
        for _order in range(number):
            trade.order((own.product, 1))
        for low in scene.many_products(own.cooperative, number // 5, stock=1):
            low.stockrecords.update(low_stock_threshold=5)
        counts.append(len(asked(client_of(lan), reverse("desk:today", args=[own.slug]))[0]))
    assert counts[0] == counts[1]


def test_an_order_asks_the_same_for_fifty_lines(market: Scene, lan: Any) -> None:
    own, found = market.own, {}
    for count in (FEW, MANY):
        goods = scene.many_products(own.cooperative, count)
        for product in goods:
            lots_of(product, 1, own.director)
        order = trade.order(*((product, 1) for product in goods))
        client, at = client_of(lan), [own.slug, order.number]
        counts = [len(asked(client, reverse("desk:order", args=at))[0])]
        fulfilment.confirm_order(order, by=own.director)
        counts.append(len(asked(client, reverse("desk:order", args=at))[0]))
        parcel = fulfilment.pack_order(order, scene.picks_of(order), by=own.director)
        counts.append(len(asked(client, reverse("desk:order", args=at))[0]))
        counts.append(len(asked(client, reverse("desk:slip", args=[*at, parcel.pk]))[0]))
        found[count] = counts
    assert found[MANY] == found[FEW]


def test_lists_of_the_desk_ask_the_same_for_fifty_rows(market: Scene, lan: Any) -> None:
    own = market.own
    Letter.objects.all().delete()

    def grow(count: int) -> None:
        lots_of(own.product, count, own.director)
        for number in range(count):
            key = f"d{number}-{count}"
            letters.send(
                "thu", mailbox=own.cooperative.mailbox, key=key, subject=f"Thư {number}", body="Xin chào."
            )
            factories.make_member(own.cooperative, factories.make_user(), "packer")
            factories.make_product(own.cooperative, status=list(ProductStatus.values)[number % 6])
        for product in scene.many_products(own.cooperative, count):
            window(product)
            voucher(product)
        deliver()

    urls = [
        reverse(f"desk:{name}", args=[own.slug])
        for name in ("products", "lots", "lot_add", "inbox", "members", "windows", "vouchers")
    ]
    compare(client_of(lan), urls, grow)


def test_one_lot_asks_the_same_for_fifty_events_papers_and_batches(market: Scene, lan: Any) -> None:
    own, lot = market.own, market.own.lot

    def grow(count: int) -> None:
        for number in range(count):
            events.record(lot, "processed", occurred_on=scene.MADE, place=f"Xưởng {number}", by=own.director)
            told = {"kind": "test_report", "issuer": "Quatest", "issued_on": scene.MADE, "by": own.director}
            lots.add_paper(lot, title=f"Phiếu {number} của {count}", **told)
            run = codes.issue_unit_codes(lot, 2, by=own.director)
            prints.ask_for_run(run, layout="24", by=own.director)
            household = households.add_household(own.cooperative, f"Hộ {number} của {count}", by=own.director)
            weighed = {"goods": "Củ", "grams": 500, "price": Decimal(3_000), "collected_on": scene.MADE}
            collecting.write_slip(lot, household, by=own.director, **weighed)
            if number % 2:
                sensing.let_in(own.cooperative, f"Máy {number} của {count}", lot, by=own.director)
            sensing.record(own.sensor, [Reading(SensorKind.HUMIDITY, timezone.now(), Decimal(number))])

    names = ("lot", "lot_codes", "lot_dossier", "lot_slips", "lot_sensors")
    urls = [reverse(f"desk:{name}", args=[own.slug, lot.pk]) for name in names]
    urls.append(reverse("desk:households", args=[own.slug]))
    compare(client_of(lan), urls, grow)


def test_one_lot_asks_the_same_for_fifty_events_from_phones(market: Scene, lan: Any) -> None:
    own, lot = market.own, market.own.lot
    closed = own.held.lot

    def grow(count: int) -> None:
        places = [f"Kho {number} của {count}" for number in range(count)]
        scene.phone_sends(lot, places=places, days_ago=100, by=own.director)
        scene.phone_sends(closed, places=places, by=own.director)

    urls = [reverse(f"desk:{name}", args=[own.slug, lot.pk]) for name in ("lot", "lot_waiting")]
    urls.append(reverse("desk:lot_waiting", args=[own.slug, closed.pk]))
    compare(client_of(lan), urls, grow)


def test_numbers_and_senders_ask_the_same_for_fifty_rows(market: Scene, lan: Any) -> None:
    own = market.own
    given = {"cooperative": own.cooperative, "by_label": "kịch bản"}

    def grow(count: int) -> None:
        start = Gs1Number.objects.count()
        for number in range(start, start + count):
            Gs1Number.objects.create(kind="gln", number=f"{number:013d}", paper=own.paper, **given)
            sender = EventSender.objects.create(
                name=f"Siêu thị {number}", token_sha256=f"{number:064d}", **given
            )
            CapturedEvent.objects.create(
                sender=sender, event_id="ni:///sha-256;0", body={"type": "ObjectEvent"}
            )

    compare(
        client_of(lan), [reverse(f"desk:{name}", args=[own.slug]) for name in ("numbers", "senders")], grow
    )


def test_bank_and_product_pages_ask_the_same_for_fifty_rows_of_the_past(market: Scene, lan: Any) -> None:
    own, product = market.own, market.own.product

    def grow(count: int) -> None:
        for number in range(count):
            account = factories.make_bank_account(own.cooperative, BankAccountStatus.RETIRED)
            BankAccount.objects.filter(pk=account.pk).update(number=f"100{number}")
            factories.make_certificate(product)
            change = changes.propose(product, {"name": f"Tên {number} của {count}"}, by=own.director)
            changes.refuse(change, reason="Chưa rõ.", by=own.officer)

    urls = [reverse("desk:bank", args=[own.slug]), reverse("desk:product", args=[own.slug, product.pk]),
            reverse("desk:certificate", args=[own.slug, product.pk])]  # fmt: skip
    grow(FEW)
    few = [len(asked(client_of(lan), url)[0]) for url in urls]
    grow(MANY - FEW)
    assert [len(asked(client_of(lan), url)[0]) for url in urls] == few


# --- review -----------------------------------------------------------------------------------------------
def test_the_queues_ask_the_same_for_fifty_rows(market: Scene, quyen: Any) -> None:
    paper, start = market.own.paper, dt.date(2025, 6, 26)

    def grow(count: int) -> None:
        for number in range(count):
            name = f"HTX Chờ {number} của {count}"
            one = factories.make_cooperative(name)
            user = factories.make_user()
            factories.make_member(one, user)
            by = Actor.of(user)
            BankAccount.objects.filter(pk=factories.make_bank_account(one, "waiting").pk).update(paper=paper)
            Application.objects.create(
                applicant=user,
                name=name,
                status=ApplicationStatus.SUBMITTED,
                submitted_at=timezone.now(),
                **factories.THAI_NGUYEN,
            )
            [product] = scene.many_products(one, 1)
            factories.make_certificate(product, status="waiting", issued_on=start)
            changes.propose(product, {"name": f"Tên mới {number}"}, by=by)
            sent = factories.make_product(one, status=ProductStatus.SUBMITTED)
            Product.objects.filter(pk=sent.pk).update(submitted_at=timezone.now())

    queues = ("applications", "bank_accounts", "stalls", "products", "changes", "certificates")
    urls = [reverse(f"review:{name}") for name in queues]
    own = market.own
    details = {
        "application": own.application,
        "bank_account": own.bank_account,
        "stall": own.cooperative.stall,
        "product": own.goods["submitted"],
        "change": own.change,
        "certificate": own.certificate,
    }
    # One thing is shown beside the queue it stands in.
    urls += [reverse(f"review:{name}", args=[thing.pk]) for name, thing in details.items()]
    compare(client_of(quyen), urls, grow)


def test_the_first_page_of_the_alliance_asks_a_count_a_queue(market: Scene, quyen: Any) -> None:
    few, _length = asked(client_of(quyen), reverse("review:home"))
    for number in range(MANY):
        one = factories.make_product(market.own.cooperative, status=ProductStatus.SUBMITTED)
        assert one.pk, number
    many, _length = asked(client_of(quyen), reverse("review:home"))
    assert len(many) == len(few)


def test_a_price_does_not_ask_more_with_more_history(market: Scene, lan: Any) -> None:
    own, product = market.own, market.own.product
    url = reverse("desk:product_price", args=[own.slug, product.pk])
    few, _length = asked(client_of(lan), url)
    for number in range(MANY):
        products.set_price_and_stock(product, price=56000 + number, by=own.director)
    assert len(asked(client_of(lan), url)[0]) == len(few)
    assert moderation.flagged_in(product) == []


def test_the_stock_asks_the_same_for_fifty_goods_lots_and_movements(market: Scene, lan: Any) -> None:
    own, record = market.own, market.own.product.stockrecords.get()

    def grow(count: int) -> None:
        scene.many_products(own.cooperative, count)
        lots_of(own.product, count, own.director)
        for number in range(count):
            stocktake.spoil(record, 1, lot=own.lot, note=f"Mốc {number}", by=own.director)

    names = ("stock", "stock_take")
    urls = [reverse(f"desk:{name}", args=[own.slug]) for name in names]
    urls += [reverse(f"desk:{name}", args=[own.slug, own.product.pk]) for name in ("stock_of", "stock_spoil")]
    compare(client_of(lan), urls, grow)


def test_orders_left_short_are_two_questions_however_many(market: Scene, lan: Any) -> None:
    own, counts = market.own, []
    for number in (FEW, MANY - FEW):
        for low in scene.many_products(own.cooperative, number // 5, stock=1):
            trade.order((low, 1))
            stock.spoil(low.stockrecords.get(), 1, by=own.director)
        counts.append(len(asked(client_of(lan), reverse("desk:stock", args=[own.slug]))[0]))
    assert counts[0] == counts[1]
