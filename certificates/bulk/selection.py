"""Which certificates are meant: what the office filters by, or the ones it ticked.

`CertificateBundle.parameters` is `Selection.parameters()` and "newest", the newest id of that
moment: what is issued later is not in it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from ce_platform.core import codes
from ce_platform.core.paging import Page, latest_day_first, newest_first
from ce_platform.core.templatetags.wording import long_date
from ce_platform.licensing.models import LicensingBody
from certificates.domain.imported import folded_number
from certificates.models import Certificate, CertificateBody
from courses.models import CourseVersion

MOST_CERTIFICATES: Final = 10_000
"""In one file: the list of what is in a zip is held in memory while it is written."""
MOST_TICKED: Final = 200


@dataclass(frozen=True)
class Selection:
    """Empty means: not asked for. Names are those of the address."""

    q: str = ""
    """A number, a name or an address."""
    first: date | None = None
    last: date | None = None
    """Completed from, completed to."""
    course: str = ""
    body: str = ""
    """Printed on the certificate, in either block."""
    delivery: str = ""
    status: str = ""
    is_ticked: bool = False
    """These alone, be they none; nothing else counts then."""
    serials: tuple[str, ...] = ()

    def certificates(self) -> "QuerySet[Certificate]":
        found = Certificate.objects.all()
        if self.is_ticked:
            return found.filter(serial__in=self.serials)
        serial = codes.normalize(self.q)
        old_number = folded_number(self.q)
        if serial:
            found = found.filter(serial=serial)
        elif any(letter.isdigit() for letter in old_number) and "@" not in self.q:
            found = found.filter(Q(old_number_folded=old_number) | Q(holder_name__icontains=self.q))
        elif "@" in self.q:
            found = found.filter(user__email__startswith=self.q.lower())
        elif self.q:
            found = found.filter(holder_name__icontains=self.q)
        if self.first:
            found = found.filter(completed_on__gte=self.first)
        if self.last:
            found = found.filter(completed_on__lte=self.last)
        if self.course:
            found = found.filter(enrollment__course__slug=self.course)
        if self.body:
            printed = CertificateBody.objects.filter(
                certificate=OuterRef("pk"), body_code=self.body
            )
            found = found.filter(Exists(printed))
        if self.delivery:
            found = found.filter(delivery=CourseVersion.Delivery(self.delivery).label)
        if self.status:
            found = found.filter(status=self.status)
        return found

    def page(self, *, after: str | None) -> Page[Certificate]:
        """Of the list: newest first; of a period, latest day first, which an index answers."""
        found = self.certificates().select_related("document", "replaced_by")
        if self.first or self.last:
            return latest_day_first(found, "completed_on", after=after)
        return newest_first(found, after=after)

    @property
    def is_everything(self) -> bool:
        return self == Selection()

    @property
    def has_more(self) -> bool:
        """More than words was asked for."""
        return replace(self, q="") != Selection()

    def parameters(self) -> dict[str, Any]:
        """Only what was asked for, as JSON can hold it."""
        return {
            name: str(value) if isinstance(value, date) else value
            for name, value in asdict(self).items()
            if value
        }

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "Selection":
        known = {name: parameters[name] for name in cls.__dataclass_fields__ if name in parameters}
        for name in ("first", "last"):
            if name in known:
                known[name] = date.fromisoformat(known[name])
        known["serials"] = tuple(known.get("serials", ()))
        return cls(**known)

    def query(self) -> str:
        """What it is filtered by, for an address, without the question mark."""
        return urlencode(self.parameters())


def words_of(selection: Selection) -> list[str]:
    """What was asked for, as a person would say it. At most two queries."""
    if selection.is_ticked:
        count = len(selection.serials)
        return [f"{count} chosen certificate{'' if count == 1 else 's'}"]
    words = []
    if selection.q:
        words.append(f"“{selection.q}”")
    if selection.first or selection.last:
        words.append(f"completed {_period(selection.first, selection.last)}")
    if selection.course:
        version = (
            CourseVersion.objects.filter(course__slug=selection.course)
            .order_by("-edition", "-revision")
            .only("title")
            .first()
        )
        words.append(version.title if version else selection.course)
    if selection.body:
        body = LicensingBody.objects.filter(code=selection.body).first()
        words.append(f"naming {body.name if body else selection.body}")
    if selection.delivery:
        words.append(str(CourseVersion.Delivery(selection.delivery).label))
    if selection.status:
        words.append(f"only {Certificate.Status(selection.status).label.lower()}")
    return words


def _period(first: date | None, last: date | None) -> str:
    if first and last:
        return long_date(first) if first == last else f"{long_date(first)} to {long_date(last)}"
    return f"{long_date(first)} or later" if first else f"{long_date(last)} or earlier"
