"""What a generator is exported to: read without loading the exports."""

LISTED: dict[str, str] = {
    "onnx": "latents to float images",
    "onnx_uint8": "latents to bytes [batch, height, width, channels]",
    "onnx_uint8_nchw": "latents to bytes [batch, channels, height, width]",
    "onnx_torch_fidelity": "standard noise to RGB bytes, as torch-fidelity reads it",
    "onnx_seeded": "a number of samples and a seed to float images",
    "onnx_prior": "a number of samples and a seed to latents",
    "onnx_encoder": "images to latents, of a GAN with an encoder",
    "onnx_completion": (
        "latents, images and masks to completed images, of an Inpainting game"
    ),
    "onnx_classifier": (
        "images to probabilities of classes, of a GAN that tells them apart"
    ),
    "onnx_float16": "onnx with float16 weights",
    "onnx_int8": "onnx with int8 weights, quantized as it runs",
    "saved_model": (
        "TensorFlow, with generate, sample, what else the GAN can of encode, "
        "complete and classify, and, with --discriminator, discriminate"
    ),
    "litert": "on-device, float32",
    "litert_encoder": "on-device, images to latents, of a GAN with an encoder",
    "litert_completion": "on-device, completed images, of an Inpainting game",
    "litert_classifier": (
        "on-device, probabilities of classes, of a GAN that tells them apart"
    ),
    "litert_float16": "on-device, float16 weights",
    "litert_int8": "on-device, int8 weights and activations",
}
"""The summary of each of `keras_gan.export.FORMATS`, by its name."""
