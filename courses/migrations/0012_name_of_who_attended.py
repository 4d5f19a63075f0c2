"""Whose attendance it is, by the name of that day, so that no other name is printed for it."""

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from ce_platform.core.triggers import lift, refusals
from courses.refusals import LIVE_REFUSALS


def take_names(apps: Any, schema_editor: Any) -> None:
    """What was recorded before has the name that the account has now."""
    users = apps.get_model("accounts", "User").objects.filter(pk=OuterRef("user_id"))
    apps.get_model("courses", "Attendance").objects.update(
        holder_name=Subquery(users.values("name_on_certificates")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("courses", "0011_live_sessions")]

    operations = [
        *lift(*LIVE_REFUSALS),
        migrations.AddField(
            model_name="attendance",
            name="holder_name",
            field=models.CharField(
                blank=True,
                default="",
                help_text="The name of the account when it was recorded: who the office says was there.",
                max_length=120,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(take_names, migrations.RunPython.noop, elidable=True),
        *refusals(*LIVE_REFUSALS),
    ]
