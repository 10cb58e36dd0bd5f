"""Work noted where there is no signal: it is on the phone or it is not, and it reaches the market once.

The cases s… are those of ``vectors/sync_cases.json``, the lines about the client.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.vectors import vectors

from .fieldwork import DOOR, FIELD, KEPT, OPEN, Fieldworker, picture
from .market import PASSWORD, Market
from .people import YEN_DUONG
from .phone import Phone
from .test_accessibility import Eyes

pytestmark = pytest.mark.browser

CASES = {case["id"]: case["expect"] for case in vectors("sync_cases.json")["cases"]}
PACKER = f"user__phone='{YEN_DUONG.packer}', cooperative__stall__slug='{YEN_DUONG.slug}'"


@pytest.fixture
def worker(phone: Callable[..., Phone], market: Market) -> Callable[..., Fieldworker]:
    return lambda **options: Fieldworker(phone(**options), market)


def in_market(market: Market, code: str) -> str:
    lines = "from cooperatives.models import Membership\nfrom marketplace.foundation.actor import Actor\n"
    return market.manage("shell", "--no-imports", "-c", f"{lines}{code}")


def answer(route: Any, status: int, code: str) -> None:
    route.fulfill(status=status, content_type="application/json", body=json.dumps({"code": code, "text": ""}))


def is_post(route: Any) -> bool:
    return bool(route.request.method == "POST")


# --- O1: what is entered in flight mode arrives once each -------------------------------------------------
def test_twenty_notes_without_signal_arrive_once_each_though_the_tab_was_killed(worker):
    one = worker()
    with one.without_signal():
        for n in range(12):
            one.note(f"O1 {n:02}", [picture(n)] if n in (3, 7) else None)
        kill(one)
        one.phone.open(FIELD)
        for n in range(12, 20):
            one.note(f"O1 {n:02}")
        offline = "Chưa có mạng. 20 việc nằm trên máy này, có mạng thì tự gửi."
        one.until(one.says, lambda said: said == offline)
        assert one.stored("O1") == []

    one.wait_for("O1 19", "sent")

    expected = [f"O1 {n:02}" for n in range(20)]
    assert one.stored("O1") == expected
    assert one.posts() == expected
    assert [one.pictures(f"O1 {n:02}") for n in (3, 4, 7)] == [[1], [], [1]]
    assert one.rows("photos") == []
    one.until(one.says, lambda said: said == "Đã gửi hết.")


def kill(one: Fieldworker) -> None:
    """The tab dies as on a phone short of memory: no handler of the page runs. Another one takes its place."""
    from playwright.sync_api import Error

    dying = one.page
    with contextlib.suppress(Error):  # a dead page does not answer
        dying.goto("chrome://crash", timeout=5000)
    one.page = one.phone.page = one.phone.context.new_page()
    dying.close()


# --- the cases of the vectors -------------------------------------------------------------------------------
def test_s3_other_words_under_a_taken_id_stay_on_the_phone_as_a_conflict(worker):
    one = worker()
    with one.without_signal():
        one.note("s3 mine", [picture(3)])
    one.wait_for("s3 mine", "sent")
    with one.without_signal():
        one.note("s3 other")
        taken = one.row("s3 mine")["id"]
        other = one.row("s3 other")
        one.change("s3 mine", id="0" * 36)  # so that the other may have it
        one.change("s3 other", id=taken, body={**other["body"], "id": taken})

    row = one.wait_for("s3 other", "conflict")

    assert CASES["s3"]["client"] == "keeps the draft, shows it as conflict, never drops it"
    assert row["code"] == "conflict"
    one.page.reload()
    one.reads("s3 other", "Trùng với việc khác")
    assert one.stored("s3") == ["s3 mine"]
    one.until(one.says, lambda said: said == "Còn 1 việc cần bạn xem lại.")

    one.entry("s3 other").get_by_role("button", name="Ghi thành việc mới").click()
    one.until(lambda: one.page.input_value("#id_note"), lambda typed: typed == "s3 other")
    one.save()

    assert one.wait_for("s3 other", "sent")["id"] != taken
    assert one.stored("s3") == ["s3 mine", "s3 other"]


def test_s5_an_answer_that_got_lost_is_asked_for_again_and_the_event_stands_once(worker):
    one = worker()
    statuses = []

    def cut(route: Any) -> None:
        if not is_post(route):
            return route.continue_()
        statuses.append(route.fetch().status)
        if len(statuses) == 1:
            return route.abort()
        return route.continue_()

    one.page.route(DOOR, cut)
    one.note("s5")
    one.until(one.wait_row, lambda row: row.get("why") == "network")
    assert one.row("s5")["state"] == "waiting"
    assert one.stored("s5") == ["s5"]

    one.send_now()

    one.wait_for("s5", "sent")
    assert statuses == [201, CASES["s5"]["status"]]
    assert one.stored("s5") == ["s5"]
    forget(one, "ERR_FAILED")


def forget(one: Fieldworker, *words: str) -> None:
    """These faults were made on purpose."""
    one.phone.faults[:] = [fault for fault in one.phone.faults if not any(word in fault for word in words)]


def test_s11_a_photo_whose_event_the_market_never_had_waits_for_it(worker):
    one = worker()
    with one.without_signal():
        one.note("s11", [picture(11), picture(12)])
        one.change("s11", stored=True, tried=True)  # a phone that was told so by a market that lost it

    row = one.wait_for("s11", "sent")

    assert CASES["s11"]["client"] == "sends the event first, then again"
    ways = [
        (method, what.split("/")[-2] if "/" in what else what) for method, what in one.sent if method != "GET"
    ]
    assert ways == [("PUT", "1"), ("POST", "s11"), ("PUT", "1"), ("PUT", "2")]
    assert row["stored"] is True
    assert (one.stored("s11"), one.pictures("s11")) == (["s11"], [1, 2])


def test_s17_a_note_for_a_lot_that_was_closed_waits_for_the_manager_with_its_photo(worker, market):
    one = worker()
    with one.without_signal():
        one.note("s17", [picture(17)])
        lot = one.row("s17")["body"]["lot"]
        in_market(
            market,
            f"from traceability.models import Lot\nLot.objects.filter(pk={lot}).update(status='closed')",
        )

    row = one.wait_for("s17", "held")

    one.until(lambda: one.row("s17")["photos"][0]["sent"], bool)
    assert one.stored("s17") == []
    one.reads("s17", "Chờ người quản lý")
    one.reads("s17", row["said"])
    in_market(market, (
        "from traceability import uploads\nfrom traceability.models import EventUpload, Lot\n"
        f"Lot.objects.filter(pk={lot}).update(status='open')\n"
        f"uploads.take_in(EventUpload.objects.get(pk='{row['id']}'), by=Actor.system('test'))"
    ))  # fmt: skip

    one.page.reload()

    one.wait_for("s17", "sent")
    assert (one.stored("s17"), one.pictures("s17")) == (["s17"], [1])


def test_a_photo_of_a_held_note_that_did_not_get_through_is_sent_as_soon_as_the_wait_is_over(worker, market):
    one = worker()
    with one.without_signal():
        one.note("ảnh chờ", [picture(18)])
        lot = one.row("ảnh chờ")["body"]["lot"]
        of_the_lot = f"from traceability.models import Lot\nLot.objects.filter(pk={lot})"
        in_market(market, f"{of_the_lot}.update(status='closed')")
    cut = "**/lo/viec-gui/*/anh/1/"
    one.page.route(cut, lambda route: route.abort())
    one.until(one.wait_row, lambda row: row.get("why") == "network")
    assert one.row("ảnh chờ")["state"] == "held"
    assert one.row("ảnh chờ")["photos"][0]["sent"] is False
    one.page.unroute(cut)

    # Nobody came back, nobody pressed a button.
    one.until(lambda: one.row("ảnh chờ")["photos"][0]["sent"], bool)

    in_market(market, f"{of_the_lot}.update(status='open')")
    forget(one, "ERR_FAILED")


def test_s21_who_was_taken_off_the_cooperative_keeps_everything_and_learns_whom_to_call(worker, market):
    one = worker()
    with one.without_signal():
        one.note("s21")
        in_market(
            market,
            f"from django.utils import timezone\nMembership.objects.filter({PACKER}).update(until=timezone.now())",
        )

    one.until(one.says, lambda said: "Hãy gọi" in said)

    assert CASES["s21"] == {
        "status": 403,
        "client": "keeps the outbox and says who to call",
        "server": "keeps nothing",
    }
    [(manager, number)] = market.data.rows(
        "SELECT u.full_name, p.phone FROM partner_membership m JOIN accounts_user u ON u.id = m.user_id "
        "JOIN partner_partner p ON p.id = m.cooperative_id JOIN partner_stall s ON s.cooperative_id = p.id "
        f"WHERE m.role = 'director' AND m.until IS NULL AND s.slug = '{YEN_DUONG.slug}' LIMIT 1"
    )
    assert manager in one.says()
    assert number in one.says()
    assert "1 việc vẫn nằm trên máy này" in one.says()
    assert one.stored("s21") == []
    assert one.phone.open(FIELD).status == 200  # the market answers 404; the phone still shows what it keeps
    one.entry("s21").wait_for()

    in_market(market, f"Membership.objects.filter({PACKER}).update(until=None)")
    one.page.reload()

    one.wait_for("s21", "sent")
    assert one.stored("s21") == ["s21"]


def test_s22_a_session_that_ended_leads_to_the_sign_in_and_then_it_goes_on(worker):
    one = worker()
    with one.without_signal():
        one.note("s22")
        one.phone.context.clear_cookies(name="sessionid")

    one.until(one.says, lambda said: "Bạn cần đăng nhập lại." in said)

    assert CASES["s22"]["client"] == "outbox kept, asks to log in, then resumes"
    assert one.row("s22")["state"] == "waiting"
    one.page.locator("[data-status]").get_by_role("link", name="Đăng nhập").click()
    one.page.get_by_label("Số điện thoại").fill(YEN_DUONG.packer)
    one.page.get_by_label("Mật khẩu").fill(PASSWORD)
    one.page.get_by_role("button", name="Đăng nhập").click()
    one.page.wait_for_url(f"{one.phone.url}{FIELD}")
    one.wait_for("s22", "sent")
    assert one.stored("s22") == ["s22"]


def test_s23_a_market_in_trouble_is_left_alone_ever_longer_and_then_goes_on_where_it_failed(worker):
    one = worker()
    with one.without_signal():
        one.note("s23")
        one.many("s23", 199)
    trouble = [True]

    def fail_third(route: Any) -> None:
        is_third = is_post(route) and route.request.post_data_json["note"] == "s23 001"
        answer(route, 500, "") if is_third and trouble[0] else route.continue_()

    one.phone.context.route(DOOR, fail_third)
    one.until(one.wait_row, lambda row: row.get("tries") == 1)
    assert one.stored("s23") == ["s23", "s23 000"]
    waits, ends = [], []
    for tries in range(2, 12):
        row = one.wait_row()
        waits.append(row["wait"])
        ends.append((row["until"] - one.page.evaluate("Date.now()")) / 1000 / row["wait"])
        one.page.get_by_role("button", name="Gửi ngay").click()
        one.until(one.wait_row, lambda row, tries=tries: row.get("tries", 0) >= tries)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert all(0.6 < end <= 1 for end in ends)
    assert len({round(end, 3) for end in ends}) > 5  # each by chance

    asked = len(one.sent)
    one.page.reload()  # coming back does not shorten it
    one.until(
        one.says, lambda said: said.startswith("Chợ đang bận. 198 việc nằm trên máy này, máy gửi lại lúc ")
    )
    assert len(one.sent) == asked
    trouble[0] = False
    one.sent.clear()
    one.send_now()
    one.until(lambda: len(one.stored("s23")), lambda many: many == 200, seconds=120)

    assert CASES["s23"]["client"].endswith("resumes at the 3rd; order within one batch kept")
    expected = ["s23", *(f"s23 {n:03}" for n in range(199))]
    assert one.stored("s23") == expected
    assert one.posts() == expected[2:]
    one.until(one.says, lambda said: said == "Đã gửi hết.")
    assert one.page.locator("[data-list] article").count() == 20  # of what was sent the last ones stay
    assert one.wait_row()["tries"] == 0
    forget(one, "500")


def test_s24_what_the_market_refuses_is_set_aside_and_the_rest_goes_on(worker):
    one = worker()
    with one.without_signal():
        for note in ("s24 a", "s24 b", "s24 c"):
            one.note(note)
        row = one.row("s24 b")
        one.change("s24 b", body={**row["body"], "occurred_on": "2199-01-01"})  # its calendar was a wrong one

    one.wait_for("s24 c", "sent")

    assert CASES["s24"]["client"] == "is set aside, the rest goes on"
    row = one.row("s24 b")
    assert (row["state"], row["field"]) == ("refused", "occurred_on")
    assert one.stored("s24") == ["s24 a", "s24 c"]
    one.reads("s24 b", "Cần sửa")
    one.reads("s24 b", "Ngày này chưa đến.")

    one.entry("s24 b").get_by_role("button", name="Sửa").click()
    assert one.page.locator("#id_occurred_on_error").inner_text() == "Ngày này chưa đến."
    assert "id_occurred_on_error" in one.page.get_attribute("#id_occurred_on", "aria-describedby")
    one.page.fill("#id_occurred_on", "2026-11-01")
    one.save()
    assert one.wait_for("s24 b", "sent")["id"] == row["id"]
    assert one.stored("s24") == ["s24 a", "s24 c", "s24 b"]


def test_s24_what_was_set_aside_goes_only_when_its_person_says_so(worker):
    one = worker()
    with one.without_signal():
        one.note("s24 drop", [picture(24)])
        row = one.row("s24 drop")
        one.change("s24 drop", body={**row["body"], "place": ""})
    one.wait_for("s24 drop", "refused")
    asked = []
    one.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    one.entry("s24 drop").get_by_role("button", name="Bỏ").click()
    one.until(lambda: asked, bool)
    assert asked == ["Bỏ việc này khỏi máy? Bỏ rồi không lấy lại được."]
    assert one.row("s24 drop")["state"] == "refused"
    assert len(one.rows("photos")) == 1

    one.page.once("dialog", lambda dialog: dialog.accept())
    one.entry("s24 drop").get_by_role("button", name="Bỏ").click()

    one.entry("s24 drop").wait_for(state="detached")
    assert [row for row in one.rows() if row["body"]["note"] == "s24 drop"] == []
    assert one.rows("photos") == []
    one.wait("document.activeElement.id === 'outbox-title'")


@pytest.mark.parametrize("pause", [0, 15, 60, 250])
def test_s25_a_tab_killed_while_it_writes_leaves_the_note_with_its_photos_or_neither(worker, pause):
    one = worker()
    with one.without_signal():
        one.fill("s25", [picture(n) for n in range(4)])
        one.page.evaluate("document.querySelector('form .btn.main').click()")
        one.page.wait_for_timeout(pause)
        kill(one)
        one.phone.open(FIELD)
        one.page.locator("#id_note").wait_for()

        assert CASES["s25"]["client"] == "event and photo are in one transaction: both or neither"
        rows, photos = one.rows(), one.rows("photos")
        assert (len(rows), len(photos)) in ((0, 0), (1, 4))
        for row in rows:
            assert [(p["slot"], p["bytes"]) for p in row["photos"]] == [
                (p["slot"], p["bytes"]) for p in photos
            ]
        # What was typed is there in any case.
        kept = "" if rows else "s25"
        one.until(lambda: one.page.input_value("#id_note"), lambda typed, kept=kept: typed == kept)
        if not rows:
            one.save()
            one.wait_for("s25", "waiting")
    one.wait_for("s25", "sent")
    assert one.stored("s25")[-1] == "s25"


def test_s26_a_full_phone_confirms_nothing_keeps_the_text_and_offers_smaller_photos(worker):
    one = worker()
    session = one.phone.context.new_cdp_session(one.page)
    with one.without_signal():
        one.fill("s26", [picture(n) for n in range(3)])
        used = one.page.evaluate("navigator.storage.estimate().then((told) => told.usage)")
        session.send("Storage.overrideQuotaForOrigin", {"origin": one.phone.url, "quotaSize": used + 400_000})
        one.save()
        one.page.locator("#id_photos_error").wait_for()

        assert CASES["s26"]["client"] == "refuses to confirm, offers to lower photo size, keeps text"
        assert "CHƯA lưu" in one.page.locator("#id_photos_error").inner_text()
        assert one.page.locator("[data-saved]").is_hidden()
        assert (one.rows(), one.rows("photos")) == ([], [])
        assert one.page.input_value("#id_note") == "s26"
        assert one.page.locator("[data-shots] li").count() == 3

        session.send(
            "Storage.overrideQuotaForOrigin", {"origin": one.phone.url, "quotaSize": used + 3_000_000}
        )
        one.page.get_by_role("button", name="Thu nhỏ ảnh rồi lưu lại").click()
        row = one.wait_for("s26", "waiting")
        assert all(photo["bytes"] < 400_000 for photo in row["photos"])
    one.wait_for("s26", "sent")
    assert one.pictures("s26") == [1, 2, 3]


@pytest.mark.parametrize("locks", ["locks of the browser", "a lease"])
def test_s27_of_two_tabs_one_sends(worker, locks):
    one = worker()
    if locks == "a lease":
        one.phone.context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
        one.page.reload()
    other = one.phone.context.new_page()
    other.goto(FIELD)
    with one.without_signal():
        for n in range(8):
            one.note(f"s27 {locks} {n}")
        other.locator("[data-list] article").nth(7).wait_for()

    one.wait_for(f"s27 {locks} 7", "sent")
    one.until(lambda: other.locator("[data-list] [data-state=sent]").count(), lambda many: many == 8)

    assert CASES["s27"]["client"].startswith("Web Locks (or a lease row in IndexedDB): one sender")
    assert one.posts() == [f"s27 {locks} {n}" for n in range(8)]
    assert one.stored(f"s27 {locks}") == [f"s27 {locks} {n}" for n in range(8)]


def test_s27_a_lease_of_a_tab_that_died_runs_out(worker):
    one = worker()
    one.phone.context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    one.page.reload()
    with one.without_signal():
        one.note("s27 died")
        end = one.page.evaluate("Date.now()") + 4000
        one.write({"key": "lease", "holder": "a dead tab", "until": end}, store="meta")
    one.page.wait_for_timeout(800)
    assert one.posts() == []

    one.wait_for("s27 died", "sent")
    assert one.posts() == ["s27 died"]


def change_on_the_way(one: Fieldworker, **fields: Any) -> None:
    """What the phone posts reaches the market with other fields: as an older form, or a longer one, would send it."""

    def change(route: Any) -> None:
        if not is_post(route):
            return route.continue_()
        body = {**route.request.post_data_json, **fields}
        return route.continue_(post_data=json.dumps(body))

    one.page.route(DOOR, change)


def test_s28_a_page_older_than_the_market_reads_keeps_everything_and_asks_to_be_loaded_again(worker):
    one = worker()
    change_on_the_way(one, schema=0)
    one.note("s28")

    one.until(
        one.says,
        lambda said: said.startswith("Trang này cũ quá nên chưa gửi được. 1 việc vẫn nằm trên máy này."),
    )

    assert CASES["s28"]["note"].endswith("older: 426 with a message, outbox kept")
    assert one.row("s28")["state"] == "waiting"
    one.page.unroute(DOOR)
    one.page.get_by_role("link", name="Tải lại trang").click()
    one.wait_for("s28", "sent")


def test_s29_a_body_that_is_too_long_is_set_aside_with_what_the_market_says(worker):
    one = worker()
    change_on_the_way(one, note="x" * 1_100_000)
    one.note("s29")

    row = one.wait_for("s29", "refused")

    assert CASES["s29"]["status"] == 413
    assert row["code"] == "too_large"
    one.reads("s29", "Việc này nặng quá")
    assert one.stored("s29") == []


def test_a_photo_that_the_market_cannot_read_is_let_go_and_the_note_stays(worker):
    one = worker()
    one.page.route("**/lo/viec-gui/*/anh/1/", lambda route: answer(route, 422, "not_a_picture"))
    one.note("ảnh hỏng", [picture(1), picture(2)])
    one.wait_for("ảnh hỏng", "refused")
    assert one.stored("ảnh hỏng") == ["ảnh hỏng"]
    one.reads("ảnh hỏng", "Cần sửa")
    assert one.entry("ảnh hỏng").get_by_role("button", name="Sửa").is_hidden()

    one.entry("ảnh hỏng").get_by_role("button", name="Bỏ ảnh này").click()

    one.wait_for("ảnh hỏng", "sent")
    assert one.pictures("ảnh hỏng") == [2]


def test_words_that_are_not_the_markets_are_no_answer(worker):
    """A free Wi-Fi answers everything with its own page."""
    one = worker()
    page = "<html>Chào mừng đến Wi-Fi</html>"
    one.phone.context.route(
        DOOR, lambda route: route.fulfill(status=200, content_type="text/html", body=page)
    )
    one.note("wifi")
    one.until(one.wait_row, lambda row: row.get("why") == "server")
    assert one.row("wifi")["state"] == "waiting"

    one.phone.context.unroute(DOOR)
    one.send_now()

    one.wait_for("wifi", "sent")


def test_a_token_that_is_stale_is_fetched_anew_and_nothing_else_happens(worker):
    one = worker()
    stale = [True]

    def send_with_an_old_one(route: Any) -> None:
        headers = route.request.headers
        if is_post(route) and stale:
            stale.clear()
            headers = {**headers, "x-csrftoken": "x" * 32}
        route.continue_(headers=headers)

    one.page.route(DOOR, send_with_an_old_one)
    one.note("csrf")

    one.wait_for("csrf", "sent")
    assert [method for method, _ in one.sent] == ["GET", "POST", "GET", "POST"]


# --- the page where there is no signal ----------------------------------------------------------------------
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_seen_once_opens_without_signal_and_looks_the_same(phone, market, language):
    one = Fieldworker(phone(), market, path=language + FIELD)
    headings = one.page.locator("h1, h2").all_inner_texts()
    with one.without_signal():
        one.page.goto("about:blank")
        one.page.goto(language + FIELD + "#lo-2")

        one.wait("document.querySelector('form #id_lot')?.value === '2'")  # the script makes the form
        assert one.page.locator("h1, h2").all_inner_texts() == headings
        assert one.page.evaluate("'kept' in document.documentElement.dataset") is True
        assert one.page.evaluate(
            "getComputedStyle(document.querySelector('header.top')).backgroundColor"
        ) == ("rgb(39, 52, 107)")
        assert one.page.evaluate("document.fonts.check('16px BVP')") is True


def test_a_market_that_does_not_answer_is_waited_for_three_seconds(worker, market):
    one = worker()
    assert market.process is not None
    os.kill(market.process.pid, signal.SIGSTOP)
    try:
        one.page.goto(FIELD, wait_until="commit")
        one.page.locator("#id_note").wait_for()
        waited = one.page.evaluate("performance.getEntriesByType('navigation')[0].responseStart")
    finally:
        os.kill(market.process.pid, signal.SIGCONT)
    assert 2900 < waited < 6000


def test_no_other_page_of_the_desk_is_kept_or_touched(worker):
    one = worker()
    one.phone.open(YEN_DUONG.desk("lo/"))
    assert one.page.evaluate("navigator.serviceWorker.controller") is None
    kept = one.page.evaluate(
        "caches.open('field-pages-1').then((kept) => kept.keys()).then((all) => all.map((one) => one.url))"
    )
    assert kept == [one.phone.url + FIELD]


def test_without_script_each_lot_leads_to_its_plain_form(phone, market):
    one = phone(javascript=False)
    one.sign_in(YEN_DUONG.packer, FIELD)
    assert "Hãy chọn lô và ghi khi có mạng." in one.text
    one.page.locator("[data-plain] a").first.click()
    assert one.page.get_by_label("Đã làm gì?").is_visible()


# --- whose it is ------------------------------------------------------------------------------------------
def sign_out(one: Fieldworker) -> None:
    one.phone.open("/tai-khoan/dang-xuat/")
    one.phone.press("Đăng xuất")


def test_another_person_on_the_same_phone_neither_sees_nor_sends_it(worker, market):
    one = worker()
    with one.without_signal():
        one.note("của Minh", [picture(5)])
        one.phone.context.clear_cookies(name="sessionid")  # nobody signed out
    one.until(one.says, lambda said: "đăng nhập lại" in said)
    one.sent.clear()

    one.phone.sign_in(YEN_DUONG.director, FIELD)

    others = one.page.locator("[data-others]")
    others.wait_for()
    assert others.inner_text() == "Máy này còn 1 việc của người khác chưa gửi."
    assert one.page.locator("[data-list] article").count() == 0
    one.note("của giám đốc")
    one.wait_for("của giám đốc", "sent")
    assert one.posts() == ["của giám đốc"]
    assert one.stored("của Minh") == []

    sign_out(one)
    one.phone.sign_in(YEN_DUONG.packer, FIELD)
    one.wait_for("của Minh", "sent")
    assert one.stored("của Minh") == ["của Minh"]
    assert market.data.rows(
        "SELECT u.phone FROM traceability_traceevent e JOIN accounts_user u ON u.id = e.by_user_id "
        "WHERE e.note = 'của Minh'"
    ) == [(YEN_DUONG.packer,)]


def left_open(one: Fieldworker, note: str) -> Any:
    """Return the page with a note of Minh's, left open while the director signed in on another one."""
    with one.without_signal():
        one.note(note)
        one.change(note, state="editing")
    mine, one.phone.page = one.phone.page, one.phone.context.new_page()
    one.phone.context.clear_cookies(name="sessionid")
    one.phone.sign_in(YEN_DUONG.director)
    return mine


