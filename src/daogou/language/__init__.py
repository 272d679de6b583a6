"""Chinese and English text: segmentation, normalisation, quantities, prices, slots."""
