"""Codes that many ask for, print and confirm at once: one run, one sheet, one first buyer."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.core.cache import cache

from marketplace.foundation.actor import Actor
from tests import factories
from tests.concurrency.test_lock_order import failures
from tests.concurrency.test_placing import at_once
from traceability import codes, pins, prints
from traceability.labels import LabelsRefused
from traceability.models import LabelPrint, Lot, TraceCode

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

BY = Actor.system("test")


@pytest.fixture
def lot(muong_hoa: Any) -> Lot:
    return factories.make_lot(factories.make_product(muong_hoa), 20)


def test_one_press_that_arrives_eight_times_issues_one_run(lot: Lot) -> None:
    results = at_once([lambda: codes.issue_unit_codes(lot, 1500, seen=0, by=BY)] * 8)

    assert failures(results) == []
    assert len({run.pk for run in results}) == 1
    written = TraceCode.objects.filter(kind="unit", status="printed", run=results[0], lot=lot)
    assert sorted(written.values_list("number", flat=True)) == [*range(1, 1501)]  # by COPY


def test_two_people_print_a_run_at_once_and_one_is_asked_why(lot: Lot, lan: Any, minh: Any) -> None:
    run = codes.issue_unit_codes(lot, 2, by=BY)

    results = at_once(
        [lambda by=by: prints.ask_for_run(run, layout="24", by=Actor.of(by)) for by in (lan, minh)]
    )

    assert [type(one) for one in failures(results)] == [LabelsRefused]
    assert LabelPrint.objects.count() == 1


def test_ten_phones_confirm_one_number_and_one_is_the_first(lot: Lot) -> None:
    cache.clear()
    code = factories.unit_codes(lot, 1, by=BY)[0]
    pins.keep({code.pk: "123456"})

    results = at_once([lambda n=n: pins.confirm(code, "123456", device=f"d{n}") for n in range(10)])

    assert failures(results) == []
    assert Counter(answer.value for answer in results) == {"first": 1, "used": 9}
