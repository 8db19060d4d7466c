"""A strict reader of YAML: mappings, lists, text, numbers, truth values and null, without duplicate keys."""

from __future__ import annotations

from typing import Any

import yaml

from workshop.untrusted import printable

DEEPEST = 100
MOST = 250_000  # values, with those that aliases repeat; the largest ledger file has 12,000
_TAG = "tag:yaml.org,2002:"
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotYAML(ValueError):
    """Text that is not the expected YAML; the message names the line if it is known."""

    def __init__(self, problem: str, line: int | None) -> None:
        where = "" if line is None else f"line {line}: "
        super().__init__(where + " ".join(printable(problem).split()))


def read_yaml(content: bytes | str) -> Any:
    """Return the value of YAML in UTF-8. Raises NotYAML."""
    try:
        text = content if isinstance(content, str) else content.decode()
    except UnicodeDecodeError as error:
        raise NotYAML("not UTF-8", error.object[: error.start].count(b"\n") + 1) from None
    try:
        loader = _Base(text)
        node = loader.get_single_node()
        return None if node is None else _Builder(loader).build(node, 0)
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise NotYAML("a character that YAML does not allow", line) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYAML(error.problem or "no YAML", None if mark is None else mark.line + 1) from None
    except (RecursionError, UnicodeEncodeError) as error:
        deep = isinstance(error, RecursionError)
        raise NotYAML("nested too deep" if deep else "text with half a character", None) from None


class _Builder:
    """Builds values from nodes; a repeated alias is built again, so that it counts each time."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._count = 0

    def build(self, node: yaml.Node, depth: int) -> Any:
        self._count += 1
        if self._count > MOST:
            raise _problem(f"more than {MOST:,} values, with repeated aliases", node)
        if depth > DEEPEST:
            raise _problem(f"nested more than {DEEPEST} levels deep", node)
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.build(item, depth + 1) for item in node.value]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        raise _problem(f"tag {node.tag.removeprefix(_TAG)!r} is not known here", node)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for name, item in node.value:
            if not isinstance(name, yaml.ScalarNode):
                raise _problem("a key must be text or a number", name)
            key = self.build(name, depth + 1)
            if key in found:
                owner = f"{found['id']}: " if "id" in found else ""
                raise _problem(f"{owner}key {key!r} is given twice", name)
            found[key] = self.build(item, depth + 1)
        return found

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text, tag = node.value, node.tag.removeprefix(_TAG)
        if tag in ("str", "timestamp"):
            if printable(text) != text:
                raise _problem("text with a control character", node)
            return text
        fits = tag in ("int", "float", "bool", "null") and node.tag == self._loader.resolve(
            yaml.ScalarNode, text, (True, False)
        )
        if fits and len(text) <= 100:
            try:
                return getattr(self._loader, f"construct_yaml_{tag}")(node)
            except ValueError:  # such as 0b_
                pass
        raise _problem(f"{text if len(text) <= 40 else text[:37] + '...'!r} is not a valid YAML {tag}", node)


def _problem(problem: str, node: yaml.Node) -> NotYAML:
    return NotYAML(problem, node.start_mark.line + 1)
