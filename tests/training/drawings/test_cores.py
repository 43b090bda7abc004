"""Work on all cores: in order, also where there is no shared memory, and loud where it fails."""

import multiprocessing
import os
import signal
import time
from multiprocessing import synchronize
from typing import Any

import numpy as np
import pytest

from training.drawings.cores import on_all_cores


@pytest.fixture(autouse=True)
def _three_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 3)


@pytest.fixture
def without_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda's: nothing that takes a semaphore can be made."""

    def refused(*_: Any, **__: Any) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(synchronize.SemLock, "__init__", refused)


@pytest.mark.parametrize("tasks", [range(0), range(1), range(0, 100, 7)])
def test_what_is_made_comes_in_the_order_of_the_tasks(
    tasks: range, without_shared_memory: None
) -> None:
    with pytest.raises(OSError, match="not implemented"):
        multiprocessing.get_context("fork").Lock()

    def work(task: int) -> tuple[int, Any]:
        time.sleep(0.002 * (task % 3))
        return task, np.full((300, 28, 28), task, np.uint8)  # more than a pipe holds

    made = list(on_all_cores(work, tasks))

    assert [task for task, _ in made] == [*tasks]
    assert all((array == task).all() for task, array in made)


def test_several_processes_work() -> None:
    assert len(set(on_all_cores(lambda _: os.getpid(), range(9)))) == 3


def test_what_goes_wrong_is_raised_after_what_came_before_it() -> None:
    def work(task: int) -> int:
        if task == 4:
            raise ValueError("No ink.")
        return task

    made = on_all_cores(work, range(9))

    assert [next(made) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match=r"No ink\."):
        next(made)


def test_a_process_that_was_killed_is_told() -> None:
    def work(task: int) -> int:
        if task == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return task

    with pytest.raises(RuntimeError, match="ended from outside"):
        list(on_all_cores(work, range(5)))


def test_who_stops_listening_leaves_no_process_behind() -> None:
    made = on_all_cores(lambda task: bytes(1 << 20), range(50))
    next(made)
    made.close()  # type: ignore[attr-defined]

    assert not multiprocessing.active_children()
