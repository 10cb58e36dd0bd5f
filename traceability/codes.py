"""Codes on labels: one of eight characters for a lot, one of thirteen for each packet that gets its own."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import products
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import new_code
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.rows import write_many
from marketplace.foundation.text import clean

from .models import CodeRun, Lot, TraceCode
from .statuses import CODE_MOVES, CodeKind, CodeStatus, DossierStatus, LotStatus

LOT_LENGTH, UNIT_LENGTH = 8, 13
MOST_AT_ONCE = 2000  # what one print can hold
BLOCK = 10_000


class CodeRefused(Refusal):
    """Codes may not be issued or moved that way."""

    code = "code_refused"


class NotReleased(Refusal):
    """Labels wait until the lot's dossier is complete and somebody released it."""

    code = "not_released"
    default_text = _("Hồ sơ lô chưa chốt nên chưa in, chưa dán tem được. Hãy mở “Hồ sơ lô”, ghi đủ rồi chốt.")


def check_released(lot: Lot) -> None:
    """Raise NotReleased for a lot whose labels may not go on goods yet. Call under the lot's lock."""
    if lot.dossier != DossierStatus.RELEASED:
        raise NotReleased


def issue_lot_code(lot: Lot) -> TraceCode:
    """Return the lot's code in use; make one when there is none. A code that is taken already is drawn again."""
    for _attempt in range(20):
        code = lot.codes.filter(kind=CodeKind.LOT, status=CodeStatus.ACTIVATED).first()
        if code is not None:
            return code
        try:
            with transaction.atomic():
                return TraceCode.objects.create(code=new_code(LOT_LENGTH), lot=lot, kind=CodeKind.LOT)
        except IntegrityError:
            continue
    raise RuntimeError("no free lot code after 20 draws")


@transaction.atomic
def issue_unit_codes(lot: Lot, count: int, *, by: Actor, seen: int | None = None) -> CodeRun:
    """Make ``count`` codes (at most 2,000), one for each packet of ``lot``, and return their run.

    They are for labels yet to be printed: who scans one is warned until ``activate_run`` or a packing event says that
    they are on goods. ``seen`` is the number of unit codes when the form was shown: the same person sending the form
    again gets the same run back, so that no second set is printed; anybody else is refused and must look again. Locks
    the lot. Raises CodeRefused for a wrong count or a recalled lot, NotReleased.
    """
    lot = Lot.objects.select_for_update(no_key=True).get(pk=lot.pk)
    if not 1 <= count <= MOST_AT_ONCE:
        raise CodeRefused(_("Mỗi lần cấp được từ 1 đến 2.000 mã."), field="count")
    if lot.status == LotStatus.RECALLED:
        raise CodeRefused(_("Lô đã bị thu hồi, không cấp thêm mã."))
    check_released(lot)
    issued = units_issued(lot)
    first = issued if seen is None else seen
    if first != issued:
        again = lot.code_runs.filter(first=first, count=count, by_user_id=by.user_id).first()
        if again is None:
            raise CodeRefused(
                _("Có người vừa cấp mã cho lô này. Xin mở lại trang rồi làm lần nữa."), field="count"
            )
        return again
    run = CodeRun.objects.create(lot=lot, first=first, count=count, **signed(by))
    fill(run)
    audit.record("lot.unit_codes", lot, by=by, first=first, count=count)
    return run


def fill(run: CodeRun) -> None:
    """Write the codes of a fresh run, in blocks; a block with a code that is taken is drawn again.

    Call inside the transaction that made the run.
    """
    for start in range(0, run.count, BLOCK):
        size = min(BLOCK, run.count - start)
        for _attempt in range(20):
            try:
                with transaction.atomic():
                    _write(run, start, size)
                break
            except IntegrityError:
                continue
        else:
            raise RuntimeError("no free unit codes after 20 draws")


def _write(run: CodeRun, start: int, size: int) -> None:
    now = timezone.now()
    names = ("code", "number", "lot_id", "kind", "status", "issued_at", "run_id")
    rest = (run.lot_id, CodeKind.UNIT, CodeStatus.PRINTED, now, run.pk)
    write_many(
        TraceCode,
        names,
        [(new_code(UNIT_LENGTH), start + number, *rest) for number in range(1, size + 1)],
    )


def units_issued(lot: Lot) -> int:
    """Return how many unit codes ``lot`` has, without counting them one by one."""
    newest = lot.code_runs.order_by("-first").first()
    return newest.last if newest else 0


def in_use(run: CodeRun) -> list[str]:
    """Return the codes of ``run`` that may be printed, in their order; retired and recalled ones are left out."""
    usable = run.codes.exclude(status__in=[CodeStatus.REVOKED, CodeStatus.RECALLED])
    return list(usable.order_by("number").values_list("code", flat=True))


