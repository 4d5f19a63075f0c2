"""What the database itself refuses: writing in what is published, or in a completion.

Only the status moves, one way. `body_html` and `description_html` are made from the frozen text
and may be made again by a better renderer (`manage.py render_lessons`); `verify_records` sees
when they differ from what the text gives.
"""

from typing import Final

from ce_platform.core.refusals import is_merging, is_past, is_purging
from ce_platform.core.triggers import (
    Refusal,
    forbid_delete,
    forbid_insert,
    forbid_update,
    forbid_update_when,
)

FROZEN: Final = "('published', 'retired')"
SENTENCE: Final = "A published version is never changed."
RENDERED: Final = {
    "courses_courseversion": ("description_html",),
    "courses_lesson": ("body_html",),
}
_VERSION: Final = "courses_courseversion"
# Table → how a row finds its version.
_CHILDREN: Final = {
    "courses_module": "{row}.version_id",
    "courses_lesson": "{row}.version_id",
    "courses_figure": "{row}.version_id",
    "courses_chart": "{row}.version_id",
    "courses_chartview": "(SELECT version_id FROM courses_chart WHERE id = {row}.chart_id)",
    "courses_chartpoint": "{row}.version_id",
    "courses_objective": "{row}.version_id",
    "courses_reference": "{row}.version_id",
    "courses_glossaryterm": "{row}.version_id",
    "courses_credithours": "{row}.version_id",
    "courses_courseauthor": "{row}.version_id",
    "courses_courseversion_subjects": "{row}.courseversion_id",
    "courses_lesson_objectives": (
        "(SELECT version_id FROM courses_lesson WHERE id = {row}.lesson_id)"
    ),
}


# What came with the studio; kept apart, because migrations name what they create.
_STUDIO_CHILDREN: Final = {
    "courses_recording": "{row}.version_id",
    "courses_handout": "{row}.version_id",
}
_COMPLETED: Final = "Who completed a course keeps the record as it is."
_OF_COMPLETED: Final = (
    "EXISTS (SELECT 1 FROM courses_enrollment WHERE id = OLD.enrollment_id "
    "AND status = 'completed')"
)
# Whether a published version has this subject, and whether there is one of this course.
_SUBJECT_IS_PUBLISHED: Final = (
    "EXISTS (SELECT 1 FROM courses_courseversion_subjects s "
    "JOIN courses_courseversion v ON v.id = s.courseversion_id "
    "WHERE s.subject_id = OLD.id AND v.status IN ('published', 'retired'))"
)
_COURSE_IS_PUBLISHED: Final = (
    "EXISTS (SELECT 1 FROM courses_courseversion "
    "WHERE course_id = OLD.id AND status IN ('published', 'retired'))"
)


def is_frozen(row: str, version: str) -> str:
    """SQL: whether the version of this row is frozen. Other apps use it for their children."""
    found = version.format(row=row)
    return f"EXISTS (SELECT 1 FROM {_VERSION} WHERE id = {found} AND status IN {FROZEN})"  # noqa: S608


def of_child(table: str, version: str, *, rendered: tuple[str, ...] = ()) -> list[Refusal]:
    """No insert, update or delete of what belongs to a frozen version.

    `version` is SQL for the id of the row's version, with `{row}` for OLD or NEW.
    """
    old, new = is_frozen("OLD", version), is_frozen("NEW", version)
    return [
        forbid_insert(table, SENTENCE, when=new),
        forbid_update(table, SENTENCE, except_columns=rendered, when=f"{old} OR {new}"),
        forbid_delete(table, SENTENCE, when=old),
    ]


REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update(
        _VERSION,
        SENTENCE,
        except_columns=("status", *RENDERED[_VERSION]),
        when=f"OLD.status IN {FROZEN}",
    ),
    forbid_update_when(
        _VERSION,
        "A published version can only be retired.",
        when=(
            f"OLD.status IN {FROZEN} AND NEW.status <> OLD.status "
            "AND NOT (OLD.status = 'published' AND NEW.status = 'retired')"
        ),
        name="status",
    ),
    forbid_delete(
        _VERSION, "A published version is never deleted.", when=f"OLD.status IN {FROZEN}"
    ),
    *(
        refusal
        for table, version in _CHILDREN.items()
        for refusal in of_child(table, version, rendered=RENDERED.get(table, ()))
    ),
    forbid_update("courses_promosnapshot", "The kept course page is never changed."),
    forbid_delete("courses_promosnapshot", "The kept course page is never deleted."),
    # What published versions share is part of what they say.
    forbid_update("courses_subject", SENTENCE, when=_SUBJECT_IS_PUBLISHED),
    forbid_delete("courses_subject", SENTENCE, when=_SUBJECT_IS_PUBLISHED),
    forbid_update_when(
        "courses_course",
        SENTENCE,
        when=f"(NEW.key <> OLD.key OR NEW.slug <> OLD.slug) AND {_COURSE_IS_PUBLISHED}",
        name="name",
    ),
    # Completions.
    forbid_update(
        "courses_enrollment",
        "An enrollment stays with its person and its course.",
        except_columns=(
            "version_id",
            "status",
            "last_activity_at",
            "completed_at",
            "completed_on",
            "completed_zone",
            "last_lesson_id",
            "finished_lesson_count",
            "seconds_on_task",
        ),
    ),
    forbid_update(
        "courses_enrollment",
        _COMPLETED,
        except_columns=(
            "last_activity_at",
            "last_lesson_id",
            "finished_lesson_count",
            "seconds_on_task",
        ),
        when="OLD.status = 'completed'",
        name="completed",
    ),
    forbid_delete("courses_enrollment", _COMPLETED, when="OLD.status = 'completed'"),
    forbid_update("courses_lessonprogress", _COMPLETED, when=_OF_COMPLETED),
    forbid_delete("courses_lessonprogress", _COMPLETED, when=_OF_COMPLETED),
    forbid_update(
        "courses_evaluation", "An evaluation is never changed.", except_columns=("comment",)
    ),
    forbid_delete("courses_evaluation", _COMPLETED, when=_OF_COMPLETED),
)


