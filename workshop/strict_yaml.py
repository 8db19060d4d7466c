"""YAML of the package's own files, read by a safe loader that refuses a key given twice."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotYAML(ValueError):
    """Text that is not YAML; the message names the line if it is known."""


class _Loader(_Base):  # type: ignore[misc]  # its base has no type
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for name, _ in node.value:
            key = self.construct_object(name, deep=True)
            if isinstance(key, Hashable):  # the base refuses other keys
                if key in seen:
                    twice = f"key {key!r} is given twice"
                    raise yaml.constructor.ConstructorError(problem=twice, problem_mark=name.start_mark)
                seen.add(key)
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Base.construct_yaml_str)  # dates are text


def read_yaml(content: bytes | str) -> Any:
    """Return the value of YAML. Raises NotYAML."""
    try:
        return yaml.load(content, _Loader)  # noqa: S506  it is a safe loader
    except (yaml.YAMLError, ValueError, TypeError, LookupError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        text = getattr(error, "problem", None) or str(error) or "nested too deep"
        raise NotYAML(where + " ".join(text.split())) from None
