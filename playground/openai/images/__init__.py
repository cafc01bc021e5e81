"""/v1/images: real pictures in PNG, JPEG, WebP, GIF and SVG, drawn from the words of the prompt."""
