"""Three sample papers, marked as samples."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import math
from collections.abc import Iterable

from PIL import Image, ImageDraw

from .brush import CHAM, DO, INK, NGO, S, Sheet, paste_clear, rgb, slab, typeface
from .packets import brocade

MARK = "MẪU – DỮ LIỆU DEMO"
BLANK = "…" * 16


def ruled(
    s: Sheet, rows: Iterable[tuple[str, str]], x: float, y: float, w: float, pitch: float, size: float
) -> None:
    """Lines of `what: value` over dotted rules."""
    draw = ImageDraw.Draw(s.im)
    for i, (what, value) in enumerate(rows):
        yy = (y + i * pitch) * S
        draw.text(
            (x * S, yy), what, font=typeface("regular", round(size * S)), fill=(*rgb("#4a4d5a"), 255),
            anchor="ls")
        draw.text(
            ((x + w) * S, yy), value, font=typeface("bold", round(size * S)), fill=(*rgb(INK), 255),
            anchor="rs")
        s.line([(x, yy / S + 7), (x + w, yy / S + 7)], "#cfc6b4", 1)


def paper(w: float, h: float, title: str, under: str, *, ornate: bool) -> Sheet:
    s = Sheet(w, h)
    s.flat(slab(0, 0, w, h), "#fffdf6" if ornate else "#fdfdfb")
    if ornate:
        for inset, c, t in ((20, NGO, 6), (30, CHAM, 2)):
            for box in (
                (inset, inset, w - 2 * inset, t), (inset, h - inset - t, w - 2 * inset, t),
                (inset, inset, t, h - 2 * inset), (w - inset - t, inset, t, h - 2 * inset)
            ):
                s.flat(slab(*box), c)
        s.im.alpha_composite(brocade(w - 90, 20), (45 * S, 44 * S))
        s.im.alpha_composite(brocade(w - 90, 20), (45 * S, round(h - 64) * S))
    s.write("TÀI LIỆU MẪU DÙNG ĐỂ MINH HOẠ", w / 2, 96 if ornate else 52, 17, "#595d6b", font="regular")
    s.write(title, w / 2, 158 if ornate else 108, 40 if ornate else 31, DO if ornate else CHAM, font="serif")
    s.write(under, w / 2, 206 if ornate else 148, 18, "#595d6b", font="regular")
    return s


def stamped(s: Sheet) -> Image.Image:
    """Lay the mark across the paper from corner to corner."""
    w, h = s.w, s.h
    angle = math.degrees(math.atan2(h, w))
    size = 0.72 * math.hypot(w, h) / (typeface("bold", 100).getlength(MARK) / 100)
    strip = Sheet(math.hypot(w, h), size * 1.6)
    strip.write(MARK, strip.w / 2, strip.h / 2, size, DO)
    mark = strip.im.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    mark.putalpha(mark.getchannel("A").point([round(v * 0.34) for v in range(256)]))
    paste_clear(s.im, mark, round(w * S - mark.width) // 2, round(h * S - mark.height) // 2)
    return s.im.convert("RGB").resize((round(w), round(h)), Image.Resampling.LANCZOS)


def papers() -> dict[str, Image.Image]:
    """Three papers a stall may be asked for; plainly not real: no arms, no names, a mark across each."""
    certificate = paper(
        1123, 794, "GIẤY CHỨNG NHẬN SẢN PHẨM OCOP", "Chương trình Mỗi xã một sản phẩm", ornate=True)
    star = [
        (0.5 + (0.5 if i % 2 == 0 else 0.21) * math.sin(i * math.pi / 5),
            0.5 - (0.5 if i % 2 == 0 else 0.21) * math.cos(i * math.pi / 5))
        for i in range(10)]
    for i in range(4):
        certificate.clay([(452 + i * 57 + x * 46, 236 + y * 46) for x, y in star], NGO, soft=4)
    rows = [
        ("Sản phẩm", "Sản phẩm mẫu"), ("Chủ thể", "Hợp tác xã mẫu"), ("Địa chỉ", "Xã mẫu, tỉnh mẫu"),
        ("Xếp hạng", "4 sao"), ("Quyết định số", "00/QĐ-MẪU"), ("Ngày cấp", "01/01/2026"),
        ("Có giá trị đến", "01/01/2029")]
    ruled(certificate, rows, 220, 338, 683, 42, 20)
    certificate.write("Nơi cấp (mẫu)", 760, 648, 18, "#4a4d5a", font="regular")
    certificate.write(BLANK, 760, 690, 16, "#9a917f", font="regular")

    report = paper(794, 1123, "PHIẾU KẾT QUẢ THỬ NGHIỆM", "Số: 0000/MẪU · Ngày 01/01/2026", ornate=False)
    ruled(
        report,
        [("Tên mẫu", "Sản phẩm mẫu"), ("Số lô", "LÔ-MẪU-01"), ("Nơi gửi mẫu", "Hợp tác xã mẫu"),
            ("Ngày nhận mẫu", "01/01/2026")],
        70, 206, 654, 38, 18)
    columns = (70, 120, 372, 520, 628, 724)
    table = [
        ("TT", "Chỉ tiêu", "Phương pháp", "Kết quả", "Giới hạn"),
        ("1", "Độ ẩm (%)", "PP mẫu 01", "0,0", "0,0"), ("2", "Tro tổng số (%)", "PP mẫu 02", "0,0", "0,0"),
        ("3", "Tổng số vi sinh vật", "PP mẫu 03", "0", "0"), ("4", "E. coli", "PP mẫu 04", "0", "0"),
        ("5", "Nấm men, nấm mốc", "PP mẫu 05", "0", "0"), ("6", "Chì (mg/kg)", "PP mẫu 06", "0,0", "0,0"),
        ("7", "Cadimi (mg/kg)", "PP mẫu 07", "0,0", "0,0")]
    draw = ImageDraw.Draw(report.im)
    for r, cells in enumerate(table):
        y = 392 + r * 48
        if r == 0:
            report.flat(slab(70, y, 654, 48), "#eceef8")
        for c, cell in enumerate(cells):
            draw.text(
                ((columns[c] + 10) * S, (y + 24) * S), cell,
                font=typeface("bold" if r == 0 else "regular", 17 * S), fill=(*rgb(INK), 255), anchor="lm")
    for r in range(len(table) + 1):
        report.line([(70, 392 + r * 48), (724, 392 + r * 48)], "#b9b6c4", 1.2)
    for x in columns:
        report.line([(x, 392), (x, 392 + len(table) * 48)], "#b9b6c4", 1.2)
    report.write(
        "Kết quả chỉ để minh hoạ, không có giá trị pháp lý.", 397, 836, 17, "#595d6b", font="regular")
    for x, who in ((220, "Người thử nghiệm"), (574, "Phụ trách phòng thử nghiệm")):
        report.write(who, x, 904, 18, INK)
        report.write(BLANK, x, 1010, 16, "#9a917f", font="regular")

    registration = paper(794, 1123, "GIẤY CHỨNG NHẬN ĐĂNG KÝ", "HỢP TÁC XÃ", ornate=True)
    rows = [
        ("Mã số", "0000000000"), ("Tên hợp tác xã", "Hợp tác xã mẫu"), ("Tên viết tắt", "HTX mẫu"),
        ("Địa chỉ trụ sở", "Xã mẫu, tỉnh mẫu"), ("Điện thoại", "0000 000 000"),
        ("Ngành, nghề", "Trồng trọt, chế biến nông sản"), ("Vốn điều lệ", "0 ₫"), ("Số thành viên", "00"),
        ("Người đại diện", "(để trống trong bản mẫu)"), ("Đăng ký lần đầu", "01/01/2026")]
    ruled(registration, rows, 90, 296, 614, 54, 19)
    registration.write("Nơi cấp (mẫu)", 540, 880, 18, "#4a4d5a", font="regular")
    registration.write(BLANK, 540, 980, 16, "#9a917f", font="regular")
    return {
        "ocop-certificate": stamped(certificate),
        "test-report": stamped(report),
        "registration": stamped(registration)
    }
