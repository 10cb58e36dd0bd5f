"""EPCIS 2.0 events as JSON-LD: the id that CBV 2.0 makes of what an event says, and the check of whole documents.

Pure: knows neither tables nor this market. ``epcis_export`` writes our events this way; ``capture`` reads others'.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.refusals import Text

from . import digital_link

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
CBV = "https://ref.gs1.org/cbv/"
VOC = "https://gs1.org/voc/"

_STEP_WORDS = """
accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
decommissioning departing destroying disassembling dispensing encoding entering_exiting holding
inspecting installing killing loading other packing picking receiving removing repackaging repairing
replacing reserving retail_selling sampling sensor_reporting shipping staging_outbound stock_taking
stocking storing transporting unloading unpacking void_shipping
"""
_DISPOSITION_WORDS = """
active available completeness_inferred completeness_verified conformant container_closed container_open
damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class
mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant
non_sellable_other partially_dispensed recalled reserved retail_sold returned sellable_accessible
sellable_not_accessible stolen unavailable unknown
"""
STEPS = frozenset(_STEP_WORDS.split())
DISPOSITIONS = frozenset(_DISPOSITION_WORDS.split())
REASONS = frozenset({"did_not_occur", "incorrect_data"})

Event = Mapping[str, Any]

# --- the id -------------------------------------------------------------------------------------------------------

_QUANTITY = ("epcClass", "quantity", "uom")
_METADATA = "time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules"
_REPORT = (
    "type exception deviceID deviceMetadata rawData dataProcessingMethod time microorganism chemicalSubstance value "
    "component stringValue booleanValue hexBinaryValue uriValue minValue maxValue meanValue sDev percRank percValue "
    "uom coordinateReferenceSystem"
)
# The order CBV lays down; what is not named here follows in the order of the letters.
_ORDER_WORDS = """
eventTime eventTimeZoneOffset certificationInfo parentID epcList inputEPCList childEPCs quantityList
childQuantityList inputQuantityList outputEPCList outputQuantityList action transformationID bizStep
disposition persistentDisposition readPoint bizLocation sensorElementList
"""
_ORDER = _ORDER_WORDS.split()
_PAIRED = {"bizTransactionList": "bizTransaction", "sourceList": "source", "destinationList": "destination"}
_NOT_HASHED = {"type", "recordTime", "eventID", "errorDeclaration", "rdfs:comment", "comment", "@context"}
_TIMES = {"eventTime", "time", "startTime", "endTime"}
_VOCABULARY = {
    "bizStep": CBV + "BizStep-",
    "disposition": CBV + "Disp-",
    "set": CBV + "Disp-",
    "unset": CBV + "Disp-",
    "bizTransactionList": CBV + "BTT-",
    "sourceList": CBV + "SDT-",
    "destinationList": CBV + "SDT-",
    "component": CBV + "Comp-",
    "type": VOC,
    "exception": VOC,
}
_URNS = {"bizstep": "BizStep-", "disp": "Disp-", "btt": "BTT-", "sdt": "SDT-", "er": "ER-"}


def event_id(event: Event, prefixes: Mapping[str, str]) -> str:
    """Return the id of ``event`` that everybody comes to who is told the same: ``ni:///sha-256;…?ver=CBV2.0``.

    ``prefixes`` are those of the document (``prefixes_of``). An id and a record time inside the event, and an error
    declaration, change nothing. Text must be NFC already: another form of the same letters is another id.
    """
    digest = hashlib.sha256(prehash(event, prefixes).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def prehash(event: Event, prefixes: Mapping[str, str]) -> str:
    """Return the string that ``event_id`` hashes."""
    return _Telling(event, prefixes).text()


def prefixes_of(context: Any) -> dict[str, str]:
    """Return prefix → namespace of a JSON-LD context.

    >>> prefixes_of(["https://example.org/context", {"chophien": "https://example.org/ns/"}])
    {'chophien': 'https://example.org/ns/'}
    """
    found: dict[str, str] = {}
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, Mapping):
            found |= {key: value for key, value in part.items() if isinstance(value, str)}
    return found


class _Telling:
    """One event on its way to one string."""

    def __init__(self, event: Event, prefixes: Mapping[str, str]) -> None:
        self.event = event
        self.prefixes = {**prefixes, **prefixes_of(event.get("@context"))}
        # CBV's reference reads a bare word as a term wherever the same event uses it as one.
        self.terms = {term.rpartition("-")[2].rpartition("/")[2]: term for term in self._terms(event)}

    def text(self) -> str:
        told = f"eventType={self.event['type']}"
        told += "".join(self._field(name, self.event[name]) for name in _ORDER if name in self.event)
        rest = [name for name in self.event if name not in _ORDER and name not in _NOT_HASHED]
        return told + "".join(sorted(part for name in rest for part in self._others(name, self.event[name])))

    def _field(self, name: str, value: Any) -> str:
        """One of the fields CBV orders."""
        if name in ("epcList", "inputEPCList", "outputEPCList", "childEPCs"):
            return self._list(name, sorted(f"epc={self._plain(epc)}" for epc in value))
        if name.endswith("uantityList"):
            return self._list(
                name, sorted("quantityElement" + self._ordered(one, _QUANTITY) for one in value)
            )
        if name == "sensorElementList":
            return self._list(name, sorted(self._sensor(one) for one in value))
        if name == "persistentDisposition":
            return self._list(name, [self._ordered(value, ("set", "unset"))])
        if name in ("readPoint", "bizLocation"):
            return self._list(name, [self._ordered(value, ("id",))])
        return self._told(name, value)

    def _list(self, name: str, parts: list[str]) -> str:
        return name + "".join(parts) if any(parts) else ""

    def _ordered(self, values: Mapping[str, Any], order: tuple[str, ...]) -> str:
        known = "".join(self._told(name, values[name]) for name in order if name in values)
        rest = (name for name in values if name not in order and name not in _NOT_HASHED)
        return known + "".join(sorted(part for name in rest for part in self._others(name, values[name])))

    def _sensor(self, element: Mapping[str, Any]) -> str:
        told = ""
        if "sensorMetadata" in element:
            told += self._list(
                "sensorMetadata", [self._ordered(element["sensorMetadata"], tuple(_METADATA.split()))]
            )
        reports = element.get("sensorReport", [])
        told += "".join(
            sorted("sensorReport" + self._ordered(one, tuple(_REPORT.split())) for one in reports)
        )
        rest = (name for name in element if name not in ("sensorMetadata", "sensorReport", "type"))
        return (
            "sensorElement"
            + told
            + "".join(sorted(part for name in rest for part in self._others(name, element[name])))
        )

    def _told(self, name: str, value: Any) -> str:
        """``name=value`` of an ordered field, sorted where it is a list."""
        values = value if isinstance(value, list) else [value]
        said = []
        for one in values:
            plain = _utc(one) if name in _TIMES else self._plain(one, _VOCABULARY.get(name))
            if plain:
                said.append(f"{name}={plain}")
        return "".join(sorted(said))

    def _others(self, name: str, value: Any) -> Iterator[str]:
        """What stands outside of CBV's order: pairs, the lot's own data, extensions."""
        if name in _PAIRED:
            yield name + "".join(sorted(self._pair(name, one) for one in value))
            return
        key = self._key(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                inner = (part for k, v in one.items() if k != "#text" for part in self._others(k, v))
                text = f"={self._plain(one['#text'])}" if one.get("#text") else ""
                yield key + text + "".join(sorted(inner))
            else:
                plain = self._plain(one)
                yield key + (f"={plain}" if plain else "")

    def _pair(self, name: str, one: Mapping[str, Any]) -> str:
        kind = f"type={self._plain(one['type'], _VOCABULARY[name])}" if "type" in one else ""
        return f"{kind}{_PAIRED[name]}={self._plain(one[_PAIRED[name]])}"

    def _key(self, name: str) -> str:
        prefix, colon, rest = name.partition(":")
        return f"{{{self.prefixes[prefix]}}}{rest}" if colon and prefix in self.prefixes else name

    def _plain(self, value: Any, vocabulary: str | None = None) -> str:
        """A value in its one form: a term as a web address, a number without needless zeros, a link made canonical."""
        text = str(value).lower() if isinstance(value, bool) else str(value).strip()
        text = self._expanded(text, vocabulary)
        text = _number(text)
        return digital_link.constrained(text) or text

    def _expanded(self, text: str, vocabulary: str | None = None) -> str:
        prefix, colon, rest = text.partition(":")
        if colon and prefix in self.prefixes:
            return self.prefixes[prefix] + rest
        if vocabulary and text and not colon:
            return vocabulary + text
        if colon and prefix == "gs1":
            return VOC + rest
        if colon and prefix == "cbv":
            return CBV + rest
        found = re.match(r"urn:epcglobal:cbv:(bizstep|disp|btt|sdt|er):", text)
        if found:
            return CBV + _URNS[found[1]] + text[found.end() :]
        return self.terms.get(text, text) if vocabulary is None else text

    def _terms(self, value: Any, name: str = "") -> Iterator[str]:
        """Every CBV term inside the event."""
        if isinstance(value, Mapping):
            for key, one in value.items():
                inside = name if key == "type" and name in _PAIRED else key
                if key != "type" or name in _PAIRED or name == "sensorReport":
                    yield from self._terms(one, inside)
        elif isinstance(value, list):
            for one in value:
                yield from self._terms(one, name)
        elif isinstance(value, str) and name in _VOCABULARY:
            expanded = self._expanded(value, _VOCABULARY[name])
            if expanded.startswith((CBV, VOC)):
                yield expanded


def _number(text: str) -> str:
    try:
        number = float(text)
        return str(int(number) if number == int(number) else number)
    except (ValueError, OverflowError):
        return text


def _utc(text: str) -> str:
    """A moment in UTC with milliseconds; what is none stays as it is."""
    try:
        moment = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except ValueError:
        return text
    rounded = moment.replace(microsecond=0) + dt.timedelta(microseconds=round(moment.microsecond, -3))
    return rounded.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# --- the check ----------------------------------------------------------------------------------------------------

_KINDS = {"ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent"}
_IN_EVERY = {
    *(
        "type",
        "eventTime",
        "eventTimeZoneOffset",
        "recordTime",
        "eventID",
        "errorDeclaration",
        "certificationInfo",
    ),
    *("bizStep", "disposition", "persistentDisposition", "readPoint", "bizLocation", "bizTransactionList"),
    *("sourceList", "destinationList", "sensorElementList", "@context"),
}
_IN_SOME = {
    "ObjectEvent": {"action", "epcList", "quantityList", "ilmd"},
    "AggregationEvent": {"action", "parentID", "childEPCs", "childQuantityList"},
    "AssociationEvent": {"action", "parentID", "childEPCs", "childQuantityList"},
    "TransactionEvent": {"action", "parentID", "epcList", "quantityList"},
    "TransformationEvent": {
        *(
            "inputEPCList",
            "inputQuantityList",
            "outputEPCList",
            "outputQuantityList",
            "transformationID",
            "ilmd",
        ),
    },
}
_EPCS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")
_OFFSET = re.compile(r"[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

MOST_EVENTS = 1000


def problems(document: Any) -> list[Text]:
    """Return what is wrong with an EPCIS document, a sentence each, at most twenty; empty when it may be taken.

    Stricter than GS1's own schema where that lets nonsense pass: unknown steps, negative amounts, moments without a
    zone, a carton without its number.
    """
    if not isinstance(document, Mapping) or document.get("type") != "EPCISDocument":
        return [_("Đây không phải tài liệu EPCIS.")]
    found: list[Text] = []
    if document.get("schemaVersion") != "2.0":
        found.append(_("Chỉ nhận EPCIS bản 2.0 (schemaVersion)."))
    body = document.get("epcisBody")
    events = body.get("eventList") if isinstance(body, Mapping) else None
    if not isinstance(events, list) or not events:
        return [*found, _("Tài liệu không có sự kiện nào.")]
    if len(events) > MOST_EVENTS:
        return [*found, _("Mỗi lần gửi được nhiều nhất 1.000 sự kiện.")]
    for at, event in enumerate(events, 1):
        for field in wrong_fields(event):
            if len(found) >= 20:
                return found
            found.append(format_lazy(_("Sự kiện {at}: {field} thiếu hoặc không đúng."), at=at, field=field))
    return found


def wrong_fields(event: Any) -> Iterator[str]:
    """Yield the name of each field of ``event`` that is missing, unknown or wrong."""
    if not isinstance(event, Mapping) or str(event.get("type")) not in _KINDS:
        yield "type"
        return
    kind = event["type"]
    for name in event:
        if ":" not in name and name not in _IN_EVERY | _IN_SOME[kind]:
            yield name
    if not is_moment(event.get("eventTime")):
        yield "eventTime"
    offset = event.get("eventTimeZoneOffset")
    if not isinstance(offset, str) or not _OFFSET.fullmatch(offset):
        yield "eventTimeZoneOffset"
    if kind != "TransformationEvent" and event.get("action") not in ("ADD", "OBSERVE", "DELETE"):
        yield "action"
    for name, words in (("bizStep", STEPS), ("disposition", DISPOSITIONS)):
        if name in event and not _is_term(event[name], words):
            yield name
    for name in ("readPoint", "bizLocation"):
        if name in event and not (isinstance(event[name], Mapping) and _is_uri(event[name].get("id"))):
            yield name
    if not _is_persistent(event.get("persistentDisposition", {})):
        yield "persistentDisposition"
    if not _are_sensors(event.get("sensorElementList", [])):
        yield "sensorElementList"
    for name in _EPCS:
        if name in event and not (isinstance(event[name], list) and all(map(_is_uri, event[name]))):
            yield name
    for name in _QUANTITIES:
        if name in event and not (isinstance(event[name], list) and all(map(_is_quantity, event[name]))):
            yield name
    for name, one in _PAIRED.items():
        if name in event and not (
            isinstance(event[name], list)
            and all(isinstance(pair, Mapping) and _is_uri(pair.get(one)) for pair in event[name])
        ):
            yield name
    yield from _missing(event)


def _missing(event: Event) -> Iterator[str]:
    if event["type"] == "TransformationEvent":
        for side in ("input", "output"):
            if not (event.get(f"{side}EPCList") or event.get(f"{side}QuantityList")):
                yield f"{side}QuantityList"
    elif event["type"] in ("AggregationEvent", "AssociationEvent"):
        # Only "something was taken out, nobody saw of what" may leave the carton's number away.
        if event.get("action") != "OBSERVE" and not _is_uri(event.get("parentID")):
            yield "parentID"
    elif event["type"] == "TransactionEvent":
        if not event.get("bizTransactionList"):
            yield "bizTransactionList"
    elif not (event.get("epcList") or event.get("quantityList") or event.get("sensorElementList")):
        yield "epcList"
    declared = event.get("errorDeclaration")
    if declared is not None and not (
        isinstance(declared, Mapping)
        and is_moment(declared.get("declarationTime"))
        and _is_term(declared.get("reason", "incorrect_data"), REASONS)
    ):
        yield "errorDeclaration"


def _is_persistent(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(value.get(name, []), list) for name in ("set", "unset")
    )


def _are_sensors(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, Mapping)
        and isinstance(one.get("sensorMetadata", {}), Mapping)
        and isinstance(one.get("sensorReport", []), list)
        and all(isinstance(report, Mapping) for report in one.get("sensorReport", []))
        for one in value
    )


def is_moment(value: Any) -> bool:
    """Whether ``value`` is a moment with its zone."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        # Beyond these years arithmetic with zones runs out of calendar.
        return 1900 <= dt.datetime.fromisoformat(value).year <= 9000
    except ValueError:
        return False


def _is_uri(value: Any) -> bool:
    return isinstance(value, str) and _URI.fullmatch(value) is not None


def _is_term(value: Any, words: frozenset[str]) -> bool:
    """A bare word must be CBV's own; a prefixed word or a whole address may be somebody's."""
    return isinstance(value, str) and (value in words or _is_uri(value))


def _is_quantity(value: Any) -> bool:
    if not isinstance(value, Mapping) or not _is_uri(value.get("epcClass")):
        return False
    amount, unit = value.get("quantity", 0), value.get("uom", "KGM")
    is_amount = isinstance(amount, int | float) and not isinstance(amount, bool) and amount >= 0
    return is_amount and isinstance(unit, str) and re.fullmatch(r"[A-Z0-9]{2,3}", unit) is not None
