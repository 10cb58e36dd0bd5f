"""The rule that notices copied labels: the shared cases, and simulated forgers."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import new_code
from marketplace.foundation.transitions import IllegalMove
from tests import factories, scene
from tests.vectors import vectors
from traceability import alarms, looks, scans
from traceability.alarms import AlarmRefused, Seen, judge
from traceability.models import AlarmCase, AlarmRule, Lot, Scan

DAY_0 = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)
RULE = AlarmRule()
CASES = [case for case in vectors("alarm_cases.json")["cases"] if isinstance(case.get("scans"), list)]
SIMULATED = vectors("alarm_cases.json")["meta"]["simulated"]


def seen(row: list[Any]) -> Seen:
    day, device, place, source = row
    return Seen(DAY_0 + dt.timedelta(days=day), device, place, source == "gps")


@pytest.mark.one_database
@pytest.mark.parametrize("case", [c for c in CASES if "state" not in c], ids=lambda case: case["id"])
def test_a_history_of_scans_gets_the_level_of_the_vectors(case: dict[str, Any]) -> None:
    rows = [seen(row) for row in case["scans"]]
    assert judge(rows, RULE).level == case["level"]
    assert judge(rows[::-1], RULE) == judge(rows, RULE)


@pytest.mark.one_database
def test_another_row_of_the_table_is_another_rule() -> None:
    four = [Seen(DAY_0 + dt.timedelta(hours=n), f"d{n}", "Lào Cai", True) for n in range(4)]
    assert judge(four, RULE).level == "amber"
    assert judge(four, AlarmRule(amber_devices=5)).level == "green"
    assert judge(four, AlarmRule(red_crowd_devices=4, red_crowd_days=0)).level == "red"


PROVINCES = [f"tỉnh {n}" for n in range(32)] + ["Hà Nội", "TP Hồ Chí Minh"]


def clones(copies: int, provinces: int, chance: random.Random) -> list[Seen]:
    """Scan one copied code: one buyer in ten, over 60 days; a quarter tell their place, of the other addresses three in
    ten are wrong, nearly always a hub."""
    sold_in = chance.sample(PROVINCES[:32], provinces)
    scans = []
    for number in range(copies):
        if chance.random() >= 0.1:
            continue
        place, exact = chance.choice(sold_in), chance.random() < 0.25
        if not exact and chance.random() < 0.3:
            place = chance.choice(PROVINCES[32:] if chance.random() < 0.9 else PROVINCES)
        scans.append(Seen(DAY_0 + dt.timedelta(days=chance.random() * 60), f"d{number}", place, exact))
    return scans


@pytest.mark.one_database
@pytest.mark.parametrize("row", SIMULATED["clones"], ids=lambda row: f"{row['copies']}x{row['provinces']}")
def test_simulated_clones_are_noticed_as_often_as_stated(row: dict[str, int]) -> None:
    chance = random.Random(5)
    levels = [judge(clones(row["copies"], row["provinces"], chance), RULE).level for _n in range(150)]
    red = 100 * levels.count("red") / len(levels)
    amber = red + 100 * levels.count("amber") / len(levels)

    assert red == pytest.approx(row["red_pct"], abs=8)
    assert amber == pytest.approx(row.get("amber_pct", 100), abs=12)


# --- what is written, and the case that follows -------------------------------------------------------------------


@pytest.fixture
def unit(lot: Lot, by: Any) -> str:
    return factories.unit_codes(lot, 1, by=by)[0].code


def look(code: str, *rows: tuple[str, str]) -> None:
    """One look a row, (device, province), an hour after each other and all of late; written."""
    start = timezone.now() - dt.timedelta(hours=len(rows))
    for n, (device, place) in enumerate(rows):
        looks.count(code, Seen(start + dt.timedelta(hours=n), device, place))
    looks.drain()


SIX = [("d1", "Lào Cai"), ("d2", "Đà Nẵng"), ("d3", "Cần Thơ"), ("d4", "Huế"), ("d5", "Huế"), ("d6", "Huế")]


def test_a_copied_code_opens_one_case_and_one_letter(unit: str, lot: Lot) -> None:
    look(unit, *SIX[:4])
    case = AlarmCase.objects.get()
    assert (case.level, case.status, case.devices, case.places) == ("amber", "watched", 4, 4)
    assert not Letter.objects.exists()

    look(unit, *SIX)
    look(unit, ("d7", "Nghệ An"))
    case.refresh_from_db()
    assert (case.level, case.status, case.devices, case.places) == ("red", "open", 7, 5)
    letter = Letter.objects.get()
    assert (letter.kind, letter.mailbox) == ("label_copied", lot.cooperative.mailbox)


def test_only_looks_that_make_it_worse_touch_a_case(unit: str) -> None:
    look(unit, *SIX)
    before = AlarmCase.objects.values().get()

    with scene.statements() as told:
        look(unit, *SIX[2:])
    assert [one for one in scene.writes(told) if "alarmcase" in one] == []
    assert AlarmCase.objects.values().get() == before

    look(unit, ("d7", "Huế"))
    assert AlarmCase.objects.values_list("devices", "places").get() == (7, before["places"])


def test_one_phone_that_looks_all_day_raises_no_alarm(unit: str) -> None:
    look(unit, *[("d1", "Huế")] * 30)
    assert Scan.objects.count() == 30
    assert not AlarmCase.objects.exists()


def test_a_lots_code_and_one_that_nobody_issued_are_not_watched(lot: Lot) -> None:
    look("2EP9TW83", *SIX)
    look("4FADK06STQ77A", *SIX)
    assert not AlarmCase.objects.exists()


def test_a_lots_code_looked_at_more_than_its_packets_explain_opens_a_case_and_changes_no_page(
    client: Client, lot: Lot, quyen: Any
) -> None:
    look("2EP9TW83", *[("", "")] * 60)  # twenty packets, three looks each
    assert not AlarmCase.objects.exists()

    look("2EP9TW83", ("", ""))
    look("2EP9TW83", ("", ""), ("", ""))

    case = AlarmCase.objects.get()
    assert (case.level, case.status, case.looks, case.packets) == ("red", "open", 63, 20)
    assert [*Letter.objects.values_list("kind", "mailbox")] == [
        ("lot_scanned_often", lot.cooperative.mailbox)
    ]
    assert 'class="verdict lot"' in client.get("/Q/2EP9TW83").content.decode()
    client.force_login(quyen)
    page = client.get("/lien-minh/tem-bi-chep/2EP9TW83/").content.decode()
    assert "mã lô quét 63 lần, lô có 20 gói" in page


def test_the_table_decides(unit: str) -> None:
    AlarmRule.objects.create(amber_devices=9, amber_devices_apart=9, red_devices=9, red_far_devices=9)
    look(unit, *SIX)
    assert not AlarmCase.objects.exists()


def test_what_an_officer_found_stays(unit: str, quyen: Any, lot: Lot) -> None:
    look(unit, *SIX)
    case, officer = AlarmCase.objects.get(), Actor.of(quyen)
    with pytest.raises(AlarmRefused):
        alarms.close(case, "harmless", finding="ok", by=officer)
    alarms.close(case, "harmless", finding="Hộp mẫu bày ở hội chợ Huế.", by=officer)
    assert scans.look(unit).kind == "unit"

    look(unit, *SIX, ("d8", "Cà Mau"))
    case.refresh_from_db()
    assert case.status == "harmless"

    alarms.close(case, "copied", finding="Hộp mẫu cũng bị chép tem.", by=officer)
    assert scans.look(unit).kind == "red"
    with pytest.raises(IllegalMove):
        alarms.close(case, "harmless", finding="Nghĩ lại thì không sao.", by=officer)


def test_the_page_says_how_many_phones_looked(unit: str, client: Client) -> None:
    assert 'class="verdict unit"' in client.get(f"/Q/{unit}").content.decode()

    look(unit, *SIX[:4])
    said = client.get(f"/Q/{unit}").content.decode()
    assert 'class="verdict warn"' in said
    assert "5 máy đã quét trong một tháng, đã quét 6 lần" in said

    look(unit, *SIX)
    said = client.get(f"/Q/{unit}").content.decode()
    assert 'class="verdict bad"' in said
    assert "Tem này có thể bị chép" in said
    assert "hàng giả" not in said.split("<main")[0].lower()


def test_a_phone_is_one_device_from_its_first_look_on(unit: str, settings: Any) -> None:
    settings.SCAN_PLACE_HEADER = "X-Province"
    told = {"user-agent": "Mozilla/5.0 (Linux; Android 14)", "x-province": "Lào Cai"}
    with_cookies, without = Client(headers=told), Client(headers=told)
    first = with_cookies.get(f"/Q/{unit}")
    cookie = first.cookies["may"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert "may" not in with_cookies.get(f"/Q/{unit}").cookies
    without.get(f"/Q/{unit}")
    without.cookies.clear()
    without.get(f"/Q/{unit}")
    with_cookies.get(f"/Q/{unit}", headers={"user-agent": "Googlebot/2.1"})
    assert looks.drain() == 5

    told = Scan.objects.values_list("device", "place", "is_exact").order_by("at")
    assert [*told] == [(cookie.value, "Lào Cai", False)] * 4 + [("", "", False)]


def test_whoever_walks_through_codes_is_told_to_wait_and_real_codes_still_answer(
    client: Client, unit: str
) -> None:
    cache.clear()
    codes = [new_code(8) for _n in range(32)]
    answers = [client.get(f"/Q/{code}", REMOTE_ADDR="203.0.113.7") for code in codes]

    assert [answer.status_code for answer in answers] == [404] * 30 + [429] * 2
    assert answers[-1]["Retry-After"] == "600"
    assert len({len(answer.content) for answer in answers}) == 1
    assert client.get(f"/Q/{codes[0]}", REMOTE_ADDR="203.0.113.8").status_code == 404
    assert client.get(f"/Q/{unit}", REMOTE_ADDR="203.0.113.7").status_code == 200
