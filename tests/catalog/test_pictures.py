"""Pictures come in clean and get small versions."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog import pictures
from catalog.models import Product, ProductImage
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import Outbox
from tests import factories

from .conftest import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(muong_hoa: Any) -> Product:
    return factories.make_product(muong_hoa)


def opened(image: ProductImage) -> Image.Image:
    with image.original.open("rb") as file:
        return Image.open(io.BytesIO(file.read()))


def test_a_phones_picture_is_turned_shrunk_and_stripped(product: Product, by_lan: Actor) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[2] = (22.0, 30.0, 0.0)  # where it was taken

    image = pictures.add_picture(product, photo((3000, 2000), exif=exif.tobytes()), live=True, by=by_lan)

    kept = opened(image)
    assert (image.width, image.height) == kept.size == (1067, 1600)
    assert kept.format == "WEBP"
    assert not kept.getexif()
    assert "exif" not in kept.info
    assert "anh" not in image.original.name


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_usual_kinds_are_read(product: Product, by_lan: Actor, kind: str) -> None:
    image = pictures.add_picture(product, photo((200, 100), kind=kind), live=True, by=by_lan)

    assert opened(image).size == (200, 100)


def test_what_is_see_through_gets_a_white_ground(product: Product, by_lan: Actor) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (255, 0, 0, 0)).save(out, "PNG")

    image = pictures.add_picture(product, SimpleUploadedFile("a.png", out.getvalue()), live=True, by=by_lan)

    assert opened(image).convert("RGB").getpixel((25, 25)) == (255, 255, 255)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises very many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        photo((400, 400)).read()[:300],
        bomb(100, 100),
        bomb(8000, 8000),
        bomb(60000, 60000),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused(product: Product, by_lan: Actor, data: bytes) -> None:
    with pytest.raises(pictures.BadPicture) as refused:
        pictures.add_picture(product, SimpleUploadedFile("anh.jpg", data), live=True, by=by_lan)

    assert refused.value.field == "image"
    assert not ProductImage.objects.exists()
    assert not Outbox.objects.exists()


def test_too_many_bytes_are_refused_unread(product: Product, by_lan: Actor, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100

    with pytest.raises(pictures.BadPicture):
        pictures.add_picture(product, photo(), live=True, by=by_lan)


def test_there_are_at_most_eight(product: Product, by_lan: Actor) -> None:
    for _time in range(pictures.MOST_PICTURES):
        pictures.add_picture(product, photo((20, 20)), live=True, by=by_lan)

    with pytest.raises(pictures.BadPicture):
        pictures.add_picture(product, photo((20, 20)), live=True, by=by_lan)


def test_the_job_makes_small_versions_once(product: Product, by_lan: Actor) -> None:
    image = pictures.add_picture(product, photo((1200, 900)), live=True, by=by_lan)

    outbox.drain()

    image.refresh_from_db()
    assert sorted(image.renditions) == ["160", "320", "640"]
    assert image.card_url.endswith("-320.webp")
    row = Outbox.objects.get(kind="renditions")
    assert row.state == "done"
    before = dict(image.renditions)
    pictures.make_renditions(row)
    image.refresh_from_db()
    assert image.renditions == before
    with image.original.storage.open(image.renditions["320"]) as file:
        assert Image.open(file).size == (320, 240)


def test_a_busy_picture_still_makes_a_light_card(product: Product, by_lan: Actor) -> None:
    noise = Image.effect_noise((1600, 1200), 60).convert("RGB").resize((1600, 1200))
    blurred = noise.resize((200, 150)).resize((1600, 1200), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    blurred.save(out, "JPEG")
    image = pictures.add_picture(product, SimpleUploadedFile("a.jpg", out.getvalue()), live=True, by=by_lan)

    outbox.drain()

    image.refresh_from_db()
    assert image.original.storage.size(image.renditions["320"]) <= 6_000


def test_a_vanished_picture_is_no_reason_to_stop(product: Product, by_lan: Actor) -> None:
    image = pictures.add_picture(product, photo(), live=True, by=by_lan)
    pictures.add_picture(product, photo(), live=True, by=by_lan)
    pictures.remove_picture(image, by=by_lan)

    outbox.drain()

    assert not Outbox.objects.exclude(state="done").exists()


def test_a_product_on_sale_keeps_its_last_picture(product: Product, by_lan: Actor) -> None:
    image = pictures.add_picture(product, photo(), live=True, by=by_lan)

    with pytest.raises(pictures.BadPicture):
        pictures.remove_picture(image, by=by_lan)

    assert ProductImage.objects.count() == 1
