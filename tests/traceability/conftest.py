"""A lot with its story."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from marketplace.foundation.actor import Actor
from tests import factories
from traceability.models import Lot

TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 21/11/2026."""
    monkeypatch.setattr(timezone, "localdate", lambda *_args: TODAY)


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


@pytest.fixture
def mien(muong_hoa: Any) -> Any:
    return factories.make_product(muong_hoa, "Miến dong", stock=20)


@pytest.fixture
def lot(mien: Any) -> Lot:
    """Lot 261105-01 of twenty packets, code 2EP9TW83, expires 05/11/2027."""
    return factories.make_lot(mien, 20)
