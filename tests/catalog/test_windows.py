"""Special prices at the desk: said in words before they begin, listed, ended; only a cooperative's own goods."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cooperatives.models import PriceChange, PriceWindow
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    made = factories.make_product(muong_hoa, "Miến dong", price=220_000)
    PriceChange.objects.create(stock_record=made.stock, new_price=220_000, by_label="kịch bản")
    PriceChange.objects.update(at=timezone.now() - 40 * DAY)
    return made


@pytest.fixture
def desk(client: Client, lan: Any) -> Client:
    client.force_login(lan)
    return client


def typed(**change: Any) -> dict[str, Any]:
    today = timezone.localdate()
    days = {"first": f"{today + 3 * DAY:%d/%m/%Y}", "last": f"{today + 8 * DAY:%d/%m/%Y}"}
    return {"price": "180.000", "limit": "10", **days, **change}


def test_a_price_is_said_in_words_first_and_opened_when_that_is_right(desk: Client, noodles: Any) -> None:
    address, body = reverse("desk:window_add", args=["htx-muong-hoa", noodles.pk]), typed()

    shown = desk.post(address, body)

    text = shown.content.decode().replace("\xa0", " ")
    words = f"Từ {body['first']} đến hết {body['last']}, 10 suất, 180.000 ₫ thay vì 220.000 ₫"
    assert (shown.status_code, words in text, PriceWindow.objects.count()) == (200, True, 0)
    assert [desk.post(address, {**body, "sure": "1"}).status_code for _twice in range(2)] == [302, 302]
    window = PriceWindow.objects.get()
    assert (window.price, window.old_price, window.limit, window.by_label) == (180_000, 220_000, 10, "Lan")
    assert (
        timezone.localtime(window.starts_at).time() == timezone.localtime(window.ends_at).time() == dt.time()
    )
    assert window.ends_at - window.starts_at == 6 * DAY
    listed = desk.get(reverse("desk:windows", args=["htx-muong-hoa"])).content.decode().replace("\xa0", " ")
    assert words in listed
    assert "Sắp có" in listed


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first": "21/11/2025"}, "Ngày bắt đầu đã qua"),
        ({"last": f"{timezone.localdate():%d/%m/%Y}"}, "Ngày cuối phải từ ngày bắt đầu trở đi"),
        ({"price": "220.000"}, "phải thấp hơn giá bán thường"),
        ({"limit": "0"}, "Ít nhất là 1"),
    ],
)
def test_what_cannot_be_comes_back_as_typed(
    desk: Client, noodles: Any, change: dict[str, str], sentence: str
) -> None:
    body = typed(**change, sure="1")

    answer = desk.post(reverse("desk:window_add", args=["htx-muong-hoa", noodles.pk]), body)

    assert (answer.status_code, PriceWindow.objects.count()) == (422, 0)
    assert sentence in answer.content.decode()
    assert answer.context["form"].data["price"] == body["price"]


def test_a_running_price_is_ended_and_listed_as_over(desk: Client, noodles: Any) -> None:
    desk.post(
        reverse("desk:window_add", args=["htx-muong-hoa", noodles.pk]),
        typed(first=f"{timezone.localdate():%d/%m/%Y}", sure="1"),
    )
    window = PriceWindow.objects.get()
    assert window.starts_at <= timezone.now()

    assert desk.post(reverse("desk:window_end", args=["htx-muong-hoa", window.pk])).status_code == 302

    window.refresh_from_db()
    assert window.ends_at <= timezone.now()
    here = reverse("desk:windows", args=["htx-muong-hoa"])
    assert (list(desk.get(here).context["page"]), list(desk.get(here + "?loc=xong").context["page"])) == (
        [],
        [window],
    )


def test_the_goods_of_others_are_not_there(desk: Client, ban_khac: Any, noodles: Any) -> None:
    theirs = factories.make_product(ban_khac)
    window = PriceWindow.objects.create(
        stock_record=theirs.stock,
        price=1,
        starts_at=timezone.now(),
        ends_at=timezone.now() + DAY,
        by_label="Tuấn",
    )

    add = desk.post(reverse("desk:window_add", args=["htx-muong-hoa", theirs.pk]), typed(price="1", sure="1"))
    end = desk.post(reverse("desk:window_end", args=["htx-muong-hoa", window.pk]))

    assert (add.status_code, end.status_code, PriceWindow.objects.count()) == (404, 404, 1)
    assert PriceWindow.objects.get().ends_at == window.ends_at
