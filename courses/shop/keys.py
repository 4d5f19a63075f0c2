"""Shops and their keys: made and revoked by the office; a secret is shown once and kept
encrypted."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.accounts.safety.encryption import SHOPS, InvalidToken, decrypt, encrypt
from ce_platform.core import audit
from ce_platform.core.codes import SHORT, new_code
from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean
from courses.models import Shop, ShopKey


class ShopNamedTwice(DomainError):
    """There is a shop of that name."""


def add_shop(*, name: str, by: User, now: datetime) -> Shop:
    """Capitals do not make another name. Errors: ShopNamedTwice."""
    name = " ".join(clean(name).split())[:80] or "Shop"
    try:
        with transaction.atomic():
            shop = Shop.objects.create(name=name, created_at=now, created_by_id=by.pk)
            audit.record(
                "shop.added", subject_type="shop", subject_id=shop.uid, by=by, now=now, name=name
            )
    except IntegrityError:
        raise ShopNamedTwice(
            f"There is a shop “{name}”. To exchange its key, make another one for it."
        ) from None
    return shop


@transaction.atomic
def make_key(shop: Shop, *, by: User, now: datetime) -> tuple[ShopKey, str]:
    """The row, and the secret that nobody sees again."""
    secret = f"shop_secret_{secrets.token_urlsafe(32)}"
    key = ShopKey.objects.create(
        shop=shop,
        public_id=f"shop_{new_code(SHORT).lower()}",
        secret_encrypted=encrypt(secret, purpose=SHOPS),
        created_at=now,
        created_by_id=by.pk,
    )
    audit.record(
        "shop_key.made", subject_type="shop-key", subject_id=key.uid, by=by, now=now, name=shop.name
    )
    return key, secret


@transaction.atomic
def revoke_key(key: ShopKey, *, by: User, now: datetime) -> None:
    """What is signed with it is refused from now on. Codes that it sold stay."""
    is_revoked = ShopKey.objects.filter(pk=key.pk, revoked_at=None).update(
        revoked_at=now, revoked_by_id=by.pk
    )
    if is_revoked:
        audit.record(
            "shop_key.revoked",
            subject_type="shop-key",
            subject_id=key.uid,
            by=by,
            now=now,
            name=key.shop.name,
        )


def secret_of(key: ShopKey) -> str | None:
    """None where the server's own secret was exchanged without keeping the former one."""
    try:
        return decrypt(key.secret_encrypted, purpose=SHOPS)
    except InvalidToken:
        return None
