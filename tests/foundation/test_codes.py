"""Codes with a check character: the printed format, conformance, and what mistakes are caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.foundation.codes import ALPHABET, check_character, is_valid, new_code, normalise, pretty
from tests.vectors import data, vectors

DATA = st.sampled_from([7, 12]).flatmap(lambda size: st.text(ALPHABET, min_size=size, max_size=size))


def conforms(format_):
    for row in format_["codes"]:
        for code in (row["code8"], row["code13"]):
            assert check_character(code[:-1]) == code[-1]
            assert is_valid(code)
    for row in format_["normalise"]:
        assert normalise(row["typed"]) == row["normalised"]
        assert is_valid(row["normalised"]) is row["valid"]


def test_codes_agree_with_our_excerpt_of_the_format():
    conforms(data("code_format.json"))


def test_codes_agree_with_every_shared_vector():
    format_ = vectors("code_format.json")

    assert format_["meta"]["alphabet"] == ALPHABET
    conforms(format_)


@pytest.mark.parametrize("length", [8, 13])
def test_new_codes_are_valid_and_differ(length):
    codes = {new_code(length) for _ in range(500)}

    assert len(codes) == 500
    assert all(len(code) == length and is_valid(code) for code in codes)


@pytest.mark.parametrize("length", [0, 7, 9, 12, 14])
def test_no_other_length_is_made(length):
    with pytest.raises(ValueError, match="8 or 13"):
        new_code(length)


@given(DATA, st.data())
def test_one_wrong_character_is_always_found(data, draw):
    code = data + check_character(data)
    place = draw.draw(st.integers(0, len(code) - 1))
    wrong = draw.draw(st.sampled_from(ALPHABET.replace(code[place], "")))

    assert not is_valid(code[:place] + wrong + code[place + 1 :])


@given(DATA, st.data())
def test_swaps_of_neighbours_and_around_one_character_are_always_found(data, draw):
    code = data + check_character(data)
    distance = draw.draw(st.sampled_from([1, 2]))
    place = draw.draw(st.integers(0, len(code) - 1 - distance))
    letters = list(code)
    letters[place], letters[place + distance] = letters[place + distance], letters[place]

    assert is_valid("".join(letters)) is (letters[place] == letters[place + distance])


@given(DATA)
def test_a_code_written_prettily_is_read_back(data):
    code = data + check_character(data)

    assert normalise(pretty(code).lower().replace("0", "o").replace("1", "l")) == code


def test_pretty_groups_and_leaves_other_lengths_alone():
    assert pretty("7K3M9Q2X") == "7K3M-9Q2X"
    assert pretty("FW89J1BTTT00Y") == "FW89-J1BT-TT00Y"
    assert pretty("ABC") == "ABC"


@pytest.mark.parametrize(
    "code", ["", "4hyje1b1", "4HYJ-E1B1", "4HYJE1B١", "\x00" * 8, "U" * 13, "0" * 100_000]
)
def test_what_is_not_normalised_is_not_valid(code):
    assert not is_valid(code)


def test_the_check_character_needs_the_alphabet():
    with pytest.raises(ValueError, match="'U'"):
        check_character("ABCU")


@given(st.text(max_size=40))
def test_any_text_can_be_normalised_and_asked(text):
    assert is_valid(normalise(text)) in (True, False)
