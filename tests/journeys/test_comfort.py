"""Eyes that need large letters, and heads that turn when things move."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from . import places
from .people import OFFICER, YEN_DUONG, a_lot_code, a_product
from .phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What large letters break: a page that must be pushed sideways, words cut off, words or controls on each other.
LARGE = """() => {
  const found = [];
  const said = (one) => `${one.tagName.toLowerCase()}${one.className ? "." + one.className : ""} `
    + `"${(one.innerText || one.value || "").replace(/\\s+/g, " ").trim().slice(0, 40)}"`;
  const root = document.documentElement;
  const wide = root.scrollWidth - root.clientWidth;
  if (wide > 0) found.push(`${wide} px too wide`);
  // What stands outside the window, other than in a row that scrolls: also bars that hang over the page.
  const out = [...document.querySelectorAll("body *")].filter((one) =>
    one.checkVisibility({ checkVisibilityCSS: true }) && one.getBoundingClientRect().right > root.clientWidth + 1
    && !one.closest(".chips, .queues, .gallery, .scroll, .visually-hidden, .skip"));
  if (out.length) found.push(`outside: ${out.slice(0, 4).map(said)}`);
  const seen = [...document.querySelectorAll("body *")].filter((one) =>
    one.checkVisibility({ checkVisibilityCSS: true }) && !one.closest(".visually-hidden, .skip, noscript, svg"));
  const words = (one) => {
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    const rects = [];
    while (walker.nextNode()) {
      const around = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || around.closest(".visually-hidden") || !around.checkVisibility()) continue;
      range.selectNodeContents(walker.currentNode);
      rects.push(...range.getClientRects());
    }
    return rects;
  };
  for (const one of seen) {
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const hides = [style.overflowX, style.overflowY].some((way) => way === "hidden" || way === "clip");
    const holds = one.matches("a, button, label, td, .tag, .star, .mark, .card, .tile, .facts > div, .sum > div");
    if (hides || (holds && style.display !== "inline"))
      for (const rect of words(one)) {
        if (rect.bottom > box.bottom + 2) found.push(`${hides ? "cut" : "out"} below: ${said(one)}`);
        if (rect.right > box.right + 2) found.push(`${hides ? "cut" : "out"} at the side: ${said(one)}`);
      }
    if (one.matches("select") && one.selectedOptions[0]) {
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = style.font;
      const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      if (room < 3 * parseFloat(style.fontSize)) found.push(`no room for a choice: ${said(one)}`);
    }
  }
  const controls = seen.filter((one) => one.matches("a[href], button, input, select, textarea, summary"));
  const floats = (one) => {
    for (let at = one; at; at = at.parentElement)
      if (["fixed", "sticky"].includes(getComputedStyle(at).position)) return at;
    return null;
  };
  const boxes = controls.map((one) => ({ one, float: floats(one), rects: [...one.getClientRects()] }));
  boxes.forEach((a, n) => boxes.slice(n + 1).forEach((b) => {
    if (a.one.contains(b.one) || b.one.contains(a.one) || a.float !== b.float) return;
    for (const p of a.rects) for (const q of b.rects) {
      const across = Math.min(p.right, q.right) - Math.max(p.left, q.left);
      const down = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
      if (across > 3 && down > 3) return void found.push(`on each other: ${said(a.one)} and ${said(b.one)}`);
    }
  }));
  const bars = [...new Set(boxes.map(({ float }) => float).filter(Boolean))]
    .filter((bar) => getComputedStyle(bar).position === "fixed");
  const taken = bars.reduce((sum, bar) => sum + bar.getBoundingClientRect().height, 0);
  if (taken > innerHeight / 2) found.push(`bars take ${taken} of ${innerHeight} px`);
  return [...new Set(found)];
}"""


class Reader:
    """Opens pages with letters twice as large and gathers what they break."""

    def __init__(self, phone: Phone, way: str) -> None:
        self.phone, self.way = phone, way
        self.found: list[str] = []
        if way == "browser":  # the size somebody sets once for all pages
            session = phone.context.new_cdp_session(phone.page)
            session.send("Page.enable")
            session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
        else:
            phone.context.add_init_script(
                "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%' })"
            )

    def at(self, path: str) -> None:
        self.phone.open(path)
        self.here()

    def here(self) -> None:
        page = self.phone.page
        assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 32
        path = page.url.removeprefix(self.phone.url)
        for state in ("closed", "open"):
            if state == "open":
                if not page.locator("details:not([open])").count():
                    break
                page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            self.found += [
                f"{self.way} {path}: {fault}"
                for fault in page.evaluate(LARGE)
                if fault not in "\n".join(self.found[-40:])
            ]
        self.phone.picture(f"large-{self.way}-" + path.strip("/").replace("/", "-")[:60])

    def end(self) -> None:
        assert self.found == [], "\n" + "\n".join(self.found)


@pytest.fixture
def reader(phone: Callable[..., Phone]) -> Callable[..., Reader]:
    return lambda way: Reader(phone(), way)


def test_the_look_finds_what_large_letters_break(reader):
    eyes = reader("page")
    eyes.phone.open("/tai-khoan/dang-nhap/")
    eyes.phone.page.evaluate(
        """() => {
          const [one, two] = document.querySelectorAll("main p.muted");
          one.style = "height: 1rem; overflow: hidden";
          two.style = "margin-top: -2rem; width: 150%";
        }"""
    )

    eyes.here()

    kinds = {re.sub(r"\d+ px", "px", fault.split(": ")[1]) for fault in eyes.found}
    assert kinds == {"cut below", "on each other", "outside", "px too wide"}


def test_the_shop_at_200_percent(reader, market):
    eyes = reader("browser")
    for path in places.of_the_shop(market):
        eyes.at(path)
    places.a_purchase(eyes.phone, market, eyes.here)
    eyes.end()


def test_the_desk_at_200_percent(reader, market):
    eyes = reader("browser")
    eyes.phone.sign_in(YEN_DUONG.director, YEN_DUONG.desk())
    for path in places.of_the_desk(market):
        eyes.at(path)
    eyes.end()


def test_the_review_at_200_percent(reader, market):
    eyes = reader("browser")
    eyes.phone.sign_in(OFFICER, "/lien-minh/")
    for path in places.of_the_alliance(market):
        eyes.at(path)
    eyes.end()


def test_the_main_pages_when_only_their_letters_grow(reader, market):
    eyes = reader("page")
    for path in ("/", a_product(market), "/gio-hang/", f"/Q/{a_lot_code(market)}"):
        eyes.at(path)
    eyes.phone.sign_in(YEN_DUONG.director, YEN_DUONG.desk())
    for path in ("", "don/", "hang/", "lo/"):
        eyes.at(YEN_DUONG.desk(path))
    eyes.phone.context.clear_cookies()
    eyes.phone.sign_in(OFFICER, "/lien-minh/")
    for path in ("", "san-pham/"):
        eyes.at(f"/lien-minh/{path}")
    eyes.end()


# --- motion -----------------------------------------------------------------------------------------------
MOVING = """() => {
  document.querySelectorAll(".btn").forEach((one) => one.setAttribute("aria-busy", "true"));
  const second = (one) => parseFloat(one) * (one.endsWith("ms") ? 0.001 : 1);
  const seconds = (list) => Math.max(...list.split(", ").map(second));
  const found = [];
  for (const one of document.querySelectorAll("*"))
    for (const part of [null, "::before", "::after", "::backdrop"]) {
      const style = getComputedStyle(one, part);
      const turns = style.animationName === "none" ? 0 : seconds(style.animationDuration);
      if (Math.max(turns, seconds(style.transitionDuration)) > 0.01 || style.scrollBehavior === "smooth")
        found.push(`${one.tagName.toLowerCase()}.${one.className}${part ?? ""}`);
    }
  return found;
}"""


def test_nothing_moves_for_who_asked_for_rest(phone, market):
    usual, still = phone(), phone(reduced_motion=True)
    still.sign_in(YEN_DUONG.director, YEN_DUONG.desk())
    usual.open("/gio-hang/")
    assert usual.page.evaluate(MOVING) != []  # a busy button turns

    moving = {}
    for path in (*places.of_the_shop(market), *places.of_the_desk(market), "/gio-hang/"):
        still.open(path)
        if found := still.page.evaluate(MOVING):
            moving[path] = found[:5]

    assert moving == {}
