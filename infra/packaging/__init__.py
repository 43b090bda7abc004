"""How the Lambda artefacts are made: wheels of the target, trimmed, with byte-code.

`sam build` runs the Makefiles of `layers/model` and `functions/*`, and those run
`python -m infra.packaging`. Only the standard library is imported, so that any Python from 3.11 on
will do; the wheels are fetched by `uv pip`, which answers for the target, not for this machine.
"""
