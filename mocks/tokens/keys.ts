/**
 * Two RSA-2048 key pairs, fixed so that a start costs no key generation and a run can be repeated. PUBLIC
 * TEST KEYS: made for this mock, published with it, and worth nothing. Never trust a token signed by one of
 * them.
 */

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A signing key and the name that a JWKS lists it under. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Signs every token, unless a scenario says otherwise; always published. */
export const firstKey: SigningKey = signingKey('mock-2026-1', {
  kty: 'RSA',
  n: 'qpzEGyN7g2HNugsFXJ0RTr6NtGNT7aMAU7H9f7ePpZtJwTscmvtkLSJby6y1SHNcdXNUn8VZHQSR4S5YEfO7YMkTTO735V5chXpO-ZEm5Ifb5rNW_9q2RtzVF4yzeYcG3_x-rVbiqBXDQb1jJOuSmY_2q20xMzyEPW8ABWvCWJGNFgvDxavLz6kKYltShmueT9u3UzPKLFujSqD0aDVOJu6KVTM2LNphjZwL3e06wJFQW19knRX0IGB89Bx1-sFmrJeF2lU5qy8HMKqFGbIO-uhvE4zzJTukcSKL1Be2QaNjhVCrrpYy6cX5NGXoUs6DBv_LCITlY10TsxRRcH-ikw',
  e: 'AQAB',
  d: 'DdXRl0vMz84mEzCimiyIg0SzlA27-BjQRXk5D9rQVMMfe4JyIuVA7eIL5JvYRYxJUqLsGVq1C8PbmpGaBbaomsQjgwkb5Cc_RHmzHszVBRI5VF91riDLyDpPM24u_atj9NTyZtcVYUEGiPW1LQDHbhl9DNC5fSiqppqyOz5OT8U30_EWPkACpODaT6Z3STevmuYwtVHcVkPvASDm4VtvAGAtTXw2x4DgtKCFTIsPBmk5Tt6l_YPg5g-n6InV2DpxM9nmcEW83qK-Zsgxc24-ys7VlAcXELlLmZYY9cT6I9jGtEhpRJYB8GLBWME7WDbP16j1oH1CpbVtWv1pnHAZ6Q',
  p: '4tGeVvMUgY1C_py9rrd86vP9LNw6AzuytzV3HyHOJOkV5qJdw3HG0DS1mAFy3DreZIB_ZjWXXgtjF04a0JG2jmkR1v-5uwqNd3B-UqKdCxW09vrD-6SW3FE6u4poQPw7SGT8HsfbNDpuZxy0Uj7_grG_oRriNzOFwe2tOt_P3Rs',
  q: 'wI_2VvYUg2smkp-9oL2d2wwDXJs4ai62yD26Jnox3iEnAOyKb0CGLa7feLMCqcoc0A5rSMuM0x3NZaOcOshhmjsKEIjar90H69Oazvzpy8AgyNxSzRLYvd6-9pC9Q2AY0MXce-W6zQz_3aWZWhWJAeZfY2XNHJggMpvqUp3Nf-k',
  dp: 'Xz-Jj5fad6DbjlJB8VnKUlwNaEY-8laicP85u9AVYjijYsuyNj3UMGDCFUgedM8fzvKLDV_Z5btAbGv3JLjcAaervy56T0paJ9sMoST6b8o4yTJ7FHSEiZZu5Ix1xTxmpLsLiN2CdsdGz3QlYRhlcfu0rjG851NyiwKFKWENSBs',
  dq: 'H27gnW1qB9HT6BdfUv_g5sLdQZ6s5NhfSeyZmHJV9Zaf0UzLhEGaJZboL8G465JshaH07Vscz9GLl83PUOEo3Y5JpE1StWZ1Ro-yM5uhZnskXuVoNsWez8-uiH00B-2F336M8USc65_1nG7Ny6C8Tq0WYRlbFBHZH6nH5FiSFRE',
  qi: 'Fq8HAaIq0AuPgG4EmZBTePCQDZ-HroEGJ4UEuFprCYYQu_x3p0P9ZO47QUW-vw6UK7pNkoSo-S13KCFisiNNxw8-mtKrNVi6D_Z8eVsXIulh1ubOoxXllEbQKlk4DoLtJq6IL-_RnO8bXGG2sSGV0SNSSdWBbZZK_WIggLw83Kk',
});

