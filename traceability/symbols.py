"""Symbols for paper, and reading them out of photos for phones whose browser has no scanner."""

from __future__ import annotations

from typing import Any

import qrcode
import zxingcpp
from django.utils.html import format_html
from django.utils.safestring import SafeString
from PIL import Image, ImageOps

from marketplace.foundation.forms import PICTURE_FORMATS, unpacking

SIDES = (1400, 2800)  # px; the small copy is quick and finds nearly all, the large one small symbols


QUIET_ZONE = 4  # modules of white on each side (ISO/IEC 18004)


def svg(text: str) -> SafeString:
    """Draw the QR symbol that says ``text`` as one path, Q, with its quiet zone."""
    symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=0)
    symbol.add_data(text, optimize=4)
    symbol.make(fit=True)
    side = len(symbol.modules) + 2 * QUIET_ZONE
    path = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(symbol.modules)
        for x, dark in enumerate(row)
        if dark
    )
    return format_html(
        '<svg viewBox="0 0 {side} {side}" aria-hidden="true" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>',
        side=side,
        path=path,
    )


def read(upload: Any) -> list[str]:
    """Return the texts of the QR codes and barcodes in a picture, at most five, each once; empty when none is found.

    ``upload`` is a picture that ``PictureField`` has checked.
    """
    upload.seek(0)
    opened = Image.open(upload, formats=PICTURE_FORMATS)
    opened.draft("L", (SIDES[-1], SIDES[-1]))
    with unpacking:
        opened.thumbnail((SIDES[-1], SIDES[-1]))  # small first: every later step costs a whole copy
        image = ImageOps.exif_transpose(opened).convert("L")
    for side in SIDES:
        copy = image.copy()
        copy.thumbnail((side, side))
        found = [symbol.text for symbol in zxingcpp.read_barcodes(copy) if symbol.text]
        if found:
            return list(dict.fromkeys(found))[:5]
        if max(image.size) <= side:
            break
    return []
