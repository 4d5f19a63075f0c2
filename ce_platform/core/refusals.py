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


def is_purging(person: str) -> str:
    """SQL: whether the records of this account are being purged, in this transaction."""
    return f"EXISTS (SELECT 1 FROM core_purgedoor WHERE user_id = {person})"  # noqa: S608


def is_past(day: str) -> str:
    """SQL: whether a record of this day has been kept long enough, by the clock of the database.

    Seven years as in office/closing (a test holds both together). Texts are compared, because the
    two databases reckon with dates in different words; a day that is unknown is never past.
    """
    text = f"CAST({day} AS text)"
    until = f"CAST(CAST(substr({text}, 1, 4) AS integer) + 7 AS text) || substr({text}, 5)"
    return f"COALESCE({until} < CAST(CURRENT_DATE AS text), FALSE)"


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

# Of a later migration. The log itself gets its narrower door in certificates/refusals.py, where
# all tables are known whose numbers stand in it.
_PURGE: Final = "That records were purged is never rewritten."
PURGE_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_delete("core_accountending", _ENDING, when=f"NOT {is_purging('OLD.user_id')}"),
    forbid_update("core_recordpurge", _PURGE),
    forbid_delete("core_recordpurge", _PURGE),
    forbid_update("core_purgedoor", "A door is opened and shut, not moved."),
    forbid_update("core_purgednumber", _PURGE),
    forbid_delete("core_purgednumber", _PURGE),
    forbid_delete(
        "core_recordhold",
        "Why records were kept goes with them, not before.",
        when=f"NOT {is_purging('OLD.user_id')}",
    ),
    forbid_update_when(
        "core_recordhold",
        "A hold is lifted, not rewritten.",
        when=(
            "OLD.lifted_at IS NOT NULL OR NEW.user_id <> OLD.user_id OR NEW.reason <> OLD.reason "
            "OR NEW.set_at <> OLD.set_at OR NEW.set_by_id <> OLD.set_by_id"
        ),
        name="lifted",
    ),
)
_SHUT_BEFORE: Final = frozenset(each.name for each in PURGE_REFUSALS)
BEFORE_PURGING: Final[tuple[Refusal, ...]] = tuple(
    each for each in OF_ENDINGS if each.name in _SHUT_BEFORE
)
