"""`manage.py sample_certificate`: rendering works on this machine, without a database."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader


def test_writes_a_specimen_without_the_database(tmp_path: Path) -> None:
    target = tmp_path / "sample.pdf"
    said = io.StringIO()

    call_command("sample_certificate", output=target, name="Nguyễn Thị Ánh", bodies=13, stdout=said)

    reader = PdfReader(target)
    text = reader.pages[0].extract_text()
    assert "Nguyễn Thị Ánh" in text
    assert "SPECIMEN – not valid for CE" in text
    assert len(reader.pages) == 2
    assert "2 pages" in said.getvalue()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"bodies": -1}, "--bodies is a number"),
        ({"name": " "}, "--name has 1 to 120 letters"),
        ({"name": "x" * 121}, "--name has 1 to 120 letters"),
    ],
)
def test_refuses_with_a_sentence(tmp_path: Path, values: dict[str, object], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("sample_certificate", output=tmp_path / "x.pdf", **values)


def test_target_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="could not be written"):
        call_command("sample_certificate", output=tmp_path / "absent" / "x.pdf")
