"""Tables of moves, and the refusal that guards them."""

import pickle

import pytest
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.refusals import Refusal
from marketplace.foundation.transitions import IllegalMove, Moves


class Status(TextChoices):
    PLACED = "placed", _("Mới đặt")
    SHIPPED = "shipped", _("Đã gửi")
    CANCELLED = "cancelled", _("Đã huỷ")


MOVES = Moves(
    {
        Status.PLACED: [Status.SHIPPED, Status.CANCELLED],
        Status.SHIPPED: [],
        Status.CANCELLED: [],
    }
)


def test_moves_answer_what_may_follow():
    assert MOVES.after(Status.PLACED) == (Status.SHIPPED, Status.CANCELLED)
    assert MOVES.after("shipped") == ()
    with pytest.raises(KeyError):
        MOVES.after("lost")


@pytest.mark.parametrize("start", Status)
@pytest.mark.parametrize("end", Status)
def test_the_check_follows_the_table(start, end):
    if end in MOVES.table[start]:
        MOVES.check(start, end)
        return
    with pytest.raises(IllegalMove) as refused:
        MOVES.check(start, end)
    assert refused.value.code == "illegal_move"
    assert refused.value.details == {"start": start.value, "end": end.value}


def test_a_refused_move_names_both_statuses_as_people_see_them():
    with pytest.raises(IllegalMove) as refused:
        MOVES.check("shipped", "placed")

    assert str(refused.value.text) == "Không thể chuyển từ “Đã gửi” sang “Mới đặt”."
    assert isinstance(refused.value, Refusal)


def test_an_unknown_status_moves_nowhere():
    with pytest.raises(IllegalMove):
        MOVES.check("lost", "placed")
    with pytest.raises(IllegalMove):
        MOVES.check("placed", "lost")


def test_every_status_needs_a_row():
    with pytest.raises(ValueError, match="No row for: cancelled"):
        Moves({Status.PLACED: [Status.SHIPPED], Status.SHIPPED: []})
    with pytest.raises(ValueError, match="No row for: gone"):
        Moves({"here": ["gone"]})
    with pytest.raises(ValueError, match="at least one row"):
        Moves({})


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        MOVES.table[Status.SHIPPED] = (Status.PLACED,)


def test_the_table_is_drawn():
    assert MOVES.as_mermaid() == (
        "stateDiagram-v2\n"
        "    [*] --> placed\n"
        "    placed --> shipped\n"
        "    placed --> cancelled\n"
        "    shipped --> [*]\n"
        "    cancelled --> [*]"
    )


class OutOfStock(Refusal):
    code = "out_of_stock"
    default_text = "Không còn đủ hàng."


def test_a_refusal_carries_text_code_field_and_details():
    refusal = OutOfStock(field="quantity", details={"free": 3})

    assert (refusal.text, refusal.code, refusal.field, refusal.details) == (
        "Không còn đủ hàng.",
        "out_of_stock",
        "quantity",
        {"free": 3},
    )
    assert str(Refusal("Không được.", code="no")) == "Không được."
    assert Refusal("Không được.", code="no").code == "no"
    assert Refusal("Không được.").code == "refused"


def test_a_refusal_survives_the_way_to_another_process():
    refusal = pickle.loads(pickle.dumps(OutOfStock(field="quantity", details={"free": 3})))

    assert (refusal.text, refusal.field, refusal.details) == ("Không còn đủ hàng.", "quantity", {"free": 3})
