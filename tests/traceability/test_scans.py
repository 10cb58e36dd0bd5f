from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests import factories
from tests.factories import recall_lot
from traceability import codes, events, lots, scans
from traceability.models import Lot, TraceCode

from .conftest import TODAY


@pytest.mark.parametrize("typed", ["2EP9TW83", "2ep9-tw83", " 2EP9 TW83 ", "2ep9\u2013tw83"])
def test_a_code_is_read_in_any_case_and_with_dashes(lot: Lot, typed: str) -> None:
    verdict = scans.look(typed)
    assert (verdict.kind, verdict.code, verdict.lot) == ("lot", "2EP9TW83", lot)


def test_letters_that_look_like_digits_are_read_as_such(lot: Lot) -> None:
    TraceCode.objects.create(code="FW89J1BTTT00Y", lot=lot, kind="unit")
    verdict = scans.look("fw89-jlbt-ttooy")
    assert (verdict.kind, verdict.is_unit) == ("unit", True)


def test_the_worst_wins(lot: Lot, by: Any) -> None:
    code = TraceCode.objects.get()
    Lot.objects.filter(pk=lot.pk).update(expires_on=dt.date(2026, 11, 20))
    assert scans.look(code.code).kind == "expired"

    codes.revoke(code, by=by)
    assert scans.look(code.code).kind == "revoked"

    recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)
    assert scans.look(code.code).kind == "recalled"


def test_a_lot_is_good_on_its_last_day(lot: Lot) -> None:
    Lot.objects.filter(pk=lot.pk).update(expires_on=TODAY)
    assert scans.look("2EP9TW83").kind == "lot"


@pytest.mark.parametrize(
    "typed", ["", "\x00", "2EP9TW84", "x" * 100_000, "🍵🍵🍵🍵🍵🍵🍵🍵", "2EP9TW8\x003", "Ạ" * 8, "../../x"]
)
def test_what_cannot_be_a_code_asks_the_database_nothing(typed: str) -> None:
    verdict = scans.look(typed)  # this test may not use the database at all

    assert (verdict.kind, verdict.is_mistyped, verdict.lot) == ("unknown", True, None)
    assert len(verdict.typed) <= 64


def test_a_well_formed_code_that_nobody_printed_is_unknown(lot: Lot) -> None:
    verdict = scans.look("4FADK06J")
    assert (verdict.kind, verdict.is_mistyped) == ("unknown", False)


def test_the_verdict_brings_the_whole_story_in_five_queries(
    lot: Lot, by: Any, django_assert_max_num_queries: Any
) -> None:
    for day in range(1, 6):
        events.record(lot, "cared", occurred_on=dt.date(2026, 10, day), place="Xã Thượng Minh", by=by)
    lots.add_paper(
        lot,
        kind="test_report",
        title="Cũ",
        issuer="QUATEST 1",
        issued_on=dt.date(2024, 1, 1),
        valid_until=dt.date(2025, 1, 1),
        by=by,
    )
    lots.add_paper(
        lot,
        kind="test_report",
        title="Mới",
        issuer="QUATEST 1",
        issued_on=dt.date(2026, 1, 1),
        valid_until=dt.date(2027, 1, 1),
        by=by,
    )
    in_force = factories.make_certificate(lot.product)
    lapsed = factories.make_certificate(
        lot.product, stars=5, issued_on=dt.date(2020, 1, 1), expires_on=dt.date(2023, 1, 1)
    )
    factories.make_certificate(lot.product, status="waiting")

    with django_assert_max_num_queries(5):
        verdict = scans.look("2EP9TW83")
        assert len(verdict.events) == 5
        assert [(paper.title, paper.has_lapsed) for paper in verdict.papers] == [("Mới", False), ("Cũ", True)]
        assert [certificate.pk for certificate in verdict.certificates] == [in_force.pk, lapsed.pk]
        assert verdict.star == in_force
        assert verdict.cooperative.name == "HTX Mường Hoa"
        assert verdict.product.picture is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2ep9-tw83", "2EP9TW83"),
        ("http://127.0.0.1:8000/Q/2EP9TW83", "2EP9TW83"),
        ("HTTP://127.0.0.1:8000/q/2ep9tw83/", "2EP9TW83"),
        ("http://127.0.0.1:8000/Q/2EP9TW83?lang=en", "2EP9TW83"),
        ("https://example.com/Q/2EP9TW83", None),
        ("http://127.0.0.1:8000@example.com/Q/2EP9TW83", None),
        ("//127.0.0.1:8000/Q/2EP9TW83", None),
        ("javascript:alert(1)//Q/2EP9TW83", None),
        ("http://[/Q/2EP9TW83", None),
        ("http://127.0.0.1:8000/san-pham/2EP9TW83", None),
        ("8938501234018", None),
        ("", None),
    ],
)
def test_only_a_bare_code_or_our_own_link_is_a_code(text: str, code: str | None, settings: Any) -> None:
    settings.MARKET_URL = "http://127.0.0.1:8000"
    assert scans.code_in(text) == code
