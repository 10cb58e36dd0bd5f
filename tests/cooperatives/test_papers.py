"""Papers: re-encoded, private, one for the same scan."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cooperatives import papers
from cooperatives.models import Cooperative, Paper
from marketplace.accounts.models import User

from .scenes import actor, pdf, picture

pytestmark = pytest.mark.django_db


def keep(upload: Any, cooperative: Cooperative, by: User) -> Paper:
    return papers.keep(upload, kind="other", cooperative=cooperative, by=actor(by))


def test_a_picture_loses_its_exif_and_stands_upright(muong_hoa: Cooperative, lan: User) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the phone on its side
    exif[0x010F] = "Máy của Lan"
    paper = keep(picture(size=(60, 40), exif=exif), muong_hoa, lan)
    stored = Image.open(papers.open_paper(paper))
    assert stored.size == (40, 60)
    assert not stored.getexif()
    assert paper.content_type == "image/jpeg"


def test_a_huge_scan_is_scaled(muong_hoa: Cooperative, lan: User) -> None:
    paper = keep(picture(size=(4000, 2000)), muong_hoa, lan)
    assert Image.open(papers.open_paper(paper)).size == (2400, 1200)


def test_a_picture_with_holes_is_laid_on_white(muong_hoa: Cooperative, lan: User) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    paper = keep(SimpleUploadedFile("a.png", out.getvalue()), muong_hoa, lan)
    pixel = Image.open(papers.open_paper(paper)).getpixel((5, 5))
    assert min(pixel) > 250  # type: ignore[type-var]


def test_a_pdf_is_kept_byte_for_byte(muong_hoa: Cooperative, lan: User) -> None:
    upload = pdf("Giấy đăng ký.pdf")
    content = upload.read()
    paper = keep(upload, muong_hoa, lan)
    assert papers.open_paper(paper).read() == content
    assert (paper.original_name, paper.content_type) == ("Giấy đăng ký.pdf", "application/pdf")
    assert "Giấy" not in paper.file.name


def test_the_same_scan_twice_is_one_paper(muong_hoa: Cooperative, ban_khac: Cooperative, lan: User) -> None:
    assert keep(pdf(), muong_hoa, lan) == keep(pdf(), muong_hoa, lan)
    assert keep(pdf(), ban_khac, lan).pk != keep(pdf(), muong_hoa, lan).pk


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"xin chao",
        b"\xff\xd8\xff\xe0 not a picture",
        b"GIF89a" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.4 cut in the mid",
    ],
)
def test_anything_else_is_refused_and_nothing_is_kept(
    muong_hoa: Cooperative, lan: User, content: bytes
) -> None:
    with pytest.raises(papers.UnreadablePaper) as refused:
        keep(SimpleUploadedFile("giay.jpg", content, "image/jpeg"), muong_hoa, lan)
    assert refused.value.field == "paper"
    assert not Paper.objects.exists()


def test_half_a_picture_is_refused(muong_hoa: Cooperative, lan: User) -> None:
    whole = picture(size=(800, 800)).read()
    with pytest.raises(papers.UnreadablePaper):
        keep(SimpleUploadedFile("giay.jpg", whole[: len(whole) // 2]), muong_hoa, lan)


def test_too_heavy_and_too_many_pixels_are_told_apart(
    muong_hoa: Cooperative, lan: User, settings: Any
) -> None:
    settings.UPLOAD_MAX_PIXELS = 1000
    with pytest.raises(papers.UnreadablePaper, match="cỡ nhỏ hơn"):
        keep(picture(), muong_hoa, lan)
    settings.UPLOAD_MAX_BYTES = 100
    with pytest.raises(papers.UnreadablePaper, match="nặng quá"):
        keep(picture(), muong_hoa, lan)


@pytest.mark.parametrize("name", ["", "\x00", "x" * 400 + ".jpg", "../../etc/passwd"])
def test_any_name_is_borne(muong_hoa: Cooperative, lan: User, name: str) -> None:
    upload = picture()
    upload.name = name or None
    paper = keep(upload, muong_hoa, lan)
    assert len(paper.original_name) <= 160
    assert paper.file.name.startswith("papers/")
