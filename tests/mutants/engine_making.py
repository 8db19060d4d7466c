"""Makes the mutants of a module of the engine by cosmic-ray's operators."""

from __future__ import annotations

import ast
import hashlib
import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

# One replacement of each arithmetic operator, and of each comparison its edge and its opposite. What notices
# one of them notices cosmic-ray's others.
REPLACED = {
    "Binary": (
        "Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_Mul", "Pow_Mul", "BitOr_BitAnd",
        "BitAnd_BitOr", "BitXor_BitAnd", "LShift_RShift", "RShift_LShift",
    ),
    "Comparison": (
        "Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is", "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE",
        "Gt_LtE", "GtE_Gt", "GtE_Lt",
    ),
    "Unary": ("USub_UAdd", "Delete_Not"),
}  # fmt: skip
OTHERS = (
    "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer",
    "RemoveDecorator", "ZeroIterationForLoop",
)  # fmt: skip
CACHES = ("cache", "lru_cache")  # only the time differs without these decorators


@dataclass(frozen=True)
class Mutant:
    """One change of a file: the changed lines before and after, and the whole text.

    `lines` are the first and the last of the function that is changed, None outside of functions.
    """

    file: str
    old: str
    new: str
    text: str
    lines: tuple[int, int] | None

    @property
    def key(self) -> str:
        """What stands for the mutant in the results."""
        return digest(self.file, self.text)


def mutants(file: str, root: Path) -> list[Mutant]:
    """Return all mutants of a file, except for those in f-strings, annotations and signatures.

    F-strings write messages, the others do not run.
    """
    cosmic = {name: importlib.import_module(f"cosmic_ray.{name}") for name in ("ast", "mutating", "plugins")}
    text = (root / file).read_text("utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    left, functions = list(_left_alone(tree)), list(bodies(tree))
    found = {}
    for name in (
        *(f"Replace{kind}Operator_{each}" for kind, all_ in REPLACED.items() for each in all_),
        *OTHERS,
    ):
        operator = cosmic["plugins"].get_operator(f"core/{name}")()
        nodes = cosmic["ast"].ast_nodes(cosmic["ast"].get_ast(text))
        for nth, ((line, column), _) in enumerate(
            w for node in nodes for w in operator.mutation_positions(node)
        ):
            place = line, len(lines[line - 1][:column].encode())  # `ast` counts bytes
            if any(start <= place < end for start, end in left):
                continue
            try:
                mutated = cosmic["mutating"].mutate_code(text, operator, nth)
            except AttributeError:  # cosmic-ray replaces no exception that is written with its module
                continue
            if _meaning(mutated) in {"", _meaning(text)}:
                continue
            around = next((each for each in functions if each[0] <= line <= each[1]), None)
            mutant = Mutant(file, *_changed(text, mutated), mutated, around)
            found[mutant.key] = mutant
    return list(found.values())


Place = tuple[int, int]


def _left_alone(tree: ast.Module) -> Iterator[tuple[Place, Place]]:
    """Yield where nothing is mutated, each from its first to after its last byte."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield _span(node)
        elif isinstance(node, ast.AnnAssign):
            yield _span(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            for each in node.decorator_list:
                if ast.unparse(each).startswith(CACHES):
                    yield (each.lineno, each.col_offset - 1), _span(each)[1]  # from the @ on
            start = _span(node)[0]  # of what lies between the default values
            for default in filter(None, (*node.args.defaults, *node.args.kw_defaults)):
                yield start, _span(default)[0]
                start = _span(default)[1]
            yield start, _span(node.body[0])[0]


def _span(node: Any) -> tuple[Place, Place]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def bodies(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Yield the first and last lines of the bodies of functions and methods."""
    for holder in (tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))):
        for node in holder.body:
            if isinstance(node, ast.FunctionDef):
                yield node.body[0].lineno, node.end_lineno or 0


def _changed(before: str, after: str) -> tuple[str, str]:
    """Return the lines that differ, each side on one line."""
    old, new = before.splitlines(), after.splitlines()
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    first, second = (" ".join(" ".join(each[start : len(each) - end]).split()) for each in (old, new))
    return first, second


def _meaning(text: str) -> str:
    """Return what does not depend on layout, "" if it is not Python; 1e308 + 1 means the same as 1e308."""
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:
        return ""


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many lines are the same, from the first on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def digest(*texts: str) -> str:
    """Return what stands for some texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
