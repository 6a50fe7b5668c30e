var xt=Object.defineProperty;var wt=Object.getOwnPropertyDescriptor;var c=(s,t,e,n)=>{for(var r=n>1?void 0:n?wt(t,e):t,o=s.length-1,i;o>=0;o--)(i=s[o])&&(r=(n?i(t,e,r):i(r))||r);return n&&r&&xt(t,e,r),r};var le=globalThis,ce=le.ShadowRoot&&(le.ShadyCSS===void 0||le.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,be=Symbol(),qe=new WeakMap,Z=class{constructor(t,e,n){if(this._$cssResult$=!0,n!==be)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(ce&&t===void 0){let n=e!==void 0&&e.length===1;n&&(t=qe.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),n&&qe.set(e,t))}return t}toString(){return this.cssText}},X=s=>new Z(typeof s=="string"?s:s+"",void 0,be),w=(s,...t)=>{let e=s.length===1?s[0]:t.reduce((n,r,o)=>n+(i=>{if(i._$cssResult$===!0)return i.cssText;if(typeof i=="number")return i;throw Error("Value passed to 'css' function must be a 'css' function result: "+i+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(r)+s[o+1],s[0]);return new Z(e,s,be)},ze=(s,t)=>{if(ce)s.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let n=document.createElement("style"),r=le.litNonce;r!==void 0&&n.setAttribute("nonce",r),n.textContent=e.cssText,s.appendChild(n)}},ve=ce?s=>s:s=>s instanceof CSSStyleSheet?(t=>{let e="";for(let n of t.cssRules)e+=n.cssText;return X(e)})(s):s;var{is:kt,defineProperty:_t,getOwnPropertyDescriptor:St,getOwnPropertyNames:At,getOwnPropertySymbols:Et,getPrototypeOf:Mt}=Object,de=globalThis,He=de.trustedTypes,Pt=He?He.emptyScript:"",Tt=de.reactiveElementPolyfillSupport,Q=(s,t)=>s,ee={toAttribute(s,t){switch(t){case Boolean:s=s?Pt:null;break;case Object:case Array:s=s==null?s:JSON.stringify(s)}return s},fromAttribute(s,t){let e=s;switch(t){case Boolean:e=s!==null;break;case Number:e=s===null?null:Number(s);break;case Object:case Array:try{e=JSON.parse(s)}catch{e=null}}return e}},ue=(s,t)=>!kt(s,t),Ie={attribute:!0,type:String,converter:ee,reflect:!1,useDefault:!1,hasChanged:ue};Symbol.metadata??=Symbol("metadata"),de.litPropertyMetadata??=new WeakMap;var R=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=Ie){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(t,n,e);r!==void 0&&_t(this.prototype,t,r)}}static getPropertyDescriptor(t,e,n){let{get:r,set:o}=St(this.prototype,t)??{get(){return this[e]},set(i){this[e]=i}};return{get:r,set(i){let l=r?.call(this);o?.call(this,i),this.requestUpdate(t,l,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??Ie}static _$Ei(){if(this.hasOwnProperty(Q("elementProperties")))return;let t=Mt(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(Q("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Q("properties"))){let e=this.properties,n=[...At(e),...Et(e)];for(let r of n)this.createProperty(r,e[r])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[n,r]of e)this.elementProperties.set(n,r)}this._$Eh=new Map;for(let[e,n]of this.elementProperties){let r=this._$Eu(e,n);r!==void 0&&this._$Eh.set(r,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let n=new Set(t.flat(1/0).reverse());for(let r of n)e.unshift(ve(r))}else t!==void 0&&e.push(ve(t));return e}static _$Eu(t,e){let n=e.attribute;return n===!1?void 0:typeof n=="string"?n:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let n of e.keys())this.hasOwnProperty(n)&&(t.set(n,this[n]),delete this[n]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return ze(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,n){this._$AK(t,n)}_$ET(t,e){let n=this.constructor.elementProperties.get(t),r=this.constructor._$Eu(t,n);if(r!==void 0&&n.reflect===!0){let o=(n.converter?.toAttribute!==void 0?n.converter:ee).toAttribute(e,n.type);this._$Em=t,o==null?this.removeAttribute(r):this.setAttribute(r,o),this._$Em=null}}_$AK(t,e){let n=this.constructor,r=n._$Eh.get(t);if(r!==void 0&&this._$Em!==r){let o=n.getPropertyOptions(r),i=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:ee;this._$Em=r;let l=i.fromAttribute(e,o.type);this[r]=l??this._$Ej?.get(r)??l,this._$Em=null}}requestUpdate(t,e,n,r=!1,o){if(t!==void 0){let i=this.constructor;if(r===!1&&(o=this[t]),n??=i.getPropertyOptions(t),!((n.hasChanged??ue)(o,e)||n.useDefault&&n.reflect&&o===this._$Ej?.get(t)&&!this.hasAttribute(i._$Eu(t,n))))return;this.C(t,e,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:n,reflect:r,wrapped:o},i){n&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,i??e??this[t]),o!==!0||i!==void 0)||(this._$AL.has(t)||(this.hasUpdated||n||(e=void 0),this._$AL.set(t,e)),r===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[r,o]of this._$Ep)this[r]=o;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[r,o]of n){let{wrapped:i}=o,l=this[r];i!==!0||this._$AL.has(r)||l===void 0||this.C(r,void 0,o,l)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(e)):this._$EM()}catch(n){throw t=!1,this._$EM(),n}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};R.elementStyles=[],R.shadowRootOptions={mode:"open"},R[Q("elementProperties")]=new Map,R[Q("finalized")]=new Map,Tt?.({ReactiveElement:R}),(de.reactiveElementVersions??=[]).push("2.1.2");var Se=globalThis,De=s=>s,he=Se.trustedTypes,je=he?he.createPolicy("lit-html",{createHTML:s=>s}):void 0,Ke="$lit$",U=`lit$${Math.random().toFixed(9).slice(2)}$`,Je="?"+U,Rt=`<${Je}>`,D=document,ne=()=>D.createComment(""),re=s=>s===null||typeof s!="object"&&typeof s!="function",Ae=Array.isArray,Ct=s=>Ae(s)||typeof s?.[Symbol.iterator]=="function",ye=`[ 	
\f\r]`,te=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Be=/-->/g,Fe=/>/g,H=RegExp(`>|${ye}(?:([^\\s"'>=/]+)(${ye}*=${ye}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),We=/'/g,Ve=/"/g,Ye=/^(?:script|style|textarea|title)$/i,Ee=s=>(t,...e)=>({_$litType$:s,strings:t,values:e}),d=Ee(1),ie=Ee(2),un=Ee(3),j=Symbol.for("lit-noChange"),u=Symbol.for("lit-nothing"),Ge=new WeakMap,I=D.createTreeWalker(D,129);function Ze(s,t){if(!Ae(s)||!s.hasOwnProperty("raw"))throw Error("invalid template strings array");return je!==void 0?je.createHTML(t):t}var Lt=(s,t)=>{let e=s.length-1,n=[],r,o=t===2?"<svg>":t===3?"<math>":"",i=te;for(let l=0;l<e;l++){let a=s[l],p,g,m=-1,k=0;for(;k<a.length&&(i.lastIndex=k,g=i.exec(a),g!==null);)k=i.lastIndex,i===te?g[1]==="!--"?i=Be:g[1]!==void 0?i=Fe:g[2]!==void 0?(Ye.test(g[2])&&(r=RegExp("</"+g[2],"g")),i=H):g[3]!==void 0&&(i=H):i===H?g[0]===">"?(i=r??te,m=-1):g[1]===void 0?m=-2:(m=i.lastIndex-g[2].length,p=g[1],i=g[3]===void 0?H:g[3]==='"'?Ve:We):i===Ve||i===We?i=H:i===Be||i===Fe?i=te:(i=H,r=void 0);let T=i===H&&s[l+1].startsWith("/>")?" ":"";o+=i===te?a+Rt:m>=0?(n.push(p),a.slice(0,m)+Ke+a.slice(m)+U+T):a+U+(m===-2?l:T)}return[Ze(s,o+(s[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),n]},se=class s{constructor({strings:t,_$litType$:e},n){let r;this.parts=[];let o=0,i=0,l=t.length-1,a=this.parts,[p,g]=Lt(t,e);if(this.el=s.createElement(p,n),I.currentNode=this.el.content,e===2||e===3){let m=this.el.content.firstChild;m.replaceWith(...m.childNodes)}for(;(r=I.nextNode())!==null&&a.length<l;){if(r.nodeType===1){if(r.hasAttributes())for(let m of r.getAttributeNames())if(m.endsWith(Ke)){let k=g[i++],T=r.getAttribute(m).split(U),z=/([.?@])?(.*)/.exec(k);a.push({type:1,index:o,name:z[2],strings:T,ctor:z[1]==="."?xe:z[1]==="?"?we:z[1]==="@"?ke:V}),r.removeAttribute(m)}else m.startsWith(U)&&(a.push({type:6,index:o}),r.removeAttribute(m));if(Ye.test(r.tagName)){let m=r.textContent.split(U),k=m.length-1;if(k>0){r.textContent=he?he.emptyScript:"";for(let T=0;T<k;T++)r.append(m[T],ne()),I.nextNode(),a.push({type:2,index:++o});r.append(m[k],ne())}}}else if(r.nodeType===8)if(r.data===Je)a.push({type:2,index:o});else{let m=-1;for(;(m=r.data.indexOf(U,m+1))!==-1;)a.push({type:7,index:o}),m+=U.length-1}o++}}static createElement(t,e){let n=D.createElement("template");return n.innerHTML=t,n}};function W(s,t,e=s,n){if(t===j)return t;let r=n!==void 0?e._$Co?.[n]:e._$Cl,o=re(t)?void 0:t._$litDirective$;return r?.constructor!==o&&(r?._$AO?.(!1),o===void 0?r=void 0:(r=new o(s),r._$AT(s,e,n)),n!==void 0?(e._$Co??=[])[n]=r:e._$Cl=r),r!==void 0&&(t=W(s,r._$AS(s,t.values),r,n)),t}var $e=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:n}=this._$AD,r=(t?.creationScope??D).importNode(e,!0);I.currentNode=r;let o=I.nextNode(),i=0,l=0,a=n[0];for(;a!==void 0;){if(i===a.index){let p;a.type===2?p=new oe(o,o.nextSibling,this,t):a.type===1?p=new a.ctor(o,a.name,a.strings,this,t):a.type===6&&(p=new _e(o,this,t)),this._$AV.push(p),a=n[++l]}i!==a?.index&&(o=I.nextNode(),i++)}return I.currentNode=D,r}p(t){let e=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(t,n,e),e+=n.strings.length-2):n._$AI(t[e])),e++}},oe=class s{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,n,r){this.type=2,this._$AH=u,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=W(this,t,e),re(t)?t===u||t==null||t===""?(this._$AH!==u&&this._$AR(),this._$AH=u):t!==this._$AH&&t!==j&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):Ct(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==u&&re(this._$AH)?this._$AA.nextSibling.data=t:this.T(D.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:n}=t,r=typeof n=="number"?this._$AC(t):(n.el===void 0&&(n.el=se.createElement(Ze(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(e);else{let o=new $e(r,this),i=o.u(this.options);o.p(e),this.T(i),this._$AH=o}}_$AC(t){let e=Ge.get(t.strings);return e===void 0&&Ge.set(t.strings,e=new se(t)),e}k(t){Ae(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,n,r=0;for(let o of t)r===e.length?e.push(n=new s(this.O(ne()),this.O(ne()),this,this.options)):n=e[r],n._$AI(o),r++;r<e.length&&(this._$AR(n&&n._$AB.nextSibling,r),e.length=r)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let n=De(t).nextSibling;De(t).remove(),t=n}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},V=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,n,r,o){this.type=1,this._$AH=u,this._$AN=void 0,this.element=t,this.name=e,this._$AM=r,this.options=o,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=u}_$AI(t,e=this,n,r){let o=this.strings,i=!1;if(o===void 0)t=W(this,t,e,0),i=!re(t)||t!==this._$AH&&t!==j,i&&(this._$AH=t);else{let l=t,a,p;for(t=o[0],a=0;a<o.length-1;a++)p=W(this,l[n+a],e,a),p===j&&(p=this._$AH[a]),i||=!re(p)||p!==this._$AH[a],p===u?t=u:t!==u&&(t+=(p??"")+o[a+1]),this._$AH[a]=p}i&&!r&&this.j(t)}j(t){t===u?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},xe=class extends V{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===u?void 0:t}},we=class extends V{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==u)}},ke=class extends V{constructor(t,e,n,r,o){super(t,e,n,r,o),this.type=5}_$AI(t,e=this){if((t=W(this,t,e,0)??u)===j)return;let n=this._$AH,r=t===u&&n!==u||t.capture!==n.capture||t.once!==n.once||t.passive!==n.passive,o=t!==u&&(n===u||r);r&&this.element.removeEventListener(this.name,this,n),o&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},_e=class{constructor(t,e,n){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(t){W(this,t)}};var Nt=Se.litHtmlPolyfillSupport;Nt?.(se,oe),(Se.litHtmlVersions??=[]).push("3.3.3");var Xe=(s,t,e)=>{let n=e?.renderBefore??t,r=n._$litPart$;if(r===void 0){let o=e?.renderBefore??null;n._$litPart$=r=new oe(t.insertBefore(ne(),o),o,void 0,e??{})}return r._$AI(s),r};var Me=globalThis,$=class extends R{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=Xe(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return j}};$._$litElement$=!0,$.finalized=!0,Me.litElementHydrateSupport?.({LitElement:$});var Ot=Me.litElementPolyfillSupport;Ot?.({LitElement:$});(Me.litElementVersions??=[]).push("4.2.2");var _=s=>(t,e)=>{e!==void 0?e.addInitializer(()=>{customElements.define(s,t)}):customElements.define(s,t)};var Ut={attribute:!0,type:String,converter:ee,reflect:!1,hasChanged:ue},qt=(s=Ut,t,e)=>{let{kind:n,metadata:r}=e,o=globalThis.litPropertyMetadata.get(r);if(o===void 0&&globalThis.litPropertyMetadata.set(r,o=new Map),n==="setter"&&((s=Object.create(s)).wrapped=!0),o.set(e.name,s),n==="accessor"){let{name:i}=e;return{set(l){let a=t.get.call(this);t.set.call(this,l),this.requestUpdate(i,a,s,!0,l)},init(l){return l!==void 0&&this.C(i,void 0,s,l),l}}}if(n==="setter"){let{name:i}=e;return function(l){let a=this[i];t.call(this,l),this.requestUpdate(i,a,s,!0,l)}}throw Error("Unsupported decorator location: "+n)};function h(s){return(t,e)=>typeof e=="object"?qt(s,t,e):((n,r,o)=>{let i=r.hasOwnProperty(o);return r.constructor.createProperty(o,n),i?Object.getOwnPropertyDescriptor(r,o):void 0})(s,t,e)}function S(s){return h({...s,state:!0,attribute:!1})}var B=(s,t,e)=>(e.configurable=!0,e.enumerable=!0,Reflect.decorate&&typeof t!="object"&&Object.defineProperty(s,t,e),e);function Pe(s,t){return(e,n,r)=>{let o=i=>i.renderRoot?.querySelector(s)??null;if(t){let{get:i,set:l}=typeof n=="object"?e:r??(()=>{let a=Symbol();return{get(){return this[a]},set(p){this[a]=p}}})();return B(e,n,{get(){let a=i.call(this);return a===void 0&&(a=o(this),(a!==null||this.hasUpdated)&&l.call(this,a)),a}})}return B(e,n,{get(){return o(this)}})}}function zt(s,t){let[e,n]=s.toExponential(60).split("e"),r=e.replace(".",""),[o,i]=[r.slice(0,t),r.slice(t)],p=(/^50*$/.test(i)?Number(o.at(-1))%2===1:i>="5")?String(BigInt(o)+1n):o;return p.length>t?[p.slice(0,t),Number(n)+1]:[p,Number(n)]}function Te(s,t){if(Number.isNaN(s))return"nan";let e=s<0||Object.is(s,-0)?"-":"";if(!Number.isFinite(s))return`${e}inf`;if(s===0)return`${e}0`;let[n,r]=zt(Math.abs(s),t),o=i=>i.includes(".")?i.replace(/\.?0*$/,""):i;if(r<-4||r>=t){let i=String(Math.abs(r)).padStart(2,"0");return`${e}${o(`${n[0]}.${n.slice(1)}`)}e${r<0?"-":"+"}${i}`}return r<0?`${e}${o(`0.${"0".repeat(-r-1)}${n}`)}`:e+o(`${n.slice(0,r+1)}.${n.slice(r+1)}`)}function f(s){if(s===null||Number.isNaN(s))return"none";let t=Math.abs(s);if(!(t>=1e3&&t<1e9))return Te(s,4);let e=Math.floor(t)+.5===t;return v(Math.sign(s)*(e?2*Math.round(t/2):Math.round(t)))}function q(s){let t=100*s;return t>100?`${f(t)} %`:t>=99?`${Te(t===100?t:Math.min(t,99.99),4)} %`:`${Te(t,2)} %`}var Ht=new Intl.NumberFormat("en");function v(s){return Ht.format(s)}function Re(s,{min:t,max:e}){let n=Math.max(Math.abs(t),Math.abs(e));if(!Number.isFinite(s)||!(n>=1e-4&&n<1e9))return f(s);let r=Math.max(0,3-Math.floor(Math.log10(n)));return s.toLocaleString("en",{minimumFractionDigits:r,maximumFractionDigits:r})}var Qe={max:{label:"max",meaning:"The largest activation in the corpus."},min:{label:"min",meaning:"The smallest activation in the corpus."},mean:{label:"mean",meaning:"The average activation over all tokens."},sd:{label:"sd",meaning:"Standard deviation: how far activations usually lie from the mean."},skew:{label:"skew",meaning:"Above 0 if the far activations lie above the mean, below 0 if they lie beneath it."},kurtosis:{label:"kurtosis",meaning:"How rare and how far the far activations are: 0 for a normal distribution, large for a neuron that is mostly quiet."},density:{label:"density",meaning:"Share of tokens with an activation above 0."},density_half_max:{label:"above half max",meaning:"Share of tokens above half the maximum: how often the neuron is really on."},is_dead:{label:"dead",meaning:"No token of the corpus activated it."},peak_share:{label:"one peak token",meaning:"Share of the top examples that peak on the same token; 100 % is a neuron for a single token."},n_positive:{label:"tokens above 0",meaning:"Number of tokens with an activation above 0."},count:{label:"tokens",meaning:"Tokens behind every statistic."}};var It=1e-5;function et(s,t,{min:e,max:n}){let r=It*Math.max(Math.abs(e),Math.abs(n));return s>n+r?"above every token of the corpus":s>=n-r?"as high as the highest in the corpus":s<e-r?"below every token of the corpus":`above ${q(t)} of the corpus's tokens`}function tt(s,{min:t,max:e}){let n=s>0?e:t;return s*n>0?`${q(s/n)} of its ${s>0?"max":"min"}`:null}function nt(s){let t=s.indexOf(!0),e=t<0?s.length:t,n=s.filter((o,i)=>!o&&i>e).length,r=[];if(e){let o=e===1?"The first token does":`The first ${v(e)} tokens do`;r.push(`${o} not count: many models park attention there, with values of another size.`)}if(n){let o=n===1?"One more does":`${v(n)} more do`;r.push(`${o} not: special tokens, or the first of each segment of a text that is too long to be read at once.`)}return r.join(" ")||null}var Dt={"\n":"↵","	":"→","\r":"\\r"},jt=/ {2,}|[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?![ \u3000])\p{Zs}/gu,Bt=/^ ?[!-~]+$/;function Ft(s){let t=s.codePointAt(0);return t<256?`\\x${t.toString(16).padStart(2,"0")}`:t<65536?`\\u${t.toString(16).padStart(4,"0")}`:`\\U${t.toString(16).padStart(8,"0")}`}function pe(s){if(Bt.test(s))return[{kind:"text",text:s}];if(s===" ")return[{kind:"mark",text:s,shown:"·"}];let t=[],e=0;for(let n of s.matchAll(jt)){let[r]=n;n.index>e&&t.push({kind:"text",text:s.slice(e,n.index)});let o=r.startsWith(" ")?"·".repeat(r.length):Dt[r]??Ft(r);t.push({kind:"mark",text:r,shown:o}),e=n.index+r.length}return e<s.length&&t.push({kind:"text",text:s.slice(e)}),t}function C(s){return pe(s).map(t=>t.kind==="mark"?t.shown:t.text.replaceAll(" ","·")).join("")}function rt(s){let t=[];for(let e of pe(s)){let n=e.kind==="text"||/^[ \n\t]/.test(e.text),r=t.at(-1);n&&r?.kind==="text"?r.text+=e.text:t.push(n?{kind:"text",text:e.text}:e)}return t}function st(s,t){let e=new Set(t),n=s.map((r,o)=>e.has(o)?[]:pe(r));for(let r=0;r<s.length;r++){if(!e.has(r))continue;let o=r;for(;e.has(o+1);)o++;Vt(n,Wt(s,r,o)),r=o}return n}function Wt(s,t,e){let n=[];for(let r=t;r<=e;r++)for(let[o,i]of s[r].matchAll(/\\x([0-9a-f]{2})|[^]/gu))n.push(i?{token:r,byte:parseInt(i,16)}:{token:r,char:o});return n}function Vt(s,t){for(let e=0;e<t.length;){let n=t[e],r=s[n.token];if("char"in n){let l="";for(let a=t[e];a&&"char"in a&&a.token===n.token;a=t[++e])l+=a.char;r.push(...pe(l));continue}let[o,i]=Gt(t,e);t.slice(e,e+i).forEach((l,a)=>{let{token:p,byte:g}=l,m=g.toString(16).padStart(2,"0"),k=s[p].at(-1);k?.kind==="bytes"&&(a>0||!o&&!k.text)?k.hex+=` ${m}`:s[p].push({kind:"bytes",text:a?"":o,hex:m})}),e+=i}}function Gt(s,t){let e=[];for(let n of s.slice(t,t+4)){if(!("byte"in n))break;if(e.push(n.byte),!(e.length<2))try{return[new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(new Uint8Array(e)),e.length]}catch{}}return["",1]}function ot(s,t,e){let n=e.includes(0)?s.replace(/^(\\x[89ab][0-9a-f]){1,3}/,""):s;return e.includes(t-1)?n.replace(/(\\x[c-f][0-9a-f])(\\x[89ab][0-9a-f]){0,2}$/,""):n}function G(s,{min:t,max:e}){if(!s||Number.isNaN(s))return{side:"none",level:0};let n=Math.abs(s)/Math.max(Math.abs(t),Math.abs(e));return n<.03?{side:"none",level:0}:{side:s>0?"positive":"negative",level:Math.max(1,Math.round(n<1?n*24:24))}}var at={page:"#fdfcf9",raised:"#f5f2eb",line:"#ded9cd",edge:"#858074",ink:"#1b1a18",quiet:"#5d584f",link:"#1c54a8",positive:"#5598f7",negative:"#f3a03a","positive-mark":"#2a68c8","negative-mark":"#b95f08",alert:"#fdf0d8"},Kt={page:"#15171a",raised:"#1f2226",line:"#353a41",edge:"#7d858f",ink:"#ece9e2",quiet:"#aeaaa1",link:"#8fbaff",positive:"#2461c4",negative:"#9c5408","positive-mark":"#5f9ff8","negative-mark":"#e39a3f",alert:"#3a2c12"},Ce=s=>X(Object.entries(s).map(([t,e])=>`--${t}: ${e};`).join(" ")),A=w`
  :host,
  :root {
    color-scheme: light;
    ${Ce(at)}
    --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
    --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Georgia, "Noto Serif",
      "DejaVu Serif", serif;
    --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
    --gap: 0.75rem;
    --round: 4px;
  }
  @media (prefers-color-scheme: dark) {
    :host,
    :root {
      color-scheme: dark;
      ${Ce(Kt)}
    }
  }
  @media print {
    :host,
    :root {
      color-scheme: light;
      ${Ce({...at,page:"#ffffff"})}
    }
  }
`,E=w`
  :host {
    display: block;
    box-sizing: border-box;
    color: var(--ink);
    font: 0.9375rem/1.5 var(--sans);
    overflow-wrap: break-word;
    text-size-adjust: 100%;
    print-color-adjust: exact;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box; /* not inherited: the children of details would get that of its hidden slot */
  }

  h1,
  h2,
  h3 {
    margin: 1.6em 0 0.5em;
    font-family: var(--serif);
    font-weight: 600;
    line-height: 1.2;
    text-wrap: balance;
  }
  h1 {
    margin-top: 0.6em;
    font-size: 1.65rem;
  }
  h2 {
    font-size: 1.2rem;
  }
  h3 {
    font-size: 1rem;
  }
  p {
    max-width: 42rem;
    margin: 0.5em 0;
  }
  ul,
  ol {
    margin: 0.5em 0;
    padding-left: 1.4em;
  }
  hr {
    border: 0;
    border-top: 1px solid var(--line);
  }
  small,
  .quiet {
    color: var(--quiet);
  }
  small {
    font-size: 0.8125rem;
  }

  a,
  button.plain {
    color: var(--link);
    text-decoration: underline;
    text-decoration-thickness: 1px;
    text-underline-offset: 0.16em;
  }
  a:hover,
  button.plain:hover:enabled {
    text-decoration-thickness: 2px;
  }
  :focus-visible {
    outline: 2px solid var(--link);
    outline-offset: 2px;
    border-radius: 2px;
  }

  button,
  input,
  select,
  textarea {
    max-width: 100%;
    padding: 0.25rem 0.6rem;
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--page);
    color: var(--ink);
    font: inherit;
  }
  button,
  a.button {
    display: inline-block;
    padding: 0.25rem 0.7rem;
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--raised);
    color: var(--ink);
    line-height: 1.5;
    text-decoration: none;
    cursor: pointer;
  }
  button:hover:enabled,
  a.button:hover {
    border-color: var(--ink);
  }
  button[aria-pressed="true"] {
    border-color: var(--ink);
    background: var(--ink);
    color: var(--page);
  }
  button:disabled,
  a.button[aria-disabled="true"] {
    border-style: dashed;
    color: var(--quiet);
    cursor: default;
  }
  button.plain {
    padding: 0;
    border: 0;
    background: none;
  }
  input[type="checkbox"],
  input[type="radio"] {
    accent-color: var(--link);
  }
  textarea {
    width: 100%;
    resize: vertical;
  }
  ::placeholder {
    color: var(--quiet);
    opacity: 1;
  }
  label {
    cursor: default;
  }
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }

  .wide {
    position: relative; /* what is visually hidden in it scrolls along */
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
  }
  caption {
    padding: 0.3rem 0;
    color: var(--quiet);
    text-align: left;
  }
  th,
  td {
    padding: 0.2rem 1rem 0.2rem 0;
    border-bottom: 1px solid var(--line);
    text-align: left;
    vertical-align: baseline;
  }
  thead th {
    border-bottom-color: var(--edge);
    color: var(--quiet);
    font-weight: 500;
  }
  tbody th {
    font-weight: inherit;
  }
  .number {
    font-variant-numeric: tabular-nums;
    text-align: right;
    white-space: nowrap;
  }

  dl.facts {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 0.15rem 1rem;
    margin: 0.5em 0;
  }
  dl.facts dt {
    color: var(--quiet);
  }
  dl.facts dd {
    margin: 0;
    min-width: 0;
  }

  code,
  kbd,
  pre {
    font-family: var(--mono);
    font-size: 0.875em;
  }
  pre {
    margin: 0.5em 0;
    padding: 0.5rem 0.75rem;
    border: 1px solid var(--line);
    border-radius: var(--round);
    background: var(--raised);
    white-space: pre-wrap;
  }
  kbd {
    padding: 0 0.35em;
    border: 1px solid var(--edge);
    border-bottom-width: 2px;
    border-radius: var(--round);
    background: var(--raised);
  }
  summary {
    cursor: pointer;
  }
  dialog {
    max-width: min(40rem, calc(100vw - 2rem));
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--page);
    color: var(--ink);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }

  .badge {
    display: inline-block;
    padding: 0 0.45em;
    border: 1px solid var(--line);
    border-radius: 1em;
    background: var(--raised);
    color: var(--quiet);
    font-size: 0.8125rem;
    line-height: 1.45;
    white-space: nowrap;
  }
  .alert {
    max-width: 42rem;
    margin: 0.75rem 0;
    padding: 0.5rem 0.75rem;
    border-left: 3px solid var(--negative-mark);
    background: var(--alert);
    white-space: pre-line;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
  @media print {
    .no-print {
      display: none !important;
    }
  }
`,me=w`
  ${X(Array.from({length:24},(s,t)=>{let e=100*(t+1)/24,n=o=>`color-mix(in srgb, var(--${o}) ${e.toFixed(2)}%, var(--page))`,r=`color-mix(in srgb, var(--negative-mark) ${Math.min(100,2*e).toFixed(2)}%, transparent)`;return`.p${t+1} { background: ${n("positive")}; } .n${t+1} { background: ${n("negative")}; text-decoration: underline dotted ${r}; }`}).join(`
`))}
`;var Jt=24;function Yt(s,t){let e=document.createElement("span");return e.className=s,e.textContent=t,e}function lt(s){if(s.kind==="text")return document.createTextNode(s.text);let t=document.createElement("span");return s.kind==="mark"?(t.className="mark",t.dataset.shown=s.shown,t.append(Yt(s.text===`
`?"as-is line-break":"as-is",s.text))):(t.className="bytes",t.dataset.shown=s.hex,t.textContent=s.text),t}var b=class extends ${constructor(){super(...arguments);this.tokens=[];this.activations=[];this.spans=[];this.tokenIds=[];this.split=[];this.peak=null;this.scale={min:0,max:0};this.counted=null;this.marked=null;this.chosen=[];this.width="window";this.textBefore="";this.textAfter="";this.label="Tokens";this.shown=null;this.current=0;this.isFocused=!1;this.elements=[];this.parts=[];this.run=document.createElement("span");this.observer=null;this.centre=()=>{let e=this.elements[this.peak??0];this.width!=="line"||!e||this.isFocused||(this.text.scrollLeft=e.offsetLeft-this.text.offsetLeft+(e.offsetWidth-this.text.clientWidth)/2)}}connectedCallback(){super.connectedCallback(),this.width==="line"&&this.requestUpdate("width")}disconnectedCallback(){super.disconnectedCallback(),this.observer?.disconnect(),this.observer=null}willUpdate(e){["tokens","activations","split","peak","scale","counted"].some(n=>e.has(n))&&this.draw(),e.has("tokens")&&(this.shown=null),this.outline()}outline(){let[e,n,r]=[this.marked?.tokens,this.marked?.touched,this.chosen].map(o=>new Set(o));this.elements.forEach((o,i)=>{o.classList.toggle("fires",e.has(i)),o.classList.toggle("touched",n.has(i)&&!e.has(i)),o.classList.toggle("chosen",r.has(i))})}draw(){this.parts=st(this.tokens,this.split),this.elements=this.parts.map((n,r)=>{let o=document.createElement(r===this.peak?"mark":"span"),{side:i,level:l}=this.isCounted(r)?G(this.activations[r]??0,this.scale):{side:"none",level:0},a=this.tokens[r].length<=Jt,p=r===this.peak?` peak${a?" whole":""}`:"",g=this.isCounted(r)?"":" uncounted";return o.className=`t${l?` ${i[0]}${l}`:""}${p}${g}`,o.append(...n.map(lt)),o}),this.isFocused=!1,this.run=document.createElement("span"),this.run.className="run",this.run.append(...this.elements),this.current=Math.min(this.peak??0,this.elements.length-1);let e=this.elements[this.current];e&&(e.tabIndex=0)}isCounted(e){return this.counted?.[e]??!0}updated(e){e.has("shown")&&this.place(),this.width==="document"&&e.has("width")&&this.reveal(),this.width==="line"&&this.elements.length?this.observer?(e.has("tokens")||e.has("width")||e.has("peak"))&&requestAnimationFrame(this.centre):(this.observer=new ResizeObserver(this.centre),this.observer.observe(this.text)):(this.observer?.disconnect(),this.observer=null)}reveal(){let e=this.elements[this.peak??0];e&&(this.text.scrollTop=e.offsetTop-this.text.offsetTop-(this.text.clientHeight-e.offsetHeight)/2)}place(){let{readout:e}=this,n=this.shown===null?null:this.elements[this.shown];if(!e||!n)return;let r=this.getBoundingClientRect(),o=n.getClientRects()[0]??n.getBoundingClientRect(),{width:i,height:l}=e.getBoundingClientRect(),a=Math.min(Math.max(o.left,r.left),Math.max(r.left,r.right-i)),p=o.top-l-4>=0;e.style.setProperty("left",`${a-r.left}px`),e.style.setProperty("top",`${(p?o.top-l-3:o.bottom+3)-r.top}px`)}tokenOf(e){let n=e.target instanceof Element?e.target.closest(".t"):null,r=n?this.elements.indexOf(n):-1;return r<0?null:r}point(e){let n=this.tokenOf(e);n!==null?this.shown=n:this.isFocused||(this.shown=null)}leave(){this.shown=this.isFocused?this.current:null}focusIn(e){let n=this.tokenOf(e);n!==null&&(this.isFocused=!0,this.current=this.shown=n)}focusOut(){this.isFocused=!1,this.shown=null}choose(e){let n=this.tokenOf(e);n===null||!(this.selection()?.isCollapsed??!0)||(this.go(n),this.pick(n))}pick(e){this.dispatchEvent(new CustomEvent("pick",{detail:e}))}go(e){let[n,r]=[this.elements[this.current],this.elements[e]];!n||!r||(n.removeAttribute("tabindex"),r.tabIndex=0,r.focus({preventScroll:this.width!=="line"&&this.isSeen(r)}))}isSeen(e){let{top:n,bottom:r}=e.getBoundingClientRect();return n>=0&&r<=window.innerHeight}press(e){if(e.ctrlKey||e.metaKey||e.altKey)return;let n=this.elements.length-1,o={ArrowLeft:Math.max(0,this.current-1),ArrowRight:Math.min(n,this.current+1),Home:0,End:n}[e.key];if(e.key==="Escape"&&this.shown!==null)this.shown=null;else if((e.key==="Enter"||e.key===" ")&&this.isFocused)this.pick(this.current);else if(o!==void 0)this.go(o);else return;e.preventDefault()}selection(){let e=this.renderRoot;return e.getSelection?e.getSelection():document.getSelection()}copy(e){let n=this.selection();if(!n?.rangeCount||n.isCollapsed||!e.clipboardData)return;let r=n.getRangeAt(0);!this.text.contains(r.startContainer)||!this.text.contains(r.endContainer)||(e.clipboardData.setData("text/plain",r.toString()),e.preventDefault())}render(){let e=this.width==="document",n=this.shown===null?null:this.facts(this.shown);return d`<div
        class="text" dir="ltr" role="group" aria-label=${this.label}
        @pointerover=${this.point} @pointerleave=${this.leave} @focusin=${this.focusIn} @focusout=${this.focusOut}
        @click=${this.choose} @keydown=${this.press} @copy=${this.copy}
      >${e&&this.textBefore?this.renderAround(this.textBefore):u}${this.run}${e&&this.textAfter?this.renderAround(this.textAfter):u}</div>
      <div class="readout" aria-hidden="true" ?hidden=${!n}>
        ${n?d`<div class="value">${n.value}</div><div class="name">${n.name}</div><div>${n.where}</div>`:u}
      </div>
      <div class="visually-hidden" aria-live="polite">
        ${this.isFocused&&n?[n.value,n.name,n.where].filter(Boolean).join("; "):u}
      </div>`}renderAround(e){return d`<span class="around">${rt(e).map(lt)}</span>`}facts(e){let n=this.activations[e],r=this.spans[e],o=r?[`bytes ${v(r[0])} to ${v(r[1])}`]:[];return e in this.tokenIds&&o.push(`token ${this.tokenIds[e]}`),this.marked?.tokens.includes(e)&&o.push("marked by the rule"),this.chosen.includes(e)&&o.push("chosen"),{value:n===void 0?"":f(n)+(this.isCounted(e)?this.partOf(n):", not counted"),name:this.name(e)+(e===this.peak?" (peak)":""),where:o.join(", ")}}partOf(e){let n=e>0?this.scale.max:this.scale.min;return e*n>0?`, ${q(e/n)} of ${e>0?"max":"min"}`:""}name(e){return this.split.includes(e)?this.parts[e].map(n=>n.kind==="bytes"?n.hex:C(n.text)).join(" "):C(this.tokens[e])}};b.styles=[A,E,me,w`
      :host {
        position: relative;
        line-height: 1.65;
      }
      .text {
        forced-color-adjust: none;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
        tab-size: 4;
      }
      .t,
      .around {
        unicode-bidi: isolate;
      }
      .t {
        padding-block: 0.12em;
        border-radius: 2px;
      }
      mark {
        background: none;
        color: inherit;
      }
      .t:hover {
        box-shadow: 0 0 0 1px var(--edge);
      }
      .touched {
        outline: 1px dashed var(--edge);
        outline-offset: -1px;
      }
      .fires {
        box-shadow: 0 0 0 2px var(--ink);
      }
      .chosen {
        outline: 3px double var(--link);
        outline-offset: 1px;
      }
      .t:focus {
        outline: 2px solid var(--link);
        outline-offset: 0;
      }
      .peak {
        border-bottom: 2px solid var(--ink);
        border-radius: 2px 2px 0 0;
        font-weight: 650;
      }
      .whole {
        white-space: pre;
      }
      .uncounted,
      .around {
        color: var(--quiet);
      }
      .mark,
      .bytes {
        unicode-bidi: isolate;
      }
      .mark::before {
        content: attr(data-shown);
      }
      [class="t"] > .mark::before,
      .around .mark::before {
        color: var(--quiet);
      }
      .as-is {
        display: inline-block;
        width: 0;
        height: 0;
        overflow: hidden;
        white-space: pre;
      }
      :host([width="document"]) .line-break {
        display: inline;
      }
      .bytes::after {
        margin-inline: 1px;
        padding-inline: 0.25em;
        border: 1px solid currentcolor;
        border-radius: 3px;
        content: attr(data-shown);
        font-family: var(--mono);
        font-size: 0.72em;
        white-space: nowrap;
      }

      :host([width="line"]) .text {
        overflow-x: auto;
        padding-block: 0.15rem;
        scrollbar-width: none;
        white-space: pre;
        mask-image: linear-gradient(to right, transparent, #000 3rem, #000 calc(100% - 3rem), transparent);
      }
      :host([width="line"]) .run {
        padding-inline: 50%;
      }
      :host([width="document"]) .text {
        max-height: 70vh;
        overflow-y: auto;
        padding: 0.5rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--round);
      }

      .readout {
        position: absolute;
        z-index: 5;
        width: max-content;
        max-width: min(100%, 22rem);
        padding: 0.25rem 0.55rem;
        border-radius: var(--round);
        background: var(--ink);
        color: var(--page);
        font-size: 0.8125rem;
        line-height: 1.4;
        pointer-events: none;
        user-select: none;
      }
      .value {
        font-weight: 650;
      }
      .name {
        font-family: var(--mono);
        overflow-wrap: anywhere;
        unicode-bidi: isolate;
      }
      @media (forced-colors: active) {
        .text {
          background: var(--page);
          color: var(--ink);
        }
      }
      @media print {
        :host([width="document"]) .text {
          max-height: none;
        }
      }
    `],c([h({attribute:!1})],b.prototype,"tokens",2),c([h({attribute:!1})],b.prototype,"activations",2),c([h({attribute:!1})],b.prototype,"spans",2),c([h({attribute:!1})],b.prototype,"tokenIds",2),c([h({attribute:!1})],b.prototype,"split",2),c([h({attribute:!1})],b.prototype,"peak",2),c([h({attribute:!1})],b.prototype,"scale",2),c([h({attribute:!1})],b.prototype,"counted",2),c([h({attribute:!1})],b.prototype,"marked",2),c([h({attribute:!1})],b.prototype,"chosen",2),c([h({reflect:!0})],b.prototype,"width",2),c([h()],b.prototype,"textBefore",2),c([h()],b.prototype,"textAfter",2),c([h()],b.prototype,"label",2),c([S()],b.prototype,"shown",2),c([Pe(".text")],b.prototype,"text",2),c([Pe(".readout")],b.prototype,"readout",2),c([S()],b.prototype,"isFocused",2),b=c([_("lms-tokens")],b);var K=class extends ${get scale(){let{scale:t,activations:e,counted:n}=this.look,r=e.filter((o,i)=>n[i]);return t??{min:Math.min(0,...r),max:Math.max(0,...r)}}render(){let{look:t,scale:e}=this;return d`<h2>
        <span class="quiet">${t.model} ·</span> ${t.neuron} <span class="quiet">· site ${t.site}</span>
      </h2>
      <lms-tokens
        .tokens=${t.tokens} .activations=${t.activations} .spans=${t.spans} .tokenIds=${t.token_ids}
        .split=${t.split} .peak=${t.peak} .scale=${e} .counted=${t.counted}
        .label=${`Tokens of the text, on ${t.neuron}`}
      ></lms-tokens>
      <p>${this.renderPeak()}</p>
      <p class="quiet">
        ${t.scale?d`Scale: the corpus's ${f(t.scale.min)} to ${f(t.scale.max)}.`:"Scale: this text's own extremes; a catalogue gives the neuron's on a corpus."}
        ${nt(t.counted)}
      </p>`}renderPeak(){let{tokens:t,activations:e,peak:n,scale:r,percentile:o}=this.look;if(n===null)return"No token of this text counts.";let i=e[n],l=r&&tt(i,r);return d`Peak <b>${f(i)}</b> on <code>${C(t[n])}</code>${r&&o!==null?`: ${et(i,o,r)}`:""}${l?d` <span class="quiet">(${l})</span>`:u}.`}};K.styles=[A,E,w`
      h2 {
        margin-top: 0.5em;
      }
      h2 .quiet {
        font-weight: 400;
      }
    `],c([h({attribute:!1})],K.prototype,"look",2),K=c([_("lms-look")],K);function Le(s){let t=new Set;return fe(s).filter(({example:e})=>{let n=e.token_ids[e.peak];return!t.has(n)&&!!t.add(n)})}function fe(s){return s.map((t,e)=>({example:t,rank:e+1}))}function ct({low:s,high:t}){return s===null?t===null?"all":`up to ${f(t)}`:t===null?`from ${f(s)}`:`${f(s)} to ${f(t)}`}var dt={post:"what enters the MLP's down projection",mid:"SoLU before its LayerNorm",pre:"before the nonlinearity"};var Ne=(...s)=>"#/"+s.map(t=>encodeURIComponent(t)).join("/");function ut(s,t){let e=s?s.layer===null?Ne("scope",s.catalogue):Ne("scope",s.catalogue,s.layer,s.neuron):Ne("scope");return t.length?`${e}?${new URLSearchParams(t.map(n=>["text",n]))}`:e}var Zt=new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0});function ht(s){try{return Zt.decode(s)}catch{return null}}function Oe(s){let t=ht(s);if(t!==null)return t;let e="";for(let n=0;n<s.length;){let r=s[n],o=r<128?1:r<224?2:r<240?3:4,i=n+o<=s.length?ht(s.subarray(n,n+o)):null;e+=i??`\\x${r.toString(16).padStart(2,"0")}`,n+=i===null?1:o}return e}var Xt=2e3;async function Qt(s){try{return await navigator.clipboard.writeText(s),!0}catch{let t=document.createElement("textarea");t.value=s,t.setAttribute("readonly",""),t.style.setProperty("position","fixed"),t.style.setProperty("opacity","0");let e=document.activeElement;document.body.append(t),t.select();let n=document.execCommand("copy");return t.remove(),e instanceof HTMLElement&&e.focus(),n}}var L=class extends ${constructor(){super(...arguments);this.value="";this.label="copy";this.what="";this.said=""}async copy(){this.said=await Qt(this.value)?"copied":"not allowed here",setTimeout(()=>this.said="",Xt)}render(){return d`<button class="plain" aria-label=${this.what||this.label} @click=${this.copy}>
        ${this.said||this.label}</button
      ><span class="visually-hidden" aria-live="polite">${this.said}</span>`}};L.styles=[A,E,w`
      :host {
        display: inline-block;
        font: inherit;
      }
    `],c([h()],L.prototype,"value",2),c([h()],L.prototype,"label",2),c([h()],L.prototype,"what",2),c([S()],L.prototype,"said",2),L=c([_("lms-copy")],L);var Ue=2e4,pt=24,en=s=>ot(s.text,s.tokens.length,s.split),x=class extends ${constructor(){super(...arguments);this.rank=null;this.list="";this.scale={min:0,max:0};this.width="window";this.at=null;this.source=null;this.marked=null;this.chosen=null;this.isLive=!1;this.origin=null;this.document=null;this.isOpen=!1;this.isBusy=!1;this.trouble="";this.watcher=null}disconnectedCallback(){super.disconnectedCallback(),this.watcher?.disconnect(),this.watcher=null}willUpdate(e){(e.has("example")||e.has("source"))&&(this.origin=this.document=null,this.isOpen=this.isBusy=!1,this.trouble=""),e.has("width")&&(this.isOpen=!1)}updated(){this.origin||!this.source||!this.at||this.watcher||(this.watcher=new IntersectionObserver(e=>{e.some(n=>n.isIntersecting)&&(this.watcher?.disconnect(),this.watcher=null,this.findOrigin())}),this.watcher.observe(this))}async findOrigin(){let{example:e,source:n,at:r}=this;try{let o=await(await n.catalogue(r.catalogue)).origin(e.document);e===this.example&&(this.origin=o)}catch{e===this.example&&(this.origin={source:"",offset:0})}}async toggleDocument(){if(this.document){this.document=null;return}let{example:e,source:n,at:r}=this;this.isBusy=!0,this.trouble="";try{let o=Math.max(0,e.start-Ue),i=await(await n.catalogue(r.catalogue)).document(e.document,o,e.end+Ue);if(e!==this.example)return;let l=i.size,{bytes:a}=i;this.document={before:Oe(a.subarray(0,e.start-i.start)),after:Oe(a.subarray(e.end-i.start)),size:l,isCut:a.length<l},this.isOpen=!0}catch(o){e===this.example&&(this.trouble=o instanceof Error?o.message:String(o))}finally{e===this.example&&(this.isBusy=!1)}}render(){return this.width==="line"&&!this.isOpen?this.renderLine():this.renderWhole()}get name(){return[this.list,this.rank??""].join(" ").trim()||"example"}renderTokens(e){let{example:n}=this;return d`<lms-tokens
      .tokens=${n.tokens} .activations=${n.activations} .spans=${n.spans}
      .tokenIds=${n.token_ids} .split=${n.split} .peak=${n.peak} .scale=${this.scale}
      .width=${e} .textBefore=${this.document?.before??""} .textAfter=${this.document?.after??""}
      .marked=${this.marked} .chosen=${this.chosen??[]} @pick=${this.pick}
      .label=${`Tokens of ${this.name}${this.chosen?"; Enter chooses a token for a rule":""}`}
    ></lms-tokens>`}pick(e){if(!this.chosen)return;let n={example:this.example,token:e.detail};this.dispatchEvent(new CustomEvent("choose",{detail:n,bubbles:!0,composed:!0}))}renderRank(){return this.rank===null?u:d`<span class="rank">${this.rank}</span>`}renderLine(){return d`<div class="one-line">
      ${this.renderRank()}
      <b class="value">${Re(this.example.max,this.scale)}</b>
      ${this.renderTokens("line")}
      <button class="plain" aria-expanded="false" aria-label=${`more: ${this.name}`} @click=${()=>this.isOpen=!0}>
        more
      </button>
    </div>`}renderWhole(){let{example:e}=this,n=C(e.tokens[e.peak]),r=this.width==="line",o=this.document?"window only":"full document";return d`<div class="head">
        ${this.renderRank()}
        <b class="value">${Re(e.max,this.scale)}</b>
        <span class="token">${n.length>pt?n.slice(0,pt-1)+"…":n}</span>
        ${this.renderOrigin()}
        <span class="actions no-print">
          ${this.at&&this.isLive?d`<a href=${ut(this.at,[en(e)])} aria-label=${`open in scope: ${this.name}`}>open in scope</a>`:u}
          ${this.source&&this.at?d`<button
                class="plain" aria-expanded=${this.document!==null} ?disabled=${this.isBusy}
                aria-label=${`${o}: ${this.name}`} @click=${this.toggleDocument}
              >${o}</button>`:u}
          <lms-copy .value=${e.text} label="copy text" .what=${`copy text: ${this.name}`}></lms-copy>
          ${r?d`<button class="plain" aria-expanded="true" aria-label=${`less: ${this.name}`} @click=${this.close}>
                less
              </button>`:u}
        </span>
      </div>
      ${this.trouble?d`<div class="alert" role="alert">${this.trouble}</div>`:u}
      ${this.document?.isCut?d`<p class="quiet">
            This document has ${v(this.document.size)} bytes; here are the window and
            ${v(Ue)} bytes on each side of it.
          </p>`:u}
      ${this.renderTokens(this.document?"document":"window")}`}close(){this.document=null,this.isOpen=!1}renderOrigin(){let{document:e,start:n}=this.example,{source:r="",offset:o=0}=this.origin??{},i=r.split("/").filter(Boolean).at(-1),l=`byte ${v(n)}`,a=`document ${v(e)}`;return d`<span class="origin" title=${r?`${r}:${o}, ${a}, ${l}`:`${a}, ${l}`}
      ><bdi>${i?`${i}:${o}`:a}</bdi> · ${l}</span
    >`}};x.styles=[A,E,w`
      :host {
        container-type: inline-size;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 0.75rem;
      }
      .rank {
        min-width: 1.4rem;
        color: var(--quiet);
        font-variant-numeric: tabular-nums;
        text-align: right;
      }
      .value {
        min-width: 3.6rem;
        font-variant-numeric: tabular-nums;
        text-align: right;
      }
      .token {
        font-family: var(--mono);
        font-size: 0.875em;
        unicode-bidi: isolate;
        white-space: pre;
      }
      .origin {
        flex: 1 1 12rem;
        min-width: 0;
        overflow: hidden;
        color: var(--quiet);
        font-size: 0.8125rem;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.75rem;
        font-size: 0.8125rem;
      }
      .one-line {
        display: flex;
        align-items: baseline;
        gap: 0.75rem;
      }
      .one-line lms-tokens {
        flex: 1;
        min-width: 0;
      }
      .one-line button {
        font-size: 0.8125rem;
      }
      .head ~ :is(lms-tokens, p) {
        margin-left: 2.15rem;
      }
      @container (max-width: 38rem) {
        .head ~ :is(lms-tokens, p) {
          margin-left: 0;
        }
        .origin {
          flex-basis: 100%;
        }
        .one-line {
          gap: 0.4rem;
        }
      }
    `],c([h({attribute:!1})],x.prototype,"example",2),c([h({attribute:!1})],x.prototype,"rank",2),c([h()],x.prototype,"list",2),c([h({attribute:!1})],x.prototype,"scale",2),c([h({reflect:!0})],x.prototype,"width",2),c([h({attribute:!1})],x.prototype,"at",2),c([h({attribute:!1})],x.prototype,"source",2),c([h({attribute:!1})],x.prototype,"marked",2),c([h({attribute:!1})],x.prototype,"chosen",2),c([h({type:Boolean})],x.prototype,"isLive",2),c([S()],x.prototype,"origin",2),c([S()],x.prototype,"document",2),c([S()],x.prototype,"isOpen",2),c([S()],x.prototype,"isBusy",2),c([S()],x.prototype,"trouble",2),x=c([_("lms-example")],x);function mt({edges:s,counts:t}){let e=t.flatMap((y,N)=>y?[N]:[]);if(!e.length)return null;let n=s.reduce((y,N,O)=>Math.abs(N)<Math.abs(s[y])?O:y,0),r=Math.min(e[0],n),o=Math.max(e.at(-1),n-1),i=Math.max(...t),l=y=>Math.log1p(y)/Math.log1p(i),a=t.slice(r,o+1).map((y,N)=>{let O=r+N;return{low:s[O],high:s[O+1],count:y,height:l(y),side:O>=n?"positive":"negative"}}),p=y=>(y-r)/a.length,g=t.length>>2,m=[];for(let y of[n,r,o+1,n-g,n+g,n-g/2,n+g/2]){let N=p(y),O=ge=>$t=>Math.abs($t.at-N)<ge;y<r||y>o+1||m.some(O(.11))||m.push({value:s[y],at:N,isMinor:m.filter(ge=>!ge.isMinor).some(O(.27))})}let k=Math.floor(Math.log10(i)),T=Math.max(1,Math.ceil((k+1)/4)),z=[];for(let y=0;y<=k;y+=T)z.push({count:10**y,height:l(10**y)});return{bins:a,most:i,levels:z,ticks:m,zero:p(n)}}function ft({bins:s},t){let e=s.findIndex(o=>t<o.high);if(e<0)return 1;let{low:n,high:r}=s[e];return(e+Math.max(0,(t-n)/(r-n)))/s.length}var P=132,J=s=>`${(100*s).toFixed(3)}%`,F=class extends ${constructor(){super(...arguments);this.histogram={edges:[],counts:[]};this.marks=[]}render(){let e=mt(this.histogram);return e?d`<figure>
      <svg height=${P+44} role="img" aria-label=${this.summary(e)}>
        ${e.levels.map(({count:n,height:r})=>ie`
            <line class="grid" x1="0" x2="100%" y1=${ae(r)} y2=${ae(r)}></line>
            <text class="count" x="-6" y=${ae(r)} dy="0.32em">${v(n)}</text>`)}
        ${e.bins.map((n,r)=>{let o=J(r/e.bins.length),i=J(1/e.bins.length);return ie`<g>
            <title>${f(n.low)} to ${f(n.high)}: ${v(n.count)} tokens</title>
            <rect class="area" x=${o} width=${i} y="0" height=${P}></rect>
            <rect class=${n.side} x=${o} width=${i} y=${ae(n.height)} height=${P-ae(n.height)}></rect>
          </g>`})}
        <line class="axis" x1="0" x2="100%" y1=${P} y2=${P}></line>
        <line class="zero" x1=${J(e.zero)} x2=${J(e.zero)} y1="0" y2=${P+14}></line>
        ${this.marks.map(({value:n,kind:r})=>{let o=J(ft(e,n));return ie`<line class=${r} x1=${o} x2=${o} y1=${P+2} y2=${P+(r==="band"?7:12)}></line>`})}
        ${e.ticks.map(({value:n,at:r,isMinor:o})=>ie`<text
            class="${r<.05?"first":r>.95?"last":""} ${o?"minor":""}"
            x=${J(r)} y=${P+28}
          >${f(n)}</text>`)}
      </svg>
      <figcaption class="quiet">
        Tokens by activation. Counts are logarithmic; each side of zero has its own scale, finer near
        zero.${this.marks.length?d` Strokes under the axis: the <span class="key top">top</span>, the
              <span class="key bottom">bottom</span> and the random examples of this page.`:u}
      </figcaption>
      <div class="visually-hidden">
        <table>
          <caption>Tokens by activation</caption>
          <thead><tr><th>from</th><th>to</th><th>tokens</th></tr></thead>
          <tbody>
            ${e.bins.filter(n=>n.count).map(n=>d`<tr><td>${f(n.low)}</td><td>${f(n.high)}</td><td>${v(n.count)}</td></tr>`)}
          </tbody>
        </table>
      </div>
    </figure>`:d`<p class="quiet">No token was counted.</p>`}summary({bins:e,most:n}){let r=e.reduce((l,a)=>l+a.count,0),o=e.reduce((l,a)=>l+(a.side==="positive"?a.count:0),0),i=e.find(l=>l.count===n);return`Histogram of ${v(r)} activations from ${f(e[0].low)} to ${f(e.at(-1).high)}. The fullest bin is ${f(i.low)} to ${f(i.high)} with ${v(n)} tokens. ${v(o)} tokens lie at zero or above.`}};F.styles=[A,E,w`
      figure {
        container-type: inline-size;
        margin: 0;
        padding: 0.6rem 0 0 4rem;
      }
      svg {
        display: block;
        width: 100%;
        overflow: visible;
        forced-color-adjust: none;
      }
      text {
        fill: var(--quiet);
        font-size: 0.75rem;
        font-variant-numeric: tabular-nums;
        text-anchor: middle;
      }
      @container (max-width: 26rem) {
        .minor {
          display: none;
        }
      }
      .count {
        text-anchor: end;
      }
      .first {
        text-anchor: start;
      }
      .last {
        text-anchor: end;
      }
      .area {
        fill: transparent;
      }
      g:hover .area {
        fill: var(--raised);
      }
      .positive {
        fill: var(--positive-mark);
      }
      .negative {
        fill: var(--negative-mark);
      }
      .grid {
        stroke: var(--line);
      }
      .axis {
        stroke: var(--edge);
      }
      .zero {
        stroke: var(--ink);
      }
      line.top,
      line.bottom {
        stroke-width: 1.5px;
      }
      line.top {
        stroke: var(--positive-mark);
      }
      line.bottom {
        stroke: var(--negative-mark);
        stroke-dasharray: 2 1.5;
      }
      line.band {
        stroke: var(--edge);
      }
      figcaption {
        margin-left: -4rem;
        font-size: 0.8125rem;
        line-height: 1.4;
      }
      .key {
        padding-bottom: 1px;
        border-bottom: 2px solid var(--positive-mark);
      }
      .key.bottom {
        border-bottom: 2px dotted var(--negative-mark);
      }
    `],c([h({attribute:!1})],F.prototype,"histogram",2),c([h({attribute:!1})],F.prototype,"marks",2),F=c([_("lms-histogram")],F);function ae(s){return Math.round((P-s*(P-6))*10)/10}var gt=12,Y=class extends ${constructor(){super(...arguments);this.scale={min:0,max:0}}render(){let{min:e,max:n}=this.scale,r=[e<0?f(e):"",n>0?f(n):""],o=G(e,this.scale).level?"orange":"no colour",i=G(n,this.scale).level?"blue":"no colour",l=[r[0]&&`${o} from ${r[0]}`,"no colour at 0",r[1]&&`${i} to ${r[1]}`].filter(Boolean);return d`<div class="legend" role="img" aria-label=${`Scale: ${l.join(", ")}`}>
      ${r[0]?d`<span>${r[0]}</span><span class="bar">${this.renderSteps(e,0)}</span>`:u}
      <span>0</span>
      ${r[1]?d`<span class="bar">${this.renderSteps(0,n)}</span><span>${r[1]}</span>`:u}
    </div>`}renderSteps(e,n){return Array.from({length:gt},(r,o)=>{let{side:i,level:l}=G(e+(o+.5)/gt*(n-e),this.scale);return d`<i class=${l?`${i[0]}${l}`:""}></i>`})}};Y.styles=[A,E,me,w`
      :host {
        display: inline-block;
        font: inherit;
      }
      .legend {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        font-variant-numeric: tabular-nums;
      }
      .bar {
        display: flex;
        width: 5rem;
        height: 0.9rem;
        border: 1px solid var(--line);
        forced-color-adjust: none;
      }
      i {
        flex: 1;
      }
    `],c([h({attribute:!1})],Y.prototype,"scale",2),Y=c([_("lms-legend")],Y);var tn=["max","min","mean","sd","skew","kurtosis","density","density_half_max"],nn=["density","density_half_max"],M=class extends ${constructor(){super(...arguments);this.shelved=null;this.source=null;this.marked=new Map;this.chosen=null;this.width="window";this.isDiverse=!1}get scale(){return this.record.stats}render(){let{record:e,shelved:n}=this,{bottom:r}=e,o=e.stats.min<0;return d`
      <h1><span class="model">${e.model}</span> ${e.neuron}</h1>
      <p class="quiet where">
        site <b>${e.site}</b> (${dt[e.site]})
        ${n?`· ${n.activation_function}${n.is_gated?", gated":""}`:u}
        · ${v(e.stats.count)} tokens ${n?d`of <bdi>${n.corpus}</bdi>`:u}
      </p>
      <slot></slot>
      ${e.dead?d`<p class="alert">${`Dead on this corpus: never above 0 on ${v(e.stats.count)} tokens. It may well wake up on other texts.`}</p>`:u}
      <div class="summary">
        <section aria-label="Statistics">${this.renderStats()}</section>
        <section aria-label="Histogram and tokens">
          <lms-histogram .histogram=${e.histogram} .marks=${this.marks()}></lms-histogram>
          ${this.renderTokens()}
        </section>
      </div>
      ${e.dead&&!o?u:this.renderControls()}
      ${e.dead?u:this.renderList("top","Top",e.top)}
      ${r.length&&o?this.renderList("bottom","Bottom",r):u}
      ${o||e.dead?u:d`<p class="quiet">No activation is below 0, so there is no bottom to show.</p>`}
      ${e.dead||!e.bands.length?u:this.renderBands()}
      <slot name="after"></slot>
    `}renderStats(){let{stats:e}=this.record;return d`<dl class="stats">
      ${tn.map(n=>{let{label:r,meaning:o}=Qe[n],i=e[n],l=nn.includes(n)&&i!==null?q(i):f(i);return d`<div><dt>${r}</dt><dd class="number">${l}</dd><dd class="quiet">${o}</dd></div>`})}
    </dl>`}marks(){let{record:e}=this,n=(r,o)=>r.map(({max:i})=>({value:i,kind:o}));return e.dead?n(e.bottom,"bottom"):[...n(e.bands.flatMap(r=>r.examples),"band"),...n(e.bottom,"bottom"),...n(e.top,"top")]}renderTokens(){let{logits:e,peak_tokens:n,top:r,dead:o}=this.record,i=n.filter(l=>l.count>1);return d`<dl class="facts tokens">
      ${e?d`<dt title="Tokens whose logit one unit of activation raises most, by the direct path through W_out and the unembedding">
              promotes
            </dt>
            <dd>${e.promoted.map(bt)}</dd>
            <dt title="Tokens whose logit it lowers most">suppresses</dt>
            <dd>${e.suppressed.map(bt)}</dd>`:u}
      ${o?u:d`<dt title="Tokens at the peaks of the top examples">peaks on</dt>
            <dd>
              ${i.length?i.map((l,a)=>vt(l.token,`× ${l.count}${a?"":` of ${r.length}`}`)):d`another token in each of the top ${r.length} examples`}
            </dd>`}
    </dl>`}renderControls(){let{record:e}=this,n=(r,o)=>d`<button class="plain" @click=${()=>this.renderRoot.querySelector(`#${r}`)?.scrollIntoView()}>${o}</button>`;return d`<div class="controls">
      <lms-legend .scale=${this.scale}></lms-legend>
      <div class="row no-print" role="group" aria-label="Examples">
        <button aria-pressed=${this.width==="window"} @click=${()=>this.width="window"}>windows</button>
        <button aria-pressed=${this.width==="line"} @click=${()=>this.width="line"}>one line each</button>
        <button aria-pressed=${this.isDiverse} @click=${()=>this.isDiverse=!this.isDiverse}>one per peak token</button>
      </div>
      ${e.dead?u:d`<nav class="row no-print" aria-label="Lists">
            ${n("top","top")} ${e.stats.min<0&&e.bottom.length?n("bottom","bottom"):u}
            ${e.bands.length?n("bands","random"):u}
          </nav>`}
    </div>`}renderList(e,n,r){let o=this.isDiverse?Le(r):fe(r);return d`<section id=${e} aria-label=${`${n} examples`}>
      <h2>${n} ${r.length}</h2>
      ${this.isDiverse?d`<p class="quiet">
            ${o.length===r.length?`All ${r.length} peak on different tokens.`:`The best of each peak token: ${o.length} of ${r.length}.`}
          </p>`:u}
      ${this.renderExamples(n,o)}
    </section>`}renderExamples(e,n){let{record:r,shelved:o,source:i}=this,l=i&&o&&{catalogue:o.address,layer:r.layer,neuron:r.index},a=!!i?.live&&o?.why_not_live===null;return d`<ol class="examples">
      ${n.map(({example:p,rank:g})=>d`<li>
          <lms-example
            .example=${p} .rank=${g} .list=${e} .scale=${this.scale} .width=${this.width} .at=${l}
            .source=${i} .isLive=${a} .marked=${this.marked.get(p)??null}
            .chosen=${this.chosen&&(this.chosen.get(p)??[])}
          ></lms-example>
        </li>`)}
    </ol>`}renderBands(){return d`<section id="bands" aria-label="Random examples by band">
      <h2>Random examples, from the strongest band to the weakest</h2>
      <p class="quiet">
        Every segment of the corpus has one peak. The bands divide these peaks by quantiles; the examples in a band are
        drawn at random, so they show what the neuron does on ordinary days.
      </p>
      ${this.record.bands.toReversed().map(e=>{let n=ct(e),r=this.isDiverse?Le(e.examples):fe(e.examples);return d`<h3>
            ${n} <span class="quiet">· ${q(e.share)} of segments</span>
          </h3>
          ${r.length?this.renderExamples(`random, ${n}:`,r):d`<p class="quiet">No segment of the corpus peaks here.</p>`}`})}
    </section>`}};M.styles=[A,E,w`
      :host {
        container-type: inline-size;
      }
      h1 {
        margin-bottom: 0.15em;
      }
      .model {
        color: var(--quiet);
        font-weight: 400;
      }
      .model::after {
        content: " ·";
      }
      .where {
        max-width: none;
        margin-top: 0;
      }
      .where b {
        color: var(--ink);
        font-weight: 600;
      }
      .summary {
        display: grid;
        grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
        gap: 0 2rem;
        align-items: start;
        margin: 1rem 0;
      }
      .stats {
        display: grid;
        grid-template-columns: max-content max-content 1fr;
        gap: 0 1rem;
        margin: 0;
        line-height: 1.35;
      }
      .stats div {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: baseline;
        padding: 0.25rem 0;
        border-bottom: 1px solid var(--line);
      }
      .stats div:last-child {
        border-bottom: 0;
      }
      dt {
        color: var(--quiet);
      }
      dd {
        margin: 0;
      }
      .stats .quiet {
        font-size: 0.8125rem;
      }
      .tokens {
        font-size: 0.875rem;
      }
      .tokens dd {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.9rem;
      }
      .chip {
        white-space: nowrap;
      }
      .chip code {
        overflow-wrap: anywhere;
        white-space: normal;
        unicode-bidi: isolate;
      }
      .controls {
        position: sticky;
        top: 0;
        z-index: 4;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem 1.5rem;
        margin-top: 1.25rem;
        padding: 0.5rem 0;
        border-block: 1px solid var(--line);
        background: var(--page);
        font-size: 0.875rem;
      }
      .controls button:not(.plain) {
        padding-block: 0.1rem;
      }
      section {
        scroll-margin-top: 3.5rem;
      }
      .examples {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        position: relative;
        padding: 0.4rem 0 0.5rem;
        border-bottom: 1px solid var(--line);
        /* Laid out when it comes into sight. */
        contain-intrinsic-size: auto 7.5rem;
        content-visibility: auto;
      }
      li:hover,
      li:focus-within {
        /* A readout may stand out of its example. */
        z-index: 1;
        content-visibility: visible;
      }
      lms-example[width="line"] {
        margin-block: -0.3rem;
      }
      @container (max-width: 54rem) {
        .summary {
          grid-template-columns: minmax(0, 1fr);
          gap: 1rem;
        }
      }
      @container (max-width: 38rem) {
        .controls {
          position: static;
        }
        li {
          contain-intrinsic-size: auto 16rem;
        }
        .stats {
          grid-template-columns: 1fr max-content;
        }
        .stats .quiet {
          grid-column: 1 / -1;
        }
        dl.tokens {
          grid-template-columns: minmax(0, 1fr);
        }
        .tokens dd {
          margin-bottom: 0.4rem;
        }
      }
      @media print {
        .controls {
          position: static;
        }
        li {
          break-inside: avoid;
          content-visibility: visible;
        }
      }
    `],c([h({attribute:!1})],M.prototype,"record",2),c([h({attribute:!1})],M.prototype,"shelved",2),c([h({attribute:!1})],M.prototype,"source",2),c([h({attribute:!1})],M.prototype,"marked",2),c([h({attribute:!1})],M.prototype,"chosen",2),c([S()],M.prototype,"width",2),c([S()],M.prototype,"isDiverse",2),M=c([_("lms-neuron")],M);function vt(s,t){return d`<span class="chip"><code>${C(s)}</code> <span class="quiet">${t}</span></span>`}function bt({token:s,effect:t}){return vt(s,`${t<0?"":"+"}${t.toFixed(2)}`)}var yt=["record","shelved","look"].map(s=>`change:${s}`);function rn(s){let t=s.get("look");return t?Object.assign(document.createElement("lms-look"),{look:t}):Object.assign(document.createElement("lms-neuron"),{record:s.get("record"),shelved:s.get("shelved")})}function sn({model:s,el:t}){let e=()=>{let n=rn(s);n.style.setProperty("background","var(--page)"),n.style.setProperty("padding","0.25rem 1rem 1rem"),t.replaceChildren(n)};e();for(let n of yt)s.on(n,e);return()=>yt.forEach(n=>s.off(n,e))}var ys={render:sn};export{ys as default};
