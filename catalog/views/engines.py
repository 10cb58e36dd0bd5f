"""What search engines read: the map of the site, what robots leave alone, and data in schema.org's words."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.browsing import provinces_with_goods
from catalog.categories import public_tree
from catalog.models import Product
from cooperatives.models import Stall
from marketplace.places.models import AdminUnit

SITEMAP_MOST = 20_000


def absolute(url: str) -> str:
    """``url`` with the market's address before it, unless it has one."""
    return url if "://" in url else settings.MARKET_URL + url


def crumbs_ld(crumbs: list[tuple[str, str]]) -> dict[str, Any]:
    """Where a page stands, as (name, path) from the top."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(crumbs, 1)
        ],
    }


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
        f"<url><loc>{escape(absolute(path))}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
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
