"""Whether a PDF that somebody holds is the one that was issued."""
