"""Sets: goods that are sold together at one price and whose stock comes off their parts (decision 020).

A set is a stock record with parts of its own cooperative. It holds no stock: it has as many as its parts make, and
who buys it holds the parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import share
from marketplace.foundation.refusals import Refusal

from . import stock
from .models import SetPart, StockRecord

MOST_PARTS = 12
MOST_UNITS = 99  # of one part in one set


class WrongSet(Refusal):
    code = "wrong_set"


def set_parts(stock_record: StockRecord, parts: Mapping[int, int], *, by: Actor) -> StockRecord:
    """Make ``stock_record`` a set of ``parts`` (stock record id → units in one set); none make it no set any more.

    Orders that were placed keep their lines. A set whose weight nobody wrote weighs what its parts do. Locks the
    stock rows of the set and of its parts in key order. Raises WrongSet.
    """
    with transaction.atomic():
        rows = stock.lock_all({stock_record.pk, *parts})
        whole = rows[stock_record.pk]
        if parts:
            check_parts(whole, parts, rows)
        SetPart.objects.filter(whole=whole).delete()
        SetPart.objects.bulk_create(
            SetPart(whole=whole, part_id=key, units=units) for key, units in parts.items()
        )
        whole.is_set = bool(parts)
        grams = [(rows[key].unit_grams or 0) * units for key, units in parts.items()]
        if all(grams):
            whole.unit_grams = whole.unit_grams or sum(grams) or None
        whole.save(update_fields=["is_set", "unit_grams"])
        audit.record("set.parts", whole, by=by, parts={str(key): units for key, units in parts.items()})
    return whole


def check_parts(whole: StockRecord, parts: Mapping[int, int], rows: Mapping[int, StockRecord]) -> None:
    """Raise WrongSet unless ``parts`` make a set of ``whole``; ``rows`` are the stock records of the parts by key.

    Three queries at most. Under the rows' locks the answer holds.
    """
    if len(parts) > MOST_PARTS:
        raise WrongSet(gettext("Một bộ có nhiều nhất %(most)s món.") % {"most": MOST_PARTS})
    if any(not 1 <= units <= MOST_UNITS for units in parts.values()):
        raise WrongSet(gettext("Số của mỗi món trong bộ phải từ 1 đến %(most)s.") % {"most": MOST_UNITS})
    if sum(parts.values()) < 2:
        raise WrongSet(_("Một bộ phải có ít nhất hai món, hoặc hai đơn vị của một món."))
    found = [rows[key] for key in parts if key in rows]
    if len(found) < len(parts) or any(row.partner_id != whole.partner_id for row in found):
        raise WrongSet(_("Trong bộ chỉ có hàng của chính hợp tác xã."))
    if whole.pk in parts or any(row.is_set for row in found):
        raise WrongSet(_("Một bộ không nằm trong bộ khác được."))
    if whole.is_weighed or any(row.is_weighed for row in found):
        raise WrongSet(_("Hàng tính tiền theo cân không nằm trong bộ được."))
    if whole.in_sets.exists():
        raise WrongSet(_("Hàng này đang nằm trong một bộ, nên không thành bộ được."))
    if whole.num_in_stock or whole.num_allocated:
        raise WrongSet(_("Hàng này đang có số trong kho. Bộ lấy hàng từ các món: hãy đưa số về 0 trước."))
    if whole.price_windows.filter(limit__isnull=False, ends_at__gt=timezone.now()).exists():
        raise WrongSet(_("Hàng này đang có giá trong đợt với số lượng nhiều nhất. Hãy bỏ đợt đó trước."))


def parts_of(sets: Iterable[int]) -> dict[int, list[SetPart]]:
    """Return stock record id of a set → its parts in their order, with stock records and products; one query, none
    without sets."""
    found: dict[int, list[SetPart]] = {key: [] for key in sets}
    if found:
        for part in SetPart.objects.filter(whole__in=found).select_related("part__product").order_by("pk"):
            found[part.whole_id].append(part)
    return found


def pause(product_id: int, *, is_paused: bool) -> None:
    """Say that a product was taken off the shelf, or stands there again: sets with it are sold out meanwhile."""
    StockRecord.objects.filter(product_id=product_id).update(is_paused=is_paused)


def price_shares(price: Decimal, parts: Sequence[SetPart]) -> list[Decimal]:
    """Divide the ``price`` of one set over its parts in proportion to what their units cost alone, in whole đồng.

    The shares add up to the price; none is 0 ₫ while the price has a đồng for each part.
    """
    shares = share(price, [part.part.price * part.units for part in parts])
    while 0 in shares and max(shares) > 1:
        shares[shares.index(max(shares))] -= 1
        shares[shares.index(Decimal(0))] += 1
    return shares


def part_that_limits(parts: Iterable[SetPart]) -> SetPart | None:
    """Return the part of which the fewest sets can be made now, the first of several."""
    return min(parts, key=sets_from, default=None)


def sets_from(part: SetPart) -> int:
    """How many sets this part alone allows now."""
    return 0 if part.part.is_paused else part.part.available // part.units
