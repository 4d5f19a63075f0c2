"""Records may move to the account that stays, while two are merged."""

from django.db import migrations

from ce_platform.core.triggers import lift, refusals
from courses.refusals import BEFORE_MERGING, MERGING_REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0013_access_codes_invitations_and_shops"),
        ("core", "0006_accounts_that_end"),
    ]

    operations = [*lift(*BEFORE_MERGING), *refusals(*MERGING_REFUSALS)]
