"""Ratings: by who received the goods, once, answered in public, hidden only with a reason."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from catalog.models import Product
from marketplace.accounts.models import AuditRow, Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.transitions import IllegalMove
from orders import counter, fulfilment, notices, picking, ratings
from orders.models import Order, Rating
from orders.statuses import PaymentMethod, RatingStatus
from tests.factories import make_product
from tests.orders import trade
from tests.orders.trade import GUEST

pytestmark = pytest.mark.django_db


@pytest.fixture
def noodles(muong_hoa: Any) -> Product:
    return make_product(muong_hoa, "Miến dong")


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


@pytest.fixture
def delivered(noodles: Product, by: Actor) -> Order:
    return arrive(trade.order((noodles, 2)), by)


def arrive(order: Order, by: Actor) -> Order:
    fulfilment.confirm_order(order, by=by)
    choices = [
        fulfilment.PickChoice(one.line.pk, option.lot.pk if option.lot else None, take)
        for one in picking.suggest_picks(order)
        for option, take in one.options
    ]
    fulfilment.pack_order(order, choices, by=by)
    trade.ship(order, by=by)
    return trade.deliver(order, by=by)


def mean(product: Product) -> tuple[float | None, int]:
    return Product.objects.values_list("rating", "num_ratings").get(pk=product.pk)


def test_the_mean_follows_every_word(noodles: Product, delivered: Order, by: Actor, quyen: Any) -> None:
    version = Product.objects.get(pk=noodles.pk).version
    assert mean(noodles) == (None, 0)

    first = ratings.rate(delivered, noodles, score=5, words="Dai, thơm.", by=GUEST)
    second = ratings.rate(arrive(trade.order((noodles, 1)), by), noodles, score=2, by=GUEST)
    assert (mean(noodles), first.author) == ((3.5, 2), "Hà, Hà Nội")

    ratings.rate(delivered, noodles, score=4, words="Dai, hơi mặn.", by=GUEST)
    assert mean(noodles) == (3.0, 2)
    first.refresh_from_db()
    assert (first.score, first.words, first.changed_at is None) == (4, "Dai, hơi mặn.", False)

    ratings.hide(second, reason="Có số điện thoại.", by=Actor.of(quyen))
    assert mean(noodles) == (4.0, 1)
    with pytest.raises(IllegalMove):
        ratings.hide(second, reason="Lần nữa.", by=Actor.of(quyen))
    ratings.show_again(second, by=Actor.of(quyen))
    assert mean(noodles) == (3.0, 2)
    assert Product.objects.get(pk=noodles.pk).version == version + 5


def test_only_what_arrived_is_rated(noodles: Product, muong_hoa: Any, delivered: Order) -> None:
    other = make_product(muong_hoa, "Trà")
    underway = trade.order((noodles, 1))

    for order, product in ((delivered, other), (underway, noodles)):
        with pytest.raises(ratings.RatingRefusal, match="đã giao tới bạn"):
            ratings.rate(order, product, score=1, by=GUEST)

    assert not Rating.objects.exists()
    assert mean(noodles) == (None, 0)


def test_the_cooperative_does_not_praise_itself(noodles: Product, delivered: Order, by: Actor) -> None:
    with pytest.raises(ratings.RatingRefusal, match="hàng của mình"):
        ratings.rate(delivered, noodles, score=5, by=by)

    sold = counter.sell(
        noodles.cooperative, {noodles.pk: 1}, method=PaymentMethod.COD, placement_key=uuid4(), by=by
    )
    assert list(ratings.rateable(sold)) == []
    assert not Rating.objects.exists()


def test_after_thirty_days_words_stand(noodles: Product, delivered: Order) -> None:
    ratings.rate(delivered, noodles, score=5, words="Ngon.", by=GUEST)

    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        with pytest.raises(ratings.RatingRefusal, match="30 ngày"):
            ratings.rate(delivered, noodles, score=1, words="Dở.", by=GUEST)
        ratings.rate(delivered, noodles, score=5, words="Ngon.", by=GUEST)  # the same words are no change

    assert Rating.objects.values_list("score", "words").get() == (5, "Ngon.")


def test_an_answer_is_heard_once(noodles: Product, delivered: Order, by: Actor) -> None:
    rating = ratings.rate(delivered, noodles, score=3, words="Hơi ẩm.", by=GUEST)

    ratings.answer(rating, words="Xin lỗi bạn.", by=by)
    ratings.answer(rating, words="Xin lỗi bạn, gọi chúng tôi nhé.", by=by)

    rating.refresh_from_db()
    assert rating.answer == "Xin lỗi bạn, gọi chúng tôi nhé."
    letters = Letter.objects.filter(kind__startswith="rating").order_by("pk")
    assert list(letters.values_list("kind", "mailbox")) == [
        ("rating_written", delivered.cooperative.mailbox),
        ("rating_answered", delivered.purchase.mailbox),
    ]


def test_each_time_it_is_hidden_is_told_once(noodles: Product, delivered: Order, quyen: Any) -> None:
    rating = ratings.rate(delivered, noodles, score=3, words="Gọi 0912…", by=GUEST)
    officer = Actor.of(quyen)

    ratings.hide(rating, reason="Có số điện thoại.", by=officer)
    with pytest.raises(IllegalMove):  # the same form sent twice
        ratings.hide(rating, reason="Có số điện thoại.", by=officer)
    told = Letter.objects.filter(kind="rating_hidden", mailbox=delivered.purchase.mailbox)
    assert told.count() == 1

    ratings.show_again(rating, by=officer)
    ratings.hide(rating, reason="Có số điện thoại.", by=officer)
    notices.rating_hidden(
        Rating.objects.get(pk=rating.pk), AuditRow.objects.filter(verb="rating_hidden").latest("pk")
    )
    bodies = list(told.values_list("body", flat=True))
    assert bodies == ["Liên minh hợp tác xã ẩn vì: Có số điện thoại."] * 2


def test_a_rating_by_its_pages(
    client: Any, noodles: Product, delivered: Order, lan: Any, quyen: Any, phuc: Any
) -> None:
    at = [delivered.purchase.token, delivered.number]
    public = reverse("shop:product", args=[noodles.slug])
    assert "Người mua chấm" not in client.get(public).content.decode()
    form = reverse("shop:rate", args=[*at, noodles.pk])
    assert client.post(form, {"words": "Ngon."}).status_code == 422
    assert client.post(form, {"score": "5", "words": "Ngon lắm."})["Location"] == reverse(
        "shop:ratings_of_order", args=at
    )
    page = client.get(public).content.decode()
    assert "Người mua chấm 5,0/5 (1 đánh giá)" in page
    assert "Ngon lắm." in page
    rating = Rating.objects.get()

    client.force_login(lan)
    desk = reverse("desk:rating", args=["htx-muong-hoa", rating.pk])
    assert desk in client.get(reverse("desk:ratings", args=["htx-muong-hoa"])).content.decode()
    assert client.post(desk, {"words": "Cảm ơn bạn."}).status_code == 302
    assert (
        desk not in client.get(reverse("desk:ratings", args=["htx-muong-hoa"]) + "?loc=cho").content.decode()
    )
    assert "Cảm ơn bạn." in client.get(public).content.decode()

    review = reverse("review:rating", args=[rating.pk])
    client.force_login(phuc)
    assert client.get(review).status_code == 404
    client.force_login(quyen)
    assert client.post(review, {"reason": ""}).status_code == 422
    assert client.post(review, {"reason": "Có số điện thoại."}).status_code == 302
    client.logout()
    assert "Ngon lắm." not in client.get(public).content.decode()
    assert "Ngon lắm." not in client.get(reverse("shop:ratings", args=[noodles.slug])).content.decode()
    assert "Có số điện thoại." in client.get(reverse("shop:ratings_of_order", args=at)).content.decode()
    rating.refresh_from_db()
    assert rating.status == RatingStatus.HIDDEN
