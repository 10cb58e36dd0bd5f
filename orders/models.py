"""Tables of the third floor: purchases, orders, lines, picks, parcels, payments, cases."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from oscar.apps.order.abstract_models import (
    AbstractLine,
    AbstractLinePrice,
    AbstractOrder,
    AbstractOrderStatusChange,
)

from catalog.models import Product
from cooperatives.models import Paper, Partner, PriceWindow, private_name, private_storage
from marketplace.accounts.models import Signed, User
from marketplace.foundation.models import Case, CaseSide
from marketplace.foundation.money import round_dong
from marketplace.places.models import Address, Bank
from traceability.models import Lot, Recall
from traceability.statuses import LotStatus

from .statuses import (
    ORDER_MOVES,
    Account,
    CallProblem,
    CarrierMeaning,
    ComplaintKind,
    ComplaintStatus,
    NotifierKind,
    OrderStatus,
    ParcelStatus,
    PaymentMethod,
    PaymentStatus,
    PurchaseSource,
    RatingStatus,
    ReductionKind,
    RefundStatus,
    ReturnReason,
    ReturnStatus,
    StatementStatus,
    TransferReason,
    TransferSource,
    TransferState,
    VoucherBearer,
)


def money(name: str, **options: Any) -> models.DecimalField:
    """A column of whole đồng."""
    return models.DecimalField(name, max_digits=12, decimal_places=0, **options)


def plain_waybill(text: str) -> str:
    """A waybill as it is compared: capitals, no blanks; people copy it from paper."""
    return "".join(text.split()).upper()


def secret_token() -> str:
    """Return 32 url-safe characters that nobody guesses: the key of a buyer's page."""
    return secrets.token_urlsafe(24)


class Purchase(Address):
    """One checkout by one buyer: one Order per cooperative. It stores no status; its orders do (DESIGN 2).

    ``placement_key`` is unique: a form sent twice is one purchase. ``token`` opens the buyer's page. ``source``: placed
    by the buyer on the market, or taken down by the cooperative (by phone, at its counter).
    """

    number = models.CharField(max_length=8, unique=True)
    token = models.CharField(max_length=40, unique=True, default=secret_token)
    placement_key = models.UUIDField(unique=True)
    basket = models.OneToOneField(
        "basket.Basket", null=True, on_delete=models.SET_NULL, related_name="purchase"
    )
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="purchases")
    buyer_name = models.CharField(_("họ và tên"), max_length=120)
    phone = models.CharField(_("số điện thoại"), max_length=11, db_index=True)
    email = models.EmailField(_("thư điện tử"), blank=True)
    note = models.CharField(_("lời nhắn"), max_length=300, blank=True)
    language = models.CharField(max_length=5, default="vi")
    source = models.CharField(max_length=10, choices=PurchaseSource.choices, default=PurchaseSource.SHOP)
    total = money("total")
    placed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.number

    @property
    def mailbox(self) -> str:
        return f"mua:{self.pk}"


class Voucher(Signed):
    """A code that takes something off the goods of a purchase, for some days (decision 019).

    ``cooperative`` empty: market-wide, for the cooperatives of a province, or of the whole country without one, and
    ``bearer_name`` says which alliance pays. It takes off ``most`` đồng, or ``percent`` of the goods and at most
    that. ``goods`` empty: all goods of whoever it holds for. ``taken`` of ``limit`` purchases have it. One that was
    ended before it began has no length.
    """

    code = models.CharField(_("mã"), max_length=20, unique=True)
    cooperative = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="vouchers"
    )
    province_code = models.CharField(max_length=2, blank=True)
    bearer = models.CharField(max_length=12, choices=VoucherBearer.choices)
    bearer_name = models.CharField(max_length=120)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    most = money("most")
    least = money("least", default=0)
    goods = models.ManyToManyField(Product, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    limit = models.PositiveIntegerField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    once_a_phone = models.BooleanField(default=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cooperative__isnull=False, bearer="cooperative", province_code="")
                | Q(cooperative__isnull=True, bearer="alliance"),
                name="voucher_has_its_bearer",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=1, percent__lte=50),
                name="voucher_takes_half_at_most",
            ),
            models.CheckConstraint(condition=Q(most__gt=0), name="voucher_takes_something"),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="voucher_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(limit__isnull=True) | Q(taken__lte=F("limit")), name="voucher_not_overspent"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class VoucherUse(models.Model):
    """A purchase that has a voucher: ``amount`` đồng less for all its goods; ``given_back_at`` when it ended unsent.

    ``phone`` is the buyer's, as typed for this purchase.
    """

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="uses")
    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="voucher_use")
    phone = models.CharField(max_length=11)
    amount = money("amount")
    at = models.DateTimeField(auto_now_add=True)
    given_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="use_takes_something_off")]
        indexes = [models.Index(fields=["voucher", "phone"], name="uses_of_a_phone")]

    def __str__(self) -> str:
        return f"{self.voucher_id}: {self.amount}"


