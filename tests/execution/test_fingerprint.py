"""The fingerprint changes with everything that an outcome depends on, and with nothing else."""

import hashlib
import importlib
from dataclasses import replace

import numpy as np
import pytest

from workshop.execution import planner as fingerprints
from workshop.execution.environment import this_environment
from workshop.execution.planner import fingerprint

BASE = {
    "part": "ch09.ex01:f",
    "code": "digest of the code",
    "settings": {"epochs": 2, "rate": 0.1},
    "data": {"iris": "c1"},
    "seed": 3,
    "upstream": ["u1"],
    "environment": "python=3",
}


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("part", "ch09.ex01:g"),
        ("code", "another digest"),
        ("settings", {"epochs": 3, "rate": 0.1}),
        ("settings", {"epochs": 2, "rate": 0.1, "batch": 4}),
        ("settings", {"epochs": "2", "rate": 0.1}),
        ("data", {"iris": "c2"}),
        ("data", {"iris": "c1", "sonar": "c2"}),
        ("seed", 4),
        ("seed", None),
        ("upstream", ["u2"]),
        ("environment", "python=4"),
    ],
)
def test_everything_that_an_outcome_depends_on_counts(what, value):
    assert fingerprint(**{**BASE, what: value}) != fingerprint(**BASE)


@pytest.mark.parametrize("kind", [np.int64, np.float32, object])
def test_a_long_array_counts_whole(kind):
    one, other = (np.zeros(1001, kind) for _ in range(2))
    other[500] = 1
    assert repr(one) == repr(other)
    arrays = (one, other, one.reshape(7, 143), one.astype(np.float64))
    assert len({fingerprint(**{**BASE, "settings": {"x": array}}) for array in arrays}) == 4
    assert fingerprint(**{**BASE, "settings": {"x": one.copy()}}) == fingerprint(
        **{**BASE, "settings": {"x": one}}
    )


def test_known_content_has_the_fingerprint_that_it_always_had(monkeypatch):
    monkeypatch.setattr(fingerprints, "code_digest", lambda *names: f"code of {':'.join(names)}")
    content = (
        '{"code": ["digest of the code", "code of workshop.execution.calling:run_call"], '
        '"data": {"iris": "c1"}, "environment": "python=3", FORM"part": "ch09.ex01:f", "seed": 3, '
        '"settings": {"epochs": "2", "rate": "0.1"}, "upstream": ["u1"]}'
    )
    for form in ("", "@first steps"):
        written = content.replace("FORM", f'"form": "{form}", ' if form else "")
        assert fingerprint(**BASE, form=form) == hashlib.sha256(written.encode()).hexdigest()[:40]


def test_the_order_of_settings_and_data_does_not_count():
    turned = {**BASE, "settings": {"rate": 0.1, "epochs": 2}}
    assert fingerprint(**turned) == fingerprint(**BASE)


def test_versions_device_and_threads_are_in_the_environment(monkeypatch):
    one, two = this_environment(), replace(this_environment(), threads=2)
    assert one.digest_text() != two.digest_text()
    monkeypatch.setattr("workshop.execution.environment._gpu_visible", lambda: one.device == "cpu")
    assert this_environment().digest_text() != one.digest_text()
    assert f"numpy={importlib.import_module('numpy').__version__}" in one.digest_text()


def test_the_code_that_calls_a_unit_counts(monkeypatch):
    before = fingerprint(**BASE)
    monkeypatch.setattr(fingerprints, "code_digest", lambda *_: "other")
    assert fingerprint(**BASE) != before
