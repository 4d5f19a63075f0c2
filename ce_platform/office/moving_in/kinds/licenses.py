"""Licenses of people. Matched by person, body and number; what is here already is not rewritten."""

from collections.abc import Mapping, Sequence
from datetime import date

from ce_platform.core.models import StoredFile
from ce_platform.licensing.card_hints import number_warning
from ce_platform.licensing.domain.errors import LicenseRefused
from ce_platform.licensing.domain.licenses import MOST_LICENSES, add_license
from ce_platform.licensing.models import License
from ce_platform.office.moving_in import accounts, cells
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

BODY = Column(
    "body",
    "Licensing body",
    "Its code, or the state: US-FL, FL or Florida.",
    "FL",
    is_required=True,
    also=("state", "license state", "board", "body code", "jurisdiction"),
)
NUMBER = Column(
    "number",
    "License number",
    "As it stands on the card.",
    "MA 12345",
    is_required=True,
    also=("license", "license no", "license no.", "license #", "number"),
)


class Licenses:
    name = "licenses"
    title = "Licenses"
    what = "Who is licensed where, with number and last day, for printing, reports and the planner."
    key_words = "person, licensing body and license number"
    columns = (
        EMAIL,
        NAME,
        FIRST_NAME,
        LAST_NAME,
        BODY,
        NUMBER,
        Column(
            "expires_on",
            "Expires on",
            "The last day of the license.",
            "2027-08-31",
            also=("expires", "expiration", "expiration date", "expiry", "license expires"),
        ),
    )
    takes_files = False
    file_column = ""
    can_be_undone = False
    undo_words = (
        "It cannot be undone: a license is its holder's, who may have changed it since. The holder "
        "removes it."
    )
    order = 20

    def file_type(self, start: bytes) -> str:
        return ""

    def read(self, row: Cells, draft: Draft, context: Context) -> None:
        read_person(row, draft, is_name_needed=False)
        body = row.read("body", context.body, is_required=True)
        draft.values["body"] = body.code if body else ""
        draft.values["number"] = row.line("number", most=60, is_required=True)
        order = str(context.options.get("dates", ""))
        ends = row.read("expires_on", lambda value: cells.day(value, order=order))
        draft.values["expires_on"] = ends.isoformat() if ends else ""
        if body and draft.values["number"]:
            hint = number_warning(
                body.license_format, place=body.place, number=draft.values["number"]
            )
            if hint:
                draft.notes.append(hint.split(". ")[0] + ".")

    def place(self, drafts: Sequence[Draft], context: Context) -> None:
        accounts.set_people(drafts)
        held: dict[int, dict[tuple[str, str], License]] = {}
        rows = License.objects.filter(
            user__in=[draft.user.pk for draft in drafts if draft.user], removed_at__isnull=True
        ).select_related("body")
        for row in rows:
            held.setdefault(row.user_id, {})[row.body.code, row.number] = row
        for draft in drafts:
            values = draft.values
            draft.key = "|".join((draft.person_key[:24], values["body"], values["number"]))[:64]
            if values["number"] and context.is_twice(draft, "License number", values["number"]):
                continue
            own = held.get(draft.user.pk, {}) if draft.user else {}
            known = own.get((values["body"], values["number"]))
            ends = values["expires_on"]
            if known is None:
                draft.action = Action.NEW
                if len(own) >= MOST_LICENSES:
                    draft.refuse(
                        "License number",
                        values["number"],
                        f"The person has {MOST_LICENSES} licenses here. Remove one first.",
                    )
            elif ends and known.expires_on is None:
                draft.action = Action.CHANGE
            else:
                draft.action = Action.SAME
                if ends and known.expires_on and known.expires_on.isoformat() != ends:
                    draft.notes.append(
                        f"Here it ends on {known.expires_on.isoformat()}; that is left so."
                    )

    def write(
        self, drafts: Sequence[Draft], context: Context, *, documents: Mapping[str, StoredFile]
    ) -> Sequence[Written]:
        made = accounts.make_accounts(drafts, by=context.actor, now=context.now)
        written = []
        for draft in drafts:
            ends = draft.values["expires_on"]
            try:
                row = add_license(
                    user=draft.owner,
                    body=context.bodies[draft.values["body"].lower()],
                    number=draft.values["number"],
                    expires_on=date.fromisoformat(ends) if ends else None,
                    by=context.actor,
                    now=context.now,
                )
            except LicenseRefused as refusal:
                raise ImportRefused(f"Row {draft.row}: {refusal}") from None
            written.append(Written(target=str(row.uid), is_new_account=draft.email in made))
        return written

    def undo(self, context: Context, *, reason: str) -> None:
        raise NotImplementedError
