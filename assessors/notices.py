"""stub"""


def invited(plenary):
    pass
