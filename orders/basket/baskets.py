"""Verbs of the basket: find, add, change, and see it as parcels, one per cooperative.

Oscar's tables, not its service: prices are read fresh on every page, nothing is re-applied by a middleware. The
visitor's basket is named by a signed cookie, so a visitor without one costs no query.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.core import signing
from django.db import connection, models, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, ProductImage
from cooperatives import rates
from cooperatives.models import Cooperative, StockRecord
from cooperatives.offers import LOWEST_WINDOW, UNITS_LEFT, open_now
from cooperatives.prices import Price, price_of
from marketplace.foundation.memo import Kept
from marketplace.foundation.refusals import Refusal
from marketplace.places.loading import short_name

from .models import Basket, Line

COOKIE = "gio"
COOKIE_DAYS = 60
MOST = 999  # of one thing in one basket


class BasketRefusal(Refusal):
    """The basket cannot take that."""


# --- which basket -----------------------------------------------------------------------------------------
def _id_in(request: HttpRequest) -> int | None:
    try:
        return int(signing.loads(request.COOKIES[COOKIE], salt="basket"))
    except (KeyError, ValueError, TypeError, signing.BadSignature):
        return None


def of_request(request: HttpRequest) -> Basket | None:
    """Return the visitor's open basket, or None. One query at most for a guest."""
    basket_id = _id_in(request)
    if basket_id is not None:
        basket = Basket.objects.filter(pk=basket_id, status=Basket.OPEN).first()
        if basket is not None:
            return basket
    if request.COOKIES.get("sessionid") and request.user.is_authenticated:
        return Basket.objects.filter(owner=request.user, status=Basket.OPEN).order_by("-pk").first()
    return None


def count_of_request(request: HttpRequest) -> int:
    """Return how many units lie in the visitor's basket."""
    basket_id = _id_in(request)
    if basket_id is None:
        return 0
    with connection.cursor() as cursor:  # by hand: every page of a visitor with a basket asks it
        cursor.execute(_COUNT, [basket_id, Basket.OPEN])
        return int(cursor.fetchone()[0] or 0)


_COUNT = """
    SELECT SUM(line.quantity) FROM basket_line line JOIN basket_basket basket ON basket.id = line.basket_id
    WHERE basket.id = %s AND basket.status = %s"""


def open_for(request: HttpRequest) -> Basket:
    """Return the visitor's basket, making one if there is none; ``remember`` must see the response."""
    basket = of_request(request)
    if basket is None:
        owner = request.user if request.user.is_authenticated else None
        basket = Basket.objects.create(owner=owner)
    return basket


