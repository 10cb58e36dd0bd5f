"""Form fields through which every typed text, number, day and file of the market comes in.

All text passes ``text.clean``; errors are whole sentences for a person. A form that is wrong is shown again
with status 422 and everything typed kept (``render_form``).
"""

from __future__ import annotations

import datetime as dt
import threading
import warnings
from decimal import Decimal
from typing import Any

import defusedxml.ElementTree
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image

from . import money, text
from .refusals import Refusal

LARGEST_COUNT = 1_000_000
LARGEST_XML = 2 * 1024 * 1024
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
EMPTY = _("Hãy điền ô này.")
unpacking = threading.BoundedSemaphore(2)  # pictures of strangers fill memory two at a time, not one a thread


class CleanForm(forms.Form):
    """A form of the market: plain Vietnamese errors, no colon after labels, Refusals beside their field."""

    required_css_class = "is-required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = EMPTY

    def refuse(self, refusal: Refusal) -> None:
        """Show ``refusal`` beside its field, or above the form when the form has no such field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class CleanCharField(forms.CharField):
    """Text as it is stored: NFC, no NUL or invisible characters; ``multiline`` keeps line ends."""

    def __init__(self, *, multiline: bool = False, **kwargs: Any) -> None:
        self.multiline = multiline
        if multiline:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**kwargs)
        self.error_messages["required"] = kwargs.get("error_messages", {}).get("required", EMPTY)
        if self.max_length is not None:
            self.error_messages.setdefault(
                "max_length", _("Dài quá. Hãy viết trong %(limit_value)d chữ cái.")
            )

    def to_python(self, value: Any) -> str:
        cleaned = text.clean(str(value), multiline=self.multiline) if value not in self.empty_values else ""
        return cleaned or (self.empty_value or "")

    def run_validators(self, value: Any) -> None:
        limit = self.max_length
        if limit is not None and len(value) > limit:
            raise ValidationError(
                _("Dài quá: %(have)d chữ cái, nhiều nhất %(limit)d."),
                code="max_length",
                params={"have": len(value), "limit": limit},
            )
        super().run_validators(value)


class PhoneField(CleanCharField):
    """A Vietnamese phone number, typed any way; the value is ``0912345678``, or ``""`` when not required."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", **attrs}))
        kwargs.setdefault("label", _("Số điện thoại"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return text.phone(typed[:60])
        except ValueError as wrong:
            raise ValidationError(gettext(str(wrong)), code="invalid") from None


class EmailField(forms.EmailField):
    """An e-mail in small letters, cleaned before it is checked."""

    default_error_messages = {"invalid": _("Thư điện tử này chưa đúng. Hãy viết như ten@vidu.vn.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "email"}))
        kwargs.setdefault("label", _("Thư điện tử"))
        kwargs.setdefault("max_length", 254)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return text.clean(str(value)).lower() if value not in self.empty_values else ""


class DongField(CleanCharField):
    """An amount in whole đồng as Decimal; reads "135.000", "135k", "1tr2".

    None when empty and not required.
    """

    def __init__(self, *, least: int = 0, most: int = 10**10, **kwargs: Any) -> None:
        self.least, self.most = Decimal(least), Decimal(most)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Decimal | None:  # type: ignore[override]
        typed = super().clean(value)
        if not typed:
            return None
        try:
            amount = money.parse_dong(typed)
        except ValueError as wrong:
            raise ValidationError(gettext(str(wrong)), code="invalid") from None
        if amount < self.least:
            raise ValidationError(
                _("Số tiền phải từ %(least)s trở lên."),
                code="min_value",
                params={"least": money.format_dong(self.least)},
            )
        if amount > self.most:
            raise ValidationError(
                _("Số tiền nhiều nhất là %(most)s."),
                code="max_value",
                params={"most": money.format_dong(self.most)},
            )
        return amount

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return f"{int(value):,}".replace(",", ".")
        return value


class CountField(forms.IntegerField):
    """A whole number of things, 0 to one million unless told otherwise."""

    default_error_messages = {
        "invalid": _("Hãy ghi một số."),
        "required": EMPTY,
    }

    def __init__(self, *, least: int = 0, most: int = LARGEST_COUNT, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 12})
        )
        super().__init__(min_value=least, max_value=most, **kwargs)
        for validator in self.validators:
            if getattr(validator, "code", "") == "min_value":
                validator.message = _("Ít nhất là %(limit_value)s.")  # type: ignore[attr-defined]
            elif getattr(validator, "code", "") == "max_value":
                validator.message = _("Nhiều nhất là %(limit_value)s.")  # type: ignore[attr-defined]

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = text.clean(value[:40])
            # "1.250" is how people here write one thousand two hundred and fifty.
            head, *groups = value.split(".")
            if (
                groups
                and head.isascii()
                and head.isdigit()
                and all(len(g) == 3 and g.isdigit() for g in groups)
            ):
                value = head + "".join(groups)
            elif value and not value.lstrip("-").isdigit():
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class DayField(forms.DateField):
    """A day typed as 21/11/2026 (also 21-11-2026, 21.11.2026) or sent by the phone's calendar as
    2026-11-21.
    """

    default_error_messages = {
        "invalid": _("Ngày này chưa đúng. Hãy viết như 21/11/2026."),
        "required": EMPTY,
    }

    def __init__(self, *, least: dt.date | None = None, most: dt.date | None = None, **kwargs: Any) -> None:
        self.least, self.most = least or dt.date(1990, 1, 1), most or dt.date(2100, 12, 31)
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"])
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(text.clean(value[:40]) if isinstance(value, str) else value)
        if day is not None and not self.least <= day <= self.most:
            raise ValidationError(
                _("Ngày phải từ %(least)s đến %(most)s."),
                code="range",
                params={"least": f"{self.least:%d/%m/%Y}", "most": f"{self.most:%d/%m/%Y}"},
            )
        return day


class PictureField(forms.FileField):
    """A picture (JPEG, PNG, WebP) of at most ``UPLOAD_MAX_BYTES`` and ``UPLOAD_MAX_PIXELS``, really decoded
    once.

    The value is the upload, rewound, with ``kind`` ("JPEG", …, "PDF") on it; whoever stores it re-encodes it.
    """

    pdf = False
    accept = "image/jpeg,image/png,image/webp"
    default_error_messages = {
        "required": _("Hãy chọn một ảnh."),
        "invalid": _("Chưa nhận được tệp. Hãy chọn lại."),
        "empty": _("Tệp này trống. Hãy chọn tệp khác."),
        "missing": _("Chưa nhận được tệp. Hãy chọn lại."),
        "max_length": _("Tên tệp dài quá. Hãy đổi tên ngắn hơn."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": self.accept}))
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> UploadedFile | None:
        upload = super().to_python(data)
        if upload is None:
            return None
        try:
            upload.kind = self.check(upload)
        except ValueError as wrong:
            raise ValidationError(str(wrong), code="unreadable") from None
        return upload

    def check(self, upload: UploadedFile) -> str:
        """Return what the file really is, or raise ValueError with a sentence."""
        return check_upload(upload, pdf=self.pdf)


class PaperField(PictureField):
    """A scanned paper: a picture, or a PDF."""

    pdf = True
    accept = "image/jpeg,image/png,image/webp,application/pdf"
    default_error_messages = {"required": _("Hãy chọn ảnh chụp hoặc tệp PDF.")}


class DocumentField(PictureField):
    """A document that a program made: PDF or XML, kept byte for byte."""

    accept = "application/pdf,text/xml,application/xml,.pdf,.xml"
    default_error_messages = {"required": _("Hãy chọn tệp PDF hoặc XML.")}

    def check(self, upload: UploadedFile) -> str:
        return check_document(upload)


def check_document(upload: Any) -> str:
    """Return what a document really is ("PDF", "XML"), whatever its name says; leave it rewound.

    XML is read once, without entities or a document type. Raises ValueError with a sentence for the person when the
    file is too heavy, of another kind, or broken.
    """
    upload.seek(0)
    head = upload.read(1024)
    upload.seek(0)
    if b"%PDF-" in head:
        return check_upload(upload, pdf=True)
    wrong = gettext("Không mở được tệp này. Hãy dùng tệp PDF hoặc XML của hoá đơn điện tử.")
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or upload.size > LARGEST_XML:
        raise ValueError(wrong)
    try:
        root = defusedxml.ElementTree.fromstring(upload.read(), forbid_dtd=True)
    except Exception:  # the parser raises anything on a hostile file; to the person it is one thing
        raise ValueError(wrong) from None
    finally:
        upload.seek(0)
    if root.tag.rpartition("}")[2].lower() in ("svg", "html"):  # a page that could run, not a document
        raise ValueError(wrong)
    return "XML"


def check_upload(upload: Any, *, pdf: bool = False) -> str:
    """Return what a file really is ("JPEG", "PNG", "WEBP", "PDF"), whatever its name says; leave it rewound.

    Decodes a picture once from end to end, two at a time in this process. Raises ValueError with a sentence for the
    person when the file is too heavy, has too many pixels (PNG and WebP: a quarter of what JPEG may), is of another
    kind, does not decode, or is a PDF without its end.
    """
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise ValueError(
            gettext("Tệp nặng quá (%(have)s MB). Nhiều nhất %(most)s MB.")
            % {"have": upload.size // 1024**2 + 1, "most": settings.UPLOAD_MAX_BYTES // 1024**2}
        )
    upload.seek(0)
    head = upload.read(1024)
    upload.seek(0)
    if pdf and b"%PDF-" in head:
        upload.seek(max(0, upload.size - 2048))
        is_whole = b"%%EOF" in upload.read()
        upload.seek(0)
        if not is_whole:
            raise ValueError(gettext("Tệp PDF này bị hỏng hoặc chưa tải hết. Hãy chọn lại."))
        return "PDF"
    wrong_kind = (
        gettext("Không mở được tệp này. Hãy dùng ảnh JPG, PNG, WebP hoặc tệp PDF.")
        if pdf
        else gettext("Không mở được ảnh này. Hãy dùng ảnh JPG, PNG hoặc WebP.")
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(upload, formats=PICTURE_FORMATS)
        width, height = image.size
        # SECURITY: only JPEG can be unpacked small. A WebP takes 16 bytes a pixel: 130 KB would become 800 MB.
        most = settings.UPLOAD_MAX_PIXELS // (1 if image.format == "JPEG" else 4)
        if width * height > most:
            raise ValueError(gettext("Ảnh lớn quá. Hãy chụp lại với cỡ nhỏ hơn."))
        # draft() reads the whole JPEG but keeps a small copy: 50 megapixels need not fit in memory.
        image.draft("RGB", (1024, 1024))
        with unpacking:
            image.load()
        return str(image.format)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError(gettext("Ảnh lớn quá. Hãy chụp lại với cỡ nhỏ hơn.")) from None
    except ValueError as wrong:
        if wrong.args and wrong.args[0] == gettext("Ảnh lớn quá. Hãy chụp lại với cỡ nhỏ hơn."):
            raise
        raise ValueError(wrong_kind) from None
    except Exception:  # Pillow's decoders raise anything on a broken file; to the person it is one thing
        raise ValueError(wrong_kind) from None
    finally:
        upload.seek(0)


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """What a form is bound to: data and files of a POST, be it empty, and nothing before one::

    form = StallForm(*sent(request), initial=…)
    """
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def render_form(
    request: HttpRequest, template: str, context: dict[str, Any], form: forms.BaseForm
) -> HttpResponse:
    """Render ``template`` with ``context`` and ``form``: status 422 when the form has errors, else 200."""
    wrong = form.is_bound and bool(form.errors)
    return render(request, template, {**context, "form": form}, status=422 if wrong else 200)
