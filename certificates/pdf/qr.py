"""The QR code of a certificate as a small SVG."""

QUIET_ZONE = 4
"""Empty modules on every side; the standard asks for four."""


def qr_svg(text: str) -> str:
    """Error level M, black on white, one path. The same text gives the same bytes."""
    import segno  # needed only where a page is set

    rows = [list(row) for row in segno.make_qr(text, error="m", boost_error=False).matrix]
    size = len(rows) + 2 * QUIET_ZONE
    runs = []
    for y, row in enumerate(rows, start=QUIET_ZONE):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                runs.append(f"M{x + QUIET_ZONE} {y}h{length}v1h-{length}z")
            x += length or 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{"".join(runs)}"/></svg>'
    )
