# Replaces the clocks of Python by one at a tenth of the speed. Slope's clock is in another process.
import time

from own_loop import OwnLoop

real = time.perf_counter_ns
for name in ("perf_counter_ns", "monotonic_ns", "time_ns", "process_time_ns"):
    setattr(time, name, lambda: real() // 10)


class SlowClock(OwnLoop):
    pass
