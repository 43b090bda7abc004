"""`python -m infra.packaging build` runs `sam build`, and weighs what it made.

`sam build` runs `layer FOLDER` and `NAME FOLDER`, which make one artefact each; `sizes FOLDER`
only weighs. The target is in PYTHON_VERSION and ARCHITECTURE. What can't be done is said in one
sentence.
"""

import sys
from pathlib import Path

from infra.packaging import artefacts, sam_build, sizes
from infra.packaging.target import PackagingError, Target


def main(arguments: list[str]) -> None:
    """Do what the command line asks."""
    match arguments:
        case ["layer", folder]:
            artefacts.build_layer(Path(folder), Target.from_environment())
        case ["build"]:
            sam_build.build(sizes.BUILT, Target.from_environment())
            _weigh(sizes.BUILT)
        case ["sizes", folder]:
            _weigh(Path(folder))
        case [name, folder] if (artefacts.PROJECT / "functions" / name / "app.py").is_file():
            artefacts.build_function(name, Path(folder), Target.from_environment())
        case _:
            raise PackagingError("Say what to build: build, layer FOLDER, or NAME FOLDER.")


def _weigh(built: Path) -> None:
    weights = sizes.weigh(built)
    print(sizes.table(weights))
    sizes.check(weights)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except PackagingError as error:
        sys.exit(f"Build stopped: {error}")
