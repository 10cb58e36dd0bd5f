"""What banks leave of an order's code in the words of a transfer.

A memo is "CP" and the order's number (8 characters, the last one checks the others). Banks change case, drop marks
and dashes, break words, glue their own references to both ends and cut what is too long; people type O for 0. The
check character makes it safe to look everywhere: a number that was found is either an order's or nobody's.
"""

from __future__ import annotations

import re

from marketplace.foundation.codes import ALPHABET, check_character, is_valid, normalise
from marketplace.foundation.text import unmarked

PREFIX = "CP"
LENGTH = 8
LONGEST = 500

_NOT_OF_A_WORD = re.compile(r"[^0-9A-Z]+")
# Behind the prefix and cut off by its last character: the check character can be found again.
_CUT = re.compile(rf"{PREFIX}([0-9A-Z]{{{LENGTH - 1}}})$")


def numbers_in(text: str) -> list[str]:
    """Order numbers that ``text`` may mean, those behind "CP" first, each once; at most one a position.

    Only numbers with a right check character; whether an order has one of them is the caller's to ask.

    >>> numbers_in("MBVCB.9921.cp2ep9-tw83.CT tu 0011")[0]
    '2EP9TW83'
    >>> numbers_in("CK CP2EP9TW8")[0]
    '2EP9TW83'
    >>> numbers_in("chuyen tien mien dong")
    []
    """
    letters = _NOT_OF_A_WORD.sub("", unmarked(text[:LONGEST]).upper())
    behind: list[str] = []
    others: list[str] = []
    for start in range(len(letters) - LENGTH + 1):
        number = normalise(letters[start : start + LENGTH])
        if is_valid(number):
            (behind if letters[:start].endswith(PREFIX) else others).append(number)
    if (cut := _CUT.search(letters)) and (seven := normalise(cut[1])) and set(seven) <= set(ALPHABET):
        behind.append(seven + check_character(seven))
    return list(dict.fromkeys([*behind, *others]))


def is_near(text: str, number: str) -> bool:
    """Whether ``text`` says ``number`` with one character wrong, missing, added, or two neighbours swapped.

    For suggestions to a person; never enough to book money.

    >>> is_near("CP2EP9TW38 tra tien", "2EP9TW83"), is_near("CP4FADK06J", "2EP9TW83")
    (True, False)
    """
    letters = normalise(_NOT_OF_A_WORD.sub("", unmarked(text[:LONGEST]).upper()))
    for start in range(len(letters)):
        for length in (LENGTH - 1, LENGTH, LENGTH + 1):
            word = letters[start : start + length]
            if len(word) == length and _one_apart(word, number):
                return True
    return False


def _one_apart(word: str, number: str) -> bool:
    if len(word) == len(number):
        wrong = [place for place, (a, b) in enumerate(zip(word, number, strict=True)) if a != b]
        if len(wrong) <= 1:
            return True
        first, second = wrong[0], wrong[-1]
        are_neighbours = len(wrong) == 2 and second == first + 1
        return are_neighbours and (word[first], word[second]) == (number[second], number[first])
    longer, shorter = (word, number) if len(word) > len(number) else (number, word)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
