"""Letters arrive: in the app once, by e-mail and SMS at least once and recognisably the same."""

import datetime as dt
import smtplib

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from marketplace.accounts import letters
from marketplace.accounts.models import Letter, SentMessage
from marketplace.accounts.senders import RecordingSender, Sender, get_sender
from marketplace.foundation import outbox
from marketplace.foundation.models import Outbox, OutboxState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _market(settings):
    settings.MARKET_URL = "https://cho.example.vn"
    settings.MARKET_NAME = "Chợ Phiên"
    settings.DEFAULT_FROM_EMAIL = "cho@example.vn"


def shipped(**options):
    letters.send(
        "shipped",
        mailbox="mua:9",
        key="don:B2F7:shipped",
        subject="Đơn B2F7 đã được gửi đi.",
        body="HTX Mường Hoa đã giao kiện cho người vận chuyển.",
        link="/lan-mua/x7/",
        **options,
    )


class DownSender(Sender):
    def send(self, channel, to, text, key):
        raise TimeoutError("the gateway is silent")


def test_a_letter_appears_when_the_outbox_delivers_it():
    shipped()
    assert letters.unread("mua:9") == 0

    outbox.drain()

    letter = letters.of("mua:9").get()
    assert letters.unread("mua:9") == 1
    assert (letter.kind, letter.subject, letter.link) == (
        "shipped",
        "Đơn B2F7 đã được gửi đi.",
        "/lan-mua/x7/",
    )
    assert letter.delivered_at is not None
    assert (len(mail.outbox), SentMessage.objects.count()) == (0, 0)


def test_a_repeated_cause_writes_one_letter():
    shipped(email="ha@example.vn")
    outbox.drain()
    shipped(email="ha@example.vn")
    outbox.drain()

    assert Letter.objects.count() == 1
    assert len(mail.outbox) == 1


def test_a_roll_back_takes_the_letter_with_it():
    with transaction.atomic():
        shipped(email="ha@example.vn", sms="0912000004")
        transaction.set_rollback(True)

    assert outbox.drain() == 0
    assert Letter.objects.count() == 0


def test_the_outbox_names_the_letter_and_no_person():
    shipped(email="ha@example.vn", sms="0912000004")

    rows = Outbox.objects.order_by("id").values_list("kind", "key", "payload")
    assert list(rows) == [
        ("letter", "letter:don:B2F7:shipped", {"letter": "don:B2F7:shipped"}),
        ("email", "email:don:B2F7:shipped", {"letter": "don:B2F7:shipped"}),
        ("sms", "sms:don:B2F7:shipped", {"letter": "don:B2F7:shipped"}),
    ]


def test_the_e_mail_says_what_the_letter_says_under_a_lasting_message_id():
    shipped(email="ha@example.vn")

    outbox.drain()

    (message,) = mail.outbox
    assert (message.subject, message.to, message.from_email) == (
        "Đơn B2F7 đã được gửi đi.",
        ["ha@example.vn"],
        "cho@example.vn",
    )
    assert message.body == (
        "HTX Mường Hoa đã giao kiện cho người vận chuyển.\n\n"
        "https://cho.example.vn/lan-mua/x7/\n\n"
        "-- \nChợ Phiên\nhttps://cho.example.vn\n"
    )
    raw = message.message()
    assert raw["Message-ID"] == "<don%3AB2F7%3Ashipped@cho.example.vn>"
    assert raw["Auto-Submitted"] == "auto-generated"
    assert raw.get_content_type() == "text/plain"


def test_an_e_mail_sent_twice_carries_the_same_message_id():
    shipped(email="ha@example.vn")
    outbox.drain()
    # The worker died after the mail server took it and before "done" was written.
    Outbox.objects.filter(kind="email").update(state=OutboxState.NEW)

    outbox.drain()

    assert len(mail.outbox) == 2
    assert len({message.message()["Message-ID"] for message in mail.outbox}) == 1
    assert letters.unread("mua:9") == 1


