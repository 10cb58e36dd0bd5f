from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import brotli
import pytest
import qrcode
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.test import Client
from PIL import Image

from marketplace.foundation.memo import forget
from tests import factories
from tests.factories import recall_lot
from traceability import codes, events, looks, lots
from traceability.models import Lot, ScanDay, TraceCode, WaitingScan

CSS = Path(django_settings.BASE_DIR) / "static" / "css" / "trace.css"


def story(lot: Lot, by: Any) -> None:
    """Eight events, three papers, a star in force and a lapsed one: more than most lots will have."""
    kinds = ["planted", "cared", "harvested", "bought_in", "processed", "tested", "packed", "dispatched"]
    for number, kind in enumerate(kinds):
        events.record(
            lot, kind, occurred_on=dt.date(2026, 10, number + 1), place=f"Xưởng {number}, xã Thượng Minh",
            households=14, quantity="1.200 gói", note="Phơi nắng hai ngày, sợi dai.", by=by,
        )  # fmt: skip
    for number in range(3):
        lots.add_paper(
            lot, kind="test_report", title=f"Phiếu kiểm nghiệm {number}", number=f"{number}/KN", issuer="QUATEST 1",
            issued_on=dt.date(2025, 1, 1), valid_until=dt.date(2026 + number, 1, 1), by=by,
        )  # fmt: skip
    factories.make_certificate(lot.product)
    factories.make_certificate(
        lot.product, stars=3, issued_on=dt.date(2020, 1, 1), expires_on=dt.date(2023, 1, 1)
    )


def page(client: Client, code: str, **query: str) -> str:
    return client.get(f"/Q/{code}", query).content.decode()


def test_a_lots_page_may_be_found_and_a_packets_may_not(client: Client, lot: Lot, by: Any) -> None:
    [packet] = factories.unit_codes(lot, 1, by=by)

    assert "noindex" not in page(client, "2EP9TW83")
    assert '<meta name="description" content="Lô 261105-01 của HTX Mường Hoa:' in page(client, "2EP9TW83")
    assert '<meta name="robots" content="noindex">' in page(client, packet.code)


def test_a_lots_page_says_what_is_true_and_no_more(client: Client, lot: Lot, by: Any) -> None:
    story(lot, by)
    said = page(client, "2EP9TW83")

    assert "Mã này có trong sổ của HTX Mường Hoa" in said
    assert "Mã lô: giống nhau trên mọi gói của lô · đã quét 1 lần" in said
    assert "Mã lô không chứng minh từng gói là thật." in said
    assert "hàng thật" not in said.lower()
    for fact in (
        "Miến dong",
        "HTX Mường Hoa",
        "Xóm Chợ, Xã Thượng Minh, Thái Nguyên",
        "261105-01",
        "05/11/2027",
    ):
        assert fact in said
    assert (
        said.index("Người làm")
        < said.index("Đường đi của lô")
        < said.index("Giấy tờ")
        < said.index("/san-pham/")
    )
    assert "04/10/2026" in said
    assert "2361/QĐ-BNNMT" in said
    assert "Đã hết hạn 01/01/2023" in said
    assert said.count("★") == 1
    assert "OCOP 4 sao · đến 06/2028" in said


def test_a_code_that_is_on_no_goods_yet_says_do_not_use(client: Client, lot: Lot, by: Any) -> None:
    run = codes.issue_unit_codes(lot, 1, by=by)
    said = page(client, codes.in_use(run)[0])
    assert 'class="verdict bad"' in said
    assert "Mã này chưa được dán lên hàng" in said

    codes.activate_run(run, by=by)
    assert 'class="verdict unit"' in page(client, codes.in_use(run)[0])


def test_only_a_packets_code_gets_the_tick(client: Client, lot: Lot, by: Any) -> None:
    unit = factories.unit_codes(lot, 1, by=by)[0]

    assert 'class="verdict lot"' in page(client, "2EP9TW83")
    said = page(client, unit.code)
    assert 'class="verdict unit"' in said
    assert "Mã riêng của một gói · đã quét 1 lần" in said
    assert "hàng thật" not in said.lower()


def test_a_recalled_lot_says_so_in_red_with_the_reason(client: Client, lot: Lot, by: Any) -> None:
    recall_lot(lot, reason="Lẫn <b>hạt</b> lạ trong gói.", by=by)
    said = page(client, "2EP9TW83")
    assert 'class="verdict bad"' in said
    assert "Lô này bị thu hồi" in said
    assert "Lẫn &lt;b&gt;hạt&lt;/b&gt; lạ trong gói." in said


def test_a_recalled_lot_does_not_send_people_to_buy_it(client: Client, lot: Lot, by: Any) -> None:
    assert "Xem hàng này ở chợ" in client.get("/Q/2EP9TW83").content.decode()

    recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)

    assert "Xem hàng này ở chợ" not in client.get("/Q/2EP9TW83").content.decode()


