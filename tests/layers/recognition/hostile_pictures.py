"""Pictures that nobody draws: bombs, lies in headers, endless metadata, every format of Pillow."""

import io
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from tests.layers.recognition.hostile_bits import Bits, empty_deflate_blocks, lossless_webp

# As large as is taken: what is just within the limits costs the most.
_SIDE = 4000
_WEBP_SIDE = 2000

_ORIENTATION = 0x0112

LONGEST = 4_400_000
"""Bytes of a picture: base64 and the rest of a body go on top."""


def corpus() -> Iterator[tuple[str, bytes]]:
    """Names and bytes of all of them; each is made when it is asked for."""
    for part in (
        _bombs,
        _largest,
        _slowest,
        _metadata,
        _pieces_of_png,
        _pieces_of_jpeg,
        _pieces_of_gif,
        _codes_of_bmp,
        _pieces_of_webp,
        _animated,
        _lies,
        _empty,
        _truncated,
        _every_format,
    ):
        yield from part()


def drawn(mode: str = "L", side: int = 24) -> Image.Image:
    """A stroke."""
    image = Image.new("L", (side, side))
    ImageDraw.Draw(image).line([(side // 4, side // 4), (side // 2, 3 * side // 4)], 255, side // 8)
    return image.convert(mode)


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    """The file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 0, interlaced: int = 0
) -> bytes:
    """A PNG of the chunks between its header and its end."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def segment(marker: int, content: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content


def in_sub_blocks(content: bytes, size: int = 255) -> bytes:
    """The content of a block of a GIF, in pieces, with their end."""
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"


def gif(width: int, height: int, *blocks: bytes) -> bytes:
    """A GIF of the blocks between its palette and its end."""
    screen = struct.pack("<HHBBB", width, height, 0xF7, 0, 0)
    return b"GIF89a" + screen + bytes(range(256)) * 3 + b"".join(blocks) + b";"


def gif_image(width: int, height: int, codes: bytes, bits: int = 2) -> bytes:
    """An image of a GIF; its codes are in pieces already."""
    return b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + bytes([bits]) + codes


def bmp(
    width: int,
    height: int,
    bits: int,
    content: bytes,
    *,
    compression: int = 0,
    header: int = 40,
    colours: int = 0,
) -> bytes:
    """A BMP with a header of so many bytes and a black palette of so many colours."""
    if header == 12:
        info = struct.pack("<IHHHH", header, width & 0xFFFF, height & 0xFFFF, 1, bits)
        palette = bytes(3 << bits) if bits <= 8 else b""
    else:
        sizes = struct.pack("<IiiHHII", header, width, height, 1, bits, compression, len(content))
        info = (sizes + struct.pack("<IIII", 0, 0, colours, 0)).ljust(header, b"\0")
        palette = bytes(4 * min(colours or (1 << bits if bits <= 8 else 0), 100_000))
    offset = 14 + len(info) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset, 0, 0, offset) + info + palette + content


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP of chunks."""
    body = riff_chunks(*chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def riff_chunks(*chunks: tuple[bytes, bytes]) -> bytes:
    """Chunks of a WebP."""
    return b"".join(
        kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for kind, content in chunks
    )


def vp8x(width: int, height: int, flags: int = 0) -> tuple[bytes, bytes]:
    """The chunk that says how large a WebP is, and what is in it."""
    sides = b"".join(struct.pack("<I", side - 1)[:3] for side in (width, height))
    return b"VP8X", struct.pack("<I", flags) + sides


@lru_cache
def _zeros(size: int) -> bytes:
    """So many zero bytes, in a two hundredth of them."""
    packer = zlib.compressobj(1)
    block = bytes(1 << 20)
    parts = [packer.compress(block) for _ in range(size >> 20)]
    return b"".join([*parts, packer.compress(bytes(size & ((1 << 20) - 1))), packer.flush()])


def _bombs() -> Iterator[tuple[str, bytes]]:
    few = chunk(b"IDAT", zlib.compress(bytes(100)))
    for width, height in ((2**31 - 1, 2**31 - 1), (65535, 65535), (16_000_001, 1), (1, 2**31 - 1)):
        yield f"png of {width} by {height}", png(width, height, few)
    much = _zeros(600 << 20)
    yield "png of ten pixels with many more", png(10, 1, chunk(b"IDAT", much))
    yield "png with a bomb of a text", png(1, 1, chunk(b"zTXt", b"a\0\0" + much), few)
    yield "png with a bomb of a profile", png(1, 1, chunk(b"iCCP", b"a\0\0" + much), few)
    metadata = b"XML:com.adobe.xmp\0\1\0\0\0" + much
    yield "png with a bomb of metadata", png(1, 1, chunk(b"iTXt", metadata), few)
    screen = struct.pack("<HHBBB", 65535, 65535, 0, 0, 0)
    yield "gif screen of 65535", b"GIF89a" + screen + encoded(drawn("P"), "GIF")[13:]
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\2\1\0\0;"
    yield "gif frame of 65535", b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0, 0, 0) + frame
    for name, height in (("", 30_000), (" upside down", -30_000)):
        info = struct.pack("<IiiHHIIiiII", 40, 30_000, height, 1, 8, 1, 0, 0, 0, 0, 0)
        yield f"bmp of runs{name}", b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + info
    jpeg = encoded(drawn(), "JPEG")
    at = jpeg.index(b"\xff\xc0") + 5
    yield "jpeg of 65500", jpeg[:at] + struct.pack(">HH", 65500, 65500) + jpeg[at + 4 :]
    webp = encoded(drawn("RGB"), "WEBP", lossless=True)
    lossless = webp.index(b"VP8L") + 9
    yield "webp of 16384", webp[:lossless] + b"\xff\xff\xff\x0f" + webp[lossless + 4 :]


def _largest() -> Iterator[tuple[str, bytes]]:
    """As many pixels as are taken, in each mode: noise costs the decoders the most."""
    size = (_SIDE, _SIDE)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        yield f"flat png {mode}", encoded(Image.new(mode, size), "PNG", compress_level=1)
    clear = Image.new("P", size)
    yield "flat png with a transparent colour", encoded(clear, "PNG", transparency=0)
    yield "flat gif with a transparent colour", encoded(clear, "GIF", transparency=0)
    row = bytes(_SIDE * 3 * 2 + 1)
    deep = chunk(b"IDAT", zlib.compress(row * _SIDE))
    yield "flat png of 48 bits", png(*size, deep, depth=16, colour=2)
    row = bytes(_SIDE * 4 * 2 + 1)
    deep = chunk(b"IDAT", zlib.compress(row * _SIDE))
    yield "flat png of 64 bits", png(*size, deep, depth=16, colour=6)
    yield "flat interlaced png", png(*size, chunk(b"IDAT", _zeros(17 << 20)), interlaced=1)
    for mode in ("L", "RGB", "CMYK"):
        for progressive in (False, True):
            image = Image.new(mode, size)
            name = f"flat {'progressive ' if progressive else ''}jpeg {mode}"
            yield name, encoded(image, "JPEG", progressive=progressive)
    turned = Image.Exif()
    turned[_ORIENTATION] = 5
    yield "flat jpeg, turned", encoded(Image.new("RGB", size), "JPEG", exif=turned)
    yield "flat png, turned", encoded(Image.new("RGBA", size), "PNG", exif=turned)
    yield "flat bmp of runs", _runs(_SIDE)
    scans = encoded(Image.new("L", size), "JPEG", progressive=True)
    yield "jpeg of as many scans as are taken", _with_scans(scans, 60)
    yield "jpeg of more scans", _with_scans(scans, 2000)
    several = encoded(Image.new("L", size), "MPO", save_all=True, append_images=[drawn()])
    yield "jpeg of several pictures", several
    in_scans = encoded(
        Image.new("L", size), "MPO", save_all=True, append_images=[drawn()], progressive=True
    )
    yield "jpeg of several pictures and many scans", _with_scans(in_scans, 2000)
    noise = np.random.default_rng(1).integers(0, 256, (1300, 1300, 3), np.uint8)
    yield "noise png", encoded(Image.fromarray(noise), "PNG", compress_level=1)
    yield "noise jpeg", encoded(Image.fromarray(noise), "JPEG", quality=98)
    for lossless in (False, True):
        image = Image.new("RGBA", (_WEBP_SIDE, _WEBP_SIDE), (1, 2, 3, 4))
        yield f"flat webp {lossless}", encoded(image, "WEBP", lossless=lossless)
    lines = ((16_000_000, 1), (1, 16_000_000), (3_999_999, 4), (65_535, 244), (244, 65_535))
    for width, height in lines:
        data = chunk(b"IDAT", _zeros((width + 1) * height))
        yield f"line of {width} by {height}", png(width, height, data)


def _slowest() -> Iterator[tuple[str, bytes]]:
    """What decoders are slowest with."""
    noise = np.random.default_rng(2).integers(0, 256, 8192, np.uint8).tobytes()
    for name, side, depth, colour, channels in (
        ("grey", _SIDE, 8, 0, 1),
        ("deep grey", _SIDE, 16, 0, 2),
        ("grey with alpha", _SIDE, 8, 4, 2),
        ("colour", 3600, 8, 2, 3),
        ("colour with alpha", 3300, 8, 6, 4),
        ("deep colour with alpha", _SIDE, 16, 6, 8),
    ):
        width = side * channels
        line = b"\4" + (noise * (width // len(noise) + 1))[:width]  # Paeth's filter
        packer = zlib.compressobj(1)
        packed = b"".join([*(packer.compress(line) for _ in range(side)), packer.flush()])
        data = chunk(b"IDAT", packed)
        yield f"png of filters, {name}", png(side, side, data, depth=depth, colour=colour)
        if name in ("grey", "colour"):
            clear = chunk(b"tRNS", bytes(2 * channels))
            some = png(2500, 2500, clear, data, depth=depth, colour=colour)
            yield f"png of filters, {name}, one of them clear", some
    blocks = empty_deflate_blocks(LONGEST - 100)
    yield "png of empty blocks of deflate", png(24, 24, chunk(b"IDAT", blocks))
    yield "png of empty blocks of deflate, large", png(1500, 1500, chunk(b"IDAT", blocks))
    for size in ((8000, 8000), (1000, 16_000), (16_000, 1000), (65_500, 244), (244, 65_500)):
        for mode in ("L", "RGB", "CMYK"):
            for progressive in (False, True):
                name = f"{'progressive ' if progressive else ''}jpeg {mode} of {size}"
                options = {"progressive": progressive, "quality": 30, "subsampling": 0}
                yield name, encoded(Image.new(mode, size), "JPEG", **options)
                if not progressive:  # without an end it is decoded twice
                    yield f"{name}, without its end", encoded(Image.new(mode, size), "JPEG")[:-2]
    flat = Image.new("RGB", (_SIDE, _SIDE))
    yield "jpeg of restarts", encoded(flat, "JPEG", restart_marker_blocks=1)
    colours = np.random.default_rng(3).integers(0, 256, (_WEBP_SIDE, _WEBP_SIDE, 3), np.uint8)
    yield "noise webp", encoded(Image.fromarray(colours), "WEBP", quality=60, method=0)


def _pieces_of_png() -> Iterator[tuple[str, bytes]]:
    data = chunk(b"IDAT", zlib.compress(bytes(25 * 24)))
    bomb = zlib.compress(bytes(1 << 20), 9)
    for kind, content in (
        (b"iCCP", b"a\0\0" + bomb),
        (b"zTXt", b"a\0\0" + bomb),
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb),
        (b"prIv", b""),
        (b"tEXt", b""),
        (b"pHYs", bytes(9)),
        (b"PLTE", bytes(768)),
        (b"tRNS", bytes(256)),
        (b"eXIf", b"MM\0*\0\0\0\x08\0\0"),
    ):
        piece = chunk(kind, content)
        many = piece * (LONGEST // len(piece))
        for name, chunks in (("before", (many, data)), ("after", (data, many))):
            yield f"png of {kind.decode()} {name} its pixels", png(24, 24, *chunks, colour=3)
    drops = b"".join(chunk(b"IDAT", b"\0") for _ in range(LONGEST // 13))
    yield "png in drops", png(24, 24, data, drops)
    tags = struct.pack(">HHII", 0x0131, 2, 1000, 8) * 65_000
    exif = b"MM\0*\0\0\0\x08\xfd\xe8" + tags
    yield "png with 65,000 tags of exif", png(24, 24, chunk(b"eXIf", exif), data)
    xmp = b"XML:com.adobe.xmp\0\0\0\0\0" + b'tiff:Orientation="' * 200_000
    yield "png with much xmp", png(24, 24, chunk(b"iTXt", xmp), data)
    control = chunk(b"acTL", struct.pack(">II", 3, 0))
    frame = struct.pack(">IIIIHHBB", 24, 24, 0, 0, 1, 1, 0, 0)
    frames = (chunk(b"fcTL", struct.pack(">I", number) + frame) for number in range(100_000))
    yield "png of frames without pixels", png(24, 24, control, *frames, data)


def _pieces_of_jpeg() -> Iterator[tuple[str, bytes]]:
    jpeg = encoded(drawn("RGB"), "JPEG")
    scan, end = jpeg.index(b"\xff\xda"), len(jpeg) - 2
    table = jpeg.index(b"\xff\xdb")
    codes = jpeg.index(b"\xff\xc4")
    frame = jpeg.index(b"\xff\xc0")
    xmp = b"http://ns.adobe.com/xap/1.0/\0"
    resources = b"Photoshop 3.0\0" + b"8BIM\0\0\0\0\0\0\0\0" * 5000
    for name, piece, places in (
        ("exif", segment(0xE1, b"Exif\0\0" + bytes(14)), (2,)),
        ("xmp", segment(0xE1, xmp + bytes(65_000)), (2,)),
        ("profiles", segment(0xE2, b"ICC_PROFILE\0\1\1ab"), (2,)),
        ("resources", segment(0xED, resources), (2,)),
        ("empty comments", segment(0xFE, b""), (2, end)),
        ("fill bytes", b"\xff", (2, scan, end)),
        ("what is nothing", b"\0", (2, end)),
        ("what is no marker", b"\xff\0", (2, end)),
        ("restarts", b"\xff\xd0", (2, end)),
        ("tables", jpeg[table : table + 69], (2, end)),
        ("long tables", segment(0xDB, (b"\0" + b"\1" * 64) * 1000), (2, end)),
        ("Huffman tables", jpeg[codes:scan], (scan, end)),
        ("frames", jpeg[frame:codes], (frame, end)),
        ("starts", b"\xff\xd8", (2, end)),
        ("scans", jpeg[scan:end], (scan, end)),
    ):
        many = piece * (LONGEST // len(piece))
        for at in places:
            yield f"jpeg with {name} at {at}", jpeg[:at] + many + jpeg[at:]
    for code in (0xC3, 0xC5, 0xC9, 0xCA, 0xCB):  # lossless, hierarchical, in arithmetic codes
        yield f"jpeg of kind {code:x}", jpeg[: frame + 1] + bytes([code]) + jpeg[frame + 2 :]
    yield "jpeg of twelve bits", jpeg[: frame + 4] + b"\x0c" + jpeg[frame + 5 :]
    for factors in (0x00, 0x41, 0x44, 0xFF):
        at = frame + 11
        yield f"jpeg sampled by {factors:x}", jpeg[:at] + bytes([factors]) + jpeg[at + 1 :]


def _pieces_of_gif() -> Iterator[tuple[str, bytes]]:
    small = gif_image(24, 24, in_sub_blocks(b"\4"))
    for name, piece in (
        ("comments", b"!\xfe\1a\0"),
        ("controls", b"!\xf9\4\x09\0\0\0\0"),
        ("loops", b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0"),
        ("what is empty", b"!\1\0"),
        ("ends", b"\0"),
        ("what is nothing", b"a"),
    ):
        yield f"gif of {name}", gif(24, 24, piece * (LONGEST // len(piece)), small)
    yield "gif of a comment in drops", gif(24, 24, b"!\xfe" + b"\1a" * 2_100_000 + b"\0", small)
    clear = Bits()
    for _ in range(8 * (LONGEST - 50_000) // 3):
        clear.put(4, 3)
    yield (
        "gif that always begins anew",
        gif(_SIDE, _SIDE, gif_image(_SIDE, _SIDE, in_sub_blocks(clear.bytes()))),
    )
    yield "gif in drops", gif(_SIDE, _SIDE, gif_image(_SIDE, _SIDE, b"\1\4" * 2_100_000 + b"\0"))
    flat = encoded(Image.new("P", (_SIDE, _SIDE)), "GIF")
    at = flat.index(b",")
    for disposal in (1, 2, 3):
        control = b"!\xf9\4" + bytes([1 | disposal << 2]) + bytes(4)
        yield f"flat gif, disposed by {disposal}", b"GIF89a" + flat[6:at] + control + flat[at:]


def _codes_of_bmp() -> Iterator[tuple[str, bytes]]:
    for side in (500, 1000, 2000, _SIDE):
        yield f"bmp of {side} empty lines", _runs(side)
    for name, compression, bits in (("eights", 1, 8), ("fours", 2, 4)):
        for what, code in (
            ("runs beyond the line", b"\xff\1"),
            ("runs of one", b"\1\1"),
            ("steps of nothing", b"\0\2\0\0"),
            ("steps", b"\0\2\1\0"),
            ("pixels", b"\0\3\1\1\1\0"),
            ("ends of lines", b"\0\0"),
        ):
            for side, size in ((_SIDE, LONGEST), (1000, 190_000)):
                content = code * (size // len(code) - 300)
                picture = bmp(side, side, bits, content, compression=compression)
                yield f"bmp of {what} in {name}, {side}", picture
    for header in (12, 40, 52, 56, 64, 108, 124, 1000, 4_000_000):
        for bits in (1, 4, 8, 16, 24, 32):
            side = 1000
            content = bytes(min(bits * side * side // 8, LONGEST))
            yield (
                f"bmp of {bits} bits under {header}",
                bmp(side, side, bits, content, header=header),
            )
    yield "bmp of 16 megapixels", bmp(_SIDE, _SIDE, 1, bytes(2_000_000))
    for colours in (257, 65_536, 2**32 - 1):
        yield f"bmp of {colours} colours", bmp(100, 100, 8, bytes(10_000), colours=colours)
    for compression in (3, 4, 5, 6, 9):
        picture = bmp(100, 100, 32, bytes(40_000), compression=compression)
        yield f"bmp of compression {compression}", picture


def _pieces_of_webp() -> Iterator[tuple[str, bytes]]:
    lossy = b"VP8 ", encoded(drawn("RGB"), "WEBP")[20:]
    for kind, content in ((b"EXIF", b""), (b"XMP ", b""), (b"what", b""), (b"ALPH", b"\0")):
        many = [(kind, content)] * (LONGEST // (8 + len(content) + len(content) % 2))
        yield f"webp of {kind.decode()}", riff(vp8x(24, 24, 16), *many, lossy)
    frame = b"ANMF", bytes(6) + b"\x17\0\0" * 2 + bytes(4) + riff_chunks(lossy)
    animation = b"ANIM", bytes(6)
    for name, each in (("frames", frame), ("empty frames", (b"ANMF", bytes(16)))):
        many = [each] * (LONGEST // (8 + len(each[1])))
        yield f"webp of {name}", riff(vp8x(24, 24, 2), animation, *many)
    for side in (2001, 10_000, 16_383, 1 << 24):
        yield f"webp that says {side}", riff(vp8x(side, min(side, 16_383)), lossy)
        yield f"animated webp that says {side}", riff(vp8x(side, 255, 2), animation, frame)
    for side, sets in ((24, 36), (400, 9000), (1024, 10_000), (1024, 65_536), (2000, 65_536)):
        for cache in (0, 11):
            codes = lossless_webp(side, sets, cache)
            name = f"webp {side} with {sets} sets of codes, cache {cache}"
            yield name, riff((b"VP8L", codes))
    alpha = b"ALPH", b"\1" + lossless_webp(1024, 65_536)[5:]
    yield "webp with sets of codes for its alpha", riff(vp8x(1024, 1024, 16), alpha, lossy)


def _runs(side: int) -> bytes:
    """A BMP in which each row ends as soon as it begins."""
    info = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, 2 * side, 0, 0, 256, 0)
    head = b"BM" + struct.pack("<IHHI", 54 + 1024 + 2 * side, 0, 0, 54 + 1024)
    return head + info + bytes(1024) + b"\0\0" * side + b"\0\1"


def _with_scans(jpeg: bytes, scans: int) -> bytes:
    """The last scan of the first picture again and again."""
    end = jpeg.index(b"\xff\xd9")
    last = jpeg[jpeg.rindex(b"\xff\xda", 0, end) : end]
    return jpeg[:end] + last * scans + jpeg[end:]


def _metadata() -> Iterator[tuple[str, bytes]]:
    data = chunk(b"IDAT", zlib.compress(bytes(25 * 24)))
    yield "png of 300,000 comments", png(24, 24, chunk(b"tEXt", b"a\0b") * 300_000, data)
    yield "png of 200,000 pieces", png(24, 24, chunk(b"IDAT", b"") * 200_000, data)
    yield "png of large comments", png(24, 24, *[chunk(b"tEXt", b"a\0" + bytes(60_000))] * 90, data)
    jpeg = encoded(drawn(), "JPEG")
    comment = b"\xff\xfe" + struct.pack(">H", 65535) + bytes(65533)
    yield "jpeg of large comments", jpeg[:2] + comment * 60 + jpeg[2:]
    yield "jpeg of 100,000 comments", jpeg[:2] + b"\xff\xfe\0\2" * 100_000 + jpeg[2:]
    yield "jpeg of a million fill bytes", jpeg[:2] + b"\xff" * 1_000_000 + jpeg[2:]
    for name, exif in _exifs():
        yield f"jpeg whose exif {name}", encoded(drawn(), "JPEG", exif=b"Exif\0\0" + exif)
        yield f"png whose exif {name}", encoded(drawn(), "PNG", exif=b"Exif\0\0" + exif)
        yield f"webp whose exif {name}", encoded(drawn("RGB"), "WEBP", exif=b"Exif\0\0" + exif)
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><e tiff:Orientation="%s"/></x:xmpmeta>'
    for value in (b"6", b"9" * 1000, b"-1", b"six"):
        packet = b"http://ns.adobe.com/xap/1.0/\0" + xmp % value
        marker = b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet
        yield f"jpeg whose xmp is turned by {value[:9]!r}", jpeg[:2] + marker + jpeg[2:]


def _exifs() -> Iterator[tuple[str, bytes]]:
    head = b"MM\0*\0\0\0\x08"
    entry = struct.pack(">HHI", _ORIENTATION, 3, 1)
    yield "is turned by nine", head + b"\0\1" + entry + b"\0\x09\0\0" + bytes(4)
    yield "is turned by 65535", head + b"\0\1" + entry + b"\xff\xff\0\0" + bytes(4)
    text = struct.pack(">HHI4s", _ORIENTATION, 2, 4, b"abc\0")
    yield "is turned by a text", head + b"\0\1" + text + bytes(4)
    fraction = struct.pack(">HHII", _ORIENTATION, 5, 1, 26) + bytes(4) + struct.pack(">II", 6, 0)
    yield "is turned by six over nothing", head + b"\0\1" + fraction
    many = struct.pack(">HHII", _ORIENTATION, 3, 2**32 - 1, 8)
    yield "is turned four billion times", head + b"\0\1" + many + bytes(4)
    yield "has entries without end", head + b"\x13\x88" + (entry + b"\0\6\0\0") * 5000
    nested = struct.pack(">HHII", 0x8769, 4, 1, 8)
    yield "leads back to itself", head + b"\0\1" + nested + struct.pack(">I", 8)
    yield "begins nowhere", b"II*\0\xff\xff\xff\xff"
    yield "is no exif", b"nothing"


def _animated() -> Iterator[tuple[str, bytes]]:
    frames = [drawn("P").rotate(angle) for angle in range(300)]
    yield "gif of 300 frames", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    yield "png of 300 frames", encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    colours = [frame.convert("RGB") for frame in frames]
    yield (
        "webp of 300 frames",
        encoded(colours[0], "WEBP", save_all=True, append_images=colours[1:]),
    )
    control = struct.pack(">II", 2**32 - 1, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(25 * 24)))
    yield "png of four billion frames", png(24, 24, chunk(b"acTL", control), data)
    frame = struct.pack(">IIIIIHHBB", 0, 10_000, 10_000, 9, 9, 1, 1, 0, 0)
    outside = png(24, 24, chunk(b"acTL", struct.pack(">II", 1, 0)), chunk(b"fcTL", frame), data)
    yield "png whose frame lies outside", outside
    gif = encoded(drawn("P"), "GIF")
    yield "gif of 50,000 frames", gif[:-1] + gif[gif.index(b",") : -1] * 50_000 + b";"


def _lies() -> Iterator[tuple[str, bytes]]:
    data = chunk(b"IDAT", zlib.compress(bytes(25 * 24)))
    for depth in (0, 1, 2, 3, 4, 16, 255):
        for colour in (0, 1, 2, 3, 4, 6, 255):
            yield (
                f"png of depth {depth}, colour {colour}",
                png(24, 24, data, depth=depth, colour=colour),
            )
    for count in (0, 1, 3, 769, 30_000):
        palette = chunk(b"PLTE", bytes(count))
        indices = chunk(b"IDAT", zlib.compress((b"\0" + b"\xff" * 24) * 24))
        yield f"png of {count} bytes of palette", png(24, 24, palette, indices, colour=3)
    for colour in (0, 2, 3):
        clear = chunk(b"tRNS", bytes(5000))
        palette = chunk(b"PLTE", bytes(9))
        yield (
            f"png of colour {colour} with much transparency",
            png(24, 24, palette, clear, data, colour=colour),
        )
    whole = encoded(drawn(), "PNG")
    yield "png with a wrong checksum", whole[:29] + b"\0\0\0\0" + whole[33:]
    yield "png whose chunk is endless", whole[:33] + b"\xff\xff\xff\xff" + whole[37:]
    yield "png without pixels", png(24, 24)
    yield "png of the wrong pixels", png(24, 24, chunk(b"IDAT", b"no zlib"))
    yield "png of unknown filters", png(24, 24, chunk(b"IDAT", zlib.compress(b"\x09" * 600)))
    yield "png turned inside out", whole[:8] + whole[33:] + whole[8:33]
    bmp = encoded(drawn(), "BMP")
    for at, length in ((10, 4), (14, 4), (26, 2), (28, 2), (30, 4), (46, 4)):
        for value in (b"\0", b"\xff", b"\x7f"):
            lie = bmp[:at] + value * length + bmp[at + length :]
            yield f"bmp with {value!r} at {at}", lie
    gif = encoded(drawn("P"), "GIF")
    start = gif.index(b",") + 10
    for size in (0, 1, 12, 13, 255):
        yield f"gif of codes of {size} bits", gif[:start] + bytes([size]) + gif[start + 1 :]
    yield "gif of blocks without end", gif[:start] + b"\xff" * 100_000
    webp = encoded(drawn("RGB"), "WEBP")
    for size in (0, 11, 2**32 - 1):
        yield f"webp of {size} bytes", webp[:4] + struct.pack("<I", size) + webp[8:]
    jpeg = encoded(drawn(), "JPEG")
    for marker in (b"\xff\xdb", b"\xff\xc4", b"\xff\xc0", b"\xff\xda"):
        at = jpeg.index(marker)
        (length,) = struct.unpack(">H", jpeg[at + 2 : at + 4])
        yield f"jpeg without {marker!r}", jpeg[:at] + jpeg[at + 2 + length :]
        yield f"jpeg with {marker!r} twice", jpeg[:at] + jpeg[at : at + 2 + length] + jpeg[at:]
        yield f"jpeg with a short {marker!r}", jpeg[: at + 2] + b"\0\2" + jpeg[at + 4 :]
    yield "jpeg in a png", whole[:8] + jpeg
    yield "page in a gif", b"GIF89a/*<script>alert(1)</script>*/"
    yield "page", b"<!doctype html><img src=x onerror=alert(1)>"
    yield (
        "drawing that asks for a file",
        (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'),
    )
    yield "program in PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n"


def _empty() -> Iterator[tuple[str, bytes]]:
    data = chunk(b"IDAT", zlib.compress(b""))
    for width, height in ((0, 0), (0, 24), (24, 0)):
        yield f"png of {width} by {height}", png(width, height, data)
        sizes = struct.pack("<HH", width, height)
        gif = encoded(drawn("P"), "GIF")
        at = gif.index(b",")
        yield (
            f"gif of {width} by {height}",
            gif[:6] + sizes + gif[10 : at + 5] + sizes + gif[at + 9 :],
        )
        bmp = encoded(drawn(), "BMP")
        yield f"bmp of {width} by {height}", bmp[:18] + struct.pack("<ii", width, height) + bmp[26:]
        jpeg = encoded(drawn(), "JPEG")
        at = jpeg.index(b"\xff\xc0") + 5
        yield (
            f"jpeg of {width} by {height}",
            jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :],
        )
    yield "nothing", b""
    yield "a byte", b"\0"
    yield "a signature", b"\x89PNG\r\n\x1a\n"


def _truncated() -> Iterator[tuple[str, bytes]]:
    for file_format, mode in (
        ("PNG", "L"),
        ("GIF", "P"),
        ("BMP", "L"),
        ("JPEG", "L"),
        ("WEBP", "RGB"),
    ):
        whole = encoded(drawn(mode, 16), file_format)
        for length in range(1, len(whole)):
            yield f"{file_format} cut to {length} bytes", whole[:length]


def _every_format() -> Iterator[tuple[str, bytes]]:
    Image.init()
    for file_format in sorted(Image.SAVE):
        for mode in ("RGB", "L", "1", "P", "F"):
            try:
                yield f"{file_format} as Pillow writes it", encoded(drawn(mode, 32), file_format)
                break
            except (OSError, ValueError, KeyError, AttributeError):
                continue  # this one takes other modes