class Order(AbstractOrder, Address):
    """What one buyer buys from one cooperative in one purchase: the cooperative's unit of work.

    Carries its own copy of name, phone and address: changing one parcel's never changes another's.
    ``total_incl_tax`` = lines + parcel fee, whole đồng, as placed; it never changes. ``reduced`` is the sum of the
    order's ``Reduction`` rows, and ``due`` what it costs now. ``weight_tolerance``: by how many per cent goods sold
    by weight may be heavier, and dearer, than ordered; 0 unless the buyer agreed. ``fee_percent``: what the alliance
    of the cooperative's province asks of its sales, frozen when the order was placed. ``pickup``: where
    and when the buyer fetches the goods, as it was said when the order was placed; empty when they are sent.
    ``voucher_share``: what ``voucher`` took off its lines, in whole đồng; their prices are without it.
    """

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="orders")
    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=12, choices=OrderStatus.choices, default=OrderStatus.PLACED)
    buyer_name = models.CharField(max_length=120)
    phone = models.CharField(max_length=11)
    note = models.CharField(max_length=300, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    pickup = models.CharField(max_length=300, blank=True)
    total_incl_tax = money("total_incl_tax")
    total_excl_tax = money("total_excl_tax")
    shipping_incl_tax = money("shipping_incl_tax", default=0)
    shipping_excl_tax = money("shipping_excl_tax", default=0)
    reduced = money("reduced", default=0)
    weight_tolerance = models.PositiveSmallIntegerField(default=0)
    fee_percent = models.DecimalField(max_digits=4, decimal_places=2, default=0)
    voucher = models.ForeignKey(
        Voucher, null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    voucher_share = money("voucher_share", default=0)

    pipeline = ORDER_MOVES.table

    class Meta(AbstractOrder.Meta):
        constraints = [
            models.UniqueConstraint(fields=["purchase", "cooperative"], name="one_order_a_cooperative"),
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="order_status_known"),
            models.CheckConstraint(
                condition=Q(reduced__lte=F("total_incl_tax")), name="order_due_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["cooperative", "status", "-date_placed"], name="orders_inbox")]

    def __str__(self) -> str:
        return self.number

    def set_status(self, new_status: str) -> None:
        """Oscar: its way of changing a status is closed; the verbs of ``fulfilment`` are the only way."""
        raise NotImplementedError("orders.fulfilment changes the status of an order")

    @property
    def token(self) -> str:
        """The key of a page that shows this order and nothing else of its purchase.

        For whoever knows the order but not what the buyer has from other cooperatives.
        """
        secret = salted_hmac("orders.order", self.number, secret=self.purchase.token, algorithm="sha256")
        return f"don-{self.number}-{secret.hexdigest()[:32]}"

    @property
    def parcel_fee(self) -> object:
        return self.shipping_incl_tax

    @property
    def due(self) -> Decimal:
        """What the order costs now, in whole đồng: as placed, less what was taken off it since."""
        return Decimal(self.total_incl_tax - self.reduced)


class OrderStatusChange(AbstractOrderStatusChange, Signed):
    """One move of an order's status, with who and why."""

    note = models.CharField(max_length=300, blank=True)

    class Meta(AbstractOrderStatusChange.Meta):
        pass


class Line(AbstractLine):
    """One product in one order; ``title`` and prices are as they were when placed.

    Its units move one by one: ``quantity`` = open + ``num_packed`` + ``num_shipped`` + ``num_cancelled``; of those
    shipped, ``num_returned`` came back. ``num_allocated`` is what the stock holds for it: open and packed units.
    Goods sold by weight carry the grams that one unit was ordered at (``unit_grams``); ``packed_grams`` is what the
    scales said of the units packed and shipped. A set becomes one line per part: they share a ``set_no``, counted
    from 1 in the order, and carry what the set was and how many of it were bought. ``line_price_incl_tax`` is what
    the buyer pays for all of it; ``voucher_share`` was taken off before. ``measure`` and ``origin`` are what the
    product's page said of net quantity and place of making on that day: they are part of what was agreed.
    """

    price_window = models.ForeignKey(
        PriceWindow, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_no = models.PositiveSmallIntegerField(null=True, blank=True)
    set_title = models.CharField(max_length=255, blank=True)
    set_quantity = models.PositiveIntegerField(null=True, blank=True)
    set_product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    unit = models.CharField(max_length=20, blank=True)
    measure = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=160, blank=True)
    num_packed = models.PositiveIntegerField(default=0)
    num_shipped = models.PositiveIntegerField(default=0)
    num_cancelled = models.PositiveIntegerField(default=0)
    num_returned = models.PositiveIntegerField(default=0)
    unit_grams = models.PositiveIntegerField(null=True, blank=True)
    packed_grams = models.PositiveIntegerField(null=True, blank=True)
    reduced = money("reduced", default=0)
    voucher_share = money("voucher_share", default=0)
    line_price_incl_tax = money("line_price_incl_tax")
    line_price_excl_tax = money("line_price_excl_tax")
    line_price_before_discounts_incl_tax = money("line_price_before_discounts_incl_tax")
    line_price_before_discounts_excl_tax = money("line_price_before_discounts_excl_tax")
    unit_price_incl_tax = money("unit_price_incl_tax")
    unit_price_excl_tax = money("unit_price_excl_tax")

    class Meta(AbstractLine.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=F("num_packed") + F("num_shipped") + F("num_cancelled")),
                name="line_units_add_up",
            ),
            models.CheckConstraint(
                condition=Q(num_returned__lte=F("num_shipped")), name="line_returns_what_left"
            ),
            models.CheckConstraint(
                condition=Q(set_no__isnull=True, set_title="", set_quantity__isnull=True)
                | (Q(set_no__isnull=False, set_quantity__gte=1) & ~Q(set_title="")),
                name="line_knows_its_set",
            ),
        ]

    @property
    def full_title(self) -> str:
        """The title, with the set that it came in: in a list without sets, two lines may be of one product."""
        if self.set_no is None:
            return str(self.title)
        return gettext("%(part)s (trong %(set)s)") % {"part": self.title, "set": self.set_title}

    @property
    def has_stock(self) -> bool:
        """Whether goods of the stock stand behind it; not so for a sum that was typed at the counter."""
        return self.stockrecord_id is not None

    @property
    def num_open(self) -> int:
        """Units still to be packed."""
        return int(self.quantity - self.num_packed - self.num_shipped - self.num_cancelled)

    @property
    def price_without_voucher(self) -> Decimal:
        """What the line cost as placed before a voucher took its share off, in whole đồng."""
        return Decimal(self.line_price_incl_tax + self.voucher_share)

    @property
    def unit_price_paid(self) -> Decimal:
        """What one unit cost the buyer as placed, a voucher's share taken off, in whole đồng."""
        return round_dong(self.line_price_incl_tax / self.quantity)

    @property
    def num_kept(self) -> int:
        """Units that left and did not come back."""
        return int(self.num_shipped - self.num_returned)

    @property
    def due(self) -> Decimal:
        """What the line costs now, in whole đồng."""
        return Decimal(self.line_price_incl_tax - self.reduced)


class LinePrice(AbstractLinePrice):
    """Oscar: the price of a line's units, for its reports."""

    price_incl_tax = money("price_incl_tax")
    price_excl_tax = money("price_excl_tax")
    shipping_incl_tax = money("shipping_incl_tax", default=0)
    shipping_excl_tax = money("shipping_excl_tax", default=0)

    class Meta(AbstractLinePrice.Meta):
        pass


class Parcel(Signed):
    """Some of an order's goods on their way together; an order may leave in several.

    ``goods`` is what its goods cost, frozen when it left; ``collect`` what the carrier takes at the door, 0 when
    the order is paid otherwise. Whole đồng. ``carrier`` is what was written; ``service`` the carrier of that name,
    when there is one.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="parcels")
    status = models.CharField(max_length=10, choices=ParcelStatus.choices, default=ParcelStatus.PACKED)
    carrier = models.CharField(_("đơn vị vận chuyển"), max_length=60, blank=True)
    service = models.ForeignKey(
        "Carrier", null=True, blank=True, on_delete=models.SET_NULL, related_name="parcels"
    )
    waybill = models.CharField(_("mã vận đơn"), max_length=60, blank=True)
    goods = money("goods", default=0)
    collect = money("collect", default=0)
    packed_at = models.DateTimeField(default=timezone.now)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ParcelStatus.values), name="parcel_status_known"),
        ]
        indexes = [models.Index(Upper("waybill"), name="parcel_of_a_waybill")]

    def __str__(self) -> str:
        return f"{self.carrier} {self.waybill}".strip()

    @property
    def recalled_lots(self) -> list[Lot]:
        """Lots in it that are recalled; reads ``picks`` with their ``lot`` (prefetch them)."""
        lots = {pick.lot.pk: pick.lot for pick in self.picks.all() if pick.lot is not None}
        return [lot for lot in lots.values() if lot.status == LotStatus.RECALLED]

    @property
    def is_back_by_carrier(self) -> bool:
        """Whether its carrier says that it brought the parcel back; reads ``events`` (prefetch them)."""
        return any(event.meaning == CarrierMeaning.RETURNED for event in self.events.all())

    @property
    def page_at_carrier(self) -> str:
        """Where the carrier itself shows the parcel; empty when it has no such page or there is no waybill."""
        address = self.service.tracking_address if self.service else ""
        if not self.waybill or not address.startswith("https://"):
            return ""
        return address.replace("{waybill}", quote(plain_waybill(self.waybill), safe=""))


class Pick(Signed):
    """So many units of one lot in one parcel for one line; ``lot`` empty = không theo lô.

    ``returned`` of them came back; ``grams`` is their part of what the scales said, for goods sold by weight;
    ``price`` is what they cost, frozen when they left, in whole đồng.
    """

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="picks")
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="picks")
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="picks")
    quantity = models.PositiveIntegerField()
    returned = models.PositiveIntegerField(default=0)
    grams = models.PositiveIntegerField(null=True, blank=True)
    price = money("price", default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="pick_takes_something"),
            models.CheckConstraint(
                condition=Q(returned__lte=F("quantity")), name="pick_returns_what_it_took"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.lot or 'không theo lô'}"


class Reduction(Signed):
    """So many đồng less for an order, with what, how many and why; append-only, taken back by a row below zero.

    Below zero also where goods weighed more than was ordered and the buyer had agreed to it. ``line`` empty: of
    the parcel fee.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="reductions")
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.CASCADE, related_name="reductions")
    parcel = models.ForeignKey(
        Parcel, null=True, blank=True, on_delete=models.SET_NULL, related_name="reductions"
    )
    kind = models.CharField(max_length=10, choices=ReductionKind.choices)
    quantity = models.IntegerField(default=0)
    amount = money("amount")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Payment(models.Model):
    """How one order is paid: cash on delivery, or a transfer to the cooperative's own account (DESIGN 3).

    For VietQR it keeps the account as it was verified when placed, the amount in whole đồng and the ``memo`` that a
    bank statement shows. ``expires_at`` is the end of the hold while status is ``waiting``.
    ``transferred`` is the sum of its ``TransferShare`` rows: what transfers that the market knows of brought; money
    seen by hand is not in it.
    """

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="payment")
    method = models.CharField(max_length=10, choices=PaymentMethod.choices)
    status = models.CharField(max_length=12, choices=PaymentStatus.choices)
    amount = money("amount")
    transferred = money("transferred", default=0)
    memo = models.CharField(max_length=25, unique=True)
    bank_bin = models.CharField(max_length=6, blank=True)
    bank_name = models.CharField(max_length=60, blank=True)
    account_number = models.CharField(max_length=19, blank=True)
    account_holder = models.CharField(max_length=120, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PaymentStatus.values), name="payment_status_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_not_negative"),
            models.CheckConstraint(
                condition=Q(transferred__gte=0, transferred__lte=F("amount")),
                name="payment_transferred_within_amount",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(status="waiting"), name="payments_that_expire")
        ]

    def __str__(self) -> str:
        return f"{self.memo} {self.amount}"

    @property
    def still_due(self) -> Decimal:
        """What transfers have yet to bring, in whole đồng."""
        return Decimal(self.amount - self.transferred)


