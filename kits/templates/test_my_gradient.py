import my_gradient
from slope import check_gradient


def test_the_gradient_is_right():
    check_gradient(my_gradient)
