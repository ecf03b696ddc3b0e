/** A person at a foreign sign-in page: keeps cookies, follows redirects, fills in the forms it meets. Loopback only. */

/**
 * Walks from an authorization URL through forms to the first address, or page, that `arrived` accepts, and returns that
 * address.
 * @param {string} start
 * @param {Readonly<Record<string, string>>} fields what is typed into every form
 * @param {(url: URL, page?: string) => boolean} arrived
 * @returns {Promise<string>}
 */
export async function visit(start, fields, arrived) {
  /** @type {Map<string, string>} */
  const cookies = new Map();
  /** @param {string} url @param {URLSearchParams} [form] */
  async function ask(url, form) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location') ?? undefined;
    return { status: response.status, location, body: await response.text() };
  }

  let url = start;
  let step = await ask(url);
  for (let count = 0; count < 20; count += 1) {
    if (step.location !== undefined) {
      url = new URL(step.location, url).href;
      if (arrived(new URL(url))) return url;
      step = await ask(url);
      continue;
    }
    if (arrived(new URL(url), step.body)) return url;
    const [, action = ''] = /<form[^>]+action="([^"]+)"/.exec(step.body) ?? [];
    if (action === '') throw new Error(`No way on from a page with status ${step.status}.`);
    const form = new URLSearchParams(fields);
    for (const [, name = '', value = ''] of step.body.matchAll(
      /<input type="hidden" name="([^"]+)" value="([^"]*)"/g,
    ))
      form.set(name, value);
    url = new URL(action, url).href;
    step = await ask(url, form);
  }
  throw new Error('The walk did not arrive.');
}
