"""Where a cooperative is paid: proposed by its director, compared with the papers by an officer (DESIGN
3).
"""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean, unmarked
from marketplace.places.models import Bank

from . import notices
from .decisions import AlreadyDecided, decide, needed_reason
from .models import BankAccount, Cooperative, Paper, Stall
from .statuses import BANK_ACCOUNT_MOVES, BankAccountStatus, Outcome

_NUMBER = re.compile(r"[0-9A-Z]{5,19}")
_BLANKS = re.compile(r"[\s.\-]+")


class WrongAccountNumber(Refusal):
    code = "wrong_account_number"
    default_text = _("Số tài khoản này chưa đúng. Hãy ghi như trong ứng dụng ngân hàng, từ 5 đến 19 chữ số.")


class WrongHolder(Refusal):
    code = "wrong_holder"
    default_text = _("Hãy ghi tên chủ tài khoản như trong ứng dụng ngân hàng.")


class UnknownBank(Refusal):
    code = "unknown_bank"
    default_text = _("Hãy chọn một ngân hàng trong danh sách.")


class SameAccount(Refusal):
    code = "same_account"
    default_text = _("Tài khoản này đang dùng rồi.")


def account_number(typed: str) -> str:
    """Return an account's number as VietQR carries it, however it was typed. Raises WrongAccountNumber."""
    number = _BLANKS.sub("", clean(typed)).upper()
    if not _NUMBER.fullmatch(number):
        raise WrongAccountNumber(field="number")
    return number


def account_holder(typed: str) -> str:
    """Return a holder's name as banks print it: capitals without marks. Raises WrongHolder."""
    holder = " ".join(unmarked(clean(typed)).upper().split())[:120]
    if not holder:
        raise WrongHolder(field="holder")
    return holder


def propose(
    cooperative: Cooperative, *, bank: Bank, number: str, holder: str, paper: Paper | None, by: Actor
) -> BankAccount:
    """File an account; it waits for an officer while the verified one goes on. Locks the cooperative's
    accounts.

    The holder is kept as banks print it: capitals without marks. An account that still waits is retired;
    sending the same one twice is one account. Raises UnknownBank, WrongAccountNumber, WrongHolder,
    SameAccount.
    """
    number = account_number(number)
    holder = account_holder(holder)
    if not bank.is_active:
        raise UnknownBank(field="bank")
    with transaction.atomic():
        accounts = _lock_accounts(cooperative)
        for account in accounts:
            is_same = (account.bank_id, account.number) == (bank.pk, number)
            if account.status == BankAccountStatus.VERIFIED and is_same and account.holder == holder:
                raise SameAccount(field="number")
            if account.status == BankAccountStatus.WAITING:
                if is_same and account.holder == holder and account.paper_id == (paper.pk if paper else None):
                    return account
                move_bank_account(account, BankAccountStatus.RETIRED)
        account = BankAccount.objects.create(
            cooperative=cooperative, bank=bank, number=number, holder=holder, paper=paper, **signed(by)
        )
        audit.record("bank_account.propose", account, by=by, bank=bank.pk, number=number, holder=holder)
    return account


def verify(account: BankAccount, *, by: Actor, reason: str = "") -> BankAccount:
    """Let the account show as VietQR from now on; the one before is retired. Tells the cooperative.

    Locks the cooperative's accounts. Raises AlreadyDecided unless it waits.
    """
    with transaction.atomic():
        accounts = _lock_accounts(account.cooperative)
        account = _waiting(accounts, account)
        for old in accounts:
            if old.status == BankAccountStatus.VERIFIED:
                move_bank_account(old, BankAccountStatus.RETIRED)
        move_bank_account(account, BankAccountStatus.VERIFIED)
        Stall.objects.filter(cooperative_id=account.cooperative_id).update(version=F("version") + 1)
        decision = decide(Outcome.APPROVED, reason=reason, by=by, bank_account=account)
        notices.bank_account_decided(account, decision)
    return account


def refuse(account: BankAccount, *, reason: str, by: Actor) -> BankAccount:
    """Say that the account does not fit the papers. Tells the cooperative. Locks the cooperative's accounts.

    Raises ReasonNeeded, AlreadyDecided unless it waits.
    """
    reason = needed_reason(reason)
    with transaction.atomic():
        account = _waiting(_lock_accounts(account.cooperative), account)
        move_bank_account(account, BankAccountStatus.REFUSED)
        decision = decide(Outcome.REFUSED, reason=reason, by=by, bank_account=account)
        notices.bank_account_decided(account, decision)
    return account


def verified_account(cooperative: Cooperative) -> BankAccount | None:
    """The account that buyers may pay into today, or None: then only cash on delivery."""
    return (
        BankAccount.objects.select_related("bank")
        .filter(cooperative=cooperative, status=BankAccountStatus.VERIFIED)
        .first()
    )


def move_bank_account(account: BankAccount, status: BankAccountStatus) -> None:
    """The only place that changes ``BankAccount.status``; the row is locked by the caller.

    Raises IllegalMove.
    """
    BANK_ACCOUNT_MOVES.check(BankAccountStatus(account.status), status)
    account.status = status
    account.save(update_fields=["status"])


def _lock_accounts(cooperative: Cooperative) -> list[BankAccount]:
    """Lock the cooperative's row, so that two first accounts wait for each other too, and give its
    accounts.
    """
    Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative.pk)
    accounts = BankAccount.objects.select_related("bank", "cooperative__stall")
    return list(accounts.filter(cooperative=cooperative).order_by("pk"))


def _waiting(accounts: list[BankAccount], account: BankAccount) -> BankAccount:
    fresh = next(one for one in accounts if one.pk == account.pk)
    if fresh.status != BankAccountStatus.WAITING:
        raise AlreadyDecided.as_it_is(fresh.get_status_display())
    return fresh
