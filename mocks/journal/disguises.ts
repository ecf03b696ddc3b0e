/** In which forms a secret can show: as it is, encoded, inside something encoded, or its telling part alone. It looks nowhere. */

/** The forms of a secret, each with what to look for. The plain one is first. */
export function disguisesOf(secret: string): readonly (readonly [form: string, text: string])[] {
  const bytes = Buffer.from(secret);
  const [, , signature] = secret.split('.');
  const forms: (readonly [string, string])[] = [
    ['as it is', secret],
    ['url-encoded', encodeURIComponent(secret)],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
    ['hexadecimal', bytes.toString('hex')],
    ['hexadecimal', bytes.toString('hex').toUpperCase()],
    ['UTF-16', bytes.toString('latin1').split('').join('\u0000')],
    ['reversed', [...secret].reverse().join('')],
  ];
  // A token without its signature is worth nothing: the signature is what tells.
  if (signature !== undefined && signature.length >= 32) forms.push(['its signature', signature]);
  // Half of a random secret is too much of it.
  const half = secret.slice(0, Math.ceil(secret.length / 2));
  if (signature === undefined && half.length >= 20) forms.push(['half of it', half]);
  return forms;
}

/**
 * Base64 of the secret where it begins `offset` bytes into a group of three, without the characters that its neighbours share: so it
 * is found inside something longer that was encoded as a whole, such as a Basic header.
 */
function base64At(bytes: Buffer, offset: number): (readonly [string, string])[] {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = shifted.length - (shifted.length % 3);
  const encoded = shifted
    .subarray(0, whole)
    .toString('base64')
    .slice(offset === 0 ? 0 : 4);
  if (encoded.length < 10) return [];
  return [
    ['base64', encoded],
    ['base64url', encoded.replaceAll('+', '-').replaceAll('/', '_')],
  ];
}
