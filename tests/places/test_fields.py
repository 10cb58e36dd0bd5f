"""What people type, as forms of every floor take it in."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image

from marketplace.foundation.forms import (
    CleanCharField,
    CleanForm,
    CountField,
    DayField,
    DongField,
    PaperField,
    PhoneField,
    PictureField,
)
from marketplace.foundation.http import client_ip, refusals_in, safe_next
from marketplace.foundation.refusals import Refusal


class TestText:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [("  Che\u0300\x00  xanh ", "Chè xanh"), ("\u200b", ""), (None, ""), ("a\r\nb", "a b")],
    )
    def test_is_kept_clean(self, typed: Any, kept: str) -> None:
        assert CleanCharField(required=False).clean(typed) == kept

    def test_keeps_lines_where_lines_are_wanted(self) -> None:
        assert CleanCharField(multiline=True).clean("a\r\n\r\n\r\nb\x00") == "a\n\nb"

    def test_of_nothing_visible_is_nothing(self) -> None:
        with pytest.raises(ValidationError, match="Hãy điền ô này"):
            CleanCharField().clean("\x00 \u200b")

    def test_too_long_says_how_much(self) -> None:
        with pytest.raises(ValidationError, match="Dài quá: 6 chữ cái, nhiều nhất 5"):
            CleanCharField(max_length=5).clean("abcdef")


@pytest.mark.parametrize(("typed", "kept"), [("+84 912 345 678", "0912345678"), ("", "")])
def test_a_phone_is_kept_one_way(typed: str, kept: str) -> None:
    assert PhoneField(required=False).clean(typed) == kept


class TestDong:
    @pytest.mark.parametrize(
        ("typed", "amount"), [("135.000", 135000), ("135k", 135000), ("1tr2", 1200000), ("0", 0)]
    )
    def test_reads_what_markets_write(self, typed: str, amount: int) -> None:
        assert DongField().clean(typed) == Decimal(amount)

    @pytest.mark.parametrize("typed", ["", "x", "-1", "1,5", "9" * 400, "\x00"])
    def test_refuses_the_rest(self, typed: str) -> None:
        with pytest.raises(ValidationError):
            DongField().clean(typed)

    def test_says_its_bounds_in_money(self) -> None:
        with pytest.raises(ValidationError, match="từ 1\\.000"):
            DongField(least=1000).clean("500")

    def test_shows_thousands_and_keeps_what_was_typed(self) -> None:
        class Priced(forms.Form):
            price = DongField()

        assert 'value="135.000"' in str(Priced(initial={"price": Decimal(135000)})["price"])
        assert 'value="cả rổ"' in str(Priced({"price": "cả rổ"})["price"])

    def test_not_wanted_is_none(self) -> None:
        assert DongField(required=False).clean("") is None


class TestCount:
    @pytest.mark.parametrize(("typed", "number"), [("7", 7), (" 1.250 ", 1250), ("0", 0)])
    def test_reads(self, typed: str, number: int) -> None:
        assert CountField().clean(typed) == number

    @pytest.mark.parametrize("typed", ["", "1,5", "1.25", "abc", "-1", "1000001", "9" * 5000, "²", "\x00"])
    def test_refuses(self, typed: str) -> None:
        with pytest.raises(ValidationError):
            CountField().clean(typed)


class TestDay:
    @pytest.mark.parametrize("typed", ["21/11/2026", "2026-11-21", "21-11-2026", " 21.11.2026 "])
    def test_reads(self, typed: str) -> None:
        assert DayField().clean(typed) == dt.date(2026, 11, 21)

    @pytest.mark.parametrize("typed", ["", "31/02/2026", "11/21/2026", "0001-01-01", "9999-12-31", "x" * 900])
    def test_refuses(self, typed: str) -> None:
        with pytest.raises(ValidationError):
            DayField().clean(typed)


def image(kind: str = "JPEG", size: tuple[int, int] = (30, 20)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, kind)
    return SimpleUploadedFile("a.bin", out.getvalue())


class TestFiles:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_pictures_are_known_by_what_they_are(self, kind: str) -> None:
        upload: Any = PictureField().clean(image(kind))
        assert upload.kind == kind
        assert upload.tell() == 0

    @pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PDF"])
    def test_other_kinds_are_no_pictures(self, kind: str) -> None:
        with pytest.raises(ValidationError, match="Không mở được ảnh này"):
            PictureField().clean(image(kind))

    def test_a_paper_may_be_a_pdf(self) -> None:
        upload: Any = PaperField().clean(image("PDF"))
        assert upload.kind == "PDF"

    def test_a_bomb_does_not_go_off(self, settings: Any) -> None:
        settings.UPLOAD_MAX_PIXELS = 10_000
        with pytest.raises(ValidationError, match="cỡ nhỏ hơn"):
            PictureField().clean(image("PNG", (200, 200)))

    def test_an_empty_file_is_told(self) -> None:
        with pytest.raises(ValidationError, match="trống"):
            PictureField().clean(SimpleUploadedFile("a.jpg", b""))


class TestRefusals:
    class Form(CleanForm):
        name = CleanCharField()

    @pytest.mark.parametrize(("field", "place"), [("name", "name"), ("other", "__all__"), (None, "__all__")])
    def test_stand_beside_their_field_or_above(self, field: str | None, place: str) -> None:
        form = self.Form({"name": "x"})
        assert form.is_valid()
        with refusals_in(form) as shown:
            raise Refusal("Không được.", field=field)
        assert form.errors == {place: ["Không được."]}
        assert shown.ok is False


class TestAddresses:
    @pytest.mark.parametrize("address", ["/toi/", "/gio-hang/?a=1"])
    def test_inside_is_safe(self, address: str) -> None:
        assert safe_next(RequestFactory().get("/", {"next": address})) == address

    @pytest.mark.parametrize("address", ["", "//xau.vn", "https://xau.vn", "javascript:x", "/a\x00b"])
    def test_outside_is_not(self, address: str) -> None:
        assert safe_next(RequestFactory().get("/", {"next": address})) == ""

    @pytest.mark.parametrize(
        ("proxies", "header", "seen"),
        [
            (0, "1.2.3.4", "127.0.0.1"),
            (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
            (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
            (1, "nonsense", "127.0.0.1"),
            (2, "1.2.3.4", "127.0.0.1"),
            (1, "", "127.0.0.1"),
        ],
    )
    def test_of_visitors_are_believed_from_our_proxies_only(
        self, settings: Any, proxies: int, header: str, seen: str
    ) -> None:
        settings.PROXIES = proxies
        request = RequestFactory().get("/", headers={"x-forwarded-for": header})
        assert client_ip(request) == seen
