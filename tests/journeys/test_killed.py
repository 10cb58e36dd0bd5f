"""The power goes in the middle of a market day: kill -9 while four people order, then start again."""

from __future__ import annotations

import http.client
import re
import threading
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode

import pytest

pytestmark = pytest.mark.slow

ORDERS = 100
BUYERS = 4
SEEN_BEFORE = 40  # so many are accepted when the process is killed
TOKEN = "k" * 32  # a visitor brings the CSRF cookie and the field with it; any value of this length will do


class Buyer:
    """A visitor without a browser: cookies, forms, and the address each answer leads to."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies = {"csrftoken": TOKEN}

    def send(self, path: str, **fields: object) -> tuple[int, str]:
        """Post a form (or open the page when there is no field); return status and where it leads."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrfmiddlewaretoken": TOKEN, **fields})
        try:
            line.request("POST" if fields else "GET", path, body, headers)
            answer = line.getresponse()
            self.page = answer.read().decode()
        finally:
            line.close()
        for header in answer.headers.get_all("Set-Cookie") or ():
            for name, kept in SimpleCookie(header).items():
                self.cookies[name] = kept.value
        return answer.status, answer.headers.get("Location", "")


class Placing:
    """One purchase on its way: its key, who asked, and the page it was given, once the buyer has seen it."""

    def __init__(self, buyer: Buyer, fields: dict[str, str]) -> None:
        self.buyer, self.fields, self.seen = buyer, fields, ""

    def confirm(self) -> None:
        status, leads_to = self.buyer.send("/dat-hang/xem-lai/", **self.fields)
        assert (status, leads_to[:9]) == (302, "/lan-mua/"), (status, leads_to)
        self.seen = leads_to


def prepare(port: int, product: int, cooperative: int, number: int) -> Placing:
    """Fill a basket and answer every question but the last."""
    buyer = Buyer(port)
    assert buyer.send("/gio-hang/them/", product=product, quantity=1)[0] == 302
    delivery = {
        "buyer_name": f"Khách {number}",
        "phone": f"0912{number:06d}",
        "email": f"khach{number}@example.vn" if number % 2 else "",
        "province_code": "01",
        "commune_code": "00004",
        "street": "Số 1",
    }
    assert buyer.send("/dat-hang/", **delivery) == (302, "/dat-hang/thanh-toan/")
    methods = {f"method_{cooperative}": "cod"}
    assert buyer.send("/dat-hang/thanh-toan/", **methods) == (302, "/dat-hang/xem-lai/")
    status, _ = buyer.send("/dat-hang/xem-lai/")
    assert status == 200
    fields = {
        name: re.search(f'name="{name}" value="([^"]+)"', buyer.page).group(1)
        for name in ("placement_key", "shown_total")
    }
    return Placing(buyer, fields)


