"""Compiled kernels: arrays in, arrays out. Nothing else in the project is compiled.

Every kernel is serial, releases the GIL and has a plain numpy twin that the tests run against it.
"""
