"""A bank statement becomes transfers: read row by row, shown as it would be booked, booked when a person says so.

Files of any bank: the columns are found by their headings, in CSV or XLSX. A row is read, written and booked in
batches, so a file of 50,000 rows takes no more memory than one of 500; each step says how far it is.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import Outbox
from marketplace.foundation.outbox import effect, enqueue
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean, fold
from orders.models import IncomingTransfer, Order, StatementImport, StatementRow
from orders.statuses import STATEMENT_MOVES, StatementStatus, TransferReason, TransferSource, TransferState

from . import memos, transfers

MOST_ROWS = 50_000
MOST_BYTES = 10 * 2**20
MOST_UNPACKED = 200 * 2**20  # an XLSX is a zip: what it says it holds is asked before it is opened
MOST_COLUMNS = 60
HEADING_WITHIN = 40  # rows: banks print their name, the account and the period first
BATCH = 500
MOST_DONG = Decimal(10**11)

# What a row does, beside the reasons of transfers.
PAYS, KNOWN, OUT, BAD = "pays", "known", "out", "bad"


class StatementRefusal(Refusal):
    """The statement stays as it was."""


@dataclass(frozen=True, slots=True)
class Read:
    """One row as the file says it; ``problem`` is a sentence when it cannot be booked, "" when it can."""

    number: int
    amount: Decimal | None = None
    booked_at: dt.datetime | None = None
    text: str = ""
    payer: str = ""
    reference: str = ""
    problem: str = ""


# --- the file -------------------------------------------------------------------------------------------------
_HEADINGS = {
    "date": (
        "ngay giao dich", "ngay gio giao dich", "thoi gian giao dich", "ngay gd", "ngay hach toan", "ngay hieu luc",
        "ngay", "thoi gian", "transaction date", "posting date", "date", "time",
    ),
    "credit": (
        "so tien ghi co", "phat sinh co", "ghi co", "so tien co", "tien vao", "so tien vao", "co",
        "credit amount", "credit",
    ),
    "debit": (
        "so tien ghi no", "phat sinh no", "ghi no", "so tien no", "tien ra", "so tien ra", "no",
        "debit amount", "debit",
    ),
    "amount": ("so tien giao dich", "so tien", "gia tri", "amount", "transaction amount"),
    "text": (
        "noi dung giao dich", "noi dung thanh toan", "noi dung chuyen khoan", "noi dung", "dien giai", "mo ta",
        "mo ta giao dich", "chi tiet giao dich", "transaction details", "description", "remark", "remarks", "details",
    ),
    "reference": (
        "so tham chieu", "ma tham chieu", "ma giao dich", "so giao dich", "ma gd", "so but toan", "so chung tu",
        "so ct", "reference", "reference no", "ref no", "transaction id", "transaction no",
    ),
    "payer": (
        "ten nguoi chuyen", "nguoi chuyen", "nguoi gui", "ten tai khoan doi ung", "ten doi ung", "doi tac", "sender",
        "counterparty", "correspondent name",
    ),
}  # fmt: skip
_MEANS = {heading: name for name, headings in _HEADINGS.items() for heading in headings}
_ASIDE = re.compile(r"\(.*?\)|\b(vnd|dong)\b|[^a-z0-9 ]")


def rows_of(file: IO[bytes], name: str) -> Iterator[Read]:
    """Read the rows of a statement one by one; raises StatementRefusal when it is none.

    ``file`` is CSV (comma, semicolon or tab; UTF-8 or UTF-16) or XLSX, the columns in any order under a heading
    within the first 40 rows. Rows without date and money at the end (totals) are left out.
    """
    cells = _cells(file, name)
    columns: dict[str, int] | None = None
    seen: Counter[str] = Counter()
    for number, row in enumerate(cells, 1):
        if columns is None:
            columns = _columns(row)
            if columns is None and number >= HEADING_WITHIN:
                break
            continue
        if number > MOST_ROWS + HEADING_WITHIN:
            raise StatementRefusal(_("Sao kê dài quá 50.000 dòng. Hãy tải theo từng tháng."), code="long")
        read = _read(number, row, columns)
        if read is not None:
            yield _named(read, seen)
    if columns is None:
        raise StatementRefusal(
            _(
                "Không tìm thấy các cột của sao kê. Cần có cột ngày, cột số tiền ghi có và cột nội dung, đúng như "
                "tệp tải từ ngân hàng."
            ),
            code="columns",
            field="file",
        )


def _cells(file: IO[bytes], name: str) -> Iterator[list[Any]]:
    head = file.read(4)
    file.seek(0)
    if head == b"PK\x03\x04":
        yield from _xlsx(file)
    elif head[:4] == b"\xd0\xcf\x11\xe0":
        raise StatementRefusal(
            _("Đây là tệp Excel kiểu cũ (.xls). Hãy mở ra và lưu lại thành .xlsx hoặc .csv."),
            code="xls",
            field="file",
        )
    else:
        yield from _csv(file)


def _xlsx(file: IO[bytes]) -> Iterator[list[Any]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(file) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise StatementRefusal(_("Tệp này mở ra lớn quá."), code="bomb", field="file")
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not believed
        for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
            yield list(row)
        book.close()
    except (GeneratorExit, StatementRefusal):
        raise
    except Exception as wrong:  # whatever a damaged or hostile file makes of the reader
        raise _unreadable() from wrong


def _unreadable() -> StatementRefusal:
    return StatementRefusal(
        _("Tệp này không đọc được. Hãy tải lại từ ngân hàng."), code="unreadable", field="file"
    )


def _csv(file: IO[bytes]) -> Iterator[list[Any]]:
    head = file.read(64 * 1024)
    file.seek(0)
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    words = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        sample = head.decode(encoding, errors="replace")
        delimiter = max(
            ",;\t", key=lambda sign: max((line.count(sign) for line in sample.splitlines()[:60]), default=0)
        )
        csv.field_size_limit(100_000)
        for row in csv.reader((line.replace("\x00", "") for line in words), delimiter=delimiter):
            yield list(row[:MOST_COLUMNS])
    except csv.Error as wrong:
        raise _unreadable() from wrong
    finally:
        words.detach()


def _columns(row: list[Any]) -> dict[str, int] | None:
    """Which column says what, or None when ``row`` is not the heading."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        heading = " ".join(_ASIDE.sub(" ", fold(str(cell or ""))[:80]).split())
        name = _MEANS.get(heading)
        if name and name not in found:
            found[name] = place
    has_money = "credit" in found or "amount" in found
    return found if {"date", "text"} <= found.keys() and has_money else None


