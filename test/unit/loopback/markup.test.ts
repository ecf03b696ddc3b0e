import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { code, sentence, value } from '../../../src/loopback/markup.ts';
import { failurePage, successPage } from '../../../src/loopback/pages.ts';
import { parsePage } from '../../support/parsed-page.ts';

/** Anything at all, half characters included, and what has broken pages before. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
    .map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        ...[
          '<script>alert(1)</script>',
          '</title>',
          '</style>',
          '<!--',
          '-->',
          ']]>',
          '&lt;',
          '&amp;',
          '&#0;',
          '&notit',
        ],
        ...[
          '" onload="x',
          "' style='x",
          '<img src=x>',
          '\u202e',
          '\u2066',
          '\0',
          '\r\n',
          '\u2028',
          '\ud800',
          'مرحبا',
          'שלום',
        ],
        ...['codex-login', ' order set ', '--agent ', '.', '/', '@', ':', ' ', 'Nothing was stored.'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

/** What a person should see of a text: itself, but for what draws nothing or turns others around. */
function seen(text: string): string {
  return Array.from(text, (character) => {
    const point = character.codePointAt(0) ?? 0;
    const isControl = point < 32 || (point >= 127 && point < 160);
    const isHalf = point >= 0xd800 && point < 0xe000;
    const turns = (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
    return isControl || isHalf || turns ? '\ufffd' : character;
  }).join('');
}

const NAMES = new Set(
  [
    'html',
    'head',
    'meta',
    'title',
    'style',
    'body',
    'main',
    'footer',
    'section',
    'svg',
    'path',
    'h1',
    'h2',
    'p',
    'dl',
  ].concat(['div', 'dt', 'dd', 'ol', 'ul', 'li', 'small', 'strong', 'code', 'bdi', 'span', 'wbr']),
);
const ATTRIBUTES =
  /^(?:html lang=en|\w+ dir=ltr|\w+ translate=no|meta [\w-]+=[\w, =-]*|\w+ class=\w*|svg (?:viewBox|aria-hidden)=[\w ]+|path (?:pathLength|d)=[\w .-]+)$/;

describe('whatever a name holds', () => {
  test('every fact of a success is read back as it was, and adds no element and no attribute of its own', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 8, maxLength: 8 }), (texts) => {
        const [
          providerName = '',
          email = '',
          plan = '',
          workspace = '',
          profileId = '',
          store = '',
          agent = '',
          reason = '',
        ] = texts;
        const page = parsePage(
          successPage({
            ...{ providerName, email, plan, workspace, accountId: workspace, profileId, store },
            agents: [{ agent, routable: true }],
            routability: { routable: false, reason, hint: reason },
            gateway: 'stale',
            gatewayHint: agent,
            retired: [plan],
          }).html,
        );
        expect(page.errors).toEqual([]);
        expect(page.names.filter((name) => !NAMES.has(name))).toEqual([]);
        expect(page.attributes.filter((attribute) => !ATTRIBUTES.test(attribute))).toEqual([]);
        expect(page.told('Account')).toBe(
          `${seen(email)}, ${seen(plan)} planWorkspace ${seen(workspace)}Account id ${seen(workspace)}`,
        );
        expect(page.told('Profile')).toBe(
          `${seen(profileId)}Replaces ${seen(plan)}: the same account, stored earlier.`,
        );
        expect(page.told('Stored in')).toBe(seen(store));
        expect(page.told('Will be used')).toBe(`Not yet: ${seen(reason)}`);
        expect(page.told('Other agents')).toBe(`Use it too: ${seen(agent)}`);
      }),
      { numRuns: 300 },
    );
  });

  test('every word of a failure is read back as it was', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (name, summary, hint) => {
        const page = parsePage(failurePage({ code: name, summary, hint, outcome: 'unknown' }).html);
        expect(page.errors).toEqual([]);
        expect(page.names.filter((element) => !NAMES.has(element))).toEqual([]);
        expect(page.attributes.filter((attribute) => !ATTRIBUTES.test(attribute))).toEqual([]);
        expect(page.told('Error code')).toBe(
          `${seen(name)}Where you started the sign-in, you find the same code.`,
        );
        // The full stop behind a command is not shown: nobody is to type it.
        const without = (text: string) => text.replace(/\.$/, '');
        expect(without(page.all('p')[0] ?? '')).toBe(without(seen(summary)));
        expect(without(page.all('section')[0] ?? '')).toBe(without(`What to do next${seen(hint)}`));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a value', () => {
  test('changes no direction around it, keeps its own, and is not translated', () => {
    expect(value('robin').markup).toBe('<bdi dir="ltr" translate="no">robin</bdi>');
    expect(code('robin').markup).toBe('<code dir="ltr" translate="no">robin</code>');
  });

  test('whose parts are written from right to left keeps them in their order', () => {
    expect(value('דואר@דוגמה.example').markup).toBe(
      '<bdi dir="ltr" translate="no"><bdi>דואר</bdi><bdi>@</bdi><wbr><bdi>דוגמה</bdi><bdi>.</bdi><bdi>example</bdi></bdi>',
    );
  });

  test('that is long is broken behind a separator rather than anywhere, and one that is not is whole in the source', () => {
    const long = 'n'.repeat(80);
    expect(value(`/a/${long}@c:d/`).markup).toContain(`>/<wbr>a/<wbr>${long}@<wbr>c:<wbr>d/<`);
    expect(value(`C:\\${long}`).markup).toContain(`>C:<wbr>\\<wbr>${long}<`);
    expect(value('/a/b@c:d').markup).toContain('>/a/b@c:d<');
  });
});

