"""What a user has set changes no outcome in silence: it is neutralised, or the environment names it."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import types
import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from workshop.execution import surroundings
from workshop.execution.environment import this_environment
from workshop.execution.interpreter import OtherPython
from workshop.execution.surroundings import neutral, neutralise, usual_settings

# with the values that a process that computes has instead; None is none
NEUTRALISED = {
    "AUTOGRAPH_STRICT_CONVERSION": ("1", None),
    "CUBLAS_WORKSPACE_CONFIG": (":4096:8", None),
    "KERAS_BACKEND": ("jax", "tensorflow"),
    "KERAS_HOME": ("/somewhere", os.devnull),
    "KERAS_MAX_EPOCHS": ("1", None),
    "MKL_NUM_THREADS": ("3", "1"),
    "NLTK_DATA": ("/somewhere", None),
    "NVIDIA_TF32_OVERRIDE": ("0", None),
    "OMP_NUM_THREADS": ("3", "1"),
    "OPENBLAS_NUM_THREADS": ("3", "1"),
    "PANDAS_FUTURE_INFER_STRING": ("1", None),
    "PYTHONOPTIMIZE": ("2", None),
    "PYTHONWARNINGS": ("error", None),
    "SCIPY_ARRAY_API": ("1", None),
    "SKLEARN_WORKING_MEMORY": ("1", None),
    "TF2_BEHAVIOR": ("0", None),
    "TF_CUDNN_DETERMINISTIC": ("1", None),
    "TF_DETERMINISTIC_OPS": ("1", None),
    "TF_ENABLE_ONEDNN_OPTS": ("0", None),
    "TF_NUM_INTEROP_THREADS": ("3", None),
    "TF_NUM_INTRAOP_THREADS": ("3", None),
    "TF_XLA_FLAGS": ("--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit", None),
    "XLA_FLAGS": ("--xla_force_host_platform_device_count=2", None),
}
NAMED = {
    "DNNL_MAX_CPU_ISA": "AVX2",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2",
    "MKL_CBWR": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "NPY_DISABLE_CPU_FEATURES": "AVX2",
    "NPY_ENABLE_CPU_FEATURES": "AVX2",
    "NPY_PROMOTION_STATE": "legacy",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "OPENBLAS_CORETYPE": "Sandybridge",
    "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
}
KEPT = {
    "": "a variable without a name",
    "CUDA_VISIBLE_DEVICES": "0",
    "HOME": "/home/me",
    "LC_ALL": "C",
    "PATH": "/bin",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "TF_USE_LEGACY_KERAS": "1",
    "TZ": "Asia/Kathmandu",
    "WORKSHOP_MIRROR": "/data",
}
UNITS = """
import json, sys, warnings
from threadpoolctl import threadpool_info

def look():
    warnings.warn("what a library warns of")
    np.float64(1.0) / np.float64(0.0)
    seen = {name: os.environ.get(name) for name in NAMES}
    seen["pools"] = [pool["num_threads"] for pool in threadpool_info()]
    tally(json.dumps(seen, separators=(",", ":")))
    return 1.0

@unit("ch09.ex01", value="seen")
def one() -> float:
    return look()

@unit("ch09.ex02", value="seen")
def two() -> float:
    return look()
"""
KERAS_UNIT = """
from workshop.execution.environment import this_environment

before = this_environment().digest_text()
from workshop.training.backend import keras

@dataclass(frozen=True)
class Layer:
    dtype: str
    backend: str
    digest: str

@unit("ch09.ex01")
def layer() -> Layer:
    import pandas, scipy, sklearn, nltk, gensim, matplotlib.pyplot
    digest = "the same" if this_environment().digest_text() == before else this_environment().digest_text()
    built = keras.layers.Conv2D(1, 2)
    built.build((None, 5, 4, 3))
    kernel = built.get_weights()[0]
    used = "%s %s %s" % (kernel.dtype, kernel.shape, keras.backend.epsilon())
    return Layer(used, keras.backend.backend(), digest)
