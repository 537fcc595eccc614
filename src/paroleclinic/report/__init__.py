"""What a class shows its instructor: who may need help, and which questions may. Names are hidden unless they are asked for."""
