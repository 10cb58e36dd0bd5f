"""Tables of the second floor: lots, what happened to them, the codes that lead to them."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from cooperatives.models import (
    Household,
    Paper,
    PaperKind,
    Partner,
    Plot,
    StockMovement,
    private_name,
    private_storage,
)
from marketplace.accounts.models import Signed
from marketplace.foundation.models import CaseSide
from marketplace.foundation.money import round_dong

from .statuses import (
    AlarmLevel,
    AlarmStatus,
    CodeKind,
    CodeStatus,
    DossierItem,
    DossierStatus,
    EntryKind,
    LotStatus,
    NumberKind,
    PrintStatus,
    RecallStatus,
    ReportStatus,
    SensorKind,
    TraceKind,
    UploadFlag,
    UploadStatus,
)


def hubs() -> list[str]:
    return ["Hà Nội", "TP Hồ Chí Minh"]


class Lot(models.Model):
    """Goods of one product made together. ``number`` is YYMMDD-NN, easy to say on the phone.

    ``dossier``: whether its labels may be printed (``dossier.release_lot``).
    What is left of it = sum of its LotShares − what picks of packed parcels hold (orders asks for that).
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="lots")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(_("số lô"), max_length=20)
    status = models.CharField(max_length=10, choices=LotStatus.choices, default=LotStatus.OPEN)
    dossier = models.CharField(max_length=10, choices=DossierStatus.choices, default=DossierStatus.GATHERING)
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
            models.CheckConstraint(condition=Q(dossier__in=DossierStatus.values), name="lot_dossier_known"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def has_expired(self) -> bool:
        return self.expires_on is not None and timezone.localdate() > self.expires_on

    @property
    def may_be_sold(self) -> bool:
        return self.status != LotStatus.RECALLED and not self.has_expired

    @property
    def neighbours(self) -> models.QuerySet[Lot]:
        """The lots one step before it (it was made of them) and one step after; their pages name it."""
        before = LotInput.objects.filter(event__lot=self).values("lot")
        after = LotInput.objects.filter(lot=self).values("event__lot")
        return Lot.objects.filter(Q(pk__in=before) | Q(pk__in=after))


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


class LotWaiver(Signed):
    """Why an item of the law's list does not apply to a lot; said anew, the newest reason stands."""

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="waivers")
    item = models.CharField(max_length=10, choices=DossierItem.choices)
    reason = models.CharField(_("lý do"), max_length=200)
    said_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lot", "item"], name="one_waiver_an_item")]

    def __str__(self) -> str:
        return f"{self.get_item_display()}: {self.reason}"


class LotInput(models.Model):
    """So many units of one lot that went into the making of another: one row an input, written once.

    ``event`` belongs to the lot that was made; ``share`` is what the ledger took off this one. The names of the goods
    are those of that day.
    """

    event = models.ForeignKey("TraceEvent", on_delete=models.PROTECT, related_name="inputs")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="made_into")
    share = models.OneToOneField(LotShare, on_delete=models.PROTECT, related_name="+")
    goods = models.CharField(max_length=255)
    made = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "lot"], name="one_input_a_lot")]

    def __str__(self) -> str:
        return f"{self.lot} → {self.event.lot}"


