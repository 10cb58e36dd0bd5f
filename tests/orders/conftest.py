"""What most stories of orders begin with: goods that can be paid by transfer, and Lan at her desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Product
from tests.factories import make_bank_account, make_product


@pytest.fixture
def noodles(muong_hoa: Any) -> Product:
    make_bank_account(muong_hoa)
    return make_product(muong_hoa, "Miến dong", price=55000, stock=20)


@pytest.fixture
def at_desk(client: Client, lan: Any) -> Client:
    client.force_login(lan)
    return client
