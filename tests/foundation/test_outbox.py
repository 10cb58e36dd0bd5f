"""Promises are kept: once for work in the database, again and again for the outside, until a person must look."""

import os
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from marketplace.accounts.models import SentMessage
from marketplace.foundation import outbox, tasks
from marketplace.foundation.models import Outbox, OutboxState

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(monkeypatch):
    """The keys that the effects ``note``, ``write`` and ``fail`` have seen, in order."""
    seen: list[str] = []

    def note(row):
        seen.append(row.key)

    def write(row):
        seen.append(row.key)
        SentMessage.objects.create(channel="sms", to="0912000004", text="", key=f"{row.key}:{row.attempts}")

    def fail(row):
        seen.append(row.key)
        raise OSError("lan@example.vn refused, call 0912 345 678")

    def write_and_fail(row):
        write(row)
        raise OSError("the disk is full")

    effects = {
        "note": outbox.Effect(note, False, 30),
        "write": outbox.Effect(write, True, 30),
        "fail": outbox.Effect(fail, False, 30),
        "write and fail": outbox.Effect(write_and_fail, True, 30),
    }
    monkeypatch.setattr(outbox, "EFFECTS", effects)
    return seen


@pytest.fixture
def hints(monkeypatch):
    """Hints that would have gone to the broker; set ``hints.away`` and there is no broker."""

    class Hints(list):
        away = False

    sent = Hints()

    class App:
        def send_task(self, name, **options):
            if sent.away:
                raise ConnectionError("redis://:secret@10.0.0.1 is away")
            sent.append((name, options["expires"]))

    monkeypatch.setattr(outbox, "current_app", App())
    monkeypatch.setattr(outbox, "_open_until", 0.0)
    return sent


def row(key="a"):
    return Outbox.objects.get(key=key)


def at(seconds):
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False)


# --- promising ---
def test_a_promise_is_kept_once(ran):
    outbox.enqueue("note", "a", {"order": 7})

    assert outbox.drain() == 1
    assert outbox.drain() == 0

    done = row()
    assert ran == ["a"]
    assert (done.state, done.attempts, done.lease_until, done.payload) == ("done", 1, None, {"order": 7})
    assert done.done_at is not None


def test_a_known_key_is_left_as_it_is_and_breaks_no_transaction(ran):
    outbox.enqueue("note", "a", {"order": 7})

    with transaction.atomic():
        outbox.enqueue("fail", "a", {"order": 8})
        assert Outbox.objects.count() == 1

    assert (row().kind, row().payload) == ("note", {"order": 7})


def test_a_roll_back_takes_the_promise_with_it(ran):
    with transaction.atomic():
        outbox.enqueue("note", "a", {})
        transaction.set_rollback(True)

    assert outbox.drain() == 0
    assert ran == []


def test_a_key_of_161_characters_is_refused():
    with pytest.raises(ValueError, match="160"):
        outbox.enqueue("note", "a" * 161, {})


def test_a_promise_for_later_waits(ran):
    outbox.enqueue("note", "a", {}, not_before=timezone.now() + timedelta(minutes=5))

    assert outbox.drain() == 0
    with at(301):
        assert outbox.drain() == 1


