"""The fingerprint of an outcome: a digest of code, settings, data, seed and environment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from workshop.execution.digests import code_digest


def fingerprint(
    *,
    part: str,
    code: str,
    settings: Mapping[str, Any],
    data: Mapping[str, str],
    seed: int | None,
    upstream: Iterable[str],
    environment: str,
    form: str = "",
) -> str:
    """Return the hex digest of everything that an outcome depends on.

    `code` is the digest of what the part's function reaches. `data` maps data sets to what their values
    depend on, `upstream` lists the fingerprints of the outcomes that the part takes; `form` is how it runs if
    not to its end.
    """
    content = {
        "part": part,
        "code": [code, code_digest("workshop.execution.calling", "run_call")],
        "settings": {k: repr(v) for k, v in sorted(settings.items())},
        "data": dict(sorted(data.items())),
        "seed": seed,
        "upstream": list(upstream),
        "environment": environment,
        **({"form": form} if form else {}),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:40]