def test_a_page_left_open_sends_nothing_in_the_name_of_who_signed_in_elsewhere(worker):
    one = worker()
    mine = left_open(one, "bỏ ngỏ")
    one.change("bỏ ngỏ", state="waiting")
    one.sent.clear()

    mine.evaluate("dispatchEvent(new Event('online'))")

    # It locks itself on what the phone knows, before it asks.
    mine.locator("[data-locked]").wait_for()
    assert mine.locator("[data-list] article").count() == 0
    assert mine.locator("[data-works]:visible").count() == 0
    one.until(lambda: [method for method, _ in one.sent], lambda asked: asked == ["GET"])
    mine.evaluate("navigator.locks.request('outbox', () => true)")  # it has heard the answer and is done
    assert [method for method, _ in one.sent] == ["GET"]
    assert one.stored("bỏ ngỏ") == []


HOLD = f"""async () => {{
  {OPEN}
  const change = box.transaction("events", "readwrite");
  const hold = () => {{
    if (!window.free) change.objectStore("events").count().onsuccess = hold;
  }};
  hold();
  new BroadcastChannel("outbox").postMessage("changed");
  await new Promise((done) => setTimeout(done, 300));
  dispatchEvent(new Event("online"));
  window.shown = 0;
  const count = (changes) => {{ window.shown += changes.filter((one) => one.addedNodes.length).length; }};
  const list = document.querySelector("[data-list]");
  new MutationObserver(count).observe(list, {{ childList: true }});
  window.free = true;
  await new Promise((done) => {{ change.oncomplete = done; }});
  box.close();
}}"""


