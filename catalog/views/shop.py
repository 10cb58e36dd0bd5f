"""The public pages of goods: lists, kinds, provinces, search, the product, and what search engines read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import search as finding
from catalog.browsing import (
    Filters,
    Listing,
    listing,
    provinces_with_goods,
)
from catalog.cards import Card, Picture, StallCard, stall_card
from catalog.categories import public_tree, trail_of
from catalog.measures import comparable_price
from catalog.models import Product
from catalog.statuses import ProductStatus
from cooperatives.models import Stall
from cooperatives.prices import Price, lowest, windows_open
from cooperatives.statuses import StallStatus
from marketplace.foundation.memo import Kept
from marketplace.places.models import AdminUnit

SITEMAP_MOST = 20_000


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    """All goods, filtered by what the address says."""
    filters = Filters.of(request.GET)
    if shorter := _shorter(request, filters):
        return redirect(shorter)
    found = listing(filters)
    title = _("Đang mùa ở vùng cao") if filters.in_season else _("Hàng trên chợ")
    return render(request, "catalog/shop/products.html", {**_shelf(found), "title": title})


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One kind of goods and all kinds under it."""
    tree = public_tree()
    node = tree.by_slug.get(slug)
    if node is None:
        raise Http404
    filters = Filters.of(request.GET, category=slug)
    if shorter := _shorter(request, filters):
        return redirect(shorter)
    found = listing(filters, tree=tree)
    crumbs = [(above.name, reverse("shop:category", args=[above.slug])) for above in node.trail]
    return render(
        request,
        "catalog/shop/category.html",
        {
            **_shelf(found),
            "title": node.name,
            "node": node,
            "crumbs": crumbs[:-1],
            "json_ld": _crumbs_ld(crumbs),
        },
    )


@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """The tree of kinds, with how many goods are on sale in each."""
    tree = public_tree()
    on_sale = Product.objects.on_sale().order_by()
    counts = dict(on_sale.values_list("category_id").annotate(n=Count("pk")))
    rows = []
    for root in tree.roots:
        children = [(child, counts.get(child.id, 0)) for child in root.children]
        rows.append((root, sum(counts.get(key, 0) for key in root.ids), children))
    return render(request, "catalog/shop/categories.html", {"rows": rows, "active_tab": "home"})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search by words, with or without marks; an answer that is empty still leads on."""
    filters = Filters.of(request.GET)
    if shorter := _shorter(request, filters):
        return redirect(shorter)
    found = listing(filters)
    query = finding.Query.of(found.repaired or filters.q)
    context = {**_shelf(found), "q": filters.q, "active_tab": "search"}
    context["stalls"] = _stalls_named(query, found.cards)
    if found.repaired:
        context["repaired_url"] = "?" + filters.query(q=found.repaired)
    if not found.total:
        context["near"] = finding.near_categories(query)
        context["unfiltered_url"] = (
            "?" + Filters(q=filters.q).query() if filters.are_set and filters.q else ""
        )
    return render(request, "catalog/shop/search.html", context)


def _stalls_named(query: finding.Query, goods: Iterable[Card]) -> list[Stall]:
    """Stalls behind the found goods whose name holds every word; one query when there are any."""
    words = set(query.words)
    named = {card.seller_id for card in goods if words and words <= set(finding.Query.of(card.seller).words)}
    return list(Stall.objects.filter(cooperative_id__in=named).select_related("cooperative")) if named else []


@require_safe
def provinces(request: HttpRequest) -> HttpResponse:
    """All provinces; those with open stalls first come with numbers."""
    counts = provinces_with_goods()
    units = list(AdminUnit.objects.provinces())
    rows = [(unit, *counts.get(unit.code, (0, 0))) for unit in units]
    return render(
        request,
        "catalog/shop/provinces.html",
        {"with_goods": [row for row in rows if row[1]], "others": [row[0] for row in rows if not row[1]]},
    )


@require_safe
def province(request: HttpRequest, slug: str) -> HttpResponse:
    """A province's goods and stalls."""
    unit = get_object_or_404(AdminUnit.objects.provinces(), slug=slug)
    filters = Filters.of(request.GET, province=unit.code)
    if shorter := _shorter(request, filters):
        return redirect(shorter)
    found = listing(filters)
    context = {**_shelf(found), "unit": unit, "province": {"name": unit.short_name}, "stalls": []}
    if not filters.are_set and filters.page == 1:
        context["stalls"] = _province_stalls(unit.code, found.cards)
    crumbs = [(_("Các tỉnh"), reverse("shop:provinces")), (unit.short_name, request.path)]
    context["json_ld"] = _crumbs_ld(crumbs)
    return render(request, "catalog/shop/province.html", context)


