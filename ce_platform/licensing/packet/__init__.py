"""The packet that a licensing body wants with a submission."""
