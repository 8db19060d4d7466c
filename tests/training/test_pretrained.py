"""EfficientNet-Lite0 compared with layers in NumPy, and Keras' own networks with the files that they read."""

from types import SimpleNamespace

import numpy as np
import pytest

from workshop.training import backend, pretrained

EPSILON = 1e-3


pytestmark = pytest.mark.usefixtures("tensorflow", "without_xla")


def published_shapes():
    """Names and shapes of the PyTorch edition's arrays, written down from the published architecture."""
    blocks = [  # kernel size, expansion, filters in, filters out, block by block
        (3, 1, 32, 16), (3, 6, 16, 24), (3, 6, 24, 24), (5, 6, 24, 40), (5, 6, 40, 40), (3, 6, 40, 80),
        (3, 6, 80, 80), (3, 6, 80, 80), (5, 6, 80, 112), (5, 6, 112, 112), (5, 6, 112, 112), (5, 6, 112, 192),
        (5, 6, 192, 192), (5, 6, 192, 192), (5, 6, 192, 192), (3, 6, 192, 320),
    ]  # fmt: skip
    shapes = {"_conv_stem.weight": (32, 3, 3, 3), **norm("_bn0", 32)}
    for number, (size, expand, before, after) in enumerate(blocks):
        prefix, wide = f"_blocks.{number}.", expand * before
        if expand > 1:
            shapes.update(
                {prefix + "_expand_conv.weight": (wide, before, 1, 1), **norm(prefix + "_bn0", wide)}
            )
        shapes.update(
            {prefix + "_depthwise_conv.weight": (wide, 1, size, size), **norm(prefix + "_bn1", wide)}
        )
        shapes.update({prefix + "_project_conv.weight": (after, wide, 1, 1), **norm(prefix + "_bn2", after)})
    shapes.update({"_conv_head.weight": (1280, 320, 1, 1), **norm("_bn1", 1280)})
    return {**shapes, "_fc.weight": (1000, 1280), "_fc.bias": (1000,)}


def norm(name, width):
    """The four arrays of a batch normalisation."""
    return {f"{name}.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")}


