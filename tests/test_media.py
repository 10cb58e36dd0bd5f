"""Files of the market in embedded mode: pictures in place, everything else as a download, nothing from outside."""

import pytest
from django.http import Http404
from django.test import RequestFactory

from marketplace.views import media


@pytest.fixture
def folder(settings):
    settings.MEDIA_ROOT.mkdir(parents=True)
    (settings.MEDIA_ROOT / "a1").mkdir()
    (settings.MEDIA_ROOT / "a1" / "tra-320.webp").write_bytes(b"RIFF")
    (settings.MEDIA_ROOT / "page.html").write_bytes(b"<script>")
    (settings.MEDIA_ROOT.parent / "secret.webp").write_bytes(b"secret")
    return settings.MEDIA_ROOT


def get(path, **headers):
    return media(RequestFactory().get("/media/x", headers=headers), path=path)


def test_a_picture_is_shown_and_kept_for_a_year(folder):
    response = get("a1/tra-320.webp")

    assert b"".join(response) == b"RIFF"
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == "inline"


def test_an_unchanged_picture_is_not_sent_again(folder):
    stamp = get("a1/tra-320.webp")["Last-Modified"]

    assert get("a1/tra-320.webp", if_modified_since=stamp).status_code == 304


def test_a_page_is_handed_out_as_a_download(folder):
    response = get("page.html")

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment"


@pytest.mark.parametrize(
    "path",
    ["../secret.webp", "a1/../../secret.webp", "a1", "", "gone.webp", "x" * 5000, "a\0.webp", "/etc/passwd"],
)
def test_anything_else_is_not_found(folder, path):
    with pytest.raises(Http404):
        get(path)
