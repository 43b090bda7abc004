"""Runs a command whose link(2) fails as on a file system without hard links, for all its threads.

`python without_links.py ERRNO COMMAND…`: the kernel itself refuses (seccomp(2)), so that it is the
same for Python and for obstore's Rust.
"""

import ctypes
import os
import platform
import struct
import sys

# Of linux/seccomp.h, linux/prctl.h and linux/bpf_common.h.
_NO_NEW_PRIVS, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000

_LINK_CALLS = {"x86_64": (86, 265), "aarch64": (37,)}[platform.machine()]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_links(number: int) -> None:
    """From here on this thread, and what it starts, can make no hard link."""
    calls = len(_LINK_CALLS)
    steps = [(_LOAD, 0, 0, 0)]
    for place, call in enumerate(_LINK_CALLS):
        steps.append((_IF_EQUAL, calls - place, 0, call))
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _FAIL | number)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in ((_NO_NEW_PRIVS, 1, 0), (_SECCOMP, _FILTER, ctypes.byref(program))):
        if libc.prctl(*arguments, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "no seccomp here")


if __name__ == "__main__":
    refuse_links(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
