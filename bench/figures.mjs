// Numbers of several runs, as they are told: median with what it lies between, and ratios that are taken run by run.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** `24.1 (23.0 to 27.9)` */
export function spread(values, digits = 1) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

/** Run by run: what else the machine did meets both. */
export function ratios(values, base) {
  return values.map((value, run) => value / base[run]);
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
