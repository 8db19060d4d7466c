"""The registry is complete and strict, and its errors are clear."""

import re
from pathlib import Path

import pytest

from tests.data import places
from workshop.datasets import DataError, registry
from workshop.datasets.model import REGISTRY_FILE, UnknownDataSetError, read_registry
from workshop.datasets.readers import READERS

NAMES = [
    "iris",
    "two_class_points",
    "sonar",
    "mnist",
    "fashion_mnist",
    "cifar10",
    "cats_and_dogs_filtered",
    "fruits360",
    "imdb",
    "amazon_reviews",
    "pizza_image",
    "text8",
    "glove_6b_100d",
    "glove_6b_100d_whole",
    "aapl_csv",
    "ibm_csv",
    "msft_csv",
    "imdb_word_index",
    "nltk_punkt",
    "nltk_stopwords",
    "nltk_stopwords_today",
    "nltk_wordnet",
    "nltk_gutenberg",
    "nltk_brown",
    "nltk_movie_reviews",
    "resnet50_imagenet",
    "vgg16_imagenet",
    "gtts_service",
]


def test_every_data_set_of_the_book_is_there():
    assert set(registry()) == set(NAMES)


def test_every_loader_exists():
    loaders = {edition.loader for data_set in registry().values() for edition in data_set.editions}
    assert loaders - {"gtts"} <= set(READERS)


def test_the_registry_agrees_with_itself():
    """Each file has one checksum and stays in its folder; names, locations, substitutes and aliases fit."""
    lines = re.findall(r"^  - id: (.*)$", REGISTRY_FILE.read_text("utf-8"), re.MULTILINE)
    assert lines == [*registry()]
    aliases = registry().model.aliases
    assert {*aliases.values()} <= {*registry()}
    assert not {*aliases} & {*registry()}
    for data_set in registry().values():
        editions = [edition.name for edition in data_set.editions]
        assert len({*editions}) == len(editions)
        assert not data_set.editions[0].substitute
        for place, edition in enumerate(data_set.editions):
            assert edition.substitute == (edition.why is not None)
            assert edition.same_content_as in (None, *editions[:place])
            assert 0 < edition.share <= 1
            assert edition.providers
            names = [file.name for file in edition.files]
            assert len({*names}) == len(names)
            for file in edition.files:
                sums = {64: file.sha256, 32: file.md5, 40: file.git_blob}
                ((length, checksum),) = ((n, text) for n, text in sums.items() if text is not None)
                assert re.fullmatch(rf"[0-9a-f]{{{length}}}", checksum)
                assert file.members is None or (file.bytes and re.fullmatch("[0-9a-f]{64}", file.members))
                assert ".." not in file.name
                assert not file.name.startswith("/")
            for provider in edition.providers:
                if provider.kind == "service":
                    continue
                assert provider.only in (None, *names)
                if hasattr(provider, "unpack"):
                    assert (provider.unpack == "zip") == (provider.member is not None)
                for file in edition.files:
                    assert "{" not in provider.location(file)
                    assert not hasattr(provider, "unpack") or provider.member_of(file)


def test_made_up_files_are_no_providers():
    embedded = [
        provider.at
        for data_set in registry().values()
        for edition in data_set.editions
        for provider in edition.providers
        if provider.kind == "embedded"
    ]
    assert embedded == ["{name}", "mnist/{name}.gz"]
    assert all(
        "readers" not in file.name for d in registry().values() for e in d.editions for file in e.files
    )


def test_a_shared_name_leads_to_its_own_name():
    with pytest.raises(
        DataError, match=r"no data set is named 'data_csv': it is called two_class_points here"
    ):
        registry()["data_csv"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("minst", r"did you mean mnist, MNIST handwritten digits.*\?$"),
        ("fashion", r"did you mean fashion_mnist, Fashion.*\?$"),
        ("nothing like it", "see `workshop data list`$"),
    ],
)
def test_an_unknown_name_says_what_was_meant(name, hint):
    """Asking for something unknown names what is close, or else the command that lists what there is."""
    with pytest.raises(UnknownDataSetError, match=f"^no data set is named '{name}': {hint}"):
        registry()[name]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    title: Fisher", "    colour: red\n    title: Fisher", r"data_sets\.1\.colour: .*correct it"),
        ("    licence: CC BY-SA 3.0\n", "", r"data_sets\.4\.licence: .*correct it"),
        (
            "{kind: embedded, at",
            "{kind: embeded, at",
            r"data_sets\.2\.editions\.0\.providers\.1: .*correct it",
        ),
    ],
)
def test_a_mistake_is_one_line(tmp_path, old, new, message):
    text = REGISTRY_FILE.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "registry.yaml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_registry(broken)
    assert re.match(r"registry\.yaml: .*" + message, str(caught.value)), str(caught.value)
    assert "\n" not in str(caught.value)


def test_mirror_paths_lead_to_files(monkeypatch):
    from workshop.datasets import statuses

    folders = {name: name for name in ("iris", "sonar", "two_class_points", "mnist")}
    folders["text8"] = "text8_prefix"
    mirror = places()["WORKSHOP_MIRROR"]
    if not mirror:
        pytest.skip("needs the mirror of real data: set WORKSHOP_MIRROR")
    monkeypatch.setenv("WORKSHOP_MIRROR", mirror)
    there = [name for name, folder in folders.items() if Path(mirror, folder).is_dir()]
    if not there:
        pytest.skip(f"WORKSHOP_MIRROR has none of {', '.join(folders.values())}: set it to a folder that has")
    states = {status.id: status.state for status in statuses(there)}
    assert states.pop("text8", "substitute") in {"substitute", "here"}
    assert set(states.values()) <= {"here"}
