"""Moderation: a product is sent in, an officer approves it, asks for changes, refuses, suspends or restores it."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives import sets
from cooperatives.statuses import Outcome
from marketplace.accounts import audit
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import low
from marketplace.foundation.transitions import IllegalMove

from . import notices, products, search
from .categories import is_food
from .decisions import decide
from .models import Product
from .statuses import PRODUCT_MOVES, ProductStatus


class NotReady(Refusal):
    """Something that must be there is missing; ``details["missing"]`` maps fields to words."""

    code = "not_ready"


def move_product(product: Product, status: ProductStatus) -> None:
    """Set the status of a locked product; the only place that does. Raises IllegalMove."""
    PRODUCT_MOVES.check(ProductStatus(product.status), status)
    product.status = status
    product.save(update_fields=["status", "date_updated"])
    products.touch(product)
    sets.pause(product.pk, is_paused=status == ProductStatus.SUSPENDED)


def submit(product: Product, *, by: Actor) -> Product:
    """Send a product to the alliance. Locks it. Raises NotReady with what is missing, IllegalMove."""
    with transaction.atomic():
        row = products.lock(product)
        PRODUCT_MOVES.check(ProductStatus(row.status), ProductStatus.SUBMITTED)
        missing = products.missing_to_submit(row)
        if missing:
            raise NotReady(
                _("Còn thiếu: %(missing)s.") % {"missing": ", ".join(missing.values())},
                field=next(iter(missing)),
                details={"missing": missing},
            )
        move_product(row, ProductStatus.SUBMITTED)
        row.submitted_at = timezone.now()
        row.save(update_fields=["submitted_at"])
        audit.record("product.submit", row, by=by)
    return row


def approve(product: Product, *, by: Actor, reason: str = "") -> Product:
    """Put a submitted product on the shelf: searchable, its address fixed from now on, the cooperative told.

    Locks the product. Raises IllegalMove.
    """
    with transaction.atomic():
        row = products.lock(product)
        _must_be(ProductStatus.SUBMITTED, row)
        row.approved_at = row.approved_at or timezone.now()
        row.save(update_fields=["approved_at"])
        return _decide(row, ProductStatus.APPROVED, Outcome.APPROVED, reason, by)


def ask_for_changes(product: Product, *, reason: str, by: Actor) -> Product:
    """Send a submitted product back with a reason; it may be edited again. Raises ReasonNeeded, IllegalMove."""
    with transaction.atomic():
        row = products.lock(product)
        return _decide(row, ProductStatus.CHANGES_REQUESTED, Outcome.CHANGES_REQUESTED, reason, by)


def refuse(product: Product, *, reason: str, by: Actor) -> Product:
    """Say that a submitted product may not be sold here. Final. Raises ReasonNeeded, IllegalMove."""
    with transaction.atomic():
        row = products.lock(product)
        return _decide(row, ProductStatus.REFUSED, Outcome.REFUSED, reason, by)


def suspend(product: Product, *, reason: str, by: Actor) -> Product:
    """Take a product off the shelf at once; orders in flight go on. Raises ReasonNeeded, IllegalMove."""
    with transaction.atomic():
        row = products.lock(product)
        return _decide(row, ProductStatus.SUSPENDED, Outcome.SUSPENDED, reason, by)


def restore(product: Product, *, by: Actor, reason: str = "") -> Product:
    """Put a suspended product back on the shelf. Raises IllegalMove for any other."""
    with transaction.atomic():
        row = products.lock(product)
        _must_be(ProductStatus.SUSPENDED, row)
        return _decide(row, ProductStatus.APPROVED, Outcome.RESTORED, reason, by)


def _must_be(status: ProductStatus, row: Product) -> None:
    """Two arrows lead to "approved"; each verb follows its own."""
    PRODUCT_MOVES.check(ProductStatus(row.status), ProductStatus.APPROVED)
    if row.status != status:
        raise IllegalMove(
            _("Hàng này đang ở bước khác. Hãy tải lại trang."),
            details={"start": row.status, "end": ProductStatus.APPROVED.value},
        )


def _decide(row: Product, status: ProductStatus, outcome: Outcome, reason: str, by: Actor) -> Product:
    move_product(row, status)
    decision = decide(row, outcome, reason=reason, by=by)
    search.index(row)
    notices.product_decided(row, decision)
    return row


# --- words that food may not carry ------------------------------------------------------------------------
# Claims to heal need papers of their own (domain.md 7.5); an officer sees them marked and decides.
CLAIMS = (
    "chữa", "chữa bệnh", "trị bệnh", "đặc trị", "điều trị", "trị dứt điểm", "khỏi bệnh", "hết bệnh", "phòng bệnh",
    "thần dược", "thuốc tiên", "thay thế thuốc", "cam kết khỏi", "khỏi hẳn", "chống ung thư", "ung thư",
    "tiểu đường", "mất ngủ", "giảm cân cấp tốc", "tăng cường sinh lý",
)  # fmt: skip
_CLAIM = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, CLAIMS), key=len, reverse=True)) + r")(?!\w)"
)


def flagged_words(text: str) -> list[str]:
    """The words in ``text`` that claim to heal, each once, as they come. Marks matter: "chua" is only sour.

    >>> flagged_words("Trà thơm, CHỮA mất ngủ; canh chua")
    ['chữa', 'mất ngủ']
    """
    return list(dict.fromkeys(_CLAIM.findall(low(text))))


def flagged_in(product: Product) -> list[str]:
    """The healing words anywhere in a food's texts; handicrafts have none to fear."""
    if not is_food(product.category):
        return []
    texts = (product.title, product.description, product.usage, product.ingredients, product.warnings)
    return list(dict.fromkeys(word for text in texts for word in flagged_words(text)))
