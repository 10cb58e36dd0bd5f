"""Scanned papers in private storage: re-encoded, hashed, opened only through a view with a door."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import PICTURE_FORMATS, check_document, check_upload
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from .models import Application, Cooperative, Paper, PaperKind
from .statuses import ApplicationStatus

LONGEST_SIDE = 2400  # px; a page of A4 stays readable


class UnreadablePaper(Refusal):
    code = "unreadable_paper"


class PaperInUse(Refusal):
    code = "paper_in_use"
    default_text = _("Đơn đã gửi rồi, giấy tờ này chưa bỏ được.")


def keep(
    upload: Any,
    *,
    kind: str,
    by: Actor,
    cooperative: Cooperative | None = None,
    application: Application | None = None,
) -> Paper:
    """Keep an uploaded scan for a cooperative or an application and return its Paper.

    A picture is turned upright, scaled to at most 2,400 px and written anew as JPEG, which drops EXIF and
    GPS; a PDF is kept byte for byte. The same file sent twice for the same thing is one Paper. Raises
    UnreadablePaper (field "paper") for anything else.
    """
    try:
        is_pdf = check_upload(upload, pdf=True) == "PDF"
    except ValueError as wrong:
        raise UnreadablePaper(str(wrong), field="paper") from None
    if is_pdf:
        upload.seek(0)
        content, content_type, suffix = upload.read(), "application/pdf", "pdf"
    else:
        content, content_type, suffix = clean_picture(upload), "image/jpeg", "jpg"
    owner = {"cooperative": cooperative, "application": application}
    return _store(upload, content, content_type, suffix, kind=kind, by=by, **owner)


def keep_document(upload: Any, *, kind: str, by: Actor, cooperative: Cooperative) -> Paper:
    """Keep a PDF or XML that a program made, byte for byte (it may be signed), and return its Paper.

    The same file sent twice is one Paper. Raises UnreadablePaper (field "paper") for anything else.
    """
    try:
        found = check_document(upload)
    except ValueError as wrong:
        raise UnreadablePaper(str(wrong), field="paper") from None
    upload.seek(0)
    content_type, suffix = ("application/pdf", "pdf") if found == "PDF" else ("application/xml", "xml")
    return _store(upload, upload.read(), content_type, suffix, kind=kind, by=by, cooperative=cooperative)


def _store(
    upload: Any, content: bytes, content_type: str, suffix: str, *, kind: str, by: Actor, **owner: Any
) -> Paper:
    """Write the file and its row, or return the row of the same file."""
    sha256 = hashlib.sha256(content).hexdigest()
    existing = Paper.objects.filter(kind=kind, sha256=sha256, **owner).first()
    if existing:
        return existing
    name = clean(getattr(upload, "name", "") or "")[-160:] or PaperKind(kind).value
    paper = Paper(
        kind=kind,
        original_name=name,
        content_type=content_type,
        sha256=sha256,
        size=len(content),
        **owner,
        **signed(by),
    )
    paper.file.save(f"paper.{suffix}", ContentFile(content), save=False)
    paper.save()
    audit.record("paper.keep", paper, by=by, kind=kind, sha256=sha256)
    return paper


def remove_from(application: Application, paper_id: int, *, by: Actor) -> None:
    """Drop a scan from an application that is still being written; an unknown one changes nothing.

    Raises PaperInUse once the application was handed in.
    """
    with transaction.atomic():
        locked = Application.objects.select_for_update(of=("self",), no_key=True).get(pk=application.pk)
        if locked.status not in (ApplicationStatus.DRAFT, ApplicationStatus.CHANGES_REQUESTED):
            raise PaperInUse
        paper = locked.papers.filter(pk=paper_id, cooperative__isnull=True).first()
        if paper is None:
            return
        audit.record("paper.remove", paper, by=by, sha256=paper.sha256)
        file = paper.file
        paper.delete()
        transaction.on_commit(lambda: file.delete(save=False))


def clean_picture(
    upload: Any, *, longest: int = LONGEST_SIDE, quality: int = 85, encoding: str = "JPEG"
) -> bytes:
    """The picture as a fresh JPEG (or WEBP): upright, no EXIF, at most ``longest`` px on its longer side."""
    upload.seek(0)
    image = Image.open(upload, formats=PICTURE_FORMATS)
    image.draft("RGB", (longest, longest))
    if image.mode not in ("P", "1"):  # small first: every later step costs a whole copy
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "P"):
        seen = upright.convert("RGBA")
        upright = Image.new("RGB", seen.size, "white")
        upright.paste(seen, mask=seen.getchannel("A"))
    upright = upright.convert("RGB")
    upright.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    upright.save(out, encoding, quality=quality, optimize=True)
    return out.getvalue()


def open_paper(paper: Paper) -> Any:
    """The paper's file, open for reading. Raises FileNotFoundError when storage has lost it."""
    return paper.file.open("rb")
