"""Drawings: text has room and no label meets another, colours are the page's, words are escaped."""

import re
from itertools import combinations

import pytest

from workshop.figures.drawing import STYLE, draw, html
from workshop.figures.model import Chart, Figure, Images, Layers, Marks, Matrix, Rank, Strip

LINES = Chart(
    tuple(
        Marks("run", (1.0, 2.0), (0.5, y), f"line {n}", f"line {n}")
        for n, y in enumerate((0.9, 0.901, 0.1, 0.102))
    ),
    "A <title>", "epoch",
)  # fmt: skip
# two notebooks' lines that end before the book's
EARLIER = Chart(
    (
        Marks("notebook", (1.0, 4.0), (0.9, 0.6), "falls", "notebook 0.6"),
        Marks("notebook", (1.0, 4.0), (0.1, 0.3), "rises", "notebook 0.3"),
        Marks("book", (1.0, 5.0), (0.9, 0.5), "book", "book 0.5"),
    )
)
PARTS = [
    LINES,
    Chart(
        (Marks("bars", (0.0, 1.0), (0.2, 0.8), "share"), Marks("book", (0.0, 1.0), (0.3, 0.7))),
        ticks=("a", "b"),
    ),
    Chart((Marks("made", (1.0,), (2.0,)),), size="small", note="far"),
    Chart(
        (
            Marks("range", (1.0, 2.0), (3.0, 4.0), low=(1.0, 2.0)),
            Marks("era", (1.0, 2.0), (3.0, 4.0), low=(1.0, 2.0)),
        )
    ),
    Chart(
        (Marks("actual", (0.0, 2500.0), (1e-4, 5.0), end="price"),),
        size="wide",
        log=True,
        splits=((100.0, "test"),),
    ),
    Strip((0.1, 0.2, 0.2, 0.9), (("book", (0.3, 0.3)), ("naive", (0.31, 0.31))), (0.5, 0.1, 0.9)),
    Images((("one", "iVBORw0KGgo=", "sure of 3 %"), ("two", "/9j/", ""))),
    Matrix(((1.0, 2000.0), (0.5, 0.0)), ((1.0, 2000.0), (0.5, 1.0)), ("no", "yes")),
    Rank(("<money>", "cash"), (("cash", 64.0), ("<money>", 3.0), ("bucks", 20.0)), 64),
    EARLIER,
    Layers((("Dense", "32", 100, 90, "90"), ("Flatten", "9", 0, 0, "")), True),
]


def boxes(svg: str) -> list[tuple[float, float, float, float]]:
    """Return the rectangles that the texts of a drawing fill at least, letters being 5.5 wide."""
    found = []
    for attributes, words in re.findall(r"<text ([^>]*)>([^<]*)</text>", svg):
        x, y = (float(re.search(rf'{name}="([-\d.]+)"', attributes)[1]) for name in "xy")
        wide = 5.5 * len(words.replace("&lt;", "<").replace("&gt;", ">"))
        anchor = re.search('text-anchor="(.*?)"', attributes)
        left = x - wide * {"end": 1.0, "middle": 0.5}.get(anchor[1] if anchor else "", 0.0)
        found.append((left, y - 9, left + wide, y + 2))
    return found


def test_a_line_that_ends_earlier_is_called_at_its_last_point():
    """Below it if it falls, above if it rises, on the side that it does not come from."""
    texts = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*class="notebook">', draw(EARLIER))
    points = re.findall(r'<path class="notebook" d="[^"]*M([\d.]+) ([\d.]+)h10m-5-5v10"', draw(EARLIER))

    (falls, rises), (low, high) = (tuple((float(x), float(y)) for x, y in each) for each in (texts, points))
    assert falls == pytest.approx((low[0] + 5 - 7, low[1] + 17))
    assert rises == pytest.approx((high[0] + 5 - 7, high[1] - 7))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.kind)
def test_no_label_is_cut_and_none_meets_another(part):
    for svg in re.findall("<svg.*?</svg>", draw(part)):
        _, _, width, height = map(float, re.search('viewBox="(.*?)"', svg)[1].split())
        found = boxes(svg)
        for left, top, right, bottom in found:
            assert -0.5 <= left <= right <= width + 0.5
            assert -0.5 <= top <= bottom <= height + 0.5
        for a, b in combinations(found, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)


