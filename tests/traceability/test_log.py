"""The log of events: lines, checkpoints, proofs; whoever changes a row past the triggers is named."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.models import AuditDetail, Letter
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from traceability import events, guards, log, merkle, notes, tasks
from traceability.events import EventRefused
from traceability.log import LogBroken
from traceability.models import Checkpoint, LogEntry, LogNode, Lot, TraceEvent

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import node

ROOT = Path(__file__).resolve().parents[2]
CODE = "2EP9TW83"


@pytest.fixture(autouse=True)
def _key(settings: Any, tmp_path: Path) -> None:
    settings.LOG_KEY_FILE = tmp_path / "log_key"
    settings.EMBEDDED = True  # it makes its own key


@pytest.fixture
def story(lot: Lot, by: Any) -> list[TraceEvent]:
    """Three events of the lot, in the log and signed."""
    kinds = ("harvested", "processed", "packed")
    told = [record(lot, by, kind, place=f"Nơi {number}") for number, kind in enumerate(kinds)]
    log.write(told)
    log.sign()
    return told


def record(lot: Lot, by: Any, kind: str = "harvested", **said: Any) -> TraceEvent:
    return events.record(lot, kind, by=by, **{"occurred_on": dt.date(2026, 10, 12), "place": "Xưởng", **said})


@contextmanager
def past_the_triggers() -> Iterator[Any]:
    """The database as whoever holds its password may write it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            for name, _table, _when in guards._triggers():
                cursor.execute(f"DROP TRIGGER {name}")
        yield cursor
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
        else:
            guards.install()


def key_of(event: TraceEvent) -> str:
    """Its id as the database writes it."""
    return str(event.pk) if connection.vendor == "postgresql" else event.pk.hex


# --- lines ------------------------------------------------------------------------------------------------------------
def test_the_outbox_writes_an_event_into_the_log_once(lot: Lot, by: Any) -> None:
    event = record(lot, by)
    assert not LogEntry.objects.exists()

    outbox.drain()
    log.write([event])

    line = LogEntry.objects.get()
    assert (line.number, line.event_id, bytes(line.leaf)) == (
        0,
        event.pk,
        merkle.leaf_hash(bytes(line.entry)),
    )


def test_a_line_tells_nothing_of_what_it_seals(lot: Lot, by: Any) -> None:
    event = record(lot, by, place="Nhà bà Dung", note="Thóc ướt")
    log.write([event])

    said = json.loads(bytes(LogEntry.objects.get().entry))
    assert said.keys() == {"v", "n", "type", "seal", "at"}
    assert (said["v"], said["n"], said["type"], len(said["seal"])) == (1, 0, "event", 64)
    text = json.dumps(said)
    assert not [word for word in (str(event.pk), "Dung", "Lan", lot.number, CODE) if word in text]


def test_what_was_missed_is_written_later_in_the_order_it_came(lot: Lot, by: Any) -> None:
    told = [record(lot, by, place=f"Nơi {number}") for number in range(3)]
    log.write([told[1]])

    assert (log.write_missing(), log.write_missing()) == (2, 0)
    assert list(LogEntry.objects.order_by("number").values_list("event", flat=True)) == [
        told[1].pk,
        told[0].pk,
        told[2].pk,
    ]


# --- checkpoints and proofs -------------------------------------------------------------------------------------------
def test_a_checkpoint_proves_every_line_and_continues_the_one_before(
    story: list[TraceEvent], lot: Lot, by: Any
) -> None:
    first = log.newest()
    assert first is not None
    assert log.sign() == first  # nothing was added
    log.write([record(lot, by, "dispatched")])
    second = log.sign()
    assert second is not None

    old, new = (notes.read_head(notes.opened(one.note, log.verifiers())) for one in (first, second))
    assert (old.origin, old.size, new.size) == ("127.0.0.1:8000/trace-log", 3, 4)
    leaves = [bytes(leaf) for leaf in LogEntry.objects.order_by("number").values_list("leaf", flat=True)]
    assert new.root == merkle.Peaks(leaves).root()
    for number, text in log.proofs(range(9), second).items():
        head, index, *path = text.partition("\n\n")[0].split("\n")
        assert (head, index) == ("c2sp.org/tlog-proof@v1", f"index {number}")
        steps = [base64.b64decode(step) for step in path]
        assert merkle.is_included(leaves[number], number, 4, steps, new.root)
    assert sorted(log.proofs(range(9), first)) == [0, 1, 2]


