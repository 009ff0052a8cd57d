/**
 * Reading value files: series by level and period, the nearest published period, places in the distribution.
 *
 * Values stay the whole numbers of the file (value x 10^decimals), so that two values that look the same are the same.
 */

const VALUELESS = new Set(["n", "s", "a", "c"]);

/** The year a period belongs to, and where it ends, as comparable numbers. */
export const yearOf = (period) => Number(period.slice(0, 4));
const endOf = (period) => yearOf(period) + (period.includes("-Q") ? Number(period.at(-1)) / 4 : 1);

let made = 0;

/** An indicator's figures at one level, plain or smoothed. `stamp` tells one from every other. */
export class Series {
  /**
   * @param {Object} file       the value file
   * @param {string} level
   * @param {number} size       how many territories the level has
   * @param {boolean} smoothed  whether the smoothed values stand for the plain ones, where there are any
   */
  constructor(file, level, size, smoothed = false) {
    this.stamp = made += 1;
    const part = file.levels[level] ?? { periods: [], values: [], status: [], marks: [], coverage: [], rural: [], country: [] };
    this.decimals = file.decimals;
    this.periods = part.periods;
    this.part = part;
    this.smoothed = smoothed && Boolean(part.smoothed);
    this.values = this.smoothed
      ? part.values.map((row, p) => row.map((value, i) => (value == null ? null : (part.smoothed[p][i] ?? value))))
      : part.values;
    this.size = size;
    this.published = part.periods.filter((_, p) => part.values[p].some((value) => value != null));
    this.pooledValues = null;
  }

  /** The published period to show when `wanted` is asked for: that one, else the nearest earlier, else null. */
  resolve(wanted) {
    if (wanted == null) return this.published.at(-1) ?? null;
    return this.published.findLast((period) => endOf(period) <= endOf(wanted)) ?? null;
  }

  /** What a period holds: one entry per territory. An unknown period gives nothing but "not collected". */
  at(period) {
    const p = this.periods.indexOf(period);
    if (p < 0) {
      return { values: new Array(this.size).fill(null), plain: [], smooth: null, low: null, high: null, missing: new Array(this.size).fill("c"), remarks: [], rural: null, country: null, coverage: null, status: "" };
    }
    const { values: plain, smoothed, low, high, status, marks, rural, country, coverage } = this.part;
    const remarks = Array.from(marks[p] ?? "", (mark, i) => remarkOf(mark, status[p][i]));
    const missing = plain[p].map((value, i) => (value == null ? (VALUELESS.has(status[p][i]) ? status[p][i] : "c") : null));
    return {
      values: this.values[p],
      plain: plain[p],
      smooth: smoothed?.[p] ?? null,
      notes: this.part.notes?.[p] ?? null,
      low: low?.[p] ?? null,
      high: high?.[p] ?? null,
      missing,
      remarks,
      status: status[p],
      rural: rural?.[p] ?? null,
      country: country?.[p] ?? null,
      coverage: coverage?.[p] ?? null,
    };
  }

  /**
   * The values of one period, or of all, in their real size, ascending; with `centred` their difference from the
   * centre. With them the positions of the territories that have one.
   *
   * @param {?{key: string, members: Uint8Array}} among only those of these territories
   * @returns {{figures: Float64Array, holders: Set<number>}}
   */
  pooled(centred = false, period = null, among = null) {
    const key = `${centred ? "centred" : "plain"} ${period ?? ""} ${among?.key ?? ""}`;
    this.pooledValues ??= {};
    if (!this.pooledValues[key]) {
      const scale = 10 ** this.decimals;
      const holders = new Set();
      const all = this.periods.flatMap((own, p) => {
        if (period && own !== period) return [];
        const centre = centred ? this.centre(p) : 0;
        if (centre == null) return [];
        return this.values[p].flatMap((value, i) => {
          if (value == null || (among && !among.members[i])) return [];
          holders.add(i);
          return [(value - centre) / scale];
        });
      });
      this.pooledValues[key] = { figures: Float64Array.from(all).sort(), holders };
    }
    return this.pooledValues[key];
  }

  /** The rural mean of a period (by position), or the country's where there is no rural one. */
  centre(p) {
    return this.part.rural?.[p] ?? this.part.country?.[p] ?? null;
  }
}

/** One remark per value: small base before municipality value before estimate. */
function remarkOf(mark, status) {
  if (mark === "b" || mark === "m") return mark;
  return mark === "c" || status === "e" ? "e" : null;
}

/**
 * Where a value stands among the members: how many are above, equal and below, at the shown precision.
 *
 * @param {(number|null)[]} values
 * @param {Iterable<number>} members positions
 * @param {number} value
 */
export function standing(values, members, value) {
  let [above, equal, below] = [0, 0, 0];
  for (const i of members) {
    const other = values[i];
    if (other == null) continue;
    if (other > value) above += 1;
    else if (other < value) below += 1;
    else equal += 1;
  }
  return { above, equal, below, total: above + equal + below };
}
