"""The alliance's pages: the officer's province only, one decision, a reason that is read."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cooperatives import applications, bank_accounts, papers
from cooperatives.models import Application, BankAccount, Cooperative, Decision, Officer
from marketplace.accounts.models import User
from marketplace.places.models import Bank
from tests import factories

from .scenes import actor, draft, picture, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(ha: User) -> Application:
    return submitted(ha)


@pytest.fixture
def account(muong_hoa: Cooperative, lan: User) -> BankAccount:
    paper = papers.keep(picture(), kind="bank", cooperative=muong_hoa, by=actor(lan))
    return bank_accounts.propose(
        muong_hoa,
        bank=Bank.objects.get(bin="970405"),
        number="8500201",
        holder="HTX",
        paper=paper,
        by=actor(lan),
    )


@pytest.fixture
def national(db: None) -> User:
    user = factories.make_user("Trung ương", "0912000008")
    Officer.objects.create(user=user, scope="national")
    return user


@pytest.mark.parametrize("page", ["don-mo/", "ngan-hang/", "gian-hang/"])
class TestDoor:
    def test_a_guest_signs_in_first(self, client: Client, db: None, page: str) -> None:
        address = f"/lien-minh/{page}"
        assert client.get(address)["Location"] == f"/tai-khoan/dang-nhap/?next={address}"

    def test_nobody_without_an_office(
        self, client: Client, lan: User, ha: User, operator: User, page: str
    ) -> None:
        for user in (lan, ha, operator):
            client.force_login(user)
            assert client.get(f"/lien-minh/{page}").status_code == 404

    def test_an_office_that_ended_is_none(self, client: Client, quyen: User, page: str) -> None:
        client.force_login(quyen)
        assert client.get(f"/lien-minh/{page}").status_code == 200
        Officer.objects.update(until=timezone.now())
        assert client.get(f"/lien-minh/{page}").status_code == 404


class TestProvince:
    def addresses(self, application: Application, account: BankAccount) -> list[str]:
        stall = account.cooperative.stall
        paper, registration = account.paper, application.papers.get()
        assert paper is not None
        return [
            f"/lien-minh/don-mo/{application.pk}/",
            f"/lien-minh/ngan-hang/{account.pk}/",
            f"/lien-minh/gian-hang/{stall.pk}/",
            f"/lien-minh/giay-to/{paper.pk}/",
            f"/lien-minh/giay-to/{registration.pk}/",
        ]

    def test_the_officer_of_the_place_sees(
        self, client: Client, quyen: User, national: User, application: Application, account: BankAccount
    ) -> None:
        for user in (quyen, national):
            client.force_login(user)
            codes = [client.get(one).status_code for one in self.addresses(application, account)]
            assert codes == [200] * 5

    def test_the_officer_of_another_finds_nothing_and_decides_nothing(
        self, client: Client, phuc: User, application: Application, account: BankAccount
    ) -> None:
        client.force_login(phuc)
        for address in self.addresses(application, account):
            assert client.get(address).status_code == 404
            posted = client.post(address, {"decision": "approve", "reason": "x"})
            assert posted.status_code in (404, 405)
        assert not Decision.objects.exists()
        assert list(client.get("/lien-minh/don-mo/").context["page"]) == []

    def test_a_draft_is_its_writers_own(self, client: Client, quyen: User, ha: User) -> None:
        mine = draft(ha)
        client.force_login(quyen)
        assert client.get(f"/lien-minh/don-mo/{mine.pk}/").status_code == 404
        assert client.get(f"/lien-minh/giay-to/{mine.papers.get().pk}/").status_code == 404
        assert list(client.get("/lien-minh/don-mo/").context["page"]) == []


class TestQueue:
    def test_counts_and_shows_the_age(self, client: Client, quyen: User, application: Application) -> None:
        Application.objects.update(submitted_at=timezone.now() - timezone.timedelta(days=3, hours=2))
        client.force_login(quyen)
        page = client.get("/lien-minh/don-mo/")
        assert "3 ngày" in page.content.decode()
        counts = {queue["name"]: queue["count"] for queue in page.context["queues"]}
        assert counts["applications"] == 1
        assert counts["bank_accounts"] == 0

    def test_asks_the_same_for_one_and_many(self, client: Client, quyen: User) -> None:
        client.force_login(quyen)

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get("/lien-minh/don-mo/")
            return len(captured)

        submitted(factories.make_user(), tax_code="4600000001")
        one = queries()
        for number in range(2, 8):
            submitted(factories.make_user(), tax_code=f"460000000{number}")
        assert queries() == one

    @pytest.mark.parametrize(
        "asked", [{"xem": "\x00"}, {"page": "abc"}, {"q": "\x00" * 9}, {"q": "x" * 5000}]
    )
    def test_bears_nonsense(self, client: Client, quyen: User, asked: dict[str, str]) -> None:
        client.force_login(quyen)
        for page in ("don-mo/", "ngan-hang/", "gian-hang/"):
            assert client.get(f"/lien-minh/{page}", asked).status_code == 200

    def test_finds_stalls_by_name(self, client: Client, quyen: User, muong_hoa: Cooperative) -> None:
        client.force_login(quyen)
        assert len(client.get("/lien-minh/gian-hang/", {"q": "mường"}).context["page"]) == 1
        assert len(client.get("/lien-minh/gian-hang/", {"q": "khác"}).context["page"]) == 0


class TestDecide:
    def post(self, client: Client, application: Application, **posted: str) -> Any:
        return client.post(f"/lien-minh/don-mo/{application.pk}/", posted)

    def test_approving_opens_the_stall_and_leaves_the_queue(
        self, client: Client, quyen: User, application: Application
    ) -> None:
        client.force_login(quyen)
        answer = self.post(client, application, decision="approve")
        assert answer["Location"] == "/lien-minh/don-mo/"
        assert Cooperative.objects.get().stall.status == "open"
        assert list(client.get("/lien-minh/don-mo/").context["page"]) == []
        assert len(client.get("/lien-minh/don-mo/", {"xem": "xong"}).context["page"]) == 1

    def test_approving_twice_is_told_and_makes_no_second_cooperative(
        self, client: Client, quyen: User, application: Application
    ) -> None:
        client.force_login(quyen)
        self.post(client, application, decision="approve")
        answer = self.post(client, application, decision="approve")
        assert answer.status_code == 422
        assert "Việc này đã xử lý rồi, nay là: Đã duyệt." in answer.content.decode()
        assert (Cooperative.objects.count(), Decision.objects.count()) == (1, 1)

    @pytest.mark.parametrize("decision", ["approve", "ask", "refuse"])
    def test_a_page_opened_before_the_application_was_sent_in_again_decides_nothing(
        self, client: Client, quyen: User, ha: User, application: Application, decision: str
    ) -> None:
        client.force_login(quyen)
        old = client.get(f"/lien-minh/don-mo/{application.pk}/").context["seen"]
        applications.ask_for_changes(application, reason="Ghi lại tên.", by=actor(quyen))
        applications.save_draft(ha, {"name": "HTX Tên Mới"}, by=actor(ha))
        application.refresh_from_db()
        applications.submit(application, by=actor(ha))

        answer = self.post(client, application, decision=decision, reason="Đã xem.", seen=old)

        assert answer.status_code == 422
        assert "vừa gửi lại" in answer.content.decode()
        assert "HTX Tên Mới" in answer.content.decode()
        assert (Cooperative.objects.count(), Decision.objects.count()) == (0, 1)
        application.refresh_from_db()
        assert application.status == "submitted"

        fresh = self.post(client, application, decision="approve", seen=answer.context["seen"])
        assert fresh["Location"] == "/lien-minh/don-mo/"
        assert Cooperative.objects.get().name == "HTX Tên Mới"

    @pytest.mark.parametrize("decision", ["ask", "refuse"])
    def test_a_reason_is_needed(
        self, client: Client, quyen: User, application: Application, decision: str
    ) -> None:
        client.force_login(quyen)
        answer = self.post(client, application, decision=decision, reason=" \x00 ")
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["reason"])
        application.refresh_from_db()
        assert application.status == "submitted"

    @pytest.mark.parametrize("decision", ["", "suspend", "delete", "\x00", "x" * 5000])
    def test_a_decision_that_is_none_is_refused_with_the_reason_kept(
        self, client: Client, quyen: User, application: Application, decision: str
    ) -> None:
        client.force_login(quyen)
        answer = self.post(client, application, decision=decision, reason="Đã viết dài.")
        assert answer.status_code == 422
        assert "Đã viết dài." in answer.content.decode()
        assert not Decision.objects.exists()

    def test_the_bank_account_is_compared(self, client: Client, quyen: User, account: BankAccount) -> None:
        client.force_login(quyen)
        address = f"/lien-minh/ngan-hang/{account.pk}/"
        assert client.post(address, {"decision": "refuse"}).status_code == 422
        assert client.post(address, {"decision": "approve"}).status_code == 302
        account.refresh_from_db()
        assert account.status == "verified"
        assert client.post(address, {"decision": "approve"}).status_code == 422

    def test_a_stall_is_suspended_at_once_and_restored(
        self, client: Client, quyen: User, muong_hoa: Cooperative
    ) -> None:
        client.force_login(quyen)
        address = f"/lien-minh/gian-hang/{muong_hoa.stall.pk}/"
        assert client.post(address, {"decision": "suspend"}).status_code == 422
        assert client.post(address, {"decision": "suspend", "reason": "Hàng giả."}).status_code == 302
        muong_hoa.stall.refresh_from_db()
        assert muong_hoa.stall.status == "suspended"
        assert client.post(address, {"decision": "restore"}).status_code == 302
        muong_hoa.stall.refresh_from_db()
        assert muong_hoa.stall.status == "open"
        assert "Hàng giả." in client.get(address).content.decode()