class CollectionSlip(Signed):
    """What one household brought for a lot, weighed and priced. Never changed: a wrong one is voided with a reason.

    Its households and plots are the lot's: the public sees how many, the desk sees whose.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="slips")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="slips")
    plot = models.ForeignKey(Plot, null=True, blank=True, on_delete=models.PROTECT, related_name="slips")
    goods = models.CharField(_("hàng"), max_length=120)
    grams = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=12, decimal_places=0)  # đồng for a kilogram
    collected_on = models.DateField(_("ngày"))
    form_key = models.UUIDField(unique=True, default=uuid.uuid4)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-collected_on", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(grams__gt=0), name="slip_weighs")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def amount(self) -> Decimal:
        """What the household gets for it, in whole đồng."""
        return round_dong(self.price * self.grams / 1000)


class Recall(models.Model):
    """Lots of one cooperative that were taken back from the market together, and why.

    ``form_key``: a form sent twice is one recall. ``side``: who called; what the alliance called only it may lift.
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="recalls")
    status = models.CharField(max_length=10, choices=RecallStatus.choices, default=RecallStatus.STANDING)
    reason = models.TextField()
    side = models.CharField(max_length=10, choices=CaseSide.choices)
    form_key = models.UUIDField(unique=True)
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RecallStatus.values), name="recall_status_known")
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class RecalledLot(models.Model):
    """One lot of a recall: the status it had before, and how many sale units the recall put aside."""

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="lots")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="recalls")
    status_before = models.CharField(max_length=10, choices=LotStatus.choices)
    put_aside = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["recall", "lot"], name="once_in_a_recall")]

    def __str__(self) -> str:
        return f"{self.lot}"


class RecallChange(Signed):
    """One step of a recall: called, lifted; with who and why."""

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="changes")
    new_status = models.CharField(max_length=10, choices=RecallStatus.choices)
    note = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.new_status}"


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

    @property
    def is_erased(self) -> bool:
        """Whether its words were taken away on somebody's demand (``events.erase``)."""
        return not self.nonce

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the event once. Raises TypeError for an event that stands in the book already."""
        if not self._state.adding:
            raise TypeError("events are facts: write a correction instead")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("events are facts: write a correction instead")


class EventUpload(Signed):
    """What a phone sent as one event, beside the event, which is never changed. Its id is the event's own.

    Without an event while it is held (the lot was closed meanwhile) or put aside; then ``words`` holds what was told.
    ``event_at`` is the moment of the phone's clock put right by ``offset_s``; ``device_time`` is as it was sent.
    ``photos``: the manifest, a list of slot, sha256 and bytes. ``is_told``: whether anybody but the desk may read it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uploads")
    event = models.OneToOneField(
        TraceEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="upload"
    )
    status = models.CharField(max_length=10, choices=UploadStatus.choices, default=UploadStatus.STORED)
    words = models.JSONField(default=dict, blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    schema = models.PositiveSmallIntegerField()
    device_time = models.CharField(max_length=40)
    device_sent_at = models.CharField(max_length=40)
    offset_s = models.BigIntegerField()
    event_at = models.DateTimeField()
    received_at = models.DateTimeField()
    flags = models.JSONField(default=list, blank=True)
    photos = models.JSONField(default=list, blank=True)
    is_told = models.BooleanField(default=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["received_at", "pk"]
        indexes = [models.Index(fields=["lot", "status"], name="uploads_of_a_lot")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=UploadStatus.values), name="upload_status_known"),
            models.CheckConstraint(
                condition=Q(status=UploadStatus.STORED, event__isnull=False)
                | (~Q(status=UploadStatus.STORED) & Q(event__isnull=True, is_told=False)),
                name="stored_upload_has_its_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def waits_for_look(self) -> bool:
        """Whether it stands in the book and a manager must look before anybody else reads it."""
        return self.status == UploadStatus.STORED and not self.is_told

    @property
    def is_late(self) -> bool:
        return UploadFlag.LATE in self.flags


def photo_name(instance: Any, filename: str) -> str:
    """Name a photo by chance: whoever is not shown it cannot find it."""
    return f"events/{uuid.uuid4().hex}.{filename.rsplit('.', 1)[-1]}"


class EventPhoto(Signed):
    """One photo of an event: ``sha256`` is of the bytes as the phone sent them, the files are clean of EXIF and GPS.

    The same picture in two slots is two rows. ``small`` is the one that pages show.
    """

    upload = models.ForeignKey(EventUpload, on_delete=models.PROTECT, related_name="pictures")
    slot = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=photo_name)
    small = models.FileField(upload_to=photo_name)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slot"]
        constraints = [models.UniqueConstraint(fields=["upload", "slot"], name="one_photo_a_slot")]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.slot}"


