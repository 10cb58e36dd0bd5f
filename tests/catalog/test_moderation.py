"""Sending in and deciding: who may say what when, with which words, and who is told."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from catalog import decisions, moderation, products
from catalog.models import ModerationDecision, Product, ProductSearch
from catalog.statuses import PRODUCT_MOVES, ProductStatus
from marketplace.accounts.models import Letter
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import Outbox
from marketplace.foundation.transitions import IllegalMove
from tests import factories

pytestmark = pytest.mark.django_db

VERBS: dict[str, tuple[Any, dict[str, str], ProductStatus]] = {
    "approve": (moderation.approve, {}, ProductStatus.SUBMITTED),
    "ask": (moderation.ask_for_changes, {"reason": "Ảnh mờ."}, ProductStatus.SUBMITTED),
    "refuse": (moderation.refuse, {"reason": "Hàng cấm."}, ProductStatus.SUBMITTED),
    "suspend": (moderation.suspend, {"reason": "Có người phản ánh."}, ProductStatus.APPROVED),
    "restore": (moderation.restore, {}, ProductStatus.SUSPENDED),
}


def test_a_whole_product_is_sent_in_and_approved(draft: Product, by_lan: Actor, by_quyen: Actor) -> None:
    moderation.submit(draft, by=by_lan)
    approved = moderation.approve(draft, by=by_quyen)

    assert approved.status == ProductStatus.APPROVED
    assert approved.approved_at is not None
    assert Product.objects.on_sale().get() == draft
    assert ProductSearch.objects.get().norm == " mien dong yen duong "
    decision = ModerationDecision.objects.get()
    assert (decision.outcome, decision.by_label, decision.product_id) == ("approved", "Quyên", draft.pk)


def test_what_is_missing_is_named_and_nothing_moves(muong_hoa: Any, by_lan: Actor) -> None:
    product = products.start_draft(muong_hoa, draft_key=uuid.uuid4(), by=by_lan)
    products.edit_draft(product, {"name": "Miến dong", "net_quantity": "500 g", "origin": "Ba Bể"}, by=by_lan)

    with pytest.raises(moderation.NotReady) as refused:
        moderation.submit(product, by=by_lan)

    assert str(refused.value) == "Còn thiếu: ít nhất một ảnh, loại hàng, giá bán."
    assert refused.value.field == "picture"
    product.refresh_from_db()
    assert (product.status, product.submitted_at) == (ProductStatus.DRAFT, None)


def test_the_cooperative_reads_the_reason(
    draft: Product, muong_hoa: Any, by_lan: Actor, by_quyen: Actor
) -> None:
    moderation.submit(draft, by=by_lan)

    moderation.ask_for_changes(draft, reason="Ảnh mờ, chụp lại giúp.", by=by_quyen)

    outbox.drain()
    letter = Letter.objects.get(mailbox=muong_hoa.mailbox)
    assert letter.subject == "Hàng “Miến dong Yến Dương” cần sửa."
    assert letter.body.endswith("Lý do: Ảnh mờ, chụp lại giúp.")
    assert letter.link == f"/quan-ly/htx-muong-hoa/hang/{draft.pk}/"
    draft.refresh_from_db()
    assert draft.status == ProductStatus.CHANGES_REQUESTED


def test_a_product_sent_back_is_edited_and_sent_again(draft: Product, by_lan: Actor, by_quyen: Actor) -> None:
    moderation.submit(draft, by=by_lan)
    moderation.ask_for_changes(draft, reason="Thiếu tên.", by=by_quyen)

    products.edit_draft(draft, {"name": "Miến dong Ba Bể"}, by=by_lan)
    moderation.submit(draft, by=by_lan)
    product = moderation.approve(draft, by=by_quyen)

    assert product.slug == "mien-dong-ba-be"


@pytest.mark.parametrize("verb", ["ask", "refuse", "suspend"])
def test_a_no_without_a_reason_is_refused(muong_hoa: Any, by_quyen: Actor, verb: str) -> None:
    decide, _words, start = VERBS[verb]
    product = factories.make_product(muong_hoa, status=start)

    with pytest.raises(decisions.ReasonNeeded) as refused:
        decide(product, reason=" \x00 ", by=by_quyen)

    assert refused.value.field == "reason"
    product.refresh_from_db()
    assert product.status == start
    assert not ModerationDecision.objects.exists()
    assert not Outbox.objects.exists()


@pytest.mark.parametrize("verb", list(VERBS))
@pytest.mark.parametrize("status", ProductStatus.values)
def test_each_verb_starts_from_its_own_status_only(
    muong_hoa: Any, by_quyen: Actor, verb: str, status: str
) -> None:
    decide, words, start = VERBS[verb]
    product = factories.make_product(muong_hoa, status=status)

    if status == start:
        after = decide(product, by=by_quyen, **words)
        assert after.status in PRODUCT_MOVES.after(start)
        return
    with pytest.raises(IllegalMove):
        decide(product, by=by_quyen, **words)
    product.refresh_from_db()
    assert product.status == status
    assert not ModerationDecision.objects.exists()


def test_suspending_takes_off_the_shelf_at_once_and_restoring_puts_back(
    draft: Product, by_lan: Actor, by_quyen: Actor
) -> None:
    moderation.submit(draft, by=by_lan)
    moderation.approve(draft, by=by_quyen)

    moderation.suspend(draft, reason="Có người phản ánh.", by=by_quyen)
    assert not Product.objects.on_sale().exists()
    assert not ProductSearch.objects.exists()

    moderation.restore(draft, by=by_quyen)
    assert Product.objects.on_sale().exists()
    assert ProductSearch.objects.exists()


def test_healing_words_are_flagged_with_their_marks(draft: Product, by_lan: Actor) -> None:
    assert moderation.flagged_words("Trà thơm sao khô, Chữa mất ngủ. Đặc trị!") == [
        "chữa",
        "mất ngủ",
        "đặc trị",
    ]
    assert moderation.flagged_words("Canh chua, chứa đựng, chưa nấu") == []

    draft.description = "Giúp điều trị ho."
    assert moderation.flagged_in(draft) == ["điều trị"]


def test_handicrafts_may_heal_nothing_and_are_not_flagged(muong_hoa: Any) -> None:
    tray = factories.make_product(
        muong_hoa,
        "Khay",
        category=factories.make_category("may-tre-dan"),
        description="chữa cháy",
    )

    assert moderation.flagged_in(tray) == []
