"""Activity 6.01: Sentiment Analysis of Amazon Product Reviews (page 309).

Two LSTM layers learn to tell good product reviews from bad ones.
"""

from __future__ import annotations

import string
from typing import Any, Sequence

from workshop.training.backend import keras

VOCABULARY = 10_000


def activity_6_01_model() -> Any:
    """Return the model of reviews of any length. Source: chapter 6, activity 6.01."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.InputLayer((None,)),
            layers.Embedding(VOCABULARY, 32),
            layers.SpatialDropout1D(0.4),
            layers.LSTM(64, return_sequences=True),
            layers.LSTM(64),
            layers.Dropout(0.4),
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def stems_in_nltk(reviews: Sequence[str], stop_words: Sequence[str]) -> list[str]:
    """Return each review as the text of its stems, without stop words and signs, as the book does."""
    from nltk.stem import PorterStemmer
    from nltk.tokenize import word_tokenize

    left_out, stemmer = [*string.punctuation, *stop_words], PorterStemmer()
    tokens = [word_tokenize(review.lower()) for review in reviews]
    kept = [[token for token in review if token not in left_out] for review in tokens]
    return [" ".join([stemmer.stem(token) for token in review]) for review in kept]


def activity_6_01_in_keras(
    amazon_reviews: Any, nltk_stopwords: Sequence[str], epochs: int = 5
) -> tuple[dict[str, list[float]], list[list[int]]]:
    """Train the model on Amazon reviews as the book does, and judge others.

    In the book, `predict_classes` returns the classes; it is gone since TensorFlow 2.6. Keras 3 keeps
    `Tokenizer` for old code only.

    Parameters
    ----------
    amazon_reviews : training and test table with columns `review_text` and `label`.

    Returns
    -------
    Losses and accuracies by epoch; confusion matrix, rows true, columns predicted.
    """
    from sklearn.metrics import confusion_matrix

    train, test = amazon_reviews
    texts = [stems_in_nltk(table["review_text"], nltk_stopwords) for table in (train, test)]
    tokenizer = keras.preprocessing.text.Tokenizer(num_words=10000)
    tokenizer.fit_on_texts(texts[0])
    x_train, x_test = (
        keras.utils.pad_sequences(tokenizer.texts_to_sequences(part), maxlen=100) for part in texts
    )

    model = activity_6_01_model()
    model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])

    history = model.fit(
        x_train, train["label"].to_numpy(), batch_size=128, epochs=epochs, validation_split=0.2, verbose=2
    )

    classes = model.predict(x_test, verbose=0)[:, 0] > 0.5
    return history.history, confusion_matrix(test["label"], classes).tolist()
