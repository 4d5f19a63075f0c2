"""The first thing the office sees: what must be done today, the worst first. Pure, from what the
desk has fetched anyway."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_WITHIN_DAYS: Final = 7


@dataclass(frozen=True)
class Line:
    text: str
    url: str
    word: str
    """How it stands, in a pill."""
    tone: str
    note: str = ""

    @property
    def is_late(self) -> bool:
        return self.tone == "bad"


def is_near(due: Any) -> bool:
    """A deadline of the coming days; what has no date is asked for now."""
    return due.days_left is None or due.days_left <= _WITHIN_DAYS


def lines_of(
    *,
    due: Iterable[Any],
    reports: dict[str, int],
    correction_count: int,
    question_count: int,
    requests: Sequence[Any],
    failed_mail: Sequence[Any],
    most: int,
) -> list[Line]:
    """What is late stands before what is not; else in the order of the law before convenience."""
    lines = [
        _counted(
            reports["overdue"],
            ngettext(
                "%(count)s completion should have been reported",
                "%(count)s completions should have been reported",
                reports["overdue"],
            ),
            f"{reverse('certificates:office-report-list')}?when=overdue",
            _("overdue"),
            "bad",
        ),
        *[
            Line(
                row.place,
                reverse("licensing:office-submission-detail", args=[row.submission.uid]),
                row.due.when,
                row.due.tone,
                note=f"{row.due.sentence}. {row.title}",
            )
            for row in due
        ],
        _counted(
            len(failed_mail),
            ngettext("%(count)s message was not sent", "%(count)s messages were not sent",
                     len(failed_mail)),
            f"{reverse('pages:mail-list')}?status=failed",
            _("not sent"),
            "bad",
            most=most,
        ),
        _counted(
            reports["soon"],
            ngettext(
                "%(count)s completion to report",
                "%(count)s completions to report",
                reports["soon"],
            ),
            f"{reverse('certificates:office-report-list')}?when=week",
            _("within 7 days"),
            "warn",
        ),
        _counted(
            question_count,
            ngettext(
                "%(count)s question waits for an answer",
                "%(count)s questions wait for an answer",
                question_count,
            ),
            reverse("office:office-question-list"),
            _("waiting"),
            "warn",
        ),
        _counted(
            correction_count,
            ngettext(
                "%(count)s holder asks for a correction",
                "%(count)s holders ask for a correction",
                correction_count,
            ),
            reverse("certificates:office-certificate-correction-list"),
            _("waiting"),
            "warn",
        ),
        _counted(
            len(requests),
            ngettext(
                "%(count)s learner asks for another attempt",
                "%(count)s learners ask for another attempt",
                len(requests),
            ),
            reverse("quizzes:office-request-list"),
            _("waiting"),
            "warn",
            most=most,
        ),
    ]  # fmt: skip
    return sorted((line for line in lines if line is not None), key=lambda line: not line.is_late)


def _counted(
    count: int, words: str, url: str, word: str, tone: str, *, most: int | None = None
) -> Line | None:
    """`most`: no more were fetched, so there may be others."""
    if not count:
        return None
    number = f"{count}+" if count == most else f"{count:,}"
    return Line(words % {"count": number}, url, word, tone)
