"""What every page shows around its content."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from ce_platform.accounts import rules
from ce_platform.core import policies
from ce_platform.core.provider import provider_facts
from ce_platform.office.first_run.views import SETTING_UP


@dataclass(frozen=True)
class DemoPerson:
    key: str
    label: str
    email: str


DEMO_PEOPLE = (
    DemoPerson("therapist", "Therapist", "therapist@example.com"),
    DemoPerson("almost-done", "Therapist, one step before the end", "almost.done@example.com"),
    DemoPerson("instructor", "Instructor", "instructor@example.com"),
    DemoPerson("registrar", "Registrar", "registrar@example.com"),
)


FOOTER_POLICIES = (policies.Kind.PRIVACY, policies.Kind.ACCESSIBILITY)


class Platform:
    """Read by base.html as `platform`; each fact is looked up once and only when it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def provider_name(self) -> str:
        return provider_facts().name

    @property
    def provider_email(self) -> str:
        return provider_facts().email

    @property
    def footer_policies(self) -> tuple[policies.InForce, ...]:
        """Nothing while nothing is in force; no query but once a minute."""
        return policies.in_force(timezone.now(), FOOTER_POLICIES)

    @property
    def has_policies(self) -> bool:
        return bool(policies.in_force(timezone.now()))

    @property
    def complaint_procedure(self) -> policies.InForce | None:
        return next(iter(policies.in_force(timezone.now(), (policies.Kind.COMPLAINT,))), None)

    @property
    def is_set_up(self) -> bool:
        return provider_facts().is_known

    @property
    def is_setting_up(self) -> bool:
        """The person came from the steps of the first run and has not been through."""
        return bool(self._request.session.get(SETTING_UP))

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def demo_people(self) -> tuple[DemoPerson, ...]:
        return DEMO_PEOPLE

    @property
    def is_registrar(self) -> bool:
        """Also while the role sleeps: the way to the office leads past the second step."""
        user = self._request.user
        return rules.is_registrar(user) or rules.REGISTRAR in rules.sleeping_roles(user)

    @property
    def is_instructor(self) -> bool:
        return rules.is_instructor(self._request.user)


def platform(request: HttpRequest) -> dict[str, object]:
    # Not `site`: allauth's own views use that name.
    return {"platform": SimpleLazyObject(lambda: Platform(request))}
