"""What a shopper sees: filters that live in the address, lists in pages, stalls, what is in season."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cooperatives import stalls
from cooperatives.models import Stall, units_left
from cooperatives.offers import sold_out
from marketplace.foundation.memo import Kept
from marketplace.foundation.money import format_dong, parse_dong
from marketplace.places.models import AdminUnit

from . import search
from .cards import Card, StallCard, cards_of, pictures_of, stall_card
from .categories import Node, Tree, public_tree
from .models import OcopCertificate, Product, ProductImage, ProductQuerySet

PAGE_SIZE = 24
LAST_PAGE = 500
_MOST_DONG = Decimal(10**11)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for. Built by ``of``; a value that makes no sense is as if it were not there."""

    q: str = ""
    province: str = ""
    category: str = ""
    stars: int | None = None
    in_stock: bool = False
    in_season: bool = False
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    order: str = ""
    page: int = 1
    # Names of filters that the page itself sets; they never stand in its address.
    fixed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, asked: Mapping[str, str], **fixed: Any) -> Filters:
        """Read GET parameters; ``fixed`` comes from the page itself (its category, its province)."""
        stars, page, province = asked.get("sao", ""), asked.get("trang", ""), asked.get("tinh", "")
        category = asked.get("loai", "")
        filters = cls(
            q=search.Query.of(asked.get("q", "")).shown,
            province=province if re.fullmatch("[0-9]{2}", province) else "",
            category=category if re.fullmatch("[a-z0-9-]{1,80}", category) else "",
            stars=int(stars) if stars in ("3", "4", "5") else None,
            in_stock=asked.get("con") == "1",
            in_season=asked.get("mua") == "1",
            price_from=_dong(asked.get("gia_tu", "")),
            price_to=_dong(asked.get("gia_den", "")),
            order=asked.get("xep", "") if asked.get("xep") in ORDERS else "",
            page=min(int(page), LAST_PAGE) if re.fullmatch("[1-9][0-9]{0,5}", page) else 1,
        )
        return replace(filters, fixed=frozenset(fixed), **fixed)

    def query(self, **changed: Any) -> str:
        """The filters as they stand in an address, with ``changed`` ones; the page goes back to the first."""
        now = replace(self, **{"page": 1, **changed})
        words = {
            "q": now.q,
            "loai": "" if "category" in now.fixed else now.category,
            "tinh": "" if "province" in now.fixed else now.province,
            "sao": now.stars or "",
            "con": "1" if now.in_stock else "",
            "mua": "1" if now.in_season else "",
            "gia_tu": now.price_from if now.price_from is not None else "",
            "gia_den": now.price_to if now.price_to is not None else "",
            "xep": now.order,
            "trang": now.page if now.page > 1 else "",
        }
        return urlencode({name: value for name, value in words.items() if value != ""})

    @property
    def are_set(self) -> bool:
        """Whether anything narrows the list beyond the page's own subject."""
        return bool(
            self.stars or self.in_stock or self.in_season
            or (self.province and "province" not in self.fixed)
            or (self.category and "category" not in self.fixed)
            or self.price_from is not None or self.price_to is not None
        )  # fmt: skip

    @property
    def hang_on_the_moment(self) -> bool:
        """Whether what passes may change without a stall's version: by a sale, a new price, or the day."""
        return bool(
            self.stars or self.in_stock or self.in_season
            or self.price_from is not None or self.price_to is not None
        )  # fmt: skip


BY_PRICE = ("gia", "gia-giam")
ORDERS: dict[str, tuple[str, ...]] = {
    "moi": ("-approved_at", "-pk"),
    "gia": ("stockrecords__price", "-pk"),
    "gia-giam": ("-stockrecords__price", "-pk"),
}


def _dong(text: str) -> Decimal | None:
    try:
        amount = parse_dong(text[:40])
    except ValueError:
        return None
    return amount if 0 <= amount <= _MOST_DONG else None


