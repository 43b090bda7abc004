"""Where what training makes is kept."""

import os
from pathlib import Path

from digit_recognizer.settings import PROJECT

BUILD = Path(os.environ.get("BUILD_FOLDER") or PROJECT / "build")
"""Where examples, runs and reports in the making are kept: all can be made again."""

MODEL_DOCS = PROJECT / "docs" / "model"
"""The model card and the table of architectures, as people read them."""
