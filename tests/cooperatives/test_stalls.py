"""The stall: edited live, opened and closed by its cooperative, suspended and restored by the alliance."""

from typing import Any

import pytest

from cooperatives import papers, stalls
from cooperatives.decisions import AlreadyDecided, ReasonNeeded
from cooperatives.models import Cooperative, Decision, Stall
from cooperatives.statuses import STALL_MOVES, StallStatus
from marketplace.accounts.models import AuditRow, Letter, User
from marketplace.foundation.transitions import IllegalMove

from .scenes import actor, pdf, picture

pytestmark = pytest.mark.django_db


def state() -> tuple[Any, ...]:
    return (
        list(Stall.objects.order_by("pk").values()),
        list(Cooperative.objects.order_by("pk").values()),
        Decision.objects.count(),
        Letter.objects.count(),
        AuditRow.objects.count(),
    )


class TestEdit:
    def test_changes_what_is_named_and_tells_the_cache(self, muong_hoa: Cooperative, lan: User) -> None:
        version = muong_hoa.stall.version
        stalls.edit_stall(muong_hoa.stall, by=actor(lan), about="Chè núi.")
        stall = Stall.objects.select_related("cooperative").get(pk=muong_hoa.stall.pk)
        assert stall.cooperative.about == "Chè núi."
        assert stall.version == version + 1

    def test_keeps_a_banner_scaled_and_without_its_name(self, muong_hoa: Cooperative, lan: User) -> None:
        upload = picture("IMG_nha-toi.jpg", (3000, 1000))
        stall = stalls.edit_stall(muong_hoa.stall, by=actor(lan), banner=upload)
        assert stall.banner.name.startswith("stalls/")
        assert "IMG" not in stall.banner.name
        assert (stall.banner.width, stall.banner.height) == (960, 320)

    def test_refuses_a_banner_that_is_no_picture(self, muong_hoa: Cooperative, lan: User) -> None:
        before = state()
        with pytest.raises(papers.UnreadablePaper) as refused:
            stalls.edit_stall(muong_hoa.stall, by=actor(lan), banner=pdf())
        assert refused.value.field == "banner"
        assert state() == before


class TestOpenAndClose:
    def test_goes_both_ways_and_again_changes_nothing(self, muong_hoa: Cooperative, lan: User) -> None:
        assert stalls.close_stall(muong_hoa.stall, by=actor(lan)).status == "closed"
        before = state()
        assert stalls.close_stall(muong_hoa.stall, by=actor(lan)).status == "closed"
        assert state() == before
        assert stalls.open_stall(muong_hoa.stall, by=actor(lan)).status == "open"

    @pytest.mark.parametrize("verb", [stalls.open_stall, stalls.close_stall])
    def test_the_alliance_has_the_last_word(
        self, muong_hoa: Cooperative, lan: User, quyen: User, verb: Any
    ) -> None:
        stalls.suspend_stall(muong_hoa.stall, reason="Hàng giả.", by=actor(quyen))
        before = state()
        with pytest.raises(stalls.StallSuspended):
            verb(muong_hoa.stall, by=actor(lan))
        assert state() == before


class TestSuspend:
    def test_shuts_at_once_and_tells_why(self, muong_hoa: Cooperative, quyen: User) -> None:
        stall = stalls.suspend_stall(muong_hoa.stall, reason="Hàng không rõ nguồn gốc.", by=actor(quyen))
        assert stall.status == "suspended"
        letter = Letter.objects.get()
        assert (letter.mailbox, letter.subject) == (muong_hoa.mailbox, "Gian hàng bị tạm khoá")
        assert letter.body.endswith("Hàng không rõ nguồn gốc.")
        assert Decision.objects.get().outcome == "suspended"

    def test_needs_a_reason(self, muong_hoa: Cooperative, quyen: User) -> None:
        before = state()
        with pytest.raises(ReasonNeeded):
            stalls.suspend_stall(muong_hoa.stall, reason=" ", by=actor(quyen))
        assert state() == before

    def test_twice_is_told(self, muong_hoa: Cooperative, quyen: User) -> None:
        stalls.suspend_stall(muong_hoa.stall, reason="Lý do.", by=actor(quyen))
        before = state()
        with pytest.raises(AlreadyDecided):
            stalls.suspend_stall(muong_hoa.stall, reason="Lý do.", by=actor(quyen))
        assert state() == before

    def test_is_undone_with_a_row_and_a_letter(self, muong_hoa: Cooperative, quyen: User) -> None:
        stalls.suspend_stall(muong_hoa.stall, reason="Lý do.", by=actor(quyen))
        assert stalls.restore_stall(muong_hoa.stall, by=actor(quyen)).status == "open"
        assert [one.outcome for one in Decision.objects.order_by("pk")] == ["suspended", "restored"]
        assert Letter.objects.count() == 2

    def test_an_open_stall_cannot_be_restored(self, muong_hoa: Cooperative, quyen: User) -> None:
        before = state()
        with pytest.raises(AlreadyDecided):
            stalls.restore_stall(muong_hoa.stall, by=actor(quyen))
        assert state() == before


@pytest.mark.parametrize("start", list(StallStatus))
@pytest.mark.parametrize("end", list(StallStatus))
def test_only_the_table_moves_it(muong_hoa: Cooperative, start: StallStatus, end: StallStatus) -> None:
    Stall.objects.update(status=start)
    stall = Stall.objects.get()
    if end in STALL_MOVES.after(start):
        stalls.move_stall(stall, end)
    else:
        with pytest.raises(IllegalMove):
            stalls.move_stall(stall, end)
    assert Stall.objects.get().status == (end if end in STALL_MOVES.after(start) else start)