class PaymentChange(Signed):
    """One move of a payment's status, with who and why; an undone "Đã nhận tiền" leaves two rows."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="changes")
    old_status = models.CharField(max_length=12)
    new_status = models.CharField(max_length=12)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.old_status} → {self.new_status}"


class Refund(Signed):
    """Money that goes back to the buyer of one order, by a transfer that the cooperative makes itself.

    At most one of an order is owed at a time; what comes on top before it is sent goes into it. The buyer names the
    account; ``reference`` and ``evidence`` say that it was sent.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    status = models.CharField(max_length=10, choices=RefundStatus.choices, default=RefundStatus.OWED)
    amount = money("amount")
    bank = models.ForeignKey(Bank, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account_number = models.CharField(_("số tài khoản"), max_length=19, blank=True)
    account_holder = models.CharField(_("chủ tài khoản"), max_length=120, blank=True)
    reference = models.CharField(_("mã giao dịch"), max_length=80, blank=True)
    evidence = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(status="owed"), name="one_refund_owed_an_order"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_gives_something"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.status}"


class InvoiceRequest(Signed):
    """The buyer of one order wants an invoice, and on whom it is made out; it may change until there is one."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="invoice_request")
    name = models.CharField(max_length=200)
    tax_code = models.CharField(max_length=14, blank=True)
    address = models.CharField(max_length=300)
    email = models.EmailField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.order_id} {self.name}"


class Invoice(Signed):
    """An e-invoice that the cooperative issued elsewhere, as it wrote it in here. A wrong one is replaced and stays."""

    request = models.ForeignKey(InvoiceRequest, on_delete=models.PROTECT, related_name="invoices")
    form = models.CharField(max_length=20)
    series = models.CharField(max_length=20)
    number = models.CharField(max_length=20)
    issued_on = models.DateField()
    lookup_address = models.CharField(max_length=200, blank=True)
    lookup_code = models.CharField(max_length=60, blank=True)
    file = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(replaced_at__isnull=True), name="one_invoice_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.series} {self.number}"


class RefundChange(Signed):
    """One step of a refund: owed, more owed, sent, come back, dropped; with who and why."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="changes")
    new_status = models.CharField(max_length=10)
    amount = money("amount")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.new_status} {self.amount}"


