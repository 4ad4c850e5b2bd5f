/* Lay out the groups of a page as slides of 1280 x 720, then start reveal.js.

A group is a slide cell and its fragments. How much fits on a slide is known only in the
browser: so each item is measured in five sizes and four widths, and each group is cut
where the slides come out best: large letters, large pictures, few slides. The total
stays within MOST, at the least loss.
*/
"use strict";

const BODY = {width: 1216, bottom: 682, gap: 14, between: 28};
const SPLITS = [[594, 594], [730, 458], [458, 730], [800, 388], [388, 800]];
const WIDTHS = [BODY.width, 800, 730, 594, 458, 388];
const SIZE_COST = [0, 0.1, 0.3, 0.7, 6];
const SCALES = [2.6, 2.4, 2.2, 2, 1.9, 1.8, 1.7, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 1, 0.9, 0.8];
const GOOD_SCALE = 1.8, POOR_SCALE = 1.2;
const MOST = 45, SLIDE_COST = 0.25;
const JOINED = 0.6, ITEMS_PER_SLIDE = 9, DROPPED = [["aside", 0.25], ["claims", 0.5]];

window.MathJax = {
    tex: {inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]], processEscapes: true},
    svg: {fontCache: "local"},      // speaker notes are copied to another window
    options: {enableMenu: false},   // the menu can load more files
    startup: {typeset: false},
};

/* --- measuring --- */

function readGroups(stock) {
    const groups = [];
    for (const node of stock.querySelectorAll(".group")) {
        if (groups.length === 0 || node.dataset.own !== "no") {
            groups.push({own: node.dataset.own, section: node.dataset.section,
                         title: node.querySelector("h2"), items: [], lead: []});
        }
        const group = groups.at(-1), before = group.items.length;
        for (const child of node.querySelectorAll(":scope > .item, :scope > .note")) {
            readChild(group, child);
        }
        if (group.items.length > before) group.items[before].starts = true;
    }
    return groups;
}

function readChild(group, node) {
    const last = group.items.at(-1);
    if (node.classList.contains("note")) {
        (last ? last.notes : group.lead).push(node);
        return;
    }
    const image = node.querySelector(":scope > img");
    const own = image && ["width", "height"].map(name => Number(image.getAttribute(name)));
    group.items.push({node, image, own, cell: node.dataset.cell, notes: [], height: []});
}

function shrinkWideFormulas(stock) {
    // A formula cannot be broken: let the longest ones fit a slide at the middle size.
    stock.className = "reveal size-2";
    for (const formula of stock.querySelectorAll(".item mjx-container[display]")) {
        const width = formula.querySelector("svg").getBoundingClientRect().width;
        if (width > BODY.width) {
            formula.style.fontSize = `${100 * Math.max(0.75, BODY.width / width)}%`;
        }
    }
}

function measure(stock, items) {
    SIZE_COST.forEach((_, size) => {
        stock.className = `reveal measured size-${size}`;
        items.forEach(item => { item.height[size] = {}; });
        for (const width of WIDTHS) {
            stock.style.width = `${width}px`;
            for (const {node, height} of items) {
                height[size][width] = node.scrollWidth > width ? Infinity : node.offsetHeight;
            }
        }
    });
    stock.style.width = `${BODY.width}px`;
    stock.classList.remove("measured");
}

/* --- one slide --- */

function shown(item, width, scale) {
    const [w, h] = item.own, own = Math.min(scale, width / w);
    return [Math.floor(w * own), Math.floor(h * own), own];
}

function stackHeight(items, from, to, width, size, scale) {
    let total = Math.max(0, to - from - 1) * BODY.gap;
    for (let k = from; k < to; k++) {
        const item = items[k];
        total += item.own ? shown(item, width, scale)[1] : item.height[size][width];
    }
    return total;
}

/* A layout is a list of stacks [first item, end, width, row]: full rows above, two
columns, full rows below. */
const LAYOUTS = [];
function layouts(n) {
    if (LAYOUTS[n]) return LAYOUTS[n];
    const found = [[[0, n, BODY.width, 0]]];
    for (let top = 0; top <= Math.min(2, n - 2); top++) {
        for (let end = Math.max(top + 2, n - 2); end <= n; end++) {
            for (let cut = top + 1; cut < end; cut++) {
                for (const [left, right] of SPLITS) {
                    found.push([[0, top, BODY.width, 0], [top, cut, left, 1],
                                [cut, end, right, 1], [end, n, BODY.width, 2]]
                        .filter(([from, to]) => from < to));
                }
            }
        }
    }
    LAYOUTS[n] = found;
    return found;
}