def test_an_expired_and_a_retired_code_are_warned_of(client: Client, lot: Lot, by: Any) -> None:
    Lot.objects.filter(pk=lot.pk).update(expires_on=dt.date(2026, 11, 20))
    said = page(client, "2EP9TW83")
    assert 'class="verdict warn"' in said
    assert "Lô này đã hết hạn dùng ngày 20/11/2026" in said

    codes.revoke(TraceCode.objects.get(), by=by)
    said = page(client, "2EP9TW83")
    assert 'class="verdict warn"' in said
    assert "Mã này đã thôi dùng" in said


@pytest.mark.parametrize("address", ["/Q/2EP9TW83", "/q/2ep9tw83", "/Q/2ep9-tw83/", "/q/2EP9-TW83/"])
def test_a_code_opens_in_any_case_with_dashes_and_a_slash(client: Client, lot: Lot, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        "4FADK06J",
        "2EP9TW84",
        "%00",
        "2EP9TW8%003",
        "x" * 5000,
        "%F0%9F%8D%B5",
        "%3Cscript%3E",
        "%E1%BA%A0",
        "%FF%FE",
    ],
)
def test_a_bad_code_is_answered_404_with_help(client: Client, lot: Lot, asked: str) -> None:
    answer = client.get(f"/Q/{asked}")
    assert answer.status_code == 404
    said = answer.content.decode()
    assert "Không có mã này trong sổ" in said
    assert "<script" not in said
    assert len(said) < 8000
    assert "private" in answer["Cache-Control"]
    assert not WaitingScan.objects.exists()


def test_the_unknown_page_says_whom_to_call(client: Client, lot: Lot, settings: Any) -> None:
    settings.OPERATOR_PHONE = "02083123456"
    assert 'href="tel:02083123456"' in page(client, "4FADK06J")


def test_no_cookie_and_no_session_for_a_scan(client: Client, lot: Lot, by: Any) -> None:
    unit = factories.unit_codes(lot, 1, by=by)[0]
    client.cookies["sessionid"] = "x" * 32
    for code in ("2EP9TW83", unit.code, "4FADK06J"):
        answer = client.get(f"/Q/{code}", headers={"accept-language": "en"})
        assert set(answer.cookies) == ({"may"} if code == unit.code else set())  # a packet's: which device
        assert "Cookie" not in answer.get("Vary", "")
        assert "default-src" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        # It needs none; the one there is keeps the page for where there is no signal.
        kept = ['<script type="module" src="/static/js/keep-page.js">'] if code != "4FADK06J" else []
        assert re.findall(r"<script[^>]*>", answer.content.decode()) == kept


def test_a_scan_costs_at_most_six_queries_and_the_row_that_counts_it(
    client: Client, lot: Lot, by: Any, django_assert_max_num_queries: Any
) -> None:
    story(lot, by)
    with django_assert_max_num_queries(7):
        client.get("/Q/2EP9TW83")


def test_the_page_and_its_style_weigh_at_most_25_kilobytes(client: Client, lot: Lot, by: Any) -> None:
    story(lot, by)
    html = client.get("/Q/2EP9TW83").content
    weight = len(brotli.compress(html)) + len(brotli.compress(CSS.read_bytes()))
    assert weight <= 25_000
    assert len(re.findall(rb"<link[^>]+stylesheet", html)) == 1


def test_a_lots_page_may_be_kept_half_a_minute_and_a_packets_never(client: Client, lot: Lot, by: Any) -> None:
    unit = factories.unit_codes(lot, 1, by=by)[0]
    shared = client.get("/Q/2EP9TW83")
    assert shared["Cache-Control"] == "public, max-age=30"
    assert shared["ETag"]
    assert client.get(f"/Q/{unit.code}")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("sent", [{}, {"accept-encoding": "gzip"}, {"if-none-match": '"of another page"'}])
def test_a_page_that_is_kept_is_sent_with_the_same_headers(
    client: Client, lot: Lot, by: Any, sent: dict[str, str]
) -> None:
    unit = factories.unit_codes(lot, 1, by=by)[0].code
    for address in ("/Q/2EP9TW83", f"/Q/{unit}", "/Q/2EP9TW83?lang=en"):
        forget()
        first, kept = (client.get(address, headers=sent) for _n in range(2))
        assert list(first.headers) == list(kept.headers)
        for name in set(first.headers) - {"ETag", "Content-Length"}:  # they hang on the number of looks
            assert first[name] == kept[name], name
        assert first["Content-Security-Policy"]
        assert first["X-Content-Type-Options"] == "nosniff"
        assert first.has_header("Content-Encoding") == ("accept-encoding" in sent)


def test_an_unchanged_page_is_not_sent_again(client: Client, lot: Lot) -> None:
    first = client.head("/Q/2EP9TW83")
    again = client.head("/Q/2EP9TW83", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again["Cache-Control"]) == (304, "public, max-age=30")


def test_looks_are_counted_but_not_heads_nor_unknown_codes(client: Client, lot: Lot) -> None:
    client.get("/Q/2EP9TW83")
    client.get("/q/2ep9tw83")
    client.head("/Q/2EP9TW83")
    client.get("/Q/4FADK06J")
    assert "đã quét 3 lần" in page(client, "2EP9TW83")

    assert looks.drain() == 3
    assert ScanDay.objects.get().count == 3
    assert "đã quét 4 lần" in page(client, "2EP9TW83")