/** Published only where a scenario rotates keys; otherwise what a forger would sign with. */
export const secondKey: SigningKey = signingKey('mock-2026-2', {
  kty: 'RSA',
  n: 'qSXg4mIaajQk4vNHyQ--QV4csTfJqgdTXhFxaQDIZ8lu8okQwtXnD8cNw850LoXVSpeEC9Y46uBSJ-WyAH3q2cKbN9reGnl2iB4ScpV0UJz9mSk1I4Q-pImAFfitXaGhirmMETSKtCn6UXnf7rOJatPLeB-2GBymShrMFbEFC1zXEpSdSWCArvGpBqnoEj1_yuuQ0n0YPet5Ej2x6UjUcAczR-Dx-C6WQeUct7kgbALv4fJpv9mNreXndX7iTe7NFH4lieAxSoLPtTeHCn4mI02FH1BX7EBbzOqVIyzM0asOMZJq00gTl9T3cRienR4uiuXrPXuNkb6wSwlKymEw_Q',
  e: 'AQAB',
  d: 'ARH4Ie6L3lanBUstQQvCtCasiOZPT65Wrz5uG-nRNGKAbqcb2xbsrJUH-wOfVakFA03bApLDKIdG6P42Zo1LzL9pguYbwb0GTGoTGBsAEdkaCKh-vKAKUzlHsG8ZNIGzvc00bx2iPNQUKgS0b3RYci7VxEeNFYqrqaxEOzHnLbeqX9bZlDezXCCg7MCbLHttdn8ih_zu3rA_fKqykqgsPmHxW2MyJuXyjgOsJvQSOZCOJldilNW0CgsgTe0sEtekqFDYBZ8Mz3xRXlDL3RxcfFwi8j-algxBxoy7EtUOVIwPuasrvgK5tdYmQVxHwWiPOXwjX3ny7MoP38TplrpM4Q',
  p: '1JHVuwNKN--qSR2tupfjs5yVnIR47Oeb0nlWzUKSGlJUvW6FZphQ6QoOecQMJt3hHDxa6ZngsGGDoZaL3PDRswruKgucImUTX4IretswHVEO9IRMRwBRb7s-6NQCBlxWOndGFYtRcljy2t13ZcRL2bBDyAPBBTz3JJxiGOYEC10',
  q: 'y7TuSby7FDiSYsruFccHkIa_Q3h72FjM7xmy2o3d1pMCW1gq1srEXKREDvKsZtd1kQhiHQOviOdG7Ih_oY3QszSvqXbAQc8JmPz0ahXKkFMsEf0OmiKTkKkcq-5H2LNCsWHj_OHt2ZsVi4vMPoDF1wC_zFmabXOAqURJEbOJAiE',
  dp: 'A9IjP1tNyDecnffUmZgFVcMoxUl0Sv3WxS-9Ka9apPJ553XHHBL80VOG8xVdCo3OcA19rNlBOqpmDU-BcBU8D7XQlhzjT5L1iC_0zB6IfN5qIGcIX_ZXgGSjOtgkuSyLuD1Qmy6H5kBHDTwR21ht7JnIfh3jKE7yOkw9TylDRVk',
  dq: 'A7VKdSsrWKXi_EtnZBwYZigdyTOjRX_wUxXrrJDSjfplG5aSSRCt3GXdG0yNmN2pNTeq2Y5cnqhfISUm9aDoQKrf27zeqRQEv7UzGc9FvbTV44nwvxuMBiEd9X9D7Yzt1N7MUKkoNELfdIfZ8vVTJKPN2gFzjzSADhTBI8JZ5yE',
  qi: 'jqtfwgh7t9A8u6_JhTeDu43eUqNSCi3NMz_ortS2oyWDpgDCy3YQTCBOz3VlyIvygSodJlpR4s7R2rLT7H3GuxZSkNvhjyntRLg7EmYoyE37i2AH5tQZ29QTG1p8WQTkVT2ZEI_yEPI45L1IutWfH-ss9f3GsyIbW-mTgIB6uSk',
});

function signingKey(kid: string, jwk: Record<string, string>): SigningKey {
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return { kid, privateKey, publicKey: createPublicKey(privateKey) };
}
