"""The log: every event gets a line in one Merkle tree, and the tree's head is signed and given away (DESIGN 8).

A line is written by the outbox right after the event's transaction, so nobody waits for it and nobody overtakes. Once
a checkpoint was published, no line can be changed, dropped or moved without everybody who kept it noticing; ``sign``
itself refuses a tree that does not continue the last one. What the log cannot know: whether an event was true.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cooperatives.models import Officer
from marketplace.accounts import letters
from marketplace.foundation.models import Outbox
from marketplace.foundation.outbox import effect, enqueue
from marketplace.foundation.rows import alone, write_many

from . import merkle, notes, seals
from .merkle import Peaks, Tree
from .models import Checkpoint, LogEntry, LogNode, TraceEvent
from .notes import BadNote, Head, Signer, Verifier
from .statuses import EntryKind

logger = logging.getLogger(__name__)

BLOCK = 1000
WAITS = dt.timedelta(hours=1)  # so long an event may stand without a line


class LogBroken(Exception):
    """The log in the database is not what was signed. Nothing is signed until a person has looked."""


# --- writing ----------------------------------------------------------------------------------------------------------
def promise(event: TraceEvent) -> None:
    """Let ``event`` get its line when this transaction commits."""
    enqueue("log", f"log:{event.pk}", {"event": str(event.pk)})


@effect("log", atomic=True)
def _write_promised(row: Outbox) -> None:
    _write([uuid.UUID(row.payload["event"])])


def write(told: Iterable[TraceEvent]) -> int:
    """Give each event its line, in this order, unless it has one; return how many got one.

    One transaction, in which nobody else writes; the events are read anew inside it.
    """
    return _write([event.pk for event in told])


def write_missing() -> int:
    """Give a line to every event that has none, those received first in front; return how many.

    For events from before the log, and for promises that died. One transaction for each thousand.
    """
    missing = list(_without_line().values_list("pk", flat=True))
    return sum(_write(missing[at : at + BLOCK]) for at in range(0, len(missing), BLOCK))


def _write(keys: Sequence[uuid.UUID]) -> int:
    with transaction.atomic():
        alone("log")
        have = LogEntry.objects.filter(kind=EntryKind.EVENT, event__in=keys)
        known = set(have.values_list("event_id", flat=True))
        # A lot has many events: it is read once for all of them.
        events = TraceEvent.objects.only(*seals.SEALED).prefetch_related("lot").in_bulk(keys)
        fresh = [events[key] for key in keys if key in events and key not in known]
        first, at = size(), timezone.now()
        return _append(
            [
                _line(number, EntryKind.EVENT, event, seals.event_entry(number, seals.seal(event), at))
                for number, event in enumerate(fresh, first)
            ]
        )


def _without_line() -> Any:
    has_one = LogEntry.objects.filter(kind=EntryKind.EVENT, event=OuterRef("pk"))
    return TraceEvent.objects.filter(~Exists(has_one)).order_by("recorded_at", "pk")


def write_erased(event: TraceEvent) -> None:
    """Write that the words of ``event`` are erased; call it before they are, in the same transaction."""
    with transaction.atomic():
        alone("log")
        write([event])
        of = LogEntry.objects.get(kind=EntryKind.EVENT, event=event.pk).number
        number = size()
        _append([_line(number, EntryKind.ERASED, event, seals.erased_entry(number, of, timezone.now()))])


_LINE = ("number", "kind", "entry", "leaf", "event_id", "lot_id")


def _line(number: int, kind: str, event: TraceEvent, entry: bytes) -> tuple[Any, ...]:
    return (number, kind, entry, merkle.leaf_hash(entry), event.pk, event.lot_id)


def _append(lines: Sequence[tuple[Any, ...]]) -> int:
    if lines:
        write_many(LogEntry, _LINE, lines)
        before = lines[0][0]
        leaves = [leaf for _number, _kind, _entry, leaf, *_keys in lines]
        for level, number in merkle.closed_tiles(before, before + len(lines)):
            first = number * merkle.WIDTH - before
            row = leaves[first : first + merkle.WIDTH] if level == 0 and first >= 0 else tile(level, number)
            LogNode.objects.create(level=level + 1, number=number, hash=Peaks(row).root())
    return len(lines)


# --- reading ----------------------------------------------------------------------------------------------------------
def size() -> int:
    """Return how many lines the log has."""
    last = LogEntry.objects.aggregate(last=Max("number"))["last"]
    return 0 if last is None else last + 1


# Written out: a proof asks five of them, and Django spends longer on making such a query than PostgreSQL on answering.
_LEAVES = "SELECT number, leaf FROM traceability_logentry WHERE number >= %s AND number < %s ORDER BY number"
_NODES = """SELECT number, hash FROM traceability_lognode
            WHERE number >= %s AND number < %s AND level = %s ORDER BY number"""


def tile(level: int, number: int) -> list[bytes]:
    """Return the hashes of one tile, as many as there are; one query. Raises LogBroken when one is missing between."""
    first = number * merkle.WIDTH
    with connection.cursor() as cursor:
        cursor.execute(
            _NODES if level else _LEAVES, [first, first + merkle.WIDTH, *([level] if level else [])]
        )
        rows = cursor.fetchall()
    if [at for at, _hash in rows] != list(range(first, first + len(rows))):
        raise LogBroken(f"tile {level}/{number} has a gap")
    return [raw(hashed) for _at, hashed in rows]


def bundle(number: int, width: int) -> bytes:
    """Return ``width`` lines from ``256 * number`` on, as the file that auditors fetch."""
    first = number * merkle.WIDTH
    lines = LogEntry.objects.filter(number__gte=first, number__lt=first + width).order_by("number")
    return merkle.bundle(raw(entry) for entry in lines.values_list("entry", flat=True))


def newest() -> Checkpoint | None:
    """Return the checkpoint that was signed last."""
    return Checkpoint.objects.order_by("-size").first()


def proofs(numbers: Iterable[int], checkpoint: Checkpoint) -> dict[int, str]:
    """Return for each line below ``checkpoint`` the file that proves it; later lines are left out.

    At most two queries for each level of tiles that the lines lie in. Raises LogBroken.
    """
    tree = Tree(tile)
    try:
        return {
            number: notes.proof_file(number, tree.inclusion(number, checkpoint.size), checkpoint.note)
            for number in numbers
            if number < checkpoint.size
        }
    except merkle.OutOfTree as why:
        raise LogBroken(str(why)) from None


def consistency(old: int, new: int) -> list[bytes]:
    """Return the proof that the first ``new`` lines begin with the first ``old``. Raises LogBroken, OutOfTree."""
    return Tree(tile).consistency(old, new)


# --- signing ----------------------------------------------------------------------------------------------------------
def verifiers() -> list[Verifier]:
    """Return the public keys of this market, in the order of ``LOG_KEY_FILE``; empty while it has none.

    The file holds secret keys, which sign, and public ones, whose secret halves are gone but whose checkpoints stand.
    """
    return [Signer.read(key).verifier if _is_secret(key) else Verifier.read(key) for key in _keys()]


def make_key() -> Verifier:
    """Write a fresh key behind those in ``LOG_KEY_FILE`` and return its public half.

    All secret keys of the file sign; put the public key in place of the old one ninety days after its successor was
    published.
    """
    kept = verifiers()
    place = urlsplit(settings.MARKET_URL)
    fresh = Signer.new(kept[0].name if kept else f"{place.netloc}{place.path}/trace-log")
    lines = "".join(f"{key}\n" for key in [*_keys(), fresh.skey])
    path = Path(settings.LOG_KEY_FILE)
    spare = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(lines)
    spare.replace(path)
    return fresh.verifier


def _signers() -> list[Signer]:
    return [Signer.read(key) for key in _keys() if _is_secret(key)]


def _keys() -> list[str]:
    path = Path(settings.LOG_KEY_FILE)
    return path.read_text().split() if path.is_file() else []


def _is_secret(key: str) -> bool:
    return key.startswith(notes.SECRET)


def sign() -> Checkpoint | None:
    """Sign the log as it stands and return the checkpoint; the last one again while nothing was added.

    None while there is nothing to sign or, on servers, no key (embedded mode makes its own). Nobody writes meanwhile.
    Raises LogBroken, and signs nothing, when the log is shorter than the last checkpoint or does not continue it.
    """
    signers = _signers()
    if not signers and settings.EMBEDDED:
        make_key()
        signers = _signers()
    if not signers:
        logger.warning("the log is not signed: LOG_KEY_FILE holds no key")
        return None
    with transaction.atomic():
        alone("log")
        last, count = newest(), size()
        if not count and last is None:
            return None
        if last and last.size == count:
            return last
        root = _continued(last, count)
        head = Head(signers[0].name, count, root)
        return Checkpoint.objects.create(size=count, note=notes.sign(str(head), signers))


def _continued(last: Checkpoint | None, count: int) -> bytes:
    """The root over ``count`` lines, once it is proved that they begin with those of ``last``."""
    tree = Tree(tile)
    try:
        root = tree.root(count)
        if last:
            signed = _read(last.note)
            path = tree.consistency(signed.size, count)
            if not merkle.is_consistent(signed.size, count, signed.root, root, path):
                raise LogBroken(f"{count} lines do not continue the {signed.size} that were signed")
    except (merkle.OutOfTree, BadNote) as why:
        raise LogBroken(str(why)) from None
    return root


def _read(note: str) -> Head:
    return notes.read_head(notes.opened(note, verifiers()))


def send_checkpoint() -> int:
    """Send the newest checkpoint to every officer with an e-mail address, each checkpoint once; return to how many.

    What they keep is what makes the log strong: who holds the database and the key can rewrite everything else.
    """
    checkpoint = newest()
    if checkpoint is None:
        return 0
    offices = Officer.objects.filter(until=None, user__is_active=True).select_related("user").order_by("user")
    people = {office.user: office.user.email for office in offices if office.user.email}
    with transaction.atomic(), translation.override("vi"):
        for person, address in people.items():
            letters.send(
                "checkpoint",
                mailbox=f"nguoi:{person.pk}",
                key=f"checkpoint:{checkpoint.size}:{person.pk}",
                subject=_("Mốc sổ truy xuất: %(count)s dòng") % {"count": checkpoint.size},
                body=_(
                    "Xin giữ thư này. Nếu sau này có ai sửa sổ, mốc dưới đây sẽ cho thấy: "
                    "mở trang sổ rồi dán cả thư vào.\n\n%(note)s"
                )
                % {"note": checkpoint.note},
                link=reverse("shop:log"),
                email=address,
                push=False,
            )
    return len(people)


# --- checking ---------------------------------------------------------------------------------------------------------
def verify(outside: Sequence[str] = ()) -> list[str]:
    """Work the whole log out anew from the database and return what is wrong, in words; nothing when all is well.

    ``outside``: checkpoints that somebody kept elsewhere. Reads every line and event, changes nothing. Where a line
    and its hash were rewritten together, the checkpoints (and the hashes over 256 lines) tell between which numbers.
    """
    faults, heads = _signed_heads(outside)
    erased = set(LogEntry.objects.filter(kind=EntryKind.ERASED).values_list("event_id", flat=True))
    peaks, tiles = Peaks(), _TileCheck()
    agreed, whole = 0, True
    for line, event in _lines():
        if line.number != peaks.size and whole:
            faults.append(f"lines {peaks.size} to {line.number - 1} are gone")
            whole = False
        faults += _faults_of(line, event, erased)
        leaf = merkle.leaf_hash(raw(line.entry))
        peaks.add(leaf)
        if not whole:
            continue  # every root behind a gap differs; the gap was named
        faults += tiles.add(leaf)
        signed = heads.pop(peaks.size, [])
        wrong = [label for label, root in signed if root != peaks.root()]
        faults += [
            f"lines {agreed} to {peaks.size - 1} are not all those that {label} signed" for label in wrong
        ]
        if wrong:
            whole = False
        elif signed:
            agreed = peaks.size
    if whole and heads:
        faults.append(f"the log has {peaks.size} lines, but {max(heads)} were signed: the last ones are gone")
    late = _without_line().select_related("lot").filter(recorded_at__lt=timezone.now() - WAITS)
    faults += [f"event {event.pk} of lot {event.lot} stands in no line" for event in late[:BLOCK]]
    return faults


def _signed_heads(outside: Sequence[str]) -> tuple[list[str], dict[int, list[tuple[str, bytes]]]]:
    """What is wrong with the checkpoints themselves, and the roots that the others signed, by size."""
    faults: list[str] = []
    heads: dict[int, list[tuple[str, bytes]]] = {}
    told = [(f"checkpoint {one.size}", one.note, one.size) for one in Checkpoint.objects.order_by("size")]
    for label, note, count in [*told, *(("the checkpoint you gave", note, None) for note in outside)]:
        try:
            head = _read(note)
        except BadNote as why:
            faults.append(f"{label}: {why}")
            continue
        if count not in (None, head.size):
            faults.append(f"{label} speaks of {head.size} lines")
        heads.setdefault(head.size, []).append((label, head.root))
    return faults, heads


def _lines() -> Iterator[tuple[LogEntry, TraceEvent | None]]:
    """Every line in order with the event behind it; two queries for each thousand."""
    after = -1
    while block := list(LogEntry.objects.filter(number__gt=after).order_by("number")[:BLOCK]):
        events = TraceEvent.objects.select_related("lot").in_bulk({line.event_id for line in block})
        for line in block:
            yield line, events.get(line.event_id)
        after = block[-1].number


def _faults_of(line: LogEntry, event: TraceEvent | None, erased: set[Any]) -> Iterator[str]:
    try:
        said = dict(json.loads(raw(line.entry)))
    except (ValueError, TypeError):
        said = {}
    if merkle.leaf_hash(raw(line.entry)) != raw(line.leaf):
        yield f"line {line.number} was changed: its hash is not that of its words"
    if said.get("n") != line.number:
        yield f"line {line.number} calls itself line {said.get('n')}: lines were reordered"
    if event is None:
        yield f"line {line.number}: event {line.event_id} was deleted"
    elif line.kind == EntryKind.ERASED:
        if not event.is_erased or event.place or event.quantity or event.note:
            yield f"line {line.number} says that event {event.pk} was erased, but it has words"
    elif event.is_erased:
        if event.pk not in erased:
            yield f"line {line.number}: the words of event {event.pk} are gone, and no line says that they were erased"
    elif said.get("seal") != seals.seal(event) or line.lot_id != event.lot_id:
        yield f"line {line.number}: event {event.pk} of lot {event.lot} is not what was written"


def raw(kept: Any) -> bytes:
    """What a binary column holds; SQLite gives back text where somebody wrote text into it."""
    return kept.encode() if isinstance(kept, str) else bytes(kept)


class _TileCheck:
    """Compares each hash over 256 hashes with the one that was stored."""

    def __init__(self) -> None:
        self._rows: list[list[bytes]] = [[]]
        self._closed: list[int] = [0]

    def add(self, hashed: bytes, level: int = 0) -> Iterator[str]:
        """Take the next hash of ``level``; yield what is wrong with the tile that it completes."""
        if level == len(self._rows):
            self._rows.append([])
            self._closed.append(0)
        row = self._rows[level]
        row.append(hashed)
        if len(row) < merkle.WIDTH:
            return
        root, number = Peaks(row).root(), self._closed[level]
        row.clear()
        self._closed[level] += 1
        stored = LogNode.objects.filter(level=level + 1, number=number).first()
        if stored is None or raw(stored.hash) != root:
            span = merkle.WIDTH ** (level + 1)
            lines = f"lines {number * span} to {(number + 1) * span - 1}"
            yield f"{lines} are not those that were added up in tile {level}/{number}"
        yield from self.add(root, level + 1)
