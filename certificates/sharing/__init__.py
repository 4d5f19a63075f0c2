"""Pages that holders show to others by a link: off by default, chosen by them alone.

switching turns them on and off, seen says what a page shows now. See docs/transcripts.md.
"""