function heightOf(items, layout, size, scale) {
    const rows = [0, 0, 0];
    for (const [from, to, width, row] of layout) {
        rows[row] = Math.max(rows[row], stackHeight(items, from, to, width, size, scale));
    }
    let total = -BODY.gap;
    for (const row of rows) total += row > 0 ? row + BODY.gap : 0;
    return total;
}

function pictureCost(items, layout, scale) {
    let cost = 0;
    for (const [from, to, width] of layout) {
        for (let k = from; k < to; k++) {
            if (!items[k].own) continue;
            const own = shown(items[k], width, scale)[2];
            cost += 1.5 * Math.max(0, GOOD_SCALE - own) + (own < POOR_SCALE ? 1.5 : 0) + (own < 1 ? 3 : 0);
        }
    }
    return cost;
}

function bestLayout(items, room) {
    let best = {cost: Infinity};
    const pictures = items.some(item => item.own);
    SIZE_COST.forEach((sizeCost, size) => {
        for (const layout of layouts(items.length)) {
            const base = sizeCost + 0.04 * (layout.length > 1) + 0.03 * (layout.length > 2);
            if (base >= best.cost || heightOf(items, layout, size, 0) > room) continue;
            const scale = pictures
                ? SCALES.find(s => heightOf(items, layout, size, s) <= room) : 1;
            if (scale === undefined) continue;
            const cost = base + (pictures ? pictureCost(items, layout, scale) : 0);
            if (cost < best.cost) best = {cost, size, scale, layout, items};
        }
    });
    return best;
}

function bestSlide(items, room) {
    // With all items; without preparations; without claims: these go to the notes.
    let best = bestLayout(items, room), kept = items;
    best.all = items;
    for (const [name, toll] of DROPPED) {
        const fewer = kept.filter(item => !item.node.classList.contains(name));
        if (fewer.length === 0 || fewer.length === kept.length) continue;
        const other = bestLayout(fewer, room);
        other.cost += toll * (items.length - fewer.length);
        if (other.cost < best.cost) best = {...other, all: items};
        kept = fewer;
    }
    return best;
}

/* --- from groups to slides --- */

function price(group) {
    // Cost of each run of items on one slide; a run that cuts a cell apart costs more.
    const n = group.items.length, table = {};
    for (let i = 0; i < n; i++) {
        for (let j = i + 1; j <= Math.min(n, i + ITEMS_PER_SLIDE); j++) {
            const best = bestSlide(group.items.slice(i, j), group.room);
            best.cost += JOINED * group.items.slice(i + 1, j).filter(item => item.starts).length;
            if (i > 0 && group.items[i].cell === group.items[i - 1].cell) best.cost += 0.5;
            table[`${i} ${j}`] = best;
            if (best.cost === Infinity && j > i + 1) break;
        }
    }
    return table;
}

function cuts(group) {
    // The best way to cut a group into 1, 2, 3 … slides: [{cost, slides}, …].
    const n = group.items.length, found = [];
    let before = [{cost: 0, slides: []}];       // before[j]: the first j items, one slide less
    for (let count = 1; count <= Math.max(1, Math.min(n, 12)); count++) {
        const now = [];
        for (let j = 1; j <= n; j++) {
            for (let i = 0; i < j; i++) {
                const run = group.table[`${i} ${j}`];
                if (!run || !before[i]) continue;
                const cost = before[i].cost + run.cost + SLIDE_COST;
                if (cost < (now[j]?.cost ?? Infinity)) {
                    now[j] = {cost, slides: [...before[i].slides, run]};
                }
            }
        }
        found[count] = now[n];
        before = now;
    }
    return found.some(Boolean) ? found : [, emergency(group)];
}

