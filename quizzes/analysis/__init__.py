"""What the answers of learners teach about a quiz and its questions (docs/item-analysis.md)."""
