"""Somebody thinks that goods are fake, and says so from the page of their code."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from cooperatives.models import Paper
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.transitions import IllegalMove
from tests.scene import photo
from traceability import fakes
from traceability.models import FakeReport, Lot, TraceCode, WaitingScan

AT = "/Q/2EP9TW83/bao-gia"
WORDS = "Tem mờ, gói không giống lần trước."


@pytest.fixture(autouse=True)
def _nobody_reported_yet() -> None:
    cache.clear()


def test_a_report_with_a_photo_reaches_the_cooperative_and_its_officers(
    client: Client, lot: Lot, lan: Any, quyen: Any, phuc: Any
) -> None:
    assert f'href="{AT.replace("2EP9TW83", "2EP9-TW83")}"' in client.get("/Q/2EP9TW83").content.decode()
    assert WaitingScan.objects.count() == 1

    form = client.get(AT)
    sent = client.post(AT, {"words": WORDS, "bought_at": "Chợ huyện", "photo": photo((3000, 2000))})

    assert (form.status_code, sent.status_code) == (200, 200)
    assert "Đã nhận lời báo" in sent.content.decode()
    assert not form.cookies
    assert not sent.cookies
    report = FakeReport.objects.get()
    assert (report.words, report.bought_at, report.status, report.cooperative) == (
        WORDS, "Chợ huyện", "open", lot.cooperative,
    )  # fmt: skip
    paper = Paper.objects.get()
    assert (paper.kind, paper.content_type, Image.open(paper.file).size) == (
        "fake",
        "image/jpeg",
        (2400, 1600),
    )
    assert (Letter.objects.get().kind, Letter.objects.get().mailbox) == (
        "fake_reported",
        lot.cooperative.mailbox,
    )
    assert WaitingScan.objects.count() == 1  # looking at the form is no scan

    slug = lot.cooperative.stall.slug
    client.force_login(lan)
    assert WORDS in client.get(f"/quan-ly/{slug}/lo/bao-hang-gia/").content.decode()
    assert "1 lời báo đang chờ" in client.get(f"/quan-ly/{slug}/lo/").content.decode()
    assert client.get(f"/quan-ly/{slug}/giay-to/{paper.pk}/")["Content-Type"] == "image/jpeg"
    client.force_login(quyen)
    assert WORDS in client.get(f"/lien-minh/bao-hang-gia/{report.pk}/").content.decode()
    assert client.get(f"/lien-minh/giay-to/{paper.pk}/").status_code == 200
    client.force_login(phuc)
    assert client.get(f"/lien-minh/bao-hang-gia/{report.pk}/").status_code == 404


def test_twenty_megabytes_are_refused_in_a_sentence_and_the_words_stay(client: Client, lot: Lot) -> None:
    heavy = SimpleUploadedFile("anh.jpg", photo().read() + b"\0" * 20 * 1024**2, content_type="image/jpeg")

    answer = client.post(AT, {"words": WORDS, "photo": heavy})

    assert answer.status_code == 422
    assert "Tệp nặng quá" in answer.content.decode()
    assert WORDS in answer.content.decode()
    assert not FakeReport.objects.exists()


def test_the_same_press_twice_is_one_report_and_the_sixth_of_an_hour_waits(client: Client, lot: Lot) -> None:
    for n in (1, 1, 2, 3, 4, 5):
        assert client.post(AT, {"words": f"{WORDS} {n}"}).status_code == 200
    assert FakeReport.objects.count() == 5

    answer = client.post(AT, {"words": "Gói này cũng thế, tem in mờ."})

    assert answer.status_code == 422
    assert "Máy này vừa báo nhiều lần" in answer.content.decode()
    assert FakeReport.objects.count() == Letter.objects.count() == 5
    other = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 14)"})
    assert other.post(AT, {"words": WORDS}).status_code == 200


@pytest.mark.parametrize("words", ["", "giả", " \u200b" * 20])
def test_a_report_needs_words(client: Client, lot: Lot, words: str) -> None:
    assert client.post(AT, {"words": words}).status_code == 422
    assert not FakeReport.objects.exists()


def test_a_code_that_is_nobodys_has_no_form(client: Client, lot: Lot) -> None:
    assert client.get("/Q/4FADK06J/bao-gia").status_code == 404
    assert client.post("/Q/4FADK06J/bao-gia", {"words": WORDS}).status_code == 404
    assert "bao-gia" not in client.get("/Q/4FADK06J").content.decode()


def test_an_officer_closes_a_report_once_with_words(client: Client, lot: Lot, quyen: Any) -> None:
    code, officer = TraceCode.objects.get(), Actor.of(quyen)
    report = fakes.report(code, words=WORDS, device="may1", by=Actor.guest())
    with pytest.raises(fakes.ReportRefused):
        fakes.close(report, "fake", finding="giả", by=officer)

    client.force_login(quyen)
    answer = client.post(
        f"/lien-minh/bao-hang-gia/{report.pk}/",
        {"status": "groundless", "finding": "Gói cũ, nhãn đời trước."},
    )

    assert answer.status_code == 302
    report.refresh_from_db()
    assert (report.status, report.finding) == ("groundless", "Gói cũ, nhãn đời trước.")
    assert report.closed_at is not None
    with pytest.raises(IllegalMove):
        fakes.close(report, "fake", finding="Nghĩ lại thì đúng là giả.", by=officer)


def test_the_form_speaks_english(client: Client, lot: Lot) -> None:
    answer = client.get(f"{AT}?lang=en")
    assert answer["Content-Language"] == "en"
    assert f'action="{AT.replace("2EP9TW83", "2EP9-TW83")}?lang=en"' in answer.content.decode()
