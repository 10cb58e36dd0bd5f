"""The desk's pages of the ground floor: who may, what is kept, what is refused."""

import pytest
from django.test import Client
from django.utils import timezone

from cooperatives import bank_accounts, papers, rates, stalls
from cooperatives.models import BankAccount, Cooperative, Membership, Paper
from marketplace.accounts.models import Letter, User
from marketplace.places.models import Bank

from .scenes import actor, picture

pytestmark = pytest.mark.django_db

DESK = "/quan-ly/htx-muong-hoa/"
STALL = {"phone": "0912 000 001", "about": "Chè."}
RATE = {"parcel_fee": "25k", "free_over": "", "is_served": "on", "takes_cold": "on", "takes_cod": "on"}


@pytest.mark.parametrize("page", ["gian-hang/", "ngan-hang/", "thanh-vien/", "thu/"])
class TestDoor:
    def test_a_guest_signs_in_first(self, client: Client, muong_hoa: Cooperative, page: str) -> None:
        assert client.get(DESK + page)["Location"] == f"/tai-khoan/dang-nhap/?next={DESK}{page}"

    def test_strangers_find_nothing(
        self, client: Client, lan: User, tuan: User, ha: User, quyen: User, operator: User, page: str
    ) -> None:
        for stranger in (tuan, ha, quyen, operator):
            client.force_login(stranger)
            assert client.get(DESK + page).status_code == 404
            assert client.post(DESK + page, {}).status_code in (404, 405)

    def test_the_director_may(self, client: Client, lan: User, page: str) -> None:
        client.force_login(lan)
        assert client.get(DESK + page).status_code == 200

    def test_a_packer_may_look_at_stall_and_letters(self, client: Client, minh: User, page: str) -> None:
        client.force_login(minh)
        assert client.get(DESK + page).status_code == (200 if page in ("gian-hang/", "thu/") else 403)
        assert client.post(DESK + page, {}).status_code in (403, 405)

    def test_who_left_is_a_stranger(self, client: Client, lan: User, page: str) -> None:
        Membership.objects.update(until=timezone.now())
        client.force_login(lan)
        assert client.get(DESK + page).status_code == 404


class TestRates:
    def test_one_flat_fee_is_all_it_takes(self, client: Client, muong_hoa: Cooperative, lan: User) -> None:
        client.force_login(lan)
        assert client.post(DESK + "gui-hang/", RATE).status_code == 302
        muong_hoa.stall.refresh_from_db()
        assert (muong_hoa.stall.parcel_fee, muong_hoa.stall.free_over) == (25000, None)
        assert muong_hoa.stall.is_served

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("parcel_fee", ""),
            ("parcel_fee", "nhiều"),
            ("parcel_fee", "9" * 300),
            ("kilo_fee", "-5000"),
            ("free_over", "0"),
            ("days_to", "5"),
            ("cod_limit", "2tr"),
            ("takes_cod", ""),
        ],
    )
    def test_bad_input_ends_beside_its_field_with_the_rest_kept(
        self, client: Client, lan: User, muong_hoa: Cooperative, field: str, value: str
    ) -> None:
        client.force_login(lan)
        answer = client.post(DESK + "gui-hang/", {**RATE, "pickup_place": "Chợ Mường Hoa", field: value})
        assert answer.status_code == 422
        wrong = "days_from" if field == "days_to" else field
        assert list(answer.context["form"].errors) == [wrong]
        assert "Chợ Mường Hoa" in answer.content.decode()
        muong_hoa.stall.refresh_from_db()
        assert (muong_hoa.stall.parcel_fee, muong_hoa.stall.pickup_place) == (30000, "")

    def test_a_zone_is_made_changed_and_taken_away(
        self, client: Client, lan: User, muong_hoa: Cooperative
    ) -> None:
        client.force_login(lan)
        near = {**RATE, "parcel_fee": "15k", "provinces": ["19", "04"]}
        assert client.post(DESK + "gui-hang/vung/", near).status_code == 302
        zone = muong_hoa.stall.zones.get()
        assert (zone.parcel_fee, str(zone)) == (15000, "Cao Bằng, Thái Nguyên")
        page = f"{DESK}gui-hang/vung/{zone.pk}/"
        assert "Cao Bằng" in client.get(page).content.decode()
        assert client.post(page, {**near, "provinces": ["19"], "is_served": ""}).status_code == 302
        zone.refresh_from_db()
        assert (zone.is_served, str(zone)) == (False, "Thái Nguyên")
        for _twice in range(2):
            assert client.post(DESK + "gui-hang/", {"remove": zone.pk}).status_code == 302
        assert not muong_hoa.stall.zones.exists()

    def test_a_province_of_another_zone_is_not_offered(
        self, client: Client, lan: User, muong_hoa: Cooperative
    ) -> None:
        rates.save_zone(muong_hoa.stall, provinces={"19": "Thái Nguyên"}, by=actor(lan))
        client.force_login(lan)
        answer = client.post(DESK + "gui-hang/vung/", {**RATE, "provinces": ["19"]})
        assert answer.status_code == 422
        assert muong_hoa.stall.zones.count() == 1

    def test_anothers_zone_is_not_found(
        self, client: Client, lan: User, tuan: User, ban_khac: Cooperative
    ) -> None:
        zone = rates.save_zone(ban_khac.stall, provinces={"19": "Thái Nguyên"}, by=actor(tuan))
        client.force_login(lan)
        client.post(DESK + "gui-hang/", {"remove": zone.pk})
        assert client.post(f"{DESK}gui-hang/vung/{zone.pk}/", RATE).status_code == 404
        assert ban_khac.stall.zones.count() == 1


