"""A small package that has one of everything, and ways to spoil a copy of it."""

import shutil
from pathlib import Path

import pytest

from courses.package.importing import ImportResult, import_package
from courses.package.source import PackageSource
from courses.parts import CoursePart
from tests.conftest import NOW

SAMPLE = Path(__file__).parent / "package_sample"


class Package:
    """A copy of the sample, to be changed and imported."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def replace(self, path: str, old: str, new: str) -> "Package":
        file = self.root / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))
        return self

    def write(self, path: str, content: str | bytes) -> "Package":
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def remove(self, path: str) -> "Package":
        target = self.root / path
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink()
        return self

    def load(self, *, dry_run: bool = False, is_typo: bool = False) -> ImportResult:
        source = PackageSource.open(self.root)
        return import_package(source, by=None, now=NOW, dry_run=dry_run, is_typo=is_typo)

    def problems(self) -> list[str]:
        return [str(problem) for problem in self.load(dry_run=True).problems]


@pytest.fixture
def package(tmp_path: Path) -> Package:
    root = tmp_path / "package"
    shutil.copytree(SAMPLE, root)
    return Package(root)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> list[CoursePart]:
    """Courses without the apps above; append a part to the list to have one."""
    registered: list[CoursePart] = []
    monkeypatch.setattr("courses.parts._parts", registered)
    return registered
