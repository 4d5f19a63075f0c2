"""Access codes that were given out before. Matched by letters and figures, as a code is typed."""

from collections.abc import Mapping, Sequence
from datetime import date

from ce_platform.core.codes import plain
from ce_platform.core.models import StoredFile
from ce_platform.core.text import clean
from ce_platform.office.moving_in import cells
from ce_platform.office.moving_in.columns import Column
from ce_platform.office.moving_in.course_cells import COURSE, course_of, read_course, set_courses
from ce_platform.office.moving_in.drafts import Action, Cells, Context, Draft
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.kinds.base import Written
from ce_platform.office.moving_in.models import ImportLine
from courses.domain.access import LONGEST_OLD, MOST_USES, forget_old_code, keep_old_code
from courses.domain.access_errors import AccessRefused
from courses.models import AccessCode


class Codes:
    name = "codes"
    title = "Access codes"
    what = "Codes that people hold already go on working, with the uses that are left."
    key_words = "the letters and figures of the code"
    columns = (
        Column(
            "code",
            "Code",
            "As it was given out. Capitals, dashes and spaces do not matter.",
            "SPRING-24",
            is_required=True,
            also=("access code", "coupon", "coupon code", "voucher"),
        ),
        COURSE,
        Column(
            "allowed",
            "Uses allowed",
            "By how many people in all. Empty: one.",
            "10",
            can_be_fixed=True,
            also=("uses", "limit", "usage limit", "max uses"),
        ),
        Column(
            "spent",
            "Uses spent",
            "How many of them the earlier system has seen. Empty: none.",
            "3",
            also=("used", "usage count", "times used", "redeemed"),
        ),
        Column(
            "expires_on",
            "Expires on",
            "The last day. Empty: no end.",
            "2027-12-31",
            also=("expires", "expiry", "expiry date", "expiration date", "valid until"),
        ),
        Column(
            "note",
            "Note",
            "For the office, e.g. whose order it was.",
            "Order 1042, Elm School",
            also=("description", "comment", "order"),
        ),
    )
    takes_files = False
    file_column = ""
    can_be_undone = True
    undo_words = (
        "Codes that nobody has used here are taken out, and their lines can come in again. A code "
        "that let somebody in is canceled with your reason, and that person stays in."
    )
    order = 35

    def file_type(self, start: bytes) -> str:
        return ""

    def read(self, row: Cells, draft: Draft, context: Context) -> None:
        values = draft.values
        values["code"] = " ".join(
            clean(row.line("code", most=LONGEST_OLD, is_required=True)).split()
        )
        key = plain(values["code"])
        if values["code"] and not key:
            row.refuse("code", "A code has letters or figures.")
        elif len(key) > LONGEST_OLD:
            row.refuse("code", f"A code has at most {LONGEST_OLD} letters.")
        read_course(row, values)
        allowed = row.read("allowed", lambda value: cells.whole(value, least=1, most=MOST_USES))
        spent = row.read("spent", lambda value: cells.whole(value, least=0, most=MOST_USES))
        values["allowed"] = 1 if allowed is None else allowed
        values["spent"] = spent or 0
        is_read = allowed is not None or not row.has("allowed")
        if is_read and values["spent"] > values["allowed"]:
            row.refuse(
                "spent",
                f"It was used {values['spent']} times and may be used {values['allowed']} times. "
                "Mend one of the two.",
            )
        order = str(context.options.get("dates", ""))
        ends = row.read("expires_on", lambda value: cells.day(value, order=order))
        values["expires_on"] = ends.isoformat() if ends else ""
        values["note"] = row.line("note", most=300)
        if ends and ends < context.today:
            draft.notes.append("Its last day is past; it is kept, and says so to whoever types it.")
        elif values["spent"] == values["allowed"]:
            draft.notes.append("It is used up; it is kept, and says so to whoever types it.")

    def place(self, drafts: Sequence[Draft], context: Context) -> None:
        set_courses(drafts, context)
        for draft in drafts:
            draft.key = plain(str(draft.values.get("code", "")))[:64]
        known = {
            row.key: row
            for row in AccessCode.objects.filter(
                key__in=[draft.key for draft in drafts if draft.key]
            ).select_related("course")
        }
        for draft in drafts:
            values = draft.values
            if not draft.key or context.is_twice(draft, "Code", values["code"]):
                continue
            here = known.get(draft.key)
            draft.action = Action.SAME if here else Action.NEW
            if here is None:
                continue
            if here.course.slug != values["course"]:
                draft.refuse(
                    "Code",
                    values["code"],
                    f"There is this code already, for the course {here.course.slug}.",
                )
            elif here.canceled_at is not None:
                draft.notes.append("It was canceled here; that stays so.")
            elif (here.use_limit, here.used_before, _iso(here.expires_on)) != (
                values["allowed"],
                values["spent"],
                values["expires_on"],
            ):
                draft.notes.append(
                    "It is here with other uses or another last day; it is left so. Change it "
                    "under Access."
                )

    def write(
        self, drafts: Sequence[Draft], context: Context, *, documents: Mapping[str, StoredFile]
    ) -> Sequence[Written]:
        written = []
        for draft in drafts:
            values = draft.values
            try:
                code = keep_old_code(
                    values["code"],
                    course=course_of(draft, context),
                    use_limit=values["allowed"],
                    used_before=values["spent"],
                    expires_on=date.fromisoformat(values["expires_on"])
                    if values["expires_on"]
                    else None,
                    note=values["note"],
                    by=context.actor,
                    now=context.now,
                )
            except AccessRefused as refusal:
                raise ImportRefused(f"Row {draft.row}: {refusal}") from None
            written.append(Written(target=str(code.uid)))
        return written

    def undo(self, context: Context, *, reason: str) -> None:
        brought = ImportLine.objects.filter(run=context.run, action=Action.NEW).exclude(target="")
        for code in AccessCode.objects.filter(
            uid__in=list(brought.values_list("target", flat=True)), canceled_at__isnull=True
        ).order_by("pk"):
            forget_old_code(code, reason=reason, by=context.actor, now=context.now)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
