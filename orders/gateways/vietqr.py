"""VietQR: the text inside a bank-transfer QR code, written and read.

EMVCo merchant-presented TLV (two-digit tag, two-digit length, value) in the NAPAS profile, spec v1.5.2.
The money goes straight from the buyer's bank to the cooperative's account; the market only writes the code.
The text says who is paid, so the reader trusts nothing: broken nesting is refused under a right checksum.
"""

import binascii
import re
from dataclasses import dataclass
from decimal import Decimal

from marketplace.foundation.money import dong
from marketplace.foundation.text import clean, unmarked

GUID = "A000000727"
TO_ACCOUNT, TO_CARD = "QRIBFTTA", "QRIBFTTC"
STATIC, ONE_TIME = "11", "12"
LONGEST_MEMO, LONGEST_NAME, LONGEST_CITY = 25, 25, 15
LONGEST_PAYLOAD = 512

_BIN = re.compile(r"[0-9]{6}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,19}")
_CARD = re.compile(r"[0-9]{1,19}")
_AMOUNT = re.compile(r"[1-9][0-9]{0,12}")
_TWO_DIGITS = re.compile(r"[0-9]{2}")
_PRINTABLE = re.compile(r"[ -~]*")
_CHECKSUM = re.compile(r"[0-9A-Fa-f]{4}")


class BadPayload(ValueError):
    """The text is not a VietQR payload we may trust. The message is for logs, not for buyers."""


