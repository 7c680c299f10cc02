// What a page adds to what stands on it: the words of the point under the pointer, and tables that
// sort by the column that is clicked. `data-ready` on the body says that it runs.
'use strict';
(function() {
const data = JSON.parse(document.getElementById('saelaw-data').textContent);

// The title of a place would come late and in the browser's own box; that of the figure would come
// with it. Both become attributes, which readers of the page still hear.
function takeTitles() {
  for (const title of document.querySelectorAll('svg.figure title')) {
    const owner = title.parentNode;
    owner.setAttribute('aria-label', title.textContent);
    owner.removeAttribute('aria-labelledby');
    title.remove();
  }
}

const tip = document.createElement('div');
tip.className = 'tip';
tip.hidden = true;

function placeOf(event) {
  return event.target instanceof Element ? event.target.closest('.place') : null;
}

function showTip(event) {
  const place = placeOf(event);
  tip.hidden = place === null;
  if (place === null) return;
  tip.textContent = place.getAttribute('aria-label');
  const box = place.querySelector('.hit').getBoundingClientRect();
  const left = Math.min(box.right + 6, document.documentElement.clientWidth - tip.offsetWidth - 8);
  tip.style.left = Math.max(left, 8) + window.scrollX + 'px';
  tip.style.top = Math.max(box.top - tip.offsetHeight - 4, 4) + window.scrollY + 'px';
}

// The number behind a cell, the lower end of an interval; text where it shows none.
function keyOf(cell) {
  const shown = cell.matches('[data-json]') ? cell : cell.querySelector('[data-json]');
  if (shown === null) return cell.textContent;
  let value = data;
  for (const key of shown.dataset.json.split('/').slice(1)) value = value && value[key];
  return Array.isArray(value) ? value[0] : value;
}

// Unknown values come last in either direction.
function compare(a, b, direction) {
  const unknown = (key) => key === null || key === undefined || key === '' || key === '-';
  if (unknown(a) || unknown(b)) return unknown(a) - unknown(b);
  if (typeof a === 'number' && typeof b === 'number') return direction * (a - b);
  return direction * String(a).localeCompare(String(b), 'en', {numeric: true});
}

function sortBy(head) {
  const table = head.closest('table');
  const direction = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
  for (const other of table.querySelectorAll('th')) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => ({row, key: keyOf(row.cells[head.cellIndex])}));
  keyed.sort((a, b) => compare(a.key, b.key, direction));
  body.append(...keyed.map((entry) => entry.row));
}

// A button, so that the keyboard reaches it.
function makeSortable(head) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = head.textContent;
  button.addEventListener('click', () => sortBy(head));
  head.replaceChildren(button);
}

takeTitles();
document.body.append(tip);
document.addEventListener('pointerover', showTip);
document.querySelectorAll('th').forEach(makeSortable);
document.body.dataset.ready = 'true';
})();