def test_a_log_that_was_rewritten_is_not_signed(story: list[TraceEvent], lot: Lot, by: Any) -> None:
    with past_the_triggers() as cursor:
        cursor.execute("UPDATE traceability_logentry SET leaf = %s WHERE number = 1", [b"x" * 32])
    log.write([record(lot, by, "dispatched")])
    with pytest.raises(LogBroken, match="do not continue"):
        log.sign()

    with past_the_triggers() as cursor:
        cursor.execute("DELETE FROM traceability_logentry WHERE number > 1")
    with pytest.raises(LogBroken):
        log.sign()
    assert Checkpoint.objects.count() == 1


def test_the_key_lies_in_a_file_of_its_own_and_servers_sign_only_with_one(
    settings: Any, story: list[TraceEvent], lot: Lot, by: Any
) -> None:
    assert settings.LOG_KEY_FILE.stat().st_mode & 0o777 == 0o600
    (old,) = log.verifiers()

    call_command("make_log_key", stdout=StringIO())
    log.write([record(lot, by)])
    both = log.sign()
    assert both is not None
    assert [notes.opened(both.note, [one]) for one in log.verifiers()]
    assert log.verifiers()[0] == old
    assert log.verify() == []

    # The old key's time is over: its public half stays for what it signed.
    settings.LOG_KEY_FILE.write_text(f"{old.vkey}\n{settings.LOG_KEY_FILE.read_text().split()[1]}\n")
    assert log.verify() == []
    log.write([record(lot, by)])
    newest = log.sign()
    assert newest is not None
    assert newest.note.count("—") == 1

    settings.EMBEDDED = False
    kept = settings.LOG_KEY_FILE.read_text()
    settings.LOG_KEY_FILE.unlink()
    log.write([record(lot, by)])
    assert log.sign() is None
    assert Checkpoint.objects.count() == 3
    settings.LOG_KEY_FILE.write_text(kept)
    assert log.sign() is not None


def test_missed_lines_ask_no_more_for_many_events_than_for_one(lot: Lot, by: Any) -> None:
    asked = []
    for many in (1, 20):
        for number in range(many):
            record(lot, by, place=f"Nơi {many} {number}", households=2)
        with CaptureQueriesContext(connection) as queries:
            assert log.write_missing() == many
        asked.append([query["sql"] for query in queries if query["sql"].startswith("SELECT")])

    assert len(asked[0]) == len(asked[1])


def test_beyond_a_tile_proofs_stay_short_and_a_line_swapped_whole_is_found(lot: Lot, by: Any) -> None:
    first = record(lot, by)
    copies = [
        TraceEvent(
            lot=lot, kind="processed", occurred_on=first.occurred_on, place=f"Nơi {n}", nonce=b"n" * 16
        )
        for n in range(600)
    ]
    TraceEvent.objects.bulk_create(copies)
    assert log.write_missing() == 601
    assert LogNode.objects.count() == 2
    checkpoint = log.sign()
    assert checkpoint is not None
    assert [len(text.splitlines()) for text in log.proofs([0, 300, 600], checkpoint).values()] == [18, 18, 12]
    assert log.verify() == []

    entry = bytes(LogEntry.objects.get(pk=300).entry).replace(b'"v":1', b'"v":2')
    with past_the_triggers() as cursor:
        said = [entry, merkle.leaf_hash(entry)]
        cursor.execute("UPDATE traceability_logentry SET entry = %s, leaf = %s WHERE number = 300", said)
    assert log.verify() == [
        "lines 256 to 511 are not those that were added up in tile 0/1",
        "lines 0 to 600 are not all those that checkpoint 601 signed",
    ]


