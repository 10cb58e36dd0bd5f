"""Orders that nobody confirms: reminded after 2 and 12 hours, ended after 24 – never with money under way."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from cooperatives.models import Officer, OfficerScope
from marketplace.accounts.models import Letter, SentMessage
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from orders import cancelling, expiry, fulfilment, overdue, payments, tasks
from orders.models import Order, Payment
from orders.statuses import OrderStatus, PaymentStatus
from tests.factories import make_user
from tests.orders import trade

pytestmark = pytest.mark.django_db
CLOCK = Actor.system("cancel_unconfirmed")
MORNING = dt.datetime(2026, 11, 21, 1, 0, tzinfo=dt.UTC)  # 8:00 in Vietnam


@pytest.fixture
def placed(noodles):
    """Return a function: an order placed at a moment."""

    def make(at=MORNING, **options):
        with time_machine.travel(at, tick=False):
            return trade.order((noodles, 2), **options)

    return make


def run(hours, start=MORNING):
    """The job, so many hours after ``start``."""
    with time_machine.travel(start + dt.timedelta(hours=hours), tick=False):
        return overdue.work(by=CLOCK)


def reminders(order):
    return list(
        Letter.objects.filter(kind="order_unconfirmed", key__endswith=f":{order.pk}")
        .order_by("pk")
        .values_list("key", flat=True)
    )


def state(order):
    order.refresh_from_db()
    return order.status


def test_an_order_is_reminded_of_after_two_and_twelve_hours_once_each_and_ended_after_a_day(placed, noodles):
    order = placed()
    seen = []
    for hours in (1.9, 2, 2.1, 5, 11.9, 12, 12.5, 23.9):
        run(hours)
        seen.append(len(reminders(order)))
    assert seen == [0, 1, 1, 1, 1, 2, 2, 2]
    assert state(order) == OrderStatus.PLACED

    assert run(24) == 1
    assert run(24.1) == 0

    assert (state(order), order.cancel_reason) == (
        OrderStatus.CANCELLED,
        "Hợp tác xã không trả lời trong 24 giờ",
    )
    assert (
        order.status_changes.get(new_status="cancelled").by_label,
        Payment.objects.get(order=order).status,
    ) == (
        CLOCK.label,
        PaymentStatus.VOID,
    )
    assert noodles.stockrecords.get().num_allocated == 0
    buyer = Letter.objects.get(mailbox=order.purchase.mailbox, kind="order_cancelled")
    assert buyer.body == "Lý do: Hợp tác xã không trả lời trong 24 giờ."


def test_a_reminder_says_until_when_and_goes_by_sms_too(placed, muong_hoa):
    order = placed()
    run(2)
    outbox.drain()

    letter = Letter.objects.get(kind="order_unconfirmed")
    assert (letter.mailbox, letter.link) == (
        muong_hoa.mailbox,
        reverse("desk:order", args=["htx-muong-hoa", order.number]),
    )
    assert letter.subject.endswith("chờ xác nhận đã 2 giờ")
    assert letter.body == "Hãy xác nhận trước 08:00 22/11, quá giờ đơn tự huỷ."
    assert (
        SentMessage.objects.filter(key=f"sms:order_unconfirmed:2:{order.pk}", to=muong_hoa.phone).count() == 1
    )


@pytest.mark.parametrize(
    ("hour", "told"),
    [
        ("13:00", {"15:00": 2, "01:00": 2, "05:59": 2, "06:00": 12}),  # 12 hours are over at one in the night
        ("18:59", {"20:59": 2, "21:00": 2, "06:58": 2, "07:00": 12}),
        ("20:00", {"21:59": 0, "22:00": 0, "05:59": 0, "06:00": 2, "08:00": 12}),
    ],
)
def test_at_night_no_phone_rings_and_the_morning_brings_it(placed, hour, told):
    hours, minutes = map(int, hour.split(":"))
    start = MORNING + dt.timedelta(hours=hours - 8, minutes=minutes)
    order = placed(start)

    for moment, newest in told.items():
        at = [int(part) for part in moment.split(":")]
        later = dt.timedelta(hours=at[0] - hours, minutes=at[1] - minutes) % dt.timedelta(days=1)
        run(later / dt.timedelta(hours=1), start)
        got = reminders(order)
        assert (got[-1] if got else "") == (f"order_unconfirmed:{newest}:{order.pk}" if newest else ""), (
            moment
        )


def test_a_job_that_slept_sends_only_the_reminder_that_is_due_now(placed):
    order = placed()

    run(12.5)
    run(12.6)

    assert reminders(order) == [f"order_unconfirmed:12:{order.pk}"]


def test_a_confirmed_order_is_left_alone(placed, lan):
    order = placed()
    fulfilment.confirm_order(order, by=Actor.of(lan))

    assert [run(hours) for hours in (2, 12, 24, 48)] == [0, 0, 0, 0]
    assert state(order) == OrderStatus.CONFIRMED


def test_who_confirms_between_the_look_and_the_lock_keeps_the_order(placed, lan):
    order = placed()
    late = MORNING + dt.timedelta(hours=25)
    with time_machine.travel(late, tick=False):
        fulfilment.confirm_order(order, by=Actor.of(lan))
        done = (overdue.end(order.pk, by=CLOCK), overdue.remind(order.pk, 12), overdue.report(order.pk))

    assert done == (False, False, False)
    assert (state(order), reminders(order)) == (OrderStatus.CONFIRMED, [])


@pytest.mark.parametrize("paid", ["claimed", "received"])
def test_money_is_never_ended_by_a_clock_and_the_officers_hear_once(
    placed, muong_hoa, quyen, phuc, lan, paid
):
    order = placed(methods="vietqr")
    with time_machine.travel(MORNING, tick=False):
        payments.claim(order.payment, by=trade.GUEST)
        if paid == "received":
            payments.receive(order.payment, by=Actor.of(lan))

    run(12)
    assert [run(hours) for hours in (25, 26, 50)] == [1, 0, 0]

    assert state(order) == OrderStatus.PLACED
    assert Payment.objects.get(order=order).status == paid
    assert Letter.objects.get(kind="order_unconfirmed").body.startswith("Khách báo đã chuyển tiền.")
    heard = Letter.objects.filter(kind="order_unanswered").order_by("pk")
    assert [letter.mailbox for letter in heard] == [f"nguoi:{quyen.pk}", muong_hoa.mailbox]
    assert heard[0].link == reverse("review:stall", args=[muong_hoa.stall.pk])


def test_the_officers_sleep_too_and_the_country_answers_where_a_province_has_nobody(placed):
    boss = make_user("Bình", "0912000015")
    Officer.objects.create(user=boss, scope=OfficerScope.NATIONAL)
    order = placed(MORNING + dt.timedelta(hours=15), methods="vietqr")  # 23:00
    with time_machine.travel(MORNING + dt.timedelta(hours=15), tick=False):
        payments.claim(order.payment, by=trade.GUEST)

    night, day = run(24, MORNING + dt.timedelta(hours=15)), run(32, MORNING + dt.timedelta(hours=15))

    assert (night, day) == (0, 1)
    assert Letter.objects.filter(kind="order_unanswered", mailbox=f"nguoi:{boss.pk}").count() == 1


def test_an_order_that_was_taken_up_again_waits_anew(placed, lan):
    order = placed(methods="vietqr")
    with time_machine.travel(MORNING + dt.timedelta(hours=24, minutes=1), tick=False):
        assert expiry.expire_due() == 1
        cancelling.reopen_order(Order.objects.get(pk=order.pk), by=Actor.of(lan))

    assert run(25) == 0
    assert run(47) == 1  # reminded
    assert state(order) == OrderStatus.PLACED
    assert run(48.1) == 1
    assert state(order) == OrderStatus.CANCELLED


def test_a_buyer_who_reads_english_is_told_in_english(noodles):
    with time_machine.travel(MORNING, tick=False):
        order = trade.place(trade.fill((noodles, 1)), language="en").orders.get()
    order.purchase.refresh_from_db()

    run(24)

    order.refresh_from_db()
    with translation.override("en"):
        assert order.cancel_reason == gettext("Hợp tác xã không trả lời trong %(hours)s giờ") % {"hours": 24}


def test_the_job_asks_the_same_for_one_order_as_for_five_when_all_is_said(placed):
    placed()
    run(2)
    with CaptureQueriesContext(connection) as one:
        run(3)
    for _more in range(4):
        placed()
    run(3)

    with CaptureQueriesContext(connection) as five:
        run(3.5)

    assert len(five) == len(one)


def test_two_beats_are_one_run(placed):
    order = placed()
    with time_machine.travel(MORNING + dt.timedelta(hours=24), tick=False):
        assert (tasks.look_after_unconfirmed(), tasks.look_after_unconfirmed()) == (1, 0)

    assert state(order) == OrderStatus.CANCELLED


def test_other_hours_move_the_end_and_drop_the_reminder_behind_it(placed, settings):
    settings.UNCONFIRMED_HOURS = 6
    order = placed()

    assert [run(hours) for hours in (2, 5.9, 6)] == [1, 0, 1]
    assert reminders(order) == [f"order_unconfirmed:2:{order.pk}"]
    assert order.status_changes.count() == 2


def test_both_sides_read_until_when(client, placed, lan):
    order = placed()
    client.force_login(lan)
    pages = {
        "desk": reverse("desk:order", args=["htx-muong-hoa", order.number]),
        "buyer": reverse("shop:purchase", args=[order.purchase.token]),
    }
    said = {side: client.get(url).content.decode() for side, url in pages.items()}
    assert "Trả lời trước 08:00 · 22/11/2026, quá giờ đơn tự huỷ." in said["desk"]
    assert "Hợp tác xã trả lời trước 08:00 · 22/11/2026, quá giờ đơn tự huỷ" in said["buyer"]

    fulfilment.confirm_order(order, by=Actor.of(lan))

    assert all("rả lời trước" not in client.get(url).content.decode() for url in pages.values())
