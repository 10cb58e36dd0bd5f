"""Places at a cooperative: given, ended, never without a director."""

import pytest

from cooperatives import members
from cooperatives.models import Cooperative, Membership
from marketplace.accounts.models import Letter, User

from .scenes import actor

pytestmark = pytest.mark.django_db


def test_a_new_member_is_told_by_letter(muong_hoa: Cooperative, lan: User, ha: User) -> None:
    membership = members.add_member(muong_hoa, ha, "packer", by=actor(lan))
    assert (membership.role, membership.until) == ("packer", None)
    letter = Letter.objects.get()
    assert (letter.mailbox, letter.subject, letter.body) == (
        f"nguoi:{ha.pk}",
        "Bạn đã vào HTX Mường Hoa",
        "Việc của bạn: Đóng gói.",
    )


def test_a_person_has_one_place(muong_hoa: Cooperative, lan: User, minh: User) -> None:
    with pytest.raises(members.AlreadyMember):
        members.add_member(muong_hoa, minh, "seller", by=actor(lan))
    assert Membership.objects.filter(user=minh).values_list("role", flat=True).get() == "packer"
    assert not Letter.objects.exists()


def test_an_ended_place_may_be_followed_by_another(muong_hoa: Cooperative, lan: User, minh: User) -> None:
    members.end_membership(minh.memberships.get(), by=actor(lan))
    members.add_member(muong_hoa, minh, "seller", by=actor(lan))
    assert [place.role for place in minh.memberships.order_by("pk")] == ["packer", "seller"]


def test_the_last_director_stays(muong_hoa: Cooperative, lan: User, minh: User) -> None:
    place = lan.memberships.get()
    with pytest.raises(members.LastDirector):
        members.end_membership(place, by=actor(lan))
    place.refresh_from_db()
    assert place.until is None


def test_one_of_two_directors_may_go_and_then_the_other_may_not(
    muong_hoa: Cooperative, lan: User, ha: User
) -> None:
    second = members.add_member(muong_hoa, ha, "director", by=actor(lan))
    members.end_membership(lan.memberships.get(), by=actor(lan))
    with pytest.raises(members.LastDirector):
        members.end_membership(second, by=actor(ha))


def test_ending_twice_is_told(muong_hoa: Cooperative, lan: User, minh: User) -> None:
    place = minh.memberships.get()
    members.end_membership(place, by=actor(lan))
    ended = Membership.objects.get(pk=place.pk).until
    with pytest.raises(members.NotMember):
        members.end_membership(place, by=actor(lan))
    assert Membership.objects.get(pk=place.pk).until == ended


def test_a_role_that_is_none_is_a_mistake_of_ours(muong_hoa: Cooperative, lan: User, ha: User) -> None:
    with pytest.raises(ValueError, match="boss"):
        members.add_member(muong_hoa, ha, "boss", by=actor(lan))
