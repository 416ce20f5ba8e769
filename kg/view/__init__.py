"""The graph page: one HTML file that opens offline and shows the sentence behind every edge."""
