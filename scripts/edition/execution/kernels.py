"""Execute chapters with one Jupyter kernel each, where processes cannot be forked."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import ast
import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edition.execution.environment import environment
from edition.execution.steps import Job

_RECORD = """from enquete import paths, reads
reads.start(paths.root())
del paths, reads"""
_RECORDED = "'\\n'.join(__import__('enquete.reads').reads.found())"


def run(jobs: Sequence[tuple[int, Job]], workers: int, root: Path) -> Iterator[dict[str, Any]]:
    """Yield the same messages as the warm parent, once all jobs have ended."""
    yield from asyncio.run(_run_all(jobs, workers, root))


async def _run_all(
    jobs: Sequence[tuple[int, Job]], workers: int, root: Path
) -> list[dict[str, Any]]:
    places = asyncio.Semaphore(workers)

    async def run_one(number: int, job: Job) -> dict[str, Any]:
        async with places:
            return {"job": number, **await _run_job(job, root)}

    return list(await asyncio.gather(*(run_one(number, job) for number, job in jobs)))


async def _run_job(job: Job, root: Path) -> dict[str, Any]:
    """Run one chapter in a kernel of its own; the limit starts with its first step."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    notebook = nbformat.v4.new_notebook()
    client = NotebookClient(
        notebook,
        km=_manager(),
        timeout=None,
        allow_errors=True,
        store_widget_state=False,
        record_timing=False,
        shutdown_kernel="immediate",
    )
    at = 0

    async def run_steps() -> list[dict[str, Any]]:
        nonlocal at
        results: list[dict[str, Any]] = []
        for number, step in enumerate(job.steps):
            at = number
            result = await _run_step(client, step)
            results.append(result)
            if "error" in result:
                break
        return results

    async with client.async_setup_kernel(cwd=str(root), env=environment(root), cleanup_kc=True):
        start = time.monotonic()
        await _request(client, f"{job.prelude}\n{_RECORD}", silent=True)
        running = asyncio.ensure_future(run_steps())
        # not wait_for: nbclient takes its cancellation for the death of the kernel
        await asyncio.wait({running}, timeout=job.limit)
        if not running.done():
            running.cancel()
            await asyncio.wait({running})
            running.exception()
            return {"overtime": at}
        if isinstance(running.exception(), DeadKernelError):
            return {"crash": "noyau mort", "at": at}
        results = running.result()
        seconds = time.monotonic() - start
        reply = await _request(client, "", user_expressions={"reads": _RECORDED})
        data = reply["user_expressions"]["reads"].get("data", {})
        read = ast.literal_eval(data["text/plain"]) if data else "!lectures inconnues"
        return {"results": results, "seconds": seconds, "reads": read.splitlines()}


async def _run_step(client: Any, step: dict[str, Any]) -> dict[str, Any]:
    import nbformat

    if "expressions" in step:
        expressions = {str(n): code for n, code in enumerate(step["expressions"])}
        reply = await _request(client, "", user_expressions=expressions)
        return {"values": [reply["user_expressions"][key] for key in expressions]}
    cell = nbformat.v4.new_code_cell(step["code"])
    client.nb.cells.append(cell)
    await client.async_execute_cell(cell, len(client.nb.cells) - 1, store_history=True)
    for output in cell.outputs:
        if output.output_type == "error":
            return {"error": dict(output)}
    return {"outputs": [_plain(output) for output in cell.outputs], "count": cell.execution_count}


async def _request(client: Any, code: str, **options: Any) -> Any:
    """Ask the kernel to execute *code* outside any cell and return its reply."""
    message = client.kc.execute(code, store_history=False, allow_stdin=False, **options)
    reply = await client.async_wait_for_reply(message)
    return reply["content"]


def _plain(node: Any) -> Any:
    """Return a notebook node as plain dicts and lists."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    return [_plain(item) for item in node] if isinstance(node, list) else node


def _manager() -> Any:
    """Return a kernel manager whose kernel is this interpreter, whatever kernels are installed."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    class OwnInterpreter(KernelSpecManager):  # type: ignore[misc,unused-ignore]
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002
            command = [
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--log-level=40",
            ]
            return KernelSpec(argv=command, display_name="Python 3", language="python")

    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OwnInterpreter())
