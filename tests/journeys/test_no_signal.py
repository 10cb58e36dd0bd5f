"""The page behind a code where there is no signal: seen once, it can be read again and says how old it is."""

from __future__ import annotations

import pytest

from .people import a_lot_code, a_product

pytestmark = pytest.mark.browser

KEPT = "caches.open('pages-1').then((kept) => kept.keys()).then((keys) => keys.length === 1)"
READY = "navigator.serviceWorker.ready.then(() => true)"


@pytest.mark.parametrize("language", ["", "?lang=en"])
def test_a_page_seen_once_is_there_without_signal(phone, market, language):
    one = phone()
    path = f"/Q/{a_lot_code(market)}{language}"
    one.open(path)
    assert one.page.evaluate(READY)
    one.wait(KEPT)
    headings = one.page.locator("h1, h2").all_inner_texts()
    assert one.page.locator("[data-kept-note]").is_hidden()

    one.context.set_offline(True)
    one.page.goto(path)

    assert one.page.locator("h1, h2").all_inner_texts() == headings
    note = one.page.locator("[data-kept-note]")
    note.wait_for()
    assert ("There is no signal" if language else "Không có mạng") in note.inner_text()
    style = "getComputedStyle(document.querySelector('.verdict')).backgroundColor"
    assert one.page.evaluate(style) == "rgb(26, 36, 80)"
    assert one.page.evaluate("document.querySelector('.who img').naturalWidth") > 0

    one.context.set_offline(False)  # the page renews itself
    one.wait("!document.documentElement.dataset.kept")
    assert one.page.locator("[data-kept-note]").is_hidden()
    one.faults[:] = [fault for fault in one.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_a_kept_page_is_renewed_though_the_phone_never_says_that_it_is_online_again(phone, market):
    one = phone()
    path = f"/Q/{a_lot_code(market)}"
    one.page.add_init_script("addEventListener('online', (event) => event.stopImmediatePropagation())")
    one.open(path)
    assert one.page.evaluate(READY)
    one.wait(KEPT)
    one.context.set_offline(True)
    one.page.goto(path)
    one.page.locator("[data-kept-note]").wait_for()

    one.context.set_offline(False)
    one.wait("!document.documentElement.dataset.kept")

    assert one.page.locator("[data-kept-note]").is_hidden()
    one.faults[:] = [fault for fault in one.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_shop_pages_are_not_touched_by_the_worker(phone, market):
    one = phone()
    one.open(f"/Q/{a_lot_code(market)}")
    assert one.page.evaluate(READY)
    one.open(a_product(market))
    assert one.page.evaluate("navigator.serviceWorker.controller") is None
