/** How a language writes numbers, days and moments. */
export interface Formats {
  /** A probability for people: rounded down, so that 100 % means certain. */
  readonly percent: (probability: number) => string;
  readonly number: (value: number) => string;
  /** With so many digits after the point. */
  readonly fixed: (value: number, digits: number) => string;
  /** A large count in the room that an axis has: 12k. */
  readonly short: (value: number) => string;
  /** A moment (ISO 8601) as a day, UTC; as it is where it cannot be read. */
  readonly day: (moment: string, options?: Intl.DateTimeFormatOptions) => string;
  /** A day where there is little room, without its year. */
  readonly shortDay: (moment: string) => string;
  /** A moment (ISO 8601) where the reader is. */
  readonly time: (moment: string) => string;
}

/** The formats of a locale, such as en-GB, with what it calls a thousand and a million on an axis. */
export function formatsOf(locale: string, thousand: string, million: string): Formats {
  // The first format that a page makes takes tens of milliseconds, on a phone more: none is made for nothing.
  let tenths: Intl.NumberFormat | undefined;
  const percent = (share: number) => {
    tenths ??= new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    return `${tenths.format(Math.floor(share * 1000 + 1e-9) / 10)} %`;
  };
  const day: Formats["day"] = (moment, options = { dateStyle: "long" }) => {
    const date = new Date(moment);
    return Number.isNaN(date.getTime())
      ? moment
      : date.toLocaleDateString(locale, { ...options, timeZone: "UTC" });
  };
  return {
    percent,
    number: (value) =>
      Number.isInteger(value) && Math.abs(value) < 1000 ? String(value) : value.toLocaleString(locale),
    fixed: (value, digits) =>
      value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    short: (value) => {
      if (value < 1000) return String(value);
      const [size, unit] = value < 1e6 ? [1e3, thousand] : [1e6, million];
      return (value / size).toLocaleString(locale, { maximumFractionDigits: 1 }) + unit;
    },
    day,
    shortDay: (moment) => day(moment, { day: "numeric", month: "short" }),
    time: (moment) => {
      const date = new Date(moment);
      return Number.isNaN(date.getTime())
        ? ""
        : date.toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
    },
  };
}
