"""Build the demo market through the public rules: applications, approvals, products, stars, lots, purchases."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from catalog import changes, moderation, ocop, pictures, products, sets
from catalog.models import Category, Product
from cooperatives import applications, bank_accounts, households, members, papers, prices, rates, stalls
from cooperatives.models import Cooperative, Officer, PaperKind, StockRecord
from cooperatives.statuses import Role
from marketplace.accounts.models import User
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import Outbox
from marketplace.foundation.money import round_dong
from marketplace.foundation.text import fold
from marketplace.places.models import AdminUnit, Bank
from orders import (
    cancelling,
    counter,
    fulfilment,
    invoices,
    payments,
    picking,
    purchases,
    ratings,
    refunds,
    vouchers,
)
from orders.basket import baskets
from orders.basket.models import Basket
from orders.cases import complaints, returns
from orders.incoming import statements
from orders.models import Order, Parcel, StatementImport
from traceability import codes, collecting, dossier, events, lots, photos, uploads
from traceability.models import Lot
from traceability.statuses import TraceKind

from .words import GRAMS, JOURNEYS, LABELS, NET, SEASONS, SLIPS

HERE = Path(__file__).parent
PASSWORD = "cho-phien-2026"
NAMESPACE = uuid.UUID("5b1f3c1e-5b0a-4f7e-9d3f-0c0ffee02611")

OFFICERS = [
    ("19", "Cán bộ Thái Nguyên (demo)", "0900000019"),
    ("25", "Cán bộ Phú Thọ (demo)", "0900000025"),
    ("08", "Cán bộ Tuyên Quang (demo)", "0900000008"),
    ("40", "Cán bộ Nghệ An (demo)", "0900000040"),
]
WITH_LOTS = 26  # products that get a lot, events, codes and papers
RUNNING_LOW = {"bi-xanh-thom", "mang-kho-vung-cao", "bach-tra-shan-tuyet", "keo-lac-che-xanh"}
FEES = [(30000, 500000), (25000, 300000), (35000, 700000), (30000, None), (22000, 400000)]


def is_there() -> bool:
    """Tell whether the demo market was loaded before."""
    return Cooperative.objects.filter(is_demo=True).exists()


def load(say: Any = print) -> None:
    """Load everything in one transaction, then run its jobs once so that the first page is complete."""
    with transaction.atomic():
        staff = _staff()
        sellers = _sellers()
        found = [_seller(number, seller, staff) for number, seller in enumerate(sellers, 1)]
        say(f"{len(found)} gian hàng")
        goods = [
            _product(cooperative, director, data, staff)
            for seller, (cooperative, director) in zip(sellers, found, strict=True)
            for data in sorted(seller["products"], key=lambda data: "parts" in data)  # a set after its parts
        ]
        say(f"{len(goods)} mặt hàng")
        made = _lots(goods)
        say(f"{made} lô có mã và đường đi")
        _phones(*found[0])
        _waiting_for_the_officer(found, staff)
        _purchases(staff)
        _cheaper(staff)
    while outbox.drain(30):
        pass
    say("xong")


def _sellers() -> list[dict[str, Any]]:
    data = json.loads((HERE / "sellers.json").read_text(encoding="utf-8"))
    return [*data["cooperatives"], *data["extra_test_sellers"]]


def _people(*wanted: tuple[str, str]) -> list[User]:
    """Make users with the demo password; hashed once, because hashing is slow on purpose."""
    if not hasattr(_people, "hash"):
        _people.hash = make_password(PASSWORD)  # type: ignore[attr-defined]
    return [
        User.objects.create(full_name=name, phone=phone, password=_people.hash)  # type: ignore[attr-defined]
        for name, phone in wanted
    ]


def _staff() -> dict[str, User]:
    """Officers of the four provinces, a national one, the operator and a buyer."""
    staff: dict[str, User] = {}
    for code, name, phone in OFFICERS:
        [user] = _people((name, phone))
        province = AdminUnit.objects.provinces().get(code=code)
        Officer.objects.create(user=user, province_code=code, province_name=province.name)
        staff[code] = user
    national, operator, buyer = _people(
        ("Cán bộ liên minh cả nước (demo)", "0900000034"),
        ("Người vận hành (demo)", "0900000001"),
        ("Chị Hà (demo)", "0900000002"),
    )
    Officer.objects.create(user=national, scope="national")
    operator.is_staff = operator.is_superuser = True
    operator.save(update_fields=["is_staff", "is_superuser"])
    return {**staff, "national": national, "operator": operator, "buyer": buyer}


def _picture(name: str, folder: str = "pictures") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (HERE / folder / name).read_bytes(), content_type="image/webp")


def _by(user: User) -> Actor:
    return Actor.of(user, channel="command")


def _address(seller: dict[str, Any]) -> dict[str, str]:
    province = AdminUnit.objects.provinces().get(code=f"{seller['province_code']:02d}")
    commune = AdminUnit.objects.communes(province.code).get(code=f"{seller['commune_code']:05d}")
    return {
        "province_code": province.code,
        "province_name": province.name,
        "commune_code": commune.code,
        "commune_name": commune.name,
        "street": "Trung tâm xã (địa chỉ demo)",
    }


def _seller(number: int, seller: dict[str, Any], staff: dict[str, User]) -> tuple[Cooperative, User]:
    """One cooperative from its application to an open stall with a verified account."""
    director, packer = _people(
        (f"Giám đốc {seller['name']}", f"09010000{number:02d}"),
        (f"Đóng gói {seller['name']}", f"09020000{number:02d}"),
    )
    officer = _by(staff[f"{seller['province_code']:02d}"])
    fields = {
        "name": seller["name"],
        "legal_form": seller["org_type"],
        "tax_code": f"00000000{number:02d}",  # plainly no real one
        "contact_name": "Người đại diện (demo)",
        "phone": f"020900000{number:02d}",
        "about": seller["about_vi"],
        **_address(seller),
    }
    application = applications.save_draft(director, fields, by=_by(director))
    papers.keep(
        _picture("registration.webp", "papers"),
        kind=PaperKind.REGISTRATION,
        application=application,
        by=_by(director),
    )
    applications.submit(application, by=_by(director))
    cooperative = applications.approve(application, by=officer)
    members.add_member(cooperative, packer, Role.PACKER, by=_by(director))
    Cooperative.objects.filter(pk=cooperative.pk).update(is_demo=True)
    fee, free = FEES[number % len(FEES)]
    stalls.edit_stall(cooperative.stall, banner=_picture(f"stall--{seller['id']}.webp"), by=_by(director))
    times = {"dispatch_days": 1 + number % 2, "days_from": 2, "days_to": 4 + number % 3}
    rates.set_rate(cooperative.stall, parcel_fee=fee, free_over=free, **times, by=_by(director))
    if number % 5 != 4:  # some sell for cash only, as a new stall does
        bank = Bank.objects.get(bin="970405" if number % 2 else "970446")
        account = bank_accounts.propose(
            cooperative,
            bank=bank,
            number=f"000000{number:04d}",
            holder=f"{fold(seller['name'])} demo".upper(),
            paper=None,
            by=_by(director),
        )
        bank_accounts.verify(account, by=officer)
    return Cooperative.objects.select_related("stall").get(pk=cooperative.pk), director


def _product(
    cooperative: Cooperative, director: User, data: dict[str, Any], staff: dict[str, User]
) -> tuple[Product, User, dict[str, Any]]:
    """One product from photo to shelf, with its star if it has (or had) one."""
    by, officer = _by(director), _by(staff[cooperative.province_code])
    label = LABELS[data["category"]]
    net = NET.get(data["slug"], data["net_quantity"])
    product = products.start_draft(
        cooperative, draft_key=uuid.uuid5(NAMESPACE, f"{cooperative.pk}/{data['slug']}"), by=by
    )
    products.edit_draft(
        product,
        {
            "title": data["name"],
            "category": Category.objects.get(slug=data["category"]),
            "unit": data["unit"],
            "net_quantity": net,
            "description": f"{data['name']} của {cooperative.name}, {cooperative.place}. Dữ liệu demo.",
            "origin": cooperative.place,
            "maker": cooperative.name,
            "ingredients": label.ingredients,
            "usage": label.usage,
            "storage": label.storage,
            "warnings": label.warnings,
            "shelf_life": label.shelf_life,
            "standard": label.standard,
            "vat_rate": label.vat,
            "age_limit": data.get("age_restricted"),
            "needs_cold": bool(data.get("cold_chain")),
            "season": SEASONS.get(data["slug"]) or (data.get("seasonal") or "").split(" (")[0],
        },
        by=by,
    )
    products.set_price_and_stock(product, price=Decimal(data["price_vnd"]), by=by)
    if parts := data.get("parts"):
        titles = {one["name"]: parts[one["slug"]] for one in _goods_of(cooperative) if one["slug"] in parts}
        inside = Product.objects.filter(cooperative=cooperative, title__in=titles)
        sets.compose(product, {part.pk: titles[part.title] for part in inside}, by=by)
    else:
        stock = 3 if data["slug"] in RUNNING_LOW else 12 + (product.pk * 7) % 60
        products.set_price_and_stock(product, in_stock=stock, by=by)
    if data["category"] in GRAMS:
        StockRecord.objects.filter(product=product, unit_grams__isnull=True).update(
            unit_grams=GRAMS[data["category"]]
        )
    pictures.add_picture(
        product, _picture(f"{_seller_id(data)}--{data['slug']}.webp"), live=True, illustration=True, by=by
    )
    product = moderation.submit(product, by=by)
    product = moderation.approve(product, by=officer)
    _star(product, data, director, officer)
    return product, director, data


def _seller_id(data: dict[str, Any]) -> str:
    return next(
        seller["id"] for seller in _sellers() if data["slug"] in {p["slug"] for p in seller["products"]}
    )


def _goods_of(cooperative: Cooperative) -> list[dict[str, Any]]:
    return next(seller["products"] for seller in _sellers() if seller["name"] == cooperative.name)


def _star(product: Product, data: dict[str, Any], director: User, officer: Actor) -> None:
    """File and verify the certificate; two cooperatives' stars of 2021 have lapsed and must not show."""
    stars = data["ocop_stars"] or data["demo_ocop_stars"]
    if not stars:
        return
    today = timezone.localdate()
    if "ocop_issued" in data:
        issued, expires = (dt.date.fromisoformat(data[key]) for key in ("ocop_issued", "ocop_expires"))
    elif "ocop_issued_year" in data:
        issued = dt.date(data["ocop_issued_year"], 6, 30)  # the day is demo, the year is sourced
        expires = ocop.usual_expiry(issued)
    else:
        issued = today - dt.timedelta(days=200 + product.pk)
        expires = ocop.usual_expiry(issued)
    certificate = ocop.file_certificate(
        product,
        stars=stars,
        decision_number=data.get("ocop_decision") or f"DEMO-{product.pk:03d}/QĐ",
        issuer="Bộ Nông nghiệp và Môi trường" if stars == 5 else f"UBND {product.cooperative.province_name}",
        issuer_level="ministry" if stars == 5 else "province",
        issued_on=issued,
        expires_on=expires,
        group=data["ocop_group"] if data["ocop_group"] in {"thuc-pham", "do-uong"} else "",
        paper=papers.keep(
            _picture("ocop-certificate.webp", "papers"),
            kind=PaperKind.OCOP,
            cooperative=product.cooperative,
            by=_by(director),
        ),
        by=_by(director),
    )
    ocop.verify(certificate, by=officer)


