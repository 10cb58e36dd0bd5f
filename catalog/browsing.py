"""What a shopper sees: filters that live in the address, lists in pages, stalls, what is in season."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.models import Stall, StockRecord
from marketplace.foundation.money import format_dong, parse_dong

from . import search
from .categories import Node, Tree
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


@dataclass(slots=True)
class Listing:
    """One page of goods, what else the shopper may choose, and what was searched instead (``repaired``)."""

    page: Page[Product]
    total: int
    filters: Filters
    tree: Tree
    provinces: list[Facet] = field(default_factory=list)
    categories: list[Facet] = field(default_factory=list)
    repaired: str | None = None

    @property
    def products(self) -> list[Product]:
        return list(self.page.object_list)

    @property
    def chosen_province(self) -> Facet | None:
        return next((facet for facet in self.provinces if facet.value == self.filters.province), None)


def listing(filters: Filters, *, tree: Tree | None = None, cooperative_id: int | None = None) -> Listing:
    """The goods on sale that pass ``filters``, one page of them, with facets.

    Seven queries whatever the number of goods: the tree, one count by province and kind (facets and total at once),
    the page with its four prefetches. A search without hits adds three for the repair.
    """
    tree = tree or Tree()
    query = search.Query.of(filters.q)
    base = _narrowed(filters, tree)
    if cooperative_id:
        base = base.filter(cooperative_id=cooperative_id)
    found = _matching(query, base, filters)
    counts = _Counts.of(found)
    repaired = None
    if query and not counts.rows and (better := search.repair(query)):
        mended = _matching(better, base, filters)
        if (more := _Counts.of(mended)).rows:
            query, repaired, found, counts = better, better.shown, mended, more
    total = counts.total(filters.province)
    if filters.province:
        found = found.filter(cooperative__province_code=filters.province)
    if filters.order or not query:
        found = found.order_by(*ORDERS[filters.order or "moi"])
    else:
        found = search.ranked(query, found)
    paginator = Paginator(found.for_cards(), PAGE_SIZE)
    paginator.count = total  # known from the counts: one query less
    page = paginator.get_page(filters.page)
    page.object_list = list(page.object_list) if total else []
    return Listing(page, total, filters, tree, counts.provinces(), counts.categories(tree, filters), repaired)


def _narrowed(filters: Filters, tree: Tree) -> ProductQuerySet:
    """Everything but words and province, which facets look past."""
    goods = Product.objects.on_sale()
    if node := tree.by_slug.get(filters.category):
        goods = goods.filter(category_id__in=node.ids)
    if filters.stars:
        live = OcopCertificate.objects.in_force().filter(product=OuterRef("pk"), stars__gte=filters.stars)
        goods = goods.filter(Exists(live.order_by()))
    if filters.in_stock:
        goods = goods.filter(stockrecords__num_in_stock__gt=F("stockrecords__num_allocated"))
    if filters.in_season:
        goods = goods.filter(season__in=seasons_now())
    if filters.price_from is not None:
        goods = goods.filter(stockrecords__price__gte=filters.price_from)
    if filters.price_to is not None:
        goods = goods.filter(stockrecords__price__lte=filters.price_to)
    return goods


def _matching(query: search.Query, base: ProductQuerySet, filters: Filters) -> ProductQuerySet:
    if query:
        return search.matching(query, base)
    return base.none() if filters.q else base  # something was typed, but no letter of it


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many goods there are by province and kind: (province code, its name, category id, number)."""

    rows: list[tuple[str, str, int | None, int]]

    @classmethod
    def of(cls, found: ProductQuerySet) -> _Counts:
        by = ("cooperative__province_code", "cooperative__province_name", "category_id")
        return cls(list(found.order_by().values_list(*by).annotate(n=Count("pk", distinct=True))))

    def total(self, province: str) -> int:
        return sum(count for code, _name, _kind, count in self.rows if not province or code == province)

    def provinces(self) -> list[Facet]:
        names = {code: name for code, name, _kind, _count in self.rows}
        facets = [Facet(code, short_province(name), self.total(code)) for code, name in names.items()]
        return sorted(facets, key=lambda facet: (-facet.count, facet.label))

    def categories(self, tree: Tree, filters: Filters) -> list[Facet]:
        """The children of the chosen kind, or the first level."""
        kinds: dict[int | None, int] = {}
        for code, _name, kind, count in self.rows:
            if not filters.province or code == filters.province:
                kinds[kind] = kinds.get(kind, 0) + count
        here = tree.by_slug.get(filters.category)
        nodes: list[Node] = here.children if here else tree.roots
        facets = [Facet(node.slug, node.name, sum(kinds.get(key, 0) for key in node.ids)) for node in nodes]
        return [facet for facet in facets if facet.count]


