"""The stall: what its page tells, open, closed for a while, or suspended by the alliance."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import check_upload
from marketplace.foundation.refusals import Refusal

from . import notices, papers
from .decisions import AlreadyDecided, decide, needed_reason
from .models import Cooperative, Stall
from .statuses import STALL_MOVES, Outcome, StallStatus

COOPERATIVE_FIELDS = ("about", "phone", "zalo", "email")


class StallSuspended(Refusal):
    code = "stall_suspended"
    default_text = _("Gian hàng đang bị liên minh tạm khoá, hợp tác xã chưa tự mở lại được.")


def open_stall(stall: Stall, *, by: Actor) -> Stall:
    """Open a stall that its cooperative had closed; opening an open one changes nothing. Locks the row.

    Raises StallSuspended while the alliance keeps it shut.
    """
    return _set_open(stall, StallStatus.OPEN, by)


def close_stall(stall: Stall, *, by: Actor) -> Stall:
    """Close for a while (holiday, harvest): goods stay visible nowhere, orders go on. Locks the row.

    Raises StallSuspended.
    """
    return _set_open(stall, StallStatus.CLOSED, by)


def suspend_stall(stall: Stall, *, reason: str, by: Actor) -> Stall:
    """Shut a stall at once by decision of the alliance and tell the cooperative why. Locks the row.

    Raises ReasonNeeded, AlreadyDecided when it is suspended already.
    """
    reason = needed_reason(reason)
    with transaction.atomic():
        stall = _locked(stall)
        if stall.status == StallStatus.SUSPENDED:
            raise AlreadyDecided.as_it_is(stall.get_status_display())
        return _decide(stall, StallStatus.SUSPENDED, Outcome.SUSPENDED, reason, by)


def restore_stall(stall: Stall, *, reason: str = "", by: Actor) -> Stall:
    """Open a suspended stall again and tell the cooperative. Locks the row.

    Raises AlreadyDecided unless suspended.
    """
    with transaction.atomic():
        stall = _locked(stall)
        if stall.status != StallStatus.SUSPENDED:
            raise AlreadyDecided.as_it_is(stall.get_status_display())
        return _decide(stall, StallStatus.OPEN, Outcome.RESTORED, reason, by)


def edit_stall(stall: Stall, *, by: Actor, banner: Any = None, **fields: Any) -> Stall:
    """Change what the stall's page tells of its cooperative.

    ``fields``: any of ``COOPERATIVE_FIELDS``; ``banner`` is an uploaded picture, re-encoded to at most 960 px: a
    phone pays for it. Live at once. Locks cooperative and stall. Raises papers.UnreadablePaper (field "banner").
    """
    unknown = set(fields) - set(COOPERATIVE_FIELDS)
    if unknown:
        raise ValueError(f"Not fields of a stall: {sorted(unknown)}.")
    picture = _banner(banner) if banner else None
    with transaction.atomic():
        stall = lock_stall(stall)
        cooperative = stall.cooperative
        before = {name: getattr(cooperative, name) for name in fields}
        changed = {name: value for name, value in fields.items() if before[name] != value}
        for name, value in changed.items():
            setattr(cooperative, name, value)
        if picture is not None:
            stall.banner.save(f"{uuid.uuid4().hex}.webp", ContentFile(picture), save=False)
        stall.version += 1
        stall.save(update_fields=["banner", "version"])
        if changed:
            cooperative.save(update_fields=list(changed))
        audit.record("stall.edit", stall, by=by, old={name: before[name] for name in changed}, new=changed)
    return stall


def touch(cooperative_id: int) -> None:
    """Say that what a stall shows has changed, its goods included; cached pieces are keyed by ``version``.

    Call it late in a transaction: the row stays locked until the end.
    """
    Stall.objects.filter(cooperative_id=cooperative_id).update(version=F("version") + 1)


def touch_all() -> None:
    """Say that something all stalls show has changed, such as the name of a kind of goods."""
    Stall.objects.update(version=F("version") + 1)


def all_versions() -> int:
    """One number that is another whenever any stall opened, closed, or changed what it shows; one small query.

    Versions only grow and stalls are never deleted, so the sum never comes back to an old value.
    """
    with connection.cursor() as cursor:  # by hand: nearly every page of the shop asks it
        cursor.execute("SELECT COALESCE(SUM(version), 0) FROM partner_stall")
        return int(cursor.fetchone()[0])


def move_stall(stall: Stall, status: StallStatus) -> None:
    """The only place that changes ``Stall.status``; the row is locked by the caller. Raises IllegalMove."""
    STALL_MOVES.check(StallStatus(stall.status), status)
    stall.status = status
    stall.version += 1
    stall.save(update_fields=["status", "version"])


def _set_open(stall: Stall, status: StallStatus, by: Actor) -> Stall:
    with transaction.atomic():
        stall = _locked(stall)
        if stall.status == StallStatus.SUSPENDED:
            raise StallSuspended
        if stall.status != status:
            move_stall(stall, status)
            audit.record(f"stall.{status}", stall, by=by)
    return stall


def _decide(stall: Stall, status: StallStatus, outcome: Outcome, reason: str, by: Actor) -> Stall:
    move_stall(stall, status)
    decision = decide(outcome, reason=reason, by=by, stall=stall)
    notices.stall_decided(stall, decision)
    return stall


def lock_stall(stall: Stall) -> Stall:
    """The cooperative's row and then the stall's, locked; in that order, as whoever verifies its bank account does."""
    Cooperative.objects.select_for_update(no_key=True).get(pk=stall.cooperative_id)
    return _locked(stall)


def _locked(stall: Stall) -> Stall:
    return (
        Stall.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cooperative")
        .get(pk=stall.pk)
    )


def _banner(upload: Any) -> bytes:
    try:
        check_upload(upload)
    except ValueError as wrong:
        raise papers.UnreadablePaper(str(wrong), field="banner") from None
    return papers.clean_picture(upload, longest=960, quality=60, encoding="WEBP")
