"""What is exported: inputs and outputs by name, shapes, pixels, promises."""
