"""Triggers: certificates, their bodies and documents, designs and statements stay as written."""

from django.db import migrations

from ce_platform.core.triggers import refusals
from certificates.refusals import REFUSALS


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]

    operations = refusals(*REFUSALS)
