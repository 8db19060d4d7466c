"""Make fixtures/notebooks: all exercises and activities as somebody writes them, run once, with their outputs.

`python scripts/make_check_notebooks.py [NAME...]` makes those of the names that are not there yet, or all. A
name is that of a unit, a seed that no recorded run has, and a style, or a mistake that was made on purpose:
ch05.ex03-1001-pasted, ch05.ex03-1001-not_scaled. Units that train are made of the book's own calls
(`workshop show UNIT --code`), the others of lines typed here. The data are those that `workshop data` has.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from workshop.chapters.ch04_text_embeddings.ex01_cleaning import TOY_TEXT
from workshop.reporting.book_calls import book_calls

TARGET = Path(__file__).parents[1] / "fixtures" / "notebooks"
SEEDS = (1001, 1002, 1003)
# styles of the runs of each unit; one with long runs has one, and a short one
STYLES: dict[str, list[str]] = {
    "ch01.ex06": ["pasted", "flat"],
    "ch01.act01": ["pasted", "flat"],
    "ch02.ex02": ["pasted", "flat"],
    "ch02.ex03": ["pasted", "flat"],
    "ch02.act01": ["adds", "variables", "pasted"],
    "ch02.ex06": ["loop", "function", "variables"],
    "ch05.ex03": ["pasted", "list", "variables"],
    "ch05.ex04": ["adds", "function", "functional"],
    "ch05.ex05": ["loop", "variables", "pasted"],
    "ch05.act01": ["function", "functional", "adds"],
    "ch04.act02": ["pasted", "flat"],
    "ch06.act01": ["adds", "loop"],
    "ch02.ex04": ["flat"],
    "ch04.ex06": ["flat"],
    "ch02.ex05": ["pasted", "adds", "functional"],
    "ch02.ex07": ["list", "loop"],
    "ch06.ex03": ["adds"],
    "ch06.ex02": ["functional"],
    "ch06.ex04": ["pasted"],
    "ch06.ex05": ["variables"],
    "ch06.ex01": ["function"],
    "ch03.ex02": ["variables"],
    "ch03.act01": ["loop"],
    "ch03.ex03": ["functional"],
    "ch03.ex04": ["adds"],
    "ch07.ex03": ["pasted"],
    "ch07.ex04": ["pasted"],
}
_FEW = [
    (f"(x_test, y_test) = {data}\n", f"(x_test, y_test) = {data}\n    x_train, y_train, x_test, y_test = x_train[:256], y_train[:256], x_test[:64], y_test[:64]\n")
    for data in ("mnist", "cifar10", "fashion_mnist", "imdb")
]  # fmt: skip
_STEPS = [
    ("train.samples // 16", "3"),
    ("validation.samples // 16", "1"),
    ("epochs: int = 5", "epochs: int = 2"),
]
# what makes a long run short, so that it is not the book's: the style, and the texts that are replaced
SHORT: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "ch01.act01": ("flat", [("steps: int = 10_000", "steps: int = 1000")]),
    "ch02.ex07": ("list", _FEW),
    "ch03.ex02": ("variables", _FEW),
    "ch03.ex03": ("functional", _STEPS),
    "ch03.ex04": ("adds", _FEW),
    "ch03.act01": ("loop", _FEW),
    "ch03.act02": ("functional", [*_STEPS, ("weights: Any = 'imagenet'", "weights: Any = None")]),
    "ch04.ex06": ("flat", [("word2vec.Word2Vec(sentences", "word2vec.Word2Vec(sentences[:9000]")]),
    "ch06.ex01": ("function", _FEW),
    "ch06.ex02": ("functional", _FEW),
    "ch06.ex03": ("adds", _FEW),
    "ch06.ex04": ("pasted", _FEW),
    "ch06.ex05": ("variables", _FEW),
    "ch07.ex03": ("pasted", [("iterations: int = 20000", "iterations: int = 20"), ("interval: int = 4000", "interval: int = 4")]),
    "ch07.ex04": ("pasted", [("iterations: int = 20000", "iterations: int = 20"), ("interval: int = 2000", "interval: int = 2")]),
    "ch07.ex05": ("pasted", [("iterations: int = 5000", "iterations: int = 2"), ("interval: int = 10", "interval: int = 1")]),
    "ch07.act01": ("pasted", [("iterations: int = 5000", "iterations: int = 2"), ("interval: int = 50", "interval: int = 1")]),
}  # fmt: skip
# the texts that a mistake replaces in the flat code of a unit
MISTAKES = {
    ("ch01.ex06", "rate"): [("0.01", "0.1")],
    ("ch02.ex03", "few_steps"): [("steps = 1000", "steps = 100")],
    ("ch02.ex05", "shuffled_labels"): [("model.compile(", "import numpy as np\ny = np.random.permutation(y)\nmodel.compile(")],
    ("ch02.ex06", "sgd"): [("optimizer='adam'", "optimizer='sgd'")],
    ("ch02.act01", "squared_error"): [("'binary_crossentropy'", "'mean_squared_error'")],
    ("ch05.ex03", "not_scaled"): [("return (prices - low) / (high - low)", "return prices")],
    ("ch05.ex04", "window"): [("look_back: int=10", "look_back: int=20"), ("look_back = 10", "look_back = 20")],
    ("ch05.ex05", "rate"): [("optimizer='adam'", "optimizer=keras.optimizers.Adam(0.01)")],
    ("ch05.act01", "half"): [("train_share: float=0.75", "train_share: float=0.5")],
    ("ch05.ex03", "newest_first"): [("sort_index(ascending=False)", "sort_index(ascending=True)")],
    ("ch04.act02", "window"): [("window=2", "window=20")],
    ("ch02.ex02", "logits"): [("output = tf.sigmoid(tf.matmul(x, weight) + bias)", "output = tf.matmul(x, weight) + bias")],
}  # fmt: skip
# what a reader writes otherwise: quicker predictions of a small network, and what is printed
_GAN = [
    ("generator.predict(fake_inputs(rng, batch), verbose=0)", "generator.predict_on_batch(fake_inputs(rng, batch))"),
    ("prints.append((of_real, of_fakes))", 'print(f"Real accuracy: {of_real}, Fake accuracy: {of_fakes}")\n            prints.append((of_real, of_fakes))'),
]  # fmt: skip
_DCGAN = [
    ("    gan = exercise_7_05_gan(", "    discriminator.summary()\n    generator.summary()\n    gan = exercise_7_05_gan("),
]  # fmt: skip
CHANGES = {"ch07.ex03": _GAN, "ch07.ex04": _GAN, "ch07.ex05": _DCGAN, "ch07.act01": _DCGAN}
# how a reader shows what the book's calls return, in the flat styles; "fit" shows the log
SHOWN: dict[str, list[str]] = {
    "ch01.ex06": ["print('w', w.numpy())\nprint('b', b.numpy())", "(w * x + b).numpy()"],
    "ch01.act01": ["print(x.numpy())"],
    "ch02.ex02": [
        "weight.numpy()", "bias.numpy()",
        "from sklearn.metrics import accuracy_score, confusion_matrix\nprint(accuracy_score(y, predicted))",
        "print(confusion_matrix(y, predicted))",
    ],
    "ch02.ex03": ["print(weight.numpy())"],
    "ch02.ex04": ["from sklearn.metrics import accuracy_score\naccuracy_score(test_y, predicted)"],
    "ch02.ex07": ["print('Test loss:', loss)\nprint('Test accuracy:', accuracy)", "probabilities", "probabilities.argmax()"],
    "ch02.ex05": ["loss, accuracy", "history.history['loss'][-1]"],
    "ch02": ["[loss, accuracy]"],
    "ch03.ex02": ["print('Test accuracy: %.4f' % accuracy)", "loss"],
    "ch03": ["history.history['val_accuracy']"],
    "ch05": ["train_rmse, test_rmse = (loss**0.5 for loss in losses)\nprint('Train RMSE: %.4f RMSE' % train_rmse)\nprint('Test RMSE: %.4f RMSE' % test_rmse)"],
    "ch06.act01": ["print(confusion_matrix(test['label'], classes))"],
    "ch06": ["from sklearn.metrics import accuracy_score\nprint(accuracy_score(y_test, classes))"],
    "ch04.ex06": ["brown.wv.most_similar('money', topn=5)", "movies.wv.most_similar('money', topn=5)"],
    "ch04.act02": [
        "default.wv.most_similar('rabbit', topn=5)", "window_2.wv.most_similar('rabbit', topn=5)",
        "skip_gram.wv.most_similar('rabbit', topn=5)", "skip_gram.wv.cosine_similarities(white_rabbit, [mad_hatter])",
    ],
}  # fmt: skip
SENTENCES = f"from nltk.tokenize import sent_tokenize, word_tokenize\n\nraw = {TOY_TEXT!r}\nsents = [each.lower() for each in sent_tokenize(raw)]\nwords = [word_tokenize(each) for each in sents]"
CLEANED = "from string import punctuation\nfrom nltk.corpus import stopwords\n\nunwanted = set(stopwords.words('english')) | set(punctuation)\ncleaned = [[w for w in one if w not in unwanted] for one in words]"
# lines of our own for the units that train nothing, and for exercise 4.05
TYPED: dict[str, list[str]] = {
    "ch01.ex01": [
        "import numpy as np\nfrom tensorflow import keras",
        "network = keras.applications.resnet50.ResNet50()",
        "photo = keras.utils.load_img('im1.jpg', target_size=(224, 224))\nphoto.size",
        "pixels = keras.utils.img_to_array(photo)[np.newaxis]\npixels.shape",
        "scores = network.predict(pixels, verbose=0)\nlabel = keras.applications.resnet50.decode_predictions(scores, top=1)[0][0][1]\nprint('This is a :', label)",
    ],
    "ch01.ex02": [
        "import tensorflow as tf\n\nx = tf.Variable(3)\ny = tf.Variable(4)\ntwo = tf.constant(2)",
        "@tf.function\ndef f(x, y):\n    return x * x * y + y + two",
        "result = f(x, y)\nprint('result:', result.numpy())",
    ],
    "ch01.ex03": [
        "import tensorflow as tf\nX = tf.constant([[1, 2, 3], [4, 5, 6]])\nY = tf.constant([[7, 8], [9, 10], [11, 12]])",
        "print(X.numpy())", "print(Y.numpy())", "c1 = tf.matmul(X, Y)\nc1", "c2 = Y @ X\nprint(tf.matmul(Y, X))",
    ],
    "ch01.ex04": [
        "import tensorflow as tf\nA = tf.Variable([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16], [17, 18, 19, 20]])\nA",
        "A.shape", "print(tf.reshape(A, [5, 4, 1]).numpy())", "A.shape", "A = tf.reshape(A, [5, 4, 1])\nA.shape", "A",
    ],
    "ch01.ex05": [
        "import tensorflow as tf\nX = tf.constant([[91, 12, 15], [11, 88, 21], [90, 87, 75]])\nprint(X.numpy())", "X.shape",
        "print(tf.argmax(X, axis=0).numpy())", "print(tf.argmax(X, axis=1).numpy())",
    ],
    "ch02.ex01": [
        "import numpy as np\nimport tensorflow as tf\nX = tf.Variable([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=tf.float32)\nprint(X.numpy())", "X.shape",
        "y = np.array([0, 1, 1, 1], dtype='float32').reshape(-1, 1)\ny", "W = tf.Variable(tf.zeros((2, 1)))\nW", "B = tf.Variable(tf.zeros((1, 1)))\nB",
        "def perceptron(inputs):\n    return tf.sigmoid(inputs @ W + B)\n\nprint(perceptron(X).numpy())",
    ],
    "ch03.ex01": [
        "import tensorflow as tf\nA = tf.Variable([[1, 2, 3], [4, 5, 6], [7, 8, 9]])\nA", "B = tf.Variable([[1, 0, -1], [1, 0, -1], [1, 0, -1]])\nB",
        "mult = A * B\nmult", "conv = tf.reduce_sum(mult)\nconv",
    ],
    "ch04.ex01": [SENTENCES, CLEANED, "print(cleaned[0])", "cleaned"],
    "ch04.ex02": [SENTENCES, CLEANED, "cleaned", "from nltk.stem import PorterStemmer\n\nstem = PorterStemmer().stem\nstems = [[stem(w) for w in one] for one in cleaned]\nprint(stems[0])", "stems"],
    "ch04.act01": [
        "from nltk.corpus import gutenberg\nfrom nltk.tokenize import sent_tokenize, word_tokenize\n\nalice = gutenberg.raw('carroll-alice.txt').lower()\nwords = [word_tokenize(each) for each in sent_tokenize(alice)]",
        CLEANED.replace("set(punctuation)", "set(punctuation) | {'--', 'said'}"), "print(cleaned[:2])",
        "from nltk.stem import PorterStemmer\n\nstem = PorterStemmer().stem\nstems = [[stem(w) for w in one] for one in cleaned]\nprint(stems[:5])",
    ],
    "ch04.ex03": [
        SENTENCES, CLEANED, "print(cleaned)",
        "import numpy as np\n\nterms = ['nlp', 'deep', 'learn']\nmatrix = np.array([[int(term in one) for term in terms] for one in cleaned])\nmatrix",
    ],
    "ch04.ex04": [
        SENTENCES, "from sklearn.feature_extraction.text import TfidfVectorizer\n\nvectorizer = TfidfVectorizer(max_features=5)\nvectorizer.fit(sents)",
        "vectorizer.vocabulary_", "tfidf = vectorizer.transform(sents)\nprint(tfidf.toarray())", "vectorizer.idf_",
    ],
    "ch04.ex05": [
        "from gensim.models import word2vec\n\nsentences = word2vec.Text8Corpus('text8')\nmodel = word2vec.Word2Vec(sentences, min_count=1, seed=SEED, workers=1)",
        "one = (model.wv['get'] + model.wv['happy']) / 2\nother = (model.wv['make'] + model.wv['merry']) / 2", "model.wv.cosine_similarities(one, [other])",
    ],
    "ch05.ex01": [
        "import pandas as pd\n\nprices = pd.read_csv('AAPL.csv')\nprices.head()", "prices = prices.iloc[::-1]\nseries = prices[['Close']].to_numpy()\nseries.shape", "import matplotlib\nmatplotlib.use('agg')\nprices.plot('Date', 'Close');",
    ],
    "ch05.ex02": [
        "import tensorflow as tf\n\nx0 = tf.constant([[0, 1], [2, 3], [4, 5]], tf.float32)\nx1 = tf.constant([[100, 101], [102, 103], [104, 105]], tf.float32)",
        "tf.random.set_seed(0)\nWf = tf.Variable(tf.random.normal([2, 3]))\nWr = tf.Variable(tf.random.normal([3, 3]))\nb = tf.zeros([1, 3])",
        "yt0 = tf.tanh(x0 @ Wf + b)\nyt1 = tf.tanh(yt0 @ Wr + x1 @ Wf + b)", "print(yt0.numpy())", "print(yt1.numpy())",
    ],
    "ch07.ex01": [
        "import numpy as np\n\nnp.random.seed(123)\nloc = np.random.normal(3, 1, 1)\nloc",
        "steps = np.arange(-64, 64) * 0.1\nx1 = loc + steps\nx1", "x2 = np.sin(x1)\nreal = np.stack([x1, x2], axis=1)\nreal.shape",
    ],
    "ch07.ex02": [
        "import numpy as np\nfrom tensorflow import keras\nfrom tensorflow.keras.layers import Dense",
        "def make_generator(noise=10):\n    net = keras.Sequential()\n    net.add(keras.Input(shape=(noise,)))\n    for width, act in [(32, 'linear'), (32, 'relu'), (64, 'elu'), (32, 'elu'), (32, 'selu')]:\n        net.add(Dense(width, activation=act, kernel_initializer='he_uniform'))\n    net.add(Dense(2, activation='selu'))\n    return net",
        "generator = make_generator()\ngenerator.summary()", "noise = np.random.normal(size=(128, 10))\nnoise.shape", "points = generator.predict(noise, verbose=0)\npoints.shape",
    ],
}  # fmt: skip
# besides the prelude of run_notebooks: a network with weights of this machine, and a short text8 with merry
PRELUDE = """
import numpy as np
from workshop import datasets as _data
class _Network:
    def predict(self, batch, **more):
        from workshop.training.pretrained import pretrained
        self.files = _data.load("resnet50_imagenet")
        model, preprocess = pretrained(self.files)
        return model.predict_on_batch(preprocess(batch))
    @staticmethod
    def decode(scores, top=5):
        names = _data.load("resnet50_imagenet").class_names
        return [[("n", names[n].replace(" ", "_"), float(row[n])) for n in np.argsort(-row)[:top]] for row in scores]
