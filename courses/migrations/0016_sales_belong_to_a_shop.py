"""A sale belongs to a shop, and a shop has keys: two shops may number their orders alike.

Until now a number was unique whichever key told it, so a shop may have exchanged its key for one
of another name, and may yet tell an old order again. All keys so far therefore become keys of one
shop: only so can no order that was told before make a second code.
"""

import uuid
from typing import Any

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


def put_all_keys_into_one_shop(apps: Any, schema_editor: Any) -> None:
    keys = list(apps.get_model("courses", "ShopKey").objects.order_by("pk"))
    if not keys:
        return
    shop = apps.get_model("courses", "Shop").objects.create(
        name=", ".join(dict.fromkeys(key.name for key in keys))[:80],
        created_at=keys[0].created_at,
        created_by_id=keys[0].created_by_id,
    )
    for model in ("ShopKey", "ShopSale"):
        apps.get_model("courses", model).objects.update(shop=shop)


def leave_them(apps: Any, schema_editor: Any) -> None:
    """On the way back the shops go with their table. It fails where two shops have told the same
    number: the older rule cannot hold both."""


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0015_code_uses_in_an_old_system"),
    ]

    operations = [
        migrations.CreateModel(
            name="Shop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField()),
                ("created_by_id", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="shop_named_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="shopkey",
            name="shop",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="keys",
                to="courses.shop",
            ),
        ),
        migrations.AddField(
            model_name="shopsale",
            name="shop",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sales",
                to="courses.shop",
            ),
        ),
        migrations.RunPython(put_all_keys_into_one_shop, leave_them),
        migrations.AlterField(
            model_name="shopkey",
            name="shop",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="keys",
                to="courses.shop",
            ),
        ),
        migrations.AlterField(
            model_name="shopsale",
            name="shop",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sales",
                to="courses.shop",
            ),
        ),
        migrations.AlterField(
            model_name="shopkey",
            name="name",
            field=models.CharField(
                blank=True,
                help_text="What it was called before keys belonged to shops; later ones have no "
                "name.",
                max_length=80,
            ),
        ),
        migrations.RemoveConstraint(model_name="shopsale", name="sale_told_once"),
        migrations.AddConstraint(
            model_name="shopsale",
            constraint=models.UniqueConstraint(
                fields=("shop", "sale", "line"), name="sale_told_once_by_a_shop"
            ),
        ),
        migrations.RenameField(model_name="shopcall", old_name="key_name", new_name="shop_name"),
    ]
