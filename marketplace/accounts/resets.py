"""The e-mail with the link to a new password: promised in the outbox, written when it leaves.

The page that asks for it answers as fast for an address without an account, and also while the mail server is away.
"""

from __future__ import annotations

from uuid import uuid4

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from marketplace.foundation.models import Outbox
from marketplace.foundation.outbox import effect, enqueue

from .models import User


def promise(user: User, *, language: str) -> None:
    """Send ``user`` a link to a new password, in ``language``, when the running transaction commits."""
    enqueue("password_reset", f"password_reset:{uuid4().hex}", {"user": user.pk, "language": language})


@effect("password_reset", lease=90)
def send(row: Outbox) -> None:
    """Make the link and send it; at least once. Nobody left, or without an e-mail: nothing to do."""
    user = User.objects.filter(pk=row.payload["user"], is_active=True).first()
    if user is None or not user.email:
        return
    with translation.override(row.payload["language"]):
        link = address(f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}")
        subject = render_to_string("account/email/password_reset_key_subject.txt")
        body = render_to_string(
            "account/email/password_reset_key_message.txt", {"password_reset_url": link, "user": user}
        )
    EmailMessage(
        subject=f"{settings.MARKET_NAME}: {' '.join(subject.split())}",
        body=body.strip() + f"\n\n-- \n{settings.MARKET_NAME}\n{settings.MARKET_URL}\n",
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()


def address(key: str) -> str:
    """Return the whole address of the page for ``key`` ("<user>-<token>")."""
    uid, _dash, token = key.partition("-")
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
    # SECURITY: never the host that the visitor named: a made-up one would receive the token.
    return settings.MARKET_URL + path
