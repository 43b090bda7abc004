"""Work on all cores, by processes and pipes alone: Lambda has no shared memory.

Without it `multiprocessing` has no semaphore, so neither a `Pool` nor a `ThreadPool`.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

Made = TypeVar("Made")


def on_all_cores(work: Callable[[int], Made], tasks: Sequence[int]) -> Iterator[Made]:
    """What `work` makes of each task, in their order.

    The processes are forked: they inherit what is here rather than get it pickled. So nothing may
    have threads yet.

    Raises:
        RuntimeError: a process ended before its work did.
        Exception: what `work` raised.
    """
    n = min(os.cpu_count() or 1, len(tasks))
    fork = multiprocessing.get_context("fork")
    processes, readers = [], []
    try:
        for first in range(n):
            reader, writer = fork.Pipe(duplex=False)
            readers.append(reader)
            arguments = (work, tasks[first::n], writer, [*readers])
            processes.append(fork.Process(target=_work, args=arguments, daemon=True))
            processes[-1].start()
            writer.close()  # else nobody hears of the process's end
        for at in range(len(tasks)):
            try:
                made, error = readers[at % n].recv()
            except EOFError:
                raise RuntimeError("A process that rendered was ended from outside.") from None
            if error is not None:
                raise error
            yield made
    finally:
        for process in processes:
            process.terminate()
            process.join()
        for reader in readers:
            reader.close()


def _work(
    work: Callable[[int], object],
    tasks: Sequence[int],
    writer: Connection,
    inherited: Sequence[Connection],
) -> None:
    for reader in inherited:
        reader.close()  # so that writing fails once the parent is gone
    for task in tasks:
        try:
            answer = (work(task), None)
        except Exception as error:
            writer.send((None, error))
            return
        writer.send(answer)
