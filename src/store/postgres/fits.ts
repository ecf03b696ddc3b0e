/** Which values fit a column of PostgreSQL as they are. Pure; what does not fit is kept elsewhere, as it is. */

/** Before the year 10000, which is as far as a text of a time goes. */
const END_OF_TIME_MS = 253_402_300_800_000;
const LARGEST_INTEGER = 2_147_483_647;

/** A text that PostgreSQL can hold: without NUL, and whole in UTF-8. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && !/[\0\p{Cs}]/u.test(value);
}
/** Milliseconds that a timestamp can say, to the millisecond. */
export const isTime = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < END_OF_TIME_MS;
export const isCount = (value: unknown): value is number =>
  Number.isInteger(value) &&
  !Object.is(value, -0) &&
  (value as number) >= 0 &&
  (value as number) <= LARGEST_INTEGER;

export function isMoving(value: unknown): value is { refresh: string } {
  return (
    typeof value === 'object' && value !== null && 'refresh' in value && typeof value.refresh === 'string'
  );
}

/** A claim, and nothing more in it. */
export function isClaim(value: unknown): value is { id: string; by: string; until: number; attempt: number } {
  return (
    hasOnly(value, ['id', 'by', 'until', 'attempt']) &&
    isText(value.id) &&
    isText(value.by) &&
    isTime(value.until) &&
    isCount(value.attempt)
  );
}

/** A mark, and nothing more in it. */
export function isDeadMark(value: unknown): value is { code: string; at: number; of?: string } {
  return (
    hasOnly(value, ['code', 'at', 'of']) &&
    isText(value.code) &&
    isTime(value.at) &&
    (!Object.hasOwn(value, 'of') || isText(value.of))
  );
}

function hasOnly(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.keys(value).every((name) => names.includes(name))
  );
}
