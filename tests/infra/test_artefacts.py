"""The built artefacts: what is in them, what they weigh, and that they are the same each time."""

import importlib.util
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from digit_recognizer.settings import PROJECT
from infra.packaging import artefacts, bytecode, sizes, tree, trim, wheels
from infra.packaging.sizes import AWS_LIMIT, MIB, UNZIPPED_LIMIT, ZIPPED_LIMIT, Weight
from infra.packaging.target import PackagingError, Target

# PEP 552: bit 0 says that a hash stands in the header, bit 1 that Python must check it.
UNCHECKED_HASH = 0b01


def packaging(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m infra.packaging` as the Makefiles start it."""
    return subprocess.run(
        [sys.executable, "-m", "infra.packaging", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_a_function_with_its_layer_is_below_both_limits(built: Path) -> None:
    weights = sizes.weigh(built)
    layer = weights["ModelLayer"]

    for name in artefacts.FUNCTIONS:
        assert weights[name].unzipped + layer.unzipped <= UNZIPPED_LIMIT < AWS_LIMIT
        assert weights[name].zipped + layer.zipped <= ZIPPED_LIMIT
    sizes.check(weights)
    assert "| numpy |" in sizes.table(weights)


def test_the_same_sources_make_the_same_bytes(built: Path, target: Target, tmp_path: Path) -> None:
    again = tmp_path / "elsewhere" / "ModelLayer"
    artefacts.build_layer(again, target)
    artefacts.build_function("predict", tmp_path / "PredictFunction", target)

    assert tree.digest(again) == tree.digest(built / "ModelLayer")
    assert tree.digest(tmp_path / "PredictFunction") == tree.digest(built / "PredictFunction")
    assert tree.zipped(tmp_path / "PredictFunction") == tree.zipped(built / "PredictFunction")


def test_every_module_has_byte_code_that_python_takes_unseen(built: Path, target: Target) -> None:
    for module in built.rglob("*.py"):
        name = f"{module.stem}.cpython-{target.python.replace('.', '')}.pyc"
        compiled = module.parent / "__pycache__" / name
        assert compiled.is_file(), module
        header = compiled.read_bytes()[:8]
        assert int.from_bytes(header[4:], "little") == UNCHECKED_HASH, module
    if target.python == "{}.{}".format(*sys.version_info[:2]):
        assert header[:4] == importlib.util.MAGIC_NUMBER


def test_nothing_is_shipped_that_serving_cannot_use(built: Path) -> None:
    layer = built / "ModelLayer" / "python"
    names = {path.relative_to(layer).as_posix() for path in layer.rglob("*")}

    for suffix in (".pyi", ".h", ".keras", ".a", ".png"):
        assert not [name for name in names if name.endswith(suffix)]
    assert not [name for name in names if "/tests/" in name or "vendors" in name]
    assert not [name for name in names if "Accelerator" in name]
    assert not names & {"tensorflow", "cv2", "boto3", "mangum", "google", "tqdm", "ml_dtypes"}
    assert {
        "digit_recognizer/artefacts/digit_recognizer_model.tflite",
        "digit_recognizer/artefacts/ink_finder.tflite",
        "digit_recognizer/artefacts/digit_judge.tflite",
        "digit_recognizer/artefacts/digit_centres.tflite",
    } <= names
    assert not (built / "FeedbackFunction" / "boto3").exists()
    assert (built / "DownloadFunction" / "boto3").exists()
    services = (built / "DownloadFunction" / "botocore" / "data").iterdir()
    assert {path.name for path in services if path.is_dir()} == {
        "lambda",
        "s3",
        "secretsmanager",
    }


def test_licences_are_kept(built: Path) -> None:
    for information in built.rglob("*.dist-info"):
        metadata = (information / "METADATA").read_text("utf-8")
        if "\nLicense-File:" in metadata:
            assert any(information.rglob("*LICEN[CS]E*")) or any(information.rglob("COPYING*"))
    assert (built / "ModelLayer" / "python" / "digit_recognizer" / "LICENSE").is_file()


def test_no_path_of_the_building_machine_is_shipped(built: Path) -> None:
    for compiled in built.rglob("*.pyc"):
        content = compiled.read_bytes()
        assert str(PROJECT).encode() not in content
        assert str(built).encode() not in content


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PYTHON_VERSION": "2.7"}, "PYTHON_VERSION is '2.7'; choose one that Lambda has"),
        ({"ARCHITECTURE": "sparc"}, "ARCHITECTURE is 'sparc'; it must be x86_64 or arm64."),
    ],
)
def test_a_target_that_does_not_exist_is_named(
    tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    done = packaging("layer", str(tmp_path / "layer"), **variables)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Build stopped: {sentence}")
    assert not any(tmp_path.iterdir())


def test_a_package_without_a_wheel_for_the_target_is_named(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    text = (artefacts.LAYER / "requirements.txt").read_text("utf-8")
    pins.write_text(
        wheels._pins(text, wheels.names(artefacts.LAYER / "requirements.txt") - {"numpy"})
    )

    with pytest.raises(PackagingError, match=r"no wheel for Python 3.10 on x86_64.*choose another"):
        wheels.install(pins, tmp_path / "into", Target("3.10"))


def test_without_a_network_the_build_says_so(tmp_path: Path) -> None:
    nowhere = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_CACHE_DIR": str(tmp_path / "c")}
    nowhere |= {"UV_HTTP_RETRIES": "0", "UV_INDEX": "", "UV_FIND_LINKS": ""}
    done = packaging("predict", str(tmp_path / "out" / "predict"), **nowhere)

    assert done.returncode == 1
    assert "Build stopped: The wheels could not be fetched" in done.stderr
    assert not any((tmp_path / "out").iterdir())


def test_a_half_built_folder_is_named(built: Path, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("")
    (tmp_path / "ModelLayer").symlink_to(built / "ModelLayer")

    done = packaging("sizes", str(tmp_path))

    assert done.returncode == 1
    expected = "The build is not whole: PredictFunction/app.py is missing; run `make build`."
    assert done.stderr.strip() == f"Build stopped: {expected}"


def test_an_artefact_over_the_limit_is_named_with_its_largest_package() -> None:
    light = Weight(MIB, MIB, Counter(app=MIB))
    weights = dict.fromkeys(artefacts.FUNCTIONS, light)
    weights["ModelLayer"] = Weight(160 * MIB, 40 * MIB, Counter(tensorflow=150 * MIB))

    with pytest.raises(PackagingError, match=r"weighs 161\.0 MiB .* largest is tensorflow \(150"):
        sizes.check(weights)


def test_without_the_targets_python_there_is_a_warning_and_no_byte_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bytecode, "interpreter", lambda _version: None)
    (tmp_path / "module.py").write_text("")

    bytecode.compile_tree(tmp_path, Target("3.14"), "/opt/python")

    assert "Warning: there is no Python 3.14" in capsys.readouterr().err
    assert not (tmp_path / "__pycache__").exists()


def test_a_missing_model_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefacts, "LAYER", tmp_path)

    with pytest.raises(PackagingError, match=r"digit_recognizer_model\.tflite.*make train"):
        artefacts.build_layer(tmp_path / "layer", Target())


def test_what_is_left_out_is_pinned() -> None:
    pinned = wheels.names(artefacts.LAYER / "requirements.txt")

    assert pinned >= trim.UNUSED_PACKAGES
