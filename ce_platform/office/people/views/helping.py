"""What the office does for a person, each from their page and back to it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ce_platform.accounts.addresses import may_set_address, set_address
from ce_platform.accounts.inviting import invite
from ce_platform.accounts.models import User
from ce_platform.accounts.phones import set_phone
from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.accounts.safety.second_step import reset_second_step
from ce_platform.accounts.safety.signed_in import end_all_sign_ins
from ce_platform.core import mail as outbox
from ce_platform.core import mail_bounces
from ce_platform.core.errors import DomainError
from ce_platform.core.models import OutgoingMail
from ce_platform.office.people.forms import (
    AddressForm,
    AttemptsForm,
    EnrollForm,
    InviteForm,
    PersonNameForm,
    PhoneForm,
    SecondStepForm,
    WithdrawForm,
)
from ce_platform.office.people.naming import correct_name, with_another_name
from ce_platform.office.people.views.person import person_or_404, person_page
from certificates.domain.corrections import grant_correction
from certificates.models import CorrectionRequest
from certificates.reports.queries import told_of
from certificates.views.office_life import warn_of_told
from courses import queries
from courses.domain.enrolling import enroll, withdraw
from courses.domain.errors import EnrollmentNotOpen
from courses.models import Enrollment
from quizzes.domain.extra_time import grant_time
from quizzes.domain.requests import grant_another
from quizzes.forms import GiveTimeForm
from quizzes.models import Quiz

Params = ParamSpec("Params")


def _of_open_account(
    view: Callable[Concatenate[PersonRequest, User, Params], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Nothing is done for an account that has ended: its page shows none of these forms, but an
    old tab may."""

    @wraps(view)
    def guarded(
        request: PersonRequest, uid: UUID, *args: Params.args, **kwargs: Params.kwargs
    ) -> HttpResponse:
        person = person_or_404(uid)
        if person.closed_at is not None:
            return _refused(request, person, _("This account has ended; it stays as it is."))
        return view(request, person, *args, **kwargs)

    return guarded


def _refused(request: PersonRequest, person: User, said: str) -> HttpResponse:
    messages.error(request, said)
    return redirect("office:person-detail", uid=person.uid)


def _do(
    request: PersonRequest,
    person: User,
    name: str,
    form: Form,
    act: Callable[[], str],
    *,
    is_offered: bool = True,
) -> HttpResponse:
    """Act on a form that is right, say what was done, back to the page; else the page with it.

    `is_offered`: whether the page has this form, else the refusal has to stand above it.
    """
    if not form.is_valid():
        return person_page(request, person, forms={name: form}, status=422)
    try:
        said = act()
    except DomainError as refusal:
        if not is_offered:
            return _refused(request, person, str(refusal))
        form.add_error(None, str(refusal))
        return person_page(request, person, forms={name: form}, status=422)
    messages.success(request, said)
    return redirect("office:person-detail", uid=person.uid)


# ---------------------------------------------------------------- courses


@registrar_only
@require_POST
@_of_open_account
def person_enroll(request: PersonRequest, person: User) -> HttpResponse:
    form = EnrollForm(request.POST, courses=list(queries.on_sale()))

    def act() -> str:
        course = form.by_slug[form.cleaned_data["course"]]
        enrollment = enroll(person, course, by=request.user, now=timezone.now())
        return _("%(name)s is in “%(title)s” now.") % {
            "name": person.get_full_name(),
            "title": enrollment.version.title,
        }

    return _do(request, person, "enroll", form, act, is_offered=person.is_active)


