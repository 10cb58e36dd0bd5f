"""SMS through any gateway that takes an HTTP call: the settings say how it looks, no code is written for one.

``SMS_URL``, ``SMS_HEADERS`` and ``SMS_BODY`` are texts with ``{phone}``, ``{text}`` and ``{key}`` in them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.conf import settings

from marketplace.foundation.calls import call
from marketplace.foundation.outbox import GiveUp
from marketplace.foundation.text import unmarked

from .senders import Sender

HOLE = re.compile(r"\{(phone|text|key)\}")
SECONDS = 15

# What one SMS may be written in without becoming half as long (GSM 03.38); the second line counts double.
_GSM = frozenset("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà")
_GSM_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_GSM_DOUBLE = frozenset("^{}\\[~]|€")
_PLAINER = str.maketrans({"₫": "d", "\N{NO-BREAK SPACE}": " ", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-",
                          "—": "-", "…": "...", "·": "-", "×": "x"})  # fmt: skip


class HttpSender(Sender):
    """Calls the gateway of the settings. The same letter carries the same ``{key}`` at every attempt."""

    def send(self, channel: str, to: str, text: str, key: str) -> None:
        """Hand one text to the gateway; nothing happens for a landline, which has no SMS.

        Raises GiveUp when the gateway says that it never will (a 4xx), ConnectionError when it did not take the text
        now, OSError when it is away.
        """
        if to.startswith("02"):
            return
        values = {
            "phone": written(to),
            "text": fit(text),
            "key": hashlib.sha256(f"{channel}:{key}".encode()).hexdigest()[:32],
        }
        headers = json.loads(settings.SMS_HEADERS or "{}")
        kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
        answer = call(
            settings.SMS_METHOD.upper(),
            _filled(settings.SMS_URL, values, _in_address),
            headers={name: _filled(value, values, str) for name, value in headers.items()},
            body=_filled(settings.SMS_BODY, values, _writing_of(kind)).encode(),
            seconds=SECONDS,
        )
        said = answer.body.decode("utf-8", "replace")
        if answer.is_good and re.search(settings.SMS_OK, said):
            return
        problem = f"the gateway answered {answer.status}: {_without_secrets(said, values)}"
        raise GiveUp(problem) if answer.is_final else ConnectionError(problem)


def written(phone: str) -> str:
    """Return a stored number as the gateway wants it, by ``SMS_PHONE``: ``0``, ``84`` or ``+84`` in front."""
    return settings.SMS_PHONE + phone.removeprefix("0")


def fit(text: str) -> str:
    """Return ``text`` in at most ``SMS_PARTS`` SMS; the address in its last line stays whole, words before are cut.

    Without marks (``SMS_MARKS=no``) 160 letters fit into one SMS, with them 70: Vietnamese letters are not in the
    alphabet of the GSM networks, so the whole text is sent in another one.
    """
    if settings.SMS_MARKS:
        size, single, part = _utf16, 70, 67
    else:
        text = "".join(letter if _is_gsm(letter) else "?" for letter in unmarked(text.translate(_PLAINER)))
        size, single, part = _gsm, 160, 153
    room = single if settings.SMS_PARTS == 1 else part * settings.SMS_PARTS
    if size(text) <= room:
        return text
    words, _line, address = text.rpartition("\n")
    tail = "..." + (f"\n{address}" if words else "")
    words = words or text
    while words and size(words + tail) > room:
        words = words[:-1]
    return words.rstrip() + tail


def _is_gsm(letter: str) -> bool:
    return letter in _GSM_LETTERS or letter in _GSM or letter in _GSM_DOUBLE


def _gsm(text: str) -> int:
    return len(text) + sum(letter in _GSM_DOUBLE for letter in text)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _filled(template: str, values: dict[str, str], write: Callable[[str], str]) -> str:
    # One pass: what stands in a value is never read as a hole itself.
    return HOLE.sub(lambda hole: write(values[hole[1]]), template)


def _in_address(value: str) -> str:
    return quote(value, safe="")


def _writing_of(content_type: str) -> Callable[[str], str]:
    """How a value is written into a body of this type so that it stays a value."""
    if "json" in content_type:
        return lambda value: json.dumps(value)[1:-1]
    if "form" in content_type:
        return _in_address
    return escape if "xml" in content_type else str


def _without_secrets(said: str, values: dict[str, str]) -> str:
    """The beginning of an answer for the log, without anything of ours that the gateway repeats."""
    # SECURITY: keys stand in any of the three templates, so every longer word of them counts as one.
    ours = re.findall(
        r"[^\s\"'&=<>:,;{}]{6,}", f"{settings.SMS_URL} {settings.SMS_HEADERS} {settings.SMS_BODY}"
    )
    for word in [*values.values(), *sorted(ours, key=len, reverse=True)]:
        said = said.replace(word, "…")
    return " ".join(said.split())[:200]
