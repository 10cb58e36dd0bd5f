"""Somebody who notes work where there is no signal: a phone at the field page, and what lies in its database."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from PIL import Image

from .market import Market
from .people import YEN_DUONG
from .phone import Phone, until, wait

FIELD = YEN_DUONG.desk("ghi-viec/")
DOOR = "**/lo/viec-gui/"
KEPT = "caches.open('field-pages-1').then((kept) => kept.keys()).then((keys) => keys.length > 0)"
OPEN = """const box = await new Promise((done, fail) => {
  const asked = indexedDB.open("outbox");
  Object.assign(asked, { onsuccess: () => done(asked.result), onerror: fail });
});"""
READ = f"""async (store) => {{
  {OPEN}
  const asked = box.transaction(store).objectStore(store).getAll();
  const rows = await new Promise((done) => {{ asked.onsuccess = () => done(asked.result); }});
  box.close();
  return rows.map((row) => row.blob ? {{ event: row.event, slot: row.slot, bytes: row.blob.size }} : row);
}}"""
WRITE = f"""async ([store, rows]) => {{
  {OPEN}
  const change = box.transaction(store, "readwrite");
  for (const row of rows) change.objectStore(store).put(row);
  await new Promise((done, fail) => Object.assign(change, {{ oncomplete: done, onabort: fail }}));
  box.close();
}}"""


def picture(seed: int = 1, size: tuple[int, int] = (2000, 1500)) -> dict[str, Any]:
    """A photo of leaves, as a file to choose: it does not shrink well."""
    out = io.BytesIO()
    noise = Image.effect_noise((size[0] // 2, size[1] // 2), 60 + seed).resize(size)
    noise.convert("RGB").save(out, "JPEG", quality=90)
    return {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


class Fieldworker:
    """A phone that has seen the field page; ``sent`` gathers what it asked of the market's door."""

    def __init__(
        self, phone: Phone, market: Market, login: str = YEN_DUONG.packer, path: str = FIELD
    ) -> None:
        self.phone, self.market, self.page, self.path = phone, market, phone.page, path
        self.sent: list[tuple[str, str]] = []
        phone.context.on("request", self._hear)
        phone.sign_in(login, path)
        self.wait(KEPT)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def _hear(self, request: Any) -> None:
        _, is_door, rest = request.url.partition("/lo/viec-gui/")
        if is_door:
            self.sent.append((request.method, rest or (request.post_data_json or {}).get("note", "")))

    def posts(self) -> list[str]:
        """The notes of the events that went out, in the order they did."""
        return [what for method, what in self.sent if method == "POST"]

    @contextlib.contextmanager
    def without_signal(self) -> Iterator[None]:
        self.phone.context.set_offline(True)
        yield
        gone = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
        self.phone.faults[:] = [one for one in self.phone.faults if not any(word in one for word in gone)]
        self.phone.context.set_offline(False)

    def fill(self, note: str, photos: list[dict[str, Any]] | None = None, kind: str = "harvested") -> None:
        self.page.select_option("#id_lot", index=1)
        self.page.select_option("#id_kind", kind)
        self.page.fill("#id_note", note)
        if photos:
            self.page.set_input_files("#id_photos", photos)
            self.page.locator("[data-shots] li").nth(len(photos) - 1).wait_for()

    def save(self) -> None:
        self.page.get_by_role("button", name="Lưu việc này").click()

    def note(self, note: str, photos: list[dict[str, Any]] | None = None) -> str:
        """Write a note down and return its id, once the page says that it is kept."""
        self.fill(note, photos)
        self.save()
        self.wait("!document.querySelector('#id_note').value")
        self.page.locator("[data-saved]").wait_for()
        return str(self.row(note)["id"])

    def rows(self, store: str = "events") -> list[dict[str, Any]]:
        return list(self.page.evaluate(READ, store))

    def row(self, note: str) -> dict[str, Any]:
        [found] = [row for row in self.rows() if row["body"]["note"] == note]
        return found

    def write(self, *rows: dict[str, Any], store: str = "events") -> None:
        self.page.evaluate(WRITE, [store, list(rows)])

    def change(self, note: str, **fields: Any) -> None:
        self.write({**self.row(note), **fields})

    def many(self, note: str, many: int) -> None:
        """Put more notes like that one behind it, numbered, as if they had been typed."""
        row = self.row(note)
        del row["seq"]
        ids = [str(uuid4()) for _ in range(many)]
        self.write(
            *({**row, "id": one, "body": {**row["body"], "id": one, "note": f"{note} {n:03}"}}
              for n, one in enumerate(ids))
        )  # fmt: skip

    def wait_row(self) -> dict[str, Any]:
        """How long the market is left alone: tries, wait (seconds), until (ms)."""
        return next((row for row in self.rows("meta") if row["key"].startswith("wait:")), {})

    def wait_for(self, note: str, state: str) -> dict[str, Any]:
        def found() -> dict[str, Any]:
            return next((row for row in self.rows() if row["body"]["note"] == note), {})

        return dict(self.until(found, lambda row: row.get("state") == state))

    def until(self, look: Callable[[], Any], test: Callable[[Any], bool], seconds: float = 30) -> Any:
        return until(self.page, look, test, seconds)

    def wait(self, expression: str) -> None:
        wait(self.page, expression)

    def entry(self, note: str) -> Any:
        """The card of one note in the list."""
        return self.page.locator("[data-list] article", has_text=note)

    def reads(self, note: str, words: str) -> None:
        """Wait until the card of a note says that."""
        self.entry(note).filter(has_text=words).wait_for()

    def says(self) -> str:
        return self.phone.words("[data-status]") if self.page.locator("[data-status]").is_visible() else ""

    def send_now(self) -> None:
        self.page.get_by_role("button", name="Gửi ngay").click()

    def stored(self, beginning: str) -> list[str]:
        """The notes in the market's book that begin so, in the order they were received."""
        found = self.market.data.rows(
            f"SELECT note FROM traceability_traceevent WHERE note LIKE '{beginning}%' ORDER BY recorded_at, id"
        )
        return [note for (note,) in found]

    def pictures(self, note: str) -> list[int]:
        """The slots of the photos that the market has of a note."""
        found = self.market.data.rows(
            "SELECT p.slot FROM traceability_eventphoto p JOIN traceability_eventupload u ON u.id = p.upload_id "
            f"JOIN traceability_traceevent e ON e.id = u.id WHERE e.note = '{note}' ORDER BY p.slot"
        )
        return [slot for (slot,) in found]