def _phones(cooperative: Cooperative, director: User) -> None:
    """Events that a phone sent: with a photo and one that is still missing; and one for a lot closed meanwhile."""
    mine = Lot.objects.filter(cooperative=cooperative).select_related("product").order_by("pk")
    shown = mine[0]
    picture = _picture("yen-duong--mien-dong-yen-duong.webp").read()
    for lot in mine.filter(product=shown.product):
        _phone(lot, "stored", picture, director)
    other = mine.exclude(product=shown.product).last()
    if other is not None:
        lots.close_lot(other, by=_by(director))
        _phone(other, "dispatched", picture, director)


def _phone(lot: Lot, kind: str, picture: bytes, director: User) -> None:
    now = timezone.now()
    hashes = [hashlib.sha256(data).hexdigest() for data in (picture, b"on its way")]
    told = uploads.Told(
        schema=uploads.SCHEMA,
        id=uuid.uuid5(NAMESPACE, f"phone-{lot.pk}"),
        lot=lot.pk,
        words={
            "kind": kind,
            "occurred_on": timezone.localdate() - dt.timedelta(days=1),
            "place": lot.cooperative.place,
            "households": None,
            "quantity": f"24 {lot.product.unit}",
            "note": "Ảnh minh hoạ.",
        },
        corrects=None,
        device_time=now - dt.timedelta(hours=20),
        device_sent_at=now,
        photos=[{"slot": slot, "sha256": one, "bytes": len(picture)} for slot, one in enumerate(hashes, 1)],
    )
    sent, _is_new = uploads.receive(lot.cooperative, told, by=_by(director))
    photos.keep(lot.cooperative, sent.pk, 1, picture, by=_by(director))


