"""Commands in this process, as somebody types them."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from workshop.cli.app import app


def invoke(*words: object, **environment: str) -> Result:
    """Run `workshop` with these words and variables."""
    return CliRunner().invoke(app, [str(word) for word in words], env=environment)
