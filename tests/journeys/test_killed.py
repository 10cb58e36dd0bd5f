"""The power goes in the middle of a market day: kill -9 while four people order, then start again."""

from __future__ import annotations

import re
import threading
from urllib.parse import quote

import pytest

from .buyer import Placing, prepare

pytestmark = pytest.mark.slow

ORDERS = 100
BUYERS = 4
SEEN_BEFORE = 40  # so many are accepted when the process is killed


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
