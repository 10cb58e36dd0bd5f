"""A basket becomes one Purchase and one Order per cooperative: all or nothing, once (DESIGN 2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cooperatives import prices, stock
from cooperatives import sets as sets_of
from cooperatives.models import SetPart
from marketplace.accounts import audit
from marketplace.accounts.models import User, signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import new_code
from marketplace.foundation.money import round_dong
from marketplace.foundation.refusals import Refusal
from orders.basket import baskets
from orders.basket.models import Basket

from . import books, invoices, notices, sets, vouchers
from .gateways import GATEWAYS, MethodNotOffered
from .models import Line, LinePrice, Order, OrderStatusChange, Payment, PaymentChange, Purchase, Voucher
from .statuses import OrderStatus, PaymentMethod, PurchaseSource

MEMO_PREFIX = "CP"
MOST_DONG = Decimal(10**12 - 1)  # what the columns of money hold


class PlacementRefusal(Refusal):
    """The purchase was not placed and nothing was written."""


class BasketGone(PlacementRefusal):
    """The basket is empty or was already ordered."""


class NotOnSale(PlacementRefusal):
    """Something in the basket may not be sold any more."""


class NotSentThere(PlacementRefusal):
    """A cooperative does not send these goods to the buyer's province, or no longer lets buyers fetch them."""


class OutOfStock(PlacementRefusal):
    """Not enough left; ``details["short"]`` lists product name, wanted and left."""


class TooMuchMoney(PlacementRefusal):
    """The total is more than the market can write down."""


class TotalChanged(PlacementRefusal):
    """A price or fee moved after the buyer saw the total; ``details`` has ``shown`` and ``now``."""


@dataclass(frozen=True)
class Buyer:
    """Who buys and where to: ``address`` holds the fields of ``places.Address``."""

    name: str
    phone: str
    address: Mapping[str, str]
    email: str = ""
    note: str = ""


@dataclass
class _Demand:
    """What a basket asks of the stock, summed over every cooperative before anything is locked."""

    units: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    grams: dict[int, int] = field(default_factory=dict)  # of a unit, where the price follows the scales
    parts: dict[int, list[SetPart]] = field(default_factory=dict)  # of each set, by its own stock record


def methods_of(cooperative: Any, amount: Decimal) -> list[PaymentMethod]:
    """Return the ways of paying ``amount`` đồng that this cooperative offers today, the preferred one first."""
    gateways = GATEWAYS.items()
    return [PaymentMethod(method) for method, gateway in gateways if gateway.is_offered(cooperative, amount)]


def place_purchase(
    basket: Basket,
    *,
    placement_key: UUID,
    buyer: Buyer,
    methods: Mapping[int, str],
    shown_total: Decimal | None,
    by: Actor,
    pickups: Collection[int] = (),
    user: User | None = None,
    language: str = "vi",
    weight_tolerance: int = 0,
    source: PurchaseSource = PurchaseSource.SHOP,
    voucher: str = "",
    invoice: invoices.MadeOutTo | None = None,
) -> Purchase:
    """Turn ``basket`` into a Purchase with one Order per cooperative and hold the stock.

    One transaction: locks the basket row, then every stock row once in key order, then the voucher; writes orders,
    lines, payments, letters. ``methods`` maps cooperative id → way of paying; ``pickups`` are the ids of those where
    the buyer fetches the goods. ``shown_total`` is what the buyer confirmed, in đồng; None when a cooperative takes
    the order down. ``weight_tolerance``: by how many per cent goods sold by weight may weigh, and cost, more than
    ordered. ``voucher`` is the code that the buyer gives; ``invoice``: on whom each order's invoice is to be made out,
    when the buyer wants one. The same ``placement_key`` again returns the purchase that it made. Raises a
    PlacementRefusal (BasketGone, NotOnSale, NotSentThere, OutOfStock, TooMuchMoney, TotalChanged, MethodNotOffered) or
    a VoucherRefusal, and then nothing was written.
    """
    try:
        with transaction.atomic():
            return _place(
                basket,
                placement_key,
                buyer,
                methods,
                pickups,
                shown_total,
                by,
                user,
                language,
                weight_tolerance,
                source,
                voucher,
                invoice,
            )
    except IntegrityError:
        # Two baskets with one key cannot both win; whoever lost is shown what the winner made.
        made = Purchase.objects.filter(placement_key=placement_key).first()
        if made is None:
            raise
        return made


