"""The user, letters and the audit trail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.actor import Actor


class UserManager(BaseUserManager["User"]):
    def create_user(
        self,
        phone: str | None = None,
        password: str | None = None,
        *,
        email: str | None = None,
        **fields: Any,
    ) -> User:
        """Make a user with a phone (stored as 0xxxxxxxxx), an e-mail or both."""
        if not phone and not email:
            raise ValueError("a user needs a phone or an e-mail")
        user = self.model(phone=phone or None, email=(email or "").lower() or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str | None = None, password: str | None = None, **fields: Any) -> User:
        return self.create_user(phone, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. One full name (no first and last), a phone and/or an e-mail to sign in with."""

    full_name = models.CharField(_("họ và tên"), max_length=120, blank=True)
    phone = models.CharField(_("số điện thoại"), max_length=11, unique=True, null=True, blank=True)
    email = models.EmailField(_("thư điện tử"), unique=True, null=True, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "phone"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("người dùng")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(phone__isnull=False) | models.Q(email__isnull=False),
                name="user_can_sign_in",
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.phone or self.email or f"#{self.pk}"

    def get_full_name(self) -> str:
        return str(self)

    def get_username(self) -> str:
        return self.phone or self.email or ""


class Signed(models.Model):
    """A row that says who made it: person (if any), words for the record, and for whom they acted."""

    by_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_label = models.CharField(max_length=120)
    by_for = models.CharField(max_length=160, blank=True)

    class Meta:
        abstract = True


def signed(by: Actor) -> dict[str, Any]:
    """Return ``by`` as the fields of a ``Signed`` row."""
    return {"by_user_id": by.user_id, "by_label": by.label[:120], "by_for": by.acting_for[:160]}


class Letter(models.Model):
    """A message in somebody's in-app inbox: a user's, a cooperative's (``htx:12``) or a purchase's
    (``mua:9``).

    Written by ``letters.send`` in the transaction it tells about, shown from ``delivered_at`` on, which the
    outbox sets. ``key`` is unique: one letter, however often its cause is repeated. ``email`` and ``phone``
    are the addresses it also goes to; empty means in-app only.
    """

    mailbox = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    link = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["mailbox", "-id"], name="letters_of_a_mailbox")]

    def __str__(self) -> str:
        return self.subject


class PushSubscription(models.Model):
    """A device that is told of the letters of one mailbox: the address its browser gave out, and its keys.

    ``user``: who switched it on; empty for a guest on the page of a purchase. ``failures``: attempts in vain since the
    push service took something the last time, which was at ``heard_at``.
    """

    mailbox = models.CharField(max_length=40)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=1000)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "endpoint"], name="one_switch_a_device")]

    def __str__(self) -> str:
        return f"{self.mailbox} #{self.pk}"


class SentMessage(models.Model):
    """An SMS or Zalo text as the recording sender kept it (development); never made by a real sender."""

    channel = models.CharField(max_length=10)
    to = models.CharField(max_length=20)
    text = models.TextField()
    key = models.CharField(max_length=160, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.channel} {self.to}"


class AuditRow(Signed):
    """Who did what to which thing. Append-only; values live in an erasable ``AuditDetail``."""

    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField(max_length=160)
    channel = models.CharField(max_length=10)
    values_sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id", "-id"], name="audit_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.by_label}: {self.verb} {self.object_label}"


class AuditDetail(models.Model):
    """The values behind an audit row; may be erased, the row and its hash stay."""

    row = models.OneToOneField(AuditRow, on_delete=models.CASCADE, primary_key=True, related_name="detail")
    values = models.JSONField()
