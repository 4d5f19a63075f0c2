"""What access keeps of a person: codes used and bought, invitations, refunds.

That somebody used a code, and was invited or refunded, is kept without saying who they were: the
uses of a code must still add up, and a sale must not make a second one.
"""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from ce_platform.accounts.models import User
from ce_platform.accounts.shares import Share
from ce_platform.core.text import fold
from courses.models import AccessCode, AccessCodeUse, CourseInvitation, EnrollmentRefund, ShopSale


def addresses_of(user: User) -> set[str]:
    own = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return {each.lower() for each in (user.email, *own) if each}


def codes_about(user: User) -> QuerySet[AccessCode]:
    """Used by them alone, bought by them, or naming them in the note."""
    named = [fold(each) for each in (*addresses_of(user), user.name_on_certificates) if each]
    says = reduce(or_, [Q(search_text__contains=each) for each in named], Q(pk__in=[]))
    alone = Q(use_limit=1, uses__user=user)
    return AccessCode.objects.filter(
        says | alone | Q(shop_sale__buyer_email__in=addresses_of(user))
    ).distinct()


def erase(user: User, *, now: datetime) -> None:
    """Names and addresses, and whatever was typed about them."""
    addresses = addresses_of(user)
    codes = list(codes_about(user).values_list("pk", flat=True))
    AccessCode.objects.filter(pk__in=codes).update(note="", search_text="", cancel_reason="")
    ShopSale.objects.filter(buyer_email__in=addresses).update(buyer_email="", buyer_name="")
    CourseInvitation.objects.filter(
        email__in=addresses, accepted_at=None, withdrawn_at=None
    ).delete()
    CourseInvitation.objects.filter(Q(email__in=addresses) | Q(accepted_by=user)).update(
        email="", note=""
    )
    EnrollmentRefund.objects.filter(enrollment__user=user).update(reason="")


def move(old: User, into: User, *, now: datetime) -> None:
    """Where both used the same code, the person used it once."""
    twice = AccessCodeUse.objects.filter(
        user=old, code__in=AccessCodeUse.objects.filter(user=into).values("code_id")
    )
    for use in twice.select_related("code"):
        code = AccessCode.objects.select_for_update(of=("self",)).get(pk=use.code_id)
        use.delete()
        code.use_count -= 1
        code.save(update_fields=["use_count"])
    AccessCodeUse.objects.filter(user=old).update(user=into)
    CourseInvitation.objects.filter(accepted_by=old).update(accepted_by=into)
    old_addresses = addresses_of(old)
    waiting = CourseInvitation.objects.filter(accepted_at=None, withdrawn_at=None)
    for invitation in waiting.filter(email__in=old_addresses).order_by("pk"):
        # Both accounts, or two addresses of one, may have been invited to the same course.
        if waiting.filter(email=into.email, course_id=invitation.course_id).exists():
            invitation.delete()
        else:
            invitation.email = into.email
            invitation.save(update_fields=["email"])
    ShopSale.objects.filter(buyer_email__in=old_addresses).update(buyer_email=into.email)


def export(user: User) -> dict[str, Any]:
    addresses = addresses_of(user)
    used = AccessCodeUse.objects.filter(user=user).select_related("code__course").order_by("pk")
    bought = (
        ShopSale.objects.filter(buyer_email__in=addresses)
        .select_related("shop", "code", "course")
        .order_by("pk")
    )
    invited = (
        CourseInvitation.objects.filter(Q(email__in=addresses) | Q(accepted_by=user))
        .select_related("course")
        .order_by("pk")
    )
    refunds = EnrollmentRefund.objects.filter(enrollment__user=user, undone_at=None)
    return {
        "access.json": {
            "codes used": [
                {
                    "code": use.code.printed,
                    "course": use.code.course.slug,
                    "used at": use.used_at.isoformat(),
                }
                for use in used
            ],
            "codes bought": [
                {
                    "shop": sale.shop.name,
                    "sale": sale.sale,
                    "course": sale.course.slug,
                    "code": sale.code.printed,
                    "email": sale.buyer_email,
                    "name": sale.buyer_name,
                    "received at": sale.received_at.isoformat(),
                }
                for sale in bought
            ],
            "invitations": [
                {
                    "email": row.email,
                    "course": row.course.slug,
                    "note": row.note,
                    "sent at": row.created_at.isoformat(),
                    "accepted at": row.accepted_at.isoformat() if row.accepted_at else "",
                }
                for row in invited
            ],
            "refunds": [
                {
                    "course": row.enrollment.course.slug,
                    "refunded at": row.refunded_at.isoformat(),
                    "reason": row.reason,
                }
                for row in refunds.select_related("enrollment__course").order_by("pk")
            ],
        }
    }


SHARE = Share(name="access", erase=erase, move=move, export=export)
