"""Letters of the second floor, written in Vietnamese, sent inside the transaction of what they tell."""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.accounts import letters
from marketplace.foundation.codes import pretty

from .models import AlarmCase, EventUpload, FakeReport


def copied(case: AlarmCase) -> None:
    """Tell the cooperative that a packet's label was scanned so often that it may be copied; once a code."""
    with translation.override("vi"):
        letters.send(
            "label_copied",
            mailbox=case.cooperative.mailbox,
            key=f"alarm:{case.pk}",
            subject=_("Tem %(code)s có thể bị chép") % {"code": pretty(case.pk)},
            body=_(
                "Mã của một gói được %(devices)s máy quét. Người quét đang được báo hỏi lại người bán. "
                "Liên minh cũng thấy việc này. Hãy xem gói đó đã bán cho ai, ở đâu."
            )
            % {"devices": case.devices},
            link=reverse("desk:alarms", args=[case.cooperative.stall.slug]),
            email=case.cooperative.email,
        )


def looked_at_too_often(case: AlarmCase) -> None:
    """Tell the cooperative that a lot's code was scanned more often than its packets explain; once a code."""
    with translation.override("vi"):
        letters.send(
            "lot_scanned_often",
            mailbox=case.cooperative.mailbox,
            key=f"alarm:{case.pk}",
            subject=_("Mã lô %(code)s được quét nhiều bất thường") % {"code": pretty(case.pk)},
            body=_(
                "Lô có %(packets)s gói mà mã lô được quét %(looks)s lần. Có thể tem bị chép lên hàng khác, có thể "
                "chỉ là hàng bày ở hội chợ. Liên minh cũng thấy việc này."
            )
            % {"packets": case.packets, "looks": case.looks},
            link=reverse("desk:alarms", args=[case.cooperative.stall.slug]),
            email=case.cooperative.email,
        )


def fake_reported(report: FakeReport) -> None:
    """Tell the cooperative that somebody thinks goods with its code are fake."""
    with translation.override("vi"):
        letters.send(
            "fake_reported",
            mailbox=report.cooperative.mailbox,
            key=f"fake:{report.pk}",
            subject=_("Có người báo hàng giả, mã %(code)s") % {"code": pretty(report.code_id)},
            body=_("Người mua viết: %(words)s\nLiên minh cũng thấy lời báo này và sẽ xem cùng bạn.")
            % {"words": report.words},
            link=reverse("desk:reports", args=[report.cooperative.stall.slug]),
            email=report.cooperative.email,
        )


def event_held(upload: EventUpload) -> None:
    """Tell the cooperative that an event came for a lot that is closed, and waits for its director; once an event."""
    with translation.override("vi"):
        subject = _("Có việc gửi đến lô %(number)s đã đóng") % {"number": upload.lot.number}
        body = _(
            "%(who)s gửi một việc của lô %(number)s khi lô đã đóng. Việc này chưa mất và chưa vào sổ: "
            "giám đốc xem rồi nhận vào sổ, hoặc để riêng."
        )
        _of_upload("event_held", upload, subject, body)


def event_waits(upload: EventUpload) -> None:
    """Tell the cooperative that an event came more than ninety days late; once an event."""
    with translation.override("vi"):
        subject = _("Có việc gửi quá muộn của lô %(number)s") % {"number": upload.lot.number}
        body = _(
            "%(who)s gửi một việc của lô %(number)s đã ghi trên máy quá 90 ngày. Việc đã vào sổ, nhưng người mua chưa "
            "thấy cho đến khi giám đốc xem."
        )
        _of_upload("event_waits", upload, subject, body)


def _of_upload(kind: str, upload: EventUpload, subject: str, body: str) -> None:
    cooperative = upload.lot.cooperative
    letters.send(
        kind,
        mailbox=cooperative.mailbox,
        key=f"{kind}:{upload.pk}",
        subject=subject,
        body=body % {"who": upload.by_label, "number": upload.lot.number},
        link=reverse("desk:lot_waiting", args=[cooperative.stall.slug, upload.lot_id]),
        email=cooperative.email,
    )
