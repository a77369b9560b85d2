/*
 * Copyright the Sagui authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.sagui.fit;

/** How {@link FitPage} looks, light and dark, on paper-wide screens and on phones. */
final class FitStyle {
  static final String CSS =
      """
      :root{color-scheme:light dark;--line:#8884;--front:#2f7fb8;--other:#999;--limit:#c0392b;--mark:#e07b00}
      *{box-sizing:border-box}
      body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:58rem;padding:0 1rem;overflow-wrap:anywhere}
      h1{font-size:1.6rem;margin:.4rem 0}
      h2{margin:2.2rem 0 .4rem;font-size:1.3rem}
      h3{margin:1.2rem 0 .2rem;font-size:1rem}
      nav a{display:inline-block;padding:.35rem .9rem;margin:0 .3rem .4rem 0;border:1px solid var(--line);border-radius:1rem;text-decoration:none;color:inherit}
      nav a[aria-current=true]{background:var(--front);border-color:var(--front);color:#fff}
      .why{border-left:4px solid var(--front);padding:.2rem .9rem;margin:.6rem 0 1rem}
      .none{border-color:var(--limit)}
      figure{margin:1rem 0}
      figcaption,.limits{font-size:.88rem;opacity:.8}
      table{border-collapse:collapse;width:100%;font-size:.92rem}
      th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
      th{overflow-wrap:normal}
      td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
      tr.chosen td{font-weight:600}
      tr.misses td{opacity:.65}
      tr:target td{background:#e07b0022}
      .plot svg{display:block;width:100%;max-width:44rem;height:auto}
      .plot .chart{width:100%;max-width:44rem;height:23rem}
      svg text{font:12px system-ui,sans-serif;fill:currentColor}
      svg text.limit{fill:var(--limit)}
      .axis{stroke:var(--line)}
      line.limit{stroke:var(--limit);stroke-dasharray:5 4}
      .front{fill:var(--front)}.other{fill:var(--other)}
      .open{fill:none;stroke:var(--other);stroke-width:1.5}
      .ring{fill:none;stroke:var(--mark);stroke-width:3}
      .touch{fill:transparent}
      .scale{display:inline-block;width:5rem;height:.7rem;border-radius:.35rem;background:linear-gradient(to right,hsl(25,75%,46%),hsl(117,75%,46%),hsl(210,75%,46%))}
      [hidden]{display:none}
      .told{min-height:4.6em;margin:.2rem 0 1rem;padding:.5rem .9rem;border:1px solid var(--line);border-radius:.5rem}
      details{margin:.8rem 0}
      details table{table-layout:fixed}
      details th{overflow-wrap:anywhere}
      summary{cursor:pointer;padding:.3rem 0;font-weight:600}
      img.outputs{width:100%;max-width:44rem;image-rendering:pixelated}
      audio{width:100%;max-width:26rem}
      blockquote{margin:.2rem 0;padding:.2rem .9rem;border-left:2px solid var(--line);white-space:pre-wrap}
      meter{display:block;width:100%}
      small{opacity:.75}
      @media(max-width:40rem){
      body{margin:1rem auto}
      h1{font-size:1.3rem}
      svg text{font-size:20px}
      .variants,.variants tbody,.variants tr,.variants td{display:block}
      .variants tr:first-child{display:none}
      .variants tr{padding:.5rem 0;border-bottom:1px solid var(--line)}
      .variants td{padding:.05rem .3rem;border:0}
      .variants td.n{display:inline-block}
      .variants td[data-of]::before{content:attr(data-of) " ";opacity:.65;font-weight:400}
      }
      """;

  private FitStyle() {}
}
