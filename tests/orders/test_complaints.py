"""Complaints: written by the buyer, answered by the cooperative, ended by either side or by the alliance."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import CaseSide
from marketplace.foundation.transitions import IllegalMove
from orders import tasks
from orders.cases import complaints
from orders.models import Complaint, ComplaintMessage, Order
from orders.statuses import ComplaintStatus
from tests.factories import make_product
from tests.orders import trade
from tests.orders.trade import GUEST

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(muong_hoa: Any) -> Order:
    return trade.order((make_product(muong_hoa, "Miến dong"), 1))


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


def complain(order: Order, words: str = "Giao trễ tám ngày.", key: UUID | None = None) -> Complaint:
    return complaints.complain(order, kind="delivery", words=words, form_key=key or uuid4(), by=GUEST)


def said(complaint: Complaint) -> list[tuple[str, str, str]]:
    return list(complaint.messages.values_list("side", "words", "new_status"))


def state(complaint: Complaint) -> tuple[str, str, bool]:
    complaint = Complaint.objects.get(pk=complaint.pk)
    return complaint.status, complaint.owner, complaint.closed_at is not None


def test_asked_answered_asked_again_and_content(order: Order, by: Actor) -> None:
    complaint = complain(order)
    assert state(complaint) == (ComplaintStatus.OPEN, CaseSide.SELLER, False)

    complaints.answer(complaint, words="Mưa lũ, xin lỗi bạn.", form_key=uuid4(), by=by)
    assert state(complaint) == (ComplaintStatus.ANSWERED, CaseSide.BUYER, False)
    complaints.write(complaint, words="Sao không gọi?", form_key=uuid4(), by=GUEST)
    assert state(complaint) == (ComplaintStatus.OPEN, CaseSide.SELLER, False)
    complaints.close(complaint, by=GUEST)

    assert state(complaint) == (ComplaintStatus.CLOSED, CaseSide.SELLER, True)
    assert said(complaint) == [
        ("buyer", "Giao trễ tám ngày.", "open"),
        ("seller", "Mưa lũ, xin lỗi bạn.", "answered"),
        ("buyer", "Sao không gọi?", "open"),
        ("buyer", "", "closed"),
    ]
    with pytest.raises(complaints.ComplaintRefusal, match="đã xong rồi"):
        complaints.answer(complaint, words="Còn đây.", form_key=uuid4(), by=by)
    with pytest.raises(IllegalMove):
        complaints.ask_alliance(complaint, by=GUEST)


def test_one_form_sent_twice_is_one_row(order: Order, by: Actor) -> None:
    key = UUID(int=3)

    assert complain(order, key=key).pk == complain(order, key=key).pk
    complaint = Complaint.objects.get()
    for _press in range(2):
        complaints.answer(complaint, words="Đã gọi bạn.", form_key=UUID(int=4), by=by)

    assert ComplaintMessage.objects.count() == 2
    assert Letter.objects.filter(kind__in=["complaint_written", "complaint_answered"]).count() == 2


def test_a_fourth_open_complaint_of_one_order_is_refused(order: Order) -> None:
    for _n in range(3):
        complain(order)

    with pytest.raises(complaints.ComplaintRefusal, match="viết tiếp ở một trong số đó"):
        complain(order)

    assert Complaint.objects.count() == Letter.objects.filter(kind="complaint_written").count() == 3


def test_nobody_answers_and_the_alliance_hears_it_once(order: Order, by: Actor, quyen: Any) -> None:
    complaint = complain(order)
    assert tasks.cases_overdue() == 0

    with time_machine.travel(timezone.now() + dt.timedelta(hours=48, minutes=6)):
        assert tasks.cases_overdue() == 1
        assert complaints.run_out_late(by=by) == 0

    assert state(complaint) == (ComplaintStatus.ESCALATED, CaseSide.OFFICER, False)
    assert Letter.objects.filter(kind="complaint_escalated", mailbox=f"nguoi:{quyen.pk}").count() == 1

    complaints.answer(complaint, words="Chúng tôi đã gọi.", form_key=uuid4(), by=by)
    assert state(complaint)[:2] == (ComplaintStatus.ESCALATED, CaseSide.OFFICER)
    complaints.settle(complaint, words="Hai bên đã gặp nhau.", by=Actor.of(quyen))
    assert state(complaint) == (ComplaintStatus.CLOSED, CaseSide.OFFICER, True)


def test_a_buyer_who_writes_no_more_is_content(order: Order, by: Actor, settings: Any) -> None:
    complaint = complain(order)
    complaints.answer(complaint, words="Đã gửi lại.", form_key=uuid4(), by=by)

    with time_machine.travel(timezone.now() + dt.timedelta(days=settings.RETURN_DAYS, minutes=6)):
        assert tasks.cases_overdue() == 1

    assert state(complaint) == (ComplaintStatus.CLOSED, CaseSide.BUYER, True)
    assert not Letter.objects.filter(kind="complaint_escalated").exists()


def test_the_alliance_ends_only_what_came_to_it(order: Order, by: Actor, quyen: Any) -> None:
    complaint = complain(order)

    with pytest.raises(complaints.ComplaintRefusal, match="không chờ liên minh"):
        complaints.settle(complaint, words="Xong.", by=Actor.of(quyen))

    assert state(complaint) == (ComplaintStatus.OPEN, CaseSide.SELLER, False)


def test_a_complaint_by_its_pages(client: Any, order: Order, lan: Any, quyen: Any, phuc: Any) -> None:
    at = [order.purchase.token, order.number]
    body = {"kind": "manner", "words": "", "form_key": str(uuid4())}

    assert client.post(reverse("shop:complain", args=at), body).status_code == 422
    made = client.post(reverse("shop:complain", args=at), {**body, "words": "Gọi không ai nghe."})
    complaint = Complaint.objects.get()
    here = reverse("shop:complaint", args=[*at, complaint.pk])
    assert made["Location"] == here
    assert "Đến lượt Hợp tác xã, trước" in client.get(here).content.decode()

    client.force_login(lan)
    listed = client.get(reverse("desk:cases", args=["htx-muong-hoa"]) + "?loc=khieu-nai").content.decode()
    desk = reverse("desk:complaint", args=["htx-muong-hoa", complaint.pk])
    assert desk in listed
    assert client.post(desk, {"words": "Máy hỏng.", "form_key": str(uuid4())}).status_code == 302

    client.logout()
    client.post(reverse("shop:complaint_escalate", args=[*at, complaint.pk]))
    client.force_login(phuc)
    assert client.get(reverse("review:complaint", args=[complaint.pk])).status_code == 404
    client.force_login(quyen)
    settled = client.post(reverse("review:complaint", args=[complaint.pk]), {"words": "Đã nhắc."})
    assert settled.status_code == 302
    assert state(complaint)[0] == ComplaintStatus.CLOSED
    page = client.get(here).content.decode()
    assert "Đã nhắc." in page
    assert "Đến lượt" not in page
