import{a as D}from"./2IVJHKUU.js";import{a as $,b as Q,c as V,d as K,e as G,f as Y}from"./DQIREVFS.js";import{a as j}from"./T5LWFPUD.js";import{a as C}from"./AGVVSL5M.js";import"./RMMF26DR.js";import{d as X}from"./BPDRC6KD.js";import{a as M,b as T,c as g}from"./6SWVKY2T.js";import{e as w,f as B,g as N,h as U,i as H}from"./LMWNW5NJ.js";import{a as l,b as S,c as r,e as x,f as u,h as L,i as R,j as f,k as v,l as z,n as O,o as A}from"./QR6IBEXU.js";var J=Q(class extends V{constructor(n){if(super(n),n.type!==$.PROPERTY&&n.type!==$.ATTRIBUTE&&n.type!==$.BOOLEAN_ATTRIBUTE)throw Error("The `live` directive is not allowed on child or event bindings");if(!K(n))throw Error("`live` bindings can only contain a single expression")}render(n){return n}update(n,[a]){if(a===x||a===u)return a;let e=n.element,t=n.name;if(n.type===$.PROPERTY){if(a===e[t])return x}else if(n.type===$.BOOLEAN_ATTRIBUTE){if(!!a===e.hasAttribute(t))return x}else if(n.type===$.ATTRIBUTE&&e.getAttribute(t)===a+"")return x;return G(n),a}});var E=class{constructor(a,e){this.ask=a;this.changed=e;this.question=null;this.answer=null;this.trouble=null;this.isCurrent=!1;this.key="";this.asked=null;this.remembered=new Map}get isWaiting(){return this.question!==null&&!this.isCurrent&&this.trouble===null}put(a,{again:e=!1}={}){let t=JSON.stringify(a);if(t===this.key&&!(e&&this.trouble!==null))return;this.drop(),this.question=a,this.key=t,this.trouble=null;let s=this.remembered.get(t);this.isCurrent=s!==void 0,s!==void 0||a===null?this.answer=s??null:this.timer=setTimeout(()=>{this.send(a,t)},150),this.changed()}drop(){clearTimeout(this.timer),this.asked?.abort(),this.asked=null,this.key=""}async send(a,e){let t=this.asked=new AbortController;try{let s=await this.ask(a,t.signal);if(this.asked!==t)return;this.answer=s,this.isCurrent=!0,this.remembered.delete(e),this.remembered.set(e,s),this.remembered.size>20&&this.remembered.delete(this.remembered.keys().next().value)}catch(s){if(this.asked!==t)return;this.answer=null,this.trouble=s??new Error("no reason given")}this.changed()}};var ae=1e-5;function F(n,a,{min:e,max:t}){let s=ae*Math.max(Math.abs(e),Math.abs(t));return n>t+s?"above every token of the corpus":n>=t-s?"as high as the highest in the corpus":n<e-s?"below every token of the corpus":`above ${T(a)} of the corpus's tokens`}function q(n,{min:a,max:e}){let t=n>0?e:a;return n*t>0?`${T(n/t)} of its ${n>0?"max":"min"}`:null}function Z({activations:n,counted:a}){let e=null;return n.forEach((t,s)=>{a[s]&&(e===null||t<n[e])&&(e=s)}),e}function ee(n){let a=n.indexOf(!0),e=a<0?n.length:a,t=n.filter((i,o)=>!i&&o>e).length,s=[];if(e){let i=e===1?"The first token does":`The first ${g(e)} tokens do`;s.push(`${i} not count: many models park attention there, with values of another size.`)}if(t){let i=t===1?"One more does":`${g(t)} more do`;s.push(`${i} not: special tokens, or the first of each segment of a text that is too long to be read at once.`)}return s.join(" ")||null}var P=1e5,oe=16e3,W=n=>n.length<=oe;var I=10,ue=700,se=new Set,h=class extends L{constructor(){super(...arguments);this.at=null;this.isOpen=!1;this.text="";this.number=1;this.isOnly=!0;this.texts=[];this.wantsRanking=!1;this.token=null;this.isWhole=!1;this.isSlow=!1;this.refusal=null;this.slowTimer=0;this.look=new E(async({catalogue:e,layer:t,neuron:s,text:i},o)=>te(e,this.live.look(e,t,s,i,o)),()=>this.changed());this.ranking=new E(async({catalogue:e,text:t,token:s},i)=>te(e,this.live.rank(e,t,s,i)),()=>this.changed())}disconnectedCallback(){super.disconnectedCallback(),this.look.drop(),this.ranking.drop(),clearTimeout(this.slowTimer)}focusText(){this.area?.focus()}willUpdate(e){(e.has("text")||e.has("shelved"))&&(this.token=null),this.ask()}ask(e=!1){let{text:t,at:s}=this,i=this.shelved.address;this.look.put(t&&s?{...s,text:t}:null,{again:e}),this.ranking.put(t&&this.isRanking?{catalogue:i,text:t,token:this.token}:null,{again:e})}get isRanking(){return this.wantsRanking||this.isOpen}changed(){clearTimeout(this.slowTimer),this.isSlow=!1,(this.look.isWaiting||this.ranking.isWaiting)&&(this.slowTimer=window.setTimeout(()=>this.isSlow=!0,ue)),this.requestUpdate()}tell(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t}))}type(e){this.refusal=null,this.tell("typed",e.target.value)}press(e){e.key!=="Enter"||!(e.ctrlKey||e.metaKey)||e.isComposing||(e.preventDefault(),this.tell("add"))}paste(e){let{length:t}=e.clipboardData?.getData("text/plain")??"";this.refusal=null,!(t<=P)&&(e.preventDefault(),this.refusal=`What you pasted has ${g(t)} characters; a page takes ${g(P)}.
Show every neuron a long text with: lmscope scan`)}pick(e){this.token=e.detail,this.wantsRanking=!0}render(){let{number:e}=this;return r`<section aria-labelledby="name">
      <div class="head">
        <label id="name" for="text">Text ${e}</label>
        <span class="status quiet" role="status">${this.status()}</span>
        <span class="actions">
          <button class="plain" aria-label=${`duplicate text ${e}`} @click=${()=>this.tell("duplicate")}>duplicate</button>
          ${this.isOnly?u:r`<button class="plain" aria-label=${`remove text ${e}`} @click=${()=>this.tell("remove")}>remove</button>`}
        </span>
      </div>
      <textarea
        id="text" rows="2" dir="auto" spellcheck="false" autocapitalize="off" autocomplete="off"
        placeholder="Type or paste any text"
        .value=${J(this.text)} @input=${this.type}
        @keydown=${this.press} @paste=${this.paste}
      ></textarea>
      ${this.refusal?r`<div class="alert" role="alert">${this.refusal}</div>`:u}
      ${this.at?this.renderLook():u} ${this.isRanking&&this.text?this.renderRanking():u}
    </section>`}status(){return!this.isSlow||!(this.look.isWaiting||this.ranking.isWaiting)?u:se.has(this.shelved.address)?"Waiting for the model…":`The model ${this.shelved.model} is being loaded (first time only)…`}renderTrouble(e){return r`<div class="alert" role="alert">${e instanceof Error?e.message:String(e)}</div>
      <p><button @click=${()=>this.ask(!0)}>Try again</button></p>`}renderLook(){let{trouble:e,answer:t,isCurrent:s}=this.look;if(e!==null)return this.renderTrouble(e);if(!t)return u;let i=t.scale??{min:0,max:0},o=ee(t.counted);return r`<div class=${s?"result":"result stale"} aria-busy=${s?"false":"true"}>
      <p class="peak" aria-live="polite">${this.renderPeak(t)}</p>
      ${this.renderTokens(t,t.activations,t.peak,t.counted,i)}
      ${o?r`<p class="quiet why">${o}</p>`:u}
      ${this.isRanking?u:r`<p class="why">
            <button class="plain" @click=${()=>this.wantsRanking=!0}>Which neurons respond to this text?</button>
            <span class="quiet">Or choose a token: which respond to it?</span>
          </p>`}
    </div>`}renderPeak(e){let{peak:t,scale:s,percentile:i,activations:o,tokens:p}=e;if(t===null)return"No token of this text counts. Type on.";let d=re=>r`<code>${C(p[re])}</code>`,b=o[t],c=s&&i!==null?`: ${F(b,i,s)}`:"",k=s?q(b,s):null,y=this.shelved.is_gated?Z(e):null,_=y===null?0:o[y];return r`Peak <b>${M(b)}</b> on ${d(t)}${c}${k?r` <span class="quiet">(${k})</span>`:u}.
    ${y!==null&&_<0&&s?r`Lowest <b>${M(_)}</b> on ${d(y)} <span class="quiet">(${q(_,s)})</span>.`:u}`}renderTokens(e,t,s,i,o){return r`<lms-tokens
      .tokens=${e.tokens} .tokenIds=${e.token_ids} .spans=${e.spans} .split=${e.split}
      .activations=${t} .peak=${s} .counted=${i} .scale=${o}
      .label=${`Tokens of text ${this.number}; Enter ranks the neurons at a token`} @pick=${this.pick}
    ></lms-tokens>`}renderRanking(){let{trouble:e,answer:t,isCurrent:s,question:i}=this.ranking,o=i?.token??null,p=t?.text===this.text,d=o===null||!t||!p?"this text":r`<code>${C(t.tokens[o])}</code>`;return r`<div class="ranking">
      <h2>Neurons that respond most to ${d}</h2>
      <p class="actions">
        ${o===null?u:r`<button class="plain" @click=${()=>this.token=null}>to the whole text</button>`}
        ${this.isOpen?r`<span class="quiet">Choose a token to rank the neurons at it.</span>`:r`<button class="plain" @click=${this.closeRanking}>close</button>`}
      </p>
      ${e===null?u:this.renderTrouble(e)}
      ${t?r`<div class=${s?"":"stale"} aria-busy=${s?"false":"true"}>
            ${this.at?u:this.renderTokens(t,[],null,null,{min:0,max:0})}
            ${this.renderTable(t,o)}
          </div>`:u}
    </div>`}closeRanking(){this.wantsRanking=!1,this.token=null}renderTable(e,t){let{neurons:s,tokens:i,n_neurons:o}=e;if(!s.length)return r`<p class="quiet">None of the ${g(o)} neurons responds.</p>`;let p=this.shelved.address,d=this.isWhole?s:s.slice(0,I),b=this.texts.filter(Boolean);return r`<div class="wide">
        <table>
          <caption>
            The strongest ${g(d.length)} of ${g(o)}.
            ${e.ranked_by==="relative"?"Each is measured by its own max in the corpus: 100 % is as strong as its strongest example.":"Ranked by the size of the activation."}
          </caption>
          <thead>
            <tr>
              <th scope="col">Neuron</th>
              <th scope="col" class="number">Activation</th>
              <th scope="col" class="number">Of own max</th>
              ${t===null?r`<th scope="col">At</th>`:u}
              <th scope="col"><span class="visually-hidden">Try it</span></th>
            </tr>
          </thead>
          <tbody>
            ${d.map(c=>{let k={catalogue:p,layer:c.layer,neuron:c.index},y=this.at?.layer===c.layer&&this.at.neuron===c.index;return r`<tr>
                <th scope="row"><a href=${w(k)}>${c.neuron}</a></th>
                <td class="number">${M(c.activation)}</td>
                <td class="number">${c.relative===null?"none":T(c.relative)}</td>
                ${t===null?r`<td class="token"><code>${C(i[c.token])}</code></td>`:u}
                <td>
                  ${y?r`<span class="quiet">in the scope</span>`:r`<a href=${N(k,b)} aria-label=${`put in scope: ${c.neuron}`}>put in scope</a>`}
                </td>
              </tr>`})}
          </tbody>
        </table>
      </div>
      ${s.length>I?r`<p>
            <button class="plain" aria-expanded=${this.isWhole?"true":"false"} @click=${()=>this.isWhole=!this.isWhole}>
              ${this.isWhole?`show only ${I}`:`show ${g(s.length)}`}
            </button>
          </p>`:u}`}};h.styles=[O,A,S`
      section {
        padding: 0.25rem 0 0.75rem;
        border-bottom: 1px solid var(--line);
      }
      .head,
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 0.9rem;
      }
      .head {
        margin-bottom: 0.2rem;
      }
      label {
        color: var(--quiet);
      }
      .actions {
        max-width: none;
        margin: 0;
        font-size: 0.8125rem;
      }
      textarea {
        field-sizing: content;
        min-height: 3.5rem;
        max-height: 24rem;
        font-size: 1rem;
      }
      .result,
      .ranking {
        margin-top: 0.4rem;
      }
      .peak {
        max-width: none;
      }
      .why {
        max-width: none;
        margin: 0.35rem 0;
        font-size: 0.8125rem;
      }
      .status {
        flex: 1;
      }
      .stale {
        opacity: 0.6;
      }
      code {
        unicode-bidi: isolate;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .ranking {
        padding: 0.1rem 1rem 0.5rem;
        border-left: 3px solid var(--line);
      }
      .ranking h2 {
        margin: 0.4rem 0 0.2rem;
        font-size: 1rem;
      }
      .token {
        max-width: 14rem;
      }
      @media (max-width: 40rem) {
        .ranking {
          padding-inline: 0.6rem 0;
        }
        th,
        td {
          padding-right: 0.6rem;
        }
      }
    `],l([f({attribute:!1})],h.prototype,"live",2),l([f({attribute:!1})],h.prototype,"shelved",2),l([f({attribute:!1})],h.prototype,"at",2),l([f({type:Boolean})],h.prototype,"isOpen",2),l([f()],h.prototype,"text",2),l([f({type:Number})],h.prototype,"number",2),l([f({type:Boolean})],h.prototype,"isOnly",2),l([f({attribute:!1})],h.prototype,"texts",2),l([v()],h.prototype,"wantsRanking",2),l([v()],h.prototype,"token",2),l([v()],h.prototype,"isWhole",2),l([v()],h.prototype,"isSlow",2),l([v()],h.prototype,"refusal",2),l([z("textarea")],h.prototype,"area",2),h=l([R("lms-trial")],h);async function te(n,a){let e=await a;return se.add(n),e}var de=400,he=["8) singled out 9) personality","I loved it, you hated it, we left.",`def mean(numbers):
    return sum(numbers) / len(numbers)`,"On Monday, 3 May 1999, Maria moved from Lisbon to New York."],m=class extends L{constructor(){super(...arguments);this.catalogue="";this.layer="";this.neuron="";this.texts=[];this.record=null;this.trouble=null;this.nTexts=0;this.timer=0;this.wanted="";this.flush=()=>{if(!this.timer)return;this.forget();let{hash:e}=this;!this.misfit&&W(e)&&history.replaceState(history.state,"",e)}}connectedCallback(){super.connectedCallback(),window.addEventListener("pagehide",this.flush),this.addEventListener("focusout",this.flush)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("pagehide",this.flush),this.removeEventListener("focusout",this.flush),this.forget()}willUpdate(e){e.has("address")&&this.begin();let{at:t}=this,s=t?w(t):"";s!==this.wanted&&(this.wanted=s,document.title=`${t?`Scope: L${t.layer}N${t.neuron} · ${t.catalogue}`:"Scope"} · lmscope`,this.record=null,this.trouble=null,t&&this.read(t,s))}begin(){this.forget();let{catalogue:e,layer:t,neuron:s,texts:i}=this.address,o=this.shelf.catalogues.find(d=>d.why_not_live===null)??this.shelf.catalogues[0];this.catalogue=e??o?.address??"";let p=this.shelved?.layers.length===1?String(this.shelved.layers[0]):"";this.layer=t===null?p:String(t),this.neuron=s===null?"":String(s),this.texts=(i.length?i:[""]).map(d=>this.numbered(d))}numbered(e){return{id:this.nTexts++,text:e}}async read(e,t){try{let s=await(await this.source.catalogue(e.catalogue)).neuron(e.layer,e.neuron);t===this.wanted&&(this.record=s)}catch(s){if(t!==this.wanted)return;if(!(s instanceof H))throw s;this.trouble=s.message}}get shelved(){return this.shelf.catalogues.find(e=>e.address===this.catalogue)}get misfit(){let{layer:e,neuron:t,shelved:s}=this;if(!s||!t)return null;for(let[i,o,p]of[[e,"layer",ie(s)],[t,"neuron",ne(s)]])if(!/^-?\d+$/.test(i))return`${i?`'${i}' is no ${o} number`:`No ${o} is given`}: write ${p}.`;return D(this.shelf,{catalogue:s.address,layer:Number(e),neuron:Number(t)})?.sentence??null}get at(){return!this.neuron||this.misfit?null:{catalogue:this.catalogue,layer:Number(this.layer),neuron:Number(this.neuron)}}get hash(){let e=this.texts.map(t=>t.text).filter(Boolean);return N(this.at??{catalogue:this.catalogue,layer:null,neuron:null},e)}later(){clearTimeout(this.timer),this.timer=window.setTimeout(this.flush,de)}forget(){clearTimeout(this.timer),this.timer=0}choose(e){let t=/^\s*L(\d+)\s*N(\d+)\s*$/i.exec(e.neuron??"");e.catalogue!==void 0&&(this.catalogue=e.catalogue),e.layer!==void 0&&(this.layer=e.layer.trim()),e.neuron!==void 0&&(this.neuron=t?.[2]??e.neuron.trim()),t&&(this.layer=t[1]),this.later()}typed(e,t){this.texts=this.texts.map(s=>s.id===e?{id:e,text:t}:s),this.later()}async add(e,t=this.texts.length-1){let s=this.numbered(e);this.texts=[...this.texts.slice(0,t+1),s,...this.texts.slice(t+1)],this.later(),await this.focusText(t+1)}async leaveOut(e){this.texts=this.texts.toSpliced(e,1),this.later(),await this.focusText(Math.max(0,e-1))}async focusText(e){await this.updateComplete;let t=this.renderRoot.querySelectorAll("lms-trial")[e];await t?.updateComplete,t?.focusText()}trySample(e){let t=this.texts.findIndex(s=>!s.text);t<0?this.add(e):(this.typed(this.texts[t].id,e),this.focusText(t))}render(){let{shelved:e,at:t}=this;if(!e)return r`<h1>Scope</h1><p class="alert">There is no catalogue here, so there is no neuron to look at.</p>`;let s=this.why(e);return r`
      <h1>Scope${t?r` <span class="quiet">· L${t.layer}N${t.neuron} of ${e.model}</span>`:u}</h1>
      <p class="quiet">Any text through the model, while you type: what one neuron does at each token, or which neurons respond.</p>
      ${this.renderPicker(e)} ${this.renderWays(t)}
      ${s?r`<p class="alert">${s}</p>`:this.renderTexts(e,t)}
    `}why(e){return e.why_not_live!==null?e.why_not_live:this.source.live?null:"There is no model behind this page, so no text can be tried here."}renderPicker(e){let{misfit:t}=this,s=(i,o,p)=>r`<div class="field">
      <label for=${i}>${o}</label>
      <input
        id=${i} type="text" inputmode="numeric" autocomplete="off" size="6" aria-describedby="${i}-hint"
        aria-invalid=${t?"true":"false"} .value=${this[i]}
        @input=${d=>this.choose({[i]:d.target.value})}
      />
      <small id="${i}-hint">${p}</small>
    </div>`;return r`<form class="picker" aria-label="Neuron in the scope" @submit=${i=>i.preventDefault()}>
        <div class="field">
          <label for="catalogue">Catalogue</label>
          <select
            id="catalogue" aria-describedby="catalogue-hint"
            @change=${i=>this.choose({catalogue:i.target.value})}
          >
            ${this.shelf.catalogues.map(i=>r`<option value=${i.address} ?selected=${i.address===this.catalogue}>${i.address}</option>`)}
          </select>
          <small id="catalogue-hint">site ${e.site}, ${X[e.site]}</small>
        </div>
        ${s("layer","Layer",ie(e))} ${s("neuron","Neuron",`${ne(e)}; empty: rank all`)}
      </form>
      ${t?r`<div class="alert" role="alert">${t}</div>`:u}
      ${this.trouble?r`<div class="alert" role="alert">${this.trouble}</div>`:u}`}renderWays(e){let{hash:t}=this;return r`<p class="ways">
      ${e?r`<a href=${w(e)}>neuron page</a> <a href=${U(e,null)}>compare with another</a>`:r`<a href=${B(this.catalogue)}>all neurons</a>`}
      ${W(t)?r`<lms-copy .value=${new URL(t,location.href).href} label="copy link" what="copy link to this scope"></lms-copy>`:r`<span class="quiet">The texts are too long for a link.</span>`}
    </p>`}renderTexts(e,t){let{texts:s,record:i}=this,o=he.filter(d=>!s.some(b=>b.text===d)),p=i&&!i.dead?i.top[0]:void 0;return r`
      ${i?r`<div class="scale">
            <lms-legend .scale=${i.stats}></lms-legend>
            <span class="quiet">
              Every text is on this one scale: what ${i.neuron} did on ${g(i.stats.count)} tokens of the corpus.
            </span>
          </div>
          ${i.dead?r`<p class="alert">No token of the corpus activated ${i.neuron}: it is dead there.</p>`:u}`:u}
      ${Y(s,d=>d.id,(d,b)=>r`<lms-trial
          .live=${this.source.live} .shelved=${e} .at=${t} .isOpen=${!this.neuron}
          .text=${d.text} .number=${b+1} .isOnly=${s.length===1} .texts=${s.map(c=>c.text)}
          @typed=${c=>this.typed(d.id,c.detail)} @add=${()=>this.add("",b)}
          @duplicate=${()=>this.add(d.text,b)} @remove=${()=>this.leaveOut(b)}
        ></lms-trial>`)}
      <p class="add">
        <button @click=${()=>this.add("")}>Another text</button>
        <span class="quiet"><kbd>Ctrl</kbd> <kbd>Enter</kbd> in a text does the same.</span>
      </p>
      <div class="samples" role="group" aria-label="Texts to try">
        <span class="quiet">To try:</span>
        ${p?r`<button class="sample" @click=${()=>this.trySample(j(p))}>its strongest example</button>`:u}
        ${o.map(d=>r`<button class="sample" @click=${()=>this.trySample(d)}>${d.split(`
`)[0]}</button>`)}
      </div>
    `}};m.styles=[O,A,S`
      h1 .quiet {
        font-weight: 400;
      }
      .picker {
        display: grid;
        grid-template-columns: minmax(10rem, 20rem) 9rem minmax(9rem, 16rem);
        gap: 0.5rem 1rem;
        margin: 0.75rem 0;
      }
      .field {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      .field small {
        color: var(--quiet);
      }
      input[aria-invalid="true"] {
        border-color: var(--negative-mark);
      }
      .ways,
      .scale {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.2rem 1.25rem;
        max-width: none;
      }
      .scale {
        position: sticky;
        top: 0;
        z-index: 4;
        align-items: center;
        margin: 0.75rem 0 0.5rem;
        padding: 0.4rem 0;
        border-block: 1px solid var(--line);
        background: var(--page);
        font-size: 0.875rem;
      }
      lms-trial {
        margin-top: 0.75rem;
      }
      .samples {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.4rem 0.6rem;
        margin: 1rem 0;
      }
      .sample {
        padding-block: 0.1rem;
        text-align: left;
      }
      @media (max-width: 40rem) {
        .picker {
          grid-template-columns: 1fr 1fr;
        }
        .field:first-child {
          grid-column: 1 / -1;
        }
        .scale {
          position: static;
        }
      }
    `],l([f({attribute:!1})],m.prototype,"source",2),l([f({attribute:!1})],m.prototype,"shelf",2),l([f({attribute:!1})],m.prototype,"address",2),l([v()],m.prototype,"catalogue",2),l([v()],m.prototype,"layer",2),l([v()],m.prototype,"neuron",2),l([v()],m.prototype,"texts",2),l([v()],m.prototype,"record",2),l([v()],m.prototype,"trouble",2),m=l([R("lms-scope-page")],m);function ie({layers:n}){return n.length===1?`only ${n[0]}`:n.at(-1)-n[0]===n.length-1?`${n[0]} to ${n.at(-1)}`:n.join(", ")}var ne=({d_mlp:n})=>`0 to ${g(n-1)}`;export{m as ScopePage};
