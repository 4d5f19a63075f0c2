"""The provider, the log of who did what, and the log of mail."""

from typing import Final

from ce_platform.core.models import AuditEvent, OutgoingMail, Provider
from ce_platform.office.moving_out.kept import ending_of
from ce_platform.office.moving_out.parts import ArchivePart, Table, part_of_tables
from ce_platform.office.moving_out.writing import ArchiveWriter

TABLES: Final = part_of_tables(
    "office",
    Table(
        "office/audit-log.csv",
        "Who did what, when. Only ever added to.",
        lambda: AuditEvent.objects.all(),
        (
            ("id", "pk", ""),
            ("at", "at", "UTC"),
            ("by", "actor_label", "empty: the platform itself"),
            ("action", "action", "noun.verb"),
            ("about", "subject_type", ""),
            ("about_id", "subject_id", ""),
            ("detail", "detail", "JSON"),
        ),
    ),
    Table(
        "office/mail-log.csv",
        "Every message. Its text is in records/core.outgoingmail.jsonl.",
        lambda: OutgoingMail.objects.all(),
        (
            ("mail", "uid", ""),
            ("kind", "kind", ""),
            ("to", "to_email", ""),
            ("subject", "subject", ""),
            ("status", "status", "queued, sent, failed or held"),
            ("written_at", "created_at", "UTC"),
            ("sent_at", "sent_at", "UTC"),
            ("error", "last_error", ""),
            ("came_back_at", "bounced_at", "UTC"),
            ("came_back_why", "bounce_reason", ""),
        ),
    ),
    order=60,
)


def _provider(writer: ArchiveWriter) -> None:
    writer.describe("office/provider.json", "The provider: name, address, time zone. Its logo too.")
    provider = Provider.objects.select_related("logo").filter(pk=1).first()
    if provider is None:
        return
    names = ("name", "address", "city", "email", "phone", "website", "time_zone")
    writer.values("office/provider.json", {name: getattr(provider, name) for name in names})
    if provider.logo is not None:
        writer.stored(f"office/logo{ending_of(provider.logo)}", provider.logo)


PROVIDER: Final = ArchivePart("provider", _provider, order=61)