keras.applications.resnet50.ResNet50 = keras.applications.ResNet50 = _Network
keras.applications.resnet50.decode_predictions = _Network.decode
_text = " ".join(word for sentence in _data.load("text8") for word in sentence)
_at = _text.index(" merry ")
Path("text8").write_text(_text[max(_at - 200_000, 0) : _at + 200_000])
"""


def cells_of(name: str) -> list[str]:
    """Return the code of the cells of a notebook."""
    unit, seed, style = name.split("-")
    if unit in TYPED:
        return [cell.replace("SEED", seed) for cell in TYPED[unit]]
    code = _code(unit)
    if style == "short":
        style, replaced = SHORT[unit]
        assert any(old in code for old, _ in replaced), name
        for old, new in replaced:
            code = code.replace(old, new)
    if style == "pasted":
        return list(_pasted(unit, seed, code))
    changes = MISTAKES.get((unit, style), [])
    own = style if (unit, style) not in MISTAKES else "list"
    cells = list(_flat(unit, seed, code, own))
    for old, new in changes:
        assert any(old in cell for cell in cells), (name, old)
        cells = [cell.replace(old, new) for cell in cells]
    return cells


def _code(unit: str) -> str:
    text = book_calls()[unit].text.replace('"imagenet"', "'imagenet'")
    for old, new in CHANGES.get(unit, []):
        text = text.replace(old, new)
    return text


def _pasted(unit: str, seed: str, code: str) -> Iterator[str]:
    """Yield the book's calls as they are printed: imports, all definitions, the data, the call, its result."""
    lines = code.rstrip().split("\n")
    defined = max(n for n, line in enumerate(lines) if line.startswith((" ", ")"))) + 1
    yield "\n".join(lines[:defined])
    yield "\n".join(lines[defined:-1]).strip()
    yield lines[-1].replace("seed=1", f"seed={seed}")
    yield "result[1:]" if unit == "ch02.ex05" else "result"


