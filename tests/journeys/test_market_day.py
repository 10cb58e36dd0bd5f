"""One market day in Chromium, 360 px wide: from an application on a phone to the lot the buyer can read."""

from __future__ import annotations

import pytest

from . import day

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_market_day(phone, market, tmp_path):
    day.play(phone, market, tmp_path)
