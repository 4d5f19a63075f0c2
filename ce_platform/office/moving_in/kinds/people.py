"""People: an account each, without a mail. Matched by the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from ce_platform.accounts.models import User, zone_names
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
            elif not draft.user.name_on_certificates and draft.values.get("name"):
                draft.action = Action.CHANGE
            else:
                draft.action = Action.SAME

    def write(
        self, drafts: Sequence[Draft], context: Context, *, documents: Mapping[str, StoredFile]
    ) -> Sequence[Written]:
        for draft in drafts:
            if draft.user is not None:
                self._fill_in(draft.user, draft, context)
        made = accounts.make_accounts(drafts, by=context.actor, now=context.now)
        zones: dict[str, list[int]] = {}
        for draft in drafts:
            if draft.email in made and draft.user and draft.values.get("time_zone"):
                zones.setdefault(draft.values["time_zone"], []).append(draft.user.pk)
        for zone, ids in zones.items():
            User.objects.filter(pk__in=ids).update(time_zone=zone)
        return [
            Written(
                target=str(draft.user.uid) if draft.user else "", is_new_account=draft.email in made
            )
            for draft in drafts
        ]

    def _fill_in(self, user: User, draft: Draft, context: Context) -> None:
        user.name_on_certificates = draft.values["name"]
        user.save(update_fields=["name_on_certificates"])
        audit.record(
            "account.name-filled-in",
            subject_type="user",
            subject_id=user.uid,
            by=context.actor,
            now=context.now,
            name_on_certificates=user.name_on_certificates,
        )

    def undo(self, context: Context, *, reason: str) -> None:
        raise NotImplementedError
