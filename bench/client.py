"""The client of the bench: pages through wrk (a small one of our own where wrk is missing), purchases as a browser.

Closed loop: each of the clients sends its next request when the last answer is there.
"""

from __future__ import annotations

import multiprocessing
import re
import shutil
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode, urlsplit

HERE = Path(__file__).resolve().parent
FORM = "application/x-www-form-urlencoded"


class Wrong(Exception):
    """A page did not answer as it should; figures of it would mean nothing."""


class Silent(Wrong):
    """Nothing came in the time given."""


@dataclass(frozen=True)
class Figures:
    """How one page did: answers a second, the milliseconds half and 99 of 100 of them stayed under, and the processor
    time of the workers and of PostgreSQL for one answer (``run`` adds it), which other programs hardly change.
    """

    rate: float
    p50: float
    p99: float
    answers: int
    cpu_web: float = 0
    cpu_db: float = 0

    @classmethod
    def of(cls, times: list[float], seconds: float) -> Figures:
        cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
        return cls(len(times) / seconds, cuts[49] * 1000, cuts[98] * 1000, len(times))

    @classmethod
    def together(cls, rounds: list[Figures]) -> Figures:
        """Rounds of one page as one: the mean rate and half, the worst 99th."""
        return cls(
            statistics.mean(figures.rate for figures in rounds),
            statistics.mean(figures.p50 for figures in rounds),
            max(figures.p99 for figures in rounds),
            sum(figures.answers for figures in rounds),
            statistics.mean(figures.cpu_web for figures in rounds),
            statistics.mean(figures.cpu_db for figures in rounds),
        )


