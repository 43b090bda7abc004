"""`GET /download_csv` hands out all feedback as one file; `GET /health` says that all is well."""

from fastapi.responses import JSONResponse, Response
from mangum import Mangum

from digit_recognizer import contract, csv_file, feedback_rows, registry, storage
from digit_recognizer.errors import NotFound
from digit_recognizer.http import create_app, documented

app = create_app("Digit recogniser: download")


@app.get("/download_csv", response_class=Response, **documented(csv_file.MEDIA_TYPE, 404, 503))
async def download_csv() -> Response:
    """Download a label and 784 pixels for every feedback, in the order of arrival."""
    rows = [csv_file.row(record) async for record in feedback_rows.saved(storage.in_service())]
    if not rows:
        raise NotFound("CSV file not found. Submit some feedback first.")
    return Response(
        b"".join([csv_file.HEADER, *rows]),
        media_type=csv_file.MEDIA_TYPE,
        headers={"content-disposition": f'attachment; filename="{csv_file.FILE_NAME}"'},
    )


@app.get("/health", **documented(contract.Health, 503))
async def health() -> JSONResponse:
    """Say that the service can answer, and whether there is feedback to download."""
    csv_found = await feedback_rows.any_saved(storage.in_service())
    version = registry.built_in().version
    return JSONResponse({"status": "healthy", "csv_found": csv_found, "model_version": version})


handler = Mangum(app, lifespan="off")
