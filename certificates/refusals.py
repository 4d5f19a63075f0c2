"""What the database itself refuses: rewriting a certificate or anything that belongs to it."""

from typing import Final

from ce_platform.core.triggers import (
    Refusal,
    forbid_delete,
    forbid_insert,
    forbid_update,
    forbid_update_when,
)

_STATUS: Final = ("status", "status_changed_at", "status_changed_by_id", "status_reason")

REFUSALS: Final[tuple[Refusal, ...]] = (
    forbid_update(
        "certificates_certificate",
        "An issued certificate is never changed.",
        except_columns=_STATUS,
    ),
    forbid_update_when(
        "certificates_certificate",
        "A certificate that was revoked or replaced stays so.",
        when="OLD.status <> 'issued'",
        name="status",
    ),
    forbid_delete("certificates_certificate", "A certificate is never deleted."),
    forbid_insert(
        "certificates_certificatebody",
        "A body is never added to a certificate that was printed.",
        when=(
            "EXISTS (SELECT 1 FROM certificates_certificatedocument "
            "WHERE certificate_id = NEW.certificate_id)"
        ),
    ),
    forbid_update("certificates_certificatebody", "A printed body is never changed."),
    forbid_delete("certificates_certificatebody", "A printed body is never deleted."),
    forbid_update("certificates_certificatedocument", "An issued document is never changed."),
    forbid_delete("certificates_certificatedocument", "An issued document is never deleted."),
    forbid_update("certificates_certificatedesign", "A design is never changed; add a new one."),
    forbid_delete("certificates_certificatedesign", "A design is never deleted."),
    forbid_update("certificates_attestation", "A signed statement is never changed."),
    forbid_delete("certificates_attestation", "A signed statement is never deleted."),
)
