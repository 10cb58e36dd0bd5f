from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from marketplace.accounts.models import AuditRow
from traceability import codes, labels
from traceability.labels import LabelsRefused
from traceability.models import Lot, TraceCode

QR = zxingcpp.BarcodeFormat.QRCode


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


@pytest.mark.parametrize("layout", ["24", "40", "65"])
@pytest.mark.parametrize("market", ["http://127.0.0.1:8000", "https://chophien.lienminhhtx.thainguyen.vn"])
def test_every_symbol_of_a_sheet_reads_back(
    lot: Lot, by: Any, layout: str, market: str, rasterise: Any, settings: Any
) -> None:
    settings.MARKET_URL = market
    per_sheet = labels.LAYOUTS[layout].per_sheet
    made = codes.issue_unit_codes(lot, per_sheet + 2, by=by)

    pages = rasterise(labels.sheet_pdf(made, lot=lot, layout=layout, by=by))

    read = [[symbol.text for symbol in zxingcpp.read_barcodes(page, formats=QR)] for page in pages]
    assert [len(texts) for texts in read] == [per_sheet, 2]
    assert sorted(text for texts in read for text in texts) == sorted(
        labels.printed_text(code.code) for code in made
    )


def test_the_lots_own_code_repeats_on_every_label(lot: Lot, by: Any, rasterise: Any) -> None:
    code = TraceCode.objects.get()

    pages = rasterise(labels.sheet_pdf([code] * 30, lot=lot, layout="24", by=by))

    texts = [symbol.text for page in pages for symbol in zxingcpp.read_barcodes(page, formats=QR)]
    assert texts == ["http://127.0.0.1:8000/Q/2EP9TW83"] * 30
    printed = AuditRow.objects.get(verb="lot.labels")
    assert (printed.by_label, printed.detail.values["count"], printed.detail.values["kind"]) == (
        "Lan",
        30,
        "lot",
    )


def test_the_words_of_a_label_are_vietnamese_text(lot: Lot, by: Any, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (apt install poppler-utils)")
    (tmp_path / "tem.pdf").write_bytes(
        labels.sheet_pdf([TraceCode.objects.get()], lot=lot, layout="24", by=by)
    )

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
def test_any_name_fits_on_a_label(lot: Lot, by: Any, name: str) -> None:
    lot.product.title = name
    for layout in labels.LAYOUTS:
        assert labels.sheet_pdf([TraceCode.objects.get()], lot=lot, layout=layout, by=by).startswith(b"%PDF-")


@pytest.mark.parametrize(("count", "layout"), [(0, "24"), (2001, "24"), (1, "25"), (1, "")])
def test_a_sheet_that_makes_no_sense_is_refused(lot: Lot, by: Any, count: int, layout: str) -> None:
    with pytest.raises(LabelsRefused):
        labels.sheet_pdf([TraceCode.objects.get()] * count, lot=lot, layout=layout, by=by)
    assert not AuditRow.objects.filter(verb="lot.labels").exists()


def test_a_symbol_that_does_not_read_back_is_never_printed(
    lot: Lot, by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = labels._matrix
    monkeypatch.setattr(labels, "_matrix", lambda text, correction: good(text + "X", correction))
    with pytest.raises(labels.UnreadableCode):
        labels.sheet_pdf([TraceCode.objects.get()], lot=lot, by=by)
    assert not AuditRow.objects.filter(verb="lot.labels").exists()
