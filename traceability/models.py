"""Tables of the second floor: lots, what happened to them, the codes that lead to them."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from cooperatives.models import Paper, PaperKind, Partner, StockMovement
from marketplace.accounts.models import Signed

from .statuses import CodeKind, CodeStatus, LotStatus, TraceKind


class Lot(models.Model):
    """Goods of one product made together. ``number`` is YYMMDD-NN, easy to say on the phone.

    What is left of it = sum of its LotShares − what picks of packed parcels hold (orders asks for that).
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="lots")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(_("số lô"), max_length=20)
    status = models.CharField(max_length=10, choices=LotStatus.choices, default=LotStatus.OPEN)
    made_on = models.DateField(_("ngày làm"), default=timezone.localdate)
    packed_on = models.DateField(_("ngày đóng gói"), null=True, blank=True)
    expires_on = models.DateField(_("hạn dùng"), null=True, blank=True)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)
    recall_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-made_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="one_lot_number_a_product"),
            models.CheckConstraint(condition=Q(status__in=LotStatus.values), name="lot_status_known"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def has_expired(self) -> bool:
        return self.expires_on is not None and timezone.localdate() > self.expires_on

    @property
    def may_be_sold(self) -> bool:
        return self.status != LotStatus.RECALLED and not self.has_expired


class LotShare(models.Model):
    """How much of one stock movement belongs to one lot, signed like the movement. Append-only.

    What no lot claims is "không theo lô" (DESIGN 5). A movement of nothing has shares of both signs: units that
    change lots; what its shares do not cancel out came from, or went to, "không theo lô".
    """

    movement = models.ForeignKey(StockMovement, on_delete=models.PROTECT, related_name="lot_shares")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="shares")
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["movement", "lot"], name="one_share_a_lot"),
            models.CheckConstraint(condition=~Q(quantity=0), name="share_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.lot} {self.quantity:+d}"


class LotPaper(Signed):
    """A certificate or test report of one lot, with the days it holds; shown greyed once it lapses, never hidden."""

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="lot_papers")
    kind = models.CharField(max_length=20, choices=PaperKind.choices, default=PaperKind.TEST_REPORT)
    title = models.CharField(_("tên giấy"), max_length=160)
    number = models.CharField(_("số"), max_length=60, blank=True)
    issuer = models.CharField(_("nơi cấp"), max_length=160)
    issued_on = models.DateField(_("ngày cấp"))
    valid_until = models.DateField(_("có giá trị đến"), null=True, blank=True)
    paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.title

    @property
    def has_lapsed(self) -> bool:
        return self.valid_until is not None and timezone.localdate() > self.valid_until


class AppendOnly(models.QuerySet["TraceEvent"]):
    """Rows that are added and read; code that would change or delete them is a bug and is told so."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("events are facts: write a correction instead")

    def delete(self) -> NoReturn:
        raise TypeError("events are facts: write a correction instead")


class TraceEvent(Signed):
    """Something that happened to a lot. Append-only: a correction is a new event that names the old one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=TraceKind.choices)
    occurred_on = models.DateField(_("ngày"))
    device_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    place = models.CharField(_("nơi"), max_length=160)
    households = models.PositiveIntegerField(_("số hộ"), null=True, blank=True)
    quantity = models.CharField(_("số lượng"), max_length=60, blank=True)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)
    nonce = models.BinaryField(max_length=16)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["occurred_on", "recorded_at"]
        indexes = [models.Index(fields=["lot", "occurred_on"], name="events_of_a_lot")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_on:%d/%m/%Y}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the event once. Raises TypeError for an event that stands in the book already."""
        if not self._state.adding:
            raise TypeError("events are facts: write a correction instead")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("events are facts: write a correction instead")


class TraceCode(models.Model):
    """The code on a label: random, checksummed, eight characters for a lot, thirteen for one packet."""

    code = models.CharField(max_length=13, primary_key=True)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="codes")
    kind = models.CharField(max_length=4, choices=CodeKind.choices)
    status = models.CharField(max_length=8, choices=CodeStatus.choices, default=CodeStatus.ACTIVE)
    issued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(kind="lot", status="active"), name="one_lot_code_a_lot"
            )
        ]

    def __str__(self) -> str:
        return self.code


class ScanDay(models.Model):
    """How often one code was looked at on one day (Việt Nam's day). No address, no device is kept."""

    code = models.ForeignKey(TraceCode, on_delete=models.CASCADE, related_name="scan_days")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.code_id} {self.day}: {self.count}"
