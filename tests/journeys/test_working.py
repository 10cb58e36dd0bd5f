"""A page whose job still works tells how far it is, through a market that is being started anew, until it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).parents[2] / "static" / "js" / "working.js"
PAGE = "<!doctype html><h1>Tem</h1>{}<script type='module' src='/working.js'></script>"


def serve(one, answers):
    """Answer the page with these, the last one for good; return the statuses as they are asked for."""
    asked: list[int] = []

    def answer(route):
        status, body = answers[min(len(asked), len(answers) - 1)]
        asked.append(status)
        route.fulfill(status=status, body=body, content_type="text/html; charset=utf-8")

    one.page.route("**/dang-lam", answer)
    script = SCRIPT.read_text()
    one.page.route("**/working.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    one.page.goto("/dang-lam")
    return asked


def test_the_card_stays_while_the_market_is_started_anew_and_the_page_comes_whole_at_the_end(phone):
    one = phone()
    asked = serve(one, [
        (200, PAGE.format("<p data-working>1/9</p>")),
        (502, "<h1>Bad gateway</h1>"),
        (429, "<h1>Too many</h1>"),
        (200, PAGE.format("<p data-working>5/9</p>")),
        (200, PAGE.format("<p>9 tem</p>")),
    ])  # fmt: skip

    one.page.get_by_text("1/9").wait_for()
    one.page.get_by_text("5/9").wait_for()
    one.page.get_by_text("9 tem").wait_for()

    # The last look found no card, so the page was asked for whole.
    assert asked == [200, 502, 429, 200, 200, 200]
    one.faults[:] = [fault for fault in one.faults if "502" not in fault]


def test_who_may_no_longer_see_the_job_is_shown_the_markets_own_answer(phone):
    one = phone()
    asked = serve(one, [
        (200, PAGE.format("<p data-working>1/9</p>")),
        (404, "<h1>Không thấy trang này</h1>"),
    ])  # fmt: skip

    one.page.get_by_role("heading", name="Không thấy trang này").wait_for()

    assert asked == [200, 404, 404]