def test_a_refusing_mail_server_keeps_the_e_mail_waiting_and_the_letter_arrives(monkeypatch):
    def refuse(self, messages):
        raise smtplib.SMTPRecipientsRefused({"ha@example.vn": (450, b"later")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    shipped(email="ha@example.vn")

    outbox.drain()

    row = Outbox.objects.get(kind="email")
    assert (row.state, row.attempts) == (OutboxState.NEW, 1)
    assert "ha@example.vn" not in row.error
    assert letters.unread("mua:9") == 1


def test_the_file_backend_of_a_first_run_writes_the_e_mail(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    shipped(email="ha@example.vn")

    outbox.drain()

    (file,) = (tmp_path / "mail").iterdir()
    assert b"Message-ID: <don%3AB2F7%3Ashipped@cho.example.vn>" in file.read_bytes()


def test_an_sms_is_recorded_once_by_its_key():
    shipped(sms="0912000004")
    outbox.drain()
    Outbox.objects.filter(kind="sms").update(state=OutboxState.NEW)
    outbox.drain()

    message = SentMessage.objects.get()
    assert (message.channel, message.to, message.key) == ("sms", "0912000004", "sms:don:B2F7:shipped")
    assert message.text == "Đơn B2F7 đã được gửi đi.\nhttps://cho.example.vn/lan-mua/x7/"


def new_orders(*numbers, mailbox="htx:3", at):
    with time_machine.travel(at, tick=False):
        for number in numbers:
            letters.send(
                "order_placed",
                mailbox=mailbox,
                key=f"order_placed:{mailbox}:{number}",
                subject=f"Đơn mới {number}",
                body="",
                link=f"/don/{number}/",
                sms="0912000001",
                sms_join="/don/?loc=cho",
            )
        outbox.drain()


def texts():
    return list(SentMessage.objects.order_by("id").values_list("text", flat=True))


def test_the_first_new_order_goes_by_sms_at_once_and_those_right_behind_it_go_together():
    start = dt.datetime(2026, 11, 21, 1, 1, tzinfo=dt.UTC)
    new_orders("A", at=start)
    new_orders("B", "C", at=start + dt.timedelta(seconds=40))
    new_orders("X", mailbox="htx:4", at=start + dt.timedelta(seconds=50))
    new_orders("D", at=start + dt.timedelta(seconds=100))
    assert texts() == [
        "Đơn mới A\nhttps://cho.example.vn/don/A/",
        "Đơn mới X\nhttps://cho.example.vn/don/X/",
    ]

    new_orders(at=start + dt.timedelta(minutes=3))
    Outbox.objects.filter(kind="sms_joined").update(state=OutboxState.NEW)
    new_orders(at=start + dt.timedelta(minutes=4))

    assert texts()[2:] == ["Đơn mới B. Đơn mới C. Đơn mới D\nhttps://cho.example.vn/don/?loc=cho"]
    assert letters.of("htx:3").count() == 4
    new_orders("E", at=start + dt.timedelta(minutes=6))
    assert texts()[3:] == ["Đơn mới E\nhttps://cho.example.vn/don/E/"]


def test_the_sender_is_the_one_the_settings_name(settings):
    assert isinstance(get_sender(), RecordingSender)
    settings.SMS_SENDER = f"{__name__}.DownSender"
    shipped(sms="0912000004")

    outbox.drain()

    assert Outbox.objects.get(kind="sms").error == "TimeoutError: the gateway is silent"


def test_an_erased_letter_goes_nowhere_and_its_rows_are_done():
    shipped(email="ha@example.vn", sms="0912000004")
    Letter.objects.all().delete()

    assert outbox.drain() == 3

    assert Outbox.objects.filter(state=OutboxState.DONE).count() == 3
    assert (len(mail.outbox), SentMessage.objects.count()) == (0, 0)


def test_an_inbox_is_newest_first_and_its_own():
    for number in (1, 2):
        letters.send("note", mailbox="htx:12", key=f"k{number}", subject=f"Thư {number}", body="")
    letters.send("note", mailbox="htx:1", key="k3", subject="Thư 3", body="")
    outbox.drain()

    assert [letter.subject for letter in letters.of("htx:12")] == ["Thư 2", "Thư 1"]


def test_a_letter_is_read_once():
    shipped()
    outbox.drain()
    letter = letters.of("mua:9").get()

    letters.mark_read(letter)
    first = letter.read_at
    letters.mark_read(Letter.objects.get(pk=letter.pk))

    assert letters.unread("mua:9") == 0
    assert Letter.objects.get(pk=letter.pk).read_at == first


def test_a_subject_of_several_lines_becomes_one_line():
    letters.send(
        "note",
        mailbox="nguoi:3",
        key="k",
        subject=" Dòng một\r\nBcc: x@y.vn ",
        body="",
        email="ha@example.vn",
    )
    outbox.drain()

    assert mail.outbox[0].subject == "Dòng một Bcc: x@y.vn"
    assert len(letters.of("nguoi:3").get().subject) == 20


@pytest.mark.parametrize("mailbox", ["", "htx:", "htx:0", "htx:x", "kho:3", "htx:3\n", "mua:9 "])
def test_a_mailbox_of_another_shape_is_refused(mailbox):
    with pytest.raises(ValueError, match="mailbox"):
        letters.send("note", mailbox=mailbox, key="k", subject="", body="")


@pytest.mark.parametrize("options", [{"key": ""}, {"key": "k" * 151}, {"key": "k", "link": "/" * 201}])
def test_a_key_or_link_that_does_not_fit_is_refused(options):
    with pytest.raises(ValueError, match="150"):
        letters.send("note", mailbox="htx:3", subject="", body="", **options)

    assert (Letter.objects.count(), Outbox.objects.count()) == (0, 0)
