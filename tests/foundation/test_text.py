"""The door for text: cleaning, folding, sorting, slugs and phone numbers."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.foundation.text import (
    NO_PHONE,
    WRONG_PHONE,
    clean,
    fold,
    glued,
    grouped_phone,
    low,
    phone,
    slug,
    sort_key,
    unmarked,
)

# Every code point, lone surrogates too: a browser can send them escaped.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
TRICKY = st.text(
    st.sampled_from("aăâeêoôơuưđĐ \u0301\u0300\u0323\u0302\u031b\u0306\x00\n\r\t\u200b\u202e\ud800\u2028")
)


def test_clean_takes_out_what_nobody_can_see():
    assert clean("Chè\x00 \u202eTân\u202c\u200b Cương\ufeff\ud83d\x07") == "Chè Tân Cương"


def test_clean_makes_every_blank_one_plain_space():
    assert clean(" \N{NO-BREAK SPACE}Chè \t xanh\r\n\u2028Thái\u3000Nguyên ") == "Chè xanh Thái Nguyên"


def test_clean_keeps_lines_only_when_asked():
    assert clean("một\r\nhai\rba\n\n\n\nbốn \t năm\n", multiline=True) == "một\nhai\nba\n\nbốn năm"


def test_clean_composes_marks_and_keeps_joined_emoji():
    assert clean("e\u0302\u0301") == "ế"
    assert clean("\N{WOMAN}\u200d\N{EAR OF RICE}") == "\N{WOMAN}\u200d\N{EAR OF RICE}"


@given(ANY_TEXT | TRICKY, st.booleans())
def test_cleaning_twice_changes_nothing(text, multiline):
    once = clean(text, multiline=multiline)

    assert clean(once, multiline=multiline) == once


@given(ANY_TEXT | TRICKY, st.booleans())
def test_cleaning_does_not_depend_on_the_form_a_phone_sends(text, multiline):
    apart, together = unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text)

    assert (
        clean(apart, multiline=multiline)
        == clean(together, multiline=multiline)
        == clean(text, multiline=multiline)
    )


@given(ANY_TEXT | TRICKY)
def test_clean_text_can_be_stored_anywhere(text):
    cleaned = clean(text)

    cleaned.encode()
    assert "\x00" not in cleaned
    assert "\n" not in cleaned
    assert cleaned == cleaned.strip()


def test_unmarked_keeps_capitals_and_signs():
    assert unmarked("Đặng Ơn – ƯỚC!") == "Dang On – UOC!"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chè TÂN CƯƠNG", "che tan cuong"),
        ("Ðậu ĐỎ", "dau do"),
        ("H'Mông", "h mong"),
        ("500ml/chai - 2 m²", "500ml chai 2 m2"),
        ("Ｃｈè", "che"),
        ("che\u0300", "che"),
        ("你好 !!", ""),
    ],
)
def test_fold_leaves_letters_digits_and_single_spaces(text, expected):
    assert fold(text) == expected


@given(ANY_TEXT)
def test_folding_is_stable_and_blind_to_form(text):
    folded = fold(text)

    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert folded == " ".join(folded.split())
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert glued(text) == folded.replace(" ", "")


def test_low_keeps_marks_and_drops_signs():
    assert low("  CHÈ (Tân-Cương), 100%! ") == "chè tân cương 100"
    assert low("CHE\u0300") == "chè"


@given(ANY_TEXT)
def test_low_is_stable(text):
    assert low(low(text)) == low(text)


def test_a_slug_is_cut_at_a_word():
    assert slug("Miến dong Bình Lư – 500 g") == "mien-dong-binh-lu-500-g"
    assert slug("miến dong bình lư", longest=12) == "mien-dong"
    assert slug("miến dong", longest=9) == "mien-dong"
    assert slug("a" * 100) == "a" * 80
    assert slug("!!!") == ""


def test_the_alphabet_is_the_vietnamese_one():
    alphabet = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
    backwards = list(reversed(alphabet))

    assert sorted(backwards, key=sort_key) == alphabet
    assert sorted((letter.upper() for letter in backwards), key=sort_key) == [a.upper() for a in alphabet]


@pytest.mark.parametrize("vowel", list("aăâeêioôơuưy"))
def test_tones_come_in_their_order_on_every_vowel(vowel):
    tones = [
        unicodedata.normalize("NFC", vowel + tone)
        for tone in ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
    ]
    backwards = list(reversed(tones))

    assert sorted(backwards, key=sort_key) == tones


@pytest.mark.parametrize(
    "ordered",
    [
        ["ba", "bà", "bá", "ba ba", "bà con", "ba tháng", "bac", "bạc", "băc"],
        ["chè", "chẻ", "chè 1", "chè 2", "chè xanh", "chén"],
        ["Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Hà Nội", "Hải Phòng", "Huế"],
        ["dưa", "đa", "đá"],
        ["muối", "mười", "mướp"],
        ["an", "an an", "anh"],
    ],
)
def test_words_sort_as_in_a_dictionary(ordered):
    backwards = list(reversed(ordered))

    assert sorted(backwards, key=sort_key) == ordered


def test_capitals_signs_and_the_place_of_the_tone_make_no_difference():
    assert (
        sort_key("Hòa Bình") == sort_key("hoà  BÌNH!") == sort_key(unicodedata.normalize("NFD", "hòa bình"))
    )


@given(ANY_TEXT)
def test_a_sort_key_is_plain_and_blind_to_form(text):
    key = sort_key(text)

    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert sort_key(unicodedata.normalize("NFD", text)) == key


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0912345678", "0912345678"),
        ("0912 345 678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("0912-345-678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"),
        ("0084 912345678", "0912345678"),
        ("+84 (0)912 345 678", "0912345678"),
        ("\u202a+84\N{NO-BREAK SPACE}912345678\u202c", "0912345678"),
        ("0351234567", "0351234567"),
        ("0561234567", "0561234567"),
        ("0781234567", "0781234567"),
        ("0861234567", "0861234567"),
        ("0208 3855 123", "02083855123"),
        ("024 3825 123", "0243825123"),
    ],
)
def test_phone_numbers_are_stored_in_one_shape(typed, stored):
    assert phone(typed) == stored


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", NO_PHONE),
        (" - ", NO_PHONE),
        ("912345678", WRONG_PHONE),
        ("091234567", WRONG_PHONE),
        ("09123456789", WRONG_PHONE),
        ("0112345678", WRONG_PHONE),
        ("0612345678", WRONG_PHONE),
        ("020838551234", WRONG_PHONE),
        ("+1 912345678", WRONG_PHONE),
        ("0912345678 hoặc 0987654321", WRONG_PHONE),
        ("０９１２３４５６７８", WRONG_PHONE),
        ("không có", WRONG_PHONE),
    ],
)
def test_other_numbers_are_refused_with_a_sentence(typed, message):
    with pytest.raises(ValueError, match=r"\w") as refused:
        phone(typed)

    assert str(refused.value) == message


@given(ANY_TEXT)
def test_a_stored_phone_number_stays_as_it_is(text):
    try:
        stored = phone(text)
    except ValueError:
        return
    assert phone(stored) == stored


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("0912345678", "0912 345 678"),
        ("0208000000", "0208 000 000"),
        ("02083123456", "0208 3 123 456"),
        ("02438221234", "024 3822 1234"),
        ("02838221234", "028 3822 1234"),
        ("1900 1234", "1900 1234"),
        ("", ""),
    ],
)
def test_a_number_is_shown_in_groups_that_stay_together(stored, shown):
    assert grouped_phone(stored).replace("\N{NO-BREAK SPACE}", " ") == shown
    assert not shown or " " not in grouped_phone(stored) or stored == shown