class TestStall:
    def test_saves_and_goes_live(self, client: Client, muong_hoa: Cooperative, lan: User) -> None:
        client.force_login(lan)
        answer = client.post(DESK + "gian-hang/", {**STALL, "banner": picture(size=(800, 300))})
        assert answer.status_code == 302
        muong_hoa.stall.refresh_from_db()
        muong_hoa.refresh_from_db()
        assert (muong_hoa.about, muong_hoa.phone) == ("Chè.", "0912000001")
        assert muong_hoa.stall.banner

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("phone", "113"),
            ("zalo", "\x00abc"),
            ("email", "x@"),
            ("about", "x" * 2001),
        ],
    )
    def test_bad_input_ends_beside_its_field_with_the_rest_kept(
        self, client: Client, lan: User, muong_hoa: Cooperative, field: str, value: str
    ) -> None:
        client.force_login(lan)
        answer = client.post(DESK + "gian-hang/", {**STALL, field: value})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert ("Chè." if field != "about" else "0912 000 001") in answer.content.decode()
        muong_hoa.refresh_from_db()
        assert muong_hoa.phone == "0208000000"

    def test_closes_and_opens(self, client: Client, muong_hoa: Cooperative, lan: User) -> None:
        client.force_login(lan)
        for action, status in (("close", "closed"), ("open", "open")):
            client.post(DESK + "gian-hang/", {"action": action})
            muong_hoa.stall.refresh_from_db()
            assert muong_hoa.stall.status == status

    def test_suspended_it_shows_why_and_cannot_open_itself(
        self, client: Client, muong_hoa: Cooperative, lan: User, quyen: User
    ) -> None:
        stalls.suspend_stall(muong_hoa.stall, reason="Hàng không rõ nguồn.", by=actor(quyen))
        client.force_login(lan)
        assert "Hàng không rõ nguồn." in client.get(DESK + "gian-hang/").content.decode()
        answer = client.post(DESK + "gian-hang/", {"action": "open"}, follow=True)
        assert "chưa tự mở lại được" in answer.content.decode()
        muong_hoa.stall.refresh_from_db()
        assert muong_hoa.stall.status == "suspended"


class TestBank:
    GOOD = {"bank": "970405", "number": "8500 2010 01234", "holder": "HTX Mường Hoa"}

    def test_waits_for_the_officer(self, client: Client, muong_hoa: Cooperative, lan: User) -> None:
        client.force_login(lan)
        answer = client.post(DESK + "ngan-hang/", {**self.GOOD, "paper": picture()})
        assert answer.status_code == 302
        account = BankAccount.objects.get()
        assert (account.status, account.number, account.paper.kind) == ("waiting", "8500201001234", "bank")
        page = client.get(DESK + "ngan-hang/").content.decode()
        assert "Chờ đối chiếu" in page
        assert "8500201001234" in page

    def test_sent_twice_is_one(self, client: Client, lan: User) -> None:
        client.force_login(lan)
        for _ in range(2):
            client.post(DESK + "ngan-hang/", {**self.GOOD, "paper": picture()})
        assert (BankAccount.objects.count(), Paper.objects.count()) == (1, 1)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("bank", ""),
            ("bank", "999999"),
            ("bank", "\x00"),
            ("number", ""),
            ("number", "12"),
            ("number", "số của tôi"),
            ("holder", ""),
            ("holder", "x" * 121),
            ("paper", ""),
        ],
    )
    def test_bad_input_ends_beside_its_field_with_the_rest_kept(
        self, client: Client, lan: User, field: str, value: str
    ) -> None:
        client.force_login(lan)
        answer = client.post(DESK + "ngan-hang/", {**self.GOOD, "paper": picture(), field: value})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        kept = "HTX Mường Hoa" if field != "holder" else "8500 2010 01234"
        assert f'value="{kept}"' in answer.content.decode()
        assert not BankAccount.objects.exists()

    def test_a_refused_one_shows_why(
        self, client: Client, muong_hoa: Cooperative, lan: User, quyen: User
    ) -> None:
        account = bank_accounts.propose(
            muong_hoa,
            bank=Bank.objects.get(bin="970405"),
            number="123456",
            holder="X",
            paper=None,
            by=actor(lan),
        )
        bank_accounts.refuse(account, reason="Tên không khớp giấy đăng ký.", by=actor(quyen))
        client.force_login(lan)
        assert "Tên không khớp giấy đăng ký." in client.get(DESK + "ngan-hang/").content.decode()


