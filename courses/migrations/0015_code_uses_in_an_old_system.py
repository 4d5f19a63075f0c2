"""Count the uses of a code that an old system has seen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0014_records_move_when_accounts_merge"),
    ]

    operations = [
        migrations.AddField(
            model_name="accesscode",
            name="used_before",
            field=models.PositiveIntegerField(
                default=0,
                help_text="Of these uses, those in the old system; nobody here stands for them.",
            ),
        ),
        migrations.AddConstraint(
            model_name="accesscode",
            constraint=models.CheckConstraint(
                condition=models.Q(("use_count__gte", models.F("used_before"))),
                name="code_counts_uses_before",
            ),
        ),
    ]
