"""An application to open a stall: written as a draft, handed in, decided by the alliance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.accounts.models import User
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import slug

from . import members, notices
from .decisions import AlreadyDecided, check_seen, decide, needed_reason
from .models import Application, Cooperative, LegalForm, PaperKind, Stall
from .statuses import APPLICATION_MOVES, ApplicationStatus, Outcome, Role

OPEN = (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED, ApplicationStatus.CHANGES_REQUESTED)
EDITABLE = (ApplicationStatus.DRAFT, ApplicationStatus.CHANGES_REQUESTED)
ADDRESS = (
    "province_code",
    "province_name",
    "commune_code",
    "commune_name",
    "places_version",
    "street",
    "directions",
)
FIELDS = ("legal_form", "name", "tax_code", "contact_name", "phone", "email", "about", *ADDRESS)
NEEDED = {
    "name": _("Hãy ghi tên hợp tác xã."),
    "contact_name": _("Hãy ghi người đại diện."),
    "phone": _("Hãy ghi số điện thoại."),
    "province_code": _("Hãy chọn tỉnh hoặc thành phố."),
    "commune_code": _("Hãy chọn xã hoặc phường."),
    "street": _("Hãy ghi thôn, bản hoặc số nhà."),
}


class Incomplete(Refusal):
    code = "incomplete"


class AlreadySubmitted(Refusal):
    code = "already_submitted"
    default_text = _("Đơn đã gửi rồi và đang chờ duyệt.")


class TaxCodeTaken(Refusal):
    code = "tax_code_taken"
    default_text = _("Mã số thuế này đã có gian hàng trên chợ.")


def current_for(user: User) -> Application | None:
    """The application that the person is to see: the open one, else the newest of all."""
    theirs = Application.objects.filter(applicant=user).exclude(status=ApplicationStatus.WITHDRAWN)
    return theirs.filter(status__in=OPEN).first() or theirs.order_by("-pk").first()


def draft_for(user: User) -> Application | None:
    """The application that the person may still change, or None."""
    return Application.objects.filter(applicant=user, status__in=EDITABLE).first()


def save_draft(user: User, fields: Mapping[str, Any], *, by: Actor) -> Application:
    """Keep ``fields`` (any of ``FIELDS``, cleaned) in the person's draft; make the draft when there is none.

    Nothing is required yet. Locks the row. Raises AlreadySubmitted while the application waits in the queue.
    """
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise ValueError(f"Not fields of an application: {sorted(unknown)}.")
    with transaction.atomic():
        application = _locked_draft(user)
        changed = [name for name, value in fields.items() if getattr(application, name) != value]
        for name in changed:
            setattr(application, name, fields[name])
        if changed:
            application.save(update_fields=[*changed, "changed_at"])
    return application


def missing_in(application: Application) -> dict[str, Any]:
    """What still lacks before it can be handed in: field name → sentence, in the order of the page."""
    missing = {name: words for name, words in NEEDED.items() if not getattr(application, name)}
    if application.legal_form != LegalForm.GROUP and not application.tax_code:
        missing["tax_code"] = _("Hãy ghi mã số thuế.")
    if not application.papers.filter(kind=PaperKind.REGISTRATION).exists():
        missing["registration"] = _("Hãy chụp giấy đăng ký hợp tác xã.")
    return missing


def submit(application: Application, *, by: Actor) -> Application:
    """Hand the application in; it waits in the queue of its province. Writes a letter to the applicant.

    Locks the row. Raises AlreadySubmitted, Incomplete (field of the first thing missing; all in ``details``),
    TaxCodeTaken.
    """
    with transaction.atomic():
        application = _locked(application)
        if application.status == ApplicationStatus.SUBMITTED:
            raise AlreadySubmitted
        missing = missing_in(application)
        if missing:
            field, words = next(iter(missing.items()))
            raise Incomplete(words, field=field, details={"missing": list(missing)})
        _check_tax_code(application)
        move_application(application, ApplicationStatus.SUBMITTED)
        application.submitted_at = timezone.now()
        application.save(update_fields=["submitted_at"])
        audit.record("application.submit", application, by=by)
        notices.application_received(application)
    return application


def approve(application: Application, *, by: Actor, reason: str = "", seen: str = "") -> Cooperative:
    """Open the stall: make the cooperative, its open stall and the applicant's place as director; tell the
    applicant.

    The application's papers become the cooperative's too. Locks the row. Raises AlreadyDecided unless it
    waits, ChangedMeanwhile when ``seen`` (decisions.stamp) is of an older version, TaxCodeTaken when another stall
    took the number meanwhile.
    """
    with transaction.atomic():
        application = _waiting(application, seen)
        _check_tax_code(application)
        try:
            with transaction.atomic():
                cooperative = Cooperative.objects.create(
                    name=application.name,
                    legal_form=application.legal_form,
                    tax_code=application.tax_code,
                    phone=application.phone,
                    email=application.email,
                    about=application.about,
                    **{name: getattr(application, name) for name in ADDRESS},
                )
        except IntegrityError:  # another approval took the number this very moment
            _check_tax_code(application)
            raise
        _open_stall(cooperative)
        application.papers.update(cooperative=cooperative)
        application.cooperative = cooperative
        application.save(update_fields=["cooperative"])
        move_application(application, ApplicationStatus.APPROVED)
        members.add_member(cooperative, application.applicant, Role.DIRECTOR, by=by)
        decision = decide(Outcome.APPROVED, reason=reason, by=by, application=application)
        notices.application_decided(application, decision)
    return cooperative


def ask_for_changes(application: Application, *, reason: str, by: Actor, seen: str = "") -> Application:
    """Give the application back with what is to be changed. Raises ReasonNeeded, AlreadyDecided,
    ChangedMeanwhile.

    Locks the row.
    """
    return _decide(
        application, ApplicationStatus.CHANGES_REQUESTED, Outcome.CHANGES_REQUESTED, reason, by, seen
    )


def refuse(application: Application, *, reason: str, by: Actor, seen: str = "") -> Application:
    """Refuse for good; the person may write a new one. Locks the row.

    Raises ReasonNeeded, AlreadyDecided, ChangedMeanwhile.
    """
    return _decide(application, ApplicationStatus.REFUSED, Outcome.REFUSED, reason, by, seen)


def withdraw(application: Application, *, by: Actor) -> Application:
    """Take the application back; the applicant may start another. Raises AlreadyDecided. Locks the row."""
    with transaction.atomic():
        application = _locked(application)
        if application.status not in OPEN:
            raise AlreadyDecided.as_it_is(application.get_status_display())
        move_application(application, ApplicationStatus.WITHDRAWN)
        audit.record("application.withdraw", application, by=by)
    return application


def move_application(application: Application, status: ApplicationStatus) -> None:
    """The only place that changes ``Application.status``; the row is locked by the caller.

    Raises IllegalMove.
    """
    APPLICATION_MOVES.check(ApplicationStatus(application.status), status)
    application.status = status
    application.save(update_fields=["status"])


def _decide(
    application: Application, status: ApplicationStatus, outcome: Outcome, reason: str, by: Actor, seen: str
) -> Application:
    reason = needed_reason(reason)
    with transaction.atomic():
        application = _waiting(application, seen)
        move_application(application, status)
        decision = decide(outcome, reason=reason, by=by, application=application)
        notices.application_decided(application, decision)
    return application


def _locked(application: Application) -> Application:
    return Application.objects.select_for_update(of=("self",), no_key=True).get(pk=application.pk)


def _waiting(application: Application, seen: str) -> Application:
    locked = _locked(application)
    if locked.status != ApplicationStatus.SUBMITTED:
        raise AlreadyDecided.as_it_is(locked.get_status_display())
    check_seen(seen, locked.submitted_at)
    return locked


def _locked_draft(user: User) -> Application:
    theirs = Application.objects.select_for_update(of=("self",), no_key=True).filter(
        applicant=user, status__in=OPEN
    )
    application = theirs.first()
    if application is None:
        try:
            with transaction.atomic():
                application = Application.objects.create(applicant=user)
        except IntegrityError:  # the same person saved twice at once
            application = theirs.get()
    if application.status == ApplicationStatus.SUBMITTED:
        raise AlreadySubmitted
    return application


def _check_tax_code(application: Application) -> None:
    code = application.tax_code
    if code and Cooperative.objects.filter(tax_code=code).exists():
        raise TaxCodeTaken(field="tax_code")


def _open_stall(cooperative: Cooperative) -> Stall:
    """Make the stall under a readable address that is free: ``htx-muong-hoa``, else ``htx-muong-hoa-2`` …"""
    start = slug(cooperative.name, longest=70) or "gian-hang"
    taken = set(Stall.objects.filter(slug__startswith=start).values_list("slug", flat=True))
    number = 1
    while True:
        name = start if number == 1 else f"{start}-{number}"
        if name not in taken:
            try:
                with transaction.atomic():
                    return Stall.objects.create(cooperative=cooperative, slug=name)
            except IntegrityError:  # another approval took the address this very moment
                taken.add(name)
        number += 1