STUDIO_REFUSALS: Final[tuple[Refusal, ...]] = tuple(
    refusal for table, version in _STUDIO_CHILDREN.items() for refusal in of_child(table, version)
)

# Made anew by a later migration, because the table got columns.
COURSE_REFUSALS: Final[tuple[Refusal, ...]] = tuple(
    each for each in REFUSALS if each.table == "courses_course"
)

# What came with the instructors' profiles.
INSTRUCTOR_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update(
        "courses_instructorsnapshot", "What an instructor held on that day is never changed."
    ),
    forbid_delete(
        "courses_instructorsnapshot", "What an instructor held on that day is never deleted."
    ),
)

_OF_ATTENDED: Final = (
    "EXISTS (SELECT 1 FROM courses_attendance a JOIN courses_enrollment e "
    "ON e.id = a.enrollment_id WHERE a.session_id = OLD.id AND e.status = 'completed')"
)

# What came with live courses. Date and place of a session are those of its certificates.
LIVE_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update("courses_attendance", _COMPLETED, when=_OF_COMPLETED),
    forbid_delete("courses_attendance", _COMPLETED, when=_OF_COMPLETED),
    forbid_update(
        "courses_livesession",
        "A session for which somebody has a certificate stays as it was.",
        except_columns=("has_paper_evaluations",),
        when=f"OLD.status = 'held' AND {_OF_ATTENDED}",
    ),
    forbid_delete(
        "courses_livesession",
        "A session for which somebody has a certificate is never deleted.",
        when=_OF_ATTENDED,
    ),
)

_OTHER_PERSON: Final = f"NEW.user_id <> OLD.user_id AND NOT {is_merging()}"
_ENROLLMENT: Final = "courses_enrollment"
_STAYS: Final = "An enrollment stays with its person and its course."

# Of a later migration, in the place of those above: when two accounts of one person become one,
# the records move to the one that stays. Whose they are is not printed anywhere.
MERGING_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update(
        _ENROLLMENT,
        _STAYS,
        except_columns=(
            "user_id",
            "version_id",
            "status",
            "last_activity_at",
            "completed_at",
            "completed_on",
            "completed_zone",
            "last_lesson_id",
            "finished_lesson_count",
            "seconds_on_task",
        ),
    ),
    forbid_update(
        _ENROLLMENT,
        _COMPLETED,
        except_columns=(
            "user_id",
            "last_activity_at",
            "last_lesson_id",
            "finished_lesson_count",
            "seconds_on_task",
        ),
        when="OLD.status = 'completed'",
        name="completed",
    ),
    forbid_update_when(_ENROLLMENT, _STAYS, when=_OTHER_PERSON, name="person"),
    forbid_update(
        "courses_attendance", _COMPLETED, except_columns=("user_id",), when=_OF_COMPLETED
    ),
    forbid_update_when("courses_attendance", _STAYS, when=_OTHER_PERSON, name="person"),
)
# What stood in their place before, for the way back.
_MOVED: Final = frozenset(each.name for each in MERGING_REFUSALS)
BEFORE_MERGING: Final[tuple[Refusal, ...]] = tuple(
    each for each in (*REFUSALS, *LIVE_REFUSALS) if each.name in _MOVED
)

_PERSON: Final = "(SELECT user_id FROM courses_enrollment WHERE id = OLD.enrollment_id)"
_KEPT: Final = f"{_OF_COMPLETED} AND NOT {is_purging(_PERSON)}"

# Of a later migration, in the place of those above: records go when their time is over, of one
# person at a time (decision 0048).
PURGE_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_delete(
        _ENROLLMENT,
        _COMPLETED,
        when=(
            "OLD.status = 'completed' "
            f"AND NOT ({is_purging('OLD.user_id')} AND {is_past('OLD.completed_on')})"
        ),
    ),
    forbid_delete("courses_lessonprogress", _COMPLETED, when=_KEPT),
    forbid_delete("courses_evaluation", _COMPLETED, when=_KEPT),
    forbid_delete("courses_attendance", _COMPLETED, when=_KEPT),
)
_SHUT_BEFORE: Final = frozenset(each.name for each in PURGE_REFUSALS)
BEFORE_PURGING: Final[tuple[Refusal, ...]] = tuple(
    each for each in (*REFUSALS, *LIVE_REFUSALS) if each.name in _SHUT_BEFORE
)
