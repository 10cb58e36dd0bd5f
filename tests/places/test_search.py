"""Communes are found by the name of today and by the name people still use."""

import pytest

from marketplace.places.search import communes


def names(q: str, province: str | None = None) -> list[str]:
    return [found.commune.name for found in communes(q, province)]


@pytest.mark.django_db
class TestCommunes:
    def test_finds_a_name_of_today_without_marks(self) -> None:
        assert names("thuong minh") == ["Xã Thượng Minh"]

    def test_finds_a_name_whose_marks_arrive_in_pieces(self) -> None:
        assert names("Thươ\u0323ng Minh") == ["Xã Thượng Minh"]

    def test_finds_the_commune_that_took_over_an_old_one(self) -> None:
        found = communes("Yến Dương", "19")
        assert [one.commune.name for one in found] == ["Xã Thượng Minh"]
        assert found[0].old_name.startswith("Xã Yến Dương")

    def test_leaves_out_other_provinces(self) -> None:
        everywhere = {found.commune.province_code for found in communes("tân tiến")}
        assert len(everywhere) > 1
        assert {found.commune.province_code for found in communes("tân tiến", "19")} <= {"19"}

    def test_puts_the_whole_name_first(self) -> None:
        assert names("xã tân cương", "19")[0] == "Xã Tân Cương"

    @pytest.mark.parametrize("q", ["", " ", "a", "\x00", "%", "_" * 5, "🌾"])
    def test_finds_nothing_for_nothing(self, q: str) -> None:
        assert communes(q) == []

    def test_bears_a_huge_question(self) -> None:
        assert communes("x" * 100_000) == []

    def test_asks_the_database_three_times_at_most(self, django_assert_max_num_queries: object) -> None:
        with django_assert_max_num_queries(3):  # type: ignore[operator]
            communes("tân")