def test_a_line_is_named_at_its_end():
    """The higher line's name is above, and each at its line's height but for the room it needs."""
    svg = draw(LINES)
    labels = {name: float(y) for y, name in re.findall(r'y="([\d.]+)" class="run">(line \d)<', svg)}
    ends = [float(y) for y in re.findall(r'<path class="run" d="M\S+ \S+ \S+ ([\d.]+)"', svg)]

    assert sorted(labels, key=labels.__getitem__) == ["line 1", "line 0", "line 3", "line 2"]
    assert all(abs(labels[f"line {n}"] - end) < 20 for n, end in enumerate(ends))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.kind)
def test_words_are_escaped_and_nothing_is_asked_for(part):
    text = html(Figure("<b>", 'says "so"', (part,), "a <note>"))

    assert "<title" not in text
    assert "<money" not in text
    assert "<note" not in text
    assert not re.search(r"https?:|url\(|<script", text)


def test_the_key_names_each_look_once_and_the_book_last():
    text = html(
        Figure("t", "alt", (PARTS[0], PARTS[0], Chart((Marks("book", (1.0,), (1.0,), "book"),)), PARTS[1]))
    )

    names = re.findall(r"<li>.*?</svg>([^<]*)</li>", text)
    assert names == ["line 0", "line 1", "line 2", "line 3", "share", "book"]


def test_a_drawing_says_in_words_what_is_seen():
    assert 'role="img" aria-label="t: two &quot;lines&quot;"' in html(Figure("t", 'two "lines"', (LINES,)))
    assert "role=" not in html(Figure("t", "two", (PARTS[-1],)))
    assert html(Figure("t", "not drawn: why")) == ""


def test_a_line_has_a_gap_where_it_has_no_number():
    line = draw(Chart((Marks("run", (1.0, 2.0, 3.0, 4.0), (1.0, float("nan"), 3.0, 2.0)),)))
    assert re.search('class="run" d="M[^"]*M', line)
    assert re.search(
        'class="run" d="M[-0-9. ]+h8"', draw(Chart((Marks("run", (1.0,), (1.0,)), PARTS[1].marks[1])))
    )


def test_a_matrix_that_is_the_same_is_shown_once():
    same = draw(Matrix(((1.0, 2.0), (3.0, 4.0)), ((1.0, 2.0), (3.0, 4.0))))

    assert same.count("<table") == 1
    assert "book and this run" in same


def test_colours_are_the_pages_and_have_their_own():
    """On a page without its variables each colour is one of the style, before which a page's own goes."""
    (usual,) = re.findall(r":where\(:root\) {(.*)}", STYLE)
    used = set(re.findall(r"var\((--[\w-]+)\)", STYLE)) - {"--s", "--f-tint"}

    assert used == set(re.findall(r"(--[\w-]+): #", usual))


@pytest.mark.parametrize(
    ("runs", "scale", "ends"),
    [
        ((0.98, 0.9991), "logit", (0.98, 1)),
        ((1.0, 1.0), "logit", (0.94, 1)),
        ((1.0, 1.0), "identity", (0.94, 1.06)),
        ((97.0, 99.6), "logit", (97, 100)),
        ((0.0, 0.0), "logit", (0, 1)),
        ((-0.1, 1.3), "identity", (-0.2, 1.4)),
    ],
)
def test_an_axis_of_shares_ends_at_what_is_possible(runs, scale, ends):
    """An accuracy above 1, or a loss below 0, has no place on it; a typed one is an arrow at its end."""
    drawn = draw(Strip(runs, scale=scale, yours=(870.0,)))

    found = [float(re.search(rf'data-{name}="(.*?)"', drawn)[1]) for name in ("low", "high")]
    assert found == pytest.approx(ends)
    assert "yours 870 →" in drawn


def test_the_books_words_are_counted_from_one():
    drawn = draw(Rank(("money", "cash"), (("cash", 64.0),), 64))
    assert re.findall(r">(\d \w+)<", drawn)[:2] == ["1 money", "2 cash"]