def test_a_list_that_was_being_read_when_the_page_was_locked_is_not_shown_after_all(worker):
    mine = left_open(worker(), "đang đọc")

    mine.evaluate(HOLD)

    mine.evaluate("navigator.locks.request('outbox', () => true)")
    mine.locator("[data-locked]").wait_for()
    assert mine.locator("[data-list] article").count() == 0
    assert mine.evaluate("shown") == 0


def test_the_kept_page_is_no_longer_shown_once_somebody_else_signed_in(worker):
    one = worker()
    with one.without_signal():
        one.note("trang cũ")
        one.phone.context.clear_cookies(name="sessionid")
        one.change("trang cũ", state="editing")
    one.phone.sign_in(YEN_DUONG.director)
    with one.without_signal():
        one.page.goto(FIELD)
        one.page.locator("[data-locked]").wait_for()
        assert "trang cũ" not in one.page.content()
        assert one.page.locator("#id_note").is_hidden()


def test_signing_out_takes_the_kept_page_away_and_leaves_what_waits(worker):
    one = worker()
    with one.without_signal():
        one.note("còn lại")
        one.change("còn lại", state="editing")

    one.phone.open("/tai-khoan/dang-xuat/")
    assert "Máy này còn 1 việc chưa gửi." in one.phone.text
    one.phone.press("Đăng xuất")

    assert one.page.evaluate(KEPT) is False
    assert one.row("còn lại")["state"] == "editing"