@dataclass(frozen=True, slots=True)
class Facet:
    """One choice of a filter and how many goods it leaves."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of goods (``number`` of ``pages``, from 1), what else the shopper may choose, what was searched instead
    (``repaired``), and the names of the chosen kind and province. Equal ones look alike, so their HTML can be kept."""

    filters: Filters
    cards: tuple[Card, ...]
    number: int
    pages: int
    total: int
    provinces: tuple[Facet, ...]
    categories: tuple[Facet, ...]
    category_name: str
    province_name: str
    repaired: str | None
    tree: Tree = field(compare=False)


def listing(filters: Filters, *, tree: Tree | None = None, cooperative_id: int | None = None) -> Listing:
    """The goods on sale that pass ``filters``, one page of them, with facets.

    Three queries while no stall's version changes: that version, and the cards' two (``cards_of``); one more where
    words rank them. Otherwise one for the counts by province and kind (facets and total at once), one for the rows
    of the page, two for faces not seen before, and three for the repair of a search without hits.
    """
    tree = tree or public_tree()
    wanted = _Wanted(filters, tree, cooperative_id, search.Query.of(filters.q))
    counts, repaired = wanted.counts(), None
    if wanted.query and not counts.rows and (better := search.repair(wanted.query)):
        mended = replace(wanted, query=better)
        if (more := mended.counts()).rows:
            wanted, counts, repaired = mended, more, better.shown
    total = counts.total(filters.province)
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(filters.page, pages)
    provinces, categories = counts.facets(tree, filters)
    node = tree.by_slug.get(filters.category)
    known = next((facet.label for facet in provinces if facet.value == filters.province), "")
    return Listing(
        filters,
        tuple(wanted.cards((number - 1) * PAGE_SIZE)) if total else (),
        number,
        pages,
        total,
        provinces,
        categories,
        node.name if node else "",
        known or (province_name(filters.province) if filters.province else ""),
        repaired,
        tree,
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The goods of one list. What is asked of the database is put together only when it is not kept already."""

    filters: Filters
    tree: Tree
    cooperative_id: int | None
    query: search.Query

    @property
    def key(self) -> tuple[Any, ...] | None:
        """All that decides which goods pass but the province, whose facets look past it; None when a sale, a new
        price or the day decides too."""
        if self.filters.hang_on_the_moment:
            return None
        node = self.tree.by_slug.get(self.filters.category)
        # Something typed without a letter in it finds nothing; nothing typed finds all.
        words = (bool(self.filters.q), self.query.norm)
        return (self.tree.version, self.cooperative_id, node and node.id, *words)

    def goods(self) -> ProductQuerySet:
        """Those that pass, in no order, of all provinces."""
        goods = _narrowed(self.filters, self.tree)
        if self.cooperative_id:
            goods = goods.filter(cooperative_id=self.cooperative_id)
        if self.query:
            return search.matching(self.query, goods)
        return goods.none() if self.filters.q else goods  # something was typed, but no letter of it

    def counts(self) -> _Counts:
        """How many there are by province and kind."""
        return _counts.get(self.key, lambda: _Counts.of(self.goods()))

    def cards(self, first: int) -> list[Card]:
        """One page of them in their order, from place ``first`` (from 0) on."""
        key = self.key and (*self.key, self.filters.province)
        if self.query and not self.filters.order:
            return _best(self._ranked, key and (*key, self.query.low), first)
        key = key and (*key, first) if self.filters.order not in BY_PRICE else None
        return cards_of(lambda: self._ordered()[first : first + PAGE_SIZE], key)

    def _in_province(self) -> ProductQuerySet:
        goods = self.goods()
        chosen = self.filters.province
        return goods.filter(cooperative__province_code=chosen) if chosen else goods

    def _ranked(self) -> ProductQuerySet:
        return search.ranked(self.query, self._in_province())

    def _ordered(self) -> ProductQuerySet:
        return self._in_province().order_by(*ORDERS[self.filters.order or "moi"])


RANKED_AT_ONCE = 10 * PAGE_SIZE
_ranking: Kept[list[tuple[int, int]]] = Kept(most=500)


def _best(ranked: Callable[[], ProductQuerySet], key: tuple[Any, ...] | None, first: int) -> list[Card]:
    """The cards of one page of ``ranked`` goods, ``first`` (from 0) on top.

    The ranking is read in stretches of ten pages and kept under ``key``; in each stretch and tier, goods in stock
    stand before those sold out, as stock is at this moment.
    """
    start = first - first % RANKED_AT_ONCE

    def read() -> list[tuple[int, int]]:
        return list(ranked().values_list("pk", "_tier")[start : start + RANKED_AT_ONCE])

    rows = _ranking.get(key and (*key, start), read)
    gone = sold_out(product for product, _tier in rows)
    rows = sorted(rows, key=lambda row: (row[1], row[0] in gone))[first - start :][:PAGE_SIZE]
    keys = [product for product, _tier in rows]
    these = cards_of(lambda: Product.objects.on_sale().filter(pk__in=keys), key and (key[0], *keys))
    cards = {card.product_id: card for card in these}
    return [cards[product] for product in keys if product in cards]


def _narrowed(filters: Filters, tree: Tree) -> ProductQuerySet:
    """Everything but words and province, which facets look past."""
    goods = Product.objects.on_sale()
    if node := tree.by_slug.get(filters.category):
        goods = goods.filter(category_id__in=node.ids)
    if filters.stars:
        live = OcopCertificate.objects.in_force().filter(product=OuterRef("pk"), stars__gte=filters.stars)
        goods = goods.filter(Exists(live.order_by()))
    if filters.in_stock:
        goods = goods.filter(GreaterThan(units_left("stockrecords__"), 0))
    if filters.in_season:
        goods = goods.filter(season__in=seasons_now())
    if filters.price_from is not None:
        goods = goods.filter(stockrecords__price__gte=filters.price_from)
    if filters.price_to is not None:
        goods = goods.filter(stockrecords__price__lte=filters.price_to)
    return goods


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many goods there are by province and kind: (province code, its name, category id, number)."""

    rows: list[tuple[str, str, int | None, int]]
    shown: dict[Hashable, tuple[tuple[Facet, ...], tuple[Facet, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, found: ProductQuerySet) -> _Counts:
        by = ("cooperative__province_code", "cooperative__province_name", "category_id")
        return cls(list(found.order_by().values_list(*by).annotate(n=Count("pk"))))

    def total(self, province: str) -> int:
        return sum(count for code, _name, _kind, count in self.rows if not province or code == province)

    def facets(self, tree: Tree, filters: Filters) -> tuple[tuple[Facet, ...], tuple[Facet, ...]]:
        """The choices of a province, and of a kind below the chosen one; made once for each of what they hang on."""
        here = tree.by_slug.get(filters.category)
        key = (get_language(), filters.province, here and here.id)
        if key not in self.shown:
            self.shown[key] = (
                tuple(self._provinces()),
                tuple(self._categories(here.children if here else tree.roots, filters)),
            )
        return self.shown[key]

    def _provinces(self) -> list[Facet]:
        names: dict[str, str] = {}
        goods: Counter[str] = Counter()
        for code, name, _kind, count in self.rows:
            names[code] = name
            goods[code] += count
        facets = [Facet(code, short_province(name), goods[code]) for code, name in names.items()]
        return sorted(facets, key=lambda facet: (-facet.count, facet.label))

    def _categories(self, nodes: Iterable[Node], filters: Filters) -> list[Facet]:
        kinds: Counter[int | None] = Counter()
        for code, _name, kind, count in self.rows:
            if not filters.province or code == filters.province:
                kinds[kind] += count
        facets = [Facet(node.slug, node.name, sum(kinds[key] for key in node.ids)) for node in nodes]
        return [facet for facet in facets if facet.count]


_counts: Kept[_Counts] = Kept(most=1000)


def short_province(name: str) -> str:
    """A province without the word for what it is: "Thái Nguyên"."""
    return name.removeprefix("Tỉnh ").removeprefix("Thành phố ")


def province_name(code: str) -> str:
    """The short name of the province with ``code``, the code itself when there is none; one query."""
    name = AdminUnit.objects.provinces().filter(code=code).values_list("name", flat=True).first()
    return short_province(name or code)


def price_span(filters: Filters) -> str:
    """The chosen prices in words, "" when none is chosen."""
    low, high = filters.price_from, filters.price_to
    if low is not None and high is not None:
        return _("%(low)s đến %(high)s") % {"low": format_dong(low), "high": format_dong(high)}
    if low is not None:
        return _("từ %(low)s") % {"low": format_dong(low)}
    return _("đến %(high)s") % {"high": format_dong(high)} if high is not None else ""


# --- seasons ----------------------------------------------------------------------------------------------
_MONTHS = re.compile(r"(\d{1,2})(?:\s*(?:-|–|đến|tới)\s*(?:tháng\s*)?(\d{1,2}))?")


def months_of(season: str) -> set[int]:
    """The months that a season in words means; none for "quanh năm", which is no season.

    >>> sorted(months_of("tháng 11 - 2")), sorted(months_of("Tháng 5, 6 và 10")), months_of("quanh năm")
    ([1, 2, 11, 12], [5, 6, 10], set())
    """
    months: set[int] = set()
    for first, last in _MONTHS.findall(season):
        start, end = int(first), int(last or first)
        if 1 <= start <= 12 and 1 <= end <= 12:
            months |= {(start + step - 1) % 12 + 1 for step in range((end - start) % 12 + 1)}
    return months


def seasons_now() -> list[str]:
    """The season texts in use that mean the present month."""
    month = timezone.localdate().month
    texts = (
        Product.objects.on_sale().exclude(season="").order_by().values_list("season", flat=True).distinct()
    )
    return [text for text in texts[:500] if month in months_of(text)]


# --- the front page ---------------------------------------------------------------------------------------
@dataclass(slots=True)
class Front:
    """What the front page shows: goods in season, new goods, stalls (each with another of its pictures), provinces
    by name, the one with most goods first."""

    in_season: list[Card]
    fresh: list[Card]
    stalls: list[StallCard]
    provinces: list[str]


_FRONT_ROWS = 400
_FRONT_CHOICE = 30


class _Newest(NamedTuple):
    """One of the newest goods with a picture, in stock or not."""

    product_id: int
    seller_id: int
    season: str
    province: str


_newest: Kept[list[_Newest]] = Kept(most=4)


def front(version: int, *, most: int = 8, most_stalls: int = 4) -> Front:
    """Choose goods in stock with a picture, newest first, cooperatives taking turns, and the stalls behind them.

    Two queries for the cards of the newest goods; which those are, and the stalls with how much they sell, is kept
    under ``version`` (``stalls.all_versions``): five queries more when it is new.
    """
    month = timezone.localdate().month
    newest = _newest.get((version, month), lambda: _newest_with_pictures(month))
    keys = [row.product_id for row in newest]
    known = cards_of(lambda: Product.objects.on_sale().filter(pk__in=keys), ("front", version, *keys))
    cards = {card.product_id: card for card in known if not card.is_sold_out}
    rows = [row for row in newest if row.product_id in cards]
    provinces = Counter(short_province(row.province) for row in rows)
    seasonal = [(row.product_id, row.seller_id) for row in rows if month in months_of(row.season)]
    season = _taking_turns(seasonal, most)
    fresh = _taking_turns(
        [(row.product_id, row.seller_id) for row in rows if row.product_id not in season], most
    )
    faces: dict[int, int] = {}
    shown = {*season, *fresh}
    for unseen in (True, False):  # a stall shows a picture that is not on the page yet, if it has one
        for row in rows:
            if (row.product_id not in shown) == unseen:
                faces.setdefault(row.seller_id, row.product_id)
    order = list(dict.fromkeys(row.seller_id for row in rows))[:most_stalls]
    goods = _goods_of(order, version)
    return Front(
        [cards[key] for key in season],
        [cards[key] for key in fresh],
        [
            stall_card(row, goods[row.cooperative_id][0], cards[faces[row.cooperative_id]].picture)
            for row in _stalls_of(order, version)
        ],
        [name for name, _count in provinces.most_common()],
    )


def _newest_with_pictures(month: int) -> list[_Newest]:
    """Out of the newest goods with a picture, enough of as many sellers as there are: of all, and in season."""
    pictured = ProductImage.objects.filter(product=OuterRef("pk"), is_live=True)
    newest = Product.objects.on_sale().filter(Exists(pictured)).order_by("-approved_at", "-pk")
    columns = ("pk", "cooperative_id", "season", "cooperative__province_name")
    rows = [_Newest(*row) for row in newest.values_list(*columns)[:_FRONT_ROWS]]
    seasonal = [row for row in rows if month in months_of(row.season)]
    chosen = {
        key
        for some in (rows, seasonal)
        for key in _taking_turns([(row.product_id, row.seller_id) for row in some], _FRONT_CHOICE)
    }
    return [row for row in rows if row.product_id in chosen]


def _taking_turns(rows: list[tuple[int, int]], most: int) -> list[int]:
    """Keys of (key, seller) rows, one of each seller before the second of any.

    >>> _taking_turns([(1, 7), (2, 7), (3, 8), (4, 7)], 3)
    [1, 3, 2]
    """
    turn: dict[int, int] = {}
    ranked = []
    for place, (key, seller) in enumerate(rows):
        turn[seller] = turn.get(seller, 0) + 1
        ranked.append((turn[seller], place, key))
    return [key for _turn, _place, key in sorted(ranked)[:most]]


_goods: Kept[dict[int, tuple[int, int | None]]] = Kept(most=500)
_rows: Kept[list[Stall]] = Kept(most=500)


def _goods_of(sellers: Sequence[int], version: int) -> dict[int, tuple[int, int | None]]:
    """How many goods each of ``sellers`` (keys of cooperatives) has on sale, and the newest of them that has a
    picture; one query, kept by ``version``."""

    def read() -> dict[int, tuple[int, int | None]]:
        found = (
            Product.objects.on_sale().filter(cooperative_id__in=sellers).order_by().values_list("cooperative_id")
            .annotate(goods=Count("pk", distinct=True), face=Max("pk", filter=Q(images__is_live=True)))
        )  # fmt: skip
        return {seller: (goods, face) for seller, goods, face in found}

    return _goods.get((version, tuple(sellers)), read)


def _stalls_of(sellers: Sequence[int], version: int) -> list[Stall]:
    """The stalls of ``sellers`` with their cooperatives, in the same order; one query, kept by ``version``."""

    def read() -> list[Stall]:
        rows = Stall.objects.filter(cooperative_id__in=sellers).select_related("cooperative")
        return sorted(rows, key=lambda row: sellers.index(row.cooperative_id))

    return _rows.get((version, tuple(sellers)), read)


def stall_cards_of(rows: Sequence[Stall]) -> list[StallCard]:
    """Cards of stalls that were read with their cooperatives, each with a picture of its newest goods."""
    goods = _goods_of([row.cooperative_id for row in rows], stalls.all_versions())
    pictures = pictures_of([face for _number, face in goods.values() if face])
    cards = []
    for row in rows:
        number, face = goods.get(row.cooperative_id, (0, None))
        cards.append(stall_card(row, number, pictures.get(face) if face else None))
    return cards


def provinces_with_goods() -> dict[str, tuple[int, int]]:
    """Province code → how many stalls are open there and how many goods they sell."""
    rows = (
        Stall.objects.open()
        .order_by()
        .values_list("cooperative__province_code")
        .annotate(
            stalls=Count("pk", distinct=True),
            goods=Count(
                "cooperative__products",
                distinct=True,
                filter=Q(
                    cooperative__products__status="approved", cooperative__products__removed_at__isnull=True
                ),
            ),
        )
    )
    return {code: (stalls, goods) for code, stalls, goods in rows}