def ask(
    port: int, method: str, path: str, body: str = "", cookies: str = "", accept: str = ""
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Send one request on a new line and return status, headers (small letters) and body."""
    sent = [f"{method} {path} HTTP/1.0", f"Host: 127.0.0.1:{port}"]
    if cookies:
        sent.append(f"Cookie: {cookies}")
    if accept:
        sent.append(f"Accept-Encoding: {accept}")
    if method == "POST":
        sent += [f"Content-Type: {FORM}", f"Content-Length: {len(body)}"]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall("\r\n".join([*sent, "", body]).encode())
        parts = []
        while part := line.recv(65536):
            parts.append(part)
    head, _, rest = b"".join(parts).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (text.partition(":") for text in lines)]
    return int(first.split()[1]), headers, rest


def requests_of(file: Path) -> list[list[str]]:
    return [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]


def check(port: int, file: Path, most: int = 5) -> int:
    """Send a few of the requests and return how long an answer is; raise Wrong unless all answer as they should."""
    sizes = []
    for method, path, body, cookies in requests_of(file)[:most]:
        status, _headers, text = ask(port, method, path, body, cookies)
        if status != (200 if method == "GET" else 302):
            raise Wrong(f"{method} {path} answers {status}: {text[:300]!r}")
        sizes.append(len(text))
    return round(statistics.mean(sizes))


def name() -> str:
    """Which client is used, for the report."""
    if not shutil.which("wrk"):
        return "the bench's own client (wrk is not installed)"
    told = subprocess.run(["wrk", "-v"], capture_output=True, text=True).stdout.split()
    return f"wrk {' '.join(told[1:2])}".replace("debian/", "")


def measure(port: int, file: Path, *, seconds: float, clients: int, gzip: bool = False) -> Figures:
    """Send the requests of ``file`` round and round for so many seconds."""
    run = _wrk if shutil.which("wrk") else _own
    return run(port, file, seconds, clients, gzip)


def _wrk(port: int, file: Path, seconds: float, clients: int, gzip: bool) -> Figures:
    command = ["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--timeout", "30s"]
    command += [
        "-s",
        str(HERE / "wrk.lua"),
        f"http://127.0.0.1:{port}",
        "--",
        str(file),
        "gzip" if gzip else "plain",
    ]
    told = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"^FIGURES (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$", told.stdout, re.M)
    if not found:
        raise Wrong(f"wrk: {told.stdout} {told.stderr}")
    answers, took, refused, broken, p50, p99 = map(int, found.groups())
    if not answers:
        raise Silent(f"{file.stem}: not one answer in {seconds:g} s")
    if refused or broken:
        raise Wrong(f"{file.stem}: {refused} of {answers} answers were errors, {broken} never came")
    return Figures(answers * 1e6 / took, p50 / 1000, p99 / 1000, answers)


def _own(port: int, file: Path, seconds: float, clients: int, gzip: bool) -> Figures:
    requests = requests_of(file)
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()

    def loop(start: int) -> None:
        times, end = [], time.monotonic() + seconds
        for method, path, body, cookies in islice(cycle(requests), start, None):
            began = time.monotonic()
            if began > end:
                break
            status, *_rest = ask(port, method, path, body, cookies, "gzip" if gzip else "")
            times.append(time.monotonic() - began if status < 400 else -1.0)
        answers.put(times)

    step = max(1, len(requests) // clients)
    processes = [context.Process(target=loop, args=(number * step,)) for number in range(clients)]
    for process in processes:
        process.start()
    times = [spent for _process in processes for spent in answers.get()]
    for process in processes:
        process.join()
    if not times:
        raise Silent(f"{file.stem}: not one answer in {seconds:g} s")
    if min(times) < 0:
        raise Wrong(f"{file.stem}: {sum(spent < 0 for spent in times)} of {len(times)} answers were errors")
    return Figures.of(times, seconds)


# --- whole purchases --------------------------------------------------------------------------------------------
class Browser:
    """A guest without script: keeps cookies, follows redirects, sends the hidden fields of the form it fills in."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.text = ""
        self.path = ""

    def get(self, path: str) -> str:
        return self._go("GET", path)

    def send(self, action: str, **fields: object) -> str:
        """Fill in the form with this ``action`` on the page at hand and send it."""
        own = r"(?![^>]*action=)[^>]*method=\"post\"" if action == self.path else "(?!)"
        form = re.search(rf'<form([^>]*action="{re.escape(action)}"|{own}).*?</form>', self.text, re.S)
        if form is None:
            raise Wrong(f"no form for {action} on {self.path}: {_gist(self.text)}")
        hidden = {}
        for tag in re.findall(r"<input[^>]*>", form[0]):
            if 'type="hidden"' in tag and (field := re.search(r'name="([^"]*)"', tag)):
                value = re.search(r'value="([^"]*)"', tag)
                hidden[field[1]] = unescape(value[1]) if value else ""
        return self._go("POST", action, urlencode({**hidden, **fields}))

    def _go(self, method: str, path: str, body: str = "") -> str:
        for _hop in range(8):
            cookies = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
            status, headers, text = ask(self.port, method, path, body, cookies)
            for header, value in headers:
                if header == "set-cookie":
                    key, _, rest = value.partition("=")
                    if re.search("max-age=0(;|$)", value, re.I):
                        self.cookies.pop(key, None)
                    else:
                        self.cookies[key] = rest.partition(";")[0]
            if status not in (301, 302):
                break
            to = urlsplit(dict(headers)["location"])
            method, path, body = "GET", to.path + (f"?{to.query}" if to.query else ""), ""
        self.path, self.text = path, text.decode()
        if status != 200:
            raise Wrong(f"{path} answers {status}: {_gist(self.text)}")
        return self.text


def _gist(text: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", re.sub("(?s)<(style|script|head).*?</\\1>", "", text)).split())[
        :600
    ]


def buy_ours(browser: Browser, _key: str, path: str, number: int) -> None:
    """From a product's page to the page of the purchase, as a guest, cash on delivery."""
    browser.get(path)
    browser.send("/gio-hang/them/", quantity=1)
    browser.get("/gio-hang/")
    browser.get("/dat-hang/")
    browser.send(
        "/dat-hang/", buyer_name="Nguyễn Thị Đo", phone=f"09{number % 10**8:08d}", email=f"guest{number}@example.com",
        province_code="01", commune_code="00004", street="Số 1, phố Đo",
    )  # fmt: skip
    method = re.search(r'name="(method_\d+)"', browser.text)
    if method is None:
        raise Wrong(f"no way of paying: {_gist(browser.text)}")
    browser.send("/dat-hang/thanh-toan/", **{method[1]: "cod"})
    browser.send("/dat-hang/xem-lai/")
    if not browser.path.startswith("/lan-mua/"):
        raise Wrong(f"not placed, {browser.path}: {_gist(browser.text)}")


def buy_oscar(browser: Browser, key: str, path: str, number: int) -> None:
    """The same through stock Oscar: free shipping, no payment taken."""
    browser.get(path)
    browser.send(f"/basket/add/{key}/", quantity=1)
    browser.get("/basket/")
    browser.get("/checkout/")
    browser.send("/checkout/", username=f"guest{number}@example.com", options="anonymous")
    browser.send(
        browser.path, first_name="Đo", last_name="Nguyễn Thị", line1="Số 1, phố Đo", line4="Hà Nội", postcode="100000",
        phone_number="",
    )  # fmt: skip
    browser.get("/checkout/preview/")
    browser.send("/checkout/preview/")
    if browser.path != "/checkout/thank-you/":
        raise Wrong(f"not placed, {browser.path}: {_gist(browser.text)}")


Buy = Callable[[Browser, str, str, int], None]


def purchases(port: int, goods: Path, buy: Buy, *, seconds: float, clients: int, first: int = 1) -> Figures:
    """Let so many guests at once buy one thing each, again and again; each time a new visitor and another product."""
    wanted = [line.split("\t") for line in goods.read_text(encoding="utf-8").splitlines()]
    times: list[float] = []
    wrong: list[BaseException] = []
    began = time.monotonic()

    def loop(number: int) -> None:
        try:
            while time.monotonic() - began < seconds and not wrong:
                start = time.monotonic()
                key, path = wanted[number % len(wanted)]
                buy(Browser(port), key, path, number)
                times.append(time.monotonic() - start)
                number += clients
        except BaseException as why:
            wrong.append(why)

    threads = [threading.Thread(target=loop, args=(first + number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return Figures.of(times, time.monotonic() - began)
