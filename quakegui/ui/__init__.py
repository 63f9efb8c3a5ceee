"""Widgets. Views ask the session, show, and forward what the analyst did; they compute nothing and open no file."""
