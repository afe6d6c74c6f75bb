"""Projections from the joint embedding of a head to points in two or three dimensions.

``registry`` lists them, ``methods`` holds one module for each, ``kernels`` the compiled loops, and ``head_space`` the
input that all projections of a head share.
"""
