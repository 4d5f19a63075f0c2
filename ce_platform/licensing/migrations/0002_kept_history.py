"""Triggers: submissions keep their history, rules are added and never edited."""

from django.db import migrations

from ce_platform.core.triggers import refusals
from ce_platform.licensing.refusals import REFUSALS


class Migration(migrations.Migration):
    dependencies = [("licensing", "0001_initial")]

    operations = refusals(*REFUSALS)