# --- the tamper drill -------------------------------------------------------------------------------------------------
EVENT, LINE = "traceability_traceevent", "traceability_logentry"
DRILL: dict[str, tuple[list[str], str]] = {
    "an event is changed": (
        [f"UPDATE {EVENT} SET place = 'Nơi khác' WHERE id = '{{event}}'"],
        r"line 1: event {id} of lot 261105-01 is not what was written",
    ),
    "its writer is changed": (
        [f"UPDATE {EVENT} SET by_label = 'Tuấn' WHERE id = '{{event}}'"],
        r"line 1: event {id} of lot 261105-01 is not what was written",
    ),
    "an event is deleted": (
        [f"DELETE FROM {EVENT} WHERE id = '{{event}}'"],
        r"line 1: event {id} was deleted",
    ),
    "its words are taken away": (
        [f"UPDATE {EVENT} SET place = '', nonce = '' WHERE id = '{{event}}'"],
        r"line 1: the words of event {id} are gone, and no line says that they were erased",
    ),
    "a line is changed": (
        [f"UPDATE {LINE} SET entry = '{{{{}}}}' WHERE number = 1"],
        r"line 1 was changed: its hash is not that of its words",
    ),
    "a line is deleted": ([f"DELETE FROM {LINE} WHERE number = 1"], r"lines 1 to 1 are gone"),
    "the last line is deleted": (
        [f"DELETE FROM {LINE} WHERE number = 2"],
        r"the log has 2 lines, but 3 were signed: the last ones are gone",
    ),
    "two lines are swapped": (
        [f"UPDATE {LINE} SET number = {to} WHERE number = {of}" for of, to in ((1, 9), (2, 1), (9, 2))],
        r"line 1 calls itself line 2: lines were reordered",
    ),
}


@pytest.mark.parametrize("what", DRILL)
def test_whoever_changes_a_row_is_named(story: list[TraceEvent], what: str) -> None:
    assert log.verify() == []
    statements, named = DRILL[what]
    with past_the_triggers() as cursor:
        for statement in statements:
            cursor.execute(statement.format(event=key_of(story[1])))

    faults = log.verify()
    assert named.format(id=story[1].pk) in faults

    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_log", stdout=out)
    assert ended.value.code == 1
    assert "\n".join(faults) in out.getvalue()


def test_a_checkpoint_kept_elsewhere_finds_a_log_rewritten_with_the_key(
    story: list[TraceEvent], tmp_path: Path
) -> None:
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(Checkpoint.objects.get().note)
    with past_the_triggers() as cursor:
        for table in ("traceability_checkpoint", LINE):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute(f"UPDATE {EVENT} SET place = 'Nơi khác' WHERE id = '{key_of(story[1])}'")
    log.write_missing()
    log.sign()

    assert log.verify() == []
    with pytest.raises(SystemExit):
        call_command("verify_log", checkpoint=[str(kept)], stdout=(out := StringIO()))
    assert "lines 0 to 2 are not all those that the checkpoint you gave signed" in out.getvalue()


def test_an_event_that_waits_too_long_for_its_line_is_named(lot: Lot, by: Any) -> None:
    event = record(lot, by)
    assert log.verify() == []
    with past_the_triggers() as cursor:
        cursor.execute(f"UPDATE {EVENT} SET recorded_at = '2026-11-01 00:00:00+00:00'")
    assert log.verify() == [f"event {event.pk} of lot 261105-01 stands in no line"]