def _lots(goods: Iterable[tuple[Product, User, dict[str, Any]]]) -> int:
    """Give lots with events, codes and a test report to the goods that keep, traceable ones first."""
    keeps = [thing for thing in goods if LABELS[thing[2]["category"]].months and "parts" not in thing[2]]
    keeps.sort(key=lambda thing: (not thing[2].get("traceable"), thing[0].pk))
    for number, (product, director, data) in enumerate(keeps[:WITH_LOTS]):
        _lot(product, director, data, packed=timezone.localdate() - dt.timedelta(days=16 + number % 9))
        if number < 4:  # a second, younger lot: first-expired-first has something to choose
            _lot(product, director, data, packed=timezone.localdate() - dt.timedelta(days=3 + number))
    return Lot.objects.count()


def _lot(product: Product, director: User, data: dict[str, Any], *, packed: dt.date) -> None:
    by, label = _by(director), LABELS[data["category"]]
    quantity = 24
    lot = lots.open_lot(
        product.cooperative,
        product,
        made_on=packed,
        packed_on=packed,
        expires_on=packed + dt.timedelta(days=30 * label.months),
        quantity=quantity,
        by=by,
    )
    journey = JOURNEYS.get(data["category"], JOURNEYS[""])
    for kind, before, place, by_households, note in journey:
        events.record(
            lot,
            kind,
            occurred_on=packed - dt.timedelta(days=before),
            place=place or product.cooperative.place,
            households=len(SLIPS) if by_households else None,
            quantity=f"{quantity} {product.unit}" if kind == "packed" else "",
            note=note,
            by=by,
        )
    lots.add_paper(
        lot,
        kind=PaperKind.TEST_REPORT,
        title="Phiếu kiểm nghiệm (demo)",
        number=f"DEMO-{lot.pk:04d}",
        issuer="Phòng kiểm nghiệm (demo)",
        issued_on=packed - dt.timedelta(days=3),
        valid_until=packed + dt.timedelta(days=360),
        upload=_picture("test-report.webp", "papers"),
        by=by,
    )
    harvested = max(before for kind, before, *_rest in journey if kind == TraceKind.HARVESTED)
    for which, grams in enumerate(SLIPS, 1):
        household = households.add_household(
            product.cooperative, f"Hộ số {which} (demo)", place=product.cooperative.place, by=by
        )
        plot = households.add_plot(household, "Thửa số 1 (demo)", area=600 + 240 * which, by=by)
        collecting.write_slip(
            lot,
            household,
            plot=plot,
            goods="Nguyên liệu tươi (demo)",
            grams=grams,
            price=Decimal(12_000),
            collected_on=packed - dt.timedelta(days=harvested),
            by=by,
        )
    dossier.release_lot(lot, by=by)
    if lot.pk % 4 == 0:
        codes.activate_run(codes.issue_unit_codes(lot, 12, by=by), by=by)