function emergency(group) {
    if (group.items.length) {
        console.error(`too tall for a slide, shorten it: ${group.title.textContent}`);
    }
    return {cost: 0, slides: [{size: 4, scale: 0.8, items: group.items, all: group.items,
                               layout: [[0, group.items.length, BODY.width, 0]]}]};
}

function cutAll(groups) {
    // All groups in at most MOST slides, at the least cost: best[t] uses t slides.
    let best = [{cost: 0, cuts: []}];
    for (const group of groups) {
        const next = [], ways = cuts(group);
        best.forEach((old, t) => ways.forEach((own, count) => {
            if (!own || own.cost + old.cost >= (next[t + count]?.cost ?? Infinity)) return;
            next[t + count] = {cost: own.cost + old.cost, cuts: [...old.cuts, own.slides]};
        }));
        best = next;
    }
    const within = best.slice(0, MOST + 1).filter(Boolean);
    const cheapest = within.sort((a, b) => a.cost - b.cost)[0];
    return (cheapest ?? best.find(Boolean)).cuts;
}

/* --- making slides --- */

function element(tag, className, ...children) {
    const node = document.createElement(tag);
    node.className = className;
    node.append(...children);
    return node;
}

function notesOf(group, slide, first) {
    const notes = first ? [...group.lead] : [];
    for (const item of slide.all) {
        if (!slide.items.includes(item)) notes.push(item.node);
        notes.push(...item.notes);
    }
    notes.forEach(note => note.querySelectorAll("mjx-assistive-mml").forEach(n => n.remove()));
    return element("aside", "notes", ...notes);
}

function setSteps(items) {
    const cells = [...new Set(items.map(item => item.cell))];
    for (const {node, cell} of items) {
        const step = cells.indexOf(cell);
        if (step > 0) {
            node.classList.add("fragment");
            node.dataset.fragmentIndex = step;
        }
    }
}

function bodyOf(slide) {
    const body = element("div", "body");
    let columns = null;
    for (const [from, to, width, row] of slide.layout) {
        const list = slide.items.slice(from, to);
        for (const item of list.filter(item => item.image)) {
            const [w, h] = shown(item, width, slide.scale);
            item.image.style.cssText = `width: ${w}px; height: ${h}px`;
        }
        const column = element("div", "column", ...list.map(item => item.node));
        column.style.width = `${width}px`;
        if (row === 1) {
            columns ??= body.appendChild(element("div", "columns"));
            columns.append(column);
        } else {
            body.append(column);
        }
    }
    return body;
}

function sectionOf(group, slide, k) {
    const section = element("section", `size-${slide.size}`), page = document.body.dataset.page;
    section.dataset.own = k === 0 ? group.own : "no";
    setSteps(slide.items);
    const title = group.title.cloneNode(true);
    const footer = element("footer", "", [page, group.section]
        .filter(text => text).join("  ·  "));
    if (group.first && k === 0) {
        section.classList.add("title");
        title.dataset.number = page.slice(0, 2);
    }
    section.append(element("div", "sheet", title, bodyOf(slide), footer),
                   notesOf(group, slide, k === 0));
    return section;
}

/* --- start --- */

async function start() {
    const stock = document.getElementById("stock");
    stock.className = "reveal size-0";
    await MathJax.startup.promise;
    await MathJax.typesetPromise([stock]);
    await document.fonts.ready;
    shrinkWideFormulas(stock);
    const groups = readGroups(stock);
    groups[0].first = true;
    measure(stock, groups.flatMap(group => group.items));
    for (const group of groups) {
        const top = group.first ? 70 + 80 + 26 : 22 + group.title.offsetHeight + 14;
        group.room = BODY.bottom - top;
        group.table = price(group);
    }
    const slides = document.querySelector(".slides");
    cutAll(groups).forEach((own, k) => own.forEach((slide, number) =>
        slides.append(sectionOf(groups[k], slide, number))));
    stock.remove();
    await Reveal.initialize({
        width: 1280, height: 720, margin: 0, center: false, controls: false, hash: true,
        slideNumber: "c/t", transition: "none", backgroundTransition: "none",
        pdfSeparateFragments: false, scrollActivationWidth: 0, plugins: [RevealNotes],
    });
    document.documentElement.dataset.deck = "ready";
}

window.addEventListener("load", () => start().catch(error => console.error(error)));
