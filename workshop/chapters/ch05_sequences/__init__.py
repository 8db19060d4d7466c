"""Chapter 5: stock prices, recurrent layers, 1-D convolutions, and forecasts with both."""