def _flat(unit: str, seed: str, code: str, style: str) -> Iterator[str]:
    """Yield the statements of the book's calls as cells, with the model in one of the styles."""
    tree = ast.parse(code)
    functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    main = next(each for name, each in functions.items() if re.search("_in_(keras|tensorflow|gensim)$", name))
    models = {name: each for name, each in functions.items() if name.endswith("_model")}
    last = tree.body.index(main)
    imports = [each for each in tree.body[:last] if isinstance(each, ast.Import | ast.ImportFrom)][1:]
    yield "\n".join(map(ast.unparse, imports))
    loads = tree.body[last + 1 : -1]  # the first may be the function that fetches files
    kinds = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
    others = [each for each in tree.body[:last] if isinstance(each, kinds)]
    others += [each for each in loads if isinstance(each, ast.FunctionDef)]
    helpers = [each for each in others if each not in models.values()]
    for each in helpers:
        if isinstance(each, ast.FunctionDef | ast.ClassDef):
            each.body = each.body[1:]  # without what it says of itself
    if helpers:
        yield "\n\n".join(map(ast.unparse, helpers))
    loads = [each for each in loads if each not in helpers]
    settings = [
        f"{a.arg} = {ast.unparse(value)}"
        for a, value in zip(reversed(main.args.args), reversed(main.args.defaults), strict=False)
    ]
    yield "\n".join([*map(ast.unparse, loads), *settings])
    cell: list[str] = []
    for statement in main.body[1:]:
        text = re.sub(r"\bseed\b(?!=)", seed, ast.unparse(statement))
        text = text.replace(", verbose=2", ", verbose=0" if unit == "ch02.ex05" else "")
        called = next((name for name in models if f"{name}(" in text), None)
        if isinstance(statement, ast.Return):
            break
        if called:
            yield "\n".join(cell)
            cell = []
            yield _model(models[called], statement, style)
            yield "model.summary()"
            continue
        if ".fit(" in text:
            yield "\n".join([*cell, text])
            cell = []
            continue
        cell.append(text)
    if cell:
        yield "\n".join(cell)
    yield from SHOWN.get(unit) or SHOWN[unit[:4]]


