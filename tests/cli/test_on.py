"""`--on` and its like: what is refused is one line, with the remedy."""

import importlib.util

import pytest

from tests.toy.commands import invoke
from workshop.cli.common import say_usage
from workshop.execution.run import Usage

REFUSED = {
    "verify ch01 --on ray://nowhere": "nowhere: name a cluster like ray://host:10001",
    "verify ch01 --on ray://127.0.0.1:9": "127.0.0.1:9: no Ray cluster answers there (connection refused)",
}


pytestmark = pytest.mark.usefixtures("own_place")


@pytest.mark.parametrize("command", REFUSED)
def test_what_cannot_be_is_refused_in_one_line(command, monkeypatch):
    if "ray://" in command:
        pytest.importorskip("ray")
    result = invoke(*command.split())
    assert result.exit_code == 2
    assert REFUSED[command] in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_without_ray_the_extra_is_named(monkeypatch):
    """The rest of the package works without it."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ray" else find(name))
    result = invoke("verify", "ch01", "--on", "ray")
    assert result.exit_code == 2
    assert result.stderr == 'workshop: --on ray needs Ray: pip install "workshop[cluster]"\n'


def test_the_use_of_a_cluster_is_one_line(capsys):
    say_usage("ray", Usage(cores=8, wall=600, busy=3600, computing=3420, longest=190, last="ch05.ex04:fit#3"))
    say_usage("ray", Usage())
    say_usage(None, Usage(cores=2, wall=600, busy=3600))
    assert capsys.readouterr().err == (
        "workshop: 8 cores for 10:00, busy for 75 % of it; the longest chain took 3:10 and ended with "
        "ch05.ex04:fit#3; 3:00 of the cores' time went to starts, imports and data\n"
    )
