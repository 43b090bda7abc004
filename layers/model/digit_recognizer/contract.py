"""The shapes of requests and answers, for OpenAPI only: nothing is validated with them.

`preprocessing` and `feedback` check requests themselves, with sentences for people.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Base class; fields that are not named here are ignored in requests."""

    model_config = ConfigDict(protected_namespaces=())


class Error(Model):
    """What went wrong."""

    error: str = Field(description="What is wrong and what would be right.")


_IMAGE = Field(
    description="The drawing as a data URL in base64: PNG, JPEG, WebP, BMP or GIF.",
    examples=["data:image/png;base64,iVBORw0KGgo…"],
)


class PredictRequest(Model):
    """A drawing to recognise."""

    image: str = _IMAGE
    explain: bool = Field(False, description="Answer with what the model saw, too.")


class PredictAnswer(Model):
    """The digit that was recognised."""

    prediction: int = Field(ge=0, le=9)
    confidence: float = Field(ge=0, le=1, description="How sure the model is of the digit.")
    probabilities: list[float] = Field(min_length=10, max_length=10, description="By digit.")
    uncertain: bool = Field(description="Whether the answer had better be asked about.")
    model_version: str
    id: str = Field(description="The answer's id, to be sent with feedback on it.")
    input: str | None = Field(
        None, description="With explain: the 28×28 image that the model saw, as a PNG data URL."
    )


class ModelCard(Model):
    """The model in service."""

    model_config = ConfigDict(protected_namespaces=(), extra="allow")

    version: str
    created: str
    data: Any = Field(description="What it was trained on.")
    figures: dict[str, Any] = Field(description="How well it does.")
    previous: list[dict[str, Any]] = Field(description="The models before it, latest first.")


class FeedbackRequest(Model):
    """What a person says about a drawing."""

    image: str = _IMAGE
    label: Literal[
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "NaN"
    ] = Field(description='The digit, or "NaN" for a drawing that is not one.')
    id: str | None = Field(None, description="Of the answer; the same id twice is one row.")
    prediction: int | None = Field(None, ge=0, le=9, description="What was answered.")
    confidence: float | None = Field(None, ge=0, le=1, description="Of that answer.")
    model_version: str | None = Field(None, description="Of that answer.", max_length=100)
    source: Literal["corrected", "confirmed", "training"] | None = None


class FeedbackAnswer(Model):
    """The feedback is saved."""

    status: Literal["success"]
    message: str
    id: str = Field(description="The row's id.")


class RecentDrawing(Model):
    """A drawing among the latest."""

    id: str
    received_at: str = Field(description="ISO 8601, UTC.")
    label: int | Literal["NaN"]
    prediction: int | None = Field(description="What was answered, where known.")
    confidence: float | None
    source: Literal["corrected", "confirmed", "training"]
    image: str = Field(description="28×28, as a PNG data URL.")


class FeedbackSummary(Model):
    """What the feedback amounts to."""

    rows: int = Field(description="In the download.")
    labels: dict[str, int] = Field(description='How many of each label, "0" to "9" and "NaN".')
    sources: dict[str, int] = Field(description="How many were corrected, confirmed, training.")
    days: dict[str, int] = Field(description="How many were received a day, yyyy-mm-dd, UTC.")
    confusion: list[list[int]] = Field(
        description="A row for each prediction 0 to 9, a column for each label 0 to 9 and NaN."
    )
    means: dict[str, str | None] = Field(
        description="The mean image of each digit, 28×28, as a PNG data URL; null without rows."
    )
    recent: list[RecentDrawing] = Field(description="The latest drawings, the latest first.")
    quarantined: int = Field(description="Objects that hold no row and were set aside.")


class Health(Model):
    """The service can answer."""

    status: Literal["healthy"]
    csv_found: bool = Field(description="Whether there is feedback to download.")
    model_version: str
