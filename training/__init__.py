"""Data sets, training, evaluation and export of the recogniser; imported by no function."""
