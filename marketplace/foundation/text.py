"""Vietnamese text: the one door through which text comes in, is compared, sorted, put in an address."""

import re
import unicodedata

from marketplace.foundation.refusals import N_

WRONG_PHONE = N_("Số điện thoại này chưa đúng. Hãy ghi đủ số, như 0912 345 678.")
NO_PHONE = N_("Hãy ghi số điện thoại.")

# Invisible characters that make two equal-looking texts differ, or turn the reading direction round.
# The zero-width joiner stays: emoji are made with it.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_MARKS_OF_LETTERS = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
# Capital eth looks exactly like Đ, and old fonts typed it instead.
_TO_D = str.maketrans("đĐðÐ", "dDdD")


def clean(text: str, *, multiline: bool = False) -> str:
    """Text as it is stored: NFC, trimmed, single-spaced, nothing invisible in it.

    Control, direction-changing and zero-width characters and lone surrogates go. Every kind of blank
    becomes one plain space. Line ends become a space too, or with ``multiline`` stay as ``\\n``, at most
    two in a row. Cleaning twice changes nothing.

    >>> clean("  Chè\\x00  Tân\\tCương ")
    'Chè Tân Cương'
    >>> clean("Tổ 3 \\r\\n\\r\\n\\r\\n gần chợ", multiline=True)
    'Tổ 3\\n\\ngần chợ'
    """
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if not multiline:
        return " ".join(text.split())
    lines = [" ".join(line.split()) for line in _LINE_END.split(text)]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def unmarked(text: str) -> str:
    """The same text without marks, đ as d; capitals and punctuation stay.

    >>> unmarked("Đậu đỏ, Ốc Hương!")
    'Dau do, Oc Huong!'
    """
    apart = unicodedata.normalize("NFD", text.translate(_TO_D))
    return unicodedata.normalize("NFC", "".join(c for c in apart if unicodedata.category(c) != "Mn"))


def fold(text: str) -> str:
    """Text for searching without marks: only ``a-z``, ``0-9`` and single spaces.

    >>> fold("Mật ong RỪNG (H'Mông) 500 ml, loại Đ")
    'mat ong rung h mong 500 ml loai d'
    """
    apart = unicodedata.normalize("NFKD", clean(text)).lower()
    return " ".join(re.findall("[a-z0-9]+", unmarked(unicodedata.normalize("NFKD", apart))))


def low(text: str) -> str:
    """Text for searching with marks: small letters in NFC, everything but letters, digits and marks a space.

    >>> low("Chè  TÂN-CƯƠNG, loại 1.")
    'chè tân cương loại 1'
    """
    small = unicodedata.normalize("NFC", clean(text).lower())
    return " ".join(
        "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in small).split()
    )


def glued(text: str) -> str:
    """``fold`` without the spaces, for words that are written together or apart.

    >>> glued("H'Mông"), glued("ba chỉ")
    ('hmong', 'bachi')
    """
    return fold(text).replace(" ", "")


def slug(text: str, *, longest: int = 80) -> str:
    """Text for an address: folded words joined by dashes, cut at a whole word where possible; may be empty.

    >>> slug("Miến dong Đắk Lắk (500 g)"), slug("miến dong đỏ", longest=10)
    ('mien-dong-dak-lak-500-g', 'mien-dong')
    """
    whole = fold(text).replace(" ", "-")
    if len(whole) <= longest:
        return whole
    return (whole[: longest + 1].rpartition("-")[0] or whole[:longest]).strip("-")


def sort_key(text: str) -> str:
    """A key that puts texts in the order of the Vietnamese alphabet by plain comparison.

    Letters first (a ă â b c d đ e ê …, foreign f j w z in their Latin places), then tones word by word
    (ngang huyền hỏi ngã sắc nặng). Spaces come before digits, digits before letters. Capitals,
    punctuation and the place of the tone mark (hòa, hoà) make no difference. The key has only
    ``0-9a-z``, so any collation of any database keeps the order. It is 2 to 3 times as long as the text.

    >>> sorted(["đào", "dứa", "ổi", "ớt", "ăn", "ấm", "an"], key=sort_key)
    ['an', 'ăn', 'ấm', 'dứa', 'đào', 'ổi', 'ớt']
    >>> sorted(["mạ", "má", "mã", "mả", "mà", "ma"], key=sort_key)
    ['ma', 'mà', 'mả', 'mã', 'má', 'mạ']
    """
    letters: list[str] = []
    tones: list[str] = []
    for word in low(unicodedata.normalize("NFKC", clean(text))).split():
        primary, tone = _word_key(word)
        letters.append(primary)
        tones.append(str(tone))
    return "01".join(letters) + "00" + "".join(tones).rstrip("0")


def _word_key(word: str) -> tuple[str, int]:
    symbols: list[str] = []
    tone = 0
    for character in unicodedata.normalize("NFD", word):
        if "a" <= character <= "z":
            symbols.append(character + "0")
        elif character in "đð":
            symbols.append("d1")
        elif "0" <= character <= "9":
            symbols.append("1" + character)
        elif character in _TONES:
            tone = max(tone, _TONES[character])
        elif character in _MARKS_OF_LETTERS and symbols and symbols[-1][0] in "aeou":
            symbols[-1] = symbols[-1][0] + _MARKS_OF_LETTERS[character]
        elif unicodedata.category(character) != "Mn":
            symbols.append(f"z9{ord(character):06x}")
    return "".join(symbols), tone


_PHONE_MARKS = re.compile(r"[\s.\-()/\u2010-\u2015]+")
_PHONE = re.compile(r"0[35789][0-9]{8}|02[0-9]{8,9}")


def phone(text: str) -> str:
    """A Vietnamese phone number as it is stored: ``0912345678``.

    Takes blanks, dots, dashes, brackets and the prefixes +84, 84 and 0084. Mobile numbers have 10 digits
    (03 05 07 08 09), landlines 10 or 11 (02). Raises ValueError with a Vietnamese sentence, marked for
    translation but not translated.

    >>> phone("+84 912.345.678"), phone("(0208) 3 123 456")
    ('0912345678', '02083123456')
    """
    digits = _PHONE_MARKS.sub("", clean(text))
    if not digits:
        raise ValueError(NO_PHONE)
    digits = re.sub(r"^(?:\+|00)?84(?=[0-9])0?", "0", digits)
    if not _PHONE.fullmatch(digits):
        raise ValueError(WRONG_PHONE)
    return digits


def grouped_phone(number: str) -> str:
    """A stored phone number as people write it, its groups kept together; anything else as it is.

    >>> grouped_phone("0912345678").split(), grouped_phone("02083123456").split()
    (['0912', '345', '678'], ['0208', '3', '123', '456'])
    >>> grouped_phone("02412345678").split(), grouped_phone("1900 1234")
    (['024', '1234', '5678'], '1900 1234')
    """
    if not _PHONE.fullmatch(number):
        return number
    ends: tuple[int, ...] = (4, 5, 8)
    if len(number) == 10:
        ends = (4, 7)
    elif number[:3] in ("024", "028"):  # Hà Nội and Hồ Chí Minh: short prefix, eight digits
        ends = (3, 7)
    return "\N{NO-BREAK SPACE}".join(
        number[start:end] for start, end in zip((0, *ends), (*ends, len(number)), strict=True)
    )