def test_a_commit_asks_for_a_hint_and_a_roll_back_does_not(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        outbox.enqueue("note", "a", {})
        with transaction.atomic():
            outbox.enqueue("note", "b", {})
            transaction.set_rollback(True)

    assert callbacks == [outbox.kick]


def test_two_effects_of_one_name_are_refused(ran):
    def first(row): ...
    def second(row): ...

    assert outbox.effect("picture", lease=120)(first) is first
    assert outbox.EFFECTS["picture"] == outbox.Effect(first, False, 120)
    outbox.effect("picture")(first)
    with pytest.raises(ValueError, match="picture"):
        outbox.effect("picture")(second)


# --- failing ---
def test_a_failure_is_tried_again_after_1_10_60_600_3600_seconds_and_then_left_for_a_person(ran):
    outbox.enqueue("fail", "a", {})
    pauses = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(6):
            assert outbox.drain() == 1
            assert outbox.drain() == 0
            pauses.append((row().not_before - timezone.now()).total_seconds())
            clock.move_to(row().not_before)

    assert pauses[:5] == [1, 10, 60, 600, 3600]
    assert (row().state, row().attempts, len(ran)) == (OutboxState.DEAD, 6, 6)
    assert outbox.dead() == 1


def test_the_error_in_the_row_names_no_person(ran):
    outbox.enqueue("fail", "a", {})

    outbox.drain()

    assert row().error == "OSError: … refused, call …"


def test_a_failing_row_does_not_hold_up_the_next(ran):
    outbox.enqueue("fail", "a", {})
    outbox.enqueue("note", "b", {})

    assert outbox.drain() == 2
    assert row("b").state == OutboxState.DONE


def test_what_a_failing_effect_wrote_is_rolled_back(ran):
    outbox.enqueue("write and fail", "a", {})

    outbox.drain()

    assert SentMessage.objects.count() == 0
    assert (row().state, row().error) == (OutboxState.NEW, "OSError: the disk is full")


def test_an_unknown_kind_waits_for_a_worker_that_knows_it(ran):
    outbox.enqueue("from a newer release", "a", {})

    outbox.drain()

    assert (row().state, row().error) == (OutboxState.NEW, "KeyError: 'from a newer release'")


def test_a_dead_row_can_be_tried_again(ran, monkeypatch):
    outbox.enqueue("fail", "a", {})
    Outbox.objects.update(state=OutboxState.DEAD, attempts=6, not_before=timezone.now() + timedelta(hours=1))
    monkeypatch.setitem(outbox.EFFECTS, "fail", outbox.EFFECTS["note"])

    assert outbox.retry(Outbox.objects.all()) == 1
    assert outbox.drain() == 1
    assert row().state == OutboxState.DONE


# --- leases ---
def test_a_claimed_row_is_nobody_elses_until_its_lease_is_over(ran):
    outbox.enqueue("note", "a", {})

    first = outbox.claim()
    assert first.attempts == 1
    assert outbox.claim() is None
    with at(outbox.LEASE + 1):
        second = outbox.claim()

    assert (second.pk, second.attempts) == (first.pk, 2)


def test_who_lost_the_lease_does_not_write_done(ran):
    outbox.enqueue("note", "a", {})
    slow = outbox.claim()
    with at(outbox.LEASE + 1):
        quick = outbox.claim()

    assert outbox.work(slow) is False
    assert row().state == OutboxState.NEW
    assert outbox.work(quick) is True
    assert row().state == OutboxState.DONE


def test_who_lost_the_lease_does_not_write_a_failure(ran):
    outbox.enqueue("fail", "a", {})
    slow = outbox.claim()
    with at(outbox.LEASE + 1):
        outbox.claim()

    assert outbox.work(slow) is False
    assert (row().error, row().attempts) == ("", 2)
    assert row().lease_until is not None


def test_work_in_the_database_happens_once_although_two_held_the_row(ran):
    outbox.enqueue("write", "a", {})
    slow = outbox.claim()
    with at(outbox.LEASE + 1):
        quick = outbox.claim()

    assert outbox.work(quick) is True
    assert outbox.work(slow) is False
    assert ran == ["a"]
    assert [message.key for message in SentMessage.objects.all()] == ["a:2"]


def test_a_row_that_kills_its_worker_six_times_is_left_for_a_person(ran):
    outbox.enqueue("note", "a", {})
    outbox.enqueue("note", "b", {})
    Outbox.objects.filter(key="a").update(attempts=6, lease_until=timezone.now() - timedelta(seconds=1))

    assert outbox.drain() == 1

    assert ran == ["b"]
    assert (row().state, row().error) == (OutboxState.DEAD, "the worker died at each attempt")


def test_a_drain_inside_an_effect_does_not_take_its_row(ran, monkeypatch):
    inner = []

    def nested(row):
        ran.append(row.key)
        inner.append(outbox.drain())

    monkeypatch.setitem(outbox.EFFECTS, "nested", outbox.Effect(nested, False, 30))
    outbox.enqueue("nested", "a", {})
    outbox.enqueue("note", "b", {})

    assert outbox.drain() == 1
    assert (ran, inner) == (["a", "b"], [1])


def test_a_start_that_is_alone_takes_the_leases_of_the_killed_copy_back(ran):
    outbox.enqueue("write", "a", {})
    slow = outbox.claim()

    assert outbox.release() == 1
    assert outbox.drain() == 1

    assert outbox.work(slow) is False
    assert ran == ["a"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_drains_at_once_work_each_of_sixty_rows_once(ran, hints):
    for number in range(60):
        outbox.enqueue("write", f"row {number}", {})
    counts = []

    def drain():
        try:
            counts.append(outbox.drain(30))
        finally:
            connection.close()

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 60
    assert sorted(ran) == sorted(f"row {number}" for number in range(60))
    assert Outbox.objects.filter(state=OutboxState.DONE, attempts=1).count() == 60


def test_a_drain_stops_after_its_budget_and_asks_for_the_next_hint(ran, monkeypatch):
    kicks = []
    monkeypatch.setattr(outbox, "kick", lambda: kicks.append(1))
    outbox.enqueue("note", "a", {})
    outbox.enqueue("note", "b", {})

    assert outbox.drain(budget=0) == 1
    assert (ran, kicks) == (["a"], [1])


def test_the_task_drains(ran):
    outbox.enqueue("note", "a", {})

    assert tasks.drain.name == outbox.HINT
    assert tasks.drain() == 1


# --- hints and relay ---
def test_a_hint_carries_nothing_and_expires(hints):
    assert outbox.hint() is True
    assert hints == [("marketplace.foundation.tasks.drain", 30)]


def test_after_a_failed_hint_the_broker_is_left_alone_for_three_seconds(hints, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(outbox.time, "monotonic", lambda: now[0])
    hints.away = True
    assert outbox.hint() is False

    hints.away = False
    now[0] = 102.9
    assert outbox.hint() is False
    now[0] = 103.1
    assert outbox.hint() is True


def test_the_relay_leaves_fresh_rows_to_their_own_hint(ran, hints):
    outbox.enqueue("note", "a", {})

    assert outbox.relay_once() == 0
    assert (hints, ran) == ([], [])


def test_the_relay_hints_again_when_a_row_waits_for_more_than_a_second(ran, hints):
    outbox.enqueue("note", "a", {})

    with at(2):
        assert outbox.relay_once() == 0

    assert (len(hints), ran) == (1, [])


def test_the_relay_delivers_by_itself_while_the_broker_is_away(ran, hints):
    outbox.enqueue("note", "a", {})
    hints.away = True

    with at(2):
        assert outbox.relay_once() == 1

    assert ran == ["a"]


def test_the_relay_delivers_by_itself_when_nobody_answers_its_hints(ran, hints):
    outbox.enqueue("note", "a", {})

    with at(31):
        assert outbox.relay_once() == 1

    assert (len(hints), ran) == (1, ["a"])


def test_a_kick_returns_at_once_and_the_pump_hints(hints):
    arrived = threading.Event()
    hints.append = lambda hint: arrived.set()

    outbox.kick()

    assert arrived.wait(5)
    assert outbox._pump_pid == os.getpid()


# --- watching and tidying ---
def test_oldest_waiting_counts_from_when_the_row_became_due(ran):
    assert outbox.oldest_waiting() == 0.0
    with time_machine.travel("2026-11-21 10:00:00+07:00", tick=False) as clock:
        outbox.enqueue("note", "later", {}, not_before=timezone.now() + timedelta(minutes=5))
        assert outbox.oldest_waiting() == 0.0
        clock.shift(300 + 7)
        assert outbox.oldest_waiting() == 7.0
        outbox.enqueue("note", "a", {})
        assert outbox.oldest_waiting() == 7.0
        outbox.drain()
        assert outbox.oldest_waiting() == 0.0


def test_done_rows_go_after_thirty_days_and_dead_ones_stay(ran):
    for key, state, days in [("a", "done", 31), ("b", "done", 29), ("c", "dead", 90), ("d", "new", 90)]:
        Outbox.objects.create(
            kind="note", key=key, state=state, done_at=timezone.now() - timedelta(days=days)
        )

    tasks.prune()

    assert sorted(Outbox.objects.values_list("key", flat=True)) == ["b", "c", "d"]
