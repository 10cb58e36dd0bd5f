from __future__ import annotations

import re
from typing import Any

import zxingcpp
from django.test import Client
from PIL import Image

from cooperatives import stalls
from tests.factories import recall_lot
from traceability.models import Lot


def symbol_of(page: str) -> str:
    """What a phone reads from the poster's symbol, drawn with eight dots a module."""
    side = int(re.search(r'<div class="code"><svg viewBox="0 0 (\d+)', page)[1])
    modules = Image.new("1", (side, side), 1)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", page):
        modules.putpixel((int(x), int(y)), 0)
    return zxingcpp.read_barcode(modules.convert("L").resize((side * 8, side * 8))).text


def test_a_stalls_poster_leads_to_the_stall(client: Client, lan: Any, muong_hoa: Any, by: Any) -> None:
    client.force_login(lan)
    slug = muong_hoa.stall.slug

    page = client.get(f"/quan-ly/{slug}/gian-hang/ap-phich/").content.decode()

    assert symbol_of(page) == f"http://127.0.0.1:8000/gian-hang/{slug}/"
    assert "HTX Mường Hoa" in page
    file = client.get(f"/quan-ly/{slug}/gian-hang/ap-phich/?tep=pdf")
    assert file.content[:5] == b"%PDF-"

    stalls.close_stall(muong_hoa.stall, by=by)
    assert client.get(f"/quan-ly/{slug}/gian-hang/ap-phich/").status_code == 404


def test_a_lots_poster_leads_to_the_lot_until_it_is_recalled(
    client: Client, lan: Any, lot: Lot, by: Any
) -> None:
    client.force_login(lan)
    address = f"/quan-ly/{lot.cooperative.stall.slug}/lo/{lot.pk}/ap-phich/"

    page = client.get(address).content.decode()

    assert symbol_of(page) == "http://127.0.0.1:8000/Q/2EP9TW83"
    assert "Miến dong" in page
    recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)
    assert client.get(address).status_code == 404
