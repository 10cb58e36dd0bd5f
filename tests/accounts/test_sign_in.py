"""Signing in, making an account, being locked out: plain words, equal answers."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.foundation import outbox
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "cho-phien-2026"


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse("account_login"), {"login": login, "password": password, **more})


class TestSignIn:
    @pytest.mark.parametrize(
        "typed", ["0912000004", "0912 000 004", "+84 912.000.004", "84912000004", " 0912-000-004\u200b"]
    )
    def test_takes_the_phone_typed_any_way(self, client: Client, ha: User, typed: str) -> None:
        answer = sign_in(client, typed)
        assert (answer.status_code, answer["Location"]) == (302, "/toi/")
        assert client.session["_auth_user_id"] == str(ha.pk)

    @pytest.mark.parametrize("typed", ["lan@vidu.vn", " LAN@ViDu.vn "])
    def test_takes_the_e_mail_in_any_case(self, client: Client, typed: str) -> None:
        user = factories.make_user("Lan", "0912777001", email="lan@vidu.vn")
        assert sign_in(client, typed).status_code == 302
        assert client.session["_auth_user_id"] == str(user.pk)

    def test_answers_alike_for_known_and_unknown_numbers(self, client: Client, ha: User) -> None:
        known = sign_in(client, "0912000004", "sai-mat-khau")
        unknown = sign_in(client, "0912999999", "sai-mat-khau")
        assert known.status_code == unknown.status_code == 422
        assert (
            known.context["form"].errors
            == unknown.context["form"].errors
            == {"__all__": ["Số điện thoại (hoặc thư điện tử) hay mật khẩu chưa đúng. Hãy thử lại."]}
        )

    def test_keeps_what_was_typed_but_never_the_password(self, client: Client, ha: User) -> None:
        page = sign_in(client, "0912000004", "sai-mat-khau").content.decode()
        assert 'value="0912000004"' in page
        assert "sai-mat-khau" not in page

    @pytest.mark.parametrize("login", ["", "\x00", "abc", "x" * 5000, "' OR 1=1 --", "@", "0912"])
    def test_refuses_nonsense_with_a_sentence(self, client: Client, login: str) -> None:
        answer = sign_in(client, login)
        assert answer.status_code == 422
        assert answer.context["form"].errors

    @pytest.mark.parametrize("password", ["\x00", "x" * 100_000])
    def test_refuses_passwords_that_cannot_be(self, client: Client, ha: User, password: str) -> None:
        answer = sign_in(client, "0912000004", password)
        assert answer.status_code == 422
        assert "password" in answer.context["form"].errors

    def test_a_password_with_marks_works_from_every_keyboard(self, client: Client) -> None:
        factories.make_user("Mơ", "0912777002").set_password("x")
        user = User.objects.get(phone="0912777002")
        user.set_password("chè tân cương")
        user.save()
        assert sign_in(client, "0912777002", "che\u0300 ta\u0302n cu\u031bo\u031bng").status_code == 302

    def test_somebody_locked_out_of_the_market_is_told_so(self, client: Client, ha: User) -> None:
        User.objects.filter(pk=ha.pk).update(is_active=False)
        answer = sign_in(client, "0912000004")
        assert answer["Location"] == reverse("account_inactive")
        page = client.get(answer["Location"])
        assert "đang bị khoá" in page.content.decode()
        assert "_auth_user_id" not in client.session


class TestFirstPage:
    def test_a_member_of_one_cooperative_lands_at_its_desk(self, client: Client, lan: User) -> None:
        assert sign_in(client, lan.phone)["Location"] == "/quan-ly/htx-muong-hoa/"

    def test_an_officer_lands_at_the_alliance(self, client: Client, quyen: User) -> None:
        assert sign_in(client, quyen.phone)["Location"] == "/lien-minh/"

    def test_a_member_of_two_chooses(self, client: Client, lan: User, ban_khac: Any) -> None:
        factories.make_member(ban_khac, lan)
        assert sign_in(client, lan.phone)["Location"] == "/toi/"

    def test_next_wins_when_it_leads_inside(self, client: Client, lan: User) -> None:
        assert sign_in(client, lan.phone, next="/gio-hang/")["Location"] == "/gio-hang/"

    @pytest.mark.parametrize("address", ["https://xau.vn/", "//xau.vn", "javascript:alert(1)", "/\\xau.vn"])
    def test_next_never_leads_away(self, client: Client, lan: User, address: str) -> None:
        assert sign_in(client, lan.phone, next=address)["Location"] == "/quan-ly/htx-muong-hoa/"


class TestLockOut:
    @pytest.fixture(autouse=True)
    def _axes(self, settings: Any) -> None:
        settings.AXES_ENABLED = True
        settings.AXES_FAILURE_LIMIT = 3

    def test_too_many_wrong_passwords_end_in_a_plain_page_also_for_the_right_one(
        self, client: Client, ha: User
    ) -> None:
        for typed in ("0912000004", "+84 912 000 004", "0912.000.004"):
            answer = sign_in(client, typed, "sai-mat-khau")
        assert answer.status_code == 429
        assert "đợi 15 phút" in answer.content.decode()
        assert sign_in(client, "0912000004").status_code == 429
        assert "_auth_user_id" not in client.session

    def test_one_persons_mistakes_do_not_lock_the_neighbour_behind_the_same_address(
        self, client: Client, ha: User, lan: User
    ) -> None:
        for _ in range(4):
            sign_in(client, "0912000004", "sai-mat-khau")
        assert sign_in(client, lan.phone).status_code == 302


class TestSignUp:
    GOOD = {"full_name": "Vàng Thị Mai", "phone": "+84 987 654 321", "password1": "mùa lúa chín 26"}

    def send(self, client: Client, **change: str) -> Any:
        return client.post(reverse("account_signup"), {**self.GOOD, **change})

    def test_makes_an_account_and_signs_in(self, client: Client) -> None:
        answer = self.send(client, email="Mai@ViDu.vn")
        assert (answer.status_code, answer["Location"]) == (302, "/toi/")
        user = User.objects.get()
        assert (user.full_name, user.phone, user.email) == ("Vàng Thị Mai", "0987654321", "mai@vidu.vn")
        assert user.check_password("mùa lúa chín 26")
        assert client.session["_auth_user_id"] == str(user.pk)

    def test_needs_no_e_mail(self, client: Client) -> None:
        self.send(client)
        assert User.objects.get().email is None

    def test_goes_on_to_next(self, client: Client) -> None:
        assert self.send(client, next="/mo-gian-hang/")["Location"] == "/mo-gian-hang/"

    def test_a_number_twice_is_one_account(self, client: Client, ha: User) -> None:
        answer = self.send(client, phone=ha.phone)
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"phone": ["Số này đã có tài khoản. Hãy đăng nhập."]}
        assert User.objects.count() == 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("full_name", ""),
            ("full_name", "\x00\u200b"),
            ("full_name", "x" * 121),
            ("phone", ""),
            ("phone", "12345"),
            ("phone", "0" * 4000),
            ("email", "khong-phai-thu"),
            ("password1", ""),
            ("password1", "ngan"),
            ("password1", "password"),
        ],
    )
    def test_bad_input_ends_beside_its_field_with_the_rest_kept(
        self, client: Client, field: str, value: str
    ) -> None:
        answer = self.send(client, **{field: value})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        kept = "0987" if field == "full_name" else "Vàng Thị Mai"
        if field == "full_name":
            kept = "+84 987 654 321"
        assert kept in answer.content.decode()
        assert not User.objects.exists()

    def test_a_name_in_pieces_is_put_together(self, client: Client) -> None:
        self.send(client, full_name="  Va\u0300ng   Thi\u0323 Mai ")
        assert User.objects.get().full_name == "Vàng Thị Mai"


class TestPassword:
    def test_changes_with_the_old_one(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        answer = client.post(
            reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "đồi chè xanh"}
        )
        assert answer["Location"] == "/toi/"
        ha.refresh_from_db()
        assert ha.check_password("đồi chè xanh")

    def test_stays_with_a_wrong_old_one(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        answer = client.post(
            reverse("account_change_password"), {"oldpassword": "sai", "password1": "đồi chè xanh"}
        )
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"oldpassword": ["Mật khẩu đang dùng chưa đúng."]}
        ha.refresh_from_db()
        assert ha.check_password(PASSWORD)

    def test_is_set_anew_by_a_link_in_an_e_mail(self, client: Client) -> None:
        user = factories.make_user("Lan", "0912777001", email="lan@vidu.vn")
        answer = client.post(reverse("account_reset_password"), {"email": "lan@vidu.vn"})
        assert answer["Location"] == reverse("account_reset_password_done")
        outbox.drain()
        (letter,) = mail.outbox
        address = next(word for word in letter.body.split() if "mat-khau-moi" in word)
        form = client.get(address, follow=True)
        answer = client.post(form.redirect_chain[-1][0], {"password1": "suối trong vắt"})
        assert answer["Location"] == reverse("account_login")
        user.refresh_from_db()
        assert user.check_password("suối trong vắt")
        assert "hết dùng được" in client.get(address, follow=True).content.decode()

    def test_asking_for_an_unknown_e_mail_answers_the_same_and_sends_nothing(self, client: Client) -> None:
        answer = client.post(reverse("account_reset_password"), {"email": "ai@vidu.vn"})
        assert answer["Location"] == reverse("account_reset_password_done")
        assert outbox.drain() == 0
        assert mail.outbox == []


class TestSignOut:
    def test_asks_first_and_then_does(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        assert client.get(reverse("account_logout")).status_code == 200
        assert "_auth_user_id" in client.session
        assert client.post(reverse("account_logout"))["Location"] == "/"
        assert "_auth_user_id" not in client.session
