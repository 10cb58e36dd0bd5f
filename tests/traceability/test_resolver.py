"""The GS1 resolver: what ``resolver_behaviour`` of the shared vectors asks, told with goods of this market."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from cooperatives.models import Paper, Stall
from marketplace.accounts.models import AuditRow
from tests import factories
from tests.factories import recall_lot
from tests.scene import photo
from tests.vectors import vectors
from traceability import lots, numbers, resolving, scans
from traceability.models import Gs1Number, Lot
from traceability.numbers import NumberRefused

GTIN, GLN = "08938500000010", "8938500000027"
GOODS = f"/01/{GTIN}"
LOT = f"{GOODS}/10/261105-01"
VOC = "https://gs1.org/voc/"


@pytest.fixture
def gtin(lot: Lot, by: Any) -> Gs1Number:
    return numbers.register(
        lot.cooperative, "gtin", "893850000001-0", product=lot.product, upload=photo(), by=by
    )


def kinds(answer: Any) -> dict[str, int]:
    [about] = answer.json()["linkset"]
    return {name.removeprefix(VOC): len(links) for name, links in about.items() if name != "anchor"}


def test_a_lots_link_is_the_page_of_the_lot(client: Client, gtin: Gs1Number) -> None:
    answer = client.get(LOT)
    same = client.get("/Q/2EP9TW83").content.decode().replace("đã quét 2 lần", "đã quét 1 lần")

    assert answer.status_code == 200
    assert answer.content.decode() == same
    assert not answer.cookies
    assert '?linkType=linkset>; rel="linkset"' in answer["Link"]
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_packets_link_is_the_page_of_the_packet(client: Client, gtin: Gs1Number, lot: Lot, by: Any) -> None:
    [packet] = factories.unit_codes(lot, 1, by=by)

    for path in (f"{LOT}/21/{packet.code}", f"{GOODS}/21/{packet.code.lower()}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Mã riêng của một gói" in answer.content.decode()
    assert client.get(f"{GOODS}/10/KHAC/21/{packet.code}").status_code == 404


def test_the_link_of_goods_leads_to_their_page_and_passes_on_what_was_asked(
    client: Client, gtin: Gs1Number, lot: Lot
) -> None:
    answer = client.get(f"{GOODS}?utm_source=tem", headers={"host": "testserver"})
    assert answer.status_code == 307
    assert answer["Location"] == f"/san-pham/{lot.product.slug}/?utm_source=tem"


@pytest.mark.parametrize("asked", ["gs1:pip", "GS1:PIP", "https://gs1.org/voc/pip"])
@pytest.mark.parametrize("name", ["linkType", "linktype"])
def test_a_link_type_leads_to_its_page(
    client: Client, gtin: Gs1Number, lot: Lot, asked: str, name: str
) -> None:
    answer = client.get(LOT, {name: asked})
    assert answer.status_code == 307
    assert answer["Location"].startswith(f"/san-pham/{lot.product.slug}/?{name}=")


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("vi,en;q=0.8", ""),
        ("en-GB,en;q=0.9,vi;q=0.1", "?lang=en"),
        ("en-US;q=0.5, vi;q=0.6", ""),
        ("fr-BE,fr;q=0.7", ""),
        ("vi;q=0, en", "?lang=en"),
        ("en;q=rubbish", ""),
        ("", ""),
    ],
)
def test_the_language_is_the_visitors(client: Client, gtin: Gs1Number, accepts: str, language: str) -> None:
    answer = client.get(f"{LOT}?linkType=gs1:traceability", headers={"accept-language": accepts})
    assert answer.status_code == 307
    assert answer["Location"].startswith(f"/Q/2EP9TW83{language}{'&' if language else '?'}linkType=")
    assert "Accept-Language" in answer["Vary"]


def test_several_links_of_one_type_are_shown_to_choose_from(client: Client, gtin: Gs1Number) -> None:
    answer = client.get(f"{LOT}?linkType=gs1:certificationInfo")
    assert answer.status_code == 300
    assert kinds(answer) == {"certificationInfo": 2}


@pytest.mark.parametrize("asked", ["gs1:safetyInfo", "x", "gs1:"])
def test_a_type_that_is_not_there_is_404(client: Client, gtin: Gs1Number, asked: str) -> None:
    assert client.get(LOT, {"linkType": asked}).status_code == 404


def test_a_linkset_tells_every_link(client: Client, gtin: Gs1Number) -> None:
    whole = {
        **dict.fromkeys(("traceability", "recallStatus", "pip", "hasRetailers"), 2),
        "certificationInfo": 4,
        "epcis": 1,
    }
    for answer, media in [
        (client.get(f"{LOT}?linkType=linkset"), "application/linkset+json"),
        (client.get(f"{LOT}?linkType=all"), "application/linkset+json"),
        (client.get(LOT, headers={"accept": "application/linkset+json"}), "application/linkset+json"),
        (client.get(LOT, headers={"accept": "application/json"}), "application/json"),
    ]:
        assert answer.status_code == 200
        assert answer["Content-Type"] == media
        assert kinds(answer) == whole
        [about] = answer.json()["linkset"]
        assert about["anchor"].endswith(LOT)
        assert {tuple(link.get("hreflang", [])) for link in about[f"{VOC}pip"]} == {("vi",), ("en",)}
        assert all(
            link["href"].startswith("http") and link["title"] for name in whole for link in about[VOC + name]
        )


@pytest.mark.parametrize(
    "path",
    [
        f"{GOODS}/badrequest",
        "/01/08938500000011",
        "/01/8938500000010",
        f"{LOT}/",
        f"{GOODS}/21/7K3M9QX2/10/L1",
        f"{GOODS}?10=261105-01",
        f"{GOODS}?17=261301",
        f"{GOODS}/10/%00",
        f"{GOODS}/10/L%C3%B4",
        f"{GOODS}/10/{'A' * 21}",
        "/414/8938500000028",
    ],
)
def test_a_link_that_is_not_right_is_400_with_a_sentence(client: Client, gtin: Gs1Number, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert "Đường dẫn trên tem không đúng" in answer.content.decode()
    program = client.get(path, headers={"accept": "application/json"})
    assert program.status_code == 400
    assert program.json()["text"]


def test_a_slash_inside_a_lot_does_not_part_it(client: Client, gtin: Gs1Number, lot: Lot, by: Any) -> None:
    lots.open_lot(lot.cooperative, lot.product, made_on=lot.made_on, number="A/1", by=by)
    answer = client.get(f"{GOODS}/10/A/1", RAW_URI=f"{GOODS}/10/A%2F1?linkType=gs1:recallStatus")
    assert answer.status_code == 200
    assert "Lô A/1" in answer.content.decode()


def test_unknown_and_hidden_look_alike(client: Client, gtin: Gs1Number, lot: Lot, by: Any) -> None:
    Stall.objects.filter(cooperative=lot.cooperative).update(status="closed")
    hidden = client.get(GOODS)
    unknown = client.get("/01/08938500000034")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.content.decode().replace(GTIN, "") == unknown.content.decode().replace("08938500000034", "")
    for path in (
        f"{GOODS}/10/KHONG-CO",
        f"{GOODS}/21/0000000000000",
        "/8004/0950600013430000001",
        "/253/8938500000027",
    ):
        assert client.get(path).status_code == 404


def test_head_options_and_nothing_else(client: Client, gtin: Gs1Number) -> None:
    assert client.head(LOT).status_code == 200
    assert client.head(LOT).content == b""
    asked = client.options(LOT)
    assert (asked.status_code, asked["Allow"]) == (200, "GET, HEAD, OPTIONS")
    assert client.post(LOT).status_code == 405


def test_the_resolver_describes_itself(client: Client, db: Any) -> None:
    told = client.get("/.well-known/gs1resolver").json()
    assert told["supportedPrimaryKeys"] == ["01", "414"]
    assert told["resolverRoot"].startswith("http")


def test_a_place_leads_to_its_stall(client: Client, lot: Lot, by: Any) -> None:
    numbers.register(lot.cooperative, "gln", GLN, upload=photo(), by=by)
    answer = client.get(f"/414/{GLN}")
    assert answer.status_code == 307
    assert answer["Location"].endswith(f"/{lot.cooperative.stall.slug}/")


def test_a_recalled_lot_sells_nothing(client: Client, gtin: Gs1Number, lot: Lot, by: Any) -> None:
    recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)
    assert kinds(client.get(f"{LOT}?linkType=all")) == {
        "traceability": 2, "recallStatus": 2, "certificationInfo": 2, "epcis": 1,
    }  # fmt: skip


def test_a_photo_or_a_hand_scanner_may_say_a_gs1_link(gtin: Gs1Number, settings: Any) -> None:
    settings.MARKET_URL = "https://cho.vn"
    for said in (f"https://cho.vn{LOT}", f"HTTPS://CHO.VN{LOT}?17=271105", f"]Q1https://cho.vn{LOT}"):
        assert scans.code_in(said) == "2EP9TW83"
    for said in (
        f"https://khac.vn{LOT}",
        f"https://cho.vn{GOODS}",
        f"https://cho.vn{LOT}/",
        "https://cho.vn/01/1",
    ):
        assert scans.code_in(said) is None


# --- the rows of others -------------------------------------------------------------------------------------------
ROWS = {row["request"]: row["expect"] for row in vectors("digital_link.json")["resolver_behaviour"]}
SOME = "GET /01/09506000134376"
# How each row is asked here: its path and headers with goods of this market. What decision 021 answers otherwise
# says so with the status that is ours.
ASKED: dict[str, tuple[str, dict[str, str], int | None]] = {
    SOME: (GOODS, {}, None),
    f"{SOME}/21/HELLOWORLD": (f"{GOODS}/21/{{packet}}", {}, 200),  # the page itself, without a way round
    f"{SOME}/10/LOT01": (LOT, {}, 200),
    f"{SOME}/10/LOT01?compress=true": (f"{LOT}?compress=true", {}, 200),  # compressed links are not offered
    "GET /ARFKk4XB0CDKWcnpq": ("/ARFKk4XB0CDKWcnpq", {}, 404),
    f"{SOME} with Accept: application/linkset+json (or application/json)": (
        GOODS, {"accept": "application/linkset+json"}, None,
    ),
    "GET /01/09506000134352?linktype=gs1:pip, Accept-Language: vi": (
        f"{GOODS}?linktype=gs1:pip", {"accept-language": "vi"}, None,
    ),
    "GET ...?linktype=gs1:registerProduct, Accept-Language: en-GB,en;q=0.9,en-US;q=0.8,en-IE;q=0.7": (
        f"{LOT}?linktype=gs1:recallStatus", {"accept-language": "en-GB,en;q=0.9,en-US;q=0.8,en-IE;q=0.7"}, None,
    ),
    "same, Accept-Language: en,en-US;q=0.8,en-IE;q=0.7": (
        f"{LOT}?linktype=gs1:recallStatus", {"accept-language": "en,en-US;q=0.8,en-IE;q=0.7"}, None,
    ),
    "same, Accept-Language: en-US,en;q=0.9,en-GB;q=0.8,en-IE;q=0.7": (
        f"{LOT}?linktype=gs1:recallStatus", {"accept-language": "en-US,en;q=0.9,en-GB;q=0.8,en-IE;q=0.7"}, None,
    ),
    "same, Accept-Language: en-IE;q=0.9,en;q=0.8,en-GB;q=0.7,en-US;q=0.6": (
        f"{LOT}?linktype=gs1:recallStatus", {"accept-language": "en-IE;q=0.9,en;q=0.8,en-GB;q=0.7"}, None,
    ),
    "same, Accept-Language: fr-BE,fr-FR;q=0.8,fr;q=0.7": (
        f"{LOT}?linktype=gs1:recallStatus", {"accept-language": "fr-BE,fr-FR;q=0.8,fr;q=0.7"}, None,
    ),
    f"{SOME}/badrequest": (f"{GOODS}/badrequest", {}, None),
    f"{SOME}?linktype=gs1:safetyInfo": (f"{GOODS}?linktype=gs1:safetyInfo", {}, None),
    f"{SOME}/10/LOT01?linktype=gs1:certificationInfo": (f"{LOT}?linktype=gs1:certificationInfo", {}, None),
    "GET /8004/0950600013430000001": ("/8004/0950600013430000001", {}, 404),  # nobody registers assets here
    "GET /8004/095060001343999999": ("/8004/095060001343999999", {}, 404),
    "GET /.well-known/gs1resolver": ("/.well-known/gs1resolver", {}, None),
    "OPTIONS on an item": (LOT, {}, None),
    "HEAD on an item": (LOT, {}, None),
    "any 307": (f"{GOODS}?utm_source=tem", {}, None),
}  # fmt: skip


def test_every_row_of_others_is_asked() -> None:
    assert list(ASKED) == list(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_the_resolver_answers_as_others_do(
    client: Client, gtin: Gs1Number, lot: Lot, by: Any, row: str
) -> None:
    expected, (path, headers, ours) = ROWS[row], ASKED[row]
    if "{packet}" in path:
        [packet] = factories.unit_codes(lot, 1, by=by)
        path = path.format(packet=packet.code)
    method, headers_named = row.split(" ")[0], {"host": "testserver", **headers}

    if method == "HEAD":
        answer, whole = client.head(path, headers=headers_named), client.get(path, headers=headers_named)
        assert answer.content == b""
        assert {**answer.headers, "ETag": ""} == {**whole.headers, "ETag": ""}
        return
    ask = client.options if method == "OPTIONS" else client.get
    answer = ask(path, headers=headers_named)
    if "allow" in expected:
        assert answer["Allow"] == expected["allow"]
        return
    assert answer.status_code == (ours or expected.get("status", 307))
    if answer.status_code == 307:
        where = answer["Location"]
        assert where.startswith("/")  # one of this market's pages, never what a request names
        assert path.partition("?")[2] in where
        assert "linkType=linkset" in answer["Link"]
        if "Accept-Language: en" in row or "register=en" in str(expected):
            assert "lang=en" in where
        elif headers:
            assert "lang=en" not in where
    if answer.status_code == 300:
        assert kinds(answer) == {"certificationInfo": 2}


def test_the_language_chosen_on_the_page_goes_before_the_browsers(client: Client, gtin: Gs1Number) -> None:
    for chosen, language in (("?lang=vi", "vi"), ("?lang=en", "en"), ("?lang=fr", "en"), ("", "en")):
        answer = client.get(f"{GOODS}/badrequest{chosen}", headers={"accept-language": "en"})
        assert answer["Content-Language"] == language


# --- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("gtin", "08938500000011", "number"),
        ("gtin", "893850000", "number"),
        ("gtin", "2000000000008", "number"),
        ("gtin", "0000000000000", "number"),
        ("gtin", "9521234543213", "number"),
        ("gtin", "", "number"),
        ("gln", "08938500000010", "number"),
        ("gln", "٨٩٣٨٥٠٠٠٠٠٠٢٧", "number"),
        ("sscc", "089385000000000126", "kind"),
    ],
)
def test_a_number_gs1_never_gave_is_refused(lot: Lot, by: Any, kind: str, typed: str, field: str) -> None:
    with pytest.raises(NumberRefused) as refused:
        numbers.register(lot.cooperative, kind, typed, product=lot.product, upload=photo(), by=by)
    assert refused.value.field == field
    assert not Gs1Number.objects.exists()
    assert not Paper.objects.exists()


def test_a_number_comes_with_its_paper_and_its_goods(lot: Lot, by: Any) -> None:
    for missing in ({"upload": None}, {"product": None}):
        asked: Any = {"product": lot.product, "upload": photo(), **missing}
        with pytest.raises(NumberRefused):
            numbers.register(lot.cooperative, "gtin", GTIN, by=by, **asked)
    assert not Gs1Number.objects.exists()


def test_a_number_has_one_holder(gtin: Gs1Number, lot: Lot, by: Any) -> None:
    assert gtin.number == GTIN
    again = numbers.register(lot.cooperative, "gtin", GTIN, product=lot.product, upload=photo(), by=by)
    assert again == gtin
    other = factories.make_product(factories.make_cooperative("HTX Khác"))
    with pytest.raises(NumberRefused):
        numbers.register(other.cooperative, "gtin", GTIN, product=other, upload=photo(), by=by)
    with pytest.raises(NumberRefused) as second:
        numbers.register(
            lot.cooperative, "gtin", "08938500000034", product=lot.product, upload=photo(), by=by
        )
    assert second.value.field == "product"
    assert Gs1Number.objects.get() == gtin


def test_a_number_given_up_leads_nowhere(client: Client, gtin: Gs1Number, by: Any) -> None:
    numbers.retire(gtin, by=by)
    numbers.retire(gtin, by=by)
    assert client.get(LOT).status_code == 404
    assert AuditRow.objects.filter(verb="gs1.retire").count() == 1


def test_a_lot_with_letters_unknown_to_gs1_has_no_link(lot: Lot) -> None:
    assert resolving.link_of(lot, GTIN).at("https://cho.vn") == f"https://cho.vn{LOT}"  # type: ignore[union-attr]
    lot.number = "Lô Tết"
    assert resolving.link_of(lot, GTIN) is None


def test_the_director_registers_at_the_desk(client: Client, lot: Lot, lan: Any) -> None:
    client.force_login(lan)
    slug = lot.cooperative.stall.slug
    sent = {"kind": "gtin", "number": "893850000001 0", "product": lot.product_id}
    wrong = client.post(f"/quan-ly/{slug}/lo/chuan-gs1/them/", {**sent, "paper": photo(), "number": "123"})
    assert wrong.status_code == 422
    assert client.post(f"/quan-ly/{slug}/lo/chuan-gs1/them/", {**sent, "paper": photo()}).status_code == 302
    assert GTIN in client.get(f"/quan-ly/{slug}/lo/chuan-gs1/").content.decode()


def test_a_scan_of_the_expired_says_so(client: Client, gtin: Gs1Number, lot: Lot) -> None:
    Lot.objects.filter(pk=lot.pk).update(expires_on=dt.date(2026, 11, 20))
    assert "hết hạn" in client.get(LOT).content.decode()
