"""Which design certificates are issued with.

A design is a row that never changes: template, settings, and the SHA-256 of the files it was drawn
with. `DesignChoice` says which settings are in use; the newest choice counts. When the shipped
files or the logo change, the same settings go on as a new row, by themselves.
"""

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.core.models import Provider, StoredFile
from ce_platform.licensing.domain.office import set_logo
from certificates.look import DEFAULT, NAMES, NEWEST, Look, Settings, look_from, trouble_with
from certificates.models import CertificateDesign, DesignChoice
from certificates.pdf.files import FILES

NO_PROVIDER: Final = "Say first who the provider is: name and address are printed too."


class DesignRefused(DomainError):
    """Settings that would print something unreadable or untrue."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


@lru_cache(maxsize=len(FILES))
def files_sha256(template: str = NEWEST) -> str:
    digest = hashlib.sha256()
    for path in FILES[template]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def look_of(design: CertificateDesign) -> Look:
    return look_from(design.template, design.settings_json)


def current_choice() -> DesignChoice | None:
    return DesignChoice.objects.select_related("design").order_by("-pk").first()


def current_look(*, provider: Provider | None) -> Look:
    """What a certificate issued now looks like; writes nothing."""
    choice = current_choice()
    look = look_of(choice.design) if choice else DEFAULT
    return look.with_logo(provider.logo.sha256 if provider and provider.logo else "")


def look_on_screen() -> Look:
    """The same for pages of the site, which show no logo on the certificate."""
    return current_look(provider=None)


def _wanted(look: Look) -> dict[str, str]:
    return {
        "template": look.template,
        "sha256": files_sha256(look.template),
        "settings_json": look.settings_json(),
    }


def _known(look: Look) -> CertificateDesign | None:
    return CertificateDesign.objects.filter(**_wanted(look)).order_by("-number").first()


def _newest_number() -> int:
    return CertificateDesign.objects.aggregate(newest=Max("number"))["newest"] or 0


def number_to_be(*, provider: Provider | None) -> int:
    """The number a certificate issued now would carry; writes nothing."""
    known = _known(current_look(provider=provider))
    return known.number if known is not None else _newest_number() + 1


def current_design(*, provider: Provider | None, now: datetime) -> CertificateDesign:
    """The row for what is chosen, today's files and logo; written when first used."""
    return _row_for(current_look(provider=provider), by=None, now=now)


def _row_for(look: Look, *, by: User | None, now: datetime) -> CertificateDesign:
    while True:
        known = _known(look)
        if known is not None:
            return known
        try:
            with transaction.atomic():
                return CertificateDesign.objects.create(
                    number=_newest_number() + 1,
                    name=NAMES[look.template],
                    created_at=now,
                    created_by_id=by.pk if by else None,
                    **_wanted(look),
                )
        except IntegrityError:
            continue  # Somebody else wrote this number at the same moment: look again.


@transaction.atomic
def save_design(
    settings: Settings, *, logo: StoredFile | None, by: User, now: datetime
) -> CertificateDesign:
    """Certificates are issued with these settings from now on; those already issued keep theirs.

    `logo` is the picture that stands above the name from now on, None for none. Saving what is in
    use already writes nothing. Errors: DesignRefused, DomainError without a provider.
    """
    _provider_locked()
    settings = replace(settings, logo=logo.sha256 if logo else "")
    problems = trouble_with(settings)
    if problems:
        raise DesignRefused(problems)
    return _choose(Look(NEWEST, settings), logo=logo, by=by, now=now)


@transaction.atomic
def choose_again(design: CertificateDesign, *, by: User, now: datetime) -> CertificateDesign:
    """Go back to the settings of an earlier design, with its logo. Errors: DomainError."""
    _provider_locked()
    look = look_of(design)
    logo = None
    if look.settings.logo:
        logo = StoredFile.objects.filter(
            area=StoredFile.Area.PRIVATE, sha256=look.settings.logo
        ).first()
        if logo is None:
            raise DomainError("The logo of that design is no longer kept. Choose one anew.")
    return _choose(look, logo=logo, by=by, now=now)


def _provider_locked() -> Provider:
    # The lock of all choices: two people who save at once are put in a row.
    provider = Provider.objects.select_for_update().filter(pk=1).first()
    if provider is None:
        raise DomainError(NO_PROVIDER)
    return provider


def _choose(look: Look, *, logo: StoredFile | None, by: User, now: datetime) -> CertificateDesign:
    choice = current_choice()
    if choice is None:
        # What was in use until now stays in the list, so that one can go back to it.
        provider = Provider.objects.select_related("logo").get(pk=1)
        _row_for(current_look(provider=provider), by=None, now=now)
    set_logo(logo, by=by, now=now)
    design = _row_for(look, by=by, now=now)
    if choice is not None and choice.design_id == design.pk:
        return design
    DesignChoice.objects.create(design=design, chosen_at=now, chosen_by_id=by.pk)
    audit.record(
        "certificate-design.chosen",
        subject_type="certificate-design",
        subject_id=design.number,
        by=by,
        now=now,
        before=choice.design.number if choice else None,
        settings=design.settings_json,
    )
    return design