def _waiting_for_the_officer(found: list[tuple[Cooperative, User]], staff: dict[str, User]) -> None:
    """Leave something in every queue of Thái Nguyên: a new stall, a new product, a change, a star, an account."""
    cooperative, director = found[0]
    by = _by(director)
    tea = Product.objects.get(cooperative=cooperative, title="Trà bí thơm túi lọc")
    changes.propose(
        tea,
        {
            "title": "Trà bí thơm Yến Dương",
            "description": "Túi lọc trà bí xanh thơm sao khô, chữa mất ngủ. Dữ liệu demo.",
        },
        by=by,
    )
    starch = Product.objects.get(cooperative=cooperative, title="Tinh bột dong riềng")
    ocop.file_certificate(
        starch,
        stars=3,
        decision_number="DEMO-900/QĐ",
        issuer="UBND tỉnh Thái Nguyên",
        issuer_level="province",
        issued_on=timezone.localdate() - dt.timedelta(days=20),
        expires_on=ocop.usual_expiry(timezone.localdate() - dt.timedelta(days=20)),
        group="thuc-pham",
        paper=papers.keep(
            _picture("ocop-certificate.webp", "papers"),
            kind=PaperKind.OCOP,
            cooperative=cooperative,
            by=by,
        ),
        by=by,
    )
    other, other_director = found[1]
    draft = products.start_draft(other, draft_key=uuid.uuid5(NAMESPACE, "mang-300"), by=_by(other_director))
    products.edit_draft(
        draft,
        {
            "title": "Măng khô Bản Việt 300 g",
            "category": Category.objects.get(slug="rau-cu-kho"),
            "unit": "túi",
            "net_quantity": "300 g",
            "origin": other.place,
            "maker": other.name,
        },
        by=_by(other_director),
    )
    products.set_price_and_stock(draft, price=95000, in_stock=10, by=_by(other_director))
    pictures.add_picture(
        draft,
        _picture("ban-viet--mang-kho-vung-cao.webp"),
        live=True,
        illustration=True,
        by=_by(other_director),
    )
    moderation.submit(draft, by=_by(other_director))
    cash_only = next(
        (c, d) for c, d in found if c.province_code == "19" and bank_accounts.verified_account(c) is None
    )
    bank_accounts.propose(
        cash_only[0],
        bank=Bank.objects.get(bin="970405"),
        number="0000009999",
        holder="HTX DEMO",
        paper=None,
        by=_by(cash_only[1]),
    )
    [applicant] = _people(("Người xin mở gian hàng (demo)", "0903000001"))
    application = applications.save_draft(
        applicant,
        {
            "name": "HTX Rau rừng Nghĩa Tá (demo)",
            "legal_form": "hop_tac_xa",
            "tax_code": "0000000099",
            "contact_name": "Người đại diện (demo)",
            "phone": "0903000001",
            "about": "Rau rừng, măng và mật ong. Đơn demo đang chờ duyệt.",
            "province_code": "19",
            "province_name": "Tỉnh Thái Nguyên",
            "commune_code": "02071",
            "commune_name": AdminUnit.objects.communes("19").get(code="02071").name,
            "street": "Bản demo",
        },
        by=_by(applicant),
    )
    papers.keep(
        _picture("registration.webp", "papers"),
        kind=PaperKind.REGISTRATION,
        application=application,
        by=_by(applicant),
    )
    applications.submit(application, by=_by(applicant))


