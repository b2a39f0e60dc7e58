#include "signature.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The C API hands out the signatures as a protocol buffer and has no reader for it.
 * Three messages matter, all of length-delimited fields:
 *   MetaGraphDef { map<string, SignatureDef> signature_def = 5; }
 *   SignatureDef { map<string, TensorInfo> inputs = 1, outputs = 2; }
 *   TensorInfo   { string name = 1; } */

enum { META_GRAPH_SIGNATURES = 5, MAP_KEY = 1, MAP_VALUE = 2, TENSOR_NAME = 1 };

typedef struct {
    const uint8_t *at, *end;
} Bytes;

static int read_varint(Bytes *bytes, uint64_t *value) {
    *value = 0;
    for (int shift = 0; shift < 64 && bytes->at < bytes->end; shift += 7) {
        uint8_t byte = *bytes->at++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return 0;
    }
    return -1;
}

/* Steps to the next field; `content` is empty unless it is length-delimited. */
static int next_field(Bytes *message, uint64_t *field, Bytes *content) {
    uint64_t tag, length = 0;
    content->at = content->end = message->at;
    if (message->at >= message->end || read_varint(message, &tag)) return -1;
    *field = tag >> 3;
    switch (tag & 7) {
        case 0:
            return read_varint(message, &length);
        case 1:
            length = 8;
            break;
        case 2:
            if (read_varint(message, &length)) return -1;
            break;
        case 5:
            length = 4;
            break;
        default:
            return -1;
    }
    if (length > (uint64_t)(message->end - message->at)) return -1;
    content->at = message->at;
    content->end = message->at += length;
    return 0;
}

/* Finds the value of a map entry by its key. */
static int find_entry(Bytes message, uint64_t map_field, const char *key, Bytes *value) {
    uint64_t field, inner_field;
    Bytes entry, inner;
    while (!next_field(&message, &field, &entry)) {
        if (field != map_field) continue;
        int matches = 0;
        while (!next_field(&entry, &inner_field, &inner)) {
            size_t length = (size_t)(inner.end - inner.at);
            if (inner_field == MAP_KEY)
                matches = length == strlen(key) && !memcmp(inner.at, key, length);
            if (inner_field == MAP_VALUE && matches) {
                *value = inner;
                return 0;
            }
        }
    }
    return -1;
}

int find_tensor(const void *bytes, size_t size, const char *signature, enum Side side,
                const char *argument, char *name, size_t name_size, int *index) {
    const uint8_t *start = bytes;
    Bytes graph = {start, start + size}, found, tensor, content;
    uint64_t field;
    if (find_entry(graph, META_GRAPH_SIGNATURES, signature, &found)) return -1;
    if (find_entry(found, side, argument, &tensor)) return -1;
    while (!next_field(&tensor, &field, &content)) {
        size_t length = (size_t)(content.end - content.at);
        if (field != TENSOR_NAME || length >= name_size) continue;
        memcpy(name, content.at, length);
        name[length] = '\0';
        char *colon = strrchr(name, ':'); /* operation:index */
        *index = colon ? atoi(colon + 1) : 0;
        if (colon) *colon = '\0';
        return 0;
    }
    return -1;
}
