"""What kind of mail somebody gets or wants, and what came back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_audit_packs"),
    ]

    operations = [
        migrations.CreateModel(
            name="BouncedAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "email",
                    models.EmailField(help_text="In small letters.", max_length=254, unique=True),
                ),
                ("user_id", models.BigIntegerField(db_index=True, null=True)),
                ("reason", models.CharField(max_length=300)),
                ("bounced_at", models.DateTimeField()),
                (
                    "noted_by_id",
                    models.BigIntegerField(help_text="Empty: the mail server said so.", null=True),
                ),
            ],
            options={
                "verbose_name_plural": "bounced addresses",
            },
        ),
        migrations.CreateModel(
            name="MailPreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("kind", models.CharField(help_text="See core/mail_kinds.py.", max_length=60)),
                ("switched_off_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="bounce_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="bounced_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="kind",
            field=models.CharField(blank=True, help_text="See core/mail_kinds.py.", max_length=60),
        ),
        migrations.AlterField(
            model_name="outgoingmail",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("sent", "Sent"),
                    ("failed", "Failed"),
                    ("held", "Held"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("status", "held")), fields=["to_email"], name="mail_held"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(fields=["kind", "id"], name="mail_by_kind"),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(fields=["to_user_id", "id"], name="mail_by_person"),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("bounced_at__isnull", False)),
                fields=["id"],
                name="mail_bounced",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bounce_reason", ""), ("bounced_at__isnull", True)),
                    models.Q(
                        ("bounced_at__isnull", False),
                        ("status__in", ["sent", "failed"]),
                        models.Q(("bounce_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="mail_bounced_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailpreference",
            constraint=models.UniqueConstraint(
                fields=("user_id", "kind"), name="mail_switched_off_once"
            ),
        ),
    ]
