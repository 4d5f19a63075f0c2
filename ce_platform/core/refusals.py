"""What the database itself refuses: rewriting the log, and renaming kept bytes."""

from typing import Final

from ce_platform.core.triggers import Refusal, forbid_delete, forbid_update, forbid_update_when

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
