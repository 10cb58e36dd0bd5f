"""A cooperative's books: one append-only ledger that every move of goods and money writes, and months that close.

A sale is booked when a parcel is delivered, money when it is received, its way back when it was sent. For an order
that is over and paid, goods + shipping = bank + cash. ``bring_up`` compares what an order is now with what was
booked for it and books the difference, so a verb that calls it twice books once.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.models import Cooperative, Partner
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import round_dong
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.tables import csv_of

from .models import AllianceFee, BookEntry, Order, Payment, Pick, ReportMonth
from .statuses import (
    Account,
    OrderStatus,
    ParcelStatus,
    PaymentMethod,
    PaymentStatus,
    ReductionKind,
    RefundStatus,
    VoucherBearer,
)

SALES = [Account.GOODS, Account.SHIPPING]
MONEY = [Account.BANK, Account.CASH]


class MonthRefusal(Refusal):
    """The month stays open."""


def first_of(day: dt.date) -> dt.date:
    """Return the first day of a day's month: the name of a month in the books."""
    return day.replace(day=1)


def after(month: dt.date) -> dt.date:
    """Return the month behind ``month``."""
    return first_of(month + dt.timedelta(days=31))


def fee_percents(provinces: Iterable[str], on: dt.date) -> dict[str, Decimal]:
    """Return province code → what its alliance asks of sales placed on a day, in per cent; one query.

    A province that never set a fee is not in it.
    """
    found = AllianceFee.objects.filter(province_code__in=set(provinces), since__lte=on).order_by("since")
    return dict(found.values_list("province_code", "percent"))


def bring_up(order: Order, *, by: Actor, note: str = "", on: dt.date | None = None) -> None:
    """Book what changed of a locked order since it was booked last: one row for each account that moved.

    ``on``: the day it happened, today unless a bank says otherwise. A day of a closed month goes into the first
    open one.
    """
    wanted = _accounts(order)
    rows = order.entries.order_by("account").values_list("account").annotate(n=Sum("amount"))
    booked = dict(rows)
    moved = {
        account: amount - booked.get(account, 0)
        for account, amount in wanted.items()
        if amount != booked.get(account, 0)
    }
    if not moved:
        return
    day = on or timezone.localdate()
    month = open_month(order.cooperative_id, day)
    BookEntry.objects.bulk_create(
        BookEntry(
            cooperative_id=order.cooperative_id,
            order=order,
            account=account,
            amount=amount,
            on=day,
            month=month,
            note=note[:300],
            **signed(by),
        )
        for account, amount in moved.items()
    )


def _accounts(order: Order) -> dict[Account, Decimal]:
    """What each account of an order must stand at, by the state of its parcels, its payment and its refunds."""
    zero = Decimal(0)
    delivered = order.parcels.filter(status=ParcelStatus.DELIVERED)
    goods = delivered.aggregate(n=Sum("goods"))["n"] or zero
    off = dict(order.reductions.order_by("kind").values_list("kind").annotate(n=Sum("amount")))
    if goods:
        goods -= off.get(ReductionKind.RETURN, zero) + off.get(ReductionKind.GOODWILL, zero)
    shipping = zero
    if delivered or order.status == OrderStatus.RETURNED:
        fee_off = order.reductions.filter(line=None).aggregate(n=Sum("amount"))["n"] or zero
        shipping = order.shipping_incl_tax - fee_off
    payment = Payment.objects.get(order_id=order.pk)
    received = zero
    if payment.status in {PaymentStatus.RECEIVED, PaymentStatus.REFUNDED}:
        received = payment.amount
    elif payment.status == PaymentStatus.SHORT:
        received = payment.transferred
    sent = payment.refunds.filter(status=RefundStatus.SENT).aggregate(n=Sum("amount"))["n"] or zero
    is_cash = payment.method == PaymentMethod.COD
    return {
        Account.GOODS: max(goods, zero),
        Account.SHIPPING: shipping,
        Account.BANK: (zero if is_cash else received) - sent,
        Account.CASH: received if is_cash else zero,
        Account.FEE: -round_dong(max(goods, zero) * order.fee_percent / 100),
        Account.SUPPORT: _support(order),
    }


def _support(order: Order) -> Decimal:
    """What an alliance owes for its voucher: each line's share for its units that arrived and were not given back."""
    if order.voucher is None or order.voucher.bearer != VoucherBearer.ALLIANCE:
        return Decimal(0)
    reached = Pick.objects.filter(line__order=order, parcel__status=ParcelStatus.DELIVERED)
    units = dict(reached.order_by("line").values_list("line").annotate(n=Sum("quantity")))
    back = order.reductions.filter(kind=ReductionKind.RETURN).order_by("line").values_list("line")
    for line, count in back.annotate(n=Sum("quantity")):
        units[line] = units.get(line, 0) - count
    return sum(
        (
            round_dong(line.voucher_share * units.get(line.pk, 0) / line.quantity)
            for line in order.lines.all()
        ),
        Decimal(0),
    )


def open_month(cooperative_id: int, day: dt.date) -> dt.date:
    """Return the month that something of ``day`` is booked into: its own, or the first open one behind it.

    For a month that is over it waits for whoever is closing it.
    """
    month = first_of(day)
    if month >= first_of(timezone.localdate()):
        return month  # it cannot be closed yet
    Partner.objects.select_for_update(no_key=True).get(pk=cooperative_id)
    closed = set(
        ReportMonth.objects.filter(cooperative_id=cooperative_id, month__gte=month).values_list(
            "month", flat=True
        )
    )
    while month in closed:
        month = after(month)
    return month


