"""Certificates may move to the account that stays; letters to the office may go."""

from django.db import migrations

from ce_platform.core.triggers import lift, refusals
from certificates.refusals import BEFORE_ENDINGS, ENDING_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0011_records_of_an_earlier_system"),
        ("core", "0006_accounts_that_end"),
    ]

    operations = [*lift(*BEFORE_ENDINGS), *refusals(*ENDING_REFUSALS)]
