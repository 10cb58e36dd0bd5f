"""Who acts: every verb of the market takes ``by: Actor``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a guest or a job, and for whom they act.

    ``user_id`` is None for guests and jobs. ``label`` is what records show ("Lan", "khách", "job:expire_unpaid").
    ``acting_for`` names a cooperative when an officer works on its behalf. ``channel`` says by which way they came
    (web, command, job, import).
    """

    user_id: int | None
    label: str
    channel: str = "web"
    acting_for: str = ""

    @classmethod
    def of(cls, user: Any, *, channel: str = "web") -> Actor:
        """Return the actor for a signed-in ``user``; a guest for an anonymous one."""
        if not getattr(user, "is_authenticated", False):
            return cls.guest(channel=channel)
        return cls(
            user_id=user.pk, label=user.full_name or user.get_username() or f"#{user.pk}", channel=channel
        )

    @classmethod
    def guest(cls, *, channel: str = "web") -> Actor:
        return cls(user_id=None, label="khách", channel=channel)

    @classmethod
    def system(cls, job: str) -> Actor:
        return cls(user_id=None, label=f"job:{job}", channel="job")

    def on_behalf_of(self, label: str) -> Actor:
        return replace(self, acting_for=label)
