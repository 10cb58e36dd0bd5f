"""What outside services tell us by webhook, read with suspicion: moments, amounts, words, and the ways it fails."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

MOST_BYTES = 64 * 1024
MOST_DONG = 10**11
BROKEN = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError)  # what reading nonsense ends in


class NotTheirs(Refusal):
    """The call is not signed by whom it says it is from; nothing was written."""

    code = "not_theirs"
    default_text = _("Chữ ký không đúng.")


class Unreadable(Refusal):
    """The call is signed but says nothing that can be used; it is kept in words for a person to see."""

    code = "unreadable"
    default_text = _("Không đọc được báo này.")


def dong(value: Any) -> Decimal:
    """Whole đồng above zero. Raises ValueError for anything else."""
    amount = Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if amount is None or not amount.is_finite() or amount != int(amount) or not 0 < amount <= MOST_DONG:
        raise ValueError(f"not an amount: {str(value)[:40]}")
    return Decimal(int(amount))


def moment(value: Any, form: str = "") -> dt.datetime:
    """A moment in ISO 8601 or as ``form`` says; without a zone it is Việt Nam's. Raises ValueError."""
    text = str(value)[:40]
    read = dt.datetime.strptime(text, form) if form else dt.datetime.fromisoformat(text[:32])  # noqa: DTZ007
    if not 2015 <= read.year <= 2100:
        raise ValueError("not a moment of this market")
    return timezone.make_aware(read) if timezone.is_naive(read) else read


def words(value: Any, most: int = 500) -> str:
    """Any value as clean words, at most so many characters."""
    return clean(str(value or ""))[:most]


def beginning(body: bytes, most: int = 300) -> str:
    """The beginning of a body in words, for a person to see."""
    return clean(body[:most].decode("utf-8", "replace"))[:most]
