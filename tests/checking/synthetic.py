"""Code of synthetic notebooks: cells that do what a unit does, and whose printed values they show.

Models are written from the chapters' own functions, the rest is typed here; `written` makes notebooks of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TOY = "text = 'Welcome to a course! We learn.'"
WORDS = f"from nltk.tokenize import sent_tokenize, word_tokenize\n{TOY}\nsents = sent_tokenize(text)\nwords = [word_tokenize(s) for s in sents]"
STOP = "from nltk.corpus import stopwords\nfrom string import punctuation\nstop = stopwords.words('english') + list(punctuation)"
POINTS = "table = pd.read_csv('data.csv')\ntable.head()"
XY = "x = table[['x1', 'x2']].values\ny = table['label'].values"
STEP = "def step(n):\n    for _ in range(n):\n        optimizer.minimize(loss, [weight, bias])\nstep(1000)"
TEXT8 = "from gensim.models import Word2Vec, word2vec\nmodel = Word2Vec(word2vec.Text8Corpus('text8'))"
ALICE = "from nltk.corpus import gutenberg\nalice = gutenberg.raw('carroll-alice.txt')"
PRICES = "frame = pd.read_csv('../data/{}.csv')"
SCALED = "scaler = MinMaxScaler()\ntrain = scaler.fit_transform(train)"
IMDB = "from keras.datasets import imdb\nvocab = 8000\n(a, b), (c, d) = imdb.load_data(num_words=vocab)"

# by unit: code, and the claims whose values it prints, with how where that is not plain; "=" is a cell's result.
# MODEL, SUMMARY, FIT, EVALUATE, SCORE, RMSE and GAN stand for cells that `written` writes.
UNITS: Mapping[str, Sequence[tuple[str, Sequence[str]]]] = {
    "ch01.ex01": [
        ("model = ResNet50()\nlabel = decode_predictions(model.predict(image))[0][0][1]\nprint('This is a :', label)", ["text printed"]),
    ],
    "ch01.ex02": [
        ("X = tf.Variable(3)\nY = tf.Variable(4)\nC = tf.constant(2)\ndef f(x, y):\n    return tf.add(tf.multiply(tf.square(x), y), tf.add(y, C))\nresult = f(X, Y)", ()),
        ("tf.print(result)", ["result"]),
    ],
    "ch01.ex03": [
        ("X = tf.Variable([[1, 2, 3], [4, 5, 6]])\nY = tf.Variable([[7, 8], [9, 10], [11, 12]])", ()),
        ("tf.print(X)", ["x"]), ("tf.print(Y)", ["y"]),
        ("c1 = tf.matmul(X, Y)\nc1", ["= c1"]), ("c2 = tf.matmul(Y, X)\ntf.print(c2)", ["c2"]),
    ],
    "ch01.ex04": [
        ("A = tf.Variable([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16], [17, 18, 19, 20]])\ntf.print(A)", ["a"]),
        ("A.shape", ["= shape_before"]), ("tf.print(tf.reshape(A, [5, 4, 1]))", ["reshaped_print"]),
        ("A.shape", ["= shape_unassigned"]), ("A = tf.reshape(A, [5, 4, 1])\nA.shape", ["= shape_assigned"]),
        ("tf.print(A)", ["a_after"]),
    ],
    "ch01.ex05": [
        ("X = tf.Variable([[91, 12, 15], [11, 88, 21], [90, 87, 75]])\ntf.print(X)", ["x"]), ("X.shape", ["= shape"]),
        ("tf.print(tf.argmax(X, axis=0))", ["axis0"]), ("tf.print(tf.argmax(X, axis=1))", ["axis1"]),
    ],
    "ch01.ex06": [
        ("xs = [1, 2, 3, 4]\nys = [0, -1, -2, -3]\nw = tf.Variable(0.0)\nb = tf.Variable(0.0)", ()),
        ("for i in range(1000):\n    optimizer.minimize(loss, [w, b])\ntf.print(w, b)", ["w", "b"]),
        ("tf.print(linear_model(xs))", ["predictions"]),
    ],
    "ch01.act01": [
        ("x = tf.Variable(0.0)\ndef loss():\n    return abs(x * x - 10 * x + 25)\noptimizer = tf.optimizers.Adam(0.01)", ()),
        ("for i in range(1000):\n    optimizer.minimize(loss, [x])\ntf.print(x)", ["x_1000"]),
    ],
    "ch02.ex01": [
        ("X = tf.Variable([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])\nprint(X.numpy())", ["x"]), ("X.shape", ["= x_shape"]),
        ("y = np.array([0, 1, 1, 1]).reshape(4, 1)\ny", ["= y"]), ("W = tf.Variable(tf.zeros([2, 1]))\nprint(W)", ["w"]),
        ("B = tf.Variable(tf.zeros([1, 1]))\nprint(B)", ["b"]),
        ("def perceptron(x):\n    return tf.sigmoid(x @ W + B)\nprint(perceptron(X))", ["predictions"]),
    ],
    "ch02.ex02": [
        (POINTS, ["frame head"]), (XY, ()), (f"def net(x):\n    return tf.sigmoid(x @ weight + bias)\n{STEP}", ()),
        ("tf.print(weight)\ntf.print(bias)", ["weight", "bias"]),
        ("from sklearn.metrics import accuracy_score, confusion_matrix\nprint(accuracy_score(y, tf.round(net(x))))", ["accuracy"]),
        ("print(confusion_matrix(y, tf.round(net(x))))", ["confusion"]),
    ],
    "ch02.ex03": [
        ("df = pd.read_csv('iris.csv')\ndf.head()", ["frame head"]), ("df.columns", ["= columns"]),
        (f"def net(x):\n    return tf.nn.softmax(x @ weight + bias)\n{STEP}\ntf.print(weight)", ["weight"]),
        ("accuracy_score(labels, predicted)", ["= accuracy"]),
    ],
    "ch02.ex04": [
        ("from keras.datasets import mnist\n(a, b), (c, d) = mnist.load_data()\na = a.reshape(-1, 784) / 255", ()),
        (f"def net(x):\n    return tf.nn.softmax(x @ weight + bias)\n{STEP}", ()), ("accuracy_score(d, tf.round(net(c)))", ["= accuracy"]),
    ],
    "ch02.ex05": [(POINTS, ["frame head"]), (XY, ()), ("MODEL ex05_single_layer exercise_2_05_model", ()), ("SUMMARY summary params_total", ()), ("FIT epochs=1000", ()), ("EVALUATE x eval_loss eval_accuracy", ())],
    "ch02.ex06": [(POINTS, ["frame head"]), (XY, ()), ("MODEL ex06_multilayer exercise_2_06_model", ()), ("SUMMARY summary params_total", ()), ("FIT epochs=50", ()), ("EVALUATE x eval_loss eval_accuracy", ())],
    "ch02.ex07": [
        ("data = tf.keras.datasets.mnist\n(a, b), (x_test, y_test) = data.load_data()", ()), ("MODEL ex07_deep_network exercise_2_07_model", ()),
        ("SUMMARY summary params_total", ()), ("FIT epochs=50", ()), ("EVALUATE x_test test_loss test_accuracy", ()),
        ("image = x_test[200]\nimage.shape", ["= image_shape"]), ("result = model.predict(image.reshape(1, 28, 28))\nresult", ["= probabilities"]),
        ("result.argmax()", ["= predicted"]), ("y_labels[200]", ["= label"]),
    ],
    "ch02.act01": [
        ("df = pd.read_csv('sonar.csv')\ndf.head()", ()), ("MODEL act01_sonar activity_2_01_model", ()), ("FIT epochs=30", ()), ("EVALUATE x eval_loss eval_accuracy", ()),
        ("len(df)", ["= n_rows"]), ("features.shape[1]", ["= n_features"]),
    ],
    "ch03.ex01": [
        ("A = tf.Variable([[1, 2, 3], [4, 5, 6], [7, 8, 9]])\nA", ["= a"]), ("B = tf.Variable([[1, 0, -1], [1, 0, -1], [1, 0, -1]])\nB", ["= b"]),
        ("mult = tf.math.multiply(A, B)\nmult", ["= mult_out"]), ("conv = tf.math.reduce_sum(mult)\nconv", ["= conv_out"]),
    ],
    "ch03.ex02": [
        ("(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()", ()), ("x_train = x\nx_train.shape", ["= train_shape"]), ("x_test.shape", ["= test_shape"]),
        ("MODEL ex02_handwritten_digits exercise_3_02_model", ()), ("SUMMARY summary_layers params_total", ()), ("FIT epochs=5, validation_split=0.2", ()), ("EVALUATE x_test test_loss test_accuracy", ()),
    ],
    "ch03.ex03": [
        ("path = get_file('cats_and_dogs.zip', origin=url)", ()), ("len(os.listdir(train_cats)) + len(os.listdir(train_dogs))", ["= total_train"]),
        ("len(os.listdir(val_cats)) + len(os.listdir(val_dogs))", ["= total_val"]), ("MODEL ex03_cats_and_dogs exercise_3_03_model", ()),
        ("SUMMARY summary_layers params_total", ()), ("FIT epochs=5", ()),
    ],
    "ch03.ex04": [("(x_train, y), (x_test, y_test) = keras.datasets.cifar10.load_data()\nx_train.shape", ["= train_shape"]), ("MODEL ex04_cifar10 exercise_3_04_model", ()), ("FIT epochs=5", ())],
    "ch03.act01": [
        ("(x_train, y), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()\nx_train.shape", ["= train_shape"]), ("x_test.shape", ["= test_shape"]),
        ("MODEL act01_fashion_mnist activity_3_01_model", ()), ("FIT epochs=5", ()),
    ],
    "ch03.act02": [
        ("folder = 'fruits360_filtered'\nbase = tf.keras.applications.VGG16(input_shape=(100, 100, 3), include_top=False)\nbase.summary()", ["table vgg_summary vgg_params"]),
        ("model = tf.keras.Sequential([base, layers.Flatten(), layers.Dense(1000, activation='relu'), layers.Dense(120, activation='softmax')])", ()),
        ("SUMMARY model_summary_witness model_params_witness", ()), ("FIT epochs=5", ()),
    ],
    "ch04.text01": [(WORDS, ()), ("sents", ["= txt_sents"]), ("type(sents), len(sents)", ["types txt_sents_type"]), ("type(words), type(words[0])", ["types txt_words_type"]), ("print(words[:2])", ["txt_words_first2"])],
    "ch04.text02": [(WORDS, ()), ("sents = [s.lower() for s in sents]\nsents", ["= txt_sents_witness"]), ("print(words[:2])", ["txt_words_first2"])],
    "ch04.text03": [(WORDS, ()), ("from string import punctuation\nprint(list(punctuation))", ["list_punct"]), ("drop_punct(['let', '.', 'us', '.', 'go', '!'])", ["= dummy"]), ("print(words)", ["txt_words_nopunct"])],
    "ch04.text04": [(TOY, ()), ("from nltk.corpus import stopwords\nstop = stopwords.words('english')\nlen(stop)", ["= count"]), ("print(stop[:50])", ["first50"])],
    "ch04.ex01": [(WORDS, ()), (STOP, ()), ("print(cleaned[0])", ["first"]), ("cleaned", ["= all"])],
    "ch04.text05": [("from nltk.stem import PorterStemmer\nprint(PorterStemmer().stem('driving'))", ["driving"]), ("print([stem(w) for w in tokens])", ["sentence"]), ("lemmatizer.lemmatize('ponies')", ["= ponies_lemma"])],
    "ch04.text07": [(WORDS, ()), (STOP, ()), ("cleaned", ["= input"])],
    "ch04.ex02": [(WORDS, ()), (STOP, ()), ("print(cleaned)", ["input"]), ("from nltk.stem import PorterStemmer\nprint(stems[0])", ["first"]), ("stems", ["= all"])],
    "ch04.text06": [(ALICE, ()), ("alice[:800]", ["= alice_800"])],
    "ch04.act01": [(ALICE, ()), (STOP, ()), ("print(clean[:2])", ["first2"]), ("print(stems[:5])", ["stem5"]), ("context_stop = ['--', 'said']\nprint(context_stop)", ["context_stop"])],
    "ch04.ex03": [(WORDS, ()), (STOP, ()), ("print(words)", ["input"]), ("terms = ['nlp', 'deep', 'learn']\nmatrix = np.array([onehot(t) for t in words])\nmatrix", ["= matrix"])],
    "ch04.text08": [
        (WORDS, ()), ("from sklearn.feature_extraction.text import CountVectorizer\nsents", ["= txt_sents"]), ("vect.vocabulary_", ["= vocabulary_raw"]),
        ("raw.toarray()", ["= dtm_raw"]), ("stem.toarray()", ["= dtm_stem"]), ("other.vocabulary_", ["= vocabulary_stem"]), ("txt_words_stem", ["= txt_words_stem"]),
    ],
    "ch04.ex04": [(WORDS, ()), ("from sklearn.feature_extraction.text import TfidfVectorizer\nvect.vocabulary_", ["= vocabulary"]), ("dtm.toarray()", ["= matrix"]), ("vect.idf_", ["= idf"])],
    "ch04.text12": [
        (TEXT8, ()), ("print(model.wv['animal'][:48])", ()), ("len(model.wv['animal'])", ["= vector_length"]),
        ("model.wv.most_similar('animal')", ["= animal"]), ("model.wv.most_similar('happiness')", ["= happiness"]),
    ],
    "ch04.text13": [(TEXT8, ()), ("model.wv.most_similar(positive=['woman', 'king'], negative=['man'], topn=5)", ["= king", "like king_top"]), ("model.wv.most_similar(positive=['uncle', 'woman'], negative=['man'], topn=5)", ["= uncle"])],
    "ch04.ex05": [(TEXT8, ()), ("one = (v['get'] + v['happy']) / 2\ntwo = (v['make'] + v['merry']) / 2\nmodel.wv.cosine_similarities(one, [two])", ["array cosine"])],
    "ch04.text14": [("from gensim.models import Word2Vec, word2vec\nmodel = Word2Vec(word2vec.Text8Corpus('text8'), vector_size=30)", ()), ("model.wv.most_similar(positive=['woman', 'king'], negative=['man'], topn=5)", ["= king30"])],
    "ch04.text16": [(TEXT8, ()), ("model.wv.most_similar('oeuvre', topn=5)", ["= cbow"]), ("model_sg = Word2Vec(sentences, sg=1)\nmodel_sg.wv.most_similar('oeuvre', topn=5)", ["= sg"])],
    "ch04.ex06": [("from nltk.corpus import brown, movie_reviews\nfrom gensim.models import Word2Vec", ()), ("brown_model.wv.most_similar('money', topn=5)", ["= brown_money", "like brown_top"]), ("movie_model.wv.most_similar('money', topn=5)", ["= movie_money", "like movie_top2"])],
    "ch04.text17": [("glove = KeyedVectors.load_word2vec_format('glove.6B.100d.txt')", ()), ("glove.most_similar('money', topn=5)", ["= money"]), ("glove.most_similar(positive=['woman', 'king'], negative=['man'], topn=5)", ["= king"])],
    "ch04.text18": [(TEXT8, ()), ("model.wv.most_similar(positive=['woman', 'doctor'], negative=['man'], topn=5)", ["= doctor", "like doctor_top"]), ("model.wv.most_similar(positive=['woman', 'smart'], negative=['man'], topn=5)", ["= smart", "like smart_top"])],
    "ch04.act02": [
        (f"{ALICE}\nfrom gensim.models import Word2Vec", ()), ("print(words[:3])", ["first3"]), ("model.wv.most_similar('rabbit', topn=5)", ["= rabbit_default"]),
        ("small = Word2Vec(words, window=2)\nsmall.wv.most_similar('rabbit', topn=5)", ["= rabbit_window2"]), ("skip = Word2Vec(words, sg=1)\nskip.wv.most_similar('rabbit', topn=5)", ["= rabbit_sg"]),
        ("skip.wv.cosine_similarities(a, [b])", ["array phrase_own"]), ("glove.cosine_similarities(a, [b])", ["array phrase_glove"]),
    ],
    "ch05.text01": [(f"{PRICES.format('AAPL')}\nframe.head()", ["frame head"]), ("frame.tail()", ["tail tail"])],
    "ch05.ex02": [("x0 = np.array([[0, 1], [2, 3], [4, 5]])\nx1 = np.array([[100, 101], [102, 103], [104, 105]])\nyt0 = tf.tanh(x0 @ W)", ()), ("tf.print(yt0)", ["yt0"]), ("tf.print(yt1)", ["yt1"])],
    "ch05.text04": [(PRICES.format("AAPL"), ()), ("len(train), len(test)", ["tuple split_lengths"]), (SCALED, ()), ("print(trainX.shape, testX.shape)", ["shapes shapes"])],
    "ch05.ex03": [(PRICES.format("AAPL"), ()), ("MODEL ex03_plain_rnn exercise_5_03_model", ()), ("SUMMARY summary total_params", ())],
    "ch05.text07": [(PRICES.format("AAPL"), ()), ("MODEL ex03_plain_rnn exercise_5_03_model", ()), ("FIT epochs=3, batch_size=1, validation_split=0.1", ()), ("RMSE", ())],
    "ch05.ex04": [(PRICES.format("AAPL"), ()), ("MODEL ex04_convolution exercise_5_04_model", ()), ("SUMMARY summary total_params", ()), ("FIT epochs=5, batch_size=1, validation_split=0.1", ()), ("RMSE", ())],
    "ch05.ex05": [(PRICES.format("AAPL"), ()), ("MODEL ex05_hybrid exercise_5_05_model", ()), ("SUMMARY summary total_params", ()), ("FIT epochs=3, batch_size=1, validation_split=0.1", ()), ("RMSE", ())],
    "ch05.act01": [
        (PRICES.format("IBM"), ()), ("len(train), len(test)", ["tuple split_lengths"]), ("print(trainX.shape, testX.shape)", ["shapes shapes"]),
        ("MODEL act01_ibm_prices activity_5_01_model", ()), ("SUMMARY summary total_params", ()), ("FIT epochs=5, batch_size=1, validation_split=0.1", ()), ("RMSE", ()),
    ],
    "ch06.text02": [(IMDB, ()), ("print(type(a))\nprint(type(a[5]))\nprint(a[5])", ["classes types", "x_train_5"])],
    "ch06.text03": [(f"{IMDB}\na = pad_sequences(a, maxlen=200)", ()), ("print(a[5])", ["padded x_train_5_padded"])],
    "ch06.ex01": [(IMDB, ()), ("np.random.seed(42)", ()), ("MODEL ex01_plain_rnn exercise_6_01_model", ()), ("SUMMARY summary total_params", ()), ("FIT epochs=10, batch_size=128, validation_split=0.2", ()), ("SCORE test_acc", ())],
    "ch06.text05": [(f"{IMDB}\nfrom keras.preprocessing.text import text_to_word_sequence", ()), ("text_to_word_sequence(review)", ["= tokens"]), ("preprocess(review)", ["= indices"])],
    "ch06.ex02": [(IMDB, ()), ("MODEL ex02_lstm exercise_6_02_model", ()), ("SUMMARY summary total_params", ()), ("FIT epochs=5, batch_size=128, validation_split=0.2", ()), ("SCORE test_acc", ())],
    "ch06.ex03": [(IMDB, ()), ("MODEL ex03_gru exercise_6_03_model", ()), ("SUMMARY summary total_params", ()), ("FIT epochs=4, batch_size=128, validation_split=0.2", ()), ("SCORE test_acc", ())],
    "ch06.ex04": [(IMDB, ()), ("MODEL ex04_bidirectional_lstm exercise_6_04_model", ()), ("SUMMARY summary total_params", ()), ("FIT epochs=4, batch_size=128, validation_split=0.2", ()), ("SCORE test_acc", ())],
    "ch06.ex05": [(IMDB, ()), ("MODEL ex05_stacked_lstm exercise_6_05_model", ()), ("SUMMARY summary total_params", ()), ("FIT epochs=4, batch_size=128, validation_split=0.2", ()), ("SCORE test_acc", ())],
    "ch06.act01": [
        ("train = pd.read_csv('Amazon_reviews_train.csv')\ntest = pd.read_csv('Amazon_reviews_test.csv')\nprint(train.shape, test.shape)", ["shapes shapes_printed"]),
        ("raw[:2]", ["= raw_first_two"]), ("from nltk import word_tokenize\nprint(tokens[0])", ["tokens_first"]), ("print(no_stop[0])", ["no_stop_first"]), ("print(stems[0])", ["stems_first"]),
        ("print(texts[0])", ["text text_first"]), ("tok = Tokenizer(num_words=10000)\nprint(sequences[0])", ["sequence_first"]), ("X_train.shape", ["= x_train_shape"]),
        ("MODEL act01_amazon_reviews activity_6_01_model", ()), ("SUMMARY summary total_params", ()), ("FIT epochs=5, batch_size=128, validation_split=0.2", ()), ("SCORE test_acc", ()),
        ("confusion_matrix(y_test, predicted)", ["= confusion"]),
    ],
    "ch07.ex01": [("np.random.seed(123)\nloc = np.random.normal(3, 1, 1)\nloc", ["= loc"]), ("x1 = np.concatenate((np.arange(loc - 6.4, loc, 0.1), right))\nx1", ["= x1"]), ("np.sin(x1)\nrealData.shape", ["= realdata_shape"])],
    "ch07.ex02": [("X.shape", ()), ("MODEL ex02_generator exercise_7_02_generator", ()), ("SUMMARY summary params", ()), ("noise.shape", ["= input_shape"]), ("fake.shape", ["= output_shape"])],
    "ch07.ex03": [
        ("MODEL ex03_discriminator exercise_7_03_discriminator disc", ()), ("SUMMARY disc_summary disc_params disc", ()), ("MODEL ex02_generator exercise_7_02_generator gen", ()),
        ("SUMMARY gen_summary gen_params gen", ()), ("GAN", ()),
    ],
    "ch07.ex04": [
        ("MODEL ex03_discriminator exercise_7_03_discriminator disc", ()), ("SUMMARY disc_summary disc_params disc", ()), ("MODEL ex02_generator exercise_7_02_generator gen", ()),
        ("SUMMARY gen_summary gen_params gen", ()), ("both = Sequential()\nboth.add(gen)\nboth.add(disc)", ()), ("SUMMARY gan_summary gan_params both", ()), ("GAN", ()),
    ],
    "ch07.ex05": [
        ("from keras.datasets import mnist\n(a, _), _ = mnist.load_data()", ()), ("MODEL ex05_dcgan exercise_7_05_generator gen", ()), ("SUMMARY gen_summary gen_params gen", ()),
        ("fake = gen.predict(noise)\nfake.shape", ["= fake_shape"]), ("MODEL ex05_dcgan exercise_7_05_discriminator disc", ()), ("SUMMARY disc_summary disc_params disc", ()),
        ("both = Sequential()\nboth.add(gen)\nboth.add(disc)", ()), ("SUMMARY gan_summary gan_params both", ()),
    ],
    "ch07.act01": [
        ("from keras.datasets import fashion_mnist\n(a, _), _ = fashion_mnist.load_data()", ()), ("MODEL ex05_dcgan exercise_7_05_generator gen", ()), ("SUMMARY gen_summary gen_params gen", ()),
        ("fake = gen.predict(noise)\nfake.shape", ["= fake_shape"]), ("MODEL ex05_dcgan exercise_7_05_discriminator disc", ()), ("SUMMARY disc_summary disc_params disc", ()),
        ("both = Sequential()\nboth.add(gen)\nboth.add(disc)", ()), ("SUMMARY gan_summary gan_params both", ()),
    ],
}  # fmt: skip
