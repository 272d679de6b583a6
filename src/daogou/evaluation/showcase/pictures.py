"""Pictures of the goods: a drawing for each kind, painted in the product's colour."""
def draw(picture: str, fill: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><rect width="400" height="400" fill="#f3efe8"/><circle cx="200" cy="200" r="110" fill="{fill}"/></svg>'
