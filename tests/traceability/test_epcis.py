"""Event ids and whole EPCIS documents against the shared vectors, ``epcis_hash.json``."""

from __future__ import annotations

import copy
import hashlib
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from tests.vectors import vectors
from traceability import epcis

CASES = vectors("epcis_hash.json")
JOURNEY = CASES["farm_journey"]["document"]
EVENTS = JOURNEY["epcisBody"]["eventList"]
PREFIXES = epcis.prefixes_of(JOURNEY["@context"])
Change = Callable[[dict[str, Any]], object]


def set_to(*path: Any) -> Change:
    *names, last, value = path

    def change(event: dict[str, Any]) -> None:
        inner: Any = event
        for name in names:
            inner = inner[name]
        inner[last] = value

    return change


def without(name: str) -> Change:
    return lambda event: event.pop(name)


@pytest.mark.parametrize("row", CASES["farm_journey"]["events"], ids=lambda row: row["step"])
def test_what_a_farm_does_is_hashed_as_cbv_says(row: Any) -> None:
    event = EVENTS[row["event_index"]]
    assert epcis.prehash(event, PREFIXES) == row["prehash"]
    assert epcis.event_id(event, PREFIXES) == row["hash"]


def test_the_shared_ids_are_those_of_their_texts() -> None:
    for row in CASES["upstream_events"]:
        if "prehash" in row:
            digest = hashlib.sha256(row["prehash"].encode()).hexdigest()
            assert row["hash"] == f"ni:///sha-256;{digest}?ver=CBV2.0"


OUTPUT = ("outputQuantityList", 0)
CHANGES: dict[str, Change] = {
    "eventTime written with +07:00 offset instead of Z": set_to("eventTime", "2025-10-03T10:00:00.000+07:00"),
    "eventTime without milliseconds": set_to("eventTime", "2025-10-03T03:00:00Z"),
    "quantity 84.0 instead of 84": set_to(*OUTPUT, "quantity", 84.0),
    "recordTime added": set_to("recordTime", "2025-10-04T00:00:00.000Z"),
    "eventID added": set_to("eventID", "urn:uuid:6c1f9f2e-0b51-4b50-9c37-0a4b8f5f1d11"),
    "childEPCs in another order": lambda event: event["childEPCs"].reverse(),
    "GTIN link on own domain instead of id.gs1.org": set_to(
        *OUTPUT, "epcClass", "https://vcamart.vn/01/08938500000010/10/L2510A"
    ),
    "query string on the lot link (?17=...): dropped by the rules, so NOT protected": set_to(
        *OUTPUT, "epcClass", "https://id.gs1.org/01/08938500000010/10/L2510A?17=271003"
    ),
    "lot changed": set_to(*OUTPUT, "epcClass", "https://id.gs1.org/01/08938500000010/10/L2510B"),
    "quantity changed": set_to(*OUTPUT, "quantity", 85),
    "time changed by 1 ms": set_to("eventTime", "2025-10-03T03:00:00.001Z"),
    "extension vca:step changed": set_to("vca:step", "drying"),
    "time zone offset changed": set_to("eventTimeZoneOffset", "+08:00"),
    "extension text in NFD instead of NFC": lambda event: event.update(
        {"vca:input": unicodedata.normalize("NFD", event["vca:input"])}
    ),
}


@pytest.mark.parametrize("row", CASES["hash_properties"], ids=lambda row: row["name"])
def test_what_an_id_hangs_on(row: Any) -> None:
    event = copy.deepcopy(EVENTS[row["event_index"]])
    CHANGES[row["name"]](event)
    same = epcis.event_id(event, PREFIXES) == epcis.event_id(EVENTS[row["event_index"]], PREFIXES)
    assert same == row["same_hash_as_original"]


PROBES: dict[str, Change] = {
    "unchanged": lambda event: None,
    "eventTimeZoneOffset missing": without("eventTimeZoneOffset"),
    "eventTime missing": without("eventTime"),
    "action missing on ObjectEvent": without("action"),
    "action on TransformationEvent": set_to("action", "ADD"),
    "bizStep harvesting (not in CBV)": set_to("bizStep", "harvesting"),
    "bizStep as own URI": set_to("bizStep", "https://vcamart.vn/ns/trace/harvesting"),
    "bizStep as CURIE vca:harvesting": set_to("bizStep", "vca:harvesting"),
    "disposition sold (not in CBV)": set_to("disposition", "sold"),
    "offset +7:00": set_to("eventTimeZoneOffset", "+7:00"),
    "offset Z": set_to("eventTimeZoneOffset", "Z"),
    "uom kg (not UN/CEFACT)": set_to(*OUTPUT, "uom", "kg"),
    "quantity as string": set_to(*OUTPUT, "quantity", "84"),
    "quantity negative": set_to(*OUTPUT, "quantity", -1),
    "unknown field without prefix": set_to("harvester", "A"),
    "no schemaVersion": without("schemaVersion"),
    "schemaVersion 1.2": set_to("schemaVersion", "1.2"),
    "epc is not a URI": set_to("epcList", ["carton 12"]),
    "AggregationEvent ADD without parentID": without("parentID"),
    "TransformationEvent without output": without("outputQuantityList"),
    "eventTime without zone": set_to("eventTime", "2025-10-03T03:00:00.000"),
    "eventTime not a date": set_to("eventTime", "hôm qua"),
}
# What GS1's own schema lets pass and we let pass, too; the rest it lets pass is nonsense and is refused here.
FINE = {"unchanged", "bizStep as own URI", "bizStep as CURIE vca:harvesting"}


@pytest.mark.parametrize("row", CASES["schema_probes"], ids=lambda row: row["change"])
def test_a_document_that_makes_no_sense_is_refused(row: Any) -> None:
    document = copy.deepcopy(JOURNEY)
    at = row["event_index"]
    PROBES[row["change"]](document if at is None else document["epcisBody"]["eventList"][at])
    found = [str(problem) for problem in epcis.problems(document)]
    assert (found == []) == (row["change"] in FINE)
    assert row["valid"] or found


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"type": "EPCISDocument"}, {**JOURNEY, "epcisBody": {"eventList": [7, {"type": []}]}}],
)
def test_what_is_no_document_at_all_is_refused(document: Any) -> None:
    assert epcis.problems(document)
