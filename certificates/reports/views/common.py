"""What the pages of reports share."""

from django.urls import reverse
from django.utils.translation import gettext as _


def crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    """Below the list of reports: (label, url) each, the page itself last."""
    return [
        {"label": _("Reports"), "url": reverse("certificates:office-report-list")},
        *({"label": label, "url": url} for label, url in more),
    ]