class LogEntry(models.Model):
    """One line of the log, counted from 0. Append-only: the database itself refuses UPDATE and DELETE.

    ``entry`` and its hash are public; ``event`` and ``lot`` only help us to find the line. No constraint of the
    database stands behind ``event``: if somebody takes an event away, this line must be left to say so.
    """

    number = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=6, choices=EntryKind.choices)
    entry = models.BinaryField(max_length=400)
    leaf = models.BinaryField(max_length=32)
    event = models.ForeignKey(
        TraceEvent, on_delete=models.PROTECT, db_constraint=False, related_name="log_entries"
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="log_entries")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "kind"], name="one_line_an_event"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="log_entry_kind_known"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class LogNode(models.Model):
    """The hash over 256 ** ``level`` lines, once all are there: what keeps proofs short. Append-only."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="one_hash_a_tile")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """The log's size and root under the market's signature, as it was published. Append-only."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    signed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.size)


class CodeRun(Signed):
    """Unit codes that one press issued: ``count`` of them behind the ``first`` earlier ones of the lot."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="code_runs")
    first = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    issued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lot", "first"], name="runs_follow_each_other")]

    def __str__(self) -> str:
        return f"{self.first + 1}–{self.last}"

    @property
    def last(self) -> int:
        return self.first + self.count


class TraceCode(models.Model):
    """The code on a label: random, checksummed, eight characters for a lot, thirteen for one packet.

    ``run`` and the ``number`` in it are a packet's, so is ``before_recall``: the status that a lifted recall gives
    back. A lot's code is activated from the start and only ever revoked.
    """

    code = models.CharField(max_length=13, primary_key=True)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="codes")
    kind = models.CharField(max_length=4, choices=CodeKind.choices)
    status = models.CharField(max_length=10, choices=CodeStatus.choices, default=CodeStatus.ACTIVATED)
    issued_at = models.DateTimeField(auto_now_add=True)
    run = models.ForeignKey(CodeRun, null=True, blank=True, on_delete=models.PROTECT, related_name="codes")
    number = models.PositiveIntegerField(null=True, blank=True)
    before_recall = models.CharField(max_length=10, choices=CodeStatus.choices, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(kind="lot", status="activated"), name="one_lot_code_a_lot"
            ),
            models.CheckConstraint(condition=Q(status__in=CodeStatus.values), name="code_status_known"),
        ]

    def __str__(self) -> str:
        return self.code


class ScratchPin(models.Model):
    """The six digits under a packet's scratch layer, as a keyed hash; the first phone that types them is remembered.

    ``tries`` are the wrong ones since the last lock; ``device`` and ``place`` as in a Scan.
    """

    code = models.OneToOneField(TraceCode, primary_key=True, on_delete=models.CASCADE, related_name="pin")
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    device = models.CharField(max_length=16, blank=True)
    place = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return self.code_id


class LabelPrint(Signed):
    """Labels that somebody asked for: what, on which paper, and the PDF once a job has drawn and read it back.

    The book of who printed which run; printing a run again needs a ``reason``. ``run`` None: the lot's own code.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="label_prints")
    run = models.ForeignKey(CodeRun, null=True, blank=True, on_delete=models.PROTECT, related_name="prints")
    count = models.PositiveIntegerField()
    layout = models.CharField(max_length=8)
    right = models.FloatField(default=0)  # mm
    down = models.FloatField(default=0)  # mm
    reason = models.CharField(max_length=200, blank=True)
    has_pins = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=PrintStatus.choices, default=PrintStatus.WAITING)
    done = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    file = models.FileField(storage=private_storage, upload_to=private_name, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PrintStatus.values), name="print_status_known")
        ]

    def __str__(self) -> str:
        return f"{self.lot}: {self.count}"


