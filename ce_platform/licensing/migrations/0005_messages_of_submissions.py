"""Messages to and from a body beside the moves of a submission."""

from django.db import migrations, models
from django.db.models import Q

from ce_platform.core.triggers import lift, refusals
from ce_platform.licensing.refusals import OF_EVENTS


class Migration(migrations.Migration):
    dependencies = [("licensing", "0004_report_consent")]

    operations = [
        *lift(*OF_EVENTS),
        migrations.AddField(
            model_name="submissionevent",
            name="direction",
            field=models.CharField(
                blank=True,
                choices=[
                    ("from-body", "From the body"),
                    ("to-body", "To the body"),
                    ("internal", "Our own note"),
                ],
                default="",
                help_text=(
                    "Of a message or note, also of one that moved the file. Empty: a move alone."
                ),
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="submissionevent",
            name="contact",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Who wrote or was called.",
                max_length=120,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="submissionevent",
            name="happened_on",
            field=models.DateField(
                blank=True,
                help_text="When it was sent or came; `at` is when it was written.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionevent",
            constraint=models.CheckConstraint(
                condition=~Q(direction="") | Q(contact="", happened_on__isnull=True),
                name="event_contact_belongs_to_a_message",
            ),
        ),
        *refusals(*OF_EVENTS),
    ]
