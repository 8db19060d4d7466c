"""Toys: a whole book (`book`), chapters that a test writes (`bench`), and made-up claims (`claims`)."""
