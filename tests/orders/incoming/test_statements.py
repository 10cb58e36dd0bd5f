"""Statements: files of any bank are read, shown as they would be booked, and booked as they were shown."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from openpyxl import Workbook

from marketplace.accounts.models import Letter
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import Outbox
from marketplace.foundation.refusals import Refusal
from orders.incoming import statements, transfers
from orders.incoming.statements import StatementRefusal, rows_of
from orders.models import IncomingTransfer, Order, Payment, StatementImport, TransferShare
from orders.statuses import PaymentStatus, StatementStatus, TransferState
from tests.factories import make_bank_account, make_product
from tests.orders import trade

HEADING = ["Ngày giao dịch", "Số tham chiếu", "Phát sinh nợ", "Phát sinh có", "Số dư", "Nội dung"]


def as_csv(rows: Iterable[Iterable[object]], sign: str = ",", encoding: str = "utf-8") -> bytes:
    quoted = [sign.join(f'"{cell}"' for cell in row) for row in rows]
    return "\r\n".join(quoted).encode(encoding)


def as_xlsx(rows: Iterable[Iterable[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes, name: str = "sao-ke.csv") -> list[statements.Read]:
    return list(rows_of(io.BytesIO(content), name))


# --- reading ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_of_any_kind_is_read(sign: str, encoding: str) -> None:
    content = as_csv(
        [HEADING, ["21/11/2026", "FT1", "", "1.250.000", "9", "CP2EP9TW83 trả tiền"]], sign, encoding
    )
    (row,) = read(content)
    assert (row.number, row.reference, row.amount, row.text) == (
        2,
        "FT1",
        Decimal(1_250_000),
        "CP2EP9TW83 trả tiền",
    )
    assert timezone.localtime(row.booked_at).date().isoformat() == "2026-11-21"


def test_a_workbook_is_read_with_its_own_days_and_numbers() -> None:
    rows = [
        ["NGÂN HÀNG DEMO"],
        ["Tài khoản", "000", None],
        [],
        ["STT", "Transaction Date", "Description", "Credit (VND)", "Debit (VND)", "Reference No."],
        [1, timezone.datetime(2026, 11, 21, 8, 15), "CP2EP9TW83", 149000, None, "FT1"],
        [2, timezone.datetime(2026, 11, 21, 9, 0), "Phí", None, 11000, "FT2"],
        ["Cộng", None, None, 149000, 11000, None],
    ]
    first, second = read(as_xlsx(rows), "sao-ke.xlsx")
    assert (first.number, first.amount, first.reference) == (5, Decimal(149_000), "FT1")
    assert f"{timezone.localtime(first.booked_at):%d/%m/%Y %H:%M}" == "21/11/2026 08:15"
    assert second.problem == statements.OUT


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.250.000", 1_250_000), ("1,250,000", 1_250_000), ("1,250,000.00", 1_250_000), ("1.250.000,00", 1_250_000),
        ("1250000", 1_250_000), ("1250000.00", 1_250_000), ("+1.250.000 VND", 1_250_000), ("85.000 ₫", 85_000),
        ("500", 500), (1_250_000.0, 1_250_000), ("999,999,999", 999_999_999),
        ("1.250.000,50", None), ("một triệu", None), ("1e9", None), ("12.34.56", None), ("9" * 30, None), (1.5, None),
        (float("nan"), None), (float("inf"), None), (True, None),
    ],
)  # fmt: skip
def test_money_is_read_as_banks_write_it(typed: object, amount: int | None) -> None:
    assert statements._dong(typed) == amount


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("21/11/2026", "2026-11-21 00:00"), ("21/11/2026 08:15:22", "2026-11-21 08:15"),
        ("21-11-2026", "2026-11-21 00:00"),
        ("2026-11-21T08:15:22", "2026-11-21 08:15"), ("21/11/26", "2026-11-21 00:00"), ("31/02/2026", None),
        ("01/01/0001", None), ("hôm qua", None), ("", None),
    ],
)  # fmt: skip
def test_days_are_read_as_banks_write_them(typed: str, day: str | None) -> None:
    read = statements._moment(typed)
    assert (f"{timezone.localtime(read):%Y-%m-%d %H:%M}" if read else None) == day


def test_a_row_that_cannot_be_read_says_why_and_the_others_stand() -> None:
    rows = [HEADING, ["hôm qua", "1", "", "5000", "", "a"], ["21/11/2026", "2", "", "năm nghìn", "", "b"],
            ["21/11/2026", "3", "", "5.000", "", "c"]]  # fmt: skip
    bad_day, bad_money, good = read(as_csv(rows))
    assert bad_day.problem == "Không đọc được ngày “hôm qua”."
    assert bad_money.problem == "Không đọc được số tiền “năm nghìn”."
    assert (good.amount, good.problem) == (5000, "")


def test_rows_without_a_reference_get_one_that_the_next_statement_finds_again() -> None:
    heading = ["Ngày", "Số tiền", "Nội dung"]
    same = ["21/11/2026 08:15", "5.000", "CP2EP9TW83"]
    first = read(as_csv([heading, same, same, ["22/11/2026", "5.000", "x"]]))
    later = read(as_csv([["Kỳ sau"], heading, ["23/11/2026", "1.000", "y"], same, same]))
    assert len({row.reference for row in first}) == 3
    assert {row.reference for row in first[:2]} == {row.reference for row in later[1:]}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a,b,c\n1,2,3\n", "columns"),
        ("Ngày,Nội dung\n21/11/2026,x".encode(), "columns"),
        (b"\x00" * 4096, "columns"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "xls"),
        (b"PK\x03\x04 not a zip", "unreadable"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(StatementRefusal) as refused:
        read(content)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


def _with_part(name: str, body: bytes) -> bytes:
    """A right workbook with one of its parts replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx([HEADING]))) as right,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for part in right.namelist():
            bad.writestr(part, body if part == name else right.read(part))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>'  # noqa: E501
