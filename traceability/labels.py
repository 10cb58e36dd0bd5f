"""Labels to print, on sheets of A4 or from a roll: every sheet is read back before it leaves the house."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import qrcode
import zxingcpp
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from marketplace.foundation.codes import pretty
from marketplace.foundation.refusals import Refusal

from .codes import UNIT_LENGTH
from .models import Lot
from .resolving import link_of

FONTS = Path(__file__).resolve().parent / "fonts"
PLAIN, BOLD = "LabelPlain", "LabelBold"
MOST_LABELS = 2000  # drawn and read back in some twenty seconds; a worker is given sixty
FARTHEST = 5  # mm that a printer may be off
QUIET = 4  # modules of white on each side, by the standard
DOT_203, DOT_300 = 0.125, 25.4 / 300  # mm a dot of the two usual label printers
FINEST = 0.33  # mm a module: finer ones are lost in print
PIN_HEIGHT = 5  # mm below the code in letters: what a scratch sticker covers
PROOF = 203  # dots an inch of the sheet that is read back: the coarsest printer in use

Matrix = list[list[bool]]


@dataclass(frozen=True)
class Layout:
    """A sheet of stickers, in mm from the top left; ``size`` of the text in points. A roll has one label a page.

    ``symbol`` is the room for the code with its quiet zone, at the left of the words; on a label of ``words`` False
    it stands above its code in letters and nothing else.
    """

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    gap: float
    symbol: float
    padding: float
    size: float
    page: tuple[float, float] = (210, 297)
    words: bool = True

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows

    @property
    def correction(self) -> int:
        """Q where there is room, for labels handled outdoors; M where only a small symbol fits."""
        return int(ERROR_CORRECT_Q if self.symbol >= 18 else ERROR_CORRECT_M)


@dataclass(frozen=True)
class Offset:
    """How far the printer is to be corrected, in mm: to the right, and down."""

    right: float = 0
    down: float = 0


LAYOUTS = {
    "24": Layout(3, 8, 70, 37, 0, 0.5, 0, 30, 3, 7.2),
    "40": Layout(4, 10, 52.5, 29.7, 0, 0, 0, 23.2, 2.5, 5.8),
    "65": Layout(5, 13, 38.1, 21.2, 4.75, 10.7, 2.5, 18.6, 0.8, 4.9),
    "50x30": Layout(1, 1, 50, 30, 0, 0, 0, 23.2, 1.5, 5.8, page=(50, 30)),
    "15x15": Layout(1, 1, 15, 15, 0, 0, 0, 13.9, 0.15, 3, page=(15, 15), words=False),
}


class LabelsRefused(Refusal):
    """Such a sheet cannot be printed."""

    code = "labels_refused"


class UnreadableCode(RuntimeError):
    """A drawn symbol did not read back as its own text; nothing was printed. A bug, never the user's fault."""


def check_asked(count: int, layout: str, offset: Offset) -> None:
    """Raise LabelsRefused for none or more than 2,000 labels, an unknown layout, or a printer too far off."""
    if layout not in LAYOUTS:
        raise LabelsRefused(_("Hãy chọn khổ giấy tem."), field="layout")
    if not 1 <= count <= MOST_LABELS:
        raise LabelsRefused(_("Mỗi lần in được từ 1 đến 2.000 tem."), field="count")
    for field, value in (("right", offset.right), ("down", offset.down)):
        if not -FARTHEST <= value <= FARTHEST:
            raise LabelsRefused(_("Chỉnh lệch được nhiều nhất 5 mm mỗi bên."), field=field)


