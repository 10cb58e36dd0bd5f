"""Tables of the ground floor: who sells, where, who may act, what is in stock and at which price."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.storage import storages
from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from oscar.apps.partner.abstract_models import AbstractPartner, AbstractStockRecord

from marketplace.accounts.models import Signed, User
from marketplace.places.models import Address, Bank

from .statuses import ApplicationStatus, BankAccountStatus, Outcome, Role, StallStatus


class LegalForm(models.TextChoices):
    """The seller's legal form; tax rules hang on it (Decree 252/2026, domain.md finding 4)."""

    COOPERATIVE = "hop_tac_xa", _("Hợp tác xã")
    UNION = "lien_hiep", _("Liên hiệp hợp tác xã")
    GROUP = "to_hop_tac", _("Tổ hợp tác")
    HOUSEHOLD = "ho_kinh_doanh", _("Hộ kinh doanh")


class Partner(AbstractPartner, Address):
    """A cooperative: the body that sells and is paid. Our code says ``Cooperative``; Oscar insists on the name."""

    legal_form = models.CharField(max_length=20, choices=LegalForm.choices, default=LegalForm.COOPERATIVE)
    tax_code = models.CharField(_("mã số thuế"), max_length=14, blank=True)
    phone = models.CharField(_("số điện thoại"), max_length=11)
    zalo = models.CharField(max_length=11, blank=True)
    email = models.EmailField(blank=True)
    about = models.TextField(blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta(AbstractPartner.Meta):
        verbose_name = _("hợp tác xã")
        verbose_name_plural = _("hợp tác xã")
        indexes = [models.Index(fields=["province_code"], name="cooperatives_of_a_province")]
        constraints = [
            models.UniqueConstraint(
                fields=["tax_code"], condition=~Q(tax_code=""), name="one_cooperative_a_tax_code"
            )
        ]

    @property
    def mailbox(self) -> str:
        return f"htx:{self.pk}"


Cooperative = Partner


class StallQuerySet(models.QuerySet["Stall"]):
    def open(self) -> StallQuerySet:
        return self.filter(status=StallStatus.OPEN)


class Rate(models.Model):
    """What a parcel costs and how long it travels: whole đồng and days, without days nothing is promised.

    Abstract: a stall has one for everywhere, a zone one for its provinces. ``parcel_fee`` carries the first kilo,
    ``kilo_fee`` each further one that is begun.
    """

    is_served = models.BooleanField(_("có gửi tới"), default=True)
    parcel_fee = models.DecimalField(_("phí gửi một kiện"), max_digits=12, decimal_places=0, default=30000)
    kilo_fee = models.DecimalField(_("mỗi kg tiếp theo"), max_digits=12, decimal_places=0, default=0)
    free_over = models.DecimalField(
        _("miễn phí gửi từ"), max_digits=12, decimal_places=0, null=True, blank=True
    )
    takes_cold = models.BooleanField(_("gửi được hàng lạnh"), default=True)
    days_from = models.PositiveSmallIntegerField(_("nhanh nhất (ngày)"), null=True, blank=True)
    days_to = models.PositiveSmallIntegerField(_("lâu nhất (ngày)"), null=True, blank=True)

    class Meta:
        abstract = True


class Stall(Rate):
    """A cooperative's public front: its address on the market, whether it is open, how it sends goods.

    As a ``Rate`` it says what a parcel costs to every province that no ``Zone`` of it names.
    """

    cooperative = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="stall")
    slug = models.SlugField(max_length=80, unique=True)
    status = models.CharField(max_length=10, choices=StallStatus.choices, default=StallStatus.OPEN)
    banner = models.ImageField(upload_to="stalls/", blank=True)
    dispatch_days = models.PositiveSmallIntegerField(_("gửi đi trong (ngày)"), null=True, blank=True)
    pickup_place = models.CharField(_("nơi đến lấy"), max_length=160, blank=True)
    pickup_hours = models.CharField(_("giờ đến lấy"), max_length=120, blank=True)
    takes_cod = models.BooleanField(_("nhận tiền mặt khi giao"), default=True)
    cod_limit = models.DecimalField(
        _("tiền mặt nhiều nhất"), max_digits=12, decimal_places=0, null=True, blank=True
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = StallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(parcel_fee__gte=0), name="parcel_fee_not_negative"),
            models.CheckConstraint(condition=Q(kilo_fee__gte=0), name="kilo_fee_not_negative"),
            models.CheckConstraint(condition=Q(status__in=StallStatus.values), name="stall_status_known"),
        ]

    def __str__(self) -> str:
        return self.cooperative.name

    @property
    def is_open(self) -> bool:
        return self.status == StallStatus.OPEN

    @property
    def pickup(self) -> str:
        """Where and when a buyer fetches the goods; empty when the stall does not offer it."""
        return " · ".join(
            part for part in (self.pickup_place, self.pickup_hours) if part and self.pickup_place
        )


