// Draws the three charts from the embedded numbers. `data-ready` on the body says that all of them
// are painted.
'use strict';
(function() {
const series = JSON.parse(document.getElementById('saelaw-data').textContent).series;
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue('--' + name).trim();
const sizeColours = ['#4477aa', '#66ccee', '#228833', '#ccbb44', '#ee6677', '#aa3377', '#888888'];

// 2.1B, 131K, 0.004: at most `digits` significant digits.
function short(value, digits = 3) {
  if (value === null || value === undefined) return 'unknown';
  for (const [unit, factor] of [['T', 1e12], ['B', 1e9], ['M', 1e6], ['K', 1e3]]) {
    if (value >= factor) return +(value / factor).toPrecision(digits) + unit;
  }
  const rounded = +value.toPrecision(digits);
  return Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}
const range = (p) => p.lo === null || p.hi === null || p.lo === undefined ?
    '' :
    ' (95 % interval ' + short(p.lo, 4) + ' to ' + short(p.hi, 4) + ')';

// Ticks of a logarithmic axis at round numbers, as many as fit.
function logTicks(axis) {
  for (const steps
           of [[1],
               [1, 3],
               [1, 2, 5],
               [1, 1.5, 2, 3, 5, 7],
               [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9]]) {
    const ticks = [];
    for (let e = Math.floor(Math.log10(axis.min)); e <= Math.log10(axis.max); ++e) {
      for (const step of steps) {
        const value = +(step * 10 ** e).toPrecision(3);
        if (value >= axis.min && value <= axis.max) ticks.push({value});
      }
    }
    axis.ticks = ticks;
    if (ticks.length >= 4) return;
  }
}

function axis(title, bounds) {
  return {
    type: 'logarithmic',
    min: bounds[0],
    max: bounds[1],
    title: {display: true, text: title, color: colour('faint')},
    grid: {color: colour('line'), drawBorder: false},
    afterBuildTicks: logTicks,
    ticks: {color: colour('faint'), callback: (value) => short(value), maxRotation: 0},
  };
}

// The smallest and largest of the numbers, with a margin (in powers of the ratio).
function bounds(values, margin = 0.06) {
  const known = values.filter((v) => v > 0);
  if (!known.length) return [undefined, undefined];
  const low = Math.min(...known), high = Math.max(...known);
  const pad = Math.max((high / low) ** margin, 1.02);
  return [low / pad, high * pad];
}

const dots = (label, data, tint, extra = {}) => Object.assign(
    {
      label,
      data,
      type: 'scatter',
      showLine: false,
      pointRadius: 4,
      pointHoverRadius: 6,
      backgroundColor: tint,
      borderColor: tint,
      borderWidth: 1.5,
    },
    extra);

// A law: its line, dashed beyond the fitted sizes, and its band.
function law(label, curve, fittedTo, tint, band) {
  if (!curve.length) return [];
  const line = {
    label,
    data: curve.map((p) => ({...p})),
    borderColor: tint,
    backgroundColor: tint,
    borderWidth: 2,
    pointRadius: 0,
    pointHitRadius: 6,
    pointStyle: 'line',
    segment: {borderDash: (s) => s.p1.parsed.x > fittedTo * 1.0001 ? [6, 5] : undefined},
  };
  const edge = (key, fill) => ({
    label: '',
    data: curve.filter((p) => p.lo > 0 && p.hi > 0).map((p) => ({x: p.x, y: p[key]})),
    borderWidth: 0,
    pointRadius: 0,
    pointHitRadius: 0,
    backgroundColor: band,
    fill,
  });
  return [line, edge('hi', '+1'), edge('lo', false)];
}

// Vertical bars from lo to hi behind the points that have an interval.
function bars(points, tint) {
  const data = [];
  for (const p of points) {
    if (p && p.lo > 0 && p.hi > 0)
      data.push({x: p.x, y: p.lo}, {x: p.x, y: p.hi}, {x: p.x, y: NaN});
  }
  return {
    label: '',
    data,
    borderColor: tint,
    borderWidth: 2,
    pointRadius: 0,
    pointHitRadius: 0,
    spanGaps: false
  };
}

function draw(id, datasets, x, y, describe) {
  return new Chart(document.getElementById(id), {
    type: 'line',
    data: {datasets: datasets.filter((d) => d.data.length)},
    options: {
      animation: false,
      maintainAspectRatio: false,
      parsing: false,
      normalized: false,
      interaction: {mode: 'nearest', intersect: true},
      scales: {x, y},
      plugins: {
        legend: {
          position: 'bottom',
          labels: {
            color: colour('faint'),
            usePointStyle: true,
            boxHeight: 7,
            filter: (item) => item.text !== ''
          },
        },
        tooltip: {
          filter: (item) => item.dataset.label !== '',
          callbacks: {title: () => '', label: (item) => describe(item.raw, item.dataset.label)},
        },
      },
    },
  });
}

const inks = {
  blue: colour('blue'),
  orange: colour('orange'),
  green: colour('green'),
  red: colour('red'),
  faint: colour('faint')
};
const cross = {
  pointStyle: 'crossRot',
  pointRadius: 5,
  borderWidth: 2
};
const star = {
  pointStyle: 'star',
  pointRadius: 9,
  pointHoverRadius: 11,
  borderWidth: 2.5
};

function drawLoss() {
  const s = series.loss;
  const holdout = s.holdout.map((h) => ({
                                  x: h.tokens,
                                  y: h.measured,
                                  predicted: h.predicted,
                                  lo: h.interval && h.interval[0],
                                  hi: h.interval && h.interval[1],
                                  id: h.run
                                }));
  const target = s.target ? [s.target] : [];
  const everything = [...s.points, ...s.best, ...s.curve, ...holdout, ...target];
  const worth = bounds(everything.flatMap((p) => [p.y, p.lo, p.hi]));
  const others = s.left_out.filter((p) => p.y >= worth[0] && p.y <= worth[1]);
  draw(
      'chart-loss',
      [
        dots('target, predicted', target, inks.orange, star),
        bars(target, inks.orange),
        dots('hold-out, measured', holdout, inks.green, {pointStyle: 'rectRot', pointRadius: 7}),
        bars(holdout, inks.green),
        dots('runs at lr ' + short(s.lr), s.points.filter((p) => p.lr === s.lr), inks.blue),
        dots('runs at other rates', s.points.filter((p) => p.lr !== s.lr), inks.faint, {
          pointRadius: 2.5,
          backgroundColor: 'transparent'
        }),
        dots(
            'best rate of each size',
            s.best,
            inks.blue,
            {pointStyle: 'triangle', pointRadius: 6, backgroundColor: 'transparent'}),
        dots('left out', others, inks.red, cross),
        ...law('law', s.curve, s.fitted_to, inks.blue, colour('band')),
        ...law(
            'law at lr ' + short(s.lr), s.fixed_lr_curve, s.fitted_to, inks.faint, 'transparent'),
      ],
      axis('training tokens', bounds(everything.map((p) => p.x), 0.03)),
      axis('held-out loss', worth),
      (p, label) => {
        const lines =
            [label + ': loss ' + short(p.y, 4) + ' at ' + short(p.x, 4) + ' tokens' + range(p)];
        if (p.predicted) lines.push('predicted ' + short(p.predicted, 4) + ', run ' + p.id);
        if (p.outcome)
          lines.push(
              'lr ' + short(p.lr) + ', d_sae ' + p.d_sae + ', seed ' + p.seed + ', ' + p.outcome +
              ', run ' + p.id);
        return lines;
      });
}

function drawRates() {
  const s = series.lr;
  const target = s.target ? [s.target] : [];
  const fitted = s.optima.filter((p) => p.censoring === 'none');
  const censored = s.optima.filter((p) => p.censoring !== 'none' && p.y > 0);
  const everything = [...s.optima, ...s.failures, ...s.curve, ...s.edge, ...target];
  const curves = [...s.curve, ...s.edge];
  draw(
      'chart-lr',
      [
        dots(
            s.basis === 'none' ? 'target, the recipe\'s rate' : 'target, recommended',
            target,
            inks.orange,
            star),
        bars(target, inks.orange),
        dots('optimum of a size', fitted, inks.blue, {pointRadius: 5}),
        bars(fitted, inks.blue),
        dots(
            'best rate, not fitted',
            censored,
            inks.blue,
            {pointStyle: 'triangle', pointRadius: 6, backgroundColor: 'transparent'}),
        dots('run that failed', s.failures, inks.red, cross),
        ...law('law of the optimum', s.curve, s.fitted_to, inks.blue, colour('band')),
        ...law('stability edge', s.edge, s.fitted_to, inks.red, colour('red-band')),
      ],
      axis('training tokens', bounds(everything.map((p) => p.x), 0.03)),
      axis('learning rate', bounds([
             ...everything.map((p) => p.y),
             ...curves.flatMap((p) => [Math.max(p.lo, p.y / 30), Math.min(p.hi, p.y * 30)])
           ])),
      (p, label) => {
        const lines =
            [label + ': lr ' + short(p.y, 4) + ' at ' + short(p.x, 4) + ' tokens' + range(p)];
        if (p.outcome) lines.push(p.outcome + ', run ' + p.id);
        if (p.censoring && p.censoring !== 'none') lines.push('not fitted: ' + p.censoring);
        return lines;
      });
}

function drawSweeps() {
  const widths = new Set(series.sweeps.map((s) => s.d_sae));
  const datasets = [];
  const failed = [];
  series.sweeps.forEach((sweep, i) => {
    const tint = sizeColours[i % sizeColours.length];
    const sizes = new Map();
    for (const p of sweep.points) {
      if (!(p.y > 0)) continue;
      const point = {...p, tokens: sweep.tokens};
      if (p.outcome !== 'completed')
        failed.push(point);
      else if (sizes.has(p.x))
        sizes.get(p.x).push(point);
      else
        sizes.set(p.x, [point]);
    }
    // The line joins the mean of each rate's seeds; the points are the runs.
    const mean = [...sizes.values()].map(
        (ps) => ({x: ps[0].x, y: ps.reduce((a, p) => a + p.y, 0) / ps.length}));
    const label =
        short(sweep.tokens) + ' tokens' + (widths.size > 1 ? ', d_sae ' + sweep.d_sae : '');
    datasets.push(dots(label, [...sizes.values()].flat(), tint, {pointRadius: 4}));
    datasets.push({
      label: '',
      data: mean,
      borderColor: tint,
      borderWidth: 1.5,
      pointRadius: 0,
      pointHitRadius: 0
    });
  });
  const runs = [...datasets.flatMap((d) => d.data), ...failed];
  draw(
      'chart-sweeps',
      [...datasets, dots('collapsed or diverged', failed, inks.red, cross)],
      axis('learning rate', bounds(runs.map((p) => p.x), 0.03)),
      axis('held-out loss', bounds(runs.map((p) => p.y))),
      (p, label) =>
          [label + ': loss ' + short(p.y, 4) + ' at lr ' + short(p.x, 4),
           short(p.tokens) + ' tokens, d_sae ' + p.d_sae + ', seed ' + p.seed + ', ' + p.outcome +
               ', run ' + p.id]);
}

Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
drawLoss();
drawRates();
drawSweeps();
window.addEventListener(
    'beforeprint', () => Object.values(Chart.instances).forEach((c) => c.resize()));
requestAnimationFrame(() => {
  document.body.dataset.ready = 'true';
});
})();
