"""Whatever bytes a client calls a picture: an array or one of two errors, in little memory."""

import base64
import json
import re
import subprocess
import sys
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digit_recognizer.errors import InvalidRequest, TooLarge
from digit_recognizer.recognition.containers.walking import MAX_PIXELS
from digit_recognizer.recognition.preprocessing import preprocess
from digit_recognizer.settings import PROJECT
from tests.layers.recognition.hostile_pictures import chunk, corpus, drawn, encoded, png

MEGABYTES = 150
HANG_S = 5.0  # of the processor; on a quiet machine none takes half a second, see `make fuzz`

# Reads a name and a picture a line; says what became of it, its processor's time, and the most
# memory that it took, in MB above that of the process before.
READER = """
import ctypes, json, sys, time
from digit_recognizer.errors import InvalidRequest, TooLarge
from digit_recognizer.recognition.preprocessing import preprocess

def status(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(key))

def say(*what):
    print(json.dumps(what), flush=True)

give_back = ctypes.CDLL(None).malloc_trim
preprocess(sys.stdin.readline().rstrip())
give_back(0)
idle = status("VmRSS")
for line in sys.stdin:
    name, _, picture = line.rstrip("\\n").partition("\\t")
    del line
    give_back(0)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    started = time.process_time()
    try:
        preprocess(picture)
        outcome = "picture"
    except (InvalidRequest, TooLarge) as error:
        outcome = type(error).__name__
    say(name, outcome, time.process_time() - started, status("VmHWM") - idle)
    del picture
"""


def data_url(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode("ascii")


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="Memory is read from /proc.")
def test_no_picture_crashes_hangs_takes_much_memory_or_writes_to_the_log(tmp_path: Path) -> None:
    outcomes: dict[str, str] = {}
    log = tmp_path / "log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-c", READER],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as reader,
    ):
        assert reader.stdin is not None
        assert reader.stdout is not None
        print(data_url(encoded(drawn(), "PNG")), file=reader.stdin, flush=True)
        for name, data in corpus():
            print(name, data_url(data), sep="\t", file=reader.stdin, flush=True)
            line = reader.stdout.readline()
            assert line, f"{name}: the process died"
            said, outcomes[name], seconds, taken = json.loads(line)
            assert said == name
            assert seconds < HANG_S, name
            assert taken < MEGABYTES, name
        reader.stdin.close()
    assert reader.returncode == 0
    # What Pillow warns of would be the client's words, in megabytes.
    assert log.read_text() == "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"

    # They are what they are called: most are refused, some are pictures all the same.
    written = {name.split()[0]: how for name, how in outcomes.items() if name.endswith("writes it")}
    read = {name for name, how in written.items() if how == "picture"}
    assert read == {*MAX_PIXELS, "MPO"}  # MPO is a JPEG of several pictures
    assert len(written) > 20
    assert Counter(outcomes.values()).keys() == {"picture", "InvalidRequest", "TooLarge"}
    assert outcomes["gif of 50,000 frames"] == "picture"
    assert outcomes["jpeg of several pictures and many scans"] == "InvalidRequest"


WHOLE = [
    encoded(drawn(mode, 16), file_format, **options)
    for file_format, mode, options in (
        ("PNG", "L", {}),
        ("PNG", "P", {"transparency": 0}),
        ("PNG", "RGBA", {"optimize": True}),
        ("GIF", "P", {"transparency": 0}),
        ("BMP", "P", {}),
        ("BMP", "RGB", {}),
        ("JPEG", "L", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("WEBP", "RGB", {}),
    )
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A whole file in which pieces were overwritten, taken out, doubled or put elsewhere."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(start + 40, len(data))))
        piece = draw(st.one_of(st.binary(max_size=8), st.just(bytes(data[start:end]) * 2)))
        data[start : draw(st.sampled_from([start, end]))] = piece
    return bytes(data)


@st.composite
def made_up(draw: st.DrawFn) -> bytes:
    """A PNG of right chunks with wrong content, in any order."""
    content = st.one_of(st.binary(max_size=30), st.binary(max_size=60).map(zlib.compress))
    kinds = st.sampled_from(
        [b"IDAT", b"PLTE", b"tRNS", b"zTXt", b"iTXt", b"eXIf", b"acTL", b"fcTL"]
    )
    chunks = [chunk(kind, data) for kind, data in draw(st.lists(st.tuples(kinds, content)))]
    side = st.integers(0, 40)
    return png(
        draw(side),
        draw(side),
        *chunks,
        depth=draw(st.sampled_from([1, 2, 4, 8, 16])),
        colour=draw(st.sampled_from([0, 2, 3, 4, 6])),
        interlaced=draw(st.integers(0, 2)),
    )


@given(st.one_of(damaged(), made_up(), st.binary(max_size=200)))
def test_any_bytes_are_a_picture_or_one_of_two_errors(data: bytes) -> None:
    try:
        pixels = preprocess(data_url(data))
    except (InvalidRequest, TooLarge) as error:
        assert re.fullmatch(r"[A-Z].*[^.]\.", str(error))  # noqa: PT017 — either is right
    else:
        assert pixels.shape == (28, 28)
        assert pixels.dtype == np.uint8


@given(st.one_of(st.text(), st.text().map("data:image/png;base64,".__add__)))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        preprocess(text)
