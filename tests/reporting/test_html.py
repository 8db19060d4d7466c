"""The templates of all pages: their colours."""

from __future__ import annotations

import re
from pathlib import Path

from workshop import reporting

TEMPLATES = sorted(Path(reporting.__file__).parent.rglob("*.j2"))


def test_every_colour_is_defined_once() -> None:
    """A colour that a style uses is in the palette, in light and dark, or is set by the style itself."""
    texts = {path.name: path.read_text("utf-8") for path in TEMPLATES}
    palette = re.findall(r'"([\w-]+)": \("#\w+", "#\w+"\)', texts["base.html.j2"])

    used = set(re.findall(r"var\(--([\w-]+)", " ".join(texts.values())))
    own = set(re.findall(r"""[{;"] ?--([\w-]+):""", " ".join(texts.values())))

    assert len(palette) == len(set(palette))
    assert used <= {*palette, *own}
    assert not own & set(palette)