def _model(function: ast.FunctionDef, statement: ast.stmt, style: str) -> str:
    """Return the code of a model in a style: a list, calls of add, a loop, variables, or calls of layers."""
    assert isinstance(statement, ast.Assign)
    assert isinstance(statement.value, ast.Call)
    given = [ast.unparse(each) for each in statement.value.args]
    names = [each.arg for each in function.args.args]
    defaults = [ast.unparse(each) for each in function.args.defaults]
    values = dict(zip(names[::-1], defaults[::-1], strict=False)) | dict(zip(names, given, strict=False))
    *before, last = function.body
    assert isinstance(last, ast.Return)
    assert isinstance(last.value, ast.Call)
    (listed,) = last.value.args
    assert isinstance(listed, ast.List)
    first = [f"{name} = {value}" for name, value in values.items() if name != value]
    first += [ast.unparse(each) for each in before if not isinstance(each, ast.Expr)]
    layers = [ast.unparse(each) for each in listed.elts]
    given_input = layers[0].startswith("layers.InputLayer(")
    shape = layers[0].removeprefix("layers.InputLayer(").removesuffix(")")
    if style == "functional":
        tensor = [f"inputs = keras.Input(shape={shape})"] if given_input else [f"inputs = {layers[0]}.input"]
        start = "inputs" if given_input else f"{layers[0]}.output"
        calls = [f"x = {layer}({'x' if n else start})" for n, layer in enumerate(layers[1:])]
        return "\n".join([*first, *tensor, *calls, "model = keras.Model(inputs, x)"])
    if given_input:
        layers[0] = f"keras.Input(shape={shape})"
    inner = "".join(f"    {layer},\n" for layer in layers)
    if style == "adds":
        return "\n".join([*first, "model = keras.Sequential()", *(f"model.add({layer})" for layer in layers)])
    if style == "loop":
        return "\n".join(
            [
                *first,
                f"stack = [\n{inner}]",
                "model = keras.Sequential()",
                "for layer in stack:",
                "    model.add(layer)",
            ]
        )
    if style == "variables":
        kinds = [re.sub(r"\W.*", "", re.sub(r"^\w+\.", "", layer)).lower() for layer in layers]
        variables = [f"{kind}{n}" for n, kind in enumerate(kinds)]
        made = [f"{name} = {layer}" for name, layer in zip(variables, layers, strict=True)]
        return "\n".join([*first, *made, f"model = keras.Sequential([{', '.join(variables)}])"])
    if style == "function":
        body = [
            *first,
            "model = keras.Sequential()",
            *(f"model.add({layer})" for layer in layers),
            "return model",
        ]
        inside = "\n".join(f"    {line}" for line in "\n".join(body).split("\n"))
        return f"def build():\n{inside}\n\nmodel = build()"
    return "\n".join([*first, f"model = keras.Sequential([\n{inner}])"])


