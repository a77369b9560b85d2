// SPDX-License-Identifier: Apache-2.0
// Draws a fit's plots for the hand: a point tells its numbers, profiles are tabs. Without scripts the page has all of it as text.
(function () {
  "use strict";
  const WIDE = 20; // a range of more is logarithmic
  const data = JSON.parse(document.getElementById("fit").textContent);
  const variants = new Map(data.variants.map((variant) => [variant.name, variant]));
  const charts = new Map(); // profile -> chart

  function size(bytes) {
    if (bytes >= 1e6) return (bytes / 1e6).toPrecision(3) + " MB";
    return bytes >= 1e3 ? (bytes / 1e3).toPrecision(3) + " kB" : bytes + " B";
  }

  function millis(value) {
    return Number(value.toPrecision(3)) + " ms";
  }

  function styled(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function limit(choice, name) {
    const found = choice.limits.find((each) => each.name === name);
    return found ? found.limit : null;
  }

  // A budget that is near enough to what there is to say something of it; null else.
  function near(limit, values) {
    return limit !== null && limit <= 4 * Math.max(...values) && limit >= Math.min(...values) / 4 ? limit : null;
  }

  // What decides about colour: 0 for the outputs that are furthest from the original's, 1 for the nearest.
  function shares(choice) {
    const merits = choice.held.map((held) => variants.get(held.variant).merit).filter((merit) => merit !== undefined);
    const worst = Math.min(...merits);
    const span = Math.max(...merits) - worst;
    return (variant) => (variant.merit === undefined || !(span > 0) ? 1 : (0.9 * (variant.merit - worst)) / span);
  }

  function colour(share) {
    return "hsl(" + Math.round(25 + 185 * share) + ", 75%, 46%)";
  }

  function point(choice, held, share, tail) {
    const variant = variants.get(held.variant);
    const chosen = held.variant === choice.variant;
    const kept = held.missed.length === 0;
    const hue = colour(share(variant));
    return {
      name: held.variant, held: held,
      value: [tail ? held.p95_ms : held.p50_ms, variant.bytes],
      symbol: held.measured_on ? "diamond" : "circle",
      symbolSize: chosen ? 20 : 14,
      itemStyle: { color: kept ? hue : "transparent", borderColor: chosen ? styled("mark") : hue, borderWidth: chosen ? 4 : 2 },
      label: { show: held.on_front || chosen, formatter: "{b}", position: "top", color: getComputedStyle(document.body).color },
    };
  }

  function axis(name, values, format, limit) {
    const low = Math.min(...values);
    const high = Math.max(...values);
    const reach = limit === null ? high : Math.max(high, limit);
    const floor = limit === null ? low : Math.min(low, limit);
    return {
      type: reach / floor > WIDE ? "log" : "value", name: name, nameLocation: "middle", nameGap: 28,
      min: reach / floor > WIDE ? floor / 1.3 : 0, max: reach * 1.15,
      axisLabel: { formatter: format, hideOverlap: true, showMaxLabel: false, color: styled("other") }, splitNumber: 4,
      splitLine: { lineStyle: { color: styled("other"), opacity: 0.25 } }, axisLine: { lineStyle: { color: styled("other") } },
    };
  }

  function lines(p95, flash) {
    const found = [];
    if (p95 !== null) found.push({ name: "p95 " + millis(p95), xAxis: p95 });
    if (flash !== null) found.push({ name: "flash " + size(flash), yAxis: flash });
    return {
      silent: true, symbol: "none", animation: false, lineStyle: { color: styled("limit"), type: "dashed" },
      label: { formatter: "{b}", position: "insideEndTop", color: styled("limit") }, data: found,
    };
  }

  function option(choice) {
    const p95 = near(limit(choice, "p95"), choice.held.map((held) => held.p95_ms));
    const share = shares(choice);
    const points = choice.held.map((held) => point(choice, held, share, p95 !== null));
    const x = axis((p95 !== null ? "p95" : "p50") + ", " + choice.times, points.map((each) => each.value[0]), millis, p95);
    const flash = near(limit(choice, "flash"), points.map((each) => each.value[1]));
    const y = axis("", points.map((each) => each.value[1]), size, flash);
    return {
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches, animationDuration: 300,
      grid: { left: 8, right: 18, top: 24, bottom: 34, containLabel: true }, xAxis: x, yAxis: y,
      tooltip: { trigger: "item", confine: true, formatter: (shown) => echarts.format.encodeHTML(shown.name) },
      series: [{ type: "scatter", data: points, markLine: lines(p95, flash), labelLayout: { hideOverlap: true }, cursor: "pointer" }],
    };
  }

  // The numbers of a point, as text.
  function tell(place, held) {
    const variant = variants.get(held.variant);
    const name = document.createElement("b");
    name.textContent = held.variant;
    const limits = held.missed.length === 0 ? "keeps every limit" : "misses " + held.missed.join(", ");
    const facts = [
      variant.done, size(variant.bytes) + " (" + size(variant.bytes_on_wire) + " on the wire)",
      "p50 " + millis(held.p50_ms) + ", p95 " + millis(held.p95_ms) + ": " + held.known, variant.quality_told, limits,
    ];
    place.replaceChildren(name, ": " + facts.join("; ") + ".");
  }

  function legend(choice) {
    const share = shares(choice);
    const seen = choice.held.map((held) => variants.get(held.variant)).sort((a, b) => share(a) - share(b));
    const place = document.createElement("p");
    const scale = document.createElement("span");
    place.className = "limits";
    scale.className = "scale";
    const worst = seen[0].quality_told;
    const best = seen[seen.length - 1].quality_told;
    if (worst === best) place.append(best);
    else place.append(worst + " ", scale, " " + best);
    place.append("; hollow: misses a limit; ringed: chosen; diamond: measured on a device. Touch a point for its numbers.");
    return place;
  }

  function draw(choice) {
    const figure = document.getElementById(choice.profile).querySelector("figure.plot");
    const place = document.createElement("div");
    const told = document.createElement("p");
    place.className = "chart";
    told.className = "told";
    told.setAttribute("role", "status");
    figure.replaceChildren(place, told, legend(choice));
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(option(choice));
    const show = (event) => event.data && event.data.held && tell(told, event.data.held);
    chart.on("click", show);
    chart.on("mouseover", show);
    const first = choice.held.find((held) => held.variant === (choice.variant || choice.nearest));
    if (first) tell(told, first);
    charts.set(choice.profile, chart);
  }

  function turnTo(profile) {
    for (const choice of data.choices) {
      document.getElementById(choice.profile).hidden = choice.profile !== profile;
    }
    for (const tab of document.querySelectorAll("nav a")) {
      tab.setAttribute("aria-current", String(tab.hash === "#" + profile));
    }
    const choice = data.choices.find((each) => each.profile === profile);
    if (charts.has(profile)) charts.get(profile).resize();
    else draw(choice);
  }

  function profileOf(hash) {
    const wanted = decodeURIComponent(hash.slice(1));
    return data.choices.some((choice) => choice.profile === wanted) ? wanted : null;
  }

  for (const tab of document.querySelectorAll("nav a")) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      turnTo(profileOf(tab.hash));
    });
  }
  window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const choice of data.choices) if (charts.has(choice.profile)) charts.get(choice.profile).setOption(option(choice));
  });
  turnTo(profileOf(location.hash) || data.choices[0].profile);
})();