describe('a sentence', () => {
  const codes = (text: string) =>
    [...sentence(text).markup.matchAll(/<code[^>]*>(.*?)<\/code>/g)].map(([, inside = '']) =>
      inside
        .replace(/<[^>]*>/g, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>'),
    );

  test.each([
    [
      'Put it first: codex-login order set openai-codex:robin@example.com.',
      ['codex-login order set openai-codex:robin@example.com'],
    ],
    ['Sign in: codex-login.', ['codex-login']],
    ['Stored, but it could not be read again: run codex-login status.', ['codex-login status']],
    ['A gateway may still use it. Run: openclaw secrets reload', ['openclaw secrets reload']],
    [
      'It does not use it (no_model): openclaw models set openai-codex/<model>.',
      ['openclaw models set openai-codex/<model>'],
    ],
    ['Sign in once more, or for this agent alone: codex-login --agent work.', ['codex-login --agent work']],
    [
      'Run the command again, or codex-login doctor --fix: it completes what was begun.',
      ['codex-login doctor --fix'],
    ],
    ['Choose another --profile-id, or add --replace to give it up.', ['--profile-id', '--replace']],
    ['Add --client-id <id>, the public client that you registered there.', ['--client-id <id>']],
    ['Repair the file (openclaw config validate names the line).', ['openclaw config validate']],
    [
      'Check --issuer, or leave out --discover if the server has the default layout.',
      ['--issuer', '--discover'],
    ],
    ['Then: openclaw models auth login --provider openai.', ['openclaw models auth login --provider openai']],
    ['Name a PEM file: --ca-file ./corporate-ca.pem', ['--ca-file ./corporate-ca.pem']],
    [
      'Example: --issuer https://a.example or --issuer http://127.0.0.1:8080.',
      ['--issuer https://a.example', '--issuer http://127.0.0.1:8080'],
    ],
    ['Leave --port out, or point --issuer at a server on this machine.', ['--port', '--issuer']],
    ['In openclaw.json, auth.profiles["openai-codex:x"].mode must be "oauth".', []],
    ['openai-codex and codex-login-like names are no commands; /usr/bin/openclaw is a path.', []],
  ])('sets its commands as code: %s', (text, commands) => {
    expect(codes(text)).toEqual(commands);
  });

  test('keeps a foreign path in it in order, and breaks a long one behind a separator', () => {
    const long = 'n'.repeat(80);
    expect(sentence(`It cannot be read: /${long}/a.`).markup).toBe(
      `It cannot be read: /<wbr>${long}/<wbr>a.`,
    );
    expect(sentence('Not: /בית.').markup).toBe('Not: <bdi>/</bdi><wbr><bdi>בית</bdi><bdi>.</bdi>');
  });

  test('shows no full stop that could be typed along, and every other one', () => {
    expect(sentence('Sign in: codex-login.').markup).toMatch(/<\/code>$/);
    expect(sentence('It is over.').markup).toBe('It is over.');
    expect(sentence('Run codex-login. Then wait.').markup).toMatch(/<\/code>\. Then wait\.$/);
  });
});