CHANGES: dict[str, Callable[[TraceEvent], str]] = {
    "a word of an event": lambda event: f"UPDATE {EVENT} SET place = 'x' WHERE id = '{key_of(event)}'",
    "a day of an event": lambda event: (
        f"UPDATE {EVENT} SET occurred_on = '2026-01-01' WHERE id = '{key_of(event)}'"
    ),
    "an event": lambda event: f"DELETE FROM {EVENT} WHERE id = '{key_of(event)}'",
    "a line": lambda _event: f"DELETE FROM {LINE}",
    "a hash": lambda _event: f"UPDATE {LINE} SET leaf = entry",
    "a checkpoint": lambda _event: "DELETE FROM traceability_checkpoint",
    "what was signed": lambda _event: "UPDATE traceability_checkpoint SET note = ''",
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_database_itself_refuses_to_change(story: list[TraceEvent], what: str) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(CHANGES[what](story[0]))
    assert log.verify() == []


# --- erasing ----------------------------------------------------------------------------------------------------------
def test_erasing_takes_the_words_and_leaves_the_log_whole(story: list[TraceEvent]) -> None:
    call_command("erase_event", str(story[1].pk), reason="Bà Dung yêu cầu", stdout=StringIO())

    left = TraceEvent.objects.get(pk=story[1].pk)
    assert (left.kind, left.place, left.by_label, bytes(left.nonce)) == ("processed", "", "", b"")
    line = LogEntry.objects.get(kind="erased")
    assert (line.number, json.loads(bytes(line.entry))["of"]) == (3, 1)
    assert AuditDetail.objects.get(row__verb="lot.event_erased").values["reason"] == "Bà Dung yêu cầu"
    log.sign()
    assert log.verify() == []
    with past_the_triggers() as cursor:
        cursor.execute(f"UPDATE {EVENT} SET place = 'Nơi khác' WHERE id = '{key_of(left)}'")
    assert log.verify() == [f"line 3 says that event {left.pk} was erased, but it has words"]
    for reason, said in (("lần nữa", "đã được xoá"), (" ", "lý do")):
        with pytest.raises(EventRefused, match=said):
            events.erase(left, reason=reason, by=Actor.system("test"))
    assert LogEntry.objects.count() == 4


# --- the alliance -----------------------------------------------------------------------------------------------------
def test_officers_with_an_address_get_each_checkpoint_once(
    story: list[TraceEvent], quyen: Any, phuc: Any
) -> None:
    quyen.email = "quyen@vidu.vn"
    quyen.save()

    assert (log.send_checkpoint(), log.send_checkpoint()) == (1, 1)

    letter = Letter.objects.get()
    assert (letter.mailbox, letter.email, letter.subject) == (
        f"nguoi:{quyen.pk}",
        "quyen@vidu.vn",
        "Mốc sổ truy xuất: 3 dòng",
    )
    assert Checkpoint.objects.get().note.strip() in letter.body


def test_the_clock_signs_what_was_missed_and_sends_it_once_a_day(lot: Lot, by: Any, quyen: Any) -> None:
    quyen.email = "quyen@vidu.vn"
    quyen.save()
    record(lot, by)
    tasks.send_checkpoint()
    record(lot, by)
    tasks.send_checkpoint()

    assert (LogEntry.objects.count(), Letter.objects.count()) == (1, 1)
    log.write_missing()
    tasks.sign_log()
    tasks.sign_log()
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [1, 2]


# --- what everybody may fetch -----------------------------------------------------------------------------------------
def test_the_files_of_the_log(story: list[TraceEvent], client: Client) -> None:
    note = Checkpoint.objects.get().note
    leaves = b"".join(bytes(line.leaf) for line in LogEntry.objects.order_by("number"))
    entries = merkle.bundle(bytes(line.entry) for line in LogEntry.objects.order_by("number"))

    assert client.get("/trace-log/checkpoint").content.decode() == note
    assert client.get("/trace-log/checkpoint?size=3").content.decode() == note
    tile = client.get("/trace-log/tile/0/000.p/3")
    assert (tile.content, "immutable" in tile["Cache-Control"]) == (leaves, True)
    assert client.get("/trace-log/tile/0/000.p/2").content == leaves[:64]
    assert client.get("/trace-log/tile/entries/000.p/3").content == entries
    assert (
        client.get(f"/trace-log/proof/{story[2].pk}").content.decode()
        == log.proofs([2], Checkpoint.objects.get())[2]
    )
    steps = client.get("/trace-log/consistency/2/3").content.decode().split()
    assert [base64.b64decode(step) for step in steps] == log.consistency(2, 3)
    for nothing in (
        *("consistency/2/4", "consistency/0/3", "consistency/3/2"),
        *("checkpoint?size=2", "checkpoint?size=x", "checkpoint?size=99999999999999999999", "tile/0/000"),
        *(
            "tile/0/000.p/4",
            "tile/1/000.p/1",
            "tile/9/000",
            "tile/0/x000/000",
            "tile/entries/001",
            "tile/0/a",
        ),
        f"proof/{story[0].lot.pk:032x}",
    ):
        assert client.get(f"/trace-log/{nothing}").status_code == 404, nothing
    assert "sessionid" not in client.cookies


def test_the_pages_of_the_log(story: list[TraceEvent], lot: Lot, by: Any, client: Client) -> None:
    assert "/so/2EP9-TW83/" in client.get(f"/Q/{CODE}").content.decode()
    page = client.get("/so/2ep9-tw83/").content.decode()
    assert page.count("data-line=") == 3
    assert "Nơi 1" in page
    for wrong in ("4HYJE1B1", "sai", "x" * 99):
        assert client.get(f"/so/{wrong}/").status_code == 404

    unsigned = record(lot, by, "dispatched", place="Kho")
    assert "Chưa vào sổ" in client.get(f"/so/{CODE}/").content.decode()
    log.write([unsigned])
    assert "Chờ ký" in client.get(f"/so/{CODE}/").content.decode()
    assert str(log.verifiers()[0].vkey) in client.get("/so/").content.decode()


def in_the_browser(client: Client, tmp_path: Path) -> dict[str, dict[str, bool | None]]:
    """What check-log.js says of each line of the lot's page."""
    page = client.get(f"/so/{CODE}/").content.decode()
    found = re.search(r'<script id="bag" type="application/json">(.*?)</script>', page, re.S)
    assert found
    run = f"""
        import {{ check }} from "{(tmp_path / "check-log.mjs").as_uri()}";
        const {{ keys, lines }} = {found[1]};
        const said = {{}};
        for (const [number, bag] of Object.entries(lines)) said[number] = await check(bag, number, keys);
        console.log(JSON.stringify(said));
    """
    (tmp_path / "check-log.mjs").write_bytes((ROOT / "static/js/check-log.js").read_bytes())
    told = subprocess.run(
        [node.node(), "--input-type=module", "-e", run],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(told.stdout)


def test_the_browser_finds_what_was_changed(story: list[TraceEvent], client: Client, tmp_path: Path) -> None:
    good = {"seal": True, "number": True, "path": True, "signature": True}
    assert in_the_browser(client, tmp_path) == {"0": good, "1": good, "2": good}

    with past_the_triggers() as cursor:
        cursor.execute(f"UPDATE {EVENT} SET place = 'Nơi khác' WHERE id = '{key_of(story[1])}'")
    assert in_the_browser(client, tmp_path)["1"] == {**good, "seal": False}

    with past_the_triggers() as cursor:
        for of, to in ((1, 9), (2, 1), (9, 2)):
            cursor.execute(f"UPDATE {LINE} SET number = {to} WHERE number = {of}")
    swapped = in_the_browser(client, tmp_path)
    assert {number: (said["number"], said["path"]) for number, said in swapped.items()} == {
        "0": (True, False),
        "1": (False, False),
        "2": (False, False),
    }
    with past_the_triggers() as cursor:
        cursor.execute(f"DELETE FROM {EVENT} WHERE id = '{key_of(story[2])}'")
    assert "Một việc đã biến mất" in client.get(f"/so/{CODE}/").content.decode()
