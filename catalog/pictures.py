"""Pictures of products: cleaned when they come in, made small by a job.

What a phone sends is turned the right way up, freed of EXIF and GPS, at most 1600 px, and gets a name by chance.
Opening a picture really decodes it, so nothing but pixels is stored.
"""

from __future__ import annotations

import contextlib
import io
import uuid
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, WebPImagePlugin  # noqa: F401  registers what ``open`` looks up

from marketplace.accounts import audit
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import Outbox
from marketplace.foundation.refusals import Refusal

from . import products
from .models import Product, ProductImage
from .statuses import ProductStatus

LONGEST_SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PICTURES = 8
# Width in px → how many bytes a rendition should not exceed; a shop page is paid for by the kilobyte.
RENDITIONS = {160: 2_500, 320: 5_000, 640: 18_000}
_QUALITIES = (62, 54, 46, 38, 32)


class BadPicture(Refusal):
    code = "bad_picture"


def add_picture(
    product: Product, upload: Any, *, live: bool, illustration: bool = False, by: Actor
) -> ProductImage:
    """Keep an uploaded picture (a file object) as the product's last one and promise its renditions.

    ``live`` False: it waits inside a change. ``illustration``: marked "Ảnh minh hoạ" wherever it shows. Locks the
    product. Raises BadPicture when it cannot be read, is too large, or there are enough already.
    """
    data, (width, height) = cleaned(upload)
    with transaction.atomic():
        row = products.lock(product)
        known = row.images.aggregate(last=Max("display_order"))["last"]
        if row.images.count() >= MOST_PICTURES:
            raise BadPicture(
                _("Mỗi mặt hàng có nhiều nhất %(most)s ảnh.") % {"most": MOST_PICTURES}, field="image"
            )
        image = ProductImage(
            product=row,
            is_live=live,
            is_illustration=illustration,
            width=width,
            height=height,
            display_order=0 if known is None else known + 1,
        )
        image.original.save(f"{uuid.uuid4().hex}.webp", ContentFile(data), save=False)
        image.save()
        outbox.enqueue("renditions", f"renditions:{image.pk}", {"image": image.pk})
        products.touch(row)
        audit.record("picture.add", row, by=by, image=image.pk, live=live)
    return image


def remove_picture(image: ProductImage, *, by: Actor) -> None:
    """Take a picture away. An approved product keeps at least one. Locks the product. Raises BadPicture."""
    with transaction.atomic():
        row = products.lock(Product(pk=image.product_id))
        others = row.images.filter(is_live=True).exclude(pk=image.pk)
        if image.is_live and row.status == ProductStatus.APPROVED and not others.exists():
            raise BadPicture(_("Hàng đang bán cần ít nhất một ảnh."), field="image")
        names = [image.original.name, *image.renditions.values()]
        storage = image.original.storage
        row.images.filter(pk=image.pk).delete()
        products.touch(row)
        audit.record("picture.remove", row, by=by, image=image.pk)
        transaction.on_commit(lambda: [storage.delete(name) for name in names])


def cleaned(upload: Any) -> tuple[bytes, tuple[int, int]]:
    """Decode ``upload`` and return it as WebP bytes without metadata, with its width and height in px.

    Raises BadPicture: too many bytes or pixels, an unknown or broken file.
    """
    if getattr(upload, "size", 0) > settings.UPLOAD_MAX_BYTES:
        raise BadPicture(_("Ảnh này nặng quá. Hãy chọn ảnh khác hoặc chụp lại."), field="image")
    try:
        upload.seek(0)
        opened = Image.open(upload, formats=FORMATS)
        # SECURITY: the header says how many pixels there are; a bomb is refused before it is unpacked.
        if opened.width * opened.height > settings.UPLOAD_MAX_PIXELS:
            raise BadPicture(_("Ảnh này lớn quá. Hãy chọn ảnh khác hoặc chụp lại."), field="image")
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        opened.load()
        if opened.mode not in ("P", "1"):  # small first: every later step costs a whole copy
            opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        image = _plain(ImageOps.exif_transpose(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture(_("Ảnh này lớn quá. Hãy chọn ảnh khác hoặc chụp lại."), field="image") from None
    except (OSError, ValueError, SyntaxError, TypeError, EOFError, KeyError, IndexError):
        # Pillow's readers raise all of these for files that are cut off or made up.
        raise BadPicture(
            _("Chợ chưa đọc được ảnh này. Hãy chọn ảnh JPG, PNG hoặc chụp lại."), field="image"
        ) from None
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return _webp(image, 82), image.size


def _plain(image: Image.Image) -> Image.Image:
    """RGB in sRGB on white, nothing else left of the file."""
    profile = image.info.get("icc_profile")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    elif profile and image.mode == "RGB":
        with contextlib.suppress(ImageCms.PyCMSError):  # a broken profile: the colours stay as they are
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB")) or image
    image = image.convert("RGB")
    image.info.clear()
    return image


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()


@outbox.effect("renditions", lease=60)
def make_renditions(row: Outbox) -> None:
    """Make the 160, 320 and 640 px versions of a picture; running twice writes the same files once."""
    image = ProductImage.objects.filter(pk=row.payload["image"]).first()
    if image is None:
        return
    storage, stem = image.original.storage, PurePosixPath(image.original.name)
    with image.original.open("rb") as file, Image.open(file) as opened:
        whole = opened.convert("RGB")
    made = {}
    for width, most in RENDITIONS.items():
        if width > whole.width:
            continue
        name = str(stem.with_name(f"{stem.stem}-{width}.webp"))
        if not storage.exists(name):
            height = max(1, round(whole.height * width / whole.width))
            small = whole.resize((width, height), Image.Resampling.LANCZOS)
            name = storage.save(name, ContentFile(_fitting(small, most)))
        made[str(width)] = name
    ProductImage.objects.filter(pk=image.pk).update(renditions=made)
    products.touch(image.product)


def small(data: bytes, width: int) -> bytes:
    """Return a picture that ``cleaned`` made as WebP at most ``width`` px wide, of the bytes of RENDITIONS."""
    with Image.open(io.BytesIO(data)) as opened:
        whole = opened.convert("RGB")
    whole.thumbnail((width, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return _fitting(whole, RENDITIONS[width])


def _fitting(image: Image.Image, most: int) -> bytes:
    data = b""
    for quality in _QUALITIES:
        data = _webp(image, quality)
        if len(data) <= most:
            break
    return data
