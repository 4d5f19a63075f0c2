"""Input about the sessions of live courses, cleaned."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ce_platform.accounts.forms import zone_choices
from ce_platform.accounts.models import DEFAULT_ZONE, zone_named
from ce_platform.core.models import Provider
from courses.domain.live import LONGEST_PLACE
from courses.models import CourseVersion, LiveSession
from courses.studio.forms import TextField, TitleField

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099
ONLINE: Final = "Online"


class SessionDayField(forms.DateField):
    """A calendar day; the browser brings its own picker."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input-short"})
        messages = {"invalid": _("Write the day like 11/20/2026."), "required": _("Say which day.")}
        super().__init__(widget=widget, error_messages=messages, **options)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(_("Look at the year again."))
        return day


class HourField(forms.TimeField):
    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input-short"})
        messages = {"invalid": _("Write the hour like 14:30."), "required": _("Say at what hour.")}
        super().__init__(
            widget=widget,
            error_messages=messages,
            input_formats=["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I %p"],
            **options,
        )


class SessionForm(forms.Form):
    """When, where, by whom. Hours are those of the place."""

    starts_on = SessionDayField(label=_("Day"))
    starts_time = HourField(label=_("Begins"))
    ends_on = SessionDayField(
        label=_("Last day"),
        required=False,
        help_text=_("Only if it takes several days. Certificates carry the last one."),
    )
    ends_time = HourField(label=_("Ends"))
    zone = forms.ChoiceField(label=_("Time zone of the place"), choices=zone_choices)
    minutes = forms.IntegerField(
        label=_("Minutes that count"),
        required=False,
        min_value=1,
        max_value=50_000,
        help_text=_(
            "With ten minutes of break in each hour, without meals and nights. Empty: from "
            "beginning to end."
        ),
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )
    place = TitleField(
        label=_("Place"),
        max_length=LONGEST_PLACE,
        help_text=_("As it is printed: name and address of the house, city, state."),
        error_messages={"required": _("Say where it is held.")},
    )
    instructors = TextField(
        label=_("Who teaches"),
        required=False,
        max_length=1_000,
        rows=2,
        help_text=_(
            "One a line, with credentials after a comma: “Dana Okafor, LMT, BCTMB”. Empty: the "
            "authors of the course."
        ),
    )
    has_paper_evaluations = forms.BooleanField(
        label=_("The evaluations are collected at the session, on paper"),
        required=False,
        help_text=_("Then nobody waits for the certificate until they answered them here."),
    )

    def __init__(
        self, *args: Any, version: CourseVersion, session: LiveSession | None = None, **options: Any
    ) -> None:
        options["initial"] = _initial(version, session) | options.get("initial", {})
        super().__init__(*args, **options)
        if version.delivery == CourseVersion.Delivery.LIVE_WEBINAR:
            self.fields["place"].help_text = _("“Online” will do.")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        needed = ("starts_on", "starts_time", "ends_time", "zone")
        if any(found.get(name) is None for name in needed) or "ends_on" in self.errors:
            return found
        zone = ZoneInfo(found["zone"])
        starts_at = _at(found["starts_on"], found["starts_time"], zone)
        ends_at = _at(found["ends_on"] or found["starts_on"], found["ends_time"], zone)
        if ends_at <= starts_at:
            self.add_error("ends_time", _("It ends after it begins."))
            return found
        found["starts_at"], found["ends_at"] = starts_at, ends_at
        if found.get("minutes") is None and "minutes" not in self.errors:
            found["minutes"] = (ends_at - starts_at) // timedelta(minutes=1)
            if found["ends_on"] and found["ends_on"] != found["starts_on"]:
                self.add_error(
                    "minutes", _("Of several days, say how many minutes count together.")
                )
        return found

    @property
    def told(self) -> dict[str, Any]:
        """What `plan_session` and `change_session` take."""
        names = (
            "starts_at",
            "ends_at",
            "zone",
            "minutes",
            "place",
            "instructors",
            "has_paper_evaluations",
        )
        return {name: self.cleaned_data[name] for name in names}


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, tzinfo=zone)


def _initial(version: CourseVersion, session: LiveSession | None) -> dict[str, Any]:
    if session is None:
        provider = Provider.objects.filter(pk=1).first()
        is_webinar = version.delivery == CourseVersion.Delivery.LIVE_WEBINAR
        return {
            "zone": provider.time_zone if provider else DEFAULT_ZONE,
            "place": ONLINE if is_webinar else "",
        }
    zone = zone_named(session.zone)
    starts, ends = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    return {
        "starts_on": starts.date(),
        "starts_time": starts.time(),
        "ends_on": ends.date() if ends.date() != starts.date() else None,
        "ends_time": ends.time(),
        "zone": session.zone,
        "minutes": session.minutes,
        "place": session.place,
        "instructors": session.instructors,
        "has_paper_evaluations": session.has_paper_evaluations,
    }


class AttendanceForm(forms.Form):
    """One line of the roster: nothing, all of it, or so many minutes."""

    def __init__(self, *args: Any, session: LiveSession, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["was_there"] = forms.BooleanField(required=False)
        self.fields["minutes"] = forms.IntegerField(
            required=False,
            min_value=1,
            max_value=session.minutes,
            widget=forms.NumberInput(attrs={"class": "input-short"}),
        )
