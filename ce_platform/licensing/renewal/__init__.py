"""Renewal arithmetic: data in, explanation out. No database, no settings, no clock.

    rule = RenewalRule.read(
        body_rule.rule, body_code=body.code, place=body.place, body_name=body.name,
        is_checked=body_rule.checked_at is not None, as_of=body_rule.as_of,
        confidence=body_rule.confidence, sources=body_rule.sources, notes=body_rule.notes,
    )
    license = HeldLicense("US-FL", expires_on=date(2027, 8, 31))
    credit = Credit(
        key=str(enrollment.uid), title="…", hours=hours_by_subject({"Ethics": Decimal(2)}),
        delivery=Delivery.HOME_STUDY, standing=CourseStanding(Standing.APPROVED),
        course_key=course.slug, completed_on=date(2026, 5, 2), has_exam=True,
    )
    plan(rule, license, [credit], today)                        # → Plan
    will_it_count(rule, license, [credit], another, today)      # → CountAnswer
    will_it_count(rule, None, [], another, today)               # a fresh full cycle of the body

Credits are of all cycles: the plan sorts out which lie in this one (`PlanLine.is_elsewhere`).
`Credit.standing` is how the course stands with *this* body, so credits are made per license.
Every sentence is ready to be shown; hours are Decimals, None means not known and is said in
`Plan.unknown`. Show `Plan.cautions` and `CountAnswer.confirm` beside the figures, with the source.

docs/decisions/0030-renewal-arithmetic.md says how hours are placed; docs/licensing-rules.md which
keys of a rule are read.
"""

from ce_platform.licensing.renewal.answers import CountAnswer, counted_so_far, will_it_count
from ce_platform.licensing.renewal.credits import (
    CourseStanding,
    Credit,
    Delivery,
    Standing,
    Status,
    hours_by_subject,
)
from ce_platform.licensing.renewal.cycles import (
    Cycle,
    HeldLicense,
    cycle_of,
    end_by_rule,
    next_cycle,
)
from ce_platform.licensing.renewal.overview import BesidesState, CategoryState, LimitState
from ce_platform.licensing.renewal.plan import Plan, PlanLine, line_of, placed, plan
from ce_platform.licensing.renewal.rules import RenewalRule
from ce_platform.licensing.renewal.subjects import SUBJECT_WORDS, Subject, subject_of
from ce_platform.licensing.renewal.verdicts import VERDICT_WORDS, Verdict, verdict_words

__all__ = [
    "SUBJECT_WORDS",
    "VERDICT_WORDS",
    "BesidesState",
    "CategoryState",
    "CountAnswer",
    "CourseStanding",
    "Credit",
    "Cycle",
    "Delivery",
    "HeldLicense",
    "LimitState",
    "Plan",
    "PlanLine",
    "RenewalRule",
    "Standing",
    "Status",
    "Subject",
    "Verdict",
    "counted_so_far",
    "cycle_of",
    "end_by_rule",
    "hours_by_subject",
    "line_of",
    "next_cycle",
    "placed",
    "plan",
    "subject_of",
    "verdict_words",
    "will_it_count",
]
