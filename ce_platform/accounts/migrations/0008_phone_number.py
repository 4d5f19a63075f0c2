"""A person may have a telephone number, so that a call can be answered and made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_staff_invitations"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="phone",
            field=models.CharField(blank=True, default="", help_text="As typed.", max_length=40),
        ),
    ]
