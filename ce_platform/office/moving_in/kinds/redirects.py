"""Old addresses as a table. Matched by the old path."""

from collections.abc import Mapping, Sequence

from ce_platform.core.models import StoredFile
from ce_platform.core.text import sha256_text
from ce_platform.office.moving_in import redirects
from ce_platform.office.moving_in.columns import Column
from ce_platform.office.moving_in.drafts import Action, Cells, Context, Draft
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.kinds.base import Written
from ce_platform.office.moving_in.models import Redirect


class Redirects:
    name = "addresses"
    title = "Old addresses"
    what = "Links on old certificates and in old mails lead to the right page here."
    key_words = "the old address"
    columns = (
        Column(
            "old",
            "Old address",
            "As it was printed, with or without the host.",
            "/my-certificate/?id=417",
            is_required=True,
            also=("old path", "old url", "from", "source", "source url", "old"),
        ),
        Column(
            "target",
            "Leads to",
            "A path of this site, or an old certificate number.",
            "CE-2023-00417",
            is_required=True,
            also=("target", "to", "target url", "new path", "new url", "certificate number"),
        ),
    )
    takes_files = False
    file_column = ""
    can_be_undone = False
    undo_words = (
        "It cannot be undone as a whole: remove single ones, or bring a table with other targets."
    )
    order = 60

    def file_type(self, start: bytes) -> str:
        return ""

    def read(self, row: Cells, draft: Draft, context: Context) -> None:
        draft.values = {
            "old": row.line("old", most=2_000, is_required=True),
            "target": row.line("target", most=2_000, is_required=True),
        }

    def place(self, drafts: Sequence[Draft], context: Context) -> None:
        pairs: dict[int, tuple[str, str]] = {}
        numbers = redirects.numbers_of(str(draft.values.get("target", "")) for draft in drafts)
        for draft in drafts:
            if not draft.values.get("old") or not draft.values.get("target"):
                continue
            try:
                pairs[draft.row] = redirects.check_pair(
                    draft.values["old"], draft.values["target"], numbers=numbers
                )
            except ImportRefused as refusal:
                draft.refuse("Old address", draft.values["old"], str(refusal))
        known = dict(
            Redirect.objects.filter(old_path__in=[old for old, _ in pairs.values()]).values_list(
                "old_path", "target"
            )
        )
        for draft in drafts:
            if draft.row not in pairs:
                continue
            old, target = pairs[draft.row]
            draft.key = redirects_key(old)
            if context.is_twice(draft, "Old address", old):
                continue
            if old not in known:
                draft.action = Action.NEW
            elif known[old] == target:
                draft.action = Action.SAME
            else:
                draft.action = Action.CHANGE
                draft.notes.append(f"It leads to {known[old]} now.")

    def write(
        self, drafts: Sequence[Draft], context: Context, *, documents: Mapping[str, StoredFile]
    ) -> Sequence[Written]:
        saved = redirects.save_redirects(
            [(draft.values["old"], draft.values["target"]) for draft in drafts],
            by=context.actor,
            now=context.now,
            run=context.run,
        )
        return [Written(target=str(row.pk)) for row in saved]

    def undo(self, context: Context, *, reason: str) -> None:
        raise NotImplementedError


def redirects_key(path: str) -> str:
    return sha256_text(path)
