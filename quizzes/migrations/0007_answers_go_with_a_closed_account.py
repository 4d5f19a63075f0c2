"""Answers that prove nothing may go when their account is closed."""

from django.db import migrations

from ce_platform.core.triggers import lift, refusals
from quizzes.refusals import BEFORE_CLOSING, CLOSING_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0006_list_proposed_regrades"),
        ("core", "0006_accounts_that_end"),
    ]

    operations = [*lift(*BEFORE_CLOSING), *refusals(*CLOSING_REFUSALS)]