"""


@pytest.fixture
def usual(monkeypatch) -> None:
    """Start from a process in which nothing is set."""
    for name in (*NEUTRALISED, *NAMED):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", NEUTRALISED)
def test_what_changes_outcomes_is_neutralised(name):
    odd, wanted = NEUTRALISED[name]
    assert neutral({name: odd}, ()).get(name) == wanted
    assert neutral({}, ()).get(name) == wanted


@pytest.mark.parametrize("name", KEPT)
def test_what_changes_no_outcome_is_kept(name):
    assert neutral({name: KEPT[name]}, ())[name] == KEPT[name]


@pytest.mark.parametrize("name", NAMED)
def test_what_chooses_instructions_is_kept_and_named(usual, name, monkeypatch):
    before = this_environment()
    assert before.system == f"{platform.system()} {platform.machine()}"
    monkeypatch.setenv(name, NAMED[name])
    if name != "NPY_PROMOTION_STATE":  # a process without NumPy starts without it
        assert neutral(os.environ, ())[name] == NAMED[name]
    after = this_environment()
    assert NAMED[name] in after.digest_text()
    assert after.digest_text() != before.digest_text()
    assert not before.arithmetic().items() <= after.arithmetic().items()


def test_of_the_flags_of_xla_instructions_are_named_and_a_folder_is_kept(usual, monkeypatch):
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    before = this_environment()
    monkeypatch.setenv("XLA_FLAGS", "--xla_gpu_cuda_data_dir=/c --xla_cpu_enable_fast_math=true")
    assert neutral(os.environ, ())["XLA_FLAGS"] == "--xla_gpu_cuda_data_dir=/c"
    assert this_environment() == before
    monkeypatch.setenv("XLA_FLAGS", "--xla_gpu_cuda_data_dir=/c --xla_cpu_max_isa=AVX")
    assert this_environment().cpu == f"{before.cpu}, --xla_cpu_max_isa=AVX"


@pytest.mark.parametrize("name", ["TF_XLA_FLAGS", "TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS"])
def test_what_tensorflow_has_read_already_is_named(usual, name, monkeypatch):
    """It stays for the processes that are started, too, so that all compute alike."""
    monkeypatch.setitem(sys.modules, "tensorflow", types.ModuleType("tensorflow"))
    before = this_environment().digest_text()
    monkeypatch.setenv(name, NEUTRALISED[name][0])
    assert neutral(os.environ, sys.modules)[name] == NEUTRALISED[name][0]
    assert NEUTRALISED[name][0] in this_environment().digest_text()
    assert this_environment().digest_text() != before


def test_an_interpreter_without_asserts_is_named(usual):
    program = "from workshop.execution.environment import this_environment as e; print(e().digest_text())"
    usual_text, text = (
        subprocess.run(
            [sys.executable, *flags, "-c", program], capture_output=True, text=True, check=True
        ).stdout
        for flags in ([], ["-OO"])
    )
    system = f"{platform.system()} {platform.machine()}"
    assert text == usual_text.replace(system, f"{system}, python -OO")
    assert "-OO" in text


@pytest.mark.parametrize("where", ["here", "in workers", "in another Python"])
def test_every_process_that_computes_has_the_usual_surroundings(bench, monkeypatch, where):
    python = bench.folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="$PYTHONPATH:{bench.folder}" exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    options = {"here": {}, "in workers": {"processes": 2}, "in another Python": {"python": str(python)}}
    bench.units(f"NAMES = {list(NEUTRALISED)}\n" + UNITS)
    rule = {"at_least": {"bound": 0}}
    bench.claims(*({"id": f"ch09.ex0{i}.c", "measure": "seen", "rule": rule} for i in (1, 2)))
    for name, (odd, _) in NEUTRALISED.items():
        monkeypatch.setenv(name, odd if not name.startswith("PYTHON") else "")
    running = bench.run(**options[where])
    out, errors = running.communicate(timeout=300)
    assert running.returncode == 0, errors
    assert [verdict for _, verdict, _ in json.loads(out)] == ["reproduced"] * 2, out
    wanted = {name: value for name, (_, value) in NEUTRALISED.items()}
    for line in bench.tally():
        seen = json.loads(line)
        assert set(seen.pop("pools")) <= {1}
        assert seen == wanted


def test_another_python_starts_without_the_variables_of_this_one(monkeypatch, tmp_path):
    odd = tmp_path / "two\nlines, ü"
    odd.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(odd))
    wrapper = tmp_path / "python"
    wrapper.write_text(f'#!/bin/sh\nenv > "{tmp_path}/seen"\nexec {sys.executable} "$@"\n')
    wrapper.chmod(0o755)
    for name in ("PYTHONHOME", "PYTHONSTARTUP", "PYTHONHASHSEED", "PYTHONWARNINGS", "TF_XLA_FLAGS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setitem(sys.modules, "tensorflow", types.ModuleType("tensorflow"))
    there = OtherPython(wrapper)
    assert there.environment().system == f"{platform.system()} {platform.machine()}"
    there.close()
    seen = [line.partition("=")[0] for line in (tmp_path / "seen").read_text().splitlines()]
    python = {name for name in seen if name.startswith(("PYTHON", "TF_XLA"))}
    assert python == {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}


class _Keras(types.ModuleType):
    """The settings of Keras."""

    def __init__(self, runs_on: str = "tensorflow") -> None:
        super().__init__("keras")
        self.values = {"floatx": "float64", "epsilon": 1e-3, "image_data_format": "channels_first"}
        self.policy = "mixed_float16"
        self.backend = types.SimpleNamespace(
            backend=lambda: runs_on,
            **{name: lambda name=name: self.values[name] for name in self.values},
            **{f"set_{name}": lambda v, name=name: self.values.update({name: v}) for name in self.values},
        )
        self.mixed_precision = types.SimpleNamespace(
            global_policy=lambda: self.policy,
            set_global_policy=lambda policy: setattr(self, "policy", policy),
        )


@pytest.mark.parametrize("name", ["keras", "tf_keras"])
def test_keras_gets_its_own_settings_for_a_call(name, monkeypatch):
    keras = _Keras()
    for each in ("keras", "tf_keras"):
        monkeypatch.delitem(sys.modules, each, raising=False)
    monkeypatch.setitem(sys.modules, name, keras)
    monkeypatch.setitem(sys.modules, "tensorflow", types.SimpleNamespace(keras=keras))
    before = dict(keras.values)

    def call() -> None:
        with usual_settings():
            assert keras.values == surroundings._USUAL_KERAS
            assert keras.policy == "float32"
            raise ValueError("as it must")

    with pytest.raises(ValueError, match="as it must"):
        call()
    assert keras.values == before
    assert keras.policy == "mixed_float16"


def test_keras_on_another_backend_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", _Keras("jax"))
    with pytest.raises(RuntimeError, match="Keras runs on jax here: start Python again"), usual_settings():
        pass


def test_warnings_and_floating_point_errors_raise_nothing_in_a_call():
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        with usual_settings(), warnings.catch_warnings(record=True):
            assert {pool["num_threads"] for pool in threadpool_info()} == {1}
            warnings.warn("no error", stacklevel=1)
            np.float64(1.0) / np.float64(0.0)
        with pytest.raises(FloatingPointError):
            np.float64(1.0) / np.float64(0.0)
        with pytest.raises(UserWarning):
            warnings.warn("an error", stacklevel=1)


@pytest.mark.nightly
def test_settings_of_keras_in_the_home_folder_do_not_count(bench, monkeypatch, tmp_path):
    """Neither there nor by KERAS_HOME, KERAS_BACKEND.

    What libraries set themselves is not named, so that an engine in a process that has imported them, such as
    a notebook, shares the store of all others.
    """
    odd = '{"floatx": "float64", "epsilon": 0.001, "backend": "jax", "image_data_format": "channels_first"}'
    for folder in (tmp_path / ".keras", tmp_path / "other"):
        folder.mkdir()
        (folder / "keras.json").write_text(odd)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    bench.units(KERAS_UNIT)
    bench.claims(
        {"id": "ch09.ex01.layer", "measure": "dtype", "documented": "float32 (2, 2, 3, 1) 1e-07"},
        {"id": "ch09.ex01.backend", "measure": "backend", "documented": "tensorflow"},
        {"id": "ch09.ex01.digest", "measure": "digest", "documented": "the same"},
    )
    running = bench.run()
    out, errors = running.communicate(timeout=300)
    assert running.returncode == 0, errors
    assert [verdict for _, verdict, _ in json.loads(out)] == ["reproduced"] * 3, out


def test_all_names_are_tried_here():
    assert set(surroundings._PROCESSOR) <= set(NAMED)
    assert set(surroundings._FIXED) <= set(NEUTRALISED)


def test_a_process_gets_the_wanted_variables_alone(monkeypatch):
    odd = {name: value for name, (value, _) in NEUTRALISED.items()}
    wanted = neutral(odd, sys.modules)
    monkeypatch.setattr(os, "environ", odd)
    neutralise()
    assert odd == wanted
