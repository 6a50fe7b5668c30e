import assert from "node:assert/strict";
import { test } from "node:test";

import { LEVELS } from "../src/colour.ts";
import { dark, light, shades } from "../src/theme.ts";

type Colour = [number, number, number];

const parse = (hex: string): Colour => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)) as Colour;

const mix = (a: Colour, b: Colour, share: number): Colour =>
  a.map((x, i) => Math.round(share * x + (1 - share) * b[i]!)) as Colour;

/** Relative luminance of WCAG 2.1. */
function luminance(colour: Colour): number {
  const [r, g, b] = colour.map((c) => (c > 10 ? ((c / 255 + 0.055) / 1.055) ** 2.4 : c / 3294.6)) as Colour;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Colour, b: Colour): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

for (const [mode, colours] of Object.entries({ light, dark })) {
  const page = parse(colours.page);

  test(`text can be read on every shade, ${mode}`, () => {
    for (const side of ["positive", "negative"] as const) {
      for (let level = 0; level <= LEVELS; level++) {
        const shade = mix(parse(colours[side]), page, level / LEVELS);
        const found = contrast(parse(colours.ink), shade);

        assert.ok(found >= 4.5, `${side} ${level}: ${found.toFixed(2)}`);
      }
    }
  });

  test(`secondary text, links and marks can be read on every background, ${mode}`, () => {
    for (const ground of ["page", "raised", "alert"] as const) {
      for (const [name, least] of [["quiet", 4.5], ["link", 4.5], ["ink", 7], ["edge", 3]] as const) {
        const found = contrast(parse(colours[name]), parse(colours[ground]));

        assert.ok(found >= least || (ground === "alert" && name === "edge"), `${name} on ${ground}: ${found.toFixed(2)}`);
      }
    }
    for (const name of ["positive-mark", "negative-mark"] as const) {
      const found = contrast(parse(colours[name]), page);

      assert.ok(found >= 3, `${name}: ${found.toFixed(2)}`);
    }
  });
}

test("every level of both sides has its class", () => {
  for (const side of ["p", "n"]) {
    for (let level = 1; level <= LEVELS; level++) assert.ok(shades.cssText.includes(`.${side}${level} {`));
  }
});
