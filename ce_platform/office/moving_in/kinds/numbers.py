"""Numbers that bodies gave the provider. Matched by body and number."""

from collections.abc import Mapping, Sequence
from datetime import date

from ce_platform.core.models import StoredFile
from ce_platform.licensing.domain.office import save_number
from ce_platform.licensing.models import ProviderNumber
from ce_platform.office.moving_in import cells
from ce_platform.office.moving_in.columns import Column
from ce_platform.office.moving_in.drafts import Action, Cells, Context, Draft
from ce_platform.office.moving_in.kinds.base import Written


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


class Numbers:
    name = "numbers"
    title = "Provider numbers"
    what = "Your number at each licensing body, as it is printed on certificates."
    key_words = "licensing body and number"
    columns = (
        Column(
            "body",
            "Licensing body",
            "Its code, or the state.",
            "FL",
            is_required=True,
            also=("state", "body", "board"),
        ),
        Column(
            "number",
            "Provider number",
            "As the body wrote it.",
            "50-1234",
            is_required=True,
            also=("number", "provider no."),
        ),
        Column("valid_from", "Valid from", "Empty: always.", "2024-01-01", also=("from",)),
        Column(
            "valid_to",
            "Valid to",
            "The last day. Empty: no end.",
            "2027-12-31",
            also=("to", "expires", "expires on"),
        ),
    )
    takes_files = False
    file_column = ""
    can_be_undone = False
    undo_words = (
        "It cannot be undone: a number that was printed stays known. Correct it, or end it, "
        "under Provider."
    )
    order = 5

    def file_type(self, start: bytes) -> str:
        return ""

    def read(self, row: Cells, draft: Draft, context: Context) -> None:
        body = row.read("body", context.body, is_required=True)
        order = str(context.options.get("dates", ""))
        days = {
            name: row.read(name, lambda value: cells.day(value, order=order))
            for name in ("valid_from", "valid_to")
        }
        if days["valid_from"] and days["valid_to"] and days["valid_to"] < days["valid_from"]:
            row.refuse("valid_to", "It ends before it begins.")
        draft.values = {
            "body": body.code if body else "",
            "number": row.line("number", most=60, is_required=True),
            **{name: found.isoformat() if found else "" for name, found in days.items()},
        }

    def place(self, drafts: Sequence[Draft], context: Context) -> None:
        known = {
            (row.body.code, row.number): row
            for row in ProviderNumber.objects.select_related("body")
        }
        for draft in drafts:
            values = draft.values
            draft.key = f"{values['body']}|{values['number']}"[:64]
            if values["number"] and context.is_twice(draft, "Provider number", values["number"]):
                continue
            row = known.get((values["body"], values["number"]))
            if row is None:
                draft.action = Action.NEW
            elif (row.valid_from, row.valid_to) == (
                _day(values["valid_from"]),
                _day(values["valid_to"]),
            ):
                draft.action = Action.SAME
            else:
                draft.action = Action.CHANGE
                draft.notes.append("Its days change to those of the file.")

    def write(
        self, drafts: Sequence[Draft], context: Context, *, documents: Mapping[str, StoredFile]
    ) -> Sequence[Written]:
        return [
            Written(
                target=str(
                    save_number(
                        None,
                        body=context.bodies[draft.values["body"].lower()],
                        number=draft.values["number"],
                        valid_from=_day(draft.values["valid_from"]),
                        valid_to=_day(draft.values["valid_to"]),
                        by=context.actor,
                        now=context.now,
                    ).pk
                )
            )
            for draft in drafts
        ]

    def undo(self, context: Context, *, reason: str) -> None:
        raise NotImplementedError
