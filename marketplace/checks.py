"""System checks: settings that cannot work together are named before anything runs.

``manage.py check`` and every command that serves or works runs them. E: refuses to start; W: works, but not
well.
"""

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from marketplace.accounts import push


@register("market")
def check_settings(**_: Any) -> list[CheckMessage]:
    """Return what is wrong with how the market is set up; reads settings only, no database and no network."""
    return [*_process(), *_addresses(), *_services(), *_files()]


def _process() -> Iterator[CheckMessage]:
    broker = urlsplit(settings.CELERY_BROKER_URL).scheme
    if settings.EMBEDDED:
        if broker != "memory":
            yield Error(
                "EMBEDDED is on, but BROKER_URL names a broker outside of the process.",
                hint="Leave BROKER_URL empty to run everything in one process, or set EMBEDDED=no and start "
                "gunicorn, a Celery worker, beat and `manage.py relay`.",
                id="marketplace.E002",
            )
        if settings.WEB_CONCURRENCY > 1:
            yield Error(
                "EMBEDDED is on, but WEB_CONCURRENCY asks for more than one web process.",
                hint="The jobs live in the memory of one process: set WEB_CONCURRENCY=1, or EMBEDDED=no.",
                id="marketplace.E003",
            )
        return
    try:
        secret = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's answer to an empty one
        secret = ""
    if not secret:
        yield Error(
            "EMBEDDED is off and SECRET_KEY is empty.",
            hint="Make one and keep it in .env, the same on every host: "
            'python -c "import secrets; print(secrets.token_urlsafe(50))"',
            id="marketplace.E001",
        )
    if broker == "memory":
        yield Error(
            "EMBEDDED is off, but BROKER_URL is memory://, which no other process can see.",
            hint="Set BROKER_URL=redis://host:6379/0, or EMBEDDED=yes.",
            id="marketplace.E004",
        )
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield Warning(
            "EMBEDDED is off, but the database is SQLite, where one writer holds up all others.",
            hint="Set DATABASE_URL=postgres://user:password@host:5432/market.",
            id="marketplace.W001",
        )


def _addresses() -> Iterator[CheckMessage]:
    url = urlsplit(settings.MARKET_URL)
    if url.scheme not in ("http", "https") or not url.hostname:
        yield Error(
            f"MARKET_URL is not a web address: {settings.MARKET_URL!r}.",
            hint="It stands on printed labels and in letters: MARKET_URL=https://cho.example.vn",
            id="marketplace.E005",
        )
    elif settings.HTTPS and url.scheme != "https":
        yield Error(
            "HTTPS is on, but MARKET_URL does not begin with https://.",
            hint="Labels and letters would carry an address that cookies refuse: change MARKET_URL.",
            id="marketplace.E006",
        )


def _services() -> Iterator[CheckMessage]:
    if settings.S3_BUCKET and find_spec("boto3") is None:
        yield Error(
            "S3_BUCKET is set, but the S3 library is not installed.",
            hint="Install the extra of this project: pip install -c constraints.txt '.[s3]'",
            id="marketplace.E007",
        )
    try:
        import_string(settings.SMS_SENDER)
    except ImportError:
        yield Error(
            f"SMS_SENDER cannot be imported: {settings.SMS_SENDER!r}.",
            hint="Name a class like marketplace.accounts.senders.RecordingSender.",
            id="marketplace.E008",
        )
    if settings.PUSH_PRIVATE_KEY:
        yield from _push()
    if settings.SMS_SENDER == "marketplace.accounts.sms.HttpSender":
        yield from _sms_gateway()


def _push() -> Iterator[CheckMessage]:
    try:
        push.public_key()
    except ValueError:
        yield Error(
            "PUSH_PRIVATE_KEY is no key.",
            hint="Let `manage.py make_push_key` print one, or leave it empty.",
            id="marketplace.E013",
        )
    if not settings.OPERATOR_EMAIL:
        yield Error(
            "PUSH_PRIVATE_KEY is set, but OPERATOR_EMAIL is empty.",
            hint="Push services want to know whom to write to when something is wrong.",
            id="marketplace.E014",
        )


def _sms_gateway() -> Iterator[CheckMessage]:
    url = urlsplit(settings.SMS_URL)
    if url.scheme not in ("http", "https") or not url.hostname:
        yield Error(
            "SMS go to a gateway, but SMS_URL is not a web address.",
            hint="SMS_URL=https://gateway.example.vn/send, or leave SMS_SENDER and SMS_URL empty.",
            id="marketplace.E010",
        )
    elif url.scheme == "http":
        yield Warning(
            "SMS_URL is not https: its key and people's numbers travel in the open.",
            hint="Ask the gateway for its https address.",
            id="marketplace.W002",
        )
    missing = [hole for hole in ("{phone}", "{text}") if hole not in settings.SMS_URL + settings.SMS_BODY]
    if missing:
        yield Error(
            f"Nothing tells the SMS gateway {' and '.join(missing)}.",
            hint="Write them into SMS_BODY (or SMS_URL) where the gateway expects them.",
            id="marketplace.E011",
        )
    try:
        headers = json.loads(settings.SMS_HEADERS or "{}")
        is_readable = isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values())
        re.compile(settings.SMS_OK)
    except (ValueError, re.error):
        is_readable = False
    if not is_readable or settings.SMS_PHONE not in ("0", "84", "+84") or settings.SMS_PARTS < 1:
        yield Error(
            "One of SMS_HEADERS, SMS_OK, SMS_PHONE, SMS_PARTS cannot be read.",
            hint="Headers are a JSON object of texts, SMS_OK a regular expression, SMS_PHONE 0, 84 or +84, SMS_PARTS "
            "1 or more.",
            id="marketplace.E012",
        )


def _files() -> Iterator[CheckMessage]:
    public, private = Path(settings.MEDIA_ROOT).resolve(), Path(settings.PRIVATE_ROOT).resolve()
    if not settings.S3_BUCKET and (private == public or public in private.parents):
        yield Error(
            "PRIVATE_ROOT lies inside MEDIA_ROOT: everybody could open the papers.",
            hint="Leave PRIVATE_ROOT empty, or name a folder outside of MEDIA_ROOT.",
            id="marketplace.E009",
        )
    if not settings.EMBEDDED and not Path(settings.LOG_KEY_FILE).is_file():
        yield Warning(
            f"LOG_KEY_FILE is not there: {settings.LOG_KEY_FILE}. The log of events is written, but not signed.",
            hint="Run `manage.py make_log_key` once and give its file to the web processes and the workers.",
            id="marketplace.W003",
        )
