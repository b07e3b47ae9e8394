import my_gradient
from slope import assert_gradient


def test_the_gradient_is_right():
    assert_gradient(my_gradient)
