"""Master and slaves: who may talk, what they say, who does which job; sockets only at the edge."""
