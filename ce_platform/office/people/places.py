"""Where pages about one person stand."""

from django.urls import reverse
from django.utils.translation import gettext as _

from ce_platform.accounts.models import User


def crumbs_below(person: User, title: str) -> list[dict[str, str]]:
    """For a page that is reached from the page of the person, and leads back there."""
    page = reverse("office:person-detail", args=[person.uid])
    return [
        {"label": _("People"), "url": reverse("office:person-list")},
        {"label": person.get_full_name(), "url": page},
        {"label": title, "url": ""},
    ]