class Zone(Rate):
    """Provinces to which a stall sends at a rate of their own, or not at all. A province stands in one zone at most;
    ``provinces`` maps code → name as it was when chosen."""

    stall = models.ForeignKey(Stall, on_delete=models.CASCADE, related_name="zones")
    provinces = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parcel_fee__gte=0, kilo_fee__gte=0), name="zone_fees_not_negative"
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.provinces.values())


class Membership(models.Model):
    """A user's place in a cooperative, from a day, until another."""

    cooperative = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "user"], condition=Q(until__isnull=True), name="one_place_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.cooperative}"


class OfficerScope(models.TextChoices):
    PROVINCE = "province", _("Một tỉnh")
    NATIONAL = "national", _("Cả nước")


class Officer(models.Model):
    """Alliance staff: sees and decides inside one province, or in the whole country."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="offices")
    scope = models.CharField(max_length=10, choices=OfficerScope.choices, default=OfficerScope.PROVINCE)
    province_code = models.CharField(max_length=2, blank=True)
    province_name = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="national", province_code="")
                | (Q(scope="province") & ~Q(province_code="")),
                name="officer_has_a_place",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.province_name or self.get_scope_display()}"


class Application(Address):
    """A request to open a stall. Kept as a draft while it is written; ends in a Decision."""

    applicant = models.ForeignKey(User, on_delete=models.CASCADE, related_name="applications")
    status = models.CharField(
        max_length=20, choices=ApplicationStatus.choices, default=ApplicationStatus.DRAFT
    )
    legal_form = models.CharField(max_length=20, choices=LegalForm.choices, default=LegalForm.COOPERATIVE)
    name = models.CharField(_("tên hợp tác xã"), max_length=128, blank=True)
    tax_code = models.CharField(_("mã số thuế"), max_length=14, blank=True)
    contact_name = models.CharField(_("người đại diện"), max_length=120, blank=True)
    phone = models.CharField(_("số điện thoại"), max_length=11, blank=True)
    email = models.EmailField(blank=True)
    about = models.TextField(_("giới thiệu"), blank=True, max_length=2000)
    cooperative = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.SET_NULL, related_name="applications"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(status__in=["draft", "submitted", "changes_requested"]),
                name="one_open_application_a_person",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ApplicationStatus.values), name="application_status_known"
            ),
        ]
        indexes = [models.Index(fields=["status", "province_code", "submitted_at"], name="application_queue")]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


def private_storage() -> Any:
    return storages["private"]


def private_name(instance: Any, filename: str) -> str:
    """Name a private file by chance: what its owner called it stays in the row, not on the disk."""
    suffix = filename.rsplit(".", 1)[-1].lower()[:5] if "." in filename else "bin"
    return f"papers/{uuid.uuid4().hex}.{suffix}"


class PaperKind(models.TextChoices):
    REGISTRATION = "registration", _("Giấy đăng ký hợp tác xã")
    IDENTITY = "identity", _("Giấy tờ người đại diện")
    REFUND = "refund", _("Lệnh chuyển trả tiền")
    RETURN = "return", _("Ảnh hàng khách trả")
    FAKE = "fake", _("Ảnh hàng nghi giả")
    INVOICE = "invoice", _("Hoá đơn điện tử")
    OCOP = "ocop", _("Giấy chứng nhận OCOP")
    FOOD_SAFETY = "food_safety", _("Giấy an toàn thực phẩm")
    TEST_REPORT = "test_report", _("Phiếu kiểm nghiệm")
    STANDARD = "standard", _("Chứng nhận VietGAP, hữu cơ")
    BANK = "bank", _("Ảnh chụp tài khoản ngân hàng")
    OTHER = "other", _("Giấy tờ khác")


class Paper(Signed):
    """A scanned paper in private storage; opened only through a view with a door."""

    cooperative = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.CASCADE, related_name="papers"
    )
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.CASCADE, related_name="papers"
    )
    kind = models.CharField(max_length=20, choices=PaperKind.choices)
    file = models.FileField(storage=private_storage, upload_to=private_name)
    original_name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cooperative__isnull=False) | Q(application__isnull=False),
                name="paper_belongs_to_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.original_name}"


class Household(Signed):
    """A household that a cooperative buys from or works with. Its name is for the desk only: the public sees counts."""

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="households")
    name = models.CharField(_("tên chủ hộ"), max_length=120)
    place = models.CharField(_("xóm, bản"), max_length=160, blank=True)
    phone = models.CharField(_("số điện thoại"), max_length=20, blank=True)

    class Meta:
        ordering = ["name", "place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "name", "place"], name="one_household_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.place}" if self.place else self.name


class Plot(Signed):
    """A field, garden or wood of a household."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="plots")
    name = models.CharField(_("tên thửa"), max_length=80)
    area = models.PositiveIntegerField(_("diện tích"), null=True, blank=True)  # m²

    class Meta:
        ordering = ["household__name", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["household", "name"], name="one_plot_a_name")]

    def __str__(self) -> str:
        return f"{self.household.name}: {self.name}"