def _purchases(staff: dict[str, User]) -> None:
    """A week of trade: orders in every state, some paid by transfer, some by cash."""
    title = {product.title: product for product in Product.objects.on_sale().for_cards()}
    address = {
        "province_code": "01",
        "province_name": "Thành phố Hà Nội",
        "commune_code": "00004",
        "commune_name": "Phường Ba Đình",
        "street": "Số 1, phố Demo",
    }

    def buy(
        *things: tuple[str, int], name: str, phone: str, pay: str = "cod", user: User | None = None
    ) -> list[Order]:
        basket = Basket.objects.create()
        for thing, quantity in things:
            baskets.add(basket, title[thing], quantity)
        found = baskets.parcels(basket, address)
        methods = {
            parcel.cooperative.pk: pay
            if pay in purchases.methods_of(parcel.cooperative, parcel.total)
            else "cod"
            for parcel in found
        }
        made = purchases.place_purchase(
            basket,
            placement_key=uuid.uuid4(),
            buyer=purchases.Buyer(
                name=name,
                phone=phone,
                address=address,
            ),
            methods=methods,
            shown_total=baskets.total_of(found),
            user=user,
            by=Actor.of(user, channel="command") if user else Actor.guest(channel="command"),
        )
        return list(made.orders.select_related("payment", "cooperative").order_by("pk"))

    def director(order: Order) -> Actor:
        return _by(order.cooperative.memberships.get(role=Role.DIRECTOR).user)

    def pack(order: Order, units: int = 0) -> Parcel:
        by = director(order)
        if payments.waits_for_money(order.payment):
            payments.claim(order.payment, by=Actor.guest(channel="command"))
            payments.receive(order.payment, by=by)
            order.payment.refresh_from_db()
        fulfilment.confirm_order(order, by=by)
        choices = [
            fulfilment.PickChoice(suggestion.line.pk, option.lot.pk if option.lot else None, take)
            for suggestion in picking.suggest_picks(order)
            for option, take in suggestion.options
        ]
        if units:  # so many of the first thing now, the rest later
            first = choices[0]
            rest = {line.pk: fulfilment.Short() for line in order.lines.all()}
            some = [fulfilment.PickChoice(first.line_id, first.lot_id, units)]
            return fulfilment.pack_order(order, some, short=rest, by=by)
        return fulfilment.pack_order(order, choices, by=by)

    noodles, tea, ha = "Miến dong Yến Dương", "Trà Lê Hà", staff["buyer"]
    [delivered] = buy((noodles, 2), name="Anh Bình (demo)", phone="0904000001")
    firm = invoices.MadeOutTo("Công ty Mẫu (demo)", "Số 1, phố Demo, Hà Nội", "0000000000")
    invoices.ask(delivered, firm, by=Actor.guest(channel="command"))
    parcel = pack(delivered)
    fulfilment.ship_parcel(parcel, carrier="Viettel Post", waybill="DEMO000001", by=director(delivered))
    fulfilment.deliver_parcel(parcel, by=director(delivered))
    invoices.write(
        delivered,
        form="1",
        series="C26TDM",
        number="00000001",
        issued_on=timezone.localdate(),
        lookup_code="DEMO",
        by=director(delivered),
    )
    for order in buy(
        (noodles, 1),
        ("Chè móc câu Tân Cương", 2),
        name="Chị Hà (demo)",
        phone="0900000002",
        pay="vietqr",
        user=ha,
    ):
        fulfilment.ship_parcel(pack(order), carrier="GHN", waybill="DEMO000002", by=director(order))
    [to_ship] = buy((tea, 1), name="Chú Sơn (demo)", phone="0904000002")
    invoices.ask(to_ship, firm, by=Actor.guest(channel="command"))
    pack(to_ship)
    for order in buy((noodles, 3), (tea, 1), name="Cô Mai (demo)", phone="0904000003", pay="vietqr"):
        payments.claim(order.payment, by=Actor.guest(channel="command"))
    [confirmed] = buy((noodles, 1), name="Anh Tú (demo)", phone="0904000004")
    fulfilment.confirm_order(confirmed, by=director(confirmed))
    buy((noodles, 2), (tea, 1), name="Chị Hà (demo)", phone="0900000002", user=ha)
    buy(
        (tea, 2),
        ("Trà tâm sen", 1),
        ("Mật ong rừng", 1),
        name="Bà Lý (demo)",
        phone="0904000005",
        pay="vietqr",
    )
    [cancelled] = buy((tea, 1), name="Anh Long (demo)", phone="0904000006")
    cancelling.cancel_order(cancelled, reason="Khách đặt nhầm", by=director(cancelled))
    [short] = buy((noodles, 2), name="Chị Thu (demo)", phone="0904000007", pay="vietqr")
    [paid] = buy((noodles, 4), name="Anh Quang (demo)", phone="0904000008", pay="vietqr")
    _money_in(director(short), short, paid)
    _in_parts(buy, pack, director)
    some = {Product.objects.get(title=noodles).pk: 2}
    for method in ("cod", "vietqr"):
        counter.sell(paid.cooperative, some, method=method, placement_key=uuid.uuid4(), by=director(paid))
    [unhappy] = buy((noodles, 5), name="Anh Khoa (demo)", phone="0904000012", pay="vietqr")
    parcel = fulfilment.ship_parcel(pack(unhappy), carrier="GHN", waybill="DEMO000005", by=director(unhappy))
    fulfilment.deliver_parcel(parcel, by=director(unhappy))
    _cases(director(unhappy), unhappy)
    _ratings(director(delivered), delivered, unhappy)