def remember(response: HttpResponse, basket: Basket) -> HttpResponse:
    """Name ``basket`` in the visitor's cookie for 60 days."""
    from django.conf import settings

    response.set_cookie(
        COOKIE,
        signing.dumps(basket.pk, salt="basket"),
        max_age=COOKIE_DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


# --- what is in it ----------------------------------------------------------------------------------------
def add(basket: Basket, product: Product, quantity: int = 1) -> Line:
    """Put ``quantity`` more units of ``product`` in; raise BasketRefusal when that is not to be had."""
    stock = product.stock
    if stock is None or not product.is_on_sale:
        raise BasketRefusal(_("Hàng này hiện không bán."), code="not_on_sale")
    if quantity < 1:
        raise BasketRefusal(_("Số lượng phải từ 1 trở lên."), code="quantity", field="quantity")
    with transaction.atomic():
        locked = Basket.objects.select_for_update(no_key=True).filter(pk=basket.pk).first()
        if locked is None or locked.status != Basket.OPEN:  # ordered this very moment, in another tab
            raise BasketRefusal(_("Giỏ hàng này vừa được đặt. Hãy bấm thêm lần nữa."), code="gone")
        line = Line.objects.filter(basket=basket, stockrecord=stock).first()
        wanted = quantity + (line.quantity if line else 0)
        _check_left(stock, wanted, product.unit)
        price = price_of(stock).amount
        if line is None:
            return Line.objects.create(
                basket=basket,
                line_reference=f"{product.pk}_{stock.pk}",
                product=product,
                stockrecord=stock,
                quantity=wanted,
                price_currency=stock.price_currency,
                price_excl_tax=price,
                price_incl_tax=price,
            )
        Line.objects.filter(pk=line.pk).update(quantity=F("quantity") + quantity)
        line.quantity = wanted
        return line


def take_again(basket: Basket, wanted: Mapping[int, int]) -> list[int]:
    """Fill a basket up to what was bought before (product id → units); return the ids of what is not to be had.

    What lies in it already counts, so pressed twice it fills once.
    """
    inside = dict(basket.lines.values_list("product_id", "quantity"))
    goods = Product.objects.on_sale().with_price().in_bulk(wanted)
    gone = []
    for key, units in wanted.items():
        more = units - inside.get(key, 0)
        if more <= 0:
            continue
        try:
            if key not in goods:
                raise BasketRefusal(_("Hàng này hiện không bán."), code="not_on_sale")
            add(basket, goods[key], more)
        except BasketRefusal:
            gone.append(key)
    return gone


def change(basket: Basket, line_id: int, quantity: int) -> None:
    """Set the quantity of one line; zero takes it out. A line of another basket is not found, nothing happens."""
    with transaction.atomic():
        line = Line.objects.select_related("stockrecord", "product").filter(basket=basket, pk=line_id).first()
        if line is None:
            return
        if quantity <= 0:
            line.delete()
            return
        _check_left(line.stockrecord, quantity, line.product.unit)
        # Whoever changes the line has seen today's price beside it.
        price = price_of(line.stockrecord).amount
        Line.objects.filter(pk=line.pk).update(quantity=quantity, price_incl_tax=price, price_excl_tax=price)


def _check_left(stock: StockRecord, wanted: int, unit: str) -> None:
    if wanted > MOST:
        raise BasketRefusal(
            lazy(
                lambda: gettext("Mỗi lần mua nhiều nhất %(most)s đơn vị một mặt hàng.") % {"most": MOST}, str
            )(),
            code="too_many",
            field="quantity",
        )
    if wanted > stock.available:
        left = stock.available
        text = (
            gettext("Chỉ còn %(left)s %(unit)s.") % {"left": left, "unit": unit}
            if left
            else gettext("Hàng này vừa hết.")
        )
        raise BasketRefusal(text, code="short", field="quantity")


# --- the basket as parcels --------------------------------------------------------------------------------
@dataclass
class Item:
    """One line as the buyer sees it now: fresh price, units left, what is wrong with it (if anything).

    ``product`` may be kept and shared between requests: read it, never change it.
    """

    line_id: int
    product: Product
    stock_id: int
    sku: str
    left: int
    quantity: int
    price: Price
    seen_price: Decimal | None
    grams: int
    is_weighed: bool  # what it costs follows the scales when it is packed
    problem: str = ""
    share: Decimal = Decimal(0)  # what a voucher takes off it

    @property
    def total(self) -> Decimal:
        return self.price.amount * self.quantity

    @property
    def regular_total(self) -> Decimal:
        return self.price.regular * self.quantity

    @property
    def due(self) -> Decimal:
        """What the buyer pays for it."""
        return self.total - self.share

    @property
    def price_when_added(self) -> Decimal | None:
        """The price the buyer saw when it differs from today's."""
        return self.seen_price if self.seen_price != self.price.amount else None


@dataclass
class Parcel:
    """What one cooperative will send, or keep ready: its items, its fee, its total.

    ``address`` holds the fields of ``places.Address``, as far as they are known; ``is_pickup``: the buyer fetches it.
    """

    cooperative: Cooperative
    address: Mapping[str, str]
    is_pickup: bool = False
    items: list[Item] = field(default_factory=list)

    @property
    def goods_total(self) -> Decimal:
        return sum((item.total for item in self.items), Decimal(0))

    @property
    def discount(self) -> Decimal:
        """What a voucher takes off these goods (``vouchers.try_on``)."""
        return sum((item.share for item in self.items), Decimal(0))

    @cached_property
    def quote(self) -> rates.Quote:
        """What sending these goods costs; asked once the items are in, and a voucher's shares on them.

        Sending is free from what the buyer pays for the goods, not from what they cost before a voucher.
        """
        return rates.quote(
            self.cooperative.stall,
            self.address.get("province_code", ""),
            goods_total=self.goods_total - self.discount,
            grams=sum(item.grams for item in self.items),
            is_cold=bool(self._cold),
        )

    @property
    def _cold(self) -> list[str]:
        return [item.product.title for item in self.items if item.product.needs_cold]

    @property
    def fee(self) -> Decimal:
        return Decimal(0) if self.is_pickup else self.quote.fee

    @property
    def fee_is_lowest(self) -> bool:
        """Whether the fee depends on a province that is not known yet."""
        return self.quote.is_lowest and not self.is_pickup

    @property
    def left_until_free(self) -> Decimal | None:
        rate = self.quote.rate
        if rate is None or self.is_pickup or self.quote.is_lowest:
            return None
        return rates.left_until_free(rate, self.goods_total - self.discount)

    @property
    def not_sent(self) -> str:
        """Why these goods cannot be sent to the buyer and what to do; empty when they can, or are fetched."""
        if self.is_pickup or self.quote.rate is not None:
            return ""
        stall, province = self.cooperative.stall, self.address.get("province_code", "")
        names = {
            "name": self.cooperative.name,
            "place": short_name(self.address.get("province_name", "")),
            "goods": ", ".join(self._cold),
        }
        if not province:
            why = gettext("%(name)s không gửi các món này đi.") % names
        elif rates.rate_to(stall, province).is_served:
            why = gettext("%(name)s không gửi được hàng lạnh tới %(place)s: %(goods)s.") % names
        else:
            why = gettext("%(name)s không gửi hàng tới %(place)s.") % names
        if stall.pickup:
            return f"{why} {gettext('Bạn có thể đến lấy, đổi nơi giao, hoặc bỏ các món đó ra khỏi giỏ.')}"
        return f"{why} {gettext('Hãy đổi nơi giao, hoặc bỏ các món đó ra khỏi giỏ.')}"

    @property
    def total(self) -> Decimal:
        return self.goods_total - self.discount + self.fee

    @property
    def problems(self) -> list[str]:
        return [item.problem for item in self.items if item.problem]


def with_pictures(parcels: list[Parcel]) -> list[Parcel]:
    """Give ``parcels`` the pictures of their goods, for a page that shows them; one query."""
    models.prefetch_related_objects(
        [item.product for parcel in parcels for item in parcel.items],
        models.Prefetch("images", ProductImage.objects.filter(is_live=True).order_by("display_order", "id")),
    )
    return parcels


class _Row(NamedTuple):
    """A line with what moves: the versions of product and stall, stock, the regular price and the lowest window."""

    line_id: int
    quantity: int
    seen_price: Decimal | None
    regular: Decimal
    special: Decimal | None
    was: Decimal | None
    window_id: int | None
    product_id: int
    version: int
    stall_version: int
    stock_id: int
    sku: str
    left: int
    unit_grams: int | None
    is_weighed: bool

    @property
    def key(self) -> tuple[int, int, int]:
        return self.product_id, self.version, self.stall_version


_goods: Kept[Product] = Kept(most=3000)


def parcels(
    basket: Basket | None,
    address: Mapping[str, str],
    *,
    pickups: Collection[int] = (),
    held: bool = False,
) -> list[Parcel]:
    """Return the basket as one Parcel per cooperative, in the order of first adding.

    ``address``: where it goes, for the fee; empty while that is not known. ``pickups``: ids of cooperatives where the
    buyer fetches the goods, if the stall offers it. One query while the versions of its products and stalls are
    known, two more otherwise. ``held``: the stock of this basket is already held (inside placement), so shortage is
    not asked again and nothing kept is believed.
    """
    if not basket:  # the request's lazy basket is never None itself
        return []
    rows = _rows(basket)
    goods = _goods_of(rows, fresh=held)
    found: dict[int, Parcel] = {}
    for row in rows:
        product = goods[row.product_id]
        price = Price(
            row.regular if row.special is None else row.special, row.regular, row.window_id, row.was
        )
        grams = (row.unit_grams or rates.UNKNOWN_GRAMS) * row.quantity
        item = Item(
            row.line_id, product, row.stock_id, row.sku, max(0, row.left), row.quantity, price, row.seen_price, grams,
            bool(row.is_weighed)
        )  # fmt: skip
        item.problem = _problem(item, held=held)
        cooperative = product.cooperative
        found.setdefault(cooperative.pk, Parcel(cooperative, address)).items.append(item)
    choose_pickup(found.values(), pickups)
    return list(found.values())


def choose_pickup(found: Iterable[Parcel], pickups: Collection[int]) -> None:
    """Mark the parcels that the buyer fetches: those of the cooperatives ``pickups`` (ids) whose stalls offer it."""
    for parcel in found:
        parcel.is_pickup = parcel.cooperative.pk in pickups and bool(parcel.cooperative.stall.pickup)


def _rows(basket: Basket) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [*open_now(), basket.pk])
        return [_Row(*row[:2], *(_dong(n) for n in row[2:6]), *row[6:]) for row in cursor.fetchall()]