OUTSIDE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'  # noqa: E501


@pytest.mark.parametrize(
    "content",
    [
        _with_part(SHEET, b" " * (statements.MOST_UNPACKED + 1)),
        _with_part(SHEET, LAUGHS),
        _with_part(SHEET, OUTSIDE),
        _with_part(SHEET, b"<worksheet><sheetData><row>"),
        _with_part("xl/workbook.xml", b"<nothing/>"),
    ],
    ids=["unpacks to 200 MB", "entities", "outside entity", "cut off", "no sheets"],
)
def test_a_hostile_workbook_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(StatementRefusal) as refused:
        read(content, "sao-ke.xlsx")
    assert str(refused.value).endswith(".")


def test_more_than_fifty_thousand_rows_are_refused() -> None:
    rows = (
        [f"21/11/2026 08:{n % 60:02}", f"FT{n}", "", "5000", "", "x"]
        for n in range(statements.MOST_ROWS + 100)
    )
    with pytest.raises(StatementRefusal, match=r"50\.000"):
        read(as_csv([HEADING, *rows]))


def test_ten_times_the_rows_take_no_more_memory() -> None:
    def peak(count: int) -> int:
        rows = ([f"21/11/2026 08:{n % 60:02}", f"FT{n}", "", "5000", "", "x" * 40] for n in range(count))
        content = io.BytesIO(as_csv([HEADING, *rows]))
        tracemalloc.start()
        assert sum(1 for _row in rows_of(content, "a.csv")) == count
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < 1.5 * peak(2_000)


# --- from the file to the books -----------------------------------------------------------------------------------
@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    make_bank_account(muong_hoa)
    return make_product(muong_hoa, "Miến dong", price=55_000, stock=50)


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


@pytest.fixture
def orders(noodles: Any) -> list[Order]:
    return [trade.order((noodles, n), methods="vietqr") for n in (1, 2, 3)]


Send = Callable[..., StatementImport]


@pytest.fixture
def send(muong_hoa: Any, by: Actor, settings: Any, tmp_path: Any) -> Send:
    def sent(*rows: Iterable[object], name: str = "thang-11.csv") -> StatementImport:
        file = ContentFile(as_csv([HEADING, *rows]), name=name)
        statement = statements.send_in(file, cooperative=muong_hoa, by=by)
        outbox.drain()
        statement.refresh_from_db()
        return statement

    return sent


def line(reference: str, amount: Decimal | int, text: str) -> list[object]:
    return ["21/11/2026 08:15", reference, "", f"{amount:,}", "", text]


def shown(statement: StatementImport) -> list[tuple[str, str]]:
    return [(row.outcome, row.orders) for row in statement.rows.order_by("number")]


@pytest.mark.django_db
def test_nothing_is_booked_before_it_is_applied_and_then_what_was_shown(
    send: Send, orders: list[Order], by: Actor
) -> None:
    one, two, three = orders
    statement = send(
        line("FT1", one.total_incl_tax, one.payment.memo),
        line("FT2", two.total_incl_tax - 1_000, f"tra {two.payment.memo} thieu"),
        line("FT3", 1_000, two.payment.memo),
        line("FT4", three.total_incl_tax + 2_000, three.payment.memo),
        line("FT5", one.total_incl_tax, one.payment.memo),
        line("FT6", 77_000, "tien dien"),
        line("FT1", one.total_incl_tax, one.payment.memo),
        ["21/11/2026", "FT7", "50.000", "", "", "phi"],
        ["hom qua", "FT8", "", "50.000", "", "x"],
    )

    before = shown(statement)
    assert (statement.status, statement.total) == (StatementStatus.READY, 9)
    assert before == [
        ("pays", one.number),
        ("pays", two.number),
        ("pays", two.number),
        ("over", three.number),
        ("duplicate", one.number),
        ("unknown", ""),
        ("known", ""),
        ("out", ""),
        ("bad", ""),
    ]
    assert not IncomingTransfer.objects.exists()
    assert not TransferShare.objects.exists()
    assert {payment.status for payment in Payment.objects.all()} == {PaymentStatus.WAITING}
    assert not Letter.objects.filter(kind__in=["money_received", "money_short"]).exists()

    statements.apply(statement, by=by)
    statements.apply(statement, by=by)
    outbox.drain()

    statement.refresh_from_db()
    assert (statement.status, shown(statement)) == (StatementStatus.APPLIED, before)
    assert [Payment.objects.get(order=order).status for order in orders] == [PaymentStatus.RECEIVED] * 3
    assert IncomingTransfer.objects.count() == 6
    assert IncomingTransfer.objects.filter(state=TransferState.SETTLED).count() == 3
    assert sum(share.amount for share in TransferShare.objects.all()) == sum(
        order.total_incl_tax for order in orders
    )


