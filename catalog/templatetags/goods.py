"""Goods as pages show them: cards, grids, a rail, the shelf of one stall."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.browsing import Filters, Listing, listing, price_span, stall_cards_of
from catalog.cards import Card, StallCard
from catalog.measures import comparable_price
from cooperatives.models import Stall
from marketplace.foundation.memo import memo

register = template.Library()


@memo(most=12_000)
def card_html(card: Card, *, eager: bool = False, first: bool = False) -> SafeString:
    """A product's card, made once for equal cards; ``eager`` loads the picture at once, ``first`` before others."""
    price = card.price
    shown = {
        "url": reverse("shop:product", args=[card.slug]),
        "name": card.name,
        "picture": card.picture.url if card.picture else "",
        "illustration": bool(card.picture and card.picture.is_illustration),
        "stars": card.stars,
        "price": price,
        "was": card.was,
        "per_unit": "" if price is None else comparable_price(price, grams=card.grams, ml=card.ml),
        "maker": card.seller,
        "place": "",
        "sold_out": card.is_sold_out,
    }
    return render_to_string("components/_product_card.html", {"card": shown, "eager": eager, "first": first})


def _cards_html(cards: Sequence[Card], eager: int) -> list[SafeString]:
    return [
        card_html(card, eager=place < eager, first=eager > 0 == place) for place, card in enumerate(cards)
    ]


@register.inclusion_tag("catalog/shop/_grid.html")
def goods_grid(cards: Sequence[Card], eager: int = 4) -> dict[str, Any]:
    """Goods as a grid of cards; the first ``eager`` pictures load at once."""
    return {"cards": _cards_html(cards, eager)}


@register.inclusion_tag("catalog/shop/_rail.html")
def goods_rail(
    title: str, cards: Sequence[Card], url: str = "", more: str = "", eager: int = 0
) -> dict[str, Any]:
    """A section of goods with a heading and a link to all of them; nothing when there are none."""
    return {"title": title, "cards": _cards_html(cards, eager), "url": url, "more": more}


@register.simple_tag
@memo(most=1000)
def stall_card(card: StallCard) -> SafeString:
    """A stall as a card: its picture, its place, how many goods it sells."""
    stall = {
        "url": reverse("shop:stall", args=[card.slug]),
        "name": card.name,
        "picture": card.picture.url if card.picture else "",
        "illustration": bool(card.picture and card.picture.is_illustration),
        "place": card.place,
        "note": ngettext("%(n)s mặt hàng", "%(n)s mặt hàng", card.goods) % {"n": card.goods},
    }
    return render_to_string("components/_stall_card.html", {"stall": stall})


@register.inclusion_tag("catalog/shop/_stall_cards.html")
def stall_cards(stalls: Sequence[Stall]) -> dict[str, Any]:
    """Stalls as cards, each with a picture of its newest goods."""
    return {"cards": stall_cards_of(stalls)}


class Chip(NamedTuple):
    """A way into narrower goods: where it leads, its words, how many goods are there."""

    url: str
    label: str
    count: int


@register.simple_tag
@memo(most=500)
def shelf(found: Listing) -> SafeString:
    """What a list page is for: narrower kinds, the filters, the goods, the pages; made once for equal ones."""
    return render_to_string(
        "catalog/shop/_shelf.html",
        {
            "listing": found,
            "filters": found.filters,
            "kinds": _kinds(found),
            "pager": _pager(found),
            "clear_url": _clear_url(found.filters),
        },
    )


@register.simple_tag
def filter_form(found: Listing) -> SafeString:
    """What is chosen, and the form to choose: a plain GET form, the address says it all."""
    filters = found.filters
    best = _("Hợp nhất") if filters.q else _("Mới nhất")
    return render_to_string(
        "catalog/shop/_filters.html",
        {
            "filters": filters,
            "provinces": found.provinces,
            "chosen": _chosen(found),
            "orders": [("", best), ("gia", _("Giá thấp trước")), ("gia-giam", _("Giá cao trước"))],
            "clear_url": _clear_url(filters),
        },
    )


def _clear_url(filters: Filters) -> str:
    return "?" + Filters(q=filters.q, fixed=filters.fixed).query()


def _kinds(found: Listing) -> list[Chip]:
    """Chips into narrower kinds: on a category's page its children's pages, elsewhere a filter."""
    in_tree = "category" in found.filters.fixed
    chips = []
    for facet in found.categories:
        here = "?" + found.filters.query(category=facet.value)
        url = reverse("shop:category", args=[facet.value]) if in_tree else here
        chips.append(Chip(url, facet.label, facet.count))
    return chips


def _chosen(found: Listing) -> list[tuple[str, str]]:
    """(words, address without it) of each filter that is on."""
    filters, chosen = found.filters, []

    def add(words: str, **without: Any) -> None:
        chosen.append((words, "?" + filters.query(**without)))

    if found.category_name and "category" not in filters.fixed:
        add(found.category_name, category="")
    if filters.province and "province" not in filters.fixed:
        add(found.province_name, province="")
    if filters.stars:
        add(_("OCOP từ %(n)s sao") % {"n": filters.stars}, stars=None)
    if filters.in_season:
        add(_("Đang mùa"), in_season=False)
    if filters.in_stock:
        add(_("Còn hàng"), in_stock=False)
    if span := price_span(filters):
        add(span, price_from=None, price_to=None)
    return chosen


@register.inclusion_tag("catalog/shop/_stall_goods.html", takes_context=True)
def stall_goods(context: dict[str, Any], stall: Stall) -> dict[str, Any]:
    """Everything one stall sells, in pages (``?trang=``), by kind when there are several (``?loai=``)."""
    request = context.get("request")
    filters = Filters.of(request.GET if request else {}, province="", q="")
    found = listing(filters, cooperative_id=stall.cooperative_id)
    return {"listing": found, "pager": _pager(found), "stall": stall}


def _pager(found: Listing) -> dict[str, Any]:
    """Where the pages before and after are, with the filters kept."""
    number, query = found.number, found.filters.query
    return {
        "number": number,
        "pages": found.pages,
        "before": "?" + query(page=number - 1) if number > 1 else "",
        "after": "?" + query(page=number + 1) if number < found.pages else "",
    }


@register.filter
def json_ld(data: Any) -> SafeString:
    """Data for a ``<script type="application/ld+json">`` block."""
    text = json.dumps(data, ensure_ascii=False, default=str)
    # SECURITY: a name with "</script>" must not end the block.
    for sign, written in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, written)
    return mark_safe(text)
