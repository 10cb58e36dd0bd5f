"""The tamper drill in a real browser: whoever changes, swaps or takes away a row turns the page of the log red."""

from __future__ import annotations

import pytest

from .people import a_lot_code

pytestmark = pytest.mark.browser

EVENT, LINE = "traceability_traceevent", "traceability_logentry"
# As whoever holds the database's password may write it: past the triggers, which are put back.
PAST_THE_TRIGGERS = """
from django.db import connection, transaction
from traceability import guards
with transaction.atomic(), connection.cursor() as cursor:
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
    else:
        for name, _table, _when in guards._triggers():
            cursor.execute(f"DROP TRIGGER {name}")
    for statement in %r:
        cursor.execute(statement)
    if connection.vendor != "postgresql":
        guards.install()
"""
SIGN = "from traceability import log; log.write_missing(); log.sign()"


@pytest.fixture
def code(market):
    """The code of a lot whose story is signed."""
    market.manage("shell", "-c", SIGN)
    return a_lot_code(market)


def lines_of(market, code):
    """Number and place of each line of the lot with this code."""
    return market.data.rows(
        f"SELECT l.number, e.place FROM {LINE} l JOIN {EVENT} e ON e.id = l.event_id "
        f"JOIN traceability_tracecode c ON c.lot_id = l.lot_id WHERE c.code = '{code}' ORDER BY l.number"
    )


def change(market, *statements):
    market.manage("shell", "-c", PAST_THE_TRIGGERS % (list(statements),))


def told(one, code):
    """What the page says when the browser has checked it: in one sentence, and of each line."""
    one.open(f"/so/{code}/")
    one.wait("!document.querySelector('[data-result]').textContent.includes('JavaScript')")
    return (
        one.page.locator("[data-result]").inner_text(),
        [each.inner_text() for each in one.page.locator("[data-all]").all()],
    )


WHOLE = "Máy của bạn đã kiểm xong: mọi dòng dưới đây còn nguyên như lúc ghi."
BROKEN = "Có dòng không khớp với sổ. Đừng tin dòng đó, và xin báo cho liên minh hợp tác xã."
NOT_WHOLE = "Sổ đang không khớp với mốc đã ký. Xin báo cho liên minh hợp tác xã."


def test_the_browser_turns_red_for_each_row_that_somebody_changed(phone, market, code):
    one, lines = phone(), lines_of(market, code)
    (first, _), (second, place), *_rest = lines
    assert told(one, code) == (WHOLE, ["Đúng"] * len(lines))

    change(
        market,
        f"UPDATE {EVENT} SET place = 'Nơi khác' WHERE id = (SELECT event_id FROM {LINE} WHERE number = {second})",
    )
    said, each = told(one, code)
    assert (said, each) == (BROKEN, ["Đúng", "Sai", *["Đúng"] * (len(lines) - 2)])
    one.picture("log-changed")
    change(
        market,
        f"UPDATE {EVENT} SET place = '{place}' WHERE id = (SELECT event_id FROM {LINE} WHERE number = {second})",
    )
    assert told(one, code)[0] == WHOLE

    swapped = [f"UPDATE {LINE} SET number = {to} WHERE number = {of}"
               for of, to in ((first, 999_999), (second, first), (999_999, second))]  # fmt: skip
    change(market, *swapped)
    assert told(one, code)[0] in (BROKEN, NOT_WHOLE)
    one.picture("log-swapped")
    change(market, *swapped)
    assert told(one, code)[0] == WHOLE

    change(market, f"DELETE FROM {EVENT} WHERE id = (SELECT event_id FROM {LINE} WHERE number = {first})")
    said, each = told(one, code)
    assert "Sai" in each
    assert said in (BROKEN, NOT_WHOLE)
    assert one.page.locator("h2", has_text="Một việc đã biến mất").count() == 1
    one.picture("log-deleted")
