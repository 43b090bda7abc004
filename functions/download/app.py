"""`GET /download_csv` hands out all feedback as one file, `GET /feedback/summary` describes it.

A schedule calls `compact_handler`; `GET /health` says that all is well.
"""

import asyncio

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from mangum import Mangum

from digit_recognizer import (
    assembly,
    compaction,
    contract,
    csv_file,
    download_access,
    export,
    promotion_log,
    reading,
    storage,
    telemetry,
)
from digit_recognizer.http import create_app, documented

app = create_app("Digit recogniser: download", telemetry.write)


@app.head("/download_csv", include_in_schema=False)
@app.get(
    "/download_csv", response_class=Response, **documented(csv_file.MEDIA_TYPE, 307, 401, 404, 503)
)
async def download_csv(request: Request) -> Response:
    """Download a label and 784 pixels for every feedback, in the order of arrival."""
    await download_access.check(request)
    is_head = request.method == "HEAD"
    store = storage.in_service()
    file = await assembly.assemble(store, to_be_joined=store.bucket is not None)
    if store.bucket is not None and not file.is_short:
        current = await file.compacted()
        return RedirectResponse(
            await export.presigned(store, current, "HEAD" if is_head else "GET")
        )
    headers = {
        "content-type": csv_file.MEDIA_TYPE,
        "content-disposition": csv_file.DISPOSITION,
        "content-length": str(file.size),
    }
    if is_head:
        return Response(headers=headers)
    if file.is_short:
        return Response(await file.content(), headers=headers)
    return StreamingResponse(file.chunks(), headers=headers)


@app.get("/feedback/summary", **documented(contract.FeedbackSummary, 401, 503))
async def summary(request: Request) -> JSONResponse:
    """Describe the feedback: how much of what, the latest drawings, the mean digits."""
    await download_access.check(request)
    return JSONResponse(await reading.summary(storage.in_service()))


@app.get("/health", **documented(contract.Health, 503))
async def health(_request: Request) -> JSONResponse:
    """Say that the service can answer, and whether there is feedback to download."""
    store = storage.in_service()
    csv_found, model = await asyncio.gather(reading.any_rows(store), promotion_log.current(store))
    return JSONResponse(
        {"status": "healthy", "csv_found": csv_found, "model_version": model.version}
    )


def compact_handler(_event: object, _context: object) -> dict[str, int]:
    """Take the rows that arrived since the last time into segments, as a schedule asks for."""
    current = asyncio.run(compaction.compact_all(storage.in_service()))
    return {"generation": current.generation, "rows": current.rows}


handler = Mangum(app, lifespan="off")