def _read(number: int, row: list[Any], columns: dict[str, int]) -> Read | None:
    def cell(name: str) -> Any:
        place = columns.get(name, -1)
        return row[place] if 0 <= place < len(row) else None

    text = clean(str(cell("text") or ""))[:500]
    payer = clean(str(cell("payer") or ""))[:120]
    reference = clean(str(cell("reference") or ""))[:60]
    day, money = cell("date"), cell("credit") if "credit" in columns else cell("amount")
    if _is_empty(money) and not _is_empty(cell("debit")):
        return Read(number, text=text, reference=reference, problem=OUT)
    if _is_empty(day) and (_is_empty(money) or not text):
        return None  # an empty row, a total, the bank's goodbye
    booked_at, amount = _moment(day), _dong(money)
    if booked_at is None:
        return Read(
            number, text=text, problem=gettext("Không đọc được ngày “%(day)s”.") % {"day": str(day)[:40]}
        )
    if amount is None:
        return Read(
            number, booked_at=booked_at, text=text,
            problem=gettext("Không đọc được số tiền “%(money)s”.") % {"money": str(money or "")[:40]},
        )  # fmt: skip
    if amount <= 0:
        return Read(number, text=text, reference=reference, problem=OUT)
    return Read(number, amount, booked_at, text, payer, reference)


def _named(read: Read, seen: Counter[str]) -> Read:
    """Give a row that its bank gave no reference one of its own: what it says, and which of its like it is."""
    if read.problem or read.reference:
        return read
    said = f"{read.booked_at:%Y-%m-%d %H:%M:%S}|{read.amount}|{read.text}|{read.payer}"
    key = hashlib.sha256(said.encode()).hexdigest()[:20]
    seen[key] += 1
    return Read(read.number, read.amount, read.booked_at, read.text, read.payer, f"sk-{key}-{seen[key]}")


