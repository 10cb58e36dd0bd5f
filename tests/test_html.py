"""Every page in both languages, as it is and with a refused form, is valid HTML, says html-validate.

The pages come out of Django's test client and lie in one folder; html-validate reads them all at once. Its rules are
in ``tools/web/htmlvalidate.json``: all it recommends, and those for whole documents. Left out on purpose:

- ``require-sri``: every script and style is our own, from our own host;
- ``no-redundant-role``: Safari forgets that a list without bullets is a list unless told so by ``role``;
- ``no-redundant-for``: some voice software finds the words of a field by ``for`` alone;
- ``no-implicit-…``: a button sends and an input takes text unless they say otherwise, and bytes are dear;
- ``no-trailing-whitespace`` and ``tel-non-breaking``: how it is written, not what it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from marketplace.foundation import outbox
from tests import factories, scene
from tests.factories import recall_lot
from tests.pages import pages
from tests.scene import Scene, Side, Visitor
from tests.test_bad_input import FORMS, Form
from tests.test_permissions import ROWS, a_return, at_shop, audience, of, of_desk, order, stall
from traceability import codes
from traceability.models import TraceCode

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
RULES = TOOLS / "web" / "htmlvalidate.json"
LANGUAGES = ["vi", "en"]

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


# --- what is validated ------------------------------------------------------------------------------------
@dataclass
class Shelf:
    """The pages that were fetched: one file each, with what it shows."""

    folder: Path
    told: dict[str, str] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def keep(self, page: str, label: str) -> None:
        file = self.folder / f"{len(self.told):04}.html"
        file.write_text(page, encoding="utf-8")
        self.told[str(file)] = label

    def take(self, response: HttpResponse, status: int, name: str, language: str, more: str = "") -> None:
        """Keep an answer if it is a page; what should have been another answer is a fault."""
        label = f"{name} {language} {more}".strip()
        if response.status_code != status:
            self.wrong.append(f"{label}: expected {status}, got {response.status_code}")
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            self.keep(response.content.decode(), label)
            if status in (200, 422):
                self.seen.add((name, language))


def validate(shelf: Shelf) -> list[str]:
    """What html-validate says, a line for each fault, the same fault on many pages once."""
    sys.path.insert(0, str(TOOLS))
    import node

    try:
        program = node.command("html-validate")
    except node.Missing as why:
        if os.environ.get("CI"):
            pytest.fail(str(why))
        pytest.skip(str(why))
    told = shelf.folder.with_suffix(".json")  # a pipe would lose what does not fit into it
    done = subprocess.run(
        [*program, "--config", str(RULES), "--formatter", f"json={told}", str(shelf.folder)],
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.stderr == ""
    found: dict[str, list[str]] = {}
    for file in json.loads(told.read_text(encoding="utf-8")):
        for fault in file["messages"]:
            line = f"{fault['ruleId']}: {fault['message']} ({fault.get('selector') or ''})"
            found.setdefault(line, []).append(f"{shelf.told[file['filePath']]}, line {fault['line']}")
    assert bool(found) == bool(done.returncode)
    return [f"{line}\n    {len(places)} × {'; '.join(places[:3])}" for line, places in sorted(found.items())]


# --- the market -------------------------------------------------------------------------------------------
@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "pages"
    folder.mkdir()
    return Shelf(folder)


Args = Callable[[Side], dict[str, Any]]
# Who looks at a row of the table that answers them 200: pages differ by these.
READERS = ("nobody", "lan", "minh", "quyen")
STEPS = ("anh", "ten", "loai", "gia", "kho", "noi", "nhan", "xong")


def product(status: str, **more: str) -> Args:
    return of_desk(
        pk=lambda side: side.goods[status].pk, **{k: lambda _side, v=v: v for k, v in more.items()}
    )


def purchase(state: str) -> Args:
    return of(token=lambda side: side.token(state))


def nothing(_side: Side) -> dict[str, Any]:
    return {}


# The same address looks different: state, or what stands behind the question mark.
STATES: list[tuple[str, str, Args, str]] = [
    *(("desk:order", who, order(state), "")
      for state in (*scene.STEPS, "placed", "cancelled", "waiting", "claimed", "received") for who in ("lan", "minh")),
    *(("shop:purchase", "nobody", purchase(state), "")
      for state in ("placed", "shipped", "delivered", "cancelled", "waiting", "claimed", "received")),
    ("desk:cases", "lan", stall, "?loc=khieu-nai"),
    ("desk:ratings", "lan", stall, "?loc=cho"),
    ("review:ratings", "quyen", nothing, "?xem=an"),
    *(("shop:return_case", "nobody", at_shop(state), "") for state in ("agreed", "disputed")),
    *(("desk:return_case", "lan", a_return(state), "") for state in ("agreed", "disputed")),
    *(("desk:product", "lan", product(status), "")
      for status in ("submitted", "changes_requested", "approved", "refused", "suspended")),
    *(("desk:product_step", "lan", product(status, step=step), "")
      for status in ("draft", "changes_requested") for step in STEPS),
    *(("desk:product_step", "lan", product("approved", step=step), "") for step in ("anh", "ten", "noi", "nhan")),
    ("shop:products", "nobody", nothing, "?sao=4"),
    ("shop:products", "nobody", nothing, "?sap-xep=gia&tinh=Th%C3%A1i+Nguy%C3%AAn"),
    ("shop:search", "nobody", nothing, "?q=mien+dong"),
    ("shop:search", "nobody", nothing, "?q=khong-co-gi-het"),
    ("shop:search", "nobody", nothing, "?q=%3Cb%3E%22'%26"),
    ("shop:basket", "lan", nothing, ""),
    ("trace", "nobody", of(code=lambda side: side.unit_codes[0]), ""),
    ("desk:lot_event", "lan", of_desk(pk=lambda side: side.lot.pk), "?sua={event}"),
    ("desk:certificate", "lan", product("suspended"), ""),
    ("review:application", "quyen", of(pk=lambda side: side.application.pk), ""),
]  # fmt: skip


# --- the walk ---------------------------------------------------------------------------------------------
def test_every_page_is_valid_html_in_both_languages(
    market: Scene, visitors: dict[str, Visitor], settings: Any, shelf: Shelf
) -> None:
    side = market.own
    _the_table(side, visitors, shelf)
    _states(side, visitors, shelf)
    _refused_forms(side, visitors, shelf)
    _empty_places(market, shelf)
    _problems(visitors, settings, shelf)
    _a_new_password(shelf)
    _labels_that_warn(market, visitors, shelf)

    assert not shelf.wrong, "\n".join(shelf.wrong)
    shown = {name for name, _ in shelf.seen}
    assert sorted(shown - pages()) == []
    for language in LANGUAGES:
        assert sorted(pages() - {name for name, spoken in shelf.seen if spoken == language}) == []
    faults = "\n".join(validate(shelf))
    assert not faults, faults


def _address(name: str, language: str, args: dict[str, Any]) -> str:
    with translation.override(language):
        url = reverse(name, kwargs=args)
    return (
        f"{url}?lang=en" if name in ("trace", "digital_link") and language == "en" else url
    )  # outside of languages


def _fetch(
    visitor: Visitor, language: str, name: str, args: dict[str, Any], query: str = "", body: Any = None
) -> HttpResponse:
    return visitor.ask("GET" if body is None else "POST", _address(name, language, args) + query, body)


def _the_table(side: Side, visitors: dict[str, Visitor], shelf: Shelf) -> None:
    """Whatever the table of permissions opens to one of each kind of reader; a shut door is a page, too."""
    for row in ROWS:
        if row.method != "GET" or audience(row.name) == "admin":
            continue
        codes_ = row.codes()
        who = [person for person in READERS if codes_[person] == "200"] or ["ha"]
        who += [person for person in READERS if codes_[person] == "403"]
        for person in who if audience(row.name) != "roots" else who[:1]:
            for language in LANGUAGES:
                response = _fetch(visitors[person], language, row.name, row.args(side))
                shelf.take(response, int(codes_[person]), row.name, language, person)


def _states(side: Side, visitors: dict[str, Visitor], shelf: Shelf) -> None:
    for name, person, args, query in STATES:
        for language in LANGUAGES:
            query = query.format(event=side.event.pk) if "{" in query else query
            response = _fetch(visitors[person], language, name, args(side), query)
            shelf.take(response, 200, name, language, f"{person} {args(side)} {query}")


def _refused_forms(side: Side, visitors: dict[str, Visitor], shelf: Shelf) -> None:
    """Nothing sent, and markup in every field."""
    for form in (form for form in FORMS if not form.bare):
        for language in LANGUAGES:
            for what, body in _wrong_bodies(form, side):
                response = _fetch(visitors[form.person], language, form.name, form.args(side), body=body)
                if response.status_code == 422:
                    shelf.take(response, 422, form.name, language, what)
    # Its one field may stay empty and takes any word: only a reason that is too long is refused.
    cancel = {"token": side.token("placed"), "number": side.order("placed").number}
    for language in LANGUAGES:
        response = _fetch(
            visitors["nobody"], language, "shop:purchase_cancel", cancel, body={"reason": "x" * 301}
        )
        shelf.take(response, 422, "shop:purchase_cancel", language, "too long")


def _wrong_bodies(form: Form, side: Side) -> list[tuple[str, dict[str, Any]]]:
    right = form.body(side)
    return [
        ("empty", {**dict.fromkeys(right, ""), **form.button}),
        ("markup", {**dict.fromkeys(right, "<b class='x'>\"&"), **form.button}),
    ]


def _empty_places(market: Scene, shelf: Shelf) -> None:
    """A cooperative on its first day, and a guest with an empty basket."""
    factories.make_member(factories.make_cooperative("HTX Mới", "htx-moi"), market.people["lan"])
    member, guest, at = Client(), Client(), {"slug": "htx-moi"}
    member.force_login(market.people["lan"])
    desk = (
        "today",
        "orders",
        "inbox",
        "stall",
        "lots",
        "lot_add",
        "products",
        "product_add",
        "bank",
        "members",
    )
    for language in LANGUAGES:
        looks = [(member, f"desk:{name}", at) for name in desk]
        for client, name, args in [*looks, (guest, "shop:stall", at), (guest, "shop:basket", {})]:
            shelf.take(client.get(_address(name, language, args)), 200, name, language, "empty")


def _problems(visitors: dict[str, Visitor], settings: Any, shelf: Shelf) -> None:
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 1
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    nobody, careful = visitors["nobody"], Client(enforce_csrf_checks=True)
    wrong, letter = {"login": "0912000004", "password": "sai-mat-khau"}, {"email": "khong-ai@vidu.vn"}
    assert _fetch(nobody, "vi", "account_reset_password", {}, body=letter).status_code == 302
    for language in LANGUAGES:
        unknown = _address("shop:scan", language, {}) + "khong-co/"
        shelf.take(nobody.ask("GET", unknown), 404, "shop:scan", language, "unknown address")
        refused = careful.post(_address("shop:order_lookup", language, {}), {"phone": "1"})
        shelf.take(refused, 403, "shop:order_lookup", language, "without a token")
        refused = _fetch(nobody, language, "account_login", {}, body=wrong)
        shelf.take(refused, 429, "account_login", language, "locked")
        refused = _fetch(nobody, language, "account_reset_password", {}, body=letter)
        shelf.take(refused, 429, "account_reset_password", language, "too often")
        with translation.override(language):
            for template in ("500.html", "503.html"):
                shelf.keep(render_to_string(template), f"{template} {language}")
    settings.AXES_ENABLED, settings.ACCOUNT_RATE_LIMITS = False, {}


def _a_new_password(shelf: Shelf) -> None:
    name = "account_reset_password_from_key"
    factories.make_user("Mơ", "0912777001", email="mo@vidu.vn")
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "mo@vidu.vn"})
    outbox.drain()
    address = next(word for word in mail.outbox[-1].body.split() if "mat-khau-moi" in word)
    form = client.get(address, follow=True).resolver_match.kwargs
    for language in LANGUAGES:
        address = _address(name, language, form)
        shelf.take(client.get(address), 200, name, language, "form")
        shelf.take(client.post(address, {"password1": ""}), 422, name, language, "refused")


def _labels_that_warn(market: Scene, visitors: dict[str, Visitor], shelf: Shelf) -> None:
    """A code out of use, a lot that was recalled, and one nobody knows. Last: there is no way back."""
    side = market.own
    codes.revoke(TraceCode.objects.get(code=side.unit_codes[2]), by=side.director)
    for language in LANGUAGES:
        for code, status in ((side.unit_codes[2], 200), ("4HYJE1B2", 404)):
            response = _fetch(visitors["nobody"], language, "trace", {"code": code})
            shelf.take(response, status, "trace", language, code)
    recall_lot(side.lot, reason="Kiểm nghiệm thấy dư lượng.", by=side.director)
    lot = {"slug": side.slug, "pk": side.lot.pk}
    for language in LANGUAGES:
        response = _fetch(visitors["nobody"], language, "trace", {"code": side.code})
        shelf.take(response, 200, "trace", language, "recalled")
        response = _fetch(visitors["lan"], language, "desk:lot", lot)
        shelf.take(response, 200, "desk:lot", language, "recalled")


def test_html_validate_finds_a_fault_where_there_is_one(shelf: Shelf) -> None:
    page = '<html lang="vi"><head><title>x</title></head><body><p id="a" id="a">x<div></div></body></html>'
    shelf.keep(f"<!doctype html>{page}", "broken")

    assert {line.split(":")[0] for line in validate(shelf)} >= {"no-dup-attr"}
