"""Triggers: what is published is never edited, whoever tries."""

from django.db import migrations

from ce_platform.core.triggers import refusals
from courses.refusals import REFUSALS


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]

    operations = refusals(*REFUSALS)
