"""What each carrier tells by webhook: one reader a carrier, all of one shape.

Written from public field lists and clients, not from calls of a live service. A carrier without a reader is a name for
the ship form: its waybills are followed by hand.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import parse_qsl

from django.utils.crypto import constant_time_compare

from orders import calls
from orders.models import plain_waybill


@dataclass(frozen=True)
class Told:
    """One thing a carrier says of one parcel. ``collects``: the cash it will take at the door in whole đồng, None when
    it does not say."""

    waybill: str
    code: str
    occurred_at: dt.datetime
    text: str = ""
    collects: Decimal | None = None


class Reader(Protocol):
    """How one carrier's calls are known as its own, and what they say."""

    needs_secret: bool

    @staticmethod
    def is_signed(secret: str, said: Any, headers: Mapping[str, str]) -> bool: ...

    @staticmethod
    def read(said: Any) -> list[Told]: ...


def open_body(body: bytes) -> Any:
    """A body as JSON or as a form's fields; None when it is neither."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=60)) or None
    except ValueError:
        return None


def _has_token(secret: str, headers: Mapping[str, str]) -> bool:
    """GHN and GHTK: their guides name no signature, so the secret address is the key, and the ``Token`` header when the
    cooperative wrote one down."""
    return not secret or constant_time_compare(headers.get("Token", ""), secret)


class _GHN:
    """GHN: ``OrderCode``, ``Status``, ``Time``, ``Reason``, ``CODAmount``."""

    needs_secret = False

    @staticmethod
    def is_signed(secret: str, said: Any, headers: Mapping[str, str]) -> bool:
        return _has_token(secret, headers)

    @staticmethod
    def read(said: Any) -> list[Told]:
        if str(said.get("Type") or "switch_status").lower() not in ("create", "switch_status"):
            return []  # a new weight or fee: the parcel is where it was
        return [
            Told(
                _waybill(said["OrderCode"]),
                _code(said["Status"]),
                calls.moment(said["Time"]),
                calls.words(said.get("Reason"), 300),
                _collects(said.get("CODAmount")),
            )
        ]


class _GHTK:
    """GHTK: ``label_id``, ``status_id``, ``action_time``, ``reason``, ``pick_money``, as a form or JSON."""

    needs_secret = False

    @staticmethod
    def is_signed(secret: str, said: Any, headers: Mapping[str, str]) -> bool:
        return _has_token(secret, headers)

    @staticmethod
    def read(said: Any) -> list[Told]:
        return [
            Told(
                _waybill(said["label_id"]),
                _code(said["status_id"]),
                calls.moment(said["action_time"]),
                calls.words(said.get("reason"), 300),
                _collects(said.get("pick_money")),
            )
        ]


class _ViettelPost:
    """Viettel Post: ``DATA`` with ``ORDER_NUMBER``, ``ORDER_STATUS``, ``ORDER_STATUSDATE`` (day first), ``NOTE``,
    ``MONEY_COLLECTION``; ``TOKEN`` is the word that the cooperative gave it."""

    needs_secret = True

    @staticmethod
    def is_signed(secret: str, said: Any, headers: Mapping[str, str]) -> bool:
        token = said.get("TOKEN") if isinstance(said, dict) else None
        return isinstance(token, str) and constant_time_compare(token, secret)

    @staticmethod
    def read(said: Any) -> list[Told]:
        data = said["DATA"]
        rows = data if isinstance(data, list) else [data]
        return [
            Told(
                _waybill(row["ORDER_NUMBER"]),
                _code(row["ORDER_STATUS"]),
                calls.moment(row["ORDER_STATUSDATE"], "%d/%m/%Y %H:%M:%S"),
                calls.words(row.get("NOTE") or row.get("STATUS_NAME"), 300),
                _collects(row.get("MONEY_COLLECTION")),
            )
            for row in rows[:MOST_ROWS]
        ]


MOST_ROWS = 100
READERS: dict[str, Reader] = {"ghn": _GHN(), "ghtk": _GHTK(), "viettel-post": _ViettelPost()}


def _waybill(value: Any) -> str:
    text = plain_waybill(calls.words(value, 60))
    if not text:
        raise ValueError("no waybill")
    return text


def _code(value: Any) -> str:
    text = calls.words("0" if value == 0 else value, 40)
    if not text:
        raise ValueError("no status")
    return text


def _collects(value: Any) -> Decimal | None:
    """Whole đồng of cash at the door; None for nothing said or nothing to read: it decides nothing by itself."""
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        return None
    is_sum = amount.is_finite() and 0 <= amount <= calls.MOST_DONG and amount == int(amount)
    return Decimal(int(amount)) if is_sum else None
