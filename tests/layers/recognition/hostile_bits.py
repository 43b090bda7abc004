"""Streams of bits that no encoder writes: they hold nothing, and decoders work on them for long."""


class Bits:
    """Bits, the least significant first."""

    def __init__(self) -> None:
        self._whole: list[bytes] = []
        self._bits = self._count = 0

    def put(self, value: int, count: int) -> None:
        """So many bits of a number."""
        self._bits |= value << self._count
        self._count += count
        if self._count > 4096:
            size = self._count // 8
            self._whole.append((self._bits & ((1 << 8 * size) - 1)).to_bytes(size, "little"))
            self._bits >>= 8 * size
            self._count -= 8 * size

    def put_code(self, code: int, count: int) -> None:
        """A code of Huffman's, the most significant bit first."""
        for shift in range(count - 1, -1, -1):
            self.put(code >> shift & 1, 1)

    def bytes(self) -> bytes:
        """All of them, the last byte filled with zeros."""
        return b"".join(self._whole) + self._bits.to_bytes(-(-self._count // 8), "little")


def empty_deflate_blocks(size: int) -> bytes:
    """zlib's header and blocks with codes of their own that hold nothing but their end (RFC 1951).

    A decoder builds tables for each of them: there are 90,000 in a megabyte.
    """
    bits = Bits()
    for _ in range(8):  # together they end with a byte
        bits.put(0b100, 3)
        for count, width in ((257 - 257, 5), (1 - 1, 5), (18 - 4, 4)):
            bits.put(count, width)
        lengths = {18: 1, 1: 1}  # of the codes for lengths: zeros in a row, a code of one bit
        for symbol in (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1):
            bits.put(lengths.get(symbol, 0), 3)
        for zeros in (138, 118):
            bits.put(1, 1)
            bits.put(zeros - 11, 7)
        bits.put(0, 1)  # of 257 codes only the end of the block has one,
        bits.put(0, 1)  # of the one distance, too
        bits.put(0, 1)  # the end
    eight = bits.bytes()
    return b"\x78\x01" + eight * (size // len(eight))


def lossless_webp(side: int, sets: int, cache: int = 0) -> bytes:
    """What is in VP8L: so many sets of codes, of one symbol each; all is black (RFC 9649)."""
    bits = Bits()
    bits.put(0x2F, 8)
    for value, count in ((side - 1, 14), (side - 1, 14), (0, 1), (0, 3), (0, 1)):
        bits.put(value, count)
    bits.put(bool(cache), 1)
    if cache:
        bits.put(cache, 4)
    bits.put(1, 1)  # sets of codes, for blocks of four by four pixels
    bits.put(0, 3)
    bits.put(0, 1)
    for symbols in (256 + 24, 256):  # which set it is: green its lower byte, red the upper one
        _put_codes_of_8_bits(bits, symbols)
    for _ in range(3):
        _put_no_code(bits)
    for block in range((-(-side // 4)) ** 2):
        number = block % sets
        bits.put_code(number & 255, 8)
        bits.put_code(number >> 8, 8)
    for _ in range(5 * sets):
        _put_no_code(bits)
    return bits.bytes()


def _put_codes_of_8_bits(bits: Bits, symbols: int) -> None:
    bits.put(0, 1)
    bits.put(12 - 4, 4)
    for symbol in (17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8):
        bits.put(int(symbol in (8, 18)), 3)
    bits.put(0, 1)
    bits.put(0, 256)  # 256 symbols of eight bits,
    if symbols > 256:  # zeros in a row
        bits.put(1, 1)
        bits.put(symbols - 256 - 11, 7)


def _put_no_code(bits: Bits) -> None:
    """One symbol, 0, for which no bits are needed."""
    for value in (1, 0, 0, 0):
        bits.put(value, 1)