@dataclass(frozen=True, slots=True)
class VietQR:
    """What a payload says. ``amount`` in whole đồng, None exactly when the code is not ``one_time``."""

    bin: str
    account: str
    to_card: bool = False
    amount: Decimal | None = None
    memo: str = ""
    one_time: bool = False
    name: str = ""
    city: str = ""


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE of ``text`` as four capital hexadecimal digits.

    >>> crc16("123456789")
    '29B1'
    """
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def memo_text(text: str, longest: int = LONGEST_MEMO) -> str:
    """A transfer's note as banks carry it: unmarked letters, digits, blanks and ``. , - /``, cut to fit.

    Put what must survive (the order code) first.

    >>> memo_text("VCA26110002 Miến dong, loại đặc biệt")
    'VCA26110002 Mien dong, lo'
    """
    plain = re.sub(r"[^0-9A-Za-z .,/-]+", " ", unmarked(clean(text)))
    return " ".join(plain.split())[:longest].strip()


def build(
    bin: str,
    account: str,
    *,
    amount: int | Decimal | None = None,
    memo: str = "",
    to_card: bool = False,
    name: str = "",
    city: str = "",
) -> str:
    """The payload that pays ``account`` at the bank ``bin`` (six digits).

    With ``amount`` (whole đồng, 1 to 13 digits) the code is one-time, without it static. ``memo``, ``name``
    and ``city`` pass through ``memo_text`` and are left out when empty. Raises ValueError for a bank,
    account, card number or amount that cannot be written.

    >>> build("970405", "8500201001234")
    '00020101021138570010A00000072701270006970405011385002010012340208QRIBFTTA53037045802VN63044E6C'
    """
    if not _BIN.fullmatch(bin):
        raise ValueError(f"A bank has six digits, not {bin!r}.")
    if not (_CARD if to_card else _ACCOUNT).fullmatch(account):
        raise ValueError("An account has 1 to 19 letters and digits, a card 1 to 19 digits.")
    digits = "" if amount is None else str(dong(amount))
    if digits and not _AMOUNT.fullmatch(digits):
        raise ValueError("An amount is above zero and has at most 13 digits.")

    beneficiary = _field("00", bin) + _field("01", account)
    service = TO_CARD if to_card else TO_ACCOUNT
    note = memo_text(memo)
    unsigned = "".join(
        [
            _field("00", "01"),
            _field("01", ONE_TIME if digits else STATIC),
            _field("38", _field("00", GUID) + _field("01", beneficiary) + _field("02", service)),
            _field("53", "704"),
            _field("54", digits),
            _field("58", "VN"),
            _field("59", memo_text(name, LONGEST_NAME)),
            _field("60", memo_text(city, LONGEST_CITY)),
            _field("62", _field("08", note)),
            "6304",
        ]
    )
    return unsigned + crc16(unsigned)


def parse(payload: str) -> VietQR:
    """Read a payload, or raise BadPayload.

    Refused: a wrong checksum, broken or swallowed fields, a tag twice or missing, another scheme, country
    or currency, lengths over the specification, and an amount in a static code or none in a one-time code.
    The order of fields is free between the version (first) and the checksum (last); unknown top-level
    fields and the other notes of field 62 are read over. The checksum may be in small letters.

    >>> parse(build("970405", "8500201001234", amount=135000, memo="VCA26110001")).memo
    'VCA26110001'
    """
    if len(payload) > LONGEST_PAYLOAD or not _PRINTABLE.fullmatch(payload):
        raise BadPayload("Too long, or characters outside printable ASCII.")
    if payload[-8:-4] != "6304" or not _CHECKSUM.fullmatch(payload[-4:]):
        raise BadPayload("The checksum is not the last field.")
    if crc16(payload[:-4]) != payload[-4:].upper():
        raise BadPayload("The checksum is wrong.")

    fields = _fields(payload, "payload")
    if not payload.startswith("000201"):
        raise BadPayload("The version is not the first field, or not 01.")
    if list(fields)[-1] != "63":
        raise BadPayload("A field swallows the checksum.")
    _require(fields, {"00", "01", "38", "53", "58", "63"}, "payload")
    if fields["53"] != "704" or fields["58"] != "VN":
        raise BadPayload("Not đồng, or not Việt Nam.")
    bank, account, to_card = _beneficiary(fields["38"])

    one_time = fields["01"] == ONE_TIME
    if not one_time and fields["01"] != STATIC:
        raise BadPayload("Neither static nor one-time.")
    amount = fields.get("54")
    if one_time != (amount is not None):
        raise BadPayload("An amount belongs to a one-time code, and to no other.")
    if amount is not None and not _AMOUNT.fullmatch(amount):
        raise BadPayload("The amount is not whole đồng of at most 13 digits.")

    name, city = fields.get("59", ""), fields.get("60", "")
    if len(name) > LONGEST_NAME or len(city) > LONGEST_CITY:
        raise BadPayload("The name or the city is too long.")
    notes = _fields(fields["62"], "field 62") if "62" in fields else {}
    if any(len(note) > LONGEST_MEMO for note in notes.values()):
        raise BadPayload("A note is longer than 25 characters.")
    return VietQR(
        bin=bank,
        account=account,
        to_card=to_card,
        amount=None if amount is None else Decimal(amount),
        memo=notes.get("08", ""),
        one_time=one_time,
        name=name,
        city=city,
    )


def _beneficiary(template: str) -> tuple[str, str, bool]:
    scheme = _fields(template, "field 38")
    _require(scheme, {"00", "01", "02"}, "field 38", exactly=True)
    if scheme["00"] != GUID:
        raise BadPayload("Not the scheme of NAPAS.")
    if scheme["02"] not in (TO_ACCOUNT, TO_CARD):
        raise BadPayload("Neither to an account nor to a card.")
    to_card = scheme["02"] == TO_CARD
    beneficiary = _fields(scheme["01"], "field 38.01")
    _require(beneficiary, {"00", "01"}, "field 38.01", exactly=True)
    if not _BIN.fullmatch(beneficiary["00"]):
        raise BadPayload("The bank is not six digits.")
    if not (_CARD if to_card else _ACCOUNT).fullmatch(beneficiary["01"]):
        raise BadPayload("The account or card number cannot be one.")
    return beneficiary["00"], beneficiary["01"], to_card


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}" if value else ""


def _fields(text: str, where: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    place = 0
    while place < len(text):
        tag, length = text[place : place + 2], text[place + 2 : place + 4]
        if not _TWO_DIGITS.fullmatch(tag) or not _TWO_DIGITS.fullmatch(length) or length == "00":
            raise BadPayload(f"No tag and length where one is due, in {where}.")
        end = place + 4 + int(length)
        if end > len(text):
            raise BadPayload(f"Field {tag} is longer than what is left, in {where}.")
        if tag in fields:
            raise BadPayload(f"Field {tag} stands twice, in {where}.")
        fields[tag] = text[place + 4 : end]
        place = end
    return fields


def _require(fields: dict[str, str], wanted: set[str], where: str, *, exactly: bool = False) -> None:
    if missing := wanted - fields.keys():
        raise BadPayload(f"Missing in {where}: {', '.join(sorted(missing))}.")
    if exactly and fields.keys() != wanted:
        raise BadPayload(f"Fields that do not belong in {where}.")
