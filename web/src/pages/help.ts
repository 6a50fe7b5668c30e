/** Help: the words, the pages and the keys, for somebody who meets all of it for the first time. */

import { LitElement, css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { KEYS } from "../keys.ts";
import type { Source } from "../source.ts";
import { base, shades, theme } from "../theme.ts";
import type { Shelf } from "../types.ts";

/** Tokens of a sentence with steps of shade, as a neuron that likes numbers of items might have them. */
const SENTENCE: [token: string, shade: string][] = [
  ["There", ""], [" are", ""], [" three", "p9"], [" cats", ""], [" and", ""], [" ", ""], ["12", "p22"], [" dogs", "p3"],
  [" in", ""], [" no", "n8"], [" hurry", ""], [".", ""],
];

const WORDS: [word: string, meaning: string][] = [
  ["token", "A piece of text: a short word, a part of a long one, a comma. The model reads tokens, not letters. A space belongs to the word after it; where it would be overlooked it is drawn as ·, and a line's end as ↵."],
  ["neuron", "One small detector inside the model. At every token it has one value. L0N737 is number 737 of layer 0; both are counted from 0."],
  ["layer", "The model works in steps, one after the other. Each step is a layer and has its own neurons. Early layers often see letters and words, later ones what the text is about; often, not always."],
  ["activation", "The neuron's value at a token. Large: it fires, it has found what it looks for. About zero: nothing there. A value of 3 may be huge for one neuron and nothing for another, so each has its own scale."],
  ["SoLU, GELU, …", "The activation function: the little rule that turns what comes into a neuron into its activation. SoLU makes the neurons of a layer compete, so that fewer fire at once and each is easier to read."],
  ["site", "Where exactly the value was read: post (what the neuron hands on), mid (in SoLU models, before a last rescaling), pre (before the activation function). Never compare values of different sites."],
  ["peak", "The token of a text at which the neuron is largest."],
  ["density", "On what share of all tokens the neuron is above zero. Small: it waits for something rare."],
  ["kurtosis", "How much of the neuron's life is in its rare outbursts: about 0 for a value that sways like a bell curve, large for one that is silent mostly and loud rarely. Neurons with a large one are good to begin with."],
  ["skew", "Above 0 if the outbursts go up, below 0 if they go down."],
  ["top and bottom", "The texts with the largest peaks, and those with the lowest values."],
  ["band", "Random texts from every height of the neuron's scale, not only from the very top. They show it on ordinary days."],
  ["dead", "Never above zero on this pile of text. It may wake up on another: a neuron for Thai sleeps through English."],
  ["promoted, suppressed", "The next tokens that the neuron makes more, or less, likely when it fires, by the straight way out of the model. In early layers most of its work goes other ways."],
  ["corpus", "The pile of text on which the neurons were watched."],
  ["hypothesis", "What you think a neuron fires on, said so that it could turn out wrong."],
  ["rule", "A hypothesis for a machine: which characters of a text should make the neuron fire. words: go, went is one; a regular expression another."],
  ["verdict", "What a test comes to, in words. Half of the documents choose how the rule is meant, the other half judges; simpler rules are tried too."],
  ["base rate", "The share of tokens that a rule marks. It is what chance gives, so every measure stands beside it."],
  ["catalogue", "A folder with everything that was noted about a model's neurons on a corpus."],
];

const PAGES: [page: string, meaning: string][] = [
  ["Models", "Every catalogue there is. Take one that says start here."],
  ["A model", "Its layers, and a table of all its neurons: sort by kurtosis for neurons that wait for something, by density for rare ones, or search for a token that they peak on."],
  ["A neuron", "Its strongest texts, its lowest, some from between, how its values are spread, and what it makes the model say. Point at a token, or walk there with the keys, to read its value."],
  ["Scope", "Type your own text and watch a neuron react, on its own scale; or ask which neurons react most. This needs lmscope serve with a model."],
  ["Compare", "Two neurons side by side, also of two models."],
  ["I think it fires on …", "On a neuron's page: write a rule, see what it marks, test it. The verdict has a page of its own, with a report to take along."],
  ["Log", "What you have seen, starred and noted, to take along. It too needs lmscope serve."],
];

@customElement("lms-help-page")
export class HelpPage extends LitElement {
  @property({ attribute: false }) source!: Source;
  @property({ attribute: false }) shelf!: Shelf;
  @property({ attribute: false }) address!: { page: "help" };

  protected override render() {
    return html`
      <h1>Help</h1>
      <h2>What am I looking at?</h2>
      <p>
        A language model has read so much text that it can guess how a sentence goes on. Nobody wrote its rules: they
        came about by themselves, as millions of numbers. A microscope helps to see some of them at work. lmscope
        watches the <em>neurons</em>, the model's smallest detectors, while it reads.
      </p>
      <p>Say a neuron likes numbers. Then a text looks like this to it:</p>
      <p class="sentence">${SENTENCE.map(([token, shade]) => html`<span class=${shade}>${token}</span>`)}</p>
      <p>
        Blue is above zero, and the bluer the closer to the neuron's largest value in the whole corpus. Orange, with dots
        beneath, is below zero. No colour is about zero. Twenty such texts, those where it rose highest, are the heart
        of a neuron's page. Look at them and guess what they have in common. Many neurons will puzzle you; that is normal.
      </p>
      <h2>The words</h2>
      <dl class="words">${WORDS.map(([word, meaning]) => html`<dt>${word}</dt><dd>${meaning}</dd>`)}</dl>
      <h2>The pages</h2>
      <dl class="words">${PAGES.map(([page, meaning]) => html`<dt>${page}</dt><dd>${meaning}</dd>`)}</dl>
      <h2>What twenty texts can show, and what they cannot</h2>
      <p>
        They show what the neuron likes <em>most</em>, in <em>this</em> corpus. That is a good start for an idea. They do
        not show what it does the rest of the time: a neuron whose top twenty are all about water may spend most of its
        activation on other things. And people see patterns in anything; among thousands of neurons some look perfect by
        chance alone.
      </p>
      <ul>
        <li>Look at the random texts from the middle of the scale too. Does your idea still hold?</li>
        <li>Look for counter-examples: your pattern, without colour.</li>
        <li>In the Scope, try texts of your own, some with the pattern and some that only look like it.</li>
        <li>Ask whether something simpler would do: a single token, a bracket, the start of a line.</li>
        <li>Note what turned out wrong as well. Picking only the successes makes everything look true.</li>
      </ul>
      <h2>The keys</h2>
      ${KEYS.map(
        ({ where, keys }) => html`
          <h3>${where}</h3>
          <dl class="keys">
            ${keys.map(({ keys, what }) => html`<dt>${keys.map((k) => html`<kbd>${k}</kbd> `)}</dt><dd>${what}</dd>`)}
          </dl>
        `,
      )}
      <h2>Addresses</h2>
      <p>
        The box at the top takes a neuron in any spelling: <code>L0N737</code>, <code>0/737</code>,
        <code>demo-solu-1l/0/737</code>, <code>blocks.0.mlp.hook_post[737]</code>, or the name of a catalogue. The
        address of every page can be kept and sent to others.
      </p>
      <p class="quiet">lmscope ${this.shelf.lmscope}</p>
    `;
  }

  static override styles = [
    theme,
    base,
    shades,
    css`
      .sentence {
        padding: 0.5rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--round);
        font: 1rem/1.9 var(--mono);
        white-space: pre-wrap;
      }
      .sentence span {
        padding: 0.15em 0;
        border-radius: 2px;
      }
      dl {
        display: grid;
        grid-template-columns: 11rem minmax(0, 42rem);
        gap: 0.4rem 1rem;
        margin: 0.5rem 0;
      }
      dt {
        font-weight: 600;
      }
      dd {
        margin: 0;
      }
      kbd {
        font-weight: 400;
        white-space: nowrap;
      }
      @media (max-width: 36rem) {
        .words {
          display: block;
        }
        .words dd {
          margin-bottom: 0.6rem;
        }
      }
    `,
  ];
}
