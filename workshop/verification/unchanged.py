"""A run of what was run before: what it found is read back, and nothing is judged again.

A run depends on the package with its ledger and recorded runs, on the environment, the options, the claims,
the data sets and libraries that are here, and on each entry of the store that it looks for. Where all of it
is as it was, so are its records and figures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from workshop import datasets
from workshop.datasets.cache import distrusted_since
from workshop.execution.catalogue import catalogue
from workshop.execution.digests import code_digest
from workshop.execution.planner import find_data, installed
from workshop.execution.store import Store
from workshop.figures.files import from_json
from workshop.ledger import Claim
from workshop.verification.engine import Engine
from workshop.verification.plans import quantities
from workshop.verification.results import Results, parse_results, write_file


@dataclass(frozen=True)
class Earlier:
    """What is kept of an earlier run of these claims by an engine like this one.

    Nothing is kept of runs without a store, in another interpreter, on a cluster, or of a reader's own.
    """

    engine: Engine
    claims: Sequence[Claim]

    def lacking_datasets(self) -> tuple[set[str], set[str]]:
        """Return what the engine's method of this name does, and load the chapters only if they changed."""
        missing, substituted = self._kept(
            "lacking", lambda: [sorted(names) for names in self.engine.lacking_datasets(self.claims)]
        )
        return {*missing}, {*substituted}

    @cached_property
    def results(self) -> Results | None:
        """The results of the earlier run in this run's environment, None without one."""
        if self._found is None:
            return None
        claims = json.loads(f"[{self._found['claims']}]")
        return parse_results({"environment": self.engine.environment_record(), "claims": claims})

    @property
    def figures(self) -> dict[str, Any] | None:
        """The figures of the earlier run in the form of JSON, None without one."""
        return None if self._found is None else self._found["figures"]

    def write(self, results: Results, path: Path) -> None:
        """Write the results of the run, which are those of the earlier one if there is one."""
        if self._found is None:
            self.engine.with_samples(results).write(path)
        elif any(record.lost for record in results.claims):
            results.write(path)
        else:
            write_file(results.environment, self._found["claims"], path)

    def keep(self, claims: str, figures: Mapping[str, Any]) -> None:
        """Keep what the run's files have: the text of its claims, and its figures.

        A run with a failure, or that lost a result, is made again, and so is one of which not everything
        could be stored or drawn.
        """
        entries = self.engine.entries()
        drawn = all(figure.is_drawn for own in from_json(figures).values() for figure in own)
        records = json.loads(f"[{claims}]")
        again = any(one["lost"] or one["verdict"] == "failed" for one in records)
        if entries is None or not drawn or again:
            return
        content = {"entries": entries, "claims": claims, "figures": figures}
        self._kept("runs", lambda: content, lambda _: False)

    @cached_property
    def _found(self) -> Any:
        return self._kept("runs", lambda: None, self._holds)

    def _holds(self, found: Any) -> bool:
        """Whether all entries of the store that a run looked for are as they were, those not there too."""
        assert self.engine.store is not None
        store = Store(self.engine.store)
        return all(store.checksum(key) == checksum for key, checksum in found["entries"].items())

    def _kept(self, kind: str, make: Callable[[], Any], holds: Callable[[Any], bool] = lambda _: True) -> Any:
        if not self.engine.repeatable:
            return make()
        return self.engine.recordings.kept(kind, self._made_of, make, holds)

    @cached_property
    def _made_of(self) -> list[str]:
        """All that a run depends on but the store's entries."""
        engine = self.engine
        run = [
            *(claim.id for claim in self.claims),
            repr((engine.profile, engine.seed_count, engine.strict, engine.services)),
            *map(repr, engine.book.ledger.claims.values()),
        ]
        if engine.book.catalogue is not catalogue:  # whose functions are in the digest of the package
            own = engine.catalogue(self.claims).parts.values()
            run += [code_digest(part.module, part.name) for parts in own for part in parts]
        needs = engine.recordings.kept("needed", run, self._needs)
        known = engine.book.data_sets()
        found = [find_data(known[name], services=engine.services) for name in needs["data"]]
        libraries = {*needs["libraries"], "tf_keras"}
        for one in found:
            if isinstance(one, datasets.Found):
                run.append(str(distrusted_since(one.checksum)))
                libraries |= {*datasets.reader_of(one)[1]}
        here = [name for name in sorted(libraries) if installed(name)]
        return [*run, *map(repr, found), *here]

    def _needs(self) -> dict[str, list[str]]:
        """Return the data sets and libraries of all that the units of the claims have and take."""
        known = self.engine.catalogue(self.claims)
        units = {claim.unit for claim in self.claims}
        units |= {measure.unit for claim in self.claims for measure in quantities(claim)}
        parts = known.with_upstream(part for unit in units for part in known.parts.get(unit, ()))
        return {
            "data": sorted(known.needed(parts)),
            "libraries": sorted({name for part in parts for name in part.uses}),
        }
