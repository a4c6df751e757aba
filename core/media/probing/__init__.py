"""What MediaInfo, ffprobe and a file's own bytes tell, brought to one model."""