def _is_empty(value: Any) -> bool:
    return value is None or str(value).strip() in ("", "0", "-", "0.00", "0,00")


_DAYS = (
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%y", "%d %b %Y",
)  # fmt: skip


def _moment(value: Any) -> dt.datetime | None:
    if isinstance(value, dt.datetime):
        return timezone.make_aware(value) if 2015 <= value.year <= 2100 else None  # a workbook knows no zones
    words = " ".join(str(value or "").replace("T", " ").replace("\n", " ").split())[:19]
    for shape in _DAYS:
        try:
            read = dt.datetime.strptime(words, shape)  # noqa: DTZ007  (made aware below)
        except ValueError:
            continue
        return timezone.make_aware(read) if 2015 <= read.year <= 2100 else None
    return None


def _dong(value: Any) -> Decimal | None:
    """An amount as banks write it: 1.250.000, 1,250,000.00, +1250000 VND, or a number of a spreadsheet."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        amount = Decimal(str(value))
    else:
        words = re.sub(r"\s|vnd|vnđ|₫|đ", "", str(value or "").lower())
        if not re.fullmatch(r"[+-]?[0-9][0-9.,]*", words):
            return None
        sign = -1 if words.startswith("-") else 1
        words = words.lstrip("+-")
        if re.fullmatch(r"[0-9]{1,3}([.,])[0-9]{3}(\1[0-9]{3})*([.,][0-9]{1,2})?", words):
            cents = re.search(r"[.,][0-9]{1,2}$", words)
            whole = words[: cents.start()] if cents else words
            if cents and cents[0].strip(".,").strip("0"):
                return None  # there are no hào in a transfer
            words = re.sub(r"[.,]", "", whole)
        words = re.sub(r"[.,]0{1,2}$", "", words)
        try:
            amount = sign * Decimal(words)
        except InvalidOperation:
            return None
    if not amount.is_finite() or amount != amount.to_integral_value() or abs(amount) > MOST_DONG:
        return None
    return amount.quantize(Decimal(1))


# --- the steps ------------------------------------------------------------------------------------------------
def move_statement(statement: StatementImport, to: StatementStatus, **fields: Any) -> None:
    """Assign the status of a locked statement, and ``fields`` with it. Raises IllegalMove."""
    STATEMENT_MOVES.check(StatementStatus(statement.status), to)
    statement.status = to
    for name, value in fields.items():
        setattr(statement, name, value)
    statement.save(update_fields=["status", *fields])


@transaction.atomic
def send_in(file: File, *, cooperative: Cooperative, by: Actor) -> StatementImport:
    """Keep a statement's file in private storage and promise to read it; the same file again is the same import.

    Raises StatementRefusal for an empty or too large file, and for one whose columns are not found; what is wrong
    further down is found by the job.
    """
    if not file.size:
        raise StatementRefusal(_("Tệp này trống."), code="empty", field="file")
    if file.size > MOST_BYTES:
        raise StatementRefusal(
            _("Tệp lớn quá 10 MB. Hãy tải sao kê theo từng tháng."), code="large", field="file"
        )
    next(rows_of(file.open(), file.name or ""), None)
    digest = hashlib.sha256()
    for part in file.chunks():
        digest.update(part)
    sha256 = digest.hexdigest()
    live = [StatementStatus.READING, StatementStatus.READY, StatementStatus.APPLYING]
    same = StatementImport.objects.filter(cooperative=cooperative, sha256=sha256, status__in=live).first()
    if same:
        return same
    name = clean(file.name or "")[-160:] or "sao-ke"
    statement = StatementImport(cooperative=cooperative, name=name, sha256=sha256, **signed(by))
    file.seek(0)
    statement.file.save(name, file, save=False)
    statement.save()
    audit.record("statement.send_in", statement, by=by, sha256=sha256)
    enqueue("statement_read", f"statement_read:{statement.pk}", {"statement": statement.pk})
    return statement


@transaction.atomic
def apply(statement: StatementImport, *, by: Actor) -> StatementImport:
    """Promise to book every row that can be booked. Pressed twice it is done once. Raises IllegalMove."""
    locked = _lock(statement.pk)
    if locked.status in {StatementStatus.APPLYING, StatementStatus.APPLIED}:
        return locked
    move_statement(locked, StatementStatus.APPLYING, done=0, **signed(by))
    audit.record("statement.apply", locked, by=by, rows=locked.total)
    enqueue("statement_apply", f"statement_apply:{locked.pk}", {"statement": locked.pk})
    return locked


@transaction.atomic
def drop(statement: StatementImport, *, by: Actor) -> StatementImport:
    """Leave a statement that was only looked at: nothing of it was booked. Raises IllegalMove."""
    locked = _lock(statement.pk)
    move_statement(locked, StatementStatus.DROPPED)
    _forget_file(locked)
    audit.record("statement.drop", locked, by=by)
    return locked


def _forget_file(statement: StatementImport) -> None:
    """What was not booked is not kept: it says who paid whom."""
    name, statement.file = str(statement.file.name), ""
    statement.save(update_fields=["file"])
    storage = statement._meta.get_field("file").storage
    transaction.on_commit(lambda: storage.delete(name))


def _lock(pk: int) -> StatementImport:
    return (
        StatementImport.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cooperative")
        .get(pk=pk)
    )


@effect("statement_read", lease=900)
def read_job(row: Outbox) -> None:
    """Read the file into rows; book those that name an order in a transaction that is undone, and note what it did."""
    statement = StatementImport.objects.select_related("cooperative").get(pk=row.payload["statement"])
    if statement.status != StatementStatus.READING:
        return
    statement.rows.all().delete()  # of a worker that died
    _progress(statement, total=0)
    try:
        with statement.file.open("rb") as file:
            for batch in _batches(rows_of(file, statement.name)):
                StatementRow.objects.bulk_create([_row(statement, read) for read in batch])
                _progress(statement, total=statement.total + len(batch))
        if not statement.total:
            raise StatementRefusal(_("Sao kê không có dòng nào."), code="no_rows")
    except StatementRefusal as refusal:
        with transaction.atomic():
            locked = _lock(statement.pk)
            locked.rows.all().delete()
            move_statement(locked, StatementStatus.BROKEN, problem=str(refusal)[:300], total=0)
            _forget_file(locked)
        return
    named: list[StatementRow] = []
    seen: set[str] = set()
    for batch in _batches(statement.rows.filter(problem="").iterator(BATCH)):
        sorted_ = _sort(statement, batch, seen)
        _note(sorted_.known, KNOWN)
        _note(sorted_.nobodys, TransferReason.UNKNOWN)
        named += sorted_.named
    with _undone():  # only rows that name an order: on SQLite nobody else writes meanwhile
        outcomes = [(one.pk, *_book(statement, one, Actor.system("statement"))) for one in named]
    for key, outcome, orders in outcomes:
        StatementRow.objects.filter(pk=key).update(outcome=outcome, orders=orders)
    with transaction.atomic():
        locked = _lock(statement.pk)
        if locked.status == StatementStatus.READING:
            move_statement(locked, StatementStatus.READY, done=0)


@effect("statement_apply", lease=900)
def apply_job(row: Outbox) -> None:
    """Book the rows in batches of one transaction each; a worker that died left whole batches behind, and those are
    known by their references."""
    statement = StatementImport.objects.select_related("cooperative").get(pk=row.payload["statement"])
    if statement.status != StatementStatus.APPLYING:
        return
    by = Actor(
        user_id=statement.by_user_id, label=statement.by_label, acting_for=statement.by_for, channel="job"
    )
    done = 0
    for batch in _batches(statement.rows.filter(problem="").iterator(BATCH)):
        with transaction.atomic():
            sorted_ = _sort(statement, batch, set())
            for one in sorted_.named:
                outcome, orders = _book(statement, one, by)
                if (one.outcome, one.orders) != (outcome, orders):  # something happened since it was shown
                    StatementRow.objects.filter(pk=one.pk).update(outcome=outcome, orders=orders)
            _keep(statement, sorted_.nobodys, by)
        done += len(batch)
        _progress(statement, done=done)
    with transaction.atomic():
        move_statement(_lock(statement.pk), StatementStatus.APPLIED, applied_at=timezone.now())


@dataclass(slots=True)
class _Sorted:
    """Rows that name an order of the cooperative, rows of nobody, and those that the market knows already."""

    named: list[StatementRow] = field(default_factory=list)
    nobodys: list[StatementRow] = field(default_factory=list)
    known: list[StatementRow] = field(default_factory=list)


def _sort(statement: StatementImport, batch: list[StatementRow], seen: set[str]) -> _Sorted:
    """Sort a batch in two queries; ``seen`` holds the references met before in this file."""
    cooperative = statement.cooperative
    seen |= set(
        IncomingTransfer.objects.filter(
            cooperative=cooperative, reference__in=[row.reference for row in batch]
        ).values_list("reference", flat=True)
    )
    numbers = {row.pk: memos.numbers_in(row.text) for row in batch}
    real = set(
        Order.objects.filter(
            cooperative=cooperative, number__in={number for some in numbers.values() for number in some}
        ).values_list("number", flat=True)
    )
    found = _Sorted()
    for row in batch:
        if row.reference in seen:
            found.known.append(row)
        elif real.intersection(numbers[row.pk]):
            found.named.append(row)
        else:
            found.nobodys.append(row)
        seen.add(row.reference)
    return found


def _note(rows: list[StatementRow], outcome: str) -> None:
    StatementRow.objects.filter(pk__in=[row.pk for row in rows]).update(outcome=outcome)


def _book(statement: StatementImport, row: StatementRow, by: Actor) -> tuple[str, str]:
    """Book a row that names orders, in the caller's transaction; return what became of it and their numbers."""
    assert row.amount is not None
    assert row.booked_at is not None
    incoming = transfers.Incoming(row.reference, row.amount, row.booked_at, row.text, row.payer)
    booked, is_new = transfers.book(
        incoming,
        cooperative=statement.cooperative,
        source=TransferSource.STATEMENT,
        by=by,
        statement=statement,
    )
    if not is_new:
        return KNOWN, ""
    orders = Order.objects.filter(cooperative=statement.cooperative, number__in=memos.numbers_in(row.text))
    return str(booked.reason) or PAYS, " ".join(orders.order_by("pk").values_list("number", flat=True))[:160]