def _place(
    basket: Basket,
    key: UUID,
    buyer: Buyer,
    methods: Mapping[int, str],
    pickups: Collection[int],
    shown_total: Decimal | None,
    by: Actor,
    user: User | None,
    language: str,
    tolerance: int,
    source: PurchaseSource,
    code: str,
    invoice: invoices.MadeOutTo | None,
) -> Purchase:
    locked = Basket.objects.select_for_update(no_key=True).filter(pk=basket.pk).first()
    made = Purchase.objects.filter(placement_key=key).first()
    if made is not None:
        return made
    if locked is None or locked.status != Basket.OPEN:
        raise BasketGone(_("Giỏ hàng này đã được đặt hoặc không còn nữa."), code="gone")

    demand = _demand_of(locked)
    if not demand.units:
        raise BasketGone(_("Giỏ hàng đang trống."), code="empty")
    short = stock.hold(demand.units)
    if short:
        raise OutOfStock(
            _short_text(demand, short),
            code="short",
            details={"short": [(demand.names[s.stock_record_id], s.wanted, s.left) for s in short]},
        )

    # Prices are read under the stock locks.
    parcels = baskets.parcels(locked, buyer.address, pickups=pickups, held=True)
    if source == PurchaseSource.COUNTER:
        for parcel in parcels:  # handed over across the counter, whatever the stall says of fetching
            parcel.is_pickup = True
    gone = [item.product.title for parcel in parcels for item in parcel.items if item.problem]
    if gone:
        raise NotOnSale(
            gettext("Không còn bán: %(names)s. Hãy bỏ ra khỏi giỏ rồi đặt lại.") % {"names": ", ".join(gone)},
            code="not_on_sale",
            details={"names": gone},
        )
    used = vouchers.take(parcels, code, phone=buyer.phone) if code else None
    _check_ways(parcels, pickups)
    total = baskets.total_of(parcels)
    if total > MOST_DONG:
        raise TooMuchMoney(_("Lần mua này lớn quá. Hãy chia ra nhiều lần mua."), code="too_much")
    if shown_total is not None and total != shown_total:
        raise TotalChanged(
            _("Giá hoặc phí gửi vừa thay đổi. Hãy xem lại tổng tiền mới rồi đặt."),
            code="total",
            details={"shown": shown_total, "now": total},
        )

    purchase = Purchase.objects.create(
        number=_free_number(Purchase),
        placement_key=key,
        basket=locked,
        user=user,
        buyer_name=buyer.name,
        phone=buyer.phone,
        email=buyer.email,
        note=buyer.note,
        language=language,
        source=source,
        total=total,
        **buyer.address,
    )
    provinces = [parcel.cooperative.province_code for parcel in parcels]
    percents = books.fee_percents(provinces, timezone.localdate())
    orders = [
        _write_order(
            purchase,
            parcel,
            str(methods.get(parcel.cooperative.pk, "")),
            buyer,
            demand,
            tolerance if any(item.stock_id in demand.grams for item in parcel.items) else 0,
            percents.get(parcel.cooperative.province_code, Decimal(0)),
            used.voucher if used else None,
            by,
        )
        for parcel in parcels
    ]
    if used and used.voucher:
        vouchers.write_use(used.voucher, used.amount, purchase)
    if invoice:
        invoices.note(orders, invoice, by=by)
    _move_basket(locked, Basket.SUBMITTED)
    audit.record("place_purchase", purchase, by=by, total=str(total), orders=len(parcels))
    # Who takes an order down knows of it; a letter and an SMS would only be noise.
    notices.purchase_placed(purchase, orders if source == PurchaseSource.SHOP else [])
    return purchase


def _check_ways(parcels: list[baskets.Parcel], pickups: Collection[int]) -> None:
    for parcel in parcels:
        if parcel.cooperative.pk in pickups and not parcel.is_pickup:
            name = {"name": parcel.cooperative.name}
            raise NotSentThere(
                gettext("%(name)s không còn cho đến lấy hàng. Hãy chọn lại cách nhận hàng.") % name,
                code="pickup",
            )
        if parcel.not_sent:
            raise NotSentThere(parcel.not_sent, code="not_sent")


