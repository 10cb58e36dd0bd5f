"""Requests that no page of ours would send: odd methods, headers, cookies, bodies and addresses.

``test_bad_input`` walks over the forms and their fields; here every address is asked in ways that HTTP knows and
people do not.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as market_settings
from django.core import signing
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from orders.basket import baskets
from tests import scene
from tests.scene import Scene, Visitor
from tests.test_bad_input import (
    ASKED,
    AUDIENCES,
    BYTES,
    FORMS,
    URLENCODED,
    WRONG,
    Heard,
    Sender,
    forms_of,
    has_a_sentence,
    heard,
)
from tests.test_permissions import GET, ROWS, audience

__all__ = ["heard"]  # a fixture

IN_ADDRESS = [
    "huge",
    "NUL",
    "NFD",
    "words",
    "thirty digits",
    "minus",
    "emoji and RTL",
    "superscript",
    "markup",
]


def person_of(which: str) -> str:
    return {"desk": "lan", "review": "quyen", "account": "nobody"}.get(which, "ha")


def addresses(which: str, market: Scene, *methods: str) -> Iterator[tuple[str, str]]:
    """Each address of an audience once, with its name; only those of ``methods`` when there are any."""
    rows = [row for row in ROWS if audience(row.name) == which and (not methods or row.method in methods)]
    return (
        (row.name, row.url(row.args(market.own))) for row in {row.name: row for row in rows[::-1]}.values()
    )


# --- methods ----------------------------------------------------------------------------------------------
METHODS = ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"]


@pytest.mark.parametrize("which", AUDIENCES)
def test_an_odd_method_writes_nothing_and_is_refused_with_a_sentence(
    which: str, market: Scene, visitors: dict[str, Visitor]
) -> None:
    visitor, wrong = visitors[person_of(which)], []
    for name, url in addresses(which, market):
        plain = visitor.ask("GET", url)
        if plain.status_code >= 400 and not has_a_sentence(plain):
            wrong.append(f"GET {name}: {plain.status_code} without a word")
        for method in METHODS:
            with scene.statements() as told:
                answer = visitor.ask(method, url)
            expected = {plain.status_code} if method == "HEAD" else {200, 302, 403, 404, 405, 422}
            if answer.status_code not in expected:
                wrong.append(f"{method} {name}: {answer.status_code}")
            if method != "HEAD" and answer.status_code >= 400 and not has_a_sentence(answer):
                wrong.append(f"{method} {name}: {answer.status_code} without a word")
            wrong += [f"{method} {name} wrote: {sql[:90]}" for sql in scene.writes(told)]
    assert "\n".join(wrong) == ""


def test_the_address_of_a_button_says_so_when_it_is_opened_by_hand(client: Client, db: None) -> None:
    """The page of a refused basket stands at such an address; whoever loads it again comes this way."""
    answer = client.get("/gio-hang/them/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Trang này không mở thẳng được" in answer.content.decode()
    assert 'href="/"' in answer.content.decode()
    assert "Cannot be opened directly" in client.get("/en/gio-hang/them/").content.decode()


# --- headers ----------------------------------------------------------------------------------------------
LONG = "x" * 20_000
HEADERS: list[dict[str, str]] = [
    {"Accept-Language": "xx-" + "y-" * 300 + ";q=nan, *;q=1e400, vi;q=", "Accept": ";;;,,,*/*;q=x"},
    {"Accept-Language": LONG, "Referer": f"https://{LONG}/", "User-Agent": LONG},
    {"Accept-Language": "\x00, en\x00", "Referer": "http://[::1", "User-Agent": "\x00\xff"},
    {"X-Forwarded-For": "'; DROP TABLE x; --, " + LONG, "X-Real-IP": "nonsense", "Forwarded": "for=\x00"},
    {"X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "xau.vn", "X-Forwarded-Port": "x", "Origin": "null"},
    {"Range": "bytes=9-1,-,0-0,99999999999999999999-", "If-Range": "x", "Accept-Encoding": "br;q=x, \xff"},
    {
        "If-Modified-Since": "Thứ Bảy".encode().decode("latin-1"),
        "If-None-Match": '"' + LONG,
        "If-Match": "*,,",
    },
    {"If-Unmodified-Since": "99999999999999999999", "Cache-Control": "\x00", "Authorization": "Basic =====x"},
    {"HX-Request": "true", "HX-Current-URL": "http://[%ff", "HX-Target": "\x00", "HX-Trigger": "<script>"},
    {
        "HX-Request": "true",
        "HX-Current-URL": "x",
        "HX-Current-URL-URI-AutoEncoded": "true",
        "HX-Boosted": "no",
    },
    {"X-Requested-With": "XMLHttpRequest", "Content-Type": "\x00/;;=", "Content-Encoding": "gzip"},
    {
        "Content-Length": "-1",
        "Transfer-Encoding": "chunked, nonsense",
        "Expect": "200-maybe",
        "Cookie": "=;=;;",
    },
]


@pytest.mark.parametrize("which", AUDIENCES)
def test_nonsense_in_headers_is_no_500(
    which: str, market: Scene, visitors: dict[str, Visitor], settings: Any
) -> None:
    """Each page is asked with three of the dozen in turn, home with all; behind one proxy, as on a real server."""
    settings.PROXIES = 1
    visitor, turn, wrong = visitors[person_of(which)], cycle(HEADERS), []
    for name, url in addresses(which, market, GET):
        for headers in HEADERS if name == "shop:home" else [next(turn) for _ in range(3)]:
            answer = visitor.ask("GET", url, headers=headers)
            if answer.status_code not in (200, 206, 302, 304, 400, 404, 412, 416, 422):
                wrong.append(f"{name} {str(headers)[:80]}: {answer.status_code}")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize(
    "host", ["xau.vn", "xau vn", "127.0.0.1:x", "[::1", "a" * 300, "\x00", "127.0.0.1@xau.vn"]
)
def test_a_host_that_is_not_ours_is_refused_in_our_words(client: Client, db: None, host: str) -> None:
    said = {"/": "Chợ chưa đọc được điều vừa gửi", "/en/": "The market could not read what was sent"}
    for url, words in said.items():
        with scene.quiet():
            answer = client.get(url, headers={"host": host})

        assert (url, answer.status_code) == (url, 400)
        assert words in answer.content.decode()
        assert host not in answer.content.decode()


# --- cookies ----------------------------------------------------------------------------------------------
COOKIES = [baskets.COOKIE, "sessionid", "messages", "django_language", "csrftoken", "chua-ai-biet"]


def as_sent(text: str) -> str:
    """The text as a server hands it on: its bytes, each a letter."""
    return text.encode().decode("latin-1")


def signed(value: Any) -> str:
    return signing.dumps(value, salt="basket")


@pytest.mark.parametrize("cookie", COOKIES)
def test_nonsense_in_a_cookie_is_as_if_it_were_not_there(
    cookie: str, market: Scene, visitors: dict[str, Visitor]
) -> None:
    visitor = visitors["nobody"]
    good = market.own.order("placed") and visitor.cookies[baskets.COOKIE].value
    bomb = "." + base64.urlsafe_b64encode(zlib.compress(b"[" * 200_000)).decode().rstrip("=")
    values = [
        "",
        "x",
        "9" * 30,
        "a:b:c",
        "\x01\x02",
        "%00",
        "ÿ",
        "x" * 5000,
        "../../etc/passwd",
        "en\x00",
        as_sent("🌾"),
    ]
    values += [good, good[::-1], good + "x", good.replace(":", "::"), f"{bomb}:1abc:x"]
    values += [signed(value) for value in ({}, [1], "x", None, True, 1.5, -1, "\x00")]
    kept = visitor.cookies
    for value in values:
        visitor.cookies = Client().cookies
        visitor.cookies[cookie] = value
        for url in ("/", "/gio-hang/", "/dat-hang/", "/toi/", f"/Q/{market.own.code}"):
            answer = visitor.ask("GET", url)
            assert (value[:40], url, answer.status_code in (200, 302)) == (value[:40], url, True)
        body = {"product": market.own.product.pk, "quantity": "1"}
        assert (value[:40], visitor.ask("POST", "/gio-hang/them/", body).status_code) == (value[:40], 302)
    visitor.cookies = kept


@pytest.mark.parametrize(
    "header", ["=", ";;;", "a" * 9000, "sessionid", 'gio="', "gio=\x00", "ÿ=ÿ; =x", "a=b=c; a"]
)
def test_a_broken_cookie_header_is_no_500(header: str, market: Scene) -> None:
    client = Client(raise_request_exception=False)

    answers = [
        client.get(url, headers={"Cookie": header}).status_code for url in ("/", "/gio-hang/", "/toi/")
    ]

    assert answers == [200, 200, 302]


# Behind a label's code: nobody is signed in there, so no other site could do anything in somebody's name.
WITHOUT_SESSION = ("trace_confirm", "trace_report")


@pytest.mark.parametrize("token", ["", "x", "a" * 64, "\x00" * 32, "ớ" * 64, "9" * 100_000])
def test_a_form_without_its_token_is_refused_with_a_way_back(token: str, market: Scene) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    wrong = []
    with scene.quiet():
        for form in FORMS:
            if form.person == "nobody" and form.name not in WITHOUT_SESSION:
                url, body = reverse(form.name, kwargs=form.args(market.own)), form.right(market.own)
                before = scene.rows()
                client.cookies["csrftoken"] = as_sent(token[:1000])
                answer = client.post(url, {**body, "csrfmiddlewaretoken": f"{token}y"})
                if (answer.status_code, has_a_sentence(answer), scene.rows()) != (403, True, before):
                    wrong.append(f"{form.name}: {answer.status_code}")
    assert "\n".join(wrong) == ""


# --- bodies -----------------------------------------------------------------------------------------------
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
BODIES: list[tuple[str, bytes, str]] = [
    ("no UTF-8", b"\xff\xfe=\xed\xa0\x80", URLENCODED),
    ("bad percents", b"a=%zz&login=%&%=%", URLENCODED),
    ("other letters", b"login=1", f"{URLENCODED}; charset=utf-16"),
    ("JSON", b'{"login": 1, "a": [{}]}', "application/json"),
    ("broken JSON", b'{"login": ', "application/json"),
    ("XML", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "text/xml"),
    ("no kind", b"login=1", ""),
    ("multipart without boundary", b"x", "multipart/form-data"),
    ("multipart with a long boundary", b"x", "multipart/form-data; boundary=" + "x" * 300),
    ("half a part", b"--x\r\nContent-Disposition: form-data", MULTIPART),
    ("part without end", PART % (b"login", b"", b"1"), MULTIPART),
    ("part without name", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", MULTIPART),
    ("part of bytes", PART % (b"\xff\x00", b"", b"\xff\xfe\x00") + b"--x--\r\n", MULTIPART),
    ("file without name", PART % (b"photo", b'; filename=""', b"1") + b"--x--\r\n", MULTIPART),
    ("bad base64", PART.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n") % (b"a", b"", b"@")
     + b"--x--\r\n", MULTIPART),
    ("too many fields", b"&".join(b"f%d=1" % n for n in range(3000)), URLENCODED),
    ("too many files", b"".join(PART % (b"f", b'; filename="a.jpg"', b"1") for _ in range(150)) + b"--x--\r\n",
     MULTIPART),
]  # fmt: skip


@pytest.mark.parametrize("which", AUDIENCES)
def test_a_broken_body_ends_in_a_sentence(which: str, market: Scene, visitors: dict[str, Visitor]) -> None:
    wrong = []
    for form in {form.name: form for form in forms_of(which)}.values():
        sender = Sender(form, market, visitors)
        for what, body, kind in BODIES:
            sender.send(what, body, content_type=kind)
        wrong += sender.wrong
    assert "\n".join(wrong) == ""


def test_letters_that_nobody_knows_are_read_as_ours(visitors: dict[str, Visitor]) -> None:
    client, kind = visitors["nobody"].client, f"{URLENCODED}; charset=khong-co"

    answer = client.generic("POST", reverse("account_login"), b"login=1", kind)

    assert answer.status_code == 422


@pytest.mark.parametrize("kind", [URLENCODED, MULTIPART])
def test_a_body_that_is_too_heavy_is_refused_in_our_words(visitors: dict[str, Visitor], kind: str) -> None:
    heavy = b"x" * (market_settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    body = b"login=" + heavy if kind == URLENCODED else PART % (b"login", b"", heavy) + b"--x--\r\n"

    answer = visitors["nobody"].ask("POST", reverse("account_login"), body, content_type=kind)

    assert answer.status_code == 400
    assert "Chợ chưa đọc được điều vừa gửi" in answer.content.decode()


def test_a_file_that_is_too_heavy_is_refused_beside_its_field(
    visitors: dict[str, Visitor], settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 2 * 1024**2
    heavy = SimpleUploadedFile("anh.jpg", scene.photo().read() + b"\0" * 2 * 1024**2, "image/jpeg")

    answer = visitors["nobody"].ask("POST", "/quet/", {"photo": heavy})

    assert answer.status_code == 422
    assert "Tệp nặng quá (3 MB). Nhiều nhất 2 MB." in answer.content.decode()


# --- addresses --------------------------------------------------------------------------------------------
def behind_the_question_mark(names: set[str]) -> Iterator[str]:
    """Everything wrong in all names at once, and each of ``names`` wrong alone."""
    for what in IN_ADDRESS:
        yield urlencode(dict.fromkeys(ASKED, WRONG[what][:3000]))
    yield "&".join(f"{name}={BYTES.decode()}" for name in ASKED)
    yield "&".join(f"{name}[]=1&{name}=1&{name}=2" for name in ASKED)
    yield from ("&&&=&?%", "page=2&trang=99999&page=3")
    ways = cycle(IN_ADDRESS)
    for name in sorted(names):
        for _time in range(3):
            yield urlencode({name: WRONG[next(ways)][:3000]})


@pytest.mark.parametrize("which", AUDIENCES)
def test_nonsense_behind_the_question_mark_is_no_500(
    which: str, market: Scene, visitors: dict[str, Visitor], heard: Heard
) -> None:
    visitor, wrong = visitors[person_of(which)], []
    for name, url in addresses(which, market, GET):
        heard.clear()
        visitor.ask("GET", url)
        for query in behind_the_question_mark(set(heard.address)):
            answer = visitor.ask("GET", f"{url}?{query}")
            if answer.status_code not in (200, 302, 400, 404, 422):
                wrong.append(f"{answer.status_code} {url}?{query[:80]}")
            elif answer.status_code >= 400 and not has_a_sentence(answer):
                wrong.append(f"{answer.status_code} without a word: {url}?{query[:80]}")
        unknown = {one for one in heard.address if one.isidentifier()} - set(ASKED)
        if unknown:
            wrong.append(f"{name} reads {sorted(unknown)}, which ASKED does not have")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("which", AUDIENCES)
def test_nonsense_inside_an_address_is_a_404(which: str, market: Scene, visitors: dict[str, Visitor]) -> None:
    person = {"desk": "lan", "review": "quyen"}.get(which, "ha")
    wrong = []
    for row in (row for row in ROWS if audience(row.name) == which):
        args = row.args(market.own)
        right = row.url(args)
        cache.clear()  # who asks for thirty codes that are nobody's is told to wait
        for name in set(args) - {"path", "key"}:
            mark = {int: 7070707, UUID: UUID("00000000-0000-0000-0000-000007070707")}
            marked = row.url({**args, name: mark.get(type(args[name]), "7070707")})
            assert "7070707" in marked, right
            for bad in (
                "%00",
                "%ff",
                "%ed%a0%80",
                "9" * 30,
                "1" * 19,
                "-1",
                "x" * 3000,
                "%F0%9F%8C%BE",
                "²",
                "a%0Ab",
            ):
                visitor = visitors[person]
                status = visitor.ask(row.method, marked.replace("7070707", bad)).status_code
                # A Digital Link that is none is told so by its standard.
                as_said = (
                    200 if row.name.startswith("account_") else 400 if row.name == "digital_link" else 404
                )
                if status not in (302, 404, as_said):
                    wrong.append(f"{status} {row.method} {row.name} {name}={bad[:20]}")
    assert "\n".join(wrong) == ""


def test_next_never_leads_away(visitors: dict[str, Visitor]) -> None:
    right = {"login": "0912000001", "password": "cho-phien-2026"}
    for away in (
        "//xau.vn/",
        "https://xau.vn/",
        "javascript:alert(1)",
        "/\\xau.vn",
        "\x00//xau.vn",
        "///xau.vn",
    ):
        response = visitors["nobody"].ask("POST", "/tai-khoan/dang-nhap/", {**right, "next": away})
        assert (away, response.status_code) == (away, 302)
        assert "xau.vn" not in response["Location"]
        assert not response["Location"].startswith("javascript")
