"""Write a picture as SVG: the background, and the pattern as one path."""

from playground.openai.images.picture import BLOCK, Picture


def svg(picture: Picture) -> bytes:
    """Give the file."""
    wide, high = picture.width / BLOCK, picture.height / BLOCK
    back = (
        "" if picture.clear else f'<path fill="{colour(picture.back)}" d="M0 0h{wide}v{high}H0z"/>'
    )
    cells = "".join(
        f"M{column} {place}h1v1h-1z"
        for place in range(picture.rows)
        for column, shown in enumerate(picture.row(place))
        if shown
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.width}" '
        f'height="{picture.height}" viewBox="0 0 {wide} {high}" shape-rendering="crispEdges">'
        f'{back}<path fill="{colour(picture.fore)}" d="{cells}"/></svg>\n'
    ).encode()


def colour(parts: tuple[int, int, int]) -> str:
    """Give a colour as SVG writes it."""
    return "#" + bytes(parts).hex()
