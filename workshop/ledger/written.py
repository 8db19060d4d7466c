"""Short forms of the ledger's YAML, written out for the model.

- `id` of a claim is the name after its unit's id.
- `page` is that of the unit unless the claim has its own.
- `tested_as` without `documented` is all of what is documented; next to it, it adds to it by name.
- `statement` without either is all of what is documented.
- `notebook: same` means that the authors' notebook has the printed value.
- `rule: {parts: {path: rule}}` gives a rule for each part of the quantity, or several in a list.
- `also: {path: rule}` adds rules for further quantities, which are not printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from workshop.values import brief


def write_out(chapter: Any) -> Any:
    """Return what YAML has for a chapter with all short forms of its claims written out.

    What is not a chapter, unit or claim is returned as it is, for the model to refuse. Raises ValueError.
    """
    return _each(chapter, "units", lambda unit: _each(unit, "claims", lambda claim: _claim(claim, unit)))


def _each(owner: Any, key: str, change: Callable[[Any], Any]) -> Any:
    if not isinstance(owner, Mapping) or not isinstance(owner.get(key), list):
        return owner
    return {**owner, key: [change(one) if isinstance(one, Mapping) else one for one in owner[key]]}


def _claim(short: Mapping[str, Any], unit: Mapping[str, Any]) -> dict[str, Any]:
    claim = dict(short)
    name = claim.get("id")
    if isinstance(name, str):
        if not re.fullmatch(r"\w+", name):
            shown = brief(name, 60)
            raise ValueError(
                f"{unit.get('id')}: claim id {shown!r} is not a name: write what is after its unit's id"
            )
        claim["id"] = f"{unit.get('id')}.{name}"
    if claim.get("page") is None:
        claim["page"] = unit.get("page")
    if "tested_as" in claim:
        claim["documented"] = _with_own(claim)
    elif "documented" not in claim and "statement" in claim:
        claim["documented"] = claim["statement"]
    if claim.get("notebook") == "same":
        claim["notebook"] = claim.get("documented")
    rule = claim.get("rule")
    parts = rule.get("parts") if isinstance(rule, Mapping) else None
    rules = list(parts.items()) if isinstance(parts, Mapping) else [("", rule)]
    if "also" in claim:
        _add(claim, rules, claim.pop("also"))
    elif isinstance(parts, Mapping):
        claim["rule"] = {"parts": {"checks": _checks(rules)}}
    return claim


def _with_own(claim: Mapping[str, Any]) -> Any:
    """Return what is documented: what is printed, and behind it what is ours."""
    printed, own = claim.get("documented", {}), claim["tested_as"]
    if "documented" not in claim:
        return own
    if not (isinstance(printed, Mapping) and isinstance(own, Mapping)) or printed.keys() & own.keys():
        raise ValueError(
            f"{claim.get('id')}: `tested_as` adds to `documented` by name: write mappings of different names"
        )
    return {**printed, **own}


def _checks(rules: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Return a check for each rule of a path."""
    return [
        {"at": str(at), "rule": one}
        for at, several in rules
        for one in (several if isinstance(several, list) else [several])
    ]


def _add(claim: dict[str, Any], own: Iterable[tuple[str, Any]], also: Any) -> None:
    """Make a claim's own rules and those of further quantities one rule with several parts."""
    main = claim.get("measure") or str(claim.get("id")).rpartition(".")[2]
    if not isinstance(main, str) or not isinstance(also, Mapping) or not also:
        raise ValueError(
            f"{claim.get('id')}: `also` adds rules by path to a single quantity: "
            "write paths, and one `measure`"
        )
    label, _ = _split(main)
    measures, rules = {label: main}, [(label + _step(str(at)), rule) for at, rule in own]
    for path, rule in also.items():
        name, steps = _split(str(path))
        owner = str(path).removesuffix(steps)
        if measures.setdefault(name, owner) != owner:
            name = owner.replace(".", "_")
            measures[name] = owner
        rules.append((name + steps, rule))
    claim["measure"] = measures
    claim["rule"] = {"parts": {"documents": label, "checks": _checks(rules)}}


def _step(at: str) -> str:
    return at if at[:1] in ("", "[") else f".{at}"


def _split(path: str) -> tuple[str, str]:
    """Return the last name of a path, and the indices after it."""
    match = re.search(r"(\w+)((?:\[[^\]]*\])*)$", path)
    return (match[1], match[2]) if match else (path, "")
