"""Our events in EPCIS 2.0 JSON-LD: of one lot, and of a cooperative's days. What was corrected stays, and says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from marketplace.foundation.refusals import Refusal

from . import epcis, events, resolving
from .digital_link import Link
from .kinds import CBV
from .models import Gs1Number, Lot, LotInput, TraceCode, TraceEvent
from .statuses import CodeKind, NumberKind, TraceKind

PREFIX = "chophien"
LONGEST_PERIOD = dt.timedelta(days=366)


class PeriodRefused(Refusal):
    """These days cannot be exported at once."""

    code = "period_refused"


def namespace() -> str:
    """The namespace of our own fields: this market's, so an event keeps its id while the market keeps its name."""
    return f"{settings.MARKET_URL}/ns/trace/"


def of_lot(lot: Lot) -> dict[str, Any]:
    """Return the EPCIS document of all told events of ``lot``, in the order they happened; the making of another lot
    out of it is one of them."""
    own = Q(lot=lot) | Q(pk__in=LotInput.objects.filter(lot=lot).values("event"))
    return _document(_events().filter(own).order_by("occurred_on", "recorded_at", "pk"))


def of_period(cooperative: Cooperative, first: dt.date, last: dt.date) -> dict[str, Any]:
    """Return the EPCIS document of all told events of ``cooperative`` from ``first`` to ``last``, both days included.

    Raises PeriodRefused for days in the wrong order or more than a year.
    """
    if not dt.timedelta() <= last - first <= LONGEST_PERIOD:
        raise PeriodRefused(_("Hãy chọn từ ngày đến ngày, nhiều nhất một năm."), field="last")
    found = _events().filter(lot__cooperative=cooperative, occurred_on__range=(first, last))
    return _document(found.order_by("occurred_on", "recorded_at", "pk"))


def event_id(event: TraceEvent) -> str:
    """Return the CBV hash id of one of our events; it hangs on nothing that changes later."""
    return epcis.event_id(_told(event), {PREFIX: namespace()})


def _events() -> Any:
    codes = TraceCode.objects.filter(kind=CodeKind.LOT).order_by("issued_at", "code")
    told = TraceEvent.objects.filter(Q(upload=None) | Q(upload__is_told=True))
    return told.select_related("lot__product", "lot__cooperative", "corrected_by__upload").prefetch_related(
        Prefetch("lot__codes", codes, to_attr="lot_codes"),
        "lot__product__gs1_numbers",
        "lot__cooperative__gs1_numbers",
        Prefetch("inputs", LotInput.objects.select_related("lot__product", "share").order_by("pk")),
        Prefetch("inputs__lot__codes", codes, to_attr="lot_codes"),
        "inputs__lot__product__gs1_numbers",
    )


def _document(found: Iterable[TraceEvent]) -> dict[str, Any]:
    prefixes = {PREFIX: namespace()}
    rows = list(found)
    told = {event.pk: _told(event) for event in rows}
    ids = {pk: epcis.event_id(event, prefixes) for pk, event in told.items()}
    for row in rows:
        event = told[row.pk]
        event["eventID"] = ids[row.pk]
        event["recordTime"] = _moment(row.recorded_at)
        mended = getattr(row, "corrected_by", None)
        if mended is not None and events.is_told(mended):
            event["errorDeclaration"] = {
                "declarationTime": _moment(mended.recorded_at),
                "reason": "incorrect_data",
                # A correction may lie on a day outside of the period.
                "correctiveEventIDs": [ids.get(mended.pk) or event_id(_events().get(pk=mended.pk))],
            }
    return {
        "@context": [epcis.CONTEXT, prefixes],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _moment(timezone.now()),
        "epcisBody": {"eventList": [told[row.pk] for row in rows]},
    }


def _told(event: TraceEvent) -> dict[str, Any]:
    """The event without what is said about it later. A day is known, no hour: it is told as the day's first moment."""
    how = CBV[event.kind]
    start = dt.datetime.combine(event.occurred_on, dt.time(), timezone.get_default_timezone())
    offset = start.strftime("%z")
    told: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventTime": start.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": f"{offset[:3]}:{offset[3:]}",
        "bizStep": how.step,
    }
    if event.kind == TraceKind.MADE_FROM:
        told["type"] = "TransformationEvent"
        told["inputQuantityList"] = [
            {"epcClass": _class_of(one.lot, event), "quantity": -one.share.quantity}
            for one in event.inputs.all()
        ]
        told["outputQuantityList"] = [{"epcClass": _class_of(event.lot, event)}]
    else:
        told["action"] = how.action
        told["quantityList"] = [{"epcClass": _class_of(event.lot, event)}]
    if how.disposition:
        told["disposition"] = how.disposition
    place = _standing(event.lot.cooperative.gs1_numbers.all(), NumberKind.GLN, event)
    if place:
        told["readPoint"] = {"id": Link((("414", place),)).at(settings.MARKET_URL)}
    extra = {
        "kind": how.own,
        "day": event.occurred_on.isoformat(),
        "place": event.place,
        "lot": event.lot.number,
        "households": str(event.households) if event.households else "",
        "quantity": event.quantity,
        "note": event.note,
        # Two events that say the same on one day are two events.
        "event": f"urn:uuid:{event.pk}",
    }
    return told | {f"{PREFIX}:{name}": value for name, value in extra.items() if value}


def _class_of(lot: Lot, event: TraceEvent) -> str:
    """The lot as an address: a Digital Link where a GTIN stood when the event was written, else its page here."""
    number = _standing(lot.product.gs1_numbers.all(), NumberKind.GTIN, event)
    link = resolving.link_of(lot, number) if number else None
    if link:
        return link.at(settings.MARKET_URL)
    codes = lot.lot_codes  # type: ignore[attr-defined]  # prefetched by _events
    return f"{settings.MARKET_URL}/Q/{codes[0].code}" if codes else f"{settings.MARKET_URL}/lot/{lot.pk}"


def _standing(numbers: Iterable[Gs1Number], kind: str, event: TraceEvent) -> str:
    """The number of ``kind`` that stood when ``event`` was written: a later one must not change the event's id."""
    at = event.recorded_at
    stood = (
        number
        for number in numbers
        if number.kind == kind
        and number.registered_at <= at
        and (number.retired_at is None or number.retired_at > at)
    )
    return min((number.number for number in stood), default="")


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
