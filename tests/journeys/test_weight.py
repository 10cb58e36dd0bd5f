"""How much a first visit costs on a phone: an empty cache, 360 × 760, and what loads before anybody scrolls."""

from __future__ import annotations

import urllib.request

import brotli
import pytest

from .people import a_lot_code, a_product

pytestmark = pytest.mark.browser

FIRST_LOAD = 60 * 1024
TRACE = 25 * 1024


def weigh(phone, path: str) -> list[tuple[str, int, str]]:
    """Return what came over the line for one visit: kind, bytes with headers, address."""
    session = phone.context.new_cdp_session(phone.page)
    known: dict[str, tuple[str, str]] = {}
    rows: list[tuple[str, int, str]] = []

    def answered(told) -> None:
        known[told["requestId"]] = (told["type"], told["response"]["url"])

    def finished(told) -> None:
        kind, address = known[told["requestId"]]
        rows.append((kind, int(told["encodedDataLength"]), address.removeprefix(phone.url)))

    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    assert phone.page.goto(path, wait_until="networkidle").status == 200
    return sorted(rows)


@pytest.mark.parametrize("name", ["home", "list", "category", "search", "product", "trace"])
def test_a_first_visit_is_at_most_60_kb(phone, market, name):
    path = {
        "home": lambda: "/",
        "list": lambda: "/san-pham/",
        "category": lambda: "/danh-muc/tra-che/",
        "search": lambda: "/tim/?q=mien+dong",
        "product": lambda: a_product(market),
        "trace": lambda: f"/Q/{a_lot_code(market)}",
    }[name]()

    found = weigh(phone(), path)

    told = "\n".join(f"{size:7} {kind:10} {address}" for kind, size, address in found)
    total = sum(size for _, size, _ in found)
    assert {"Document", "Stylesheet", "Font", "Image"} <= {kind for kind, _, _ in found}
    assert total <= FIRST_LOAD, f"{path}: {total} bytes\n{told}"


def test_the_trace_page_and_its_style_are_at_most_25_kb_brotli(phone, market):
    one = phone()
    answer = one.open(f"/Q/{a_lot_code(market)}")
    styles = one.page.eval_on_selector_all('link[rel="stylesheet"]', "links => links.map(link => link.href)")

    document = len(brotli.compress(answer.body()))
    style = sum(len(brotli.compress(urllib.request.urlopen(style).read())) for style in styles)

    assert len(styles) == 1
    assert 1000 < document + style <= TRACE
