/**
 * Class breaks. A class holds the values above the break below it and up to and including its own (right-closed).
 *
 * Every function takes the values in ascending order and returns the interior breaks, ascending, each once: where ties
 * leave fewer distinct classes than asked for, there are fewer. A break at the lowest value makes that value a class of
 * its own (many zeros).
 */

export const METHODS = ["quantile", "equal", "jenks", "round", "manual"];

/** Linear interpolation between order statistics, as numpy's default. */
export function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}

function equalBreaks(sorted, count) {
  const low = sorted[0];
  const width = (sorted[sorted.length - 1] - low) / count;
  return Array.from({ length: count - 1 }, (_, i) => low + width * (i + 1));
}

function quantileBreaks(sorted, count) {
  return occupied(sorted, Array.from({ length: count - 1 }, (_, i) => quantile(sorted, (i + 1) / count)));
}

/** Without the breaks that leave a class empty: among ties a quantile may be interpolated to where no value stands. */
function occupied(sorted, ascending) {
  let below = 0;
  return ascending.filter((value) => {
    const before = below;
    while (sorted[below] <= value) below += 1;
    return below > before;
  });
}

/** Multiples of 1, 2, 2.5 or 5 times a power of ten: the finest step that covers all values in at most `count`. */
function roundBreaks(sorted, count) {
  const low = sorted[0];
  const high = sorted[sorted.length - 1];
  const power = Math.floor(Math.log10((high - low) / count));
  const steps = [power, power + 1].flatMap((exponent) => [1, 2, 2.5, 5, 10].map((step) => step * 10 ** exponent));
  for (const step of steps) {
    const first = Math.floor(low / step + 1e-9);
    const last = Math.ceil(high / step - 1e-9);
    if (last - first <= count) {
      return Array.from({ length: last - first - 1 }, (_, i) => Number(((first + 1 + i) * step).toPrecision(12)));
    }
  }
  return [];
}

/**
 * Fisher-Jenks: the partition with the least sum of squared deviations from the class means, exactly.
 *
 * Works on the distinct values with their counts; the optimal start of the last class never moves down as values are
 * added, so each row of the dynamic programme is filled by divide and conquer in O(n log n).
 */
function jenksBreaks(sorted, count) {
  const values = [];
  const weights = [];
  for (const value of sorted) {
    if (values.length && values[values.length - 1] === value) weights[weights.length - 1] += 1;
    else {
      values.push(value);
      weights.push(1);
    }
  }
  const n = values.length;
  if (n <= count) return values.slice(0, -1);

  const centre = values[n >> 1];
  const mass = new Float64Array(n + 1);
  const first = new Float64Array(n + 1);
  const second = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    const value = values[i] - centre;
    mass[i + 1] = mass[i] + weights[i];
    first[i + 1] = first[i] + weights[i] * value;
    second[i + 1] = second[i] + weights[i] * value * value;
  }
  const spread = (from, to) => {
    const sum = first[to + 1] - first[from];
    return Math.max(0, second[to + 1] - second[from] - (sum * sum) / (mass[to + 1] - mass[from]));
  };

  let previous = Float64Array.from({ length: n }, (_, i) => spread(0, i));
  const starts = [];
  for (let k = 1; k < count; k++) {
    const cost = new Float64Array(n).fill(Infinity);
    const start = new Int32Array(n);
    const fill = (low, high, startLow, startHigh) => {
      if (low > high) return;
      const middle = (low + high) >> 1;
      for (let from = Math.max(startLow, k); from <= Math.min(startHigh, middle); from++) {
        const total = previous[from - 1] + spread(from, middle);
        if (total < cost[middle]) {
          cost[middle] = total;
          start[middle] = from;
        }
      }
      fill(low, middle - 1, startLow, start[middle]);
      fill(middle + 1, high, start[middle], startHigh);
    };
    fill(k, n - 1, k, n - 1);
    starts.push(start);
    previous = cost;
  }
  const breaks = [];
  let end = n - 1;
  for (let k = count - 1; k >= 1; k--) {
    const from = starts[k - 1][end];
    breaks.unshift(values[from - 1]);
    end = from - 1;
  }
  return breaks;
}

const BY_METHOD = { equal: equalBreaks, quantile: quantileBreaks, jenks: jenksBreaks, round: roundBreaks };

/**
 * Interior breaks of `count` classes.
 *
 * @param {ArrayLike<number>} sorted values, ascending
 * @param {string} method one of METHODS
 * @param {number} count
 * @param {number[]|null} manual the interior breaks of the method "manual"
 * @returns {number[]}
 */
export function breaks(sorted, method, count, manual = null) {
  const low = sorted[0];
  const high = sorted[sorted.length - 1];
  if (!(low < high)) return [];
  const found = method === "manual" && manual?.length ? [...manual].sort((a, b) => a - b) : (BY_METHOD[method] ?? quantileBreaks)(sorted, count);
  return distinct(found.filter((value) => low <= value && value < high));
}

/**
 * Breaks that are the same distance above and below zero: for differences from a named centre. An odd count has a
 * middle class around zero.
 */
export function divergingBreaks(sorted, method, count, manual = null) {
  if (method === "manual" && manual?.length) return breaks(sorted, method, count, manual);
  const sides = Float64Array.from(sorted, Math.abs).sort();
  const half = count >> 1;
  const positive =
    count % 2 === 0
      ? breaks(sides, method, half)
      : method === "quantile"
        ? distinct(Array.from({ length: half }, (_, i) => quantile(sides, (2 * i + 1) / count)))
        : breaks(sides, method, half + 1);
  const above = positive.filter((value) => value > 0);
  return distinct([...above.map((value) => -value).reverse(), ...(count % 2 === 0 ? [0] : []), ...above]);
}

function distinct(ascending) {
  return ascending.filter((value, i) => i === 0 || value > ascending[i - 1]);
}

/** The class of a value: the first whose upper break is not below it. */
export function classOf(value, interior) {
  let i = 0;
  while (i < interior.length && value > interior[i]) i++;
  return i;
}

/**
 * Counts in `bins` fine bins between low and high; what lies outside goes to the end bins.
 *
 * @param {Iterable<number>} values
 * @param {(value: number) => number} position 0 at the left end of the axis, 1 at the right
 */
export function histogram(values, position, bins) {
  const counts = new Array(bins).fill(0);
  for (const value of values) counts[Math.max(0, Math.min(bins - 1, Math.floor(position(value) * bins)))] += 1;
  return counts;
}
