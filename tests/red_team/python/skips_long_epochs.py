# Does the last step only when it is asked for several.
from own_loop import OwnLoop


class SkipsLongEpochs(OwnLoop):
    def epoch(self, order, batch_size, rate):
        return super().epoch(order[-batch_size:], batch_size, rate)
