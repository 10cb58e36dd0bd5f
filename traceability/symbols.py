"""Reading symbols out of photos, on the server, for phones whose browser has no scanner."""

from __future__ import annotations

from typing import Any

import zxingcpp
from PIL import Image, ImageOps

from marketplace.foundation.forms import PICTURE_FORMATS, unpacking

SIDES = (1400, 2800)  # px; the small copy is quick and finds nearly all, the large one small symbols


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
