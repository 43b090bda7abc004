"""Costly work is done beside the event loop, so that other requests are answered meanwhile.

A thread that waits for the work costs as much as a small drawing takes to be recognised, so most
work is done where it is asked for. Pillow and NumPy let go of Python's lock while they work.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from digit_recognizer.errors import Busy

# In one process. What a picture takes in memory is bounded; how many do so at once is bounded here.
AT_ONCE = 2
# In work or waiting for it; each may have six megabytes of a body, and take half a second.
MOST = 16

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")

_under_way = 0


async def call(function: Callable[[_Given], _Made], given: _Given, *, is_costly: bool) -> _Made:
    """`function(given)`, in a thread of its own if it is costly.

    Raises:
        Busy: it is costly, and so many are under way that it would have to wait for long.
    """
    global _under_way
    if not is_costly:
        return function(given)
    if _under_way >= MOST:
        raise Busy("Too many large pictures at once; try again in a moment, or send a smaller one.")
    _under_way += 1
    try:
        # Of the loop nothing is kept: on Lambda each request may have one of its own.
        return await asyncio.get_running_loop().run_in_executor(_threads(), function, given)
    finally:
        _under_way -= 1


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="costly work")