def sheet_pdf(
    codes: Sequence[str],
    *,
    lot: Lot,
    layout: str = "24",
    offset: Offset = Offset(),
    pins: Mapping[str, str] = MappingProxyType({}),
    gtin: str = "",
    progress: Callable[[int], None] = lambda done: None,
) -> bytes:
    """Return a PDF of one label for each of ``codes`` (a lot code repeats), laid out for sheets of ``layout``.

    A label carries the symbol, the code in letters, product, net quantity, lot number, days, maker and place; the
    smallest only symbol and letters; ``pins`` gives the number of a code that stands below, to be covered by a scratch
    sticker. With the ``gtin`` of the goods the symbol says a GS1 Digital Link instead of ``/Q/``. Each sheet is drawn
    as a printer of 203 dpi would and every symbol on it decoded with zxing-cpp. ``progress`` hears how many labels are
    done after each sheet. Raises LabelsRefused as ``check_asked`` does, or when the market's address is too long for
    so small a label; UnreadableCode when a symbol does not read back.
    """
    check_asked(len(codes), layout, offset)
    sheet = LAYOUTS[layout]
    _register_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(sheet.page[0] * mm, sheet.page[1] * mm), pageCompression=1)
    canvas.setTitle(f"{lot.product.name} · {lot.number}")
    canvas.setAuthor(lot.cooperative.name)
    # The words are the same on every label of a lot: drawn once, placed many times. So is a repeated symbol.
    canvas.beginForm("words")
    if sheet.words:
        _draw_words(canvas, lot, sheet, has_pin=bool(pins))
    canvas.endForm()
    matrices: dict[str, Matrix] = {}  # of this sheet: memory stays flat however many sheets there are
    forms = {code for code, times in Counter(codes).items() if times > 1}
    drawn: set[str] = set()
    for start in range(0, len(codes), sheet.per_sheet):
        some = codes[start : start + sheet.per_sheet]
        texts = {code: printed_text(code, lot=lot, gtin=gtin, layout=sheet) for code in some}
        matrices = {code: matrices.get(code) or matrix(text, sheet) for code, text in texts.items()}
        verify(some, matrices, texts, sheet)
        for code in matrices.keys() & forms - drawn:
            drawn.add(code)
            canvas.beginForm(code)
            _draw_symbol(canvas, matrices[code], code, sheet)
            canvas.endForm()
        for code, (x, y) in zip(some, places(sheet), strict=False):
            canvas.saveState()
            canvas.translate((x + offset.right) * mm, (sheet.page[1] - y - sheet.height - offset.down) * mm)
            canvas.doForm("words")
            if code in forms:
                canvas.doForm(code)
            else:
                _draw_symbol(canvas, matrices[code], code, sheet, pins.get(code, ""))
            canvas.restoreState()
        canvas.showPage()
        progress(start + len(some))
    canvas.save()
    return out.getvalue()


def places(sheet: Layout) -> Iterator[tuple[float, float]]:
    """Give the top left corner of each label of a sheet, in mm, row by row."""
    for row in range(sheet.rows):
        for column in range(sheet.columns):
            yield sheet.left + column * (sheet.width + sheet.gap), sheet.top + row * sheet.height


def printed_text(code: str, *, lot: Lot | None = None, gtin: str = "", layout: Layout | None = None) -> str:
    """Return what the symbol says: this market's address of the code, or its Digital Link where goods have a ``gtin``.

    The host is printed in capitals (it means the same) because a symbol packs capitals closer than small letters;
    the scheme stays small, which old scanner apps need. A packet's link names its lot, too, but on the smallest label.
    """
    market = urlsplit(settings.MARKET_URL)
    base = f"{market.scheme}://{market.netloc.upper()}{market.path}"
    if lot is not None and gtin:
        packet = code if len(code) == UNIT_LENGTH else ""
        link = link_of(lot, gtin, packet, is_short=layout is not None and not layout.words)
        if link is not None:
            return link.at(base)
    return f"{base}/Q/{code.upper()}"


def matrix(text: str, sheet: Layout) -> Matrix:
    """Return the dark and light modules of the symbol that says ``text``, without its quiet zone."""
    symbol = qrcode.QRCode(error_correction=sheet.correction, border=QUIET)
    symbol.add_data(text, optimize=4)
    symbol.make(fit=True)
    return symbol.modules  # type: ignore[no-any-return]


