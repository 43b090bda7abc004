"""Step 2: which cells of a grid hang together."""

import numpy as np
from numpy.typing import NDArray

from digit_recognizer.recognition.arrays import Mask

Pieces = NDArray[np.int32]
"""The number of the piece that a cell belongs to; 0 where there is none."""


def pieces_of(cells: Mask) -> Pieces | None:
    """Number the 8-connected pieces of a grid from 1; 0 where there is none. None if all is one.

    Runs of set cells are joined row by row with union-find: a drawing has about fifty.
    """
    height, width = cells.shape
    stride = width + 1  # one empty cell ends each row
    padded = np.zeros(height * stride + 1, np.int8)
    padded[1:].reshape(height, stride)[:, :width] = cells
    edges = np.flatnonzero(padded[1:] != padded[:-1]).tolist()
    starts, ends = edges[::2], edges[1::2]
    parent: list[int] = []

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    above = 0
    loose = 0  # pieces, as far as is known
    for run, (start, end) in enumerate(zip(starts, ends, strict=True)):
        while ends[above] < start - stride:
            above += 1
        if starts[above] > end - stride:  # nothing touches it from above
            parent.append(run)
            loose += 1
            continue
        parent.append(parent[above])
        other = above + 1
        while starts[other] <= end - stride:
            if parent[other] != parent[run] and (a := root(other)) != (b := root(run)):
                parent[b] = a
                loose -= 1
            other += 1
    if loose == 1:
        return None
    numbers: dict[int, int] = {}
    pieces = np.zeros(height * stride, np.int32)
    for run, (start, end) in enumerate(zip(starts, ends, strict=True)):
        pieces[start:end] = numbers.setdefault(root(run), len(numbers) + 1)
    return pieces.reshape(height, stride)[:, :width]
