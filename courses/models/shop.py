"""What outside shops tell us: who they are, their keys, the sales they reported, a log of their
calls."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from courses.models.access import AccessCode
from courses.models.course import Course


class Shop(models.Model):
    """Whose orders they are: two shops may number theirs alike. See decision 0047."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="shop_named_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ShopKey(models.Model):
    """With its secret a shop signs what it tells. A shop may have several in use, so that one can
    be exchanged while it goes on selling. See decision 0043."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(
        max_length=80,
        blank=True,
        help_text="What it was called before keys belonged to shops; later ones have no name.",
    )
    public_id = models.CharField(max_length=40, unique=True, help_text="The header Shop-Key.")
    secret_encrypted = models.TextField()
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by_id__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by_id__isnull=False),
                name="shop_key_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class ShopSale(models.Model):
    """One line of a sale, told by a shop, and the code that was made for it. Only ever one,
    whichever of its keys the shop signs with."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="sales")
    sale = models.CharField(max_length=80, help_text="The number of the order.")
    line = models.CharField(max_length=40, blank=True)
    content_sha256 = models.CharField(max_length=64, help_text="Of what the shop said.")
    key = models.ForeignKey(ShopKey, on_delete=models.PROTECT, related_name="sales")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    code = models.OneToOneField(AccessCode, on_delete=models.PROTECT, related_name="shop_sale")
    buyer_email = models.CharField(max_length=254, blank=True, db_index=True)
    buyer_name = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField()
    refunded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "sale", "line"], name="sale_told_once_by_a_shop"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sale} {self.line}".strip()


class ShopCall(models.Model):
    """One call of a shop, accepted or refused and why. Old ones are thrown away."""

    at = models.DateTimeField(db_index=True)
    what = models.CharField(max_length=10, help_text="sale or refund")
    status = models.PositiveSmallIntegerField(help_text="As in HTTP; below 300 it was accepted.")
    code = models.CharField(max_length=40)
    sentence = models.CharField(max_length=300)
    shop_name = models.CharField(max_length=80, blank=True, help_text="Empty: no key of ours.")
    sale = models.CharField(max_length=80, blank=True)
    line = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=64, blank=True, help_text="The connection it came by.")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what} {self.status}"

    @property
    def is_accepted(self) -> bool:
        return self.status < 300
