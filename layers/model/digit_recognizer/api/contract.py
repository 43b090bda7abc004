"""The shapes of requests and answers, for OpenAPI only: nothing is validated with them.

`recognition.pictures` and `feedback.request` check requests themselves, with sentences for people.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Base class; fields that are not named here are ignored in requests."""

    model_config = ConfigDict(protected_namespaces=())


class Error(Shape):
    """What went wrong."""

    error: str = Field(description="What is wrong and what would be right.")


_IMAGE = Field(
    description="The drawing as a data URL in base64: PNG, JPEG, WebP, BMP or GIF.",
    pattern=(
        r"^data:[^,]{0,87};base64,(?:[A-Za-z0-9+/]{4})*"
        r"(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$"
    ),
    json_schema_extra={"format": "data-url"},
    examples=[
        "data:image/png;base64,"
        "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcAQAAAABaduI5AAAAPElEQVR42mP8z8DwkYmBgYEBK/GfkQXCYmH8/wIu"
        "gWBdgLAY/v+3/wAV++8AE/vzHyb2F27oLziLB8M2AOsBESP00/XJAAAAAElFTkSuQmCC"
    ],
)

_Id = Annotated[
    str,
    Field(
        pattern="^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-7[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$",
        json_schema_extra={"format": "uuid"},
    ),
]


class PredictRequest(Shape):
    """A drawing to recognise."""

    image: str = _IMAGE
    explain: Any = Field(
        False,
        description='true: answer with what the model saw, too; "evidence": also with what in it'
        " speaks for the answer; anything else is as false.",
    )
    digits: Literal[1, "several"] | None = Field(
        None,
        description='How many there are, where a person has said so: 1, or "several", which is'
        " read as one all the same where none can be told apart; else it is found out.",
    )


class Evidence(Shape):
    """What each pixel that the model saw speaks for."""

    runner_up: int = Field(ge=0, le=9, description="The digit that comes next.")
    weights: list[int] = Field(
        min_length=784,
        max_length=784,
        description="Row by row, -100 to 100: above 0 for the answer, below for the runner-up.",
    )


_Edge = Annotated[int, Field(ge=0)]
_Extent = Annotated[int, Field(ge=1)]
_BOX = "Left, top, width and height in pixels of the upright picture."


class DigitOfNumber(Shape):
    """A digit of several."""

    prediction: int = Field(ge=0, le=9)
    confidence: float = Field(ge=0, le=1, description="How sure the model is of the digit.")
    probabilities: list[float] = Field(min_length=10, max_length=10, description="By digit.")
    uncertain: bool = Field(description="Whether it had better be asked about.")
    box: tuple[_Edge, _Edge, _Extent, _Extent] = Field(description=_BOX)
    id: str = Field(description="To be sent, with the box, with feedback on this digit.")
    input: str | None = Field(
        None, description="With explain: the 28×28 image that the model saw, as a PNG data URL."
    )


class PredictAnswer(Shape):
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
    evidence: Evidence | None = Field(None, description='With explain as "evidence".')
    number: str | None = Field(
        None,
        description="Where there are several digits: all of them, lines parted by a blank."
        " Then the fields above are the first one's, and uncertain.",
    )
    digits: list[DigitOfNumber] | None = Field(
        None, min_length=2, max_length=32, description="Each of them, in the order of reading."
    )


class IntoService(Shape):
    """How a version came into service."""

    kind: Literal["built-in", "promotion", "rollback"] = Field(
        description="Part of the package, promoted, or taken back to."
    )
    reason: str = Field(description="Why, for people.")
    since: str = Field(description="ISO 8601, UTC; of the package's: when it was made.")


class PreviousModel(IntoService):
    """A version that was in service before."""

    version: str
    until: str = Field(description="ISO 8601, UTC.")
    created: str
    figures: dict[str, float] = Field(description="How well it does.")
    rows: int = Field(ge=0, description="Of feedback that it learned from.")


class ModelCard(Shape):
    """The model in service."""

    model_config = ConfigDict(protected_namespaces=(), extra="allow")

    version: str
    created: str
    data: Any = Field(description="What it was trained on.")
    figures: dict[str, Any] = Field(description="How well it does.")
    in_service: IntoService
    previous: list[PreviousModel] = Field(
        description="What was in service before it, the latest first; the last twenty."
    )


class FeedbackRequest(Shape):
    """What a person says about a drawing."""

    image: str = _IMAGE
    box: tuple[_Edge, _Edge, _Extent, _Extent] | None = Field(
        None, description=f"Of one digit of several. {_BOX}"
    )
    label: Literal[
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "NaN",
        "0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0", "8.0", "9.0",
    ] = Field(description='The digit, or "NaN" for a drawing that is not one.')  # fmt: skip
    id: _Id | None = Field(None, description="Of the answer; the same id twice is one row.")
    prediction: int | None = Field(None, ge=0, le=9, description="What was answered.")
    confidence: float | None = Field(None, ge=0, le=1, description="Of that answer.")
    model_version: str | None = Field(
        None, description="Of that answer.", min_length=1, max_length=100
    )
    source: Literal["corrected", "confirmed", "training"] | None = None
    contributor: str | None = Field(
        None,
        pattern="^[A-Za-z0-9_-]{16,64}$",
        description="A random name that the client made for itself once; nothing of a person.",
    )


class TakeBackRequest(Shape):
    """A row to take back: from now on it is in no file and teaches no model."""

    id: _Id = Field(
        description="Of the row. Whoever knows it may take the row back; it is taken even if there"
        " is no such row yet, for then none comes in under it."
    )
    taken_back: Literal[True]


class FeedbackAnswer(Shape):
    """The feedback is saved, or taken back."""

    status: Literal["success"]
    message: str
    id: str = Field(description="The row's id.")


class RecentDrawing(Shape):
    """A drawing among the latest."""

    id: str = Field(description="Tells it from the others; not the row's, which is a secret.")
    received_at: str = Field(description="ISO 8601, UTC.")
    label: int | Literal["NaN"]
    prediction: int | None = Field(description="What was answered, where known.")
    confidence: float | None
    source: Literal["corrected", "confirmed", "training"]
    image: str = Field(description="28×28, as a PNG data URL.")


class FeedbackSummary(Shape):
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
    drift: str | None = Field(
        description="What has moved in the last week, in a sentence; null if nothing has."
    )
    waiting_for_retraining: int = Field(
        ge=0, description="How many of the rows no retraining has looked at."
    )


class Health(Shape):
    """The service can answer."""

    status: Literal["healthy"]
    csv_found: bool = Field(description="Whether there is feedback to download.")
    model_version: str
    version: str = Field(description="Of the code.")
    revision: str | None = Field(description="Of the deployment; null where nothing was deployed.")
