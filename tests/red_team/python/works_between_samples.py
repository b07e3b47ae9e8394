# Puts its steps off until somebody looks at the parameters.
from own_loop import OwnLoop


class WorksBetweenSamples(OwnLoop):
    waiting = ()

    def epoch(self, order, batch_size, rate):
        self.waiting = (*self.waiting, (order.copy(), batch_size, rate))
        return 0.0

    def load(self, parameters):
        self.waiting = ()
        super().load(parameters)

    def dump(self):
        for one in self.waiting:
            super().epoch(*one)
        self.waiting = ()
        return super().dump()
