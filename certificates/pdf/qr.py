"""The QR code of a certificate: as a small SVG, and as runs of dark modules."""

from typing import Final

QUIET_ZONE: Final = 4
"""Empty modules on every side; the standard asks for four."""


def dark_runs(text: str) -> tuple[list[tuple[int, int, int]], int]:
    """(x, y, length) of each run of dark modules, row by row, and how many modules a side has.

    Error level M. The same text gives the same code.
    """
    import segno  # needed only where a page is set

    matrix = segno.make_qr(text, error="m", boost_error=False).matrix
    runs = []
    for y, row in enumerate(matrix):
        x, size = 0, len(row)
        while x < size:
            length = 0
            while x + length < size and row[x + length]:
                length += 1
            if length:
                runs.append((x, y, length))
            x += length or 1
    return runs, len(matrix)


def qr_svg(text: str) -> str:
    """Black on white, one path."""
    runs, modules = dark_runs(text)
    size = modules + 2 * QUIET_ZONE
    path = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{length}v1h-{length}z" for x, y, length in runs
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{path}"/></svg>'
    )
