"""Exercise 1.01: Image and Speech Recognition Demo (page 7).

A network trained on ImageNet names what a photograph shows, and a web service speaks the answer.
"""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np

from workshop.training.backend import keras

Size = Tuple[int, int]
SIZE = (224, 224)


def exercise_1_01_in_keras(pizza_image: Any, weights: Any = "imagenet", size: Size = SIZE) -> tuple[Any, str]:
    """Label the photograph, in Keras' own calls; return the shape of the batch and the sentence.

    The book lets a web service speak the sentence, too.

    Parameters
    ----------
    pizza_image : path of a photograph.
    weights : of ResNet50; None for random ones.
    """
    model = keras.applications.ResNet50(weights=weights)
    photograph = keras.utils.load_img(str(pizza_image), target_size=size)
    batch = keras.utils.img_to_array(photograph)[np.newaxis]
    scores = model.predict(keras.applications.resnet50.preprocess_input(batch), verbose=0)
    ((_, label, _),) = keras.applications.resnet50.decode_predictions(scores, top=1)[0]
    return batch.shape, "This is a : " + label
