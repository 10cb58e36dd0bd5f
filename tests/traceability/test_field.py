"""The page for work in the field: what is on it, because it is kept on a phone that several people may use."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.urls import reverse

from catalog.models import Product
from marketplace.foundation.actor import Actor
from marketplace.foundation.static import StaticFiles
from tests.factories import recall_lot
from traceability import events, lots
from traceability.models import Lot

FIELD = "/quan-ly/htx-muong-hoa/ghi-viec/"


@pytest.fixture
def as_minh(minh: Any) -> Client:
    client = Client()
    client.force_login(minh)
    return client


def offered(page: str) -> dict[str, Any]:
    told = re.search(r'<script id="field-choices" type="application/json">(.*?)</script>', page)
    assert told is not None
    return dict(json.loads(told[1]))


def lot_of(product: Product, number: str) -> Lot:
    return Lot.objects.create(
        cooperative=product.cooperative, product=product, number=number, made_on=dt.date(2026, 11, 6)
    )


def test_open_lots_are_offered_the_newest_fifty_and_no_others(
    as_minh: Client, lot: Lot, by: Actor, mien: Any
) -> None:
    closed, recalled, *_, newest = [lot_of(mien, f"261106-{n:02}") for n in range(52)]
    lots.close_lot(closed, by=by)
    recall_lot(recalled, reason="Có mùi lạ, đang kiểm tra.", by=by)

    page = as_minh.get(FIELD).content.decode()

    there = {int(pk) for pk in re.findall(r'<option value="(\d+)">', page)}
    assert len(there) == 50
    assert newest.pk in there
    assert not there & {lot.pk, closed.pk, recalled.pk}
    assert {int(pk) for pk in offered(page)["lots"]} == there


def test_work_is_offered_by_what_the_lot_is_and_never_what_a_ledger_writes(as_minh: Client, lot: Lot) -> None:
    told = offered(as_minh.get(FIELD).content.decode())

    usual = told["usual"][told["lots"][str(lot.pk)]]
    assert {"harvested", "packed"} <= set(usual)
    assert "spawned" not in usual
    kinds = [kind for kind, _ in told["kinds"]]
    assert "spawned" in kinds
    assert not {"made_from", "recalled", "lifted"} & set(kinds)


def test_what_a_phone_keeps_tells_lots_and_nothing_of_the_business(
    as_minh: Client, lot: Lot, by: Actor
) -> None:
    events.record(
        lot, "harvested", occurred_on=lot.made_on, place="Nương nhà bà Mẩy", note="Sương muối", by=by
    )

    page = as_minh.get(FIELD).content.decode()

    assert lot.number in page
    for private in ("Nương nhà bà Mẩy", "Sương muối", 'class="count"'):
        assert private not in page
    assert "no-store" in as_minh.get(FIELD)["Cache-Control"]


def test_without_script_each_lot_leads_to_its_plain_form(as_minh: Client, lot: Lot) -> None:
    page = as_minh.get(FIELD).content.decode()

    assert f'href="{reverse("desk:lot_event", args=["htx-muong-hoa", lot.pk])}"' in page
    assert "Trình duyệt này không giữ việc lại được." in page
    assert "<form" not in page
    assert "data-works hidden" in page


def test_without_a_lot_it_says_what_to_do_first(as_minh: Client, muong_hoa: Any) -> None:
    page = as_minh.get(FIELD).content.decode()

    assert "Chưa có lô nào đang mở" in page
    assert 'id="outbox"' in page  # what waits of lots that are closed by now is still sent


def test_lots_and_each_open_lot_lead_to_it(as_minh: Client, lot: Lot, by: Actor) -> None:
    assert f'href="{FIELD}"' in as_minh.get(reverse("desk:lots", args=["htx-muong-hoa"])).content.decode()
    of_lot = reverse("desk:lot", args=["htx-muong-hoa", lot.pk])
    assert f'href="{FIELD}#lo-{lot.pk}"' in as_minh.get(of_lot).content.decode()

    lots.close_lot(lot, by=by)

    assert FIELD not in as_minh.get(of_lot).content.decode()


def test_the_worker_may_watch_over_the_page_and_is_outside_of_sessions(client: Client) -> None:
    answer = client.get(reverse("field_keeper"))

    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Service-Worker-Allowed"] == "/"
    assert "field-pages-1" in answer.content.decode()
    assert client.get(reverse("keeper")).content != answer.content


def test_modules_import_each_other_by_names_that_change_with_what_is_in_them(tmp_path: Any) -> None:
    storage = StaticFiles(location=tmp_path)
    names = [
        f"js/{name}.js"
        for name in ("outbox", "outbox-form", "outbox-photos", "outbox-sender", "outbox-store", "shrink")
    ]
    source = FileSystemStorage(location=str(finders.find("js/outbox.js")).removesuffix("/js/outbox.js"))
    for name in names:
        StaticFilesStorage.save(storage, name, source.open(name))

    list(storage.post_process({name: (source, name) for name in names}))

    hashed = storage.hashed_files["js/outbox.js"]
    imported = re.findall(r'from "\./([\w.-]+)"', (tmp_path / hashed).read_text())
    assert len(imported) == 3
    for name in imported:
        assert re.fullmatch(r"outbox-\w+\.[0-9a-f]{12}\.js", name)
        assert (tmp_path / "js" / name).is_file()
