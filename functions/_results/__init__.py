"""What a function gives back, made fit for the model: bounded JSON, files apart, no secrets."""
