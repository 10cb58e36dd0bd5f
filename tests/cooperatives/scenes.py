"""Scenery of the ground floor's tests: uploads, a filled application, an actor."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cooperatives import applications, papers
from cooperatives.models import Application, PaperKind
from marketplace.accounts.models import User
from marketplace.foundation.actor import Actor

THUONG_MINH = {
    "province_code": "19",
    "province_name": "Tỉnh Thái Nguyên",
    "commune_code": "01921",
    "commune_name": "Xã Thượng Minh",
    "places_version": "2026-09-20",
    "street": "Bản Phố",
    "directions": "",
}
FILLED = {
    "legal_form": "hop_tac_xa",
    "name": "HTX Chè Thượng Minh",
    "tax_code": "4600123456",
    "contact_name": "Hà",
    "phone": "0912000004",
    "email": "",
    "about": "Ba mươi hộ làm chè.",
    **THUONG_MINH,
}
POSTED = {
    "legal_form": "hop_tac_xa",
    "name": "HTX Chè Thượng Minh",
    "tax_code": "4600 123 456",
    "contact_name": "Hà",
    "phone": "+84 912 000 004",
    "province_code": "19",
    "commune_code": "01921",
    "street": "Bản Phố",
    "about": "Ba mươi hộ\r\nlàm chè.",
}


def picture(name: str = "giay.jpg", size: tuple[int, int] = (60, 40), **save: Any) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 120, 40)).save(out, "JPEG", **save)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def pdf(name: str = "giay.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "application/pdf")


def actor(user: User) -> Actor:
    return Actor.of(user)


def draft(user: User, **change: Any) -> Application:
    """A draft that lacks nothing."""
    application = applications.save_draft(user, {**FILLED, **change}, by=actor(user))
    papers.keep(picture(), kind=PaperKind.REGISTRATION, application=application, by=actor(user))
    return application


def submitted(user: User, **change: Any) -> Application:
    return applications.submit(draft(user, **change), by=actor(user))
