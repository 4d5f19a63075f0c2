"""What stops hours before they are counted: how the course stands, tests, technique at home.

Each gate lets hours pass, refuses them, or says that nobody here knows. All say it in sentences.
"""

from dataclasses import dataclass, field
from datetime import date

from ce_platform.licensing.renewal.allocation import Mode
from ce_platform.licensing.renewal.credits import CourseStanding, Credit, Delivery, Standing
from ce_platform.licensing.renewal.cycles import Cycle
from ce_platform.licensing.renewal.frame import mode_of
from ce_platform.licensing.renewal.rules import RenewalRule
from ce_platform.licensing.renewal.subjects import Subject
from ce_platform.licensing.renewal.wording import date_words, hours_words, sentence, upper


@dataclass
class Gate:
    refusals: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    unknowns: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return not (self.refusals or self.pending or self.unknowns)

    def add(self, other: "Gate") -> "Gate":
        return Gate(
            self.refusals + other.refusals,
            self.pending + other.pending,
            self.unknowns + other.unknowns,
            self.remarks + other.remarks,
        )


def credit_gate(rule: RenewalRule, cycle: Cycle, credit: Credit, today: date) -> Gate:
    """Everything about the credit as a whole."""
    gate = Gate()
    _standing(rule, credit, gate)
    _dates(cycle, credit, today, gate)
    _test(rule, credit, gate)
    _home(rule, cycle, credit, gate)
    return gate


def subject_gate(rule: RenewalRule, credit: Credit, subject: str) -> Gate:
    """What is about hours of one subject only: technique learned at home."""
    gate = Gate()
    if subject != Subject.TECHNIQUE or mode_of(rule, credit) != Mode.HOME:
        return gate
    said = technique_sentence(rule)
    if rule.technique_by_home_study == "refused":
        gate.refusals.append(said)
    elif rule.technique_by_home_study is None or rule.is_technique_asked:
        gate.unknowns.append(said)
    elif rule.technique_by_home_study == "limited":
        gate.remarks.append(said)
    return gate


def technique_sentence(rule: RenewalRule) -> str:
    """The answer about hands-on technique taught by home study: four answers, and “ask the
    board” where the note says that."""
    return upper(_technique(rule))


def _technique(rule: RenewalRule) -> str:
    note = f" {sentence(rule.technique_note)}" if rule.technique_note else ""
    if rule.is_technique_asked:
        return (
            f"Ask {rule.asked} before you rely on hands-on technique learned at home: whether it "
            f"counts is not settled.{note}"
        )
    match rule.technique_by_home_study:
        case "allowed":
            return f"{rule.place} counts hands-on technique learned at home.{note}"
        case "limited":
            return (
                f"{rule.place} counts hands-on technique learned at home only in part or on a "
                f"condition.{note}"
            )
        case "refused":
            return f"{rule.place} does not count hands-on technique learned at home.{note}"
    return (
        f"Whether {rule.place} counts hands-on technique learned at home is not known; ask "
        f"{rule.asked}."
    )


def _standing(rule: RenewalRule, credit: Credit, gate: Gate) -> None:
    standing, place = credit.standing, rule.place
    granted = standing.hours_granted
    match standing.kind:
        case Standing.APPROVED:
            if granted is not None and granted < credit.total_hours:
                gate.remarks.append(
                    f"{place} approved this course for {hours_words(granted)}, not for "
                    f"{hours_words(credit.total_hours)}."
                )
        case Standing.ACCEPTS_LIST:
            gate.remarks.append(
                f"{place} accepts courses of {standing.through or 'the approvers it names'}; it "
                "has not reviewed this one."
            )
        case Standing.NO_PREAPPROVAL:
            gate.remarks.append(
                f"{place} approves nothing beforehand: you decide and keep the proof."
            )
        case Standing.OWN_PROOF if standing.is_listed is None and not _takes_any(rule):
            gate.unknowns.append(
                f"No approval of this course is noted, so whether {place} accepts it is not known. "
                f"Note who approved it, as its certificate says, or ask {rule.asked}."
            )
        case Standing.OWN_PROOF:
            gate.remarks.append(
                f"By your own record. Make sure that {place} accepts this course, and keep the "
                "proof."
            )
        case Standing.PENDING:
            when = f" on {date_words(standing.submitted_on)}" if standing.submitted_on else ""
            gate.pending.append(
                f"Submitted to {rule.asked}{when}; decision pending. Not approved, so nothing "
                "counts yet."
            )
        case Standing.DENIED:
            gate.refusals.append(f"Denied by {rule.asked}.")
        case Standing.NONE:
            _without_approval(rule, standing, gate)


