"""Letters: what the market tells people, in the app, by e-mail, by SMS and on the screens of their devices.

``send`` writes the letter in the caller's transaction; the outbox delivers it. In the app a letter appears
exactly once; an e-mail is sent at least once and carries the letter's key as its Message-ID, so mail
programs fold doubles.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from marketplace.foundation.models import Outbox
from marketplace.foundation.outbox import effect, enqueue
from marketplace.foundation.periodic import period_start

from . import push as devices
from .models import Letter
from .senders import get_sender

JOINED = timedelta(minutes=3)  # SMS of one kind to one mailbox are joined over so long
COMMITTED = timedelta(seconds=30)  # by then a letter that was written is seen by others
MAILBOX = re.compile(r"(nguoi|htx|mua):[1-9]\d*")


def send(
    kind: str,
    *,
    mailbox: str,
    key: str,
    subject: str,
    body: str,
    link: str = "",
    email: str = "",
    sms: str = "",
    sms_join: str = "",
    push: bool = True,
) -> None:
    """Write a letter that leaves when the running transaction commits; a known ``key`` sends nothing more.

    ``mailbox``: ``nguoi:<user id>``, ``htx:<cooperative id>`` or ``mua:<purchase id>``. ``key``: at most
    150 characters, names the happening and the receiver. ``subject``, ``body``: plain text in the
    receiver's language; the subject is cut at 200 characters. ``link``: a path of the market or a whole
    address, at most 200 characters. ``email``, ``sms``: an e-mail address and a phone number it goes to as
    well. ``sms_join``: soon after another letter of this kind to this mailbox it shares one SMS with those that
    follow; the SMS leads to this page. ``push``: whether the devices that were switched on for the mailbox are
    told; not for what comes in dozens. Raises ValueError for a mailbox, key or link of another shape.
    """
    if not MAILBOX.fullmatch(mailbox):
        raise ValueError(f"not a mailbox: {mailbox!r}")
    if not key or len(key) > 150 or len(link) > 200:
        raise ValueError("a letter's key has 1 to 150 characters and its link at most 200")
    if Letter.objects.filter(key=key).exists():
        return
    letter = Letter(
        mailbox=mailbox,
        kind=kind,
        subject=" ".join(subject.split())[:200],
        body=body.strip(),
        link=link,
        key=key,
        email=email,
        phone=sms,
    )
    # Two writers of one key: the second finds it here, and the outbox rows below are unique as well.
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    # The payload names the letter; words and addresses stay in the letter, which may be erased.
    enqueue("letter", f"letter:{key}", {"letter": key})
    if email:
        enqueue("email", f"email:{key}", {"letter": key})
    if sms:
        _promise_sms(letter, sms_join)
    if push:
        devices.promise(letter)


def _promise_sms(letter: Letter, join: str) -> None:
    """The first letter of its kind goes at once; those right behind it go together, when their minutes are over."""
    soon = (
        Letter.objects.filter(mailbox=letter.mailbox, kind=letter.kind)
        .exclude(phone="")
        .exclude(key=letter.key)
    )
    if not join or not soon.filter(created_at__gt=letter.created_at - JOINED).exists():
        enqueue("sms", f"sms:{letter.key}", {"letter": letter.key})
        return
    start = period_start(letter.created_at, JOINED)
    enqueue(
        "sms_joined",
        f"sms_joined:{letter.kind}:{letter.mailbox}:{start:%Y%m%d%H%M}",
        {"mailbox": letter.mailbox, "kind": letter.kind, "start": start.isoformat(), "link": join},
        not_before=start + JOINED + COMMITTED,
    )


def of(mailbox: str) -> "QuerySet[Letter]":
    """Return the delivered letters of ``mailbox``, newest first."""
    return Letter.objects.filter(mailbox=mailbox, delivered_at__isnull=False).order_by("-id")


def unread(mailbox: str) -> int:
    """Return how many delivered letters of ``mailbox`` nobody has opened."""
    return of(mailbox).filter(read_at=None).count()


def mark_read(letter: Letter) -> None:
    """Note the moment when ``letter`` was first opened; later openings change nothing."""
    if Letter.objects.filter(pk=letter.pk, read_at=None).update(read_at=timezone.now()):
        letter.refresh_from_db(fields=["read_at"])


def message_id(key: str) -> str:
    """Return the Message-ID of the e-mail of letter ``key``, the same for each attempt.

    >>> message_id("don:B2F7:gửi")
    '<don%3AB2F7%3Ag%E1%BB%ADi@127.0.0.1>'
    """
    return f"<{quote(key, safe='')}@{urlsplit(settings.MARKET_URL).hostname or 'localhost'}>"


def _address(link: str) -> str:
    return urljoin(settings.MARKET_URL + "/", link) if link else ""


def _letter(row: Outbox) -> Letter | None:
    # An erased letter has nobody left to go to: the row is done.
    return Letter.objects.filter(key=row.payload["letter"]).first()


@effect("letter", atomic=True)
def deliver(row: Outbox) -> None:
    """Show the letter in its in-app mailbox; exactly once, as the mark "done" is the same transaction."""
    Letter.objects.filter(key=row.payload["letter"], delivered_at=None).update(delivered_at=timezone.now())


@effect("email", lease=90)
def deliver_email(row: Outbox) -> None:
    """Send the letter as a plain e-mail; at least once."""
    letter = _letter(row)
    if letter is None or not letter.email:
        return
    parts = [letter.body, _address(letter.link), f"-- \n{settings.MARKET_NAME}\n{settings.MARKET_URL}"]
    EmailMessage(
        subject=letter.subject,
        body="\n\n".join(part for part in parts if part) + "\n",
        to=[letter.email],
        headers={"Message-ID": message_id(letter.key), "Auto-Submitted": "auto-generated"},
    ).send()


@effect("sms", lease=60)
def deliver_sms(row: Outbox) -> None:
    """Hand subject and address to the SMS sender of the settings; it keeps doubles apart by the key."""
    letter = _letter(row)
    if letter is None or not letter.phone:
        return
    text = "\n".join(part for part in (letter.subject, _address(letter.link)) if part)
    get_sender().send("sms", letter.phone, text, letter.key)


@effect("sms_joined", lease=60)
def deliver_sms_joined(row: Outbox) -> None:
    """Hand the subjects of all letters of some minutes to the SMS sender as one text, but for those sent alone."""
    start = datetime.fromisoformat(row.payload["start"])
    alone = Outbox.objects.filter(key=Concat(Value("sms:"), OuterRef("key")))
    joined = Letter.objects.filter(
        ~Exists(alone),
        mailbox=row.payload["mailbox"],
        kind=row.payload["kind"],
        created_at__gte=start,
        created_at__lt=start + JOINED,
    ).exclude(phone="")
    letters = list(joined.order_by("id"))
    if letters:
        text = ". ".join(letter.subject for letter in letters) + "\n" + _address(row.payload["link"])
        get_sender().send("sms", letters[-1].phone, text, row.key)
