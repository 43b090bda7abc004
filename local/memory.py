"""What a process keeps of the memory that it has given back.

glibc takes large blocks from the system one by one, and gives them back at once: at first from
128 KiB on. But each block that is freed raises that to its own size, up to 32 MiB (mallopt(3),
M_MMAP_THRESHOLD), so after the first photo the buffers of all others lie in the heap, which keeps
what is free in it. Of a mixed load, that is all that grew: 18 MB a process, of which
`malloc_trim` gave back 19; with the bounds below it is 3: two workers that held 182 MB after 4,000
mixed requests (drawings, photos, refused bodies) held 187 after 52,000.
"""

import ctypes

# From malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
# Larger than all buffers of a drawing on the page's canvas: what is asked for a thousand times a
# second stays in the heap. Setting it at all ends that it is raised.
_LARGE = 1 << 20
# Heaps beside the main one, of threads that work at the same time.
_HEAPS = 2


def give_back() -> None:
    """Let this process give large blocks back when they are freed; where there is no glibc, not."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE)
        mallopt(_TRIM_THRESHOLD, _LARGE)
        mallopt(_ARENA_MAX, _HEAPS)