class BankAccount(Signed):
    """Where a cooperative is paid. VietQR shows only a verified one (DESIGN 3)."""

    cooperative = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="bank_accounts")
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("số tài khoản"), max_length=19)
    holder = models.CharField(_("tên chủ tài khoản"), max_length=120)
    paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=10, choices=BankAccountStatus.choices, default=BankAccountStatus.WAITING
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative"], condition=Q(status="verified"), name="one_verified_account"
            ),
            models.UniqueConstraint(
                fields=["cooperative"], condition=Q(status="waiting"), name="one_waiting_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"


class Decision(Signed):
    """What the alliance decided about an application, a bank account or a stall, when, and why. Never edited."""

    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions"
    )
    bank_account = models.ForeignKey(
        BankAccount, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions"
    )
    stall = models.ForeignKey(
        Stall, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions"
    )
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(application__isnull=False, bank_account__isnull=True, stall__isnull=True)
                    | Q(application__isnull=True, bank_account__isnull=False, stall__isnull=True)
                    | Q(application__isnull=True, bank_account__isnull=True, stall__isnull=False)
                ),
                name="decision_about_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} · {self.by_label}"


# How many of a set its parts make now: the fewest that any part allows, none while one is paused. NULL without parts.
SETS_LEFT = """
    (SELECT MIN(CASE WHEN part.is_paused THEN 0 ELSE (part.num_in_stock - part.num_allocated) / inside.units END)
     FROM partner_setpart inside JOIN partner_stockrecord part ON part.id = inside.part_id
     WHERE inside.whole_id = {whole})"""


class SetsLeft(Func):
    """``SETS_LEFT`` of the stock record with this key, as an expression."""

    template = SETS_LEFT.format(whole="%(expressions)s")
    output_field = models.IntegerField()


def units_left(path: str = "") -> Case:
    """What is left to sell of a stock record, below zero after a loss; ``path`` leads to it ("stockrecords__")."""
    own = F(f"{path}num_in_stock") - F(f"{path}num_allocated")
    made = Coalesce(SetsLeft(F(f"{path}pk")), 0)
    return Case(When(**{f"{path}is_set": True}, then=made), default=own, output_field=models.IntegerField())


class StockRecord(AbstractStockRecord):
    """Stock and price of one product: exactly one row a product, in whole sale units and whole đồng.

    ``num_in_stock`` equals the sum of the movements; ``num_allocated`` is what open orders hold. Only
    ``cooperatives.stock`` writes both. ``is_weighed``: a unit weighs about ``unit_grams``, and what it costs follows
    the scales when it is packed. A loss may leave less in stock than is held, so there is no constraint
    between the two (DESIGN 5). ``is_set``: sold as its ``parts``, with no stock of its own; ``is_paused``: its
    product was taken off the shelf, and so are the sets it is in. ``cooperatives.sets`` writes both.
    """

    price = models.DecimalField(_("giá bán"), max_digits=12, decimal_places=0)
    num_in_stock = models.PositiveIntegerField(_("số còn"), default=0)
    num_allocated = models.PositiveIntegerField(_("số đang giữ"), default=0)
    low_stock_threshold = models.PositiveIntegerField(_("báo khi còn ít hơn"), default=5)
    unit_grams = models.PositiveIntegerField(_("khối lượng một đơn vị (g)"), null=True, blank=True)
    is_weighed = models.BooleanField(_("tính tiền theo cân thật"), default=False)
    is_set = models.BooleanField(_("là bộ gồm nhiều món"), default=False)
    is_paused = models.BooleanField(_("đang tạm ngưng bán"), default=False)

    class Meta(AbstractStockRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product"], name="one_stock_record_a_product"),
            models.CheckConstraint(condition=Q(num_in_stock__gte=0), name="stock_not_negative"),
            models.CheckConstraint(condition=Q(num_allocated__gte=0), name="allocated_not_negative"),
            models.CheckConstraint(condition=Q(price__gt=0), name="price_is_positive"),
            models.CheckConstraint(
                condition=Q(is_set=False) | Q(num_in_stock=0, num_allocated=0, is_weighed=False),
                name="set_has_no_stock_of_its_own",
            ),
        ]
        indexes = [models.Index(F("partner"), name="stock_of_a_cooperative")]

    @cached_property
    def sets_left(self) -> int:
        """How many of a set its parts make now; lists annotate it (``SetsLeft``), else one query."""
        found = StockRecord.objects.filter(pk=self.pk).values_list(SetsLeft(F("pk")), flat=True)
        return found.get() or 0

    @property
    def available(self) -> int:
        """What a buyer can still have; never below zero, even when a loss ate into held stock."""
        return max(0, (self.sets_left or 0) if self.is_set else self.num_in_stock - self.num_allocated)

    @property
    def is_low(self) -> bool:
        return self.available < self.low_stock_threshold


