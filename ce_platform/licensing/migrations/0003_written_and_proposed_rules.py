"""Rules written by the office, and what newer data files propose line by line."""

import django.db.models.deletion
from django.db import migrations, models

from ce_platform.core.triggers import lift, refusals
from ce_platform.licensing.refusals import OF_PROPOSALS, OF_RULES


class Migration(migrations.Migration):
    dependencies = [
        ("licensing", "0002_kept_history"),
    ]

    operations = [
        *lift(*OF_RULES),
        migrations.CreateModel(
            name="RuleProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField(help_text="When the file was read.")),
                ("rule_json", models.TextField()),
                ("sources_json", models.TextField(default="[]")),
                ("confidence", models.CharField(max_length=10)),
                ("notes", models.TextField(blank=True)),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("body", "-id"),
            },
        ),
        migrations.CreateModel(
            name="RuleProposalLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=60)),
                (
                    "old_json",
                    models.TextField(blank=True, help_text="What our rule said. Empty: not known."),
                ),
                (
                    "new_json",
                    models.TextField(blank=True, help_text="What the file says. Empty: not known."),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Waits for a decision"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                            ("overtaken", "Overtaken"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by_id", models.BigIntegerField(blank=True, null=True)),
                ("decided_by_label", models.CharField(blank=True, max_length=254)),
            ],
            options={
                "ordering": ("body", "id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="bodyrule",
            name="rule_once_per_day_and_text",
        ),
        migrations.AddField(
            model_name="bodyrule",
            name="reason",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="bodyrule",
            name="written_by_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="bodyrule",
            name="written_by_label",
            field=models.CharField(blank=True, max_length=254),
        ),
        migrations.AddConstraint(
            model_name="bodyrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("written_by_id__isnull", True)),
                fields=("body", "valid_from", "sha256"),
                name="rule_once_per_day_and_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="bodyrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("written_by_id__isnull", False),
                    models.Q(("reason", ""), ("written_by_label", "")),
                    _connector="OR",
                ),
                name="rule_written_by_somebody",
            ),
        ),
        migrations.AddField(
            model_name="ruleproposal",
            name="body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to="licensing.licensingbody",
            ),
        ),
        migrations.AddField(
            model_name="ruleproposalline",
            name="body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rule_lines",
                to="licensing.licensingbody",
            ),
        ),
        migrations.AddField(
            model_name="ruleproposalline",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="licensing.ruleproposal",
            ),
        ),
        migrations.AddField(
            model_name="ruleproposalline",
            name="rule",
            field=models.ForeignKey(
                blank=True,
                help_text="The reading that an accepted line went into.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accepted_lines",
                to="licensing.bodyrule",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleproposalline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")),
                fields=("body", "key"),
                name="rule_line_open_once_per_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleproposalline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by_id__isnull", True),
                        ("status", "open"),
                    ),
                    models.Q(
                        models.Q(("status", "open"), _negated=True), ("decided_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="rule_line_decided_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleproposalline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rule__isnull", False), ("status", "accepted")),
                    models.Q(
                        models.Q(("status", "accepted"), _negated=True), ("rule__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="rule_line_accepted_into_a_reading",
            ),
        ),
        *refusals(*OF_RULES, *OF_PROPOSALS),
    ]
