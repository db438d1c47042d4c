"""Jobs on the cores of a machine, their random streams, and results kept between runs."""