def test_the_lots_page_counts_what_is_not_sent_yet(worker):
    one = worker()
    with one.without_signal():
        for n in range(3):
            one.note(f"đếm {n}")
            one.change(f"đếm {n}", state="editing")
    one.phone.open(YEN_DUONG.desk("lo/"))
    count = one.page.locator("[data-unsent]")
    count.wait_for()
    assert count.inner_text() == "3 việc chưa gửi"


# --- the form ------------------------------------------------------------------------------------------------
def test_what_is_missing_is_told_at_its_field_and_nothing_is_kept(worker):
    one = worker()
    one.page.fill("#id_place", " ")
    one.page.fill("#id_households", "nhiều")
    one.page.fill("#id_occurred_on", "2199-01-01")
    one.save()

    wrong = {name: one.page.locator(f"#id_{name}_error").inner_text()
             for name in ("lot", "kind", "occurred_on", "place", "households")}  # fmt: skip
    assert wrong == {
        "lot": "Hãy chọn lô.",
        "kind": "Hãy chọn việc đã làm.",
        "occurred_on": "Ngày này chưa đến.",
        "place": "Hãy điền ô này.",
        "households": "Hãy ghi một số từ 1 đến 100.000.",
    }
    for name in wrong:
        assert f"id_{name}_error" in one.page.get_attribute(f"#id_{name}", "aria-describedby").split()
        assert one.page.get_attribute(f"#id_{name}", "aria-invalid") == "true"
    assert one.page.evaluate("document.activeElement.className") == "errors"
    assert one.page.locator("[data-errors] a").all_inner_texts() == [
        "Việc của lô nào?", "Đã làm gì?", "Ngày nào?", "Ở đâu?", "Bao nhiêu hộ cùng làm?",
    ]  # fmt: skip
    assert one.rows() == []


