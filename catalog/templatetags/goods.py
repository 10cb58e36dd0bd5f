"""Goods as pages show them: cards, grids, a rail, the shelf of one stall."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from catalog.browsing import Filters, Listing, StallCard, is_in_stock, listing, stall_cards_of
from catalog.measures import comparable_price
from catalog.models import Product
from cooperatives.models import Stall
from cooperatives.prices import price_of

register = template.Library()


def card_of(product: Product) -> dict[str, Any]:
    """What ``components/_product_card.html`` asks for; no query for a product of ``for_cards()``."""
    record, picture, star = product.stock, product.picture, product.star
    price = price_of(record) if record else None
    return {
        "url": reverse("shop:product", args=[product.slug]),
        "name": product.name,
        "picture": picture.card_url if picture else "",
        "illustration": bool(picture and picture.is_illustration),
        "stars": star.stars if star else None,
        "price": price.amount if price else None,
        "was": price.regular if price and price.is_special else None,
        "per_unit": comparable_price(price.amount, grams=product.net_grams, ml=product.net_ml)
        if price
        else "",
        "maker": product.cooperative.name,
        "place": "",
        "sold_out": not is_in_stock(product),
    }


@register.inclusion_tag("components/_product_card.html")
def product_card(product: Product, eager: bool = False, first: bool = False) -> dict[str, Any]:
    """One product as a card; ``eager`` for those seen at once, ``first`` for the very first."""
    return {"card": card_of(product), "eager": eager, "first": first}


@register.inclusion_tag("catalog/shop/_grid.html")
def goods_grid(products: Sequence[Product], eager: int = 4) -> dict[str, Any]:
    """Products as a grid of cards; the first ``eager`` pictures load at once."""
    return {"cards": [card_of(product) for product in products], "eager": eager}


@register.inclusion_tag("catalog/shop/_rail.html")
def goods_rail(
    title: str, products: Sequence[Product], url: str = "", more: str = "", eager: int = 0
) -> dict[str, Any]:
    """A section of goods with a heading and a link to all of them; nothing when there are none."""
    return {
        "title": title,
        "cards": [card_of(product) for product in products],
        "url": url,
        "more": more,
        "eager": eager,
    }


@register.inclusion_tag("components/_stall_card.html")
def stall_card(card: StallCard) -> dict[str, Any]:
    """A stall as a card: its picture, its place, how many goods it sells."""
    cooperative = card.stall.cooperative
    note = ngettext("%(n)s mặt hàng", "%(n)s mặt hàng", card.goods) % {"n": card.goods}
    return {
        "stall": {
            "url": reverse("shop:stall", args=[card.stall.slug]),
            "name": cooperative.name,
            "picture": card.picture_url,
            "illustration": card.is_illustration,
            "place": cooperative.place,
            "note": note,
        }
    }


@register.inclusion_tag("catalog/shop/_stall_cards.html")
def stall_cards(stalls: Sequence[Stall]) -> dict[str, Any]:
    """Stalls as cards, each with a picture of its newest goods."""
    return {"cards": stall_cards_of(stalls)}


@register.inclusion_tag("catalog/shop/_stall_goods.html", takes_context=True)
def stall_goods(context: dict[str, Any], stall: Stall) -> dict[str, Any]:
    """Everything one stall sells, in pages (``?trang=``), by kind when there are several (``?loai=``)."""
    request = context.get("request")
    filters = Filters.of(request.GET if request else {}, province="", q="")
    found = listing(filters, cooperative_id=stall.cooperative_id)
    return {"listing": found, "pager": pager_of(found), "stall": stall}


def pager_of(found: Listing) -> dict[str, Any]:
    """Where the pages before and after are, with the filters kept."""
    page = found.page
    return {
        "number": page.number,
        "pages": page.paginator.num_pages,
        "before": "?" + found.filters.query(page=page.previous_page_number()) if page.has_previous() else "",
        "after": "?" + found.filters.query(page=page.next_page_number()) if page.has_next() else "",
    }


@register.filter
def json_ld(data: Any) -> SafeString:
    """Data for a ``<script type="application/ld+json">`` block."""
    text = json.dumps(data, ensure_ascii=False, default=str)
    # SECURITY: a name with "</script>" must not end the block.
    for sign, written in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, written)
    return mark_safe(text)
