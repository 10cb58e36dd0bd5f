"""Pages as PDF, by WeasyPrint, which needs Debian's pango: without it the print page takes over.

SECURITY: a page may name nothing but the market's own static files; whatever else it names is neither fetched nor
opened.
"""

from __future__ import annotations

import logging
import mimetypes
import threading
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import ImageFile

from .refusals import Refusal

OWN = (
    "https://static.invalid/"  # what stands before a file's path below static/; nothing is asked of any host
)
LONGEST = 60_000  # characters of a page: some twenty-five sheets of A4, three seconds of a processor
WAIT_SECONDS = 5
_turn = threading.BoundedSemaphore(1)  # one paper at a time in a process: drawing it takes all of a processor


class NoPdf(Refusal):
    """There is no PDF of this page now; it can be printed."""

    code = "no_pdf"
    default_text = _(
        "Máy chủ chưa làm được tệp PDF này. Hãy bấm In, hoặc mở trình đơn của trình duyệt, chọn In rồi Lưu thành PDF."
    )


def render_pdf(html: str) -> bytes:
    """Draw a page as PDF: its styles are ``OWN`` and a path below ``static/``.

    One at a time in a process. Raises NoPdf when WeasyPrint or pango is missing, the page is longer than
    ``LONGEST``, or the one before takes longer than ``WAIT_SECONDS``.
    """
    weasyprint = _weasyprint()
    if weasyprint is None or len(html) > LONGEST or not _turn.acquire(timeout=WAIT_SECONDS):
        raise NoPdf
    try:
        page = weasyprint.HTML(string=html, base_url=OWN, url_fetcher=_own_file)
        return bytes(page.write_pdf(pdf_tags=True))
    finally:
        _turn.release()


@cache
def _weasyprint() -> ModuleType | None:
    """WeasyPrint, loaded when the first PDF is asked for; None where it or pango is missing."""
    try:
        import weasyprint
    except (ImportError, OSError):
        return None
    # It tells Pillow, for the whole process, to take half a picture for a whole one; what people send in is not.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    for name in ("weasyprint", "weasyprint.progress", "fontTools"):  # they tell of every step and every rule
        logging.getLogger(name).setLevel(logging.ERROR)
    return weasyprint


def _own_file(address: str, *_args: Any, **_options: Any) -> Any:
    """Open one of the market's static files for WeasyPrint. Raises ValueError for any other address."""
    from weasyprint.urls import URLFetcherResponse

    root = Path(settings.BASE_DIR) / "static"
    path = (root / address.removeprefix(OWN)).resolve()
    if not address.startswith(OWN) or not path.is_relative_to(root.resolve()) or not path.is_file():
        raise ValueError(f"Not a file of the market: {address[:80]}")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return URLFetcherResponse(address, path.read_bytes(), {"Content-Type": kind})
