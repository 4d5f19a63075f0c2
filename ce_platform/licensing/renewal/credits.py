"""What a therapist has completed or plans, as the planner sees it: hours by subject, how it was
taught, and how the course stands with the one body in question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from ce_platform.core.text import fold
from ce_platform.licensing.renewal.subjects import Subject, subject_of

GENERAL: Final = "general"


class Delivery(StrEnum):
    """The values of CourseVersion.Delivery."""

    HOME_STUDY = "home-study"
    LIVE_WEBINAR = "live-webinar"
    LIVE_CLASS = "live-class"


class Standing(StrEnum):
    """How a course stands with a body on the day it was, or would be, completed."""

    APPROVED = "approved"
    ACCEPTS_LIST = "accepts-list"
    NO_PREAPPROVAL = "no-preapproval"
    PENDING = "pending"
    DENIED = "denied"
    NONE = "none"
    """Nothing was sent to this body, and no list carries the course."""
    OWN_PROOF = "own-proof"
    """A course of somebody else, noted by the therapist with a proof of their own."""


class Status(StrEnum):
    EARNED = "earned"
    PLANNED = "planned"


@dataclass(frozen=True)
class CourseStanding:
    """`hours_granted` and `category` are what the body wrote in its approval. `is_listed`: the
    course is of an approver whose list the body names; None: not known."""

    kind: Standing
    hours_granted: Decimal | None = None
    category: str = ""
    is_listed: bool | None = None
    submitted_on: date | None = None
    number: str = ""
    through: str = ""


@dataclass(frozen=True)
class Credit:
    """One completion, or one course that is meant to be completed.

    `hours` maps a subject (a word of `subjects.Subject`) to CE hours. `completed_on` is the
    therapist's local date as on the certificate and decides the cycle; `completed_at` is the
    instant, used for limits within 24 hours only. `course_key` names the same course again; empty
    where nobody can tell. `hands_on_percent`: share of the course in which learners work on a
    body under supervision; None: not known. `begun_on`: first day of a class over several days.
    """

    key: str
    title: str
    hours: Mapping[str, Decimal]
    delivery: Delivery
    standing: CourseStanding
    course_key: str = ""
    completed_on: date | None = None
    completed_at: datetime | None = None
    begun_on: date | None = None
    has_exam: bool | None = None
    hands_on_percent: int | None = None
    status: Status = Status.EARNED

    @cached_property
    def total_hours(self) -> Decimal:
        return sum(self.hours.values(), Decimal(0))

    @property
    def is_planned(self) -> bool:
        return self.status == Status.PLANNED

    def hours_here(self) -> dict[str, Decimal]:
        """Hours by subject as the body counts them: never more than it granted, and in the
        category of its letter where that names one."""
        return self._hours_here

    @cached_property
    def _hours_here(self) -> dict[str, Decimal]:
        hours = self._as_approved()
        granted = self.standing.hours_granted
        left = self.total_hours if granted is None else granted
        here: dict[str, Decimal] = {}
        # What is cut is the end of the list: technique comes last, being limited most often.
        for subject, there in sorted(hours.items(), key=_technique_last):
            here[subject] = min(there, left)
            left -= here[subject]
        return {subject: there for subject, there in here.items() if there > 0}

    def _as_approved(self) -> Mapping[str, Decimal]:
        """A letter may say “Ethics”, “General”, or something that is no subject (“Home study”).
        Technique stays technique unless the letter names another subject: it is limited more."""
        words = self.standing.category
        subject = subject_of(words) if words else Subject.OTHER
        if subject != Subject.OTHER:
            return {subject: self.total_hours}
        if fold(words) != GENERAL:
            return self.hours
        technique = self.hours.get(Subject.TECHNIQUE, Decimal(0))
        return {Subject.TECHNIQUE: technique, Subject.THEORY: self.total_hours - technique}


def hours_by_subject(categories: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """From a course's credit hours (category in words → hours) to hours by subject."""
    found: dict[str, Decimal] = {}
    for words, hours in categories.items():
        subject = subject_of(words)
        found[subject] = found.get(subject, Decimal(0)) + hours
    return found


def _technique_last(item: tuple[str, Decimal]) -> tuple[bool, str]:
    return item[0] == Subject.TECHNIQUE, item[0]
