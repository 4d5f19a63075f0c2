"""Tables for spreadsheets."""

from typing import Final

ROSTER: Final = (
    "Name",
    "License number",
    "State or body",
    "Course",
    "Course number of the body",
    "Edition",
    "CE hours",
    "Completed on",
    "Delivery",
    "Certificate",
    "Standing",
    "SHA-256 of the PDF",
)