def test_english_is_one_link_away_and_asks_for_no_session(client: Client, lot: Lot) -> None:
    answer = client.get("/Q/2EP9TW83", {"lang": "en"})
    assert answer["Content-Language"] == "en"
    assert '<html lang="en">' in answer.content.decode()
    assert 'href="?lang=vi"' in answer.content.decode()
    assert 'href="?lang=en"' in page(client, "2EP9TW83")


def test_the_page_is_only_read(lot: Lot) -> None:
    answer = Client(enforce_csrf_checks=False).post("/Q/2EP9TW83")
    assert answer.status_code == 405


def test_a_closed_stalls_goods_are_traced_but_not_sold(client: Client, lot: Lot) -> None:
    lot.cooperative.stall.__class__.objects.update(status="closed")
    assert "/san-pham/" not in page(client, "2EP9TW83")


# --- the page to type or photograph a code --------------------------------------------------------------------


def test_the_scan_page_opens(client: Client, db: None) -> None:
    assert client.get("/quet/").status_code == 200


@pytest.mark.parametrize("typed", ["2ep9-tw83", "http://127.0.0.1:8000/Q/2EP9TW83"])
def test_a_typed_code_leads_to_its_page(client: Client, lot: Lot, typed: str) -> None:
    answer = client.get("/quet/", {"code": typed})
    assert (answer.status_code, answer["Location"]) == (302, "/Q/2EP9TW83")


@pytest.mark.parametrize("typed", ["", "abc", "\x00", "https://example.com/Q/2EP9TW83", "2EP9TW84"])
def test_a_typed_word_that_is_no_code_is_told_so_beside_the_field(
    client: Client, lot: Lot, typed: str
) -> None:
    answer = client.get("/quet/", {"code": typed})
    assert answer.status_code == 422
    assert "id_code_error" in answer.content.decode()


def photo_of(text: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    canvas = Image.new("RGB", (1200, 900), "#bba")
    canvas.paste(qrcode.make(text).convert("RGB").resize((300, 300)), (400, 300))
    canvas.save(out, "JPEG")
    return SimpleUploadedFile("tem.jpg", out.getvalue(), "image/jpeg")


def test_a_photo_of_a_label_leads_to_its_page(client: Client, lot: Lot) -> None:
    answer = client.post("/quet/", {"photo": photo_of("http://127.0.0.1:8000/Q/2EP9TW83")})
    assert (answer.status_code, answer["Location"]) == (302, "/Q/2EP9TW83")


def test_somebody_elses_code_is_shown_as_words_never_as_a_link(client: Client, db: None) -> None:
    answer = client.post("/quet/", {"photo": photo_of("https://example.com/Q/2EP9TW83?<b>")})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Trong mã ghi: https://example.com/Q/2EP9TW83?&lt;b&gt;" in said
    assert 'href="https://example.com' not in said


@pytest.mark.parametrize("content", [b"", b"\x00" * 50, b"GIF89a nothing"])
def test_a_file_that_is_no_picture_is_told_so(client: Client, db: None, content: bytes) -> None:
    answer = client.post("/quet/", {"photo": SimpleUploadedFile("x.jpg", content, "image/jpeg")})
    assert answer.status_code == 422
    assert client.post("/quet/", {}).status_code == 422


def test_a_photo_without_a_code_says_how_to_take_a_better_one(client: Client, db: None) -> None:
    out = io.BytesIO()
    Image.new("RGB", (400, 400), "#bba").save(out, "PNG")
    answer = client.post("/quet/", {"photo": SimpleUploadedFile("x.png", out.getvalue(), "image/png")})
    assert answer.status_code == 422
    assert "Chưa đọc được mã trong ảnh." in answer.content.decode()


# --- what other floors show -----------------------------------------------------------------------------------


def test_the_panel_lists_lots_with_codes_in_one_query(
    lot: Lot, by: Any, django_assert_num_queries: Any
) -> None:
    wrong = events.record(lot, "packed", occurred_on=dt.date(2026, 11, 5), place="Xưởng", by=by)
    events.correct(wrong, occurred_on=dt.date(2026, 11, 6), place="Xưởng", by=by)
    Lot.objects.create(cooperative=lot.cooperative, product=lot.product, number="không mã")

    with django_assert_num_queries(1):
        said = Template("{% load trace %}{% trace_panel product %}").render(Context({"product": lot.product}))

    assert 'href="/Q/2EP9TW83"' in said
    assert "Lô 261105-01" in said
    assert "1 bước đã ghi" in said
    assert "không mã" not in said


def test_a_lot_is_linked_to_its_page(lot: Lot) -> None:
    said = Template("{% load trace %}{% lot_link lot %}").render(Context({"lot": lot}))
    assert said.strip() == '<a href="/Q/2EP9TW83">Lô 261105-01</a>'
