#!/bin/sh
# Where the image begins. Lambda gives it the name of a handler, AWS Batch the word "job": a job
# definition can't name an entry point of its own, only what stands behind the image's.
set -eu
if [ "${1:-}" = job ]; then
    shift
    exec python "$LAMBDA_TASK_ROOT/job.py" "$@"
fi
exec /lambda-entrypoint.sh "$@"