class TestMembers:
    def test_adds_by_phone(self, client: Client, lan: User, ha: User, muong_hoa: Cooperative) -> None:
        client.force_login(lan)
        client.post(DESK + "thanh-vien/", {"phone": "0912.000.004", "role": "packer"})
        assert Membership.objects.get(user=ha).role == "packer"

    @pytest.mark.parametrize(
        ("posted", "field"),
        [
            ({"phone": "0999999999", "role": "packer"}, "phone"),
            ({"phone": "0912000001", "role": "packer"}, "phone"),
            ({"phone": "", "role": "packer"}, "phone"),
            ({"phone": "0912000004", "role": "boss"}, "role"),
        ],
    )
    def test_refuses_beside_the_field(
        self, client: Client, lan: User, ha: User, posted: dict[str, str], field: str
    ) -> None:
        client.force_login(lan)
        answer = client.post(DESK + "thanh-vien/", posted)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert Membership.objects.count() == 1

    def test_ends_a_place(self, client: Client, lan: User, minh: User) -> None:
        client.force_login(lan)
        place = minh.memberships.get()
        client.post(DESK + "thanh-vien/", {"action": "end", "membership": place.pk})
        place.refresh_from_db()
        assert place.until is not None

    def test_keeps_the_last_director(self, client: Client, lan: User) -> None:
        client.force_login(lan)
        place = lan.memberships.get()
        client.post(DESK + "thanh-vien/", {"action": "end", "membership": place.pk})
        place.refresh_from_db()
        assert place.until is None

    @pytest.mark.parametrize("pk", ["", "abc", "9" * 40, "\x00"])
    def test_a_place_that_is_none_is_404(self, client: Client, lan: User, pk: str) -> None:
        client.force_login(lan)
        assert client.post(DESK + "thanh-vien/", {"action": "end", "membership": pk}).status_code == 404

    def test_a_place_of_another_cooperative_is_404(self, client: Client, lan: User, tuan: User) -> None:
        client.force_login(lan)
        place = tuan.memberships.get()
        answer = client.post(DESK + "thanh-vien/", {"action": "end", "membership": place.pk})
        assert answer.status_code == 404
        place.refresh_from_db()
        assert place.until is None


class TestInbox:
    def test_shows_the_cooperatives_letters_and_marks_them_read(
        self, client: Client, minh: User, muong_hoa: Cooperative, ban_khac: Cooperative
    ) -> None:
        for cooperative, subject in ((muong_hoa, "Có đơn mới"), (ban_khac, "Đơn của người khác")):
            Letter.objects.create(
                mailbox=cooperative.mailbox,
                kind="x",
                subject=subject,
                key=subject,
                delivered_at=timezone.now(),
            )
        client.force_login(minh)
        assert "chưa đọc" in client.get(DESK + "gian-hang/").content.decode()
        page = client.get(DESK + "thu/").content.decode()
        assert "Có đơn mới" in page
        assert "Đơn của người khác" not in page
        assert "chưa đọc" not in client.get(DESK + "gian-hang/").content.decode()


class TestPaper:
    def test_only_members_and_bank_papers_only_directors(
        self, client: Client, muong_hoa: Cooperative, lan: User, minh: User, tuan: User, quyen: User
    ) -> None:
        plain = papers.keep(picture(), kind="food_safety", cooperative=muong_hoa, by=actor(lan))
        private = papers.keep(picture(), kind="bank", cooperative=muong_hoa, by=actor(lan))
        seen = {}
        for name, user in (("lan", lan), ("minh", minh), ("tuan", tuan), ("quyen", quyen)):
            client.force_login(user)
            seen[name] = [client.get(f"{DESK}giay-to/{one.pk}/").status_code for one in (plain, private)]
        assert seen == {"lan": [200, 200], "minh": [200, 403], "tuan": [404, 404], "quyen": [404, 404]}

    def test_of_another_cooperative_is_404(
        self, client: Client, lan: User, ban_khac: Cooperative, tuan: User
    ) -> None:
        foreign = papers.keep(picture(), kind="other", cooperative=ban_khac, by=actor(tuan))
        client.force_login(lan)
        assert client.get(f"{DESK}giay-to/{foreign.pk}/").status_code == 404

    def test_lost_by_the_storage_is_404(self, client: Client, lan: User, muong_hoa: Cooperative) -> None:
        paper = papers.keep(picture(), kind="other", cooperative=muong_hoa, by=actor(lan))
        paper.file.storage.delete(paper.file.name)
        client.force_login(lan)
        assert client.get(f"{DESK}giay-to/{paper.pk}/").status_code == 404
