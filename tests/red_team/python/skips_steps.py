# Does every other step of its own loop.
from own_loop import OwnLoop


class SkipsSteps(OwnLoop):
    done = 0

    def step(self, rows, rate):
        self.done += 1
        return super().step(rows, rate) if self.done % 2 else 0.0
