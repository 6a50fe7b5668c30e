import"./ZZZWQUU6.js";import{a as B}from"./2IVJHKUU.js";import{a as k,b as D,c as Q,d as V,e as K,f as j}from"./SRP4G6IF.js";import{a as Y}from"./WLPU745K.js";import"./OUXERHIL.js";import"./F73YSGWY.js";import{a as O,h as G}from"./HHYJPGQH.js";import{a as C,b as T,c as b}from"./OKW6DA77.js";import{e as w,f as z,g as A,h as U,i as H}from"./LMWNW5NJ.js";import{a as u,b as S,c as r,e as x,f as l,h as L,i as R,j as v,k as g,l as I,n as N,o as M}from"./2YP3OCLO.js";var J=D(class extends Q{constructor(n){if(super(n),n.type!==k.PROPERTY&&n.type!==k.ATTRIBUTE&&n.type!==k.BOOLEAN_ATTRIBUTE)throw Error("The `live` directive is not allowed on child or event bindings");if(!V(n))throw Error("`live` bindings can only contain a single expression")}render(n){return n}update(n,[a]){if(a===x||a===l)return a;let e=n.element,t=n.name;if(n.type===k.PROPERTY){if(a===e[t])return x}else if(n.type===k.BOOLEAN_ATTRIBUTE){if(!!a===e.hasAttribute(t))return x}else if(n.type===k.ATTRIBUTE&&e.getAttribute(t)===a+"")return x;return K(n),a}});var E=class{constructor(a,e){this.ask=a;this.changed=e;this.question=null;this.answer=null;this.trouble=null;this.isCurrent=!1;this.key="";this.asked=null;this.remembered=new Map}get isWaiting(){return this.question!==null&&!this.isCurrent&&this.trouble===null}put(a,{again:e=!1}={}){let t=JSON.stringify(a);if(t===this.key&&!(e&&this.trouble!==null))return;this.drop(),this.question=a,this.key=t,this.trouble=null;let s=this.remembered.get(t);this.isCurrent=s!==void 0,s!==void 0||a===null?this.answer=s??null:this.timer=setTimeout(()=>{this.send(a,t)},150),this.changed()}drop(){clearTimeout(this.timer),this.asked?.abort(),this.asked=null,this.key=""}async send(a,e){let t=this.asked=new AbortController;try{let s=await this.ask(a,t.signal);if(this.asked!==t)return;this.answer=s,this.isCurrent=!0,this.remembered.delete(e),this.remembered.set(e,s),this.remembered.size>20&&this.remembered.delete(this.remembered.keys().next().value)}catch(s){if(this.asked!==t)return;this.answer=null,this.trouble=s??new Error("no reason given")}this.changed()}};var re=1e-5;function F(n,a,{min:e,max:t}){let s=re*Math.max(Math.abs(e),Math.abs(t));return n>t+s?"above every token of the corpus":n>=t-s?"as high as the highest in the corpus":n<e-s?"below every token of the corpus":`above ${T(a)} of the corpus's tokens`}function P(n,{min:a,max:e}){let t=n>0?e:a;return n*t>0?`${T(n/t)} of its ${n>0?"max":"min"}`:null}function X({activations:n,counted:a}){let e=null;return n.forEach((t,s)=>{a[s]&&(e===null||t<n[e])&&(e=s)}),e}function Z(n){let a=n.indexOf(!0),e=a<0?n.length:a,t=n.filter((i,o)=>!i&&o>e).length,s=[];if(e){let i=e===1?"The first token does":`The first ${b(e)} tokens do`;s.push(`${i} not count: at the start of a text many models park attention, with activations of another size.`)}return t&&s.push(`${t===1?"One special token does":`${b(t)} special tokens do`} not count either.`),s.join(" ")||null}var ae=16e3,_=n=>n.length<=ae;var W=10,le=700,te=new Set,h=class extends L{constructor(){super(...arguments);this.at=null;this.text="";this.number=1;this.isOnly=!0;this.texts=[];this.wantsRanking=!1;this.token=null;this.isWhole=!1;this.isSlow=!1;this.slowTimer=0;this.look=new E(async({catalogue:e,layer:t,neuron:s,text:i},o)=>ee(e,this.live.look(e,t,s,i,o)),()=>this.changed());this.ranking=new E(async({catalogue:e,text:t,token:s},i)=>ee(e,this.live.rank(e,t,s,i)),()=>this.changed())}disconnectedCallback(){super.disconnectedCallback(),this.look.drop(),this.ranking.drop(),clearTimeout(this.slowTimer)}focusText(){this.area?.focus()}willUpdate(e){(e.has("text")||e.has("shelved"))&&(this.token=null),this.ask()}ask(e=!1){let{text:t,at:s}=this,i=this.shelved.address;this.look.put(t&&s?{...s,text:t}:null,{again:e}),this.ranking.put(t&&this.isRanking?{catalogue:i,text:t,token:this.token}:null,{again:e})}get isRanking(){return this.wantsRanking||!this.at}changed(){clearTimeout(this.slowTimer),this.isSlow=!1,(this.look.isWaiting||this.ranking.isWaiting)&&(this.slowTimer=window.setTimeout(()=>this.isSlow=!0,le)),this.requestUpdate()}tell(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t}))}press(e){e.key!=="Enter"||!(e.ctrlKey||e.metaKey)||e.isComposing||(e.preventDefault(),this.tell("add"))}pick(e){this.token=e.detail,this.wantsRanking=!0}render(){let{number:e}=this;return r`<section aria-labelledby="name">
      <div class="head">
        <label id="name" for="text">Text ${e}</label>
        <span class="actions">
          <button class="plain" aria-label=${`duplicate text ${e}`} @click=${()=>this.tell("duplicate")}>duplicate</button>
          ${this.isOnly?l:r`<button class="plain" aria-label=${`remove text ${e}`} @click=${()=>this.tell("remove")}>remove</button>`}
        </span>
      </div>
      <textarea
        id="text" rows="2" dir="auto" spellcheck="false" autocapitalize="off" autocomplete="off"
        placeholder="Type or paste any text"
        .value=${J(this.text)} @input=${t=>this.tell("typed",t.target.value)}
        @keydown=${this.press}
      ></textarea>
      ${this.at?this.renderLook():l} ${this.isRanking?this.renderRanking():l}
      <p class="status quiet" role="status">${this.status()}</p>
    </section>`}status(){return!this.isSlow||!(this.look.isWaiting||this.ranking.isWaiting)?l:te.has(this.shelved.address)?"Waiting for the model…":`The model ${this.shelved.model} is being loaded (first time only)…`}renderTrouble(e){return r`<div class="alert" role="alert">${e instanceof Error?e.message:String(e)}</div>
      <p><button @click=${()=>this.ask(!0)}>Try again</button></p>`}renderLook(){let{trouble:e,answer:t,isCurrent:s}=this.look;if(e!==null)return this.renderTrouble(e);if(!t)return l;let i=t.scale??{min:0,max:0},o=Z(t.counted);return r`<div class=${s?"result":"result stale"} aria-busy=${s?"false":"true"}>
      <p class="peak" aria-live="polite">${this.renderPeak(t)}</p>
      ${this.renderTokens(t,t.activations,t.peak,t.counted,i)}
      ${o?r`<p class="quiet why">${o}</p>`:l}
      ${this.isRanking?l:r`<p class="why">
            <button class="plain" @click=${()=>this.wantsRanking=!0}>Which neurons respond to this text?</button>
            <span class="quiet">Or choose a token: which respond to it?</span>
          </p>`}
    </div>`}renderPeak(e){let{peak:t,scale:s,percentile:i,activations:o,tokens:p}=e;if(t===null)return"No token of this text counts. Type on.";let d=ne=>r`<code>${O(p[ne])}</code>`,f=o[t],c=s&&i!==null?`: ${F(f,i,s)}`:"",$=s?P(f,s):null,y=this.shelved.is_gated?X(e):null,q=y===null?0:o[y];return r`Peak <b>${C(f)}</b> on ${d(t)}${c}${$?r` <span class="quiet">(${$})</span>`:l}.
    ${y!==null&&q<0&&s?r`Lowest <b>${C(q)}</b> on ${d(y)} <span class="quiet">(${P(q,s)})</span>.`:l}`}renderTokens(e,t,s,i,o){return r`<lms-tokens
      .tokens=${e.tokens} .tokenIds=${e.token_ids} .spans=${e.spans} .split=${e.split}
      .activations=${t} .peak=${s} .counted=${i} .scale=${o}
      .label=${`Tokens of text ${this.number}; Enter ranks the neurons at a token`} @pick=${this.pick}
    ></lms-tokens>`}renderRanking(){let{trouble:e,answer:t,isCurrent:s,question:i}=this.ranking,o=i?.token??null,p=t?.text===this.text,d=o===null||!t||!p?"this text":r`<code>${O(t.tokens[o])}</code>`;return r`<div class="ranking">
      <h3>Neurons that respond most to ${d}</h3>
      <p class="actions">
        ${o===null?l:r`<button class="plain" @click=${()=>this.token=null}>to the whole text</button>`}
        ${this.at?r`<button class="plain" @click=${this.closeRanking}>close</button>`:r`<span class="quiet">Choose a token to rank the neurons at it.</span>`}
      </p>
      ${e===null?l:this.renderTrouble(e)}
      ${t?r`<div class=${s?"":"stale"} aria-busy=${s?"false":"true"}>
            ${this.at?l:this.renderTokens(t,[],null,null,{min:0,max:0})}
            ${this.renderTable(t,o)}
          </div>`:l}
    </div>`}closeRanking(){this.wantsRanking=!1,this.token=null}renderTable(e,t){let{neurons:s,tokens:i,n_neurons:o}=e;if(!s.length)return r`<p class="quiet">None of the ${b(o)} neurons responds.</p>`;let p=this.shelved.address,d=this.isWhole?s:s.slice(0,W),f=this.texts.filter(Boolean);return r`<div class="wide">
        <table>
          <caption>
            The strongest ${b(d.length)} of ${b(o)}.
            ${e.ranked_by==="relative"?"Each is measured by its own max in the corpus: 100 % is as strong as its strongest example.":"Ranked by the size of the activation."}
          </caption>
          <thead>
            <tr>
              <th scope="col">Neuron</th>
              <th scope="col" class="number">Activation</th>
              <th scope="col" class="number">Of own max</th>
              ${t===null?r`<th scope="col">At</th>`:l}
              <th scope="col"><span class="visually-hidden">Try it</span></th>
            </tr>
          </thead>
          <tbody>
            ${d.map(c=>{let $={catalogue:p,layer:c.layer,neuron:c.index},y=this.at?.layer===c.layer&&this.at.neuron===c.index;return r`<tr>
                <th scope="row"><a href=${w($)}>${c.neuron}</a></th>
                <td class="number">${C(c.activation)}</td>
                <td class="number">${c.relative===null?"none":T(c.relative)}</td>
                ${t===null?r`<td class="token"><code>${O(i[c.token])}</code></td>`:l}
                <td>
                  ${y?r`<span class="quiet">in the scope</span>`:r`<a href=${A($,f)} aria-label=${`put ${c.neuron} in the scope`}>put in scope</a>`}
                </td>
              </tr>`})}
          </tbody>
        </table>
      </div>
      ${s.length>W?r`<p>
            <button class="plain" aria-expanded=${this.isWhole?"true":"false"} @click=${()=>this.isWhole=!this.isWhole}>
              ${this.isWhole?`only the first ${W}`:`the first ${b(s.length)}`}
            </button>
          </p>`:l}`}};h.styles=[N,M,S`
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
        justify-content: space-between;
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
        min-height: 1.5em;
        margin: 0.2rem 0 0;
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
      .ranking h3 {
        margin: 0.4rem 0 0.2rem;
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
    `],u([v({attribute:!1})],h.prototype,"live",2),u([v({attribute:!1})],h.prototype,"shelved",2),u([v({attribute:!1})],h.prototype,"at",2),u([v()],h.prototype,"text",2),u([v({type:Number})],h.prototype,"number",2),u([v({type:Boolean})],h.prototype,"isOnly",2),u([v({attribute:!1})],h.prototype,"texts",2),u([g()],h.prototype,"wantsRanking",2),u([g()],h.prototype,"token",2),u([g()],h.prototype,"isWhole",2),u([g()],h.prototype,"isSlow",2),u([I("textarea")],h.prototype,"area",2),h=u([R("lms-trial")],h);async function ee(n,a){let e=await a;return te.add(n),e}var ue=400,de=["8) singled out 9) personality","I loved it, you hated it, we left.",`def mean(numbers):
    return sum(numbers) / len(numbers)`,"On Monday, 3 May 1999, Maria moved from Lisbon to New York."],m=class extends L{constructor(){super(...arguments);this.catalogue="";this.layer="";this.neuron="";this.texts=[];this.record=null;this.trouble=null;this.nTexts=0;this.timer=0;this.wanted="";this.flush=()=>{if(!this.timer)return;this.forget();let{hash:e}=this;!this.misfit&&_(e)&&history.replaceState(history.state,"",e)}}connectedCallback(){super.connectedCallback(),window.addEventListener("pagehide",this.flush),this.addEventListener("focusout",this.flush)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("pagehide",this.flush),this.removeEventListener("focusout",this.flush),this.forget()}willUpdate(e){e.has("address")&&this.begin();let{at:t}=this,s=t?w(t):"";s!==this.wanted&&(this.wanted=s,this.record=null,this.trouble=null,t&&this.read(t,s))}begin(){this.forget();let{catalogue:e,layer:t,neuron:s,texts:i}=this.address,o=this.shelf.catalogues.find(d=>d.why_not_live===null)??this.shelf.catalogues[0];this.catalogue=e??o?.address??"";let p=this.shelved?.layers.length===1?String(this.shelved.layers[0]):"";this.layer=t===null?p:String(t),this.neuron=s===null?"":String(s),this.texts=(i.length?i:[""]).map(d=>this.numbered(d))}numbered(e){return{id:this.nTexts++,text:e}}async read(e,t){try{let s=await(await this.source.catalogue(e.catalogue)).neuron(e.layer,e.neuron);t===this.wanted&&(this.record=s)}catch(s){if(t!==this.wanted)return;if(!(s instanceof H))throw s;this.trouble=s.message}}get shelved(){return this.shelf.catalogues.find(e=>e.address===this.catalogue)}get misfit(){let{layer:e,neuron:t,shelved:s}=this;if(!s||!t)return null;for(let[i,o,p]of[[e,"layer",se(s)],[t,"neuron",ie(s)]])if(!/^-?\d+$/.test(i))return`${i?`'${i}' is no ${o} number`:`No ${o} is given`}: write ${p}.`;return B(this.shelf,{catalogue:s.address,layer:Number(e),neuron:Number(t)})?.sentence??null}get at(){return!this.neuron||this.misfit?null:{catalogue:this.catalogue,layer:Number(this.layer),neuron:Number(this.neuron)}}get hash(){let e=this.texts.map(t=>t.text).filter(Boolean);return A(this.at??{catalogue:this.catalogue,layer:null,neuron:null},e)}later(){clearTimeout(this.timer),this.timer=window.setTimeout(this.flush,ue)}forget(){clearTimeout(this.timer),this.timer=0}choose(e){let t=/^\s*L(\d+)\s*N(\d+)\s*$/i.exec(e.neuron??"");e.catalogue!==void 0&&(this.catalogue=e.catalogue),e.layer!==void 0&&(this.layer=e.layer.trim()),e.neuron!==void 0&&(this.neuron=t?.[2]??e.neuron.trim()),t&&(this.layer=t[1]),this.later()}typed(e,t){this.texts=this.texts.map(s=>s.id===e?{id:e,text:t}:s),this.later()}async add(e,t=this.texts.length-1){let s=this.numbered(e);this.texts=[...this.texts.slice(0,t+1),s,...this.texts.slice(t+1)],this.later(),await this.focusText(t+1)}async leaveOut(e){this.texts=this.texts.toSpliced(e,1),this.later(),await this.focusText(Math.max(0,e-1))}async focusText(e){await this.updateComplete;let t=this.renderRoot.querySelectorAll("lms-trial")[e];await t?.updateComplete,t?.focusText()}trySample(e){let t=this.texts.findIndex(s=>!s.text);t<0?this.add(e):(this.typed(this.texts[t].id,e),this.focusText(t))}render(){let{shelved:e,at:t}=this;if(!e)return r`<h1>Scope</h1><p class="alert">There is no catalogue here, so there is no neuron to look at.</p>`;let s=this.why(e);return r`
      <h1>Scope${t?r` <span class="quiet">· L${t.layer}N${t.neuron} of ${e.model}</span>`:l}</h1>
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
          <select id="catalogue" aria-describedby="catalogue-hint" @change=${i=>this.choose({catalogue:i.target.value})}>
            ${this.shelf.catalogues.map(i=>r`<option value=${i.address} ?selected=${i.address===this.catalogue}>${i.address}</option>`)}
          </select>
          <small id="catalogue-hint">site ${e.site}, ${G[e.site]}</small>
        </div>
        ${s("layer","Layer",se(e))} ${s("neuron","Neuron",`${ie(e)}; empty: rank all`)}
      </form>
      ${t?r`<div class="alert" role="alert">${t}</div>`:l}
      ${this.trouble?r`<div class="alert" role="alert">${this.trouble}</div>`:l}`}renderWays(e){let{hash:t}=this;return r`<p class="ways">
      ${e?r`<a href=${w(e)}>neuron page</a> <a href=${U(e,null)}>compare with another</a>`:r`<a href=${z(this.catalogue)}>all neurons</a>`}
      ${_(t)?r`<lms-copy .value=${new URL(t,location.href).href} label="copy link" what="copy the link to this scope"></lms-copy>`:r`<span class="quiet">The texts are too long for a link.</span>`}
    </p>`}renderTexts(e,t){let{texts:s,record:i}=this,o=de.filter(d=>!s.some(f=>f.text===d)),p=i&&!i.dead?i.top[0]:void 0;return r`
      ${i?r`<div class="scale">
            <lms-legend .scale=${i.stats}></lms-legend>
            <span class="quiet">Every text is on this one scale: what ${i.neuron} did on ${b(i.stats.count)} tokens of the corpus.</span>
          </div>
          ${i.dead?r`<p class="alert">No token of the corpus activated ${i.neuron}: it is dead there.</p>`:l}`:l}
      ${j(s,d=>d.id,(d,f)=>r`<lms-trial
          .live=${this.source.live} .shelved=${e} .at=${t} .text=${d.text} .number=${f+1} .isOnly=${s.length===1}
          .texts=${s.map(c=>c.text)}
          @typed=${c=>this.typed(d.id,c.detail)} @add=${()=>this.add("",f)}
          @duplicate=${()=>this.add(d.text,f)} @remove=${()=>this.leaveOut(f)}
        ></lms-trial>`)}
      <p class="add">
        <button @click=${()=>this.add("")}>Another text</button>
        <span class="quiet"><kbd>Ctrl</kbd> <kbd>Enter</kbd> in a text does the same.</span>
      </p>
      <div class="samples" role="group" aria-label="Texts to try">
        <span class="quiet">To try:</span>
        ${p?r`<button class="sample" @click=${()=>this.trySample(Y(p))}>its strongest example</button>`:l}
        ${o.map(d=>r`<button class="sample" @click=${()=>this.trySample(d)}>${d.split(`
`)[0]}</button>`)}
      </div>
    `}};m.styles=[N,M,S`
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
    `],u([v({attribute:!1})],m.prototype,"source",2),u([v({attribute:!1})],m.prototype,"shelf",2),u([v({attribute:!1})],m.prototype,"address",2),u([g()],m.prototype,"catalogue",2),u([g()],m.prototype,"layer",2),u([g()],m.prototype,"neuron",2),u([g()],m.prototype,"texts",2),u([g()],m.prototype,"record",2),u([g()],m.prototype,"trouble",2),m=u([R("lms-scope-page")],m);function se({layers:n}){return n.length===1?`only ${n[0]}`:n.at(-1)-n[0]===n.length-1?`${n[0]} to ${n.at(-1)}`:n.join(", ")}var ie=({d_mlp:n})=>`0 to ${b(n-1)}`;export{m as ScopePage};
