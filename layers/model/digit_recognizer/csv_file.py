"""`user_pixel_data.csv`: a label and 784 pixels a row, RFC 4180, lines ending in CRLF."""

from digit_recognizer.feedback import PIXELS, Feedback

FILE_NAME = "user_pixel_data.csv"
MEDIA_TYPE = "text/csv"
HEADER = ("label," + ",".join(f"pixel{n}" for n in range(PIXELS)) + "\r\n").encode("ascii")


def row(record: Feedback) -> bytes:
    """A record's line: its label (0 to 9 or NaN), then its pixels (0 to 255), row by row."""
    return f"{record.label},{','.join(map(str, record.pixels))}\r\n".encode("ascii")
