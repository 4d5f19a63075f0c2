"""Editors of keys by which renewals are counted; docs/licensing-rules.md explains the keys."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from ce_platform.licensing.counting_facts import REPEATS
from ce_platform.licensing.domain import data_files
from ce_platform.licensing.forms.rule_fields import (
    NOT_KNOWN,
    KeyFields,
    box,
    box_field,
    hours_field,
    in_order,
    plain_hours,
    subjects_field,
    whole_field,
    words_field,
)

STEPS: Final = 4
_BOUNDS: Final = {"under_months": "Less than", "up_to_months": "At most"}


class RepeatFields(KeyFields):
    NAMES = ("scope", "years", "except_subjects")

    def fields(self, before: Any) -> dict[str, forms.Field]:
        said = REPEATS | {"years": "Not within so many years"}
        return {
            self.key: forms.ChoiceField(
                label=self.label, choices=[("", NOT_KNOWN), *said.items()], required=False
            ),
            f"{self.key}-years": whole_field("Years", least=1, most=99, placeholder=""),
            f"{self.key}-except_subjects": subjects_field(
                "Subjects for which this does not hold",
                "Within one cycle nothing counts twice, these neither.",
                before=(before or {}).get("except_subjects"),
            ),
        }

    def lines(self, before: Any) -> list[list[str]]:
        return [[self.key, f"{self.key}-years"], [f"{self.key}-except_subjects"]]

    def initial(self, before: Any) -> dict[str, Any]:
        table = before or {}
        return {
            self.key: table.get("scope", ""),
            f"{self.key}-years": table.get("years"),
            f"{self.key}-except_subjects": table.get("except_subjects", []),
        }

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        known = before or {}
        scope, years = sent.get(self.key), sent.get(f"{self.key}-years")
        apart = in_order(
            sent.get(f"{self.key}-except_subjects") or [], known.get("except_subjects")
        )
        if not scope:
            if years is not None or apart:
                raise ValidationError({self.key: "Choose here, or clear the fields below."})
            return None
        if scope == "years" and years is None:
            raise ValidationError({f"{self.key}-years": "Write for how many years."})
        if scope != "years" and years is not None:
            raise ValidationError(
                {f"{self.key}-years": "Clear this, or choose “not within so many years”."}
            )
        own = {"scope": scope, "years": years, "except_subjects": apart}
        return _checked(self.key, own, known, self.NAMES)


class FirstHoursFields(KeyFields):
    """Either so many hours a month or steps by the age of the license."""

    NAMES = ("per_month", "at_least", "at_most", "steps", "categories", "all_by_home_study")

    def fields(self, before: Any) -> dict[str, forms.Field]:
        key = self.key
        made: dict[str, forms.Field] = {
            f"{key}-per_month": hours_field("Hours a month, or part of one", placeholder=""),
            f"{key}-at_least": hours_field("At least", placeholder=""),
            f"{key}-at_most": hours_field("At most", placeholder=""),
        }
        for number in range(self._count(before)):
            step = f"{key}-step-{number}"
            made |= {
                f"{step}-bound": forms.ChoiceField(
                    label="Or: a license of", choices=list(_BOUNDS.items()), required=False
                ),
                f"{step}-months": whole_field("Months", least=1, placeholder=""),
                f"{step}-hours": hours_field("Hours due", placeholder=""),
            }
        return made | {
            f"{key}-categories": words_field(
                "Subjects that stay due",
                "One name to a line, as it stands under the subjects. Empty: all of them.",
                placeholder="",
            ),
            f"{key}-all_by_home_study": box_field("All of them may be home study"),
        }

    def lines(self, before: Any) -> list[list[str]]:
        key = self.key
        return [
            [f"{key}-{name}" for name in ("per_month", "at_least", "at_most")],
            *(
                [f"{key}-step-{number}-{name}" for name in ("bound", "months", "hours")]
                for number in range(self._count(before))
            ),
            [f"{key}-categories"],
            [f"{key}-all_by_home_study"],
        ]

    def initial(self, before: Any) -> dict[str, Any]:
        key, table = self.key, before or {}
        told = {
            f"{key}-{name}": table.get(name)
            for name in ("per_month", "at_least", "at_most", "all_by_home_study")
        }
        steps = table.get("steps", [])
        for number in range(self._count(before)):
            step = steps[number] if number < len(steps) else {}
            bound = next((name for name in _BOUNDS if name in step), "under_months")
            told |= {
                f"{key}-step-{number}-bound": bound,
                f"{key}-step-{number}-months": step.get(bound),
                f"{key}-step-{number}-hours": step.get("hours"),
            }
        return told | {f"{key}-categories": "\n".join(table.get("categories", []))}

    def value(self, sent: Mapping[str, Any], before: Any) -> Any:
        key, known = self.key, before or {}
        per_month, least, most = (
            plain_hours(sent.get(f"{key}-{name}")) for name in ("per_month", "at_least", "at_most")
        )
        steps = self._steps(sent, self._count(before))
        lines = (sent.get(f"{key}-categories") or "").splitlines()
        own = {
            "per_month": per_month,
            "at_least": least,
            "at_most": most,
            "steps": steps or None,
            "categories": in_order(
                dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()),
                known.get("categories"),
            ),
            "all_by_home_study": box(
                sent.get(f"{key}-all_by_home_study"), known.get("all_by_home_study")
            ),
        }
        if per_month is None and not steps:
            if any(value is not None and value is not False for value in own.values()):
                raise ValidationError(
                    {f"{key}-per_month": "Write hours here or in a step, or clear what is below."}
                )
            return None
        if per_month is not None and steps:
            raise ValidationError(
                {f"{key}-per_month": "Either hours for each month or steps: clear one of them."}
            )
        if steps and (least is not None or most is not None):
            name = "at_least" if least is not None else "at_most"
            raise ValidationError(
                {f"{key}-{name}": "This belongs to the hours for each month. Clear it."}
            )
        if least is not None and most is not None and most < least:
            raise ValidationError({f"{key}-at_most": "The most cannot be less than the least."})
        return _checked(key, own, known, self.NAMES)

    def _count(self, before: Any) -> int:
        return max(STEPS, len((before or {}).get("steps", [])))

    def _steps(self, sent: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
        """Youngest license first, as the arithmetic reads them."""
        found: list[dict[str, Any]] = []
        ages: list[tuple[int, bool]] = []
        for number in range(count):
            name = f"{self.key}-step-{number}"
            months, hours = sent.get(f"{name}-months"), plain_hours(sent.get(f"{name}-hours"))
            if months is None and hours is None:
                continue
            if months is None:
                raise ValidationError({f"{name}-months": "Write up to how many months."})
            if hours is None:
                raise ValidationError({f"{name}-hours": "Write the hours. 0: none are due."})
            bound = sent.get(f"{name}-bound") or "under_months"
            # Up to 12 months ends a day after less than 12.
            age = (months, bound == "up_to_months")
            if ages and age <= ages[-1]:
                raise ValidationError(
                    {f"{name}-months": "The youngest license comes first: write more months."}
                )
            ages.append(age)
            found.append({bound: months, "hours": hours})
        return found


def _checked(
    key: str, own: Mapping[str, Any], known: Mapping[str, Any], names: tuple[str, ...]
) -> dict[str, Any]:
    """The table, with what a newer version keeps in it; that part is not ours to judge."""
    told = {name: value for name, value in own.items() if value is not None}
    if not data_files.RULE_KEYS[key](told) and told != dict(known):
        raise ValidationError("This cannot stand there together.")
    return {name: value for name, value in known.items() if name not in names} | told
