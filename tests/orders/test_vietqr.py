"""VietQR: known payloads, what must be refused, and that reading undoes writing."""

import string
from dataclasses import asdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.gateways.vietqr import BadPayload, VietQR, build, crc16, memo_text, parse
from tests.vectors import data, vectors

STATIC = "00020101021138570010A00000072701270006970405011385002010012340208QRIBFTTA53037045802VN63044E6C"
ONE_TIME = (
    "00020101021238570010A00000072701270006970405011385002010012340208QRIBFTTA"
    "530370454061350005802VN62150811VCA2611000163045072"
)
WITH_NOTE = (
    "00020101021238570010A00000072701270006970446011300123456789010208QRIBFTTA"
    "53037045405890005802VN62250821VCA26110002 Mien dong6304194B"
)
# 3 has a bill number too, 6 another order of fields, 14 its note in another place, 13 small letters.
NOT_OUR_ORDER = {"3", "6", "14"}


def rebuild(qr):
    fields = asdict(qr)
    del fields["one_time"]
    return build(fields.pop("bin"), fields.pop("account"), **fields)


def signed(unsigned):
    return unsigned + "6304" + crc16(unsigned + "6304")


def conforms(rows):
    assert rows
    for row in rows:
        qr = parse(row["payload"])
        assert qr.one_time is (row["payload"][10:12] == "12"), row["n"]
        if row["n"] not in NOT_OUR_ORDER:
            assert rebuild(qr) == row["payload"][:-4] + row["payload"][-4:].upper(), row["n"]


def test_payloads_of_others_are_read_and_rebuilt():
    conforms(data("vietqr.json")["accepted"])


def test_every_shared_payload_is_read_and_rebuilt():
    conforms(vectors("vietqr.json"))


def test_a_payload_is_read_to_the_last_field():
    read = {row["n"]: parse(row["payload"]) for row in data("vietqr.json")["accepted"]}

    assert read["2"] == VietQR("970403", "9704031101234567", to_card=True)
    assert read["3"] == VietQR(
        "970403", "0011012345678", amount=Decimal(180000), memo="thanh toan don hang", one_time=True
    )
    assert read["6"] == VietQR("970415", "113366668888", amount=Decimal(6000), memo="tien le", one_time=True)
    assert read["14"] == VietQR("971025", "PSP123456789000000")


@pytest.mark.parametrize("row", data("vietqr.json")["refused"], ids=lambda row: row["why"])
def test_the_known_bad_payloads_are_refused(row):
    with pytest.raises(BadPayload):
        parse(row["payload"])


def test_our_own_payloads_are_exactly_these():
    assert build("970405", "8500201001234") == STATIC
    assert build("970405", "8500201001234", amount=Decimal(135000), memo="VCA26110001") == ONE_TIME
    assert build("970446", "0012345678901", amount=89000, memo="VCA26110002 Miến dong") == WITH_NOTE


def test_the_checksum_is_the_one_of_the_standard():
    assert crc16("123456789") == "29B1"


def test_a_checksum_in_small_letters_is_read():
    assert parse(STATIC[:-4] + STATIC[-4:].lower()) == parse(STATIC)


NETWORK = "0010A000000727"
ACCOUNT = "01170006970405010312302"[:-2]
SCHEME = NETWORK + ACCOUNT + "0208QRIBFTTA"


def payload(*, start="000201", kind="010211", scheme=SCHEME, middle="5303704", end="5802VN"):
    return signed(f"{start}{kind}38{len(scheme):02d}{scheme}{middle}{end}")


