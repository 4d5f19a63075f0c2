"""Licenses typed as lines of text go to the end of the CV: no program can read their numbers."""

from django.db import migrations

HEADING = "Licenses:\n"


def into_cv(apps, schema_editor):
    for profile in apps.get_model("accounts", "InstructorProfile").objects.exclude(licenses=""):
        lines = HEADING + profile.licenses
        profile.cv_text = f"{profile.cv_text}\n\n{lines}" if profile.cv_text else lines
        profile.save(update_fields=["cv_text"])


def out_of_cv(apps, schema_editor):
    """As far as it can be told: what stands after the last such heading."""
    for profile in apps.get_model("accounts", "InstructorProfile").objects.all():
        before, heading, lines = profile.cv_text.rpartition(HEADING)
        if heading:
            profile.cv_text, profile.licenses = before.rstrip(), lines
            profile.save(update_fields=["cv_text", "licenses"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_cv_as_text")]

    operations = [migrations.RunPython(into_cv, out_of_cv)]
