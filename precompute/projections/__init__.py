"""From the joint embedding of a head to points in two or three dimensions.

``registry`` lists the projections, ``methods`` holds one module for each, ``kernels`` the compiled loops they share,
and ``head_space`` what all projections of one head have in common: its joint vectors, their neighbors and its
attention graph.
"""
