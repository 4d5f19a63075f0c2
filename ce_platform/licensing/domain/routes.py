"""Which way a course may go at a body, proposed from its rule and our numbers. Pure.

There is not one route but five (domain notes of 2026-11-20, section 2.1): a body approves each
course, or the provider; it accepts the courses of a list, or approves nothing beforehand; or it
asks for no hours at all. What is not known is asked, never guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ce_platform.core.templatetags.wording import long_date
from ce_platform.licensing.models import BodyRule, LicensingBody, ProviderNumber

SUBMIT: Final = "submit"
LIST: Final = "list"
NONE: Final = "none"
NOT_NEEDED: Final = "not-needed"
ASK: Final = "ask"
# Where nobody licenses massage, `regulates` says so.
_NOTHING_TO_HOLD: Final = "local"
Model = LicensingBody.ApprovalModel


@dataclass(frozen=True)
class Route:
    """One way, and why."""

    kind: str
    reason: str
    through: LicensingBody | None = None
    """Whose list, where the body accepts one."""
    is_advised: bool = True
    """Nothing stands in the way today."""

    @property
    def value(self) -> str:
        """As a form sends it: `submit`, `list:US-NCBTMB`."""
        return value_of(self.kind, self.through)


@dataclass(frozen=True)
class Source:
    """Where the proposal comes from."""

    url: str
    as_of: str
    is_checked: bool
    """The office has compared the rule with its source."""


@dataclass(frozen=True)
class Ours:
    """What we have to show on the day."""

    numbers: Mapping[int, ProviderNumber]
    """Our number in force, by body id."""
    approvers: Mapping[str, LicensingBody]
    """Bodies whose lists others accept, by the word that rules use: NCBTMB."""
    approving: Sequence[int] = ()
    """Ids of bodies that approved this very edition."""


def value_of(kind: str, through: LicensingBody | None = None) -> str:
    return f"{kind}:{through.code}" if through else kind


def propose(body: LicensingBody, rule: BodyRule | None, *, ours: Ours) -> Route:
    """The route of one body; its reason is a sentence for the registrar."""
    known: Mapping[str, Any] = rule.rule if rule else {}
    if known.get("ce_hours") == 0:
        return Route(NOT_NEEDED, "It asks for no continuing education.")
    if body.regulates == _NOTHING_TO_HOLD:
        return Route(NOT_NEEDED, "There is no state license, so nobody asks for hours.")
    model = known.get("approval_model") or body.approval_model
    if model == Model.UNKNOWN and body.approval_model != Model.UNKNOWN:
        model = body.approval_model
    accepted = [ours.approvers[word] for word in known.get("accepts", ()) if word in ours.approvers]
    listed = _on_a_list(body, accepted, ours)
    if model == Model.COURSE:
        return Route(SUBMIT, "It approves each course.")
    if model == Model.PROVIDER:
        return _through_the_provider(body, listed, ours)
    if model == Model.ACCEPTS_LISTED:
        return listed or _not_on_a_list(accepted, known)
    if model == Model.NONE:
        return Route(NONE, "It approves nothing beforehand; the licensee decides and keeps proof.")
    return Route(ASK, "How it approves is not known. Ask it before anything is sent.", None, False)


def _through_the_provider(body: LicensingBody, listed: Route | None, ours: Ours) -> Route:
    number = ours.numbers.get(body.pk)
    if number is not None:
        return Route(
            SUBMIT, f"It approves providers, and we hold {_our(number)}: file the course under it."
        )
    if listed is not None:
        return Route(
            LIST,
            f"It approves providers, and we have no number there. {listed.reason}",
            listed.through,
            listed.is_advised,
        )
    return Route(
        SUBMIT,
        "It approves providers, and we have no number in force there. Apply as a provider first.",
        None,
        False,
    )


def _on_a_list(body: LicensingBody, accepted: Sequence[LicensingBody], ours: Ours) -> Route | None:
    """The list on which this course stands already, else one that has us as a provider."""
    others = [each for each in accepted if each.pk != body.pk]
    for approver in others:
        if approver.pk in ours.approving:
            return Route(
                LIST,
                f"It accepts courses of {approver.place}, which has approved this edition.",
                approver,
            )
    for approver in others:
        number = ours.numbers.get(approver.pk)
        if number is not None and approves_each_course(approver):
            # NCBTMB: provider status and each course need approval before it is offered.
            return Route(
                LIST,
                f"It accepts courses of {approver.place}, where we hold {_our(number)}. "
                f"{approver.place} approves each course, and this edition is not approved there.",
                approver,
                False,
            )
        if number is not None:
            return Route(
                LIST,
                f"It accepts courses of {approver.place}, where we hold {_our(number)}.",
                approver,
            )
    return None


def approves_each_course(body: LicensingBody) -> bool:
    return body.approval_model == Model.COURSE


def _not_on_a_list(accepted: Sequence[LicensingBody], known: Mapping[str, Any]) -> Route:
    if "any-relevant" in known.get("accepts", ()):
        return Route(NONE, "It accepts any course that is relevant to the work.")
    if not accepted:
        return Route(ASK, "It accepts a list, and which one is not known. Ask it.", None, False)
    names = ", ".join(each.place for each in accepted)
    return Route(
        LIST,
        f"It accepts courses of {names}, where we have no number in force.",
        accepted[0],
        False,
    )


def _our(number: ProviderNumber) -> str:
    until = f" until {long_date(number.valid_to)}" if number.valid_to else ""
    return f"number {number.number}{until}"


def source_of(body: LicensingBody, rule: BodyRule | None) -> Source:
    """The first source of the rule, else that of the list of bodies."""
    if rule is not None:
        first = rule.sources[0] if rule.sources else {}
        return Source(
            url=first.get("url", "") or body.source_url,
            as_of=long_date(rule.as_of),
            is_checked=rule.checked_at is not None,
        )
    return Source(url=body.source_url, as_of=body.source_as_of, is_checked=False)
