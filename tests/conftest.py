"""The cast, and what every test needs.

Lan owns HTX Mường Hoa (Thái Nguyên) and Minh packs there; Tuấn owns HTX Bản Khác (Nghệ An) and is the stranger in
every desk test; Hà buys; Quyên is the alliance's officer of Thái Nguyên, Phúc of Nghệ An; ``operator`` runs the
market.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation

from tests import factories, scene
from tests.scene import Scene, Visitor
from tests.vectors import groups, where_from

# Migrating from nothing makes millions of objects that live on; looking through them again and again costs a quarter.
gc.freeze()
gc.set_threshold(200_000, 20, 100)


@pytest.fixture(autouse=True)
def _clean_slate(settings: Any, tmp_path: Path) -> Any:
    """Files go to a folder of the test, caches are empty, the language is Vietnamese."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "private", "base_url": None},
        },
    }
    cache.clear()
    with translation.override("vi"):
        yield


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What a machine lacks is a skip with a reason; in CI it is a failure."""
    missing = ""
    if item.get_closest_marker("postgres"):
        from django.conf import settings

        if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
            missing = "needs PostgreSQL: `make test` uses one when it finds it (apt install postgresql)"
            if os.environ.get("CI") and os.environ.get("TEST_PASS") == "sqlite":
                pytest.skip("runs in the PostgreSQL pass of this CI run")
    if item.get_closest_marker("browser") and not chromium():
        missing = "needs Chromium (apt install chromium)"
    if missing:
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)


def chromium() -> str | None:
    """Return the path of a Chromium that runs here, or None."""
    import shutil

    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def needs_nginx() -> str:
    """Return the path of nginx; without it the test is skipped, in CI it fails."""
    import shutil

    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found and shutil.which("envsubst"):
        return found
    missing = "needs nginx (apt install nginx-light gettext-base)"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture
def muong_hoa(db: None) -> Any:
    return factories.make_cooperative("HTX Mường Hoa", "htx-muong-hoa")


@pytest.fixture
def ban_khac(db: None) -> Any:
    return factories.make_cooperative("HTX Bản Khác", "htx-ban-khac", place=factories.NGHE_AN)


@pytest.fixture
def lan(muong_hoa: Any) -> Any:
    user = factories.make_user("Lan", "0912000001")
    factories.make_member(muong_hoa, user)
    return user


@pytest.fixture
def minh(muong_hoa: Any) -> Any:
    user = factories.make_user("Minh", "0912000002")
    factories.make_member(muong_hoa, user, "packer")
    return user


@pytest.fixture
def tuan(ban_khac: Any) -> Any:
    user = factories.make_user("Tuấn", "0912000003")
    factories.make_member(ban_khac, user)
    return user


@pytest.fixture
def ha(db: None) -> Any:
    return factories.make_user("Hà", "0912000004")


@pytest.fixture
def quyen(db: None) -> Any:
    user = factories.make_user("Quyên", "0912000005")
    factories.make_officer(user)
    return user


@pytest.fixture
def phuc(db: None) -> Any:
    user = factories.make_user("Phúc", "0912000006")
    factories.make_officer(user, factories.NGHE_AN)
    return user


@pytest.fixture
def operator(db: None) -> Any:
    return factories.make_user("Người vận hành", "0912000009", is_staff=True, is_superuser=True)


@pytest.fixture
def market(
    lan: Any, minh: Any, tuan: Any, ha: Any, quyen: Any, phuc: Any, operator: Any,
    muong_hoa: Any, ban_khac: Any,
) -> Scene:  # fmt: skip
    """Everybody, and both cooperatives with one of everything (``scene.py``)."""
    return scene.build(SimpleNamespace(**locals()))


@pytest.fixture
def visitors(market: Scene) -> dict[str, Visitor]:
    """Everybody at a browser, by name; ``nobody`` is not signed in."""
    return scene.visitors(market)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many shared cases there are: ``test_vectors`` sees to it that each is asked."""
    found = groups()
    many, files = sum(found.values()), len({name for name, _group in found})
    terminalreporter.write_line(f"Shared vectors: {many} cases in {files} files, {where_from()}.")
