import pytest

from digit_recognizer.settings import PROJECT, Settings


def test_data_is_kept_in_the_projects_folder_by_default() -> None:
    settings = Settings.from_environment({})

    assert settings.data_store == (PROJECT / "data").as_uri()
    assert (PROJECT / "layers" / "model").is_dir()


def test_an_empty_variable_is_a_missing_one() -> None:
    environment = {"DATA_STORE": "", "MAX_BODY_BYTES": ""}

    assert Settings.from_environment(environment) == Settings.from_environment({})


def test_the_environment_is_followed() -> None:
    settings = Settings.from_environment({"DATA_STORE": "s3://b/p", "MAX_BODY_BYTES": "1000"})

    assert settings == Settings(data_store="s3://b/p", max_body_bytes=1000)


@pytest.mark.parametrize("limit", ["six", "-1", "0", "1e6"])
def test_a_limit_that_is_no_number_is_named(limit: str) -> None:
    with pytest.raises(ValueError, match=f"MAX_BODY_BYTES is '{limit}'; it must be"):
        Settings.from_environment({"MAX_BODY_BYTES": limit})
