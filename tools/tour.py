"""Play one market day in Chromium and write docs/tour: every audience's screens at 360 and 1280 px.

    python tools/tour.py        # as make tour does

The acts are those of the journeys (tests/journeys/day.py), on a fixed morning and with codes that repeat, so that
a picture changes when its page does. The sentences under the pictures stand in tools/tour.toml.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / "docs" / "tour"
PORT = 8088  # stands on slips and labels, so it is always the same
WIDTHS = {360: 1500, 1280: 1000}  # and how much of a long page is shown
SHARPNESS = {360: 540, 1280: 1280}  # pixels across in the file …
SHOWN = {360: 240, 1280: 600}  # … and on the page

STORY = tomllib.loads((ROOT / "tools" / "tour.toml").read_text(encoding="utf-8"))
PAGES = {"vi": "README.md", "en": "README.en.md"}


def names() -> list[str]:
    return [screen["name"] for chapter in STORY["chapter"] for screen in chapter["screen"]]


def page(language: str) -> str:
    """The tour in one language."""
    lines = [f"# {STORY[language]['title']}", "", STORY[language]["lead"], ""]
    for chapter in STORY["chapter"]:
        lines += [f"## {chapter[language]}", ""]
        for screen in chapter["screen"]:
            lines += [screen[language], ""]
            lines += [
                f'<img src="{screen["name"]}-{width}.webp" width="{shown}" alt="{width} px: {screen[language]}">'
                for width, shown in SHOWN.items()
            ]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def keep(shot: bytes, name: str, width: int) -> None:
    from PIL import Image

    with Image.open(io.BytesIO(shot)) as image:
        across = SHARPNESS[width]
        small = image.convert("RGB").resize(
            (across, round(image.height * across / image.width)), Image.Resampling.LANCZOS
        )
    small.save(FOLDER / f"{name}-{width}.webp", quality=65, method=6)


def play(browser: Any, folder: Path) -> None:
    from tests.journeys import day, market, people, still
    from tests.journeys.phone import HEIGHT, Phone

    class Camera(Phone):
        """Somebody whose pictures become pages of the tour."""

        def __init__(self) -> None:
            super().__init__(browser, found.url, width=1280)  # a phone's browser would zoom when it grows
            self.page.set_viewport_size({"width": 360, "height": HEIGHT})

        def picture(self, name: str) -> None:
            if name not in wanted:
                return
            wanted.remove(name)
            page = self.page
            page.evaluate("document.activeElement.blur()")
            for width, most in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": HEIGHT if width == 360 else 800})
                tall = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": width, "height": max(min(tall, most), HEIGHT)})
                page.evaluate("scrollTo(0, 0); dispatchEvent(new Event('beforeprint'))")  # shows what waits
                page.wait_for_load_state("networkidle")
                keep(page.screenshot(), name, width)
            page.set_viewport_size({"width": 360, "height": HEIGHT})

    wanted = set(names())
    command = str(Path(still.__file__).relative_to(ROOT))
    found = market.Market(market.prepare(folder / "market", command), PORT, command)
    found.start()
    day.today = still.MORNING.date
    today = day.Day()
    applicant, director, officer, guest, other, operator = people_ = [Camera() for _ in range(6)]

    def later() -> None:
        assert found.process is not None
        found.process.send_signal(signal.SIGUSR1)

    try:
        found.wait_for_letters()
        guest.open("/")
        guest.picture("mua-1-cho")
        guest.open("/tim/?q=mien+dong")
        guest.picture("mua-2-tim")
        day.a_cooperative_applies_for_a_stall(applicant)
        later()
        day.the_officer_opens_the_stall(officer, applicant)
        director.sign_in(people.YEN_DUONG.director, people.YEN_DUONG.desk())
        other.sign_in(people.HAO_DAT.director, people.HAO_DAT.desk())
        day.a_director_lists_a_product_from_a_photo(director, photo())
        day.the_director_files_the_certificate(director)
        later()
        day.the_officer_approves_both(officer, guest, today)
        officer.open("/lien-minh/gian-hang/")
        officer.picture("duyet-gian-hang")
        later()
        day.the_director_makes_a_lot(director, today)
        later()
        found.wait_for_letters()
        day.a_guest_orders_from_two_cooperatives(guest, today)
        day.the_guest_pays_one_of_two_by_vietqr(guest, today)
        later()
        day.each_director_sees_only_the_own_order(director, other, today)
        day.the_money_arrives(director, guest, today)
        later()
        day.the_order_is_packed_from_the_lot_shipped_and_delivered(director, guest, today)
        day.the_label_leads_to_the_lot_that_the_order_names(director, guest, today, found.url, folder)
        later()
        day.cash_is_received_after_delivery(other, guest, today)
        found.wait_for_letters()
        director.open(people.YEN_DUONG.desk("thu/"))
        director.picture("60-inbox")
        guest.open("/quet/")
        guest.picture("quet-1")
        guest.open(f"/Q/{today.code}?lang=en")
        guest.picture("quet-2-english")
        guest.open("/Q/4HYJE1B2")
        guest.picture("quet-3-la")
        operator.sign_in("0900000001")
        for path, name in (
            ("", "van-hanh-1"),
            ("partner/officer/", "van-hanh-2-can-bo"),
            ("foundation/outbox/", "van-hanh-3-hang-doi"),
        ):
            operator.open(f"/van-hanh/{path}")
            operator.picture(name)
        assert wanted == set(), f"never seen: {sorted(wanted)}"
        assert [fault for person in people_ for fault in person.faults] == []
    finally:
        for person in people_:
            person.close()
        found.stop()
    assert found.errors() == []


def photo() -> bytes:
    """The photo of the day's new product: a demo illustration as a phone would send it."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(ROOT / "marketplace/demo/pictures/tai-hoan--mien-dong-tai-hoan.webp") as image:
        image.convert("RGB").save(out, "JPEG", quality=92)
    return out.getvalue()


def main() -> None:
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from tests.conftest import chromium
    from tests.journeys.conftest import ARGUMENTS

    path = chromium()
    if path is None:
        sys.exit("The tour needs Chromium: apt-get install chromium fonts-noto-core")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="tour-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, "--lang=vi"])
        play(browser, Path(folder))
        browser.close()
    for language, name in PAGES.items():
        (FOLDER / name).write_text(page(language), encoding="utf-8")
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{len(names())} screens, {size / 1_000_000:.1f} MB in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
