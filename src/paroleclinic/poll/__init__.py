"""Asking the room: a question shown large, votes by raised cards or on people's own screens, and what lies behind them."""
