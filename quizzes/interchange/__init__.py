"""Questions in the formats of other systems: read, and written (docs/question-formats.md)."""
