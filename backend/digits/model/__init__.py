"""The model: its files (store), its readings (recognizer) and its explanations (heatmap)."""
