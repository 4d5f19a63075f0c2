"""The provider’s policies: written in the office, read by everybody, accepted by learners."""
