/**
 * The territories as shapes: path strings, borders drawn once, who touches whom, and which one lies under a point.
 *
 * Coordinates are the whole numbers of the geometry file: x to the right, y down.
 */

const CELL = 256;

/**
 * @typedef {Object} Shapes
 * @property {string[]} codes
 * @property {Map<string, number>} index        code -> position
 * @property {string[]} paths                   SVG path data per territory
 * @property {Float64Array} boxes               x0, y0, x1, y1 per territory
 * @property {number[][]} points                label point inside each territory
 * @property {{inner: string, group: string, outer: string}} borders   path data, every border once
 * @property {Set<number>[]} neighbours
 * @property {(x: number, y: number, reach: number) => number} at      position under a point, or -1
 */

/** A level of the geometry file. `groupOf(code)` names the larger territory whose border is drawn thicker. */
export function shapes(level, size, groupOf) {
  const rings = level.rings.map((territory) => territory.map(absolute));
  const boxes = boxesOf(rings);
  return {
    codes: level.codes,
    index: new Map(level.codes.map((code, i) => [code, i])),
    paths: level.rings.map((territory) => territory.map(pathOf).join("")),
    boxes,
    points: level.points,
    ...mesh(rings, level.codes.map(groupOf)),
    at: finder(rings, boxes, level.points, size),
  };
}

function pathOf(ring) {
  return `M${ring[0]} ${ring[1]}l${ring.slice(2).join(" ")}z`;
}

function absolute(ring) {
  const points = new Int32Array(ring.length);
  for (let i = 0; i < ring.length; i++) points[i] = i < 2 ? ring[i] : points[i - 2] + ring[i];
  return points;
}

function boxesOf(rings) {
  const boxes = new Float64Array(rings.length * 4);
  rings.forEach((territory, i) => {
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const ring of territory) {
      for (let j = 0; j < ring.length; j += 2) {
        x0 = Math.min(x0, ring[j]);
        x1 = Math.max(x1, ring[j]);
        y0 = Math.min(y0, ring[j + 1]);
        y1 = Math.max(y1, ring[j + 1]);
      }
    }
    boxes.set([x0, y0, x1, y1], i * 4);
  });
  return boxes;
}

/** Borders by kind, each drawn once although two territories share it, and the neighbours found on the way. */
function mesh(rings, groups) {
  const vertices = new Map();
  const vertex = (x, y) => {
    const key = x * 1e6 + y;
    let id = vertices.get(key);
    if (id === undefined) vertices.set(key, (id = vertices.size));
    return id;
  };
  const edgeKey = (ring, ids, j) => {
    const a = ids[j];
    const b = ids[(j + 1) % ids.length];
    return a < b ? a * 1e6 + b : b * 1e6 + a;
  };

  const ids = rings.map((territory) =>
    territory.map((ring) => Array.from({ length: ring.length / 2 }, (_, j) => vertex(ring[2 * j], ring[2 * j + 1]))),
  );
  const owners = new Map();
  rings.forEach((territory, i) =>
    territory.forEach((ring, r) => {
      for (let j = 0; j < ids[i][r].length; j++) {
        const key = edgeKey(ring, ids[i][r], j);
        const owner = owners.get(key);
        if (owner) owner[1] = i;
        else owners.set(key, [i, -1]);
      }
    }),
  );

  const neighbours = rings.map(() => new Set());
  const parts = { inner: [], group: [], outer: [] };
  rings.forEach((territory, i) =>
    territory.forEach((ring, r) => {
      const count = ids[i][r].length;
      let open = null;
      for (let j = 0; j < count; j++) {
        const [first, second] = owners.get(edgeKey(ring, ids[i][r], j));
        if (second >= 0 && first !== second) {
          neighbours[first].add(second);
          neighbours[second].add(first);
        }
        const kind = second < 0 ? "outer" : groups[first] !== groups[second] ? "group" : "inner";
        if (first !== i) {
          open = null;
          continue;
        }
        const next = ((j + 1) % count) * 2;
        if (open !== kind) parts[kind].push(`M${ring[2 * j]} ${ring[2 * j + 1]}`);
        parts[kind].push(`L${ring[next]} ${ring[next + 1]}`);
        open = kind;
      }
    }),
  );
  return {
    neighbours,
    borders: { inner: parts.inner.join(""), group: parts.group.join(""), outer: parts.outer.join("") },
  };
}

/** Which territory lies under a point. A territory smaller than the reach of a finger is found from beside it too. */
function finder(rings, boxes, points, [width, height]) {
  const columns = Math.ceil((width + 1) / CELL);
  const rows = Math.ceil((height + 1) / CELL);
  const cells = Array.from({ length: columns * rows }, () => []);
  const clamp = (value, top) => Math.max(0, Math.min(top - 1, Math.floor(value / CELL)));
  rings.forEach((_, i) => {
    for (let row = clamp(boxes[4 * i + 1], rows); row <= clamp(boxes[4 * i + 3], rows); row++) {
      for (let column = clamp(boxes[4 * i], columns); column <= clamp(boxes[4 * i + 2], columns); column++) {
        cells[row * columns + column].push(i);
      }
    }
  });

  return (x, y, reach) => {
    let nearest = -1;
    let least = reach;
    for (let i = 0; i < rings.length; i++) {
      const small = Math.max(boxes[4 * i + 2] - boxes[4 * i], boxes[4 * i + 3] - boxes[4 * i + 1]) < 2 * reach;
      const distance = small ? Math.hypot(points[i][0] - x, points[i][1] - y) : Infinity;
      if (distance < least) [nearest, least] = [i, distance];
    }
    if (nearest >= 0) return nearest;
    if (x < 0 || y < 0 || x > width || y > height) return -1;
    const candidates = cells[clamp(y, rows) * columns + clamp(x, columns)];
    return candidates.find((i) => inside(rings[i], x, y)) ?? -1;
  };
}

function inside(territory, x, y) {
  let odd = false;
  for (const ring of territory) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      if (ring[i + 1] > y !== ring[j + 1] > y) {
        const crossing = ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i];
        if (x < crossing) odd = !odd;
      }
    }
  }
  return odd;
}

/**
 * The territory to step to from `from` in a direction (unit vector): a neighbour that lies that way, otherwise the
 * nearest territory that does; -1 at the edge of the country.
 */
export function towards(shapes, from, [dx, dy]) {
  const [x, y] = shapes.points[from];
  const best = (candidates, leastCosine) => {
    let chosen = -1;
    let least = Infinity;
    for (const i of candidates) {
      if (i === from) continue;
      const [vx, vy] = [shapes.points[i][0] - x, shapes.points[i][1] - y];
      const distance = Math.hypot(vx, vy);
      const cosine = (vx * dx + vy * dy) / (distance || 1);
      const cost = distance * (2 - cosine);
      if (cosine > leastCosine && cost < least) [chosen, least] = [i, cost];
    }
    return chosen;
  };
  const beside = best(shapes.neighbours[from], 0.5);
  return beside >= 0 ? beside : best(shapes.points.keys(), 0.5);
}

/** Side length, in geometry units, of the larger side of a territory's box. */
export function extent(shapes, i) {
  const { boxes } = shapes;
  return Math.max(boxes[4 * i + 2] - boxes[4 * i], boxes[4 * i + 3] - boxes[4 * i + 1]);
}
