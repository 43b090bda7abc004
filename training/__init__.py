"""Data sets, training, evaluation and export of the recogniser; imported by no function."""

import os

# Before NumPy is imported: the matrices of `normalise` are 28 rows high, and threads that wait for
# one another take the processor from the worker processes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Before TensorFlow is: warnings and errors only.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
