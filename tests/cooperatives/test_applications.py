"""An application is written, handed in and decided once; a refusal changes nothing."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cooperatives import applications
from cooperatives.decisions import AlreadyDecided, ReasonNeeded
from cooperatives.models import Application, Cooperative, Decision, Membership, Stall
from cooperatives.statuses import APPLICATION_MOVES, ApplicationStatus
from marketplace.accounts.models import AuditRow, Letter, User
from marketplace.foundation.transitions import IllegalMove

from .scenes import FILLED, actor, draft, submitted

pytestmark = pytest.mark.django_db


def state() -> tuple[Any, ...]:
    """Everything that a refused verb must leave as it was."""
    return (
        list(Application.objects.order_by("pk").values()),
        Cooperative.objects.count(),
        Stall.objects.count(),
        Membership.objects.count(),
        Decision.objects.count(),
        Letter.objects.count(),
        AuditRow.objects.count(),
    )


class TestDraft:
    def test_saves_what_there_is_and_asks_for_nothing(self, ha: User) -> None:
        application = applications.save_draft(ha, {"name": "HTX Mới"}, by=actor(ha))
        assert (application.name, application.phone, application.status) == ("HTX Mới", "", "draft")

    def test_is_one_a_person(self, ha: User) -> None:
        first = applications.save_draft(ha, {"name": "A"}, by=actor(ha))
        second = applications.save_draft(ha, {"phone": "0912000004"}, by=actor(ha))
        assert first.pk == second.pk
        second.refresh_from_db()
        assert (second.name, second.phone) == ("A", "0912000004")

    def test_a_second_open_one_is_stopped_by_the_database(self, ha: User) -> None:
        draft(ha)
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.create(applicant=ha)

    def test_cannot_be_changed_while_it_waits(self, ha: User) -> None:
        submitted(ha)
        before = state()
        with pytest.raises(applications.AlreadySubmitted):
            applications.save_draft(ha, {"name": "Tên khác"}, by=actor(ha))
        assert state() == before

    def test_knows_no_other_field(self, ha: User) -> None:
        with pytest.raises(ValueError, match="status"):
            applications.save_draft(ha, {"status": "approved"}, by=actor(ha))


class TestSubmit:
    def test_puts_it_into_the_queue_and_writes_a_letter(self, ha: User) -> None:
        application = submitted(ha)
        assert application.status == "submitted"
        assert application.submitted_at is not None
        letter = Letter.objects.get()
        assert (letter.mailbox, letter.subject) == (
            f"nguoi:{ha.pk}",
            "Đã nhận đơn mở gian hàng của HTX Chè Thượng Minh",
        )

    @pytest.mark.parametrize(
        "field", ["name", "contact_name", "phone", "province_code", "commune_code", "street", "tax_code"]
    )
    def test_refuses_while_something_lacks(self, ha: User, field: str) -> None:
        application = draft(ha, **{field: ""})
        before = state()
        with pytest.raises(applications.Incomplete) as refused:
            applications.submit(application, by=actor(ha))
        assert refused.value.field == field
        assert refused.value.details == {"missing": [field]}
        assert state() == before

    def test_refuses_without_the_registration(self, ha: User) -> None:
        application = applications.save_draft(ha, FILLED, by=actor(ha))
        with pytest.raises(applications.Incomplete) as refused:
            applications.submit(application, by=actor(ha))
        assert refused.value.field == "registration"

    def test_asks_a_group_of_farmers_for_no_tax_code(self, ha: User) -> None:
        assert submitted(ha, legal_form="to_hop_tac", tax_code="").status == "submitted"

    def test_twice_is_told_and_writes_one_letter(self, ha: User) -> None:
        application = submitted(ha)
        with pytest.raises(applications.AlreadySubmitted):
            applications.submit(application, by=actor(ha))
        assert Letter.objects.count() == 1

    def test_refuses_a_tax_code_that_has_a_stall(self, ha: User, muong_hoa: Cooperative) -> None:
        Cooperative.objects.filter(pk=muong_hoa.pk).update(tax_code="4600123456")
        application = draft(ha)
        before = state()
        with pytest.raises(applications.TaxCodeTaken):
            applications.submit(application, by=actor(ha))
        assert state() == before


class TestApprove:
    def test_makes_cooperative_open_stall_and_director(self, ha: User, quyen: User) -> None:
        application = submitted(ha)
        cooperative = applications.approve(application, by=actor(quyen))
        assert (cooperative.name, cooperative.tax_code, cooperative.place) == (
            "HTX Chè Thượng Minh",
            "4600123456",
            "Xã Thượng Minh, Thái Nguyên",
        )
        assert (cooperative.stall.slug, cooperative.stall.status) == ("htx-che-thuong-minh", "open")
        assert Membership.objects.get(cooperative=cooperative).role == "director"
        assert Membership.objects.get(cooperative=cooperative).user == ha
        application.refresh_from_db()
        assert (application.status, application.cooperative) == ("approved", cooperative)
        assert cooperative.papers.count() == 1
        decision = Decision.objects.get()
        assert (decision.outcome, decision.by_user, decision.by_label) == ("approved", quyen, "Quyên")
        letter = Letter.objects.get(kind="application_decided")
        assert letter.subject == "Gian hàng của HTX Chè Thượng Minh đã mở"
        assert letter.link == "/quan-ly/htx-che-thuong-minh/"
        assert letter.phone == "0912000004"

    def test_twice_makes_no_second_cooperative(self, ha: User, quyen: User) -> None:
        application = submitted(ha)
        applications.approve(application, by=actor(quyen))
        before = state()
        with pytest.raises(AlreadyDecided, match="Đã duyệt"):
            applications.approve(application, by=actor(quyen))
        assert state() == before

    def test_finds_a_free_address_for_the_same_name(self, ha: User, lan: User, quyen: User) -> None:
        slugs = []
        for user, code in ((ha, "4600123456"), (lan, "4600123457")):
            application = submitted(user, tax_code=code)
            slugs.append(applications.approve(application, by=actor(quyen)).stall.slug)
        assert slugs == ["htx-che-thuong-minh", "htx-che-thuong-minh-2"]

    @pytest.mark.parametrize("name", ["🌾🌾", "x" * 128, "HTX " + "Đường " * 20])
    def test_finds_an_address_for_any_name(self, ha: User, quyen: User, name: str) -> None:
        slug = applications.approve(submitted(ha, name=name), by=actor(quyen)).stall.slug
        assert slug
        assert len(slug) <= 80

    def test_refuses_a_draft(self, ha: User, quyen: User) -> None:
        application = draft(ha)
        before = state()
        with pytest.raises(AlreadyDecided):
            applications.approve(application, by=actor(quyen))
        assert state() == before

    def test_refuses_when_the_tax_code_was_taken_meanwhile(self, ha: User, quyen: User) -> None:
        application = submitted(ha)
        Cooperative.objects.create(name="Khác", tax_code="4600123456", phone="0912", code="khac")
        before = state()
        with pytest.raises(applications.TaxCodeTaken):
            applications.approve(application, by=actor(quyen))
        assert state() == before


class TestGiveBack:
    def test_changes_asked_for_come_with_the_reason_and_may_be_made(self, ha: User, quyen: User) -> None:
        application = submitted(ha)
        applications.ask_for_changes(application, reason="Ảnh giấy đăng ký mờ.", by=actor(quyen))
        letter = Letter.objects.get(kind="application_decided")
        assert "Ảnh giấy đăng ký mờ." in letter.body
        again = applications.save_draft(ha, {"name": "HTX Chè Mới"}, by=actor(ha))
        assert applications.submit(again, by=actor(ha)).status == "submitted"

    def test_a_refused_one_lets_the_person_start_anew(self, ha: User, quyen: User) -> None:
        application = submitted(ha)
        applications.refuse(application, reason="Không có thật.", by=actor(quyen))
        assert applications.draft_for(ha) is None
        assert applications.save_draft(ha, {}, by=actor(ha)).pk != application.pk

    @pytest.mark.parametrize("verb", [applications.ask_for_changes, applications.refuse])
    @pytest.mark.parametrize("reason", ["", "  \n ", "\x00\u200b"])
    def test_needs_a_reason(self, ha: User, quyen: User, verb: Any, reason: str) -> None:
        application = submitted(ha)
        before = state()
        with pytest.raises(ReasonNeeded):
            verb(application, reason=reason, by=actor(quyen))
        assert state() == before

    def test_withdrawn_it_leaves_the_queue(self, ha: User) -> None:
        applications.withdraw(submitted(ha), by=actor(ha))
        assert applications.current_for(ha) is None

    def test_a_decided_one_cannot_be_withdrawn(self, ha: User, quyen: User) -> None:
        application = submitted(ha)
        applications.approve(application, by=actor(quyen))
        with pytest.raises(AlreadyDecided):
            applications.withdraw(application, by=actor(ha))


@pytest.mark.parametrize("start", list(ApplicationStatus))
@pytest.mark.parametrize("end", list(ApplicationStatus))
def test_only_the_table_moves_it(ha: User, start: ApplicationStatus, end: ApplicationStatus) -> None:
    application = Application.objects.create(applicant=ha, status=start)
    if end in APPLICATION_MOVES.after(start):
        applications.move_application(application, end)
        assert Application.objects.get().status == end
    else:
        with pytest.raises(IllegalMove):
            applications.move_application(application, end)
        assert Application.objects.get().status == start