def short_province(name: str) -> str:
    """A province without the word for what it is: "Thái Nguyên"."""
    return name.removeprefix("Tỉnh ").removeprefix("Thành phố ")


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

    in_season: list[Product]
    fresh: list[Product]
    stalls: list[StallCard]
    provinces: list[str]


_FRONT_ROWS = 400


def front(*, most: int = 8, most_stalls: int = 4) -> Front:
    """Choose goods in stock with a picture, newest first, cooperatives taking turns, and the stalls behind them.

    Seven queries: the newest rows, the chosen products with their prefetches, how much each stall sells.
    """
    rows = list(
        Product.objects.on_sale()
        .filter(stockrecords__num_in_stock__gt=F("stockrecords__num_allocated"), images__is_live=True)
        .order_by("-approved_at", "-pk")
        .values_list("pk", "cooperative_id", "season", "cooperative__province_name")
        .distinct()[:_FRONT_ROWS]
    )
    provinces = Counter(short_province(name) for *_row, name in rows)
    month = timezone.localdate().month
    season = _taking_turns(
        [(key, seller) for key, seller, text, _name in rows if month in months_of(text)], most
    )
    fresh = _taking_turns([(key, seller) for key, seller, _text, _name in rows if key not in season], most)
    faces: dict[int, int] = {}
    shown = {*season, *fresh}
    for unseen in (True, False):  # a stall shows a picture that is not on the page yet, if it has one
        for key, seller, *_rest in rows:
            if (key not in shown) == unseen:
                faces.setdefault(seller, key)
    order = list(dict.fromkeys(seller for _key, seller, *_rest in rows))[:most_stalls]
    chosen = {*shown, *(faces[seller] for seller in order)}
    found = {product.pk: product for product in Product.objects.filter(pk__in=chosen).for_cards()}
    counts = dict(
        Product.objects.on_sale().filter(cooperative_id__in=order).order_by().values_list("cooperative_id")
        .annotate(n=Count("pk"))
    )  # fmt: skip
    stalls = []
    for seller in order:
        if face := found.get(faces[seller]):
            stalls.append(StallCard(face.cooperative.stall, counts.get(seller, 0), face.picture))
    return Front(
        [found[key] for key in season if key in found],
        [found[key] for key in fresh if key in found],
        stalls,
        [name for name, _count in provinces.most_common()],
    )


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


@dataclass(frozen=True, slots=True)
class StallCard:
    """A stall as its card shows it: how many goods are on sale, and the picture of one of them.

    The stall's own banner is for its page; on a card it would weigh as much as eight goods.
    """

    stall: Stall
    goods: int
    picture: ProductImage | None

    @property
    def picture_url(self) -> str:
        return self.picture.card_url if self.picture else ""

    @property
    def is_illustration(self) -> bool:
        return bool(self.picture and self.picture.is_illustration)


def stall_cards_of(stalls: Sequence[Stall]) -> list[StallCard]:
    """Cards of ``stalls`` (with their cooperatives), in the order given, each with its newest pictured goods.

    One query for how much each sells, and those of ``for_cards()`` for the pictures.
    """
    rows = (
        Product.objects.on_sale()
        .filter(cooperative_id__in=[stall.cooperative_id for stall in stalls])
        .order_by()
        .values_list("cooperative_id")
        .annotate(goods=Count("pk", distinct=True), face=Max("pk", filter=Q(images__is_live=True)))
    )
    sold = {seller: (goods, face) for seller, goods, face in rows}
    faces = {face for _goods, face in sold.values() if face}
    pictures = {
        product.cooperative_id: product.picture
        for product in Product.objects.filter(pk__in=faces).for_cards()
    }
    return [
        StallCard(stall, sold.get(stall.cooperative_id, (0, 0))[0], pictures.get(stall.cooperative_id))
        for stall in stalls
    ]


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


def is_in_stock(product: Product) -> bool:
    """Whether at least one unit can be bought now; from the prefetch when there is one."""
    record: StockRecord | None = product.stock
    return bool(record and record.available)
