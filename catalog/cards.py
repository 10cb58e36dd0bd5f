"""Goods as lists show them: a card is a flat row, read without building models, and its HTML is made once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from decimal import Decimal
from typing import NamedTuple

from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from cooperatives.models import Stall
from cooperatives.offers import offers_of
from marketplace.foundation.memo import Kept

from .models import OcopCertificate, ProductImage, ProductQuerySet, rendition


class Picture(NamedTuple):
    """Where a card's picture is stored, and whether it was drawn and not taken."""

    name: str
    is_illustration: bool

    @property
    def url(self) -> str:
        return str(default_storage.url(self.name))


class Card(NamedTuple):
    """What a product's card shows; equal cards look alike, so its HTML can be kept by value.

    ``price`` is what one unit costs now in whole đồng, None without a stock record; ``was`` the old
    price that may be shown beside a special one; ``stars`` those of a certificate in force today.
    """

    product_id: int
    slug: str
    name: str
    grams: int | None
    ml: int | None
    seller_id: int
    seller: str
    price: Decimal | None
    was: Decimal | None
    is_sold_out: bool
    stars: int | None
    picture: Picture | None


class _Row(NamedTuple):
    """What a list reads of a product: it stays the same while no stall's version changes."""

    product_id: int
    slug: str
    name: str
    grams: int | None
    ml: int | None
    seller_id: int
    seller: str


_COLUMNS = (
    "pk", "slug", "title", "net_grams", "net_ml", "cooperative_id", "cooperative__name",
)  # fmt: skip
_rows: Kept[list[_Row]] = Kept(most=2_000)


class _Face(NamedTuple):
    """What of a card stays the same while the product's version and the day do."""

    stars: int | None
    picture: Picture | None


_faces: Kept[_Face] = Kept(most=20_000)


def cards_of(products: Callable[[], ProductQuerySet], key: Hashable = None) -> list[Card]:
    """The cards of what ``products`` asks for, in its order.

    Two queries, for price and stock and for the products' versions; one more for the rows, kept under ``key`` (which
    holds ``stalls.all_versions`` and all that narrows and orders ``products``; None keeps nothing); two more when a
    version was not seen before.
    """
    rows = _rows.get(key, lambda: [_Row(*row) for row in products().values_list(*_COLUMNS)])
    keys = [row.product_id for row in rows]
    offers = offers_of(keys)
    faces = _faces_of(_versions_of(keys))
    cards = []
    for product, slug, name, grams, ml, seller_id, seller in rows:
        if product not in faces:
            continue  # gone since the rows were read
        offer = offers.get(product)
        cards.append(
            Card(
                product, slug, name, grams, ml, seller_id, seller,
                offer.price if offer else None,
                offer.was if offer else None,
                not offer or not offer.left,
                *faces[product],
            )
        )  # fmt: skip
    return cards


def _versions_of(products: Collection[int]) -> list[tuple[int, int]]:
    """(key, version) of each product: a picture, a star or a lot changes it without its stall's version."""
    if not products:
        return []
    with connection.cursor() as cursor:  # by hand, as offers_of
        cursor.execute(
            f"SELECT id, version FROM catalogue_product WHERE id IN ({','.join(map(str, products))})"
        )
        return list(cursor.fetchall())


def _faces_of(products: Collection[tuple[int, int]]) -> dict[int, _Face]:
    """The face of each product (key, version)."""
    today = timezone.localdate()
    known = {key: _faces.find((key, version, today)) for key, version in products}
    if unknown := [key for key, face in known.items() if face is None]:
        stars, pictures = stars_of(unknown), pictures_of(unknown)
        for key, version in products:
            if known[key] is None:
                known[key] = _faces.put((key, version, today), _Face(stars.get(key), pictures.get(key)))
    return {key: face for key, face in known.items() if face is not None}


def stars_of(products: Collection[int]) -> dict[int, int]:
    """The stars in force today of those of ``products`` that have any; one query."""
    best: dict[int, int] = {}
    found = OcopCertificate.objects.in_force().filter(product_id__in=products)
    for product, stars in found.values_list("product_id", "stars"):
        best.setdefault(product, stars)
    return best


def pictures_of(products: Collection[int]) -> dict[int, Picture]:
    """The first live picture of each product, as small as a card needs it; one query."""
    first: dict[int, Picture] = {}
    live = ProductImage.objects.filter(product_id__in=products, is_live=True).order_by("display_order", "id")
    columns = ("product_id", "original", "renditions", "is_illustration")
    for product, original, made, drawn in live.values_list(*columns):
        if product not in first:
            first[product] = Picture(rendition(original, made, 320), drawn)
    return first


class StallCard(NamedTuple):
    """What a stall's card shows: people and place, how many goods are on sale, the picture of one of them.

    The stall's own banner is for its page; on a card it would weigh as much as eight goods.
    """

    slug: str
    name: str
    place: str
    goods: int
    picture: Picture | None


def stall_card(stall: Stall, goods: int, picture: Picture | None) -> StallCard:
    """The card of a stall that was read with its cooperative; no query."""
    return StallCard(stall.slug, stall.cooperative.name, stall.cooperative.place, goods, picture)