@pytest.mark.django_db
def test_the_next_statement_leaves_what_is_known_alone(send: Send, orders: list[Order], by: Actor) -> None:
    rows = [line("FT1", orders[0].total_incl_tax, orders[0].payment.memo), line("FT2", 5_000, "khac")]
    statements.apply(send(*rows), by=by)
    outbox.drain()
    again = send(*rows, line("FT3", orders[1].total_incl_tax, orders[1].payment.memo))

    assert [outcome for outcome, _orders in shown(again)] == ["known", "known", "pays"]
    statements.apply(again, by=by)
    outbox.drain()
    assert IncomingTransfer.objects.count() == 3


@pytest.mark.django_db
def test_a_worker_that_died_while_booking_is_followed_by_one_that_finishes(
    send: Send, orders: list[Order], by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "BATCH", 1)
    statement = send(
        *[line(f"FT{n}", order.total_incl_tax, order.payment.memo) for n, order in enumerate(orders)]
    )
    before = shown(statement)
    statements.apply(statement, by=by)
    book, calls = transfers.book, []

    def dies(*args: Any, **words: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return book(*args, **words)

    row = Outbox.objects.get(kind="statement_apply")
    with monkeypatch.context() as broken:
        broken.setattr(transfers, "book", dies)
        with pytest.raises(KeyboardInterrupt):
            statements.apply_job(row)
    assert IncomingTransfer.objects.count() == 1

    statements.apply_job(row)

    statement.refresh_from_db()
    assert (statement.status, shown(statement)) == (StatementStatus.APPLIED, before)
    assert [Payment.objects.get(order=order).transferred for order in orders] == [
        o.total_incl_tax for o in orders
    ]


@pytest.mark.django_db
def test_a_file_that_is_no_statement_is_refused_at_once(muong_hoa: Any, by: Actor) -> None:
    with pytest.raises(StatementRefusal, match="Không tìm thấy các cột"):
        statements.send_in(ContentFile(b"a,b\n1,2\n", name="x.csv"), cooperative=muong_hoa, by=by)
    assert not StatementImport.objects.exists()


@pytest.mark.django_db
def test_what_is_wrong_further_down_says_so_and_leaves_nothing(send: Send) -> None:
    statement = send()
    assert (statement.status, statement.rows.count()) == (StatementStatus.BROKEN, 0)
    assert statement.problem == "Sao kê không có dòng nào."
    assert not statement.file


@pytest.mark.django_db
def test_a_worker_that_died_while_reading_is_followed_by_one_that_counts_anew(
    muong_hoa: Any, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "BATCH", 1)
    content = as_csv([HEADING, line("FT1", 5_000, "x"), line("FT2", 6_000, "y")])
    statement = statements.send_in(ContentFile(content, name="x.csv"), cooperative=muong_hoa, by=by)
    row = Outbox.objects.get(kind="statement_read")
    with monkeypatch.context() as broken:
        broken.setattr(statements, "_sort", lambda *_words: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            statements.read_job(row)

    statements.read_job(row)

    statement.refresh_from_db()
    assert (statement.status, statement.total, statement.rows.count()) == (StatementStatus.READY, 2, 2)


@pytest.mark.django_db
def test_the_same_file_sent_twice_is_one_import(send: Send) -> None:
    assert send(line("FT1", 5_000, "x")).pk == send(line("FT1", 5_000, "x")).pk


@pytest.mark.django_db
def test_what_was_dropped_is_forgotten_and_cannot_be_applied(
    send: Send, by: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    statement = send(line("FT1", 5_000, "x"))
    name, storage = statement.file.name, statement.file.storage
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        statements.drop(statement, by=by)
    assert not storage.exists(name)
    with pytest.raises(Refusal, match="Đã bỏ"):
        statements.apply(statement, by=by)
    assert not IncomingTransfer.objects.exists()


@pytest.mark.django_db
def test_an_empty_and_a_heavy_file_are_refused(muong_hoa: Any, by: Actor) -> None:
    for content, code in ((b"", "empty"), (b"x" * (statements.MOST_BYTES + 1), "large")):
        with pytest.raises(StatementRefusal) as refused:
            statements.send_in(ContentFile(content, name="x.csv"), cooperative=muong_hoa, by=by)
        assert refused.value.code == code
    assert not StatementImport.objects.exists()
