"""Whole đồng: exact conversion, rounding, shares that add up, reading and writing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.foundation.money import (
    NEGATIVE_MONEY,
    NOT_MONEY,
    NOTHING_TYPED,
    TOO_MUCH_MONEY,
    dong,
    format_dong,
    parse_dong,
    round_dong,
    share,
    unit_price,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (135000, "135000"),
        ("135000", "135000"),
        ("-135000", "-135000"),
        (Decimal("135000.00"), "135000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0"), "0"),
        (0, "0"),
    ],
)
def test_dong_converts_exactly_and_has_no_decimals(value, expected):
    assert str(dong(value)) == expected
    assert dong(value).as_tuple().exponent == 0


@pytest.mark.parametrize("value", [1.0, True, None, [1], b"1"])
def test_dong_refuses_what_is_not_an_exact_number(value):
    with pytest.raises(TypeError):
        dong(value)


@pytest.mark.parametrize(
    "value",
    [Decimal("0.5"), Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999"), "1.5", "", "1e3", "１"],
)
def test_dong_refuses_fractions_and_numbers_without_end(value):
    with pytest.raises(ValueError, match=r"\w"):
        dong(value)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.49999", 2), ("-0.5", -1), ("-2.4", -2), ("7", 7)],
)
def test_rounding_is_half_up(amount, expected):
    assert round_dong(Decimal(amount)) == expected
    assert round_dong(Decimal(amount)).as_tuple().exponent == 0


def test_odd_dong_go_to_the_largest_remainder_and_on_a_tie_to_the_earlier():
    assert share(Decimal(100), [1, 1, 1]) == [34, 33, 33]
    assert share(Decimal(101), [1, 1, 1]) == [34, 34, 33]
    assert share(Decimal(10), [1, 2, 4]) == [1, 3, 6]
    assert share(Decimal(-100), [1, 1, 1]) == [-34, -33, -33]


def test_a_zero_weight_gets_nothing_unless_all_are_zero():
    assert share(Decimal(1), [0, 5, 0]) == [0, 1, 0]
    assert share(Decimal(5), [0, 0]) == [3, 2]
    assert share(Decimal(0), []) == []


def test_impossible_shares_are_refused():
    with pytest.raises(ValueError, match="nobody"):
        share(Decimal(1), [])
    with pytest.raises(ValueError, match="negative"):
        share(Decimal(1), [2, -1])


@given(
    st.integers(-(10**13), 10**13),
    st.lists(st.one_of(st.integers(0, 10**12), st.decimals(0, 1000, places=3)), min_size=1, max_size=20),
)
def test_shares_add_up_and_none_is_a_dong_away_from_its_due(total, weights):
    parts = share(total, weights)

    assert sum(parts) == total
    assert len(parts) == len(weights)
    together = sum(weights)
    if together:
        assert all(
            abs(part * together - total * weight) < together
            for part, weight in zip(parts, weights, strict=True)
        )
        assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(0, "0 ₫"), (999, "999 ₫"), (135000, "135.000 ₫"), (1250000, "1.250.000 ₫"), (-5000, "-5.000 ₫")],
)
def test_money_is_written_with_dots_and_a_space_that_does_not_break(amount, expected):
    assert format_dong(Decimal(amount)) == expected.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("135000", 135000),
        ("135.000", 135000),
        ("135,000", 135000),
        ("135 000", 135000),
        ("135.000 ₫", 135000),
        ("135.000đ", 135000),
        ("135.000 VNĐ", 135000),
        ("135.000 đồng", 135000),
        ("135.000 đồng\N{NO-BREAK SPACE}", 135000),
        ("1.250.000\N{NO-BREAK SPACE}₫", 1250000),
        ("135k", 135000),
        ("135 K", 135000),
        ("12k5", 12500),
        ("12,5k", 12500),
        ("135 nghìn", 135000),
        ("135 nghi\u0300n", 135000),
        ("1tr", 1000000),
        ("1tr2", 1200000),
        ("1tr25", 1250000),
        ("1tr050", 1050000),
        ("1,5tr", 1500000),
        ("1.5tr", 1500000),
        ("1 triệu 200 nghìn", 1200000),
        ("2 tỷ", 2000000000),
        ("0", 0),
        ("-0", 0),
        ("1000000000000", 10**12),
    ],
)
def test_the_ways_people_type_money_are_read(typed, expected):
    assert parse_dong(typed) == expected
    assert parse_dong(typed).as_tuple().exponent == 0


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", NOTHING_TYPED),
        (" \N{NO-BREAK SPACE}\t", NOTHING_TYPED),
        ("-5000", NEGATIVE_MONEY),
        ("- 5k", NEGATIVE_MONEY),
        ("1000000000001", TOO_MUCH_MONEY),
        ("9999 tỷ", TOO_MUCH_MONEY),
        ("mười nghìn", NOT_MONEY),
        ("135.00", NOT_MONEY),
        ("135000.5", NOT_MONEY),
        ("1.250,000", NOT_MONEY),
        ("1.250k", NOT_MONEY),
        ("1,5tr2", NOT_MONEY),
        ("1k2tr", NOT_MONEY),
        ("1e5", NOT_MONEY),
        ("đ", NOT_MONEY),
        ("-", NOT_MONEY),
        ("--5", NEGATIVE_MONEY),
        ("135\x00000", NOT_MONEY),
        ("１３５０００", NOT_MONEY),
        ("9" * 100_000, NOT_MONEY),
    ],
)
def test_nonsense_gets_a_plain_sentence(typed, message):
    with pytest.raises(ValueError, match=r"\w") as refused:
        parse_dong(typed)

    assert str(refused.value) == message


@given(st.integers(0, 10**12))
def test_what_is_written_is_read_back(amount):
    assert parse_dong(format_dong(amount)) == amount


@given(st.text(max_size=30))
def test_any_text_is_money_or_refused(text):
    try:
        amount = parse_dong(text)
    except ValueError:
        return
    assert 0 <= amount <= 10**12


def test_the_price_of_a_kilogram_or_litre():
    assert unit_price(Decimal(135000), 200) == 675000
    assert unit_price(Decimal(100000), 300) == 333333
    assert unit_price(Decimal(1), Decimal("0.4")) == 2500
    with pytest.raises(ValueError, match="above zero"):
        unit_price(Decimal(135000), 0)
