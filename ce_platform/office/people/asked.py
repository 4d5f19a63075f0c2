"""What several parts of a person's page tell something of: each asked for once a page."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail
from ce_platform.licensing.models import License
from certificates.models import Certificate
from courses.models import Enrollment

_MOST_MAILS: Final = 60
Answer = TypeVar("Answer")


def once(person: User, name: str, ask: Callable[[], Answer]) -> Answer:
    """The answer is kept with this very object, which lives as long as the page is made."""
    kept: dict[str, Any] = person.__dict__.setdefault("_asked_once", {})
    if name not in kept:
        kept[name] = ask()
    answer: Answer = kept[name]
    return answer


def role_names(person: User) -> list[str]:
    names = person.groups.order_by("name").values_list("name", flat=True)
    return once(person, "role_names", lambda: list(names))


def addresses_of(person: User) -> dict[str, bool]:
    """Theirs, lower-cased, and whether they were proved."""
    rows = EmailAddress.objects.filter(user=person).values_list("email", "verified")
    return once(person, "addresses", lambda: {email.lower(): proved for email, proved in rows})


def sign_ins_of(person: User) -> list[UserSession]:
    """Those not ended, the newest first."""
    rows = UserSession.objects.filter(user=person).order_by("-created_at", "-pk")
    return once(person, "sign_ins", lambda: list(rows))


def enrollments_of(person: User) -> list[Enrollment]:
    """With what is shown of course and version, the one last worked in first."""
    rows = (
        Enrollment.objects.filter(user=person)
        .select_related("course", "version")
        .only(
            *(field.name for field in Enrollment._meta.concrete_fields),
            "course__slug",
            "course__on_sale_version",
            "version__title",
            "version__edition",
            "version__revision",
            "version__lesson_count",
        )
        .order_by("-last_activity_at", "-pk")
    )
    return once(person, "enrollments", lambda: list(rows))


def licenses_of(person: User) -> list[License]:
    """By jurisdiction, with those that were removed."""
    rows = License.objects.filter(user=person).select_related("body")
    return once(
        person,
        "licenses",
        lambda: list(
            rows.only(
                *("uid", "number", "expires_on", "removed_at"),
                *("body__kind", "body__abbreviation", "body__name", "body__jurisdiction"),
            )
        ),
    )


def certificates_of(person: User) -> list[Certificate]:
    """The oldest first."""
    rows = Certificate.objects.filter(user=person).order_by("issued_at", "pk")
    return once(person, "certificates", lambda: list(rows))


def newest_mails(person: User) -> list[OutgoingMail]:
    rows = OutgoingMail.objects.filter(to_user_id=person.pk).defer("body")
    return once(person, "mails", lambda: list(rows.order_by("-created_at", "-pk")[:_MOST_MAILS]))
