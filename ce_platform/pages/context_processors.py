"""What every page shows around its content."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from ce_platform.accounts import rules
from ce_platform.core.models import Provider


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


class Site:
    """Read by base.html as `site`; each fact is looked up once and only when it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def provider(self) -> Provider | None:
        return Provider.objects.filter(pk=1).first()

    @property
    def provider_name(self) -> str:
        return self.provider_facts[0]

    @property
    def provider_facts(self) -> tuple[str, str]:
        if not hasattr(self, "_facts"):
            provider = self.provider
            self._facts = (
                (provider.name, provider.email) if provider else ("Continuing education", "")
            )
        return self._facts

    @property
    def provider_email(self) -> str:
        return self.provider_facts[1]

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def demo_people(self) -> tuple[DemoPerson, ...]:
        return DEMO_PEOPLE

    @property
    def is_registrar(self) -> bool:
        return rules.is_registrar(self._request.user)

    @property
    def is_instructor(self) -> bool:
        return rules.is_instructor(self._request.user)


def site(request: HttpRequest) -> dict[str, object]:
    # Twice: allauth's own views put another `site` over ours, so base.html reads `platform`.
    facts = SimpleLazyObject(lambda: Site(request))
    return {"site": facts, "platform": facts}
