"""Codes people can read aloud: Crockford's base 32 with a check character.

A code is 7 or 12 random characters and one check character. The check finds every single wrong
character, every swap of neighbours and every swap around one character. ``I L O U`` are not used;
typed ``o`` is read as 0, ``i`` and ``l`` as 1. The format is the project's own.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTHS = (8, 13)

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BLANKS_AND_DASHES = re.compile(r"[\s\-_\u00ad\u200b\u2010-\u2015\u2212\ufeff]+")
# Makes the code of nothing but zeros wrong.
_START = 21


def check_character(data: str) -> str:
    """The check character of ``data``: 21 XOR the sum of 2^(i+1) * d_i in GF(32), modulus x^5 + x^2 + 1.

    Raises ValueError for a character outside the alphabet.

    >>> check_character("FW89J1BTTT00")
    'Y'
    """
    check = _START
    for place, character in enumerate(data):
        if character not in _VALUE:
            raise ValueError(f"Not a character of a code: {character!r}.")
        check ^= _WEIGHED[place % len(_WEIGHED)][_VALUE[character]]
    return ALPHABET[check]


def new_code(length: int) -> str:
    """A fresh random code of ``length`` characters with its check character: 8 to type, 13 for a single unit.

    8 characters carry 35 random bits, 13 carry 60. The caller makes sure it is not taken yet.

    >>> is_valid(new_code(8)), is_valid(new_code(13))
    (True, True)
    """
    if length not in LENGTHS:
        raise ValueError(f"A code has 8 or 13 characters, not {length}.")
    drawn = secrets.randbits(5 * (length - 1))
    data = "".join(ALPHABET[drawn >> shift & 31] for shift in range(0, 5 * (length - 1), 5))
    return data + check_character(data)


def normalise(typed: str) -> str:
    """What somebody typed or scanned, as a code is stored. Says nothing on whether it is valid.

    >>> normalise(" fw89-jlbt-ttooy ")
    'FW89J1BTTT00Y'
    """
    return _BLANKS_AND_DASHES.sub("", typed).upper().translate(_READ_AS)


def is_valid(code: str) -> bool:
    """Whether a normalised code has a right length, right characters and its right check character.

    >>> is_valid("FW89J1BTTT00Y"), is_valid("FW8J91BTTT00Y"), is_valid("0000000000000")
    (True, False, False)
    """
    if len(code) not in LENGTHS or any(character not in _VALUE for character in code):
        return False
    return check_character(code[:-1]) == code[-1]


def pretty(code: str) -> str:
    """A code in groups for reading aloud; of another length than 8 or 13, as it is.

    >>> pretty("4HYJE1B1"), pretty("FW89J1BTTT00Y")
    ('4HYJ-E1B1', 'FW89-J1BT-TT00Y')
    """
    if len(code) not in LENGTHS:
        return code
    return "-".join(group for group in (code[:4], code[4:8], code[8:]) if group)


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 32:
            left ^= 0b100101
        right >>= 1
    return product


def _weighed() -> list[list[int]]:
    """2^(i+1) * d for each of the 31 places after which the powers repeat, and each character."""
    rows, factor = [], 1
    for _place in range(31):
        factor = _times(factor, 2)
        rows.append([_times(factor, value) for value in range(32)])
    return rows


_WEIGHED = _weighed()
