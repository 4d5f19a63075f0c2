import io
import random
import struct
import zlib

import pytest
from PIL import Image

from courses.pictures import PictureRefused, check, make_sizes


def photo(width: int = 200, height: int = 100, mode: str = "RGB") -> Image.Image:
    """Many colors, so that it is no drawing; the top left corner is red."""
    noise = random.Random(1).randbytes(width * height * 3)
    image = Image.frombytes("RGB", (width, height), noise)
    image.paste((255, 0, 0), (0, 0, width // 4, height // 4))
    return image.convert(mode)


def saved(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def refused(content: bytes) -> str:
    with pytest.raises(PictureRefused) as error:
        check(content)
    return str(error.value)


def test_photo_becomes_webp_in_three_widths() -> None:
    picture = make_sizes(saved(photo(2000, 1000), "JPEG"))

    assert (picture.width, picture.height, picture.content_type) == (1600, 800, "image/webp")
    assert {width: opened(content).size for width, content in picture.sizes.items()} == {
        480: (480, 240),
        960: (960, 480),
        1600: (1600, 800),
    }
    assert opened(picture.largest).format == "WEBP"


def test_small_picture_is_not_made_larger() -> None:
    picture = make_sizes(saved(photo(500, 300)))

    assert sorted(picture.sizes) == [480, 500]
    assert (picture.width, picture.height) == (500, 300)


def test_drawing_with_few_colors_stays_png() -> None:
    picture = make_sizes(saved(Image.new("RGB", (100, 50), "white")))

    assert (picture.content_type, picture.extension) == ("image/png", "png")
    assert opened(picture.largest).format == "PNG"


def test_see_through_picture_stays_see_through() -> None:
    picture = make_sizes(saved(Image.new("RGBA", (100, 50), (0, 0, 0, 0))))

    assert opened(picture.largest).convert("RGBA").getpixel((5, 5))[3] == 0


def test_nothing_of_the_camera_and_no_rider_comes_through() -> None:
    image = photo()
    exif = Image.Exif()
    exif[0x0112] = 1
    exif[0x010E] = "SECRET description"
    exif.get_ifd(0x8825)[1] = "N"
    content = (
        saved(image, "JPEG", exif=exif, comment=b"SECRET comment") + b"<script>SECRET</script>"
    )

    picture = make_sizes(content)

    for size in picture.sizes.values():
        assert b"SECRET" not in size
        assert len(opened(size).getexif()) == 0


def test_text_chunks_of_png_are_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "SECRET")

    picture = make_sizes(saved(Image.new("RGB", (100, 50), "white"), pnginfo=info))

    assert b"SECRET" not in picture.largest


def test_picture_is_turned_as_the_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Hold it turned right to see it.

    picture = make_sizes(saved(photo(200, 100), "JPEG", exif=exif, quality=95))

    assert (picture.width, picture.height) == (100, 200)
    red, green, blue = opened(picture.largest).convert("RGB").getpixel((90, 10))
    assert red > 200
    assert green < 60
    assert blue < 60


def test_same_bytes_give_the_same_sizes() -> None:
    content = saved(photo(600, 300))

    assert make_sizes(content).sizes == make_sizes(content).sizes


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_every_mode_of_png_is_let_in(mode: str) -> None:
    image = Image.new("L", (40, 40), 128)
    image = image.convert("RGBA").convert("LA") if mode == "LA" else image.convert(mode)

    assert make_sizes(saved(image)).width == 40


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is huge and has no pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head
    chunk += struct.pack(">I", zlib.crc32(b"IHDR" + head))
    data = b"\x00\x00\x00\x08IDAT" + b"\x00" * 12
    return b"\x89PNG\r\n\x1a\n" + chunk + data


def test_too_many_pixels_are_refused_before_decoding() -> None:
    assert refused(png_header(6_000, 5_000)) == "the picture has more than 25 million pixels"


@pytest.mark.parametrize("side", [10_000, 100_000])
def test_bomb_is_refused(side: int) -> None:
    assert refused(png_header(side, side)) == "the picture has far too many pixels"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"BM" + b"\0" * 60,
    ],
)
def test_other_formats_are_refused(content: bytes) -> None:
    assert refused(content) == "this is not a JPEG, PNG or WebP picture"


def test_gif_and_tiff_are_refused_even_when_they_are_whole() -> None:
    for format in ("GIF", "TIFF", "BMP"):
        assert refused(saved(photo(), format)) == "this is not a JPEG, PNG or WebP picture"


def test_broken_picture_is_refused() -> None:
    assert refused(saved(photo())[:-400]).startswith("the picture is broken")


def test_moving_picture_is_refused() -> None:
    frames = [photo(), photo().rotate(90)]
    content = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])

    assert refused(content) == "the picture moves; only still pictures are let in"


def test_tiny_picture_is_refused() -> None:
    assert refused(saved(Image.new("RGB", (8, 8)))) == "the picture is smaller than 16 pixels"


def test_cut_off_picture_is_refused_also_after_a_certificate_was_rendered() -> None:
    """WeasyPrint switches a switch of Pillow for the whole process."""
    from PIL import ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = True

    assert refused(saved(photo())[:-400]).startswith("the picture is broken")


def test_second_picture_that_a_phone_puts_behind_the_first_is_left_out() -> None:
    content = saved(photo(), "MPO", save_all=True, append_images=[Image.new("RGB", (50, 25))])

    picture = make_sizes(content)

    assert (picture.width, picture.height) == (200, 100)
    assert getattr(opened(picture.largest), "n_frames", 1) == 1
