"""How a certificate is called on a disk."""

import unicodedata

import pytest

from certificates.file_names import of_certificate

SERIAL = "ABCDEFGH234567890"
NUMBER = "ABCD-EFGH-2345-67890"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Ana Ödön", "Ana Ödön"),
        (unicodedata.normalize("NFD", "Ana Ödön"), "Ana Ödön"),
        ("Zoë 🌿 O’Neil-Smith", "Zoë O’Neil-Smith"),
        ("../../etc/passwd", "etc passwd"),
        ('A<B>:"C"|D?*\\E', "A B C D E"),
        ("शर्मा", "शर्मा"),
        ("مریم\u200cخانم", "مریمخانم"),
        ("\u202eevil", "evil"),
        ("明美", "明美"),
        ("Dr. ", "Dr"),
        ("🌿", "Certificate"),
        ("", "Certificate"),
        ("A" * 120, "A" * 60),
        ("𠀀" * 60, "𠀀" * 45),
        ("x" * 59 + "e\u0331\u0301", "x" * 59),
    ],
)
def test_name_is_fit_for_every_file_system(name: str, called: str) -> None:
    found = of_certificate(name, SERIAL)

    assert found == f"{called} {NUMBER}.pdf"
    assert unicodedata.is_normalized("NFC", found)
    assert len(found.encode()) < 255
