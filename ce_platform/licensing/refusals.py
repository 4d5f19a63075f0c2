"""What the database itself refuses: rewriting how a submission went, or what a rule said."""

from typing import Final

from ce_platform.core.refusals import is_purging
from ce_platform.core.triggers import Refusal, forbid_delete, forbid_update, forbid_update_when

_HISTORY: Final = "The history of a submission is never rewritten."
_CONSENT: Final = "What a therapist answered stands; a new answer is added."
_RULE: Final = "A rule is never changed; a new reading is added."
_PROPOSAL: Final = "What a data file said is never changed."

OF_RULES: Final[tuple[Refusal, ...]] = (
    forbid_update(
        "licensing_bodyrule",
        _RULE,
        except_columns=("checked_at", "checked_by_id", "checked_by_label"),
    ),
    forbid_delete("licensing_bodyrule", _RULE),
)

OF_EVENTS: Final[tuple[Refusal, ...]] = (
    # Closing an account blanks the name beside its number; nothing else moves.
    forbid_update("licensing_submissionevent", _HISTORY, except_columns=("by_label",)),
    forbid_update_when(
        "licensing_submissionevent",
        _HISTORY,
        when="NEW.by_label <> OLD.by_label AND NEW.by_label <> ''",
        name="label",
    ),
    forbid_delete("licensing_submissionevent", _HISTORY),
)

REFUSALS: Final[tuple[Refusal, ...]] = (
    *OF_EVENTS,
    forbid_update_when(
        "licensing_submission",
        "A submission stays with its course edition and its body.",
        when=(
            "NEW.uid <> OLD.uid OR NEW.course_id <> OLD.course_id "
            "OR NEW.edition <> OLD.edition OR NEW.body_id <> OLD.body_id"
        ),
        name="place",
    ),
    forbid_delete("licensing_submission", "A submission is never deleted; it is withdrawn."),
    *OF_RULES,
)

# Of a later table; made by its own migration.
OF_PROPOSALS: Final[tuple[Refusal, ...]] = (
    forbid_update("licensing_ruleproposal", _PROPOSAL),
    forbid_delete("licensing_ruleproposal", _PROPOSAL),
    forbid_update(
        "licensing_ruleproposalline",
        "A proposed line is decided, not rewritten.",
        except_columns=("status", "decided_at", "decided_by_id", "decided_by_label", "rule_id"),
    ),
    forbid_delete("licensing_ruleproposalline", "A proposed line is rejected, not deleted."),
)
# Of a later migration.
CONSENT_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update("licensing_reportconsent", _CONSENT),
    forbid_delete("licensing_reportconsent", _CONSENT),
)

_PERSON_OF_CONSENT: Final = "(SELECT user_id FROM licensing_license WHERE id = OLD.license_id)"

# Of a later migration, in the place of the one above: an answer goes with the records of its
# person when their time is over (decision 0048).
PURGE_REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_delete(
        "licensing_reportconsent", _CONSENT, when=f"NOT {is_purging(_PERSON_OF_CONSENT)}"
    ),
)
BEFORE_PURGING: Final[tuple[Refusal, ...]] = tuple(
    each for each in CONSENT_REFUSALS if each.event == "DELETE"
)
