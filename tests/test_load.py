"""Fifty readers at once, while a scan and texts on a model run: every answer is right."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
from sites import GELU, SOLU, Site

from lmscope.catalogue import Catalogue
from lmscope.demonstration import corpus
from lmscope.looking import look, rank
from lmscope.models.loading import load

N_READERS, N_PAGES = 50, 6
TEXT = "8) singled out 9) personality"


def read(url: str, catalogue: Catalogue, address: str, seed: int) -> int:
    """Be a reader who goes from neuron to neuron: ranges of files, then the same as JSON."""
    random = np.random.default_rng(seed)
    n = 0
    with httpx.Client(base_url=url, timeout=120) as client:
        for _ in range(N_PAGES):
            layer, index = int(random.choice(catalogue.layers)), int(random.integers(512))
            shard = f"examples/L{layer:02}.safetensors"
            for file in ("stats.safetensors", "histograms.safetensors", shard):
                size = (catalogue.path / file).stat().st_size
                start = int(random.integers(size - 1))
                stop = min(size, start + int(random.integers(1, 1 << 16)))
                part = client.get(
                    f"catalogues/{address}/{file}",
                    headers={"range": f"bytes={start}-{stop - 1}"},
                )
                with (catalogue.path / file).open("rb") as opened:
                    opened.seek(start)
                    assert (206, opened.read(stop - start)) == (part.status_code, part.content)
                n += 1
            answer = client.get(f"api/catalogues/{address}/neurons/{layer}/{index}")
            assert (200, catalogue[layer, index].to_json()) == (answer.status_code, answer.json())
            visit = {"person": f"reader {seed}", "catalogue": address, "layer": layer}
            seen = client.post("api/journal/visits", json={**visit, "index": index})
            assert (200, index) == (seen.status_code, seen.json()["index"])
            n += 2
        log = client.get("api/journal", params={"person": f"reader {seed}"}).json()
        assert N_PAGES >= log["n_seen"] == len(log["entries"]) > 0
    return n


def test_fifty_readers_a_scan_and_texts_do_not_disturb_each_other(
    site: Site, tmp_path: Path
) -> None:
    model = load(SOLU, device="cpu")
    looked = look(model, TEXT, (0, 5), catalogue=site[SOLU]).to_json()
    ranked = rank(model, TEXT, catalogue=site[SOLU]).to_json()
    asked = {"catalogue": SOLU, "text": TEXT}
    command = [sys.executable, "-m", "lmscope", "scan", GELU, str(corpus())]
    command += ["--tokens", "8000", "-o", str(tmp_path / "scan"), "--json"]
    is_over = threading.Event()

    def ask() -> int:
        n = 0
        with httpx.Client(base_url=site.url, timeout=120) as client:
            while n < 10 or not is_over.is_set():
                found = client.post("api/look", json={**asked, "layer": 0, "index": 5}).json()
                assert looked["tokens"] == found["tokens"]
                np.testing.assert_allclose(looked["activations"], found["activations"], atol=1e-5)
                found = client.post("api/rank", json=asked).json()
                assert [r["neuron"] for r in ranked["neurons"]] == [
                    r["neuron"] for r in found["neurons"]
                ]
                n += 2
        return n

    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as scan,
        ThreadPoolExecutor(N_READERS + 1) as pool,
    ):
        texts = pool.submit(ask)
        reading = [
            pool.submit(read, site.url, site[address], address, seed)
            for seed, address in zip(range(N_READERS), [SOLU, GELU] * N_READERS, strict=False)
        ]
        try:
            n_read = [job.result() for job in reading]
        finally:
            is_over.set()
        said, _ = scan.communicate()

    assert [5 * N_PAGES] * N_READERS == n_read
    assert texts.result() >= 10
    assert 0 == scan.returncode
    assert 2 * 768 == json.loads(said)["n_neurons"]
    assert [] == Catalogue.open(tmp_path / "scan").verify()
