"""What authors ask the office to grade anew, and what it decided."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from ce_platform.core.triggers import refusals
from quizzes.refusals import OF_PROPOSALS


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0005_keep_pairs_that_are_alike"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegradeProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reason", models.CharField(max_length=200)),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by_id", models.BigIntegerField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by_id", models.BigIntegerField(blank=True, null=True)),
                ("is_applied", models.BooleanField(default=False)),
                ("answer", models.TextField(blank=True, help_text="Why it was turned down.")),
                (
                    "better",
                    models.ForeignKey(
                        blank=True,
                        help_text="The revision with the right key; empty: everybody gets the points.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quizzes.questionrevision",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quizzes.questionrevision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at__isnull", True)),
                        fields=("revision", "better"),
                        name="one_open_proposal_per_revision_and_key",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("better__isnull", True), ("decided_at__isnull", True)),
                        fields=("revision",),
                        name="one_open_proposal_per_revision_for_all",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by_id__isnull", True),
                                ("answer", ""),
                                ("is_applied", False),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by_id__isnull", False),
                                models.Q(
                                    models.Q(("answer", ""), ("is_applied", True)),
                                    models.Q(
                                        ("is_applied", False),
                                        models.Q(("answer", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_applied_or_turned_down_with_a_reason",
                    ),
                ],
            },
        ),
        *refusals(*OF_PROPOSALS),
    ]
