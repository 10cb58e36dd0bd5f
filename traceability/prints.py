"""The book of printed labels: who asked for which run, why again, and the job that draws and proves the sheets."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import Outbox
from marketplace.foundation.outbox import effect, enqueue
from marketplace.foundation.text import clean

from . import codes, labels, numbers, pins
from .labels import LabelsRefused, Offset
from .models import CodeRun, LabelPrint, Lot
from .statuses import PRINT_MOVES, CodeStatus, LotStatus, PrintStatus

logger = logging.getLogger(__name__)

SECONDS_BETWEEN = 1.0  # of telling how far the drawing is


def ask_for_lot(lot: Lot, count: int, *, layout: str, offset: Offset = Offset(), by: Actor) -> LabelPrint:
    """Promise ``count`` labels with the lot's own code. The same asked twice while it waits is one print.

    Raises LabelsRefused for what cannot be printed and for a recalled lot, NotReleased.
    """
    return _ask(lot, None, count, layout, offset, "", by)


def ask_for_run(
    run: CodeRun,
    *,
    layout: str,
    offset: Offset = Offset(),
    reason: str = "",
    has_pins: bool = False,
    by: Actor,
) -> LabelPrint:
    """Promise one label for each code of ``run`` that is in use, with a fresh scratch number each if ``has_pins``.

    A second set of the same codes is how copies begin: once a run was printed, or is being printed for somebody else,
    LabelsRefused unless a ``reason`` is given; the book keeps it. Also raised as for a lot.
    """
    return _ask(run.lot, run, len(codes.in_use(run)), layout, offset, clean(reason), by, has_pins=has_pins)


@transaction.atomic
def _ask(
    lot: Lot,
    run: CodeRun | None,
    count: int,
    layout: str,
    offset: Offset,
    reason: str,
    by: Actor,
    *,
    has_pins: bool = False,
) -> LabelPrint:
    lot = Lot.objects.select_for_update(of=("self",), no_key=True).get(pk=lot.pk)
    if lot.status == LotStatus.RECALLED:
        raise LabelsRefused(_("Lô đã bị thu hồi, không in tem nữa."))
    codes.check_released(lot)
    labels.check_asked(count, layout, offset)
    if has_pins and not labels.LAYOUTS[layout].words:
        raise LabelsRefused(_("Tem cỡ này không đủ chỗ cho số cào."), field="layout")
    asked = {
        "has_pins": has_pins,
        "run": run,
        "layout": layout,
        "right": offset.right,
        "down": offset.down,
        "count": count,
    }
    before = lot.label_prints.exclude(status=PrintStatus.FAILED)
    same = before.filter(status=PrintStatus.WAITING, by_user_id=by.user_id, **asked).first()
    if same is not None:
        return same
    if run is not None and len(reason) < 5 and before.filter(run=run).exists():
        raise LabelsRefused(_("Đợt mã này đã in rồi. Hãy ghi vì sao in lại, và bỏ tờ cũ đi."), field="reason")
    if run is None:
        codes.issue_lot_code(lot)
    made = LabelPrint.objects.create(lot=lot, reason=reason[:200], **asked, **signed(by))
    audit.record(
        "lot.labels",
        lot,
        by=by,
        kind="unit" if run else "lot",
        count=count,
        layout=layout,
        first=run.first + 1 if run else None,
        last=run.last if run else None,
        reason=reason[:200],
    )
    enqueue("labels_draw", f"labels_draw:{made.pk}", {"print": made.pk})
    return made


def runs(lot: Lot) -> QuerySet[CodeRun]:
    """Return the lot's runs, newest first, each with ``waiting``, its codes not yet on goods, and whether it was
    ``printed``; one query."""
    done = LabelPrint.objects.filter(run=OuterRef("pk")).exclude(status=PrintStatus.FAILED)
    waiting = Count("codes", filter=Q(codes__status=CodeStatus.PRINTED))
    return lot.code_runs.annotate(waiting=waiting, printed=Exists(done)).order_by("-first")


@effect("labels_draw", lease=900)
def draw(row: Outbox) -> None:
    """Draw the labels of a print, prove every sheet and keep the PDF; a worker that died is followed by another."""
    found = LabelPrint.objects.select_related("lot__product", "lot__cooperative", "run")
    made = found.get(pk=row.payload["print"])
    if made.status != PrintStatus.WAITING:
        return
    try:
        wanted = codes.in_use(made.run) if made.run else [codes.issue_lot_code(made.lot).code] * made.count
        if made.lot.status == LotStatus.RECALLED:
            raise LabelsRefused(_("Lô đã bị thu hồi, không in tem nữa."))
        drawn = pins.draw(wanted) if made.has_pins else {}
        pdf = labels.sheet_pdf(
            wanted,
            pins=drawn,
            gtin=numbers.gtin_of(made.lot.product),
            lot=made.lot,
            layout=made.layout,
            offset=Offset(made.right, made.down),
            progress=_teller(made),
        )
    except LabelsRefused as refusal:
        move_print(made, PrintStatus.FAILED, problem=str(refusal)[:300])
        return
    except labels.UnreadableCode:
        logger.exception("labels %s: a symbol does not read back", made.pk)
        unread = _("Có mã vẽ ra không đọc lại được, nên chưa in. Xin báo cho liên minh.")
        move_print(made, PrintStatus.FAILED, problem=str(unread))
        return
    made.file.save("tem.pdf", ContentFile(pdf), save=False)
    with transaction.atomic():
        pins.keep(drawn)
        move_print(made, PrintStatus.READY, file=made.file.name, count=len(wanted), done=len(wanted))


def _teller(made: LabelPrint) -> Callable[[int], None]:
    """Write how far the drawing is, once a second at most."""
    told = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        if time.monotonic() - told >= SECONDS_BETWEEN:
            told = time.monotonic()
            LabelPrint.objects.filter(pk=made.pk).update(done=done)

    return tell


@transaction.atomic
def move_print(made: LabelPrint, status: PrintStatus, **values: object) -> None:
    """Give a print its next status and write ``values`` with it. Locks it. Raises IllegalMove the second time."""
    locked = LabelPrint.objects.select_for_update(of=("self",), no_key=True).get(pk=made.pk)
    PRINT_MOVES.check(PrintStatus(locked.status), status)
    locked.status = status
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=["status", *values])