def verify(
    codes: Sequence[str], matrices: dict[str, Matrix], texts: Mapping[str, str], sheet: Layout
) -> None:
    """Read every label of one sheet back as a scanner would. Raises UnreadableCode for the first that says other."""
    page = page_image(codes, matrices, sheet, PROOF)
    dots = PROOF / 25.4
    for code, (x, y) in zip(codes, places(sheet), strict=False):
        label = page.crop(
            tuple(round(at * dots) for at in (x, y, x + sheet.width, y + sheet.height))  # type: ignore[arg-type]
        )
        read = zxingcpp.read_barcode(label, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        if read is None or read.text != texts[code]:
            raise UnreadableCode(code)


def page_image(codes: Sequence[str], matrices: dict[str, Matrix], sheet: Layout, dpi: int) -> Image.Image:
    """Draw the symbols of one sheet as a printer of ``dpi`` dots an inch would, where the PDF has them."""
    dots = dpi / 25.4
    page = Image.new("L", (round(sheet.page[0] * dots), round(sheet.page[1] * dots)), 255)
    pen = ImageDraw.Draw(page)
    for code, (x, y) in zip(codes, places(sheet), strict=False):
        modules = matrices[code]
        module = module_mm(modules, sheet)
        left, top = _symbol_corner(modules, sheet)
        edges = [
            (round((x + left + n * module) * dots), round((y + top + n * module) * dots))
            for n in range(len(modules) + 1)
        ]
        for row, start, end in _runs(modules):
            box = (edges[start][0], edges[row][1], edges[end][0] - 1, edges[row + 1][1] - 1)
            pen.rectangle(box, fill=0)
    return page


def module_mm(modules: Matrix, sheet: Layout) -> float:
    """Return the size of one module: whole dots of a 203 dpi printer, else of a 300 dpi one, as far as they fit.

    Raises LabelsRefused when the symbol has so many modules that they would be finer than print can hold.
    """
    most = sheet.symbol / (len(modules) + 2 * QUIET)
    for dot, least in ((DOT_203, 3), (DOT_300, 4)):
        if (fit := int(most / dot + 1e-9)) >= least:
            return fit * dot
    if most < FINEST:
        raise LabelsRefused(
            _("Địa chỉ của chợ dài quá, tem cỡ này không đủ chỗ. Hãy chọn tem lớn hơn."), field="layout"
        )
    return FINEST


def _symbol_corner(modules: Matrix, sheet: Layout) -> tuple[float, float]:
    """Return where the first module stands, in mm from the label's top left corner."""
    module = module_mm(modules, sheet)
    whole = (len(modules) + 2 * QUIET) * module
    if not sheet.words:
        return (sheet.width - whole) / 2 + QUIET * module, QUIET * module
    return (
        sheet.padding + (sheet.symbol - whole) / 2 + QUIET * module,
        (sheet.height - whole) / 2 + QUIET * module,
    )


def _runs(modules: Matrix) -> Iterator[tuple[int, int, int]]:
    """Give (row, first column, column after the last) of every run of dark modules."""
    for row, line in enumerate(modules):
        column = 0
        while column < len(line):
            if not line[column]:
                column += 1
                continue
            start = column
            while column < len(line) and line[column]:
                column += 1
            yield row, start, column


def _draw_symbol(canvas: Canvas, modules: Matrix, code: str, sheet: Layout, pin: str = "") -> None:
    """Draw the symbol and its code in letters under the words (or under itself), in the label's own coordinates."""
    module = module_mm(modules, sheet)
    left, top = _symbol_corner(modules, sheet)
    # One path with one fill: separate rectangles would leave hairs of white between the rows.
    path = canvas.beginPath()
    for row, start, end in _runs(modules):
        path.rect(
            (left + start * module) * mm,
            (sheet.height - top - (row + 1) * module) * mm,
            (end - start) * module * mm,
            module * mm,
        )
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
    letters = pretty(code)
    if not sheet.words:
        width = (sheet.width - 2 * sheet.padding) * mm
        canvas.setFont(BOLD, _fitting(letters, BOLD, sheet.size, width))
        canvas.drawCentredString(sheet.width / 2 * mm, (sheet.padding + 0.1) * mm, letters)
        return
    x, width = _text_column(sheet)
    canvas.setFont(BOLD, _fitting(letters, BOLD, sheet.size + 0.6, width))
    canvas.drawString(x, (sheet.padding + 0.6) * mm + (PIN_HEIGHT * mm if pin else 0), letters)
    if pin:
        canvas.setFont(PLAIN, sheet.size)
        canvas.drawString(x, (sheet.padding + 0.6) * mm, f"Số cào {pin}")


def _text_column(sheet: Layout) -> tuple[float, float]:
    """Return left edge and width of the words, in points."""
    left = sheet.padding + sheet.symbol + 0.4
    return left * mm, (sheet.width - left - max(sheet.padding, 0.8)) * mm


def _draw_words(canvas: Canvas, lot: Lot, sheet: Layout, *, has_pin: bool) -> None:
    x, width = _text_column(sheet)
    leading = sheet.size * 1.26
    y = (sheet.height - sheet.padding) * mm - sheet.size
    lowest = (sheet.padding + 0.6 + PIN_HEIGHT * has_pin) * mm + (sheet.size + 0.6) * 1.3
    canvas.setFillGray(0)
    for text, font, most_lines in _words(lot):
        room = int((y - lowest) / leading) + 1 if y >= lowest else 0
        for line in _wrapped(text, font, sheet.size, width, min(most_lines, room)):
            canvas.setFont(font, sheet.size)
            canvas.drawString(x, y, line)
            y -= leading


def _words(lot: Lot) -> list[tuple[str, str, int]]:
    """Return (text, font, most lines) from the most to the least needed; what does not fit is left out.

    Always Vietnamese, as the law wants labels (Decree 37/2026 art. 42), whatever language the desk is read in.
    """
    product = lot.product
    dates = [(f"NSX {lot.made_on:%d/%m/%Y}", PLAIN, 1)]
    if lot.expires_on:
        dates.append((f"HSD {lot.expires_on:%d/%m/%Y}", PLAIN, 1))
    words = [
        (product.name, BOLD, 2),
        (" · ".join(filter(None, [f"Lô {lot.number}", product.net_quantity])), PLAIN, 2),
        *dates,
        (lot.cooperative.name, PLAIN, 2),
        (lot.cooperative.place, PLAIN, 2),
    ]
    return [row for row in words if row[0]]


def _wrapped(text: str, font: str, size: float, width: float, most: int) -> list[str]:
    """Break ``text`` into at most ``most`` lines of ``width`` points; the last one ends in … when more is left."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most:
        line = [words.pop(0)]
        while words and pdfmetrics.stringWidth(" ".join([*line, words[0]]), font, size) <= width:
            line.append(words.pop(0))
        lines.append(" ".join(line))
    if words and lines:
        lines[-1] = " ".join([lines[-1], *words])
    return [_cut(line, font, size, width) for line in lines]


def _cut(text: str, font: str, size: float, width: float) -> str:
    if pdfmetrics.stringWidth(text, font, size) <= width:
        return text
    while text and pdfmetrics.stringWidth(text + "…", font, size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _fitting(text: str, font: str, size: float, width: float) -> float:
    return min(size, size * width / pdfmetrics.stringWidth(text, font, size))


@cache
def _register_fonts() -> None:
    pdfmetrics.registerFont(TTFont(PLAIN, FONTS / "NotoSans-Regular.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, FONTS / "NotoSans-Bold.ttf"))
