"""What a phone's camera makes, and what a scanner sees."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image

RED, BLUE = (200, 30, 30), (30, 60, 200)
TURNED_RIGHT = 6  # EXIF orientation: the sensor lay on its side
GPS = 0x8825


def sideways_photo() -> bytes:
    """A photo 1200 × 900 as the sensor saw it; held right it is 900 × 1200, red above and blue below.

    It says where it was taken: 21° 35′ N, 105° 50′ E.
    """
    image = Image.new("RGB", (1200, 900), BLUE)
    image.paste(RED, (0, 0, 600, 900))
    exif = Image.Exif()
    exif[0x0112] = TURNED_RIGHT
    exif[0x010F] = "Nhà máy ảnh"
    exif.get_ifd(GPS).update({1: "N", 2: (21.0, 35.0, 0.0), 3: "E", 4: (105.0, 50.0, 0.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, exif=exif)
    assert b"Exif" in out.getvalue()
    return out.getvalue()


def certificate_photo() -> bytes:
    image = Image.new("RGB", (1000, 1400), (250, 246, 230))
    image.paste((180, 30, 40), (60, 60, 940, 120))
    for line in range(260, 1240, 70):  # as if written
        image.paste((120, 116, 104), (140, line, 860 - line * 7 % 260, line + 16))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def is_red_above_blue(image: Image.Image) -> bool:
    """Whether the photo of ``sideways_photo`` stands upright."""
    seen = image.convert("RGB")
    above, below = (seen.getpixel((seen.width // 2, seen.height * part // 4)) for part in (1, 3))
    return above[0] > 150 > above[2] and below[2] > 150 > below[0]


def read_codes(picture: bytes | Path) -> list[str]:
    """Return what every code in a picture says, as a scanner reads it."""
    image = Image.open(picture if isinstance(picture, Path) else io.BytesIO(picture))
    return [found.text for found in zxingcpp.read_barcodes(image.convert("L"))]


def printed(pdf: Path) -> list[Path]:
    """Print a PDF at 200 dots an inch; return one picture a page."""
    stem = pdf.with_suffix("")
    subprocess.run(["pdftoppm", "-r", "200", "-gray", "-png", str(pdf), str(stem)], check=True)
    return sorted(pdf.parent.glob(f"{stem.name}-*.png"))
