"""From the rows to what a transcript says, in a constant number of queries."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from ce_platform.accounts.models import User, zone_named
from ce_platform.core import codes
from ce_platform.core.models import Provider
from ce_platform.core.templatetags.wording import long_date
from ce_platform.core.text import fold
from ce_platform.licensing.domain.credits import MOST_CREDITS, credits_of
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.models import ExternalCredit, License
from ce_platform.licensing.planner.plans import held, read_rule
from ce_platform.licensing.queries import newest_rules
from ce_platform.licensing.renewal import SUBJECT_WORDS, Subject
from certificates.domain.record import printable, printable_lines
from certificates.models import Certificate
from certificates.pdf.lettering import unprintable_letters
from certificates.standing import SPECIMEN, VALID, standing_of
from certificates.transcript import record as words
from certificates.transcript.periods import (
    AUTO,
    Choice,
    Span,
    chosen_span,
    cycles_around,
    years_of,
)
from certificates.transcript.record import HeldCard, LeftOut, Line, TranscriptRecord

_UNPRINTABLE: Final = "?"


@dataclass(frozen=True)
class Cycles:
    """One license by whose cycles lines can be grouped."""

    license: License
    spans: tuple[Span, ...]

    @property
    def label(self) -> str:
        return f"{self.license.body.place} {self.license.number}"


@dataclass(frozen=True)
class Gathered:
    record: TranscriptRecord
    span: Span
    choice: Choice
    """With the license that was really taken."""
    cycles: Sequence[Cycles]
    """Licenses that can be chosen."""


def gather(user: User, choice: Choice, *, now: datetime) -> Gathered:
    """Everything the person has on record in these days."""
    today = user.local_date(now)
    certificates = list(
        Certificate.objects.filter(user=user)
        .select_related("replaced_by")
        .order_by("-completed_on", "-pk")
    )
    credits = list(credits_of(user)[:MOST_CREDITS])
    licenses = active_licenses(user)
    days = [row.completed_on for row in certificates] + [row.completed_on for row in credits]
    cycles = _cycles(licenses, days, today=today)
    choice = _settled(choice, cycles)
    chosen = next((each for each in cycles if each.license.uid.hex == choice.license), None)
    span = chosen_span(choice, list(chosen.spans) if chosen else [], today)
    return Gathered(
        record=_record(
            user,
            licenses=licenses,
            certificates=[row for row in certificates if span.has(row.completed_on)],
            credits=[row for row in credits if choice.has_stated and span.has(row.completed_on)],
            chosen=chosen,
            span=span,
            has_stated=choice.has_stated,
            now=now,
        ),
        span=span,
        choice=choice,
        cycles=cycles,
    )


def _settled(choice: Choice, cycles: Sequence[Cycles]) -> Choice:
    known = [each.license.uid.hex for each in cycles]
    if choice.license == AUTO and known:
        return replace(choice, license=known[0])
    return choice if choice.license in known else replace(choice, license="")


def _cycles(licenses: Sequence[License], days: Sequence[date], *, today: date) -> list[Cycles]:
    """What ends first stands first."""
    rules = newest_rules({row.body for row in licenses}, on=today) if licenses else {}
    found = []
    for row in licenses:
        rule_row = rules.get(row.body_id)
        if rule_row is None:
            continue
        spans = cycles_around(
            read_rule(rule_row, row.body),
            held(row),
            today,
            earliest=min(days, default=None),
            latest=max(days, default=None),
        )
        if spans:
            found.append(Cycles(row, tuple(spans)))
    return sorted(
        found,
        key=lambda each: (each.license.expires_on or date.max, each.label),
    )


def _record(
    user: User,
    *,
    licenses: Sequence[License],
    certificates: Sequence[Certificate],
    credits: Sequence[ExternalCredit],
    chosen: Cycles | None,
    span: Span,
    has_stated: bool,
    now: datetime,
) -> TranscriptRecord:
    provider = Provider.objects.filter(pk=1).first() or Provider()
    standings = {row.pk: standing_of(row) for row in certificates}
    valid = [row for row in certificates if standings[row.pk].state in (VALID, SPECIMEN)]
    name = printable(user.name_on_certificates) or next((row.holder_name for row in valid), "")
    ours = [_certified(row, head=name) for row in valid]
    occasions = {(fold(line.title), line.completed_on): line.serial for line in ours}
    lines = [*ours, *(_stated(row, occasions) for row in credits)]
    spans = (
        [(each, f"{chosen.label}: {each.words}") for each in chosen.spans]
        if chosen
        else [
            (year, str(year.first.year))
            for year in years_of(line.completed_on for line in lines)
            if year.first
        ]
    )
    return TranscriptRecord(
        code="",
        verify_url="",
        holder_name=name,
        licenses=tuple(
            HeldCard(printable(row.body.place), printable(row.number), row.expires_on)
            for row in licenses
        ),
        period=span.words,
        grouped_by=f"Renewal cycles of {chosen.label}" if chosen else "Calendar years",
        as_of=now,
        zone=zone_named(user.time_zone).key,
        provider_name=printable(provider.name),
        provider_address=printable_lines(provider.address),
        provider_email=provider.email,
        provider_website=provider.website,
        groups=words.grouped(lines, spans),
        totals=words.totals_of(lines),
        total=words.total_of(lines),
        left_out=tuple(
            LeftOut(
                title=row.course_title,
                completed_on=row.completed_on,
                serial=codes.dashed(row.serial),
                verify_url=row.verify_url,
                words=_moved_words(row),
            )
            for row in reversed(certificates)
            if standings[row.pk].state not in (VALID, SPECIMEN)
        ),
        has_stated=has_stated,
        is_specimen=any(row.is_specimen for row in valid),
    )


def _moved_words(row: Certificate) -> str:
    standing = standing_of(row)
    successor = (
        f" Its number: {codes.dashed(standing.successor.serial)}." if standing.successor else ""
    )
    return f"{standing.heading}. {standing.text}{successor}"


def _certified(row: Certificate, *, head: str) -> Line:
    imported = row.origin == Certificate.Origin.IMPORTED
    issued_on = row.issued_at.astimezone(zone_named(row.completed_zone)).date()
    return Line(
        source=words.IMPORTED if imported else words.ISSUED,
        title=row.course_title,
        completed_on=row.completed_on,
        hours=row.credit_hours,
        credits=tuple(
            (category, Decimal(hours)) for category, hours in json.loads(row.credits_json)
        ),
        delivery=row.delivery,
        serial=codes.dashed(row.serial),
        verify_url=row.verify_url,
        name="" if row.holder_name == head else row.holder_name,
        note=(
            f"Recorded before {long_date(issued_on)}, from the provider's earlier files"
            if imported
            else ""
        ),
        is_specimen=row.is_specimen,
    )


def _stated(row: ExternalCredit, occasions: Mapping[tuple[str, date], str]) -> Line:
    """Somebody's own note. Of a certificate of ours it is no second completion."""
    credits = tuple((_subject_words(line.subject), line.credit_hours) for line in row.hours.all())
    serial = occasions.get((fold(row.title), row.completed_on), "")
    return Line(
        source=words.STATED,
        title=printable(row.title),
        completed_on=row.completed_on,
        hours=sum((hours for _, hours in credits), Decimal(0)),
        credits=credits,
        delivery=row.get_delivery_display(),
        provider=printable(row.provider),
        note=words.STATED_WORDS
        + (f". The same course as certificate {serial}: counted once, there" if serial else ""),
        is_counted=not serial,
    )


