"""One module for each data set or layout that `qa.evaluation.datasets` reads."""