class ReturnCase(Case, Signed):
    """A buyer wants to give goods of one order back, or has money back for them.

    ``form_key``: a form sent twice is one case. ``goods_needed``: whether the goods must come back before the money
    goes; ``fee_share``: what of the parcel fee goes back as well, whole đồng. Both are set when it is agreed.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="return_cases")
    status = models.CharField(max_length=10, choices=ReturnStatus.choices, default=ReturnStatus.REQUESTED)
    reason = models.CharField(max_length=10, choices=ReturnReason.choices)
    words = models.CharField(max_length=1000)
    photos = models.ManyToManyField(Paper, blank=True, related_name="+")
    form_key = models.UUIDField()
    goods_needed = models.BooleanField(default=True)
    fee_share = money("fee_share", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "form_key"], name="one_return_a_form"),
            models.CheckConstraint(condition=Q(status__in=ReturnStatus.values), name="return_status_known"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(closed_at__isnull=True), name="returns_that_wait"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}:{self.pk}"

    @property
    def waits_for_goods(self) -> bool:
        """True while the buyer is to send the goods and nothing was taken off yet."""
        return self.status == ReturnStatus.AGREED and self.goods_needed

    @property
    def waits_for_money(self) -> bool:
        """True once the order costs less, until what was paid too much is sent back."""
        return self.status == ReturnStatus.GOODS_BACK or (
            self.status == ReturnStatus.AGREED and not self.goods_needed
        )

    @property
    def waits_for_a_word(self) -> bool:
        """True until somebody agreed."""
        return self.status in {ReturnStatus.REQUESTED, ReturnStatus.DISPUTED}


class ReturnLine(models.Model):
    """So many units of one line in a return; ``restocked`` of them could be sold again when they came back."""

    case = models.ForeignKey(ReturnCase, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="returns")
    quantity = models.PositiveIntegerField()
    restocked = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "line"], name="one_row_a_line_of_a_return"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, restocked__lte=F("quantity")), name="return_restocks_what_came"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"


class ReturnChange(Signed):
    """One step of a return, with who and why; a clock that ran out leaves the status as it was."""

    case = models.ForeignKey(ReturnCase, on_delete=models.CASCADE, related_name="changes")
    old_status = models.CharField(max_length=10)
    new_status = models.CharField(max_length=10, choices=ReturnStatus.choices)
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.old_status} → {self.new_status}"


class Complaint(Case, Signed):
    """A buyer is not content with how one order went, and says so; the cooperative answers, the alliance at the last.

    ``form_key``: a form sent twice is one complaint.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="complaints")
    kind = models.CharField(max_length=10, choices=ComplaintKind.choices)
    status = models.CharField(max_length=10, choices=ComplaintStatus.choices, default=ComplaintStatus.OPEN)
    form_key = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "form_key"], name="one_complaint_a_form"),
            models.CheckConstraint(
                condition=Q(status__in=ComplaintStatus.values), name="complaint_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(closed_at__isnull=True), name="complaints_that_wait"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}:{self.pk}"


class ComplaintMessage(Signed):
    """What one side said in a complaint, and how the complaint stood after it; append-only.

    ``form_key``: a form sent twice is one message; a step without words (a button, a clock) has none.
    """

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=10, choices=CaseSide.choices, blank=True)
    words = models.CharField(max_length=2000, blank=True)
    old_status = models.CharField(max_length=10, blank=True)
    new_status = models.CharField(max_length=10, choices=ComplaintStatus.choices)
    form_key = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "form_key"], name="one_message_a_form"),
        ]

    def __str__(self) -> str:
        return f"{self.side}: {self.words[:60]}"


