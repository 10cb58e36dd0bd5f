"""What buyers say of goods that reached them: written, changed, answered; hidden only by an officer, who says why."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction
from django.db.models import Avg, Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import products
from catalog.models import Product
from cooperatives.models import Cooperative, Membership
from marketplace.accounts import audit
from marketplace.accounts.models import AuditRow, signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.places.loading import short_name

from . import notices
from .locking import lock_order
from .models import Order, Rating
from .statuses import RATING_MOVES, ParcelStatus, PurchaseSource, RatingStatus

MAY_CHANGE = dt.timedelta(days=30)


class RatingRefusal(Refusal):
    """Nothing was written."""


def rateable(order: Order) -> QuerySet[Product]:
    """Return the goods of an order that reached the buyer, by name.

    None of a sale that the cooperative typed itself: whoever opens its page need not be the buyer.
    """
    if order.purchase.source != PurchaseSource.SHOP:
        return Product.objects.none()
    reached = order.lines.filter(picks__parcel__status=ParcelStatus.DELIVERED)
    goods = Product.objects.filter(pk__in=reached.values("product"), removed_at=None)
    return goods.order_by("title", "pk")


@transaction.atomic
def rate(order: Order, product: Product, *, score: int, words: str = "", by: Actor) -> Rating:
    """Say what the goods were like, from 1 to 5; said again within 30 days it replaces what was said.

    Locks the order, then the product, whose mean follows. The cooperative hears what is new. Raises RatingRefusal
    for goods that did not arrive, for the cooperative's own people, and after the 30 days.
    """
    order = lock_order(order.pk)
    if not rateable(order).filter(pk=product.pk).exists():
        raise RatingRefusal(_("Chỉ đánh giá được hàng đã giao tới bạn."), code="not_arrived")
    ours = Membership.objects.filter(cooperative=order.cooperative_id, user=by.user_id, until__isnull=True)
    if by.user_id and ours.exists():
        raise RatingRefusal(_("Người của hợp tác xã không đánh giá hàng của mình."), code="own")
    if not 1 <= score <= 5:
        raise RatingRefusal(_("Hãy chọn một mục."), code="score", field="score")
    row = products.lock(product)
    rating = Rating.objects.filter(order=order, product=row).first()
    if rating is None:
        rating = Rating.objects.create(
            order=order, product=row, score=score, words=words[:1000], author=_author(order), **signed(by)
        )
        notices.rating_written(order, rating)
    elif (rating.score, rating.words) != (score, words[:1000]):
        if timezone.now() - rating.written_at > MAY_CHANGE:
            raise RatingRefusal(_("Đã quá 30 ngày, đánh giá này không sửa được nữa."), code="late")
        rating.score, rating.words, rating.changed_at = score, words[:1000], timezone.now()
        rating.save(update_fields=["score", "words", "changed_at"])
    else:
        return rating
    audit.record("rating_written", rating, by=by, score=score, words=words)
    _sum_up(row)
    return rating


def _author(order: Order) -> str:
    """A buyer's given name and province: enough for people, too little to find her."""
    given = re.sub(r"\(.*?\)", "", order.buyer_name).split()[-1:]  # "Lan (chị Hoa nhận giúp)"
    return ", ".join([*given, short_name(order.province_name)])


def _sum_up(product: Product) -> None:
    """Bring the mean of a locked product to its ratings that are shown."""
    shown = product.ratings.filter(status=RatingStatus.SHOWN)
    found = shown.aggregate(mean=Avg("score"), count=Count("pk"))
    products.set_rating(product, found["mean"], found["count"])


def _lock(rating: Rating) -> tuple[Product, Rating]:
    row = products.lock(rating.product)
    return row, Rating.objects.select_related("order__purchase", "order__cooperative", "product").get(
        pk=rating.pk
    )


@transaction.atomic
def answer(rating: Rating, *, words: str, by: Actor) -> Rating:
    """The cooperative answers in public, or puts another answer in its place; the buyer hears the first.

    Locks the product. Raises RatingRefusal without words.
    """
    if not words.strip():
        raise RatingRefusal(_("Hãy viết vài chữ."), code="words", field="words")
    product, rating = _lock(rating)
    if rating.answer == words[:1000]:
        return rating
    is_first = not rating.answer
    rating.answer, rating.answered_at = words[:1000], timezone.now()
    rating.save(update_fields=["answer", "answered_at"])
    audit.record("rating_answered", rating, by=by, words=words)
    products.touch(product)
    if is_first:
        notices.rating_answered(rating)
    return rating


@transaction.atomic
def hide(rating: Rating, *, reason: str, by: Actor) -> Rating:
    """An officer hides what the law forbids to publish; the buyer hears why.

    Locks the product. Raises RatingRefusal without a reason, IllegalMove when it is hidden.
    """
    if not reason.strip():
        raise RatingRefusal(_("Hãy ghi lý do."), code="reason", field="reason")
    product, rating = _lock(rating)
    hidden = move_rating(rating, RatingStatus.HIDDEN, reason, by)
    _sum_up(product)
    notices.rating_hidden(rating, hidden)
    return rating


@transaction.atomic
def show_again(rating: Rating, *, by: Actor) -> Rating:
    """An officer lets everybody see it again. Locks the product. Raises IllegalMove when it is shown."""
    product, rating = _lock(rating)
    move_rating(rating, RatingStatus.SHOWN, "", by)
    _sum_up(product)
    return rating


def move_rating(rating: Rating, to: RatingStatus, reason: str, by: Actor) -> AuditRow:
    """Assign the status of a rating whose product is locked, with the reason; return the row that says who and why.

    Raises IllegalMove.
    """
    RATING_MOVES.check(RatingStatus(rating.status), to)
    rating.status, rating.hidden_reason = to, reason[:300]
    rating.save(update_fields=["status", "hidden_reason"])
    return audit.record(f"rating_{to}", rating, by=by, reason=reason)


# --- reads ----------------------------------------------------------------------------------------------------
def of_product(product: Product) -> QuerySet[Rating]:
    """Return what everybody may read about a product, the newest first."""
    return Rating.objects.filter(product=product, status=RatingStatus.SHOWN).order_by("-pk")


def at_desk(cooperative: Cooperative, *, unanswered: bool = False) -> QuerySet[Rating]:
    """Return what was said of a cooperative's goods, the newest first; ``unanswered``: only what waits for words."""
    found = Rating.objects.filter(order__cooperative=cooperative).select_related("product", "order")
    return found.filter(answer="", status=RatingStatus.SHOWN) if unanswered else found