def _dong(amount: Any) -> Decimal | None:
    """An amount as the driver gives it: SQLite knows no Decimal."""
    return None if amount is None else Decimal(int(amount))


# Written out: nine pages of a purchase ask it, and the models of a line take longer to build than it takes to ask.
_LINES = f"""
    SELECT line.id, line.quantity, line.price_incl_tax, record.price, special.price, special.old_price, special.id,
           product.id, product.version, stall.version,
           record.id, record.partner_sku, {UNITS_LEFT}, record.unit_grams,
           record.is_weighed
    FROM basket_line line
    JOIN partner_stockrecord record ON record.id = line.stockrecord_id {LOWEST_WINDOW}
    JOIN catalogue_product product ON product.id = line.product_id
    JOIN partner_stall stall ON stall.cooperative_id = product.cooperative_id
    WHERE line.basket_id = %s ORDER BY line.id"""


def _goods_of(rows: list[_Row], *, fresh: bool) -> dict[int, Product]:
    """The products of ``rows`` with cooperative and stall, by key."""
    known = {} if fresh else {row.product_id: _goods.find(row.key) for row in rows}
    if unknown := [row for row in rows if known.get(row.product_id) is None]:
        goods = Product.objects.select_related("cooperative__stall")
        read = goods.prefetch_related("cooperative__stall__zones").in_bulk(
            {row.product_id for row in unknown}
        )
        if fresh:
            return read
        for row in unknown:
            known[row.product_id] = _goods.put(row.key, read[row.product_id])
    return {key: product for key, product in known.items() if product is not None}


def _problem(item: Item, *, held: bool) -> str:
    if not item.product.is_on_sale:
        return gettext("Hàng này hiện không bán nữa.")
    if not held and item.quantity > item.left:
        if item.left == 0:
            return gettext("Hàng này vừa hết.")
        return gettext("Chỉ còn %(left)s %(unit)s.") % {"left": item.left, "unit": item.product.unit}
    return ""


def total_of(found: Iterable[Parcel]) -> Decimal:
    """Return what all parcels cost together, fees included, in whole đồng."""
    return sum((parcel.total for parcel in found), Decimal(0))