def _subject_words(subject: str) -> str:
    known = SUBJECT_WORDS[Subject(subject)] if subject in set(Subject) else printable(subject)
    return known[:1].upper() + known[1:]


# ---------------------------------------------------------------- letters


def fit_for_print(record: TranscriptRecord) -> TranscriptRecord:
    """Letters for which there is no font would print as boxes that nobody can read out: they are
    kept as question marks, on paper and on the public page alike."""
    missing = unprintable_letters(_texts(record))
    if not missing:
        return record
    table = str.maketrans(dict.fromkeys(missing, _UNPRINTABLE))
    return replace(
        record,
        holder_name=record.holder_name.translate(table),
        licenses=tuple(
            replace(card, number=card.number.translate(table)) for card in record.licenses
        ),
        grouped_by=record.grouped_by.translate(table),
        groups=tuple(
            replace(
                group,
                title=group.title.translate(table),
                lines=tuple(
                    replace(
                        line,
                        title=line.title.translate(table),
                        provider=line.provider.translate(table),
                        name=line.name.translate(table),
                        credits=tuple(
                            (name.translate(table), hours) for name, hours in line.credits
                        ),
                    )
                    for line in group.lines
                ),
                totals=_retitled(group.totals, table),
            )
            for group in record.groups
        ),
        totals=_retitled(record.totals, table),
        left_out=tuple(
            replace(each, title=each.title.translate(table), words=each.words.translate(table))
            for each in record.left_out
        ),
    )


def _retitled(
    totals: Iterable[words.Total], table: Mapping[int, str | int | None]
) -> tuple[words.Total, ...]:
    return tuple(replace(each, category=each.category.translate(table)) for each in totals)


def _texts(record: TranscriptRecord) -> list[str]:
    return [
        record.holder_name,
        *(card.number for card in record.licenses),
        *(group.title for group in record.groups),
        *(
            text
            for line in record.lines
            for text in (line.title, line.provider, line.name, *(name for name, _ in line.credits))
        ),
        *(text for each in record.left_out for text in (each.title, each.words)),
    ]
