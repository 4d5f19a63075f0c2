"""Triggers: the log is appended only, whoever tries."""

from django.db import migrations

from ce_platform.core.refusals import REFUSALS
from ce_platform.core.triggers import refusals


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = refusals(*REFUSALS)
