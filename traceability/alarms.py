"""Copies of a label give themselves away by where they are scanned: the rule, and the case it opens.

The rule is a function of what was seen; its numbers stand in a table (``AlarmRule``). It notices copying late, only
when people scan, and hardly ever when all copies stay in one province: no page may promise more.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Max, Min, OuterRef, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from . import notices
from .models import AlarmCase, AlarmRule, LotShare, Scan, ScanDay, TraceCode
from .statuses import ALARM_MOVES, AlarmLevel, AlarmStatus, CodeKind

_ORDER = [AlarmLevel.GREEN, AlarmLevel.AMBER, AlarmLevel.RED]


class Seen(NamedTuple):
    """One look at a packet's code: when, by which device, and in which province, when that is known."""

    at: dt.datetime
    device: str
    place: str = ""
    is_exact: bool = False


@dataclass(frozen=True)
class Alarm:
    """The worst that any one window says: its level, and how many devices and places were in that window."""

    level: AlarmLevel
    devices: int
    places: int


class AlarmRefused(Refusal):
    """A case may not be closed that way."""

    code = "alarm_refused"


def judge(seen: Iterable[Seen], rule: AlarmRule) -> Alarm:
    """Return what ``rule`` says of all that was seen of one code, in any order.

    Every window that ends with a look counts, so what was once alarming stays so. A province that was guessed from
    the address does not count when it is a hub of the networks.
    """
    window: deque[Seen] = deque()
    devices: Counter[str] = Counter()
    places: Counter[str] = Counter()
    worst = Alarm(AlarmLevel.GREEN, 0, 0)
    for one in sorted(seen):
        window.append(one)
        devices[one.device] += 1
        places.update(_place(one, rule))
        while one.at - window[0].at > dt.timedelta(days=rule.window_days):
            gone = window.popleft()
            _less(devices, gone.device)
            for place in _place(gone, rule):
                _less(places, place)
        level = _level(len(devices), len(places), one.at - window[0].at, rule)
        now = Alarm(level, len(devices), len(places))
        worst = max(worst, now, key=lambda alarm: (_ORDER.index(alarm.level), alarm.devices, alarm.places))
    return worst


def _place(one: Seen, rule: AlarmRule) -> list[str]:
    """The province of a look, when it says anything."""
    return [one.place] if one.place and (one.is_exact or one.place not in rule.hubs) else []


def _less(counted: Counter[str], name: str) -> None:
    counted[name] -= 1
    if not counted[name]:
        del counted[name]


def _level(devices: int, places: int, span: dt.timedelta, rule: AlarmRule) -> AlarmLevel:
    apart = devices >= rule.red_devices and places >= rule.red_places
    far = devices >= rule.red_far_devices and places >= rule.red_far_places
    crowd = devices >= rule.red_crowd_devices and (
        places >= rule.red_crowd_places or span >= dt.timedelta(days=rule.red_crowd_days)
    )
    if apart or far or crowd:
        return AlarmLevel.RED
    if devices >= rule.amber_devices or (devices >= rule.amber_devices_apart and places >= rule.amber_places):
        return AlarmLevel.AMBER
    return AlarmLevel.GREEN


def current_rule() -> AlarmRule:
    """Return the row of the table that counts today; the simulated numbers while there is none."""
    return AlarmRule.objects.filter(since__lte=timezone.now()).first() or AlarmRule()


def check(codes: Iterable[str]) -> None:
    """Open or worsen the cases of those of ``codes`` that are packets', by what was seen of them inside one window.

    Call inside the transaction that wrote the scans. Of each device only its first and last look in a place are read:
    the rule counts devices, places and days.
    """
    units = TraceCode.objects.filter(pk__in=set(codes), kind=CodeKind.UNIT)
    rule = current_rule()
    rows = (
        Scan.objects.filter(code__in=units, at__gte=timezone.now() - dt.timedelta(days=rule.window_days))
        .exclude(device="")
        .values_list("code", "device", "place", "is_exact")
        .annotate(first=Min("at"), last=Max("at"))
    )
    seen: dict[str, list[Seen]] = defaultdict(list)
    for code, device, place, is_exact, first, last in rows:
        seen[code] += [Seen(at, device, place, is_exact) for at in {first, last}]
    alarms = {code: judge(some, rule) for code, some in seen.items()}
    known = AlarmCase.objects.in_bulk(alarms)
    # A code that is looked at again and again gets no worse by most looks; only what does is locked and written.
    worse = [code for code, alarm in alarms.items() if _says_more(alarm, known.get(code))]
    for unit in units.filter(pk__in=worse).select_related("lot__cooperative__stall").order_by("pk"):
        _raise(unit, alarms[unit.pk])


