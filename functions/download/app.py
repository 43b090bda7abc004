"""`GET /download_csv` hands out all feedback as one file, `GET /feedback/summary` describes it.

A schedule calls `compact_handler`.
"""

import asyncio

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from mangum import Mangum

from digit_recognizer.api import access, contract, events, head, log_line
from digit_recognizer.api.app import create_app, documented
from digit_recognizer.download import csv_file, remote_compaction, s3_join
from digit_recognizer.feedback import csv_format
from digit_recognizer.models import retraining_log
from digit_recognizer.rows import compaction, snapshot
from digit_recognizer.rows.manifest import Manifest
from digit_recognizer.settings import settings
from digit_recognizer.store import condition, opening
from digit_recognizer.store.storage import Store

app = create_app("Digit recogniser: download", log_line.write)
if settings().compactor:
    snapshot.compact_by(remote_compaction.compact)


@app.get(
    "/download_csv",
    response_class=Response,
    **documented(csv_format.MEDIA_TYPE, 307, 401, 404, 503),
)
async def download_csv(request: Request) -> Response:
    """Download a label and 784 pixels for every feedback, in the order of arrival."""
    await access.check(request)
    is_head = head.is_head(request)
    store = opening.configured()
    file = await csv_file.assemble(store, to_be_joined=store.bucket is not None)
    if store.bucket is not None and not file.is_short:
        current = await file.compacted()
        return RedirectResponse(await s3_join.address(store, current, "HEAD" if is_head else "GET"))
    headers = {
        "content-type": csv_format.MEDIA_TYPE,
        "content-disposition": csv_format.DISPOSITION,
    }
    if file.size is not None:
        headers["content-length"] = str(file.size)
    if is_head:
        return Response(headers=headers)
    if store.bucket is not None:  # so on Lambda, whose answer is one piece: all of it or an error
        return Response(await file.content(), headers=headers)
    return StreamingResponse(file.chunks(), headers=headers)


@app.get("/feedback/summary", **documented(contract.FeedbackSummary, 401, 503))
async def summary(request: Request) -> JSONResponse:
    """Describe the feedback: how much of what, the latest drawings, the mean digits."""
    await access.check(request)
    store = opening.configured()
    retrained = await retraining_log.newest(store)
    looked_at = retrained.rows if retrained else 0
    return JSONResponse(await snapshot.summary(store, looked_at))


async def _compacted(store: Store, at_most: int | None) -> tuple[Manifest, bool]:
    if at_most is not None:
        return await compaction.compact(store, at_most)
    await condition.check(store)
    return await compaction.compact_all(store), False


def compact_handler(event: object, _context: object) -> dict[str, int]:
    """Take the rows that arrived since the last time into segments.

    A schedule asks for all of them; a download for the oldest (`at_most`), which are quickly done.
    """
    at_most = event.get("at_most") if isinstance(event, dict) else None
    current, more = asyncio.run(_compacted(opening.configured(), at_most))
    return {"generation": current.generation, "rows": current.rows, "more": more}


handler = events.only_requests(Mangum(app, lifespan="off"))