@registrar_only
@require_POST
@_of_open_account
def person_withdraw(request: PersonRequest, person: User, enrollment: UUID) -> HttpResponse:
    row = _enrollment_or_404(person, enrollment)
    name = f"withdraw-{row.pk}"
    form = WithdrawForm(request.POST, prefix=name)

    def act() -> str:
        try:
            withdraw(
                row.pk,
                by=request.user,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except EnrollmentNotOpen:
            raise DomainError(_("The course is completed; its record stays as it is.")) from None
        return _("Withdrawn from “%(title)s”. The progress is kept; “Put back” undoes it.") % {
            "title": row.version.title
        }

    return _do(request, person, name, form, act, is_offered=_is_open(row))


@registrar_only
@require_POST
@_of_open_account
def person_attempts(
    request: PersonRequest, person: User, enrollment: UUID, quiz: UUID
) -> HttpResponse:
    row = _enrollment_or_404(person, enrollment)
    asked = get_object_or_404(Quiz, version=row.version_id, key=quiz, purpose=Quiz.Purpose.GRADED)
    name = f"attempts-{row.pk}-{asked.pk}"
    form = AttemptsForm(request.POST, prefix=name)

    def act() -> str:
        count = form.cleaned_data["count"]
        grant_another(
            row,
            asked,
            left_before=form.cleaned_data["left"],
            answer=form.cleaned_data["answer"],
            count=count,
            by=request.user,
            now=timezone.now(),
        )
        return _("%(count)s more for “%(title)s”; the learner gets a mail.") % {
            "count": _("One attempt") if count == 1 else _("%s attempts") % count,
            "title": asked.title,
        }

    return _do(request, person, name, form, act, is_offered=_is_open(row))


@registrar_only
@require_POST
@_of_open_account
def person_time(request: PersonRequest, person: User, enrollment: UUID) -> HttpResponse:
    row = _enrollment_or_404(person, enrollment)
    name = f"time-{row.pk}"
    form = GiveTimeForm(request.POST, prefix=name)

    def act() -> str:
        grant_time(
            row,
            extra_percent=form.cleaned_data["extra_percent"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        if form.cleaned_data["extra_percent"]:
            return _("The extra time is set; the learner gets a mail.")
        return _("No extra time from the next attempt on; one that is open keeps its own.")

    return _do(request, person, name, form, act, is_offered=_is_open(row))


# ---------------------------------------------------------------- mail and address


@registrar_only
@require_POST
@_of_open_account
def person_mail_resend(request: PersonRequest, person: User, mail: UUID) -> HttpResponse:
    """To the address that the person has now."""
    row = get_object_or_404(OutgoingMail, uid=mail, to_user_id=person.pk)
    try:
        copy = outbox.resend(row, by=request.user, now=timezone.now(), to_email=person.email)
    except outbox.NotSentAgain as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("A copy is on its way to %s.") % copy.to_email)
    return redirect("office:person-detail", uid=person.uid)


@registrar_only
@require_POST
@_of_open_account
def person_address_works(request: PersonRequest, person: User) -> HttpResponse:
    count = mail_bounces.clear_bounce(person.email, by=request.user, now=timezone.now())
    messages.success(request, _("The address is used again. Messages that waited: %s.") % count)
    return redirect("office:person-detail", uid=person.uid)


@registrar_only
@require_POST
@fresh_sign_in
@_of_open_account
def person_address(request: PersonRequest, person: User) -> HttpResponse:
    form = AddressForm(request.POST)

    def act() -> str:
        email = str(form.cleaned_data["email"])
        set_address(
            person,
            email=email,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        return _("The address is %s now; the person is told.") % email

    roles = person.groups.values_list("name", flat=True)
    is_offered = may_set_address(person, by=request.user, roles=roles)
    return _do(request, person, "address", form, act, is_offered=is_offered)


# ---------------------------------------------------------------- name


@registrar_only
@require_POST
@_of_open_account
def person_name(request: PersonRequest, person: User) -> HttpResponse:
    certificates = with_another_name(person)
    form = PersonNameForm(
        request.POST, certificates=certificates, initial={"name": person.name_on_certificates}
    )

    def act() -> str:
        serials = form.cleaned_data.get("certificates", [])
        told = [line for row in certificates if row.serial in serials for line in told_of(row)]
        made = correct_name(
            person,
            name=form.cleaned_data["name"],
            serials=serials,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        if made:
            warn_of_told(request, told)
        return _("The name is corrected. Certificates issued anew: %s.") % len(made)

    return _do(request, person, "name", form, act)


@registrar_only
@require_POST
@_of_open_account
def person_phone(request: PersonRequest, person: User) -> HttpResponse:
    form = PhoneForm(request.POST)

    def act() -> str:
        phone = form.cleaned_data["phone"]
        set_phone(person, phone, by=request.user, now=timezone.now())
        return _("The phone number is noted.") if phone else _("The phone number is taken away.")

    return _do(request, person, "phone", form, act)


@registrar_only
@require_POST
@_of_open_account
def person_correction(request: PersonRequest, person: User, correction: UUID) -> HttpResponse:
    """Grant what the holder asked for; refusing, which needs words, stands on its own page."""
    asked = get_object_or_404(CorrectionRequest, uid=correction, certificate__user=person)
    told = told_of(asked.certificate)
    try:
        grant_correction(
            asked, serial=request.POST.get("serial", "")[:17], by=request.user, now=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Granted; the holder gets the new certificate by mail."))
        warn_of_told(request, told)
    return redirect("office:person-detail", uid=person.uid)


# ---------------------------------------------------------------- the account


@registrar_only
@require_POST
@fresh_sign_in
@_of_open_account
def person_second_step(request: PersonRequest, person: User) -> HttpResponse:
    form = SecondStepForm(request.POST)

    def act() -> str:
        count = reset_second_step(
            person,
            by=request.user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        if not count:
            return _("There was no second step.")
        return _("The second step is taken away, all sign-ins are ended, a mail is on its way.")

    is_offered = person.pk != request.user.pk
    return _do(request, person, "second-step", form, act, is_offered=is_offered)


@registrar_only
@require_POST
@fresh_sign_in
@_of_open_account
def person_sign_ins_end(request: PersonRequest, person: User) -> HttpResponse:
    if person.pk == request.user.pk:
        messages.error(request, _("Your own sign-ins you end under “Sign-in and security”."))
    else:
        with transaction.atomic():
            end_all_sign_ins(person, by=request.user, now=timezone.now())
        messages.success(request, _("All sign-ins of this person are ended."))
    return redirect("office:person-detail", uid=person.uid)


@registrar_only
@require_POST
@_of_open_account
def person_invite(request: PersonRequest, person: User) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return person_page(request, person, forms={"invite": form}, status=422)
    mail = invite(person, by=request.user, note=form.cleaned_data["note"], now=timezone.now())
    if mail is None and not person.is_active:
        messages.error(request, _("This account is switched off: nobody could sign in to it."))
    elif mail is None:
        messages.error(request, _("This person has been here already and needs no invitation."))
    else:
        messages.success(request, _("An invitation is on its way to %s.") % person.email)
    return redirect("office:person-detail", uid=person.uid)


def _enrollment_or_404(person: User, uid: UUID) -> Enrollment:
    row = Enrollment.objects.filter(uid=uid, user=person).select_related("version", "user").first()
    if row is None:
        raise Http404
    return row


def _is_open(row: Enrollment) -> bool:
    return row.status == Enrollment.Status.OPEN
