# The same programs, on float32 arrays.
from honest_lists import programs

precision = "float32"
