"""Tags and difficulty, random draws, practice, extra time, regrades and running sums."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from ce_platform.core.triggers import lift, refusals
from quizzes.refusals import OF_DRAWS_AND_REGRADES, REFUSALS


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0006_word_texts"),
        ("quizzes", "0002_frozen_answers"),
    ]

    operations = [
        *lift(*REFUSALS),
        migrations.AddField(
            model_name="attempt",
            name="extra_percent",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="By how much the time limit was lengthened at the start."
            ),
        ),
        migrations.AddField(
            model_name="attemptitem",
            name="revealed_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Practice: when the right answer was shown, for good.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="questionrevision",
            name="difficulty",
            field=models.CharField(
                blank=True,
                choices=[("easy", "Easy"), ("medium", "Medium"), ("hard", "Hard")],
                help_text="As the author thinks.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="questionrevision",
            name="tags",
            field=models.TextField(
                default="[]",
                help_text="Canonical JSON list of short words, sorted, for search and for random draws.",
            ),
        ),
        migrations.AddField(
            model_name="quiz",
            name="extra_time",
            field=models.CharField(
                choices=[
                    ("learner", "Learners choose it themselves"),
                    ("office", "The office gives it"),
                ],
                default="learner",
                help_text="Who may lengthen the time limit for a person.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="quiz",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("graded", "It counts for the course"),
                    ("practice", "For practice, with the answer right away"),
                ],
                default="graded",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="QuizDraw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4)),
                ("position", models.PositiveSmallIntegerField()),
                ("count", models.PositiveSmallIntegerField()),
                ("tag", models.CharField(blank=True, max_length=40)),
                ("objective_key", models.UUIDField(blank=True, null=True)),
                (
                    "quiz",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draws",
                        to="quizzes.quiz",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "id"),
            },
        ),
        migrations.AddField(
            model_name="quizpoolitem",
            name="draw",
            field=models.ForeignKey(
                blank=True,
                help_text="The draw it comes by; empty: the author put it in.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pool",
                to="quizzes.quizdraw",
            ),
        ),
        migrations.CreateModel(
            name="QuizTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "attempt_number",
                    models.PositiveSmallIntegerField(help_text="The last one: this or a later."),
                ),
                ("attempt_count", models.PositiveBigIntegerField(default=0)),
                ("passed_count", models.PositiveBigIntegerField(default=0)),
                ("percent_sum", models.PositiveBigIntegerField(default=0)),
                ("percent_square_sum", models.PositiveBigIntegerField(default=0)),
                (
                    "quiz",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tallies",
                        to="quizzes.quiz",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Regrade",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reason", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("created_by_id", models.BigIntegerField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
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
        ),
        migrations.AddField(
            model_name="grade",
            name="regrade",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grades",
                to="quizzes.regrade",
            ),
        ),
        migrations.CreateModel(
            name="TimeGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "extra_percent",
                    models.PositiveSmallIntegerField(
                        help_text="Of the time limit, e.g. 50; 0 takes an earlier grant back."
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("granted_at", models.DateTimeField()),
                ("granted_by_id", models.BigIntegerField()),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.enrollment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChoiceTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="As the question type counts its answers.", max_length=80
                    ),
                ),
                (
                    "band",
                    models.PositiveSmallIntegerField(
                        help_text="Tenth of the share earned in all other questions: 0 to 9."
                    ),
                ),
                ("count", models.PositiveBigIntegerField(default=0)),
                (
                    "quiz",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="choice_tallies",
                        to="quizzes.quiz",
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
                        fields=("quiz", "revision", "key", "band"), name="choice_tally_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("band__lte", 9)), name="choice_tally_band_in_range"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuestionTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_first", models.BooleanField(help_text="First tries; they tell most.")),
                ("asked_count", models.PositiveBigIntegerField(default=0)),
                ("answered_count", models.PositiveBigIntegerField(default=0)),
                ("right_count", models.PositiveBigIntegerField(default=0)),
                ("share_sum", models.PositiveBigIntegerField(default=0)),
                ("share_square_sum", models.PositiveBigIntegerField(default=0)),
                (
                    "rest_sum",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="Of the share earned in all other questions of the attempt.",
                    ),
                ),
                ("rest_square_sum", models.PositiveBigIntegerField(default=0)),
                (
                    "product_sum",
                    models.PositiveBigIntegerField(default=0, help_text="Of share times rest."),
                ),
                ("timed_count", models.PositiveBigIntegerField(default=0)),
                ("seconds_sum", models.PositiveBigIntegerField(default=0)),
                (
                    "quiz",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="question_tallies",
                        to="quizzes.quiz",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tallies",
                        to="quizzes.questionrevision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("quiz", "revision", "is_first"), name="question_tally_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="quizdraw",
            constraint=models.UniqueConstraint(
                fields=("quiz", "key"), name="draw_key_once_per_quiz"
            ),
        ),
        migrations.AddConstraint(
            model_name="quizdraw",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__gt", 0)), name="draw_count_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="quizdraw",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("objective_key__isnull", False), ("tag", "")),
                    models.Q(models.Q(("tag", ""), _negated=True), ("objective_key__isnull", True)),
                    _connector="OR",
                ),
                name="draw_from_a_tag_or_an_objective",
            ),
        ),
        migrations.AddConstraint(
            model_name="quiztally",
            constraint=models.UniqueConstraint(
                fields=("quiz", "attempt_number"), name="quiz_tally_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="regrade",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at__isnull", True)),
                fields=("revision",),
                name="one_unfinished_regrade_per_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="regrade",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("better__isnull", True),
                    models.Q(("better", models.F("revision")), _negated=True),
                    _connector="OR",
                ),
                name="regrade_by_another_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="timegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("extra_percent__lte", 300)),
                name="time_grant_at_most_four_times",
            ),
        ),
        *refusals(*REFUSALS, *OF_DRAWS_AND_REGRADES),
    ]
