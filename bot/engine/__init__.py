"""When and where a run is carried out."""
