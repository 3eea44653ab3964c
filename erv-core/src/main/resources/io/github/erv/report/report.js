"use strict";
(() => {
  const root = document.documentElement;
  const fail = message => { root.dataset.error = message; };
  window.addEventListener("error", event => fail(event.message));
  document.addEventListener("securitypolicyviolation", event => fail("blocked: " + event.violatedDirective));

  const data = JSON.parse(document.getElementById("data").textContent);
  const main = document.getElementById("report");
  const live = document.getElementById("live");

  // In words, and as short as a label within a chart has to be.
  const REASONS = {
    NO_FACE: ["no face in the picture", "no face"],
    TOO_SMALL: ["face too small to read", "too small"],
    OCCLUDED: ["face covered or turned away", "covered"],
    SILENCE: ["silence", "silence"],
    NOT_SPEECH: ["sound, but no speech", "no speech"],
    NO_STREAM: ["no such stream in the recording", "no stream"],
    STREAM_ENDED: ["the stream ended early", "ended"],
    NO_INPUT: ["nothing came in", "no input"],
    DECODE_ERROR: ["the recording is damaged here", "damaged"],
  };
  const words = name => REASONS[name] || [name.toLowerCase().replace(/_/g, " "), ""];

  /** Why a subject has a gap: a voice misses another stream than a face. */
  function gapWords(subject, gap) {
    if (gap.reason !== "NO_STREAM") return words(gap.reason);
    const stream = subject.kind === "voice" ? "sound" : "picture";
    return ["no " + stream + " in the recording", "no " + stream];
  }

  // ---- text -------------------------------------------------------------------------------

  /** Creates an element; everything from the recording enters as text, never as markup. */
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...children.filter(child => child != null));
    return node;
  }

  const two = n => String(n).padStart(2, "0");

  /** Seconds as 1:23 or 1:02:03, with the given number of decimals. */
  function clock(seconds, decimals = 0) {
    const power = 10 ** decimals;
    const units = Math.round(Math.abs(seconds) * power);
    const whole = Math.floor(units / power);
    const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = whole % 60;
    return (seconds < 0 && units > 0 ? "\u2212" : "")
      + (h ? h + ":" + two(m) : m) + ":" + two(s)
      + (decimals ? "." + String(units % power).padStart(decimals, "0") : "");
  }

  function lasting(seconds) {
    if (seconds < 60) return Math.round(seconds * 10) / 10 + " s";
    const minutes = Math.round(seconds / 60);
    if (seconds < 3600) {
      const s = Math.round(seconds) % 60;
      return Math.floor(Math.round(seconds) / 60) + " min" + (s ? " " + s + " s" : "");
    }
    return Math.floor(minutes / 60) + " h" + (minutes % 60 ? " " + minutes % 60 + " min" : "");
  }

  const percent = (share, digits = 0) => (100 * share).toFixed(digits) + "\u202f%";
  const signed = value => {
    const text = Math.abs(value).toFixed(2);
    return (Number(text) === 0 ? "" : value < 0 ? "\u2212" : "+") + text;
  };
  const plural = (n, word) => n + " " + word + (n === 1 ? "" : "s");
  const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

  // ---- colours ----------------------------------------------------------------------------

  let colours = {};
  const OTHERS = 3;

  function readColours() {
    const style = getComputedStyle(root);
    const read = name => style.getPropertyValue("--" + name).trim();
    colours = {};
    for (const name of ["card", "ink", "muted", "line", "grid", "hatch", "hatch-ground", "accent",
      "valence", "arousal", "bar", "page"]) {
      colours[name] = read(name);
    }
    let other = 0;
    colours.emotions = data.labels.map(label => read("e-" + label) || read("e-other-" + (1 + other++ % OTHERS)));
    hatches.clear();
  }

  function inkOn(hex) {
    const [r, g, b] = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.2 ? "#10151d" : "#ffffff";
  }

  const hatches = new Map();

  function hatch(ctx, scale) {
    if (!hatches.has(scale)) {
      const size = Math.round(7 * scale);
      const tile = el("canvas", {width: size, height: size});
      const pen = tile.getContext("2d");
      pen.fillStyle = colours["hatch-ground"];
      pen.fillRect(0, 0, size, size);
      pen.strokeStyle = colours.hatch;
      pen.lineWidth = scale;
      pen.beginPath();
      for (const shift of [-size, 0, size]) {
        pen.moveTo(shift - 1, size + 1);
        pen.lineTo(shift + size + 1, -1);
      }
      pen.stroke();
      hatches.set(scale, tile);
    }
    return ctx.createPattern(hatches.get(scale), "repeat");
  }

  // ---- data -------------------------------------------------------------------------------

  const SECOND = 1e6;
  const start = data.startMicros / SECOND;
  const end = Math.max(data.endMicros / SECOND, start + 1e-3); // an axis needs a length
  const duration = end - start;
  const span = gap => ({from: gap[0] / SECOND, to: gap[1] / SECOND, reason: gap[2]});
  const sceneGaps = data.gaps.map(span);
  // What is neutral lies on top, in grey, so that the height of the colours is what is expressed.
  const order = data.labels.map((label, i) => i).sort((a, b) =>
    (data.labels[a] === "neutral") - (data.labels[b] === "neutral") || a - b);

  /** Unfolds the runs [start, length, count] of a subject and the rest of its columns. */
  function unfold(subject) {
    const n = subject.runs.reduce((sum, run) => sum + run[2], 0);
    const t0 = new Float64Array(n), t1 = new Float64Array(n);
    let i = 0;
    for (const [first, length, count] of subject.runs) {
      for (let k = 0; k < count; k++, i++) {
        t0[i] = (first + k * length) / SECOND;
        t1[i] = (first + (k + 1) * length) / SECOND;
      }
    }
    const abstained = new Uint8Array(n);
    for (const [from, to] of subject.abstained) abstained.fill(1, from, to);
    return {
      ...subject, n, t0, t1, abstained,
      gaps: subject.gaps.map(span),
      segments: subject.segments.map(([emotion, from, to, apex, peak]) =>
        ({emotion, from: from / SECOND, to: to / SECOND, apex: apex / SECOND, peak: peak / 1000})),
    };
  }

  const subjects = data.subjects.map(unfold);
  // What is said of the scene is said of faces; without any, it gets a lane of its own.
  if (sceneGaps.length && subjects.every(subject => subject.kind === "voice")) {
    subjects.push(unfold({
      id: "scene", name: "Scene", kind: "scene", runs: [], abstained: [], gaps: data.gaps, segments: [], weight: [], frames: [],
    }));
  }
  for (const subject of subjects) {
    if (subject.kind === "face" || subject.kind === "other") {
      subject.gaps = [...subject.gaps, ...sceneGaps].sort((a, b) => a.from - b.from);
    }
  }

  /** The index of the last estimate that starts at or before a time, or -1. */
  function before(subject, t) {
    let low = 0, high = subject.n;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (subject.t0[middle] <= t) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  /** The index of the estimate that speaks for a time, or -1. */
  function at(subject, t) {
    const i = before(subject, t);
    return i >= 0 && (t < subject.t1[i] || t === subject.t0[i]) ? i : -1;
  }

  const missingAt = (subject, i) => subject.missing
    .filter(([, from, to]) => from <= i && i < to).map(([modality, , , why]) => [modality, why]);

  /**
   * Means over bins of about the given width, on a grid anchored at 0. A bin ends where the
   * estimates do, so that gaps keep their edges.
   */
  function bins(subject, from, to, columns) {
    const wanted = (to - from) / columns;
    const result = [];
    let bin = null;
    const close = () => {
      if (!bin) return;
      for (let j = 0; j < bin.p.length; j++) bin.p[j] /= bin.informed || 1;
      bin.confidence /= bin.n;
      bin.abstained = bin.abstained * 2 > bin.n;
      if (bin.affects) { bin.valence /= bin.affects; bin.arousal /= bin.affects; }
      for (let m = 0; m < bin.weights.length; m++) bin.weights[m] /= bin.n;
      result.push(bin);
      bin = null;
    };
    for (let i = Math.max(0, before(subject, from)); i < subject.n && subject.t0[i] < to; i++) {
      const slot = Math.floor((subject.t0[i] + subject.t1[i]) / 2 / wanted);
      if (bin && (bin.slot !== slot || subject.t0[i] > bin.to + 1e-6)) close();
      if (!bin) {
        bin = {
          slot, from: subject.t0[i], to: 0, n: 0, informed: 0, affects: 0,
          p: new Float64Array(data.labels.length), weights: new Float64Array(data.modalities.length),
          confidence: 0, abstained: 0, valence: 0, arousal: 0,
        };
      }
      bin.to = subject.t1[i];
      bin.n++;
      if (subject.top[i] >= 0) {
        bin.informed++;
        for (let j = 0; j < bin.p.length; j++) bin.p[j] += (subject.p[j][i] || 0) / 1000;
      }
      bin.confidence += subject.confidence[i] / 1000;
      bin.abstained += subject.abstained[i];
      if (subject.valence[i] != null) {
        bin.affects++;
        bin.valence += subject.valence[i] / 1000;
        bin.arousal += subject.arousal[i] / 1000;
      }
      for (let m = 0; m < bin.weights.length; m++) {
        const weight = subject.weight[m];
        if (weight) bin.weights[m] += (weight[i] || 0) / 1000;
      }
    }
    close();
    return result;
  }

  // ---- what the reader looks at -------------------------------------------------------------

  const view = {from: start, to: end};
  let cursor = null;
  let printing = false;
  let lanes = [];
  let overview = null;
  let table = null;

  const minimum = Math.min(duration, Math.max(0.5, 4 * shortest()));

  function shortest() {
    let length = Infinity;
    for (const subject of subjects) for (const run of subject.runs) length = Math.min(length, run[1] / SECOND);
    return Number.isFinite(length) ? length : 0.25;
  }

  const whole = () => view.to - view.from >= duration - 1e-9;

  function look(from, to) {
    const length = Math.min(duration, Math.max(minimum, to - from));
    const middle = (from + to) / 2;
    view.from = Math.min(end - length, Math.max(start, middle - length / 2));
    view.to = view.from + length;
    lanes.forEach(lane => lane.draw());
    if (overview) overview.draw();
    table.show(0);
    showRange();
  }

  function zoom(factor) {
    const around = cursor != null && cursor >= view.from && cursor <= view.to
      ? cursor : (view.from + view.to) / 2;
    look(around - (around - view.from) * factor, around + (view.to - around) * factor);
  }

  function pan(share) {
    const shift = share * (view.to - view.from);
    look(view.from + shift, view.to + shift);
  }

  function point(t) {
    cursor = t == null ? null : Math.min(end, Math.max(start, t));
    lanes.forEach(lane => lane.point());
    if (overview) overview.draw();
    showRange();
  }

  // ---- charts -------------------------------------------------------------------------------

  const narrow = () => window.innerWidth <= 640;
  const gutter = () => narrow() ? 70 : 78;
  const MARGIN = 16; // on the right, so that the last time has room
  const STEP = 6; // CSS pixels from which on a bin is drawn as a step
  const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
  const STEPS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

  function timeAxis(shown) {
    return {
      show: shown,
      size: 26,
      gap: 4,
      font: FONT,
      stroke: () => colours.muted,
      incrs: STEPS,
      space: narrow() ? 52 : 80,
      values: (u, splits) => {
        const step = splits.length > 1 ? splits[1] - splits[0] : 1;
        return splits.map(t => clock(t, step < 0.5 ? 2 : step < 1 ? 1 : 0));
      },
      grid: {stroke: () => colours.grid, width: 1},
      ticks: {stroke: () => colours.line, width: 1, size: 4},
    };
  }

  function clipped(u, draw) {
    const {ctx, bbox} = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    draw(ctx, bbox, devicePixelRatio);
    ctx.restore();
  }

  const x = (u, t) => Math.round(u.valToPos(t, "x", true));
  const y = (u, v) => Math.round(u.valToPos(v, "y", true));

  function gapsInView(subject) {
    return subject.gaps.filter(gap => gap.to > view.from && gap.from < view.to);
  }

  /** Hatches the gaps, and says why where there is room. */
  function drawGaps(u, subject, named) {
    clipped(u, (ctx, box, scale) => {
      for (const gap of gapsInView(subject)) {
        const left = x(u, gap.from), width = Math.max(1, x(u, gap.to) - left);
        ctx.fillStyle = hatch(ctx, scale);
        ctx.fillRect(left, box.top, width, box.height);
        if (!named) continue;
        ctx.font = FONT.replace("11px", 11 * scale + "px");
        const from = Math.max(left, box.left), to = Math.min(left + width, box.left + box.width);
        const size = text => ctx.measureText(text).width + 14 * scale;
        const [long, short] = gapWords(subject, gap);
        const text = size(long) <= to - from ? long : short;
        const needed = size(text);
        const middle = box.top + box.height / 2;
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        if (to - from >= needed) {
          label(ctx, text, (from + to) / 2, middle, needed, scale);
        } else if (to - from >= 18 * scale && box.height >= needed) {
          ctx.save();
          ctx.translate((from + to) / 2, middle);
          ctx.rotate(-Math.PI / 2);
          label(ctx, text, 0, 0, needed, scale);
          ctx.restore();
        }
      }
    });
  }

  function label(ctx, text, cx, cy, width, scale) {
    ctx.fillStyle = colours["hatch-ground"];
    ctx.beginPath();
    ctx.roundRect(cx - width / 2, cy - 8.5 * scale, width, 17 * scale, 4 * scale);
    ctx.fill();
    ctx.fillStyle = colours.muted;
    ctx.fillText(text, cx, cy + 0.5 * scale);
  }

  /** Fades what abstained: the estimate stands there, but lightly. */
  function fade(ctx, left, top, width, height) {
    ctx.globalAlpha = 0.7;
    ctx.fillStyle = colours.card;
    ctx.fillRect(left, top, width, height);
    ctx.globalAlpha = 1;
  }

  /** The bins as runs without a gap between. */
  function runs(bins) {
    const result = [];
    for (const bin of bins) {
      const run = result[result.length - 1];
      if (run && bin.from <= run[run.length - 1].to + 1e-6) run.push(bin); else result.push([bin]);
    }
    return result;
  }

  /**
   * Stacks the probabilities. Wide bins are steps, as long as what they stand for; narrow ones are
   * joined, since their steps would be noise.
   */
  function drawStack(u, lane) {
    clipped(u, (ctx, box, scale) => {
      const bottom = y(u, 0), height = bottom - y(u, 1);
      for (const run of runs(lane.bins)) {
        const steps = x(u, run[0].to) - x(u, run[0].from) >= STEP * scale || run.length === 1;
        const tops = run.map(bin => {
          let sum = 0;
          return order.map(j => bottom - Math.min(1, sum += bin.p[j]) * height);
        });
        const first = x(u, run[0].from), last = x(u, run[run.length - 1].to);
        for (let layer = order.length - 1; layer >= 0; layer--) {
          ctx.fillStyle = colours.emotions[order[layer]];
          ctx.beginPath();
          ctx.moveTo(first, bottom);
          run.forEach((bin, i) => {
            const level = tops[i][layer];
            if (steps || i === 0) ctx.lineTo(x(u, bin.from), level);
            if (!steps) ctx.lineTo((x(u, bin.from) + x(u, bin.to)) / 2, level);
            if (steps || i === run.length - 1) ctx.lineTo(x(u, bin.to), level);
          });
          ctx.lineTo(last, bottom);
          ctx.fill();
        }
        for (const bin of run) {
          if (bin.abstained) fade(ctx, x(u, bin.from), box.top, x(u, bin.to) - x(u, bin.from), box.height);
        }
      }
    });
  }

  function drawTracks(u, lane) {
    clipped(u, (ctx, box, scale) => {
      const rows = lane.rows;
      const top = i => box.top + box.height * rows.slice(0, i).reduce((sum, row) => sum + row.height, 0)
        / rows.reduce((sum, row) => sum + row.height, 0);
      rows.forEach((row, i) => {
        const from = Math.round(top(i) + 2 * scale), to = Math.round(top(i + 1) - 2 * scale);
        if (row.kind === "segments") drawSegments(u, ctx, lane.subject, from, to, scale);
        else drawBars(u, ctx, lane, row, from, to, scale);
      });
    });
  }

  function drawSegments(u, ctx, subject, top, bottom, scale) {
    ctx.font = FONT.replace("11px", 11 * scale + "px");
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    for (const segment of subject.segments) {
      if (segment.to < view.from || segment.from > view.to) continue;
      const left = x(u, segment.from), right = Math.max(left + 1, x(u, segment.to) - scale);
      const colour = colours.emotions[segment.emotion];
      ctx.fillStyle = colour;
      ctx.beginPath();
      ctx.roundRect(left, top, right - left, bottom - top, Math.min(3 * scale, (right - left) / 2));
      ctx.fill();
      const text = data.labels[segment.emotion];
      const from = Math.max(left, u.bbox.left), to = Math.min(right, u.bbox.left + u.bbox.width);
      if (ctx.measureText(text).width + 10 * scale <= to - from) {
        ctx.fillStyle = inkOn(colour);
        ctx.fillText(text, from + 5 * scale, (top + bottom) / 2 + 0.5 * scale);
      }
    }
  }

  function drawBars(u, ctx, lane, row, top, bottom, scale) {
    ctx.fillStyle = colours.grid;
    ctx.fillRect(u.bbox.left, bottom - scale, u.bbox.width, scale);
    for (const bin of lane.bins) {
      const value = row.kind === "confidence" ? bin.confidence : bin.weights[row.modality];
      if (!value) continue;
      const left = x(u, bin.from), width = Math.max(1, x(u, bin.to) - left);
      const height = Math.max(scale, Math.round(value * (bottom - top)));
      ctx.fillStyle = row.kind === "confidence" ? colours.bar : colours.accent;
      ctx.globalAlpha = row.kind !== "confidence" ? 0.75 : bin.abstained ? 0.35 : 1;
      ctx.fillRect(left, bottom - height, width, height);
      ctx.globalAlpha = 1;
    }
  }

  let handled = null;

  /** One chart of a lane. They share the time axis, the view and the cursor. */
  function chart(lane, {height, axis, y, series = [], axes, hooks, values}) {
    const plot = new uPlot({
      width: lane.width(),
      height: height + 7 + (axis ? 26 : 7),
      padding: [7, MARGIN, axis ? 0 : 7, 0],
      legend: {show: false},
      cursor: {
        y: false,
        points: {show: false},
        drag: {x: true, y: false, setScale: false, dist: 6},
        bind: {dblclick: () => () => look(start, end)},
      },
      select: {show: true, left: 0, top: 0, width: 0, height: 0},
      scales: {x: {time: false, range: () => [view.from, view.to]}, y: {range: () => y}},
      axes: [timeAxis(axis), {size: gutter(), gap: 6, font: FONT, stroke: () => colours.muted, ...axes}],
      series: [{}, ...(series.length ? series : [{show: false}])],
      hooks: {
        ...hooks,
        setCursor: [u => {
          const {event, left} = u.cursor;
          // Only what the pointer does: uPlot also calls this when it draws, with the event before.
          if (!event || event === handled || !/^mouse(move|leave)$/.test(event.type)) return;
          handled = event;
          point(left < 0 ? null : u.posToVal(left, "x"));
        }],
        setSelect: [u => {
          if (u.select.width < 6) return;
          const from = u.posToVal(u.select.left, "x"), to = u.posToVal(u.select.left + u.select.width, "x");
          u.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
          look(from, to);
        }],
      },
    }, [[view.from, view.to], ...(series.length ? series : [0]).map(() => [null, null])], lane.plots);
    const over = plot.root.querySelector(".u-over");
    const touch = event => { // uPlot itself knows the mouse only
      if (event.pointerType === "touch") {
        point(plot.posToVal(event.clientX - over.getBoundingClientRect().left, "x"));
      }
    };
    over.addEventListener("pointerdown", touch);
    over.addEventListener("pointermove", touch);
    over.addEventListener("wheel", event => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(event.deltaY > 0 ? 1.25 : 0.8);
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        pan(event.deltaX / 800);
      }
    }, {passive: false});
    return {
      plot,
      height: height + 7 + (axis ? 26 : 7),
      draw() {
        plot.batch(() => {
          plot.setData(values ? values() : [[view.from, view.to], [null, null]], false);
          plot.setScale("x", {min: view.from, max: view.to});
        });
      },
    };
  }

  /** A subject's card. */
  class Lane {
    constructor(subject) {
      this.subject = subject;
      this.charts = [];
      this.near = true; // whether it is on the screen, or about to be
      this.stale = false;
      this.bins = [];
      const modalities = data.modalities.map((name, i) => i).filter(i => subject.weight[i]);
      this.rows = subject.n
        ? [{kind: "segments", name: "Segments", height: 25},
           {kind: "confidence", name: "Confidence", height: 25},
           ...modalities.map(i => ({modality: i, name: capital(data.modalities[i]), height: 19}))]
        : [];
      this.plots = el("div", {
        class: "plots", tabindex: 0, role: "application", "aria-roledescription": "time line",
        "aria-label": subject.name + ". " + this.sentence()
          + " Left and right arrow keys move through the estimates.",
        onkeydown: event => this.key(event),
      });
      this.node = el("section", {class: "card lane", "aria-label": subject.name},
        el("header", {}, el("div", {}, el("h2", {}, subject.name), el("p", {}, this.sentence())), this.stats()),
        subject.frames.length ? this.frames() : null,
        this.readout = el("p", {class: "readout"}),
        subject.n ? this.shares = el("canvas", {class: "shares", role: "img", "aria-label": this.mostly()}) : null,
        subject.n ? this.legend() : null,
        this.plots);
    }

    sentence() {
      const {summary, gaps, kind} = this.subject;
      if (!summary) {
        const bound = kind === "voice" && subjects.some(({summary}) => summary && summary.modalities.voice);
        return (bound ? "What was said is shown with the face that it was bound to. Otherwise: " : "")
          + (bound ? x => x : capital)([...new Set(gaps.map(gap => gapWords(this.subject, gap)[0]))].join(", ")) + ".";
      }
      const digits = duration < 60 ? 1 : 0;
      const where = {face: "In view", voice: "Heard, not bound to a face,"}[kind] || "Present";
      return where + " from " + clock(summary.startMicros / SECOND, digits) + " to "
        + clock(summary.endMicros / SECOND, digits) + ", estimated for "
        + lasting(summary.estimatedMicros / SECOND) + ". " + this.mostly() + ".";
    }

    mostly() {
      const {shares} = this.subject.summary;
      const top = shares.map((share, i) => [share, i]).filter(([share]) => share >= 0.05)
        .sort((a, b) => b[0] - a[0]).slice(0, 3);
      return top.length
        ? "Mostly " + top.map(([share, i]) => data.labels[i] + " " + percent(share)).join(", ")
        : "No estimate was sure enough";
    }

    stats() {
      const {summary, derived} = this.subject;
      if (!summary) return null;
      const pairs = [["Mean confidence", summary.confidence.toFixed(2)], ["Abstained", percent(summary.abstained)]];
      if (summary.affect) {
        pairs.push(["Valence", signed(summary.affect[0])], ["Arousal", signed(summary.affect[1])],
          ["Dominance", signed(summary.affect[2])]);
      }
      for (const [name, share] of Object.entries(summary.modalities)) {
        pairs.push([capital(name) + " used", percent(share)]);
      }
      return el("dl", {class: "stats"}, ...pairs.map(([name, value]) =>
        el("div", {}, el("dt", {}, name), el("dd", {}, value))));
    }

    frames() {
      return el("div", {class: "frames"}, ...this.subject.frames.map(frame => {
        const t = frame.micros / SECOND;
        return el("button", {type: "button", onclick: () => this.go(t)},
          el("img", {src: frame.image, alt: this.subject.name + " at " + clock(t, 1)}), clock(t, 1));
      }));
    }

    legend() {
      this.keys = [];
      for (const i of order) {
        const swatch = el("i"), value = el("span");
        this.keys[i] = {swatch, value, item: el("li", {}, swatch, data.labels[i], value)};
      }
      return el("ul", {class: "legend"}, ...data.labels.map((label, i) => this.keys[i].item));
    }

    width() {
      return Math.max(200, Math.floor(this.plots.clientWidth));
    }

    build() {
      this.charts.forEach(each => each.plot.destroy());
      this.plots.replaceChildren();
      const {subject} = this;
      const size = (wide, small, printed) => printing ? printed : narrow() ? small : wide;
      if (!subject.n) {
        this.charts = [chart(this, {
          height: 44, axis: true, y: [0, 1], axes: {splits: () => [], grid: {show: false}, ticks: {show: false}},
          hooks: {draw: [u => drawGaps(u, subject, true)]},
        })];
        this.draw();
        return;
      }
      this.plots.append(el("p", {class: "caption"}, el("b", {}, "Emotions"), "probability, stacked"));
      const shares = chart(this, {
        height: size(168, 124, 92), y: [0, 1],
        axes: {
          splits: () => [0, 0.5, 1], values: (u, splits) => splits.map(v => percent(v)),
          grid: {stroke: () => colours.grid, width: 1}, ticks: {show: false},
        },
        hooks: {drawClear: [u => drawStack(u, this)], draw: [u => drawGaps(u, subject, true)]},
      });
      this.plots.append(el("p", {class: "caption"}, el("b", {}, "Affect"),
        el("span", {class: "line valence"}, "valence: unpleasant to pleasant"),
        el("span", {class: "line arousal"}, "arousal: calm to excited"),
        subject.derived ? "derived from the emotions" : null));
      const affect = chart(this, {
        height: size(88, 72, 50), y: [-1, 1],
        axes: {
          splits: () => [-1, 0, 1], values: () => ["\u22121", "0", "+1"],
          grid: {stroke: () => colours.grid, width: 1}, ticks: {show: false},
        },
        series: [
          {stroke: () => colours.valence, width: 1.75, points: {show: false}},
          {stroke: () => colours.arousal, width: 1.75, dash: [5, 3].map(length => length * devicePixelRatio), points: {show: false}},
        ],
        values: () => this.affectSeries(),
        hooks: {drawClear: [u => drawGaps(u, subject, false)], draw: [u => this.fadeAbstained(u)]},
      });
      const heights = this.rows.map(row => row.height), total = heights.reduce((a, b) => a + b);
      const middles = this.rows.map((row, i) =>
        1 - (heights.slice(0, i).reduce((a, b) => a + b, 0) + row.height / 2) / total);
      const tracks = chart(this, {
        height: size(total, total, 0.75 * total), axis: true, y: [0, 1],
        axes: {
          splits: () => middles, values: () => this.rows.map(row => row.name),
          grid: {show: false}, ticks: {show: false},
        },
        hooks: {draw: [u => { drawGaps(u, subject, false); drawTracks(u, this); }]},
      });
      this.charts = [shares, affect, tracks];
      this.draw();
    }

    affectSeries() {
      const series = [[], [], []];
      const add = (t, bin) => {
        series[0].push(t);
        series[1].push(bin && bin.affects ? bin.valence : null);
        series[2].push(bin && bin.affects ? bin.arousal : null);
      };
      for (const run of runs(this.bins)) {
        const first = run[0], last = run[run.length - 1];
        add(first.from, first);
        run.forEach(bin => add((bin.from + bin.to) / 2, bin));
        add(last.to, last);
        add(last.to, null); // the line breaks here
      }
      return series[0].length > 1 ? series : [[view.from, view.to], [null, null], [null, null]];
    }

    fadeAbstained(u) {
      clipped(u, (ctx, box) => {
        for (const bin of this.bins) {
          if (!bin.abstained) continue;
          const left = x(u, bin.from);
          fade(ctx, left, box.top, Math.max(1, x(u, bin.to) - left), box.height);
        }
      });
    }

    draw() {
      if (!this.near && !printing) {
        this.stale = true;
        return;
      }
      this.stale = false;
      this.bins = bins(this.subject, view.from, view.to, Math.max(60, (this.width() - gutter()) / 3));
      this.charts.forEach(each => each.draw());
      if (this.subject.n) this.drawShares();
      this.point();
    }

    drawShares() {
      const scale = devicePixelRatio, width = this.shares.clientWidth * scale, height = 10 * scale;
      Object.assign(this.shares, {width, height});
      const ctx = this.shares.getContext("2d");
      let left = 0;
      for (const i of order) {
        const share = this.subject.summary.shares[i] * width;
        ctx.fillStyle = colours.emotions[i];
        ctx.fillRect(left, 0, share, height);
        left += share;
      }
      for (const i of order) this.keys[i].swatch.style.background = colours.emotions[i];
    }

    /** Shows the values under the cursor, or those of the whole recording. */
    point() {
      if (!this.near && !printing) {
        this.stale = true;
        return;
      }
      for (const {plot} of this.charts) {
        const left = cursor == null || cursor < view.from || cursor > view.to ? -10 : plot.valToPos(cursor, "x");
        plot.setCursor({left, top: left < 0 ? -10 : 1}, false);
      }
      const {subject} = this;
      const i = cursor == null ? -1 : at(subject, cursor);
      if (subject.n) {
        for (const j of order) {
          const known = i < 0 ? subject.known[j] : subject.p[j] && subject.p[j][i] != null;
          const share = cursor == null ? subject.summary.shares[j] : i >= 0 ? subject.p[j] && subject.p[j][i] / 1000 : null;
          this.keys[j].value.textContent = !known ? "?" : share == null ? "\u2013" : percent(share);
          this.keys[j].item.title = known ? "" : "The models do not know this emotion.";
          this.keys[j].item.className = (i >= 0 && subject.top[i] === j ? "top" : "") + (known ? "" : " unknown");
        }
      }
      const parts = this.describe(cursor);
      this.readout.replaceChildren(el("b", {}, parts[0]), parts[1]);
    }

    /** What there is at a time: a heading and the rest. */
    describe(t) {
      const {subject} = this;
      if (t == null) return subject.n ? ["Share of time", " as the strongest emotion"] : ["", ""];
      const i = at(subject, t);
      if (i < 0) {
        const gap = subject.gaps.find(each => each.from <= t && t < each.to);
        const nothing = subject.kind === "voice" ? "no speech without a face" : "not there";
        return [clock(t, 2), " \u00b7 " + (gap ? gapWords(subject, gap)[0] : nothing)];
      }
      const parts = [];
      const top = subject.top[i];
      parts.push(top < 0 ? "no emotion read"
        : (subject.abstained[i] ? "unsure, perhaps " : "") + data.labels[top] + " " + percent(subject.p[top][i] / 1000));
      parts.push("confidence " + (subject.confidence[i] / 1000).toFixed(2));
      if (subject.valence[i] != null) {
        parts.push("valence " + signed(subject.valence[i] / 1000), "arousal " + signed(subject.arousal[i] / 1000),
          "dominance " + signed(subject.dominance[i] / 1000));
      }
      data.modalities.forEach((name, m) => {
        if (subject.weight[m] && subject.weight[m][i] != null) {
          parts.push(name + " " + percent(subject.weight[m][i] / 1000)
            + " (reliability " + (subject.reliability[m][i] / 1000).toFixed(2) + ")");
        }
      });
      for (const [m, why] of missingAt(subject, i)) parts.push("no " + data.modalities[m] + ": " + words(why)[0]);
      return [clock((subject.t0[i] + subject.t1[i]) / 2, 2), " \u00b7 " + parts.join(" \u00b7 ")];
    }

    go(t) {
      if (t < view.from || t > view.to) {
        const half = (view.to - view.from) / 2;
        look(t - half, t + half);
      }
      point(t);
    }

    key(event) {
      const {subject} = this;
      const move = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (move) this.go(this.neighbour(move * (event.shiftKey ? 10 : 1)));
      else if (event.key === "Home") this.go(subject.n ? subject.t0[0] : start);
      else if (event.key === "End") this.go(subject.n ? subject.t0[subject.n - 1] : end);
      else if (event.key === "+" || event.key === "=") zoom(0.5);
      else if (event.key === "-") zoom(2);
      else if (event.key === "0") look(start, end);
      else if (event.key === "Escape") point(null);
      else return;
      event.preventDefault();
      announce(subject.name + ", " + this.describe(cursor).join(""));
    }

    /** The middle of the estimate so many further on; without estimates, steps of the grid. */
    neighbour(steps) {
      const {subject} = this;
      const now = cursor == null ? view.from : cursor;
      if (!subject.n) return now + steps * Math.max(0.25, duration / 100);
      const i = at(subject, now);
      const to = i >= 0 ? i + (cursor == null ? 0 : steps)
        : steps > 0 ? before(subject, now) + steps : before(subject, now) + 1 + steps;
      const k = Math.min(subject.n - 1, Math.max(0, to));
      return (subject.t0[k] + subject.t1[k]) / 2;
    }
  }

  let speaking = 0;
  function announce(text) {
    clearTimeout(speaking);
    speaking = setTimeout(() => { live.textContent = text; }, 200); // not every step of a held key
  }

  // ---- overview -------------------------------------------------------------------------------

  /** Everybody on one strip, with the part that the charts show; drag to look closer. */
  class Overview {
    constructor() {
      this.canvas = el("canvas", {role: "img", "aria-label":
        "Overview: the strongest emotion of each subject over the whole recording. Zoom with the buttons above."});
      this.node = el("section", {class: "card overview", "aria-label": "Overview"}, this.canvas);
      this.rows = subjects;
      let from = null;
      this.canvas.addEventListener("pointerdown", event => {
        from = this.time(event);
        this.canvas.setPointerCapture(event.pointerId);
      });
      this.canvas.addEventListener("pointermove", event => {
        const t = this.time(event);
        if (from == null) point(t);
        else if (Math.abs(t - from) > duration / 200) look(Math.min(from, t), Math.max(from, t));
      });
      this.canvas.addEventListener("pointerup", event => {
        const t = this.time(event);
        if (from != null && Math.abs(t - from) <= duration / 200 && !whole()) {
          const half = (view.to - view.from) / 2;
          look(t - half, t + half);
        }
        from = null;
      });
      this.canvas.addEventListener("pointercancel", () => { from = null; });
      this.canvas.addEventListener("pointerleave", () => { if (from == null) point(null); });
      this.canvas.addEventListener("dblclick", () => look(start, end));
    }

    time(event) {
      const box = this.canvas.getBoundingClientRect();
      const share = (event.clientX - box.left - gutter()) / (box.width - gutter() - MARGIN);
      return start + Math.min(1, Math.max(0, share)) * duration;
    }

    /** Measures itself and paints what does not change with view and cursor. */
    build() {
      const scale = devicePixelRatio, row = 20;
      const left = gutter() * scale, right = (this.canvas.clientWidth - MARGIN) * scale;
      const bottom = this.rows.length * row * scale, height = bottom + 18 * scale;
      const width = Math.round(this.canvas.clientWidth * scale);
      this.canvas.style.height = height / scale + "px";
      Object.assign(this.canvas, {width, height});
      const at = t => Math.round(left + (t - start) / duration * (right - left));
      this.picture = el("canvas", {width, height});
      this.geometry = {scale, left, right, bottom, at};
      const ctx = this.picture.getContext("2d");
      ctx.font = FONT.replace("11px", 11 * scale + "px");
      this.rows.forEach((subject, i) => {
        const top = (i * row + 3) * scale, tall = (row - 6) * scale;
        ctx.fillStyle = colours.muted;
        ctx.textAlign = "right";
        ctx.textBaseline = "middle";
        ctx.fillText(shorten(ctx, subject.name, left - 12 * scale), left - 8 * scale, top + tall / 2);
        ctx.fillStyle = colours.grid;
        ctx.fillRect(left, top + tall / 2 - scale / 2, right - left, scale);
        for (const gap of subject.gaps) {
          ctx.fillStyle = hatch(ctx, scale);
          ctx.fillRect(at(gap.from), top, Math.max(1, at(gap.to) - at(gap.from)), tall);
        }
        for (const bin of bins(subject, start, end, (right - left) / scale / 2)) {
          if (!bin.informed) continue;
          let best = order[0];
          for (const j of order) if (bin.p[j] > bin.p[best]) best = j;
          ctx.globalAlpha = bin.abstained ? 0.3 : 1;
          ctx.fillStyle = colours.emotions[best];
          ctx.fillRect(at(bin.from), top, Math.max(1, at(bin.to) - at(bin.from)), tall);
          ctx.globalAlpha = 1;
        }
      });
      ctx.fillStyle = colours.muted;
      ctx.textBaseline = "top";
      const step = STEPS.find(s => s / duration * (right - left) >= (narrow() ? 52 : 80) * scale) || duration;
      ctx.textAlign = "center";
      for (let t = Math.ceil(start / step) * step; t <= end + 1e-9; t += step) {
        ctx.fillText(clock(t, step < 1 ? 1 : 0), at(t), bottom + 4 * scale);
      }
      this.draw();
    }

    draw() {
      const {scale, left, right, bottom, at} = this.geometry;
      const ctx = this.canvas.getContext("2d");
      ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
      ctx.drawImage(this.picture, 0, 0);
      if (!whole()) {
        const from = at(view.from), to = at(view.to);
        ctx.fillStyle = colours.card;
        ctx.globalAlpha = 0.72;
        ctx.fillRect(left, 0, from - left, bottom);
        ctx.fillRect(to, 0, right - to, bottom);
        ctx.globalAlpha = 1;
        ctx.strokeStyle = colours.accent;
        ctx.lineWidth = 2 * scale;
        ctx.beginPath();
        ctx.roundRect(from, scale, Math.max(3 * scale, to - from) - scale, bottom - 2 * scale, 4 * scale);
        ctx.stroke();
      }
      if (cursor != null) {
        ctx.fillStyle = colours.ink;
        ctx.fillRect(at(cursor) - scale / 2, 0, 1.5 * scale, bottom);
      }
    }
  }

  function shorten(ctx, text, width) {
    if (ctx.measureText(text).width <= width) return text;
    let length = text.length;
    while (length > 1 && ctx.measureText(text.slice(0, length) + "\u2026").width > width) length--;
    return text.slice(0, length) + "\u2026";
  }

  // ---- table ----------------------------------------------------------------------------------

  const PAGE = 100;

  /** Every estimate and gap in view as rows, a page at a time. */
  class Table {
    constructor() {
      this.page = 0;
      this.who = el("select", {"aria-label": "Subject", onchange: () => this.show(0)},
        el("option", {value: ""}, "Everybody"),
        ...subjects.map((subject, i) => el("option", {value: i}, subject.name)));
      this.back = el("button", {type: "button", onclick: () => this.show(this.page - 1)}, "Previous");
      this.next = el("button", {type: "button", onclick: () => this.show(this.page + 1)}, "Next");
      this.count = el("span", {class: "muted", role: "status"});
      this.body = el("tbody");
      const heads = ["Subject", "From", "To", "Emotion", "Confidence", "Valence", "Arousal", "Dominance",
        ...data.labels.map(capital), ...data.modalities.map(name => capital(name) + " share")];
      this.node = el("section", {class: "card table", hidden: true, "aria-label": "Table"},
        el("div", {class: "table-tools"}, this.who, this.count, el("span", {class: "space"}), this.back, this.next),
        el("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": "Estimates and gaps"},
          el("table", {},
            el("thead", {}, el("tr", {}, ...heads.map((head, i) =>
              el("th", {scope: "col", class: i === 0 || i === 3 ? "left" : null}, head)))),
            this.body)));
    }

    show(page) {
      if (this.node.hidden) return;
      const shown = this.who.value === "" ? subjects : [subjects[Number(this.who.value)]];
      const rows = [];
      for (const subject of shown) {
        for (let i = Math.max(0, before(subject, view.from)); i < subject.n && subject.t0[i] < view.to; i++) {
          if (subject.t1[i] > view.from || subject.t0[i] >= view.from) rows.push([subject.t0[i], subject, i, null]);
        }
        for (const gap of subject.gaps) {
          if (gap.to > view.from && gap.from < view.to) rows.push([gap.from, subject, -1, gap]);
        }
      }
      rows.sort((a, b) => a[0] - b[0]);
      const pages = Math.max(1, Math.ceil(rows.length / PAGE));
      this.page = Math.min(pages - 1, Math.max(0, page));
      this.back.disabled = this.page === 0;
      this.next.disabled = this.page === pages - 1;
      const first = this.page * PAGE;
      this.count.textContent = rows.length
        ? (first + 1) + "\u2013" + Math.min(rows.length, first + PAGE) + " of " + rows.length + " rows in view"
        : "Nothing in view";
      this.body.replaceChildren(...rows.slice(first, first + PAGE).map(row => this.row(row)));
    }

    row([, subject, i, gap]) {
      const name = el("th", {scope: "row", class: "left"}, subject.name);
      if (gap) {
        return el("tr", {class: "gap"}, name, el("td", {}, clock(gap.from, 2)), el("td", {}, clock(gap.to, 2)),
          el("td", {class: "left", colspan: 5 + data.labels.length + data.modalities.length},
            "gap: " + gapWords(subject, gap)[0]));
      }
      const cell = (column, text) => el("td", {}, column && column[i] != null ? text(column[i] / 1000) : "");
      const top = subject.top[i];
      const swatch = el("i");
      if (top >= 0) swatch.style.background = colours.emotions[top];
      return el("tr", {class: subject.abstained[i] ? "unsure" : null}, name,
        el("td", {}, clock(subject.t0[i], 2)), el("td", {}, clock(subject.t1[i], 2)),
        el("td", {class: "left"}, ...(top < 0 ? [] : [swatch, data.labels[top] + (subject.abstained[i] ? " (unsure)" : "")])),
        cell(subject.confidence, v => v.toFixed(2)),
        cell(subject.valence, signed), cell(subject.arousal, signed), cell(subject.dominance, signed),
        ...subject.p.map(column => cell(column, v => percent(v))),
        ...subject.weight.map(column => cell(column, v => percent(v))));
    }
  }

  // ---- page -----------------------------------------------------------------------------------

  function people() {
    const faces = subjects.filter(subject => subject.kind === "face" && subject.n).length;
    const voices = subjects.filter(subject => subject.kind === "voice" && subject.n).length;
    const others = subjects.filter(subject => subject.kind === "other" && subject.n).length;
    return [faces && plural(faces, "face"), voices && "an unbound voice", others && plural(others, "other")]
      .filter(Boolean).join(", ") || "nobody";
  }

  function header() {
    const estimates = subjects.reduce((sum, subject) => sum + subject.n, 0);
    const heard = data.modalities.map(capital).join(", ");
    const facts = [
      ...(data.title === data.source ? [] : [["Recording", data.source]]),
      ["Length", lasting(duration) + (data.startMicros ? " from " + clock(start) : "")],
      ["Seen and heard", people()],
      ["Estimates", estimates.toLocaleString("en")],
      ...(heard ? [["Modalities", heard]] : []),
    ];
    return el("div", {},
      el("p", {class: "eyebrow"}, "Expressed emotion"),
      el("h1", {}, data.title),
      el("dl", {class: "facts"},
        ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
        data.models.length ? el("div", {}, el("dt", {}, "Models"), el("dd", {},
          el("ul", {class: "chips"}, ...data.models.map(model =>
            el("li", {class: model.experimental ? "experimental" : null},
              model.name + (model.experimental ? " \u2013 experimental" : "")))))) : null),
      el("p", {class: "notice"},
        "These are a machine\u2019s estimates of what faces and voices ", el("em", {}, "express"),
        ", not of what people feel, think or intend. They err, and err more for some people than for others. "
        + "Whoever is recorded must know. In the EU, inferring emotions at work and in education is prohibited, "
        + "save for medical or safety reasons (AI Act, Art. 5(1)(f))."),
      data.warnings.length
        ? el("ul", {class: "warnings", "aria-label": "Warnings"}, ...data.warnings.map(text => el("li", {}, text)))
        : null,
      el("details", {class: "how"}, el("summary", {}, "How to read this report"),
        el("ul", {},
          el("li", {}, "Each subject has a lane. A face that comes back after it was lost is a new subject; "
            + "a voice stays apart until it is bound to a face."),
          el("li", {}, "Emotions are probabilities and add up to 100\u202f%. Neutral is the grey on top: "
            + "the height of the colours is what is expressed. Zoomed out, a step is a mean; zoom in for single estimates."),
          el("li", {}, "Faded parts are abstentions: the evidence was too weak to act on the best guess."),
          el("li", {}, "Hatched parts are gaps, in which nothing could be read, with the reason."),
          el("li", {}, "Segments are stretches in which one emotion reaches 50\u202f% and stays above "
            + percent(data.offset) + ". Confidence is the probability of the strongest emotion times how well "
            + "face and voice could be read. Face and voice rows show how much each contributed."),
          el("li", {}, "Drag across a chart to zoom, double-click to see everything. In a focused lane: ",
            el("kbd", {}, "\u2190"), " ", el("kbd", {}, "\u2192"), " step, with ", el("kbd", {}, "Shift"),
            " by ten; ", el("kbd", {}, "Home"), " ", el("kbd", {}, "End"), "; ", el("kbd", {}, "+"), " ",
            el("kbd", {}, "\u2212"), " ", el("kbd", {}, "0"), " zoom; ", el("kbd", {}, "Esc"), " clears the cursor."))));
  }

  const range = el("span", {class: "range"});
  const zoomIn = el("button", {type: "button", "aria-label": "Zoom in", onclick: () => zoom(0.5)}, "+");
  const zoomOut = el("button", {type: "button", "aria-label": "Zoom out", onclick: () => zoom(2)}, "\u2212");
  const earlier = el("button", {type: "button", "aria-label": "Earlier", onclick: () => pan(-0.5)}, "\u2039");
  const later = el("button", {type: "button", "aria-label": "Later", onclick: () => pan(0.5)}, "\u203a");
  const all = el("button", {type: "button", onclick: () => look(start, end)}, "All");

  function showRange() {
    const digits = view.to - view.from < 20 ? 1 : 0;
    range.replaceChildren(el("b", {}, clock(view.from, digits) + " \u2013 " + clock(view.to, digits)),
      cursor == null ? "" : "  at " + clock(cursor, 2));
    zoomOut.disabled = all.disabled = whole();
    earlier.disabled = view.from <= start;
    later.disabled = view.to >= end;
    zoomIn.disabled = view.to - view.from <= minimum;
  }

  function bar(charts) {
    const asCharts = el("button", {type: "button", "aria-pressed": "true", onclick: () => mode(false)}, "Charts");
    const asTable = el("button", {type: "button", "aria-pressed": "false", onclick: () => mode(true)}, "Table");
    const mode = tabular => {
      asCharts.setAttribute("aria-pressed", String(!tabular));
      asTable.setAttribute("aria-pressed", String(tabular));
      charts.hidden = tabular;
      table.node.hidden = !tabular;
      if (tabular) table.show(0); else resize();
    };
    if (fragment.get("view") === "table") mode(true);
    return el("div", {class: "bar", role: "toolbar", "aria-label": "View"},
      el("div", {class: "group"}, asCharts, asTable),
      el("div", {class: "group"}, earlier, zoomOut, zoomIn, later, all),
      range, el("span", {class: "space"}),
      el("button", {type: "button", class: "print", onclick: () => print()}, "Print"), themeButton);
  }

  const themeButton = el("button", {type: "button", onclick: () => theme(root.dataset.theme !== "dark", true)});
  let chosen = false;

  function theme(dark, byHand) {
    chosen = chosen || byHand;
    root.dataset.theme = dark ? "dark" : "light";
    themeButton.textContent = dark ? "Light" : "Dark";
    themeButton.setAttribute("aria-label", dark ? "Switch to light colours" : "Switch to dark colours");
    readColours();
    lanes.forEach(lane => lane.draw());
    if (overview) overview.build();
  }

  function resize() {
    if (overview) overview.build();
    lanes.forEach(lane => lane.build());
  }

  function compose() {
    const charts = el("div", {});
    table = new Table();
    main.append(header());
    if (!subjects.length) {
      main.append(el("section", {class: "card nobody"}, el("h2", {}, "Nothing to show"),
        el("p", {}, "The recording yielded neither estimates nor gaps.")));
      return;
    }
    lanes = subjects.map(subject => new Lane(subject));
    main.append(bar(charts), charts, table.node);
    if ((subjects.length > 1 || duration > 60) && subjects.some(subject => subject.n)) {
      overview = new Overview();
      charts.append(overview.node);
    }
    charts.append(...lanes.map(lane => lane.node));
    resize();
    const [from, to] = (fragment.get("t") || "").split(",").map(parseFloat);
    if (to > from) look(from, to);
    if (fragment.has("at")) point(parseFloat(fragment.get("at")));
    showRange();
    const watcher = new IntersectionObserver(entries => {
      for (const entry of entries) {
        const lane = lanes.find(each => each.node === entry.target);
        lane.near = entry.isIntersecting;
        if (lane.near && lane.stale) lane.draw();
      }
    }, {rootMargin: "400px"});
    lanes.forEach(lane => watcher.observe(lane.node));
    let width = main.clientWidth;
    new ResizeObserver(() => {
      if (main.clientWidth !== width && !charts.hidden) {
        width = main.clientWidth;
        resize();
      }
    }).observe(main);
  }

  // Where to look at first: #t=60,120&at=83.5&view=table&theme=dark
  const fragment = new URLSearchParams(location.hash.slice(1));
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  prefersDark.addEventListener("change", () => { if (!chosen) theme(prefersDark.matches, false); });
  theme(fragment.has("theme") ? fragment.get("theme") === "dark" : prefersDark.matches, fragment.has("theme"));
  compose();
  main.append(el("footer", {}, "Made with erv. This file is complete in itself and loads nothing from the network."));

  let screen = null;
  addEventListener("beforeprint", () => {
    screen = {dark: root.dataset.theme === "dark", cursor};
    printing = true;
    root.dataset.printing = ""; // lays out as the printed page does, for the charts to fit it
    point(null);
    theme(false, false);
    resize();
  });
  addEventListener("afterprint", () => {
    printing = false;
    delete root.dataset.printing;
    theme(screen.dark, false);
    resize();
    point(screen.cursor);
  });

  requestAnimationFrame(() => { root.dataset.ready = "true"; });
})();
