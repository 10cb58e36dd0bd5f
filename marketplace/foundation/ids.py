"""Ids that whoever fills in a form makes, so that what is sent twice is written once."""

from __future__ import annotations

import secrets
import time
import uuid


def new_id() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562): the moment in milliseconds, then 74 random bits; later ones sort behind.

    >>> made = new_id()
    >>> made.version, made.variant == uuid.RFC_4122, new_id() != made
    (7, True, True)
    """
    moment = (time.time_ns() // 1_000_000) << 80
    drawn = secrets.randbits(12) << 64 | secrets.randbits(62)
    return uuid.UUID(int=moment | 7 << 76 | 2 << 62 | drawn)
