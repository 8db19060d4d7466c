"""Matrices of unlike sizes, so that no axis is mistaken for another; square ones that commute or do not."""

MATRICES = (((4, -1, 7),), ((2,), (9,), (3,)), ((1, 2), (2, 4), (8, 5)), ((3, 6, -4, 0), (7, 7, 1, 5)))
SQUARES = (((1, 2), (3, 4)), ((0, 1), (1, 0)), ((1, 0), (0, 1)), ((5, 0), (0, 5)))