def random_weights(seed):
    """Arrays of the published shapes, scaled to keep activations of order one; variances are positive."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in published_shapes().items():
        values = (
            rng.normal(size=shape) / np.sqrt(np.prod(shape[1:])) if len(shape) > 1 else rng.normal(size=shape)
        )
        weights[name] = (
            1.0 + rng.random(shape)
            if name.endswith(("running_var", "weight")) and len(shape) == 1
            else values
        )
    return {name: array.astype(np.float32) for name, array in weights.items()}


def normalised(x, weights, name):
    """Batch normalisation with the moving statistics, over the last axis."""
    weight, bias, mean, variance = (
        weights[f"{name}.{p}"] for p in ("weight", "bias", "running_mean", "running_var")
    )
    return (x - mean) / np.sqrt(variance + EPSILON) * weight + bias


def windows(x, size, stride):
    """Windows of TensorFlow's `same` padding: shape (rows, columns, size, size, channels)."""
    rows, columns = (-(-n // stride) for n in x.shape[:2])
    pads = [max((out - 1) * stride + size - n, 0) for out, n in ((rows, x.shape[0]), (columns, x.shape[1]))]
    x = np.pad(x, [(pads[0] // 2, pads[0] - pads[0] // 2), (pads[1] // 2, pads[1] - pads[1] // 2), (0, 0)])
    tops, lefts = np.arange(rows) * stride, np.arange(columns) * stride
    return np.array([[x[top : top + size, left : left + size] for left in lefts] for top in tops])


def forward(image, weights):
    """EfficientNet-Lite0 on one image, in NumPy: probabilities of the 1,000 classes."""

    def relu6(x):
        return np.clip(x, 0.0, 6.0)

    x = np.einsum("rcijk,okij->rco", windows(image, 3, 2), weights["_conv_stem.weight"])
    x = relu6(normalised(x, weights, "_bn0"))
    strides = {1: 2, 3: 2, 5: 2, 11: 2}
    for number in range(16):
        prefix, before = f"_blocks.{number}.", x
        if prefix + "_expand_conv.weight" in weights:
            x = relu6(
                normalised(
                    x @ weights[prefix + "_expand_conv.weight"][:, :, 0, 0].T, weights, prefix + "_bn0"
                )
            )
        kernel = weights[prefix + "_depthwise_conv.weight"][:, 0]
        x = np.einsum("rcijk,kij->rck", windows(x, kernel.shape[-1], strides.get(number, 1)), kernel)
        x = relu6(normalised(x, weights, prefix + "_bn1"))
        x = normalised(x @ weights[prefix + "_project_conv.weight"][:, :, 0, 0].T, weights, prefix + "_bn2")
        x = x + before if x.shape == before.shape else x
    x = relu6(normalised(x @ weights["_conv_head.weight"][:, :, 0, 0].T, weights, "_bn1"))
    scores = weights["_fc.weight"] @ x.mean(axis=(0, 1)) + weights["_fc.bias"]
    return np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()


def test_network_computes_what_the_layers_by_hand_compute():
    weights = random_weights(seed=1)
    image = np.random.default_rng(2).uniform(-1, 1, size=(64, 96, 3)).astype(np.float32)
    model = pretrained.efficientnet_lite0(weights, input_shape=image.shape)

    probabilities = model.predict_on_batch(image[np.newaxis])[0]

    assert np.ptp(probabilities) > 1e-3
    np.testing.assert_allclose(probabilities, forward(image, weights), rtol=2e-3, atol=1e-6)


def test_network_has_the_published_number_of_parameters():
    model = pretrained.efficientnet_lite0()

    trained = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    moving = sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)

    assert (trained, moving) == (4_652_008, 42_016)


def test_network_without_its_top_gives_features():
    model = pretrained.efficientnet_lite0(include_top=False, input_shape=(64, 96, 3))

    assert tuple(model.output_shape) == (None, 2, 3, 1280)


def test_missing_array_is_named():
    weights = random_weights(seed=1)
    del weights["_blocks.3._bn1.bias"]

    with pytest.raises(KeyError, match=r"_blocks\.3\._bn1\.bias"):
        pretrained.efficientnet_lite0(weights, input_shape=(32, 32, 3))


def test_pixels_are_scaled_around_127():
    image = np.array([[[[0, 127, 255]]]], dtype=np.uint8)

    np.testing.assert_array_equal(pretrained.scale_pixels(image), [[[[-127 / 128, 0.0, 1.0]]]])


@pytest.mark.nightly
@pytest.mark.keras
def test_resnet50_reads_its_file_and_subtracts_imagenet_means(tmp_path):
    path = tmp_path / "resnet50.weights.h5"
    saved = backend.keras.applications.ResNet50(weights=None)
    saved.save_weights(str(path))

    network = pretrained.pretrained(SimpleNamespace(architecture="ResNet50", weights=path))
    prepared = network.preprocess(np.array([[[[10.0, 20.0, 30.0]]]], dtype=np.float32))

    found, expected = network.model.get_weights(), saved.get_weights()
    assert len(found) == len(expected)
    assert all(np.array_equal(a, b) for a, b in zip(found, expected))  # noqa: B905 - runs on Python 3.7, too
    np.testing.assert_allclose(prepared[0, 0, 0], [30 - 103.939, 20 - 116.779, 10 - 123.68], rtol=1e-6)


VGG16_FILTERS = {1: (64, 64), 2: (128, 128), 3: (256, 256, 256), 4: (512, 512, 512), 5: (512, 512, 512)}


@pytest.fixture(scope="module")
def vgg16_file(tmp_path_factory):
    """Random arrays of VGG16 without its top, and a file of them as the published one is laid out."""
    h5py = pytest.importorskip("h5py")
    rng, arrays, channels = np.random.default_rng(4), [], 3
    path = tmp_path_factory.mktemp("vgg16") / "vgg16_notop.h5"
    with h5py.File(str(path), "w") as file:
        layers = []
        for block, widths in VGG16_FILTERS.items():
            for number, filters in enumerate(widths, 1):
                layers.append(f"block{block}_conv{number}")
                pair = {
                    f"{layers[-1]}_W_1:0": rng.random((3, 3, channels, filters), dtype=np.float32),
                    f"{layers[-1]}_b_1:0": rng.random(filters, dtype=np.float32),
                }
                group = file.create_group(layers[-1])
                group.attrs["weight_names"] = [name.encode() for name in pair]
                for name, array in pair.items():
                    group[name] = array
                arrays += pair.values()
                channels = filters
        file.attrs.update(layer_names=[n.encode() for n in layers], backend=b"tensorflow", keras_version=b"2")
    return path, arrays


@pytest.mark.keras
@pytest.mark.parametrize(("size", "features"), [((100, 100, 3), (3, 3, 512)), ((32, 64, 3), (1, 2, 512))])
def test_vgg16_as_a_base_has_the_weights_of_its_file(vgg16_file, size, features):
    path, arrays = vgg16_file

    base = pretrained.feature_base(SimpleNamespace(architecture="VGG16", weights=path), size)

    found = base.get_weights()
    assert tuple(base.output_shape) == (None, *features)
    assert len(found) == len(arrays) == 26
    assert all(np.array_equal(a, b) for a, b in zip(found, arrays))  # noqa: B905 - runs on Python 3.7, too


@pytest.mark.keras
def test_vgg16_comes_with_the_preprocessing_it_was_published_with(vgg16_file):
    files = SimpleNamespace(architecture="VGG16", weights=vgg16_file[0])

    network = pretrained.pretrained(files)
    prepared = network.preprocess(np.array([[[[10.0, 20.0, 30.0]]]], dtype=np.float32))

    assert tuple(network.model.output_shape) == (None, 7, 7, 512)
    np.testing.assert_allclose(prepared[0, 0, 0], [30 - 103.939, 20 - 116.779, 10 - 123.68], rtol=1e-6)


def test_vgg16_with_its_top_tells_1000_classes():
    model = pretrained.vgg16(include_top=True, input_shape=(32, 32, 3))

    assert tuple(model.output_shape) == (None, 1000)


def test_efficientnet_as_a_base_has_the_weights_of_its_file():
    weights = random_weights(seed=3)
    image = np.random.default_rng(5).uniform(-1, 1, size=(64, 32, 3)).astype(np.float32)
    files = SimpleNamespace(architecture="EfficientNetLite0", weights=weights)

    (maps,) = pretrained.feature_base(files, image.shape).predict_on_batch(image[np.newaxis])

    scores = weights["_fc.weight"] @ np.mean(maps, axis=(0, 1)) + weights["_fc.bias"]
    odds = np.exp(scores - scores.max())
    np.testing.assert_allclose(odds / odds.sum(), forward(image, weights), rtol=2e-3, atol=1e-6)


@pytest.mark.parametrize(
    ("build", "architecture"),
    [(pretrained.pretrained, "AlexNet"), (pretrained.feature_base, "ResNet50")],
)
def test_unknown_architecture_is_refused(build, architecture):
    with pytest.raises(ValueError, match=f"'{architecture}'"):
        build(SimpleNamespace(architecture=architecture, weights=None))
