"""The public pages of goods: lists, kinds, provinces, search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from catalog import search as finding
from catalog.browsing import (
    Filters,
    Listing,
    listing,
    provinces_with_goods,
)
from catalog.cards import Card, Picture, StallCard, stall_card
from catalog.categories import public_tree
from catalog.models import Product
from catalog.statuses import ProductStatus
from cooperatives.models import Stall
from marketplace.places.models import AdminUnit

from .engines import crumbs_ld


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
            "json_ld": crumbs_ld(crumbs),
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
    context["json_ld"] = crumbs_ld(crumbs)
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
