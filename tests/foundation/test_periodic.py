"""A period is worked once, however many beats tick in it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from marketplace.foundation import periodic
from marketplace.foundation.models import PeriodRun

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_the_first_beat_takes_the_period_and_the_second_does_not():
    with time_machine.travel("2026-11-21 10:00:05+07:00", tick=False) as clock:
        assert periodic.take("expire", MINUTE) is True
        assert periodic.take("expire", MINUTE) is False
        clock.shift(54)
        assert periodic.take("expire", MINUTE) is False
        clock.shift(1)
        assert periodic.take("expire", MINUTE) is True

    assert PeriodRun.objects.count() == 2


def test_two_jobs_do_not_share_a_period():
    assert periodic.take("expire", DAY) is True
    assert periodic.take("remind", DAY) is True


def test_a_day_begins_at_midnight_in_viet_nam():
    with time_machine.travel("2026-11-21 23:59:59+07:00", tick=False) as clock:
        assert periodic.take("daily", DAY) is True
        clock.shift(1)
        assert periodic.take("daily", DAY) is True
        clock.shift(3600 * 10)
        assert periodic.take("daily", DAY) is False


def test_a_missed_period_is_not_made_up_for():
    with time_machine.travel("2026-11-21 10:00:00+07:00", tick=False) as clock:
        assert periodic.take("daily", DAY) is True
        clock.shift(3 * 86400)
        assert periodic.take("daily", DAY) is True

    assert PeriodRun.objects.count() == 2


def test_a_failure_in_the_same_transaction_gives_the_period_back():
    with transaction.atomic():
        assert periodic.take("expire", DAY) is True
        transaction.set_rollback(True)

    assert periodic.take("expire", DAY) is True


@pytest.mark.parametrize(
    ("every", "start"),
    [
        (timedelta(minutes=1), "2026-11-21T18:47:00+07:00"),
        (timedelta(minutes=15), "2026-11-21T18:45:00+07:00"),
        (timedelta(hours=1), "2026-11-21T18:00:00+07:00"),
        (timedelta(days=1), "2026-11-21T00:00:00+07:00"),
        (timedelta(days=7), "2026-11-16T00:00:00+07:00"),
    ],
)
def test_periods_stand_on_the_local_clock(every, start):
    at = datetime(2026, 11, 21, 11, 47, 59, tzinfo=UTC)

    assert periodic.period_start(at, every).isoformat() == start


def test_old_periods_are_forgotten():
    with time_machine.travel("2026-10-01 10:00:00+07:00"):
        periodic.take("expire", DAY)
    with time_machine.travel("2026-11-21 10:00:00+07:00"):
        periodic.take("expire", DAY)
        assert periodic.prune() == 1

    assert PeriodRun.objects.get().period.date().isoformat() == "2026-11-20"  # 17:00 UTC is midnight here
