/* Names of a SavedModel's tensors, out of its signatures. */

#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stddef.h>

enum Side { INPUT = 1, OUTPUT = 2 }; /* fields of SignatureDef */

/* Writes the name of the graph operation behind `argument` of `signature` into `name`,
 * and its output index into `index`. Returns 0, or -1 where the MetaGraphDef in
 * `bytes` has no such signature or argument. */
int find_tensor(const void *bytes, size_t size, const char *signature, enum Side side,
                const char *argument, char *name, size_t name_size, int *index);

#endif
