"""One product's page: everything the law wants seen before ordering, and the lots behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.categories import trail_of
from catalog.measures import comparable_price
from catalog.models import OcopCertificate, Product, ProductImage
from catalog.sets import parts_shown
from catalog.statuses import ProductStatus
from cooperatives.models import Stall
from cooperatives.offers import Offer, offers_of
from cooperatives.statuses import StallStatus
from marketplace.foundation.memo import Kept

from .engines import absolute, crumbs_ld


class _Seen(NamedTuple):
    """Which product an address means, and the versions that its page hangs on."""

    product_id: int
    version: int
    stall_version: int


@dataclass(frozen=True, slots=True)
class _Still:
    """What a product's page shows apart from price, stock and the visitor: it stays until a version or the day
    changes. ``top``, ``about`` and ``label`` are HTML."""

    product: Product
    stall: Stall
    star: OcopCertificate | None
    pictures: list[ProductImage]
    crumbs: list[tuple[str, str]]
    top: SafeString
    about: SafeString
    label: SafeString
    summary: str


@dataclass(frozen=True, slots=True)
class _Moment:
    """The page with an offer, all but the frame and the form, which are the visitor's: HTML in the order of the
    page. ``most``: how many may be bought now."""

    title: str
    meta: SafeString
    upper: SafeString
    lower: SafeString
    most: int


_stills: Kept[_Still] = Kept(most=3000)
_moments: Kept[_Moment] = Kept(most=3000)


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product's page. 404 unless it is approved; while its cooperative has closed the stall, the page says so.

    Two queries while the versions of product and stall are known: those, and price and stock; for a set two more, for
    its parts.
    """
    seen = _seen(slug)
    if seen is None:
        raise Http404
    offer = offers_of([seen.product_id]).get(seen.product_id)
    key = (seen, request.path, timezone.localdate(), get_language())
    moment = _moments.get(
        (key, offer), lambda: _moment(_stills.get(key, lambda: _still(seen)), offer, request.path)
    )
    context = {"product_id": seen.product_id, "moment": moment}
    if offer and offer.is_set:
        context["parts"] = parts_shown(seen.product_id)
    return render(request, "catalog/shop/product.html", context)


def _seen(slug: str) -> _Seen | None:
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [slug, ProductStatus.APPROVED.value, StallStatus.SUSPENDED.value])
        row = cursor.fetchone()
    return _Seen(*row) if row else None


_SEEN = """
    SELECT product.id, product.version, stall.version
    FROM catalogue_product product JOIN partner_stall stall ON stall.cooperative_id = product.cooperative_id
    WHERE product.slug = %s AND product.status = %s AND product.removed_at IS NULL AND stall.status <> %s"""


def _still(seen: _Seen) -> _Still:
    found = Product.objects.select_related("cooperative__stall", "category")
    row = found.prefetch_related("cooperative__stall__zones").get(pk=seen.product_id)
    crumbs = []
    if row.category:
        crumbs = [(node.label, reverse("shop:category", args=[node.slug])) for node in trail_of(row.category)]
    pictures = list(row.images.filter(is_live=True).order_by("display_order", "id"))
    shown = {
        "product": row,
        "cooperative": row.cooperative,
        "stall": row.cooperative.stall,
        "star": row.star,
        "pictures": pictures,
        "crumbs": crumbs,
        "facts": _label_facts(row),
    }
    return _Still(
        row,
        row.cooperative.stall,
        shown["star"],
        pictures,
        crumbs,
        render_to_string("catalog/shop/_product_top.html", shown),
        render_to_string("catalog/shop/_product_about.html", shown),
        render_to_string("catalog/shop/_product_label.html", shown),
        _summary(row),
    )


def _moment(still: _Still, offer: Offer | None, path: str) -> _Moment:
    row, url = still.product, absolute(path)
    left = offer.left if offer else 0
    can_buy = bool(left and still.stall.is_open)
    shown = {
        "still": still,
        "product": row,
        "cooperative": row.cooperative,
        "stall": still.stall,
        "star": still.star,
        "crumbs": still.crumbs,
        "offer": offer,
        "per_unit": comparable_price(offer.price, grams=row.net_grams, ml=row.net_ml) if offer else "",
        "left": left,
        "can_buy": can_buy,
        "url": url,
        "og_image": absolute(still.pictures[0].page_url) if still.pictures else "",
        "json_ld": [
            _product_ld(still, offer, url, can_buy=can_buy),
            crumbs_ld([*still.crumbs, (row.name, path)]),
        ],
    }
    return _Moment(
        f"{row.name} {row.net_quantity}".strip(),
        render_to_string("catalog/shop/_product_meta.html", shown),
        render_to_string("catalog/shop/_product_upper.html", shown),
        render_to_string("catalog/shop/_product_lower.html", shown),
        left if can_buy else 0,
    )


def _label_facts(row: Product) -> list[tuple[str, str, bool]]:
    """(label, text, whether it is long) in the order of Decree 37/2026 art. 42; empty ones are left out."""
    grams_or_quantity = row.net_quantity
    rows = [
        (_("Khối lượng tịnh"), grams_or_quantity, False),
        (_("Nơi làm ra"), row.origin, False),
        (_("Chịu trách nhiệm"), row.maker or row.cooperative.name, False),
        (_("Mùa vụ"), row.season, False),
        (_("Hạn dùng"), row.shelf_life, False),
        (_("Tiêu chuẩn"), row.standard, False),
        (_("Thành phần"), row.ingredients, True),
        (_("Cách dùng"), row.usage, True),
        (_("Bảo quản"), row.storage, True),
        (_("Lưu ý"), row.warnings, True),
    ]
    return [fact for fact in rows if fact[1]]


def _summary(row: Product) -> str:
    first = " ".join(row.description.split())
    if len(first) > 160:
        first = first[:157].rsplit(" ", 1)[0] + "…"
    return first or f"{row.name} · {row.net_quantity} · {row.cooperative.name}, {row.cooperative.place}"


def _product_ld(still: _Still, offer: Offer | None, url: str, *, can_buy: bool) -> dict[str, Any]:
    """The product as schema.org reads it."""
    row = still.product
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": row.name,
        "description": still.summary,
        "image": [absolute(picture.page_url) for picture in still.pictures],
        "brand": {"@type": "Brand", "name": row.cooperative.name},
        "countryOfOrigin": "VN",
        "url": url,
    }
    if row.category:
        data["category"] = row.category.name
    if offer:
        data["offers"] = {
            "@type": "Offer",
            "url": url,
            "priceCurrency": "VND",
            "price": int(offer.price),
            "availability": f"https://schema.org/{'InStock' if can_buy else 'OutOfStock'}",
            "seller": {
                "@type": "Organization",
                "name": row.cooperative.name,
                "address": row.cooperative.whole,
                "telephone": row.cooperative.phone,
            },
        }
    return data
