"""Photos of events: taken in one by one, cleaned, shown small on pages."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from catalog import pictures
from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import check_upload
from marketplace.foundation.nested import Rows
from marketplace.foundation.refusals import Refusal

from . import lots
from .models import EventPhoto, EventUpload, Lot

MOST_BYTES = 8 * 1024 * 1024
MOST_PHOTOS = 6  # of one event
SMALL = 320  # px wide, on pages


class PhotoRefused(Refusal):
    """The photo does not belong to the event, or is none."""

    code = "photo_refused"


class Picture(NamedTuple):
    """One photo as a page shows it: addresses of the small one and of the whole one."""

    slot: int
    small: str
    whole: str


def keep(
    cooperative: Cooperative, event_id: Any, slot: int, data: bytes, *, by: Actor
) -> tuple[EventPhoto, bool]:
    """Keep ``data`` as the photo in ``slot`` of an event that a phone of ``cooperative`` sent; whether it is new.

    The same bytes again are the same photo; equal bytes in two slots are two. Locks the lot, then the upload. Raises
    PhotoRefused: ``event_unknown``, ``photo_conflict`` for other bytes in a slot that is filled, ``not_in_manifest``,
    ``not_a_picture``.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    mine = EventUpload.objects.filter(lot__cooperative=cooperative, pk=event_id)
    known = _expected(mine.first(), slot, sha256)
    if known is not None:
        return known, False
    whole, small = _cleaned(data)
    with transaction.atomic():
        lots.locked(Lot(pk=mine.values_list("lot", flat=True).get()))  # before the upload, as everybody does
        upload = mine.select_related("lot__product").select_for_update(of=("self",), no_key=True).get()
        known = _expected(upload, slot, sha256)
        if known is not None:
            return known, False
        photo = EventPhoto(upload=upload, slot=slot, sha256=sha256, **signed(by))
        photo.file.save("photo.webp", ContentFile(whole), save=False)
        photo.small.save("photo.webp", ContentFile(small), save=False)
        photo.save()
        audit.record("lot.event_photo", upload.lot, by=by, event=str(upload.pk), slot=slot, sha256=sha256)
        lots.touch(upload.lot)
    return photo, True


def _expected(upload: EventUpload | None, slot: int, sha256: str) -> EventPhoto | None:
    """The photo that is there already; None while the slot waits for one with these bytes."""
    if upload is None:
        raise PhotoRefused(_("Chợ chưa nhận việc của ảnh này. Hãy gửi việc trước."), code="event_unknown")
    there = upload.pictures.filter(slot=slot).first()
    if there is not None and there.sha256 != sha256:
        raise PhotoRefused(_("Chỗ này đã có ảnh khác."), code="photo_conflict")
    if there is None and (slot, sha256) not in {(one["slot"], one["sha256"]) for one in upload.photos}:
        raise PhotoRefused(_("Việc này không ghi có ảnh đó."), code="not_in_manifest")
    return there


def _cleaned(data: bytes) -> tuple[bytes, bytes]:
    upload = ContentFile(data)
    try:
        check_upload(upload)
        whole, _size = pictures.cleaned(upload)
    except (ValueError, pictures.BadPicture) as wrong:
        raise PhotoRefused(str(wrong), code="not_a_picture") from None
    return whole, pictures.small(whole, SMALL)


def remove_all(upload: EventUpload) -> None:
    """Take the photos of ``upload`` away for good, their files once the transaction is through."""
    for photo in list(upload.pictures.all()):
        for file in (photo.file, photo.small):
            transaction.on_commit(lambda file=file: file.storage.delete(file.name))  # type: ignore[misc]
        photo.delete()


def column() -> Rows:
    """The photos of an event as a column of its query, for ``shown``."""
    return Rows(EventPhoto.objects.filter(upload=OuterRef("pk")).order_by("slot"), "slot", "small", "file")


def shown(rows: Any) -> list[Picture]:
    """Return what ``column`` found."""
    url = EventPhoto._meta.get_field("file").storage.url
    return [Picture(slot, url(small), url(whole)) for slot, small, whole in rows]
