"""What the database itself refuses: rewriting the log, and renaming kept bytes."""

from typing import Final

from ce_platform.core.triggers import Refusal, forbid_delete, forbid_update, forbid_update_when

_OPEN: Final = "SELECT 1 FROM core_accountending WHERE finished_at IS NULL"


def is_closing(person: str) -> str:
    """SQL: whether the account is being closed. `person`: SQL for its id."""
    return f"EXISTS ({_OPEN} AND into_id IS NULL AND user_id = {person})"


def is_merging(old: str = "OLD.user_id", new: str = "NEW.user_id") -> str:
    """SQL: whether the one account is being merged into the other."""
    return f"EXISTS ({_OPEN} AND user_id = {old} AND into_id = {new})"


_LOG: Final = "What happened is never rewritten."

REFUSALS: Final[tuple[Refusal, ...]] = (
    # Closing an account blanks the name beside its number; nothing else moves.
    forbid_update("core_auditevent", _LOG, except_columns=("actor_label",)),
    forbid_update_when(
        "core_auditevent",
        _LOG,
        when="NEW.actor_label <> OLD.actor_label AND NEW.actor_label <> ''",
        name="label",
    ),
    forbid_delete("core_auditevent", _LOG),
    forbid_update("core_storedfile", "What is kept by its SHA-256 is never something else."),
)

# Of a later migration: what the log says of people who closed their account leaves it, by a
# closing that is under way and stays on record; ids, actions and times never move.
ERASED_MARK: Final = '"erased":true'
OF_LOG: Final[tuple[Refusal, ...]] = (
    forbid_update("core_auditevent", _LOG, except_columns=("actor_label", "detail")),
    forbid_update_when(
        "core_auditevent",
        _LOG,
        when=(
            "NEW.detail <> OLD.detail AND NOT ("
            f"NEW.detail LIKE '%{ERASED_MARK}%' "
            f"AND EXISTS ({_OPEN} AND into_id IS NULL))"
        ),
        name="detail",
    ),
)
_ENDING: Final = "That an account was closed or merged is never rewritten."
OF_ENDINGS: Final[tuple[Refusal, ...]] = (
    forbid_update(
        "core_accountending",
        _ENDING,
        except_columns=("finished_at", "looked_for_json", "by_label"),
    ),
    forbid_update_when(
        "core_accountending",
        _ENDING,
        when=(
            "(OLD.finished_at IS NOT NULL AND (NEW.finished_at IS NULL "
            "OR NEW.finished_at <> OLD.finished_at)) "
            "OR (NEW.by_label <> OLD.by_label AND NEW.by_label <> '')"
        ),
        name="finished",
    ),
    forbid_delete("core_accountending", _ENDING),
)
_CHANGED: Final = frozenset(each.name for each in OF_LOG)
BEFORE_ENDINGS: Final[tuple[Refusal, ...]] = tuple(
    each for each in REFUSALS if each.name in _CHANGED
)

_POLICY: Final = "A published policy is never changed."

POLICY_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update("core_policydocument", _POLICY, when="OLD.published_at IS NOT NULL"),
    forbid_delete("core_policydocument", _POLICY, when="OLD.published_at IS NOT NULL"),
    # Two accounts of one person may become one; nothing else moves.
    forbid_update(
        "core_policyacceptance",
        "What was accepted is never rewritten.",
        except_columns=("user_id",),
    ),
)
