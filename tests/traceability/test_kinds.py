from __future__ import annotations

import pytest

from catalog import categories
from catalog.models import Category
from traceability import kinds
from traceability.statuses import TraceKind


def offered(slug: str) -> list[str]:
    return kinds.offered(Category(slug=slug))


def test_every_category_of_the_market_knows_its_goods() -> None:
    ours = {slug for root, *_words, children in categories.TREE for slug in (root, *(c[0] for c in children))}

    assert set(kinds.CATEGORIES) == ours
    assert {group for groups in kinds.CATEGORIES.values() for group in groups} | {"general"} == set(
        kinds.GROUPS
    )


@pytest.mark.parametrize(
    ("slug", "first", "also", "never"),
    [
        ("tra-che", "cared", "roasted", "extracted"),
        ("gao-ngu-coc", "planted", "milled", "roasted"),
        ("rau-cu-tuoi", "planted", "spawned", "crafted"),
        ("mat-ong", "cared", "extracted", "sprayed"),
        ("may-tre-dan", "felled", "crafted", "tested"),
        ("thao-duoc", "planted", "gathered", "milled"),
    ],
)
def test_the_form_offers_what_such_goods_go_through(slug: str, first: str, also: str, never: str) -> None:
    found = offered(slug)

    assert found[0] == first
    assert also in found
    assert never not in found


def test_kinds_stand_in_the_order_of_a_lots_life() -> None:
    order = TraceKind.values
    for group in kinds.GROUPS.values():
        assert sorted(group, key=order.index) == list(group)
    assert offered("tra-che")[-2:] == ["stored", "dispatched"]


def test_what_is_not_sorted_gets_the_general_kinds() -> None:
    assert kinds.offered(None) == offered("mot-loai-moi") == list(kinds.GROUPS["general"])
