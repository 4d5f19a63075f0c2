"""What stands in the place of a replaced certificate today."""

from certificates.models import Certificate


def newest_of(certificate: Certificate) -> Certificate:
    """The last link of the chain that `replaces` makes; itself when nothing replaced it.

    One query for the whole chain: all links belong to one enrollment. `design` is selected.
    """
    if certificate.status != Certificate.Status.REPLACED:
        return certificate
    rows = Certificate.objects.select_related("design").filter(
        enrollment_id=certificate.enrollment_id, replaces__isnull=False
    )
    following = {row.replaces_id: row for row in rows}
    newest = certificate
    # Popping ends the walk even if the rows were tampered with so that they go round in circles.
    while (next_one := following.pop(newest.pk, None)) is not None:
        newest = next_one
    return newest
