"""A newer version of the course: what it would change for the learner, taking it, staying."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest
from courses.domain import moving
from courses.domain.differences import Paragraph, differences, folded
from courses.domain.errors import CannotMove, EnrollmentNotOpen, NotTheNewerVersion
from courses.domain.moving import LessonMove, Moving
from courses.domain.reading_matter import as_read
from courses.frozen import remember, version_by_id
from courses.models import CourseVersion, Enrollment, Lesson
from courses.parts import MovingLine, parts
from courses.rules import enrollment_or_404
from courses.views.crumbs import enrollment_crumbs
from courses.views.panels import rendered

_NUMBER: Final = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})")


@dataclass(frozen=True)
class ChangedLesson:
    """A lesson that says something else, with both texts in one."""

    move: LessonMove
    paragraphs: Sequence[Paragraph | None]
    """Empty: the words are the same, and something it shows is not."""


@require_safe
def enrollment_newer(request: PersonRequest, uid: UUID) -> HttpResponse:
    """What moving would change. Nobody has to."""
    enrollment = enrollment_or_404(request, uid)
    version = moving.newer_version(enrollment)
    if version is None:
        if enrollment.status == Enrollment.Status.OPEN:
            messages.info(request, _("No newer version of this course is out."))
        return redirect(enrollment)
    changes = moving.what_moving_changes(enrollment, version)
    panels = [panel for part in parts() for panel in part.moving_panels(enrollment, version)]
    return render(
        request,
        "courses/enrollment_newer.html",
        {
            "enrollment": enrollment,
            "version": enrollment.version,
            "newer": version,
            "crumbs": enrollment_crumbs(enrollment, _("Newer version")),
            "moving": changes,
            "groups": _groups(changes),
            "changed": _changed_lessons(changes),
            "panels": rendered(request, panels),
            "hindrances": moving.hindrances(enrollment, now=timezone.now()),
            "declined_at": moving.declined_at(enrollment, version),
        },
    )


@require_POST
def enrollment_move(request: PersonRequest, uid: UUID) -> HttpResponse:
    enrollment = enrollment_or_404(request, uid)
    version = _asked_version(request, enrollment)
    if version is not None and version.pk == enrollment.version_id:
        return redirect(enrollment)
    try:
        if version is None:
            raise NotTheNewerVersion
        changes = moving.what_moving_changes(enrollment, version)
        moving.move_to_version(enrollment.pk, version, by=request.user, now=timezone.now())
    except (CannotMove, NotTheNewerVersion) as error:
        messages.error(request, str(error))
        return redirect("courses:enrollment-newer", uid)
    except EnrollmentNotOpen as error:
        messages.error(request, str(error))
        return redirect(enrollment)
    messages.success(request, _moved_sentence(changes))
    return redirect(enrollment)


@require_POST
def enrollment_stay(request: PersonRequest, uid: UUID) -> HttpResponse:
    enrollment = enrollment_or_404(request, uid)
    version = _asked_version(request, enrollment)
    if version is not None and version.pk == enrollment.version_id:
        return redirect(enrollment)
    try:
        if version is None:
            raise NotTheNewerVersion
        moving.stay_with_own_version(enrollment.pk, version, by=request.user, now=timezone.now())
    except NotTheNewerVersion as error:
        messages.error(request, str(error))
        return redirect("courses:enrollment-newer", uid)
    except EnrollmentNotOpen as error:
        messages.error(request, str(error))
        return redirect(enrollment)
    messages.success(
        request,
        _(
            "You stay with %(label)s. Should you change your mind, the way to the newer version is "
            "still on this page."
        )
        % {"label": enrollment.version.label},
    )
    return redirect(enrollment)


def _asked_version(request: PersonRequest, enrollment: Enrollment) -> CourseVersion | None:
    """The version whose changes the learner had before them, written like 2.0.

    Not simply what is on sale by now: that may be one they have not seen.
    """
    found = _NUMBER.fullmatch(request.POST.get("version", ""))
    if found is None:
        return None
    version_id = (
        CourseVersion.objects.filter(
            course=enrollment.course_id, edition=int(found[1]), revision=int(found[2])
        )
        .values_list("pk", flat=True)
        .first()
    )
    return None if version_id is None else version_by_id(version_id)


@dataclass(frozen=True)
class Group:
    """Things with the same fate, for one heading of the page."""

    id: str
    title: str
    explanation: str
    moves: Sequence[LessonMove | MovingLine]

    @property
    def count(self) -> str:
        """3 lessons, 1 quiz"""
        lessons = sum(each.kind == "lesson" for each in self.moves)
        others = len(self.moves) - lessons
        counts = [
            (lessons, ngettext("%(count)d lesson", "%(count)d lessons", lessons)),
            (others, ngettext("%(count)d quiz", "%(count)d quizzes", others)),
        ]
        return ", ".join(words % {"count": count} for count, words in counts if count)


def _groups(changes: Moving) -> list[Group]:
    groups = [
        Group(
            "again",
            _("To read again"),
            _(
                "You had finished these, and their text is another one now. A finished lesson "
                "stands for hours of study, so moving takes the tick off."
            ),
            changes.again,
        ),
        Group("new", _("New for you"), _("Your version does not have these."), changes.new),
        Group(
            "kept",
            _("Stays done"),
            _("Finished or passed in your version, and it counts in the newer one.")
            if not changes.is_same_edition
            else _("Only typing mistakes were mended, so everything you finished stays done."),
            changes.kept,
        ),
        Group(
            "gone",
            _("Falls away"),
            _("The newer version does not have these any more. Your results stay on record."),
            changes.gone,
        ),
        Group(
            "ahead", _("Still ahead of you"), _("Not done yet, in either version."), changes.ahead
        ),
    ]
    return [group for group in groups if group.moves]


def _changed_lessons(changes: Moving) -> list[ChangedLesson]:
    """The same for every learner of the two versions, so it is worked out once per process."""
    texts = remember(
        changes.after,
        f"texts changed since {changes.before.pk}",
        lambda: _texts(changes),
    )
    return [ChangedLesson(each, texts.get(each.key, ())) for each in changes.changed]


def _texts(changes: Moving) -> dict[UUID, Sequence[Paragraph | None]]:
    keys = [each.key for each in changes.changed]
    old, new = (
        dict(
            Lesson.objects.filter(version=version, key__in=keys)
            .order_by()
            .values_list("key", "body")
        )
        for version in (changes.before, changes.after)
    )
    return {key: _difference(old[key], new[key]) for key in keys if old[key] != new[key]}


def _difference(before: str, after: str) -> Sequence[Paragraph | None]:
    """In the words that are read; where only marks or sources changed, in those as written."""
    old, new = as_read(before), as_read(after)
    if old == new:
        old, new = before, after
    return folded(differences(old, new))


def _moved_sentence(changes: Moving) -> str:
    sentence = _("You are in %(label)s now.") % {"label": changes.after.label}
    again = len(changes.again)
    if not again:
        return f"{sentence} {_('Everything you had done that is still part of it counts.')}"
    rest = ngettext(
        "One lesson has changed and is to be read again; the rest of what you had done counts.",
        "%(count)d lessons have changed and are to be read again; the rest of what you had done "
        "counts.",
        again,
    )
    return f"{sentence} {rest % {'count': again}}"