class StatementImport(Signed):
    """One bank statement that a cooperative sent in: read into rows, shown, then applied or dropped.

    ``done`` of ``total`` rows have been worked in the running step; ``total`` is 0 until the file was read.
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="statements")
    status = models.CharField(max_length=10, choices=StatementStatus.choices, default=StatementStatus.READING)
    file = models.FileField(storage=private_storage, upload_to=private_name)
    name = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)
    problem = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=StatementStatus.values), name="statement_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StatementRow(models.Model):
    """One line of a statement as it was read, and what it will do (``incoming.statements`` names the outcomes)."""

    statement = models.ForeignKey(StatementImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    reference = models.CharField(max_length=80, blank=True)
    amount = money("amount", null=True)
    booked_at = models.DateTimeField(null=True)
    text = models.CharField(max_length=500, blank=True)
    payer = models.CharField(max_length=120, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=12, blank=True)
    orders = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["statement", "number"], name="one_row_a_line")]

    def __str__(self) -> str:
        return f"{self.statement_id}:{self.number}"


class TransferNotifier(Signed):
    """The service that tells of a cooperative's transfers: where it calls, how it signs, when it was last heard.

    ``problem``: the beginning of the last signed notice that could not be booked.
    """

    cooperative = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="notifier")
    kind = models.CharField(max_length=10, choices=NotifierKind.choices)
    token = models.CharField(max_length=40, unique=True)
    secret = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    problem_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.get_kind_display())


class IncomingTransfer(Signed):
    """One transfer into a cooperative's account, told by a statement or a notifier.

    ``reference`` is the bank's own and unique for the cooperative, so telling it again is the same transfer.
    ``amount`` = its shares + what is still on no order (``incoming.transfers.left_of``).
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="transfers")
    source = models.CharField(max_length=10, choices=TransferSource.choices)
    statement = models.ForeignKey(
        StatementImport, null=True, blank=True, on_delete=models.PROTECT, related_name="transfers"
    )
    reference = models.CharField(max_length=80)
    amount = money("amount")
    booked_at = models.DateTimeField()
    text = models.CharField(max_length=500, blank=True)
    payer = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=TransferState.choices)
    reason = models.CharField(max_length=10, choices=TransferReason.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "reference"], name="one_transfer_a_reference"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_brings_something"),
        ]
        indexes = [models.Index(fields=["cooperative", "state", "-booked_at"], name="transfers_tray")]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"


