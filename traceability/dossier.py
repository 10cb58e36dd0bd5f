"""A lot's dossier: what Decree 37/2026 art. 23.5 wants told of goods, item by item, and the word that all of it is.

What is filled lies where it always lay (product, cooperative, events, papers) and is read anew each time. Kept here is
only why an item does not apply, and that the lot was released: its labels may go on goods from then on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.models import PaperKind
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from . import events, lots, uploads
from .models import Lot, LotPaper, LotWaiver
from .statuses import DOSSIER_MOVES, MAY_BE_WAIVED, DossierItem, DossierStatus, LotStatus


class NotComplete(Refusal):
    """Items are empty and nobody said why; ``details["missing"]`` holds their keys."""

    code = "not_complete"


class WaiverRefused(Refusal):
    """The item cannot be left out that way."""

    code = "waiver_refused"


@dataclass(frozen=True)
class Item:
    """One item of the list: what is told (empty when nothing is), or why it does not apply."""

    key: DossierItem
    told: str
    waived: str = ""

    @property
    def is_done(self) -> bool:
        return bool(self.told or self.waived)

    @property
    def may_be_waived(self) -> bool:
        return self.key in MAY_BE_WAIVED


def items_of(lot: Lot) -> list[Item]:
    """Return the nine items of ``lot`` as they stand, in the order of the decree; four queries."""
    pictures = lot.product.images.filter(is_live=True).count()
    return items(
        lot,
        pictures=pictures,
        steps=len(events.journey(lot)),
        papers=lot.lot_papers.all(),
        waived=dict(lot.waivers.values_list("item", "reason")),
    )


def items(
    lot: Lot, *, pictures: int, steps: int, papers: Iterable[LotPaper], waived: Mapping[str, str]
) -> list[Item]:
    """Return the nine items of ``lot`` from what was read already; no query."""
    product, cooperative = lot.product, lot.cooperative
    standards = [
        paper.title
        for paper in papers
        if paper.kind in (PaperKind.STANDARD, PaperKind.FOOD_SAFETY) and not paper.has_lapsed
    ]
    told = {
        DossierItem.NAME: product.name,
        DossierItem.PICTURE: gettext("%(n)s ảnh") % {"n": pictures} if pictures else "",
        DossierItem.MAKER: product.maker or cooperative.name,
        DossierItem.ADDRESS: cooperative.whole,
        DossierItem.ORIGIN: product.origin or cooperative.place,
        DossierItem.EVENTS: gettext("%(n)s việc") % {"n": steps} if steps else "",
        DossierItem.LABEL: lot.number,
        DossierItem.EXPIRY: f"{lot.expires_on:%d/%m/%Y}" if lot.expires_on else product.shelf_life,
        DossierItem.STANDARD: product.standard or ", ".join(standards),
    }
    return [Item(key, told[key], "" if told[key] else waived.get(key, "")) for key in DossierItem]


def missing(found: Iterable[Item]) -> list[Item]:
    """Return the items that are empty without a reason."""
    return [item for item in found if not item.is_done]


@transaction.atomic
def waive(lot: Lot, item: str, *, reason: str, by: Actor) -> LotWaiver:
    """Say why ``item`` does not apply to ``lot``; everybody who scans it reads the reason. Locks the lot.

    The same again is one row; another reason takes the place of the old one, which the audit keeps. Raises
    WaiverRefused for an item that all goods have, and without a reason.
    """
    lot = lots.locked(lot)
    if item not in MAY_BE_WAIVED:
        raise WaiverRefused(_("Mục này hàng nào cũng phải có."), field="item")
    reason = clean(reason)
    if len(reason) < 5:
        raise WaiverRefused(_("Hãy ghi vì sao không áp dụng."), field="reason")
    if len(reason) > 200:
        raise WaiverRefused(_("Lý do dài quá 200 chữ."), field="reason")
    before = lot.waivers.filter(item=item).first()
    if before is not None and before.reason == reason:
        return before
    said, _is_new = LotWaiver.objects.update_or_create(
        lot=lot, item=item, defaults={"reason": reason, **signed(by)}
    )
    audit.record("lot.waive", lot, by=by, item=item, reason=reason, before=before.reason if before else "")
    lots.touch(lot)
    return said


@transaction.atomic
def set_expiry(lot: Lot, expires_on: dt.date, *, by: Actor) -> Lot:
    """Write the expiry that was left open when the lot was. Locks the lot; the same day again changes nothing.

    Raises LotRefused when another day is written, because labels may tell it, and for an impossible day.
    """
    lot = lots.locked(lot)
    if lot.expires_on == expires_on:
        return lot
    if lot.expires_on is not None:
        raise lots.LotRefused(_("Lô đã có hạn dùng, không đổi được nữa."), field="expires_on")
    lots.check_days(lot.made_on, lot.packed_on, expires_on)
    lot.expires_on = expires_on
    lot.save(update_fields=["expires_on"])
    audit.record("lot.expiry", lot, by=by, expires_on=expires_on)
    lots.touch(lot)
    return lot


@transaction.atomic
def release_lot(lot: Lot, *, by: Actor) -> Lot:
    """Say that the dossier of ``lot`` is complete: from now on its labels may be printed and stuck on. Locks the lot.

    Raises NotComplete, which names the items that are empty without a reason, or the events whose photos are missing or
    that a manager has not looked at; LotRefused for a recalled lot, and IllegalMove the second time.
    """
    lot = lots.locked(lot)
    if lot.status == LotStatus.RECALLED:
        raise lots.LotRefused(_("Lô đã bị thu hồi."))
    empty = missing(items_of(lot))
    if empty:
        names = ", ".join(str(item.key.label) for item in empty)
        raise NotComplete(
            gettext("Hồ sơ còn thiếu: %(items)s.") % {"items": names},
            details={"missing": [item.key.value for item in empty]},
        )
    waiting = uploads.unfinished(lot)
    if waiting:
        raise NotComplete(
            _("Có việc còn thiếu ảnh hoặc chưa được giám đốc xem. Xin xem lại các việc của lô."),
            code="events_wait",
            details={"events": [str(one.pk) for one in waiting]},
        )
    lot = move_dossier(lot, DossierStatus.RELEASED)
    audit.record("lot.release", lot, by=by)
    lots.touch(lot)
    return lot


def move_dossier(lot: Lot, status: DossierStatus) -> Lot:
    """Give the dossier of a locked lot its next status. Raises IllegalMove when the table has no such move."""
    DOSSIER_MOVES.check(DossierStatus(lot.dossier), status)
    lot.dossier = status
    lot.save(update_fields=["dossier"])
    return lot
