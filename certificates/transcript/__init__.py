"""Transcripts: all that a person completed in a period, as a page and as a signed PDF.

periods says which days, record is what is printed, gathering reads the rows, asking keeps a record,
making is the background job. See docs/transcripts.md.
"""
