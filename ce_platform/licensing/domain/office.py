"""What the office says of itself and of the bodies: provider, numbers, signatures, checks."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.errors import DomainError, NotAllowed
from ce_platform.core.models import Provider, StoredFile
from ce_platform.core.provider import forget_provider_facts
from ce_platform.licensing.models import BodyRule, LicensingBody, ProviderNumber, Signatory
from ce_platform.licensing.queries import rule_on

PROVIDER_FIELDS = ("name", "address", "city", "email", "phone", "website", "time_zone")


@transaction.atomic
def update_provider(*, fields: Mapping[str, str], by: User, now: datetime) -> Provider:
    """Write what certificates and pages say of us. Issued certificates keep their own copy.

    Whoever lives in the zone of the office moves with it: the owner of a new site, above all, has
    said of nothing else yet where they are.
    """
    provider = Provider.objects.select_for_update().filter(pk=1).first() or Provider(pk=1)
    changed = {
        name: {"before": getattr(provider, name), "after": fields[name]}
        for name in PROVIDER_FIELDS
        if name in fields and getattr(provider, name) != fields[name]
    }
    if not changed:
        return provider
    for name in changed:
        setattr(provider, name, fields[name])
    provider.save()
    audit.record(
        "provider.changed", subject_type="provider", subject_id=1, by=by, now=now, changed=changed
    )
    if "time_zone" in changed and by.time_zone == changed["time_zone"]["before"]:
        by.time_zone = provider.time_zone
        by.save(update_fields=["time_zone"])
    transaction.on_commit(forget_provider_facts)
    return provider


@transaction.atomic
def set_logo(logo: StoredFile | None, *, by: User, now: datetime) -> None:
    """What stands above the name on new certificates; None takes it away.

    Certificates already issued keep the design, and so the logo, of their day.
    """
    provider = Provider.objects.select_for_update(of=("self",)).select_related("logo").get(pk=1)
    before = provider.logo.sha256 if provider.logo else ""
    after = logo.sha256 if logo else ""
    if before == after:
        return
    provider.logo = logo
    provider.save(update_fields=["logo"])
    audit.record(
        "provider.logo-changed",
        subject_type="provider",
        subject_id=1,
        by=by,
        now=now,
        before=before,
        after=after,
    )


@transaction.atomic
def save_number(
    row: ProviderNumber | None,
    *,
    body: LicensingBody,
    number: str,
    valid_from: date | None,
    valid_to: date | None,
    by: User,
    now: datetime,
) -> ProviderNumber:
    """Add a number (`row` None; the same number again changes its dates) or change one.

    Errors: DomainError when another row has this number of this body.
    """
    is_new = row is None
    if row is None:
        row = ProviderNumber.objects.filter(body=body, number=number).first() or ProviderNumber()
        is_new = row.pk is None
    before = (row.body_id, row.number, row.valid_from, row.valid_to)
    if not is_new and before == (body.pk, number, valid_from, valid_to):
        return row
    row.body, row.number, row.valid_from, row.valid_to = body, number, valid_from, valid_to
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise DomainError(f"The number {number} of {body.name} stands here already.") from None
    _say_number("added" if is_new else "changed", row, by=by, now=now)
    return row


@transaction.atomic
def remove_number(row: ProviderNumber, *, by: User, now: datetime) -> None:
    """For a number that was never ours; one that ran out gets a last day instead."""
    _say_number("removed", row, by=by, now=now)
    row.delete()


@transaction.atomic
def save_signatory(
    row: Signatory | None,
    *,
    name: str,
    title: str,
    position: int,
    is_active: bool,
    signature: StoredFile | None,
    by: User,
    now: datetime,
) -> Signatory:
    """Add or change who signs. `signature` None keeps the picture that is there.

    Nobody is deleted: who signed once is made inactive.
    """
    is_new = row is None
    row = row or Signatory()
    picture = signature or row.signature
    before = (row.name, row.title, row.position, row.is_active, row.signature_id)
    after = (name, title, position, is_active, picture.pk if picture else None)
    if not is_new and before == after:
        return row
    row.name, row.title, row.position, row.is_active = name, title, position, is_active
    row.signature = picture
    row.save()
    audit.record(
        "signatory.added" if is_new else "signatory.changed",
        subject_type="signatory",
        subject_id=row.pk,
        by=by,
        now=now,
        name=name,
        title=title,
        position=position,
        is_active=is_active,
        signature=picture.sha256 if picture else None,
    )
    return row


@transaction.atomic
def check_rule(rule: BodyRule, *, is_checked: bool, by: User, now: datetime) -> BodyRule:
    """The office compared a reading of a rule with its source today, or takes that back.

    Only a checked rule is shown to the public. Errors: NotAllowed for a reading whose place
    another one has taken.
    """
    # The body's row is the lock of its rules: nobody writes another reading meanwhile.
    LicensingBody.objects.select_for_update().get(pk=rule.body_id)
    fresh = BodyRule.objects.select_for_update(of=("self",)).select_related("body").get(pk=rule.pk)
    # A reading that begins later may be checked before its day.
    on = max(fresh.valid_from, by.local_date(now))
    if rule_on(fresh.body.rules.all(), on) != fresh:
        raise NotAllowed("This rule has been read again since. Check the newer reading.")
    if is_checked and fresh.checked_at is not None and fresh.checked_by_id == by.id:
        is_same_day = by.local_date(fresh.checked_at) == by.local_date(now)
        if is_same_day:
            return fresh
    if not is_checked and fresh.checked_at is None:
        return fresh
    fresh.checked_at = now if is_checked else None
    fresh.checked_by_id = by.id if is_checked else None
    fresh.checked_by_label = by.get_full_name()[:254] if is_checked else ""
    fresh.save(update_fields=["checked_at", "checked_by_id", "checked_by_label"])
    audit.record(
        "rule.checked" if is_checked else "rule.unchecked",
        subject_type="body-rule",
        subject_id=fresh.pk,
        by=by,
        now=now,
        body=fresh.body.code,
        valid_from=fresh.valid_from.isoformat(),
        sha256=fresh.sha256,
    )
    return fresh


@transaction.atomic
def hide_pending(body: LicensingBody, *, is_hidden: bool, by: User, now: datetime) -> None:
    """Whether this body is left out of certificates while its decision is pending."""
    changed = LicensingBody.objects.filter(pk=body.pk, is_pending_hidden=not is_hidden).update(
        is_pending_hidden=is_hidden
    )
    if changed:
        audit.record(
            "body.pending-hidden" if is_hidden else "body.pending-shown",
            subject_type="licensing-body",
            subject_id=body.code,
            by=by,
            now=now,
        )


def set_license_format(
    body: LicensingBody, *, license_format: str, by: User, now: datetime
) -> None:
    """What license numbers of this body look like; empty: nobody knows, nothing is checked."""
    changed = (
        LicensingBody.objects.filter(pk=body.pk)
        .exclude(license_format=license_format)
        .update(license_format=license_format)
    )
    if changed:
        audit.record(
            "body.license-format",
            subject_type="licensing-body",
            subject_id=body.code,
            by=by,
            now=now,
            license_format=license_format,
        )


def _say_number(verb: str, row: ProviderNumber, *, by: User, now: datetime) -> None:
    audit.record(
        f"provider-number.{verb}",
        subject_type="provider-number",
        subject_id=row.pk,
        by=by,
        now=now,
        body=row.body.code,
        number=row.number,
        valid_from=row.valid_from.isoformat() if row.valid_from else None,
        valid_to=row.valid_to.isoformat() if row.valid_to else None,
    )
