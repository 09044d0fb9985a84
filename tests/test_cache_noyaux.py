"""Le cache derrière les noyaux Jupyter (`--moteur noyaux`) : mêmes réponses que sans lui."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_book import cell, chapters_of, make_book

from edition.build import empty_ledger
from edition.cache.executions import Executions
from edition.config import Config
from edition.execution import execute, kernels
from edition.execution.notebook import dump, notebook

BOOK = {
    f"chapters/{name}.qmd": f"# {name}\n\n" + cell(f"print(open('data/{name}.txt').read())")
    for name in ("a", "b")
}


def run(config: Config) -> tuple[dict[str, str], list[str]]:
    """Execute with kernels as a build does; the notebooks, and who did not have to run."""
    ledger = config.root / ".rapport" / "registre"
    empty_ledger(ledger)
    memory = Executions(config.root, ledger, ["a", "b"])
    done = execute(chapters_of(config), config=config, memory=memory, engine="noyaux")
    memory.close()
    return {one.stem: dump(notebook(one)) for one in done}, sorted(memory.recalled)


@pytest.mark.lent
def test_a_byte_of_data_runs_only_the_kernel_of_the_chapter_that_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    for name in ("a", "b"):
        (tmp_path / "data" / f"{name}.txt").write_text(f"{name} : 10", "utf-8")
    config = make_book(tmp_path, BOOK)
    cold, recalled = run(config)
    assert recalled == []
    assert "a : 10" in cold["a"]

    started: list[str] = []
    real = kernels.run

    def watched(jobs, workers, root):
        started.extend(job.chapter.stem for _, job in jobs)
        return real(jobs, workers, root)

    monkeypatch.setattr(kernels, "run", watched)
    assert run(config) == (cold, ["a", "b"])
    assert started == []

    (tmp_path / "data" / "a.txt").write_text("a : 11", "utf-8")
    changed, recalled = run(config)
    assert (started, recalled) == (["a"], ["b"])
    assert changed == cold | {"a": cold["a"].replace("a : 10", "a : 11")}