# --- one verb a move ------------------------------------------------------------------------------------------


@transaction.atomic
def activate_run(run: CodeRun, *, by: Actor) -> int:
    """Say that the labels of ``run`` are on goods; return how many codes that activated. Locks the lot.

    Raises CodeRefused when the lot was recalled. Said twice it changes nothing.
    """
    lot = Lot.objects.select_for_update(no_key=True).get(pk=run.lot_id)
    if lot.status == LotStatus.RECALLED:
        raise CodeRefused(_("Lô đã bị thu hồi, không dùng mã được nữa."))
    moved = _move_all(run.codes.all(), CodeStatus.ACTIVATED)
    if moved:
        audit.record("lot.codes_activated", lot, by=by, first=run.first, count=moved)
    return moved


@transaction.atomic
def activate_packed(lot: Lot, *, by: Actor) -> int:
    """Activate every code of ``lot`` that was issued before it was packed; return how many."""
    moved = _move_all(_units(lot), CodeStatus.ACTIVATED)
    if moved:
        audit.record("lot.codes_activated", lot, by=by, count=moved)
    return moved


@transaction.atomic
def sell(code: TraceCode, *, by: Actor) -> TraceCode:
    """Say that the packet was sold. Raises IllegalMove unless its code is activated."""
    code = move_code(_locked(code), CodeStatus.SOLD)
    audit.record("trace_code.sell", code, by=by, lot=code.lot_id)
    return code


@transaction.atomic
def revoke(code: TraceCode, *, by: Actor, reason: str = "") -> TraceCode:
    """Take a code out of use (a lost roll, a misprint); whoever scans it is warned. Raises IllegalMove twice."""
    code = move_code(_locked(code), CodeStatus.REVOKED)
    audit.record("trace_code.revoke", code, by=by, reason=clean(reason), lot=code.lot_id)
    products.touch(code.lot.product)  # its page links to lots with a code in use
    code.lot.neighbours.update(version=F("version") + 1)  # so do theirs
    return code


def recall_units(lot: Lot) -> int:
    """Mark every packet's code of a lot that is being recalled; return how many. The caller holds the lot's lock."""
    return _move_all(_units(lot), CodeStatus.RECALLED, before_recall=F("status"))


def move_units_back(lot: Lot) -> int:
    """Give every packet's code the status it had before the lot was recalled; return how many. The lot is locked."""
    recalled = _units(lot).filter(status=CodeStatus.RECALLED).exclude(before_recall="")
    return recalled.update(status=F("before_recall"), before_recall="")


def move_code(code: TraceCode, status: CodeStatus) -> TraceCode:
    """Give a locked code its next status. Raises IllegalMove when the table has no such move."""
    CODE_MOVES.check(CodeStatus(code.status), status)
    code.status = status
    code.save(update_fields=["status"])
    return code


def _move_all(codes: QuerySet[TraceCode], status: CodeStatus, **also: Any) -> int:
    """Move those of ``codes`` that may become ``status``, by the same table as one alone; ``also``: other columns."""
    starts = [start for start, ends in CODE_MOVES.table.items() if status in ends]
    return codes.filter(status__in=starts).update(status=status, **also)


def _units(lot: Lot) -> QuerySet[TraceCode]:
    return lot.codes.filter(kind=CodeKind.UNIT)


def _locked(code: TraceCode) -> TraceCode:
    return TraceCode.objects.select_for_update(no_key=True).get(pk=code.pk)


def lot_code(lot: Lot) -> str | None:
    """Return the lot's code in use; without a query when it was annotated or its codes are prefetched."""
    if hasattr(lot, "code_in_use"):
        return lot.code_in_use
    if "codes" in getattr(lot, "_prefetched_objects_cache", {}):
        found = (
            c.code for c in lot.codes.all() if c.kind == CodeKind.LOT and c.status == CodeStatus.ACTIVATED
        )
        return next(found, None)
    return lot_codes(lot.pk).first()


def with_lot_code(lots: QuerySet[Lot]) -> QuerySet[Lot]:
    """Return ``lots``, each with ``code_in_use``: its lot code in use, or None."""
    return lots.annotate(code_in_use=Subquery(lot_codes(OuterRef("pk"))[:1]))


def lot_codes(lot: Any) -> QuerySet[TraceCode, str]:
    """Return the code in use of ``lot``, a key or an expression for one."""
    active = TraceCode.objects.filter(lot=lot, kind=CodeKind.LOT, status=CodeStatus.ACTIVATED)
    return active.order_by().values_list("code", flat=True)
