"""Copies trained models into the package, and draws their curves. Trains and measures nothing.

    python training/ship.py WORK [NAME ...]

Each WORK/NAME becomes src/lmscope/demo/NAME, its loss.csv training/curves/NAME.csv; all curves
together make training/curves.svg. Run evaluate.py afterwards: it writes the manifest.
"""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
DEMO = HERE.parent / "src/lmscope/demo"
COLOURS = {"demo-solu-1l": "#0072b2", "demo-gelu-2l": "#d55e00", "demo-solu-1l-twin": "#009e73"}
LEFT, TOP, WIDTH, HEIGHT = 46, 16, 560, 260
LOW, HIGH = 3.0, 6.5  # nats per token


def draw(curves: dict[str, list[tuple[float, float]]]) -> str:
    """Draw the loss on the demo text against millions of tokens seen, as SVG."""
    most = max(x for points in curves.values() for x, _ in points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 20}" '
        f'height="{TOP + HEIGHT + 46}" font-family="sans-serif" font-size="12">',
        f'<rect width="{LEFT + WIDTH + 20}" height="{TOP + HEIGHT + 46}" fill="white"/>',
    ]

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + WIDTH * x / most, TOP + HEIGHT * (HIGH - min(y, HIGH)) / (HIGH - LOW)

    for tick in (3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5):
        _, y = at(0, tick)
        parts.append(f'<path d="M{LEFT} {y:.1f}h{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick}</text>')
    for million in range(0, int(most) + 1, 2):
        x, _ = at(million, HIGH)
        parts.append(
            f'<text x="{x:.1f}" y="{TOP + HEIGHT + 16}" text-anchor="middle">{million}</text>'
        )
    for i, (name, points) in enumerate(curves.items()):
        line = " ".join("{:.1f},{:.1f}".format(*at(*point)) for point in points)
        colour = COLOURS.get(name, "#000")
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
        )
        parts.append(
            f'<text x="{LEFT + WIDTH - 6}" y="{TOP + 18 + 18 * i}" text-anchor="end" '
            f'fill="{colour}">{name}: {points[-1][1]:.3f}</text>'
        )
    below = "millions of tokens seen; loss on demo.jsonl.gz, nats per token"
    parts.append(f'<text x="{LEFT}" y="{TOP + HEIGHT + 38}">{below}</text></svg>\n')
    return "\n".join(parts)


def main(work: Path, names: list[str]) -> None:
    """Copy what is named, or all there is, and draw every curve that is recorded."""
    (HERE / "curves").mkdir(exist_ok=True)
    found = names or sorted(p.parent.name for p in work.glob("demo-*/model.safetensors"))
    for name in found:
        (DEMO / name).mkdir(parents=True, exist_ok=True)
        for file in ("config.json", "model.safetensors", "tokenizer.json"):
            shutil.copyfile(work / name / file, DEMO / name / file)
        if (work / name / "loss.csv").exists():
            shutil.copyfile(work / name / "loss.csv", HERE / "curves" / f"{name}.csv")
    curves = {}
    for name in COLOURS:
        path = HERE / "curves" / f"{name}.csv"
        if path.exists():
            with path.open() as file:
                rows = list(csv.DictReader(file))
            curves[name] = [(int(row["tokens"]) / 1e6, float(row["demo"])) for row in rows]
    if curves:
        (HERE / "curves.svg").write_text(draw(curves))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
