"""People: an account each, without a mail. Matched by the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from ce_platform.accounts.models import User, zone_names
from ce_platform.accounts.phones import clean_phone
from ce_platform.core import audit
from ce_platform.core.models import StoredFile
from ce_platform.office.moving_in import accounts, cells
from ce_platform.office.moving_in.cells import CellRefused
from ce_platform.office.moving_in.columns import Column
from ce_platform.office.moving_in.drafts import Action, Cells, Context, Draft
from ce_platform.office.moving_in.kinds.base import Written

EMAIL = Column(
    "email",
    "E-mail",
    "The address the person signs in with. It is what an account is known by.",
    "maria@example.com",
    is_required=True,
    also=("email", "email address", "e-mail address", "user email", "user_email", "mail"),
)
NAME = Column(
    "name",
    "Name",
    "As it stands on the license. First and last name may be two columns instead.",
    "Maria Castañeda",
    also=("full name", "name on license", "name on certificate", "student", "attendee", "learner"),
)
FIRST_NAME = Column("first_name", "First name", "Instead of Name.", "", also=("given name",))
LAST_NAME = Column(
    "last_name", "Last name", "Instead of Name.", "", also=("surname", "family name")
)


def read_person(row: Cells, draft: Draft, *, is_name_needed: bool) -> None:
    email = row.read("email", cells.email, is_required=True)
    draft.values["email"] = email or ""
    name = row.text("name")
    if row.has("first_name") or row.has("last_name"):
        name = f"{row.text('first_name')} {row.text('last_name')}".strip()
    if not name:
        if is_name_needed:
            row.refuse("name", "Name is missing.")
        return
    if "@" in name:
        row.refuse("name", "This is an address, not a name.")
        return
    printed, problem = accounts.checked_name(name)
    if problem:
        row.refuse("name", problem)
    else:
        draft.values["name"] = printed


def time_zone(value: Any) -> str:
    if str(value) not in zone_names():
        raise CellRefused(f"“{str(value)[:40]}” is no time zone. Write it like America/Denver.")
    return str(value)


def read_phone(row: Cells, draft: Draft) -> None:
    """What is no number ("none", "ask Ann") is told and left out: nobody stays outside for it."""
    typed = row.text("phone")
    try:
        phone = clean_phone(typed)
    except ValidationError:
        draft.notes.append(f"“{typed[:40]}” is no phone number; it is left out.")
        return
    if phone:
        draft.values["phone"] = phone


class People:
    name = "people"
    title = "People"
    what = "An account for everybody, without a mail; they are invited when you say so."
    key_words = "the e-mail address"
    columns = (
        EMAIL,
        NAME,
        FIRST_NAME,
        LAST_NAME,
        Column(
            "phone",
            "Phone",
            "As they say it. May be empty.",
            "(303) 555-0142",
            also=(
                "telephone",
                "phone number",
                "telephone number",
                "mobile",
                "cell",
                "cell phone",
                "billing phone",
                "billing_phone",
            ),
        ),
        Column(
            "time_zone",
            "Time zone",
            "Where the person lives, like America/Denver. Empty: that of the provider.",
            "America/New_York",
            also=("timezone",),
        ),
    )
    takes_files = False
    file_column = ""
    can_be_undone = False
    undo_words = (
        "It cannot be undone: an account is somebody's from then on. Close it "
        "on the page of the person."
    )
    order = 10

    def file_type(self, start: bytes) -> str:
        return ""

    def read(self, row: Cells, draft: Draft, context: Context) -> None:
        read_person(row, draft, is_name_needed=True)
        read_phone(row, draft)
        zone = row.read("time_zone", time_zone)
        if zone:
            draft.values["time_zone"] = zone

    def place(self, drafts: Sequence[Draft], context: Context) -> None:
        accounts.set_people(drafts)
        for draft in drafts:
            draft.key = draft.person_key
            if draft.email and context.is_twice(draft, "E-mail", draft.email):
                continue
            if draft.user is None:
                draft.action = Action.NEW
                continue
            phone = str(draft.values.get("phone", ""))
            if phone and draft.user.phone and phone != draft.user.phone:
                draft.notes.append("The account has another phone number; it is left so.")
            is_changed = bool(_lacking(draft.user, draft))
            draft.action = Action.CHANGE if is_changed else Action.SAME

    def write(
        self, drafts: Sequence[Draft], context: Context, *, documents: Mapping[str, StoredFile]
    ) -> Sequence[Written]:
        for draft in drafts:
            if draft.user is not None:
                self._fill_in(draft.user, draft, context)
        made = accounts.make_accounts(drafts, by=context.actor, now=context.now)
        return [
            Written(
                target=str(draft.user.uid) if draft.user else "", is_new_account=draft.email in made
            )
            for draft in drafts
        ]

    def _fill_in(self, user: User, draft: Draft, context: Context) -> None:
        lacking = _lacking(user, draft)
        for field in lacking:
            setattr(user, field, draft.values[_FROM[field]])
        if lacking:
            user.save(update_fields=lacking)
        if "name_on_certificates" in lacking:
            audit.record(
                "account.name-filled-in",
                subject_type="user",
                subject_id=user.uid,
                by=context.actor,
                now=context.now,
                name_on_certificates=user.name_on_certificates,
            )
        if "phone" in lacking:
            audit.record(
                "account.phone-filled-in",
                subject_type="user",
                subject_id=user.uid,
                by=context.actor,
                now=context.now,
            )

    def undo(self, context: Context, *, reason: str) -> None:
        raise NotImplementedError


_FROM = {"name_on_certificates": "name", "phone": "phone"}


def _lacking(user: User, draft: Draft) -> list[str]:
    """Fields of an account that are empty and stand in the line."""
    return [
        field
        for field, name in _FROM.items()
        if not getattr(user, field) and draft.values.get(name)
    ]
