"""The ends of a person's licenses as a calendar file (RFC 5545), with alarms at the steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

PRODUCT = "-//CE platform//Renewal planner//EN"


@dataclass(frozen=True)
class LicenseEnd:
    uid: UUID
    """Of the license: a file that is imported again changes the same entry."""
    on: date
    title: str
    text: str


def calendar_file(
    ends: Sequence[LicenseEnd], *, alarm_days: Sequence[int], url: str, now: datetime
) -> bytes:
    """One all-day event per end, an alarm for each of these days before it."""
    # Pulls in dateutil; few requests need it.
    from icalendar import Alarm, Calendar, Event

    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for end in ends:
        event = Event()
        event.add("uid", f"license-{end.uid}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", end.on)
        event.add("dtend", end.on + timedelta(days=1))
        event.add("summary", end.title)
        event.add("description", end.text)
        event.add("url", url)
        event.add("transp", "TRANSPARENT")
        for days in alarm_days:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", end.title)
            alarm.add("trigger", timedelta(days=-days))
            event.add_component(alarm)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