class SetPart(models.Model):
    """So many ``units`` of ``part`` in one of the set ``whole``; both of one cooperative, a part is no set itself."""

    whole = models.ForeignKey(StockRecord, on_delete=models.CASCADE, related_name="parts")
    part = models.ForeignKey(StockRecord, on_delete=models.PROTECT, related_name="in_sets")
    units = models.PositiveSmallIntegerField(_("số trong một bộ"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["whole", "part"], name="one_row_a_part"),
            models.CheckConstraint(condition=Q(units__gte=1), name="part_has_units"),
            models.CheckConstraint(condition=~Q(whole=F("part")), name="set_is_no_part_of_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.part}"


class MovementKind(models.TextChoices):
    MADE = "made", _("Nhập kho")
    SOLD = "sold", _("Bán")
    RETURNED = "returned", _("Khách trả")
    SPOILT = "spoilt", _("Hỏng")
    COUNTED = "counted", _("Kiểm kê")
    MOVED = "moved", _("Chuyển lô")
    USED = "used", _("Làm hàng khác")
    RECALLED = "recalled", _("Thu hồi")  # out: put aside by a recall; in: free again when it was lifted


class StockMovement(Signed):
    """One change of stock, signed: + in, − out. Append-only; the sum is ``num_in_stock``.

    Units that only change lots are a movement of nothing, which carries the lots' shares.
    """

    stock_record = models.ForeignKey(StockRecord, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=MovementKind.choices)
    quantity = models.IntegerField()
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="moved", quantity=0) | (~Q(kind="moved") & ~Q(quantity=0)),
                name="movement_moves",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity:+d}"


class DriftKind(models.TextChoices):
    MOVEMENTS = "movements", _("Số còn khác tổng nhập, xuất")
    HOLDS = "holds", _("Số đang giữ khác số đơn đang mở giữ")
    SHARES = "shares", _("Phần của các lô khác lần nhập, xuất")
    LOTS = "lots", _("Các lô cộng lại không khớp số còn")


class StockDrift(models.Model):
    """A number that the nightly recount found to differ from its rows. A report only: a person looks and mends.

    ``written`` stands in the counter (or the movement), ``summed`` is what the rows below it say.
    """

    stock_record = models.ForeignKey(StockRecord, on_delete=models.PROTECT, related_name="drifts")
    kind = models.CharField(max_length=10, choices=DriftKind.choices)
    detail = models.CharField(max_length=60, blank=True)
    written = models.IntegerField()
    summed = models.IntegerField()
    found_on = models.DateField()

    class Meta:
        ordering = ["-found_on", "stock_record", "kind", "detail"]
        constraints = [
            models.UniqueConstraint(
                fields=["stock_record", "kind", "detail", "found_on"], name="one_report_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.written} ≠ {self.summed} {self.detail}".strip()


class PriceWindow(Signed):
    """A special price for a while: sale, fair, live session, harvest (DESIGN 11). Upper floors write it.

    ``code`` empty: for everybody. ``limit`` empty: as many as stock allows; else at most that many units, of which
    ``taken`` are gone. ``old_price``: the price before that may stand beside it (``prices.old_price``); empty when
    none may. One that was ended before it began has no length.
    """

    stock_record = models.ForeignKey(StockRecord, on_delete=models.CASCADE, related_name="price_windows")
    price = models.DecimalField(max_digits=12, decimal_places=0)
    old_price = models.DecimalField(max_digits=12, decimal_places=0, null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    code = models.CharField(max_length=20, blank=True)
    limit = models.PositiveIntegerField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="window_price_is_positive"),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="window_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(old_price__isnull=True) | Q(old_price__gt=F("price")),
                name="window_old_price_is_higher",
            ),
            models.CheckConstraint(
                condition=Q(limit__isnull=True) | Q(taken__lte=F("limit")), name="window_not_oversold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.starts_at:%d/%m/%Y}–{self.ends_at:%d/%m/%Y}"


class PriceChange(Signed):
    """A price as it became, kept from the first day: an old price that is shown must have been real."""

    stock_record = models.ForeignKey(StockRecord, on_delete=models.CASCADE, related_name="price_changes")
    old_price = models.DecimalField(max_digits=12, decimal_places=0, null=True)
    new_price = models.DecimalField(max_digits=12, decimal_places=0)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.old_price} → {self.new_price}"


# Oscar: its remaining partner models must be imported last, after ours have taken their names.
from oscar.apps.partner.models import *  # noqa: E402, F403, TID251
