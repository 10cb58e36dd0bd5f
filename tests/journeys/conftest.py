"""What the journeys share: a prepared market, a copy of it that is served, Chromium, and phones that watch.

``JOURNEYS_MARKET=<folder of a prepared SQLite market>`` saves the preparation while a journey is being written.
``JOURNEYS_PICTURES=<folder>`` keeps what the phones saw. ``JOURNEYS_SLOWER=6`` makes their processors that many
times slower, as cheap ones are, and ``JOURNEYS_LATE=500`` lets what their scripts wait for come up to that many
milliseconds later: what a journey does not wait for shows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import chromium

from .market import Data, Market, free_port, prepare
from .phone import Phone

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first journey also waits for the market to be prepared."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    given = os.environ.get("JOURNEYS_MARKET")
    if given:
        # A copy: two workers that gather the style files in one folder take them from each other.
        data = Data(Path(given), f"sqlite:///{given}/market.sqlite3").copy(
            tmp_path_factory.mktemp("prepared")
        )
        Market(data, 0).manage("collectstatic", "--no-input", "--verbosity", "0")
    else:
        data = prepare(tmp_path_factory.mktemp("prepared"))
    yield data
    data.drop()


@pytest.fixture(scope="module")
def market(
    prepared: Data, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Market]:
    """A market of this file's own, served and answering; what it logged as an error fails the last test."""
    name = request.module.__name__.rsplit(".", 1)[-1]
    data = prepared.copy(tmp_path_factory.mktemp(name))
    found = Market(data, free_port())
    found.start()
    yield found
    found.stop()
    errors = found.errors()
    data.drop()
    assert errors == []


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def phone(browser: Any, market: Market, tmp_path: Path) -> Iterator[Callable[..., Phone]]:
    """Make phones; at the end each must have asked only this host and have met no error of script or policy."""
    phones: list[Phone] = []

    def make(**options: Any) -> Phone:
        phones.append(Phone(browser, market.url, **options))
        return phones[-1]

    yield make
    for one in phones:
        one.close()
    assert [fault for one in phones for fault in one.faults] == []