def check_lots(codes: Iterable[str]) -> None:
    """Open the case of each lot's code among ``codes`` that was looked at more often than the lot's packets explain.

    Lots that never came into stock have no number of packets and are left out. As ``check``, call it inside the
    transaction that counted.
    """
    rule = current_rule()
    packets = LotShare.objects.filter(lot=OuterRef("lot"), quantity__gt=0).order_by().values("lot")
    days = ScanDay.objects.filter(code=OuterRef("pk")).order_by().values("code")
    often = (
        TraceCode.objects.filter(pk__in=set(codes), kind=CodeKind.LOT)
        .annotate(
            packets=Subquery(packets.annotate(all=Sum("quantity")).values("all")),
            looks=Subquery(days.annotate(all=Sum("count")).values("all")),
        )
        .filter(looks__gt=F("packets") * rule.lot_looks)
        .select_related("lot__cooperative__stall")
    )
    for code in often.order_by("pk"):
        numbers = {"looks": code.looks, "packets": code.packets}
        case, is_new = AlarmCase.objects.update_or_create(
            code=code,
            defaults=numbers,
            create_defaults={
                **numbers,
                "cooperative": code.lot.cooperative,
                "level": AlarmLevel.RED,
                "status": AlarmStatus.OPEN,
                "devices": 0,
                "places": 0,
            },
        )
        if is_new:
            notices.looked_at_too_often(case)


def _says_more(alarm: Alarm, case: AlarmCase | None) -> bool:
    """Whether ``_raise`` would change ``case``."""
    if case is None:
        return alarm.level != AlarmLevel.GREEN
    higher = _ORDER.index(alarm.level) - _ORDER.index(AlarmLevel(case.level))
    if higher == 0:
        is_unopened = alarm.level == AlarmLevel.RED and case.status == AlarmStatus.WATCHED
        return is_unopened or alarm.devices > case.devices or alarm.places > case.places
    return higher > 0


def _raise(code: TraceCode, alarm: Alarm) -> None:
    """Keep one case a code: made at amber, opened at red; what was found once stays found."""
    if alarm.level == AlarmLevel.GREEN:
        return
    numbers = {"devices": alarm.devices, "places": alarm.places}
    cooperative = code.lot.cooperative
    AlarmCase.objects.get_or_create(
        code=code, defaults={"cooperative": cooperative, "level": AlarmLevel.AMBER, **numbers}
    )
    case = AlarmCase.objects.select_for_update(of=("self",), no_key=True).get(pk=code.pk)
    if _ORDER.index(alarm.level) < _ORDER.index(AlarmLevel(case.level)):
        return
    case.level = alarm.level
    case.devices, case.places = max(case.devices, alarm.devices), max(case.places, alarm.places)
    case.save(update_fields=["level", "devices", "places", "changed_at"])
    if alarm.level == AlarmLevel.RED and case.status == AlarmStatus.WATCHED:
        move_alarm(case, AlarmStatus.OPEN)
        notices.copied(case)


@transaction.atomic
def close(case: AlarmCase, status: AlarmStatus, *, finding: str, by: Actor) -> AlarmCase:
    """Say what was found: the label was copied, and its page stays red, or there is no harm, and it warns no more.

    Locks the case. Raises AlarmRefused without a finding of ten letters, IllegalMove for a case that is not open.
    """
    finding = clean(finding, multiline=True)
    if len(finding) < 10:
        raise AlarmRefused(_("Hãy ghi rõ đã xem gì, thấy gì."), field="finding")
    if len(finding) > 500:
        raise AlarmRefused(_("Chỗ này dài quá."), field="finding")
    case = AlarmCase.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    move_alarm(case, status)
    case.finding = finding
    case.save(update_fields=["finding"])
    audit.record("alarm.close", case, by=by, status=str(status), finding=finding)
    return case


def move_alarm(case: AlarmCase, status: AlarmStatus) -> None:
    """Give a locked case its next status. Raises IllegalMove when the table has no such move."""
    ALARM_MOVES.check(AlarmStatus(case.status), status)
    case.status = status
    case.save(update_fields=["status", "changed_at"])