class TransferShare(Signed):
    """So many đồng of one transfer for one payment; taken back by a row below zero, never by a deletion."""

    transfer = models.ForeignKey(IncomingTransfer, on_delete=models.PROTECT, related_name="shares")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="shares")
    amount = money("amount")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.amount} of {self.transfer_id} for {self.payment_id}"


class Rating(Signed):
    """What a buyer says of a product that reached her: one a product of an order, from 1 (poor) to 5 (very good).

    ``author`` is how the public reads her name. Everybody sees all of them (Law 19/2023 on consumers); an officer
    hides what the law forbids, with a reason. ``answer`` is the cooperative's.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="ratings")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="ratings")
    score = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)
    author = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=RatingStatus.choices, default=RatingStatus.SHOWN)
    hidden_reason = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="one_rating_a_product_bought"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="rating_of_five"),
            models.CheckConstraint(condition=Q(status__in=RatingStatus.values), name="rating_status_known"),
        ]
        indexes = [models.Index(fields=["product", "status", "-id"], name="ratings_of_a_product")]

    def __str__(self) -> str:
        return f"{self.score}/5 {self.author}"


class AllianceFee(models.Model):
    """What the alliance of a province asks of its cooperatives' sales, in per cent of the goods, from a day on."""

    province_code = models.CharField(_("mã tỉnh"), max_length=2)
    percent = models.DecimalField(_("phần trăm tiền hàng"), max_digits=4, decimal_places=2)
    since = models.DateField(_("từ ngày"))

    class Meta:
        verbose_name = verbose_name_plural = _("phí của liên minh")
        constraints = [
            models.UniqueConstraint(fields=["province_code", "since"], name="one_fee_a_province_and_day"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=30), name="fee_is_a_fee"),
        ]

    def __str__(self) -> str:
        return f"{self.province_code}: {self.percent} %"