def test_what_is_typed_survives_the_tab(worker):
    one = worker()
    one.fill("gõ dở")
    kill(one)
    one.phone.open(FIELD)
    one.wait("document.querySelector('#id_note').value === 'gõ dở'")
    assert one.page.input_value("#id_kind") == "harvested"
    assert one.page.input_value("#id_lot") != ""


def test_two_tabs_with_the_same_draft_write_it_once_and_other_words_as_another(worker):
    one = worker()
    with one.without_signal():
        one.fill("chung")
        other = one.phone.context.new_page()
        other.goto(FIELD)
        one.until(lambda: other.input_value("#id_note"), lambda typed: typed == "chung")
        one.save()
        one.wait_for("chung", "waiting")
        other.get_by_role("button", name="Lưu việc này").click()
        other.locator("[data-saved]").wait_for()
        assert [row["body"]["note"] for row in one.rows()] == ["chung"]


def test_seven_photos_are_six_and_no_picture_is_none(worker):
    one = worker()
    files = [picture(n, (400, 300)) for n in range(7)]
    one.page.set_input_files("#id_photos", files)
    one.page.locator("#id_photos_error").wait_for()
    assert (
        one.page.locator("#id_photos_error").inner_text() == "Nhiều nhất 6 ảnh. Những ảnh sau chưa được lấy."
    )
    assert one.page.locator("[data-shots] li").count() == 6
    one.page.locator("[data-shots] button").first.click()
    one.page.set_input_files(
        "#id_photos", [{"name": "thơ.jpg", "mimeType": "image/jpeg", "buffer": "không phải ảnh".encode()}]
    )
    one.wait("document.querySelector('#id_photos_error')?.textContent.includes('thơ.jpg')")
    assert one.page.locator("[data-shots] li").count() == 5


