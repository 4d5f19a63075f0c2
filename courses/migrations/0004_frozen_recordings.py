"""Triggers: recordings and handouts of what is published are never edited, whoever tries."""

from django.db import migrations

from ce_platform.core.triggers import refusals
from courses.refusals import STUDIO_REFUSALS


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_studio")]

    operations = refusals(*STUDIO_REFUSALS)