class ScanDay(models.Model):
    """How often one code was looked at on one day (Việt Nam's day). No address, no device is kept."""

    code = models.ForeignKey(TraceCode, on_delete=models.CASCADE, related_name="scan_days")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.code_id} {self.day}: {self.count}"


class Looked(models.Model):
    """A look at one code. ``device`` is a keyed hash, for a packet's code alone; empty for robots.

    ``place`` is a province, empty when nobody said; ``is_exact`` when the device itself said it.
    """

    at = models.DateTimeField()
    code = models.CharField(max_length=13)  # no foreign key: it is checked a batch at a time
    device = models.CharField(max_length=16, blank=True)
    place = models.CharField(max_length=60, blank=True)
    is_exact = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.at:%d/%m/%Y %H:%M}"


class Scan(Looked):
    """A look at a code as it was written, kept for 90 days; on PostgreSQL in parts of a week (``partitions``)."""

    pk = models.CompositePrimaryKey("at", "id")
    id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["code", "at"], name="scans_of_a_code")]


class WaitingScan(Looked):
    """A look that no stream took, until somebody drains."""

    id = models.UUIDField(primary_key=True)

    class Meta:
        indexes = [models.Index(fields=["code"], name="waiting_scans_of_a_code")]


class Gs1Number(Signed):
    """A GTIN or GLN that GS1 gave this cooperative, registered with the paper that shows it; never made up here.

    ``number``: 14 digits of a GTIN, 13 of a GLN. It stays after it was given up, so that what was printed and
    exported while it stood can be read.
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="gs1_numbers")
    kind = models.CharField(max_length=4, choices=NumberKind.choices)
    number = models.CharField(_("số GS1"), max_length=14)
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="gs1_numbers"
    )
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=Q(retired_at__isnull=True), name="one_holder_a_number"
            ),
            models.UniqueConstraint(
                fields=["product"], condition=Q(retired_at__isnull=True), name="one_gtin_a_product"
            ),
            models.CheckConstraint(
                condition=Q(kind=NumberKind.GTIN, product__isnull=False)
                | Q(kind=NumberKind.GLN, product__isnull=True),
                name="gtin_names_goods",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class EventSender(Signed):
    """A buyer's or carrier's system that may send this cooperative EPCIS events. Only a digest of its token is kept."""

    cooperative = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="event_senders")
    name = models.CharField(_("tên đơn vị"), max_length=120)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class CapturedEvent(models.Model):
    """An EPCIS event as a sender told it. Append-only; ``event_id`` is the CBV hash of what it says.

    ``given_id`` is the sender's own id, if any. An error declared later is the same event once more, marked so.
    """

    sender = models.ForeignKey(EventSender, on_delete=models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=120)
    given_id = models.CharField(max_length=200, blank=True)
    declares_error = models.BooleanField(default=False)
    body = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "event_id", "declares_error"], name="one_capture_an_event"
            )
        ]

    def __str__(self) -> str:
        return self.event_id


class SensorDevice(Signed):
    """A thermometer or logger that tells readings of the ``lot`` it stands at. Only a digest of its token is kept."""

    cooperative = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="sensors")
    name = models.CharField(_("tên máy"), max_length=120)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="sensors")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class SensorReading(models.Model):
    """What a device measured at one moment. Never changed; told again it is the same."""

    device = models.ForeignKey(SensorDevice, on_delete=models.PROTECT, related_name="readings")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="readings")
    kind = models.CharField(max_length=12, choices=SensorKind.choices)
    at = models.DateTimeField()
    value = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "kind", "at"], name="one_reading_a_moment")]
        indexes = [models.Index(fields=["lot", "kind", "value"], name="readings_of_a_lot")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class SensorRange(models.Model):
    """The least and the most that was measured at a lot, kept up by ``sensing`` so that a scan reads no readings."""

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="ranges")
    kind = models.CharField(max_length=12, choices=SensorKind.choices)
    least = models.DecimalField(max_digits=5, decimal_places=2)
    most = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lot", "kind"], name="one_range_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.least}–{self.most}"


class StampRange(Signed):
    """Stamps that were bought elsewhere, by the numbers printed on them, and the lot they were stuck on.

    A number is ``prefix`` and then ``width`` digits; ``first`` and ``last`` belong to the range.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="stamps")
    provider = models.CharField(_("nơi bán tem"), max_length=120)
    prefix = models.CharField(max_length=30, blank=True)
    width = models.PositiveSmallIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=models.F("last")), name="stamps_run_forward")
        ]

    def __str__(self) -> str:
        return f"{self.number(self.first)} – {self.number(self.last)}"

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    def number(self, n: int) -> str:
        return f"{self.prefix}{n:0{self.width}}"