@transaction.atomic
def close_month(cooperative: Cooperative, month: dt.date, *, by: Actor) -> ReportMonth:
    """Close a month that is over: what comes later is booked into the first open month.

    Locks the cooperative. Closed twice it is closed once. Raises MonthRefusal while the month still runs, or while
    an earlier one with entries is open.
    """
    Partner.objects.select_for_update(no_key=True).get(pk=cooperative.pk)
    found = ReportMonth.objects.filter(cooperative=cooperative, month=month).first()
    if found is not None:
        return found
    if month != first_of(month) or after(month) > timezone.localdate():
        raise MonthRefusal(gettext_lazy("Tháng này chưa hết, chưa khoá sổ được."), code="runs")
    closed = ReportMonth.objects.filter(cooperative=cooperative).values("month")
    earlier = cooperative.entries.filter(month__lt=month).exclude(month__in=closed).order_by("month").first()
    if earlier is not None:
        raise MonthRefusal(
            _("Hãy khoá sổ tháng %(month)s trước.") % {"month": f"{earlier.month:%m/%Y}"}, code="earlier"
        )
    sums = {account: str(amount) for account, amount in totals(cooperative, month).items()}
    row = ReportMonth.objects.create(cooperative=cooperative, month=month, totals=sums, **signed(by))
    audit.record("books.close", row, by=by, month=str(month), **sums)
    return row


# --- what is shown --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Month:
    """One month of the books: what each account came to, who closed it (None: open), whether it may be closed."""

    month: dt.date
    sums: dict[str, Decimal]
    closed: ReportMonth | None

    @property
    def sales(self) -> Decimal:
        return sum((self.sums.get(account, Decimal(0)) for account in SALES), Decimal(0))

    @property
    def money(self) -> Decimal:
        return sum((self.sums.get(account, Decimal(0)) for account in MONEY), Decimal(0))

    @property
    def may_close(self) -> bool:
        return self.closed is None and after(self.month) <= timezone.localdate()


def entries_of(cooperative: Cooperative, month: dt.date) -> QuerySet[BookEntry]:
    """A month's entries, oldest first, with their orders."""
    return cooperative.entries.filter(month=month).select_related("order").order_by("pk")


def totals(cooperative: Cooperative, month: dt.date) -> dict[str, Decimal]:
    """Return account → what it came to in a month; one query."""
    rows = cooperative.entries.filter(month=month).order_by("account").values_list("account")
    return dict(rows.annotate(n=Sum("amount")))


def months_of(cooperative: Cooperative) -> list[Month]:
    """Every month with entries, and the running one, newest first; two queries."""
    sums: dict[dt.date, dict[str, Decimal]] = {first_of(timezone.localdate()): {}}
    rows = cooperative.entries.order_by("month", "account").values_list("month", "account")
    for month, account, amount in rows.annotate(n=Sum("amount")):
        sums.setdefault(month, {})[account] = amount
    closed = {row.month: row for row in cooperative.months.all()}
    return [Month(month, sums[month], closed.get(month)) for month in sorted(sums, reverse=True)]


@dataclass(frozen=True)
class Between:
    """What stands between goods and money: delivered and not paid yet; paid and not delivered yet."""

    to_come: Decimal
    in_hand: Decimal


def between(cooperative: Cooperative) -> Between:
    """Sum up, order by order, what was sold without money yet and what money came before the goods; one query."""
    rows = cooperative.entries.exclude(account=Account.FEE).order_by("order").values_list("order")
    sold = Sum("amount", filter=Q(account__in=SALES), default=Decimal(0))
    paid = Sum("amount", filter=Q(account__in=MONEY), default=Decimal(0))
    open_ = [row[1] for row in rows.annotate(n=sold - paid) if row[1]]
    zero = Decimal(0)
    return Between(sum((n for n in open_ if n > 0), zero), -sum((n for n in open_ if n < 0), zero))


HEADINGS = [
    gettext_lazy("Ngày"),
    gettext_lazy("Đơn"),
    gettext_lazy("Người mua"),
    gettext_lazy("Khoản"),
    gettext_lazy("Số tiền"),
    gettext_lazy("Diễn giải"),
    gettext_lazy("Người ghi"),
]


def _rows(entries: Iterable[BookEntry]) -> Iterable[list[str | int | dt.date]]:
    for entry in entries:
        yield [
            entry.on,
            entry.order.number,
            entry.order.buyer_name,
            str(entry.get_account_display()),
            int(entry.amount),
            entry.note,
            entry.by_label,
        ]


def as_csv(cooperative: Cooperative, month: dt.date) -> bytes:
    """A month's entries as CSV that Excel and LibreOffice in Vietnamese open right: UTF-8 with its mark, ";"."""
    return csv_of(HEADINGS, _rows(entries_of(cooperative, month).iterator(2000)))


def as_xlsx(cooperative: Cooperative, month: dt.date) -> bytes:
    """A month's entries as a workbook: days are days, amounts are numbers, and the last rows are the sums."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(f"{month:%m-%Y}")
    sheet.append([str(words) for words in HEADINGS])
    for row in _rows(entries_of(cooperative, month).iterator(2000)):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # a date is a value, too
            if isinstance(value, dt.date):
                cell.number_format = "DD/MM/YYYY"
            elif isinstance(value, int):
                cell.number_format = "#,##0"
            else:
                cell.data_type = "s"  # never a formula, whatever it begins with
            cells.append(cell)
        sheet.append(cells)
    sheet.append([])
    for account, amount in totals(cooperative, month).items():
        sheet.append(["", "", str(_("Cộng")), str(Account(account).label), int(amount)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