def test_the_frame_of_the_following_tests_is_good():
    assert parse(payload()) == VietQR("970405", "123")
    assert parse(payload(kind="010212", middle="530370454011")) == VietQR(
        "970405", "123", amount=Decimal(1), one_time=True
    )
    assert parse(payload(middle="52045499" + "5303704", end="5802VN" + "5902AB" + "6002CD")) == VietQR(
        "970405", "123", name="AB", city="CD"
    )


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "6304" + crc16("6304"),
        STATIC[:-1],
        STATIC + " ",
        STATIC + STATIC,
        "x" * 600,
        "0" * 1_000_000,
        STATIC.replace("8500201001234", "850020100123４"),
        payload(start=""),
        payload(start="000202"),
        payload(start="0102110002", kind="01"),
        payload(kind=""),
        payload(kind="010213"),
        payload(kind="010211010211"),
        payload(middle=""),
        payload(middle="5303840"),
        payload(middle="53037045303704"),
        payload(middle="530370454011"),
        payload(kind="010212"),
        payload(kind="010212", middle="530370454010"),
        payload(kind="010212", middle="530370454031.5"),
        payload(kind="010212", middle="5303704541412345678901234"),
        payload(end=""),
        payload(end="5802US"),
        payload(end="5802VN5900"),
        payload(end="5802VN5926" + "A" * 26),
        payload(end="5802VN6016" + "A" * 16),
        payload(end="5802VN6230" + "0826" + "A" * 26),
        payload(end="5802VN62070805ABC"),
        payload(end="5802VN62030A1"),
        payload(end="5802VN62100801A0801B"),
        payload(end="5802VN9908"),
        payload(end="5802VN63041234"),
        payload(scheme="0010A000000728" + ACCOUNT + "0208QRIBFTTA"),
        payload(scheme=NETWORK + ACCOUNT + "0208QRPUSH00"),
        payload(scheme=NETWORK + ACCOUNT),
        payload(scheme=NETWORK + "0208QRIBFTTA"),
        payload(scheme=ACCOUNT + "0208QRIBFTTA"),
        payload(scheme=SCHEME + "0301X"),
        payload(scheme=SCHEME + NETWORK),
        payload(scheme=NETWORK + "01160005970400103123" + "0208QRIBFTTA"),
        payload(scheme=NETWORK + "011000069704050208QRIBFTTA"),
        payload(scheme=NETWORK + "013400069704050120" + "1" * 20 + "0208QRIBFTTA"),
        payload(scheme=NETWORK + "01170006970405010312 " + "0208QRIBFTTA"),
        payload(scheme=NETWORK + "0117000697040501031A3" + "0208QRIBFTTC"),
        payload(scheme=NETWORK + "01220006970405010312302" + "01X" + "0208QRIBFTTA"),
    ],
)
def test_what_is_not_sound_is_refused_though_the_checksum_is_right(bad):
    with pytest.raises(BadPayload):
        parse(bad)


@pytest.mark.parametrize("good", [STATIC, ONE_TIME, WITH_NOTE])
def test_every_single_wrong_character_is_refused(good):
    for place, right in enumerate(good):
        for wrong in string.digits + string.ascii_letters + " .-":
            changed = good[:place] + wrong + good[place + 1 :]
            # The checksum's own letters may be small: the same number, the same payload.
            same = wrong == right or (place >= len(good) - 4 and wrong.upper() == right)
            if same:
                assert parse(changed) == parse(good)
                continue
            with pytest.raises(BadPayload):
                parse(changed)


@given(st.text(max_size=200))
def test_any_other_text_is_refused_and_nothing_else_happens(text):
    with pytest.raises(BadPayload):
        parse(text)
    with pytest.raises(BadPayload):
        parse(signed(text))


@given(
    st.text(string.digits, min_size=6, max_size=6),
    st.text(string.digits, min_size=1, max_size=19),
    st.none() | st.integers(1, 10**13 - 1),
    st.text(),
    st.booleans(),
    st.text(),
    st.text(),
)
def test_reading_undoes_writing(bank, account, amount, memo, to_card, name, city):
    written = build(bank, account, amount=amount, memo=memo, to_card=to_card, name=name, city=city)

    assert parse(written) == VietQR(
        bin=bank,
        account=account,
        to_card=to_card,
        amount=amount,
        memo=memo_text(memo),
        one_time=amount is not None,
        name=memo_text(name, 25),
        city=memo_text(city, 15),
    )
    assert rebuild(parse(written)) == written


@given(st.text())
def test_a_memo_is_short_plain_and_stable(text):
    memo = memo_text(text)

    assert len(memo) <= 25
    assert memo.isascii()
    assert memo_text(memo) == memo


def test_a_memo_loses_its_marks_but_not_its_words():
    assert memo_text("VCA26110002 Đặt miến dong & chè Ô Long") == "VCA26110002 Dat mien dong"


@pytest.mark.parametrize(
    ("bank", "account", "more"),
    [
        ("97040", "1", {}),
        ("97040A", "1", {}),
        ("970405", "", {}),
        ("970405", "1" * 20, {}),
        ("970405", "12 34", {}),
        ("970405", "ABC", {"to_card": True}),
        ("970405", "1", {"amount": 0}),
        ("970405", "1", {"amount": -1}),
        ("970405", "1", {"amount": 10**13}),
        ("970405", "1", {"amount": Decimal("0.5")}),
    ],
)
def test_what_cannot_be_paid_is_not_written(bank, account, more):
    with pytest.raises(ValueError, match=r"\w"):
        build(bank, account, **more)
