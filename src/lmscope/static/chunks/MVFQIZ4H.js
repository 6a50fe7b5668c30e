import{g as b,h as n,i as k}from"./BVDZSTZK.js";import{k as g}from"./LMEHCCPS.js";import{a as o,b as v,c as a,f as m,h as f,i as y,j as u,n as w,o as $}from"./FALRISK7.js";var h=({starred:p,note:e,tags:t})=>({starred:p,note:e,tags:t}),l=class{constructor(e,t,i,s){this.journal=e;this.saved=t;this.store=i;this.onChange=s;this.theirs=null;this.said="";this.saving=null;let{model:d,weights:x,site:S,layer:E,index:T}=t;this.key=`lmscope.draft ${e.person} ${d} ${x} ${S} ${E} ${T}`;let c=this.kept();this.written=c?.written??h(t),!this.isSaved&&(c&&!n(c.base,t)?this.theirs=t:this.said="brought back what you had typed")}get isSaved(){return n(this.written,this.saved)}change(e){this.written={...this.written,...e},this.said="",this.keep(),this.onChange()}save(){return this.saving??=this.send().finally(()=>this.saving=null),this.saving}choose(e){return this.theirs&&(this.saved=this.theirs),this.theirs=null,this.change(h(e)),this.save()}async send(){for(;!this.isSaved&&!this.theirs;){this.said="saving…",this.onChange();try{let e=this.written;this.saved=await this.journal.mark({...this.saved,...e}),this.written===e&&(this.written=h(this.saved)),this.said=this.isSaved?"saved":""}catch(e){if(this.said=this.refused(e),this.said)break}finally{this.keep(),this.onChange()}}}refused(e){if(e instanceof g&&e.status===409&&e.facts.entry){let t=e.facts.entry;return n(t,this.written)||n(t,this.saved)?this.saved=t:this.theirs=t,""}return`not saved: ${e instanceof Error?e.message:String(e)}`}kept(){try{return JSON.parse(this.store.getItem(this.key)??"null")}catch{return null}}keep(){try{this.isSaved?this.store.removeItem(this.key):this.store.setItem(this.key,JSON.stringify({written:this.written,base:h(this.saved)}))}catch{}}};var W=800;function C(){try{return localStorage}catch{return{getItem:()=>null,setItem:()=>{},removeItem:()=>{}}}}var r=class extends f{constructor(){super(...arguments);this.typed="";this.timer=0;this.flush=()=>{clearTimeout(this.timer),this.draft?.save()}}connectedCallback(){super.connectedCallback(),window.addEventListener("pagehide",this.flush)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("pagehide",this.flush),this.flush()}willUpdate(t){!t.has("entry")&&!t.has("journal")||(this.flush(),this.draft=new l(this.journal,this.entry,C(),()=>this.requestUpdate()),this.typed=this.draft.written.tags.join(", "),this.draft.isSaved||this.later())}toggleStar(){this.draft.change({starred:!this.draft.written.starred}),this.flush()}later(){clearTimeout(this.timer),this.timer=window.setTimeout(this.flush,W)}type(t){this.draft.change(t),this.later()}choose(t){this.typed=t.tags.join(", "),this.draft.choose(t)}render(){let{written:t,said:i,theirs:s}=this.draft;return a`<div class="notes no-print">
        <button class="star" aria-pressed=${t.starred} title="Star: s" @click=${this.toggleStar}>
          <span aria-hidden="true">${t.starred?"★":"☆"}</span> star
        </button>
        <label class="note"
          ><span class="visually-hidden">Note</span>
          <textarea
            rows="1" placeholder="What does it respond to? Your note" .value=${t.note}
            @input=${d=>this.type({note:d.target.value})}
            @change=${this.flush}
          ></textarea
        ></label>
        <label class="tags"
          ><span class="visually-hidden">Tags, with commas between them</span>
          <input
            type="text" placeholder="tags, with, commas" autocomplete="off" .value=${this.typed}
            @input=${this.typeTags} @change=${this.flush}
        /></label>
        <span class="quiet said" role="status">${i}</span>
      </div>
      <p class="on-paper">
        ${t.starred?"★ ":""}${t.note} ${t.tags.length?a`<span class="quiet">${t.tags.join(", ")}</span>`:m}
      </p>
      ${s?this.renderConflict(s):m}`}typeTags(t){this.typed=t.target.value,this.type({tags:b(this.typed)})}renderConflict(t){let{written:i}=this.draft,s=k(i,t);return a`<div class="alert conflict" role="alert">
      <p>This entry was changed in another window while you wrote. Nothing is lost; choose.</p>
      <div class="versions">
        ${this.renderVersion("Yours",i,"keep yours")}
        ${this.renderVersion("The other",t,"take the other")}
        ${this.renderVersion("Both",s,"keep both")}
      </div>
    </div>`}renderVersion(t,i,s){return a`<div>
      <h3>${t} ${i.starred?"★":""}</h3>
      <p class="text">${i.note||a`<span class="quiet">no note</span>`}</p>
      <p class="quiet">${i.tags.length?i.tags.join(", "):"no tags"}</p>
      <button @click=${()=>this.choose(i)}>${s}</button>
    </div>`}};r.styles=[w,$,v`
      .notes {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 0.5rem;
        margin: 0.5rem 0;
      }
      .note {
        flex: 3 1 16rem;
      }
      .tags {
        flex: 1 1 9rem;
      }
      .tags input {
        width: 100%;
      }
      textarea {
        display: block;
        min-height: 2.1rem;
        max-height: 14rem;
        field-sizing: content;
      }
      .said:empty {
        display: none;
      }
      .said {
        flex: 0 1 auto;
        padding: 0.3rem 0;
        white-space: pre-line;
      }
      .on-paper {
        display: none;
        white-space: pre-line;
      }
      @media print {
        .on-paper {
          display: block;
        }
      }
      .conflict {
        max-width: none;
        white-space: normal;
      }
      .versions {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr));
        gap: 1rem;
      }
      h3 {
        margin: 0.3rem 0;
      }
      .text {
        max-height: 12rem;
        overflow-y: auto;
        white-space: pre-wrap;
      }
    `],o([u({attribute:!1})],r.prototype,"journal",2),o([u({attribute:!1})],r.prototype,"entry",2),r=o([y("lms-notes")],r);
