"""Somebody who has only a keyboard: every stop of the Tab key is looked at."""

from __future__ import annotations

from typing import Any

from .phone import Phone

LOOK = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const boxes = [...one.getClientRects()].filter((box) => box.width && box.height);
  const box = boxes[0] ?? one.getBoundingClientRect();
  const around = (test) => {
    for (let at = one; at; at = at.parentElement) if (test(at)) return at;
    return null;
  };
  const solid = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = getComputedStyle(at).backgroundColor.match(/[\\d.]+/g).map(Number);
      if (a === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // The ring may be drawn by what holds the element: a card, the search box.
  const ringed = around((at) => {
    const style = getComputedStyle(at);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  let contrast = 0;
  if (ringed) {
    const colour = getComputedStyle(ringed).outlineColor.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const inside = parseFloat(getComputedStyle(ringed).outlineOffset) < 0;
    const [dark, bright] = [light(colour), light(solid(inside ? ringed : ringed.parentElement))].sort((a, b) => a - b);
    contrast = (bright + 0.05) / (dark + 0.05);
  }
  const [across, down] = [box.width / 5, box.height / 5];
  const points = [
    [box.left + box.width / 2, box.top + box.height / 2],
    [box.left + across, box.top + down],
    [box.right - across, box.top + down],
    [box.left + across, box.bottom - down],
    [box.right - across, box.bottom - down],
  ];
  const covers = new Set();
  const called = (hit) => `${hit.tagName.toLowerCase()}.${hit.className.baseVal ?? hit.className}`;
  let shown = 0;
  for (const [x, y] of points) {
    const hit = document.elementFromPoint(x, y);
    if (hit && (hit === one || one.contains(hit) || hit.contains(one))) shown += 1;
    else covers.add(hit ? called(hit) : "outside the window");
  }
  const floats = around((at) => ["fixed", "sticky"].includes(getComputedStyle(at).position));
  const name = one.getAttribute("aria-label") || one.innerText || one.name || one.id;
  return {
    what: `${one.tagName.toLowerCase()} ${name}`.replace(/\\s+/g, " ").trim().slice(0, 60),
    errors: one.matches(".errors"),
    main: Boolean(one.closest("main")) && !floats,
    sideways: Boolean(around((at) => at.scrollWidth > at.clientWidth && getComputedStyle(at).overflowX === "auto")),
    ring: Boolean(ringed),
    contrast,
    shown,
    covers: [...covers],
    left: box.left + scrollX,
    right: box.right + scrollX,
    top: box.top + scrollY,
    bottom: box.bottom + scrollY,
  };
}"""


class Keyboard:
    """Moves by keys alone; ``faults`` says what was wrong with the stops on the way."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.page = phone, phone.page
        self.faults: list[str] = []
        self.last: dict[str, Any] | None = None

    def end(self) -> None:
        assert self.faults == [], "\n" + "\n".join(self.faults)

    # --- where one is ---
    def here(self) -> dict[str, Any] | None:
        """What has the focus, None for nothing."""
        return self.page.evaluate(LOOK)

    def is_on(self, role: str, name: str, exact: bool = False) -> bool:
        found = self.page.get_by_role(role, name=name, exact=exact)
        return bool(found.evaluate_all("all => all.includes(document.activeElement)"))

    # --- moving ---
    def press(self, keys: str) -> None:
        """Press a key that brings the next page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(keys)
        self.drawn()
        self.last = None

    def drawn(self) -> None:
        """Wait for a frame: only with it does the browser move the focus to where ``autofocus`` stands, and scroll."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    def step(self, keys: str = "Tab") -> dict[str, Any] | None:
        """One stop further, looked at; None when the page is through and the browser's own bar is next."""
        self.page.keyboard.press(keys)
        self.drawn()
        stop = self.here()
        if stop is None:
            self.last = None
            return None
        where = f"{self.page.url.removeprefix(self.phone.url)}: {stop['what']}"
        if not stop["ring"]:
            self.faults.append(f"{where}: no ring shows the focus")
        elif stop["contrast"] < 3:
            self.faults.append(f"{where}: the ring has a contrast of {stop['contrast']:.1f}")
        if stop["shown"] < 5:
            self.faults.append(f"{where}: {5 - stop['shown']} of 5 points under {stop['covers']}")
        if keys == "Tab" and self.last and stop["main"] and self.last["main"] and _is_back(self.last, stop):
            self.faults.append(f"{where}: stands before {self.last['what']}")
        self.last = stop
        return stop

    def to(self, role: str, name: str, *, most: int = 40, exact: bool = False, keys: str = "Tab") -> None:
        """Press Tab until the element of this role and name has the focus."""
        seen = []
        for _ in range(most):
            stop = self.step(keys)
            assert stop is not None, f"the focus got lost on the way to {role} {name!r}: {seen}"
            seen.append(stop["what"])
            if self.is_on(role, name, exact):
                return
        raise AssertionError(f"{role} {name!r} is more than {most} presses away: {seen}")

    def type(self, role: str, name: str, text: str, **options: Any) -> None:
        self.to(role, name, **options)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, name: str, option: str, *, most: int = 150) -> None:
        """Go to a select and press the arrow until it shows ``option``."""
        self.to("combobox", name)
        shown = "document.activeElement.selectedOptions[0].label"
        for _ in range(most):
            if self.page.evaluate(shown) == option:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} does not come to {option}: {self.page.evaluate(shown)}")

    def skip(self) -> None:
        """The first stop of a page is its skip link; it leads past the header."""
        if self.page.url.endswith("#main"):  # a form sent from behind a skip link comes back there
            return
        stop = self.step()
        assert stop is not None
        assert self.is_on("link", "Đến nội dung chính"), stop
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "main"
        self.last = None

    def round(self, most: int = 150) -> list[str]:
        """Walk the whole page once, forth and a little back; return the stops. Nothing holds the focus."""
        self.page.evaluate("document.activeElement.blur()")
        seen: list[str] = []
        self.last = None
        while (stop := self.step()) is not None:
            seen.append(stop["what"])
            assert len(seen) <= most, f"{self.page.url} holds the focus: {seen[-6:]}"
        backwards = self.step("Shift+Tab")
        assert backwards is not None
        assert backwards["what"] == seen[-1]
        return seen


def _is_back(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether the eye has to go back: up in the same column, or left in the same row."""
    if after["bottom"] <= before["top"]:  # above: right only when it begins the next column
        return bool(after["left"] < before["right"] - 1)
    in_one_row = after["top"] < before["bottom"] - 4 and after["bottom"] > before["top"] + 4
    return in_one_row and after["right"] <= before["left"] and not after["sideways"]
