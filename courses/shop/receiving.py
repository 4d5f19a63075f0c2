"""A call of a shop, from its bytes to the answer. The page and the test sale both come here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.http import urlencode

from ce_platform.accounts.forms import name_to_greet
from ce_platform.accounts.models import User
from ce_platform.core.mail import write_mail
from courses.domain.access import make_codes
from courses.domain.inviting import title_of
from courses.domain.refunding import refund_code
from courses.models import AccessCode, Course, Shop, ShopCall, ShopKey, ShopSale
from courses.shop.keys import secret_of
from courses.shop.reading import BodyRefused, Refund, Sale, read_refund, read_sale
from courses.shop.signing import CallHeaders, Verdict, verdict

SALE: Final = "sale"
REFUND: Final = "refund"
KEPT: Final = timedelta(days=90)
MOST_KEPT: Final = 20_000


@dataclass(frozen=True)
class Answer:
    status: int
    code: str
    """For programs; `said` is for people."""
    said: str
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_accepted(self) -> bool:
        return self.status < 300

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.is_accepted, "code": self.code, "said": self.said, **self.more}


_NOT_SIGNED: Final = Answer(
    401,
    "not-signed",
    "The signature does not fit. Check the key, its secret, and that the body is signed exactly "
    "as it is sent.",
)
TOO_LARGE: Final = Answer(413, "too-large", "The body is larger than a sale can be.")
TOO_MANY: Final = Answer(429, "too-many", "Too many refused calls. Wait ten minutes.")
# Told to the office alone: a stranger must not learn which keys there are.
_WHY_NOT_SIGNED: Final = {
    "unknown": "There is no key of this name.",
    "revoked": "The key was revoked.",
    "unreadable": "The secret cannot be read with this server’s SECRET_KEY. Make a new key.",
    "forged": "The signature does not fit the body, the time and the secret.",
}


def receive(what: str, *, headers: CallHeaders, body: bytes, address: str, now: datetime) -> Answer:
    """Answer a call and note it in the log, whatever it was."""
    key, why = _key_of(headers, body, now=now)
    sale = line = ""
    if key is None or why:
        answer = _NOT_SIGNED
        if why in (Verdict.LATE, Verdict.EARLY):
            answer = Answer(
                401,
                "late",
                "The time in Shop-Timestamp is more than five minutes off. Sign each call anew, "
                "also when it is tried again, and set the clock.",
            )
    else:
        ShopKey.objects.filter(pk=key.pk).update(last_used_at=now)
        try:
            told: Sale | Refund = read_sale(body) if what == SALE else read_refund(body)
        except BodyRefused as refusal:
            answer = Answer(refusal.status, "not-understood", str(refusal))
        else:
            sale, line = told.sale, told.line or ""
            answer = (
                _sell(told, key=key, now=now)
                if isinstance(told, Sale)
                else _refund(told, shop=key.shop, now=now)
            )
    ShopCall.objects.create(
        at=now,
        what=what,
        status=answer.status,
        code=answer.code,
        sentence=_WHY_NOT_SIGNED.get(why, answer.said)[:300],
        shop_name=key.shop.name if key else "",
        sale=sale,
        line=line,
        address=address[:64],
    )
    return answer


def is_ours(headers: CallHeaders, body: bytes, *, now: datetime) -> bool:
    """Rightly signed: strangers who call from everywhere do not keep the shop out."""
    return _key_of(headers, body, now=now)[1] == ""


def _key_of(headers: CallHeaders, body: bytes, *, now: datetime) -> tuple[ShopKey | None, str]:
    """(key, what is wrong): only with a key and nothing wrong is the call what it says."""
    if not headers.key:
        return None, "unknown"
    key = ShopKey.objects.filter(public_id=headers.key[:40]).select_related("shop").first()
    if key is None:
        return None, "unknown"
    if key.revoked_at is not None:
        return key, "revoked"
    secret = secret_of(key)
    if secret is None:
        return key, "unreadable"
    found = verdict(headers, body, secret=secret, now=now)
    return key, "" if found == Verdict.RIGHT else found


# ---------------------------------------------------------------- sales


def _sell(told: Sale, *, key: ShopKey, now: datetime) -> Answer:
    known = _known(told, key.shop)
    if known is not None:
        return _again(known, told)
    course = Course.objects.filter(slug=told.course).first()
    if course is None:
        return Answer(
            422,
            "no-such-course",
            f"There is no course “{told.course}”. Write the last part of its page’s address.",
        )
    try:
        sale = _sold(told, course, key=key, now=now)
    except IntegrityError:  # The same sale, at this very moment.
        known = _known(told, key.shop)
        if known is None:
            raise
        return _again(known, told)
    return Answer(
        201,
        "made",
        f"The code is made, and its message is on its way to {told.email}.",
        _of(sale.code),
    )


@transaction.atomic
def _sold(told: Sale, course: Course, *, key: ShopKey, now: datetime) -> ShopSale:
    (code,) = make_codes(
        course,
        use_limit=told.quantity,
        by=None,
        now=now,
        origin=AccessCode.Origin.SHOP,
        note=f"{key.shop.name}, order {told.sale}",
        buyer=f"{told.name} {told.email}",
    )
    sale = ShopSale.objects.create(
        shop=key.shop,
        sale=told.sale,
        line=told.line,
        content_sha256=told.sha256,
        key=key,
        course=course,
        code=code,
        buyer_email=told.email,
        buyer_name=told.name,
        received_at=now,
    )
    send_code(code, email=told.email, name=told.name, now=now, cause=f"shop-sale:{sale.pk}")
    return sale


def send_code(
    code: AccessCode, *, email: str, now: datetime, name: str = "", cause: str | None = None
) -> None:
    user = User.objects.filter(email=email, closed_at=None).first()
    write_mail(
        "access_code_sent",
        to_email=email,
        to_user_id=user.pk if user else None,
        now=now,
        cause=cause,
        name=name_to_greet(name) or (user.name_on_certificates if user else ""),
        course_title=title_of(code.course),
        code=code.printed,
        use_limit=code.use_limit,
        expires_on=code.expires_on,
        path=redeem_path(code),
    )


def redeem_path(code: AccessCode) -> str:
    return f"{reverse('courses:redeem')}?{urlencode({'code': code.printed})}"


def _known(told: Sale, shop: Shop) -> ShopSale | None:
    """By the shop, not by its key: a sale that is told again may be signed with the next one."""
    return (
        ShopSale.objects.filter(shop=shop, sale=told.sale, line=told.line)
        .select_related("code")
        .first()
    )


def _again(known: ShopSale, told: Sale) -> Answer:
    if known.content_sha256 != told.sha256:
        return Answer(
            409,
            "other-content",
            f"Sale {told.sale} was told before, with another course, buyer or quantity. Nothing "
            "was changed; use a line or a number of its own.",
        )
    if known.refunded_at is not None:
        return Answer(
            200, "refunded", "This sale was told before and is refunded.", _of(known.code)
        )
    return Answer(200, "known", "This sale was told before. It is the same code.", _of(known.code))


def _of(code: AccessCode) -> dict[str, Any]:
    return {
        "access_code": code.printed,
        "redeem_url": f"{settings.PUBLIC_BASE_URL}{redeem_path(code)}",
    }


# ---------------------------------------------------------------- refunds


def _refund(told: Refund, *, shop: Shop, now: datetime) -> Answer:
    """Nobody refunds what another shop has sold."""
    sales = ShopSale.objects.filter(shop=shop, sale=told.sale).select_related("code").order_by("pk")
    if told.line is not None:
        sales = sales.filter(line=told.line)
    found = list(sales)
    if not found:
        return Answer(404, "no-such-sale", f"No sale {told.sale} was told to us.")
    was_known = all(sale.refunded_at is not None for sale in found)
    left = completed = stayed = 0
    for sale in found:
        done = refund_code(sale.code, reason=told.reason, by=None, now=now)
        completed += done.completed_count
        left += len(done.refunds) - done.completed_count
        stayed += done.stayed_count
        ShopSale.objects.filter(pk=sale.pk, refunded_at=None).update(refunded_at=now)
    count = "The code is" if len(found) == 1 else f"{len(found)} codes are"
    said = f"{count} canceled."
    if was_known:
        said = "This was told before. " + said
    if completed:
        said += (
            " The course had been completed: the certificate stays; whether to revoke it is for "
            "the office."
        )
    if stayed:
        said += " Somebody is in the course by another right and stays."
    return Answer(
        200,
        "known" if was_known else "refunded",
        said,
        {"codes": len(found), "left": left, "completed": completed},
    )


# ---------------------------------------------------------------- the log


def sweep_calls(now: datetime) -> int:
    """Calls older than 90 days, and those beyond the newest 20,000."""
    edge = (
        ShopCall.objects.order_by("-pk").values_list("pk", flat=True)[MOST_KEPT : MOST_KEPT + 1]
    ).first()
    if edge is not None:
        ShopCall.objects.filter(pk__lte=edge).delete()
    return ShopCall.objects.filter(at__lt=now - KEPT).delete()[0]
