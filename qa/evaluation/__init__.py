"""Measuring retrieval on judged questions."""
