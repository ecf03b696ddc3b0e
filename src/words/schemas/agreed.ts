/**
 * Holds a schema against the type that is written by hand: the compiler refuses the schema where either has a field, or a value of a
 * field, that the other has not.
 */

import type { z } from 'zod';

/** Without what makes no difference to a value: that it was put together of several types. */
type Flat<Shape> = Shape extends object ? { [Field in keyof Shape]: Flat<Shape[Field]> } : Shape;

/**
 * That each can be assigned to the other is not enough: a field that may be missing could be left out on one side. Two functions
 * of this kind are the same to the compiler only where the types are.
 */
type Same<One, Other> =
  (<Any>() => Any extends One ? 1 : 2) extends <Any>() => Any extends Other ? 1 : 2 ? true : false;

/** `agreed<Written>()(schema)` is the schema. */
export function agreed<Written>() {
  return <Schema extends z.ZodType>(
    schema: Same<Flat<z.infer<Schema>>, Flat<Written>> extends true
      ? Schema
      : 'the schema and the type that is written by hand differ',
  ): Schema => schema as Schema;
}