CHOOSES_AT_ONCE = """new MutationObserver((_, watch) => {
  const input = document.querySelector("#id_photos");
  if (!input) return;
  watch.disconnect();
  const draw = Object.assign(document.createElement("canvas"), { width: 4, height: 4 });
  const bytes = Uint8Array.from(atob(draw.toDataURL().split(",")[1]), (letter) => letter.charCodeAt(0));
  const box = new DataTransfer();
  box.items.add(new File([bytes], "sớm.png", { type: "image/png" }));
  input.files = box.files;
}).observe(document, { childList: true, subtree: true })"""


def test_a_photo_chosen_before_the_script_came_is_taken_all_the_same(worker):
    one = worker()
    one.phone.context.add_init_script(CHOOSES_AT_ONCE)
    one.page.reload()
    one.page.locator("[data-shots] li").wait_for()
    one.fill("sớm")
    one.save()
    one.wait_for("sớm", "sent")
    assert one.pictures("sớm") == [1]


SHOTS_AT_FIRST_SIGHT = """new MutationObserver((_, watch) => {
  const works = document.querySelector(".two[data-works]");
  if (!works || works.hidden) return;
  watch.disconnect();
  window.shotsAtFirstSight = works.querySelectorAll("form [data-shots] li").length;
}).observe(document, { childList: true, subtree: true, attributes: true })"""


