"""GS1 data and Digital Links against the shared vectors: every row of every table of ``digital_link.json``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.vectors import vectors
from traceability import digital_link, gs1, gs1_facts
from traceability.digital_link import Allowed
from traceability.gs1 import NotGS1

CASES = vectors("digital_link.json")


def rows(table: list[Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", table, ids=[row.get("id", row.get("input")) for row in table])


def allowed(row: Any) -> Allowed:
    flags = row.get("flags", [])
    return Allowed(
        "zero_suppressed_gtin" in flags, "convenience_alphas" in flags, "unknown_ai_dl_attr" in flags
    )


def accepts(check: Callable[[], object]) -> bool:
    try:
        check()
    except NotGS1:
        return False
    return True


def pairs(elements: Any) -> list[list[str]]:
    return [list(element) for element in elements]


@rows(CASES["dl_uri"])
def test_a_link_is_read(row: Any) -> None:
    assert accepts(lambda: digital_link.parse(row["input"], allowed(row))) == row["valid"]
    if row["valid"]:
        link = digital_link.parse(row["input"], allowed(row))
        assert gs1.write(link.elements) == row["element_string"]
        if "ais" in row:
            assert pairs(link.elements) == row["ais"]
            assert link.canonical == row["canonical"]
    if "convenience_alphas" in row.get("flags", []):
        assert not accepts(lambda: digital_link.parse(row["input"]))


@rows(CASES["dl_uri_other_repos"])
def test_a_link_of_other_makers_is_read_by_todays_rules(row: Any) -> None:
    assert accepts(lambda: digital_link.parse(row["input"])) == row["strict_valid"]
    if row["strict_valid"]:
        link = digital_link.parse(row["input"])
        assert (pairs(link.elements), link.canonical) == (row["ais"], row["canonical"])


@rows(CASES["dl_generate"])
def test_a_link_is_built(row: Any) -> None:
    said = allowed(row)

    def build() -> str:
        return digital_link.of(gs1.read(row["ai_data"], unknown=said.unknown), said).at(row["stem"])

    assert accepts(build) == row["valid"]
    if row["valid"]:
        assert build() == row["uri"]


@rows(CASES["uri_unescape"])
def test_percent_signs_are_undone(row: Any) -> None:
    assert digital_link.unescape(row["input"]) == row["path"]
    assert digital_link.unescape(row["input"], in_query=True) == row["query"]


@rows(CASES["uri_escape"])
def test_percent_signs_are_put(row: Any) -> None:
    assert digital_link.escape(row["input"]) == row["path"]
    assert digital_link.escape(row["input"], in_query=True) == row["query"]


def test_the_orders_of_a_path() -> None:
    for row in CASES["dl_path_sequences_valid"]:
        key, *narrowing = row["sequence"]
        assert digital_link._is_in_order(key, narrowing), row
    for row in CASES.get("dl_path_sequences_invalid", []):
        key, *narrowing = row["sequence"]
        assert key not in gs1_facts.KEYS or not digital_link._is_in_order(key, narrowing), row


@rows(CASES["element_bracketed"] + CASES["element_raw"] + CASES["element_content_rules"])
def test_an_element_string_is_read(row: Any) -> None:
    assert accepts(lambda: gs1.read(row["input"])) == row["valid"]
    if row["valid"]:
        elements = gs1.read(row["input"])
        assert pairs(elements) == row.get("ais", pairs(elements))
        assert gs1.write(elements) == row.get("element_string", gs1.write(elements))
        if "strict_valid" in row:
            assert accepts(lambda: gs1.check_together(elements)) == row["strict_valid"]


@rows(CASES["ai_associations"])
def test_which_may_stand_together(row: Any) -> None:
    elements = gs1.read(row["input"], unknown=True)
    assert accepts(lambda: gs1.TOGETHER[row["rule"]](elements, True)) == row["valid"]


@rows(CASES["scan_data"])
def test_what_a_hand_scanner_sends(row: Any) -> None:
    assert accepts(lambda: digital_link.read_scanned(row["input"])) == row["valid"]
    if row["valid"]:
        assert digital_link.read_scanned(row["input"]) == (row["symbology"], row["data"])


@rows(CASES["check_digit"])
def test_a_check_digit(row: Any) -> None:
    assert gs1.has_check_digit(row["input"]) == row["valid"]


@rows(CASES["date_yymmd0"])
def test_a_day(row: Any) -> None:
    assert gs1.is_day(row["input"]) == row["valid"]


@rows(CASES["epc_or_dl_to_constrained_canonical"])
def test_one_form_for_hashing(row: Any) -> None:
    assert digital_link.constrained(row["input"]) == row["normalised"]


@rows(CASES["computed_vietnam"]["rows"])
def test_what_vietnamese_labels_say(row: Any) -> None:
    def read() -> digital_link.Link:
        if digital_link.is_web_address(row["input"]):
            return digital_link.parse(row["input"])
        return digital_link.of(gs1.read(row["input"]))

    assert accepts(read) == row["valid"]
    if row["valid"]:
        assert sorted(pairs(read().elements)) == sorted(row["ais"])
        assert read().canonical == row["canonical"]


@pytest.mark.parametrize(
    "uri",
    [
        "https://cho.vn/01/08938500000010/10/%00",
        "https://cho.vn/01/08938500000010/10/L%00A",
        "https://cho.vn/01/08938500000010/10/Lô",
        "https://cho.vn/01/08938500000010/10/L%C3%B4",
        "https://cho.vn/01/08938500000010/10/" + "A" * 3000,
        "javascript://cho.vn/01/08938500000010",
        "https:///01/08938500000010",
        "https://cho.vn/01/08938500000010\n",
    ],
)
def test_no_link_slips_through(uri: str) -> None:
    with pytest.raises(NotGS1):
        digital_link.parse(uri)
