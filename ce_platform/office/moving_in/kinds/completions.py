"""Past completions with their old PDFs: imported records of certificates/domain/imported.py."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ce_platform.core.models import Provider, StoredFile
from ce_platform.core.text import fold
from ce_platform.office.moving_in import accounts, cells
from ce_platform.office.moving_in.cells import CellRefused
from ce_platform.office.moving_in.columns import Column
from ce_platform.office.moving_in.drafts import Action, Cells, Context, Draft
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.kinds.base import Written
from ce_platform.office.moving_in.kinds.people import (
    EMAIL,
    FIRST_NAME,
    LAST_NAME,
    NAME,
    read_person,
)
from certificates.domain.designs import current_design
from certificates.domain.imported import (
    PastBody,
    PastCompletion,
    Taking,
    folded_number,
    key_of,
    take_back,
    write_records,
)
from certificates.models import ImportedRecord
from courses.models import CourseVersion

# Of a table that also lists people who are still at it.
_NOT_COMPLETED: Final = frozenset(
    {"no", "false", "0", "incomplete", "not completed", "in progress"}
)
_NOTHING: Final = frozenset({"", "-", "–", "—", "&mdash;", "n/a", "none", "0000-00-00"})
_DELIVERIES: Final = {
    fold(word): str(label)
    for value, label in CourseVersion.Delivery.choices
    for word in (value, str(label), value.replace("-", " "))
} | {
    "online": str(CourseVersion.Delivery("home-study").label),
    "self-paced": str(CourseVersion.Delivery("home-study").label),
}
_HOME_STUDY: Final = str(CourseVersion.Delivery("home-study").label)


def delivery(value: Any) -> str:
    found = _DELIVERIES.get(fold(str(value)))
    if found is None:
        known = ", ".join(str(label) for _, label in CourseVersion.Delivery.choices)
        raise CellRefused(f"“{str(value)[:40]}” is none of: {known}.")
    return found


class Completions:
    name = "completions"
    title = "Past completions"
    what = (
        "Hours earned before, with the old certificate numbers and PDFs, found and verified here."
    )
    key_words = "the old certificate number; without one, person, course and day"
    columns = (
        EMAIL,
        NAME,
        FIRST_NAME,
        LAST_NAME,
        Column(
            "old_number",
            "Certificate number",
            "As it is printed on the old certificate. Empty if it had none.",
            "CE-2023-00417",
            also=("certificate no", "certificate no.", "certificate id", "certificate", "serial"),
        ),
        Column(
            "course",
            "Course",
            "The title as it was printed.",
            "Facial massage basics",
            is_required=True,
            can_be_fixed=True,
            also=("course title", "course name", "title", "course_title"),
        ),
        Column(
            "completed_on",
            "Completed on",
            "The day that is printed.",
            "2023-05-14",
            is_required=True,
            also=("completed", "completion date", "date completed", "date", "completed at"),
        ),
        Column(
            "hours",
            "CE hours",
            "Credit hours of the course.",
            "3",
            also=("hours", "credit hours", "credits", "ceus", "ce"),
        ),
        Column(
            "category",
            "Category",
            "Empty: not divided.",
            "Technique",
            also=("subject", "type of hours"),
        ),
        Column(
            "delivery",
            "Delivery",
            "Home study, live webinar or live class. Empty: home study.",
            "Home study",
            can_be_fixed=True,
            also=("format", "type"),
        ),
        Column(
            "instructor", "Instructor", "One name.", "Jane Doe, LMT", also=("teacher", "author")
        ),
        Column(
            "license_body",
            "License state",
            "Of the license that was printed.",
            "FL",
            also=("state", "licensing body"),
        ),
        Column(
            "license_number",
            "License number",
            "As it was printed.",
            "MA 12345",
            also=("license", "license no."),
        ),
        Column(
            "approved_by",
            "Approved by",
            "A body whose approval the old certificate names, by code or state.",
            "NCBTMB",
            can_be_fixed=True,
            also=("approver", "approval"),
        ),
        Column(
            "approval_number",
            "Approval number",
            "The number that body gave the course or the provider.",
            "451234-09",
            can_be_fixed=True,
            also=("provider number", "course number"),
        ),
        Column(
            "pdf",
            "PDF",
            "Name of the old certificate's file in the zip.",
            "castaneda-00417.pdf",
            also=("file", "pdf file", "file name", "certificate file"),
        ),
        Column("is_completed", "Is completed", "A line with No is left out.", "Yes"),
    )
    takes_files = True
    file_column = "PDF"
    can_be_undone = True
    undo_words = (
        "Records of law are not deleted: they are revoked with your reason, which whoever "
        "verifies one of them reads. Their lines can come in again from a mended table. Accounts "
        "stay."
    )
    order = 30

    def file_type(self, start: bytes) -> str:
        if b"%PDF-" not in start:
            raise ImportRefused("This file is no PDF.")
        return "application/pdf"

    def read(self, row: Cells, draft: Draft, context: Context) -> None:
        values = draft.values
        if fold(row.text("is_completed")) in _NOT_COMPLETED or (
            row.text("completed_on").lower() in _NOTHING
            and not row.has("old_number")
            and self._lists_open_ones(context)
        ):
            draft.action = Action.SKIPPED
            draft.notes.append("Not completed in the earlier system.")
            return
        read_person(row, draft, is_name_needed=True)
        values["old_number"] = row.line("old_number", most=60)
        if values["old_number"] and not folded_number(values["old_number"]):
            row.refuse("old_number", "A number has letters or digits.")
        values["course"] = row.line("course", most=200, is_required=True)
        order = str(context.options.get("dates", ""))
        on = row.read(
            "completed_on",
            lambda value: cells.past_day(value, today=context.today, order=order),
            is_required=True,
        )
        values["completed_on"] = on.isoformat() if on else ""
        self._read_hours(row, values, context)
        values["category"] = row.line("category", most=120)
        values["delivery"] = row.read("delivery", delivery) or _HOME_STUDY
        values["instructor"] = row.line("instructor", most=120)
        self._read_bodies(row, values, context)
        self._read_pdf(row, draft, context)

    def _lists_open_ones(self, context: Context) -> bool:
        """A report of an earlier system lists everybody who is enrolled; a list of ours does not,
        and a missing day there is a mistake."""
        return bool(context.run.profile)

    def _read_hours(self, row: Cells, values: dict[str, Any], context: Context) -> None:
        found = row.read("hours", cells.hours)
        if found is None and not row.has("hours"):
            said = context.options.get("hours", {}).get(fold(values["course"]))
            if said:
                found = Decimal(said)
            elif values["course"]:
                row.refuse(
                    "hours",
                    "CE hours is missing. Add the column, or say in the form how many hours "
                    f"“{values['course'][:60]}” has.",
                )
        values["hours"] = str(found) if found is not None else ""

    def _read_bodies(self, row: Cells, values: dict[str, Any], context: Context) -> None:
        license_body = row.read("license_body", context.body)
        number = row.line("license_number", most=60)
        if number and license_body is None and not row.has("license_body"):
            row.refuse("license_body", "Say of which state the license is.")
        values["license"] = [license_body.code, number] if license_body and number else []
        approver = row.read("approved_by", context.body)
        approval = row.line("approval_number", most=60)
        values["approved"] = [approver.code, approval] if approver else []

    def _read_pdf(self, row: Cells, draft: Draft, context: Context) -> None:
        name = row.text("pdf").replace("\\", "/")
        if not name:
            return
        found = context.files.get(name.casefold())
        if found is None:
            row.refuse(
                "pdf",
                "The zip has no such file."
                if context.files
                else "PDFs come in a zip together with the table; this is a table alone.",
            )
        else:
            draft.pdf_name = found

    def place(self, drafts: Sequence[Draft], context: Context) -> None:
        accounts.set_people(drafts)
        for draft in drafts:
            values = draft.values
            if not values.get("course") or not values.get("completed_on"):
                continue
            draft.key = key_of(
                old_number=values["old_number"],
                email=draft.email,
                course_title=values["course"],
                completed_on=date.fromisoformat(values["completed_on"]),
            )
        known = {
            row.key: row
            for row in ImportedRecord.objects.filter(
                key__in=[draft.key for draft in drafts if draft.key], taken_back_at__isnull=True
            ).select_related("certificate")
        }
        for draft in drafts:
            values = draft.values
            column, value = (
                ("Certificate number", values.get("old_number", ""))
                if values.get("old_number")
                else ("Course", values.get("course", ""))
            )
            if draft.key and context.is_twice(draft, column, value):
                continue
            if draft.pdf_sha256:
                first = context.documents.setdefault(draft.pdf_sha256, draft.row)
                if first != draft.row:
                    draft.refuse(
                        "PDF", draft.pdf_name, f"The same file stands in row {first} already."
                    )
            here = known.get(draft.key)
            draft.action = Action.SAME if here else Action.NEW
            if here is not None:
                self._compare(draft, here, column)

    def _compare(self, draft: Draft, here: ImportedRecord, column: str) -> None:
        """A record is never rewritten: another person under its number is a mistake of the file."""
        certificate, values = here.certificate, draft.values
        if draft.user is None or certificate.user_id != draft.user.pk:
            draft.refuse(
                column,
                values.get("old_number", ""),
                "This number is on record here for somebody else.",
            )
            return
        told = (
            (values["course"], certificate.course_title),
            (values["completed_on"], certificate.completed_on.isoformat()),
            (Decimal(values["hours"] or 0), certificate.credit_hours),
        )
        if any(new != old for new, old in told):
            draft.notes.append("It is on record with other facts; a record is not rewritten.")
        if draft.pdf_sha256 and draft.pdf_sha256 != here.document_sha256:
            draft.notes.append("It is on record with another PDF, or none; it stays so.")

    def write(
        self, drafts: Sequence[Draft], context: Context, *, documents: Mapping[str, StoredFile]
    ) -> Sequence[Written]:
        provider = Provider.objects.filter(pk=1).first()
        if provider is None:
            raise ImportRefused("Say first who the provider is: Office, Provider.")
        made = accounts.make_accounts(drafts, by=context.actor, now=context.now)
        certificates = write_records(
            [self._taking(draft, context, documents) for draft in drafts],
            design=current_design(provider=provider, now=context.now),
            provider=provider,
            run_uid=context.run.uid,
            by=context.actor,
            now=context.now,
        )
        return [
            Written(target=certificate.serial, is_new_account=draft.email in made)
            for draft, certificate in zip(drafts, certificates, strict=True)
        ]

    def _taking(
        self, draft: Draft, context: Context, documents: Mapping[str, StoredFile]
    ) -> Taking:
        values = draft.values
        licenses = []
        if values["license"]:
            code, number = values["license"]
            licenses.append((code, context.bodies[code.lower()].place, number))
        bodies = []
        if values["approved"]:
            code, number = values["approved"]
            body = context.bodies[code.lower()]
            own = next((number for held, _, number in licenses if held == code), "")
            bodies.append(
                PastBody(
                    code=code,
                    name=body.name,
                    jurisdiction=body.jurisdiction,
                    number=number,
                    license_number=own,
                    is_own=bool(own),
                )
            )
        hours = Decimal(values["hours"])
        return Taking(
            user=draft.owner,
            past=PastCompletion(
                old_number=values["old_number"],
                holder_name=values["name"],
                course_title=values["course"],
                completed_on=date.fromisoformat(values["completed_on"]),
                credit_hours=hours,
                credits=((values["category"], hours),) if values["category"] else (),
                delivery=values["delivery"],
                instructor=values["instructor"],
                licenses=tuple(licenses),
                bodies=tuple(bodies),
                source=context.run.source,
            ),
            key=draft.key,
            document=documents.get(draft.pdf_sha256),
        )

    def undo(self, context: Context, *, reason: str) -> None:
        take_back(context.run.uid, reason=reason, by=context.actor, now=context.now)