def _takes_any(rule: RenewalRule) -> bool:
    return rule.approval_model == "none" or "any-relevant" in rule.accepts


def _without_approval(rule: RenewalRule, standing: CourseStanding, gate: Gate) -> None:
    if _takes_any(rule):
        gate.remarks.append(
            f"{rule.place} takes any relevant course: you decide and keep the proof."
        )
    elif rule.approval_model is None:
        gate.unknowns.append(f"Which courses {rule.place} accepts is not known; ask {rule.asked}.")
    elif standing.is_listed:
        # Neither a yes nor a no: the list fits, and nobody here has recorded what follows from it.
        gate.unknowns.append(
            f"An approver whose courses {rule.place} accepts has approved this one, but whether it "
            f"counts there is not recorded here; ask {rule.asked}."
        )
    else:
        gate.refusals.append(
            f"This course is not approved for {rule.place}, and no list that {rule.place} "
            "accepts carries it."
        )


def _dates(cycle: Cycle, credit: Credit, today: date, gate: Gate) -> None:
    day = credit.completed_on
    if day is None:
        if not credit.is_planned:
            gate.unknowns.append("The day of completion is not noted.")
        elif cycle.ends_on is not None and cycle.ends_on < today:
            gate.unknowns.append(
                f"This cycle ended on {date_words(cycle.ends_on)}. Note the new date of your "
                "license to see what counts in the next one."
            )
        return
    if cycle.starts_on is None and cycle.ends_on is None and credit.is_planned:
        return
    is_inside = cycle.has(day)
    if is_inside is None:
        gate.unknowns.append(
            "Whether this falls into your cycle is not known: the days of your cycle are missing."
        )
    elif not is_inside and cycle.starts_on and day < cycle.starts_on:
        gate.refusals.append(
            f"Completed on {date_words(day)}, before this cycle began on "
            f"{date_words(cycle.starts_on)}."
        )
    elif not is_inside and cycle.ends_on:
        gate.refusals.append(
            f"{'Planned for' if credit.is_planned else 'Completed on'} {date_words(day)}, after "
            f"this cycle ends on {date_words(cycle.ends_on)}."
        )


def _test(rule: RenewalRule, credit: Credit, gate: Gate) -> None:
    if not rule.exam_required_for_home_study or credit.delivery != Delivery.HOME_STUDY:
        return
    if credit.has_exam is False:
        gate.refusals.append(f"{rule.place} counts home study only with a test; this had none.")
    elif credit.has_exam is None:
        gate.unknowns.append(
            f"{rule.place} counts home study only with a test. Whether this course had one is not "
            "noted."
        )


def _home(rule: RenewalRule, cycle: Cycle, credit: Credit, gate: Gate) -> None:
    mode = mode_of(rule, credit)
    if mode == Mode.UNKNOWN:
        gate.unknowns.append(
            f"Whether {rule.place} counts a live online class like a class in the room or as home "
            f"study is not known; ask {rule.asked}."
        )
    first = rule.first_renewal_hours if cycle.is_first else None
    is_all_home = first is not None and first.is_all_by_home_study
    if mode == Mode.HOME and rule.home_study_max_hours is None and not is_all_home:
        gate.unknowns.append(
            f"How many hours of home study {rule.place} counts is not known; ask {rule.asked}."
        )
