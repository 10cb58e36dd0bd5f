"""Somebody with a phone, 360 px wide, who minds where their browser goes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .market import PASSWORD

WIDTH, HEIGHT = 360, 760
SLOWER = float(os.environ.get("JOURNEYS_SLOWER", 0))
LATE = float(os.environ.get("JOURNEYS_LATE", 0))
# What a script waits for comes later than it did, each time by chance: an answer, a lock, the end of a write.
COMES_LATER = f"""(() => {{
  const wait = () => Math.random() * {LATE};
  const delay = (owner, name) => {{
    const own = owner?.[name];
    if (own) owner[name] = async function (...given) {{
      await new Promise((done) => setTimeout(done, wait()));
      return own.apply(this, given);
    }};
  }};
  delay(window, "fetch");
  delay(window, "createImageBitmap");
  delay(window.LockManager?.prototype, "request");
  delay(window.CacheStorage?.prototype, "open");
  delay(window.SubtleCrypto?.prototype, "digest");
  const end = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "oncomplete");
  Object.defineProperty(IDBTransaction.prototype, "oncomplete", {{
    ...end,
    set(tell) {{
      const later = (event) => setTimeout(() => tell(event), wait());
      end.set.call(this, this.mode === "readonly" ? tell : later);
    }},
  }});
}})()"""


def until(page: Any, look: Callable[[], Any], test: Callable[[Any], bool], seconds: float = 30) -> Any:
    """Look again and again until what is seen passes the test; return it."""
    end = time.monotonic() + seconds * (1 + LATE / 100)
    while not test(found := look()):
        assert time.monotonic() < end, found
        page.wait_for_timeout(50)
    return found


def wait(page: Any, expression: str) -> None:
    """Wait until it is true in the page, or what it promises is.

    Playwright's wait_for_function takes a promise for a truth, and looks a second time by eval, which the content
    policy forbids.
    """
    from playwright.sync_api import Error

    def look() -> Any:
        try:
            return page.evaluate(expression)
        except Error as fault:
            if "context was destroyed" not in fault.message:
                raise
            return False  # the next page is on its way

    until(page, look, bool)


class Phone:
    """A browser context of its own with one page open.

    ``faults`` gathers requests to another host, errors in the console (a breach of the content policy is one),
    errors of scripts, and answers of 500 and above.
    """

    def __init__(
        self,
        browser: Any,
        url: str,
        *,
        javascript: bool = True,
        dark: bool = False,
        reduced_motion: bool = False,
        width: int = WIDTH,
    ) -> None:
        self.url = url
        self.javascript = javascript
        self.faults: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            device_scale_factor=2,
            is_mobile=width < 600,
            has_touch=width < 600,
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if reduced_motion else "no-preference",
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            base_url=url,
        )
        self.context.set_default_timeout(30_000)
        host = urlsplit(url).netloc
        self.context.on("request", lambda request: self._asked(request.url, host))
        self.context.on("response", lambda answer: self._answered(answer))
        self.context.on("console", self._said)
        if SLOWER:
            self.context.on("page", self._slow_down)
        if LATE:
            self.context.add_init_script(COMES_LATER)
        self.context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        self.page = self.context.new_page()

    def _slow_down(self, page: Any) -> None:
        self.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    def _asked(self, address: str, host: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != host:
            self.faults.append(f"left the host: {address}")

    def _answered(self, answer: Any) -> None:
        if answer.status >= 500:
            self.faults.append(f"{answer.status}: {answer.url}")

    def _said(self, message: Any) -> None:
        # A refused form is a page with status 422; Chromium reports that as an error of loading.
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(f"console: {message.text} at {self.page.url}")

    # --- moving about ---
    def open(self, path: str) -> Any:
        return self.page.goto(path)

    def sign_in(self, login: str, then: str = "/toi/") -> None:
        """Sign in by phone number on the page everybody uses and go on to ``then``."""
        self.open(f"/tai-khoan/dang-nhap/?next={then}")
        self.page.get_by_label("Số điện thoại").fill(login)
        self.page.get_by_label("Mật khẩu").fill(PASSWORD)
        self.page.get_by_role("button", name="Đăng nhập").click()
        self.page.wait_for_url(f"{self.url}{then}")

    def press(self, name: str, **options: Any) -> None:
        """Press a button and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, **options).click()

    def wait(self, expression: str) -> None:
        wait(self.page, expression)

    def follow(self, name: str, **options: Any) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name, **options).click()

    def choose_place(self, province: str, commune: str) -> None:
        """Choose where somebody lives; without script the list of communes comes with a page."""
        self.page.get_by_label("Tỉnh, thành phố").select_option(label=province)
        if not self.javascript:
            self.press("Chọn tỉnh")
        self.page.locator("select[data-commune] option", has_text=commune).wait_for(state="attached")
        self.page.get_by_label("Xã, phường").select_option(label=commune)

    @property
    def text(self) -> str:
        """The words of the page's main part, as they are shown."""
        return self.words("main")

    def words(self, selector: str) -> str:
        """The words inside one element, with plain spaces where the page keeps numbers and units together."""
        return self.page.locator(selector).inner_text().replace("\N{NO-BREAK SPACE}", " ")

    def picture(self, name: str) -> None:
        """Keep what is seen when somebody asked for it."""
        folder = os.environ.get("JOURNEYS_PICTURES")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.evaluate("dispatchEvent(new Event('beforeprint'))")  # pictures that wait for a look
            self.page.wait_for_load_state("networkidle")
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    def close(self) -> None:
        self.context.close()
