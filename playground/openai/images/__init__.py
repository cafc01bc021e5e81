"""/v1/images: real pictures in PNG, JPEG and WebP, drawn from the words of the prompt."""
