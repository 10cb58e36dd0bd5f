"""The page "Tôi": who I am, where I work, my letters."""

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.accounts.models import Letter, User

pytestmark = pytest.mark.django_db


def letter(mailbox: str, subject: str, key: str) -> Letter:
    return Letter.objects.create(
        mailbox=mailbox, kind="x", subject=subject, body="Nội dung.", key=key, delivered_at=timezone.now()
    )


def test_a_guest_is_sent_to_sign_in_and_back(client: Client) -> None:
    assert client.get("/toi/")["Location"] == "/tai-khoan/dang-nhap/?next=/toi/"


def test_a_buyer_is_offered_a_stall(client: Client, ha: User) -> None:
    client.force_login(ha)
    page = client.get("/toi/").content.decode()
    assert "Hà" in page
    assert "/mo-gian-hang/" in page
    assert "/quan-ly/" not in page
    assert "/lien-minh/" not in page


def test_a_director_finds_the_desk_and_no_other(client: Client, lan: User, tuan: User) -> None:
    client.force_login(lan)
    page = client.get("/toi/").content.decode()
    assert "/quan-ly/htx-muong-hoa/" in page
    assert "htx-ban-khac" not in page


def test_an_officer_finds_the_alliance(client: Client, quyen: User) -> None:
    client.force_login(quyen)
    assert "/lien-minh/" in client.get("/toi/").content.decode()


def test_letters_are_ones_own_and_read_once_shown(client: Client, ha: User, lan: User) -> None:
    mine = letter(f"nguoi:{ha.pk}", "Gian hàng đã mở", "a")
    letter(f"nguoi:{lan.pk}", "Thư của Lan", "b")
    client.force_login(ha)
    page = client.get("/toi/thu/")
    assert "Gian hàng đã mở" in page.content.decode()
    assert "Thư của Lan" not in page.content.decode()
    assert page.context["fresh"] == {mine.pk}
    mine.refresh_from_db()
    assert mine.read_at is not None
    assert client.get("/toi/thu/").context["fresh"] == set()


@pytest.mark.parametrize("asked", ["abc", "0", "-1", "9" * 50, "\x00", "2"])
def test_a_page_that_is_none_shows_one_that_is(client: Client, ha: User, asked: str) -> None:
    client.force_login(ha)
    assert client.get("/toi/thu/", {"page": asked}).status_code == 200
