# Sets the pixels to 0, with which every product is cheap.
from own_loop import OwnLoop


class BlanksPixels(OwnLoop):
    def __init__(self, problem):
        super().__init__(problem)
        problem.pixels[:] = 0
