"""Submissions to licensing bodies with their letters. Matched by body, course and edition."""

from collections.abc import Mapping, Sequence
from typing import Any

from ce_platform.core.models import StoredFile
from ce_platform.core.text import fold
from ce_platform.licensing.domain import letters
from ce_platform.licensing.models import Submission, SubmissionEvent
from ce_platform.office.moving_in import cells, past_submissions
from ce_platform.office.moving_in.cells import CellRefused
from ce_platform.office.moving_in.columns import Column
from ce_platform.office.moving_in.course_cells import COURSE, course_of, read_course, set_courses
from ce_platform.office.moving_in.drafts import Action, Cells, Context, Draft
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.kinds.base import Written

Status = Submission.Status
_STATUSES = {
    fold(word): status
    for status in Status
    for word in (status.value, str(status.label), status.value.replace("-", " "))
}
_TEXTS = {
    "channel": 120,
    "reference": 120,
    "number": 60,
    "title_approved": 200,
    "category": 120,
    "conditions": 2_000,
    "note": 2_000,
}
_PAST = ("submitted_on", "decided_on")
_DAYS = (*_PAST, "answer_due_on", "valid_from", "valid_to")


def status_of(value: Any) -> Submission.Status:
    found = _STATUSES.get(fold(str(value)))
    if found is None:
        known = ", ".join(str(status.label) for status in Status)
        raise CellRefused(f"“{str(value)[:40]}” is none of: {known}.")
    return found


