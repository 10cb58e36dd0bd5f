"""Eight buyers and one use of a voucher (PostgreSQL): one has it, the others are told and nothing of theirs stands."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.foundation.actor import Actor
from orders import vouchers
from orders.models import Order, Purchase, Voucher, VoucherUse
from tests.concurrency.test_placing import at_once
from tests.factories import make_cooperative, make_product
from tests.orders import trade

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_eight_buyers_want_the_last_use_and_one_has_it(transactional_db):
    now, day = timezone.now(), dt.timedelta(days=1)
    cooperative = make_cooperative()
    goods = [make_product(cooperative, f"Miến {number}", stock=50) for number in range(2)]
    vouchers.make_voucher(
        code="TET2027", most=Decimal(20_000), least=Decimal(40_000), starts_at=now - day, ends_at=now + day, limit=1,
        cooperative=cooperative, by=Actor.system("test"),
    )  # fmt: skip
    waiting = [trade.fill((goods[number % 2], 1)) for number in range(8)]  # not all behind one stock row

    results = at_once(
        [lambda one=basket: trade.place(one, voucher="TET2027", shown_total=65_000) for basket in waiting]
    )

    assert len([one for one in results if isinstance(one, Purchase)]) == 1
    refused = [str(one) for one in results if isinstance(one, vouchers.VoucherRefusal)]
    assert refused == ["Mã TET2027 vừa hết lượt dùng."] * 7
    assert (Voucher.objects.get().taken, VoucherUse.objects.count(), Order.objects.count()) == (1, 1, 1)
    assert sum(product.stockrecords.get().num_allocated for product in goods) == 1
