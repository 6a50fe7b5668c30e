/** A question that changes while it is asked, such as a text that is being typed. Pure: knows no page.
 *
 * It is asked when it has stood still for a moment; a question that has changed since is given up, and its
 * answer never shown, in whatever order the answers come. What was just asked is not asked again.
 */

/** Long enough that a quick typist asks once a word. */
export const PAUSE_MS = 150;
const N_REMEMBERED = 20;

export class Asking<Q, A> {
  /** What is asked now; null for nothing. */
  question: Q | null = null;
  /** The latest answer; `isCurrent` tells whether it is the one to `question`. */
  answer: A | null = null;
  /** Why `question` has no answer. */
  trouble: unknown = null;
  isCurrent = false;

  private key = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked: AbortController | null = null;
  private readonly remembered = new Map<string, A>();

  /** `changed` is called whenever there is something new to draw. */
  constructor(
    private readonly ask: (question: Q, signal: AbortSignal) => Promise<A>,
    private readonly changed: () => void,
  ) {}

  get isWaiting(): boolean {
    return this.question !== null && !this.isCurrent && this.trouble === null;
  }

  /** Puts another question; the same one again changes nothing, unless it had no answer and is `again`. */
  put(question: Q | null, { again = false } = {}): void {
    const key = JSON.stringify(question);
    if (key === this.key && !(again && this.trouble !== null)) return;
    this.drop();
    this.question = question;
    this.key = key;
    this.trouble = null;
    const known = this.remembered.get(key);
    this.isCurrent = known !== undefined;
    if (known !== undefined || question === null) this.answer = known ?? null;
    else this.timer = setTimeout(() => void this.send(question, key), PAUSE_MS);
    this.changed();
  }

  /** Gives up what is under way. */
  drop(): void {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.asked = null;
    this.key = "";
  }

  private async send(question: Q, key: string): Promise<void> {
    const asked = (this.asked = new AbortController());
    try {
      const answer = await this.ask(question, asked.signal);
      if (this.asked !== asked) return;
      this.answer = answer;
      this.isCurrent = true;
      this.remembered.delete(key);
      this.remembered.set(key, answer);
      if (this.remembered.size > N_REMEMBERED) this.remembered.delete(this.remembered.keys().next().value!);
    } catch (error) {
      if (this.asked !== asked) return;
      this.answer = null;
      this.trouble = error ?? new Error("no reason given");
    }
    this.changed();
  }
}
