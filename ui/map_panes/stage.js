/**
 * What the stage of a hall asks of the panes: little on the map, and all of it large. The state stays as it is.
 */

export const MOST_PANES = 2;
export const MOST_CLASSES = 5;
export const MOST_LABELS = 7;

/**
 * Sizes in pixels of what is drawn on a map: letters, lines, marks. Line widths are those of the whole country.
 *
 * @typedef {Object} Sizes
 * @property {number} name      letters of the names, `minor` those of parishes, `found` that of a found place
 * @property {number} dot       radius of a territory too small to be seen
 * @property {number} unit      factor of markers and gaps
 * @property {Object} lines     widths of borders: `inner` of territories, `group` of municipalities, `outer` of the
 *   country, `glow` and `casing` the light edges along the first two, `mark` around a marked territory
 */
export const WINDOW = {
  name: 12, minor: 11.5, found: 13, dot: 3.2, unit: 1,
  lines: { inner: 0.5, group: 1.5, outer: 1.5, glow: 1.3, casing: 2.8, mark: 2.8 },
};
export const HALL = {
  name: 26, minor: 24, found: 26, dot: 4.5, unit: 2,
  lines: { inner: 2, group: 3.2, outer: 3.2, glow: 0, casing: 5, mark: 5 },
};

/**
 * A state as it is drawn on the stage. Breaks by hand that make more classes give way to quantiles; a class that the
 * legend highlights is highlighted only where the classes are the same.
 */
export function staged(state) {
  return {
    ...state,
    panes: state.panes.map((pane) => {
      const few = (pane.breaks?.length ?? 0) < MOST_CLASSES;
      if (pane.classes <= MOST_CLASSES && few) return pane;
      const lit = Number(pane.lit) ? null : pane.lit;
      const method = few ? pane.method : "quantile";
      return { ...pane, classes: MOST_CLASSES, method, breaks: few ? pane.breaks : null, lit };
    }),
  };
}
