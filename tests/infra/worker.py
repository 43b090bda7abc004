"""Run as a process of its own: one function's handler, as its module has it, an event a line.

Arguments: the module, the handler. What is answered stands after "=> ": the rest are log lines.
In little it does all that it ever does: nothing is young, short, or done only once in a while.
"""

import importlib
import json
import sys
from datetime import timedelta

from digit_recognizer.download import csv_file
from digit_recognizer.rows import compaction

compaction._KEPT_FOR = timedelta(0)
compaction._ORPHAN_AFTER = timedelta(days=-1)
compaction._SWEEP_EVERY = 1
compaction._KEPT_GENERATIONS = 1
csv_file.IN_RESPONSE = 0

handler = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
for line in sys.stdin:
    try:
        answer = handler(json.loads(line), None)
    except Exception as error:  # what Lambda counts as an error of the function
        answer = {"error": type(error).__name__}
    print("=>", json.dumps(answer), flush=True)
