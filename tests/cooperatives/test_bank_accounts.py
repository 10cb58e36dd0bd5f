"""Where a cooperative is paid: proposed, compared, one at a time."""

from typing import Any

import pytest

from cooperatives import bank_accounts
from cooperatives.decisions import AlreadyDecided, ReasonNeeded
from cooperatives.models import BankAccount, Cooperative, Decision
from cooperatives.statuses import BANK_ACCOUNT_MOVES, BankAccountStatus
from marketplace.accounts.models import AuditRow, Letter, User
from marketplace.foundation.transitions import IllegalMove
from marketplace.places.models import Bank
from tests import factories

from .scenes import actor

pytestmark = pytest.mark.django_db


def propose(cooperative: Cooperative, by: User, **change: Any) -> BankAccount:
    values = {
        "bank": Bank.objects.get(bin="970405"),
        "number": "8500 2010 01234",
        "holder": "htx chè tân cương",
        "paper": None,
        **change,
    }
    return bank_accounts.propose(cooperative, by=actor(by), **values)


def state() -> tuple[Any, ...]:
    return (
        list(BankAccount.objects.order_by("pk").values()),
        Decision.objects.count(),
        Letter.objects.count(),
        AuditRow.objects.count(),
    )


class TestPropose:
    def test_keeps_number_and_holder_as_banks_write_them(self, muong_hoa: Cooperative, lan: User) -> None:
        account = propose(muong_hoa, lan)
        assert (account.number, account.holder, account.status) == (
            "8500201001234",
            "HTX CHE TAN CUONG",
            "waiting",
        )
        assert bank_accounts.verified_account(muong_hoa) is None

    def test_sent_twice_is_one(self, muong_hoa: Cooperative, lan: User) -> None:
        assert propose(muong_hoa, lan).pk == propose(muong_hoa, lan).pk
        assert BankAccount.objects.count() == 1

    def test_a_better_one_takes_the_place_of_the_one_that_waits(
        self, muong_hoa: Cooperative, lan: User
    ) -> None:
        first, second = propose(muong_hoa, lan), propose(muong_hoa, lan, number="123456789")
        first.refresh_from_db()
        assert (first.status, second.status) == ("retired", "waiting")

    @pytest.mark.parametrize("number", ["", "12", "1" * 20, "12 34", "số tài khoản", "\x00", "12345;DROP"])
    def test_refuses_a_number_that_cannot_be(self, muong_hoa: Cooperative, lan: User, number: str) -> None:
        before = state()
        with pytest.raises(bank_accounts.WrongAccountNumber):
            propose(muong_hoa, lan, number=number)
        assert state() == before

    @pytest.mark.parametrize("holder", ["", " ", "\x00"])
    def test_refuses_nobody_as_holder(self, muong_hoa: Cooperative, lan: User, holder: str) -> None:
        with pytest.raises(bank_accounts.WrongHolder):
            propose(muong_hoa, lan, holder=holder)

    def test_refuses_a_bank_that_is_switched_off(self, muong_hoa: Cooperative, lan: User) -> None:
        with pytest.raises(bank_accounts.UnknownBank):
            propose(muong_hoa, lan, bank=Bank(bin="970444", name="CB", is_active=False))

    def test_refuses_the_account_in_use(self, muong_hoa: Cooperative, lan: User, quyen: User) -> None:
        bank_accounts.verify(propose(muong_hoa, lan), by=actor(quyen))
        before = state()
        with pytest.raises(bank_accounts.SameAccount):
            propose(muong_hoa, lan)
        assert state() == before


class TestVerify:
    def test_retires_the_one_before(self, muong_hoa: Cooperative, lan: User, quyen: User) -> None:
        old = factories.make_bank_account(muong_hoa)
        new = bank_accounts.verify(propose(muong_hoa, lan, number="123456789"), by=actor(quyen))
        old.refresh_from_db()
        assert (old.status, new.status) == ("retired", "verified")
        assert bank_accounts.verified_account(muong_hoa) == new
        letter = Letter.objects.get()
        assert (letter.mailbox, letter.subject) == (
            muong_hoa.mailbox,
            "Tài khoản ngân hàng đã đối chiếu xong",
        )

    def test_twice_is_told(self, muong_hoa: Cooperative, lan: User, quyen: User) -> None:
        account = bank_accounts.verify(propose(muong_hoa, lan), by=actor(quyen))
        before = state()
        with pytest.raises(AlreadyDecided):
            bank_accounts.verify(account, by=actor(quyen))
        assert state() == before

    def test_a_refused_one_keeps_the_one_before(self, muong_hoa: Cooperative, lan: User, quyen: User) -> None:
        old = factories.make_bank_account(muong_hoa)
        bank_accounts.refuse(propose(muong_hoa, lan, number="123456789"), reason="Sai tên.", by=actor(quyen))
        assert bank_accounts.verified_account(muong_hoa) == old
        assert "Sai tên." in Letter.objects.get().body

    def test_refusing_needs_a_reason(self, muong_hoa: Cooperative, lan: User, quyen: User) -> None:
        account = propose(muong_hoa, lan)
        before = state()
        with pytest.raises(ReasonNeeded):
            bank_accounts.refuse(account, reason="", by=actor(quyen))
        assert state() == before


@pytest.mark.parametrize("start", list(BankAccountStatus))
@pytest.mark.parametrize("end", list(BankAccountStatus))
def test_only_the_table_moves_it(
    muong_hoa: Cooperative, start: BankAccountStatus, end: BankAccountStatus
) -> None:
    account = factories.make_bank_account(muong_hoa, status=start)
    if end in BANK_ACCOUNT_MOVES.after(start):
        bank_accounts.move_bank_account(account, end)
    else:
        with pytest.raises(IllegalMove):
            bank_accounts.move_bank_account(account, end)
    assert BankAccount.objects.get().status == (end if end in BANK_ACCOUNT_MOVES.after(start) else start)
