"""A drafted product that lacks nothing, and pictures as phones send them."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog import pictures, products
from marketplace.foundation.actor import Actor
from tests import factories


def photo(
    size: tuple[int, int] = (800, 600), *, kind: str = "JPEG", colour: str = "#c8a24a", **options: Any
) -> SimpleUploadedFile:
    """An upload of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return SimpleUploadedFile(f"anh.{kind.lower()}", out.getvalue(), content_type=f"image/{kind.lower()}")


@pytest.fixture
def by_lan(lan: Any) -> Actor:
    return Actor.of(lan)


@pytest.fixture
def by_quyen(quyen: Any) -> Actor:
    return Actor.of(quyen)


@pytest.fixture
def draft(muong_hoa: Any, by_lan: Actor) -> Any:
    """A product that may be sent in: named, sorted, priced, pictured, with its place."""
    product = products.start_draft(muong_hoa, draft_key=uuid.uuid4(), by=by_lan)
    products.edit_draft(
        product,
        {
            "name": "Miến dong Yến Dương",
            "category": factories.make_category("mien-bun-pho"),
            "unit": "gói",
            "net_quantity": "500 g",
            "origin": "Xã Thượng Minh, Thái Nguyên",
        },
        by=by_lan,
    )
    products.set_price_and_stock(product, price=55000, in_stock=12, by=by_lan)
    pictures.add_picture(product, photo(), live=True, by=by_lan)
    product.refresh_from_db()
    return product