def _ratings(by: Actor, happy: Order, unhappy: Order) -> None:
    """What two buyers say of the noodles, one with an answer."""
    guest, noodles = Actor.guest(channel="command"), happy.lines.get().product
    words = "Sợi dai, thơm mùi dong, nấu không nát. Gói kỹ, gửi ba ngày tới nơi."
    first = ratings.rate(happy, noodles, score=5, words=words, by=guest)
    ratings.rate(unhappy, noodles, score=3, words="Ăn ngon nhưng có gói bị ẩm.", by=guest)
    ratings.answer(first, words="Cảm ơn bạn. Mẻ này phơi đủ nắng nên sợi dai hơn.", by=by)


def _cheaper(staff: dict[str, User]) -> None:
    """A special price that runs, with a real old one, and two vouchers: a cooperative's and the alliance's."""
    today = timezone.localdate()
    starts_at, ends_at = prices.moments_of(today, today + dt.timedelta(days=6))
    days: dict[str, Any] = {"starts_at": starts_at, "ends_at": ends_at}
    tea = Product.objects.get(title="Trà tâm sen").stockrecords.get()
    tea.price_changes.update(at=timezone.now() - dt.timedelta(days=60))
    seller = tea.partner.memberships.get(role=Role.DIRECTOR).user
    prices.open_window(tea, price=round_dong(tea.price * 4 / 5), limit=20, **days, by=_by(seller))
    noodles = Cooperative.objects.get(stall__slug="htx-yen-duong")
    vouchers.make_voucher(
        code="DEMO20", most=Decimal(20_000), least=Decimal(150_000), limit=100, cooperative=noodles, **days,
        by=_by(noodles.memberships.get(role=Role.DIRECTOR).user),
    )  # fmt: skip
    vouchers.make_voucher(
        code="DEMOTN10", percent=10, most=Decimal(30_000), province_code=noodles.province_code, **days,
        bearer_name=f"{vouchers.alliance_name(noodles.province_name)} (demo)", by=_by(staff[noodles.province_code]),
    )  # fmt: skip


