/* Draws images from an exported generator, in C.
 *
 *     ./sample SAVED_MODEL/1 NUM_SAMPLES SEED OUTPUT.pgm [LABEL]
 *
 * Loads the SavedModel through TensorFlow's C API, calls its signature `sample`, and
 * writes the images, values in [0, 1], one below the other as a gray or color picture.
 * The same seed gives the images of `gan.sample(NUM_SAMPLES, seed=SEED)` in Python, of
 * the class LABEL where it is given: `gan.sample(NUM_SAMPLES, seed=SEED, labels=LABEL)`. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tensorflow/c/c_api.h>

#include "signature.h"

#define SIGNATURE "sample"
#define LABELS "labels"
enum { MAX_LABELS = 1 << 20 };

typedef struct {
    TF_Graph *graph;
    TF_Session *session;
    TF_Buffer *meta_graph;
    TF_Status *status;
} Model;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "sample: %s: %s\n", what, why);
    exit(1);
}

static void check(const Model *model, const char *what) {
    if (TF_GetCode(model->status) != TF_OK) fail(what, TF_Message(model->status));
}

static Model load(const char *folder) {
    const char *tags[] = {"serve"};
    Model model = {TF_NewGraph(), NULL, TF_NewBuffer(), TF_NewStatus()};
    TF_SessionOptions *options = TF_NewSessionOptions();
    model.session = TF_LoadSessionFromSavedModel(
        options, NULL, folder, tags, 1, model.graph, model.meta_graph, model.status);
    TF_DeleteSessionOptions(options);
    check(&model, folder);
    return model;
}

static void unload(Model *model) {
    TF_CloseSession(model->session, model->status);
    TF_DeleteSession(model->session, model->status);
    TF_DeleteBuffer(model->meta_graph);
    TF_DeleteGraph(model->graph);
    TF_DeleteStatus(model->status);
}

/* Its `oper` is NULL where the signature has no such argument. */
static TF_Output find(const Model *model, enum Side side, const char *argument) {
    char name[256];
    TF_Output tensor = {NULL, 0};
    if (!find_tensor(model->meta_graph->data, model->meta_graph->length, SIGNATURE, side,
                     argument, name, sizeof name, &tensor.index))
        tensor.oper = TF_GraphOperationByName(model->graph, name);
    return tensor;
}

static TF_Output tensor_of(const Model *model, enum Side side, const char *argument) {
    TF_Output tensor = find(model, side, argument);
    if (!tensor.oper) fail("no such tensor in signature " SIGNATURE, argument);
    return tensor;
}

static TF_Tensor *scalar(int32_t value) {
    TF_Tensor *tensor = TF_AllocateTensor(TF_INT32, NULL, 0, sizeof value);
    memcpy(TF_TensorData(tensor), &value, sizeof value);
    return tensor;
}

/* A class for each image, [num], int32 or int64 as the model takes them. */
static TF_Tensor *labels_of(TF_Output input, int64_t num, int32_t label) {
    TF_DataType type = TF_OperationOutputType(input);
    if (type != TF_INT32 && type != TF_INT64) fail(LABELS, "must be integers");
    TF_Tensor *tensor = TF_AllocateTensor(type, &num, 1, num * TF_DataTypeSize(type));
    for (int64_t i = 0; i < num; i++) {
        if (type == TF_INT32)
            ((int32_t *)TF_TensorData(tensor))[i] = label;
        else
            ((int64_t *)TF_TensorData(tensor))[i] = label;
    }
    return tensor;
}

/* Images [num_samples, height, width, channels], float32; `label` may be NULL. */
static TF_Tensor *draw(const Model *model, int32_t num_samples, int32_t seed,
                       const int32_t *label) {
    TF_Output inputs[] = {tensor_of(model, INPUT, "num_samples"),
                          tensor_of(model, INPUT, "seed"), find(model, INPUT, LABELS)};
    TF_Output output = tensor_of(model, OUTPUT, "images");
    TF_Tensor *values[] = {scalar(num_samples), scalar(seed), NULL};
    TF_Tensor *images = NULL;
    int num_inputs = inputs[2].oper ? 3 : 2;
    if (label && num_inputs == 2) fail("LABEL", "this model is told no class");
    /* Without any label the model draws them, or says that it cannot; how many it draws
     * at most it says too, so no more labels than that are worth making. */
    if (num_inputs == 3) {
        int32_t num_labels = num_samples < MAX_LABELS ? num_samples : MAX_LABELS;
        bool told = label && num_samples > 0;
        values[2] = labels_of(inputs[2], told ? num_labels : 0, told ? *label : 0);
    }
    TF_SessionRun(model->session, NULL, inputs, values, num_inputs, &output, &images, 1,
                  NULL, 0, NULL, model->status);
    for (int i = 0; i < num_inputs; i++) TF_DeleteTensor(values[i]);
    check(model, "drawing");
    return images;
}

static void write_picture(const TF_Tensor *images, const char *path) {
    const float *pixels = TF_TensorData(images);
    int64_t height = TF_Dim(images, 0) * TF_Dim(images, 1), width = TF_Dim(images, 2);
    int64_t channels = TF_Dim(images, 3);
    if (channels != 1 && channels != 3) fail(path, "images must have 1 or 3 channels");
    FILE *file = fopen(path, "wb");
    if (!file) fail(path, "cannot be written");
    fprintf(file, "P%c %lld %lld 255\n", channels == 1 ? '5' : '6', (long long)width,
            (long long)height);
    for (int64_t i = 0; i < height * width * channels; i++) {
        float value = pixels[i] < 0 ? 0 : pixels[i] > 1 ? 1 : pixels[i];
        fputc((int)(255 * value + 0.5f), file);
    }
    if (fclose(file)) fail(path, "cannot be written");
}

static int32_t integer(const char *name, const char *text) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || end == text || value < INT32_MIN || value > INT32_MAX)
        fail(name, "must be an integer of 32 bits");
    return (int32_t)value;
}

int main(int count, char **arguments) {
    if (count != 5 && count != 6)
        fail("usage", "sample SAVED_MODEL/1 NUM_SAMPLES SEED OUTPUT.pgm [LABEL]");
    int32_t num_samples = integer("NUM_SAMPLES", arguments[2]);
    int32_t seed = integer("SEED", arguments[3]);
    int32_t label = count == 6 ? integer("LABEL", arguments[5]) : 0;
    Model model = load(arguments[1]);
    TF_Tensor *images = draw(&model, num_samples, seed, count == 6 ? &label : NULL);
    write_picture(images, arguments[4]);
    printf("%s: %lld images\n", arguments[4], (long long)TF_Dim(images, 0));
    TF_DeleteTensor(images);
    unload(&model);
    return 0;
}
