"""Which bodies want to be told, and how: the office's decision, else the body's rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ce_platform.licensing.models import BodyRule, LicensingBody
from certificates.models import BodyChannel, ReportChannel

# How the rules word what a provider owes (`report_channel` of docs/licensing-rules.md). Any other
# wording depends on a condition that only the office can judge: nothing is owed until it chose.
BY_RULE: Final[Mapping[str, ReportChannel]] = {
    "CE Broker": ReportChannel.CE_BROKER,
    "attendance records to the board": ReportChannel.ROSTER,
}
_SETTING: Final = "report_channel"
# Ga. Comp. R. & Regs. 345-4-.03: reported for licensees who consent (undated copy).
CONSENT_BY_RULE: Final = frozenset({"US-GA"})


@dataclass(frozen=True)
class Wanted:
    """What one body wants of completions on a day."""

    channel: ReportChannel
    deadline_days: int | None
    needs_consent: bool
    provider_number: str
    provider_valid_from: date | None
    provider_valid_to: date | None
    profession_code: str
    license_format: str
    rule_says: str
    """`report_channel` word for word, or empty."""
    keep_years: int | None
    """For how long a licensee keeps proof, where the rule says so."""
    takes_any_course: bool
    """Nothing is approved beforehand: the licensee decides."""

    @property
    def is_reported(self) -> bool:
        return self.channel != ReportChannel.NOTHING


def wanted_by(
    body: LicensingBody, *, rule: Mapping[str, Any], is_in_force: bool, setting: BodyChannel | None
) -> Wanted:
    """`rule` is the one in force at completion; where none was on file yet, the oldest one says
    whether a report is owed, and no deadline is taken from it."""
    said = str(rule.get("report_channel", ""))
    days = rule.get("report_deadline_days") if is_in_force else None
    return Wanted(
        channel=ReportChannel(setting.channel)
        if setting is not None
        else BY_RULE.get(said, ReportChannel.NOTHING),
        deadline_days=int(days) if days is not None else None,
        needs_consent=setting.needs_consent
        if setting is not None
        else body.code in CONSENT_BY_RULE,
        provider_number=setting.provider_number if setting is not None else "",
        provider_valid_from=setting.provider_valid_from if setting is not None else None,
        provider_valid_to=setting.provider_valid_to if setting is not None else None,
        profession_code=setting.profession_code if setting is not None else "",
        license_format=body.license_format,
        rule_says=said,
        keep_years=rule.get("records_years_licensee"),
        takes_any_course=rule.get("approval_model") == LicensingBody.ApprovalModel.NONE
        or "any-relevant" in rule.get("accepts", ()),
    )


class Wants:
    """What these bodies want, on any day; two queries for all of them, one where
    `report_channel` was selected with the bodies."""

    def __init__(self, bodies: Iterable[LicensingBody]) -> None:
        self.bodies = {body.pk: body for body in bodies}
        self._settings: dict[int, BodyChannel] = {}
        asked = []
        for body in self.bodies.values():
            if _SETTING not in body._state.fields_cache:
                asked.append(body)
            elif (known := getattr(body, _SETTING, None)) is not None:
                self._settings[body.pk] = known
        for row in BodyChannel.objects.filter(body__in=asked) if asked else []:
            self._settings[row.body_id] = row
        self._rules: dict[int, list[BodyRule]] = {}
        for rule in BodyRule.objects.filter(body__in=self.bodies).order_by("valid_from", "id"):
            self._rules.setdefault(rule.body_id, []).append(rule)

    def on(self, body_id: int, day: date) -> Wanted:
        rules = self._rules.get(body_id, [])
        in_force = [rule for rule in rules if rule.valid_from <= day]
        chosen = in_force[-1] if in_force else rules[0] if rules else None
        return wanted_by(
            self.bodies[body_id],
            rule=chosen.rule if chosen is not None else {},
            is_in_force=bool(in_force),
            setting=self._settings.get(body_id),
        )
