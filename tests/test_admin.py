"""The operator's admin reads what the rules write, and never writes it."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import make_product
from tests.orders import trade

pytestmark = pytest.mark.django_db


def test_stock_and_orders_are_read_and_not_written(client: Client, operator: Any, muong_hoa: Any) -> None:
    product = make_product(muong_hoa, stock=20)
    order, record = trade.order((product, 2)), product.stockrecords.get()
    client.force_login(operator)

    for address in (
        f"partner/stockrecord/{record.pk}",
        f"order/order/{order.pk}",
        f"order/line/{order.lines.get().pk}",
    ):
        assert (address, client.get(f"/van-hanh/{address}/change/").status_code) == (address, 200)
        changed = client.post(f"/van-hanh/{address}/change/", {"num_in_stock": 99, "status": "delivered"})
        assert (address, changed.status_code) == (address, 403)
        assert client.post(f"/van-hanh/{address}/delete/", {"post": "yes"}).status_code == 403
    for address in ("partner/stockrecord", "order/order", "order/line"):
        assert client.get(f"/van-hanh/{address}/").status_code == 200
        assert client.get(f"/van-hanh/{address}/add/").status_code == 403

    record.refresh_from_db()
    order.refresh_from_db()
    assert (record.num_in_stock, order.status) == (20, "placed")


def test_the_operator_appoints_an_officer_who_then_sees_the_queues(
    client: Client, operator: Any, ha: Any
) -> None:
    client.force_login(operator)

    made = client.post(
        "/van-hanh/partner/officer/add/",
        {"user": ha.pk, "scope": "province", "province_code": "19", "province_name": "Tỉnh Thái Nguyên"},
    )

    assert made.status_code == 302
    client.force_login(ha)
    assert client.get("/lien-minh/").status_code == 200
