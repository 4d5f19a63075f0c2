"""The pure parts: names of files, pasted numbers, tables."""

from ce_platform.core.csv_text import csv_lines
from ce_platform.pages.audit_pack import names
from ce_platform.pages.audit_pack.numbers import bare, numbers_in


def test_names_are_plain_whatever_a_person_is_called() -> None:
    found = [
        names.of_certificate(name, "ABCDEFGH234567890")
        for name in (
            "Ana Ödön",
            "../../etc/passwd",
            "明美",
            "Zoë 🌿 O’Neil-Smith",
            "A" * 60,
            "",
        )
    ]

    assert found == [
        "Ana-Odon-ABCD-EFGH-2345-67890",
        "etc-passwd-ABCD-EFGH-2345-67890",
        "holder-ABCD-EFGH-2345-67890",
        "Zoe-ONeil-Smith-ABCD-EFGH-2345-67890",
        f"{'A' * 40}-ABCD-EFGH-2345-67890",
        "holder-ABCD-EFGH-2345-67890",
    ]


def test_pasted_numbers_are_taken_once_each_in_their_order() -> None:
    pasted = "MA 10001\r\n  ma-10001 \n\n\tMA 10002;ma10003,  MA 10004\nMA  10002\n--\n"

    assert numbers_in(pasted) == ["MA 10001", "MA 10002", "ma10003", "MA 10004"]


def test_three_hundred_numbers_with_all_that_people_do_to_them() -> None:
    written = [f"MA {10000 + n}" for n in range(300)]
    mangled = [
        [number, number.lower(), number.replace(" ", "-"), f"  {number}  "][n % 4]
        for n, number in enumerate(written)
    ]

    found = numbers_in("\n".join([*mangled, *written, *mangled]))

    assert [bare(number) for number in found] == [bare(number) for number in written]


def test_a_name_is_no_formula_in_a_spreadsheet() -> None:
    lines = list(csv_lines(["Name"], [["=HYPERLINK(1)"], ["Ana, LMT"], [None]]))

    assert b"".join(lines) == b'\xef\xbb\xbfName\r\n\'=HYPERLINK(1)\r\n"Ana, LMT"\r\n""\r\n'