def names(asked: Sequence[str]) -> list[str]:
    """Return the names of all notebooks that are asked for."""
    first = [f"{unit}-{SEEDS[0]}-{'short' if unit == 'ch04.ex05' else 'typed'}" for unit in TYPED]
    first += [f"{unit}-{SEEDS[0]}-short" for unit in SHORT]
    runs = [
        (n, f"{unit}-{SEEDS[n]}-{style}")
        for unit, styles in STYLES.items()
        for n, style in enumerate(styles)
        if unit not in SHORT
    ]
    first += [name for n, name in runs if n == 0]
    wrong = [f"{unit}-{SEEDS[0]}-{mistake}" for unit, mistake in MISTAKES]
    more = [name for n, name in runs if n]
    long = [f"{unit}-{SEEDS[n]}-{style}" for unit in SHORT for n, style in enumerate(STYLES.get(unit, []))]
    found = [*first, *wrong, *more, *long]
    return list(dict.fromkeys(each for its in asked or [""] for each in found if each.startswith(its)))


def _data_of(unit: str) -> list[str]:
    """Return the data sets that a notebook reads from files, or by Keras."""
    return [name for name in book_calls()[unit].data if not name.startswith("nltk_")]


def main() -> None:
    """Make what is not there yet, each once."""
    TARGET.mkdir(exist_ok=True)
    wanted = [name for name in names(sys.argv[1:]) if not (TARGET / f"{name}.ipynb").exists()]
    from run_notebooks import KERAS, Kernel, documented, put
    from run_notebooks import PRELUDE as DATA

    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        folder = Path(place)
        for data in sorted({each for name in wanted for each in _data_of(name.partition("-")[0])}):
            put(data, documented(data), folder)
        prelude = DATA.format(folder=place, keras=KERAS, full=True) + PRELUDE
        kernel = stack.enter_context(contextlib.closing(Kernel(prelude)))
        for name in wanted:
            kernel.run("%reset -f")
            started, wall = kernel.seconds(), time.time()
            cells: list[dict[str, Any]] = [
                {
                    "cell_type": "code",
                    "execution_count": 1,
                    "metadata": {},
                    "source": code.strip("\n"),
                    "outputs": kernel.run(code.strip("\n")),
                }
                for code in cells_of(name)
                if code.strip()
            ]
            took = kernel.seconds() - started
            failed = any(each["output_type"] == "error" for cell in cells for each in cell["outputs"])
            ended = " FAILED" if failed else ""
            sys.stdout.write(f"{name}: {took:.0f} CPU s, {time.time() - wall:.0f} s{ended}\n")
            sys.stdout.flush()
            if not failed:
                text = json.dumps(
                    {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}, indent=1
                )
                (TARGET / f"{name}.ipynb").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
