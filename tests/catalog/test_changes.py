"""A change waits; the approved version stays public until an officer says yes."""

from __future__ import annotations

from typing import Any

import pytest

from catalog import browsing, changes, decisions, pictures, products, search
from catalog.browsing import Filters
from catalog.models import Product, ProductChange, ProductImage
from catalog.statuses import CHANGE_MOVES, ChangeStatus, ProductStatus
from marketplace.accounts.models import Letter
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.transitions import IllegalMove
from tests import factories

from .conftest import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(muong_hoa: Any, by_lan: Actor) -> Product:
    product = factories.make_product(
        muong_hoa, "Trà bí thơm", description="Túi 100 g. Trà bí xanh thơm sao khô."
    )
    pictures.add_picture(product, photo(), live=True, by=by_lan)
    search.index(product)
    return product


def test_the_old_version_stays_until_the_new_one_is_approved(
    tea: Product, by_lan: Actor, by_quyen: Actor
) -> None:
    change = changes.propose(tea, {"name": "Trà bí thơm Yến Dương"}, by=by_lan)

    tea.refresh_from_db()
    assert tea.title == "Trà bí thơm"
    assert Product.objects.on_sale().get() == tea
    assert change.values == {"title": {"old": "Trà bí thơm", "new": "Trà bí thơm Yến Dương"}}
    address, version = tea.slug, tea.version

    changes.approve(change, by=by_quyen)

    tea.refresh_from_db()
    assert (tea.title, tea.slug, tea.status) == ("Trà bí thơm Yến Dương", address, ProductStatus.APPROVED)
    assert tea.version > version
    assert [card.product_id for card in browsing.listing(Filters.of({"q": "yến dương"})).cards] == [tea.pk]


def test_a_new_picture_comes_first_when_approved(tea: Product, by_lan: Actor, by_quyen: Actor) -> None:
    new = pictures.add_picture(tea, photo(colour="green"), live=False, by=by_lan)
    change = changes.propose(tea, {}, image=new, by=by_lan)

    assert tea.images.filter(is_live=True).count() == 1
    changes.approve(change, by=by_quyen)

    assert Product.objects.get(pk=tea.pk).picture == new
    assert ProductImage.objects.filter(is_live=True).count() == 2


def test_a_second_proposal_joins_the_first(tea: Product, by_lan: Actor, by_quyen: Actor) -> None:
    first = changes.propose(tea, {"name": "Trà bí"}, by=by_lan)
    changes.ask_for_changes(first, reason="Tên ngắn quá.", by=by_quyen)

    second = changes.propose(tea, {"name": "Trà bí xanh", "storage": "Nơi khô."}, by=by_lan)

    assert second.pk == first.pk
    assert second.status == ChangeStatus.WAITING
    assert second.values["title"]["new"] == "Trà bí xanh"
    assert set(second.values) == {"title", "storage"}


def test_nothing_new_is_no_change(tea: Product, by_lan: Actor) -> None:
    with pytest.raises(changes.NothingToChange):
        changes.propose(tea, {"name": " Trà  bí thơm "}, by=by_lan)

    assert not ProductChange.objects.exists()


def test_another_products_picture_is_refused(tea: Product, muong_hoa: Any, by_lan: Actor) -> None:
    other = factories.make_product(muong_hoa, "Khác")
    foreign = pictures.add_picture(other, photo(), live=False, by=by_lan)

    with pytest.raises(products.WrongValue):
        changes.propose(tea, {}, image=foreign, by=by_lan)


def test_price_and_status_never_come_through_a_change(tea: Product, by_lan: Actor) -> None:
    for field in ("price", "status", "slug", "approved_at"):
        with pytest.raises(products.WrongValue):
            changes.propose(tea, {field: "1"}, by=by_lan)


def test_a_draft_is_edited_not_changed(draft: Product, by_lan: Actor) -> None:
    with pytest.raises(changes.NotApproved):
        changes.propose(draft, {"name": "Khác"}, by=by_lan)


def test_a_suspended_product_may_be_mended(muong_hoa: Any, by_lan: Actor) -> None:
    product = factories.make_product(muong_hoa, status=ProductStatus.SUSPENDED)

    assert changes.propose(product, {"name": "Khác"}, by=by_lan).status == ChangeStatus.WAITING


def test_the_diff_reads_like_a_form_and_flags_healing_words(tea: Product, by_lan: Actor) -> None:
    category = factories.make_category("tra-che")
    change = changes.propose(
        tea,
        {"description": "Trà bí xanh, chữa mất ngủ.", "category": category.pk, "vat_rate": "5"},
        by=by_lan,
    )

    rows = {row.label: row for row in changes.diff(change)}
    assert (rows["Loại hàng"].old, rows["Loại hàng"].new) == ("Miến, bún, phở", "Chè, trà")
    assert rows["Giới thiệu"].flagged == ("chữa", "mất ngủ")
    assert rows["Thuế suất GTGT (%)"].new == "5.00"


def test_values_of_every_kind_survive_the_wait(tea: Product, by_lan: Actor, by_quyen: Actor) -> None:
    category = factories.make_category("tra-che")
    change = changes.propose(
        tea,
        {
            "category": category,
            "vat_rate": 8,
            "needs_cold": True,
            "net_quantity": "hộp 200 g",
            "age_limit": 18,
        },
        by=by_lan,
    )
    changes.approve(ProductChange.objects.get(pk=change.pk), by=by_quyen)

    tea.refresh_from_db()
    assert (tea.category, str(tea.vat_rate), tea.needs_cold, tea.net_grams, tea.age_limit) == (
        category, "8.00", True, 200, 18,
    )  # fmt: skip
    assert tea.stockrecords.get().unit_grams == 200


VERBS: dict[str, tuple[Any, dict[str, str], tuple[str, ...]]] = {
    "approve": (changes.approve, {}, ("waiting",)),
    "ask": (changes.ask_for_changes, {"reason": "Mờ."}, ("waiting",)),
    "refuse": (changes.refuse, {"reason": "Sai."}, ("waiting",)),
    "withdraw": (changes.withdraw, {}, ("waiting", "changes_requested")),
}


@pytest.mark.parametrize("verb", list(VERBS))
@pytest.mark.parametrize("status", ChangeStatus.values)
def test_each_verb_starts_from_where_it_may(tea: Product, by_quyen: Actor, verb: str, status: str) -> None:
    run, words, starts = VERBS[verb]
    change = ProductChange.objects.create(
        product=tea, status=status, values={"title": {"old": "Trà bí thơm", "new": "Khác"}}, by_label="Lan"
    )

    if status in starts:
        assert run(change, by=by_quyen, **words).status in CHANGE_MOVES.after(status)
        return
    with pytest.raises(IllegalMove):
        run(change, by=by_quyen, **words)
    tea.refresh_from_db()
    assert tea.title == "Trà bí thơm"


def test_a_refusal_says_why_and_changes_nothing(
    tea: Product, muong_hoa: Any, by_lan: Actor, by_quyen: Actor
) -> None:
    change = changes.propose(tea, {"name": "Thần dược"}, by=by_lan)

    with pytest.raises(decisions.ReasonNeeded):
        changes.refuse(change, reason="", by=by_quyen)
    changes.refuse(change, reason="Tên nói quá.", by=by_quyen)

    outbox.drain()
    assert "Tên nói quá." in Letter.objects.get(mailbox=muong_hoa.mailbox).body
    tea.refresh_from_db()
    assert tea.title == "Trà bí thơm"
    assert changes.open_change(tea) is None
