"""Every body of a course edition with a tick and a route."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms

from ce_platform.licensing.domain import routes
from ce_platform.licensing.domain.planning import Plan, PlanLine
from ce_platform.licensing.models import LicensingBody

HEADINGS: Final = {
    routes.SUBMIT: "To be sent",
    routes.LIST: "Accepted through a list",
    routes.NONE: "No pre-approval",
    routes.NOT_NEEDED: "Nothing is needed",
    routes.ASK: "To be asked first",
}


@dataclass(frozen=True)
class PlanField:
    """One line of the page: the body and its two fields."""

    line: PlanLine
    take: forms.BoundField
    route: forms.BoundField


class PlanForm(forms.Form):
    def __init__(self, *args: Any, plan: Plan, **options: Any) -> None:
        super().__init__(*args, **options)
        self.plan = plan
        self._open = [line for line in plan.lines if line.on_file is None]
        for line in self._open:
            code, place = line.body.code, line.body.place
            self.fields[f"take-{code}"] = forms.BooleanField(
                label=f"Put {place} on file", required=False, initial=is_ticked(line)
            )
            self.fields[f"route-{code}"] = forms.ChoiceField(
                label=f"Route of {place}",
                choices=route_choices(plan.lists, body=line.body),
                initial=line.route.value,
                # A line that is not ticked says nothing; one that is keeps what was proposed.
                required=False,
                error_messages={"invalid_choice": "Choose a route from the list."},
            )

    def groups(self) -> Iterator[tuple[str, list[PlanField]]]:
        """By the way that is proposed."""
        for kind, heading in HEADINGS.items():
            fields = [
                PlanField(line, self[f"take-{line.body.code}"], self[f"route-{line.body.code}"])
                for line in self._open
                if line.route.kind == kind
            ]
            if fields:
                yield heading, fields

    def chosen(self) -> dict[str, str]:
        """Body code → value of the route, of the lines that are ticked."""
        return {
            line.body.code: self.cleaned_data.get(f"route-{line.body.code}") or line.route.value
            for line in self._open
            if self.cleaned_data.get(f"take-{line.body.code}")
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        ticked = [line for line in self.plan.lines if f"take-{line.body.code}" in self.data]
        # What was ticked and is on file meanwhile was sent twice: nothing is left to do, and
        # nothing is wrong.
        if not ticked:
            raise forms.ValidationError("Tick at least one body.")
        return given


def is_ticked(line: PlanLine) -> bool:
    """What learners are told at once, that a list or no pre-approval lets the hours count, rests
    on a rule that the office has checked; what is only prepared need not."""
    is_told = line.route.kind in (routes.LIST, routes.NONE)
    return line.route.is_advised and (line.source.is_checked or not is_told)


def route_choices(lists: Sequence[LicensingBody], *, body: LicensingBody) -> list[tuple[str, str]]:
    return [
        (routes.SUBMIT, "Send it"),
        *(
            (routes.value_of(routes.LIST, each), f"Accepts the list of {each.place}")
            for each in lists
            if each.pk != body.pk
        ),
        (routes.NONE, "No pre-approval"),
        (routes.NOT_NEEDED, "Nothing is needed"),
        (routes.ASK, "Ask first"),
    ]