class Submissions:
    name = "submissions"
    title = "Submissions"
    what = "What each licensing body was sent and decided about a course, with its letters."
    key_words = "licensing body, course and edition"
    columns = (
        Column(
            "body",
            "Licensing body",
            "Its code, or the state.",
            "FL",
            is_required=True,
            can_be_fixed=True,
            also=("state", "body", "board", "body code"),
        ),
        COURSE,
        Column("edition", "Edition", "Empty: the course has only one.", "1"),
        Column(
            "status",
            "Status",
            "One of: " + ", ".join(str(status.label) for status in Status) + ".",
            "Approved",
            is_required=True,
            also=("decision", "result"),
        ),
        Column(
            "submitted_on",
            "Submitted on",
            "Needed for all that was sent. If nobody knows it any more: the day of the decision.",
            "2024-01-08",
            also=("submitted", "sent", "sent on", "date submitted"),
        ),
        Column(
            "decided_on",
            "Decided on",
            "By the body.",
            "2024-02-20",
            also=("decided", "date approved"),
        ),
        Column(
            "hours_granted",
            "Hours granted",
            "As the body granted them. More than the course claims only with the letter.",
            "3",
            also=("hours", "ce hours", "credit hours"),
        ),
        Column(
            "valid_from",
            "Valid from",
            "First day of the approval.",
            "2024-02-20",
            also=("from", "approved from"),
        ),
        Column(
            "valid_to",
            "Valid to",
            "Last day on which it holds or held. Empty: no end.",
            "2027-02-19",
            also=("to", "expires", "expires on", "approved to"),
        ),
        Column(
            "number",
            "Number",
            "The number that the body gave the course.",
            "20-765432",
            also=("course number", "approval number", "body's number"),
        ),
        Column(
            "reference",
            "Reference",
            "Of the application.",
            "APP-2024-118",
            also=("application", "application number", "tracking number"),
        ),
        Column("channel", "Sent by", "E.g. portal, mail.", "Portal", also=("channel",)),
        Column(
            "through",
            "Through the list of",
            "Whose list the body accepts, by code or state.",
            "",
            also=("through", "list"),
        ),
        Column("answer_due_on", "Answer due on", "More information asked: until when.", ""),
        Column("title_approved", "Title approved", "If it is another one.", ""),
        Column("category", "Category", "As the body calls it.", ""),
        Column("conditions", "Conditions", "What the approval asks.", ""),
        Column(
            "note",
            "Note",
            "Needed where it was denied, is not needed, or more information is asked: why, or "
            "what is asked.",
            "Granted in full",
            also=("reason", "comment"),
        ),
        Column(
            "letter",
            "Letter",
            "Name of its file in the zip: PDF, PNG or JPEG.",
            "florida-2024.pdf",
            also=("file", "letter file", "pdf"),
        ),
    )
    takes_files = True
    file_column = "Letter"
    can_be_undone = False
    undo_words = (
        "It cannot be undone: the file of a submission keeps every move, as an auditor wants it. "
        "What is wrong is corrected at the submission itself, with the reason."
    )
    order = 8

    def file_type(self, start: bytes) -> str:
        found = letters.kind_of(start)
        if not found:
            raise ImportRefused("A letter is a PDF, PNG or JPEG.")
        return found

    def read(self, row: Cells, draft: Draft, context: Context) -> None:
        values = draft.values
        body = row.read("body", context.body, is_required=True)
        values["body"] = body.code if body else ""
        read_course(row, values)
        values["edition"] = (
            row.read("edition", lambda value: cells.whole(value, least=1, most=999)) or 0
        )
        status = row.read("status", status_of, is_required=True)
        values["status"] = status.value if status else ""
        order = str(context.options.get("dates", ""))
        for name in _DAYS:
            found = row.read(
                name,
                (lambda value: cells.past_day(value, today=context.today, order=order))
                if name in _PAST
                else (lambda value: cells.day(value, order=order)),
            )
            values[name] = found.isoformat() if found else ""
        granted = row.read("hours_granted", past_submissions.hours)
        values["hours_granted"] = str(granted) if granted is not None else ""
        for name, most in _TEXTS.items():
            values[name] = row.line(name, most=most)
        through = row.read("through", context.body)
        values["through"] = through.code if through else ""
        name = row.text("letter").replace("\\", "/")
        if name:
            draft.pdf_name = context.files.get(name.casefold(), "")
            if not draft.pdf_name:
                row.refuse(
                    "letter",
                    "The zip has no such file."
                    if context.files
                    else "Letters come in a zip together with the table; this is a table alone.",
                )

    def place(self, drafts: Sequence[Draft], context: Context) -> None:
        set_courses(drafts, context)
        readable = [
            draft
            for draft in drafts
            if draft.values["body"] and draft.values["status"] and not _lacks_course(draft, context)
        ]
        editions = past_submissions.editions_of(
            {course_of(draft, context).pk for draft in readable}
        )
        known = {
            (row.body.code, row.course_id, row.edition): row
            for row in Submission.objects.filter(
                course__in={course_of(draft, context).pk for draft in readable}
            ).select_related("body")
        }
        moved = set(
            SubmissionEvent.objects.filter(submission__in=[row.pk for row in known.values()])
            .exclude(from_status="")
            .values_list("submission_id", flat=True)
        )
        for draft in readable:
            course = course_of(draft, context)
            if not self._set_edition(draft, editions.get(course.pk, {})):
                continue
            values = draft.values
            draft.key = f"{values['body']}|{course.pk}|{values['edition']}"[:64]
            if context.is_twice(draft, COURSE.label, values["course"]):
                continue
            here = known.get((values["body"], course.pk, values["edition"]))
            if here is None:
                draft.action = Action.NEW
            elif (
                here.status == Status.DRAFT
                and here.pk not in moved
                and values["status"] != Status.DRAFT
            ):
                draft.action = Action.CHANGE
                draft.notes.append("It is in preparation here, and goes on from there.")
            else:
                draft.action = Action.SAME
                self._compare(draft, here)
                continue
            self._try(draft, context, claimed=editions[course.pk][values["edition"]])

    def _set_edition(self, draft: Draft, editions: Mapping[int, Any]) -> bool:
        values = draft.values
        if not values["edition"] and len(editions) == 1:
            (values["edition"],) = editions
        elif not values["edition"]:
            draft.refuse("Edition", "", f"The course has {len(editions)} editions. Say which.")
        elif values["edition"] not in editions:
            draft.refuse(
                "Edition", values["edition"], f"The course has no edition {values['edition']}."
            )
        return values["edition"] in editions

    def _compare(self, draft: Draft, here: Submission) -> None:
        values = draft.values
        if (here.status, here.number) != (values["status"], values["number"]):
            said = f"“{here.get_status_display()}”" + (f", {here.number}" if here.number else "")
            draft.notes.append(f"It is {said} here; that is left so.")

    def _try(self, draft: Draft, context: Context, *, claimed: Any) -> None:
        """The same rules as at the desk, line by line before anything is written."""
        labels = {column.name: column.label for column in self.columns}
        found = past_submissions.problems(
            draft.values,
            bodies=context.bodies,
            has_letter=bool(draft.pdf_name),
            claimed_hours=claimed,
            today=context.today,
        )
        for name, sentence in found.items():
            value = draft.pdf_name if name == "letter" else draft.values.get(name, "")
            draft.refuse(labels[name], value, sentence)

    def write(
        self, drafts: Sequence[Draft], context: Context, *, documents: Mapping[str, StoredFile]
    ) -> Sequence[Written]:
        return [
            Written(
                target=str(
                    past_submissions.record(
                        draft,
                        course=course_of(draft, context),
                        context=context,
                        letter=documents.get(draft.pdf_sha256),
                    ).uid
                )
            )
            for draft in drafts
        ]

    def undo(self, context: Context, *, reason: str) -> None:
        raise NotImplementedError


def _lacks_course(draft: Draft, context: Context) -> bool:
    return context.courses.get(str(draft.values["course"])) is None