def _demand_of(basket: Basket) -> _Demand:
    demand = _Demand()
    lines = basket.lines.order_by("stockrecord_id").values_list(
        "stockrecord_id",
        "quantity",
        "product__title",
        "stockrecord__is_weighed",
        "stockrecord__unit_grams",
        "stockrecord__is_set",
    )
    bought: dict[int, int] = {}
    for record, quantity, title, is_weighed, grams, is_set in lines:
        demand.names[record] = title
        if is_set:
            bought[record] = bought.get(record, 0) + quantity
            continue
        demand.units[record] = demand.units.get(record, 0) + quantity
        if is_weighed and grams:
            demand.grams[record] = grams
    demand.parts = sets_of.parts_of(bought)
    for record, quantity in bought.items():
        for part in demand.parts[record]:
            demand.units[part.part_id] = demand.units.get(part.part_id, 0) + part.units * quantity
            names = {"part": part.part.product.title, "set": demand.names[record]}
            demand.names.setdefault(part.part_id, gettext("%(part)s (trong %(set)s)") % names)
            if part.part.is_paused:
                raise NotOnSale(
                    gettext("“%(set)s” có món đang tạm ngưng bán: %(part)s. Hãy bỏ ra khỏi giỏ rồi đặt lại.")
                    % names,
                    code="not_on_sale",
                    details={"names": [names["set"]]},
                )
    return demand


def _short_text(demand: _Demand, short: list[stock.Shortage]) -> str:
    parts = []
    for shortage in short:
        name = demand.names[shortage.stock_record_id]
        if shortage.left == 0:
            parts.append(gettext("%(name)s vừa hết") % {"name": name})
        else:
            parts.append(gettext("%(name)s chỉ còn %(left)s") % {"name": name, "left": shortage.left})
    return gettext("Không đủ hàng: %(list)s. Chưa có đơn nào được đặt.") % {"list": "; ".join(parts)}


def place_sum(
    cooperative: Any,
    amount: Decimal,
    *,
    title: str,
    placement_key: UUID,
    buyer: Buyer,
    method: str,
    by: Actor,
) -> Order:
    """Write a sale of ``amount`` đồng across the counter whose goods nobody listed: one line, no stock behind it.

    One transaction. The same ``placement_key`` again returns the order that it made, also when the button was pressed
    twice at once. Raises TooMuchMoney, MethodNotOffered.
    """
    made = Order.objects.filter(purchase__placement_key=placement_key, cooperative=cooperative)
    try:
        with transaction.atomic():
            return made.first() or _place_sum(cooperative, amount, title, placement_key, buyer, method, by)
    except IntegrityError:
        # Nothing is locked before the key is written; whoever lost is shown what the winner made.
        winner = made.first()
        if winner is None:
            raise
        return winner


def _place_sum(
    cooperative: Any,
    amount: Decimal,
    title: str,
    key: UUID,
    buyer: Buyer,
    method: str,
    by: Actor,
) -> Order:
    if not 0 < amount <= MOST_DONG:
        raise TooMuchMoney(_("Số tiền này lớn quá. Hãy xem lại."), code="too_much", field="amount")
    purchase = Purchase.objects.create(
        number=_free_number(Purchase),
        placement_key=key,
        buyer_name=buyer.name,
        phone=buyer.phone,
        source=PurchaseSource.COUNTER,
        total=amount,
        **buyer.address,
    )
    percents = books.fee_percents([cooperative.province_code], timezone.localdate())
    order = _open_order(
        purchase,
        cooperative,
        method,
        buyer,
        is_pickup=True,
        total_incl_tax=amount,
        total_excl_tax=amount,
        fee_percent=percents.get(cooperative.province_code, Decimal(0)),
        by=by,
    )
    Line.objects.create(
        order=order,
        partner=cooperative,
        partner_name=cooperative.name,
        title=title,
        quantity=1,
        num_allocated=1,
        unit_price_incl_tax=amount,
        unit_price_excl_tax=amount,
        line_price_incl_tax=amount,
        line_price_excl_tax=amount,
        line_price_before_discounts_incl_tax=amount,
        line_price_before_discounts_excl_tax=amount,
    )
    audit.record("place_purchase", purchase, by=by, total=str(amount), orders=1)
    notices.purchase_placed(purchase, [])
    return order


def _open_order(
    purchase: Purchase,
    cooperative: Any,
    method: str,
    buyer: Buyer,
    *,
    is_pickup: bool,
    by: Actor,
    **fields: Any,
) -> Order:
    """Write an order without its lines, and what it is paid with. Raises MethodNotOffered."""
    is_counter = purchase.source == PurchaseSource.COUNTER
    in_hand = is_counter and method == PaymentMethod.COD  # cash across the counter needs nobody's leave
    if not in_hand and method not in methods_of(cooperative, fields["total_incl_tax"]):
        raise MethodNotOffered(
            gettext("%(name)s không nhận cách trả tiền này. Hãy chọn lại.") % {"name": cooperative.name},
            code="method",
            details={"cooperative": cooperative.pk},
        )
    order = Order.objects.create(
        number=_free_number(Order),
        purchase=purchase,
        cooperative=cooperative,
        user=purchase.user,
        basket=purchase.basket,
        guest_email=buyer.email,
        buyer_name=buyer.name,
        phone=buyer.phone,
        note=buyer.note,
        pickup=(str(PurchaseSource.COUNTER.label) if is_counter else cooperative.stall.pickup)
        if is_pickup
        else "",
        currency="VND",
        date_placed=timezone.now(),
        **fields,
        **buyer.address,
    )
    OrderStatusChange.objects.create(order=order, old_status="", new_status=OrderStatus.PLACED, **signed(by))
    _start_payment(order, PaymentMethod(method), by)
    return order