def in_threads(work, things) -> list[BaseException]:
    """Let ``BUYERS`` threads work through the things; return what went wrong, in no order."""
    wrong: list[BaseException] = []
    waiting = iter(things)
    lock = threading.Lock()

    def run() -> None:
        while True:
            with lock:
                thing = next(waiting, None)
            if thing is None:
                return
            try:
                work(thing)
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=run) for _ in range(BUYERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_kill_9_in_the_middle_of_100_orders_loses_none_that_was_accepted(market):
    goods = market.data.rows(
        "SELECT p.id, p.cooperative_id, s.num_in_stock - COALESCE(s.num_allocated, 0) AS left_over "
        "FROM catalogue_product p JOIN partner_stockrecord s ON s.product_id = p.id "
        "WHERE p.status = 'approved' ORDER BY left_over DESC, p.id LIMIT 5"
    )
    assert sum(left for _, _, left in goods) >= ORDERS
    choices = [(product, owner) for product, owner, left in goods for _ in range(left)][:ORDERS]
    placings: list[Placing] = []
    numbered = [(number, *choice) for number, choice in enumerate(choices)]
    wrong = in_threads(lambda it: placings.append(prepare(market.port, it[1], it[2], it[0])), numbered)
    assert wrong == []
    market.wait_for_letters()
    [(purchases_before,)] = market.data.rows("SELECT count(*) FROM order_purchase")

    over = threading.Event()

    def watch() -> None:
        while sum(bool(placing.seen) for placing in placings) < SEEN_BEFORE and not over.wait(0.001):
            pass
        market.kill()

    watcher = threading.Thread(target=watch)
    watcher.start()
    in_threads(Placing.confirm, placings)
    over.set()
    watcher.join()
    accepted = [placing for placing in placings if placing.seen]
    assert SEEN_BEFORE <= len(accepted) < ORDERS

    market.start()

    kept = dict(market.data.rows("SELECT placement_key, token FROM order_purchase"))
    kept = {str(key).replace("-", ""): token for key, token in kept.items()}
    for placing in accepted:
        assert placing.seen == f"/lan-mua/{kept[placing.fields['placement_key'].replace('-', '')]}/"
        assert placing.buyer.send(placing.seen)[0] == 200
    # Nothing half-written: at most one more for each buyer whose answer was on its way.
    assert len(accepted) <= len(kept) - purchases_before <= len(accepted) + BUYERS
    assert_sums_hold(market)

    # Everybody presses the button again; who was served already finds the same purchase.
    assert in_threads(Placing.confirm, placings) == []
    market.wait_for_letters(60)

    [(purchases,)] = market.data.rows("SELECT count(*) FROM order_purchase")
    assert purchases == purchases_before + ORDERS
    assert len({placing.seen for placing in placings}) == ORDERS
    assert_sums_hold(market)
    assert_letters_arrived(market, placings)


def assert_sums_hold(market) -> None:
    """No counter below zero; what is allocated is what open orders hold; movements sum to the stock."""
    held = (
        "SELECT COALESCE(SUM(l.num_allocated), 0) FROM order_line l JOIN order_order o ON o.id = l.order_id "
        "WHERE l.stockrecord_id = s.id AND o.status IN ('placed', 'confirmed', 'packed')"
    )
    moved = "SELECT COALESCE(SUM(m.quantity), 0) FROM partner_stockmovement m WHERE m.stock_record_id = s.id"
    stocks = market.data.rows(
        f"SELECT s.num_in_stock, COALESCE(s.num_allocated, 0), ({held}), ({moved}) FROM partner_stockrecord s"
    )
    assert len(stocks) >= 69
    for in_stock, allocated, open_lines, movements in stocks:
        assert 0 <= allocated <= in_stock
        assert allocated == open_lines
        assert in_stock == movements


def assert_letters_arrived(market, placings: list[Placing]) -> None:
    """Per purchase one letter to the buyer and one to the cooperative, in each mailbox once; e-mail at least once."""
    tokens = ", ".join(f"'{placing.seen.split('/')[2]}'" for placing in placings)
    mine = f"SELECT id FROM order_purchase WHERE token IN ({tokens})"
    wanted = {f"purchase_placed:{key}" for (key,) in market.data.rows(mine)}
    orders = market.data.rows(f"SELECT id FROM order_order WHERE purchase_id IN ({mine})")
    wanted |= {f"order_placed:{key}" for (key,) in orders}
    assert len(wanted) == 2 * ORDERS

    letters = market.data.rows("SELECT key FROM accounts_letter WHERE delivered_at IS NOT NULL")
    found = [key for (key,) in letters if key in wanted]
    assert len(found) == len(set(found)) == 2 * ORDERS

    mailed = market.data.rows(f"SELECT id FROM order_purchase WHERE token IN ({tokens}) AND email <> ''")
    assert len(mailed) == ORDERS / 2
    mails = b"".join(file.read_bytes() for file in (market.data.folder / "mail").iterdir()).decode()
    sent = re.findall(r"^Message-ID: <([^@>]+)@", mails, re.MULTILINE)
    for (key,) in mailed:
        assert 1 <= sent.count(quote(f"purchase_placed:{key}", safe="")) <= 2