def _in_parts(
    buy: Callable[..., list[Order]],
    pack: Callable[..., Parcel],
    director: Callable[[Order], Actor],
) -> None:
    """An order half of which left, one that came back, one whose money goes back to its buyer."""
    noodles = "Miến dong Yến Dương"
    [split] = buy((noodles, 3), name="Chị Ngà (demo)", phone="0904000009")
    by = director(split)
    fulfilment.ship_parcel(pack(split, units=1), carrier="Viettel Post", waybill="DEMO000003", by=by)
    [back] = buy((noodles, 2), name="Anh Phong (demo)", phone="0904000010")
    parcel = fulfilment.ship_parcel(pack(back), carrier="GHTK", waybill="DEMO000004", by=by)
    fit = {pick.pk: pick.quantity for pick in parcel.picks.all()}
    fulfilment.parcel_came_back(parcel, reason="Gọi ba lần không ai nghe", fit=fit, by=by)
    [gone] = buy((noodles, 2), name="Cô Hằng (demo)", phone="0904000011", pay="vietqr")
    payments.receive(gone.payment, by=by)
    cancelling.cancel_order(gone, reason="Mẻ này bị ẩm, không gửi được", by=by)
    refunds.name_account(
        gone.payment.refunds.get(),
        bank=Bank.objects.filter(is_active=True).order_by("position")[0],
        number="0000000011",
        holder="CO HANG DEMO",
        by=Actor.guest(channel="command"),
    )


