"""Scenery for tests: readable defaults, no randomness. What a test is about is built through the rules instead."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

from django.utils import timezone

from catalog.categories import ensure_categories
from catalog.models import Category, OcopCertificate, Product
from catalog.statuses import CertificateStatus, ProductStatus
from cooperatives import sets
from cooperatives.models import (
    BankAccount,
    Cooperative,
    Membership,
    Officer,
    Stall,
    StockMovement,
    StockRecord,
)
from cooperatives.statuses import BankAccountStatus, Role
from marketplace.accounts.models import User
from marketplace.foundation import text
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import CaseSide
from marketplace.places.models import Bank
from traceability import codes, recalls
from traceability.models import Lot, LotShare, TraceCode

_number = itertools.count(1)

THAI_NGUYEN = {
    "province_code": "19",
    "province_name": "Tỉnh Thái Nguyên",
    "commune_code": "01921",
    "commune_name": "Xã Thượng Minh",
}
NGHE_AN = {
    "province_code": "40",
    "province_name": "Tỉnh Nghệ An",
    "commune_code": "17971",
    "commune_name": "Xã Kim Liên",
}
HA_NOI = {
    "province_code": "01",
    "province_name": "Thành phố Hà Nội",
    "commune_code": "00004",
    "commune_name": "Phường Ba Đình",
}


# What a browser gives out to be told: its push service's address for it, and its keys (of nobody).
DEVICE = {
    "endpoint": "https://push.example.vn/wp/dAbC-123_x",
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


def make_user(full_name: str = "Người Thử", phone: str | None = None, **fields: Any) -> User:
    """A user who can sign in with the password "cho-phien-2026"."""
    phone = phone or f"09{next(_number):08d}"
    return User.objects.create_user(phone, "cho-phien-2026", full_name=full_name, **fields)


def make_cooperative(
    name: str = "HTX Mường Hoa", slug: str | None = None, *, place: dict[str, str] | None = None, **stall: Any
) -> Cooperative:
    """A cooperative with an open stall; parcel fee 30.000 ₫, free from 500.000 ₫."""
    cooperative = Cooperative.objects.create(
        name=name, phone="0208000000", street="Xóm Chợ", **(place or THAI_NGUYEN)
    )
    stall = {"parcel_fee": 30000, "free_over": 500000, **stall}
    Stall.objects.create(cooperative=cooperative, slug=slug or text.slug(name), **stall)
    return cooperative


def make_member(cooperative: Cooperative, user: User, role: str = Role.DIRECTOR) -> Membership:
    return Membership.objects.create(cooperative=cooperative, user=user, role=role)


def make_officer(user: User, place: dict[str, str] = THAI_NGUYEN) -> Officer:
    return Officer.objects.create(
        user=user, province_code=place["province_code"], province_name=place["province_name"]
    )


def make_category(slug: str = "mien-bun-pho") -> Category:
    """A category of the market's tree; the tree is planted again after a test that emptied the tables."""
    found = Category.objects.filter(slug=slug).first()
    if found is None:
        ensure_categories()
        found = Category.objects.get(slug=slug)
    return found


def make_product(
    cooperative: Cooperative,
    name: str = "Miến dong",
    *,
    price: int = 55000,
    stock: int = 20,
    status: str = ProductStatus.APPROVED,
    **fields: Any,
) -> Product:
    """A product on the shelf with ``stock`` units that one movement explains."""
    product = Product.objects.create(
        cooperative=cooperative,
        title=name,
        slug=f"{text.slug(name)}-{next(_number)}",
        status=status,
        category=fields.pop("category", None) or make_category(),
        approved_at=timezone.now(),
        **{"unit": "gói", "net_quantity": "500 g", "net_grams": 500, "origin": cooperative.place, **fields},
    )
    record = StockRecord.objects.create(
        product=product,
        partner=cooperative,
        partner_sku=f"H{product.pk}",
        price=price,
        num_in_stock=stock,
        price_currency="VND",
    )
    if stock:
        StockMovement.objects.create(stock_record=record, kind="made", quantity=stock, by_label="kịch bản")
    return product


def make_set(
    cooperative: Cooperative,
    parts: dict[Product, int],
    name: str = "Hộp quà Tết",
    *,
    price: int = 150000,
    **fields: Any,
) -> Product:
    """A set on the shelf, of so many units of each part."""
    made = make_product(cooperative, name, price=price, stock=0, unit="hộp", net_grams=None, **fields)
    units = {product.stockrecords.get().pk: n for product, n in parts.items()}
    sets.set_parts(made.stockrecords.get(), units, by=Actor.system("kịch bản"))
    return made


def unit_codes(lot: Lot, count: int, *, by: Actor) -> list[TraceCode]:
    """Codes of ``count`` packets of ``lot`` that stick on goods."""
    run = codes.issue_unit_codes(lot, count, by=by)
    codes.activate_run(run, by=by)
    return list(run.codes.order_by("number"))


def make_lot(
    product: Product,
    quantity: int = 20,
    *,
    number: str = "261105-01",
    code: str = "2EP9TW83",
    made_on: dt.date = dt.date(2026, 11, 5),
    expires_on: dt.date | None = dt.date(2027, 11, 5),
    from_stock: bool = True,
) -> Lot:
    """A lot that claims ``quantity`` of the product's first movement, with its lot code; labels may be printed."""
    lot = Lot.objects.create(
        cooperative=product.cooperative,
        product=product,
        number=number,
        made_on=made_on,
        packed_on=made_on,
        expires_on=expires_on,
        dossier="released",
    )
    if from_stock:
        movement = StockMovement.objects.filter(stock_record__product=product).first()
        LotShare.objects.create(movement=movement, lot=lot, quantity=quantity)
    TraceCode.objects.create(code=code, lot=lot, kind="lot")
    return lot


def make_bank_account(cooperative: Cooperative, status: str = BankAccountStatus.VERIFIED) -> BankAccount:
    bank, _ = Bank.objects.get_or_create(bin="970405", defaults={"name": "Agribank"})
    return BankAccount.objects.create(
        cooperative=cooperative,
        bank=bank,
        number="8500201001234",
        holder=cooperative.name.upper(),
        status=status,
        by_label="kịch bản",
    )


def make_certificate(
    product: Product,
    *,
    stars: int = 4,
    issued_on: dt.date = dt.date(2025, 6, 26),
    expires_on: dt.date = dt.date(2028, 6, 26),
    status: str = CertificateStatus.VERIFIED,
) -> OcopCertificate:
    return OcopCertificate.objects.create(
        product=product,
        stars=stars,
        decision_number="2361/QĐ-BNNMT",
        issuer="UBND tỉnh Thái Nguyên",
        issued_on=issued_on,
        expires_on=expires_on,
        status=status,
        by_label="kịch bản",
    )


def recall_lot(lot: Lot, *, reason: str, by: Actor) -> Lot:
    """Recall one lot without its buyers being told (``orders.recalls`` tells them); return it as it is now."""
    recalls.start(lot.cooperative, [lot], reason=reason, side=CaseSide.SELLER, form_key=uuid.uuid4(), by=by)
    lot.refresh_from_db()
    return lot
