/**
 * The territories: their names, what they lie in, where they are drawn, and everything that can be found by name.
 */

import { plain } from "./format.js";
import { shapes } from "./geometry.js";
import { LEVELS } from "./state.js";

// What has been made of a geometry file; maps that read the same one share it.
const made = new WeakMap();

export class Atlas {
  /**
   * @param {Object} geometry the geometry file
   * @param {Object} catalog
   */
  constructor(geometry, catalog) {
    this.size = geometry.size;
    this.take(catalog);
    if (!made.has(geometry)) {
      const of = (level) => shapes(geometry.levels[level], geometry.size, (code) => this.larger(level, code));
      made.set(geometry, Object.fromEntries(LEVELS.map((level) => [level, of(level)])));
    }
    this.shapes = made.get(geometry);
  }

  /** The names in another language. */
  take(catalog) {
    this.catalog = catalog;
    this.rows = Object.fromEntries(LEVELS.map((level) => [level, new Map(catalog.territories[level].map((row) => [row[0], row]))]));
    this.findables = null;
  }

  /** What a territory of a level belongs to: its municipality, or its region. */
  larger(level, code) {
    return this.rows[level].get(code)?.[level === "unit" ? 3 : 4] ?? null;
  }

  /** Name of a territory and what it lies in; a code that both levels have is meant at the given one. */
  placeOf(code, level = "unit") {
    const row = this.rows[level].get(code) ?? this.rows.unit.get(code) ?? this.rows.municipality.get(code);
    if (!row) return { name: code, where: "" };
    const inside = this.rows.unit.get(code) === row && row[3] !== code ? this.rows.municipality.get(row[3])?.[1] : null;
    return { name: row[1], where: inside ?? "" };
  }

  shortName(code, level) {
    return this.placeOf(code, level).name.replace(/ pagasts$/, " pag.").replace(/ novads$/, " nov.");
  }

  /** The code under which a territory is drawn at a level: itself, else its municipality, else null. */
  codeAt(code, level) {
    if (this.shapes[level].index.has(code)) return code;
    return level === "municipality" ? (this.rows.unit.get(code)?.[3] ?? null) : null;
  }

  /** Where a territory is drawn, at this level or the other; null for an unknown one. */
  shapeOf(code, level) {
    for (const own of [level, ...LEVELS]) {
      const i = this.shapes[own].index.get(code);
      if (i !== undefined) {
        const { paths, points } = this.shapes[own];
        return { path: paths[i], point: points[i], box: this.boxOf(own, i), level: own, i };
      }
    }
    return null;
  }

  boxOf(level, i) {
    return [...this.shapes[level].boxes.subarray(4 * i, 4 * i + 4)];
  }

  /** The box around all units of a region or a municipality. */
  boxOfArea(kind, code) {
    const boxes = this.catalog.territories.unit.flatMap((row, i) => (row[kind === "region" ? 4 : 3] === code ? [this.boxOf("unit", i)] : []));
    return boxes.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]);
  }

  /**
   * Everything that can be found by name.
   *
   * @param {() => Promise<Array>} villages reads the list of named places
   * @param {() => void} alone              called when it did not come: then the territories alone are returned
   */
  async findable(villages, alone) {
    if (this.findables) return this.findables;
    const own = LEVELS.flatMap((level) =>
      this.catalog.territories[level]
        .filter(([code]) => level === "unit" || !this.rows.unit.has(code))
        .map(([code, name, kind]) => ({ key: plain(name), name, kind, code, where: level === "unit" ? this.placeOf(code).where : "" })),
    );
    let listed;
    try {
      listed = await villages();
    } catch {
      alone();
      return own;
    }
    const towns = new Set(["city", "town"]);
    const places = listed
      .filter(([, kind]) => !towns.has(kind))
      .map(([name, kind, code, x, y]) => {
        const unit = this.rows.unit.get(code);
        const where = unit ? [unit[1], this.rows.municipality.get(unit[3])?.[1]].filter((part, i, all) => part && all.indexOf(part) === i) : [];
        return { key: plain(name), name, kind, code, where: where.join(", "), point: [x, y] };
      });
    return (this.findables = [...own, ...places]);
  }
}
