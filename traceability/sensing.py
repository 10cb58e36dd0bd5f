"""Readings of sensors: a device tells them by token, or somebody sends its file; a lot's page shows their range."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import secrets
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.nested import Rows
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from . import lots
from .capture import digest
from .models import Lot, SensorDevice, SensorRange, SensorReading
from .statuses import LotStatus, SensorKind

MOST_DEVICES = 50
MOST_READINGS = 5_000
MOST_BYTES = 500_000
AHEAD = dt.timedelta(minutes=5)
OLDEST = dt.timedelta(days=400)
LIMITS = {SensorKind.TEMPERATURE: (-60, 120), SensorKind.HUMIDITY: (0, 100)}
UNITS = {SensorKind.TEMPERATURE: "°C", SensorKind.HUMIDITY: "%"}
WORDS = {
    "nhiet do": SensorKind.TEMPERATURE,
    "nhiệt độ": SensorKind.TEMPERATURE,
    "do am": SensorKind.HUMIDITY,
    "độ ẩm": SensorKind.HUMIDITY,
    **{kind.value: kind for kind in SensorKind},
}


class DeviceRefused(Refusal):
    """Such a device cannot be let in."""

    code = "device_refused"


class ReadingsRefused(Refusal):
    """What was sent cannot be readings; nothing of it was kept."""

    code = "readings_refused"


class Unreadable(ReadingsRefused):
    """What was sent is no JSON, or no table."""

    code = "unreadable"
    default_text = _("Không đọc được số đo.")


class Conflict(ReadingsRefused):
    """The device told another value for the same moment before."""

    code = "conflict"
    default_text = _("Có số đo đã gửi trước với giá trị khác.")


class Reading(NamedTuple):
    """What was measured, when, and how much of it."""

    kind: SensorKind
    at: dt.datetime
    value: Decimal


class Taken(NamedTuple):
    """How many readings are new, and how many were known already."""

    new: int
    known: int


class Span(NamedTuple):
    """The least and the most of one kind, as a page shows them."""

    kind: SensorKind
    least: Decimal
    most: Decimal

    @property
    def words(self) -> str:
        """ "4 – 6,5 °C"; one number while all were the same."""
        ends = [f"{end:f}".rstrip("0").rstrip(".").replace(".", ",") or "0" for end in self[1:]]
        return f"{' – '.join(dict.fromkeys(ends))} {UNITS[self.kind]}"


@transaction.atomic
def let_in(cooperative: Cooperative, name: str, lot: Lot, *, by: Actor) -> tuple[SensorDevice, str]:
    """Let a device tell readings of ``lot``; return it and its token, which is shown once and kept nowhere.

    Locks the lot. Raises DeviceRefused without a name, beyond fifty devices, and for a recalled lot.
    """
    name = clean(name)
    if not 1 <= len(name) <= 120:
        raise DeviceRefused(_("Hãy ghi tên máy, nhiều nhất 120 chữ."), field="name")
    if cooperative.sensors.filter(closed_at=None).count() >= MOST_DEVICES:
        raise DeviceRefused(_("Đã có 50 máy. Hãy khoá bớt máy không còn dùng."), field="name")
    _check_lot(cooperative, lot)
    token = secrets.token_urlsafe(32)
    device = SensorDevice.objects.create(
        cooperative=cooperative, name=name, lot=lot, token_sha256=digest(token), **signed(by)
    )
    audit.record("sensor.let_in", device, by=by, name=name, lot=lot.pk)
    return device, token


@transaction.atomic
def put_on(device: SensorDevice, lot: Lot, *, by: Actor) -> SensorDevice:
    """Say that ``device`` stands at ``lot`` from now on. Locks both. Raises DeviceRefused for a recalled lot."""
    device = SensorDevice.objects.select_for_update(no_key=True).get(pk=device.pk)
    _check_lot(device.cooperative, lot)
    if device.lot_id != lot.pk:
        device.lot = lot
        device.save(update_fields=["lot"])
        audit.record("sensor.put_on", device, by=by, lot=lot.pk)
    return device


@transaction.atomic
def shut_out(device: SensorDevice, *, by: Actor) -> SensorDevice:
    """Take the token back; what was told stays. Locks the device; twice is once."""
    device = SensorDevice.objects.select_for_update(no_key=True).get(pk=device.pk)
    if device.closed_at is None:
        device.closed_at = timezone.now()
        device.save(update_fields=["closed_at"])
        audit.record("sensor.shut_out", device, by=by)
    return device


def device_of(token: str) -> SensorDevice | None:
    """Return the device behind a token that stands."""
    return SensorDevice.objects.filter(token_sha256=digest(token), closed_at=None).first()


def _check_lot(cooperative: Cooperative, lot: Lot) -> None:
    """Lock the lot and see that a device may stand at it."""
    lot = lots.locked(lot)
    if lot.cooperative_id != cooperative.pk:
        raise ValueError("a device stands at a lot of its own cooperative")
    if lot.status == LotStatus.RECALLED:
        raise DeviceRefused(_("Lô đã bị thu hồi."))


def read_json(body: bytes) -> list[Reading]:
    """Return the readings of ``{"readings": [{"kind", "at", "value"}, …]}``; moments as in ``read_csv``.

    Raises Unreadable, ReadingsRefused.
    """
    try:
        told = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        raise Unreadable from None
    rows = told.get("readings") if isinstance(told, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable
    return _checked((row.get("kind"), row.get("at"), row.get("value")) for row in rows)


def read_csv(body: bytes) -> list[Reading]:
    """Return the readings of a table with moment, kind and value in its columns, with or without headings.

    Moments as 21/11/2026 08:00 or in ISO, of Việt Nam where no zone is told; decimals with comma or point. Raises
    Unreadable, ReadingsRefused.
    """
    try:
        text = body.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        raise Unreadable from None
    delimiter = max(";\t,", key=text[:2000].count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, row))]
    except csv.Error:
        raise Unreadable from None
    if rows and _moment(rows[0][0]) is None:
        rows = rows[1:]  # headings
    if not rows or any(len(row) < 3 for row in rows):
        raise Unreadable(_("Tệp cần ba cột: thời điểm, loại số đo, giá trị."))
    return _checked((row[1], row[0], row[2].strip().replace(",", ".")) for row in rows)


def _checked(rows: Iterable[tuple[Any, Any, Any]]) -> list[Reading]:
    found = []
    for number, (kind, at, value) in enumerate(rows, 1):
        if number > MOST_READINGS:
            raise ReadingsRefused(_("Mỗi lần gửi được nhiều nhất 5.000 số đo."))
        reading = _reading(kind, at, value)
        if reading is None:
            raise ReadingsRefused(
                gettext("Số đo thứ %(n)s thiếu hoặc không đúng.") % {"n": number}, details={"row": number}
            )
        found.append(reading)
    if not found:
        raise ReadingsRefused(_("Không có số đo nào."))
    return found


def _reading(kind: Any, at: Any, value: Any) -> Reading | None:
    known = WORDS.get(clean(kind).lower()) if isinstance(kind, str) else None
    moment = _moment(at) if isinstance(at, str) else None
    if known is None or moment is None or not isinstance(value, str | Decimal):
        return None
    try:
        amount = Decimal(value).quantize(Decimal("0.01"))
    except (InvalidOperation, TypeError, ValueError):
        return None
    low, high = LIMITS[known]
    now = timezone.now()
    is_true = amount.is_finite() and low <= amount <= high and now - OLDEST <= moment <= now + AHEAD
    return Reading(known, moment, amount) if is_true else None


def _as_written(text: str) -> dt.datetime:
    return dt.datetime.strptime(f"{text} +0700", "%d/%m/%Y %H:%M %z")


def _moment(text: str) -> dt.datetime | None:
    text = text.strip()[:40]
    for read in (dt.datetime.fromisoformat, _as_written):
        try:
            moment = read(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())
        except (ValueError, OverflowError):
            continue
    return None


@transaction.atomic
def record(device: SensorDevice, readings: Iterable[Reading]) -> Taken:
    """Keep ``readings`` of the lot at which ``device`` stands, all or none, and widen the lot's range.

    Told again they are the same. Locks the device, then the lot. Raises Conflict for another value at a moment that
    was told before, ReadingsRefused for a device that was shut out.
    """
    device = SensorDevice.objects.select_for_update(no_key=True).get(pk=device.pk)
    if device.closed_at is not None:
        raise ReadingsRefused(_("Máy này đã bị khoá."))
    lot = lots.locked(device.lot)
    told: dict[tuple[str, dt.datetime], Decimal] = {}
    for one in readings:
        if told.setdefault((one.kind, one.at), one.value) != one.value:
            raise Conflict
    ends = sorted(at for _kind, at in told)
    before = device.readings.filter(at__range=(ends[0], ends[-1])).values_list("kind", "at", "value")
    known = {(kind, at): value for kind, at, value in before if (kind, at) in told}
    if any(told[key] != value for key, value in known.items()):
        raise Conflict
    SensorReading.objects.bulk_create(
        [
            SensorReading(device=device, lot=lot, kind=kind, at=at, value=value)
            for (kind, at), value in told.items()
            if (kind, at) not in known
        ],
        batch_size=500,
    )
    device.heard_at = timezone.now()
    device.save(update_fields=["heard_at"])
    _widen(lot)
    return Taken(len(told) - len(known), len(known))


def _widen(lot: Lot) -> None:
    """Write the range anew and, if it changed, let no kept page tell the old one. The caller holds the lot's lock."""
    ends = lot.readings.values("kind").annotate(least=Min("value"), most=Max("value")).order_by("kind")
    before = {one.kind: (one.least, one.most) for one in lot.ranges.all()}
    now = {row["kind"]: (row["least"], row["most"]) for row in ends}
    for kind, (least, most) in now.items():
        SensorRange.objects.update_or_create(lot=lot, kind=kind, defaults={"least": least, "most": most})
    if now != before:
        lots.touch(lot)


def ranges(lot: Any) -> Rows:
    """The ranges measured at ``lot`` (or an OuterRef), as a column for ``spans``."""
    return Rows(SensorRange.objects.filter(lot=lot).order_by("kind"), "kind", "least", "most")


def spans(rows: Iterable[Iterable[Any]]) -> list[Span]:
    """Return what ``ranges`` found."""
    return [Span(SensorKind(kind), Decimal(str(least)), Decimal(str(most))) for kind, least, most in rows]


def spans_of(lot: Lot) -> list[Span]:
    """Return the ranges measured at ``lot``."""
    return spans(lot.ranges.order_by("kind").values_list("kind", "least", "most"))