def test_the_form_is_seen_only_when_what_was_being_mended_is_back_in_it(worker):
    one = worker()
    with one.without_signal():
        one.note("dở tay", [picture(1), picture(2)])
        one.entry("dở tay").get_by_role("button", name="Sửa").click()
        one.wait("document.querySelector('#id_note').value === 'dở tay'")
        one.phone.context.add_init_script(SHOTS_AT_FIRST_SIGHT)
        one.page.reload()
        one.page.locator("[data-shots] li").nth(1).wait_for()
        assert one.page.evaluate("shotsAtFirstSight") == 2
        assert one.page.input_value("#id_note") == "dở tay"
        one.save()
        one.wait_for("dở tay", "waiting")
    one.wait_for("dở tay", "sent")
    assert one.pictures("dở tay") == [1, 2]


WORDS_OF_PHOTOS = f"""async () => {{
  {OPEN}
  const asked = box.transaction("photos").objectStore("photos").getAll();
  const rows = await new Promise((done) => {{ asked.onsuccess = () => done(asked.result); }});
  return (await Promise.all(rows.map((row) => row.blob.text()))).join("");
}}"""


def test_a_photo_loses_the_place_it_was_taken_at_before_it_is_kept(worker):
    from .photos import sideways_photo

    one = worker()
    with one.without_signal():
        one.note("gps", [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": sideways_photo()}])
        told = one.page.evaluate(WORDS_OF_PHOTOS)
        assert "Exif" not in told
        assert "Nhà máy ảnh" not in told
    one.wait_for("gps", "sent")


def test_a_note_is_written_and_mended_with_the_keyboard_alone(worker):
    one = worker()
    keys = one.page.keyboard
    with one.without_signal():
        one.page.focus("#id_lot")
        keys.press("ArrowDown")
        keys.press("Tab")
        keys.type("Thu hoạch")
        for _ in range(12):
            if one.page.evaluate("document.activeElement.id") == "id_note":
                break
            keys.press("Tab")
        keys.type("bàn phím")
        keys.press("Enter")
        one.wait_for("bàn phím", "waiting")
        one.wait("document.activeElement.hasAttribute('data-saved')")

        one.entry("bàn phím").get_by_role("button", name="Sửa").focus()
        keys.press("Enter")
        one.wait("document.activeElement.id === 'id_lot'")
        assert one.row("bàn phím")["state"] == "editing"
        one.page.focus("#id_quantity")
        keys.type("3 tạ")
        keys.press("Enter")
        one.wait_for("bàn phím", "waiting")
    one.wait_for("bàn phím", "sent")
    assert one.market.data.rows("SELECT quantity FROM traceability_traceevent WHERE note = 'bàn phím'") == [
        ("3 tạ",)
    ]


# Whoever presses faster than the pictures are drawn.
AT_ONCE = """async ([note, press]) => {
  while (document.querySelector("#id_note").value !== note) await new Promise((done) => setTimeout(done));
  document.querySelector(press).click();
}"""
SAVE = "form .btn.main"
STOP_MENDING = "[data-stop-mending]"


def test_a_note_mended_in_haste_keeps_its_photos(worker):
    one = worker()
    with one.without_signal():
        one.note("vội", [picture(1), picture(2)])
        one.entry("vội").get_by_role("button", name="Sửa").click()
        one.page.evaluate(AT_ONCE, ["vội", SAVE])
        row = one.wait_for("vội", "waiting")
        assert [photo["slot"] for photo in row["photos"]] == [1, 2]
        assert [photo["slot"] for photo in one.rows("photos")] == [1, 2]
    one.wait_for("vội", "sent")
    assert one.pictures("vội") == [1, 2]


def test_a_page_that_goes_away_while_the_photos_are_drawn_comes_back_mending(worker):
    one = worker()
    with one.without_signal():
        one.note("mất trang", [picture(1), picture(2)])
        one.entry("mất trang").get_by_role("button", name="Sửa").click()
        with one.page.expect_navigation():
            one.page.evaluate(f"({AT_ONCE.replace('document.querySelector(press).click()', 'location.reload()')})"
                              "(['mất trang'])")  # fmt: skip
        one.page.locator("[data-shots] li").nth(1).wait_for()
        assert one.page.input_value("#id_note") == "mất trang"
        assert one.page.get_by_role("button", name="Thôi sửa").is_visible()
        one.page.get_by_role("button", name="Thôi sửa").click()
        one.wait_for("mất trang", "waiting")
    one.wait_for("mất trang", "sent")


def test_a_photo_of_the_note_before_does_not_slip_into_the_next_one(worker):
    one = worker()
    with one.without_signal():
        one.note("trước", [picture(1), picture(2)])
        one.entry("trước").get_by_role("button", name="Sửa").click()
        one.page.evaluate(AT_ONCE, ["trước", STOP_MENDING])
        one.wait_for("trước", "waiting")
        one.note("sau")
        one.page.wait_for_timeout(1000)  # the pictures of the first would be drawn by now
        one.note("sau nữa")
        assert [len(one.row(note)["photos"]) for note in ("trước", "sau", "sau nữa")] == [2, 0, 0]
    one.wait_for("sau nữa", "sent")


def test_what_is_being_written_is_not_thrown_away_for_another_note_unasked(worker):
    one = worker()
    with one.without_signal():
        one.note("cũ")
        one.fill("đang ghi", [picture(1)])
        asked = []
        one.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        one.entry("cũ").get_by_role("button", name="Sửa").click()
        one.until(lambda: asked, bool)
        assert asked == ["Việc đang ghi dở chưa được lưu. Bỏ nó để sửa việc này?"]
        assert one.page.input_value("#id_note") == "đang ghi"
        assert one.page.locator("[data-shots] li").count() == 1
        assert one.row("cũ")["state"] == "waiting"

        one.page.once("dialog", lambda dialog: dialog.accept())
        one.entry("cũ").get_by_role("button", name="Sửa").click()
        one.wait("document.querySelector('#id_note').value === 'cũ'")
        assert one.page.locator("[data-shots] li").count() == 0
        one.save()
        one.wait_for("cũ", "waiting")
    one.wait_for("cũ", "sent")


def test_a_photo_that_is_still_being_drawn_is_not_thrown_away_unasked_either(worker):
    one = worker()
    with one.without_signal():
        one.note("đã ghi")
        asked = []
        one.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        one.page.set_input_files("#id_photos", [picture(n) for n in range(6)])
        one.page.evaluate("document.querySelector('[data-list] [data-act=mend]').click()")
        one.page.locator("[data-shots] li").nth(5).wait_for()
        one.until(lambda: asked, bool)
        assert one.row("đã ghi")["state"] == "waiting"
    one.wait_for("đã ghi", "sent")


def test_a_note_that_is_in_the_form_already_stays_as_typed_when_its_button_is_pressed_again(worker):
    one = worker()
    with one.without_signal():
        one.note("hai lần")
        asked = []
        one.page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        one.entry("hai lần").get_by_role("button", name="Sửa").click()
        one.wait("document.activeElement.id === 'id_lot'")
        one.page.fill("#id_note", "hai lần, sửa rồi")
        one.entry("hai lần").get_by_role("button", name="Sửa").click()
        one.wait("document.activeElement.id === 'id_lot'")
        assert asked == []
        assert one.page.input_value("#id_note") == "hai lần, sửa rồi"
        one.save()
        one.wait_for("hai lần, sửa rồi", "waiting")
    one.wait_for("hai lần, sửa rồi", "sent")


def test_an_edit_that_is_given_up_leaves_the_note_as_it_was(worker):
    one = worker()
    with one.without_signal():
        one.note("thôi")
        one.entry("thôi").get_by_role("button", name="Sửa").click()
        one.wait("document.querySelector('#id_note').value === 'thôi'")
        one.page.fill("#id_note", "khác")
        one.page.get_by_role("button", name="Thôi sửa").click()
        one.wait_for("thôi", "waiting")
        assert one.page.input_value("#id_note") == ""
    one.wait_for("thôi", "sent")


STATES = {
    "chờ": {},
    "giữ": {
        "state": "held",
        "tried": True,
        "asked": 4e12,
        "said": "Lô đã đóng nên việc này chờ giám đốc xem.",
    },
    "sai": {"state": "refused", "tried": True, "field": "place", "said": "Hãy ghi nơi làm việc này."},
    "trùng": {"state": "conflict", "tried": True, "code": "conflict"},
    "sửa": {"state": "editing"},
    "ảnh": {"state": "refused", "tried": True, "stored": True, "slot": 1, "said": "Ảnh này không đọc được."},
    "xong": {"state": "sent", "stored": True, "ended": 1, "flags": ["clock_corrected", "duplicate_suspect"]},
    "riêng": {"state": "put_aside", "ended": 1, "said": "Giám đốc đã để riêng việc này."},
}


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_notes_in_every_state_stand_in_nobodys_way(phone, market, language, width):
    path = FIELD if language == "vi" else f"/en{FIELD}"
    one = Fieldworker(phone(width=width), market, path=path)
    eyes = Eyes(one.phone)
    with one.without_signal():
        one.fill("chờ", [picture(1, (400, 300))])
        one.page.locator("form .btn.main").click()
        one.wait_for("chờ", "waiting")
        row = one.row("chờ")
        del row["seq"]
        for note, fields in STATES.items():
            if fields:
                one.write({**row, **fields, "id": note, "body": {**row["body"], "note": note}})
        one.write({**row, "id": "ai đó", "user": "0", "owner": "0:0"})
        one.page.reload()
        one.page.set_input_files("#id_photos", [picture(n, (400, 300)) for n in range(2)])
        one.page.locator("[data-shots] li").nth(1).wait_for()
        one.page.fill("#id_place", "")
        one.page.locator("form .btn.main").click()
        one.page.locator("#id_place_error").wait_for()
        assert {entry.get_attribute("data-state") for entry in one.page.locator("[data-list] article").all()} == {
            "waiting", *(fields["state"] for fields in STATES.values() if fields),
        }  # fmt: skip

        eyes.here(f"field {language} {width}")
        one.write(*({**row, "state": "editing"} for row in one.rows() if row["state"] == "waiting"))

    eyes.end()
