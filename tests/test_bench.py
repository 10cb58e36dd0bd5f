"""The bench's market is one that the pages can show; what it measures would mean nothing otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bench import asks, client, goods, market, report
from catalog.models import Product
from cooperatives.models import StockRecord
from traceability.models import Lot, TraceCode


@pytest.fixture
def filled(settings: Any, tmp_path: Path, db: None) -> Path:
    """A market of 40 generated goods, and the folder with the requests to it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    market.fill(40, stalls=8, faces=2)
    asks.ours(tmp_path)
    return tmp_path


def test_every_page_the_client_asks_for_answers(filled: Path) -> None:
    browser = Client()
    for page in {*asks.OURS} - {"basket", "purchase"}:
        for method, path, _body, _cookies in client.requests_of(filled / f"{page}.tsv")[:3]:
            assert (method, path, browser.get(path).status_code) == ("GET", path, 200)


def test_a_basket_of_the_bench_is_taken(filled: Path) -> None:
    browser = Client(enforce_csrf_checks=True)
    _method, path, body, cookies = client.requests_of(filled / "basket.tsv")[0]
    browser.cookies.load(cookies)
    answer = browser.post(path, body, content_type=client.FORM)
    assert (answer.status_code, answer.url, "gio" in answer.cookies) == (302, "/gio-hang/", True)


def test_generated_goods_are_as_the_rules_would_have_left_them(filled: Path) -> None:
    assert Product.objects.on_sale().count() == 40
    assert all(product.search_row and product.picture for product in Product.objects.all())
    for record in StockRecord.objects.all():
        assert sum(record.movements.values_list("quantity", flat=True)) == record.num_in_stock
    assert TraceCode.objects.filter(kind="lot").count() == Lot.objects.count() > 20


def test_the_same_seed_makes_the_same_goods() -> None:
    assert list(goods.goods(50)) == list(goods.goods(50))
    assert len({good.title for good in goods.goods(1_000)}) > 900


def test_the_report_says_which_bar_does_not_hold() -> None:
    measured = report.Measured(10_000, 100_000, 4, 2, 4, False, "wrk")
    page = client.Figures(rate=150, p50=20, p99=40, answers=600)
    floor = client.Figures(rate=1_000, p50=2, p99=4, answers=4_000)
    measured.floors = {"bare": [floor, floor], "own": [floor, floor]}
    measured.pages = {"ours": dict.fromkeys([*report.BARS, "scan", "packet", "purchase"], page)}
    measured.pages["oscar"] = {"purchase": client.Figures(rate=75, p50=20, p99=40, answers=600)}
    placed = report.Placed(ms=60, rate=20, refused=0, scarce_placed=150, scarce_refused=10, oversold=3)
    measured.placing = {"ours": [placed], "oscar": [report.Placed(50, 24, 0, 320, 0, 480)]}
    even = client.Figures(rate=500, p50=4, p99=9, answers=10_000)
    measured.scanned = report.Scanned(500, 20, even, rows=10_000, counted=9_998)
    text = report.document(measured)
    assert (
        "Not every bar holds: trace / bare view, scan / empty view of the same server, packet / empty view of the same "
        "server, scans lost or doubled, the drain killed once, guest purchases / stock Oscar's, units oversold by "
        "eight clients." in text
    )
    assert "Not measured in this run: slower with 100,000 products." in text
    assert (
        "| units oversold by eight clients                   |       0 |        3 | DOES NOT HOLD |" in text
    )
