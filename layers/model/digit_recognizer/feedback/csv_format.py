"""`user_pixel_data.csv`: a label and 784 pixels a row, RFC 4180, lines ending in CRLF."""

from digit_recognizer.feedback.record import Feedback
from digit_recognizer.pixels import PIXELS

FILE_NAME = "user_pixel_data.csv"
MEDIA_TYPE = "text/csv"
DISPOSITION = f'attachment; filename="{FILE_NAME}"'
COLUMNS = ("label", *(f"pixel{n}" for n in range(PIXELS)))
HEADER = (",".join(COLUMNS) + "\r\n").encode("ascii")

_FIELD = [f",{value}".encode("ascii") for value in range(256)]


def line(record: Feedback) -> bytes:
    """A record's line: its label (0 to 9 or NaN), then its pixels (0 to 255), row by row."""
    pixels = b"".join([_FIELD[value] for value in record.pixels])
    return b"%b%b\r\n" % (str(record.label).encode("ascii"), pixels)
