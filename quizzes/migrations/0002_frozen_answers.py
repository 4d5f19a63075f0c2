"""Triggers: revisions, closed answers and grades are never rewritten, whoever tries."""

from dataclasses import replace

from django.db import migrations

from ce_platform.core.triggers import refusals
from quizzes.refusals import REFUSALS

# Columns that these tables have not got yet.
_LATER = ("revealed_at",)
_FIRST = tuple(
    replace(each, except_columns=tuple(name for name in each.except_columns if name not in _LATER))
    for each in REFUSALS
)


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0001_initial"), ("courses", "0002_frozen_versions")]

    operations = refusals(*_FIRST)
