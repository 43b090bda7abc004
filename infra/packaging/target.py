"""What is built for: a Python and a processor of AWS Lambda."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

# 3.11 is for tests on machines that have no newer Python: the template does not take it, because
# Lambda runs it on Amazon Linux 2, whose glibc 2.26 is too old for NumPy's wheels.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
ARCHITECTURES = {
    "x86_64": "x86_64-manylinux",
    "arm64": "aarch64-manylinux",
}


class PackagingError(Exception):
    """The build can't go on; `str(error)` is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """A runtime of Lambda.

    Attributes:
        python: its Python, such as "3.13".
        architecture: its processor as Lambda names it, "x86_64" or "arm64".
    """

    python: str = "3.13"
    architecture: str = "x86_64"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Target":
        """Read PYTHON_VERSION and ARCHITECTURE; a variable that is missing has its default.

        Raises:
            PackagingError: a variable names no runtime that this project can be built for.
        """
        python = environment.get("PYTHON_VERSION") or cls().python
        architecture = environment.get("ARCHITECTURE") or cls().architecture
        if python not in PYTHONS:
            raise PackagingError(
                f"PYTHON_VERSION is {python!r}; choose one that Lambda has and every dependency"
                f" has a wheel for: {', '.join(PYTHONS)}."
            )
        if architecture not in ARCHITECTURES:
            raise PackagingError(
                f"ARCHITECTURE is {architecture!r}; it must be {' or '.join(ARCHITECTURES)}."
            )
        return cls(python, architecture)

    @property
    def platform(self) -> str:
        """The platform in uv's words: Amazon Linux 2023, with glibc 2.34."""
        return f"{ARCHITECTURES[self.architecture]}_2_34"
