"""What banks leave of an order's code: sixty notes of transfers, and which order each of them means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.foundation.codes import ALPHABET, check_character
from orders.incoming import memos

TEA, HONEY = "2EP9TW83", "4FADK06J"
# (what the statement says, the orders it means: of these two, in this order)
UGLY = [
    ("CP2EP9TW83", [TEA]),
    ("cp2ep9tw83", [TEA]),
    ("Cp2Ep9Tw83", [TEA]),
    (" CP2EP9TW83 ", [TEA]),
    ("CP 2EP9TW83", [TEA]),
    ("CP-2EP9-TW83", [TEA]),
    ("CP 2EP9 TW83", [TEA]),
    ("C P 2 E P 9 T W 8 3", [TEA]),
    ("CP2EP9TW 83", [TEA]),
    ("CP.2EP9TW83.", [TEA]),
    ("CP_2EP9_TW83", [TEA]),
    ("CP2EP9TW83-", [TEA]),
    ("CP2EP9\nTW83", [TEA]),
    ("CP2EP9\u00a0TW83", [TEA]),
    ("CP2EP9\u200bTW83", [TEA]),
    ("2EP9TW83", [TEA]),
    ("2ep9-tw83", [TEA]),
    ("chuyen tien CP2EP9TW83", [TEA]),
    ("CP2EP9TW83 chuyen tien", [TEA]),
    ("Hà chuyển tiền miến dong CP2EP9TW83 cảm ơn ạ", [TEA]),
    ("MBVCB.9921557301.CP2EP9TW83.CT tu 0011004 NGUYEN THI HA toi 850", [TEA]),
    ("MBVCB.9921557301.083612.CP2EP9TW83.CT tu 0011004", [TEA]),
    ("IBFT CP2EP9TW83", [TEA]),
    ("QR - CP2EP9TW83", [TEA]),
    ("QRCP2EP9TW83", [TEA]),
    ("VQRCP2EP9TW83FT26325", [TEA]),
    ("CP2EP9TW83FT26325784512", [TEA]),
    ("FT26325784512;CP2EP9TW83", [TEA]),
    ("FT26325784512CP2EP9TW83", [TEA]),
    ("NGUYEN THI HA CP2EP9TW83-221126-08:15:22 784512", [TEA]),
    ("CT DEN:632578451234 CP2EP9TW83", [TEA]),
    ("Thanh toan QR-CP2EP9TW83-CHUYEN TIEN-OQCH0003xyz", [TEA]),
    ("ND CP2EP9TW83; tai Napas", [TEA]),
    ("ZP632X CP2EP9TW83 ZALOPAY-CHUYENTIEN", [TEA]),
    ("MOMO-CASHIN-0912000004-CP2EP9TW83", [TEA]),
    ("TKThe :0912000004, tai VCB. CP2EP9TW83 -CTLNHIDI000", [TEA]),
    ("CPCP2EP9TW83", [TEA]),
    ("CP2EP9TW83 CP2EP9TW83", [TEA]),
    ("CP2EP9TW83CP2EP9TW83", [TEA]),
    ("cp4fadko6j", [HONEY]),  # o for 0
    ("CP4FADKO6J", [HONEY]),
    ("CP4FADK06J hoac CP2EP9TW83", [HONEY, TEA]),
    ("CP2EP9TW83 CP4FADK06J", [TEA, HONEY]),
    ("CP2EP9TW83,CP4FADK06J tra 2 don", [TEA, HONEY]),
    ("CP2EP9TW83+CP4FADK06J", [TEA, HONEY]),
    ("CP2EP9TW83CP4FADK06J", [TEA, HONEY]),
    ("4FADK06J va CP2EP9TW83", [TEA, HONEY]),  # behind the prefix first
    ("don 2EP9TW83 va don 4FADK06J", [TEA, HONEY]),
    ("CP2EP9TW8", [TEA]),  # the bank cut the last one
    ("NGUYEN THI HA CHUYEN TIEN CP4FADK06", [HONEY]),
    ("CP2EP9TW", []),  # two are gone: thirty-two orders could be meant
    ("CP2EP9TW38", []),  # the last two swapped
    ("CP2EP9TX83", []),
    ("CP2EP8TW93", []),
    ("CP", []),
    ("", []),
    ("chuyen tien mua mien dong", []),
    ("NGUYEN THI HA chuyen khoan", []),
    ("0912000004 tra tien", []),
    ("CP 2EP9 trả tiền", []),
    ("\x00\x00\x00", []),
    ("🌿" * 40, []),
]


def test_there_are_sixty_of_them() -> None:
    assert len(UGLY) >= 60


@pytest.mark.parametrize(("text", "means"), UGLY)
def test_an_ugly_memo_means_its_orders(text: str, means: list[str]) -> None:
    assert [number for number in memos.numbers_in(text) if number in (TEA, HONEY)] == means


def test_a_text_without_a_code_of_ours_names_at_most_what_has_a_right_check_character() -> None:
    numbers = memos.numbers_in("MBVCB.9921557301.083612.chuyen tien mua che tan cuong")
    assert all(check_character(number[:-1]) == number[-1] for number in numbers)


codes = st.text(ALPHABET, min_size=7, max_size=7).map(lambda seven: seven + check_character(seven))
noise = st.text(max_size=60)


@given(codes, noise, noise)
def test_whatever_stands_around_it_a_code_is_found(code: str, before: str, after: str) -> None:
    assert code in memos.numbers_in(f"{before} CP{code} {after}")


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    memos.numbers_in(text)
    memos.is_near(text, TEA)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("CP2EP9TW38", True),
        ("CP2EP9TX83", True),
        ("CP2EP9T83", True),
        ("CP2EP9TTW83", True),
        ("2EP9TW8S", True),
        ("CP4FADK06J", False),
        ("", False),
        ("tra tien", False),
    ],
)
def test_one_slip_is_near_enough_to_suggest(text: str, near: bool) -> None:
    assert memos.is_near(text, TEA) is near