def _province_stalls(code: str, goods: Iterable[Card], most: int = 24) -> list[StallCard]:
    """Cards of a province's open stalls, pictured by the goods on the page; one query."""
    on_sale = Q(
        cooperative__products__status=ProductStatus.APPROVED, cooperative__products__removed_at__isnull=True
    )
    stalls = (
        Stall.objects.open()
        .filter(cooperative__province_code=code)
        .select_related("cooperative")
        .annotate(goods=Count("cooperative__products", filter=on_sale))
        .order_by("-goods", "-pk")[:most]
    )
    faces: dict[int, Picture] = {}
    for card in goods:
        if card.picture:
            faces.setdefault(card.seller_id, card.picture)
    return [stall_card(stall, stall.goods, faces.get(stall.cooperative_id)) for stall in stalls]


# --- one product ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _ProductPage:
    """What a product's page shows apart from price, stock and the visitor: it stays until a version or the day
    changes. ``top``, ``about`` and ``label`` are HTML."""

    product: Product
    crumbs: list[tuple[str, str]]
    top: SafeString
    about: SafeString
    label: SafeString
    summary: str
    og_image: str


_product_pages: Kept[_ProductPage] = Kept(most=3000)


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product: everything the law wants seen before ordering, and the lots behind it.

    404 unless it is approved; while its cooperative has closed the stall for a while, the page says so. Two queries
    while neither the product's nor the stall's version has changed.
    """
    seen = (
        Product.objects.filter(slug=slug, status=ProductStatus.APPROVED, removed_at__isnull=True)
        .exclude(cooperative__stall__status=StallStatus.SUSPENDED)
        .values_list(
            "pk", "version", "cooperative__stall__version", "stockrecords__id", "stockrecords__price",
            "stockrecords__num_in_stock", "stockrecords__num_allocated",
        )
        .first()
    )  # fmt: skip
    if seen is None:
        raise Http404
    pk, version, stall_version, record, regular, in_stock, held = seen
    key = (pk, version, stall_version, timezone.localdate(), get_language())
    kept = _product_pages.get(key, lambda: _product_page(pk))
    row, stall = kept.product, kept.product.cooperative.stall
    price = lowest(regular, windows_open([record]).get(record, ())) if record else None
    left = max(0, in_stock - held) if record else 0
    can_buy = bool(price and left and stall.is_open)
    url = settings.MARKET_URL + request.path
    return render(
        request,
        "catalog/shop/product.html",
        {
            "product": row,
            "cooperative": row.cooperative,
            "stall": stall,
            "star": row.star,
            "crumbs": kept.crumbs,
            "kept": kept,
            "price": price,
            "per_unit": comparable_price(price.amount, grams=row.net_grams, ml=row.net_ml) if price else "",
            "left": left,
            "can_buy": can_buy,
            "url": url,
            "json_ld": [
                _product_ld(kept, price, url, can_buy=can_buy),
                _crumbs_ld([*kept.crumbs, (row.name, request.path)]),
            ],
        },
    )


def _product_page(pk: int) -> _ProductPage:
    row = Product.objects.for_cards().select_related("category").get(pk=pk)
    crumbs = []
    if row.category:
        crumbs = [(node.label, reverse("shop:category", args=[node.slug])) for node in trail_of(row.category)]
    shown = {
        "product": row,
        "cooperative": row.cooperative,
        "stall": row.cooperative.stall,
        "star": row.star,
        "pictures": list(row.images.all()),
        "crumbs": crumbs,
        "facts": _label_facts(row),
    }
    return _ProductPage(
        row,
        crumbs,
        render_to_string("catalog/shop/_product_top.html", shown),
        render_to_string("catalog/shop/_product_about.html", shown),
        render_to_string("catalog/shop/_product_label.html", shown),
        _summary(row),
        _absolute(row.picture.page_url) if row.picture else "",
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


def _absolute(url: str) -> str:
    return url if "://" in url else settings.MARKET_URL + url


def _product_ld(kept: _ProductPage, price: Price | None, url: str, *, can_buy: bool) -> dict[str, Any]:
    """The product as schema.org reads it."""
    row = kept.product
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": row.name,
        "description": kept.summary,
        "image": [_absolute(picture.page_url) for picture in row.images.all()],
        "brand": {"@type": "Brand", "name": row.cooperative.name},
        "countryOfOrigin": "VN",
        "url": url,
    }
    if row.category:
        data["category"] = row.category.name
    if price:
        data["offers"] = {
            "@type": "Offer",
            "url": url,
            "priceCurrency": "VND",
            "price": int(price.amount),
            "availability": f"https://schema.org/{'InStock' if can_buy else 'OutOfStock'}",
            "seller": {
                "@type": "Organization",
                "name": row.cooperative.name,
                "address": row.cooperative.whole,
                "telephone": row.cooperative.phone,
            },
        }
    return data


def _crumbs_ld(crumbs: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": _absolute(path)}
            for place, (name, path) in enumerate(crumbs, 1)
        ],
    }


# --- what lists share -------------------------------------------------------------------------------------
def _shorter(request: HttpRequest, filters: Filters) -> str:
    """The same page without the empty words a form sends along, so that addresses can be read and shared."""
    if "" not in request.GET.values():
        return ""
    words = filters.query(page=filters.page)
    return f"{request.path}?{words}" if words else request.path


def _shelf(found: Listing) -> dict[str, Any]:
    """What every list page shows beside its shelf (templatetags.goods.shelf)."""
    total_words = ngettext("%(n)s mặt hàng", "%(n)s mặt hàng", found.total) % {"n": found.total}
    return {"listing": found, "total": found.total, "total_words": total_words, "filters": found.filters}


# --- for search engines -----------------------------------------------------------------------------------
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The public pages, newest goods first, at most 20,000 of them."""
    paths = [reverse(f"shop:{name}") for name in ("home", "products", "categories", "provinces", "stalls")]
    paths += [reverse("shop:category", args=[node.slug]) for node in public_tree().by_id.values()]
    units = AdminUnit.objects.provinces().filter(code__in=provinces_with_goods())
    paths += [reverse("shop:province", args=[unit.slug]) for unit in units]
    stalls = Stall.objects.open().order_by("pk").values_list("slug", flat=True)
    paths += [reverse("shop:stall", args=[slug]) for slug in stalls]
    rows = [(path, "") for path in paths]
    goods = Product.objects.on_sale().order_by("-approved_at", "-pk").values_list("slug", "date_updated")
    rows += [
        (reverse("shop:product", args=[slug]), at.date().isoformat()) for slug, at in goods[:SITEMAP_MOST]
    ]
    body = "".join(
        f"<url><loc>{escape(_absolute(path))}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
        for path, day in rows
    )
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    )
    return HttpResponse(f"{head}{body}</urlset>", content_type="application/xml")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Ask robots to leave what belongs to one person, and endless filter pages."""
    closed = (
        "/quan-ly/",
        "/lien-minh/",
        "/tai-khoan/",
        "/gio-hang/",
        "/dat-hang/",
        "/lan-mua/",
        "/tra-don/",
        "/toi/",
    )
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        *(f"Disallow: /en{path}" for path in closed),
    ]
    lines += [
        "Disallow: /*?*xep=",
        "Disallow: /*?*gia_",
        f"Sitemap: {settings.MARKET_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
