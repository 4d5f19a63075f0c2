"""Course packages: a folder or a zip that a person can read; see docs/course-package.md."""