class BookEntry(Signed):
    """One line of a cooperative's books: so many đồng on one account, for one order; append-only.

    ``on`` is the day it happened; ``month`` (its first day) is where it is booked: the same month, or the first open
    one when that was closed.
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="entries")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=10, choices=Account.choices)
    amount = money("amount")
    on = models.DateField()
    month = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(account__in=Account.values), name="entry_account_known"),
            models.CheckConstraint(condition=~Q(amount=0), name="entry_moves_something"),
        ]
        indexes = [models.Index(fields=["cooperative", "month"], name="entries_of_a_month")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class ReportMonth(Signed):
    """A month that a cooperative has closed, with what each account came to: nothing is booked into it any more."""

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="months")
    month = models.DateField()
    totals = models.JSONField(default=dict)
    closed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "month"], name="a_month_closes_once")]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"


class Carrier(models.Model):
    """Who carries parcels. ``tracking_address`` opens a parcel at the carrier's, with ``{waybill}`` in it.

    ``cold_areas``: provinces to which it takes goods that must stay cold, code → name. The operator edits them.
    """

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=60, unique=True)
    is_active = models.BooleanField(_("đang dùng"), default=True)
    takes_cod = models.BooleanField(_("thu hộ tiền mặt"), default=True)
    tracking_address = models.CharField(_("trang tra cứu"), max_length=200, blank=True)
    cold_areas = models.JSONField(_("tỉnh nhận hàng lạnh"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("hãng vận chuyển")
        verbose_name_plural = _("hãng vận chuyển")

    def __str__(self) -> str:
        return self.name


class CarrierStatus(models.Model):
    """What one of a carrier's own codes means. The operator edits the table; ``is_checked`` is False for what only
    hearsay says and for codes that came in and stood in no table (they count as moving)."""

    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="statuses")
    code = models.CharField(_("mã của hãng"), max_length=40)
    words = models.CharField(_("lời của hãng"), max_length=120, blank=True)
    meaning = models.CharField(
        _("nghĩa là"), max_length=12, choices=CarrierMeaning.choices, default=CarrierMeaning.MOVING
    )
    is_checked = models.BooleanField(_("đã đối chiếu"), default=False)

    class Meta:
        verbose_name = _("trạng thái của hãng")
        verbose_name_plural = _("trạng thái của hãng")
        constraints = [
            models.UniqueConstraint(fields=["carrier", "code"], name="one_meaning_a_code"),
            models.CheckConstraint(
                condition=Q(meaning__in=CarrierMeaning.values), name="carrier_meaning_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.code}"


class CarrierLink(Signed):
    """A cooperative's connection to a carrier: where it calls us, how its calls are known, when it was last heard."""

    cooperative = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="carrier_links")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="links")
    token = models.CharField(max_length=40, unique=True, default=secret_token)
    secret = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    heard_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "carrier"], name="one_link_a_carrier")]

    def __str__(self) -> str:
        return f"{self.cooperative} · {self.carrier}"


