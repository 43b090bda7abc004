/** The day on which a version was made, as YYYY-MM-DD: its id begins with it (20261125-035519-128a1f69). */
export function dayMade(version: string): string | undefined {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)-\d{6}-/.exec(version) ?? [];
  return day && `${year}-${month}-${day}`;
}
