"""The generator as an ONNX file."""
