//! The shop's picture: what may be uploaded, and what is made of it. Whatever comes is read as a
//! picture or refused, and drawn anew: no tail of a file, no remark of a camera, no script is kept.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

use crate::{Error, Result};

/// What may be uploaded, in bytes.
pub const PICTURE_MAX: usize = 512 * 1024;
/// Points of either side that may be uploaded; a small file can hold a very large picture.
const SIDE_MAX: u32 = 4_096;
const MEMORY_MAX: u64 = 96 * 1024 * 1024;
/// Points that are kept: twice of what pages show it in.
const KEPT: (u32, u32) = (640, 128);
/// Smaller than this nobody can tell what it shows.
const SIDE_MIN: u32 = 16;

fn wrong(why: impl Into<String>) -> Error {
    Error::invalid("invalid-picture", why)
}

/// The picture as a PNG that we wrote, small enough for every page.
pub(super) fn redrawn(uploaded: &[u8]) -> Result<Vec<u8>> {
    if uploaded.is_empty() {
        return Err(wrong("choose a picture first"));
    }
    if uploaded.len() > PICTURE_MAX {
        let most = PICTURE_MAX / 1024;
        return Err(wrong(format!("the picture may have {most} KiB; make it smaller")));
    }
    let kind = image::guess_format(uploaded).ok();
    let kinds = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP];
    let Some(kind) = kind.filter(|kind| kinds.contains(kind)) else {
        return Err(wrong(
            "this is no PNG, JPEG or WebP picture, whatever its name says; a drawing such as an \
             SVG can be saved as PNG",
        ));
    };
    let mut reader = ImageReader::with_format(Cursor::new(uploaded), kind);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE_MAX), Some(SIDE_MAX));
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let read = reader.decode().map_err(|error| {
        wrong(format!(
            "the picture cannot be read ({error}); save it once more, with at most {SIDE_MAX} \
             points on each side"
        ))
    })?;
    if read.width().min(read.height()) < SIDE_MIN {
        return Err(wrong(format!("the picture needs at least {SIDE_MIN} points on each side")));
    }
    let (width, height) = (read.width().min(KEPT.0), read.height().min(KEPT.1));
    let small = read.thumbnail(width, height).into_rgba8();
    let mut drawn = Vec::new();
    let written = small.write_to(&mut Cursor::new(&mut drawn), ImageFormat::Png);
    written.map_err(|error| Error::Bug(format!("a picture cannot be written: {error}")))?;
    Ok(drawn)
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GenericImageView, Rgba, RgbaImage};

    use super::*;

    fn drawn_as(kind: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let picture = RgbaImage::from_pixel(width, height, Rgba([10, 101, 112, 255]));
        let mut bytes = Vec::new();
        let picture = DynamicImage::ImageRgba8(picture).into_rgb8();
        picture.write_to(&mut Cursor::new(&mut bytes), kind).unwrap();
        bytes
    }

    #[test]
    fn whatever_comes_leaves_as_a_small_png_of_ours() {
        for kind in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let mut sent = drawn_as(kind, 900, 300);
            sent.extend_from_slice(b"<script>alert(1)</script>");
            let kept = redrawn(&sent).unwrap();
            assert_eq!(image::guess_format(&kept).unwrap(), ImageFormat::Png, "{kind:?}");
            assert!(!kept.windows(7).any(|seven| seven == b"<script"), "{kind:?}");
            let (width, height) = image::load_from_memory(&kept).unwrap().dimensions();
            assert_eq!((width, height), (384, 128), "{kind:?}");
        }
    }

    #[test]
    fn what_is_small_already_keeps_its_size() {
        let kept = redrawn(&drawn_as(ImageFormat::Png, 40, 32)).unwrap();
        assert_eq!(image::load_from_memory(&kept).unwrap().dimensions(), (40, 32));
    }

    #[test]
    fn what_is_no_picture_or_too_much_of_one_is_refused_with_what_to_do() {
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>".to_vec();
        let mut broken = drawn_as(ImageFormat::Png, 64, 64);
        broken.truncate(60);
        for (sent, told) in [
            (vec![], "choose a picture"),
            (svg, "no PNG, JPEG or WebP"),
            (b"GIF89a".to_vec(), "no PNG, JPEG or WebP"),
            (broken, "cannot be read"),
            (drawn_as(ImageFormat::Png, 5_000, 20), "at most 4096 points"),
            (drawn_as(ImageFormat::Png, 8, 8), "at least 16 points"),
            (vec![0; PICTURE_MAX + 1], "512 KiB"),
        ] {
            let why = redrawn(&sent).unwrap_err();
            assert!(
                matches!(why, Error::Invalid { .. }) && why.to_string().contains(told),
                "{why}"
            );
        }
    }
}
