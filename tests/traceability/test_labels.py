from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.test import Client
from PIL import Image

from marketplace.accounts.models import AuditRow
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import new_code
from marketplace.foundation.models import Outbox
from tests.factories import recall_lot
from tests.scene import photo
from traceability import codes, labels, numbers, prints
from traceability.labels import LabelsRefused, Offset
from traceability.models import LabelPrint, Lot

QR = zxingcpp.BarcodeFormat.QRCode


def drawn(made: LabelPrint) -> LabelPrint:
    """The print after its job has run."""
    prints.draw(Outbox(payload={"print": made.pk}))
    made.refresh_from_db()
    return made


@pytest.fixture
def rasterise(tmp_path: Path) -> Any:
    """Turn a PDF into pages as a 203 dpi label printer would."""
    if shutil.which("pdftoppm") is None:
        if os.environ.get("CI"):
            pytest.fail("needs pdftoppm (apt install poppler-utils)")
        pytest.skip("needs pdftoppm (apt install poppler-utils)")

    def pages(pdf: bytes) -> list[Image.Image]:
        source = tmp_path / "tem.pdf"
        source.write_bytes(pdf)
        subprocess.run(
            ["pdftoppm", "-r", "203", "-gray", "-png", str(source), str(tmp_path / "tem")], check=True
        )
        return [Image.open(page) for page in sorted(tmp_path.glob("tem*.png"))]

    return pages


@pytest.mark.parametrize("layout", list(labels.LAYOUTS))
@pytest.mark.parametrize("market", ["http://127.0.0.1:8000", "https://chophien.lienminhhtx.thainguyen.vn"])
def test_every_symbol_of_a_sheet_reads_back(
    lot: Lot, layout: str, market: str, rasterise: Any, settings: Any
) -> None:
    settings.MARKET_URL = market
    per_sheet = labels.LAYOUTS[layout].per_sheet
    made = [new_code(13) for _n in range(per_sheet + 2)]

    pages = rasterise(labels.sheet_pdf(made, lot=lot, layout=layout, offset=Offset(0.5, -0.5)))

    read = [[symbol.text for symbol in zxingcpp.read_barcodes(page, formats=QR)] for page in pages]
    whole, rest = divmod(len(made), per_sheet)
    assert [len(texts) for texts in read] == [per_sheet] * whole + [rest] * (rest > 0)
    assert sorted(text for texts in read for text in texts) == sorted(map(labels.printed_text, made))


def test_the_lots_own_code_repeats_on_every_label(lot: Lot, by: Any, rasterise: Any) -> None:
    made = drawn(prints.ask_for_lot(lot, 30, layout="24", by=by))

    pages = rasterise(made.file.read())

    texts = [symbol.text for page in pages for symbol in zxingcpp.read_barcodes(page, formats=QR)]
    assert texts == ["http://127.0.0.1:8000/Q/2EP9TW83"] * 30
    assert (made.status, made.done, made.by_label) == ("ready", 30, "Lan")
    told = AuditRow.objects.get(verb="lot.labels")
    assert (told.by_label, told.detail.values["count"], told.detail.values["kind"]) == ("Lan", 30, "lot")


def test_goods_with_a_gtin_carry_its_digital_link_and_it_leads_to_the_packet(
    lot: Lot, by: Any, rasterise: Any, client: Client
) -> None:
    numbers.register(
        lot.cooperative, "gtin", "08938500000010", product=lot.product, upload=photo((30, 30)), by=by
    )
    run = codes.issue_unit_codes(lot, 2, by=by)
    made = drawn(prints.ask_for_run(run, layout="50x30", by=by))
    codes.activate_run(run, by=by)

    texts = [zxingcpp.read_barcode(page, formats=QR).text for page in rasterise(made.file.read())]

    link = "/01/08938500000010/10/261105-01/21/"
    assert texts == [f"http://127.0.0.1:8000{link}{code}" for code in codes.in_use(run)]
    assert (
        "Mã riêng của một gói" in client.get(texts[0].removeprefix("http://127.0.0.1:8000")).content.decode()
    )


def test_a_run_is_printed_once_and_again_only_with_a_reason(lot: Lot, by: Any, minh: Any) -> None:
    run = codes.issue_unit_codes(lot, 3, by=by)
    first = prints.ask_for_run(run, layout="65", by=by)
    assert prints.ask_for_run(run, layout="65", by=by) == first  # pressed twice
    drawn(first)

    for again in (by, Actor.of(minh)):
        with pytest.raises(LabelsRefused) as refused:
            prints.ask_for_run(run, layout="65", by=again)
        assert refused.value.field == "reason"
    second = prints.ask_for_run(run, layout="65", reason="Kẹt giấy", by=Actor.of(minh))

    assert [(one.by_label, one.reason) for one in lot.label_prints.order_by("pk")] == [
        ("Lan", ""),
        ("Minh", "Kẹt giấy"),
    ]
    assert drawn(second).count == 3


def test_a_print_that_cannot_be_proved_fails_and_may_be_asked_for_anew(
    lot: Lot, by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = codes.issue_unit_codes(lot, 1, by=by)
    good = labels.matrix
    with monkeypatch.context() as broken:
        broken.setattr(labels, "matrix", lambda code, sheet: good(code + "X", sheet))
        made = drawn(prints.ask_for_run(run, layout="24", by=by))
    assert (made.status, bool(made.file)) == ("failed", False)
    assert "không đọc lại được" in made.problem
    assert drawn(prints.ask_for_run(run, layout="24", by=by)).status == "ready"


def test_a_recalled_lot_is_not_printed(lot: Lot, by: Any) -> None:
    asked = prints.ask_for_lot(lot, 1, layout="24", by=by)
    recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)

    assert drawn(asked).status == "failed"
    with pytest.raises(LabelsRefused):
        prints.ask_for_lot(lot, 1, layout="24", by=by)


def test_the_words_of_a_label_are_vietnamese_text(lot: Lot, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (apt install poppler-utils)")
    (tmp_path / "tem.pdf").write_bytes(labels.sheet_pdf(["2EP9TW83"], lot=lot, layout="24"))

    said = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "tem.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout

    said = re.sub(r"\s+", " ", said)
    for word in (
        "Miến dong",
        "Lô 261105-01 · 500 g",
        "NSX 05/11/2026",
        "HSD 05/11/2027",
        "HTX Mường Hoa",
        "Xã Thượng Minh, Thái Nguyên",
        "2EP9-TW83",
    ):
        assert word in said


def test_the_host_is_printed_in_capitals_and_the_scheme_is_not(settings: Any) -> None:
    settings.MARKET_URL = "https://chophien.vn"
    assert labels.printed_text("2EP9TW83") == "https://CHOPHIEN.VN/Q/2EP9TW83"


@pytest.mark.parametrize("name", ["", "Chè " * 80, "\u202e🍵 Chè 🍵", "Nguyễn" * 60])
def test_any_name_fits_on_a_label(lot: Lot, name: str) -> None:
    lot.product.title = name
    for layout in labels.LAYOUTS:
        assert labels.sheet_pdf(["2EP9TW83"], lot=lot, layout=layout).startswith(b"%PDF-")
