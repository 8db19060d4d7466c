"""What later versions changed, as lanes from the book's version to the run's."""

from tests.reporting.test_by_version import KERAS_2, KERAS_3, SLOWER, STRICTER, Changed, made_up
from workshop.reporting.report.by_version import changes, lanes

ENVIRONMENT = {"tensorflow": "2.21.0", "nltk": "3.10.4", "python": "3.12.1"}


OLD, STRICT, NEW = (
    (when, STRICTER, "changed", ours) for when, ours in ((KERAS_2, False), (KERAS_3, False), (KERAS_3, True))
)
# what changed, and the versions of the run
RUNS: dict[str, tuple[list[Changed], dict[str, str]]] = {
    "Keras is on the lane of its TensorFlow": (
        [OLD, (KERAS_2, STRICTER, "deferred", False), NEW, ({"nltk": ">=3.6"}, SLOWER, "deferred", False)],
        ENVIRONMENT,
    ),
    "a run without versions": ([STRICT], {}),
    "an unknown version": ([STRICT], {"tensorflow": "unknown"}),
    "the book counts before our own": ([STRICT, NEW], ENVIRONMENT),
}


def test_lanes_read_as_written(golden):
    """From the book's version to the run's; a stop says how many changed and where they are listed."""
    said = {}
    for name, (changed, environment) in RUNS.items():
        found = lanes(changes(*made_up(changed)), environment)
        said[name] = "\n".join(
            f"{lane.library} {lane.note}\n"
            + "\n".join(f"  {s.version} at {s.place}: {s.number} {s.state} {s.target}" for s in lane.stops)
            for lane in found
        )
    golden("lanes.txt", said)
