/** Scrolling through more pixels than an element may have. Pure.
 *
 * Browsers end an element at some 16 million pixels, so a longer table scrolls in a shorter box. Small
 * steps (wheel, keys, finger) then move the table one to one, large ones (the thumb is dragged) by the
 * box's own measure: pixel for pixel near both ends, in proportion between. When the reader rests, the
 * thumb is put where it belongs.
 */

/** Firefox ends an element at 17.8 million pixels, Chromium at 33.5. */
const LONGEST = 8_000_000;

/** Share of the box at each end where a pixel is a pixel. */
const END = 1 / 8;

/** Steps of more than so many screens are those of a dragged thumb. */
const SMALL = 3;

export class Roll {
  /** Uppermost pixel of the table that is seen. */
  top = 0;
  /** Uppermost pixel of the box, as the browser has it. */
  thumb = 0;
  /** Pixels of the table. */
  private whole = 0;
  /** Pixels that are seen at once. */
  height = 0;

  constructor(private readonly longest: number = LONGEST) {}

  /** Pixels of the box. */
  get shown(): number {
    return Math.min(this.whole, this.longest);
  }

  resize(whole: number, height: number): void {
    this.whole = whole;
    this.height = height;
    this.moveTo(this.top);
  }

  /** Shows another place of the table; the thumb goes along. */
  moveTo(top: number): void {
    this.top = Math.max(0, Math.min(this.furthest, top));
    this.settle();
  }

  /** Puts the thumb where it belongs. */
  settle(): void {
    const { furthest, furthestThumb } = this;
    this.thumb = Math.round(across(this.top, furthest, furthestThumb, END * furthestThumb));
  }

  /** Follows the reader, who has moved the thumb. */
  follow(thumb: number): void {
    const step = thumb - this.thumb;
    this.thumb = thumb;
    const { furthest, furthestThumb } = this;
    if (this.whole === this.shown) this.top = thumb;
    else if (Math.abs(step) > SMALL * this.height) this.top = across(thumb, furthestThumb, furthest, END * furthestThumb);
    else this.top += step;
    this.top = Math.max(0, Math.min(furthest, this.top));
    // At the end of the box there may be more of the table.
    if (thumb <= 0 || thumb >= furthestThumb - 1) this.settle();
  }

  private get furthest(): number {
    return Math.max(0, this.whole - this.height);
  }

  private get furthestThumb(): number {
    return Math.max(0, this.shown - this.height);
  }
}

/** Maps a length onto another: as it is within `end` of either end, stretched or squeezed between. */
function across(at: number, length: number, toLength: number, end: number): number {
  if (at <= end) return at;
  if (at >= length - end) return toLength - (length - at);
  return end + ((at - end) / (length - 2 * end)) * (toLength - 2 * end);
}
