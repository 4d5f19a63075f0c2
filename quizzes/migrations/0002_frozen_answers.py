"""Triggers: revisions, closed answers and grades are never rewritten, whoever tries."""

from django.db import migrations

from ce_platform.core.triggers import refusals
from quizzes.refusals import REFUSALS


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0001_initial"), ("courses", "0002_frozen_versions")]

    operations = refusals(*REFUSALS)
