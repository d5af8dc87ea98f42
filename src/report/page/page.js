"use strict";
// The page of 'dashcam report'. Everything that comes from the database reaches the document as text, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const TIERS = ["confirmed", "probable", "partial", "none"];
  const TIER_WORDS = { confirmed: "confirmed", probable: "probable", partial: "partly read", none: "no plate" };
  const CHUNK = 48;        // cards made at once; more follow as one scrolls
  const LANES = 40;        // clips on the timeline before a button shows the others
  const WORTH = 0.01;      // an alternative less probable than this is not searched

  // Makes an element. Attributes: text, class, on (listeners), style (custom or positional), else as they are.
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === null || value === false) continue;
      if (name === "text") element.textContent = value;
      else if (name === "class") element.className = value;
      else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
      else if (name === "style") for (const [key, v] of Object.entries(value)) element.style.setProperty(key, v);
      else element.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children) if (child !== null && child !== undefined) element.append(child);
    return element;
  }
  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  const percent = (p) => {
    const value = 100 * p;
    if (p > 0 && value < 0.1) return "< 0.1 %";
    if (value >= 99.95) return p >= 0.9995 ? "100 %" : value.toFixed(1) + " %";
    return (value >= 99 || value < 1 ? value.toFixed(1) : value.toFixed(0)) + " %";
  };
  function time(ms, tenths = true) {
    const t = Math.round(ms / 100);
    const s = Math.floor(t / 10);
    const two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(s / 3600);
    const start = hours > 0 ? `${hours}:${two(Math.floor(s / 60) % 60)}` : String(Math.floor(s / 60));
    return `${start}:${two(s % 60)}${tenths ? "." + (t % 10) : ""}`;
  }
  // "14:05", "14:05:30" and "1:02.5" as numbers; NaN if it is none. `unit`: seconds that the first of two parts counts.
  function parsed(text, wall) {
    const parts = text.trim().split(":").map(Number);
    if (text.trim() === "" || parts.some((n) => Number.isNaN(n) || n < 0) || parts.length > 3) return NaN;
    if (wall && parts.length === 2) parts.push(0);
    return 1000 * parts.reduce((sum, n) => 60 * sum + n, 0);
  }

  // ---- The rows, made ready for searching.
  const twin = (text) => text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/I/g, "1");
  const clips = data.clips;
  for (const clip of clips) {
    const started = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(clip.recorded);
    clip.start = started ? Date.UTC(+started[1], started[2] - 1, +started[3], +started[4], +started[5], +started[6]) : null;
  }
  const vehicles = data.vehicles;
  vehicles.forEach((v, index) => {
    v.index = index;
    v.clip = clips[v.c];
    v.shown = v.fix ? v.fix.plate : v.p;
    v.key = twin(v.shown);
    v.others = v.fix ? [] : v.alts.filter((a) => a[1] >= WORTH).map((a) => [twin(a[0]), a[0], a[1]]);
    v.words = `${v.clip.name} ${v.cls} ${v.region}`.toLowerCase();
    v.id = `${v.clip.id.slice(0, 8)}:${v.t}`;
  });
  const clock = (v, ms) => v.clip.start === null ? "" :
    new Date(v.clip.start + ms).toISOString().slice(0, 19).replace("T", " ");
  const clockOfDay = (v, ms) => (v.clip.start + ms) % 86400000;

  // ---- Search. A stored '?' may be any character.
  function matcher(text) {
    const pattern = twin(text);
    if (pattern === "") return null;
    const free = /[*?]/.test(pattern);
    const parts = Array.from(free ? pattern : `*${pattern}*`, (c) =>
      c === "*" ? ".*" : c === "?" ? "." : /[0-9A-Z]/.test(c) ? `[${c}?]` : null);
    const plate = parts.includes(null) ? null : new RegExp(`^${parts.join("")}$`);
    const words = text.trim().toLowerCase();
    return (v) => {
      if (plate !== null && v.key !== "" && plate.test(v.key)) return { rank: 2 };
      const other = plate === null ? undefined : v.others.find((o) => plate.test(o[0]));
      if (other !== undefined) return { rank: 1, other };
      return words.length > 1 && v.words.includes(words) ? { rank: 0 } : null;
    };
  }

  const filter = { tiers: new Set(TIERS), text: "", cls: "", clip: "", from: "", until: "", wall: false, order: "sure" };
  let visible = [];
  const found = new Map();  // index -> how the search matched

  function apply() {
    const match = matcher(filter.text);
    const from = parsed(filter.from, filter.wall);
    const until = parsed(filter.until, filter.wall);
    byId("from").classList.toggle("wrong", filter.from.trim() !== "" && Number.isNaN(from));
    byId("until").classList.toggle("wrong", filter.until.trim() !== "" && Number.isNaN(until));
    found.clear();
    visible = vehicles.filter((v) => {
      if (!filter.tiers.has(v.tier)) return false;
      if (filter.cls !== "" && v.cls !== filter.cls) return false;
      if (filter.clip !== "" && v.c !== +filter.clip) return false;
      if (!Number.isNaN(from) || !Number.isNaN(until)) {
        if (filter.wall && v.clip.start === null) return false;
        const first = filter.wall ? clockOfDay(v, v.f) : v.f;
        const last = filter.wall ? first + v.l - v.f : v.l;
        if (!Number.isNaN(from) && last < from) return false;
        if (!Number.isNaN(until) && first > until) return false;
      }
      if (match === null) return true;
      const how = match(v);
      if (how !== null) found.set(v.index, how);
      return how !== null;
    });
    const rank = (v) => found.get(v.index)?.rank ?? 0;
    const sure = (v) => (v.fix ? 9 : 3 - TIERS.indexOf(v.tier)) + v.conf / 2;
    const orders = {
      sure: (a, b) => rank(b) - rank(a) || sure(b) - sure(a) || a.index - b.index,
      time: (a, b) => a.c - b.c || a.f - b.f || a.t - b.t,
      plate: (a, b) => (a.shown === "") - (b.shown === "") || (a.shown < b.shown ? -1 : a.shown > b.shown ? 1 : a.index - b.index),
    };
    visible.sort(orders[filter.order]);
    showCards();
    markBars();
  }

  // ---- Pictures: embedded ones lie in the page as text, after this script.
  const waiting = new Map();
  function setPicture(image, name) {
    if (!name.startsWith("#")) { image.src = name; return; }
    const holder = byId(name.slice(1));
    if (holder !== null) image.src = "data:image/jpeg;base64," + holder.textContent.trim();
    else if (document.readyState === "loading") waiting.set(image, name);
  }
  document.addEventListener("DOMContentLoaded", () => {
    for (const [image, name] of waiting) setPicture(image, name);
    waiting.clear();
    document.documentElement.dataset.ready = "yes";
  });
  function picture(name, alt, className) {
    const image = make("img", { alt, class: className, decoding: "async" });
    image.addEventListener("error", () => image.replaceWith(make("span", { class: "none", text: "The picture is missing." })));
    setPicture(image, name);
    return image;
  }

  // ---- Cards.
  const strength = (p) => p >= 0.9 ? "" : p >= 0.6 ? "fair" : "poor";
  function plateOf(v) {
    if (v.shown === "") return make("span", { class: "no-plate", text: v.why });
    const plate = make("span", { class: v.fix ? "plate given" : "plate" });
    Array.from(v.shown).forEach((c, i) => {
      const sure = v.fix ? 1 : v.chars[i]?.[0] ?? 0;
      plate.append(make("span", { text: c, class: c === "?" ? "unknown" : strength(sure), "aria-hidden": true,
                                  title: v.fix || c === "?" ? undefined : `${c}: ${percent(sure)} sure` }));
    });
    plate.append(make("span", { class: "hidden", text: v.shown }));
    return plate;
  }
  const badge = (v) => make("span", { class: `badge t-${v.tier}`, text:
    v.tier === "none" ? TIER_WORDS.none : `${TIER_WORDS[v.tier]} ${percent(v.conf)}` });

  function card(v) {
    const how = found.get(v.index);
    const words = make("div", { class: "words" },
      make("div", { class: "line" },
        make("button", { type: "button", class: "open", on: { click: () => open(v) } }, plateOf(v)),
        v.shown === "" && !v.fix ? null : badge(v)),
      v.fix ? make("span", { class: "mark", text: `corrected by hand${v.p === "" ? "" : `; read as ${v.p}`}` }) : null,
      how?.other ? make("span", { class: "mark", text: `may be ${how.other[1]} (${percent(how.other[2])})` }) : null,
      make("div", { class: "meta" },
        make("span", { text: v.cls }),
        v.region === "" ? null : make("span", { text: v.region }),
        make("span", { text: `${time(v.f)} to ${time(v.l)}` }),
        clips.length > 1 ? make("span", { text: v.clip.name }) : null));
    const shot = make("div", { class: "picture" },
      v.img === "" ? make("span", { text: "no picture" }) : picture(v.img, `${v.cls} ${v.shown}`.trim()));
    return make("li", { class: `card t-${v.tier}`, "data-vehicle": v.id }, shot, words);
  }

  const list = byId("cards");
  let rendered = 0;
  function addCards(upTo) {
    const part = document.createDocumentFragment();
    for (; rendered < Math.min(upTo, visible.length); ++rendered) part.append(card(visible[rendered]));
    list.append(part);
  }
  function showCards() {
    list.replaceChildren();
    rendered = 0;
    addCards(CHUNK);
    byId("count").textContent = visible.length === vehicles.length ? count(vehicles.length, "vehicle", "vehicles")
      : `${visible.length.toLocaleString("en")} of ${count(vehicles.length, "vehicle", "vehicles")}`;
    const empty = byId("empty");
    empty.hidden = visible.length > 0;
    empty.textContent = vehicles.length > 0 ? "No vehicle matches. Clear the search or a filter to see more."
      : clips.length > 0 ? "No vehicle was found in these clips."
      : "The database is empty. 'dashcam run PATH' fills it.";
  }
  new IntersectionObserver((entries) => {
    if (entries.some((e) => e.isIntersecting)) addCards(rendered + CHUNK);
  }, { rootMargin: "1200px" }).observe(byId("sentinel"));
  window.addEventListener("beforeprint", () => { addLanes(clips.length); addCards(visible.length); });

  // ---- Timeline.
  const bars = new Map();
  const lanes = byId("lanes");
  let lanesShown = 0;
  function step(duration) {
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].map((s) => 1000 * s);
    return steps.find((s) => duration / s <= 8) ?? 14400000;
  }
  function lane(clip, index) {
    const own = vehicles.filter((v) => v.c === index).sort((a, b) => a.f - b.f || a.t - b.t);
    const duration = Math.max(clip.duration, 1, ...own.map((v) => v.l));
    const ends = [];
    const track = make("div", { class: "track", role: "toolbar", "aria-orientation": "horizontal",
      "aria-label": `${count(own.length, "vehicle", "vehicles")} of ${clip.name}` });
    for (let at = 0; at <= duration; at += step(duration)) {
      if (at > 0 && at > 0.96 * duration) break;
      track.append(make("div", { class: "tick", style: { left: `${100 * at / duration}%` }, "aria-hidden": true },
        make("span", { text: time(at, false) })));
    }
    own.forEach((v, place) => {
      let row = ends.findIndex((end) => end <= v.f);
      if (row < 0) row = ends.push(0) - 1;
      ends[row] = Math.max(v.l, v.f + duration / 150);
      const what = `${v.shown === "" ? "no plate" : v.shown}, ${v.cls}, ${time(v.f)} to ${time(v.l)}`;
      const bar = make("button", { type: "button", class: `bar t-${v.tier}`, title: what, "aria-label": what,
        tabindex: place === 0 ? "0" : "-1", on: { click: () => open(v) },
        style: { left: `${100 * v.f / duration}%`, width: `${100 * (v.l - v.f) / duration}%`, top: `${0.35 + 0.95 * row}rem` } });
      bars.set(v.index, bar);
      track.append(bar);
    });
    track.style.height = `${0.6 + 0.95 * Math.max(ends.length, 1)}rem`;
    track.addEventListener("keydown", (event) => {
      const all = Array.from(track.querySelectorAll(".bar"));
      const to = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -all.length, End: all.length }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const at = Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + to));
      document.activeElement.tabIndex = -1;
      all[at].tabIndex = 0;
      all[at].focus();
    });
    const bad = clip.status === "finished" ? null : make("span", { class: "state", text:
      clip.reason === "" ? clip.status : `${clip.status}: ${clip.reason}` });
    return make("div", { class: "lane" }, make("div", { class: "lane-head" },
      make("strong", { text: clip.name }),
      make("span", { class: "quiet small", text: [time(clip.duration, false), clip.size, clip.codec,
        clip.recorded === "" ? "" : `recorded ${clip.recorded}`, count(own.length, "vehicle", "vehicles")]
        .filter((t) => t !== "").join("  ·  ") }), bad), track);
  }
  function addLanes(upTo) {
    for (; lanesShown < Math.min(upTo, clips.length); ++lanesShown) lanes.append(lane(clips[lanesShown], lanesShown));
    const more = byId("more-lanes");
    more.hidden = lanesShown >= clips.length;
    more.textContent = `Show all ${clips.length} clips`;
  }
  function markBars() {
    const seen = new Set(visible.map((v) => v.index));
    for (const [index, bar] of bars) bar.classList.toggle("out", !seen.has(index));
  }

  // ---- One vehicle in detail.
  const dialog = byId("detail");
  let shownVehicle = null;
  function copied(text, label) {
    const button = make("button", { type: "button", class: "plain", text: "Copy", "aria-label": `Copy ${label}` });
    button.addEventListener("click", () => {
      const done = () => { button.textContent = "Copied"; setTimeout(() => { button.textContent = "Copy"; }, 1500); };
      const selected = () => {
        getSelection().selectAllChildren(button.previousSibling);
        if (document.execCommand("copy")) done();
      };
      if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, selected); else selected();
    });
    return make("div", { class: "command" }, make("code", { text }), button);
  }
  function meter(p) {
    return make("span", { class: `meter ${strength(p)}`, style: { display: "block" } }, make("i", { style: { width: `${(100 * p).toFixed(1)}%` } }));
  }
  function characters(v) {
    return make("ul", { class: "chars" }, ...Array.from(v.p, (c, i) => {
      const [sure, symbols] = v.chars[i] ?? [0, []];
      const others = symbols.filter((s) => s[0] !== c && s[1] >= 0.005).slice(0, 2);
      return make("li", {}, make("b", { text: c }), c === "?" ? null : meter(sure),
        make("small", { text: c === "?" ? "not known" : percent(sure) }),
        ...others.map((s) => make("small", { text: `${s[0]} ${percent(s[1])}` })));
    }));
  }
  function readingText(text, plate) {
    const cell = make("td", { class: "text" });
    if (text === "") cell.textContent = "–";
    else if (text.length !== plate.length) cell.textContent = text;
    else Array.from(text).forEach((c, i) => cell.append(
      c === plate[i] || plate[i] === "?" ? c : make("span", { class: "differs", text: c, title: `not ${plate[i]}` })));
    return cell;
  }
  function readings(v) {
    const rows = v.r.map(([frame, ms, text, sure, width, height]) => make("tr", { class: ms === v.at && frame === v.best ? "best" : "" },
      make("td", {}, make("a", { href: `${v.clip.href}#t=${(ms / 1000).toFixed(1)}`, target: "_blank", rel: "noopener", text: time(ms) })),
      make("td", { text: frame }), readingText(text, v.p), make("td", { text: percent(sure) }),
      make("td", { text: `${width} × ${height}` })));
    return make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {},
      ...["Time", "Frame", "Read", "Sure", "Plate, px"].map((t) => make("th", { text: t, scope: "col" })))), make("tbody", {}, ...rows)));
  }
  function fact(name, ...values) { return [make("dt", { text: name }), make("dd", {}, ...values)]; }

  function detail(v) {
    const move = (by) => () => { const next = visible[visible.indexOf(v) + by]; if (next) open(next); };
    const at = visible.indexOf(v);
    const head = make("div", { class: "detail-head" },
      make("h2", { id: "detail-title", text: `${v.shown === "" ? v.cls : v.shown}  ·  ${v.clip.name}:${v.t}` }),
      make("div", {},
        make("button", { type: "button", class: "plain", text: "‹", "aria-label": "Previous vehicle", disabled: at < 1, on: { click: move(-1) } }),
        make("button", { type: "button", class: "plain", text: "›", "aria-label": "Next vehicle", disabled: at < 0 || at + 1 >= visible.length, on: { click: move(1) } }),
        make("button", { type: "button", class: "plain", text: "Close", id: "close", on: { click: () => dialog.close() } })));
    const shots = make("div", { class: "shots" },
      v.img === "" ? make("div", { class: "none", text: "No picture was kept." }) : picture(v.img, `Best picture of the ${v.cls}`),
      v.plateImg === "" ? null : picture(v.plateImg, `Its plate`, "small-shot"));
    const wall = clock(v, v.f);
    const facts = make("dl", { class: "facts" },
      ...fact("Plate", plateOf(v), " ", v.p === "" && !v.fix ? "" : badge(v)),
      ...(v.region === "" ? [] : fact("Looks like", `${v.region} (${percent(v.rp)})`)),
      ...fact("Class", `${v.cls} (${percent(v.cp)})`),
      ...fact("Seen", `${time(v.f)} to ${time(v.l)}, in ${count(v.hits, "frame", "frames")}`),
      ...(wall === "" ? [] : fact("Recorder's clock", wall)),
      ...fact("Looked at", `${count(v.looks, "time", "times")}; a plate was found in ${v.found}`),
      ...fact("The moment", make("a", { href: `${v.clip.href}#t=${(v.at / 1000).toFixed(1)}`, target: "_blank", rel: "noopener",
        text: `${v.clip.name} at ${time(v.at)}` })),
      ...fact("Clip", v.clip.path));
    const body = make("div", { class: "detail-main" },
      v.fix ? make("p", { class: "callout", text: `Corrected by hand to ${v.fix.plate === "" ? "no plate" : v.fix.plate} on ${v.fix.at}` +
        `${v.fix.reason === "" ? "" : `: ${v.fix.reason}`}. The program had read ${v.p === "" ? "nothing" : v.p}.` }) : null,
      make("div", { class: "two" }, shots, facts),
      v.p === "" ? make("p", { class: `callout t-${v.tier}`, text: v.sentence }) : null,
      ...(v.p === "" ? [] : [make("h3", { text: "Character by character" }), characters(v)]),
      ...(v.alts.length === 0 ? [] : [make("h3", { text: "It may also be" }), make("ul", { class: "others" },
        ...v.alts.map(([text, p]) => make("li", {}, make("code", { text }), meter(p), make("span", { class: "share", text: percent(p) }))))]),
      make("h3", { text: `Readings (${v.r.length})` }),
      v.r.length === 0 ? make("p", { class: "quiet", text: v.sentence || "None." }) : readings(v),
      make("h3", { text: "In the terminal" }),
      copied(`dashcam clip ${v.ref}`, "the command that cuts it out of the clip"),
      copied(`dashcam explain ${v.ref}`, "the command that explains the text"),
      make("h3", { text: "Made by" }),
      make("p", { class: "quiet small", text: data.settings[v.set] ?? `settings ${v.set}` }));
    return [head, body];
  }
  function setAddress(address) {
    try { history.replaceState(null, "", address); } catch { /* Some browsers forbid it for files. */ }
  }
  function open(v) {
    if (shownVehicle === null) dialog.returnTo = document.activeElement;
    shownVehicle = v;
    byId("detail-body").replaceChildren(...detail(v));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    byId("close").focus();
    setAddress(`#${v.id}`);
  }
  dialog.addEventListener("close", () => {
    shownVehicle = null;
    setAddress(location.pathname + location.search);
    dialog.returnTo?.focus?.();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // ---- Controls.
  const input = byId("search");
  input.addEventListener("input", () => { filter.text = input.value; apply(); });
  for (const [id, key] of [["class", "cls"], ["clip", "clip"], ["order", "order"]]) {
    byId(id).addEventListener("change", () => { filter[key] = byId(id).value; apply(); });
  }
  for (const id of ["from", "until"]) byId(id).addEventListener("input", () => { filter[id] = byId(id).value; apply(); });
  byId("clock").addEventListener("change", () => {
    filter.wall = byId("clock").value === "wall";
    byId("from").placeholder = filter.wall ? "14:05" : "0:00";
    apply();
  });
  const chips = new Map();
  for (const tier of TIERS) {
    const chip = make("button", { type: "button", class: `chip t-${tier}`, "aria-pressed": "true", "data-tier": tier },
      make("i", { "aria-hidden": true }), make("span", { text: TIER_WORDS[tier] }),
      make("b", { text: vehicles.filter((v) => v.tier === tier).length.toLocaleString("en") }));
    chip.addEventListener("click", () => {
      if (!filter.tiers.delete(tier)) filter.tiers.add(tier);
      chip.setAttribute("aria-pressed", String(filter.tiers.has(tier)));
      apply();
    });
    chips.set(tier, chip);
    byId("tiers").append(chip);
  }
  for (const name of [...new Set(vehicles.map((v) => v.cls))].sort()) byId("class").append(make("option", { value: name, text: name }));
  clips.forEach((clip, i) => byId("clip").append(make("option", { value: i, text: clip.name })));
  byId("clock-choice").hidden = !clips.some((clip) => clip.start !== null);
  byId("clear").addEventListener("click", () => {
    Object.assign(filter, { tiers: new Set(TIERS), text: "", cls: "", clip: "", from: "", until: "" });
    for (const id of ["search", "class", "clip", "from", "until"]) byId(id).value = "";
    for (const chip of chips.values()) chip.setAttribute("aria-pressed", "true");
    apply();
    input.focus();
  });
  byId("print").addEventListener("click", () => print());
  byId("more-lanes").addEventListener("click", () => { addLanes(clips.length); markBars(); });

  const themes = { auto: ["◐", "Auto", "automatic"], light: ["☀", "Light", "light"], dark: ["☾", "Dark", "dark"] };
  function setTheme(name) {
    document.documentElement.dataset.theme = name;
    byId("theme-sign").textContent = themes[name][0];
    byId("theme-word").textContent = themes[name][1];
    byId("theme").setAttribute("aria-label", `Colours: ${themes[name][2]}`);
  }
  byId("theme").addEventListener("click", () => {
    const names = Object.keys(themes);
    const next = names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length];
    setTheme(next);
    try { localStorage.setItem("dashcam-theme", next); } catch { /* Not every browser keeps something for a file. */ }
  });
  let kept = null;
  try { kept = localStorage.getItem("dashcam-theme"); } catch { /* As above. */ }
  setTheme(kept in themes ? kept : "auto");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (shownVehicle !== null) {
      const by = { ArrowRight: 1, j: 1, ArrowLeft: -1, k: -1 }[event.key];
      const next = by === undefined ? undefined : visible[visible.indexOf(shownVehicle) + by];
      if (next !== undefined) { event.preventDefault(); open(next); }
    } else if (event.key === "/" && !typing) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape" && document.activeElement === input && input.value !== "") {
      event.preventDefault();
      input.value = filter.text = "";
      apply();
    }
  });

  // ---- Start.
  const footage = clips.reduce((sum, clip) => sum + clip.duration, 0);
  const plates = new Set(vehicles.filter((v) => v.tier === "confirmed" || v.tier === "probable" || v.fix).map((v) => v.shown));
  plates.delete("");
  byId("summary").textContent = [count(vehicles.length, "vehicle", "vehicles"), count(plates.size, "plate", "plates"),
    count(clips.length, "clip", "clips"), `${time(footage, false)} of footage`].join("  ·  ");
  byId("made").textContent = `Written by dashcam ${data.version} on ${data.generated} from ${data.database}.`;
  addLanes(LANES);
  apply();
  const wanted = vehicles.find((v) => `#${v.id}` === location.hash);
  if (wanted !== undefined) open(wanted);
})();
