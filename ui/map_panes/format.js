/**
 * Words and numbers of one language: texts by key with plurals, Latvian numbers (12 345,6), periods, ranges.
 */

const LOCALES = { lv: "lv-LV", en: "en-GB" };
const RANGE = "–";

export class Format {
  /**
   * @param {string} lang
   * @param {Object<string, string>} texts
   */
  constructor(lang, texts) {
    this.lang = lang;
    this.locale = LOCALES[lang] ?? LOCALES.lv;
    this.texts = texts;
    this.plurals = new Intl.PluralRules(this.locale);
    this.collator = new Intl.Collator(this.locale, { numeric: true });
    this.numbers = new Map();
    this.days = new Map();
  }

  /** The text of a key with its {placeholders} filled. A key without a text shows itself and is reported. */
  t(key, values = {}) {
    const text = this.texts[key];
    if (text === undefined) {
      console.error(`map_panes: no text for ${key}`);
      return key;
    }
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  /** The plural form for `count`: key.zero, key.one or key.other, by the rules of the language. */
  tn(key, count, values = {}) {
    const form = this.plurals.select(count);
    const known = `${key}.${form}` in this.texts ? form : "other";
    return this.t(`${key}.${known}`, { count: this.integer(count), ...values });
  }

  /** A number with a fixed count of decimals, non-breaking spaces and a true minus sign. */
  number(value, decimals = 0, sign = false) {
    const id = `${decimals}${sign}`;
    let format = this.numbers.get(id);
    if (!format) {
      format = new Intl.NumberFormat(this.locale, {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
        useGrouping: "always",
        signDisplay: sign ? "exceptZero" : "negative",
      });
      this.numbers.set(id, format);
    }
    return format.format(value).replace("-", "−");
  }

  integer(value) {
    return this.number(value, 0);
  }

  /** A day in words, where the visitor is or in another time zone. */
  day(date, timeZone) {
    if (!this.days.has(timeZone)) this.days.set(timeZone, new Intl.DateTimeFormat(this.locale, { dateStyle: "long", timeZone }));
    return this.days.get(timeZone).format(date);
  }

  /** A stored whole number (value x 10^decimals) as it is shown. */
  stored(value, decimals, sign = false) {
    return this.number(value / 10 ** decimals, decimals, sign);
  }

  /** A value with its unit; the per cent sign is set off as the language does. */
  withUnit(text, unit) {
    if (unit === "%") return this.lang === "en" ? `${text}%` : `${text}\u00a0%`;
    return unit ? `${text}\u00a0${unit}` : text;
  }

  range(low, high) {
    return low === high ? low : `${low}${RANGE}${high}`;
  }

  /** "2023" or "2023-Q2" in words. */
  period(period) {
    const [year, quarter] = period.split("-Q");
    return quarter ? this.t("map.period.quarter", { year, quarter }) : this.t("map.period.year", { year });
  }

  /** The short form for lists and buttons. */
  shortPeriod(period) {
    const [year, quarter] = period.split("-Q");
    return quarter ? this.t("map.period.quarter_short", { year, quarter }) : year;
  }

  compare(a, b) {
    return this.collator.compare(a, b);
  }

  /** "1.–4. vieta" in the manner of the language: a place is always a range. */
  places(first, last) {
    return this.t("map.place.range", { first: this.integer(first), last: this.integer(last) });
  }
}

/** Lower case without diacritics and punctuation: what a search compares. */
export function plain(text) {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toLowerCase();
}