class ParcelEvent(models.Model):
    """Something a carrier told of a parcel. Appended, never changed; told again it is the same event.

    ``identity`` is the carrier's own: waybill, code and moment. ``body``: the call as it came.
    """

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="events")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="+")
    identity = models.CharField(max_length=64)
    code = models.CharField(max_length=40)
    meaning = models.CharField(max_length=12, choices=CarrierMeaning.choices)
    text = models.CharField(max_length=300, blank=True)
    occurred_at = models.DateTimeField()
    heard_at = models.DateTimeField(auto_now_add=True)
    body = models.TextField()

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "identity"], name="one_event_an_identity"),
            models.CheckConstraint(
                condition=Q(meaning__in=CarrierMeaning.values), name="event_meaning_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parcel} {self.code}"


class CarrierCall(models.Model):
    """A signed call that a person should see: unreadable, of no parcel of ours, or with another sum.

    One row a ``subject`` (a waybill, or the hash of a body), so telling it again adds nothing.
    """

    link = models.ForeignKey(CarrierLink, on_delete=models.CASCADE, related_name="calls")
    subject = models.CharField(max_length=64)
    problem = models.CharField(max_length=10, choices=CallProblem.choices)
    note = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    heard_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["link", "subject", "problem"], name="one_call_a_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.link} {self.subject}"


class RecallNotice(models.Model):
    """One buyer whom a recall concerns, and whether she was told: one row a person, however many orders.

    A person is an account, or for guests phone and e-mail together. ``purchase``: the newest with such goods.
    ``goods``: keys of the lots; ``out`` units of them are with the buyer or on their way, ``held`` are packed and stay.
    ``written_at``: when the letter was put into the outbox, ``lifted_at`` the one that says it was a mistake.
    ``told_at``: when somebody rang and ``told_by`` said so.
    """

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="notices")
    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="recall_notices")
    mailbox = models.CharField(max_length=40)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=11, blank=True)
    goods = models.JSONField(default=list)
    out = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["recall", "mailbox"], name="once_a_buyer")]

    def __str__(self) -> str:
        return f"{self.recall_id}: {self.mailbox}"

    @property
    def key(self) -> str:
        """What its letter, and the outbox rows that carry it, are known by."""
        return f"recall:{self.recall_id}:{self.pk}"


# Oscar: its remaining order models must be imported last, after ours have taken their names.
from oscar.apps.order.models import *  # noqa: E402, F403, TID251
