"""A LiteRT network ready to answer, as whatever recognises has one."""

import threading
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from digit_recognizer.recognition.arrays import Float, Grey


class Network:
    """A network of one input and one output; several threads may ask it, one after the other.

    One thread of its own: a picture takes a fraction of a millisecond, and a Lambda function has
    one core.

    Args:
        litert: the file, or what is in it.

    Attributes:
        signature: data type and shape of its input, and of its output.

    Raises:
        ValueError, RuntimeError: it is damaged.
    """

    def __init__(self, litert: Path | bytes) -> None:
        source = (
            {"model_path": str(litert)} if isinstance(litert, Path) else {"model_content": litert}
        )
        self._interpreter = Interpreter(**source, num_threads=1)
        self._interpreter.allocate_tensors()
        sides = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        self.signature = [[(d["dtype"], d["shape"].tolist()) for d in side] for side in sides]
        self._input, self._output = (side[0]["index"] for side in sides)
        self._one_at_a_time = threading.Lock()

    def __call__(self, picture: Grey) -> Float:
        """What it says of one picture, both without the axis of the batch."""
        with self._one_at_a_time:
            self._interpreter.set_tensor(self._input, picture[np.newaxis])
            self._interpreter.invoke()
            said: Float = self._interpreter.get_tensor(self._output)[0]
        return said
