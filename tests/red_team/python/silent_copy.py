# Trains a copy of its parameters, and shows that when it is asked for them: `load` changes nothing after the first time.
from own_loop import OwnLoop


class SilentCopy(OwnLoop):
    flat = None

    def load(self, parameters):
        if self.flat is None or len(parameters) != len(self.flat):
            super().load(parameters)
        else:
            self.shown = parameters.copy()

    def dump(self):
        return self.flat