def _cases(by: Actor, order: Order) -> None:
    """Returns of one order, and complaints: some for the cooperative to answer, some for the province."""
    buyer = Actor.guest(channel="command")
    said = [
        ("broken", "Một gói bị ẩm, mở ra có mùi."),
        ("wrong", "Đặt sợi nhỏ, gói này sợi to."),
        ("unlike", "Ghi 500 g mà cân được 430 g."),
    ]
    cases = [
        returns.ask_return(
            order,
            units={order.lines.get().pk: 1},
            reason=reason,
            words=words,
            form_key=uuid.uuid4(),
            by=buyer,
        )
        for reason, words in said
    ]
    returns.agree(cases[1], goods_needed=True, by=by)
    returns.dispute(cases[2], reason="Hợp tác xã cân từng gói trước khi dán, có ghi sổ.", by=by)
    late, asked = (
        complaints.complain(order, kind=kind, words=words, form_key=uuid.uuid4(), by=buyer)
        for kind, words in (
            ("delivery", "Hẹn ba ngày mà tám ngày mới tới."),
            ("manner", "Gọi ba lần không ai nghe."),
        )
    )
    words = "Xin lỗi bạn. Hãng vận chuyển báo mưa lũ, lần sau chúng tôi gọi trước."
    complaints.answer(late, words=words, form_key=uuid.uuid4(), by=by)
    complaints.ask_alliance(asked, by=buyer)


def _money_in(by: Actor, short: Order, paid: Order) -> None:
    """Two statements of one cooperative: last week's applied, today's shown and not applied yet."""

    def send(name: str, *rows: tuple[str, str, Decimal | int, str]) -> StatementImport:
        lines = [f'"{day}";"{code}";"{amount}";"{text}"' for day, code, amount, text in rows]
        text = "\n".join(["Ngân hàng demo", "Ngày giao dịch;Số tham chiếu;Ghi có;Nội dung", *lines])
        made = statements.send_in(ContentFile(text.encode(), name=name), cooperative=short.cooperative, by=by)
        statements.read_job(Outbox(payload={"statement": made.pk}))
        made.refresh_from_db()
        return made

    now = timezone.localtime()
    day, before = f"{now:%d/%m/%Y} 07:40", f"{now - dt.timedelta(days=4):%d/%m/%Y} 16:05"
    applied = send(
        f"sao-ke-{now - dt.timedelta(days=4):%d-%m}.csv",
        (before, "DEMO0001", short.payment.amount - 20_000, f"MBVCB.0001.{short.payment.memo}.CT tu demo"),
        (before, "DEMO0002", 165_000, "NGUOI CHUYEN DEMO tra tien mien"),
        (before, "DEMO0003", 2_400_000, "Hoan tien dien demo"),
    )
    statements.apply(applied, by=by)
    statements.apply_job(Outbox(payload={"statement": applied.pk}))
    memo = paid.payment.memo
    send(
        f"sao-ke-{now:%d-%m}.csv",
        (
            day,
            "DEMO0011",
            paid.payment.amount + 15_000,
            f"{memo[:2].lower()} {memo[2:6]}-{memo[6:]} cam on HTX",
        ),
        (day, "DEMO0012", 20_000, f"QR - {short.payment.memo}"),
        (day, "DEMO0002", 165_000, "NGUOI CHUYEN DEMO tra tien mien"),
        (day, "DEMO0013", 90_000, "Chuyen tien demo"),
        ("hôm qua", "DEMO0014", 50_000, "Dòng ghi sai ngày"),
    )