def _keep(statement: StatementImport, nobodys: list[StatementRow], by: Actor) -> None:
    """Write down money that names no order; it waits for a person."""
    IncomingTransfer.objects.bulk_create(
        [
            IncomingTransfer(
                cooperative=statement.cooperative,
                source=TransferSource.STATEMENT,
                statement=statement,
                reference=row.reference,
                amount=row.amount or 0,
                booked_at=row.booked_at or timezone.now(),
                text=row.text,
                payer=row.payer,
                state=TransferState.OPEN,
                reason=TransferReason.UNKNOWN,
                **signed(by),
            )
            for row in nobodys
        ],
        ignore_conflicts=True,
    )


class _Undo(Exception):
    pass


@contextmanager
def _undone() -> Iterator[None]:
    """Do everything inside for real, in one transaction that is rolled back at the end."""
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        pass


def _batches(things: Any) -> Iterator[list[Any]]:
    iterator = iter(things)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _row(statement: StatementImport, read: Read) -> StatementRow:
    is_out = read.problem == OUT
    return StatementRow(
        statement=statement,
        number=read.number,
        reference=read.reference,
        amount=read.amount,
        booked_at=read.booked_at,
        text=read.text,
        payer=read.payer,
        problem=read.problem,
        outcome=OUT if is_out else BAD if read.problem else "",
    )


def _progress(statement: StatementImport, **numbers: int) -> None:
    for name, number in numbers.items():
        setattr(statement, name, number)
    StatementImport.objects.filter(pk=statement.pk).update(**numbers)


# --- what is shown --------------------------------------------------------------------------------------------
def counts(statement: StatementImport) -> Counter[str]:
    """How many rows do what; one query."""
    return Counter(dict(statement.rows.order_by().values_list("outcome").annotate(n=Count("pk"))))


def rows(statement: StatementImport, outcome: str = "") -> QuerySet[StatementRow]:
    """The rows of a statement in their order; those with one outcome, or all."""
    found = statement.rows.order_by("number")
    return found.filter(outcome=outcome) if outcome else found
