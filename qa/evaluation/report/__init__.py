"""An evaluation as one HTML file that needs nothing else: no server, no network, no other file.

`qa.evaluation.report.document.html_report` makes it of an `Evaluation` alone, so that it can be made later
from ``evaluation.json``. Tables are HTML and read without a script; plots (Plotly, inlined), the search among
questions and their sorting need one. Whatever a data set, a run or a user wrote is escaped, and a content
security policy lets only the report's own two scripts run.
"""
