"""Fill our market: stalls, goods with pictures, prices, stock and stars, lots with journeys, papers and codes.

Rows are written past the rules, as the rules would have left them: 10,000 goods come up in seconds, and every page
shows of them what it shows of real ones.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone
from PIL import Image

from catalog import search
from catalog.models import Category, OcopCertificate, Product, ProductImage, ProductSearch
from catalog.pictures import RENDITIONS, _fitting
from cooperatives.models import (
    BankAccount,
    Cooperative,
    Membership,
    PriceChange,
    PriceWindow,
    Stall,
    StockMovement,
    StockRecord,
)
from marketplace.accounts.models import User
from marketplace.demo.words import JOURNEYS, LABELS
from marketplace.foundation.codes import ALPHABET, check_character
from marketplace.foundation.text import fold, slug
from marketplace.places.models import AdminUnit, Bank
from traceability.models import Lot, LotPaper, LotShare, TraceCode, TraceEvent

from . import rows
from .goods import SEED, Good, goods, pictures

BATCH = 5_000
BY = {"by_label": "Máy đo", "by_for": ""}
LOTS = (1, 1, 2, 2, 3, 3)  # with the fresh goods, which have none, 1.5 lots a product
ABOUT = "{name} gồm {n} hộ ở {place}, trồng, làm và gói hàng tại xã. Dữ liệu để đo tốc độ."


def fill(count: int, stalls: int, *, faces: int = 12, seed: int = SEED) -> None:
    """Write ``count`` goods of ``stalls`` open stalls beside what is in the database already.

    All goods share ``faces`` pictures.
    """
    filler = _Filler(random.Random(seed), _pictures(faces))
    with transaction.atomic():
        filler.stalls(stalls)
        made = goods(count, seed)
        while batch := list(islice(made, BATCH)):
            filler.goods(batch)
    rows.finish(*filler.touched)


class _Filler:
    """Keeps what later rows need to know of earlier ones."""

    def __init__(self, draw: random.Random, pictures: list[dict[str, Any]]) -> None:
        self.draw, self.pictures = draw, pictures
        self.touched: dict[type[models.Model], None] = {}
        self.sellers: list[Cooperative] = []
        self.today = timezone.localdate()
        self.now = timezone.now()
        self.kinds = {row.slug: row for row in Category.objects.all()}
        above = {row.path: row.name for row in self.kinds.values()}
        self.trails = {
            row.slug: [above[row.path[:end]] for end in range(4, len(row.path) + 1, 4)]
            for row in self.kinds.values()
        }
        self.codes: set[str] = set()
        self.waiting: defaultdict[type[models.Model], list[dict[str, Any]]] = defaultdict(list)

    # --- rows on their way ----------------------------------------------------------------------------------
    def put(self, model: type[models.Model], **row: Any) -> None:
        self.waiting[model].append(row)

    def flush(self, *order: type[models.Model]) -> None:
        for model in order:
            rows.write(model, self.waiting.pop(model, []))
            self.touched[model] = None
        assert not self.waiting, f"not written: {list(self.waiting)}"

    def hours_ago(self, most: int) -> dt.datetime:
        return self.now - dt.timedelta(minutes=self.draw.randrange(60, most * 60))

    # --- stalls ---------------------------------------------------------------------------------------------
    def stalls(self, count: int) -> None:
        """Cooperatives all over the country with an open stall, a director and (most) a verified account."""
        draw = self.draw
        provinces = {unit.code: unit for unit in AdminUnit.objects.provinces()}
        communes = list(
            AdminUnit.objects.current().exclude(province_code="").order_by("province_code", "code")
        )
        bank = Bank.objects.order_by("pk").first()
        first, user, stall = rows.next_key(Cooperative), rows.next_key(User), rows.next_key(Stall)
        banner = self.pictures[0]["original"]
        for number, commune in enumerate(draw.sample(communes, count)):
            province, key = provinces[commune.province_code], first + number
            name = (
                f"HTX {draw.choice(('Nông nghiệp', 'Nông sản', 'Dịch vụ', 'Sản xuất'))} {commune.short_name}"
            )
            place = {
                "province_code": province.code,
                "province_name": province.name,
                "commune_code": commune.code,
                "commune_name": commune.name,
                "street": "Trung tâm xã",
            }
            row = {
                "id": key,
                "code": f"do-{key}",
                "name": name,
                "tax_code": f"9{key:09d}",
                "phone": f"0209{number:06d}",
                "about": ABOUT.format(name=name, n=draw.randrange(20, 300), place=commune.name),
                **place,
            }
            self.sellers.append(Cooperative(**row))
            self.put(Cooperative, **row)
            phone = f"07{key:08d}"
            self.put(User, id=user + number, full_name=f"Giám đốc {name}"[:120], phone=phone, password="!")
            self.put(Membership, cooperative_id=key, user_id=user + number, role="director")
            self.put(
                Stall, id=stall + number, cooperative_id=key, slug=f"{slug(name)[:60]}-{key}", status="open",
                banner=banner if number % 3 == 0 else "", parcel_fee=25000 + 5000 * (number % 3),
                free_over=300000 if number % 2 else None,
            )  # fmt: skip
            if number % 5 and bank:
                self.put(
                    BankAccount, cooperative_id=key, bank_id=bank.pk, number=f"00{key:08d}",
                    holder=fold(name).upper()[:120], status="verified", **BY,
                )  # fmt: skip
        self.flush(Cooperative, User, Membership, Stall, BankAccount)
        self.keys = {model: rows.next_key(model) for model in (Product, StockRecord, StockMovement, Lot)}

    def key(self, model: type[models.Model]) -> int:
        self.keys[model] += 1
        return self.keys[model] - 1

    # --- goods ----------------------------------------------------------------------------------------------
    def goods(self, batch: list[Good]) -> None:
        for good in batch:
            self.good(good)
        self.flush(
            Product, ProductSearch, ProductImage, StockRecord, PriceChange, PriceWindow, StockMovement, OcopCertificate,
            Lot, LotShare, LotPaper, TraceEvent, TraceCode,
        )  # fmt: skip

    def good(self, good: Good) -> None:
        draw, seller, kind = self.draw, self.sellers[good.number % len(self.sellers)], self.kinds[good.kind]
        key, record, label = self.key(Product), self.key(StockRecord), LABELS[good.kind]
        approved = self.hours_ago(24 * 500)
        row = {
            "id": key,
            "title": good.title,
            "slug": f"{slug(good.title, longest=80)}-{key}",
            "description": good.story,
            "date_created": approved,
            "date_updated": approved,
            "cooperative_id": seller.pk,
            "category_id": kind.pk,
            "status": "approved",
            "unit": good.unit,
            "net_quantity": good.net,
            "net_grams": good.grams,
            "net_ml": good.ml,
            "origin": seller.place,
            "maker": seller.name,
            "ingredients": label.ingredients,
            "usage": label.usage,
            "storage": label.storage,
            "warnings": label.warnings,
            "shelf_life": label.shelf_life,
            "standard": label.standard,
            "vat_rate": label.vat,
            "season": good.season,
            "submitted_at": approved,
            "approved_at": approved,
        }
        self.put(Product, **row)
        words = search.words_of(Product(**row, cooperative=seller), self.trails[good.kind])
        self.put(ProductSearch, product_id=key, **words)
        self.pictures_of(key, approved)
        self.stock_of(good, key, record, seller, approved)
        if draw.random() < 0.3:
            self.star_of(key, seller)

    def pictures_of(self, product: int, at: dt.datetime) -> None:
        for order, picture in enumerate(
            self.draw.sample(self.pictures, min(len(self.pictures), self.draw.choice((1, 1, 1, 2, 3))))
        ):
            self.put(ProductImage, product_id=product, display_order=order, date_created=at, **picture)

    def stock_of(self, good: Good, product: int, record: int, seller: Cooperative, at: dt.datetime) -> None:
        """One movement in, shared out to the lots; a few goods are sold out, a few on sale for less."""
        draw = self.draw
        stock = 0 if draw.random() < 0.03 else draw.randrange(200, 900)
        self.put(
            StockRecord, id=record, product_id=product, partner_id=seller.pk, partner_sku=f"H{product}",
            price=good.price, num_in_stock=stock, date_created=at, date_updated=at, unit_grams=good.grams or 500,
        )  # fmt: skip
        self.put(PriceChange, stock_record_id=record, old_price=None, new_price=good.price, at=at, **BY)
        if draw.random() < 0.04:
            self.put(
                PriceWindow, stock_record_id=record, price=good.price * 8 // 10000 * 1000, starts_at=at,
                ends_at=self.now + dt.timedelta(days=draw.randrange(2, 60)), **BY,
            )  # fmt: skip
        movement = self.key(StockMovement)
        if stock:
            self.put(
                StockMovement, id=movement, stock_record_id=record, kind="made", quantity=stock, at=at, **BY
            )
        for number in range(draw.choice(LOTS) if LABELS[good.kind].months else 0):
            self.lot_of(good, product, seller, number, movement, stock // 4)

    def star_of(self, product: int, seller: Cooperative) -> None:
        """A certificate; one in six has lapsed."""
        issued = self.today - dt.timedelta(days=self.draw.randrange(10, 1300))
        self.put(
            OcopCertificate, product_id=product, stars=self.draw.choice((3, 3, 3, 4, 4, 5)), group="thuc-pham",
            decision_number=f"{self.draw.randrange(100, 4000)}/QĐ-UBND", issuer=f"UBND {seller.province_name}",
            issued_on=issued, expires_on=issued + dt.timedelta(days=1095), status="verified",
            created_at=self.now, submitted_at=self.now, **BY,
        )  # fmt: skip

    def lot_of(
        self, good: Good, product: int, seller: Cooperative, number: int, movement: int, share: int
    ) -> None:
        """A lot with its journey, a test report and its code; one in ten with codes for single packets."""
        draw, lot = self.draw, self.key(Lot)
        packed = self.today - dt.timedelta(days=draw.randrange(1, 25) + number * 30)
        expires = packed + dt.timedelta(days=30 * LABELS[good.kind].months)
        self.put(
            Lot, id=lot, cooperative_id=seller.pk, product_id=product, number=f"{packed:%y%m%d}-{number + 1:02d}",
            status="open" if number == 0 else "closed", made_on=packed, packed_on=packed, expires_on=expires,
        )  # fmt: skip
        if share:
            self.put(LotShare, movement_id=movement, lot_id=lot, quantity=share)
        for what, before, place, by_households, note in JOURNEYS.get(good.kind, JOURNEYS[""]):
            self.put(
                TraceEvent, id=uuid.UUID(int=draw.getrandbits(128), version=4), lot_id=lot, kind=what.value,
                occurred_on=packed - dt.timedelta(days=before), place=place or seller.place,
                households=draw.randrange(4, 40) if by_households else None, note=note,
                quantity=f"{share} {good.unit}" if what == "packed" else "", nonce=draw.randbytes(16), **BY,
            )  # fmt: skip
        self.put(
            LotPaper, lot_id=lot, kind="test_report", title="Phiếu kiểm nghiệm", number=f"KN-{lot:06d}",
            issuer="Trung tâm kiểm nghiệm tỉnh", issued_on=packed, valid_until=packed + dt.timedelta(days=360), **BY,
        )  # fmt: skip
        self.put(TraceCode, code=self.code(8), lot_id=lot, kind="lot", status="activated")
        if draw.random() < 0.1:
            for _n in range(5):
                self.put(TraceCode, code=self.code(13), lot_id=lot, kind="unit", status="activated")

    def code(self, length: int) -> str:
        while True:
            data = "".join(self.draw.choices(ALPHABET, k=length - 1))
            code = data + check_character(data)
            if code not in self.codes:
                self.codes.add(code)
                return code


def _pictures(most: int) -> list[dict[str, Any]]:
    """The columns of the pictures, stored with their renditions as the job would have made them."""
    storage = ProductImage._meta.get_field("original").storage  # type: ignore[union-attr]
    found = []
    for path in pictures(most):
        stem = f"images/do/{path.stem}"
        with Image.open(path) as opened:
            whole = opened.convert("RGB")
        names = {"": f"{stem}.webp"} | {str(width): f"{stem}-{width}.webp" for width in RENDITIONS}
        for width, name in names.items():
            if storage.exists(name):
                continue
            if width:
                height = whole.height * int(width) // whole.width
                data = _fitting(whole.resize((int(width), height)), RENDITIONS[int(width)])
            else:
                data = path.read_bytes()
            storage.save(name, ContentFile(data))
        original = names.pop("")
        found.append(
            {
                "original": original,
                "width": whole.width,
                "height": whole.height,
                "renditions": names,
                "is_live": True,
            }
        )
    return found


def numbers() -> Iterator[tuple[str, int]]:
    """How much there is, for the report."""
    counted = {
        "products": Product.objects.on_sale(),
        "stalls": Stall.objects.open(),
        "lots": Lot.objects,
        "journey events": TraceEvent.objects,
        "codes": TraceCode.objects,
        "certificates in force": OcopCertificate.objects.in_force(),
    }
    for name, found in counted.items():
        yield name, found.count()