class AlarmRule(models.Model):
    """From when many devices and places at one packet's code mean something; the newest row counts.

    Numbers were simulated (docs/decisions/023) and are to be fitted anew to real scans. A place is a province;
    ``hubs`` are those that mobile networks put half the country in, so an address there says nothing.
    """

    since = models.DateTimeField(default=timezone.now)
    window_days = models.PositiveSmallIntegerField(default=30)
    amber_devices = models.PositiveSmallIntegerField(default=4)
    amber_devices_apart = models.PositiveSmallIntegerField(default=2)
    amber_places = models.PositiveSmallIntegerField(default=2)
    red_devices = models.PositiveSmallIntegerField(default=6)
    red_places = models.PositiveSmallIntegerField(default=3)
    red_far_devices = models.PositiveSmallIntegerField(default=5)
    red_far_places = models.PositiveSmallIntegerField(default=5)
    red_crowd_devices = models.PositiveSmallIntegerField(default=25)
    red_crowd_places = models.PositiveSmallIntegerField(default=2)
    red_crowd_days = models.PositiveSmallIntegerField(default=7)
    lot_looks = models.PositiveSmallIntegerField(default=3)  # at a lot's code, for each packet of the lot
    hubs = models.JSONField(default=hubs)

    class Meta:
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return f"{self.since:%d/%m/%Y}"


class AlarmCase(models.Model):
    """A code that was seen too often, for its cooperative and the alliance: one row a code, however often.

    It never accuses anybody: who closes it says what was found. ``devices`` and ``places`` are the most inside one
    window. The case of a lot's code has ``looks`` instead, more than its ``packets`` explain; no page changes by it.
    """

    code = models.OneToOneField(TraceCode, primary_key=True, on_delete=models.CASCADE, related_name="alarm")
    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="alarms")
    level = models.CharField(max_length=6, choices=AlarmLevel.choices)
    status = models.CharField(max_length=8, choices=AlarmStatus.choices, default=AlarmStatus.WATCHED)
    devices = models.PositiveIntegerField()
    places = models.PositiveIntegerField()
    looks = models.PositiveIntegerField(default=0)
    packets = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    finding = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=AlarmStatus.values), name="alarm_status_known")
        ]
        indexes = [models.Index(fields=["cooperative", "status"], name="alarms_of_a_cooperative")]

    def __str__(self) -> str:
        return f"{self.code_id} ({self.level})"


class FakeReport(models.Model):
    """Somebody's word that goods with this code are fake, for its cooperative and the alliance; no name is asked for.

    ``device`` as in a Scan. ``finding`` is what an officer saw when closing it.
    """

    code = models.ForeignKey(TraceCode, on_delete=models.PROTECT, related_name="fake_reports")
    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="fake_reports")
    words = models.CharField(max_length=1000)
    bought_at = models.CharField(max_length=200, blank=True)
    photo = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    device = models.CharField(max_length=16)
    status = models.CharField(max_length=10, choices=ReportStatus.choices, default=ReportStatus.OPEN)
    reported_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ReportStatus.values), name="report_status_known")
        ]
        indexes = [models.Index(fields=["cooperative", "status"], name="reports_of_a_cooperative")]

    def __str__(self) -> str:
        return f"{self.code_id} {self.reported_at:%d/%m/%Y}"
