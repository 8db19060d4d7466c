"""`python -m workshop`: the same as the `workshop` command."""

from workshop.cli.app import app

if __name__ == "__main__":
    app()
