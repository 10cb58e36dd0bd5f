"""What the log holds of an event: a seal that fits its words and tells nothing of them (DESIGN 8).

The words (``facts``) are canonical JSON (RFC 8785; only texts, whole numbers and null, so sorted keys are enough). The
seal is SHA-256 over a salt and the words. The salt comes from the event's nonce: with words and salt anybody checks
the seal; without the nonce, which erasing takes away, nobody can guess them back. Who wrote the event is sealed under a
salt of its own, because the public page opens the words and not the names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from .models import TraceEvent

VERSION = 1
SEALED = (
    "by_for", "by_label", "corrects", "device_at", "households", "kind", "lot", "nonce", "note", "occurred_on", "place",
    "quantity", "recorded_at",
)  # fmt: skip
"""The fields of an event that its seal is made of."""
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> bytes:
    """Return ``value`` as the one JSON that it has."""
    return _JSON.encode(value).encode()


def moment(at: dt.datetime) -> str:
    """Return ``at`` in UTC, to the microsecond.

    >>> moment(dt.datetime(2026, 11, 21, 7, tzinfo=dt.timezone(dt.timedelta(hours=7))))
    '2026-11-21T00:00:00.000000Z'
    """
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def salt(event: TraceEvent, purpose: str = "facts") -> bytes:
    """Return the salt of one ``purpose``; from it nobody works out the nonce or another purpose's salt."""
    return hashlib.sha256(purpose.encode() + b"\x00" + bytes(event.nonce)).digest()[:16]


def facts(event: TraceEvent) -> dict[str, Any]:
    """Return everything that an event says, as anybody may read it; its writer as a seal."""
    writer = canonical([event.by_label, event.by_for])
    return {
        "by": hashlib.sha256(salt(event, "by") + writer).hexdigest(),
        "corrects": str(event.corrects_id) if event.corrects_id else None,
        "device_at": moment(event.device_at) if event.device_at else None,
        "households": event.households,
        "id": str(event.pk),
        "kind": event.kind,
        "lot": f"{event.lot.product_id}/{event.lot.number}",
        "note": event.note,
        "occurred_on": event.occurred_on.isoformat(),
        "place": event.place,
        "quantity": event.quantity,
        "recorded_at": moment(event.recorded_at),
    }


def seal(event: TraceEvent) -> str:
    """Return the seal of ``event`` as it stands now; of an erased one there is none to be had."""
    return hashlib.sha256(salt(event) + canonical(facts(event))).hexdigest()


def event_entry(number: int, sealed: str, at: dt.datetime) -> bytes:
    """Return the line of the log that an event gets. It names neither event nor lot: every line is public."""
    return canonical({"at": moment(at), "n": number, "seal": sealed, "type": "event", "v": VERSION})


def erased_entry(number: int, of: int, at: dt.datetime) -> bytes:
    """Return the line that says that the words behind line ``of`` were erased."""
    return canonical({"at": moment(at), "n": number, "of": of, "type": "erased", "v": VERSION})