def _write_order(
    purchase: Purchase,
    parcel: baskets.Parcel,
    method: str,
    buyer: Buyer,
    demand: _Demand,
    tolerance: int,
    percent: Decimal,
    voucher: Voucher | None,
    by: Actor,
) -> Order:
    items = sets.unpacked(sorted(parcel.items, key=lambda item: item.stock_id), demand.parts)
    excl_goods = sum((_without_vat(item.due, item.product.vat_rate) for item in items), Decimal(0))
    order = _open_order(
        purchase,
        parcel.cooperative,
        method,
        buyer,
        is_pickup=parcel.is_pickup,
        total_incl_tax=parcel.total,
        total_excl_tax=excl_goods + parcel.fee,
        shipping_incl_tax=parcel.fee,
        shipping_excl_tax=parcel.fee,
        weight_tolerance=tolerance,
        fee_percent=percent,
        voucher=voucher if parcel.discount else None,
        voucher_share=parcel.discount,
        by=by,
    )
    for item in items:
        _write_line(order, item, demand.grams.get(item.stock_id))
    return order


def _write_line(order: Order, item: baskets.Item, grams: int | None) -> Line:
    window = item.price.window_id
    if window is not None and not prices.take_window(window, item.quantity):
        raise TotalChanged(_("Giá ưu đãi vừa hết lượt. Hãy xem lại tổng tiền mới."), code="window")
    product, each = item.product, item.price.amount
    each_excl, whole_excl = _without_vat(each, product.vat_rate), _without_vat(item.due, product.vat_rate)
    line = Line.objects.create(
        order=order,
        partner=order.cooperative,
        partner_name=order.cooperative.name,
        partner_sku=item.sku,
        stockrecord_id=item.stock_id,
        product=product,
        title=product.title,
        quantity=item.quantity,
        num_allocated=item.quantity,
        unit=product.unit,
        measure=product.net_quantity,
        origin=product.origin,
        unit_grams=grams,
        price_window_id=window,
        unit_price_incl_tax=each,
        unit_price_excl_tax=each_excl,
        voucher_share=item.share,
        line_price_incl_tax=item.due,
        line_price_excl_tax=whole_excl,
        line_price_before_discounts_incl_tax=item.regular_total,
        line_price_before_discounts_excl_tax=_without_vat(item.regular_total, product.vat_rate),
        **(item.set_fields if isinstance(item, sets.PartItem) else {}),
        tax_code="" if product.vat_rate is None else f"{product.vat_rate.normalize():f}",
    )
    LinePrice.objects.create(
        order=order, line=line, quantity=item.quantity, price_incl_tax=each, price_excl_tax=each_excl
    )
    return line


def _start_payment(order: Order, method: PaymentMethod, by: Actor) -> Payment:
    fields = GATEWAYS[method].opening(order)
    payment = Payment.objects.create(
        order=order, method=method, amount=order.total_incl_tax, memo=MEMO_PREFIX + order.number, **fields
    )
    PaymentChange.objects.create(payment=payment, old_status="", new_status=payment.status, **signed(by))
    return payment


def _without_vat(amount: Decimal, rate: Decimal | None) -> Decimal:
    """Prices include VAT; an unknown rate takes nothing out."""
    return amount if not rate else round_dong(amount * 100 / (100 + rate))


def _free_number(model: type[Purchase] | type[Order]) -> str:
    """Return a random checksummed number nobody has; a collision at commit is caught by the unique key."""
    while True:
        number = new_code(8)
        if not model.objects.filter(number=number).exists():
            return number


def _move_basket(basket: Basket, status: str) -> None:
    Basket.objects.filter(pk=basket.pk).update(status=status, date_submitted=timezone.now())


def summary(order: Order) -> str:
    """Return "2 × Miến dong, 1 × Hộp quà" for lists and letters: at most three goods by name, a set as one."""
    goods = sets.bought(order)
    named = ", ".join(f"{one.quantity} × {one.title}" for one in goods[:3])
    more = len(goods) - 3
    if more <= 0:
        return named
    return f"{named}, " + ngettext("và %(n)s món nữa", "và %(n)s món nữa", more) % {"n": more}
