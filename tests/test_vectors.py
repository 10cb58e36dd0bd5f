"""The shared vectors: none of their groups is forgotten, and what is not asked elsewhere is asked here."""

from __future__ import annotations

import pytest

from marketplace.foundation.codes import ALPHABET
from tests.vectors import SHIPPED, TESTS, groups, newest_folder, vectors

GROUPS = groups()


@pytest.mark.parametrize(("name", "group"), GROUPS, ids=lambda part: part or "all")
def test_some_test_asks_every_group_of_cases(name: str, group: str) -> None:
    asked = [
        path.name
        for path in TESTS.rglob("test_*.py")
        if (text := path.read_text(encoding="utf-8"))
        and f'"{name}"' in text
        and (not group or f'"{group}"' in text)
    ]
    assert asked, f"no test reads {group} of {name}"
    assert GROUPS[name, group] > 0


@pytest.mark.parametrize("row", vectors("code_format.json")["probability"], ids=lambda row: row["length"])
def test_a_guess_hits_as_seldom_as_was_reckoned(row: dict[str, float]) -> None:
    """The last character only checks the others, so it is no part of the chance."""
    free = int(row["length"]) - 1
    assert len(ALPHABET) ** free == 2 ** row["random_bits"]
    assert len(ALPHABET) ** free / row["live_codes"] == pytest.approx(row["one_guess_hits_1_in"])


def test_the_copy_that_travels_with_the_project_is_thenewest_folder() -> None:
    if newest_folder().is_dir():
        for path in newest_folder().glob("*.json"):
            assert (SHIPPED / path.name).read_bytes() == path.read_bytes()
