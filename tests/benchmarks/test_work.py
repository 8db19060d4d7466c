import pytest

from benchmarks.contenders.keras_models import built
from benchmarks.harness import work
from benchmarks.harness.cases import DENSE_DIGITS, DIGITS, FORECASTER, RECURRENT, sentiment
from benchmarks.harness.networks import Network, drawn_weights
from benchmarks.harness.work import Limits, Work
from benchmarks.procedures import test_gans
from workshop.measures.ch07_gans import ex05_dcgan

DENSE = Network((3,), (("Dense", 5, "relu"),))

# operations of one row's forward pass, counted by hand
FLOPS = {
    "dense digits": (DENSE_DIGITS, 2 * (784 * 50 + 50 * 20 + 20 * 10)),
    "digits": (DIGITS, 2 * (26 * 26 * 64 * 9 + 11 * 11 * 64 * 9 * 64 + 1600 * 128 + 128 * 10)),
    "forecaster": (FORECASTER, 2 * (10 * (1 * 32 + 32 * 32) + 32)),
    "LSTM": (sentiment(200, *RECURRENT["LSTM"]), 2 * (200 * 4 * (32 * 32 + 32 * 32) + 32)),
    "GRU": (sentiment(200, *RECURRENT["GRU"]), 2 * (200 * 3 * (32 * 32 + 32 * 32) + 32)),
    "bidirectional": (sentiment(10, *RECURRENT["bidirectional LSTM"]), 2 * (2 * 10 * 4 * 2 * 32 * 32 + 64)),
    "stacked": (sentiment(10, *RECURRENT["stacked LSTM"]), 2 * (2 * 10 * 4 * 2 * 32 * 32 + 32)),
}


@pytest.mark.parametrize("name", FLOPS)
def test_operations_of_a_forward_pass(name):
    network, flops = FLOPS[name]

    assert work.inference(network, 1).flops == flops
    assert work.inference(network, 7).flops == 7 * flops
    assert work.training_step(network, 7, moments=2).flops == 21 * flops


@pytest.mark.parametrize("name", FLOPS)
def test_operations_of_a_model(name):
    pytest.importorskip("tensorflow")
    network, flops = FLOPS[name]
    model = built(network, drawn_weights(network), one_loop=True)
    first = {"dense digits": 2 * 784 * 50, "digits": 2 * 26 * 26 * 64 * 9, "forecaster": flops - 2 * 32}.get(
        name, 0
    )

    assert work.products(model, 0, 7) == 7 * flops
    assert work.products(model, 1, 2) == 5 * flops - first


def test_operations_of_a_gan():
    pytest.importorskip("tensorflow")
    generator = 100 * 512 + 512 * 3136 + 49 * 25 * 32 * 64 + 196 * 25 * 32

    assert work.products(ex05_dcgan.NETWORKS.generator.model, 0, 1) == 2 * generator
    assert test_gans.of_pass(ex05_dcgan.NETWORKS, 256) == pytest.approx(work.DCGAN.flops, rel=0.01)


def test_bytes_of_a_dense_layer():
    forward = 4 * (4 * 3 + 20 + 2 * 4 * 5)
    backward = 4 * 3 * 4 * 5

    assert work.inference(DENSE, 4).bytes == forward
    assert work.training_step(DENSE, 4, moments=2).bytes == forward + backward + 4 * (2 + 2 + 4) * 20
    assert work.training_step(DENSE, 4, moments=0).bytes == forward + backward + 4 * (2 + 2) * 20


def test_work_of_a_convolution():
    found = work.convolution((1, 5, 4, 2), (2, 3, 2, 3))

    assert found == Work(2 * (4 * 2 * 3) * (2 * 3 * 2), 4 * (40 + 36 + 24))


@pytest.mark.parametrize(("flops", "floor"), [(100, 10), (10, 2)])
def test_the_floor_is_the_longer_of_two_times(flops, floor):
    assert Work(flops, 100).floor(Limits(10, 50, "")) == floor


def test_an_embedding_is_read_by_its_words():
    rows = [work.inference(Network((n,), (("Embedding", 10, 4),), whole=True), 1).bytes for n in (2, 30)]

    assert rows == [4 * (2 + 2 * 2 * 4 + 2 * 4), 4 * (30 + 2 * 30 * 4 + 10 * 4)]
