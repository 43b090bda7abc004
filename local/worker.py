"""What each process that serves does before it does so; uvicorn calls `create_app`.

A worker must not outlive its master: it would hold the port, and nobody would replace it. A master
that is told to end tells its workers; one that is killed (SIGKILL, out of memory) can't. So a
worker watches the pipe by which `multiprocessing` lets it know of its parent's death: the system
closes it, whatever killed the master, on every system.
"""

import os
import threading
from multiprocessing import connection, parent_process

from fastapi import FastAPI

from local import memory
from local.app import create_local_app


def create_app() -> FastAPI:
    """The app of this process; the process ends when its master does."""
    end_with_master()
    memory.give_back()
    return create_local_app()


def end_with_master() -> None:
    """End this process as soon as its master has ended; does nothing in a process without one."""
    master = parent_process()
    if master is not None:
        threading.Thread(target=_watch, args=(master.sentinel,), daemon=True).start()


def _watch(master: int) -> None:
    connection.wait([master])
    # At once, as if it had been killed itself: what was acknowledged is on the store.
    os._exit(1)
