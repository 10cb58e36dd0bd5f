"""Codes on labels: one of eight characters for a lot, one of thirteen for each packet that gets its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from catalog import products
from marketplace.accounts import audit
from marketplace.accounts.models import AuditRow
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import new_code
from marketplace.foundation.refusals import Refusal

from .models import Lot, TraceCode
from .statuses import CODE_MOVES, CodeKind, CodeStatus, LotStatus

LOT_LENGTH, UNIT_LENGTH = 8, 13
MOST_AT_ONCE = 2000


class CodeRefused(Refusal):
    """Codes may not be issued or retired that way."""

    code = "code_refused"


@dataclass(frozen=True)
class Batch:
    """Unit codes that were issued together: ``count`` of them behind the ``first`` earlier ones, when, by whom."""

    first: int
    count: int
    at: dt.datetime
    by_label: str

    @property
    def last(self) -> int:
        return self.first + self.count


def issue_lot_code(lot: Lot) -> TraceCode:
    """Return the lot's code in use; make one when there is none. A code that is taken already is drawn again."""
    for _attempt in range(20):
        code = lot.codes.filter(kind=CodeKind.LOT, status=CodeStatus.ACTIVE).first()
        if code is not None:
            return code
        try:
            with transaction.atomic():
                return TraceCode.objects.create(code=new_code(LOT_LENGTH), lot=lot, kind=CodeKind.LOT)
        except IntegrityError:
            continue
    raise RuntimeError("no free lot code after 20 draws")


@transaction.atomic
def issue_unit_codes(lot: Lot, count: int, *, by: Actor, seen: int | None = None) -> list[TraceCode]:
    """Make ``count`` codes (at most 2,000), one for each packet of ``lot``.

    ``seen`` is the number of unit codes when the form was shown: the same person sending the form again gets the
    same codes back, so that no second set is printed; anybody else is refused and must look again. Locks the lot.
    Raises CodeRefused for a wrong count or a recalled lot.
    """
    lot = Lot.objects.select_for_update(no_key=True).get(pk=lot.pk)
    if not 1 <= count <= MOST_AT_ONCE:
        raise CodeRefused(_("Mỗi lần cấp được từ 1 đến 2.000 mã."), field="count")
    if lot.status == LotStatus.RECALLED:
        raise CodeRefused(_("Lô đã bị thu hồi, không cấp thêm mã."))
    units = lot.codes.filter(kind=CodeKind.UNIT)
    issued = units.count()
    first = issued if seen is None else seen
    if first != issued:
        if not _issued_by(lot, by, first, count):
            raise CodeRefused(
                _("Có người vừa cấp mã cho lô này. Xin mở lại trang rồi làm lần nữa."), field="count"
            )
        return batch(lot, first, count)
    fresh: set[str] = set()
    while len(fresh) < count:
        drawn = {new_code(UNIT_LENGTH) for _n in range(count - len(fresh))}
        fresh |= drawn - set(TraceCode.objects.filter(code__in=drawn).values_list("code", flat=True))
    made = TraceCode.objects.bulk_create(
        [TraceCode(code=code, lot=lot, kind=CodeKind.UNIT) for code in fresh], batch_size=500
    )
    audit.record("lot.unit_codes", lot, by=by, first=first, count=count)
    return made


def _issued_by(lot: Lot, by: Actor, first: int, count: int) -> bool:
    rows = _issued(lot).filter(
        by_user_id=by.user_id, detail__values__first=first, detail__values__count=count
    )
    return rows.exists()


def _issued(lot: Lot) -> QuerySet[AuditRow]:
    return AuditRow.objects.filter(object_type="lot", object_id=str(lot.pk), verb="lot.unit_codes")


def batches(lot: Lot) -> list[Batch]:
    """Return the batches of unit codes of ``lot``, newest first, as the audit trail tells them."""
    rows = _issued(lot).filter(detail__isnull=False).select_related("detail").order_by("-pk")
    return [
        Batch(row.detail.values["first"], row.detail.values["count"], row.at, row.by_label) for row in rows
    ]


def batch(lot: Lot, first: int, count: int) -> list[TraceCode]:
    """Return the ``count`` unit codes of ``lot`` behind the ``first`` oldest, retired ones left out.

    Codes of one lot are issued under its lock, so the order of issue never changes.
    """
    units = lot.codes.filter(kind=CodeKind.UNIT).order_by("issued_at", "code")
    return [code for code in units[first : first + count] if code.status == CodeStatus.ACTIVE]


@transaction.atomic
def retire(code: TraceCode, *, by: Actor, reason: str = "") -> TraceCode:
    """Take a code out of use (a lost roll, a misprint); whoever scans it is warned. Raises IllegalMove twice."""
    code = move_code(TraceCode.objects.select_for_update(no_key=True).get(pk=code.pk), CodeStatus.RETIRED)
    audit.record("trace_code.retire", code, by=by, reason=reason, lot=code.lot_id)
    products.touch(code.lot.product)  # its page links to lots with a code in use
    return code


def move_code(code: TraceCode, status: CodeStatus) -> TraceCode:
    """Give a locked code its next status. Raises IllegalMove when the table has no such move."""
    CODE_MOVES.check(CodeStatus(code.status), status)
    code.status = status
    code.save(update_fields=["status"])
    return code


def lot_code(lot: Lot) -> str | None:
    """Return the lot's code in use; without a query when it was annotated or its codes are prefetched."""
    if hasattr(lot, "code_in_use"):
        return lot.code_in_use
    if "codes" in getattr(lot, "_prefetched_objects_cache", {}):
        found = (c.code for c in lot.codes.all() if c.kind == CodeKind.LOT and c.status == CodeStatus.ACTIVE)
        return next(found, None)
    return _lot_codes(lot.pk).first()


def with_lot_code(lots: QuerySet[Lot]) -> QuerySet[Lot]:
    """Return ``lots``, each with ``code_in_use``: its lot code in use, or None."""
    return lots.annotate(code_in_use=Subquery(_lot_codes(OuterRef("pk"))[:1]))


def _lot_codes(lot: Any) -> QuerySet[TraceCode, str]:
    active = TraceCode.objects.filter(lot=lot, kind=CodeKind.LOT, status=CodeStatus.ACTIVE)
    return active.order_by().values_list("code", flat=True)
