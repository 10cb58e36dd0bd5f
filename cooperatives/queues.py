"""The alliance's queues: every floor says once, in ``ready()``, what waits for an officer on it.

The officer comes as the door's ``access.Review``; nothing here opens it, so the door may ask for the menu.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

Waiting = Callable[[Any], Any]


@dataclass(frozen=True)
class Queue:
    """``url_name`` in the namespace ``review``; ``waiting(review)`` gives what waits in the officer's place."""

    url_name: str
    label: str | Promise
    position: int
    waiting: Waiting | None = None


_QUEUES: dict[str, Queue] = {}


def register(url_name: str, label: str | Promise, *, position: int, waiting: Waiting | None = None) -> None:
    """Put a queue into the officer's menu. ``waiting`` returns a queryset; None for a list without a queue.

    Positions: applications 10, bank accounts 20, products 30, changes 40, certificates 50, returns 60,
    complaints 70, recalls 73, copied labels 75, ratings 80, stalls 90, vouchers 95.
    """
    _QUEUES[url_name] = Queue(url_name, label, position, waiting)


def of(review: Any, on: str = "") -> list[dict[str, Any]]:
    """The menu for an officer: list of ``{name, url, label, count, on}``; one COUNT for each queue."""
    return [
        {
            "name": queue.url_name,
            "url": reverse(f"review:{queue.url_name}"),
            "label": queue.label,
            "count": queue.waiting(review).count() if queue.waiting else None,
            "on": queue.url_name == on,
        }
        for queue in sorted(_QUEUES.values(), key=lambda queue: queue.position)
    ]
