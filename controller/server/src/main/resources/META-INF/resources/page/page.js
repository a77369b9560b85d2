// SPDX-License-Identifier: Apache-2.0
// Relative times, latency charts and the state of the stream; htmx replaces the page's parts.
(function () {
  "use strict";
  const KEEP_SECONDS = 600;
  const SAMPLE_MILLIS = 2000;
  const QUANTILES = ["p50", "p95", "p99"];
  const histories = new Map(); // slot key -> {data: [times, p50s, p95s, p99s], plot}

  function ago(then) {
    const seconds = Math.max(0, Math.round((Date.now() - then) / 1000));
    if (seconds < 60) return seconds + " s ago";
    if (seconds < 3600) return Math.floor(seconds / 60) + " min ago";
    if (seconds < 86400) return Math.floor(seconds / 3600) + " h ago";
    return Math.floor(seconds / 86400) + " d ago";
  }

  function showTimes() {
    for (const time of document.querySelectorAll("time[datetime]")) {
      if (!time.title) time.title = time.textContent;
      const text = ago(Date.parse(time.dateTime));
      if (time.textContent !== text) time.textContent = text;
    }
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function line(name) {
    return { label: name, stroke: () => colour(name), width: 1.5, points: { show: false } };
  }

  function plot(place, history) {
    const axis = {
      stroke: () => colour("soft"), font: "11px system-ui, sans-serif",
      grid: { stroke: () => colour("line"), width: 1 }, ticks: { show: false },
    };
    return new uPlot({
      width: place.clientWidth, height: 88, legend: { show: false }, cursor: { show: false }, padding: [6, 2, 0, 0],
      scales: {
        x: { range: (u, low, high) => [Math.min(low, high - 60), high] },
        y: { range: (u, low, high) => [0, (high || 1) * 1.15] },
      },
      axes: [
        { ...axis, size: 18, gap: 2, space: 90, grid: { show: false }, values: (u, ticks) => ticks.map((t) => clock(t)) },
        { ...axis, size: 34, gap: 4, space: 26, values: (u, ticks) => ticks.map((t) => String(t)) },
      ],
      series: [{}].concat(QUANTILES.map(line)),
    }, history.data, place);
  }

  function clock(seconds) {
    return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  }

  function sample(history, place) {
    const now = Date.now() / 1000;
    const data = history.data;
    data[0].push(now);
    QUANTILES.forEach((name, i) => data[i + 1].push(Number(place.dataset[name])));
    while (data[0][0] < now - KEEP_SECONDS) data.forEach((column) => column.shift());
  }

  function showCharts() {
    const seen = new Set();
    for (const place of document.querySelectorAll(".chart[data-key]")) {
      const key = place.dataset.key;
      seen.add(key);
      if (!histories.has(key)) histories.set(key, { data: [[], [], [], []], plot: null });
      const history = histories.get(key);
      sample(history, place);
      if (!history.plot) history.plot = plot(place, history);
      attach(history, place);
      history.plot.setData(history.data);
    }
    for (const [key, history] of histories) {
      if (!seen.has(key)) {
        if (history.plot) history.plot.destroy();
        histories.delete(key);
      }
    }
  }

  function attach(history, place) {
    if (history.plot.root.parentNode !== place) place.replaceChildren(history.plot.root);
    if (history.plot.width !== place.clientWidth) history.plot.setSize({ width: place.clientWidth, height: 88 });
  }

  function show() {
    showTimes();
    showCharts();
  }

  function link(state, text) {
    const place = document.getElementById("link");
    if (place.className === state) return;
    place.className = state;
    place.textContent = text;
  }

  document.body.addEventListener("htmx:sseOpen", () => link("live", "live"));
  document.body.addEventListener("htmx:sseError", () => link("lost", "connection lost, trying again"));
  document.body.addEventListener("htmx:sseClose", () => link("lost", "connection lost"));
  document.body.addEventListener("htmx:sseMessage", (event) => {
    showTimes();
    if (event.detail.type === "devices") showCharts();
  });
  window.addEventListener("resize", showCharts);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const history of histories.values()) if (history.plot) history.plot.redraw();
  });
  setInterval(showTimes, 1000);
  setInterval(showCharts, SAMPLE_MILLIS);
  show();
})();
