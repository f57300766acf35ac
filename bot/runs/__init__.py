"""What a run is, what people can do with it, and how it is carried out."""
