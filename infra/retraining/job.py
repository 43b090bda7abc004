"""The job of AWS Batch: what the schedule's handler does, once, without Lambda's time limit.

It prints one line of JSON, as the handler logs it (see RefusalMetric in infra/batch.yaml). It ends
with 0 also if nothing was promoted: a job that fails is one that the store or the machine failed.
"""

import json
from importlib import import_module

if __name__ == "__main__":
    handler = import_module("app").handler  # in the image they lie beside each other
    print(json.dumps(handler({}, None)), flush=True)
